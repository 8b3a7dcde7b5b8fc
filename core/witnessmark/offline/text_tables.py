"""Tables in plain text files: CSV and its relatives, and tables of Markdown."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from witnessmark.errors import InputError
from witnessmark.offline.tables.tokens import is_value
from witnessmark.offline.tables.values import NOWHERE, Cell, Confidence, Table, TablePart

MOST_CELLS = 200_000
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 200
_LONGEST_FIELD = 1_000_000
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")
_FENCE = re.compile(r"\s*(```|~~~)")
_PIPE = re.compile(r"(?<!\\)\|")


class TextTableTooLarge(InputError):
    def __init__(self, *, limit: int) -> None:
        super().__init__(
            f"The table has more than {limit:,} cells, which no host takes in.",
            "Cut the file into parts, or open it with a spreadsheet or a database.",
        )


def tables_of_text(text: str, media_type: str) -> tuple[Table, ...]:
    """Find the tables of a text file: the whole of a CSV file, every pipe table of another.

    Errors:  `TextTableTooLarge`
    """
    if media_type in {"text/csv", "text/tab-separated-values"}:
        rows = _separated(text, "\t" if media_type.startswith("text/tab") else _delimiter(text))
        return (_table(rows, header_rows=int(_has_header(rows))),) if rows else ()
    return tuple(_table(rows, header_rows=1, title=title) for title, rows in _pipe_tables(text.splitlines()))


def fields_of_text(text: str, media_type: str) -> list[list[str]]:
    """Part each line of a text file into its fields, whether it is of a table or not; other lines are one field.

    Errors:  `TextTableTooLarge`
    """
    if media_type in {"text/csv", "text/tab-separated-values"}:
        return _separated(text, "\t" if media_type.startswith("text/tab") else _delimiter(text))
    return [_fields(line) if "|" in line else [line] for line in text.splitlines()]


def _separated(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(text.split("\n"), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                cells += len(row)
            if cells > MOST_CELLS:
                raise TextTableTooLarge(limit=MOST_CELLS)
    except csv.Error:  # a field without an end: the file is no table
        return []
    return rows


def _delimiter(text: str) -> str:
    """Choose what parts the fields: the sign with which most lines have as many fields as each other, and several."""
    lines = text.split("\n")[:_SAMPLE_LINES]

    def regularity(delimiter: str) -> tuple[float, int]:
        try:
            counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            return 0.0, 0
        usual, times = counts.most_common(1)[0] if counts else (1, 0)
        return (times / counts.total(), usual) if usual > 1 else (0.0, 0)

    return max(_DELIMITERS, key=regularity)


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    first = rows[0]
    return len(rows) > 1 and all(first) and not any(map(is_value, first)) and len(set(first)) == len(first)


def _pipe_tables(lines: Sequence[str]) -> Iterable[tuple[str | None, list[list[str]]]]:
    is_code = False
    cells = 0
    heading: str | None = None
    for index, line in enumerate(lines):
        is_code ^= bool(_FENCE.match(line))
        if line.startswith("#"):
            heading = line.strip("# ").strip()
        is_rule = "|" in line and "-" in line and _RULE.fullmatch(line) is not None
        if is_code or not is_rule or index == 0 or "|" not in lines[index - 1]:
            continue
        rows = [_fields(lines[index - 1])]
        for below in lines[index + 1 :]:
            if "|" not in below:
                break
            rows.append(_fields(below))
        cells += len(rows) * len(rows[0])
        if cells > MOST_CELLS:
            raise TextTableTooLarge(limit=MOST_CELLS)
        yield heading, rows


def _fields(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [part.strip().replace("\\|", "|") for part in _PIPE.split(inner)]


def _table(rows: Sequence[Sequence[str]], *, header_rows: int, title: str | None = None) -> Table:
    width = max(map(len, rows))
    grid = tuple(
        tuple(
            Cell(text=row[column] if column < len(row) else "", box=NOWHERE, row=number, column=column)
            for column in range(width)
        )
        for number, row in enumerate(rows)
    )
    first = 0 if header_rows else 1
    part = TablePart(page_number=1, first_row=first, last_row=first + len(rows) - 1, box=NOWHERE)
    is_even = all(len(row) == width for row in rows)
    confidence: Confidence = "high" if is_even and width > 1 else "medium"
    return Table(
        page_number=1,
        box=NOWHERE,
        rows=grid,
        header_rows=header_rows,
        title=title,
        confidence=confidence,
        parts=(part,),
    )
