"""Figures in a sentence about a change, checked against both sides of the change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from witnessmark.evidence.figures_computed import (
    compares,
    is_computed,
    is_in_scale,
    is_known,
    is_share_of_year,
    is_target,
    is_total,
    speaks_of_year,
)
from witnessmark.evidence.sentence_figures import Figure, figures_in, is_same_figure

MAX_SMALL_COUNT = 12
"""Number words up to this count things (`both of the two clauses`) unless a unit follows."""
MAX_NAMED = 4
"""Figures of the change that a doubt names."""
_CONTRAST = re.compile(r"\b(?:instead|rather|than|not|statt|anstatt|anstelle|als|nicht)\b", re.IGNORECASE)
MAX_BETWEEN = 40
"""Letters between an old figure and the new one that is named after it."""
_RANGE = re.compile(r"\s*(?:to|bis|-|\u2013|and|und)\s*")
_THING = re.compile(r"[\s-]([^\W\d_]{4,})")
_ENUMERATES = re.compile(r"[.)]*\s+(?=[^\W\d_])")
_OLD_TO_NEW = (
    re.compile(r"\b(?:from|von|vom|de)\s*$", re.IGNORECASE),
    re.compile(r"^[\s,'\u2019]*(?:[^\W\d]+\s+){0,2}?(?:to|auf|zu|zum|\u00e0)\s+(?:[^\W\d]+\s+){0,2}?$", re.IGNORECASE),
)
_BECOMES = re.compile(
    r"^[\s,]*(?:\w+\s+){0,1}(?:becomes?|became|is now|are now|wird zu|werden zu|wurde zu|->|\u2192|=>)\s*$",
    re.IGNORECASE,
)
_NEW_THEN_OLD = re.compile(
    r"^[\s,]*(?:\w+\s+){0,2}?(?:instead of|rather than|in place of|replaces?|(?:an)?statt|anstelle von|ersetz(?:t|en)"
    r"|up from|down from)\s+(?:the\s+|former\s+|bisher\s+|bisherigen\s+|previous\s+)*$",
    re.IGNORECASE,
)
_OLD_BUT_NEW = re.compile(r"\b(?:no longer|not|nicht mehr|nicht l\u00e4nger)\s+(?:\w+\s+)?$", re.IGNORECASE)
_BUT = re.compile(r"^[\s,]*(?:but|sondern)\s+(?:\w+\s+)?$", re.IGNORECASE)
_INSTEAD_OF_OLD = re.compile(
    r"(?:^|\b)(?:instead of|rather than|in place of|statt|anstatt|anstelle von)\s+$", re.IGNORECASE
)

_NOW = re.compile(
    r"\b(?:now|henceforth|in future|k\u00fcnftig|nun|nunmehr|jetzt)\s+(?:[^\W\d]+\s+){0,2}?$", re.IGNORECASE
)
_ONCE = re.compile(
    r"\b(?:previously|formerly|before|bisher|zuvor|vorher|fr\u00fcher)\s+(?:[^\W\d]+\s+){0,2}?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTexts:
    """A change, as far as a sentence about it can be checked."""

    before: str = ""
    after: str = ""
    removed: str = ""
    """The words of `before` that changed."""
    added: str = ""
    around_before: tuple[str, ...] = ()
    """What surrounds it in the earlier document: its paragraph, section, row and column."""
    around_after: tuple[str, ...] = ()

    @property
    def all_texts(self) -> str:
        """Both sides with what surrounds them."""
        return " ".join((self.before, self.after, *self.around_before, *self.around_after))


def figure_doubts(meaning: str, change: ChangedTexts) -> list[str]:
    """Name what the figures of a sentence say and the change does not.

    Shapes:  one text a doubt, such as `the meaning says 45 days; the difference says 30 days and 60 days`
    """
    if not figures_in(meaning):
        return []
    said = [one for one in figures_in(meaning) if _is_claim(one)]
    before, after = figures_in(change.before), figures_in(change.after)
    wide_before = (*before, *_around(change.around_before))
    wide_after = (*after, *_around(change.around_after))
    known = (*wide_before, *wide_after)
    unknown = [
        one
        for one in said
        if not (
            is_known(one, known)
            or is_computed(
                one,
                before,
                after,
                by_year=speaks_of_year(meaning),
                is_compared=compares(meaning) and not is_target(one, meaning),
            )
            or is_in_scale(one, known, before, after, change.all_texts)
            or is_share_of_year(one, known, meaning, change.all_texts)
            or is_total(one, meaning)
        )
    ]
    unknown += [one for one in figures_in(meaning) if one not in said and _is_miscounted(one, meaning, change)]
    own = _distinct((*_changed(change.removed, before), *_changed(change.added, after)) or (*before, *after))
    doubts = [f"the meaning says {one.text}; the difference {_says(one, own)}" for one in unknown]
    for old, new in _turns(meaning, figures_in(meaning)):
        if not (is_known(old, known) and is_known(new, known)) or _is_of_one_side(old, new, (before, after)):
            continue
        if not (is_known(old, wide_before) and is_known(new, wide_after)):
            doubts.append(
                f"the meaning says from {old.text} to {new.text}; the difference {_turn(before, after, change)}"
            )
    if not doubts and before and after:
        doubts += _misdated(meaning, said, wide_before, wide_after)
    return doubts


def _misdated(meaning: str, said: Sequence[Figure], before: Sequence[Figure], after: Sequence[Figure]) -> Iterator[str]:
    """Name figures that a sentence puts on the side that does not have them: `now 30 days` where AFTER says 60."""
    for one in said:
        head = meaning[: one.start]
        if _is_called(_NOW, head) and is_known(one, before) and not is_known(one, after):
            yield f"the meaning says now {one.text}; that is what BEFORE says"
        elif _is_called(_ONCE, head) and is_known(one, after) and not is_known(one, before):
            yield f"the meaning says that it was {one.text} before; that is what AFTER says"


def _is_called(pattern: re.Pattern[str], head: str) -> bool:
    """Say whether a figure is called new or old, by a word that belongs to it and to no figure between them."""
    found = pattern.search(head)
    return found is not None and _CONTRAST.search(found.group()) is None and not figures_in(found.group())


def _around(texts: Iterable[str]) -> Iterator[Figure]:
    """Find the figures of texts without the numbers that count clauses and items."""
    for text in texts:
        for one in figures_in(text):
            is_number = one.start == 0 and not one.unit and _ENUMERATES.match(text, one.end) is not None
            if not (is_number or one.is_reference):
                yield one


def _is_claim(one: Figure) -> bool:
    if one.is_reference:
        return False
    return not one.is_word or bool(one.unit) or one.values[0] > MAX_SMALL_COUNT


def _is_miscounted(one: Figure, meaning: str, change: ChangedTexts) -> bool:
    """Say whether a small number counts what the change counts otherwise: `three tablets` where it has one and two."""
    if one.is_reference or not one.is_word or one.unit or (thing := _counted(meaning, one.end)) is None:
        return False
    counts = [
        other
        for text in (change.before, change.after)
        for other in figures_in(text)
        if other.kind == "number" and _counted(text, other.end) == thing
    ]
    return bool(counts) and not any(is_same_figure(one, other) for other in counts)


def _counted(text: str, end: int) -> str | None:
    """Give the stem of the word after a number."""
    found = _THING.match(text, end)
    return found[1].casefold()[:5] if found is not None else None


def _changed(words: str, figures: Sequence[Figure]) -> list[Figure]:
    """Choose the figures of a side that are among the words that changed."""
    changed = figures_in(words)
    return [one for one in figures if any(is_same_figure(one, other) for other in changed)]


# --- from one figure to another ---------------------------------------------------------------------------------------


def _turns(meaning: str, figures: Sequence[Figure]) -> Iterator[tuple[Figure, Figure]]:
    """Find where a sentence says that one figure became another: the old one, then the new one; of ranges, all."""
    for place, (one, other) in enumerate(pairwise(figures)):
        if one.kind != other.kind:
            continue
        turned = _turned(meaning[: one.start], meaning[one.end : other.start])
        if turned is None:
            continue
        first, second = [one], [other]
        if place and _RANGE.fullmatch(meaning, figures[place - 1].end, one.start) is not None:
            first.append(figures[place - 1])
        if place + 2 < len(figures) and _RANGE.fullmatch(meaning, other.end, figures[place + 2].start) is not None:
            second.append(figures[place + 2])
        olds, news = (first, second) if turned == "old first" else (second, first)
        yield from ((old, new) for old in olds for new in news)


def _turned(head: str, between: str) -> Literal["old first", "new first"] | None:
    is_from_to = _OLD_TO_NEW[0].search(head) and _OLD_TO_NEW[1].match(between)
    is_not_but = _OLD_BUT_NEW.search(head) and _BUT.match(between)
    if is_from_to or is_not_but or _BECOMES.match(between):
        return "old first"
    if _NEW_THEN_OLD.match(between):
        return "new first"
    if _INSTEAD_OF_OLD.search(head) and len(between) <= MAX_BETWEEN:
        return "old first"
    return None


def _is_of_one_side(old: Figure, new: Figure, sides: Iterable[Sequence[Figure]]) -> bool:
    """Say whether two figures are a range that one side has as such, or both sides."""
    return any(
        is_same_figure(old, one) and is_same_figure(new, other) for side in sides for one, other in pairwise(side)
    )


def _distinct(figures: Iterable[Figure]) -> list[Figure]:
    found: list[Figure] = []
    for one in figures:
        if not one.is_reference and all(one.text != other.text for other in found):
            found.append(one)
    return found


def _says(one: Figure, own: Sequence[Figure]) -> str:
    """Write what the change has instead of a figure, of its kind first."""
    alike = [other.text for other in own if other.kind == one.kind] or [other.text for other in own]
    if not alike:
        return "has no such figure"
    named = alike[:MAX_NAMED]
    return f"says {' and '.join([', '.join(named[:-1]), named[-1]] if len(named) > 1 else named)}"


def _turn(before: Sequence[Figure], after: Sequence[Figure], change: ChangedTexts) -> str:
    old = _distinct(_changed(change.removed, before)) or _distinct(before)
    new = _distinct(_changed(change.added, after)) or _distinct(after)
    if len(old) == 1 and len(new) == 1:
        return f"says from {old[0].text} to {new[0].text}"
    return "does not say that"
