"""Passages of documents by their content words: how much of a statement each of them says."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from witnessmark.evidence.sentence_figures import Figure, figures_in, is_same_figure
from witnessmark.evidence.support.clauses import sentences_of
from witnessmark.evidence.support.language import Language, language_of
from witnessmark.evidence.support.words import Word, words_of

MAX_PASSAGES = 6_000
"""Passages of documents with more are not compared with a citation."""
MAX_SENTENCES = 30_000
"""The same, in sentences."""
NAME_WEIGHT, FIGURE_WEIGHT = 1.3, 1.2
MAX_COMPLETED = 600
"""Characters of the sentences around a citation that are read with it."""
_ENDS = re.compile(r"[.!?;](?=\s)\s*")
MIN_RARITY = 0.25
_COMPARED = 12
"""Passages of which figures are compared, those with most of the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a text says, as words and figures."""

    words: tuple[Word, ...]
    figures: tuple[Figure, ...]

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.figures


def content_of(texts: Iterable[str], language: Language) -> Content:
    """Take the content words and figures of some texts; numbers in letters are figures."""
    words: list[Word] = []
    figures: list[Figure] = []
    for text in texts:
        own = [one for one in figures_in(text) if not one.is_reference]
        figures += own
        words += [
            word for word in words_of(text, language) if not any(one.start <= word.start < one.end for one in own)
        ]
    return Content(words=tuple(words), figures=tuple(figures))


def weights_of(content: Content, passages: DocumentPassages | None) -> tuple[list[float], list[float]]:
    """Weigh each word and figure: rare words of the documents tell more."""
    words = [
        word.weight * (NAME_WEIGHT if word.is_name else 1.0) * (passages.rarity(word) if passages is not None else 1.0)
        for word in content.words
    ]
    return words, [FIGURE_WEIGHT] * len(content.figures)


def covered_by(content: Content, cited: Content, passages: DocumentPassages | None) -> tuple[float, list[Word]]:
    """Say what share of a statement another text has, and which of its words."""
    word_weights, figure_weights = weights_of(content, passages)
    whole = sum(word_weights) + sum(figure_weights)
    if not whole:
        return 0.0, []
    shared = [any(word.is_like(other) for other in cited.words) for word in content.words]
    figures = [any(is_same_figure(one, other) for other in cited.figures) for one in content.figures]
    got = sum(weight for weight, is_there in zip(word_weights, shared, strict=True) if is_there)
    got += sum(weight for weight, is_there in zip(figure_weights, figures, strict=True) if is_there)
    return got / whole, [word for word, is_there in zip(content.words, shared, strict=True) if is_there]


class DocumentPassages:
    """The passages of some documents, indexed once for all statements about them."""

    def __init__(self, texts: Sequence[str], headings: Sequence[str] = ()) -> None:
        self.texts = list(texts[:MAX_PASSAGES])
        self._headings = headings
        self._plain = [_plain(text) for text in self.texts]
        self.language: Language | None = language_of(" ".join(self.texts)[:20_000])
        self._sentences = [sentence for text in self.texts for sentence in sentences_of(text)][:MAX_SENTENCES]
        self._with: dict[frozenset[str], set[int]] = defaultdict(set)
        """By what a word is as a whole: the sentences that have it."""
        self._full: dict[str, set[frozenset[str]]] = defaultdict(set)
        self._parts: dict[str, set[frozenset[str]]] = defaultdict(set)
        for place, text in enumerate(self._sentences):
            for word in words_of(text, self.language or "en"):
                if word.full not in self._with:
                    for key in word.full:
                        self._full[key].add(word.full)
                    for key in word.parts:
                        self._parts[key].add(word.full)
                self._with[word.full].add(place)
        self._places: dict[Word, frozenset[int]] = {}

    def completed(self, cited: str) -> tuple[str, str]:
        """Find a citation among the passages.

        Shapes:  its text with the sentences that it begins and ends in, and the heading above; as it is where it is not
                 found, or runs over passages
        """
        plain = _plain(cited).strip(" .,;:")
        for place, text in enumerate(self._plain if plain else ()):
            start = text.find(plain)
            if start >= 0:
                end = start + len(plain)
                heading = self._headings[place] if place < len(self._headings) else ""
                sentences = _sentences_around(" ".join(self.texts[place].split()), start, end)
                return (sentences if len(sentences) <= MAX_COMPLETED + len(cited) else cited), heading
        return cited, ""

    def places(self, word: Word) -> frozenset[int]:
        """Find the sentences that have a word, or one that can mean the same."""
        known = self._places.get(word)
        if known is None:
            alike: set[frozenset[str]] = set()
            for key in word.full:
                alike |= self._full.get(key, set()) | self._parts.get(key, set())
            for key in word.parts:
                alike |= self._full.get(key, set())
            known = self._places[word] = frozenset(place for other in alike for place in self._with[other])
        return known

    def rarity(self, word: Word) -> float:
        """Say how much a word tells one sentence from the others, from 0 to 1."""
        count = len(self._sentences)
        if count < 4:
            return 1.0
        return max(MIN_RARITY, math.log((count + 1) / (1 + len(self.places(word)))) / math.log(count + 1))

    def best_other(self, content: Content, cited: Content) -> tuple[float, str]:
        """Find the sentence that says most of a statement, other than those that are cited.

        Shapes:  the share that it says, and its text; 0 and empty if there is none
        """
        scores: dict[int, float] = defaultdict(float)
        weights, _ = weights_of(content, self)
        for word, weight in zip(content.words, weights, strict=True):
            for place in self.places(word):
                scores[place] += weight
        ranked = sorted(scores, key=lambda place: (-scores[place], place))[:_COMPARED]
        best, text = 0.0, ""
        for place in ranked:
            other = content_of([self._sentences[place]], self.language or "en")
            if _is_within(other, cited) or _is_within(cited, other):
                continue
            share, _ = covered_by(content, other, self)
            if share > best:
                best, text = share, self._sentences[place]
        return best, text


def _plain(text: str) -> str:
    """Write a text with single spaces and small letters, as long as the same text with single spaces."""
    joined = " ".join(text.split())
    small = joined.casefold()
    return small if len(small) == len(joined) else joined.lower() if len(joined.lower()) == len(joined) else joined


def _sentences_around(text: str, start: int, end: int) -> str:
    before = max((found.end() for found in _ENDS.finditer(text, 0, start)), default=0)
    after = _ENDS.search(text, max(0, end - 1))
    return text[before : after.end() if after is not None else len(text)].strip()


def _is_within(one: Content, other: Content) -> bool:
    """Say whether nearly all words of a passage are among those of another."""
    stems = {word.full for word in other.words}
    return bool(one.words) and sum(word.full in stems for word in one.words) >= 0.85 * len(one.words)
