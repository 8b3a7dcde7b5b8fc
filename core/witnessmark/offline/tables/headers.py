"""Column headers: wrapped headers put together, headings over several columns put above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from witnessmark.offline.tables.columns import Token, tokens_of
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
    """Cut a header line into its headings: at wide spaces, and at column borders where a space is wider than usual."""
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
    """Part a segment that is really one heading a column: every piece keeps to its column in the same way."""
    tokens = tokens_of(item.words)
    covered = [c for c, (x0, x1) in enumerate(extents) if x0 < item.x1 and x1 > item.x0]
    if len(tokens) < 2 or len(covered) < 2 or len(tokens) < len(covered) or len(tokens) > 24:
        return [item]
    for side in (-1, 0, 1):
        cuts = _cuts_to(tokens, [extents[c] for c in covered], side, 0.3 * item.size)
        if cuts is not None:
            pieces = [tokens[start:end] for start, end in zip([0, *cuts], [*cuts, len(tokens)], strict=True)]
            return [segment_of([word for token in piece for word in token.words]) for piece in pieces]
    return [item]


def _cuts_to(tokens: Sequence[Token], extents: Sequence[Extent], side: int, tolerance: float) -> list[int] | None:
    """Find where to cut so that each piece is set left (-1), in the middle (0) or right (1) like its column."""
    if len(extents) == 1:
        return [] if _is_set(tokens[0].x0, tokens[-1].x1, extents[0], side, tolerance) else None
    for cut in range(1, len(tokens) - len(extents) + 2):
        if _is_set(tokens[0].x0, tokens[cut - 1].x1, extents[0], side, tolerance):
            rest = _cuts_to(tokens[cut:], extents[1:], side, tolerance)
            if rest is not None:
                return [cut, *(cut + more for more in rest)]
    return None


def _is_set(x0: float, x1: float, extent: Extent, side: int, tolerance: float) -> bool:
    start, end = extent
    off = x0 - start if side < 0 else x1 - end if side > 0 else (x0 + x1 - start - end) / 2
    return abs(off) <= tolerance


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
    return _Block(list(item.words), item.x0, item.top, item.x1, item.bottom, item.size, first, last, spans, number)


def _rule_under(
    x0: float, x1: float, bottom: float, size: float, rules: Sequence[Stroke], extents: Sequence[Extent]
) -> Stroke | None:
    """Find the line that marks how far a heading reaches: just below it, wider than it, narrower than the table."""
    whole = extents[-1][1] - extents[0][0]
    for rule in rules:
        is_under = -0.4 * size <= rule.at - bottom <= 0.9 * size and rule.start < x0 + 3 and rule.end > x1 - 3
        if is_under and (rule.length < 0.93 * whole or extents[0][1] < rule.start):
            return rule
    return None


def _mark_spanning(blocks: list[_Block], extents: Sequence[Extent]) -> None:
    """Find headings that span columns though they are no wider than one: set in the middle of several."""
    for number in sorted({block.line for block in blocks}, reverse=True):
        for block in blocks:
            under = [b for b in blocks if b.line == number + 1 and b.spans and abs(b.centre - block.centre) < 2.0]
            if block.line == number and not block.spans and under and under[0].top - block.bottom < 0.6 * block.size:
                block.first, block.last, block.spans = under[0].first, under[0].last, True
    if len(extents) < 4:
        return
    for number in sorted({block.line for block in blocks})[:-1]:
        level = sorted((b for b in blocks if b.line == number and b.first > 0), key=lambda b: b.x0)
        below = [block for block in blocks if block.line > number]
        named = sorted({c for block in below for c in range(block.first, block.last + 1) if c > 0})
        if not level or all(block.spans for block in level) or len(named) < len(level) + 1:
            continue
        if all(block.spans or _stands_on_one(block, below) for block in level):
            continue
        groups = _groups_under(level, named, extents)
        if groups is not None:
            for block, (first, last) in zip(level, groups, strict=True):
                if last > first:
                    block.first, block.last, block.spans = first, last, True


def _stands_on_one(block: _Block, below: Sequence[_Block]) -> bool:
    """Claim that a heading is the upper line of the one under it: set the same way, and nearly touching."""
    for other in below:
        if other.x0 < block.x1 and other.x1 > block.x0 and not other.spans:
            ends = (abs(other.x0 - block.x0), abs(other.x1 - block.x1), abs(other.centre - block.centre))
            return min(ends) < 0.35 * block.size and other.top - block.bottom < 0.5 * block.size
    return False


def _groups_under(
    level: Sequence[_Block], named: Sequence[int], extents: Sequence[Extent]
) -> list[tuple[int, int]] | None:
    """Share columns out to the headings above them, so that each stands in the middle of its own."""
    best: dict[int, tuple[float, list[tuple[int, int]]]] = {0: (0.0, [])}  # columns given out → cost, groups
    for block in level:
        following: dict[int, tuple[float, list[tuple[int, int]]]] = {}
        for used, (cost, groups) in best.items():
            for end in range(used + 1, min(len(named), used + 12) + 1):
                group = named[used:end]
                if group[-1] - group[0] != len(group) - 1 or not _may_be_centred(block, group, extents):
                    continue
                total = cost + min(_off_centre(block, group, extents), 3 * block.size)
                if end not in following or total < following[end][0]:
                    following[end] = (total, [*groups, (group[0], group[-1])])
        best = following
    return best[len(named)][1] if len(named) in best else None


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
    """Keep two cells from covering one place: a span gives way, words that start in a taken place join its cell."""
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
