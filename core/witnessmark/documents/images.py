"""Image files: what they are, without decoding more than that takes. Runs in a worker."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

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


def read_facts(content: bytes, *, max_pixels: int) -> ImageFacts:
    """Read an image's size, frames and orientation, and try to decode its first frame.

    Errors:  `ImageUnreadable`
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own bound is checked below, before anything is decoded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
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
                image.seek(0)
                return ImageFacts(
                    frames=tuple(frames),
                    mode=image.mode,
                    orientation=orientation,
                    is_animated=count > 1 and not is_paged,
                    is_damaged=not _decodes(image),
                )
        except ImageUnreadable:
            raise
        except MemoryError:
            raise
        except Exception as error:  # Pillow's decoders raise all kinds on damaged files
            raise ImageUnreadable("damaged") from error


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001 - bad EXIF is ignored: the picture is still good
        return 1
    return value if value in range(1, 9) else 1


def _frame(image: Image.Image, orientation: int) -> FrameFacts:
    width, height = image.size
    return FrameFacts(width=height, height=width) if orientation >= 5 else FrameFacts(width=width, height=height)


def _decodes(image: Image.Image) -> bool:
    try:
        image.load()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the answer is the point
        return False
    return True
