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
    low = max(0, head.a - head.b)
    high = min(len(near), tail.a + tail.size + len(asked) - tail.b - tail.size)
    same = sum(len(asked[place].key) for block in blocks for place in range(block.b, block.b + block.size))
    letters = sum(len(token.key) for token in asked) + sum(len(token.key) for token in near[low:high])
    likeness = 2 * same / max(letters, 1)
    words = tuple(dict.fromkeys(token.word for token in near[low:high]))
    if not words:
        return None
    return NearPassage(hit=Hit(words), likeness=likeness, differs=_differs(asked, near[low:high]))


def _differs(asked: Sequence[_Token], near: Sequence[_Token]) -> str:
    """Say what a quote has otherwise than the document, the first differences of it."""
    matcher = SequenceMatcher(None, [token.key for token in near], [token.key for token in asked], autojunk=False)
    told: list[str] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal" or _is_same(near[a:b], asked[c:d]):
            continue
        theirs, ours = _text(near[a:b]), _text(asked[c:d])
        if kind == "insert":
            told.append(f"the quote adds {ours}")
        elif kind == "delete":
            told.append(f"the quote leaves out {theirs}")
        else:
            told.append(f"the document has {theirs} where the quote has {ours}")
    more = len(told) - _MOST_DIFFERENCES
    shown = "; ".join(told[:_MOST_DIFFERENCES])
    return shown + (f"; and {more} more" if more > 0 else "")


def _is_same(near: Sequence[_Token], asked: Sequence[_Token]) -> bool:
    return text_of_keys([token.key for token in near])[0] == text_of_keys([token.key for token in asked])[0]


def _text(tokens: Sequence[_Token]) -> str:
    joint = "" if any(is_unspaced(token.text[0]) for token in tokens) else " "
    words = [token.text for token in tokens]
    if len(words) > _MOST_WORDS_TOLD:
        words = [*words[: _MOST_WORDS_TOLD // 2], "\u2026", *words[-_MOST_WORDS_TOLD // 2 :]]
    return f"\u201c{joint.join(words)}\u201d"
