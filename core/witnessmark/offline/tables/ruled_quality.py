"""Whether a drawn grid is a table, and which of its rows are title, headers, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from witnessmark.offline.tables.draft import Draft, compact
from witnessmark.offline.tables.headers import Placed
from witnessmark.offline.tables.quality import Traits, quality, stands_at
from witnessmark.offline.tables.rows import cell_text
from witnessmark.offline.tables.tokens import is_caption, is_note, is_value, is_year
from witnessmark.values import BoundingBox


def graded(draft: Draft, figures: Sequence[BoundingBox] = ()) -> Draft | None:
    """Take title and notes off a drawn grid, count its headers and weigh it; None when it is no table."""
    draft = _without_notes(_without_title(draft))
    if draft.row_count < 2 or draft.column_count < 2:
        return None
    texts = draft.texts
    cells = [text for row in texts for text in row if text]
    filled = sum(cell.row_span * cell.column_span for cell in draft.placed) / (draft.row_count * draft.column_count)
    if len(cells) < 4 or filled < 0.2 or len(cells) < 0.15 * draft.row_count * draft.column_count:
        return None  # boxes of a drawing, lines of a form
    if len(cells) < 8 and max(map(len, cells)) > 0.6 * sum(map(len, cells)) and max(map(len, cells)) > 300:
        return None  # a page laid out in boxes
    headers = _header_rows(draft, texts)
    traits = Traits(rules=3, has_marked_header=headers > 0, is_figure=stands_at(draft.box, figures))
    score = quality(texts, headers, traits) + 1.0
    if score < 1.2:
        return None
    return replace(draft, header_rows=headers, quality=score)


def _rows(draft: Draft, row: int) -> list[Placed]:
    return [cell for cell in draft.placed if cell.row <= row < cell.row + cell.row_span]


def _without_title(draft: Draft) -> Draft:
    """Take off leading rows of one cell that spans the whole width: the title in the frame."""
    title: list[str] = []
    start = 0
    while start < draft.row_count - 2:
        cells = _rows(draft, start)
        if len(cells) != 1 or cells[0].column_span < draft.column_count or draft.column_count < 2:
            break
        title.append(cell_text(cells[0].words))
        start += 1
    return replace(_kept(draft, start, draft.row_count), title=" ".join(title)) if start else draft


def _without_notes(draft: Draft) -> Draft:
    notes: list[str] = []
    end = draft.row_count
    while end > 2:
        cells = _rows(draft, end - 1)
        if len(cells) != 1 or cells[0].column_span < draft.column_count or draft.column_count < 2:
            break
        text = cell_text(cells[0].words)
        if not is_note(text) and len(text) < 60:
            break
        notes.insert(0, text)
        end -= 1
    return replace(_kept(draft, 0, end), notes=tuple(notes)) if notes else draft


def _kept(draft: Draft, start: int, end: int) -> Draft:
    cells = [replace(c, row=c.row - start) for c in draft.placed if start <= c.row and c.row + c.row_span <= end]
    placed, rows, columns, _ = compact(cells, end - start, draft.column_count)
    out = [c for c in draft.placed if c.row < start]
    low = [c for c in draft.placed if c.row + c.row_span > end]
    top = max((w.bottom for c in out for w in c.words), default=draft.box.top)
    bottom = min((w.top for c in low for w in c.words), default=draft.box.bottom)
    box = BoundingBox(x0=draft.box.x0, top=draft.box.top, x1=draft.box.x1, bottom=draft.box.bottom)
    del top, bottom
    return replace(draft, box=box, placed=tuple(placed), row_count=rows, column_count=columns)


def _header_rows(draft: Draft, texts: Sequence[Sequence[str]]) -> int:
    """Count the rows above the first row of figures; one when there are none but the first row stands out."""
    for index, row in enumerate(texts[:6]):
        later = [text for text in row[1:] if text]
        values = [text for text in later if is_value(text) and not is_year(text)]
        if later and len(values) >= 0.5 * len(later):
            reach = max((c.row + c.row_span for c in draft.placed if c.row < index), default=index)
            return max(1, index) if index and reach <= index + 1 else index
        if index and _is_section(draft, index):
            return index
    first = _rows(draft, 0)
    bold = all(word.is_bold for cell in first for word in cell.words)
    rest = [word for cell in draft.placed if cell.row > 0 for word in cell.words]
    if is_caption(texts[0][0]):
        return 0
    return 1 if (bold and not all(word.is_bold for word in rest)) or len(first) > 1 else 0


def _is_section(draft: Draft, row: int) -> bool:
    cells = _rows(draft, row)
    return len(cells) == 1 and cells[0].column == 0
