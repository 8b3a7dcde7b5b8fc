"""Pictures as they are sent to a model: what they show, how large they are, what they cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from witnessmark.errors import InputError

Purpose = Literal["reading", "classification"]
"""`reading` takes all that the model can see, `classification` what tells an invoice from a letter."""
Box = tuple[float, float, float, float]
"""(x0, top, x1, bottom), in points of a PDF page or pixels of an image, upright, from the top left corner."""


class Sight(Protocol):
    """How much of an image a model sees; `plans.image_tokens.ImageTier` is one."""

    @property
    def long_edge(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedImage:
    """A picture that the API takes as it is and the model sees as it is: nothing of it is shrunk on the way.

    Units:  `width` and `height` in pixels, `box` as its type says
    """

    content: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    tokens: int
    box: Box
    """The part of the page that it shows."""

    def on_page(self, x: float, y: float) -> tuple[float, float]:
        """Say where on the page a pixel of this picture lies."""
        x0, top, x1, bottom = self.box
        return x0 + x * (x1 - x0) / self.width, top + y * (bottom - top) / self.height


class NoPicture(InputError):
    """Plain text, or a PDF so damaged that its pages cannot be drawn."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} has no pages that can be shown as pictures.", "Use its text instead.")


class StripTooLong(InputError):
    """A picture so long and narrow that it takes more pieces than one request carries."""

    def __init__(self, name: str, *, pieces: int, limit: int) -> None:
        super().__init__(
            f"{name!r} is so long that reading it takes {pieces:,} pieces, and the limit is {limit}.",
            "Cut it into several files, or name the part that matters.",
        )


class BoxOutside(InputError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"The box lies outside the page of {name!r}, or has no area.",
            "Give x0, top, x1, bottom from the page's top left corner, in points of a PDF or pixels of an image.",
        )


def images_to_wire(images: Iterable[PreparedImage]) -> tuple[dict[str, Any], bytes]:
    """Put the facts of pictures into one list, and their bytes one after the other."""
    facts: list[dict[str, Any]] = []
    payload = bytearray()
    for image in images:
        payload += image.content
        facts.append(
            {
                "media_type": image.media_type,
                "width": image.width,
                "height": image.height,
                "tokens": image.tokens,
                "box": image.box,
                "bytes": len(image.content),
            }
        )
    return {"images": facts}, bytes(payload)


def images_from_wire(answer: dict[str, Any], payload: bytes) -> tuple[PreparedImage, ...]:
    """Undo `images_to_wire`."""
    images: list[PreparedImage] = []
    start = 0
    for facts in answer["images"]:
        end = start + facts["bytes"]
        images.append(
            PreparedImage(
                content=payload[start:end],
                media_type=facts["media_type"],
                width=facts["width"],
                height=facts["height"],
                tokens=facts["tokens"],
                box=tuple(facts["box"]),
            )
        )
        start = end
    return tuple(images)
