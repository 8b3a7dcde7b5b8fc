"""Pages of PDFs and of image files as whoever draws on them wants them: any part, at any scale. Runs in a worker."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from witnessmark.documents.images import ImageUnreadable, on_white, opened, turned_upright, with_plain_bands
from witnessmark.documents.panels import Panel
from witnessmark.documents.pdfium import PdfFile
from witnessmark.documents.views import Box, Size

if TYPE_CHECKING:
    from PIL import Image


class PdfPages:
    """Pages that PDFium draws; only the part that is shown is drawn."""

    is_image = False

    def __init__(self, pdf: PdfFile) -> None:
        self._pdf = pdf

    def size(self, page: int) -> Size:
        """Say how large a page is, in points.

        Errors:  `PdfUnreadable`
        """
        return self._pdf.page_size(page - 1)

    def draw(self, panel: Panel) -> Image.Image:
        """Draw a part of a page.

        Errors:  `PdfUnreadable`
        """
        from PIL import Image

        pixels = self._pdf.draw(panel.page - 1, panel.width, panel.height, box=panel.box)
        return Image.frombuffer("RGB", (panel.width, panel.height), pixels, "raw", "BGR", 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decoded:
    picture: Image.Image
    page: int
    scale: float
    """Pixels of `picture` for one of the file."""


class ImagePages:
    """Pages of an image file, of which `read_facts` has said how it is turned; each is decoded once."""

    is_image = True

    def __init__(self, content: bytes, sizes: Sequence[Size], *, orientation: int) -> None:
        self._content = content
        self._sizes = sizes
        self._orientation = orientation
        self._last: _Decoded | None = None

    def size(self, page: int) -> Size:
        return self._sizes[page - 1]

    def draw(self, panel: Panel) -> Image.Image:
        """Draw a part of a page; of a picture cut off, what is there, the rest grey.

        Errors:  `ImageUnreadable`
        """
        from PIL import Image

        found = self._last
        if found is None or found.page != panel.page or found.scale < min(1.0, panel.scale):
            found = self._last = self._decoded(panel.page, panel.scale)
        x0, top, x1, bottom = _before_turning(panel.box, self._sizes[panel.page - 1], self._orientation)
        width, height = found.picture.size
        box = (
            min(x0 * found.scale, width - 1.0),
            min(top * found.scale, height - 1.0),
            min(x1 * found.scale, float(width)),
            min(bottom * found.scale, float(height)),
        )
        size = (panel.height, panel.width) if self._orientation >= 5 else (panel.width, panel.height)
        part = found.picture.resize(size, Image.Resampling.BICUBIC, box=box)  # pyright: ignore[reportUnknownMemberType]  # half-typed there
        return turned_upright(on_white(part).convert("RGB"), self._orientation)

    def _decoded(self, page: int, scale: float) -> _Decoded:
        with suppress(ImageUnreadable):
            return self._decoded_as(page, scale, takes_part=False)
        return self._decoded_as(page, scale, takes_part=True)

    def _decoded_as(self, page: int, scale: float, *, takes_part: bool) -> _Decoded:
        with opened(self._content, page - 1, takes_part=takes_part) as image:
            width, height = image.size
            # A JPEG need not be decoded larger than it is shown.
            image.draft("RGB", (max(1, round(width * scale)), max(1, round(height * scale))))  # pyright: ignore[reportUnknownMemberType]  # half-typed there
            picture = with_plain_bands(image)
            picture.load()
            return _Decoded(picture=picture, page=page, scale=picture.width / width)


def _before_turning(box: Box, size: Size, orientation: int) -> Box:
    """Find a part of an upright picture in the picture as its file has it, which is never turned as a whole."""
    width, height = size
    x0, top, x1, bottom = box
    if orientation in {2, 3, 7, 6}:
        x0, x1 = width - x1, width - x0
    if orientation in {3, 4, 7, 8}:
        top, bottom = height - bottom, height - top
    return (top, x0, bottom, x1) if orientation >= 5 else (x0, top, x1, bottom)
