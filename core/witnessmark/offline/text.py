"""A page's text as a person reads it: column by column, paragraphs, headings, tables at their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from witnessmark.offline.flow import BULLETS, is_heading, reading_order, words_of_tables
from witnessmark.offline.tables.find import upright_page
from witnessmark.offline.tables.lines import Line, base_lines
from witnessmark.offline.tables.values import Table
from witnessmark.values import PageLayout, Word


def page_text(page: PageLayout, tables: Sequence[Table] = (), layout: Literal["markdown", "plain"] = "markdown") -> str:
    """Read a page in order: columns one after the other, tables where they stand.

    Markdown joins the lines of a paragraph and marks headings by their type size; plain keeps the page's lines and
    writes a table's cells with tabs between.

    Shapes:  `tables` are the page's own, as `find_tables` gives them
    """
    page, tables = upright_page(page, tables)
    order = reading_order(page, tables)
    in_tables = words_of_tables(page, tables)
    parts: list[str] = []
    for group in order.groups:
        if group.table is None:
            parts.append(_paragraph_text(group.lines, order.body_size, layout))
            continue
        table = tables[group.table]
        parts += [_table_text(table, layout), *_beside_cells(table, in_tables[group.table])]
    if order.turned:
        parts.append(" ".join(word.text for word in order.turned))
    return ("\n\n" if layout == "markdown" else "\n").join(part for part in parts if part)


def _paragraph_text(lines: Sequence[Line], body: float, layout: str) -> str:
    if layout == "plain":
        return "\n".join("  ".join(item.text for item in line.segments) for line in lines)
    text = " ".join("  ".join(item.text for item in line.segments) for line in lines)
    if text[:1] in BULLETS:
        return f"- {text[1:].strip()}"
    if is_heading(lines, body):
        ratio = lines[0].size / body
        return f"{'#' if ratio > 1.7 else '##' if ratio > 1.35 else '###'} {text}"
    return text


def _table_text(table: Table, layout: str) -> str:
    rows = table.texts
    if layout == "plain":
        return "\n".join("\t".join(row) for row in rows)
    head = rows[0] if table.header_rows else ("",) * table.column_count
    body = rows[1:] if table.header_rows else rows
    written = [_row_text(head), "|" + " --- |" * table.column_count, *map(_row_text, body)]
    return "\n".join(written)


def _beside_cells(table: Table, words: Sequence[Word]) -> list[str]:
    """Give the lines that lie in a table and are in none of its cells, such as a note below it."""
    cells = Counter(text for row in table.texts for cell in row for text in cell.split())
    left: list[str] = []
    for line in base_lines(words):
        texts = Counter(word.text for word in line)
        if not texts & cells:
            left.append(" ".join(word.text for word in line))
        cells -= texts
    return left


def _row_text(row: Sequence[str]) -> str:
    return "| " + " | ".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in row) + " |"
