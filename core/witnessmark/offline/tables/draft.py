"""A table in the making: words at their places, and what speaks for its being a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.offline.tables.headers import Placed
from witnessmark.offline.tables.rows import cell_text
from witnessmark.offline.tables.values import Cell
from witnessmark.values import BoundingBox, Word, enclosing


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A grid of words that may yet be refused.

    Shapes:  places are unique; `row_count` and `column_count` bound them
    """

    box: BoundingBox
    placed: tuple[Placed, ...]
    row_count: int
    column_count: int
    header_rows: int
    is_ruled: bool
    """Whether lines in both directions made the grid."""
    quality: float = 0.0
    title: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> list[Word]:
        return [word for cell in self.placed for word in cell.words]

    @property
    def texts(self) -> list[list[str]]:
        grid = [[""] * self.column_count for _ in range(self.row_count)]
        for cell in self.placed:
            grid[cell.row][cell.column] = cell_text(cell.words)
        return grid


def compact(placed: Sequence[Placed], rows: int, columns: int) -> tuple[list[Placed], int, int, list[int]]:
    """Drop rows and columns in which no text begins; the last result gives the new number of each old row."""
    used_rows = sorted({cell.row for cell in placed if cell.words})
    used_columns = sorted({cell.column for cell in placed if cell.words})
    row_at = _renumbered(used_rows, rows)
    column_at = _renumbered(used_columns, columns)
    result = [
        Placed(
            row_at[cell.row],
            column_at[cell.column],
            row_at[cell.row + cell.row_span] - row_at[cell.row],
            column_at[cell.column + cell.column_span] - column_at[cell.column],
            cell.words,
        )
        for cell in placed
        if cell.words
    ]
    return result, len(used_rows), len(used_columns), row_at


def _renumbered(used: Sequence[int], count: int) -> list[int]:
    kept = set(used)
    numbers: list[int] = []
    seen = 0
    for index in range(count + 1):
        numbers.append(seen)
        seen += index in kept
    return numbers


def cells_of(draft: Draft) -> tuple[tuple[Cell | None, ...], ...]:
    """Write the cells of a grid; places without text that no cell covers are empty cells."""
    grid: list[list[Cell | None]] = [[None] * draft.column_count for _ in range(draft.row_count)]
    covered = [[False] * draft.column_count for _ in range(draft.row_count)]
    spans_across: list[list[BoundingBox]] = [[] for _ in range(draft.column_count)]
    spans_down: list[list[BoundingBox]] = [[] for _ in range(draft.row_count)]
    for item in draft.placed:
        box = enclosing([word.box for word in item.words])
        grid[item.row][item.column] = Cell(
            text=cell_text(item.words),
            box=box,
            row=item.row,
            column=item.column,
            row_span=item.row_span,
            column_span=item.column_span,
        )
        for row in range(item.row, item.row + item.row_span):
            for column in range(item.column, item.column + item.column_span):
                covered[row][column] = True
        if item.column_span == 1:
            spans_across[item.column].append(box)
        if item.row_span == 1:
            spans_down[item.row].append(box)
    for row in range(draft.row_count):
        down = enclosing(spans_down[row]) if spans_down[row] else draft.box
        for column in range(draft.column_count):
            if not covered[row][column]:
                across = enclosing(spans_across[column]) if spans_across[column] else draft.box
                box = BoundingBox(x0=across.x0, top=down.top, x1=across.x1, bottom=down.bottom)
                grid[row][column] = Cell(text="", box=box, row=row, column=column)
    return tuple(tuple(row) for row in grid)
