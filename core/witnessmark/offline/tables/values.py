"""What the table engine finds, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from witnessmark.values import BoundingBox

Confidence = Literal["high", "medium", "low"]
NOWHERE = BoundingBox(x0=0, top=0, x1=0, bottom=0)
"""The place of a cell of a text file, which has lines and no page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a grid; a merged cell stands once, at its top left.

    Units:  points; `box` is the words' own, or the ruled cell's when no word stands in it
    """

    text: str
    box: BoundingBox
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePart:
    """Which rows of a table stand on which page; the headers are row 0, the first of the rows is row 1."""

    page_number: int
    first_row: int
    last_row: int
    box: BoundingBox
    repeats_header: bool = False
    """Whether this page carries the header again; the repetition is not among the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A grid of cells with what stands around it.

    Shapes:  every row of `rows` has as many entries; `None` is a place that a merged cell covers
    """

    page_number: int
    box: BoundingBox
    rows: tuple[tuple[Cell | None, ...], ...]
    header_rows: int = 0
    title: str | None = None
    notes: tuple[str, ...] = ()
    confidence: Confidence = "medium"
    parts: tuple[TablePart, ...] = ()

    @property
    def column_count(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The grid as plain text, empty where a merged cell covers the place."""
        return tuple(tuple(cell.text if cell else "" for cell in row) for row in self.rows)

    @property
    def headers(self) -> tuple[str, ...]:
        """The first row when it is a header, else nothing."""
        return self.texts[0] if self.header_rows else ()

    @property
    def body(self) -> tuple[tuple[str, ...], ...]:
        """Every row that `headers` does not give, further header rows included."""
        return self.texts[1:] if self.header_rows else self.texts


def first_row_number(header_rows: int) -> int:
    """Number the first row of a grid: 0 when it is the headers, else 1."""
    return 0 if header_rows else 1
