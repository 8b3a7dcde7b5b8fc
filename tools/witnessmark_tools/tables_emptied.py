"""Amounts that a page prints in a row and column of a table whose cell is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from witnessmark.evidence.normal import key_of_cell
from witnessmark.evidence.numbers import amount_of
from witnessmark.evidence.verdicts import LeftOver, Verdict
from witnessmark.values import BoundingBox

MIN_SHARE = 0.5
"""Share of the known cells of a row, and of a column, that an amount has to be level with to be in it."""
MIN_OVERLAP = 0.5
"""Of the smaller of two boxes, by which they are level."""
NEARBY_ROWS = 25
"""Rows above and below within which the cells of a column say where the column is."""

_FOOTNOTE = re.compile(r"[(\[]?\d[)\]]|\[\d+\]")

_Verdicts = Sequence[Sequence[Verdict | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptiedCell:
    """A cell that is empty in the table and holds an amount on the page.

    Shapes:  row and column of the grid, headers included
    """

    row: int
    column: int
    printed: LeftOver


def emptied_cells(verdicts: _Verdicts, left_over: Sequence[LeftOver], header_rows: int) -> tuple[EmptiedCell, ...]:
    """Find which of the amounts that no cell has are opposite an empty cell: they lie in its row and its column.

    Words are left out: a right table may have the label of a total in another column than the page, or as a note.

    Shapes:  `verdicts` as the grid's; None for an empty cell
    """
    found: dict[tuple[int, int], EmptiedCell] = {}
    for left in left_over:
        if left.is_row or not is_amount(left.text):
            continue
        row = _row_of(verdicts, left, header_rows)
        column = None if row is None else _column_of(verdicts, left, row, header_rows)
        if row is not None and column is not None and verdicts[row][column] is None:
            found.setdefault((row, column), EmptiedCell(row=row, column=column, printed=left))
    return tuple(found.values())


def is_amount(text: str) -> bool:
    """Say whether a text is an amount, and no footnote's mark."""
    key = key_of_cell(text)
    return amount_of(key) is not None and _FOOTNOTE.fullmatch(key) is None


def _row_of(verdicts: _Verdicts, left: LeftOver, header_rows: int) -> int | None:
    """Find the row with most of whose cells an amount is level; None where there is none."""
    shares: dict[int, float] = {}
    for row in range(max(header_rows, left.row - 1), min(len(verdicts), left.row + 3)):
        boxes = list(_boxes(verdicts[row], left.page))
        if boxes:
            level = sum(_overlap((box.top, box.bottom), (left.box.top, left.box.bottom)) for box in boxes)
            shares[row] = level / len(boxes)
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= MIN_SHARE else None


def _column_of(verdicts: _Verdicts, left: LeftOver, row: int, header_rows: int) -> int | None:
    """Find the column with most of whose cells nearby an amount is in line; None where there is none."""
    nearby = verdicts[max(header_rows, row - NEARBY_ROWS) : row + NEARBY_ROWS]
    shares: dict[int, float] = {}
    for column in range(len(verdicts[row])):
        boxes = list(_boxes((cells[column] for cells in nearby), left.page))
        boxes = boxes or list(islice(_boxes((cells[column] for cells in verdicts[:header_rows]), left.page), 1))
        if boxes:
            in_line = sum(_overlap((box.x0, box.x1), (left.box.x0, left.box.x1)) for box in boxes)
            shares[column] = in_line / len(boxes)
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= MIN_SHARE else None


def _boxes(cells: Sequence[Verdict | None] | Iterator[Verdict | None], page: int) -> Iterator[BoundingBox]:
    """Give where values were found on a page."""
    for one in cells:
        if one is not None and one.status == "located" and one.box is not None and one.page == page:
            yield one.box


def _overlap(first: tuple[float, float], second: tuple[float, float]) -> bool:
    shared = min(first[1], second[1]) - max(first[0], second[0])
    return shared >= MIN_OVERLAP * min(first[1] - first[0], second[1] - second[0]) and shared > 0
