"""Merged cells: a text printed once in the middle of the rows or columns that it is for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from witnessmark.evidence.alignment import Asked, Extent, Place
from witnessmark.evidence.laid import Laid

IN_LINE = 1.5
"""Points by which a text lies out of line with its column at most."""
OFF_CENTRE = 0.2
"""Share of a column's width by which a text may miss the middle of the columns that it reaches over."""
OFF_MIDDLE = 0.4
"""Share of its height by which a text may miss the middle of the rows that it reaches over."""
USUALLY_FILLED = 0.6
"""Share of its other rows in which a column holds something from which an empty cell of it belongs to a merged one."""
ALONE = 3
"""Columns, at least, that a text alone in its row reaches over."""
MOST_ROWS = 100
"""Over which one text reaches."""


class Stretch(NamedTuple):
    """From where to where the lines of a row reach."""

    page: int
    top: float
    bottom: float


class Spans:
    """Where the merged cells of a table may stand that is laid over its pages."""

    def __init__(self, cells: Mapping[tuple[int, int], Asked], laid: Laid, height: int) -> None:
        self._cells = cells
        self._laid = laid
        self._head = laid.head
        self._height = height
        self._filled = Counter(column for row, column in cells if row >= laid.head)
        self._columns: dict[int, list[int]] = defaultdict(list)
        for row, column in cells:
            self._columns[row].append(column)
        self._rows = {band.line: row for row, band in enumerate(laid.bands) if band is not None and row >= laid.head}

    # --- over columns

    def reaches_columns(self, cell: Asked, place: Place, last_column: int) -> bool:
        """Say whether a place is that of a text over several columns, from its own to the last of those left empty.

        A text that lies in line with another column is that column's, unless it is in the very middle of columns that
        are filled in nearly all other rows.
        """
        extents = self._laid.alignment.columns[place.page]
        own = extents[cell.column]
        if cell.is_amount or place.is_part or own is None or last_column == cell.column:
            return False
        if self._laid.joins_columns(place) or not self._is_between(place, extents, cell.column, last_column):
            return False
        over = {
            column: extent
            for column in range(cell.column, last_column + 1)
            if (extent := extents[column]) is not None and _shared(place, extent) > 0
        }
        others = [over[column] for column in over if column != cell.column]
        is_of_another = any(_is_of(place, extent) for extent in others)
        if not is_of_another and (len(over) > 1 or not others or _is_beyond_middle(place, others[0])):
            return True
        return any(
            self._is_centred(place, own, extents[last], last - cell.column) and self._is_merged(cell, last)
            for last in range(cell.column + 1, last_column + 1)
        )

    def _is_between(self, place: Place, extents: list[Extent | None], first: int, last: int) -> bool:
        """Say whether a text lies between the columns before and after those that it may reach over."""
        before = [extent.x1 for extent in extents[:first] if extent is not None]
        after = [extent.x0 for extent in extents[last + 1 :] if extent is not None]
        if self._laid.index(place.page).is_from_right:
            before = [extent.x1 for extent in extents[last + 1 :] if extent is not None]
            after = [extent.x0 for extent in extents[:first] if extent is not None]
        return (
            place.run.x0 >= max(before, default=float("-inf"))
            and place.run.x1 <= min(after, default=float("inf"))
            and not self._laid.is_outside(place)
        )

    def _is_centred(self, place: Place, first: Extent, last: Extent | None, steps: int) -> bool:
        if last is None:
            return False
        x0, x1 = min(first.x0, last.x0), max(first.x1, last.x1)
        pitch = abs(last.middle - first.middle) / steps
        return abs((place.run.x0 + place.run.x1) / 2 - (x0 + x1) / 2) <= OFF_CENTRE * pitch

    def _is_merged(self, cell: Asked, last_column: int) -> bool:
        """Say whether a row has a merged cell where it holds one text and then nothing."""
        columns = range(cell.column, last_column + 1)
        is_alone = all(column <= last_column for column in self._columns[cell.row])
        others = self._height - self._head - 1
        return (is_alone and len(columns) >= ALONE) or all(
            self._filled[column] - (column == cell.column) >= USUALLY_FILLED * others > 0 for column in columns
        )

    # --- over rows

    def stretches(self, claimed: Mapping[tuple[int, int], tuple[int, int]]) -> dict[int, Stretch]:
        """Measure from where to where the lines of each row reach, by the cells that cannot reach over several rows."""
        found: dict[int, Stretch] = {}
        for (page, word), (row, column) in claimed.items():
            is_last = row + 1 >= self._height
            if row < self._head or not (is_last or (row + 1, column) in self._cells):
                continue
            token = self._laid.index(page).tokens[word]
            before = found.get(row)
            if before is None or before.page == page:
                top, bottom = (before.top, before.bottom) if before is not None else (token.top, token.bottom)
                found[row] = Stretch(page, min(top, token.top), max(bottom, token.bottom))
        return found

    def reaches_rows(self, cell: Asked, place: Place, stretches: Mapping[int, Stretch]) -> bool:
        """Say whether a place lies among the lines of its row, or in the middle of it and rows that are empty below.

        A figure that is level with one of the other rows is that row's.
        """
        own = stretches.get(cell.row)
        if own is None or own.page != place.page or place.is_part:
            return False
        run = place.run
        middle, height = (run.top + run.bottom) / 2, run.bottom - run.top
        if own.top <= middle <= own.bottom and not self._is_level_with_another(cell, place):
            return True
        is_level = self._is_level_with_another(cell, place)
        for last in range(cell.row + 1, min(cell.row + MOST_ROWS, self._height)):
            below = stretches.get(last)
            if (last, cell.column) in self._cells or (below is not None and below.page != own.page):
                return False
            if below is None:
                continue
            is_middle = abs(middle - (own.top + below.bottom) / 2) <= OFF_MIDDLE * height
            if is_middle and (not is_level or self._has_partner(cell, last)):
                return True
        return False

    def _is_level_with_another(self, cell: Asked, place: Place) -> bool:
        lines = range(place.first_line, place.last_line + 1)
        return any(line in self._rows and self._rows[line] != cell.row for line in lines)

    def _has_partner(self, cell: Asked, last_row: int) -> bool:
        """Say whether another text of its row is followed by as many empty cells: rows that belong together."""
        return any(
            column != cell.column
            and not self._cells[cell.row, column].is_amount
            and all((below, column) not in self._cells for below in range(cell.row + 1, last_row + 1))
            for column in self._columns[cell.row]
        )


def _is_of(place: Place, extent: Extent) -> bool:
    """Say whether a text lies in line with a column's texts: at their left, at their right or in their middle."""
    offsets = (
        place.run.x0 - extent.left,
        place.run.x1 - extent.right,
        (place.run.x0 + place.run.x1) / 2 - extent.middle,
    )
    return min(map(abs, offsets)) < IN_LINE


def _is_beyond_middle(place: Place, extent: Extent) -> bool:
    """Say whether a text begins behind the middle of a column's texts, or ends before it."""
    return place.run.x0 > extent.middle or place.run.x1 < extent.middle


def _shared(place: Place, extent: Extent) -> float:
    return min(place.run.x1, extent.x1) - max(place.run.x0, extent.x0)
