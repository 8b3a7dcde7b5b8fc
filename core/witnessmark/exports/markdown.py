"""Tables as GitHub-flavoured Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.exports.numbers import Number, is_numeric, numbers_of
from witnessmark.exports.tables import ExportTable, flat_headers

_MEANS_SOMETHING = re.compile(r"[\\`*_\[\]~|]")


def markdown_from_tables(document: str, tables: Sequence[ExportTable]) -> bytes:
    """Write the tables of a document as one Markdown file.

    Shapes:  a heading a table; headers of several rows become one, `2024 / Q1`; numbers stand to the right
    Source:  GitHub Flavored Markdown 0.29, "Tables (extension)"
    """
    parts = [f"# {_escaped(document)}"]
    for table, numbers in zip(tables, numbers_of(tables), strict=True):
        parts += [f"## {_escaped(table.caption)}", "\n".join(_lines(table, numbers))]
        parts += [f"Note: {_escaped(note)}" for note in table.notes]
    return ("\n\n".join(part for part in parts if part) + "\n").encode(errors="replace")


def _lines(table: ExportTable, numbers: Sequence[Sequence[Number | None]]) -> list[str]:
    columns = range(table.column_count)
    body = table.body
    right = [is_numeric([row[n] for row in numbers], [row[n] for row in body]) for n in columns]
    headers = flat_headers(table) or ("",) * table.column_count
    rule = "|" + "".join(" ---: |" if numeric else " --- |" for numeric in right)
    return [_row(headers), rule, *(_row(row) for row in body)] if table.rows else []


def _row(cells: Sequence[str | None]) -> str:
    return "| " + " | ".join(_escaped(text or "") for text in cells) + " |"


def _escaped(text: str) -> str:
    """Write text so that it is shown as it is: no markup, no HTML, and no formula where a cell has two dollar signs."""
    lines = (_MEANS_SOMETHING.sub(r"\\\g<0>", line.strip()) for line in text.splitlines())
    escaped = "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines)
    return escaped.replace("$", "\\$") if escaped.count("$") > 1 else escaped
