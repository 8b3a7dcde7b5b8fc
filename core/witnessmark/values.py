"""What a page holds, as frozen values: words, rules, fills, pictures.

Everywhere: points (1/72 inch), origin in the top left corner of the upright page (after the page's own rotation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundingBox:
    """A rectangle on a page, in points from the top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top


class Word(NamedTuple):
    """A run of characters without white space.

    A named tuple and not a dataclass: a page has a thousand, and a frozen dataclass takes five times as long to make.

    Units:  points; `top` and `bottom` are the font's line box (the same for "." and "T"), not the ink
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float = 0.0
    """Font size in points as drawn; 0 when unknown."""
    is_bold: bool = False
    angle: int = 0
    """Reading direction on the upright page, clockwise: 0, 90, 180 or 270."""

    @property
    def box(self) -> BoundingBox:
        return BoundingBox(x0=self.x0, top=self.top, x1=self.x1, bottom=self.bottom)


def enclosing(boxes: Sequence[BoundingBox | Word]) -> BoundingBox:
    """Find the smallest box around all `boxes`, of which there is at least one."""
    return BoundingBox(
        x0=min(box.x0 for box in boxes),
        top=min(box.top for box in boxes),
        x1=max(box.x1 for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight drawn line, horizontal or vertical, or one side of a drawn rectangle.

    Units:  points; the line's middle, so `top == bottom` for a horizontal rule and `x0 == x1` for a vertical one
    """

    x0: float
    top: float
    x1: float
    bottom: float
    width: float = 0.0
    """Stroke width in points."""

    @property
    def is_horizontal(self) -> bool:
        return self.bottom - self.top <= self.x1 - self.x0


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled rectangle that is not thin enough to be a rule: shading behind a row, a header band, a panel."""

    x0: float
    top: float
    x1: float
    bottom: float
    grey: int = 0
    """Brightness of the fill, 0 black to 255 white."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLayout:
    """Everything the offline engine reads of one page.

    Units:  points; the upright page from (0, 0) to (`width`, `height`)
    """

    page_number: int
    width: float
    height: float
    words: tuple[Word, ...] = ()
    """In the order of the text layer."""
    rules: tuple[Rule, ...] = ()
    fills: tuple[Fill, ...] = ()
    pictures: tuple[BoundingBox, ...] = ()
    """Where images stand on the page; one that covers the page with no words makes it a scan."""
