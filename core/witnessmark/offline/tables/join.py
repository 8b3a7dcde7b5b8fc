"""Tables that run over pages, put together as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from witnessmark.offline.tables.lines import base_lines
from witnessmark.offline.tables.tokens import is_value, plain_words, says_continued
from witnessmark.offline.tables.values import Cell, Table, TablePart, first_row_number
from witnessmark.values import PageLayout, Word

_FEW = 12
"""Lines above or below a page's tables that are kept; more are no page header or footer."""
_MARGIN = 0.085
"""Share of the page's height at its top and bottom where only headers and footers stand."""


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """A line of text above the first or below the last table of a page."""

    text: str
    top: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEdges:
    """What stands above and below the tables of a page: what `join_pages` must know of it.

    Units:  points
    """

    page_number: int
    width: float
    height: float
    above: tuple[EdgeLine, ...] = ()
    below: tuple[EdgeLine, ...] = ()


def page_edges(page: PageLayout, tables: Sequence[Table]) -> PageEdges:
    """Find the lines above the first and below the last table of a page."""
    if not tables:
        return PageEdges(page_number=page.page_number, width=page.width, height=page.height)
    first, last = min(t.box.top for t in tables), max(t.box.bottom for t in tables)
    above = [word for word in page.words if (word.top + word.bottom) / 2 < first]
    below = [word for word in page.words if (word.top + word.bottom) / 2 > last]
    return PageEdges(
        page_number=page.page_number,
        width=page.width,
        height=page.height,
        above=_edge_lines(above),
        below=_edge_lines(below),
    )


def _edge_lines(words: Sequence[Word]) -> tuple[EdgeLine, ...]:
    if len(words) > 60 * _FEW:
        words = words[: 60 * _FEW]
    lines = base_lines(words)[: _FEW + 1]
    return tuple(
        EdgeLine(" ".join(w.text for w in line)[:200], min(w.top for w in line), max(w.bottom for w in line))
        for line in lines
    )


def edges_to_wire(edges: PageEdges) -> dict[str, Any]:
    """Write a page's edges as JSON values."""
    return {
        "page_number": edges.page_number,
        "width": edges.width,
        "height": edges.height,
        "above": [[line.text, line.top, line.bottom] for line in edges.above],
        "below": [[line.text, line.top, line.bottom] for line in edges.below],
    }


def edges_from_wire(wire: dict[str, Any]) -> PageEdges:
    """Read what `edges_to_wire` wrote."""
    return PageEdges(
        page_number=wire["page_number"],
        width=wire["width"],
        height=wire["height"],
        above=tuple(EdgeLine(*line) for line in wire["above"]),
        below=tuple(EdgeLine(*line) for line in wire["below"]),
    )


def join_pages(tables: Sequence[Table], edges: Sequence[PageEdges]) -> tuple[Table, ...]:
    """Join each table that ends a page with the one that goes on with it at the top of the next.

    Joined is only what has the same columns at the same places, with nothing but page header and footer, a repeated
    title or `(continued)` between. A repeated header is dropped from the rows and noted in its part.

    Shapes:  tables in page order → as many or fewer
    """
    facts = {page.page_number: page for page in edges}
    furniture = _repeated_lines(edges)
    by_page: dict[int, list[Table]] = {}
    for table in tables:
        by_page.setdefault(table.page_number, []).append(table)
    result: list[Table] = []
    ending_on: dict[int, list[int]] = {}
    """Indices of the results whose last part stands on a page."""
    for number in sorted(by_page):
        on_page = sorted(by_page[number], key=lambda t: (t.box.top, t.box.x0))
        for table in on_page:
            open_at = next(
                (
                    i
                    for i in reversed(ending_on.get(number - 1, []))
                    if _is_last(result[i], by_page[number - 1])
                    and _goes_on(result[i], table, on_page, facts, furniture)
                ),
                None,
            )
            if open_at is None:
                result.append(table)
                open_at = len(result) - 1
            else:
                result[open_at] = _joined(result[open_at], table)
                ending_on[number - 1].remove(open_at)
            ending_on.setdefault(number, []).append(open_at)
    return tuple(result)


def _is_last(table: Table, on_page: Sequence[Table]) -> bool:
    part = table.parts[-1]
    return not any(other.box.top > part.box.bottom - 2 for other in on_page)


def _repeated_lines(edges: Sequence[PageEdges]) -> frozenset[tuple[str, int]]:
    """Find the lines that stand at the same height of several pages, whatever their numbers."""
    seen: dict[tuple[str, int], set[int]] = {}
    for page in edges:
        for line in (*page.above, *page.below):
            for key in _keys(line):
                seen.setdefault(key, set()).add(page.page_number)
    return frozenset(key for key, pages in seen.items() if len(pages) > 1)


def _keys(line: EdgeLine) -> list[tuple[str, int]]:
    plain = re.sub(r"[\d\W]+", "", line.text.lower())
    height = int(line.top / 4)
    return [(plain, height + off) for off in (-1, 0, 1)]


def _is_furniture(line: EdgeLine, page: PageEdges, furniture: frozenset[tuple[str, int]]) -> bool:
    if line.bottom < _MARGIN * page.height or line.top > (1 - _MARGIN) * page.height:
        return True
    return any(key in furniture for key in _keys(line)) and (
        line.bottom < 0.16 * page.height or line.top > 0.86 * page.height
    )


def _goes_on(
    first: Table,
    second: Table,
    on_page: Sequence[Table],
    facts: dict[int, PageEdges],
    furniture: frozenset[tuple[str, int]],
) -> bool:
    last = first.parts[-1]
    before, after = facts.get(last.page_number), facts.get(second.page_number)
    if before is None or after is None:
        return False
    if any(t.box.bottom < second.box.top + 2 for t in on_page):
        return False
    if len(before.below) > _FEW or len(after.above) > _FEW:
        return False
    if last.box.bottom < 0.55 * before.height or second.box.top > 0.4 * after.height:
        return False
    if not all(_is_furniture(line, before, furniture) or says_continued(line.text) for line in before.below):
        return False
    titles = {plain_words(first.title or "")} - {""}
    for line in after.above:
        if _is_furniture(line, after, furniture) or says_continued(line.text):
            continue
        if not any(plain_words(line.text) and plain_words(line.text) in title for title in titles):
            return False
    return _same_columns(first, second, last) and (
        _same_header(first, second) or second.header_rows == 0 or _header_is_data(first, second)
    )


def _same_columns(first: Table, second: Table, last: TablePart) -> bool:
    """Claim that two grids have as many columns, at the same places when measured from their left side."""
    if first.column_count != second.column_count:
        return False
    if abs(last.box.width - second.box.width) > 0.08 * max(last.box.width, second.box.width):
        return False
    shift = second.box.x0 - last.box.x0
    if abs(shift) > 60:
        return False
    one, other = _places(first, last.page_number), _places(second, second.page_number)
    agree = total = 0
    for mine, theirs in zip(one, other, strict=True):
        if mine is None or theirs is None:
            continue
        total += 1
        ends = (
            abs(mine[0] + shift - theirs[0]),
            abs(mine[1] + shift - theirs[1]),
            abs(mine[0] + mine[1] + 2 * shift - theirs[0] - theirs[1]) / 2,
        )
        agree += min(ends) < 6
    return total > 0 and agree >= 0.8 * total


def _places(table: Table, page_number: int) -> list[tuple[float, float] | None]:
    part = next(part for part in table.parts if part.page_number == page_number)
    start = first_row_number(table.header_rows)
    rows = table.rows[max(0, part.first_row - start) : part.last_row - start + 1]
    places: list[tuple[float, float] | None] = []
    for column in range(table.column_count):
        boxes = [
            cell.box
            for row in rows
            for cell in (row[column],)
            if cell is not None and cell.text and cell.column_span == 1
        ]
        places.append((min(b.x0 for b in boxes), max(b.x1 for b in boxes)) if boxes else None)
    return places


def _same_header(first: Table, second: Table) -> bool:
    count = first.header_rows
    if not count or second.header_rows < count or len(second.rows) <= count:
        return False
    mine = [[plain_words(text) for text in row] for row in _texts(first, 0, count)]
    theirs = [[plain_words(text) for text in row] for row in _texts(second, 0, count)]
    return mine == theirs


def _header_is_data(first: Table, second: Table) -> bool:
    """Claim that what was taken for a header has figures where the table has columns of figures."""
    body = _texts(first, first.header_rows, first.header_rows + 100)
    columns = [
        c
        for c in range(1, first.column_count)
        if sum(is_value(row[c]) for row in body if row[c]) > 0.6 * max(1, sum(1 for row in body if row[c]))
    ]
    row = _texts(second, 0, 1)[0]
    held = [row[c] for c in columns if row[c]]
    return bool(held) and all(map(is_value, held))


def _texts(table: Table, start: int, stop: int) -> list[list[str]]:
    """Read some rows: a table of hundreds of pages is asked for its first few again and again."""
    return [[cell.text if cell else "" for cell in row] for row in table.rows[start:stop]]


def _joined(first: Table, second: Table) -> Table:
    repeats = _same_header(first, second)
    added = second.rows[first.header_rows :] if repeats else second.rows
    shift = len(first.rows) - (first.header_rows if repeats else 0)
    moved = tuple(tuple(_lower(cell, shift) for cell in row) for row in added)
    start = first.parts[-1].last_row + 1
    part = TablePart(
        page_number=second.page_number,
        first_row=start,
        last_row=start + len(added) - 1,
        box=second.box,
        repeats_header=repeats,
    )
    weaker = {"high": 2, "medium": 1, "low": 0}
    return replace(
        first,
        rows=first.rows + moved,
        notes=first.notes + tuple(note for note in second.notes if note not in first.notes),
        confidence=min(first.confidence, second.confidence, key=lambda c: weaker[c]),
        parts=(*first.parts, part),
    )


def _lower(cell: Cell | None, rows: int) -> Cell | None:
    return replace(cell, row=cell.row + rows) if cell is not None else None
