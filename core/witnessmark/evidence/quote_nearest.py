"""The passage of a document that a quote resembles most, and in a few words what differs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from witnessmark.evidence.quote_keys import is_unspaced, text_of_keys, with_signs_for_brackets, word_key, words_of_quote
from witnessmark.evidence.quote_words import DocumentWords, Hit

LEAST_ALIKE = 0.5
"""Share of what two passages have in common below which they have nothing to do with each other."""
_MOST_WORDS_ASKED = 400
"""Of a quote that are compared; a longer one is named by its beginning."""
_RAREST = 14
_MOST_PLACES = 400
"""Of one word that are tried: words that stand everywhere say nothing."""
_MOST_WINDOWS = 5
_LONGEST_RESEMBLING = 200
"""Letters of a change beyond which nobody asks how much of it is the same."""
_MOST_DIFFERENCES = 3
_MOST_WORDS_TOLD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPassage:
    """What a quote resembles.

    Units:  `likeness` from 0 to 1
    """

    hit: Hit
    likeness: float
    differs: str
    differing: tuple[int, ...]
    """Words of the document that the quote does not have."""


class _Token(NamedTuple):
    key: str
    text: str
    word: int
    """Its place among the document's words; of a quote, none."""


def nearest_passage(quote: str, document: DocumentWords) -> NearPassage | None:
    """Find the passage that a quote resembles most; None where nothing resembles it."""
    if document.negative_cells:
        quote = with_signs_for_brackets(quote)
    asked = [token for word in words_of_quote(quote) for token in _tokens(word, -1)][:_MOST_WORDS_ASKED]
    if not asked:
        return None
    best: NearPassage | None = None
    for first, end in _windows(asked, document):
        found = _compared(asked, first, end, document)
        if found is not None and (best is None or found.likeness > best.likeness):
            best = found
    return best if best is not None and best.likeness >= LEAST_ALIKE else None


def likely_pages(quote: str, document: DocumentWords) -> list[int]:
    """Find the indexes of the pages on which most of a quote's rarer words stand, the likeliest first."""
    asked = [token for word in words_of_quote(quote) for token in _tokens(word, -1)][:_MOST_WORDS_ASKED]
    middles = [(first + end) // 2 for first, end in _windows(asked, document)] if asked else []
    lines = [document.lines[document.line_of[min(middle, len(document.words) - 1)]] for middle in middles]
    return list(dict.fromkeys(line.page for line in lines))


def _tokens(word: str, place: int) -> Iterator[_Token]:
    key = word_key(word).rstrip("-/\x1e")
    if not key:
        return
    if any(map(is_unspaced, key)):
        yield from (_Token(letter, letter, place) for letter in key)
    else:
        yield _Token(key, word, place)


def _tokens_at(place: int, document: DocumentWords) -> Iterator[_Token]:
    """Give the tokens of a document's word; a cell's figure in brackets is a negative one."""
    text = document.words[place].text
    if place not in document.negative_cells:
        return _tokens(text, place)
    key = word_key(with_signs_for_brackets(text))
    return iter([_Token(key, text, place)])


def _windows(asked: Sequence[_Token], document: DocumentWords) -> list[tuple[int, int]]:
    """Find where in the document several of the quote's rarer words stand as near one another as in the quote."""
    places = document.places_of_key
    known = {token.key for token in asked if token.key in places}
    rare = sorted(known, key=lambda key: len(places[key]))[:_RAREST]
    width = max(8, len(asked) // 2)
    votes: Counter[int] = Counter()
    for place, token in enumerate(asked):
        if token.key not in rare:
            continue
        standing = places[token.key]
        weight = 1 + math.floor(8 / (1 + math.log2(len(standing))))
        for word in standing[:_MOST_PLACES]:
            bin_ = max(0, word - place) // width
            votes[bin_] += weight
            votes[bin_ + 1] += weight // 2
    margin = max(6, len(asked) // 4)
    found: list[tuple[int, int]] = []
    for bin_, _ in votes.most_common(_MOST_WINDOWS):
        first = max(0, bin_ * width - margin - width)
        found.append((first, min(len(document.words), bin_ * width + len(asked) + width + margin)))
    return found


def _compared(asked: Sequence[_Token], first: int, end: int, document: DocumentWords) -> NearPassage | None:
    near = [
        token
        for place in range(first, end)
        if document.lines[document.line_of[place]].kind != "running"
        for token in _tokens_at(place, document)
    ]
    matcher = SequenceMatcher(None, [token.key for token in near], [token.key for token in asked], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return None
    # The passage reaches as far beyond what agrees as the quote does.
    head, tail = blocks[0], blocks[-1]
    kept = near[max(0, head.a - head.b) : tail.a + tail.size + len(asked) - tail.b - tail.size]
    changes = _changes(asked, kept)
    letters = sum(len(token.key) for token in (*asked, *kept))
    differing = sum(len(token.key) for change in changes for token in (*change.theirs, *change.ours))
    alike = sum(change.letters_alike for change in changes)
    return NearPassage(
        hit=Hit(tuple(dict.fromkeys(token.word for token in kept))),
        likeness=(letters - differing + alike) / letters,
        differs=_differs(changes),
        differing=tuple(dict.fromkeys(token.word for change in changes for token in change.theirs)),
    )


class _Change(NamedTuple):
    """What a quote has otherwise than the document; one side may be empty."""

    theirs: Sequence[_Token]
    ours: Sequence[_Token]

    @property
    def letters_alike(self) -> float:
        """Count the letters of both sides that are the same, where they are words that resemble one another."""
        theirs, ours = ("".join(token.key for token in side) for side in self)
        if not theirs or not ours or max(len(theirs), len(ours)) > _LONGEST_RESEMBLING:
            return 0.0
        ratio = SequenceMatcher(None, theirs, ours, autojunk=False).ratio()
        return ratio * (len(theirs) + len(ours)) if ratio > LEAST_ALIKE else 0.0


def _changes(asked: Sequence[_Token], near: Sequence[_Token]) -> list[_Change]:
    matcher = SequenceMatcher(None, [token.key for token in near], [token.key for token in asked], autojunk=False)
    found = [_Change(near[a:b], asked[c:d]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
    return [change for change in found if not _is_same(change.theirs, change.ours)]


def _differs(changes: Sequence[_Change]) -> str:
    """Say what a quote has otherwise than the document, the first differences of it."""
    told: list[str] = []
    for change in changes[:_MOST_DIFFERENCES]:
        theirs, ours = _text(change.theirs), _text(change.ours)
        if not change.theirs:
            told.append(f"the quote adds {ours}")
        elif not change.ours:
            told.append(f"the quote leaves out {theirs}")
        else:
            told.append(f"the document has {theirs} where the quote has {ours}")
    more = len(changes) - _MOST_DIFFERENCES
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")


def _is_same(near: Sequence[_Token], asked: Sequence[_Token]) -> bool:
    return text_of_keys([token.key for token in near])[0] == text_of_keys([token.key for token in asked])[0]


def _text(tokens: Sequence[_Token]) -> str:
    joint = "" if any(is_unspaced(token.text[:1] or " ") for token in tokens) else " "
    words = [token.text for token in tokens]
    if len(words) > _MOST_WORDS_TOLD:
        words = [*words[: _MOST_WORDS_TOLD // 2], "\u2026", *words[-_MOST_WORDS_TOLD // 2 :]]
    return f"\u201c{joint.join(words)}\u201d"
