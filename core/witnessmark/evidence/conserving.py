"""Nothing lost: the words in a table's region that none of its cells has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from witnessmark.evidence.laid import Laid
from witnessmark.evidence.verdicts import LeftOver

MOST = 200
"""Left-over places of a table that are listed."""
LIKE_A_ROW = 0.5
"""Share of a table's columns in which a line holds something from which it is a row that the answer lacks."""
PITCH = 1.8
"""Distance, in usual distances of rows, within which a line above or below a table may be its row."""


def left_over(laid: Laid, claimed: Mapping[tuple[int, int], tuple[int, int]]) -> tuple[LeftOver, ...]:
    """List what stands in a table's region and belongs to no cell, from the top."""
    found: list[LeftOver] = []
    for page in range(len(laid.pages)):
        words = {word for number, word in claimed if number == page}
        if words:
            found += _of_page(laid, page, words, claimed)
    return tuple(found[:MOST])


def _of_page(
    laid: Laid, page: int, words: set[int], claimed: Mapping[tuple[int, int], tuple[int, int]]
) -> Iterator[LeftOver]:
    index = laid.index(page)
    tokens = [index.tokens[word] for word in words]
    x0, x1 = min([token.x0 for token in tokens]) - 2, max([token.x1 for token in tokens]) + 2
    lines = sorted({token.line for token in tokens})
    headers = [index.tokens[word].line for word in words if claimed[page, word][0] < laid.head]
    rows_of_lines = {index.tokens[word].line: claimed[page, word][0] for word in words}
    pitch = laid.pitch[page]
    first = _beyond(laid, page, lines[0], -1, pitch) if laid.head == 0 else lines[0]
    last = _beyond(laid, page, lines[-1], 1, pitch)
    row = rows_of_lines.get(lines[0], 0)
    for number in range(first, last + 1):
        line = index.lines[number]
        rest = [
            word
            for word in line
            if word not in words
            and x0 <= (index.tokens[word].x0 + index.tokens[word].x1) / 2 <= x1
            and not index.is_small_mark(word)
        ]
        before, row = row, max(row, rows_of_lines.get(number, row))
        if not rest:
            continue
        is_row = number not in rows_of_lines and _is_row(laid, page, rest, number, max(headers, default=-1))
        for unit in [rest] if is_row else index.units_of(rest):
            yield LeftOver(
                page=laid.pages[page].page_number,
                box=laid.pages[page].box_of(unit),
                text=index.text(unit),
                row=before,
                is_row=is_row,
            )


def _is_row(laid: Laid, page: int, words: list[int], line: int, last_header: int) -> bool:
    """Say whether words alone on their line are a row: not the second line of a cell, nor a part of the headers."""
    index = laid.index(page)
    tokens = [index.tokens[word] for word in words]
    middle = sum([token.top + token.bottom for token in tokens]) / (2 * len(tokens))
    if any(band is not None and band.page == page and band.top <= middle <= band.bottom for band in laid.bands):
        return False
    zone = laid.header_zone
    is_among_headers = zone is not None and zone.page == page and middle < zone.bottom and line <= last_header
    return not is_among_headers or _looks_like_row(laid, page, line)


def _beyond(laid: Laid, page: int, line: int, step: int, pitch: float) -> int:
    """Find the last of the lines beyond a table's edge that look like its rows."""
    following = _row_beyond(laid, page, line, step, pitch)
    while following is not None:
        line = following
        following = _row_beyond(laid, page, line, step, pitch)
    return line


def _row_beyond(laid: Laid, page: int, line: int, step: int, pitch: float) -> int | None:
    index = laid.index(page)
    here = index.tokens[index.lines[line][0]].top
    number = line + step
    while 0 <= number < len(index.lines) and abs(index.tokens[index.lines[number][0]].top - here) <= PITCH * pitch:
        if _looks_like_row(laid, page, number):
            return number
        number += step
    return None


def _looks_like_row(laid: Laid, page: int, line: int) -> bool:
    index = laid.index(page)
    extents = laid.alignment.columns[page]
    hit: set[int] = set()
    figures = 0
    for words in index.units_of(index.lines[line]):
        run = index.run(words)
        own = [
            number
            for number, extent in enumerate(extents)
            if extent is not None and run.x0 < extent.x1 + 1 and run.x1 > extent.x0 - 1
        ]
        if len(own) == 1:
            hit.add(own[0])
            figures += any(map(str.isdigit, index.tokens[words[0]].key))
    known = sum(extent is not None for extent in extents)
    return len(hit) >= max(2, LIKE_A_ROW * known) and figures >= 1
