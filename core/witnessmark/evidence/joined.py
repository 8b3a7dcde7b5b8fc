"""Several cells in one: amounts of a cell that the page prints level with other rows, or under other columns.

A range, a footnote's figure or a share in brackets is printed in the row and the column of its cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from witnessmark.evidence.alignment import Asked, Place
from witnessmark.evidence.normal import key_of_cell
from witnessmark.evidence.numbers import amount_of, has_digit
from witnessmark.evidence.page_index import PageIndex, Run
from witnessmark.evidence.witness import WitnessPage

MEETING = 1.0
"""Points that an amount shares with a column to be under it."""
APART = 0.45
"""Gap between the texts of two columns, in heights of their line, at least."""
IN_LINE = 1.0
"""Points by which a text is out of line with its column at most."""
USUALLY_FILLED = 0.6
"""Share of the other rows in which a column holds something, from which an empty cell of it was taken into another."""
MAX_WORDS = 250
"""Words of a cell that is examined."""

Cells = Mapping[tuple[int, int], Asked]
Places = Mapping[tuple[int, int], Sequence[Place]]


class JoinedCells:
    """What the other cells of a table say about one that may hold several."""

    def __init__(self, cells: Cells, places: Places, pages: Sequence[WitnessPage], head: int) -> None:
        self._cells = cells
        self._pages = pages
        self._rows: dict[tuple[int, int], set[int]] = defaultdict(set)
        """Rows of the cells in one line, by page and line."""
        self._columns: dict[tuple[int, int], dict[int, tuple[float, float]]] = defaultdict(dict)
        """From where to where each row's cell reaches, by page and column."""
        for (row, column), several in places.items():
            for place in several if row >= head else ():
                if place.run.first_line == place.run.last_line:
                    self._rows[place.page, place.run.first_line].add(row)
                    self._columns[place.page, column][row] = (place.run.x0, place.run.x1)
        self._body_rows = len({row for row, _ in cells if row >= head})

    def holds_several(self, cell: Asked, place: Place) -> bool:
        """Say whether a cell of the body holds what other rows or columns have on the page."""
        if not 1 < len(place.run.words) <= MAX_WORDS or cell.is_amount or has_digit(cell.key) is None:
            return False
        index = self._pages[place.page].index
        lines: dict[int, list[int]] = defaultdict(list)
        for word in place.run.words:
            lines[index.tokens[word].line].append(word)
        if len(lines) > 1 and self._joins_rows(cell, place.page, lines, index):
            return True
        return any(self._joins_columns(cell, place.page, words, index) for words in lines.values())

    def _joins_rows(self, cell: Asked, page: int, lines: Mapping[int, Sequence[int]], index: PageIndex) -> bool:
        if not all(amounts_in(words, index) for words in lines.values()):
            return False
        return any(
            cell.row not in (rows := self._rows.get((page, line), set()))
            and any((row, cell.column) not in self._cells for row in rows)
            for line in lines
        )

    def _joins_columns(self, cell: Asked, page: int, words: Sequence[int], index: PageIndex) -> bool:
        taken = [
            column
            for number, column in self._columns
            if number == page and column != cell.column and (cell.row, column) not in self._cells
        ]
        pieces = amounts_in(words, index)
        if len(pieces) > 1:
            under = [self._column_of(cell, page, [cell.column, *taken], index.run(piece)) for piece in pieces]
            return None not in under and len(set(under)) > 1
        return any(self._begins_column(cell, page, column, words, index) for column in taken)

    def _column_of(self, cell: Asked, page: int, columns: Sequence[int], run: Run) -> int | None:
        """Find the only column that an amount is under; None where it is under none or several."""
        found = [
            column
            for column in columns
            if (others := [reach for row, reach in self._columns[page, column].items() if row != cell.row])
            and min(run.x1, max(reach[1] for reach in others)) - max(run.x0, min(reach[0] for reach in others))
            > MEETING
        ]
        return found[0] if len(found) == 1 else None

    def _begins_column(self, cell: Asked, page: int, column: int, words: Sequence[int], index: PageIndex) -> bool:
        """Say whether a wide gap parts a text where a column begins that is usually filled."""
        others = [reach for row, reach in self._columns[page, column].items() if row != cell.row]
        own = [reach for row, reach in self._columns[page, cell.column].items() if row != cell.row]
        if len(others) < max(2.0, USUALLY_FILLED * (self._body_rows - 1)) or not own:
            return False
        left, right = min(reach[0] for reach in others), max(reach[1] for reach in others)
        for number in range(1, len(words)):
            before, after = index.tokens[words[number - 1]], index.tokens[words[number]]
            if (
                after.x0 - before.x1 >= APART * (after.bottom - after.top)
                and before.x1 <= max(reach[1] for reach in own) + IN_LINE
                and left - IN_LINE <= after.x0
                and index.tokens[words[-1]].x1 <= right + IN_LINE
                and before.x1 < left
            ):
                return True
        return False


def amounts_in(words: Sequence[int], index: PageIndex) -> list[list[int]]:
    """Part words of a line into amounts; nothing where any of them is part of none."""
    found: list[list[int]] = []
    start = 0
    while start < len(words):
        end = next(
            (
                end
                for end in range(min(start + 5, len(words)), start, -1)
                if amount_of(key_of_cell(index.text(words[start:end]))) is not None
            ),
            None,
        )
        if end is None:
            return []
        found.append(list(words[start:end]))
        start = end
    return found
