"""A page as a picture with places marked on it: what a person looks at to believe a result."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_OUTLINE = (0, 106, 122)
_HEADER = (0, 106, 122, 70)
_CELL = (255, 183, 3, 62)
_LABEL_TEXT = (255, 255, 255)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place on a page, outlined and named, with smaller places inside it.

    Units:  those of the page (points of a PDF, pixels of an image), top left origin
    """

    box: Box
    label: str
    header_cells: tuple[Box, ...] = ()
    cells: tuple[Box, ...] = ()


def mark_from_wire(message: dict[str, Any]) -> Mark:
    """Undo `dataclasses.asdict`."""
    return Mark(
        box=message["box"],
        label=message["label"],
        header_cells=tuple(message["header_cells"]),
        cells=tuple(message["cells"]),
    )


def marked_png(page: Image.Image, marks: Sequence[Mark], *, scale: float) -> bytes:
    """Draw marks over a page and write it as PNG.

    Units:  `scale` is pixels of `page` for one unit of the marks
    """
    from PIL import Image, ImageDraw, ImageFont

    layer = Image.new("RGBA", page.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    thick = max(2, round(1.4 * max(page.size) / 1000))
    font = ImageFont.load_default(max(12, round(15 * max(page.size) / 1200)))
    for mark in marks:
        for cell in mark.cells:
            pen.rectangle(_pixels(cell, scale, 1.5), fill=_CELL)
        for cell in mark.header_cells:
            pen.rectangle(_pixels(cell, scale, 1.5), fill=_HEADER)
    for mark in marks:
        left, top, right, bottom = _pixels(mark.box, scale, 4)
        pen.rounded_rectangle((left, top, right, bottom), radius=3 * thick, outline=_OUTLINE, width=thick)
        x0, y0, x1, y1 = pen.textbbox((0, 0), mark.label, font=font)
        width, height = x1 - x0 + 6 * thick, y1 - y0 + 4 * thick
        # Above the corner: there is rarely text right of a title; inside the page when the table begins at its top.
        x, y = max(0, right - width), max(0, top - height)
        pen.rounded_rectangle((x, y, x + width, y + height), radius=2 * thick, fill=_OUTLINE)
        pen.text((x + 3 * thick - x0, y + 2 * thick - y0), mark.label, font=font, fill=_LABEL_TEXT)
    target = io.BytesIO()
    Image.alpha_composite(page.convert("RGBA"), layer).convert("RGB").save(target, "PNG")
    return target.getvalue()


def _pixels(box: Box, scale: float, margin: float) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = (value * scale for value in box)
    return x0 - margin * scale, top - margin * scale, x1 + margin * scale, bottom + margin * scale
