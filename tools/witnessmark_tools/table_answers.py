"""Tables that somebody else extracted, read from JSON in whatever shape tools and models write them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from witnessmark.errors import InputError
from witnessmark_tools.printable import printable

MOST_CELLS = 200_000
"""Of one answer, empty ones included."""
MOST_SPANNED = 10_000
"""Rows or columns of one table that is given by its cells."""

_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
_INDEX = re.compile(r"\d{1,6}")

Row = tuple[str, ...]


class AnswerNotJson(InputError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} does not hold JSON.",
            'Give the tables as JSON, such as [{"page": 1, "headers": […], "rows": [[…], …]}].',
        )


class AnswerWithoutTables(InputError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} holds JSON, and no list of tables.",
            'Give a list of tables or {"tables": […]}, each with headers and rows, a grid, or cells with row and col.',
        )


class TableUnusable(InputError):
    """One of the tables has no form that is known."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__(
            f"Table {number} in {name!r} has neither rows nor a grid nor cells with row and col.",
            "Give its rows as lists of cells, or as objects by header.",
        )


class AnswerTooLarge(InputError):
    def __init__(self, name: str, *, limit: int) -> None:
        super().__init__(f"{name!r} has more than {limit:,} cells.", "Check its tables in parts.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTable:
    """A table as an answer has it, row for row and cell for cell, so that what is found can be told by its numbers.

    Shapes:  `rows` may be ragged; `headers` is empty where none are given
    """

    headers: Row
    rows: tuple[Row, ...]
    header_rows: int
    """How many rows are headers, counted from `headers`."""
    pages: tuple[int, ...] = ()
    """Where the answer has it; empty where it does not say."""
    title: str | None = None

    @property
    def grid(self) -> tuple[Row, ...]:
        return (self.headers, *self.rows) if self.headers else self.rows


def tables_of_answer(content: str, name: str) -> tuple[GivenTable, ...]:
    """Read the tables of an answer: a list, or an object with `tables`, also as `extract_tables --json` prints it.

    A number keeps the figures it is written with; null is an empty cell.

    Errors:  `AnswerNotJson`, `AnswerWithoutTables`, `TableUnusable`, `AnswerTooLarge`
    """
    listed = _listed(_parsed(content, name))
    if listed is None:
        raise AnswerWithoutTables(name)
    tables: list[GivenTable] = []
    room = MOST_CELLS
    for number, told in enumerate(listed, start=1):
        table = _table(told)
        if table is None:
            raise TableUnusable(name, number)
        room -= sum(map(len, table.grid))
        if room < 0:
            raise AnswerTooLarge(name, limit=MOST_CELLS)
        tables.append(table)
    return tuple(tables)


def _parsed(content: str, name: str) -> Any:
    """Read JSON, also where a model wrote sentences or fences around it."""
    fenced = _FENCED.search(content)
    for text in [content, fenced[1]] if fenced else [content]:
        try:
            # Figures as they are written: 1.50 stays 1.50.
            return json.loads(text, parse_float=str, parse_int=str, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            continue
    raise AnswerNotJson(name)


def _listed(told: Any) -> Sequence[Any] | None:
    """Find the list of tables: the value itself, or what stands under `tables`, also in a `result`; a table alone."""
    if isinstance(told, list):
        return cast("list[Any]", told)  # type: ignore[redundant-cast]  # pyright's
    if not isinstance(told, dict):
        return None
    known = cast("dict[str, Any]", told)
    for key in ("tables", "result", "structuredContent", "structured_content"):
        if key in known:
            return _listed(known[key])
    return [known] if _table(known) is not None else None


def _table(told: Any) -> GivenTable | None:
    if not isinstance(told, dict):
        return None
    table = cast("dict[str, Any]", told)
    headers: Row = ()
    rows: tuple[Row, ...]
    if isinstance(table.get("grid"), list):
        rows = tuple(_row(row, ()) for row in table["grid"])
    elif isinstance(table.get("rows"), list):
        headers, rows = _headers_and_rows(table)
    elif isinstance(table.get("headers"), list):
        headers, rows = _row(table["headers"], ()), ()
    elif isinstance(table.get("cells"), list):
        placed = _placed(table["cells"])
        if placed is None:
            return None
        rows = placed
    else:
        return None
    if not any(text.strip() for text in headers):
        headers = ()
    title = table.get("title")
    return GivenTable(
        headers=headers,
        rows=rows,
        header_rows=_header_rows(table, has_headers=bool(headers), rows=len(rows)),
        pages=_pages(table),
        title=printable(title) if isinstance(title, str) and title.strip() else None,
    )


def _headers_and_rows(table: Mapping[str, Any]) -> tuple[Row, tuple[Row, ...]]:
    told: list[Any] = table["rows"]
    names: list[Any] = table["headers"] if isinstance(table.get("headers"), list) else []
    keys = tuple(str(_text(name)) for name in names)
    if not keys:  # rows by header say their headers themselves
        rows_by_header = [cast("dict[str, Any]", row) for row in told if isinstance(row, dict) and "cells" not in row]
        keys = tuple(dict.fromkeys(key for row in rows_by_header for key in row))
    return tuple(map(printable, keys)), tuple(_row(row, keys) for row in told)


def _row(told: Any, keys: Sequence[str]) -> Row:
    """Read a row: a list of cells, an object by header or with `cells`, or one cell alone."""
    if isinstance(told, dict):
        row = cast("dict[str, Any]", told)
        if isinstance(row.get("cells"), list):
            return tuple(map(_text, row["cells"]))
        if not keys:
            return tuple(map(_text, row.values()))
        others = [value for key, value in row.items() if key not in keys]
        return tuple(_text(value) for value in [*(row.get(key) for key in keys), *others])
    if isinstance(told, list):
        return tuple(map(_text, cast("list[Any]", told)))  # type: ignore[redundant-cast]  # pyright's
    return (_text(told),)


def _text(told: Any) -> str:
    """Read a cell: a text, a number, null, a truth, or an object with `text` or `value`."""
    if isinstance(told, dict):
        cell = cast("dict[str, Any]", told)
        return _text(cell.get("text", cell.get("value")))
    if isinstance(told, list):
        return " ".join(map(_text, cast("list[Any]", told)))  # type: ignore[redundant-cast]  # pyright's
    if told is None:
        return ""
    if isinstance(told, bool):
        return str(told).lower()
    return printable(str(told))


def _placed(cells: Sequence[Any]) -> tuple[Row, ...] | None:
    """Make a grid of cells that say their place, a spanning one in its first; None where one does not say it."""
    texts: dict[tuple[int, int], str] = {}
    height = width = 0
    for told in cells:
        cell = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
        row, column = _index(cell.get("row")), _index(cell.get("col", cell.get("column")))
        if row is None or column is None:
            return None
        texts[row, column] = _text(cell)
        last_row = _index(cell.get("row_end"))
        last_column = _index(cell.get("col_end", cell.get("column_end")))
        height = max(height, 1 + (row if last_row is None else last_row))
        width = max(width, 1 + (column if last_column is None else last_column))
    if max(height, width) > MOST_SPANNED or height * width > MOST_CELLS:
        return None
    return tuple(tuple(texts.get((row, column), "") for column in range(width)) for row in range(height))


def _index(told: Any) -> int | None:
    return int(told) if isinstance(told, str) and _INDEX.fullmatch(told) else None


def _header_rows(table: Mapping[str, Any], *, has_headers: bool, rows: int) -> int:
    """Count the headers; a result of ours says how many rows after `headers` belong to them."""
    if not has_headers:
        return 0
    told = _index(table.get("header_rows"))
    return 1 if told is None else min(max(1, told), rows + 1)


def _pages(table: Mapping[str, Any]) -> tuple[int, ...]:
    """Read where a table stands: its page, and those of its parts in a result of ours."""
    told = [table.get("page")]
    parts: list[Any] = table["parts"] if isinstance(table.get("parts"), list) else []
    for part in parts:
        told += [cast("dict[str, Any]", part).get("page")] if isinstance(part, dict) else []
    return tuple(sorted({page for one in told if (page := _index(one))}))
