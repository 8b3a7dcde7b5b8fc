"""As what a picture is encoded: lossless where that is crisp and small, JPEG where it is not."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from PIL import Image

API_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
"""What the API takes, by Pillow's names. Source: Claude API documentation, "Vision", as of 2026-08-22"""
MOST_BYTES = 7_500_000
"""Bytes of an image: the API takes 10 MB, and measures the base64 text. Source: as above"""

_FLAT = 0.75
"""Share of pixels that are their right neighbour's twins. Screens and drawn pages have 0.8 and more, shrunk ones 0.4 to
0.7 where text is dense, photos and scans under 0.3. Below this, lossless takes twice JPEG's time and more bytes."""
_GROUND = 0.65
"""Share of pixels about as bright as the two most frequent brightnesses. Pages and screens have 0.74 and more, photos
0.2 to 0.6; a soft one with more is only prepared more slowly."""
_AS_BRIGHT = 16
_COLOURED = 24
"""Range of Cb or Cr in a picture with colours; a scan of black on cream has less."""
_PATCHES, _PATCH_SIDE = 5, 128
_SAMPLE = 256

# JPEG quality and chroma subsampling (0 is 4:4:4, 2 is 4:2:0). Measured by `benchmarks/images.py` beside quality 85 of
# a LANCZOS copy: BICUBIC takes 0.7 of LANCZOS's time, and these give back what it and draft decoding lose.
_PAGE = {"quality": 92, "subsampling": 0}
_GREYISH_PAGE = {"quality": 92, "subsampling": 2}
_PHOTO = {"quality": 87, "subsampling": 2}
_SMALLER = ({"quality": 80, "subsampling": 2}, {"quality": 60, "subsampling": 2})


def encoded(picture: Image.Image) -> tuple[bytes, str]:
    """Encode a picture of mode L or RGB.

    Shapes:  bytes, at most `MOST_BYTES`, and their media type
    """
    if flat_share(picture) >= _FLAT:
        content, media_type = _lossless(picture)
        if len(content) <= MOST_BYTES:
            return content, media_type
    content = b""
    first = _PHOTO
    if is_page_like(picture):
        first = _PAGE if _has_colours(picture) else _GREYISH_PAGE
    for options in (first, *_SMALLER):
        content = _saved(picture, "JPEG", **options)
        if len(content) <= MOST_BYTES:
            break
    return content, "image/jpeg"


def is_page_like(picture: Image.Image) -> bool:
    """Say whether a picture has a ground or two, as paper and screens have, rather than a photo's many brightnesses."""
    return ground_share(picture) >= _GROUND


def ground_share(picture: Image.Image) -> float:
    """Measure how much of a picture is about as bright as its two most frequent brightnesses.

    Shapes:  0 to 1
    """
    sample = _sampled(picture).convert("L")
    counts = sample.histogram()
    share = 0
    for _ in range(2):
        ground = max(range(256), key=counts.__getitem__)
        window = slice(max(0, ground - _AS_BRIGHT), ground + _AS_BRIGHT + 1)
        share += sum(counts[window])
        counts[window] = [0] * len(counts[window])
    return share / (sample.width * sample.height)


def _sampled(picture: Image.Image) -> Image.Image:
    """Take single pixels from all over a picture."""
    from PIL import Image

    sample = min(picture.width, _SAMPLE), min(picture.height, _SAMPLE)
    return picture.resize(sample, Image.Resampling.NEAREST)  # pyright: ignore[reportUnknownMemberType]  # half-typed there


def _has_colours(picture: Image.Image) -> bool:
    """Say whether there are colours with edges of their own, which 4:2:0 would blur."""
    if picture.mode == "L":
        return False
    chroma = _sampled(picture).convert("YCbCr").split()[1:]
    return any(high - low > _COLOURED for low, high in (cast("tuple[int, int]", band.getextrema()) for band in chroma))


def flat_share(picture: Image.Image) -> float:
    """Measure, on patches all over a picture, how many pixels have the colour of the pixel to their right.

    Shapes:  0 to 1; 3 ms
    """
    from PIL import ImageChops

    same = total = 0
    for left, top, right, bottom in _patches(*picture.size):
        here, next_to_it = picture.crop((left, top, right - 1, bottom)), picture.crop((left + 1, top, right, bottom))
        bands = ImageChops.difference(here, next_to_it).split()
        largest = bands[0]
        for band in bands[1:]:
            largest = ImageChops.lighter(largest, band)
        same += largest.histogram()[0]
        total += largest.width * largest.height
    return same / max(1, total)


def _patches(width: int, height: int) -> list[tuple[int, int, int, int]]:
    across, down = (
        sorted({(side - _PATCH_SIDE) * number // (_PATCHES - 1) for number in range(_PATCHES)})
        if side > _PATCH_SIDE
        else [0]
        for side in (width, height)
    )
    return [(x, y, min(width, x + _PATCH_SIDE), min(height, y + _PATCH_SIDE)) for x in across for y in down]


def _lossless(picture: Image.Image) -> tuple[bytes, str]:
    grey = _grey(picture)
    if grey is None:
        # Half of PNG's bytes in the same time; method 0 makes five times the bytes of 1 from drawn pages.
        return _saved(picture, "WEBP", lossless=True, method=1, quality=0), "image/webp"
    is_bilevel = not any(grey.histogram()[1:255])
    return _saved(grey.convert("1") if is_bilevel else grey, "PNG"), "image/png"


def _grey(picture: Image.Image) -> Image.Image | None:
    """Give the one band of a picture without colours."""
    from PIL import ImageChops

    if picture.mode == "L":
        return picture
    red, green, blue = picture.split()
    for other in (green, blue):
        if ImageChops.difference(red, other).getbbox() is not None:
            return None
    return red


def _saved(picture: Image.Image, format_: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, format_, **options)
    return target.getvalue()
