"""Places of a page set side by side on one sheet, which OCR reads at once. Cut in one worker, read in another.

Reading a sheet of forty words takes a fraction of what the whole page takes, and what was read where is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

    from witnessmark.documents.ocr.engine import OcrEngine
    from witnessmark.documents.ocr.pixels import Pixels

SHEET_WIDTH = 1200
MOST_PLACES = 80
"""Places on one sheet."""
LINE_HEIGHT = 32
"""Pixels that a place is made high, as the models see a line. Of 788 figures of real pages, two were misread."""
CAREFUL_HEIGHT = 48
_APART = 60
"""Pixels of white between places: more than a column's gap, so that each is read by itself."""
_EDGE = 20
PAPER = 255

_Slot = tuple[int, int, int, int]
"""x0, top, x1, bottom of a place on a sheet, in pixels."""


class SeenPlace(NamedTuple):
    """What OCR sees in a place: its text without spaces, and how sure it is of the least sure word; 0 of none."""

    text: str
    confidence: float


class Sheet(NamedTuple):
    """A sheet to be read.

    Units:  pixels, one grey byte each, row by row
    """

    width: int
    height: int
    pixels: bytes
    slots: list[_Slot]


def sheet_of(page: Image.Image, boxes: Sequence[tuple[float, float, float, float]], *, line_height: int) -> Sheet:
    """Set places of a page's picture side by side.

    Shapes:  as many slots as `boxes`, in their order
    Units:   pixels of the picture
    """
    from PIL import Image

    crops = [_crop(page, box, line_height) for box in boxes]
    slots: list[_Slot] = []
    x = top = _EDGE
    for crop in crops:
        if x > _EDGE and x + crop.width + _EDGE > SHEET_WIDTH:
            x, top = _EDGE, top + line_height + line_height // 2
        slots.append((x, top, x + crop.width, top + line_height))
        x += crop.width + _APART
    height = top + line_height + _EDGE
    sheet = Image.new("L", (SHEET_WIDTH, height), PAPER)
    for crop, slot in zip(crops, slots, strict=True):
        sheet.paste(crop, slot[:2])
    return Sheet(width=SHEET_WIDTH, height=height, pixels=sheet.tobytes(), slots=slots)


def _crop(page: Image.Image, box: tuple[float, float, float, float], line_height: int) -> Image.Image:
    """Cut a place out, dark on light, as high as a line of the sheet."""
    from PIL import Image, ImageOps, ImageStat

    x0, top, x1, bottom = box
    place = (max(0, int(x0)), max(0, int(top)), min(page.width, int(x1) + 1), min(page.height, int(bottom) + 1))
    if place[2] <= place[0] or place[3] <= place[1]:
        return Image.new("L", (line_height, line_height), PAPER)
    crop = page.crop(place)
    if ImageStat.Stat(crop).median[0] < PAPER // 2:
        crop = ImageOps.invert(crop)
    width = min(SHEET_WIDTH - 2 * _EDGE, max(1, round(crop.width * line_height / crop.height)))
    return crop.resize((width, line_height), Image.Resampling.BICUBIC)  # pyright: ignore[reportUnknownMemberType]  # half-typed there


def read_sheet(pixels: Pixels, slots: Sequence[_Slot], engine: OcrEngine, *, careful: bool) -> list[SeenPlace]:
    """Read a sheet.

    Shapes:  as many as `slots`, in their order
    """
    from witnessmark.documents.ocr.words import words_of_line

    found: list[list[tuple[float, str, float]]] = [[] for _ in slots]
    for line in engine.read(pixels) if careful else engine.skim(pixels):
        for word in words_of_line(line, pixels):
            x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
            for place, (x0, top, x1, bottom) in zip(found, slots, strict=True):
                if x0 - _APART / 2 <= x <= x1 + _APART / 2 and top <= y <= bottom:
                    place.append((word.x0, word.text, word.confidence))
    return [
        SeenPlace("".join(text for _, text, _ in sorted(place)), min((sure for *_, sure in place), default=0.0))
        for place in found
    ]
