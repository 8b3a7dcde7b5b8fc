"""Which part of a page is shown, and how large: its places legible, and as much around them as there is room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from witnessmark.documents.views import Box, FramedPlace, PageView, Size

COMFORTABLE, LEGIBLE = 24.0, 15.0
"""Pixels of a line of text, descenders included: what is aimed at, and the least that is easy to read (of print of 6
points, capitals 9 pixels high)."""
MOST_PANELS = 6
USUAL_TEXT = 9.0
"""Points of a line of text in a PDF where nothing is known of it."""
TEXTS_IN_IMAGE = 60.0
"""Lines of text that the shorter side of an image is taken to hold where nothing is known of them."""
_LARGEST = {"points": 6.0, "pixels": 4.0}
_AROUND = 1.2
"""Heights of a line that are kept free around places at the least."""
_LINES_AROUND = 4.0
"""Heights of a line that are shown above and below places where there is room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How large a picture may become.

    Units:  pixels
    """

    width: float
    height: float
    pixels: float

    def scale_for(self, box: Box) -> float:
        """Find the largest scale at which a part of a page has room."""
        width, height = max(1e-6, box[2] - box[0]), max(1e-6, box[3] - box[1])
        return min(self.width / width, self.height / height, math.sqrt(self.pixels / width / height))

    def shared(self, count: int) -> Room:
        """Part it among so many panels, one below the other."""
        return replace(self, height=self.height / count, pixels=self.pixels / count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of a page, and its places.

    Units:  `box` in those of the page, `scale` pixels for one of them
    """

    page: int
    box: Box
    scale: float
    places: tuple[FramedPlace, ...]
    text_height: float

    @property
    def width(self) -> int:
        return max(1, round((self.box[2] - self.box[0]) * self.scale))

    @property
    def height(self) -> int:
        return max(1, round((self.box[3] - self.box[1]) * self.scale))


def panels_of(view: PageView, size: Size, room: Room, *, is_image: bool, most: int = MOST_PANELS) -> tuple[Panel, ...]:
    """Choose what is shown of a page.

    Shapes:  one panel around all places where they are legible in it; else several, of places that lie together; one of
             the whole page where that would be more than `most`
    """
    page = (0.0, 0.0, *size)
    text = view.text_height or (min(size) / TEXTS_IN_IMAGE if is_image else USUAL_TEXT)
    largest = _LARGEST["pixels" if is_image else "points"]
    places = tuple(replace(place, box=clipped(place.box, page)) for place in view.places)
    groups = [places] if view.is_whole or not places else _groups(places, text, page, room, most)
    if view.is_whole or not places or len(groups) > most:
        scale = min(largest, room.scale_for(page))
        return (Panel(page=view.page, box=page, scale=scale, places=places, text_height=text),)
    shared = room.shared(len(groups))
    return tuple(_panel(view, group, text, page, shared, largest) for group in groups)


def _groups(
    places: Sequence[FramedPlace], text: float, page: Box, room: Room, most: int
) -> list[tuple[FramedPlace, ...]]:
    """Put places together that are legible in one panel, in as few groups as there can be."""
    groups: list[tuple[FramedPlace, ...]] = []
    for count in range(1, most + 1):
        groups = _legible_groups(places, text, page, room.shared(count))
        if len(groups) <= count:
            break
    return groups


def _legible_groups(places: Sequence[FramedPlace], text: float, page: Box, room: Room) -> list[tuple[FramedPlace, ...]]:
    groups: list[list[FramedPlace]] = []
    for place in sorted(places, key=lambda place: (place.box[1], place.box[0])):
        for group in groups:
            box = _with_margin([*group, place], text, page)
            if room.scale_for(box) * text >= LEGIBLE:
                group.append(place)
                break
        else:
            groups.append([place])
    return [tuple(group) for group in groups]


def _panel(
    view: PageView, places: tuple[FramedPlace, ...], text: float, page: Box, room: Room, largest: float
) -> Panel:
    tight = _with_margin(places, text, page)
    wanted = min(largest, COMFORTABLE / text)
    box = tight
    # Row and headers are worth more than size, while all is legible.
    for nearby in _by_distance(view.nearby, tight):
        wider = clipped(enclosing([box, nearby]), page)
        if room.scale_for(wider) >= min(wanted, LEGIBLE / text):
            box = wider
    scale = min(wanted, room.scale_for(box))
    box = _grown(box, page, text, room, scale)
    return Panel(page=view.page, box=box, scale=scale, places=places, text_height=text)


def _grown(box: Box, page: Box, text: float, room: Room, scale: float) -> Box:
    """Show more of the page where that costs no size: some lines above and below, then as much of its width as fits."""
    x0, top, x1, bottom = box
    most = min(room.height / scale, room.pixels / scale**2 / (x1 - x0)) - (bottom - top)
    down = max(0.0, min(_LINES_AROUND * text, most / 2))
    top, bottom = max(page[1], top - down), min(page[3], bottom + down)
    most = min(room.width / scale, room.pixels / scale**2 / (bottom - top))
    x0, x1 = _widened(x0, x1, most, page[2])
    return x0, top, x1, bottom


def _widened(low: float, high: float, most: float, end: float) -> tuple[float, float]:
    """Make a stretch as long as it may be between 0 and `end`, about the same middle."""
    more = max(0.0, min(most, end) - (high - low))
    low = max(0.0, low - more / 2)
    high = min(end, max(high, low + min(most, end)))
    return max(0.0, min(low, high - min(most, end))), high


def _by_distance(boxes: Sequence[Box], box: Box) -> list[Box]:
    def distance(other: Box) -> float:
        return max(box[1] - other[3], other[1] - box[3], 0.0) + max(box[0] - other[2], other[0] - box[2], 0.0)

    return sorted(boxes, key=distance)


def _with_margin(places: Sequence[FramedPlace], text: float, page: Box) -> Box:
    x0, top, x1, bottom = enclosing([place.box for place in places])
    margin = _AROUND * text
    return clipped((x0 - margin, top - margin, x1 + margin, bottom + margin), page)


def enclosing(boxes: Sequence[Box]) -> Box:
    """Find the smallest box around all `boxes`, of which there is at least one."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def clipped(box: Box, page: Box) -> Box:
    """Take the part of a box that lies on the page; of one outside, the nearest point."""
    x0, x1 = (min(max(value, page[0]), page[2]) for value in (box[0], box[2]))
    top, bottom = (min(max(value, page[1]), page[3]) for value in (box[1], box[3]))
    return x0, top, x1, bottom
