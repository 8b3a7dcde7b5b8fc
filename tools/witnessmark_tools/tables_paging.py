"""A long result's tables, read on from a place: whole tables as far as they fit, the rows of a long one in parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from witnessmark_tools.results import CursorInvalid

if TYPE_CHECKING:
    from witnessmark_tools.tables_result import ExtractedTable


def tables_from(
    tables: Sequence[ExtractedTable], cursor: str | None, limit: int
) -> tuple[list[ExtractedTable], str | None]:
    """Give tables from a place on, and the place after them; None: there is nothing after them.

    Shapes:  at least one row, however long it is, so that reading on ends
    Units:   `limit` characters of JSON
    Errors:  `CursorInvalid`
    """
    first, row = _place(cursor or "0:0", tables)
    found: list[ExtractedTable] = []
    room = limit
    for index, table in enumerate(tables[first:], start=first):
        bare = _part(table, row, row)
        room -= _size(bare.model_dump(mode="json"))
        if room < 0 and found:
            return found, f"{index}:{row}"
        end = row
        while end < len(table.rows):
            room -= _row_size(table, end)
            if room < 0 and (found or end > row):
                break
            end += 1
        if end == row and row < len(table.rows):
            return found, f"{index}:{row}"
        found.append(_part(table, row, end))
        if end < len(table.rows):
            return found, f"{index}:{end}"
        row = 0
    return found, None


def _part(table: ExtractedTable, start: int, end: int) -> ExtractedTable:
    if (start, end) == (0, len(table.rows)):
        return table
    places = None
    if table.places is not None:  # row 0 of the places is the headers
        places = [*table.places[:1], *table.places[1 + start : 1 + end]]
    left_over = [] if start else table.left_over
    rows = table.rows[start:end]
    return table.model_copy(update={"rows": rows, "places": places, "from_row": start + 1, "left_over": left_over})


def _row_size(table: ExtractedTable, index: int) -> int:
    size = _size(table.rows[index]) + 2
    if table.places is not None and index + 1 < len(table.places):
        size += _size([place.model_dump(mode="json") for place in table.places[index + 1]]) + 2
    return size


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False))


def _place(cursor: str, tables: Sequence[ExtractedTable]) -> tuple[int, int]:
    index, _, row = cursor.partition(":")
    if not (index.isdecimal() and row.isdecimal() and int(index) <= len(tables)):
        raise CursorInvalid(cursor)
    return int(index), int(row)
