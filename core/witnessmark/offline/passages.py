"""Passages of documents that resemble a question, ranked without a model.

Ranking is BM25 over paragraphs, with the headings and table headers above them, and says nothing where too little of
what was asked about stands in any of them. Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from witnessmark.documents.flow import PageFlow
from witnessmark.offline.passage_kinds import kind_asked, kinds_in
from witnessmark.offline.passage_terms import SYNONYMS, Term, stem_of, stems_of_word, terms_of
from witnessmark.offline.passage_units import PassageUnit, units_of
from witnessmark.values import BoundingBox

SATURATION, LENGTH_WEIGHT = 1.2, 0.5
"""BM25's k1 and b."""
CONTEXT_WEIGHT = 0.5
"""What a word counts that stands in the heading above a passage and not in it."""
NUMBER_WEIGHT, NAME_WEIGHT = 1.6, 1.4
UNKNOWN_WEIGHT = 0.5
UNKNOWN_PAIR_WEIGHT = 0.2
"""What a word counts that stands nowhere, unless it is a name or a number: people ask in words of their own."""
LEAST_COVERED = 0.42
"""Share of what a question asks about, each word by how rare it is, that a passage has to have."""
LEAST_OF_BEST = 0.35
"""Of the best passage's score."""
LIKE_WEIGHT = 0.7
"""What a word counts that only resembles the one asked about, as misprints and compounds do."""
KIND_WEIGHT = 0.6
"""What a word counts that asks for a date or an amount, where one stands and the word does not."""
MOST_PASSAGES = 5
_MOST_LIKE = 6
_WORDS_OF_SUBSTANCE = 6
"""From how many words on, stop words left out, a passage that is no row of a table counts in full."""
_LEAST_LIKE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage that resembles a question.

    Units:  points of the page; a page without places has no boxes
    """

    document: int
    """The place of its document among those asked about."""
    pages: tuple[int, ...]
    text: str
    heading: str
    """What stands above it: a heading, a table's headers; empty without."""
    boxes: dict[int, tuple[BoundingBox, ...]]
    """By page, one for each line."""
    score: float
    covered: float
    """Share of what was asked about that stands in it or above it, from 0 to 1."""


class Passages:
    """The passages of some documents, made once for all questions."""

    def __init__(self, documents: Sequence[Sequence[PageFlow]]) -> None:
        self._units: list[tuple[int, PassageUnit]] = [
            (number, unit) for number, flows in enumerate(documents) for unit in units_of(flows)
        ]
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._lengths: list[int] = []
        self._like: dict[str, list[tuple[str, float]]] = {}
        for place, (_, unit) in enumerate(self._units):
            own = Counter(stem for word in unit.words for stem in stems_of_word(word.text))
            above = {stem for word in unit.context for stem in stems_of_word(word)}
            for stem, count in own.items():
                self._postings[stem].append((place, count + (CONTEXT_WEIGHT if stem in above else 0.0)))
            for stem in above - own.keys():
                self._postings[stem].append((place, CONTEXT_WEIGHT))
            for kind in kinds_in(unit.text):
                self._postings[_posting(kind)].append((place, 1.0))
            self._lengths.append(sum(own.values()))
        self._usual_length = max(1.0, sum(self._lengths) / max(1, len(self._lengths)))

    @property
    def count(self) -> int:
        return len(self._units)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Give each passage's text, and the headings and lead above it."""
        return [(unit.text, " ".join(unit.context)) for _, unit in self._units]

    def find(self, question: str, *, most: int = MOST_PASSAGES) -> list[Passage]:
        """Rank the passages that resemble a question, the best first; none where nothing does."""
        terms = terms_of(question)
        asked = sum(self._weight(term) for term in terms)
        if not asked:
            return []
        scores: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)
        for term in terms:
            weight = self._weight(term)
            best: dict[int, tuple[float, float]] = {}
            for stem, likeness in self._stems_for(term):
                for place, count in self._postings[stem]:
                    gain = likeness * count * (SATURATION + 1) / (count + SATURATION * self._length_factor(place))
                    best[place] = max(best.get(place, (0.0, 0.0)), (gain, likeness))
            for place, (gain, likeness) in best.items():
                scores[place] += weight * gain
                covered[place] += weight * likeness
        ranked = sorted(
            (
                (scores[place] * (0.4 + 0.6 * share) * self._substance(place), share, place)
                for place in scores
                if (share := covered[place] / asked) >= LEAST_COVERED and self._lengths[place]
            ),
            key=lambda one: (-one[0], one[2]),
        )
        return [
            self._passage(place, score, share)
            for score, share, place in ranked[:most]
            if score >= LEAST_OF_BEST * ranked[0][0]
        ]

    def _substance(self, place: int) -> float:
        """Say how much a passage can tell; a heading by itself tells little."""
        if self._units[place][1].is_row:
            return 1.0
        return min(1.0, (1 + self._lengths[place]) / _WORDS_OF_SUBSTANCE)

    def _length_factor(self, place: int) -> float:
        return 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * self._lengths[place] / self._usual_length

    def _weight(self, term: Term) -> float:
        """Say how much a word of a question tells; one that no passage has tells most."""
        found = max((len(self._postings[stem]) for stem, _ in self._stems_for(term)), default=0)
        rare = math.log(1 + (len(self._units) - found + 0.5) / (found + 0.5))
        if term.is_number or term.is_name:
            return max(rare, 0.1) * (NUMBER_WEIGHT if term.is_number else NAME_WEIGHT)
        return max(rare, 0.1) * (1.0 if found else UNKNOWN_PAIR_WEIGHT if term.is_pair else UNKNOWN_WEIGHT)

    def _stems_for(self, term: Term) -> list[tuple[str, float]]:
        """Give the stems that a word is found by: its own, or where no passage has it, those that resemble it."""
        kind = kind_asked(term.stem)
        of_kind = [(_posting(kind), KIND_WEIGHT)] if kind is not None and _posting(kind) in self._postings else []
        means = [(stem, LIKE_WEIGHT) for stem in _synonyms().get(term.stem, ()) if stem in self._postings]
        if term.stem in self._postings:
            return [(term.stem, 1.0), *of_kind, *means]
        if of_kind or means:
            return [*of_kind, *means]
        if term.is_number or len(term.stem) < _LEAST_LIKE or not term.stem.isalpha():
            return []
        if term.stem not in self._like:
            self._like[term.stem] = [(stem, LIKE_WEIGHT) for stem in self._resembling(term.stem)]
        return self._like[term.stem]

    def _resembling(self, stem: str) -> list[str]:
        begun = [
            other
            for other in self._postings
            if len(other) >= _LEAST_LIKE
            and (other.startswith(stem) or stem.startswith(other) or (len(stem) > _LEAST_LIKE and stem in other))
        ]
        if begun:
            return begun[:_MOST_LIKE]
        near = [other for other in self._postings if abs(len(other) - len(stem)) <= 1 and other[:1] == stem[:1]]
        return get_close_matches(stem, near, n=2, cutoff=0.84)

    def _passage(self, place: int, score: float, covered: float) -> Passage:
        document, unit = self._units[place]
        return Passage(
            document=document,
            pages=unit.pages,
            text=unit.text,
            heading=unit.heading,
            boxes=unit.boxes(),
            score=round(score, 3),
            covered=round(covered, 2),
        )


def _posting(kind: str) -> str:
    """Name a kind of thing as no word is named."""
    return f"\x00{kind}"


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    """Give by stem the stems of the words that mean the same."""
    found: dict[str, tuple[str, ...]] = {}
    for group in SYNONYMS:
        stems = tuple(map(stem_of, group))
        for stem in stems:
            found[stem] = (*found.get(stem, ()), *(other for other in stems if other != stem))
    return found
