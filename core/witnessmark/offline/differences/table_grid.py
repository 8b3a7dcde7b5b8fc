"""Cells of a table's rows by column: a row with a blank cell has fewer cells, and each is in a column all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from witnessmark.offline.differences.atoms import Side

MAX_COLUMNS = 60
MIN_FULL = 0.2
"""Of the rows of a table, which have as many cells as the table has columns."""

Cells = dict[int, range]
"""The atoms of a row's cells by column."""


class Grid(NamedTuple):
    """A table's rows.

    Shapes:  one `Cells` for each row; columns count from 0 to before `width`
    """

    width: int
    rows: tuple[Cells, ...]


class _Extent(NamedTuple):
    left: float
    right: float


def grid_of(side: Side, rows: Sequence[range]) -> Grid | None:
    """Assign the cells of rows to columns; None if a row has more cells than the table has columns, or there is one.

    Shapes:  `rows` of one table, each the atoms of one row
    """
    cells = [cells_of(side, row) for row in rows]
    counts = Counter(map(len, cells))
    widths = [count for count, times in counts.items() if times >= MIN_FULL * len(cells)]
    width = max(widths, default=0)
    if not 2 <= width <= MAX_COLUMNS or max(counts) > width:
        return None
    full = [[_extent(side, cell) for cell in row] for row in cells if len(row) == width]
    columns = [_Extent(min(row[n].left for row in full), max(row[n].right for row in full)) for n in range(width)]
    return Grid(width, tuple(_by_column(side, row, columns) for row in cells))


def cells_of(side: Side, row: range) -> list[range]:
    """Find the cells of a row that are not blank, in order."""
    found: list[range] = []
    for atom in row:
        cell = side.word_cells[side.first_words[atom]]
        if found and cell == side.word_cells[side.first_words[found[-1].start]]:
            found[-1] = range(found[-1].start, atom + 1)
        else:
            found.append(range(atom, atom + 1))
    return found


def _extent(side: Side, cell: range) -> _Extent:
    words = range(side.first_words[cell.start], side.last_words[cell.stop - 1] + 1)
    return _Extent(min(side.boxes[4 * word] for word in words), max(side.boxes[4 * word + 2] for word in words))


def _by_column(side: Side, cells: Sequence[range], columns: Sequence[_Extent]) -> Cells:
    """Give each cell the column that it is nearest to, in order."""
    if len(cells) == len(columns):
        return dict(enumerate(cells))
    spare = len(columns) - len(cells)
    extents = [_extent(side, cell) for cell in cells]
    # costs[n] is that of the cells so far, the last of them in column `first + n`.
    costs = [0.0] * (spare + 1)
    steps: list[list[int]] = []
    for number, extent in enumerate(extents):
        best, best_at = float("inf"), 0
        following: list[float] = []
        step: list[int] = []
        for shift in range(spare + 1):
            if costs[shift] < best:
                best, best_at = costs[shift], shift
            following.append(best + _distance(extent, columns[number + shift]))
            step.append(best_at)
        costs = following
        steps.append(step)
    shift = min(range(spare + 1), key=costs.__getitem__)
    found: Cells = {}
    for number in range(len(cells) - 1, -1, -1):
        found[number + shift] = cells[number]
        shift = steps[number][shift]
    return dict(sorted(found.items()))


def _distance(cell: _Extent, column: _Extent) -> float:
    gap = max(cell.left - column.right, column.left - cell.right, 0.0)
    edges = abs(cell.left - column.left), abs(cell.right - column.right)
    return 10 * gap + min(*edges, abs(sum(cell) - sum(column)) / 2)
