"""What two pages show beside their words: a stamp, a signature, a figure that only one of them has."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from witnessmark.values import BoundingBox

if TYPE_CHECKING:
    from PIL import Image

SIDE = 560
"""Pixels of a drawing's longer side: a signature is some sixty wide."""
INK = 200
"""A pixel darker than this, of 255, is ink."""
SLACK = 5
"""Pixels of the square in which ink may stand elsewhere: edges are drawn a little differently, and pages shift."""
TILE = 8
LEAST_INK = 0.06
"""Of a tile's pixels."""
LEAST_TILES = 3
"""Side by side, of which something is that a person would see."""
GAP = 2
"""Tiles without ink between parts of one thing."""
MOST_FOUND = 12


class DrawnPage(NamedTuple):
    """A page as it is compared.

    Units:  `png` in pixels; `width`, `words` in points of the page, of an image in its pixels
    """

    png: bytes
    width: float
    words: Sequence[BoundingBox]


class Looks(NamedTuple):
    """Where pages differ beside their words, in points of each page; the same place on both."""

    before: list[BoundingBox]
    after: list[BoundingBox]


def differing_places(before: DrawnPage, after: DrawnPage, *, right: float, down: float) -> Looks:
    """Find the places where one page has ink that the other has not, words aside.

    Units:   `right` and `down`, by how much the words of `after` stand further on
    Errors:  none; a place of a few pixels is none
    """
    from PIL import ImageChops

    one, scale = _drawn(before)
    other, other_scale = _drawn(after)
    if abs(other_scale / scale - 1) > 0.002:
        factor = scale / other_scale
        other = other.resize((max(1, round(other.width * factor)), max(1, round(other.height * factor))))
    other = _moved(other, one.size, -round(right * scale), -round(down * scale))
    boxes = [*before.words, *(_shifted(box, -right, -down) for box in after.words)]
    ink = [_ink(page, boxes, scale) for page in (one, other)]
    gone = ImageChops.subtract(ink[0], _spread(ink[1]))
    new = ImageChops.subtract(ink[1], _spread(ink[0]))
    found = _places(ImageChops.lighter(gone, new), scale)[:MOST_FOUND]
    return Looks(found, [_shifted(box, right, down) for box in found])


def has_marks(page: DrawnPage) -> bool:
    """Say whether a page shows anything beside its words: what could be a stamp, a figure, a signature."""
    drawn, scale = _drawn(page)
    return bool(_places(_ink(drawn, page.words, scale), scale))


def _drawn(page: DrawnPage) -> tuple[Image.Image, float]:
    from PIL import Image

    with Image.open(io.BytesIO(page.png)) as picture:
        grey = picture.convert("L")
    return grey, grey.width / page.width


def _moved(picture: Image.Image, size: tuple[int, int], right: int, down: int) -> Image.Image:
    from PIL import Image

    moved = Image.new("L", size, 255)
    moved.paste(picture, (right, down))
    return moved


def _shifted(box: BoundingBox, right: float, down: float) -> BoundingBox:
    return BoundingBox(x0=box.x0 + right, top=box.top + down, x1=box.x1 + right, bottom=box.bottom + down)


def _ink(picture: Image.Image, words: Sequence[BoundingBox], scale: float) -> Image.Image:
    """Make ink white on black, without the words of either page."""
    from PIL import ImageDraw

    ink = picture.point([255 if value < INK else 0 for value in range(256)])
    draw = ImageDraw.Draw(ink)
    for box in words:
        draw.rectangle(
            (box.x0 * scale - 1.5, box.top * scale - 1.5, box.x1 * scale + 1.5, box.bottom * scale + 1.5), fill=0
        )
    return ink


def _spread(ink: Image.Image) -> Image.Image:
    from PIL import ImageFilter

    return ink.filter(ImageFilter.MaxFilter(SLACK))


def _places(ink: Image.Image, scale: float) -> list[BoundingBox]:
    """Put tiles with ink together that are near each other."""
    columns, rows = -(-ink.width // TILE), -(-ink.height // TILE)
    shares = ink.crop((0, 0, columns * TILE, rows * TILE)).reduce(TILE).tobytes()
    inked = {(place % columns, place // columns) for place, share in enumerate(shares) if share >= LEAST_INK * 255}
    found: list[tuple[int, BoundingBox]] = []
    while inked:
        group = _group(inked)
        if len(group) < LEAST_TILES:
            continue
        x0, x1 = min(x for x, _ in group), max(x for x, _ in group) + 1
        top, bottom = min(y for _, y in group), max(y for _, y in group) + 1
        size = TILE / scale
        found.append((len(group), BoundingBox(x0=x0 * size, top=top * size, x1=x1 * size, bottom=bottom * size)))
    found.sort(key=lambda one: -one[0])
    return [box for _, box in found]


def _group(inked: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take tiles that are near each other out of `inked`."""
    group = [inked.pop()]
    for x, y in group:  # grows while it is walked through
        near = [
            (x + right, y + down)
            for right in range(-GAP, GAP + 1)
            for down in range(-GAP, GAP + 1)
            if (x + right, y + down) in inked
        ]
        inked.difference_update(near)
        group += near
    return group
