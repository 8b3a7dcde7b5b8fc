"""A table as results give it: its grid, what was found of it on the page, and the same as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from witnessmark_tools.results import Box, Frozen, Status, pages_in_words

MOST_LEFT_OVER = 3
"""Words outside of cells that a preview lists of a table."""


class Sums(Frozen):
    """How many sums, products and percentages of a table hold, and how many do not."""

    holding: int
    broken: int


class Evidence(Frozen):
    """How many cells' values were looked up on the page; null: not looked up."""

    cells: int
    located: int | None = None
    displaced: int | None = None
    unlocated: int | None = None
    sums: Sums | None = Field(default=None, description="Sums and the like; null: none found.")

    def in_words(self) -> str:
        """Write the counts: `40 of 42 values located, 1 displaced, 1 unlocated; 12 sums hold, 1 does not`."""
        return "; ".join(filter(None, [self._places_in_words(), self._sums_in_words()]))

    def _sums_in_words(self) -> str:
        if self.sums is None:
            return ""
        holding, broken = self.sums.holding, self.sums.broken
        told = [f"{holding} {'sum holds' if holding == 1 else 'sums hold'}"] if holding else []
        told += [f"{broken} {'sum does' if broken == 1 else 'sums do'} not hold"] if broken else []
        return ", ".join(told)

    def _places_in_words(self) -> str:
        if self.located is None:
            return "values not looked up"
        values = "value" if self.cells == 1 else "values"
        told = [f"{self.located} of {self.cells} {values} located"]
        told += [f"{self.displaced} displaced"] if self.displaced else []
        told += [f"{self.unlocated} unlocated"] if self.unlocated else []
        others = self.cells - self.located - (self.displaced or 0) - (self.unlocated or 0)
        return ", ".join([*told, f"{others} not looked up"] if others else told)


class PartOfTable(Frozen):
    """Rows of a table that stand on one page."""

    page: int
    first_row: int = Field(description="0 is the headers, 1 the first of rows.")
    last_row: int
    repeats_headers: bool = False


class Place(Frozen):
    status: Status | None = Field(default=None, description="null: not looked up.")
    page: int
    box: Box | None
    nearest: str | None = None


class LeftOverWords(Frozen):
    """Words among a table's cells that are in none of them."""

    page: int
    box: Box | None
    text: str
    after_row: int
    is_row: bool = Field(description="A row that the table lacks.")


class ExtractedTable(Frozen):
    table_id: str
    page: int
    title: str | None
    headers: list[str]
    rows: list[list[str]]
    from_row: int = Field(default=1, description="Which of the table's rows the first of `rows` is.")
    row_count: int = Field(description="Of rows in the whole table; a preview has fewer.")
    header_rows: int = Field(description="How many rows are headers, counted from `headers`; the rest begin `rows`.")
    notes: list[str]
    confidence: Literal["high", "medium", "low"]
    evidence: Evidence
    parts: list[PartOfTable]
    left_over: list[LeftOverWords] = Field(default=[], description="Words on the page, in no cell.")
    places: list[list[Place]] | None = Field(default=None, description="Row 0 is the headers.")

    def cut(self, rows: int, *, places: bool) -> ExtractedTable:
        """Keep the first rows."""
        kept = self.places[: rows + 1] if places and self.places is not None else None
        left_over = self.left_over[:MOST_LEFT_OVER]
        return self.model_copy(update={"rows": self.rows[:rows], "places": kept, "left_over": left_over})

    def clipped(self) -> ExtractedTable:
        """Shorten the texts of cells, and leave most columns and notes out."""
        clipped = [[_clip(cell) for cell in row[:30]] for row in self.rows]
        headers = [_clip(cell) for cell in self.headers[:30]]
        return self.model_copy(update={"rows": clipped, "headers": headers, "notes": self.notes[:2], "left_over": []})

    def to_lines(self) -> list[str]:
        """Write it in Markdown, a line each."""
        pages = pages_in_words([part.page for part in self.parts]).lower()
        title = f": {self.title}" if self.title else ""
        lines = [f"## {self.table_id}{title} ({pages}, {self.confidence} confidence; {self.evidence.in_words()})"]
        width = max([len(self.headers), *map(len, self.rows)], default=0)
        lines.append(_markdown_row(self.headers or [""] * width))
        lines.append("|" + " --- |" * width)
        if self.from_row > 1:
            lines.append(f"… from row {self.from_row} on")
        lines += [_markdown_row(row) for row in self.rows]
        if (more := self.row_count - (self.from_row - 1 + len(self.rows))) > 0:
            lines.append(f"… {more} more rows")
        lines += [f"Note: {note}" for note in self.notes]
        left_over = self.left_over[:MOST_LEFT_OVER]
        lines += [f"In no cell, after row {words.after_row}: {words.text}" for words in left_over]
        if more := len(self.left_over) - len(left_over):
            lines.append(f"In no cell: {more} more")
        return lines


def _clip(text: str) -> str:
    return text if len(text) <= 80 else text[:80] + "…"


def _markdown_row(row: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
