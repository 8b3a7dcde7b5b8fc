"""What is inside of images and PDFs, as far as the API looks: size, type, pages and their text."""

from __future__ import annotations

import hashlib
import io
import math
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from witnessmark.testing import checks

MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}
"""What a file of each kind of image begins with."""
MOST_SIDE = 8000
"""Of any image, in pixels."""
PATCH = 28
"""Side of the square of pixels that makes one token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContent:
    """An image as it was sent.

    Units:  pixels
    """

    media_type: str
    width: int
    height: int
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPage:
    """A page of a PDF that was sent.

    Units:  points, as a viewer shows the page
    """

    page_number: int
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfContent:
    """A PDF as it was sent."""

    pages: tuple[PdfPage, ...]
    data: bytes
    sha256: str


class Reader:
    """Reads contents, and remembers the last ones by their hash: what is sent again is not read again."""

    def __init__(self) -> None:
        self._images: OrderedDict[str, tuple[str, int, int]] = OrderedDict()
        self._pdfs: OrderedDict[str, tuple[PdfPage, ...]] = OrderedDict()

    def image(self, data: bytes, declared: str | None, where: str) -> ImageContent:
        """Read an image; `declared` is the media type it should have, None where nobody said."""
        sha256 = hashlib.sha256(data).hexdigest()
        media_type, width, height = _remembered(self._images, sha256, lambda: _read_image(data, where))
        if declared is not None and declared != media_type:
            raise checks.IMAGE_MEDIA_TYPE(
                f"{where}: The image was specified using the {declared} media type, but the image appears to be a "
                f"{media_type} image"
            )
        return ImageContent(media_type=media_type, width=width, height=height, data=data, sha256=sha256)

    def pdf(self, data: bytes, where: str) -> PdfContent:
        """Read a PDF: its pages, their sizes and the text of their text layers."""
        sha256 = hashlib.sha256(data).hexdigest()
        return PdfContent(
            pages=_remembered(self._pdfs, sha256, lambda: _read_pdf(data, where)), data=data, sha256=sha256
        )


_Known = TypeVar("_Known")


def _remembered(known: OrderedDict[str, _Known], key: str, read: Callable[[], _Known]) -> _Known:
    if (found := known.get(key)) is not None:
        return found
    found = known[key] = read()
    while len(known) > 256:
        known.popitem(last=False)
    return found


def _read_image(data: bytes, where: str) -> tuple[str, int, int]:
    from PIL import Image

    media_type = next((media_type for magic, media_type in MAGIC.items() if data.startswith(magic)), None)
    if media_type is None:
        raise checks.IMAGE_UNREADABLE(f"{where}: Could not process image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of bombs: the limit on sides is the API's own answer to them
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP")) as image:
                width, height = image.size
                if max(width, height) <= MOST_SIDE:  # a larger one is refused before anybody decodes it
                    image.draft(image.mode, (width // 8, height // 8))
                    image.load()
    except Image.DecompressionBombError:
        return media_type, MOST_SIDE + 1, MOST_SIDE + 1  # its sides are not told, and at least one is longer than that
    except Exception as error:
        raise checks.IMAGE_UNREADABLE(f"{where}: Could not process image") from error
    return media_type, width, height


def _read_pdf(data: bytes, where: str) -> tuple[PdfPage, ...]:
    from pypdf import PdfReader

    try:
        with io.BytesIO(
            data
        ) as file:  # closed, or the reader, which refers to itself, keeps the bytes until it is collected
            reader = PdfReader(file)
            if reader.is_encrypted:
                raise checks.PDF_ENCRYPTED(f"{where}: The PDF specified is password protected.")
            pages = tuple(_page(number, page) for number, page in enumerate(reader.pages, start=1))
    except checks.ApiError:
        raise
    except Exception as error:  # pypdf raises whatever a damaged file makes it run into
        raise checks.PDF_DAMAGED(f"{where}: The PDF specified was not valid.") from error
    if not pages:
        raise checks.PDF_DAMAGED(f"{where}: The PDF specified has no pages.")
    return pages


def _page(number: int, page: Any) -> PdfPage:
    width, height = float(page.cropbox.width), float(page.cropbox.height)
    if page.rotation % 180:
        width, height = height, width
    return PdfPage(page_number=number, width=width, height=height, text=page.extract_text())


# --- tokens of pictures ---------------------------------------------------------------------------------------------


def seen_size(width: int, height: int, *, edge: int, most: int) -> tuple[int, int]:
    """Say how large the model sees an image.

    Units:   pixels; `edge` is the tier's longest side, `most` its tokens
    Source:  fact sheet §2.1: the largest long side, found by halving, whose rounded partner fits both limits
    """
    if _fits(width, height, edge, most):
        return width, height
    long, short = max(width, height), min(width, height)
    fits, too_large = 1, long
    while too_large - fits > 1:
        tried = (fits + too_large) // 2
        if _fits(tried, _partner(tried, long / short), edge, most):
            fits = tried
        else:
            too_large = tried
    partner = _partner(fits, long / short)
    return (fits, partner) if width >= height else (partner, fits)


def tokens_of_picture(width: int, height: int, *, edge: int, most: int) -> int:
    """Count what an image of this size costs."""
    return _patches(*seen_size(width, height, edge=edge, most=most))


def tokens_of_page_picture(page: PdfPage, *, edge: int, most: int) -> int:
    """Count the picture of a PDF page at the largest size the model sees; the API's own size is not published."""
    scale = edge / max(page.width, page.height, 1)
    return tokens_of_picture(
        max(1, round(page.width * scale)), max(1, round(page.height * scale)), edge=edge, most=most
    )


def _partner(long: int, ratio: float) -> int:
    return max(round(long / ratio), 1)


def _patches(width: int, height: int) -> int:
    return math.ceil(width / PATCH) * math.ceil(height / PATCH)


def _fits(width: int, height: int, edge: int, most: int) -> bool:
    return math.ceil(max(width, height) / PATCH) * PATCH <= edge and _patches(width, height) <= most
