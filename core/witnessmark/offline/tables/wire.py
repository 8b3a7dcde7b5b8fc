"""Tables as JSON and back: what crosses from the worker process."""

from __future__ import annotations

from typing import Any

from witnessmark.offline.tables.values import Cell, Table, TablePart
from witnessmark.values import BoundingBox


def table_to_wire(table: Table) -> dict[str, Any]:
    """Write a table as JSON values; cells go as short lists because there are many."""
    return {
        "page_number": table.page_number,
        "box": _box_to_wire(table.box),
        "title": table.title,
        "header_rows": table.header_rows,
        "notes": list(table.notes),
        "confidence": table.confidence,
        "columns": table.column_count,
        "rows": len(table.rows),
        "cells": [
            [cell.row, cell.column, cell.row_span, cell.column_span, cell.text, *_box_to_wire(cell.box)]
            for row in table.rows
            for cell in row
            if cell is not None
        ],
        "parts": [
            [part.page_number, part.first_row, part.last_row, part.repeats_header, *_box_to_wire(part.box)]
            for part in table.parts
        ],
    }


def table_from_wire(wire: dict[str, Any]) -> Table:
    """Read what `table_to_wire` wrote.

    Errors:  `KeyError`, `TypeError`, `ValueError` or `IndexError` when it is something else
    """
    grid: list[list[Cell | None]] = [[None] * wire["columns"] for _ in range(wire["rows"])]
    for row, column, row_span, column_span, text, *box in wire["cells"]:
        grid[row][column] = Cell(
            text=text,
            box=_box_from_wire(box),
            row=row,
            column=column,
            row_span=row_span,
            column_span=column_span,
        )
    return Table(
        page_number=wire["page_number"],
        box=_box_from_wire(wire["box"]),
        rows=tuple(tuple(row) for row in grid),
        header_rows=wire["header_rows"],
        title=wire["title"],
        notes=tuple(wire["notes"]),
        confidence=wire["confidence"],
        parts=tuple(
            TablePart(
                page_number=page_number,
                first_row=first_row,
                last_row=last_row,
                repeats_header=repeats_header,
                box=_box_from_wire(box),
            )
            for page_number, first_row, last_row, repeats_header, *box in wire["parts"]
        ),
    )


def _box_to_wire(box: BoundingBox) -> list[float]:
    return [round(box.x0, 2), round(box.top, 2), round(box.x1, 2), round(box.bottom, 2)]


def _box_from_wire(box: list[float]) -> BoundingBox:
    x0, top, x1, bottom = box
    return BoundingBox(x0=x0, top=top, x1=x1, bottom=bottom)
