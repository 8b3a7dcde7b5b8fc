"""Rules, fills and pictures from PDFium's page objects."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from witnessmark.documents.placement import Placement
from witnessmark.values import BoundingBox, Fill, Rule

MAX_OBJECTS = 60_000
MAX_SEGMENTS = 200_000
MAX_DEPTH = 6
"""Forms within forms; hostile files nest them without end or in circles."""

THIN = 3.0
"""A filled rectangle that is thinner, in points, and long, is a rule."""
STRAIGHT = 0.7
"""How far a line may lean over its length, in points, and still be level."""
JOINED = 3.0
"""Pieces of a dashed line that lie nearer than this, in points, are one rule."""

INVISIBLE = 3
"""Text rendering mode 3 (PDF 32000-1, table 106): neither fill nor stroke."""

Matrix = tuple[float, float, float, float, float, float]
_Line = tuple[float, float, float, float, float]
"""x0, top, x1, bottom, stroke width."""

_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


class Drawing(NamedTuple):
    """What is drawn on a page besides text; dashes joined, repeats dropped.

    Units:  points, origin top left of the upright page
    """

    rules: tuple[Rule, ...]
    fills: tuple[Fill, ...]
    pictures: tuple[BoundingBox, ...]
    has_invisible_text: bool
    """Whether some text is set in the rendering mode that paints nothing."""
    steps: int = 0
    """Objects, and steps of paths, that were looked at: how much there is to draw."""
    picture_pixels: int = 0
    """Pixels of all pictures, as they are stored."""


def drawn(raw: Any, page: Any, placement: Placement) -> Drawing:
    """Read what is drawn on a page besides text."""
    reader = _Reader(raw, placement)
    reader.read(_children_of_page(raw, page), _IDENTITY, depth=0)
    return Drawing(
        joined_rules(reader.lines),
        tuple(dict.fromkeys(reader.fills)),
        tuple(dict.fromkeys(reader.pictures)),
        reader.has_invisible_text,
        reader.steps,
        reader.picture_pixels,
    )


def _children_of_page(raw: Any, page: Any) -> Iterator[Any]:
    for index in range(raw.FPDFPage_CountObjects(page)):
        yield raw.FPDFPage_GetObject(page, index)


def _children_of_form(raw: Any, form: Any) -> Iterator[Any]:
    for index in range(raw.FPDFFormObj_CountObjects(form)):
        yield raw.FPDFFormObj_GetObject(form, index)


class _Reader:
    """Walks page objects and collects what they draw, within bounds."""

    def __init__(self, raw: Any, placement: Placement) -> None:
        self._raw = raw
        self._placement = placement
        self._objects = 0
        self._segments = 0
        self._x, self._y = ctypes.c_float(), ctypes.c_float()
        self._point = ctypes.byref(self._x), ctypes.byref(self._y)
        self.lines: list[_Line] = []
        self.fills: list[Fill] = []
        self.pictures: list[BoundingBox] = []
        self.has_invisible_text = False
        self.picture_pixels = 0
        self._sides = ctypes.c_uint(), ctypes.c_uint()

    @property
    def steps(self) -> int:
        return self._objects + self._segments

    def read(self, things: Iterator[Any], outer: Matrix, *, depth: int) -> None:
        raw = self._raw
        for thing in things:
            self._objects += 1
            if self._objects > MAX_OBJECTS or self._segments > MAX_SEGMENTS:
                return
            kind = raw.FPDFPageObj_GetType(thing)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self._read_path(thing, _times(self._matrix(thing), outer))
            elif kind == raw.FPDF_PAGEOBJ_TEXT:
                if not self.has_invisible_text:
                    self.has_invisible_text = raw.FPDFTextObj_GetTextRenderMode(thing) == INVISIBLE
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._read_picture(_times(self._matrix(thing), outer))
                if raw.FPDFImageObj_GetImagePixelSize(thing, *map(ctypes.byref, self._sides)):
                    self.picture_pixels += self._sides[0].value * self._sides[1].value
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                self.read(_children_of_form(raw, thing), _times(self._matrix(thing), outer), depth=depth + 1)

    def _matrix(self, thing: Any) -> Matrix:
        m = self._raw.FS_MATRIX()
        if not self._raw.FPDFPageObj_GetMatrix(thing, ctypes.byref(m)):
            return _IDENTITY
        return m.a, m.b, m.c, m.d, m.e, m.f

    def _read_picture(self, matrix: Matrix) -> None:
        a, b, c, d, e, f = matrix
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        box = self._on_page(min(xs), min(ys), max(xs), max(ys))
        if box is None:
            return
        x0, top, x1, bottom = box
        if min(x1 - x0, bottom - top) <= 1.5 < max(x1 - x0, bottom - top) / 6:
            self._add_bar(x0, top, x1, bottom)  # lines are sometimes drawn as pictures one pixel high
        elif x1 - x0 > 1 and bottom - top > 1:
            self.pictures.append(BoundingBox(x0=x0, top=top, x1=x1, bottom=bottom))

    def _read_path(self, path: Any, matrix: Matrix) -> None:
        raw = self._raw
        mode, stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path, ctypes.byref(mode), ctypes.byref(stroked))
        is_filled = mode.value != raw.FPDF_FILLMODE_NONE
        if not is_filled and not stroked.value:
            return
        if is_filled and not stroked.value and self._alpha(path) == 0:
            return
        width = 0.0
        if stroked.value:
            value = ctypes.c_float()
            raw.FPDFPageObj_GetStrokeWidth(path, ctypes.byref(value))
            width = value.value * (abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5)
        for points, is_closed in self._subpaths(path, matrix):
            if is_filled:
                self._read_filled(path, points)
            if stroked.value:
                self._read_stroked(points, width, is_closed=is_closed)

    def _subpaths(self, path: Any, matrix: Matrix) -> Iterator[tuple[list[tuple[float, float]], bool]]:
        """Yield the straight parts of a path as points of the upright page; a curve parts them."""
        raw = self._raw
        a, b, c, d, e, f = matrix
        points: list[tuple[float, float]] = []
        count = raw.FPDFPath_CountSegments(path)
        self._segments += max(0, count)
        if self._segments > MAX_SEGMENTS:
            return
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(path, index)
            raw.FPDFPathSegment_GetPoint(segment, *self._point)
            x, y = self._x.value, self._y.value
            kind = raw.FPDFPathSegment_GetType(segment)
            point = self._placement.point(a * x + c * y + e, b * x + d * y + f)
            if kind == raw.FPDF_SEGMENT_LINETO:
                points.append(point)
            else:  # a move, or a step of a curve
                if len(points) > 1:
                    yield points, False
                points = [point]
            if raw.FPDFPathSegment_GetClose(segment) and len(points) > 1:
                yield points, True
                points = [points[0]]
        if len(points) > 1:
            yield points, False

    def _read_stroked(self, points: list[tuple[float, float]], width: float, *, is_closed: bool) -> None:
        ends = [*points[1:], points[0]] if is_closed else points[1:]
        for (xa, ya), (xb, yb) in zip(points, ends, strict=False):
            if abs(ya - yb) <= STRAIGHT and abs(xa - xb) > 0.5:
                self._add_line(min(xa, xb), (ya + yb) / 2, max(xa, xb), (ya + yb) / 2, width)
            elif abs(xa - xb) <= STRAIGHT and abs(ya - yb) > 0.5:
                self._add_line((xa + xb) / 2, min(ya, yb), (xa + xb) / 2, max(ya, yb), width)

    def _read_filled(self, path: Any, points: list[tuple[float, float]]) -> None:
        if not 3 <= len(points) <= 6:
            return
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, top, x1, bottom = min(xs), min(ys), max(xs), max(ys)
        is_rectangle = all(
            min(abs(x - x0), abs(x - x1)) <= STRAIGHT and min(abs(y - top), abs(y - bottom)) <= STRAIGHT
            for x, y in points
        )
        if not is_rectangle:
            return
        thin, long = sorted((x1 - x0, bottom - top))
        if thin <= THIN and (long > 3 * thin or thin < 0.8):
            self._add_bar(x0, top, x1, bottom)
            return
        box = self._clipped(x0, top, x1, bottom)
        grey = self._brightness(path)
        if box is not None and thin > THIN and grey < 255:
            self.fills.append(Fill(*box, grey))

    def _add_bar(self, x0: float, top: float, x1: float, bottom: float) -> None:
        if x1 - x0 >= bottom - top:
            self._add_line(x0, (top + bottom) / 2, x1, (top + bottom) / 2, bottom - top)
        else:
            self._add_line((x0 + x1) / 2, top, (x0 + x1) / 2, bottom, x1 - x0)

    def _add_line(self, x0: float, top: float, x1: float, bottom: float, width: float) -> None:
        clipped = self._clipped(x0, top, x1, bottom)
        if clipped is not None:
            self.lines.append((*clipped, width))

    def _on_page(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float] | None:
        return self._clipped(*self._placement.upright(x0, y0, x1, y1))

    def _clipped(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float] | None:
        width, height = self._placement.width, self._placement.height
        x0, x1, top, bottom = max(x0, 0.0), min(x1, width), max(top, 0.0), min(bottom, height)
        return (x0, top, x1, bottom) if x0 <= x1 and top <= bottom else None

    def _color(self, path: Any) -> tuple[int, int, int, int]:
        values = [ctypes.c_uint() for _ in range(4)]
        if not self._raw.FPDFPageObj_GetFillColor(path, *(ctypes.byref(value) for value in values)):
            return 0, 0, 0, 255
        red, green, blue, alpha = (value.value for value in values)
        return red, green, blue, alpha

    def _alpha(self, path: Any) -> int:
        return self._color(path)[3]

    def _brightness(self, path: Any) -> int:
        red, green, blue, alpha = self._color(path)
        grey = 0.299 * red + 0.587 * green + 0.114 * blue  # ITU-R BT.601
        return round(255 - (255 - grey) * alpha / 255)


def joined_rules(lines: Sequence[_Line]) -> tuple[Rule, ...]:
    """Join pieces of level lines that touch, overlap or nearly so, as dashes do.

    Shapes:  horizontal rules first, each kind in reading order
    """
    horizontal = [line for line in lines if line[3] - line[1] <= line[2] - line[0]]
    vertical = [line for line in lines if line[3] - line[1] > line[2] - line[0]]
    flat = _join([(y, x0, x1, width) for x0, y, x1, _, width in horizontal])
    tall = _join([(x, top, bottom, width) for x, top, _, bottom, width in vertical])
    return (
        *(Rule(start, level, end, level, width) for level, start, end, width in flat),
        *(Rule(level, start, level, end, width) for level, start, end, width in tall),
    )


def _join(lines: list[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    """Join (level, start, end, width) pieces whose levels agree within half a point."""
    result: list[tuple[float, float, float, float]] = []
    lines.sort()
    begin = 0
    for index in range(1, len(lines) + 1):
        if index < len(lines) and lines[index][0] - lines[begin][0] <= 0.5:
            continue
        level_lines = sorted(lines[begin:index], key=lambda line: line[1])
        current = level_lines[0]
        for line in level_lines[1:]:
            if line[1] <= current[2] + JOINED:
                current = (current[0], current[1], max(current[2], line[2]), max(current[3], line[3]))
            else:
                result.append(current)
                current = line
        result.append(current)
        begin = index
    return [line for line in result if line[2] - line[1] > 2]


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
