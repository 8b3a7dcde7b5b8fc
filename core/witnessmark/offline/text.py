"""A page's text as a person reads it: column by column, paragraphs, headings, tables at their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from witnessmark.offline.tables.find import upright_page
from witnessmark.offline.tables.lines import (
    Line,
    Segment,
    base_lines,
    lines_from_segments,
    segment,
    size_of,
    word_space,
)
from witnessmark.offline.tables.regions import paragraphs, regions
from witnessmark.offline.tables.ruling import ruling_of
from witnessmark.offline.tables.tokens import is_marker
from witnessmark.offline.tables.values import Table
from witnessmark.values import PageLayout, Word

MOST_WORDS = 12_000
"""Words of a page whose columns are looked for; more are read line by line."""
_BULLETS = frozenset("•●○▪■□◦‣➢►·\uf0b7\uf0a7")


def page_text(page: PageLayout, tables: Sequence[Table] = (), layout: Literal["markdown", "plain"] = "markdown") -> str:
    """Read a page in order: columns one after the other, tables where they stand.

    Markdown joins the lines of a paragraph and marks headings by their type size; plain keeps the page's lines and
    writes a table's cells with tabs between.

    Shapes:  `tables` are the page's own, as `find_tables` gives them
    """
    page, tables = upright_page(page, tables)
    words = [word for word in page.words if word.text.strip() and not _is_inside(word, tables)]
    upright = [word for word in words if word.angle == 0]
    lines = base_lines(upright)
    if len(upright) > MOST_WORDS:
        return "\n".join(" ".join(word.text for word in line) for line in lines)
    blocks = _blocks(page, lines, tables)
    body = _body_size(upright)
    parts: list[str] = []
    for block in blocks:
        parts += _block_text(block, tables, body, layout)
    turned = [word for word in words if word.angle != 0]
    if turned:
        parts.append(" ".join(word.text for word in turned))
    return ("\n\n" if layout == "markdown" else "\n").join(part for part in parts if part)


def _is_inside(word: Word, tables: Sequence[Table]) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return any(
        part.x0 - 1 <= x <= part.x1 + 1 and part.top - 1 <= y <= part.bottom + 1 for part in (t.box for t in tables)
    )


def _blocks(page: PageLayout, lines: Sequence[Sequence[Word]], tables: Sequence[Table]) -> list[list[Line]]:
    """Part the page into its regions, a table standing as one segment whose word is its number."""
    gap = max(0.9, 2.4 * word_space(lines))
    segments = [item for line in lines for item in segment(line, gap)]
    for number, table in enumerate(tables):
        box = table.box
        mark = Word(f"\x00{number}", box.x0, box.top, box.x1, box.bottom, 10.0)
        segments.append(Segment((mark,), box.x0, box.top, box.x1, box.bottom, 10.0))
    texts = paragraphs([item for item in segments if not item.words[0].text.startswith("\x00")])
    across = ruling_of(page.rules).horizontal
    found: list[list[Line]] = []
    for region in regions(segments, texts, across):
        ordered = sorted(lines_from_segments(region), key=lambda line: (line.top, line.x0))
        found.append(ordered)
    return found


def _body_size(words: Sequence[Word]) -> float:
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(size_of(word) * 2) / 2] += len(word.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _block_text(lines: Sequence[Line], tables: Sequence[Table], body: float, layout: str) -> list[str]:
    parts: list[str] = []
    paragraph: list[Line] = []

    def flush() -> None:
        if paragraph:
            parts.append(_paragraph_text(paragraph, body, layout))
            paragraph.clear()

    for line in lines:
        marks = [item for item in line.segments if item.words[0].text.startswith("\x00")]
        if marks:
            flush()
            rest = [item for item in line.segments if item not in marks]
            parts += [_table_text(tables[int(mark.words[0].text[1:])], layout) for mark in marks]
            if rest:
                parts.append("  ".join(item.text for item in rest))
            continue
        if paragraph and not _goes_on(paragraph, line, body):
            flush()
        paragraph.append(line)
    flush()
    return parts


def _goes_on(paragraph: Sequence[Line], line: Line, body: float) -> bool:
    last = paragraph[-1]
    size = max(last.size, line.size)
    if line.top - last.bottom > 0.55 * size or line.middle - last.middle > 1.75 * size:
        return False
    if not 0.9 < line.size / last.size < 1.11 or _is_item(line):
        return False
    if len(line.segments) > 1 or len(last.segments) > 1:
        return False
    if last.size > 1.12 * body:
        return True
    if last.is_bold != line.is_bold and len(paragraph) == 1:
        return False
    return not line.x0 - last.x0 > 0.8 * size or (len(paragraph) == 1 and _is_item(paragraph[0]))


def _is_item(line: Line) -> bool:
    first = line.segments[0].words[0].text
    return first[:1] in _BULLETS or (is_marker(first) and len(line.words) > 1 and first[-1:] in ".)")


def _paragraph_text(lines: Sequence[Line], body: float, layout: str) -> str:
    if layout == "plain":
        return "\n".join("  ".join(item.text for item in line.segments) for line in lines)
    text = " ".join("  ".join(item.text for item in line.segments) for line in lines)
    if text[:1] in _BULLETS:
        return f"- {text[1:].strip()}"
    ratio = lines[0].size / body
    if ratio > 1.12 and len(text) < 200 and any(char.isalpha() for char in text):
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


def _row_text(row: Sequence[str]) -> str:
    return "| " + " | ".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in row) + " |"
