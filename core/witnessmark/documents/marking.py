"""A page as a picture with places marked on it: what a person looks at to believe a result."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from witnessmark.documents.label_places import blank_place

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageDraw import ImageDraw

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
    boxes = [_pixels(mark.box, scale, 4) for mark in marks]
    for box in boxes:
        pen.rounded_rectangle(box, radius=3 * thick, outline=_OUTLINE, width=thick)
    left_over = _write_labels(page, pen, [mark.label for mark in marks], boxes, thick, font)
    drawn = Image.alpha_composite(page.convert("RGBA"), layer).convert("RGB")
    target = io.BytesIO()
    _with_legend(drawn, left_over, thick, font).save(target, "PNG")
    return target.getvalue()


def _write_labels(
    page: Image.Image, pen: ImageDraw, labels: Sequence[str], boxes: Sequence[Box], thick: int, font: Any
) -> list[str]:
    """Write each label where the page is blank.

    Shapes:  the labels of which none found a place
    """
    grey = page.convert("L")
    taken: list[Box] = []
    left_over: list[str] = []
    for label, box in zip(labels, boxes, strict=True):
        size = _size(pen, label, thick, font)
        place = blank_place(grey, box, size, taken)
        if place is None:
            left_over.append(label)
            continue
        _write(pen, label, place, thick, font)
        taken.append((*place, place[0] + size[0], place[1] + size[1]))
    return left_over


def _with_legend(page: Image.Image, labels: Sequence[str], thick: int, font: Any) -> Image.Image:
    """Add a strip below the page for labels that found no blank place on it."""
    from PIL import Image, ImageDraw

    if not labels:
        return page
    text = "; ".join(labels)
    strip = _size(ImageDraw.Draw(page), text, thick, font)[1]
    whole = Image.new("RGB", (page.width, page.height + strip), (255, 255, 255))
    whole.paste(page, (0, 0))
    _write(ImageDraw.Draw(whole), text, (0, page.height), thick, font)
    return whole


def _size(pen: ImageDraw, label: str, thick: int, font: Any) -> tuple[int, int]:
    x0, y0, x1, y1 = pen.textbbox((0, 0), label, font=font)
    return math.ceil(x1 - x0) + 6 * thick, math.ceil(y1 - y0) + 4 * thick


def _write(pen: ImageDraw, label: str, place: tuple[int, int], thick: int, font: Any) -> None:
    x, y = place
    width, height = _size(pen, label, thick, font)
    x0, y0, _, _ = pen.textbbox((0, 0), label, font=font)
    pen.rounded_rectangle((x, y, x + width, y + height), radius=2 * thick, fill=_OUTLINE)
    pen.text((x + 3 * thick - x0, y + 2 * thick - y0), label, font=font, fill=_LABEL_TEXT)


def _pixels(box: Box, scale: float, margin: float) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = (value * scale for value in box)
    return x0 - margin * scale, top - margin * scale, x1 + margin * scale, bottom + margin * scale
