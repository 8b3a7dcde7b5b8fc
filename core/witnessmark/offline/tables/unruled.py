"""Tables without a drawn grid: lines that keep to the same columns, with or without rules across."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from witnessmark.offline.tables.columns import Gutter, Token, column_at, gutters, tokens_of
from witnessmark.offline.tables.draft import Draft, compact
from witnessmark.offline.tables.headers import Placed, apart, header_cells
from witnessmark.offline.tables.lines import Line
from witnessmark.offline.tables.quality import Traits, quality
from witnessmark.offline.tables.rows import DealtLine, cell_text, dealt_line, group_rows
from witnessmark.offline.tables.ruling import Ruling, Stroke
from witnessmark.offline.tables.tokens import is_caption, is_leader, is_note, is_table_caption, is_value, letters
from witnessmark.values import BoundingBox, Fill, Word

_YEAR = re.compile(r"(?:FY|CY|Q[1-4]|H[12])?\s?(?:19|20)\d\d(?:\s?[-/–]\s?(?:\d\d){1,2})?[*†‡a-e()\d]{0,3}")
MOST_LINES = 400
"""Lines of one run that are looked at as one table."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What surrounds the lines of a region."""

    ruling: Ruling
    fills: tuple[Fill, ...]
    pictures: tuple[BoundingBox, ...]
    space: float
    prose: frozenset[int]
    """Identities of the segments that belong to running text."""


def unruled_drafts(lines: Sequence[Line], scene: Scene) -> list[Draft]:
    """Find the tables among the lines of one region, top to bottom."""
    drafts: list[Draft] = []
    for run in _runs(lines, scene):
        drafts += _tables_of(run, scene)
    return drafts


# --- which lines ------------------------------------------------------------------------------------------------------


def _runs(lines: Sequence[Line], scene: Scene) -> list[list[Line]]:
    """Cut a region into runs of lines that may be tables: at running text, captions and wide spaces."""
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    runs: list[list[Line]] = []
    run: list[Line] = []
    for line in lines:
        if _is_prose(line, left, right, scene):
            runs.append(run)
            run = []
            continue
        if run and (is_table_caption(line.text) or _is_far(run, line, scene)):
            runs.append(run)
            run = []
        run.append(line)
    runs.append(run)
    result: list[list[Line]] = []
    for item in runs:
        trimmed = _trimmed(item, scene)
        if trimmed:
            result.append(trimmed[:MOST_LINES])
    return result


def _is_prose(line: Line, left: float, right: float, scene: Scene) -> bool:
    if len(line.segments) > 1:
        # justified text has wide spaces too: all its segments are of one paragraph
        return all(id(s) in scene.prose for s in line.segments) and letters(line.text) > 0.7 * len(line.text)
    only = line.segments[0]
    if id(only) in scene.prose and only.x0 < left + 0.25 * (right - left):
        return True
    wide = only.x1 - only.x0 > 0.6 * (right - left)
    return wide and len(only.words) >= 8 and letters(only.text) > 0.65 * len(only.text.replace(" ", ""))


def _is_far(run: Sequence[Line], line: Line, scene: Scene) -> bool:
    last = run[-1]
    gap = line.top - last.bottom
    size = max(last.size, line.size)
    if gap <= 1.4 * size:
        return False
    pitches = [b.middle - a.middle for a, b in zip(run, run[1:], strict=False)]
    usual = median(pitches) if len(pitches) > 2 else 0.0
    if line.middle - last.middle <= 1.35 * usual:
        return False
    if gap <= 2.6 * size:
        return False
    x0, x1 = min(last.x0, line.x0), max(last.x1, line.x1)
    held = [s for s in scene.ruling.vertical if s.start < last.middle and s.end > line.middle and x0 - 20 < s.at < x1 + 20]
    return not held or gap > 6 * size


def _trimmed(run: Sequence[Line], scene: Scene) -> list[Line]:
    """Drop the single texts before and after the lines with columns: titles, notes."""
    several = [i for i, line in enumerate(run) if len(line.segments) > 1]
    if not several:
        return []
    core = [run[i] for i in several]
    x0, x1 = min(line.x0 for line in core), max(line.x1 for line in core)
    rules = [s.at for s in scene.ruling.horizontal if s.start < x0 + 12 and s.end > x1 - 12]
    first, last = several[0], several[-1]
    label_end = median(line.segments[0].x1 for line in core)
    while first > 0:
        above = run[first - 1]
        centred = above.x0 > label_end and above.x1 < x1 + 3
        enclosed = any(y < above.middle and y > above.top - 1.6 * above.size for y in rules)
        near = run[first].top - above.bottom < 1.0 * above.size
        if near and (centred or (enclosed and above.x0 < x0 + 3 and above.x1 - above.x0 < 0.5 * (x1 - x0))) and not is_caption(above.text):
            first -= 1
        else:
            break
    while last + 1 < len(run):
        below = run[last + 1]
        enclosed = any(y > below.middle for y in rules if y < below.bottom + 1.5 * below.size)
        wraps = (
            below.top - run[last].bottom < 0.3 * below.size
            and below.x0 >= run[last].x0 - 1
            and below.x1 < label_end + 6 * below.size
            and not any(run[last].middle < y < below.middle for y in rules)
            and below.text[:1].islower()
        )
        if (enclosed or wraps) and not is_note(below.text) and below.size > 0.8 * run[last].size:
            last += 1
        else:
            break
    return list(run[first : last + 1])


# --- one run, one or more tables --------------------------------------------------------------------------------------


def _tables_of(run: Sequence[Line], scene: Scene) -> list[Draft]:
    whole = _draft(run, scene)
    parts = _side_by_side(run, scene)
    if parts:
        return parts
    return [whole] if whole is not None else []


def _side_by_side(run: Sequence[Line], scene: Scene) -> list[Draft]:
    """Find two tables that stand next to each other: rules that break between them, or rows out of step."""
    return []


def _draft(run: Sequence[Line], scene: Scene) -> Draft | None:
    lines = list(run)
    several = [line for line in lines if len(line.segments) > 1]
    if len(several) < 2:
        return None
    x0, x1 = min(line.x0 for line in several), max(line.x1 for line in several)
    size = median(line.size for line in lines)
    top, bottom = lines[0].top, lines[-1].bottom
    ruling = scene.ruling.between(x0 - 6, top - 1.2 * size, x1 + 6, bottom + 1.2 * size)
    wide = [s for s in ruling.horizontal if min(s.end, x1) - max(s.start, x0) > 0.7 * (x1 - x0)]
    wide_at = _distinct([s.at for s in wide], 0.5 * size)
    tokens = [tokens_of(line.words) for line in lines]
    head = _header_lines(lines, tokens, wide_at, scene)
    found = _columns(lines, tokens, head, size, scene.space)
    separators = _with_verticals([g.middle for g in found], ruling.vertical, lines[head:] or lines, size)
    if not separators:
        return None
    body = [_dealt(line, separators, scene.space) for line in lines[head:]]
    spanning = [any(span > 1 for _, span, _ in cells) for cells in body]
    dealt = [dealt_line({column: words for column, _, words in cells}) for cells in body]
    count = len(separators) + 1
    extents = _extents(body, separators, x0, x1)
    placed, header_rows = header_cells(
        [line.words for line in lines[:head]], extents, separators, ruling.horizontal, space=scene.space
    )
    inner = [y for y in wide_at if any(line.middle < y for line in dealt) and any(line.middle > y for line in dealt)]
    bands = _fill_edges(scene.fills, x0, x1, dealt)
    groups = _grouped(dealt, spanning, count, sorted([*inner, *bands]), scene.space)
    for number, group in enumerate(groups):
        row = header_rows + number
        joined: dict[int, tuple[int, tuple[Word, ...]]] = {}
        for index in group:
            for column, span, words in body[index]:
                before = joined.get(column, (1, ()))
                joined[column] = (max(before[0], span), before[1] + words)
        for column, (span, words) in sorted(joined.items()):
            placed.append(Placed(row, column, 1, span, words))
    if not placed:
        return None
    placed, rows, columns, row_at = compact(apart(placed), header_rows + len(groups), count)
    header_rows = row_at[header_rows]
    box = BoundingBox(x0=x0, top=top, x1=x1, bottom=bottom)
    draft = Draft(box=box, placed=tuple(placed), row_count=rows, column_count=columns, header_rows=header_rows, is_ruled=False)
    marked = head > 0 and (
        any(lines[head - 1].middle < y < (lines[head].middle if head < len(lines) else 1e9) for y in wide_at)
        or (all(line.is_bold for line in lines[:head]) and not all(line.is_bold for line in lines[head:]))
        or any(f.top < lines[0].middle < f.bottom and not f.top < lines[-1].middle < f.bottom and f.bottom < lines[min(head, len(lines) - 1)].bottom and f.x1 - f.x0 > 0.6 * (x1 - x0) for f in scene.fills)
    )
    traits = Traits(
        rules=len(wide_at),
        has_marked_header=marked,
        stripes=len(bands) // 2,
        leaders=sum(any(is_leader(w.text) for s in line.segments for w in s.words) for line in lines) / len(lines),
        alignment=_alignment(body, separators, size),
        touches_picture=any(p.x0 < x1 and p.x1 > x0 and p.top < bottom and p.bottom > top for p in scene.pictures),
    )
    return replace(draft, quality=quality(draft.texts, header_rows, traits))


def _distinct(places: Sequence[float], apart_by: float) -> list[float]:
    result: list[float] = []
    for place in sorted(places):
        if not result or place - result[-1] > apart_by:
            result.append(place)
    return result


def _header_lines(
    lines: Sequence[Line], tokens: Sequence[Sequence[Token]], wide_at: Sequence[float], scene: Scene
) -> int:
    """Count the lines at the top that are headers."""
    data = len(lines)
    for index, items in enumerate(tokens):
        if _is_data(items, tokens[index + 1 :]):
            data = index
            break
    after = [sum(1 for line in lines if line.middle < y) for y in wide_at]
    after = sorted({k for k in after if 0 < k <= min(8, max(1, int(0.6 * len(lines)))) and k < len(lines)})
    if data >= len(lines):  # no figures anywhere: the header is what a rule or bold type sets apart
        if after and len(lines) - after[0] >= 1:
            return after[0]
        bold = 0
        while bold < len(lines) and lines[bold].is_bold:
            bold += 1
        if 0 < bold < len(lines):
            return bold
        return 0
    below = [k for k in after if k >= data]
    if data == 0:
        bold = lines[0].is_bold and not lines[1].is_bold
        return 1 if (below and below[0] == 1 and bold) or (bold and len(lines[0].segments) > 1) else 0
    if below and below[0] - data in (1, 2) and data not in after and all(line.is_bold for line in lines[data : below[0]]):
        return below[0]
    exact = [k for k in after if k <= data]
    head = data
    while head > 1 and len(lines[head - 1].segments) == 1 and head not in exact and lines[head - 1].segments[0].x0 < lines[head].segments[0].x1 and any(len(line.segments) > 1 for line in lines[: head - 1]):
        head -= 1
    if exact and exact[-1] < head and all(len(line.segments) == 1 for line in lines[exact[-1] : head]):
        head = exact[-1]
    return head


def _is_data(items: Sequence[Token], rest: Sequence[Sequence[Token]]) -> bool:
    texts = [cell_text(token.words) for token in items]
    if len(texts) < 2:
        return False
    later = texts[1:] if not is_value(texts[0]) else texts
    values = [text for text in later if is_value(text)]
    if len(values) < 0.5 * len(later) or not values:
        return False
    if all(_YEAR.fullmatch(text) for text in values) and any(
        any(is_value(cell_text(t.words)) and not _YEAR.fullmatch(cell_text(t.words)) for t in line[1:]) for line in rest[:6]
    ):
        return False
    return any(any(char.isdigit() for char in text) for text in values) or len(values) > 1


def _columns(
    lines: Sequence[Line], tokens: Sequence[Sequence[Token]], head: int, size: float, space: float
) -> list[Gutter]:
    body = [items for line, items in zip(lines[head:], tokens[head:], strict=True) if len(line.segments) > 1]
    if len(body) < 3:
        top = [items for line, items in zip(lines[:head], tokens[:head], strict=True) if len(line.segments) > 1]
        body = body + top[-1:]
    if not body:
        body = [items for line, items in zip(lines, tokens, strict=True) if len(line.segments) > 1]
    best = gutters(body, size=size, space=space)
    if len(body) >= 4:
        usual = median(len(items) for items in body)
        rich = [items for items in body if len(items) >= usual]
        if 3 <= len(rich) < len(body):
            other = gutters(rich, size=size, space=space)
            if len(other) > len(best):
                best = other
    return best


def _with_verticals(
    separators: Sequence[float], verticals: Sequence[Stroke], lines: Sequence[Line], size: float
) -> list[float]:
    """Add drawn lines that part columns, unless white space found the same border."""
    top, bottom = lines[0].top, lines[-1].bottom
    result = list(separators)
    for stroke in verticals:
        covered = min(stroke.end, bottom) - max(stroke.start, top)
        if covered < 0.5 * (bottom - top):
            continue
        sides = [any(s.x1 <= stroke.at + 1 for s in line.segments) and any(s.x0 >= stroke.at - 1 for s in line.segments) for line in lines]
        crossed = sum(any(s.x0 < stroke.at - 2 and s.x1 > stroke.at + 2 for s in line.segments) for line in lines)
        if any(sides) and crossed <= 0.2 * len(lines) and all(abs(stroke.at - x) > 1.2 * size for x in result):
            result.append(stroke.at)
    return sorted(result)


Piece = tuple[int, int, tuple[Word, ...]]


def _dealt(line: Line, separators: Sequence[float], space: float) -> list[Piece]:
    """Deal a line to columns: at column borders where there is room, else a text keeps whole and spans.

    Shapes:  (column, columns spanned, words), left to right
    """
    pieces: list[Piece] = []
    for item in line.segments:
        tokens = tokens_of(item.words)
        run: list[Token] = []
        runs: list[list[Token]] = []
        for token in tokens:
            if run:
                gap = (token.x0 - run[-1].x1) / item.size
                border = any(run[-1].x1 <= x + 1 and token.x0 >= x - 1 for x in separators)
                if border and (gap > 1.25 * space or is_value(cell_text(token.words)) or len(tokens) == 2):
                    runs.append(run)
                    run = []
            run.append(token)
        if run:
            runs.append(run)
        for tokens_run in runs:
            words = tuple(word for token in tokens_run for word in token.words)
            x0, x1 = tokens_run[0].x0, max(token.x1 for token in tokens_run)
            inset = 0.25 * item.size
            first = column_at(x0 + inset, separators)
            last = max(first, column_at(x1 - inset, separators))
            if len(tokens_run) == 1:
                first = last = column_at((x0 + x1) / 2, separators)
            pieces.append((first, last - first + 1, words))
    merged: list[Piece] = []
    for column, span, words in pieces:
        if merged and column < merged[-1][0] + merged[-1][1]:
            before = merged[-1]
            end = max(before[0] + before[1], column + span)
            if before[0] == column or before[1] == 1:
                merged[-1] = (before[0], end - before[0], before[2] + words)
                continue
            if before[0] < column:  # the text before runs over into a column that has its own: it keeps to its first
                merged[-1] = (before[0], column - before[0], before[2])
        merged.append((column, span, words))
    return merged


def _extents(body: Sequence[Sequence[Piece]], separators: Sequence[float], x0: float, x1: float) -> list[tuple[float, float]]:
    edges = [x0, *separators, x1]
    extents: list[tuple[float, float]] = []
    for column in range(len(separators) + 1):
        words = [word for cells in body for place, span, held in cells if place == column and span == 1 for word in held]
        if words:
            extents.append((min(w.x0 for w in words), max(w.x1 for w in words)))
        else:
            extents.append((edges[column], edges[column + 1]))
    return extents


def _grouped(
    dealt: Sequence[DealtLine], spanning: Sequence[bool], count: int, rules: Sequence[float], space: float
) -> list[list[int]]:
    """Group lines into rows; a text that stands across columns is a row of its own."""
    groups: list[list[int]] = []
    start = 0
    for index in range(len(dealt) + 1):
        alone = index < len(dealt) and spanning[index] and len(dealt[index].cells) == 1
        if index == len(dealt) or alone:
            if index > start:
                part = group_rows(dealt[start:index], count=count, rules=rules, space=space)
                groups += [[start + i for i in group] for group in part]
            if alone:
                groups.append([index])
            start = index + 1
    return groups


def _fill_edges(fills: Sequence[Fill], x0: float, x1: float, lines: Sequence[DealtLine]) -> list[float]:
    """Find the upper and lower sides of shaded rows."""
    if not lines:
        return []
    top, bottom = lines[0].top, lines[-1].bottom
    edges: list[float] = []
    for fill in fills:
        if min(fill.x1, x1) - max(fill.x0, x0) > 0.7 * (x1 - x0) and fill.bottom - fill.top < 0.45 * (bottom - top):
            if sum(fill.top < line.middle < fill.bottom for line in lines) in (1, 2, 3, 4):
                edges += [y for y in (fill.top, fill.bottom) if top < y < bottom]
    return _distinct(edges, 1.5)


def _alignment(body: Sequence[Sequence[Piece]], separators: Sequence[float], size: float) -> float:
    """Say how well columns keep to a left side, a right side or a middle: 1 when all cells do."""
    held = total = 0
    for column in range(len(separators) + 1):
        cells = [words for pieces in body for place, span, words in pieces if place == column and span == 1]
        if len(cells) < 2:
            continue
        best = 0
        for edge in (
            lambda words: words[0].x0,
            lambda words: words[-1].x1,
            lambda words: (words[0].x0 + words[-1].x1) / 2,
        ):
            places = sorted(edge(words) for words in cells)
            start = 0
            for end, place in enumerate(places):
                while place - places[start] > 0.8 * size:
                    start += 1
                best = max(best, end - start + 1)
        held += best
        total += len(cells)
    return held / total if total else 1.0
