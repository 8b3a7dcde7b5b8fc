"""Places framed on a picture so that what stands in them stays readable. Runs in a worker.

A place has a tint and a frame that darken nothing but the ground, and where there are several a tag, which looks for a
spot without ink. Kinds differ by line as well as by colour, and a legend says which is which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from witnessmark.documents.views import FrameKind

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

PixelBox = tuple[int, int, int, int]
Colour = tuple[int, int, int]

_LINES: dict[FrameKind, Colour] = {
    "located": (0, 120, 60),
    "displaced": (190, 100, 0),
    "unlocated": (200, 0, 40),
    "plain": (0, 90, 190),
}
_TINTS: dict[FrameKind, Colour] = {
    "located": (214, 243, 222),
    "displaced": (255, 236, 190),
    "unlocated": (255, 218, 214),
    "plain": (216, 233, 255),
}
_DASHES: dict[FrameKind, tuple[int, int] | None] = {
    "located": None,
    "displaced": (14, 7),
    "unlocated": (4, 5),
    "plain": None,
}
"""Pixels of line and of gap, for lines of two pixels."""
_HALO: Colour = (255, 255, 255)
_BRIGHT = 160
"""Brightness of a ground on which a tint leaves text as readable as it was; on a darker one, lines need a halo."""
_LEAST_SIDE = 12
"""Pixels of a frame around a place that is smaller than a letter."""
_LINES_TINTED = 6
"""Lines of text; what is higher, such as a table, has a frame only, so that what is framed in it stands out."""
_TAG_SIZE = 15
_INK = 14.0
"""Standard deviation of brightness under a tag from which on it would hide something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A place in a picture.

    Units:  pixels
    """

    box: tuple[float, float, float, float]
    kind: FrameKind
    label: str
    needs_label: bool = True


def draw_frames(picture: Image.Image, frames: Sequence[Frame], *, line_height: float) -> None:
    """Draw frames and tags into a picture of mode RGB.

    Units:  `line_height` of the text in the places, in pixels
    """
    from PIL import Image, ImageChops, ImageDraw

    thick = 2 if line_height < 30 else 3
    areas = [frame.box[3] - frame.box[1] > _LINES_TINTED * line_height for frame in frames]
    outlines = [_outline(frame, picture.size, thick, is_area=area) for frame, area in zip(frames, areas, strict=True)]
    grey = picture.convert("L")
    grounds = [_ground(grey, outline) for outline in outlines]
    over, below = ImageDraw.Draw(picture), Image.new("RGB", picture.size, (255, 255, 255))
    pen = ImageDraw.Draw(below)
    for frame, outline, is_area, ground in zip(frames, outlines, areas, grounds, strict=True):
        if not is_area and ground >= _BRIGHT:
            pen.rectangle(outline, fill=_TINTS[frame.kind])
    for frame, outline, ground in zip(frames, outlines, grounds, strict=True):
        if ground < _BRIGHT:
            _halo(over, outline, thick)
        _line(over if ground < _BRIGHT else pen, outline, frame.kind, thick)
    # Multiplied: what is dark stays as it is, what is white takes the colour.
    picture.paste(ImageChops.multiply(picture, below))
    spots = _Spots(grey, outlines)
    for frame, outline in zip(frames, outlines, strict=True):
        if frame.label:
            _tag(over, frame, outline, spots)


def _ground(grey: Image.Image, box: PixelBox) -> float:
    """Measure how bright the ground of a place is, 0 black to 255 white."""
    from PIL import ImageStat

    return float(ImageStat.Stat(grey.crop(box)).median[0])


def _outline(frame: Frame, size: tuple[int, int], thick: int, *, is_area: bool) -> PixelBox:
    """Put the frame's line outside the place, and inside the picture."""
    x0, top, x1, bottom = frame.box
    across, down = (max(0.0, (_LEAST_SIDE - side) / 2) for side in (x1 - x0, bottom - top))
    away = thick + (5 if is_area else 1)
    return (
        max(thick, round(x0 - across) - away),
        max(thick, round(top - down) - away),
        min(size[0] - 1 - thick, round(x1 + across) + away),
        min(size[1] - 1 - thick, round(bottom + down) + away),
    )


def _halo(pen: ImageDraw.ImageDraw, box: PixelBox, thick: int) -> None:
    """Set a line off from a dark ground."""
    pen.rectangle((box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1), outline=_HALO, width=thick + 1)


def _line(pen: ImageDraw.ImageDraw, box: PixelBox, kind: FrameKind, thick: int) -> None:
    x0, top, x1, bottom = box
    colour, dashes = _LINES[kind], _DASHES[kind]
    if dashes is None:
        pen.rectangle(box, outline=colour, width=thick)
        return
    for start, end in _dashes(x1 - x0, dashes):
        pen.rectangle((x0 + start, top, x0 + end, top + thick - 1), fill=colour)
        pen.rectangle((x0 + start, bottom - thick + 1, x0 + end, bottom), fill=colour)
    for start, end in _dashes(bottom - top, dashes):
        pen.rectangle((x0, top + start, x0 + thick - 1, top + end), fill=colour)
        pen.rectangle((x1 - thick + 1, top + start, x1, top + end), fill=colour)


def _dashes(length: int, dashes: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Part a line so that both of its ends are drawn."""
    line, gap = dashes
    count = max(1, round((length + gap) / (line + gap)))
    step = (length + gap) / count
    for number in range(count):
        start = round(number * step)
        yield start, min(length, round(start + max(1.0, step - gap)))


def draw_legend(picture: Image.Image, kinds: Iterable[FrameKind], *, right: int, middle: int) -> None:
    """Write which line stands for what, ending at `right`; nothing where nothing was looked up."""
    from PIL import ImageDraw, ImageFont

    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(_TAG_SIZE)
    for kind in sorted(set(kinds) - {"plain"}, reverse=True):
        right -= round(pen.textlength(kind, font=font))
        pen.text((right, middle), kind, font=font, fill=_LINES[kind], anchor="lm")
        sample = (right - 34, middle - 7, right - 8, middle + 7)
        pen.rectangle(sample, fill=_TINTS[kind])
        _line(pen, sample, kind, 2)
        right = sample[0] - 18


def _tag(pen: ImageDraw.ImageDraw, frame: Frame, outline: PixelBox, spots: _Spots) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(_TAG_SIZE)
    left, top, right, bottom = (round(value) for value in pen.textbbox((0, 0), frame.label, font=font))
    width, height = right - left + 10, bottom - top + 8
    spot = spots.find(outline, width, height, needed=frame.needs_label)
    if spot is None:
        return
    x, y = spot
    colour = _LINES[frame.kind]
    tag = (x, y, x + width, y + height)
    leader = _leader(outline, tag)
    if leader is not None:
        pen.line(leader, fill=_HALO, width=4)
        pen.line(leader, fill=colour, width=2)
    pen.rounded_rectangle((x - 1, y - 1, x + width + 1, y + height + 1), radius=5, fill=_HALO)
    pen.rounded_rectangle(tag, radius=4, fill=colour)
    pen.text((x + 5 - left, y + 4 - top), frame.label, font=font, fill=_HALO)


def _leader(outline: PixelBox, tag: PixelBox) -> PixelBox | None:
    """Connect a tag with its frame where they do not touch."""
    x = min(max((tag[0] + tag[2]) // 2, outline[0]), outline[2])
    y = min(max((tag[1] + tag[3]) // 2, outline[1]), outline[3])
    at = min(max(x, tag[0]), tag[2]), min(max(y, tag[1]), tag[3])
    return (x, y, *at) if abs(x - at[0]) + abs(y - at[1]) > 4 else None


class _Spots:
    """Finds spots in a picture on which a tag hides nothing."""

    def __init__(self, grey: Image.Image, taken: Sequence[PixelBox]) -> None:
        self._grey = grey
        self._taken = list(taken)

    def find(self, outline: PixelBox, width: int, height: int, *, needed: bool) -> tuple[int, int] | None:
        """Take the nearest spot without ink, on the way to it neither.

        Shapes:  where there is none, the one beside the frame with the least, or None where a tag is not `needed`
        """
        beside: tuple[float, tuple[int, int]] | None = None
        chosen: tuple[int, int] | None = None
        for x, y in _around(outline, width, height):
            tag = (x, y, x + width, y + height)
            if not self._has_room(tag):
                continue
            ink, leader = self._ink(tag), _leader(outline, tag)
            if ink < _INK and (leader is None or self._is_free(leader, outline)):
                chosen = x, y
                break
            if leader is None and (beside is None or ink < beside[0]):
                beside = ink, (x, y)
        if chosen is None and needed:
            chosen = beside[1] if beside else self._inside(outline, width, height)
        if chosen is not None:
            self._taken.append((*chosen, chosen[0] + width, chosen[1] + height))
        return chosen

    def _is_free(self, leader: PixelBox, outline: PixelBox) -> bool:
        """Claim that a line from a frame to its tag crosses neither ink nor other frames and tags."""
        around = _around_line(leader)
        return self._ink(around) < _INK and not any(
            _overlap(around, other) for other in self._taken if other != outline
        )

    def _has_room(self, tag: PixelBox) -> bool:
        is_inside = tag[0] > 0 and tag[1] > 0 and tag[2] < self._grey.width - 1 and tag[3] < self._grey.height - 1
        return is_inside and not any(_overlap(tag, other) for other in self._taken)

    def _inside(self, outline: PixelBox, width: int, height: int) -> tuple[int, int]:
        """Where frames stand everywhere around: in the frame's own corner."""
        x, y = min(outline[2] - width, self._grey.width - width - 2), min(outline[1], self._grey.height - height - 2)
        return max(1, x), max(1, y)

    def _ink(self, box: PixelBox) -> float:
        """Measure how much the brightness varies; 0 where the ground is even."""
        from PIL import ImageStat

        return float(ImageStat.Stat(self._grey.crop(box)).stddev[0])


def _around_line(line: PixelBox) -> PixelBox:
    x0, x1 = sorted((line[0], line[2]))
    top, bottom = sorted((line[1], line[3]))
    return x0, top - 1, x1 + 1, bottom + 2


def _overlap(one: PixelBox, other: PixelBox) -> bool:
    return one[0] < other[2] + 2 and other[0] < one[2] + 2 and one[1] < other[3] + 2 and other[1] < one[3] + 2


def _around(outline: PixelBox, width: int, height: int) -> Iterator[tuple[int, int]]:
    """Go around a frame: beside and above it first, then farther and farther away."""
    x0, top, x1, bottom = outline
    middle = (top + bottom - height) // 2
    for away in (4, 16, 32, 56, 88, 128):
        yield from ((x1 + away, middle), (x0 - width - away, middle))
        yield from ((x, top - height - away) for x in (x1 - width, x0, x1 + away, x0 - width - away))
        yield from ((x, bottom + away) for x in (x1 - width, x0, x1 + away, x0 - width - away))
