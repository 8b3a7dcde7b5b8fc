"""Directions turned round: a statement says `rose`, what it cites says `fell`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from witnessmark.evidence.sentence_figures import figures_in, is_same_figure
from witnessmark.evidence.support.directions import Direction, directions_in
from witnessmark.evidence.support.sentences import Clause, shared

_THAN = re.compile(r"\b(?:than|als)\b", re.IGNORECASE)
_CUT = re.compile(r"[,;.:]")
_OBJECT_WORDS = 6
Meant = tuple[Direction, int]
"""A direction, and its sign as it is meant."""
_ORDERED = frozenset({"time", "prior", "bound", "above"})
"""Axes of which the same word can say the opposite."""
_NOT_DENIED = _ORDERED | {"trade"}
"""Axes that a negation does not turn."""


def agrees(clause: Clause, near: Sequence[Clause]) -> bool:
    """Say whether a clause says the same as another by a word or its opposite: `did not rise`, `fell`."""
    return any(
        theirs.axis == ours.axis
        and ours.name not in _NOT_DENIED
        and theirs.sign != ours.sign
        and theirs.sign * other.parity == ours.sign * clause.parity
        for ours in clause.directions
        for other in near
        for theirs in other.directions
    )


def turn_conflict(clause: Clause, near: Sequence[Clause], agreed: Collection[str] = ()) -> str | None:
    """Name a direction of a clause that the clauses nearest to it turn round; None where they do not.

    Shapes:  `agreed` are the kinds of order in which the sentences agree
    """
    for axis in dict.fromkeys(one.axis for one in clause.directions if one.name != "trade"):
        several = [one for one in clause.directions if one.axis == axis]
        if len({one.sign for one in several}) > 1:
            continue
        if (several[0].name in {"time", "prior"} and "time" in agreed) or (
            "more" in agreed and _THAN.search(clause.text)
        ):
            continue
        ours = several[0]
        is_alike = ours.name in _NOT_DENIED or _THAN.search(clause.text) is not None
        compared = [other for other in near if is_alike or _THAN.search(other.text) is None]
        if ours.name == "change" and _THAN.search(clause.text) is not None:
            compared = [other for other in compared if _THAN.search(other.text) is None or _is_scale(ours, other)]
        theirs = next((found for other in compared if (found := _compared(ours, clause, other))), list[Meant]())
        if any(_is_same_word(ours, one) for one, _ in theirs):
            continue  # what differs then is a negation
        turned = 1 if ours.name in _NOT_DENIED else clause.parity
        if {sign for _, sign in theirs} == {-ours.sign * turned}:
            return f"The statement says '{ours.text}', what it cites says '{theirs[0][0].text}'."
    return None


_SCALES = tuple(
    frozenset(pair.split())
    for pair in (
        "more less", "more fewer", "higher lower", "larger smaller", "bigger smaller", "mehr weniger",
        "höher niedriger", "höher geringer", "größer kleiner", "stronger weaker", "stärker schwächer",
    )
)  # fmt: skip


def _is_scale(ours: Direction, other: Clause) -> bool:
    """Say whether a comparison is by the same scale as another: by `higher` and `lower`, and not by `smaller`."""
    words = {one.text.casefold() for one in other.directions if one.axis == ours.axis}
    mine = ours.text.casefold()
    return mine in words or any(mine in pair and pair & words - {mine} for pair in _SCALES)


def _is_same_word(one: Direction, other: Direction) -> bool:
    """Say whether two directions are by the same word, one of them denied."""
    return one.sign == other.sign and one.name not in _ORDERED


def _compared(ours: Direction, clause: Clause, other: Clause) -> list[Meant]:
    """List the directions of another clause that say something of the same thing, each with its sign as meant."""
    found: list[Meant] = []
    if ours.name == "time" and _is_two_times(other):
        return []
    for one in other.directions:
        if ours.name == "time" and one.name == "prior":
            found.append((one, one.sign * _prior_order(ours, clause, one, other)))
        elif one.axis != ours.axis:
            continue
        elif ours.name == "time":
            order = _order(ours, clause, one, other)
            found += [(one, one.sign * order)] if order else []
        elif ours.name in {"bound", "above"}:
            found += [(one, one.sign)] if _bounds_same(ours, clause, one, other) else []
        else:
            found.append((one, one.sign * (1 if one.name in _NOT_DENIED else other.parity)))
    return found


def _is_two_times(clause: Clause) -> bool:
    """Say whether a sentence has both what is before and what is after."""
    directions = directions_in(clause.sentence, clause.language)
    return len({one.sign for one in directions if one.name in {"time", "prior"}}) > 1


def _order(ours: Direction, clause: Clause, theirs: Direction, other: Clause) -> int:
    """Say whether two clauses put the same thing after `before` and `after`: 1, the other thing: -1, or neither: 0."""
    our_end, their_end = _object_end(clause.text, ours), _object_end(other.text, theirs)
    ours_after = [word for word in clause.content.words if ours.start < word.start < our_end]
    ours_else = [word for word in clause.content.words if word not in ours_after]
    after = [word for word in other.content.words if theirs.start < word.start < their_end]
    rest = [word for word in other.content.words if word not in after]
    if not shared(ours_after, after) and not shared(ours_after, rest):
        return 0
    same = shared(ours_after, after) + shared(ours_else, rest)
    crossed = shared(ours_after, rest) + shared(ours_else, after)
    return 0 if same == crossed else 1 if same > crossed else -1


def _prior_order(ours: Direction, clause: Clause, theirs: Direction, other: Clause) -> int:
    """Say whether `prior consent` is what a statement puts after `before`: then it is the other way round."""
    end = _object_end(clause.text, ours)
    after = [word for word in clause.content.words if ours.start < word.start < end]
    named = next((word for word in other.content.words if word.start > theirs.start), None)
    return -1 if named is not None and shared([named], after) else 1


def _object_end(text: str, direction: Direction) -> int:
    cut = _CUT.search(text, direction.start)
    end = cut.start() if cut is not None else len(text)
    words = list(re.finditer(r"\S+", text[direction.start : end]))
    return direction.start + (words[_OBJECT_WORDS].start() if len(words) > _OBJECT_WORDS else end - direction.start)


def is_complement(clause: Clause, other: Clause) -> bool:
    """Say whether two clauses speak of what is on either side of one figure: `more than 100`, `up to 100`."""
    return any(
        {ours.name, theirs.name} <= {"bound", "above"}
        and ours.sign != theirs.sign
        and _bounds_same(ours, clause, theirs, other)
        for ours in clause.directions
        for theirs in other.directions
    )


def _bounds_same(ours: Direction, clause: Clause, theirs: Direction, other: Clause) -> bool:
    """Say whether two bounds are of the same figure; without figures they are taken to be."""
    mine = next((one for one in figures_in(clause.text) if one.start >= ours.start), None)
    yours = next((one for one in figures_in(other.text) if one.start >= theirs.start), None)
    return (mine is None and yours is None) or (mine is not None and yours is not None and is_same_figure(mine, yours))
