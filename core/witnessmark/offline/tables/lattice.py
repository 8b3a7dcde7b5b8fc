"""Tables whose columns and rows are drawn: a grid from the lines, the words dealt into its cells."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.offline.tables.columns import gutters, tokens_of
from witnessmark.offline.tables.draft import Draft, compact
from witnessmark.offline.tables.headers import Placed, apart
from witnessmark.offline.tables.lines import base_lines, segment, size_of
from witnessmark.offline.tables.rows import DealtLine, cell_text, dealt_line, group_rows, value_columns
from witnessmark.offline.tables.ruling import SNAP, Ruling, Stroke, places_of
from witnessmark.offline.tables.tokens import is_value, is_year
from witnessmark.values import BoundingBox, Word

MOST_CELLS = 20_000
"""Unit cells of one grid; a drawing with more is no table."""


@dataclass(frozen=True, slots=True)
class _Rectangle:
    row: int
    column: int
    row_span: int
    column_span: int


def ruled_draft(ruling: Ruling, words: Sequence[Word], space: float) -> Draft | None:
    """Make a grid of lines that meet, with the words inside; None when they enclose no table.

    Columns and rows that the lines leave undivided are divided by white space: figures in a frame whose rows are not
    ruled, a heading row without its verticals.
    """
    ruling = _with_open_sides(ruling, words)
    for _ in range(2):
        xs, ys = places_of(ruling.vertical), places_of(ruling.horizontal)
        if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > MOST_CELLS:
            return None
        rectangles = _rectangles(xs, ys, ruling)
        inside = _dealt(words, xs, ys, rectangles)
        dropped = _dropped(xs, ys, rectangles, inside, ruling.vertical)
        if dropped:
            ruling = Ruling(ruling.horizontal, ruling.vertical + tuple(dropped))
            rectangles = _rectangles(xs, ys, ruling)
            inside = _dealt(words, xs, ys, rectangles)
        more = _dividing(xs, ys, rectangles, inside, space)
        if not more.horizontal and not more.vertical:
            break
        ruling = Ruling(ruling.horizontal + more.horizontal, ruling.vertical + more.vertical)
    else:
        xs, ys = places_of(ruling.vertical), places_of(ruling.horizontal)
        rectangles = _rectangles(xs, ys, ruling)
        inside = _dealt(words, xs, ys, rectangles)
    placed: list[Placed] = []
    for rectangle, held in inside.items():
        placed += _parted(rectangle, held, xs, ys, space)
    if not placed:
        return None
    placed, rows, columns, _ = compact(apart(placed), len(ys) - 1, len(xs) - 1)
    box = BoundingBox(x0=xs[0], top=ys[0], x1=xs[-1], bottom=ys[-1])
    return Draft(box=box, placed=tuple(placed), row_count=rows, column_count=columns, header_rows=0, is_ruled=True)


def _with_open_sides(ruling: Ruling, words: Sequence[Word]) -> Ruling:
    """Close a grid whose outer lines are not drawn but whose other lines reach out to where they would be."""
    horizontal, vertical = list(ruling.horizontal), list(ruling.vertical)
    left, right = min(s.start for s in horizontal), max(s.end for s in horizontal)
    top, bottom = min(s.start for s in vertical), max(s.end for s in vertical)
    if len(horizontal) > 1:
        reach = [s for s in horizontal if s.length > 0.5 * (right - left)] or horizontal
        low, high = min(s.at for s in horizontal), max(s.at for s in horizontal)
        for edge, side in ((min(s.start for s in reach), vertical[0].at), (max(s.end for s in reach), vertical[-1].at)):
            outward = side - edge if edge < side else edge - side
            if outward > 8 and any(
                min(edge, side) < (w.x0 + w.x1) / 2 < max(edge, side) and low < (w.top + w.bottom) / 2 < high
                for w in words
            ):
                vertical.append(Stroke(edge, low, high))
    if len(vertical) > 1:
        for edge, side in ((top, horizontal[0].at), (bottom, horizontal[-1].at)):
            if abs(side - edge) > 6 and any(
                min(edge, side) < (w.top + w.bottom) / 2 < max(edge, side) and left < (w.x0 + w.x1) / 2 < right
                for w in words
            ):
                horizontal.append(Stroke(edge, left, right))
    return Ruling(tuple(sorted(horizontal)), tuple(sorted(vertical)))


def _rectangles(xs: Sequence[float], ys: Sequence[float], ruling: Ruling) -> list[_Rectangle]:
    """Merge the unit cells that no line parts, as rectangles."""
    columns, rows = len(xs) - 1, len(ys) - 1
    right = [[False] * columns for _ in range(rows)]  # is there a line at the right of the unit cell?
    below = [[False] * columns for _ in range(rows)]
    for stroke in ruling.vertical:
        at = min(range(len(xs)), key=lambda i: abs(xs[i] - stroke.at))
        if 0 < at <= columns:
            for row in range(rows):
                height = ys[row + 1] - ys[row]
                if min(stroke.end, ys[row + 1]) - max(stroke.start, ys[row]) > 0.6 * height:
                    right[row][at - 1] = True
    for stroke in ruling.horizontal:
        at = min(range(len(ys)), key=lambda i: abs(ys[i] - stroke.at))
        if 0 < at <= rows:
            for column in range(columns):
                width = xs[column + 1] - xs[column]
                if min(stroke.end, xs[column + 1]) - max(stroke.start, xs[column]) > 0.6 * width:
                    below[at - 1][column] = True
    taken = [[False] * columns for _ in range(rows)]
    result: list[_Rectangle] = []
    for row in range(rows):
        for column in range(columns):
            if taken[row][column]:
                continue
            last = column
            while last + 1 < columns and not right[row][last] and not taken[row][last + 1]:
                last += 1
            low = row
            while low + 1 < rows and _goes_on(low, column, last, right, below, taken):
                low += 1
            for r in range(row, low + 1):
                for c in range(column, last + 1):
                    taken[r][c] = True
            result.append(_Rectangle(row, column, low - row + 1, last - column + 1))
    return result


def _goes_on(
    row: int, first: int, last: int, right: list[list[bool]], below: list[list[bool]], taken: list[list[bool]]
) -> bool:
    """Claim that no line parts the cells of a row from those under them, nor those from each other."""
    under = row + 1
    if any(below[row][c] or taken[under][c] for c in range(first, last + 1)):
        return False
    if any(right[under][c] for c in range(first, last)):
        return False
    closed_left = first == 0 or right[under][first - 1]
    closed_right = last == len(right[under]) - 1 or right[under][last]
    return closed_left and closed_right


def _dealt(
    words: Sequence[Word], xs: Sequence[float], ys: Sequence[float], rectangles: Sequence[_Rectangle]
) -> dict[_Rectangle, list[Word]]:
    at: dict[tuple[int, int], _Rectangle] = {}
    for rectangle in rectangles:
        for row in range(rectangle.row, rectangle.row + rectangle.row_span):
            for column in range(rectangle.column, rectangle.column + rectangle.column_span):
                at[row, column] = rectangle
    inside: dict[_Rectangle, list[Word]] = {}
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        if xs[0] - 1 <= x <= xs[-1] + 1 and ys[0] - 1 <= y <= ys[-1] + 1:
            column = min(len(xs) - 2, max(0, sum(1 for place in xs if place < x) - 1))
            row = min(len(ys) - 2, max(0, sum(1 for place in ys if place < y) - 1))
            inside.setdefault(at[row, column], []).append(word)
    return inside


def _dropped(
    xs: Sequence[float],
    ys: Sequence[float],
    rectangles: Sequence[_Rectangle],
    inside: dict[_Rectangle, list[Word]],
    verticals: Sequence[Stroke],
) -> list[Stroke]:
    """Carry lines that part the header down through a body whose own columns are not drawn but keep to them."""
    strokes: list[Stroke] = []
    verticals = list(verticals)
    for rectangle in rectangles:
        words = inside.get(rectangle, ())
        inner = xs[rectangle.column + 1 : rectangle.column + rectangle.column_span]
        if not inner or len({round(word.top) for word in words}) < 4:
            continue
        lines = base_lines(words)
        top, bottom = ys[rectangle.row], ys[rectangle.row + rectangle.row_span]
        sided = sum(any(line[0].x1 < x < line[-1].x0 for x in inner) for line in lines)
        if sided > 0.4 * len(lines) and all(
            any(abs(s.at - x) < SNAP and abs(s.end - top) < SNAP for s in verticals)
            and sum(word.x0 < x - 1 and word.x1 > x + 1 for word in words) <= 0.2 * len(lines)
            for x in inner
        ):
            strokes += [Stroke(x, top, bottom) for x in inner]
            verticals += [Stroke(x, top, bottom) for x in inner]
    return strokes


def _dividing(
    xs: Sequence[float],
    ys: Sequence[float],
    rectangles: Sequence[_Rectangle],
    inside: dict[_Rectangle, list[Word]],
    space: float,
) -> Ruling:
    """Find the lines that white space draws inside columns and bands."""
    vertical: list[Stroke] = []
    for column in range(len(xs) - 1):
        own = [r for r in rectangles if r.column == column and r.column_span == 1 and r in inside]
        vertical += _divided_column(own, inside, ys, space)
    horizontal: list[Stroke] = []
    for row in range(len(ys) - 1):
        band = [r for r in rectangles if r.row == row and r.row_span == 1 and r in inside]
        horizontal += _divided_band(band, inside, xs, space, (ys[row], ys[row + 1]), is_body=row > 0 and len(ys) == 3)
    return Ruling(tuple(horizontal), tuple(vertical))


def _divided_column(
    own: Sequence[_Rectangle], inside: dict[_Rectangle, list[Word]], ys: Sequence[float], space: float
) -> list[Stroke]:
    lines = [(rectangle, line) for rectangle in own for line in base_lines(inside[rectangle])]
    if len(lines) < 3:
        return []
    size = sorted(size_of(line[0]) for _, line in lines)[len(lines) // 2]
    dealt = [tokens_of(line) for _, line in lines]
    several = [line for line in dealt if len(line) > 1]
    if len(several) < max(2, 0.3 * len(dealt)):
        return []
    strokes: list[Stroke] = []
    for gutter in gutters(several, size=size, space=space, tolerance=0.1):
        if gutter.width < 0.55 * size:
            continue
        sides = [
            [t for line in several for t in line if ((t.x0 + t.x1) / 2 < gutter.middle) is is_left]
            for is_left in (True, False)
        ]
        shares = [sum(is_value(cell_text(t.words)) for t in side) / max(1, len(side)) for side in sides]
        if shares[1] < 0.6 or min(map(len, sides)) < 0.5 * len(several):
            continue
        strokes += [
            Stroke(gutter.middle, ys[rectangle.row], ys[rectangle.row + rectangle.row_span])
            for rectangle in own
            if not any(w.x0 < gutter.middle - 1 and w.x1 > gutter.middle + 1 for w in inside[rectangle])
        ]
    return strokes


def _divided_band(
    band: Sequence[_Rectangle],
    inside: dict[_Rectangle, list[Word]],
    xs: Sequence[float],
    space: float,
    sides: tuple[float, float],
    *,
    is_body: bool,
) -> list[Stroke]:
    """Divide a band that evidently holds several rows: a column of figures has one on each of several lines.

    Where lines part nothing but the header (`is_body`), rows also begin where every column begins a sentence.
    """
    column_of = {id(word): r.column for r in band for word in inside[r]}
    words = [word for r in band for word in inside[r]]
    if len(words) < 4 or sides[1] - sides[0] < 1.6 * size_of(words[0]):
        return []
    lines: list[DealtLine] = []
    for line in base_lines(words):
        cells: dict[int, tuple[Word, ...]] = {}
        for word in line:
            column = column_of[id(word)]
            cells[column] = (*cells.get(column, ()), word)
        lines.append(dealt_line(cells))
    if len(lines) < 2:
        return []
    values = value_columns(lines, len(xs) - 1)
    full = _full_lines(lines, len(band)) if is_body else []
    if full:
        return _cut_at(full, lines, band, xs)
    head = _header_above(lines)
    if head:
        return _cut_at([0, head], lines, band, xs)
    repeated = [c for c in values if sum(c in line.cells for line in lines) > 1]
    data = [line for line in lines if len(line.cells) > 1 and any(c in values for c in line.cells)]
    if not repeated or len(data) < 2 or (len(repeated) == 1 and len(data) < 0.5 * len(lines) and len(band) > 3):
        return []
    head = _header_lines(lines, values)
    rest = group_rows(lines[head:], count=len(xs) - 1, space=space)
    groups = ([list(range(head))] if head else []) + [[head + i for i in group] for group in rest]
    if len(groups) < 2:
        return []
    # a label beside the whole band belongs to all its rows: it is not cut
    whole = {
        column
        for column in (r.column for r in band)
        if column not in values
        and sum(column in line.cells for line in lines) * 2 <= len(groups)
        and not any(column in lines[group[0]].cells and list(lines[group[0]].cells) == [column] for group in groups)
        and column == min(r.column for r in band)
        and _is_centred(column, lines, sides)
    }
    strokes: list[Stroke] = []
    for above, below in itertools.pairwise(groups):
        y = (lines[above[-1]].bottom + lines[below[0]].top) / 2
        strokes += [Stroke(y, xs[r.column], xs[r.column + r.column_span]) for r in band if r.column not in whole]
    return strokes


def _full_lines(lines: Sequence[DealtLine], columns: int) -> list[int]:
    """Find the lines on which rows begin, where each fills every column with text that begins a sentence.

    Shapes:  indices of lines, the first among them; empty when the lines do not say
    """
    if columns < 3:
        return []
    full = [i for i, line in enumerate(lines) if len(line.cells) == columns]
    begin = [i for i in full if all(not cell_text(words)[:1].islower() for words in lines[i].cells.values())]
    return begin if len(begin) > 1 and begin == full and begin[0] == 0 else []


def _header_above(lines: Sequence[DealtLine]) -> int:
    """Count the lines of a header that no line parts from the one row of figures below it; 0 when there is none."""
    texts = [[cell_text(words) for column, words in line.cells.items() if column > 0] for line in lines]
    if len(texts[-1]) < 2 or not all(is_value(text) and not is_year(text) for text in texts[-1]):
        return 0
    above = texts[:-1]
    has_figures = any(is_value(text) and not is_year(text) for later in above for text in later)
    return len(above) if not has_figures and any(len(later) > 1 for later in above) else 0


def _cut_at(
    starts: Sequence[int], lines: Sequence[DealtLine], band: Sequence[_Rectangle], xs: Sequence[float]
) -> list[Stroke]:
    return [
        Stroke((lines[start - 1].bottom + lines[start].top) / 2, xs[r.column], xs[r.column + r.column_span])
        for start in starts[1:]
        for r in band
    ]


def _header_lines(lines: Sequence[DealtLine], values: frozenset[int]) -> int:
    """Count the lines of a wrapped header at the top of a band: several columns, no figures, closely set."""
    head = 0
    while head < len(lines) and not any(c in values and is_value(cell_text(w)) for c, w in lines[head].cells.items()):
        if head and lines[head].middle - lines[head - 1].middle > 1.5 * lines[head].size:
            break
        head += 1
    while head and list(lines[head - 1].cells) == [0] and any(len(line.cells) > 1 for line in lines[: head - 1]):
        head -= 1
    return head if head < len(lines) and any(len(line.cells) > 1 for line in lines[:head]) else 0


def _is_centred(column: int, lines: Sequence[DealtLine], sides: tuple[float, float]) -> bool:
    held = [line for line in lines if column in line.cells]
    if not held:
        return True
    middle = (held[0].top + held[-1].bottom) / 2
    return abs(middle - (sides[0] + sides[1]) / 2) < 0.15 * (sides[1] - sides[0])


def _parted(
    rectangle: _Rectangle, words: Sequence[Word], xs: Sequence[float], ys: Sequence[float], space: float
) -> list[Placed]:
    """Deal the words of a merged cell to its columns and rows when they plainly keep to them."""
    whole = [Placed(rectangle.row, rectangle.column, rectangle.row_span, rectangle.column_span, tuple(words))]
    if rectangle.column_span > 1:
        parts = _across(rectangle, words, xs, space)
        if len(parts) > 1:
            return [piece for part, held in parts for piece in _down(part, held, ys)]
    if rectangle.row_span > 1:
        return _down(rectangle, words, ys)
    return whole


def _across(
    rectangle: _Rectangle, words: Sequence[Word], xs: Sequence[float], space: float
) -> list[tuple[_Rectangle, list[Word]]]:
    first, last = rectangle.column, rectangle.column + rectangle.column_span - 1
    inner = xs[first + 1 : last + 1]
    groups: list[tuple[int, int, list[Word]]] = []  # columns from, to, words
    for line in base_lines(words):
        size = max(size_of(word) for word in line)
        for item in segment(line, max(0.7, 2.2 * space)):
            start = first + sum(1 for x in inner if x < item.x0 + 0.2 * size)
            end = first + sum(1 for x in inner if x < item.x1 - 0.2 * size)
            groups.append((start, end, list(item.words)))
    merged: list[tuple[int, int, list[Word]]] = []
    for start, end, held in sorted(groups, key=lambda group: group[0]):
        if merged and start <= merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), before[2] + held)
        else:
            merged.append((start, end, held))
    if len(merged) < 2:
        return [(rectangle, list(words))]
    # one heading set in the middle of its cell may be broken by a wide space: two short runs with no figures stay
    result: list[tuple[_Rectangle, list[Word]]] = []
    for index, (start, _, held) in enumerate(merged):
        begin = first if index == 0 else start
        stop = merged[index + 1][0] - 1 if index + 1 < len(merged) else last
        result.append((_Rectangle(rectangle.row, begin, rectangle.row_span, stop - begin + 1), held))
    return result


def _down(rectangle: _Rectangle, words: Sequence[Word], ys: Sequence[float]) -> list[Placed]:
    whole = [Placed(rectangle.row, rectangle.column, rectangle.row_span, rectangle.column_span, tuple(words))]
    if rectangle.row_span == 1:
        return whole
    bands: dict[int, list[Word]] = {}
    for word in words:
        middle = (word.top + word.bottom) / 2
        row = min(rectangle.row + rectangle.row_span - 1, max(rectangle.row, sum(1 for y in ys if y < middle) - 1))
        bands.setdefault(row, []).append(word)
    lines = base_lines(words)
    figures = sum(is_value(cell_text(line)) for line in lines)
    if len(bands) < 2 or len(lines) < 2 or figures < 0.6 * len(lines) or len(bands) < len(lines):
        return whole
    return [Placed(row, rectangle.column, 1, rectangle.column_span, tuple(held)) for row, held in sorted(bands.items())]
