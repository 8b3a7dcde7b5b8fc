"""Merged cells: a text printed once in the middle of the rows or columns that it is for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from witnessmark.evidence.alignment import Asked, Extent, Place
from witnessmark.evidence.laid import Laid
from witnessmark.evidence.page_index import Run

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


class Line(NamedTuple):
    """The line in which a column's texts stand."""

    edge: str
    """`left`, `right` or `middle`."""
    x: float

    def holds(self, run: Run) -> bool:
        """Say whether a text stands in it."""
        x = {"left": run.x0, "right": run.x1, "middle": (run.x0 + run.x1) / 2}[self.edge]
        return abs(x - self.x) < IN_LINE


class Spans:
    """Where the merged cells of a table may stand that is laid over its pages, once its other cells have places."""

    def __init__(
        self,
        cells: Mapping[tuple[int, int], Asked],
        places: Mapping[tuple[int, int], Sequence[Place]],
        laid: Laid,
        *,
        height: int,
        labels: int,
    ) -> None:
        self._cells = cells
        self._laid = laid
        self._head = laid.head
        self._height = height
        self._labels = labels
        """How many of the first columns name things."""
        self._filled = Counter(column for row, column in cells if row >= laid.head)
        self._amounts = Counter(column for (row, column), cell in cells.items() if row >= laid.head and cell.is_amount)
        self._columns: dict[int, list[int]] = defaultdict(list)
        """The columns that hold something, by row."""
        for row, column in cells:
            self._columns[row].append(column)
        self._rows = {band.line: row for row, band in enumerate(laid.bands) if band is not None and row >= laid.head}
        self._stretches: dict[int, Stretch] = {}
        """From where to where the lines of each row reach, by the cells that cannot reach over several rows."""
        runs: dict[tuple[int, int], list[Run]] = defaultdict(list)
        for (row, column), found in places.items():
            if row >= self._head and not self._may_go_on(row, column):
                self._stretch(row, found[0])
            if row >= self._head:
                runs[found[0].page, column].append(found[0].run)
        self._lines = {key: _line_of(found) for key, found in runs.items()}
        """In which line the texts of each column stand, by page and column."""

    def _may_go_on(self, row: int, column: int) -> bool:
        below = self._cells.get((row + 1, column))
        return row + 1 < self._height and (below is None or below.key == self._cells[row, column].key)

    def _stretch(self, row: int, place: Place) -> None:
        before = self._stretches.get(row, Stretch(place.page, place.run.top, place.run.bottom))
        if before.page == place.page:
            top, bottom = min(before.top, place.run.top), max(before.bottom, place.run.bottom)
            self._stretches[row] = Stretch(place.page, top, bottom)

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
        others = [column for column in over if column != cell.column]
        if cell.column < self._labels:
            # A text is none of a column's figures, wherever it stands among them.
            others = [column for column in others if 2 * self._amounts[column] <= self._filled[column]]
        lines = [line for column in others if (line := self._lines.get((place.page, column))) is not None]
        in_line = [line for line in lines if line.holds(place.run)]
        if not in_line and (len(over) > 1 or not others or _is_off(place, over[others[0]])):
            return True
        return all(line.edge == "middle" for line in in_line) and any(
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

    def reaches_rows(self, cell: Asked, place: Place) -> bool:
        """Say whether a place lies among the lines of its row, or in the middle of it and rows that are empty below.

        What is level with one of the other rows is that row's, unless it names all of them.
        """
        own = self._stretches.get(cell.row)
        if own is None or own.page != place.page or place.is_part:
            return False
        run = place.run
        middle, is_level = (run.top + run.bottom) / 2, self._is_level_with_another(cell, place)
        if own.top <= middle <= own.bottom and not is_level:
            return True
        for last in range(cell.row + 1, min(cell.row + MOST_ROWS, self._height)):
            if not self._is_left_to(cell, last):
                return False
            if self.is_middle(place, cell.row, last) and (not is_level or self._is_of_group(cell, last)):
                return True
        return False

    def is_middle(self, place: Place, first: int, last: int) -> bool:
        """Say whether a place is in the middle of some rows."""
        above, below = self._stretches.get(first), self._stretches.get(last)
        if above is None or below is None or {above.page, below.page} != {place.page}:
            return False
        run = place.run
        off = abs((run.top + run.bottom) / 2 - (above.top + below.bottom) / 2)
        return off <= OFF_MIDDLE * (run.bottom - run.top)

    def _is_left_to(self, cell: Asked, row: int, column: int | None = None) -> bool:
        """Say whether a row has nothing of its own in a cell's column, or in another: it is empty, or says the same."""
        column = cell.column if column is None else column
        own, above = self._cells.get((row, column)), self._cells.get((cell.row, column))
        return own is None or (above is not None and own.key == above.key)

    def _is_level_with_another(self, cell: Asked, place: Place) -> bool:
        lines = range(place.first_line, place.last_line + 1)
        return any(line in self._rows and self._rows[line] != cell.row for line in lines)

    def _is_of_group(self, cell: Asked, last_row: int) -> bool:
        """Say whether a cell and all before it are followed by empty ones down to a row, and not beyond it."""
        is_end = last_row + 1 >= self._height or not self._is_left_to(cell, last_row + 1)
        return is_end and all(
            self._is_left_to(cell, row, column)
            for row in range(cell.row + 1, last_row + 1)
            for column in range(cell.column + 1)
        )


def _line_of(runs: Sequence[Run]) -> Line:
    """Find in which line texts stand: where they begin, where they end or in their middle, whichever varies least."""
    lines = {"left": [run.x0 for run in runs], "right": [run.x1 for run in runs]}
    lines["middle"] = [(run.x0 + run.x1) / 2 for run in runs]
    varying = {edge: _usual_distance(found) for edge, found in lines.items()}
    edge = min(varying, key=varying.__getitem__)
    return Line(edge, median(lines[edge]))


def _usual_distance(found: Sequence[float]) -> float:
    middle = median(found)
    return median([abs(one - middle) for one in found])


def _is_off(place: Place, extent: Extent) -> bool:
    """Say whether a text begins before a column, or behind the middle of its texts."""
    return place.run.x0 > extent.middle or place.run.x0 < extent.x0 - IN_LINE


def _shared(place: Place, extent: Extent) -> float:
    return min(place.run.x1, extent.x1) - max(place.run.x0, extent.x0)
