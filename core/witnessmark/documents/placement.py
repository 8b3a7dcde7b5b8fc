"""From a PDF page's own coordinates to the upright page that people see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where the visible page lies in its own coordinates, and how far it is turned clockwise to be upright.

    Units:  points, origin bottom left; `rotation` 0, 90, 180 or 270
    """

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @cached_property
    def width(self) -> float:
        """Width of the upright page."""
        return self.right - self.left if self.rotation % 180 == 0 else self.top - self.bottom

    @cached_property
    def height(self) -> float:
        return self.top - self.bottom if self.rotation % 180 == 0 else self.right - self.left

    def upright(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Turn a box, lower left corner first, to top left coordinates of the upright page.

        Shapes:  (x0, top, x1, bottom), ordered
        """
        if self.rotation == 0:  # nearly every page, and asked for every word
            return x0 - self.left, self.top - y1, x1 - self.left, self.top - y0
        a, b = self.point(x0, y0), self.point(x1, y1)
        return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Turn a point; the answer counts from the top left of the upright page."""
        match self.rotation:
            case 90:
                return y - self.bottom, x - self.left
            case 180:
                return self.right - x, y - self.bottom
            case 270:
                return self.top - y, self.right - x
            case _:
                return x - self.left, self.top - y
