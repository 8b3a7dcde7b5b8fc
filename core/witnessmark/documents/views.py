"""What is to be seen of a document's pages: places, framed, in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Box = tuple[float, float, float, float]
"""(x0, top, x1, bottom), in points of a PDF page or pixels of an image, upright, from the top left corner."""
Size = tuple[float, float]

FrameKind = Literal["located", "displaced", "unlocated", "plain"]
"""How a place is framed: in a colour and with a line of its own; `plain` where nothing was looked up."""

LONGEST_SIDE = 1500
"""Pixels: what hosts are known to show and pass on without shrinking it. Source: the sheet on hosts, section 5"""
MOST_PIXELS = 1_200_000
"""A model's standard tier sees so many, and shrinks what has more. Source: Claude API documentation, "Vision"."""
MOST_BYTES = 600_000
"""Of a picture's file: as base64 it takes 800,000, and the most careful host ends a result at a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FramedPlace:
    """A place on a page and how it is framed.

    Units:  of the page
    """

    box: Box
    kind: FrameKind = "plain"
    label: str = ""
    """What its tag says; without one it has none."""
    needs_label: bool = True
    """Whether it has its tag also where that would hide something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """What is to be seen of one page.

    Units:  of the page
    """

    page: int
    places: tuple[FramedPlace, ...]
    nearby: tuple[Box, ...] = ()
    """What helps to recognise the places, such as their row and the headers of their columns; shown where it fits."""
    text_height: float | None = None
    """The height of a line of text in the places, which is to be legible; None where it is not known."""
    is_whole: bool = False
    """Whether all of the page is to be seen, however small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """A part of a page that a picture shows.

    Units:  `box` of the page; `at` pixels of the picture, (x0, top, x1, bottom)
    """

    page: int
    box: Box
    at: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePicture:
    """A picture of places, one part of a page below the other.

    Units:  `width` and `height` in pixels
    """

    content: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    parts: tuple[ShownPart, ...]


def views_to_wire(views: Sequence[PageView]) -> list[dict[str, Any]]:
    """Write views as JSON values."""
    return [asdict(view) for view in views]


def views_from_wire(wire: Sequence[dict[str, Any]]) -> tuple[PageView, ...]:
    """Read what `views_to_wire` wrote."""
    return tuple(
        PageView(
            page=view["page"],
            places=tuple(FramedPlace(**place | {"box": tuple(place["box"])}) for place in view["places"]),
            nearby=tuple(tuple(box) for box in view["nearby"]),
            text_height=view["text_height"],
            is_whole=view["is_whole"],
        )
        for view in wire
    )


def picture_to_wire(picture: EvidencePicture) -> tuple[dict[str, Any], bytes]:
    """Part a picture into its facts, as JSON values, and its bytes."""
    parts = [asdict(part) for part in picture.parts]
    facts = {"media_type": picture.media_type, "width": picture.width, "height": picture.height, "parts": parts}
    return facts, picture.content


def picture_from_wire(facts: dict[str, Any], content: bytes) -> EvidencePicture:
    """Undo `picture_to_wire`."""
    return EvidencePicture(
        content=content,
        media_type=facts["media_type"],
        width=facts["width"],
        height=facts["height"],
        parts=tuple(
            ShownPart(page=part["page"], box=tuple(part["box"]), at=tuple(part["at"])) for part in facts["parts"]
        ),
    )
