"""Tables without a drawn grid: lines that keep to the same columns, with or without rules across."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from witnessmark.offline.tables.columns import Gutter, Token, column_at, gutters, tokens_of
from witnessmark.offline.tables.draft import Draft, compact
from witnessmark.offline.tables.headers import Placed, apart, header_cells
from witnessmark.offline.tables.lines import Line, lines_from_segments, set_alike
from witnessmark.offline.tables.quality import Traits, quality, stands_at
from witnessmark.offline.tables.rows import DealtLine, cell_text, dealt_line, group_rows, value_columns
from witnessmark.offline.tables.ruling import Ruling, Stroke
from witnessmark.offline.tables.tokens import (
    is_caption,
    is_figure_caption,
    is_note,
    is_table_caption,
    is_value,
    letters,
)
from witnessmark.values import BoundingBox, Fill, Word

_YEAR = re.compile(r"(?:FY|CY|Q[1-4]|H[12])?\s?(?:19|20)\d\d(?:\s?[-/–]\s?(?:\d\d){1,2})?[*†‡a-e()\d]{0,3}")
Piece = tuple[int, int, tuple[Word, ...]]
"""Column, columns spanned, words."""
MOST_LINES = 400
"""Lines of one run that are looked at as one table."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What surrounds the lines of a region."""

    ruling: Ruling
    fills: tuple[Fill, ...]
    pictures: tuple[BoundingBox, ...]
    figures: tuple[BoundingBox, ...]
    """Captions of figures and charts."""
    space: float
    prose: frozenset[int]
    """Identities of the segments that belong to running text."""


def unruled_drafts(lines: Sequence[Line], scene: Scene, depth: int = 0) -> list[Draft]:
    """Find the tables among the lines of one region, top to bottom."""
    drafts: list[Draft] = []
    for run in _runs(lines, scene):
        drafts += _tables_of(run, scene, depth)
    return drafts


def framed_drafts(lines: Sequence[Line], scene: Scene) -> list[Draft]:
    """Find the tables among lines that rules hold together: all are of one, whatever reads like running text."""
    return _tables_of(_Run(tuple(lines[:MOST_LINES]), None), scene, 0)


# --- which lines ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines that may be a table, with the caption above them."""

    lines: tuple[Line, ...]
    caption: str | None


def _runs(lines: Sequence[Line], scene: Scene) -> list[_Run]:
    """Cut a region into runs of lines that may be tables: at running text, captions and wide spaces."""
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    first: list[Line] = []
    runs: list[tuple[list[Line], str | None]] = [(first, None)]
    caption: str | None = None
    for line in lines:
        run = runs[-1][0]
        text = line.first.text if len(line.segments) < 3 else ""
        if is_table_caption(text) or is_figure_caption(text):
            caption = text
            runs.append(([line] if len(line.segments) > 1 else [], caption))
            continue
        if _is_prose(line, left, right, scene):
            if run:
                caption = None
            runs.append(([], caption))
            continue
        if run and _is_far(run, line, scene) and not _heads(run, line, scene):
            caption = caption if len(run) < 3 else None
            runs.append(([], caption))
        runs[-1][0].append(line)
    result: list[_Run] = []
    for whole, above in runs:
        for item in _cut_at_headings(whole):
            trimmed = _trimmed(item, scene)
            if trimmed:
                result.append(_Run(tuple(trimmed[:MOST_LINES]), above))
    return result


def _cut_at_headings(run: list[Line]) -> list[list[Line]]:
    """Cut a run where a heading stands over headers that keep to other columns than the rows above: another table."""
    cuts = [0]
    for index in range(4, len(run) - 3):
        heading, header, before = run[index], run[index + 1], run[index - 1]
        if len(heading.segments) > 1 or len(header.segments) < 3 or len(before.segments) < 2:
            continue
        gap, usual = heading.middle - before.middle, median(b.middle - a.middle for a, b in itertools.pairwise(run))
        alike = sum(any(set_alike(item, other) for other in before.segments) for item in header.segments)
        if (
            gap > 1.3 * usual
            and alike < 0.6 * len(header.segments)
            and not any(is_value(item.text) for item in header.segments)
            and any(is_value(item.text) for line in run[index + 2 : index + 5] for item in line.segments[1:])
        ):
            cuts.append(index)
    return [run[start:end] for start, end in zip(cuts, [*cuts[1:], len(run)], strict=True)]


def _is_prose(line: Line, left: float, right: float, scene: Scene) -> bool:
    if len(line.segments) > 1:
        # justified text has wide spaces too: all its segments are of one paragraph
        return all(id(s) in scene.prose for s in line.segments) and letters(line.text) > 0.7 * len(line.text)
    only = line.first
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
    pitches = [b.middle - a.middle for a, b in itertools.pairwise(run)]
    usual = median(pitches) if len(pitches) > 2 else 0.0
    if line.middle - last.middle <= 1.35 * usual:
        return False
    if gap <= 2.6 * size:
        return False
    x0, x1 = min(last.x0, line.x0), max(last.x1, line.x1)
    held = [
        s for s in scene.ruling.vertical if s.start < last.middle and s.end > line.middle and x0 - 20 < s.at < x1 + 20
    ]
    return not held or gap > 6 * size


def _heads(run: Sequence[Line], line: Line, scene: Scene) -> bool:
    """Claim that a run is the header of the columns that begin with `line`, set apart by a wide space."""
    last = run[-1]
    if len(run) > 4 or len(last.segments) < 2 or len(line.segments) < 2:
        return False
    if line.top - last.bottom > 4 * max(last.size, line.size):
        return False
    if any(is_value(item.text) for item in last.segments) or not any(is_value(item.text) for item in line.segments):
        return False
    is_ruled = any(
        last.middle < s.at < line.middle and s.start < last.x0 + 6 and s.end > last.x1 - 6
        for s in scene.ruling.horizontal
    )
    return (is_ruled or (last.is_bold and not line.is_bold)) and all(
        any(set_alike(item, head) for head in last.segments) for item in line.segments
    )


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
    stub_end = min(line.segments[1].x0 for line in core) - 2
    while first > 0:
        above = run[first - 1]
        centred = above.x0 > label_end and above.x1 < x1 + 3
        enclosed = any(y < above.middle and y > above.top - 1.6 * above.size for y in rules)
        gap = run[first].top - above.bottom
        stub = above.x0 < x0 + 3 and above.x1 < stub_end and gap < 0.35 * above.size
        if (
            gap < 1.0 * above.size
            and (
                centred
                or (enclosed and above.x0 < x0 + 3 and above.x1 - above.x0 < 0.5 * (x1 - x0))
                or (stub and len(core) > 3 and above.is_bold and run[first].is_bold)
            )
            and not is_caption(above.text)
        ):
            first -= 1
        else:
            break
    while last + 1 < len(run):
        below = run[last + 1]
        enclosed = any(y > below.middle for y in rules if y < below.bottom + 1.5 * below.size)
        wraps = (
            below.top - run[last].bottom < 0.3 * below.size
            and below.x0 >= run[last].x0 - 1
            and (below.x1 < label_end + 6 * below.size or _fills_a_column(below, core))
            and not any(run[last].middle < y < below.middle for y in rules)
            and below.text[:1].islower()
        )
        if (enclosed or wraps) and not is_note(below.text) and below.size > 0.8 * run[last].size:
            last += 1
        else:
            break
    return list(run[first : last + 1])


def _fills_a_column(line: Line, core: Sequence[Line]) -> bool:
    """Claim that a line begins where a column does and is no wider than it."""
    same = [s for other in core for s in other.segments if abs(s.x0 - line.x0) < 0.5 * line.size]
    return len(same) > 1 and line.x1 <= max(s.x1 for s in same) + 1


# --- one run, one or more tables --------------------------------------------------------------------------------------


def _tables_of(run: _Run, scene: Scene, depth: int) -> list[Draft]:
    cut = _gap_between_tables(run.lines, scene) if depth < 4 else None
    if cut is None:
        whole = _draft(run, scene)
        return [whole] if whole is not None else []
    drafts: list[Draft] = []
    items = [item for line in run.lines for item in line.segments]
    for side in (
        [item for item in items if (item.x0 + item.x1) / 2 < cut],
        [item for item in items if (item.x0 + item.x1) / 2 >= cut],
    ):
        drafts += unruled_drafts(lines_from_segments(side), scene, depth + 1)
    return drafts


def _gap_between_tables(lines: Sequence[Line], scene: Scene) -> float | None:
    """Find the place where two tables stand side by side.

    Two captions on one line say so; so do rules that all break at one gutter but run across others; so does a column of
    labels that begins again, unless the headers repeat: then one long table was folded.
    """
    grid = _grid_of(lines, scene)
    if grid is None:
        return None
    best: tuple[float, float] | None = None
    for gutter in _wide_gutters(grid, lines):
        x = gutter.middle
        crossing = sum(any(s.x0 < x - 2 and s.x1 > x + 2 for s in line.segments) for line in lines)
        score = 0.0
        if _has_captions(lines, x):
            score += 3.0
        if crossing == 0:
            score += _rules_break(scene.ruling, lines, grid, x)
            score += _begins_again(grid, lines, gutter)
        if score >= 2.0 and (best is None or score > best[0]):
            best = (score, x)
    return best[1] if best else None


def _wide_gutters(grid: _Grid, lines: Sequence[Line]) -> list[Gutter]:
    """Find the gutters with two or more columns on both sides, and no more than a line across."""
    return [
        g
        for g in grid.gutters
        if sum(1 for x in grid.separators if x < g.middle - 1) > 0
        and sum(1 for x in grid.separators if x > g.middle + 1) > 0
        and g.width > 0.9 * median(line.size for line in lines)
    ]


def _has_captions(lines: Sequence[Line], x: float) -> bool:
    left = any(is_table_caption(s.text) for line in lines[:4] for s in line.segments if s.x1 < x + 2)
    return left and any(is_table_caption(s.text) for line in lines[:4] for s in line.segments if s.x0 > x - 2)


def _rules_break(ruling: Ruling, lines: Sequence[Line], grid: _Grid, x: float) -> float:
    size = lines[0].size
    near = ruling.between(grid.x0 - 6, lines[0].top - 1.5 * size, grid.x1 + 6, lines[-1].bottom + 1.5 * size).horizontal
    extents = _extents(grid.body, grid.separators, grid.x0, grid.x1)
    left = [s for s in near if s.end < x + 1 and _covers_two(s, extents)]
    right = [s for s in near if s.start > x - 1 and _covers_two(s, extents)]
    across = [s for s in near if s.start < x - 4 and s.end > x + 4]
    if across:
        return -3.0
    return 3.0 if len(left) > 1 and len(right) > 1 else 0.0


def _covers_two(stroke: Stroke, extents: Sequence[tuple[float, float]]) -> bool:
    return sum(stroke.start < (x0 + x1) / 2 < stroke.end for x0, x1 in extents) > 1


def _begins_again(grid: _Grid, lines: Sequence[Line], gutter: Gutter) -> float:
    """Weigh a column of labels right of a gutter, with figures after it and before it."""
    x = gutter.middle
    column = column_at(x + 0.1, grid.separators)
    if column in grid.values or column + 1 not in grid.values or column - 1 not in grid.values or 0 in grid.values:
        return 0.0
    heads = [tuple(s.text for s in line.segments) for line in lines[: grid.head]]
    for texts in heads:
        half = len(texts) // 2
        if half > 1 and texts[:half] == texts[half:]:
            return -2.0
    others = [g.width for g in grid.gutters if g is not gutter]
    wider = gutter.width > 1.25 * median(others)
    labels = [line.cells[column] for line in grid.dealt if column in line.cells]
    firsts = [line.cells[0] for line in grid.dealt if 0 in line.cells]
    words = sum(letters(cell_text(cell)) > 2 for cell in labels) > 0.7 * max(1, len(labels))
    if not words or len(labels) < 3 or len(firsts) < 3:
        return 0.0
    return 2.0 if wider else 1.0


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns of a run."""

    x0: float
    x1: float
    size: float
    head: int
    gutters: tuple[Gutter, ...]
    separators: tuple[float, ...]
    body: tuple[tuple[Piece, ...], ...]
    dealt: tuple[DealtLine, ...]
    values: frozenset[int]
    ruling: Ruling
    wide_at: tuple[float, ...]


def _grid_of(lines: Sequence[Line], scene: Scene) -> _Grid | None:
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
    head = _header_lines(lines, wide_at)
    found = _columns(lines, tokens, head, size, scene.space)
    separators = _with_verticals(_settled(found, lines, size), ruling.vertical, lines[head:] or lines, size)
    if not separators:
        return None
    body = tuple(tuple(_dealt(line, separators, scene.space)) for line in lines[head:])
    dealt = tuple(dealt_line({column: words for column, _, words in cells}) for cells in body)
    values = value_columns(dealt, len(separators) + 1)
    return _Grid(x0, x1, size, head, tuple(found), tuple(separators), body, dealt, values, ruling, tuple(wide_at))


def _draft(run: _Run, scene: Scene) -> Draft | None:
    lines = run.lines
    grid = _grid_of(lines, scene)
    if grid is None:
        return None
    x0, x1, head, body, dealt = grid.x0, grid.x1, grid.head, grid.body, grid.dealt
    top, bottom = lines[0].top, lines[-1].bottom
    spanning = [any(span > 1 for _, span, _ in cells) for cells in body]
    count = len(grid.separators) + 1
    extents = _extents(body, grid.separators, x0, x1)
    placed, header_rows = header_cells(
        [line.words for line in lines[:head]], extents, grid.separators, grid.ruling.horizontal, space=scene.space
    )
    inner = [
        y for y in grid.wide_at if any(line.middle < y for line in dealt) and any(line.middle > y for line in dealt)
    ]
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
    draft = Draft(
        box=box, placed=tuple(placed), row_count=rows, column_count=columns, header_rows=header_rows, is_ruled=False
    )
    marked = _is_header_marked(lines, grid, scene)
    alignment, worst = _alignment(body, grid.separators, grid.size, grid.values)
    traits = Traits(
        rules=len(grid.wide_at),
        has_caption=run.caption is not None and is_table_caption(run.caption),
        is_figure=(run.caption is not None and is_figure_caption(run.caption)) or stands_at(box, scene.figures),
        has_marked_header=marked,
        stripes=len(bands) // 2,
        leaders=sum(any(item.leads for item in line.segments) for line in lines) / len(lines),
        alignment=alignment,
        worst_alignment=worst,
        touches_picture=any(p.x0 < x1 and p.x1 > x0 and p.top < bottom and p.bottom > top for p in scene.pictures),
    )
    return replace(draft, quality=quality(draft.texts, header_rows, traits))


def _is_header_marked(lines: Sequence[Line], grid: _Grid, scene: Scene) -> bool:
    """Claim that a rule, bold type or shading sets the header off."""
    head = grid.head
    if not 0 < head < len(lines):
        return False
    if any(lines[head - 1].middle < y < lines[head].middle for y in grid.wide_at):
        return True
    if all(line.is_bold for line in lines[:head]) and not all(line.is_bold for line in lines[head:]):
        return True
    wide = 0.6 * (grid.x1 - grid.x0)
    return any(f.x1 - f.x0 > wide and f.top < lines[0].middle < f.bottom < lines[head].middle + 2 for f in scene.fills)


def _distinct(places: Sequence[float], apart_by: float) -> list[float]:
    result: list[float] = []
    for place in sorted(places):
        if not result or place - result[-1] > apart_by:
            result.append(place)
    return result


def _header_lines(lines: Sequence[Line], wide_at: Sequence[float]) -> int:
    """Count the lines at the top that are headers."""
    data = len(lines)
    cells = [_likely_cells(line) for line in lines[:40]]
    for index, texts in enumerate(cells):
        if _is_data(texts, cells[index + 1 :]):
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
    if (
        below
        and below[0] - data in (1, 2)
        and data not in after
        and all(line.is_bold for line in lines[data : below[0]])
    ):
        return below[0]
    exact = [k for k in after if k <= data]
    head = data
    while (
        head > 1
        and len(lines[head - 1].segments) == 1
        and head not in exact
        and lines[head - 1].segments[0].x0 < lines[head].segments[0].x1
        and any(len(line.segments) > 1 for line in lines[: head - 1])
    ):
        head -= 1
    if exact and exact[-1] < head and all(len(line.segments) == 1 for line in lines[exact[-1] : head]):
        head = exact[-1]
    return head


def _likely_cells(line: Line) -> list[str]:
    """Read the cells of a line before its columns are known: figures apart from each other and from words before."""
    cells: list[str] = []
    for item in line.segments:
        texts = [cell_text(token.words) for token in tokens_of(item.words)]
        figures: list[str] = []
        while texts and is_value(texts[-1]) and len(texts[-1]) > 1:
            figures.insert(0, texts.pop())
        if texts:
            if len(figures) == 1 and (len(item.words) < 4 or letters("".join(texts)) > 12):
                texts.append(figures.pop())
            cells.append(" ".join(texts))
        cells += figures
    return cells


def _is_data(texts: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    if len(texts) < 2:
        return False
    later = texts[1:] if not is_value(texts[0]) else texts
    values = [text for text in later if is_value(text)]
    if len(values) < 0.5 * len(later) or not values:
        return False
    if all(_YEAR.fullmatch(text) for text in values) and any(
        any(is_value(text) and not _YEAR.fullmatch(text) for text in line[1:]) for line in rest[:14]
    ):
        return False
    return any(any(char.isdigit() for char in text) for text in values) or len(values) > 1


def _columns(
    lines: Sequence[Line], tokens: Sequence[Sequence[Token]], head: int, size: float, space: float
) -> list[Gutter]:
    body = [items for line, items in zip(lines[head:], tokens[head:], strict=True) if len(line.segments) > 1]
    heads = [
        token
        for line, items in zip(lines[:head], tokens[:head], strict=True)
        if len(line.segments) > 1
        for token in items
    ]
    if len(body) < 3:
        top = [items for line, items in zip(lines[:head], tokens[:head], strict=True) if len(line.segments) > 1]
        body = body + top[-1:]
    if not body:
        body = [items for line, items in zip(lines, tokens, strict=True) if len(line.segments) > 1]
    best = gutters(body, size=size, space=space, heads=heads)
    if len(body) >= 4:
        usual = median(len(items) for items in body)
        rich = [items for items in body if len(items) >= usual]
        if 3 <= len(rich) < len(body):
            other = gutters(rich, size=size, space=space, heads=heads)
            if len(other) > len(best):
                best = other
    return best


def _settled(found: Sequence[Gutter], lines: Sequence[Line], size: float) -> list[float]:
    """Place the borders of columns in their gutters, clear of labels and headers that reach into them."""
    borders: list[float] = []
    for gutter in found:
        start, end = gutter.start, gutter.end
        for line in lines:
            for item in line.segments:
                if item.x0 < gutter.start and start < item.x1 < gutter.end - 0.2 * size:
                    start = item.x1
                elif item.x1 > gutter.end and gutter.start + 0.2 * size < item.x0 < end:
                    end = item.x0
        borders.append((start + end) / 2 if start < end else gutter.middle)
    return borders


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
        sides = [
            any(s.x1 <= stroke.at + 1 for s in line.segments) and any(s.x0 >= stroke.at - 1 for s in line.segments)
            for line in lines
        ]
        crossed = sum(any(s.x0 < stroke.at - 2 and s.x1 > stroke.at + 2 for s in line.segments) for line in lines)
        if any(sides) and crossed <= 0.2 * len(lines) and all(abs(stroke.at - x) > 1.2 * size for x in result):
            result.append(stroke.at)
    return sorted(result)


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


def _extents(
    body: Sequence[Sequence[Piece]], separators: Sequence[float], x0: float, x1: float
) -> list[tuple[float, float]]:
    edges = [x0, *separators, x1]
    extents: list[tuple[float, float]] = []
    for column in range(len(separators) + 1):
        words = [
            word for cells in body for place, span, held in cells if place == column and span == 1 for word in held
        ]
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
        is_band = min(fill.x1, x1) - max(fill.x0, x0) > 0.7 * (x1 - x0) and fill.bottom - fill.top < 0.45 * (
            bottom - top
        )
        if is_band and 1 <= sum(fill.top < line.middle < fill.bottom for line in lines) <= 4:
            edges += [y for y in (fill.top, fill.bottom) if top < y < bottom]
    return _distinct(edges, 1.5)


def _alignment(
    body: Sequence[Sequence[Piece]], separators: Sequence[float], size: float, values: frozenset[int]
) -> tuple[float, float]:
    """Say what share of cells keeps to its column's left, right or middle; and the worst column of figures."""
    held = total = 0
    worst = 1.0
    for column in range(len(separators) + 1):
        cells = [words for pieces in body for place, span, words in pieces if place == column and span == 1]
        if len(cells) < 2:
            continue
        best = max(_most_at_one_place(places, size) for places in _edges(cells))
        held += best
        total += len(cells)
        if column in values and len(cells) > 3:
            worst = min(worst, best / len(cells))
    return (held / total if total else 1.0), worst


def _edges(cells: Sequence[tuple[Word, ...]]) -> tuple[list[float], list[float], list[float]]:
    lefts, rights = [words[0].x0 for words in cells], [words[-1].x1 for words in cells]
    return lefts, rights, [(a + b) / 2 for a, b in zip(lefts, rights, strict=True)]


def _most_at_one_place(places: Sequence[float], size: float) -> int:
    ordered = sorted(places)
    best = start = 0
    for end, place in enumerate(ordered):
        while place - ordered[start] > 0.8 * size:
            start += 1
        best = max(best, end - start + 1)
    return best
