"""Column headers: wrapped headers put together, headings over several columns put above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from witnessmark.offline.tables.columns import tokens_of
from witnessmark.offline.tables.lines import Segment, segment, segment_of
from witnessmark.offline.tables.ruling import Stroke
from witnessmark.offline.tables.tokens import is_value
from witnessmark.values import Word


@dataclass(frozen=True, slots=True)
class Placed:
    """Words at their place in a grid."""

    row: int
    column: int
    row_span: int
    column_span: int
    words: tuple[Word, ...]


@dataclass(slots=True)
class _Block:
    words: list[Word]
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    first: int
    last: int
    spans: bool
    line: int
    level: int = 0

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2


Extent = tuple[float, float]


def header_cells(
    lines: Sequence[Sequence[Word]],
    extents: Sequence[Extent],
    separators: Sequence[float],
    rules: Sequence[Stroke],
    *,
    space: float,
) -> tuple[list[Placed], int]:
    """Place the lines above a table's first row of figures.

    Shapes:  `extents` are the left and right ends of each column's text below the header; the second result is the
             number of header rows
    """
    blocks: list[_Block] = []
    for number, words in enumerate(lines):
        blocks += [_block(item, number, extents, rules) for item in header_segments(words, extents, separators, space)]
    if not blocks:
        return [], 0
    _mark_spanning(blocks, extents)
    blocks = _joined(blocks, rules)
    _widen(blocks, extents, rules)
    count = _set_levels(blocks)
    if not any(extents[0][1] < rule.start for rule in rules):
        _lower_stub(blocks)
    placed: list[Placed] = []
    for block in blocks:
        below = [other.level for other in blocks if other.level > block.level and _share_columns(block, other)]
        span = (min(below) if below else count) - block.level
        placed.append(Placed(block.level, block.first, span, block.last - block.first + 1, tuple(block.words)))
    return apart(placed), count


def header_segments(
    words: Sequence[Word], extents: Sequence[Extent], separators: Sequence[float], space: float
) -> list[Segment]:
    """Cut a header line into its headings: at wide spaces, and at column borders where the space is wider than usual."""
    result: list[Segment] = []
    for item in segment(words, max(0.6, 2.0 * space)):
        run: list[Word] = []
        pieces: list[Segment] = []
        for word in item.words:
            if run:
                gap = (word.x0 - run[-1].x1) / item.size
                if gap > max(0.4, 1.45 * space) and any(run[-1].x1 <= x + 1 and word.x0 >= x - 1 for x in separators):
                    pieces.append(segment_of(run))
                    run = []
            run.append(word)
        pieces.append(segment_of(run))
        for piece in pieces:
            result += _one_a_column(piece, extents)
    return result


def _one_a_column(item: Segment, extents: Sequence[Extent]) -> list[Segment]:
    """Part a segment that is really one heading a column: as many tokens as columns, each set like its column."""
    tokens = tokens_of(item.words)
    if len(tokens) < 2:
        return [item]
    tolerance = 0.45 * item.size
    columns: list[int] = []
    for token in tokens:
        for column, (x0, x1) in enumerate(extents):
            ends = (abs(token.x0 - x0), abs(token.x1 - x1), abs(token.x0 + token.x1 - x0 - x1) / 2)
            if min(ends) <= tolerance and token.x0 < x1 and token.x1 > x0:
                columns.append(column)
                break
    covered = [c for c, (x0, x1) in enumerate(extents) if x0 < item.x1 and x1 > item.x0]
    if len(set(columns)) == len(tokens) and len(covered) == len(tokens):
        return [segment_of(token.words) for token in tokens]
    return [item]


def columns_of(x0: float, x1: float, extents: Sequence[Extent], size: float) -> tuple[int, int]:
    """Find the columns a heading stands over; the nearest when it stands over none."""
    touched: list[int] = []
    for column, (start, end) in enumerate(extents):
        overlap = min(x1, end) - max(x0, start)
        if overlap > 0.5 * size or overlap > 0.5 * min(end - start, x1 - x0):
            touched.append(column)
    if touched:
        return touched[0], touched[-1]
    centre = (x0 + x1) / 2
    nearest = min(range(len(extents)), key=lambda c: abs((extents[c][0] + extents[c][1]) / 2 - centre))
    return nearest, nearest


def _block(item: Segment, number: int, extents: Sequence[Extent], rules: Sequence[Stroke]) -> _Block:
    first, last = columns_of(item.x0, item.x1, extents, item.size)
    under = _rule_under(item.x0, item.x1, item.bottom, item.size, rules, extents)
    spans = last > first
    if under is not None:
        inside = [c for c, (x0, x1) in enumerate(extents) if under.start - 2 <= (x0 + x1) / 2 <= under.end + 2]
        if len(inside) > 1:
            first, last, spans = inside[0], inside[-1], True
    return _Block(
        list(item.words), item.x0, item.top, item.x1, item.bottom, item.size, first, last, spans, number
    )


def _rule_under(
    x0: float, x1: float, bottom: float, size: float, rules: Sequence[Stroke], extents: Sequence[Extent]
) -> Stroke | None:
    """Find the line that marks how far a heading reaches: just below it, wider than it, narrower than the table."""
    whole = extents[-1][1] - extents[0][0]
    for rule in rules:
        if -0.4 * size <= rule.at - bottom <= 0.9 * size and rule.start < x0 + 3 and rule.end > x1 - 3:
            if rule.length < 0.93 * whole or (extents[0][1] < rule.start):
                return rule
    return None


def _mark_spanning(blocks: list[_Block], extents: Sequence[Extent]) -> None:
    """Find headings that span columns though they are no wider than one: set in the middle of several."""
    if len(extents) < 4:
        return
    for number in sorted({block.line for block in blocks})[:-1]:
        level = [block for block in blocks if block.line == number and block.first > 0]
        below = [block for block in blocks if block.line > number]
        if not level or all(block.spans for block in level) or len(level) * 2 > len(extents) - 1:
            continue
        if any(block.line == number and block.first == 0 for block in blocks) and len(level) > 2:
            continue
        named = {block.first for block in below if not block.spans}
        columns = [c for c in range(1, len(extents)) if c in named]
        if len(columns) % len(level) or len(columns) < 2 * len(level):
            continue
        share = len(columns) // len(level)
        groups = [columns[i * share : (i + 1) * share] for i in range(len(level))]
        pairs = list(zip(level, groups, strict=True))
        exact = all(_off_centre(block, group, extents) < 1.2 * block.size for block, group in pairs)
        about = all(_may_be_centred(block, group, extents) for block, group in pairs)
        wide = any(block.x1 > extents[group[1]][0] or block.x0 < extents[group[-2]][1] for block, group in pairs)
        if exact or (about and wide):
            for block, group in pairs:
                block.first, block.last, block.spans = group[0], group[-1], True


def _off_centre(block: _Block, group: Sequence[int], extents: Sequence[Extent]) -> float:
    return abs((extents[group[0]][0] + extents[group[-1]][1]) / 2 - block.centre)


def _may_be_centred(block: _Block, group: Sequence[int], extents: Sequence[Extent]) -> bool:
    """Claim that a heading is in the middle of its columns as wide as they may be drawn: figures stand at one side."""
    first, last = group[0], group[-1]
    before = extents[first - 1][1] if first else extents[0][0]
    after = extents[last + 1][0] if last + 1 < len(extents) else extents[-1][1]
    low, high = (before + extents[last][1]) / 2, (extents[first][0] + after) / 2
    return low - 2 <= block.centre <= high + 2


def _joined(blocks: list[_Block], rules: Sequence[Stroke]) -> list[_Block]:
    """Put the lines of a wrapped heading together: same columns, next line, no rule between."""
    result: list[_Block] = []
    for block in sorted(blocks, key=lambda block: (block.top, block.x0)):
        above = None
        for other in reversed(result):
            if other.first == block.first and other.last == block.last and block.line > other.line:
                above = other
                break
            if _share_columns(other, block):
                break
        if above is not None:
            ruled = any(
                above.bottom - 0.35 * above.size < rule.at < block.top + 0.35 * block.size
                and rule.start < block.x1
                and rule.end > block.x0
                for rule in rules
            )
            near = block.top - above.bottom < 0.75 * block.size
            same = 0.8 < block.size / above.size < 1.25
            if near and same and not ruled and (not block.spans or _reads_on(above, block)):
                above.words += block.words
                above.x0, above.x1 = min(above.x0, block.x0), max(above.x1, block.x1)
                above.bottom, above.line = block.bottom, block.line
                continue
        result.append(block)
    return result


def _reads_on(above: _Block, below: _Block) -> bool:
    return not is_value(" ".join(word.text for word in below.words)) and (
        below.words[0].text[:1].islower() or below.words[0].text[:1] == "(" or abs(above.centre - below.centre) < 2
    )


def _widen(blocks: list[_Block], extents: Sequence[Extent], rules: Sequence[Stroke]) -> None:
    """Let a heading over several columns reach as far as its middle says."""
    for block in blocks:
        if not block.spans or _rule_under(block.x0, block.x1, block.bottom, block.size, rules, extents):
            continue
        taken = {
            column
            for other in blocks
            if other is not block and other.top < block.bottom
            for column in range(other.first, other.last + 1)
        }
        named = {
            column
            for other in blocks
            if other is not block and other.top >= block.bottom - 0.3 * block.size
            for column in range(other.first, other.last + 1)
        }
        best = (abs((extents[block.first][0] + extents[block.last][1]) / 2 - block.centre), block.first, block.last)
        for first in range(block.first, -1, -1):
            if first in taken or (first < block.first and first not in named):
                break
            for last in range(block.last, len(extents)):
                if last in taken or (last > block.last and last not in named):
                    break
                off = abs((extents[first][0] + extents[last][1]) / 2 - block.centre)
                if off < best[0] - 0.5 * block.size:
                    best = (off, first, last)
        _, block.first, block.last = best


def _share_columns(one: _Block, other: _Block) -> bool:
    return one.first <= other.last and other.first <= one.last


def _set_levels(blocks: list[_Block]) -> int:
    ordered = sorted(blocks, key=lambda block: (block.line, block.x0))
    for index, block in enumerate(ordered):
        above = [other.level for other in ordered[:index] if _share_columns(other, block)]
        block.level = max(above) + 1 if above else 0
    return 1 + max(block.level for block in blocks)


def _lower_stub(blocks: list[_Block]) -> None:
    """Leave the first column's heading on its own line when no rule lifts the headings over several columns off it."""
    for block in blocks:
        if block.first == block.last == 0 and block.level == 0:
            level = max((other.level for other in blocks if other.line == block.line), default=0)
            if all(other.level <= level or not _share_columns(block, other) for other in blocks):
                block.level = level


def apart(placed: Sequence[Placed]) -> list[Placed]:
    """Make sure that no two cells cover one place: a span gives way, words that start in a taken place join its cell."""
    covered: dict[tuple[int, int], int] = {}
    result: list[Placed] = []
    for cell in sorted(placed, key=lambda cell: (cell.row, cell.column)):
        taken = covered.get((cell.row, cell.column))
        if taken is not None:
            other = result[taken]
            result[taken] = replace(other, words=other.words + cell.words)
            continue
        row_span, column_span = cell.row_span, cell.column_span
        while column_span > 1 and any((cell.row, cell.column + c) in covered for c in range(column_span)):
            column_span -= 1
        while row_span > 1 and any(
            (cell.row + r, cell.column + c) in covered for r in range(1, row_span) for c in range(column_span)
        ):
            row_span -= 1
        for r in range(row_span):
            for c in range(column_span):
                covered[cell.row + r, cell.column + c] = len(result)
        result.append(replace(cell, row_span=row_span, column_span=column_span))
    return result
