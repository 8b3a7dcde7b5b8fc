"""Tables that two models read alike: if all their words are on the page in the table's order, none is misplaced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from witnessmark.evidence.normal import key_of_cell
from witnessmark.evidence.verdicts import Verdict
from witnessmark.offline.tables.values import Table, first_row_number
from witnessmark.values import BoundingBox

if TYPE_CHECKING:
    from witnessmark_tools.tables_evidence import CheckedTable

MAX_CELLS = 2_000
"""Of a table whose order is checked."""
COVERED = 0.5
"""Share of a place that another has to cover for both to be the same words."""

Grid = tuple[tuple[str, ...], ...]
"""The texts of a table as they are compared."""
Agreed = Mapping[int, Collection[Grid]]
"""By page, the tables that two models read alike."""
NOT_AGREED: Agreed = MappingProxyType({})


def grids_of(tables: Iterable[Table]) -> frozenset[Grid]:
    """Write tables so that those that say the same are equal."""
    return frozenset(_grid(table.texts) for table in tables)


def without_agreed(checked: CheckedTable, agreed: Agreed) -> CheckedTable:
    """Locate the displaced values of a table that two models read alike, if the page has it in the same order.

    Nothing is located if a value is nowhere on the page, or if two values claim the same words.
    """
    if not checked.count("displaced") or checked.count("unlocated") or not _is_agreed(checked.table, agreed):
        return checked
    boxes = {
        (row, column): (one.page, one.box)
        for row, several in enumerate(checked.verdicts)
        for column, one in enumerate(several)
        if one is not None and one.status in {"located", "displaced"} and one.box is not None
    }
    displaced = [
        (row, column)
        for row, several in enumerate(checked.verdicts)
        for column, one in enumerate(several)
        if one is not None and one.status == "displaced"
    ]
    if len(boxes) > MAX_CELLS or any(place not in boxes for place in displaced):
        return checked
    if any(_is_shared(place, boxes) for place in displaced) or not _are_in_order(boxes):
        return checked
    verdicts = [list(several) for several in checked.verdicts]
    for row, column in displaced:
        page, box = boxes[row, column]
        verdicts[row][column] = Verdict(status="located", page=page, box=box)
    found = [boxes[place] for place in displaced]
    return replace(
        checked,
        verdicts=tuple(map(tuple, verdicts)),
        left_over=tuple(
            left
            for left in checked.left_over
            if not any(left.page == page and _covers(box, left.box) for page, box in found)
        ),
    )


def _is_agreed(table: Table, agreed: Agreed) -> bool:
    """Say whether two models read a table alike on each of its pages, whose headers later pages may repeat."""
    first = first_row_number(table.header_rows)
    parts = [(part.page_number, part.first_row - first, part.last_row - first + 1) for part in table.parts]
    for page, start, end in parts or [(table.page_number, 0, len(table.rows))]:
        own = _grid(table.texts[max(start, 0) : end])
        if not any(grid[len(grid) - len(own) :] == own for grid in agreed.get(page, ()) if len(grid) >= len(own)):
            return False
    return True


def _grid(texts: Sequence[Sequence[str]]) -> Grid:
    return tuple(tuple(map(key_of_cell, row)) for row in texts)


_Boxes = Mapping[tuple[int, int], tuple[int, BoundingBox]]


def _is_shared(place: tuple[int, int], boxes: _Boxes) -> bool:
    """Say whether the words of a value are another one's."""
    page, box = boxes[place]
    return any(on == page and _covers(other, box) for at, (on, other) in boxes.items() if at != place)


def _covers(one: BoundingBox, other: BoundingBox) -> bool:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return width > 0 and height > 0 and width * height > COVERED * other.width * other.height


def _are_in_order(boxes: _Boxes) -> bool:
    """Say whether values stand one below the other in each column, and one after the other in each row."""
    columns: dict[int, list[tuple[float, float]]] = {}
    rows: dict[int, list[float]] = {}
    for (row, column), (page, box) in sorted(boxes.items()):
        columns.setdefault(column, []).append((page, (box.top + box.bottom) / 2))
        rows.setdefault(row, []).append((box.x0 + box.x1) / 2)
    steps = [b - a for middles in rows.values() for a, b in pairwise(middles)]
    is_from_right = 2 * sum(step < 0 for step in steps) > len(steps)
    return all(a <= b for found in columns.values() for a, b in pairwise(found)) and not any(
        step > 0 if is_from_right else step < 0 for step in steps
    )
