"""What stands around a table: its title above, its notes below."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.offline.tables.lines import Line
from witnessmark.offline.tables.tokens import is_caption, is_note, is_table_caption
from witnessmark.values import BoundingBox

_HIGHEST = 5
"""Lines of a title; a longer one is a paragraph."""
_MOST_NOTES = 14


def title_above(box: BoundingBox, lines: Sequence[Line], size: float) -> str | None:
    """Find a table's title: a caption above it, else one short line that stands close.

    Shapes:  `lines` are those outside all tables, top to bottom
    """
    above = [line for line in lines if line.bottom <= box.top + 0.4 * size and line.x0 < box.x1 and line.x1 > box.x0]
    near: list[Line] = []
    edge = box.top
    for line in reversed(above):
        if edge - line.bottom > 1.9 * max(size, line.size) or len(near) >= _HIGHEST:
            break
        near.insert(0, line)
        edge = line.top
        if is_caption(line.text):
            break
    if not near:
        return None
    if is_table_caption(near[0].text):
        return " ".join(line.text for line in near)
    last = near[-1]
    if (
        box.top - last.bottom < 1.3 * size
        and len(last.text) < 110
        and not last.text.rstrip().endswith((".", ":", ";", ","))
    ):
        chosen = [last]
        if len(near) > 1 and near[-2].is_bold and near[-2].size >= last.size and len(near[-2].text) < 110:
            chosen.insert(0, near[-2])
        if last.is_bold or last.size > size * 1.05 or len(near) <= 2:
            return " ".join(line.text for line in chosen)
    return None


def notes_below(box: BoundingBox, lines: Sequence[Line], size: float) -> tuple[str, ...]:
    """Find a table's notes: lines just below that begin with a mark or `Source`, with what they wrap to."""
    notes: list[str] = []
    edge, is_open = box.bottom, False
    below = [line for line in lines if line.top >= box.bottom - 0.4 * size and line.x0 < box.x1 and line.x1 > box.x0]
    for line in below[:_MOST_NOTES]:
        gap = line.top - edge
        if gap > (1.8 if not notes else 1.1) * max(size, line.size) or line.size > 1.12 * size:
            break
        if is_note(line.text):
            notes.append(line.text)
            is_open = True
        elif is_open and gap < 0.6 * line.size:
            notes[-1] += " " + line.text
        else:
            break
        edge = line.bottom
    return tuple(notes)
