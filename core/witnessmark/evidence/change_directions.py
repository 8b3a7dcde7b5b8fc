"""Directions in a sentence about a change: raised or lowered, added or removed, checked against the change."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

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
    way = _way(change)
    if way is None:
        return []
    printed = direction_words(change.all_texts)
    is_span = any(one.unit in HOURS_OF for one in figures_in(f"{change.before} {change.after}"))
    is_counted_back = _BEFORE.search(f"{change.before} {change.after}") is not None
    unclear = LATER_OR_EARLIER | LONGER_OR_SHORTER if is_counted_back else LATER_OR_EARLIER
    for clause in _CLAUSES.split(meaning):
        said = direction_of(clause)
        if said is None or said == way[0] or direction_words(clause) & printed:
            continue
        if is_span and {words.split()[-1] for words in direction_words(clause)} <= unclear:
            continue  # with a shorter notice, notice may be given later
        if _is_of_change(clause, change):
            went = "up" if way[0] == "up" else "down"
            return [f"the meaning says that it goes {said}; the difference goes {went}, from {way[1]} to {way[2]}"]
    return []


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


def _way(change: ChangedTexts) -> tuple[Direction, str, str] | None:
    """Say which way the only amount or date of a change went; None where there are several, or it is not clear."""
    old, new = _only(change.removed, change.before), _only(change.added, change.after)
    if old is None or new is None or old.kind != new.kind:
        return None
    if old.kind == "date":
        dates = [one for one in old.dates if all(one)], [one for one in new.dates if all(one)]
        if len(dates[0]) != 1 or len(dates[1]) != 1 or dates[0] == dates[1]:
            return None
        return ("up" if dates[1][0] > dates[0][0] else "down"), old.text, new.text
    if min((*old.values, *new.values)) < Decimal(0) or is_same_figure(old, new):
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
    return ("up" if ways.pop() else "down"), old.text, new.text


def _only(words: str, side: str) -> Figure | None:
    """Find the one figure that changed, as its side has it, with its unit."""
    changed = [one for one in figures_in(words) if not one.is_reference]
    whole = [one for one in figures_in(side) if not one.is_reference]
    if len(changed) == 1:
        found = [one for one in whole if is_same_figure(one, changed[0])]
        return found[0] if len(found) == 1 else None
    if not changed and len(dated := [one for one in whole if one.kind == "date"]) == 1 and len(whole) == 1:
        return dated[0]  # `March` of `3 March 2026`
    return None


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
