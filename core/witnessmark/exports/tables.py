"""A table as it leaves: what every kind of file is written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCheck:
    """One thing that a person should compare with the page.

    Shapes:  `table` is the name of a table; `row` and `column` are of its `rows`, from 0; None where it concerns more
    """

    page: int
    finding: str
    value: str = ""
    table: str | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsInNoCell:
    """What the page prints among the cells of a table, and no cell has.

    Shapes:  `after_row` is of the table's `rows`, from 0; -1 is above them
    """

    page: int
    text: str
    after_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """A grid of printed texts with what stands around it.

    Shapes:  every row of `rows` has as many entries, the headers first; `None` is a place that a merged cell covers;
             `spans` gives (rows, columns) of merged cells by (row, column) of their top left place; `doubts` says why a
             cell is in doubt, by its (row, column)
    """

    name: str
    pages: tuple[int, ...]
    rows: tuple[tuple[str | None, ...], ...]
    header_rows: int = 0
    spans: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict[tuple[int, int], tuple[int, int]])
    title: str | None = None
    notes: tuple[str, ...] = ()
    confidence: str = "medium"
    doubts: Mapping[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    in_no_cell: tuple[WordsInNoCell, ...] = ()

    @property
    def headers(self) -> tuple[tuple[str | None, ...], ...]:
        return self.rows[: self.header_rows]

    @property
    def body(self) -> tuple[tuple[str | None, ...], ...]:
        return self.rows[self.header_rows :]

    @property
    def column_count(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def place(self) -> str:
        """Where the table stands: `page 3`, `pages 3–5`."""
        return f"page {self.pages[0]}" if len(self.pages) == 1 else f"pages {self.pages[0]}–{self.pages[-1]}"

    @property
    def caption(self) -> str:
        """The name, the title if there is one, and where the table stands."""
        return f"{self.name}: {self.title} ({self.place})" if self.title else f"{self.name} ({self.place})"


def spans_that_fit(
    rows: Sequence[Sequence[str | None]], claimed: Mapping[tuple[int, int], tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Keep the merged cells that cover only free places; a workbook with two that overlap does not open."""
    kept: dict[tuple[int, int], tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for (row, column), (height, width) in sorted(claimed.items()):
        places = {(r, c) for r in range(row, row + height) for c in range(column, column + width)}
        free = all(
            r < len(rows) and c < len(rows[r]) and (rows[r][c] is None or (r, c) == (row, column)) for r, c in places
        )
        if len(places) > 1 and free and not places & taken:
            kept[row, column] = (height, width)
            taken |= places
    return kept


def covered_places(table: ExportTable) -> frozenset[tuple[int, int]]:
    """Find the places that merged cells cover, their own top left places left out."""
    return frozenset(
        (r, c)
        for (row, column), (height, width) in table.spans.items()
        for r in range(row, row + height)
        for c in range(column, column + width)
        if (r, c) != (row, column)
    )


def flat_headers(table: ExportTable) -> tuple[str, ...]:
    """Name each column by its headings from top to bottom, those over several columns included: `2024 / Q1`."""
    names: list[list[str]] = [[] for _ in range(table.column_count)]
    for row, cells in enumerate(table.headers):
        for column, text in enumerate(cells):
            if not text:
                continue
            _, width = table.spans.get((row, column), (1, 1))
            for over in names[column : column + width]:
                if text not in over:
                    over.append(text)
    return tuple(" / ".join(parts) for parts in names)
