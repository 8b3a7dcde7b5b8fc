"""Pictures made ready for a model: of an image file, or of a page of a PDF. Runs in a worker."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from witnessmark.documents.images import (
    ImageUnreadable,
    on_white,
    opened,
    turned_upright,
    with_plain_bands,
)
from witnessmark.documents.pdfium import PdfFile
from witnessmark.documents.prepared import Box, PreparedImage, Purpose
from witnessmark.plans.image_formats import API_FORMATS, MOST_BYTES, encoded, is_page_like
from witnessmark.plans.image_sizes import MOST_PIECES, PAGE_DPI, PixelBox, pieces, sent_size
from witnessmark.plans.image_tokens import ImageTier, image_tokens

if TYPE_CHECKING:
    from PIL import Image

_LOOK_SHARE = 0.08
"""Part of a JPEG's bytes that is decoded to see whether it is a photo: 2 to 4 % of the time that decoding all takes."""

Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a picture is for, who looks at it, and which part of the page it is to show."""

    purpose: Purpose
    tier: ImageTier
    box: Box | None = None

    def size(self, box: PixelBox) -> Size:
        """Say at which size a part of a picture is sent."""
        return sent_size(box[2] - box[0], box[3] - box[1], self.purpose, self.tier)


class TooManyPieces(Exception):
    """A strip would take more than `MOST_PIECES`."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count
        self.limit = MOST_PIECES


class EmptyBox(Exception):
    """The part that was asked for has no pixel on the page."""


def prepare_image(
    content: bytes, index: int, wanted: Wanted, *, orientation: int, is_damaged: bool
) -> list[PreparedImage]:
    """Prepare one page of an image file, of which `read_facts` has said how it is turned and whether it is whole.

    Shapes:  one picture, or the pieces of a strip; the file's own bytes where they are fit to be sent
    Errors:  `ImageUnreadable`, `TooManyPieces`, `EmptyBox`
    """
    with opened(content, index, takes_part=False) as image:
        size = (image.height, image.width) if orientation >= 5 else image.size
    boxes = _pieces(_pixel_box(wanted.box, size), wanted)
    if not is_damaged:
        with suppress(ImageUnreadable):  # a later page of a TIFF may be damaged where the first is not
            return _decoded(content, index, boxes, wanted, orientation, takes_part=False)
    return _decoded(content, index, boxes, wanted, orientation, takes_part=True)


def _decoded(
    content: bytes, index: int, boxes: list[PixelBox], wanted: Wanted, orientation: int, *, takes_part: bool
) -> list[PreparedImage]:
    with opened(content, index, takes_part=takes_part) as image:
        size = (image.height, image.width) if orientation >= 5 else image.size
        if boxes == [(0, 0, *size)]:
            target = wanted.size(boxes[0])
            if target == size and orientation == 1 and not takes_part and _is_fit(image, content):
                return [_picture(content, API_FORMATS[str(image.format)], size, wanted, boxes[0])]
            shrunk = _shrunk(image, content, (target[1], target[0]) if orientation >= 5 else target)
            return [_encoded(turned_upright(shrunk, orientation), wanted, boxes[0])]
        upright = turned_upright(with_plain_bands(image), orientation)
        return [_encoded(_resized(upright.crop(box), wanted.size(box)), wanted, box) for box in boxes]


def prepare_page(pdf: PdfFile, index: int, wanted: Wanted) -> list[PreparedImage]:
    """Draw one page of a PDF at the size that the model sees.

    Shapes:  as `prepare_image`
    Errors:  `PdfUnreadable`, `TooManyPieces`, `EmptyBox`
    """
    from PIL import Image

    x0, top, x1, bottom = _within(wanted.box, pdf.page_size(index))
    scale = PAGE_DPI / 72
    full = max(1, round((x1 - x0) * scale)), max(1, round((bottom - top) * scale))
    images: list[PreparedImage] = []
    for box in _pieces((0, 0, *full), wanted):
        width, height = wanted.size(box)
        shown = (x0 + box[0] / scale, top + box[1] / scale, x0 + box[2] / scale, top + box[3] / scale)
        pixels = pdf.draw(index, width, height, box=shown)
        images.append(_encoded(Image.frombuffer("RGB", (width, height), pixels, "raw", "BGR", 0, 1), wanted, shown))
    return images


def _pieces(part: PixelBox, wanted: Wanted) -> list[PixelBox]:
    left, top, right, bottom = part
    found = pieces(right - left, bottom - top, wanted.purpose, wanted.tier)
    if len(found) > MOST_PIECES:
        raise TooManyPieces(len(found))
    return [(left + x0, top + y0, left + x1, top + y1) for x0, y0, x1, y1 in found]


def _within(box: Box | None, page: tuple[float, float]) -> Box:
    if box is None:
        return 0.0, 0.0, *page
    x0, top, x1, bottom = max(0.0, box[0]), max(0.0, box[1]), min(page[0], box[2]), min(page[1], box[3])
    if not (x0 < x1 and top < bottom):
        raise EmptyBox
    return x0, top, x1, bottom


def _pixel_box(box: Box | None, size: Size) -> PixelBox:
    """Take the pixels that a box touches."""
    x0, top, x1, bottom = _within(box, size)
    return int(x0), int(top), -int(-x1 // 1), -int(-bottom // 1)


def _is_fit(image: Image.Image, content: bytes) -> bool:
    """Say whether a file of the right size can be sent as it is.

    Not what the API would have to flatten, guess the colours of, or choose a picture from.
    """
    if image.format not in API_FORMATS or len(content) > MOST_BYTES:
        return False
    if getattr(image, "n_frames", 1) > 1 or "transparency" in image.info:
        return False
    if image.format == "PNG" and content[24] == 16:  # IHDR's bit depth; Pillow shows colours of 16 bits as RGB
        return False
    if image.mode in {"LA", "RGBA"}:
        return image.getchannel("A").getextrema() == (255, 255)
    return image.mode in {"1", "L", "P", "RGB"}


def _shrunk(image: Image.Image, content: bytes, size: Size) -> Image.Image:
    """Decode a picture and bring it to a size; a photo is not decoded larger than that takes."""
    is_photo = min(image.width // size[0], image.height // size[1]) >= 2 and _looks_like_a_photo(image, content)
    if is_photo:
        image.draft("RGB", size)  # pyright: ignore[reportUnknownMemberType]  # half-typed there
        shrunk = _resized(with_plain_bands(image), size)
        if not is_page_like(shrunk):
            return shrunk
        with opened(content, 0, takes_part=False) as again:
            return _resized(with_plain_bands(again), size)
    return _resized(with_plain_bands(image), size)


def _looks_like_a_photo(image: Image.Image, content: bytes) -> bool:
    """Judge a colour JPEG by its beginning, an eighth as large; text loses too much by draft decoding."""
    from PIL import Image, ImageChops, ImageFile

    if image.format not in {"JPEG", "MPO"} or image.mode != "RGB":
        return False
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
    try:
        with Image.open(io.BytesIO(content[: max(65536, round(len(content) * _LOOK_SHARE))])) as beginning:
            beginning.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))  # pyright: ignore[reportUnknownMemberType]  # half-typed there
            rows = beginning.convert("L")
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    # Where the bytes end, the last row is repeated to the bottom.
    above, below = rows.crop((0, 0, rows.width, rows.height - 1)), rows.crop((0, 1, *rows.size))
    changing = ImageChops.difference(above, below).getbbox()
    return changing is not None and not is_page_like(rows.crop((0, 0, rows.width, changing[3])))


def _resized(image: Image.Image, size: Size) -> Image.Image:
    """Bring plain bands to a size, and to L or RGB on white: flattening is cheaper on fewer pixels, and the same."""
    from PIL import Image

    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC)  # pyright: ignore[reportUnknownMemberType]  # half-typed there
    return on_white(image)


def _encoded(picture: Image.Image, wanted: Wanted, box: Box) -> PreparedImage:
    content, media_type = encoded(picture)
    return _picture(content, media_type, picture.size, wanted, box)


def _picture(content: bytes, media_type: str, size: Size, wanted: Wanted, box: Box) -> PreparedImage:
    width, height = size
    tokens = image_tokens(width, height, wanted.tier)
    return PreparedImage(content=content, media_type=media_type, width=width, height=height, tokens=tokens, box=box)
