"""Changes within one number or date, widened to all of it: `3 May 2024` became `2024-05-03`, in one difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.written_values import Span, spans_in

MAX_WIDENED = 16
"""Steps of one atom by which a change is widened."""


class Stretch(NamedTuple):
    """Atoms of both sides that correspond."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


def whole_values(a: Side, a_range: range, b: Side, b_range: range, changes: Sequence[Stretch]) -> list[Stretch]:
    """Widen changes to the values that they are parts of, if a value is written otherwise or has several changes.

    Shapes:  changes in order; what lies between them is the same on both sides
    """
    spans_a, spans_b = spans_in(a, a_range), spans_in(b, b_range)
    if not (spans_a and spans_b):
        return list(changes)
    found: list[Stretch] = []
    place = 0
    before = Stretch(a_range.start, a_range.start, b_range.start, b_range.start)
    while place < len(changes):
        wide, taken = _widened(changes, place, before, spans_a, spans_b)
        whole = _span_of(spans_a, wide.a_start, wide.a_end), _span_of(spans_b, wide.b_start, wide.b_end)
        if _is_one_change(*whole, taken):
            before = wide
            place += taken
        else:
            before = changes[place]
            place += 1
        found.append(before)
    return found


def _is_one_change(one: Span | None, other: Span | None, taken: int) -> bool:
    if one is None or other is None or one.kind != other.kind:
        return False
    is_unclear = one.kind == "date" and None in {one.value, other.value}
    return taken > 1 or is_unclear or one.value == other.value


def _widened(
    changes: Sequence[Stretch], place: int, before: Stretch, spans_a: Sequence[Span], spans_b: Sequence[Span]
) -> tuple[Stretch, int]:
    """Widen a change to the edges of its values; say how many changes are in it then."""
    wide, taken = changes[place], 1
    for _ in range(MAX_WIDENED):
        low_a, high_a = _edges(spans_a, wide.a_start, wide.a_end)
        low_b, high_b = _edges(spans_b, wide.b_start, wide.b_end)
        if wide.a_start > low_a or wide.b_start > low_b:
            if wide.a_start <= before.a_end or wide.b_start <= before.b_end:
                break
            wide = wide._replace(a_start=wide.a_start - 1, b_start=wide.b_start - 1)
        elif wide.a_end < high_a or wide.b_end < high_b:
            following = changes[place + taken] if place + taken < len(changes) else None
            if following is not None and (following.a_start, following.b_start) == (wide.a_end, wide.b_end):
                wide = wide._replace(a_end=following.a_end, b_end=following.b_end)
                taken += 1
            else:
                wide = wide._replace(a_end=wide.a_end + 1, b_end=wide.b_end + 1)
        else:
            break
    return wide, taken


def _edges(spans: Sequence[Span], start: int, end: int) -> tuple[int, int]:
    """Find the edges of the values that a change is in."""
    touched = [one for one in spans if one.start < end and start < one.end]
    return min([start, *(one.start for one in touched)]), max([end, *(one.end for one in touched)])


def _span_of(spans: Sequence[Span], start: int, end: int) -> Span | None:
    return next((one for one in spans if (one.start, one.end) == (start, end)), None)
