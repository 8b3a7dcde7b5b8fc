"""Two versions of a table, cell by cell: corresponding rows and columns, and the columns that one version lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.columns import ColumnMatch, RowPair, matched_columns
from witnessmark.offline.differences.table_grid import Cells, cells_of, grid_of

_NO_MATCH = ColumnMatch(())


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTable:
    """Corresponding rows of two versions of a table.

    Shapes:  `rows` has the cells of both sides by column; without `match`, cells are compared in order if a row has as
             many on both sides
    """

    rows: tuple[tuple[Cells, Cells], ...]
    match: ColumnMatch | None
    ends: tuple[tuple[int, int], ...]
    """Where each row ends on both sides: a blank cell is cited there."""

    def cells(self, row: int) -> list[tuple[range, range]]:
        """Pair the cells of a row by column; nothing if the whole row has to be compared.

        Shapes:  one of the two is empty for a blank cell
        """
        a, b = self.rows[row]
        if self.match is None:
            return list(zip(a.values(), b.values(), strict=True)) if len(a) == len(b) else []
        return [(self._cell(a, i, row, 0), self._cell(b, j, row, 1)) for i, j in self.match.pairs if i in a or j in b]

    def moved(self, row: int) -> list[tuple[range, range]]:
        """Pair the cells of the columns that moved between others."""
        if self.match is None:
            return []
        a, b = self.rows[row]
        places = dict(self.match.pairs)
        return [
            (self._cell(a, i, row, 0), self._cell(b, places[i], row, 1))
            for i in self.match.moved
            if i in a or places[i] in b
        ]

    def removed(self) -> list[list[range]]:
        """Give the cells of each column that only the version before has."""
        columns = (self.match or _NO_MATCH).removed
        several = [[a[column] for a, _ in self.rows if column in a] for column in columns]
        return [cells for cells in several if cells]

    def added(self) -> list[list[range]]:
        """Give the cells of each column that only the version after has."""
        columns = (self.match or _NO_MATCH).added
        several = [[b[column] for _, b in self.rows if column in b] for column in columns]
        return [cells for cells in several if cells]

    def _cell(self, cells: Cells, column: int, row: int, side: int) -> range:
        """Give a cell, or for a blank one the place between its neighbours."""
        if column in cells:
            return cells[column]
        at = next((cell.start for number, cell in cells.items() if number > column), self.ends[row][side])
        return range(at, at)


def paired_table(a: Side, rows_a: Sequence[range], b: Side, rows_b: Sequence[range]) -> PairedTable:
    """Match the columns of corresponding rows of a table."""
    ends = tuple((one.stop, other.stop) for one, other in zip(rows_a, rows_b, strict=True))
    grid_a, grid_b = grid_of(a, rows_a), grid_of(b, rows_b)
    if grid_a is not None and grid_b is not None:
        pairs = list(zip(grid_a.rows, grid_b.rows, strict=True))
        texts = [RowPair(_texts(a, one, grid_a.width), _texts(b, other, grid_b.width)) for one, other in pairs]
        match = matched_columns(texts)
        if match is not None:
            return PairedTable(rows=tuple(pairs), match=match, ends=ends)
    in_order = [
        (dict(enumerate(cells_of(a, one))), dict(enumerate(cells_of(b, other))))
        for one, other in zip(rows_a, rows_b, strict=True)
    ]
    return PairedTable(rows=tuple(in_order), match=None, ends=ends)


def _texts(side: Side, cells: Cells, width: int) -> list[tuple[str, ...]]:
    return [tuple(side.keys[cells[n].start : cells[n].stop]) if n in cells else () for n in range(width)]
