"""The tables of a page: ruled grids first, then columns of text in what is left."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from witnessmark.offline.tables.draft import Draft, cells_of
from witnessmark.offline.tables.frames import framed_by_rules
from witnessmark.offline.tables.lattice import ruled_draft
from witnessmark.offline.tables.lines import (
    Segment,
    base_lines,
    lines_from_segments,
    segment,
    size_of,
    turned_box,
    typewriter_space,
    word_space,
)
from witnessmark.offline.tables.quality import ACCEPTED, confidence_of
from witnessmark.offline.tables.regions import paragraphs, regions
from witnessmark.offline.tables.ruled_quality import graded
from witnessmark.offline.tables.ruling import Ruling, Stroke, connected, edges_of, places_of, ruling_of
from witnessmark.offline.tables.surroundings import notes_below, title_above
from witnessmark.offline.tables.tokens import is_figure_caption
from witnessmark.offline.tables.unruled import Scene, framed_drafts, unruled_drafts
from witnessmark.offline.tables.values import Cell, Table, TablePart, first_row_number
from witnessmark.values import BoundingBox, Fill, PageLayout, Rule, Word

MOST_WORDS = 12_000
"""Words of a page that white space is searched for columns; a printed page has 2,000 at most."""


def find_tables(page: PageLayout) -> tuple[Table, ...]:
    """Find the tables of a page, top to bottom.

    Units:   points, as the page's own
    Errors:  none; a page that cannot hold a table has none
    """
    angle = _reading_angle(page.words)
    if angle:
        found = find_tables(_turned_page(page, angle))
        return tuple(_turned_table(table, page, angle) for table in found)
    words = [word for word in page.words if word.x1 > word.x0 and word.bottom > word.top and word.text.strip()]
    if not words or len(words) > MOST_WORDS * 8:
        return ()
    ruling = ruling_of(page.rules)
    upright = [word for word in words if word.angle == 0]
    rows = base_lines(upright[:MOST_WORDS])
    space = word_space(rows)
    figures = _figures(rows, space)
    drafts = _ruled(ruling, page, words, space, figures)
    inside = [draft.box for draft in drafts]
    free = [[word for word in row if not _is_in_any(word, inside)] for row in rows]
    segments = [item for row in free if row for item in segment(row, max(0.62, 2.0 * space))]
    if len(upright) <= MOST_WORDS:
        drafts += _unruled(segments, ruling, page, space, inside, figures)
    return _finished(page, drafts, segments)


def _figures(rows: Sequence[Sequence[Word]], space: float) -> tuple[BoundingBox, ...]:
    """Find the captions of figures and charts."""
    found: list[BoundingBox] = []
    for row in rows:
        if any(is_figure_caption(f"{word.text} 1") for word in row):
            for item in segment(row, max(0.62, 2.0 * space)):
                after = item.words[2:3]
                if is_figure_caption(item.text) and not any(word.text[:1].islower() for word in after):
                    found.append(BoundingBox(x0=item.x0, top=item.top, x1=item.x1, bottom=item.bottom))
    return tuple(found)


def _unruled(
    segments: list[Segment],
    ruling: Ruling,
    page: PageLayout,
    space: float,
    inside: Sequence[BoundingBox],
    figures: tuple[BoundingBox, ...],
) -> list[Draft]:
    outside = Ruling(
        tuple(s for s in ruling.horizontal if not _holds(inside, (s.start + s.end) / 2, s.at)),
        tuple(s for s in ruling.vertical if not _holds(inside, s.at, (s.start + s.end) / 2)),
    )
    texts = paragraphs(segments)
    prose = frozenset(id(item) for text in texts for item in text.segments)
    pictures = tuple(p for p in page.pictures if p.width * p.height < 0.6 * page.width * page.height)
    scene = Scene(outside, page.fills, pictures, figures, space, prose)
    drafts: list[Draft] = []
    framed, rest = framed_by_rules(segments, outside.horizontal, prose)
    for region in framed:
        drafts += framed_drafts(lines_from_segments(region), _spaced(scene, region))
    for region in regions(rest, texts, outside.horizontal):
        drafts += unruled_drafts(lines_from_segments(region), _spaced(scene, region))
    return [draft for draft in drafts if draft.quality >= ACCEPTED]


def _spaced(scene: Scene, region: Sequence[Segment]) -> Scene:
    return replace(scene, space=max(scene.space, typewriter_space([word for item in region for word in item.words])))


def _ruled(
    ruling: Ruling, page: PageLayout, words: Sequence[Word], space: float, figures: tuple[BoundingBox, ...]
) -> list[Draft]:
    """Find grids among the drawn lines, then among the sides of shaded cells."""
    drafts: list[Draft] = []
    for source in (ruling, _with_fills(ruling, page.fills)):
        groups = [(group, _extent(group)) for group in connected(source) if not _is_frame(group)]
        grids = [box for group, box in groups if len(group.horizontal) > 3 and len(group.vertical) > 3]
        for group, box in groups:
            if any(_overlap(box, draft.box) > 0.3 for draft in drafts) or _holds_a_grid(box, grids):
                continue
            held = [word for word in words if _is_in_any(word, [box])]
            if len(held) < 4:
                continue
            draft = ruled_draft(_with_bands(group, page.fills, held), held, space)
            if draft is not None:
                kept = graded(draft, figures)
                if kept is not None:
                    drafts.append(kept)
    return drafts


def _extent(ruling: Ruling) -> BoundingBox:
    across, down = ruling.horizontal, ruling.vertical
    return BoundingBox(
        x0=min(down[0].at, *(s.start for s in across)) - 1,
        top=min(across[0].at, *(s.start for s in down)) - 1,
        x1=max(down[-1].at, *(s.end for s in across)) + 1,
        bottom=max(across[-1].at, *(s.end for s in down)) + 1,
    )


def _holds_a_grid(box: BoundingBox, grids: Sequence[BoundingBox]) -> bool:
    """Claim that much of a frame is a grid of its own that touches it nowhere: a form with a table set into it."""
    return any(
        grid.width < box.width
        and grid.height < box.height
        and grid.width * grid.height > 0.3 * box.width * box.height
        and _overlap(box, grid) > 0.99
        for grid in grids
    )


def _is_frame(ruling: Ruling) -> bool:
    """Claim that lines are one rectangle: a box around text or a shaded row, which parts nothing."""
    return len(places_of(ruling.horizontal)) < 3 and len(places_of(ruling.vertical)) < 3


def _with_bands(ruling: Ruling, fills: Sequence[Fill], words: Sequence[Word]) -> Ruling:
    """Add the upper and lower sides of shading that runs across a whole grid: a header band without its own lines."""
    x0, x1 = ruling.vertical[0].at, ruling.vertical[-1].at
    top, bottom = ruling.horizontal[0].at, ruling.horizontal[-1].at
    bands = [
        f for f in fills[:3000] if abs(f.x0 - x0) < 4 and abs(f.x1 - x1) < 4 and f.bottom - f.top < 0.5 * (bottom - top)
    ]
    edges = [
        Stroke(y, x0, x1)
        for f in bands
        for y in (f.top, f.bottom)
        if top < y < bottom
        and not any(0.75 * w.top + 0.25 * w.bottom < y < 0.25 * w.top + 0.75 * w.bottom for w in words)
    ]
    return Ruling(tuple(sorted([*ruling.horizontal, *edges])), ruling.vertical)


def _with_fills(ruling: Ruling, fills: Sequence[Fill]) -> Ruling:
    edges = edges_of(fills[:3000])
    return Ruling(tuple(sorted(ruling.horizontal + edges.horizontal)), tuple(sorted(ruling.vertical + edges.vertical)))


def _overlap(one: BoundingBox, other: BoundingBox) -> float:
    """Say what share of the smaller box the other covers."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / max(1.0, min(one.width * one.height, other.width * other.height))


def _is_in_any(word: Word, boxes: Sequence[BoundingBox]) -> bool:
    return _holds(boxes, (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2)


def _holds(boxes: Sequence[BoundingBox], x: float, y: float) -> bool:
    return any(box.x0 - 1 <= x <= box.x1 + 1 and box.top - 1 <= y <= box.bottom + 1 for box in boxes)


def _finished(page: PageLayout, drafts: Sequence[Draft], segments: Sequence[Segment]) -> tuple[Table, ...]:
    boxes = [draft.box for draft in drafts]
    outside = [s for s in segments if not _holds(boxes, (s.x0 + s.x1) / 2, s.middle)]
    tables: list[Table] = []
    for draft in sorted(drafts, key=lambda draft: (draft.box.top, draft.box.x0)):
        size = sorted(size_of(word) for word in draft.words)[len(draft.words) // 2]
        beside = [s for s in outside if s.x0 < draft.box.x1 + 2 and s.x1 > draft.box.x0 - 2]
        lines = lines_from_segments(beside)
        first = first_row_number(draft.header_rows)
        tables.append(
            Table(
                page_number=page.page_number,
                box=draft.box,
                rows=cells_of(draft),
                header_rows=draft.header_rows,
                title=draft.title or title_above(draft.box, lines, size),
                notes=draft.notes + notes_below(draft.box, lines, size),
                confidence=confidence_of(draft.quality, is_ruled=draft.is_ruled),
                parts=(
                    TablePart(
                        page_number=page.page_number,
                        first_row=first,
                        last_row=first + draft.row_count - 1,
                        box=draft.box,
                    ),
                ),
            )
        )
    return tuple(tables)


# --- pages whose text is turned ---------------------------------------------------------------------------------------


def _reading_angle(words: Sequence[Word]) -> int:
    """Find the direction most of the text is read in.

    Up or down is told by the order of the words, which is sure, where a font's matrix may be mirrored.
    """
    counts = Counter(word.angle for word in words)
    if not words or counts.most_common(1)[0][1] <= 0.6 * len(words):
        return 0
    angle = counts.most_common(1)[0][0]
    if angle not in {90, 270}:
        return angle if angle == 180 else 0
    ordered = [word for word in words if word.angle == angle]
    down = sum(
        1 if after.top > before.top else -1
        for before, after in itertools.pairwise(ordered)
        if abs(after.x0 - before.x0) < 1
    )
    return 90 if down > 0 else 270 if down < 0 else angle


def upright_page(page: PageLayout, tables: Sequence[Table]) -> tuple[PageLayout, Sequence[Table]]:
    """Turn a page whose text runs sideways, and its tables with it, so that the text runs level."""
    angle = _reading_angle(page.words)
    if not angle:
        return page, tables
    upright = _turned_page(page, angle)
    return upright, [_turned_table(table, upright, (360 - angle) % 360) for table in tables]


def _turned_page(page: PageLayout, angle: int) -> PageLayout:
    def box(x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float]:
        x0, top, x1, bottom = turned_box(x0, top, x1, bottom, angle)
        right = {90: 0.0, 180: page.width, 270: page.height}[angle]
        down = {90: page.width, 180: page.height, 270: 0.0}[angle]
        return x0 + right, top + down, x1 + right, bottom + down

    most = Counter(word.angle for word in page.words).most_common(1)[0][0]
    moved = [
        Word(w.text, *box(w.x0, w.top, w.x1, w.bottom), w.size, w.is_bold, (w.angle - most) % 360) for w in page.words
    ]
    return PageLayout(
        page_number=page.page_number,
        width=page.width if angle == 180 else page.height,
        height=page.height if angle == 180 else page.width,
        words=tuple(moved),
        rules=tuple(Rule(*box(r.x0, r.top, r.x1, r.bottom), r.width) for r in page.rules),
        fills=tuple(Fill(*box(f.x0, f.top, f.x1, f.bottom), f.grey) for f in page.fills),
        pictures=tuple(_box(box(p.x0, p.top, p.x1, p.bottom)) for p in page.pictures),
    )


def _box(box: tuple[float, float, float, float]) -> BoundingBox:
    x0, top, x1, bottom = box
    return BoundingBox(x0=x0, top=top, x1=x1, bottom=bottom)


def _turned_table(table: Table, page: PageLayout, angle: int) -> Table:
    def back(box: BoundingBox) -> BoundingBox:
        x0, top, x1, bottom = turned_box(box.x0, box.top, box.x1, box.bottom, (360 - angle) % 360)
        right = {90: page.width, 180: page.width, 270: 0.0}[angle]
        down = {90: 0.0, 180: page.height, 270: page.height}[angle]
        return BoundingBox(x0=x0 + right, top=top + down, x1=x1 + right, bottom=bottom + down)

    def cell(item: Cell | None) -> Cell | None:
        return replace(item, box=back(item.box)) if item is not None else None

    return replace(
        table,
        box=back(table.box),
        rows=tuple(tuple(map(cell, row)) for row in table.rows),
        parts=tuple(replace(part, box=back(part.box)) for part in table.parts),
    )
