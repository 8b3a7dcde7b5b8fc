"""Shaded areas out of pixels: bands behind rows, header panels, cells of a colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from witnessmark.documents.ocr.pixels import Pixels
from witnessmark.documents.ocr.recognised import PixelFill, PlacedWord

_TEXT = 8
"""Pixels of a line of text in the copy that is looked at: noise and marks vanish in its median, shading stays."""
_SHADE = 7
"""Steps of grey that shading differs from the paper by at least; noise has gone in the median."""
_EDGE = 5
"""Steps of grey by which an area differs from what is just outside it."""
_STEP = 4
"""Steps of grey from one pixel to the next but one that end an area."""


@dataclass(slots=True)
class _Area:
    x0: int
    x1: int
    first: int
    last: int
    grey: float


def fills_of(page: Pixels, text_height: float) -> list[PixelFill]:
    """Find the level rectangles of one grey, darker than the paper around.

    Shapes:  `page` without its words, as `without_words` makes it
    Units:   pixels; `text_height` is the usual height of a line of text
    """
    scale = _TEXT / max(text_height, _TEXT)
    height, width = page.shape
    small = Image.fromarray(page).resize(
        (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.BOX
    )
    ground = np.asarray(small.filter(ImageFilter.MedianFilter(5))).astype(np.float32)
    if min(ground.shape) < 4 * _TEXT:
        return []
    level = ground - _paper(ground)
    across, down = width / ground.shape[1], height / ground.shape[0]
    return [
        PixelFill(area.x0 * across, area.first * down, area.x1 * across, (area.last + 1) * down, max(0.0, area.grey))
        for area in _areas(level, ground)
        if area.last - area.first + 1 >= _TEXT and _has_edges(area, ground)
    ]


def without_words(page: Pixels, words: Sequence[PlacedWord]) -> Pixels:
    """Paint words over with the ground around them."""
    bare = page.copy()
    height, width = page.shape
    for word in words:
        top, bottom = max(0, int(word.top)), min(height, int(word.bottom) + 1)
        left, right = max(0, int(word.x0) - 2), min(width, int(word.x1) + 3)
        if bottom - top < 3 or right - left < 3:
            continue
        sides = [page[top:bottom, max(0, left - 2) : left + 1].ravel(), page[top:bottom, right - 1 : right + 2].ravel()]
        if sides[0].size and sides[1].size:
            bare[top:bottom, left:right] = int(np.median(np.concatenate(sides)))
    return bare


def _paper(ground: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fit a plane to the brightest of each part of the page: paper, and the shadow that falls over it."""
    rows, columns = ground.shape
    points: list[tuple[float, float, float]] = []
    for top in np.linspace(0, rows, 9, dtype=int)[:-1]:
        for left in np.linspace(0, columns, 9, dtype=int)[:-1]:
            part = ground[top : top + rows // 8 + 1, left : left + columns // 8 + 1]
            points.append((float(top), float(left), float(np.percentile(part, 90))))
    values = np.array(points)
    system = np.column_stack([values[:, :2], np.ones(len(values))])
    kept: NDArray[np.bool_] = np.ones(len(values), dtype=bool)
    plane: NDArray[np.float64] = np.zeros(3)
    for _ in range(4):
        plane = cast("NDArray[np.float64]", np.linalg.lstsq(system[kept], values[kept, 2], rcond=None)[0])
        better: NDArray[np.bool_] = values[:, 2] - system @ plane > -6
        if better.sum() < 6 or (better == kept).all():
            break
        kept = better
    down, across, level = (float(value) for value in plane)
    ys: NDArray[np.float32] = np.arange(rows, dtype=np.float32) * np.float32(down)
    xs: NDArray[np.float32] = np.arange(columns, dtype=np.float32) * np.float32(across)
    return ys[:, None] + xs[None, :] + np.float32(level)


def _areas(level: NDArray[np.float32], ground: NDArray[np.float32]) -> list[_Area]:
    """Follow runs of one grey from row to row."""
    done: list[_Area] = []
    still: list[_Area] = []
    shaded = level < -_SHADE
    for row in range(len(level)):
        grown: list[_Area] = []
        for start, end in runs_of(ground[row], shaded[row]):
            grey = float(np.median(ground[row, start:end]))
            for area in still:
                if abs(area.x0 - start) <= 3 and abs(area.x1 - end) <= 3 and abs(area.grey - grey) <= 6:
                    area.last = row
                    grown.append(area)
                    break
            else:
                grown.append(_Area(start, end, row, row, grey))
        done += [area for area in still if area not in grown]
        still = grown
    return done + still


def _has_edges(area: _Area, ground: NDArray[np.float32]) -> bool:
    """Say whether an area ends sharply on three sides at least, as print does and shadows do not."""
    rows, columns = ground.shape
    across, down = slice(area.x0, area.x1), slice(area.first, area.last + 1)
    edges = 0
    for place in (area.first - 4, area.last + 4):
        edges += 0 <= place < rows and abs(float(np.median(ground[place, across])) - area.grey) > _EDGE
    for place in (area.x0 - 4, area.x1 + 3):
        edges += 0 <= place < columns and abs(float(np.median(ground[down, place])) - area.grey) > _EDGE
    return edges >= 3


def runs_of(row: NDArray[np.float32], shaded: NDArray[np.bool_]) -> list[tuple[int, int]]:
    jumps = np.zeros(len(row), dtype=bool)
    jumps[1:-1] = np.abs(row[2:] - row[:-2]) > _STEP
    flat = shaded & ~jumps
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flat.view(np.int8), [0]))))
    # A jump takes two pixels on each side of the edge away: one of them belongs to the area.
    return [
        (max(0, int(start) - 1), min(len(row), int(end) + 1))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= 2 * _TEXT
    ]
