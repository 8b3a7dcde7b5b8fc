"""Directions in a sentence about a change: raised or lowered, added or removed, checked against the change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from witnessmark.evidence.change_figures import ChangedTexts
from witnessmark.evidence.direction_words import (
    Direction,
    direction_of,
    direction_words,
    says_added,
    says_removed,
    speaks_of_time,
)
from witnessmark.evidence.figure_units import HOURS_OF
from witnessmark.evidence.sentence_figures import Figure, figures_in, is_same_figure

Kind = Literal["changed", "added", "removed", "moved"]
_CLAUSES = re.compile(
    r"[;:]|(?<!\d)[.](?=\s)|,\s+(?:as|and|but|with|who|und|aber|der|die|das|was|denn)\b"
    r"|,?\s+\b(?:so that|so|because|since|which|while|whereas|hence|thus|thereby|if|when)\b"
    r"|,?\s+\b(?:sodass|damit|weil|wodurch|während|somit|dadurch|wenn)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\s(?:and|und)\s", re.IGNORECASE)
_TEXT_WORDS = re.compile(
    r"\b(?:sentences?|clauses?|paragraphs?|sections?|provisions?|passages?|texts?|wording|rows?|lines?|items?"
    r"|entr(?:y|ies)|words?|rules?|requirements?|conditions?|obligations?|statements?|terms?"
    r"|s[aä]tze?s?|\w*klauseln?|abs[aä]tze?s?|abschnitte?s?|bestimmung(?:en)?|\w*regelung(?:en)?|passagen?|zeilen?|posten"
    r"|position(?:en)?|eintr[aä]ge?s?|eintrag|wörter|wort|worte|\w*pflicht(?:en)?|vorschrift(?:en)?)\b",
    re.IGNORECASE,
)
_DONE_TO_TEXT = re.compile(
    r"\b(?:was|were|is|are|been|wurden?|werden|wird)\s+(?:\w+\s+)?(?:added|inserted|deleted|hinzugefügt|eingefügt|gestrichen|gelöscht)\b",
    re.IGNORECASE,
)
"""What is done to texts and hardly to what they are about."""
_PART_GOES = re.compile(
    r"(?:^|[.;]\s*)(?:the|a|an|one|this|der|die|das|ein|eine|dieser|diese|dieses)\s+(?:\w+\s+)?"
    r"(?:sentence|clause|paragraph|section|row|entry|satz|absatz|abschnitt|klausel|zeile|eintrag)\b",
    re.IGNORECASE,
)
"""A sentence about a whole part of a text."""
MAX_WORDS_CHANGED = 6
"""Words of both sides of a change that is surely none of a whole sentence."""
LATER_OR_EARLIER = frozenset({"later", "earlier", "später", "früher", "als"})
LONGER_OR_SHORTER = frozenset("longer shorter länger länger kürzer längere kürzere".split())
_BEFORE = re.compile(r"\b(?:before|prior to|in advance|ahead of|vor|vorher|zuvor)\b", re.IGNORECASE)
"""What is counted back from an event: until one day before instead of two is longer."""
_STEM = 5
"""Letters by which words of a sentence and a change are taken for the same."""


def direction_doubts(meaning: str, kind: Kind, change: ChangedTexts) -> list[str]:
    """Name directions that a sentence has the wrong way round, where the change leaves no doubt.

    Shapes:  at most one text
    """
    if (doubt := _kind_doubt(meaning, kind, change)) is not None:
        return [doubt]
    ways = _ways(change)
    if not ways:
        return []
    printed = direction_words(change.all_texts)
    is_span = any(one.unit in HOURS_OF for one in figures_in(f"{change.before} {change.after}"))
    is_counted_back = _BEFORE.search(f"{change.before} {change.after}") is not None
    unclear = LATER_OR_EARLIER | LONGER_OR_SHORTER if is_counted_back else LATER_OR_EARLIER
    is_mixed = len({way.direction for way in ways}) > 1
    clauses = _CLAUSES.split(meaning)
    if is_mixed:
        clauses = [part for whole in clauses for part in _AND.split(whole)]
    for clause in clauses:
        said = direction_of(clause)
        if said is None or direction_words(clause) & printed:
            continue
        if is_span and {words.split()[-1] for words in direction_words(clause)} <= unclear:
            continue  # with a shorter notice, notice may be given later
        way = _way_meant(clause, ways)
        if way is not None and said != way.direction and _is_of_change(clause, change):
            return [f"the meaning says that it goes {said}; the difference goes {way.direction}, {way.in_words}"]
    return []


class _Way(NamedTuple):
    """Which way an amount or date went."""

    direction: Direction
    old: Figure
    new: Figure

    @property
    def in_words(self) -> str:
        return f"from {self.old.text} to {self.new.text}"


def _way_meant(clause: str, ways: Sequence[_Way]) -> _Way | None:
    """Choose the change that a clause speaks of: by its figures, or any if all went the same way."""
    if len({way.direction for way in ways}) == 1:
        return ways[0]
    figures = [one for one in figures_in(clause) if not one.is_reference]
    named = [way for way in ways if any(is_same_figure(one, side) for one in figures for side in (way.old, way.new))]
    return named[0] if len(named) == 1 else None


def _kind_doubt(meaning: str, kind: Kind, change: ChangedTexts) -> str | None:
    if _TEXT_WORDS.search(meaning) is None and _DONE_TO_TEXT.search(meaning) is None:
        return None
    is_inserted = kind == "added" or (kind == "changed" and not change.removed and bool(change.added))
    is_taken_out = kind == "removed" or (kind == "changed" and not change.added and bool(change.removed))
    if says_removed(meaning) and (is_inserted or kind == "moved"):
        return f"the meaning says removed; the difference was {'moved' if kind == 'moved' else 'added'}"
    if says_added(meaning) and (is_taken_out or kind == "moved"):
        return f"the meaning says added; the difference was {'moved' if kind == 'moved' else 'removed'}"
    if _PART_GOES.search(meaning) and _is_small(change) and (says_added(meaning) or says_removed(meaning)):
        return "the meaning says that a part of the text was added or removed; the difference changes words within it"
    return None


def _is_small(change: ChangedTexts) -> bool:
    """Say whether some words of a sentence became others."""
    sizes = len(change.removed.split()), len(change.added.split())
    return min(sizes) > 0 and max(sizes) <= MAX_WORDS_CHANGED


def _ways(change: ChangedTexts) -> list[_Way]:
    """Say which way each amount or date of a change went; none where it is not clear which became which."""
    old, new = _changed_figures(change.removed, change.before), _changed_figures(change.added, change.after)
    if len(old) != len(new) or any(one.kind != other.kind for one, other in zip(old, new, strict=True)):
        return []
    found: list[_Way] = []
    for one, other in zip(old, new, strict=True):
        if is_same_figure(one, other):
            continue
        if (direction := _direction(one, other)) is None:
            return []
        found.append(_Way(direction, one, other))
    return found


def _direction(old: Figure, new: Figure) -> Direction | None:
    if old.kind == "date":
        dates = [one for one in old.dates if all(one[1:])], [one for one in new.dates if all(one[1:])]
        if len(dates[0]) != 1 or len(dates[1]) != 1 or bool(dates[0][0][0]) != bool(dates[1][0][0]):
            return None
        return "up" if dates[1][0] > dates[0][0] else "down"
    if min((*old.values, *new.values)) < Decimal(0):
        return None
    if old.unit in HOURS_OF and new.unit in HOURS_OF:
        pairs = [(old.values[0] * HOURS_OF[old.unit], new.values[0] * HOURS_OF[new.unit])]
    elif old.unit != new.unit:
        return None
    elif len(old.values) == len(new.values):
        pairs = list(zip(old.values, new.values, strict=True))
    else:
        pairs = [(a, b) for a in old.values for b in new.values]
    ways = {b > a for a, b in pairs}
    if len(ways) != 1:
        return None
    return "up" if ways.pop() else "down"


def _changed_figures(words: str, side: str) -> list[Figure]:
    """Find the figures that changed, as their side has them, with their units; each once."""
    whole = [one for one in figures_in(side) if not one.is_reference]
    found: list[Figure] = []
    for changed in figures_in(words):
        standing = [one for one in whole if is_same_figure(one, changed)]
        if changed.is_reference or not standing:
            continue
        best = max(standing, key=lambda one: bool(one.unit))
        if not any(is_same_figure(best, one) for one in found):  # `sixty (60)` is one
            found.append(best)
    if not found and len(whole) == 1 and whole[0].kind == "date":
        return whole  # `March` of `3 March 2026`
    return found


def _is_of_change(clause: str, change: ChangedTexts) -> bool:
    """Say whether a clause speaks of what changed: by its figures, or by a word before the direction."""
    figures = [one for one in figures_in(clause) if not one.is_reference]
    own = (*figures_in(change.before), *figures_in(change.after))
    if any(is_same_figure(one, other) for one in figures for other in own):
        return True
    is_span = any(one.unit in HOURS_OF for one in own)
    return (is_span and speaks_of_time(clause)) or bool(_stems(clause) & _stems(change.all_texts))


def _stems(text: str) -> set[str]:
    return {word.casefold()[:_STEM] for word in re.findall(r"[^\W\d_]{4,}", text) if word.casefold() not in _COMMON}


_COMMON = frozenset(
    "that this with from they their them than then when where which will would shall must have been were what into"
    " only both each such also more most much many some there these those does party parties"
    " wird werden wurde sind eine einer einem einen dass nicht auch nach noch oder sich ihre haben mehr weniger".split()
)
