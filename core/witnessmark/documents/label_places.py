"""Where on a page a label can be written without covering anything that is printed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

Pixels = tuple[float, float, float, float]
"""Left, top, right, bottom."""

MAX_CONTRAST = 24
"""Of 255, between the lightest and the darkest pixel of paper: what a scan's grain shows, and no print."""
_STEPS = 40


def blank_place(
    page: Image.Image, box: Pixels, size: tuple[int, int], taken: Sequence[Pixels]
) -> tuple[int, int] | None:
    """Find a blank place for a label of `size` next to a box: above it, below it, to its sides, else the nearest.

    Paper comes before shaded places without print, such as the band of a heading.

    Shapes:  its top left pixel; None if the page has no such place; `page` is grey; `taken` are labels that are written
    """
    shades = page.histogram()
    paper = shades.index(max(shades))
    shaded: tuple[int, int] | None = None
    for x, y in _candidates(page.size, box, size):
        place = (x, y, x + size[0], y + size[1])
        shade = _shade_of_blank(page, place)
        if shade is None or any(_overlap(place, other) for other in taken):
            continue
        if abs(shade - paper) <= MAX_CONTRAST:
            return x, y
        shaded = shaded or (x, y)
    return shaded


def _candidates(page: tuple[int, int], box: Pixels, size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """List places from the upper right corner on: the first blank one is closest to where a reader looks."""
    left, top, right, bottom = box
    width, height = size
    furthest = page[0] - width, page[1] - height
    if min(furthest) < 0:
        return
    columns = [right - width - (right - left - width) * step / _STEPS for step in range(_STEPS + 1)]
    rows = [top + (bottom - top - height) * step / _STEPS for step in range(_STEPS + 1)]
    gaps = [height * step / 4 for step in range(4)]  # a table's own rules are often right above its words
    found = [(x, top - height - gap) for x in columns for gap in gaps]
    found += [(x, bottom + gap) for x in columns for gap in gaps]
    found += [(right, y) for y in rows] + [(left - width, y) for y in rows]
    yield from ((int(x), int(y)) for x, y in found if 0 <= x <= furthest[0] and 0 <= y <= furthest[1])
    spread = [
        (furthest[0] * column // _STEPS, furthest[1] * row // _STEPS)
        for row in range(_STEPS + 1)
        for column in range(_STEPS + 1)
    ]
    outside = [place for place in spread if not _overlap((*place, place[0] + width, place[1] + height), box)]
    yield from sorted(outside, key=lambda place: _distance((*place, place[0] + width, place[1] + height), box))


def _shade_of_blank(page: Image.Image, place: tuple[int, int, int, int]) -> float | None:
    """Give the shade of a place without print; None if something is printed there."""
    darkest, lightest = page.crop(place).getextrema()
    assert isinstance(darkest, int | float)
    assert isinstance(lightest, int | float)
    return lightest if lightest - darkest <= MAX_CONTRAST else None


def _overlap(one: Pixels, other: Pixels) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _distance(one: Pixels, other: Pixels) -> float:
    """Measure the gap between two places; 0 where they touch."""
    across = max(0.0, other[0] - one[2], one[0] - other[2])
    down = max(0.0, other[1] - one[3], one[1] - other[3])
    return across + down
