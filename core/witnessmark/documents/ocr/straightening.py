"""How a page's picture was put upright, and the way back from there."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Straightening:
    """A turn and a small rotation that made a page's text run level.

    Units:  pixels of the picture as it came for `width` and `height`; `turn` clockwise 0, 90, 180 or 270; `skew` in
            degrees counter-clockwise, after the turn, about the middle, on a canvas that grew to hold all
    """

    width: int
    height: int
    turn: int = 0
    skew: float = 0.0

    @property
    def turned_size(self) -> tuple[int, int]:
        return (self.width, self.height) if self.turn % 180 == 0 else (self.height, self.width)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the straightened picture."""
        width, height = self.turned_size
        if not self.skew:
            return width, height
        cos, sin = abs(math.cos(math.radians(self.skew))), abs(math.sin(math.radians(self.skew)))
        return math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)

    def back(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float]:
        """Find the box in the picture as it came that holds a box of the straightened one."""
        corners = [self._back(x, y) for x, y in ((x0, top), (x1, top), (x0, bottom), (x1, bottom))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def _back(self, x: float, y: float) -> tuple[float, float]:
        width, height = self.turned_size
        if self.skew:
            across, down = self.size
            angle = math.radians(self.skew)
            dx, dy = x - across / 2, y - down / 2
            x = dx * math.cos(angle) - dy * math.sin(angle) + width / 2
            y = dx * math.sin(angle) + dy * math.cos(angle) + height / 2
        match self.turn:
            case 90:
                return y, width - x
            case 180:
                return width - x, height - y
            case 270:
                return height - y, x
            case _:
                return x, y
