"""Image files: what they are, without decoding more than that takes. Runs in a worker."""

from __future__ import annotations

import io
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from PIL import Image

ORIENTATION_TAG = 0x0112
"""EXIF tag of the camera's orientation (EXIF 2.32, table 3); 5 to 8 swap the sides."""

MAX_FRAMES = 2000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")


class ImageUnreadable(Exception):
    """The bytes cannot be decoded; `cause` says which of our sentences fits."""

    def __init__(self, cause: Literal["damaged", "too-many-pixels"]) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFacts:
    """One page of a TIFF, or the one picture of another file, upright.

    Units:  pixels
    """

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What an image file holds."""

    frames: tuple[FrameFacts, ...]
    mode: str
    orientation: int
    """EXIF orientation, 1 to 8; 1 is upright. The frames' sizes are those after turning."""
    is_animated: bool
    """GIF, WebP or APNG with more than one picture; only the first is read."""
    is_damaged: bool
    """The header can be read but not all of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreyPicture:
    """One page of an image file as grey pixels, row by row without padding.

    Units:  pixels; `shrunk` pixels of the file make one of these
    """

    width: int
    height: int
    shrunk: float
    pixels: bytes


def read_facts(content: bytes, *, max_pixels: int) -> ImageFacts:
    """Read an image's size, frames and orientation, and try to decode its first frame.

    Errors:  `ImageUnreadable`
    """
    header = _header(content, max_pixels)  # reading it may decode the picture, which is let go of before the next time
    return replace(header, is_damaged=not _decodes(content))


def _header(content: bytes, max_pixels: int) -> ImageFacts:
    with opened(content, 0, takes_part=False) as image:
        if image.width * image.height > max_pixels:
            raise ImageUnreadable("too-many-pixels")
        orientation = _orientation(image)
        is_paged = image.format == "TIFF"
        count = min(getattr(image, "n_frames", 1), MAX_FRAMES)
        frames: list[FrameFacts] = []
        for index in range(count if is_paged else 1):
            image.seek(index)
            frames.append(_frame(image, orientation))
        if not frames:
            raise ImageUnreadable("damaged")
        if max(frame.width * frame.height for frame in frames) > max_pixels:
            raise ImageUnreadable("too-many-pixels")
        return ImageFacts(
            frames=tuple(frames),
            mode=image.mode,
            orientation=orientation,
            is_animated=count > 1 and not is_paged,
            is_damaged=False,
        )


def read_pixels(content: bytes, index: int, *, most_pixels: int) -> GreyPicture:
    """Decode one page of an image to grey, upright, on white where it is transparent.

    Shapes:  a picture of more than `most_pixels` is shrunk to that; of one cut off, what is there, the rest grey
    Errors:  `ImageUnreadable`
    """
    from PIL import Image

    try:
        grey, orientation = _decoded(content, index, takes_part=False)
    except ImageUnreadable:
        grey, orientation = _decoded(content, index, takes_part=True)
    upright = turned_upright(grey, orientation)
    full_width = upright.width
    if upright.width * upright.height > most_pixels:
        shrink = (most_pixels / (upright.width * upright.height)) ** 0.5
        size = max(1, int(upright.width * shrink)), max(1, int(upright.height * shrink))
        upright = upright.resize(size, Image.Resampling.BOX)  # pyright: ignore[reportUnknownMemberType]  # half-typed there
    return GreyPicture(
        width=upright.width, height=upright.height, shrunk=full_width / upright.width, pixels=upright.tobytes()
    )


def _decoded(content: bytes, index: int, *, takes_part: bool) -> tuple[Image.Image, int]:
    with opened(content, index, takes_part=takes_part) as image:
        orientation = _orientation(image)
        image.draft("L", None)  # pyright: ignore[reportUnknownMemberType] - JPEG skips its colours
        return _grey(image), orientation


@contextmanager
def opened(content: bytes, index: int, *, takes_part: bool) -> Generator[Image.Image]:
    """Open one page of an image; what its pixels turn out to be is known when they are used, inside the block.

    Shapes:  with `takes_part`, of a picture cut off what is there, the rest grey
    Errors:  `ImageUnreadable`
    """
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = None  # `read_facts` has checked our own bound
    ImageFile.LOAD_TRUNCATED_IMAGES = takes_part
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                image.seek(index)
                yield image
        except (ImageUnreadable, MemoryError):
            raise
        except Exception as error:  # Pillow's decoders raise all kinds on damaged files
            raise ImageUnreadable("damaged") from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False


def turned_upright(image: Image.Image, orientation: int) -> Image.Image:
    """Undo the turn of an EXIF orientation."""
    turn = _turns().get(orientation)
    return image.transpose(turn) if turn is not None else image


def _turns() -> dict[int, Image.Transpose]:
    """Map an EXIF orientation to what undoes it."""
    from PIL.Image import Transpose

    return {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }


def _grey(image: Image.Image) -> Image.Image:
    """Bring any mode to eight bits of grey."""
    return on_white(with_plain_bands(image)).convert("L")


def with_plain_bands(image: Image.Image) -> Image.Image:
    """Bring any mode to bands of eight bits that can be averaged: L, LA, RGB, RGBA or CMYK."""
    if image.mode.startswith("I") or image.mode == "F":
        return _scaled(image)
    if image.mode in {"L", "RGB", "CMYK", "LA", "RGBA"} and "transparency" not in image.info:
        return image
    if image.mode == "La":
        return image.convert("LA")
    if image.mode in {"RGBa", "PA"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def on_white(image: Image.Image) -> Image.Image:
    """Bring plain bands to L or RGB, on white where they are transparent."""
    from PIL import Image

    if image.mode in {"LA", "RGBA"}:
        target = image.mode.removesuffix("A")
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        white.alpha_composite(image)
        return white.convert(target)
    return image if image.mode == "L" else image.convert("RGB") if image.mode != "RGB" else image


def _scaled(image: Image.Image) -> Image.Image:
    """Scale grey of more than eight bits: by its depth, or by what is in it where that is dark all over."""
    low, high = cast("tuple[float, float]", image.convert("F").getextrema())
    top = 65535.0 if high > 255 and image.mode.startswith("I") else 255.0
    if high > top or low < 0 or high < top / 4:
        bottom, top = low, max(high, low + 1)
    else:
        bottom = 0.0
    factor = 255.0 / (top - bottom)
    return image.convert("F").point(lambda value: value * factor - bottom * factor).convert("L")


def _orientation(image: Image.Image) -> int:
    if image.format == "TIFF":
        return 1  # Pillow turns a TIFF by itself, its size included
    try:
        value = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001 - bad EXIF is ignored: the picture is still good
        return 1
    return value if value in range(1, 9) else 1


def _frame(image: Image.Image, orientation: int) -> FrameFacts:
    width, height = image.size
    return FrameFacts(width=height, height=width) if orientation >= 5 else FrameFacts(width=width, height=height)


def _decodes(content: bytes) -> bool:
    from PIL import Image

    try:
        # Opened anew: reading a PNG's EXIF decodes it, and what fails then is not told a second time.
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            image.load()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the answer is the point
        return False
    return True
