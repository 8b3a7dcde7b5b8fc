"""Meanings that a model gives to differences, checked against the words of each difference."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from witnessmark.evidence.change_claims import doubts_of
from witnessmark.evidence.change_figures import ChangedTexts
from witnessmark.evidence.paragraphs import paragraph_around
from witnessmark.evidence.quotes import QuotedDocument
from witnessmark.offline.passage_terms import Term, stem_of, terms_of
from witnessmark_tools.compare_result import DocumentDifference
from witnessmark_tools.contained import contained

MAX_DOUBTS = 3
"""Of one meaning."""
MIN_GAIN = 2.5
"""By how much two meanings have to fit each other's difference better than their own, in rare words."""
MIN_GAIN_OF_ONE = 1.8
"""The same of one meaning that has nothing in common with its own difference."""
MIN_WORDS = 2
"""Words that a meaning and a difference share before one may be said to fit the other."""
MIN_DIGITS = 3
"""Of a number that is rare by itself; `4` may be the sum by which something rises."""
FIGURE_WEIGHT = 2.0
"""A figure says more about where a meaning belongs than a word."""

_SAYING = frozenset(
    stem_of(word)
    for word in (
        "before after now new old earlier later change replace amount figure value sentence clause paragraph section"
        " row rule term word text version add remove delete apply right duty part place date differ"
        " neu alt bisher künftig nun jetzt statt satz absatz klausel abschnitt regelung wert betrag zahl datum"
        " hinzu entfallen streichen gelten ändern version fassung wort text"
    ).split()
)
"""Stems of words in which people speak of any change."""

Quoted = tuple[QuotedDocument, QuotedDocument]


@dataclass(frozen=True, slots=True)
class Doubts:
    """What of a meaning its difference does not say."""

    texts: tuple[str, ...] = ()
    fits: int | None = None
    """The place of the difference that the meaning fits better."""

    def __bool__(self) -> bool:
        return bool(self.texts) or self.fits is not None

    def in_words(self, names: Mapping[int, str]) -> list[str]:
        """Write them; `names` has the id of each difference by its place."""
        fits = [] if self.fits is None else [f"the meaning fits {names[self.fits]} better than this difference"]
        return [*fits, *self.texts][:MAX_DOUBTS]


UNCHECKED = "Some meanings were not checked against the words of their differences"
NOTHING_SEEN = "the pictures of these pages were compared, and no visual difference was found"


def meaning_doubts(
    differences: Sequence[DocumentDifference],
    quoted: Quoted,
    compared: Collection[tuple[int | None, int | None]],
    faults: list[str],
) -> list[Doubts]:
    """Check each meaning against its difference.

    Shapes:  as many as differences, in their order; `compared` are the pages whose pictures were compared here
    Errors:  none; what fails is not doubted, and `faults` says so
    """
    found = {place: [NOTHING_SEEN] for place, one in enumerate(differences) if _is_unseen(one, compared)}
    changes: dict[int, ChangedTexts] = {}
    for place, one in enumerate(differences):
        if one.meaning and one.kind != "visual":
            with contained(faults, UNCHECKED):
                changes[place] = _change(one, quoted)
                found[place] = _doubts(one, changes[place], quoted)
    fits: dict[int, int] = {}
    with contained(faults, UNCHECKED):
        fits = dict(_exchanged(differences, changes))
    return [Doubts(tuple(found.get(place, ())), fits.get(place)) for place in range(len(differences))]


def _is_unseen(one: DocumentDifference, compared: Collection[tuple[int | None, int | None]]) -> bool:
    return one.kind == "visual" and not one.aligned and (one.before_page, one.after_page) in compared


def _doubts(one: DocumentDifference, change: ChangedTexts, quoted: Quoted) -> list[str]:
    meaning = one.meaning or ""

    def is_there(text: str) -> bool:
        return any(document.find_quote(text).status == "located" for document in quoted)

    return doubts_of(meaning, one.kind if one.kind != "visual" else "changed", change, is_there=is_there)


def _change(one: DocumentDifference, quoted: Quoted) -> ChangedTexts:
    place = tuple(part for part in (one.section, one.row, one.column) if part)
    around = [
        (*place, paragraph_around(document.words, text, page)) if text else place
        for document, text, page in (
            (quoted[0], one.before, one.before_page),
            (quoted[1], one.after, one.after_page),
        )
    ]
    return ChangedTexts(
        before=one.before or "",
        after=one.after or "",
        removed=one.removed or (one.before or "" if one.kind == "removed" else ""),
        added=one.added or (one.after or "" if one.kind == "added" else ""),
        around_before=around[0],
        around_after=around[1],
    )


# --- meanings that changed places -------------------------------------------------------------------------------------


def _exchanged(differences: Sequence[DocumentDifference], changes: dict[int, ChangedTexts]) -> list[tuple[int, int]]:
    """Find meanings that fit another difference's words clearly better than those of their own.

    Shapes:  the place of each such difference, and of the one that its meaning fits
    """
    vocabularies = {number: _vocabulary(change) for number, change in changes.items()}
    count = len(vocabularies)
    where: dict[str, list[int]] = {}
    for number, words in vocabularies.items():
        for word in words:
            where.setdefault(word, []).append(number)
    fits = {number: _fits(differences[number].meaning or "", where, count) for number in vocabularies}
    found: list[tuple[int, int]] = []
    for number, rated in fits.items():
        own = rated.get(number, _NO_FIT)
        best = max(rated, key=lambda place: (rated[place].weight, place == number), default=number)
        if best == number or rated[best].words < MIN_WORDS:
            continue
        gain = rated[best].weight - own.weight
        back = fits[best].get(number, _NO_FIT).weight - fits[best].get(best, _NO_FIT).weight
        if (back > 0 and gain + back >= MIN_GAIN) or (own.weight == 0.0 and gain >= MIN_GAIN_OF_ONE):
            found.append((number, best))
    known = {number for number, _ in found}
    return [*found, *_foreign(differences, {n: change for n, change in changes.items() if n not in known}, changes)]


def _foreign(
    differences: Sequence[DocumentDifference], asked: dict[int, ChangedTexts], changes: dict[int, ChangedTexts]
) -> Iterator[tuple[int, int]]:
    """Find meanings that share no word with their own difference, if another difference has all their known words."""
    own = {number: _core(differences[number], change) for number, change in changes.items()}
    everywhere = frozenset[str]().union(*own.values())
    for number in asked:
        words = {word for word, _ in _terms(differences[number].meaning or "") if word not in _SAYING}
        known = words & everywhere
        if len(known) < MIN_WORDS or 2 * len(known) < len(words) or known & own[number]:
            continue
        best = next((place for place, core in own.items() if known <= core), None)
        if best is not None:
            yield number, best


def _core(one: DocumentDifference, change: ChangedTexts) -> frozenset[str]:
    """Give the words of a difference as it is cited, without the paragraph around it."""
    texts = (change.before, change.after, one.section or "", one.row or "", one.column or "")
    return frozenset(word for text in texts for word, _ in _terms(text))


class _Fit(NamedTuple):
    weight: float
    words: int
    """Words and figures that both have; a figure counts twice."""


_NO_FIT = _Fit(0.0, 0)


def _fits(meaning: str, where: Mapping[str, Sequence[int]], count: int) -> dict[int, _Fit]:
    """Rate how well a meaning fits each difference: by the words and figures that few differences have."""
    found: dict[int, _Fit] = {}
    for word, weight in _terms(meaning):
        if word in _SAYING:
            continue
        places = where.get(word, ())
        if not 0 < len(places) < count:
            continue
        rarity = weight * math.log2(count / len(places))
        for place in places:
            so_far = found.get(place, _NO_FIT)
            found[place] = _Fit(so_far.weight + rarity, so_far.words + round(weight))
    return found


def _vocabulary(change: ChangedTexts) -> frozenset[str]:
    texts = (change.before, change.after, *change.around_before, *change.around_after)
    return frozenset(word for text in texts for word, _ in _terms(text))


@lru_cache(maxsize=4096)
def _terms(text: str) -> tuple[tuple[str, float], ...]:
    return tuple((term.stem, FIGURE_WEIGHT if _is_rare_number(term) else 1.0) for term in terms_of(text))


def _is_rare_number(term: Term) -> bool:
    return term.is_number and sum(map(str.isdigit, term.stem)) >= MIN_DIGITS
