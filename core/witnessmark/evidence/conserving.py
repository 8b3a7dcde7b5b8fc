"""Nothing lost: the words in a table's region that none of its cells has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from witnessmark.evidence.alignment import Extent
from witnessmark.evidence.laid import Laid
from witnessmark.evidence.numbers import has_digit
from witnessmark.evidence.page_index import PageIndex, Run
from witnessmark.evidence.verdicts import LeftOver

MOST = 200
"""Left-over places of a table that are listed."""
LIKE_A_ROW = 0.5
"""Share of a table's columns in which a line holds something from which it is a row that the answer lacks."""
IN_LINE = 1.5
"""Points by which things of one column lie out of line at most."""
LEAST_IN_LINE = 2
CONTINUED = 0.95
"""Distance of lines, in the least distance of rows, under which one goes on with the other."""
PITCH = 1.8
"""Distance, in usual distances of rows, within which a line above or below a table may be its row."""
FAR_PITCH = 2.5
"""The same for the line right above or below: a total may be set apart."""
USUAL_PITCH = 1.6
"""Distance of rows, in heights of a line, where a table has only one."""


class _Rest(NamedTuple):
    """Words of a line that no cell has."""

    words: list[int]
    row: int
    is_row: bool


def left_over(
    laid: Laid, claimed: Mapping[tuple[int, int], tuple[int, int]], row_steps: Sequence[float]
) -> tuple[LeftOver, ...]:
    """List what stands in a table's region and belongs to no cell, from the top.

    Shapes:  `row_steps` are the least distances of rows, by page: `Laid.row_steps`
    """
    found: list[LeftOver] = []
    for page in range(len(laid.pages)):
        words = {word for number, word in claimed if number == page}
        if words:
            rests = _rests(laid, page, words, claimed, row_steps[page])
            found += [_told(laid, page, rest) for rest in _rows_joined(laid, page, rests, row_steps[page])]
    return tuple(found[:MOST])


def _told(laid: Laid, page: int, rest: _Rest) -> LeftOver:
    return LeftOver(
        page=laid.pages[page].page_number,
        box=laid.pages[page].box_of(rest.words),
        text=laid.index(page).text(rest.words),
        words=tuple(rest.words),
        row=rest.row,
        is_row=rest.is_row,
    )


def _rows_joined(laid: Laid, page: int, rests: Iterable[_Rest], step: float) -> list[_Rest]:
    """Join the lines of one row, which stand nearer than rows do."""
    joined: list[_Rest] = []
    tokens = laid.index(page).tokens
    for rest in rests:
        if joined and rest.is_row and joined[-1].is_row and rest.row == joined[-1].row:
            above = joined[-1].words[-1]
            if tokens[rest.words[0]].top - tokens[above].top < CONTINUED * step:
                joined[-1] = rest._replace(words=[*joined[-1].words, *rest.words])
                continue
        joined.append(rest)
    return joined


def _rests(
    laid: Laid, page: int, words: set[int], claimed: Mapping[tuple[int, int], tuple[int, int]], step: float
) -> Iterator[_Rest]:
    index = laid.index(page)
    tokens = [index.tokens[word] for word in words]
    x0, x1 = min([token.x0 for token in tokens]) - 2, max([token.x1 for token in tokens]) + 2
    lines = sorted({token.line for token in tokens})
    headers = [index.tokens[word].line for word in words if claimed[page, word][0] < laid.head]
    rows_of_lines = {index.tokens[word].line: claimed[page, word][0] for word in words}
    own_lines = {*headers, *_lines_of_rows(index, words, page, claimed)}
    pitch = laid.pitch[page] or USUAL_PITCH * median([token.bottom - token.top for token in tokens])
    first = lines[0] if laid.head else _first_row(laid, page, lines[0], pitch)
    last = _last_row(laid, page, lines[-1], pitch, step)
    row = rows_of_lines.get(lines[0], 0)
    for number in range(first, last + 1):
        line = index.lines[number]
        free = [
            word
            for word in line
            if word not in words and x0 <= (index.tokens[word].x0 + index.tokens[word].x1) / 2 <= x1
        ]
        rest = [word for word in free if not index.is_small_mark(word) and word not in index.across]
        before, row = row, max(row, rows_of_lines.get(number, row))
        if not rest:
            continue
        is_free = number not in rows_of_lines or (number not in own_lines and _fills_columns(laid, page, rest))
        is_row = is_free and _is_row(laid, page, rest, number, max(headers, default=-1))
        for unit in [free] if is_row else index.units_of(rest):
            yield _Rest(unit, before, is_row)


def _lines_of_rows(
    index: PageIndex, words: Iterable[int], page: int, claimed: Mapping[tuple[int, int], tuple[int, int]]
) -> set[int]:
    """Find the line of each row: that of most of its words. On others is, at most, a cell that reaches over rows."""
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for word in words:
        counts[claimed[page, word][0]][index.tokens[word].line] += 1
    return {line for lines in counts.values() for line, count in lines.items() if count == max(lines.values())}


def _is_row(laid: Laid, page: int, words: list[int], line: int, last_header: int) -> bool:
    """Say whether words alone on their line are a row: not the second line of a cell, nor a part of the headers."""
    index = laid.index(page)
    tokens = [index.tokens[word] for word in words]
    middle = sum([token.top + token.bottom for token in tokens]) / (2 * len(tokens))
    if any(band is not None and band.page == page and band.top <= middle <= band.bottom for band in laid.bands):
        return False
    zone = laid.header_zone
    is_among_headers = zone is not None and zone.page == page and middle < zone.bottom and line <= last_header
    return not is_among_headers or looks_like_row(laid, page, line)


def _first_row(laid: Laid, page: int, line: int, pitch: float) -> int:
    """Find the first of the lines above a table that look like its rows."""
    following = _row_beyond(laid, page, line, -1, pitch)
    while following is not None:
        line = following
        following = _row_beyond(laid, page, line, -1, pitch)
    return line


def _last_row(laid: Laid, page: int, line: int, pitch: float, step: float) -> int:
    """Find the last of the lines below a table that look like its rows, or go on with one that does."""
    index = laid.index(page)
    following = _row_beyond(laid, page, line, 1, pitch)
    while following is not None:
        line = following
        tops = [index.tokens[words[0]].top for words in index.lines]
        while line + 1 < len(tops) and tops[line + 1] - tops[line] < CONTINUED * step:
            line += 1
        following = _row_beyond(laid, page, line, 1, pitch)
    return line


def _row_beyond(laid: Laid, page: int, line: int, step: int, pitch: float) -> int | None:
    index = laid.index(page)
    here = index.tokens[index.lines[line][0]].top
    number = line + step
    while 0 <= number < len(index.lines):
        reach = FAR_PITCH if number == line + step else PITCH
        if abs(index.tokens[index.lines[number][0]].top - here) > reach * pitch:
            return None
        if looks_like_row(laid, page, number):
            return number
        number += step
    return None


def looks_like_row(laid: Laid, page: int, line: int) -> bool:
    """Say whether a line holds things in the columns of a table, where the table has figures at least one figure.

    In a table without any, things have to lie in line with those of their columns: text below it does not.
    """
    return _fills_columns(laid, page, laid.index(page).lines[line])


def _fills_columns(laid: Laid, page: int, line: Sequence[int]) -> bool:
    """Say of words of one line what `looks_like_row` says of all of them."""
    index = laid.index(page)
    extents = laid.alignment.columns[page]
    hit: set[int] = set()
    figures = in_line = 0
    for words in index.units_of(line):
        run = index.run(words)
        own = [
            number
            for number, extent in enumerate(extents)
            if extent is not None and run.x0 < extent.x1 + 1 and run.x1 > extent.x0 - 1
        ]
        if len(own) == 1:
            hit.add(own[0])
            figures += any(has_digit(index.tokens[word].key) for word in words)
            extent = extents[own[0]]
            in_line += extent is not None and _is_in_line(run, extent)
    known = sum(extent is not None for extent in extents)
    is_like_others = figures >= 1 if laid.holds_figures else in_line >= LEAST_IN_LINE
    return len(hit) >= max(2, LIKE_A_ROW * known) and is_like_others


def _is_in_line(run: Run, extent: Extent) -> bool:
    offsets = (run.x0 - extent.left, run.x1 - extent.right, (run.x0 + run.x1) / 2 - extent.middle)
    return min(map(abs, offsets)) < IN_LINE
