"""Drawn lines out of pixels: long straight runs of ink that are no letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from witnessmark.documents.ocr.pixels import Pixels
from witnessmark.documents.ocr.recognised import PixelRule, PlacedWord

BRIDGED = 4
"""Pixels missing from a line that do not part it: noise, and a little slope."""


CONTRAST, LIGHT_CONTRAST = 10, 24
"""Steps of grey that a line differs from the page on both its sides; seams between shaded cells are faint and light."""
LIGHT_ON_DARK = 110
"""Median grey of a page under which its ink is the lighter."""


class _Stroke:
    """Runs of neighbouring rows that make one line."""

    __slots__ = ("end", "first", "ink", "last", "start")

    def __init__(self, row: int, start: int, end: int) -> None:
        self.first = self.last = row
        self.start, self.end = start, end
        self.ink = end - start


def rules_of(page: Pixels, words: Sequence[PlacedWord], text_height: float) -> list[PixelRule]:
    """Find the level and the upright lines of a page.

    Units:  pixels; `text_height` is the usual height of a line of text, which no letter's stroke passes
    """
    grey = page if np.median(page) >= LIGHT_ON_DARK else 255 - page
    drawn = [rule for rule in _found(grey, max(1.0, text_height), CONTRAST) if not _is_text(rule, words)]
    return _joined(drawn, max(1.0, text_height))


def light_rules_of(bare: Pixels, text_height: float) -> list[PixelRule]:
    """Find light lines between shaded areas, as designers part cells.

    Shapes:  `bare` is the page without its words, as `fills.without_words` makes it
    Units:   as `rules_of`
    """
    return _joined(_found(255 - bare, max(1.0, text_height), LIGHT_CONTRAST), max(1.0, text_height))


def _found(grey: Pixels, text_height: float, contrast: int) -> list[PixelRule]:
    ink = ink_of(grey)
    thickest = 0.5 * text_height
    across = _strokes(ink, grey, contrast, least=int(max(30, 1.6 * text_height)), thickest=thickest)
    turned = np.ascontiguousarray(ink.T), np.ascontiguousarray(grey.T)
    down = _strokes(*turned, contrast, least=int(max(24, 1.25 * text_height)), thickest=thickest)
    return [PixelRule(stroke.start, at, stroke.end, at, thick) for stroke, at, thick in across] + [
        PixelRule(at, stroke.start, at, stroke.end, thick) for stroke, at, thick in down
    ]


def ink_of(page: Pixels) -> NDArray[np.bool_]:
    """Tell ink from ground by the brightness around, so that shadows and shading are ground."""
    image = Image.fromarray(page)
    ground = np.asarray(image.filter(ImageFilter.BoxBlur(12))).astype(np.int16)
    dark: NDArray[np.bool_] = ground - page.astype(np.int16) > 14
    return dark


def _strokes(
    ink: NDArray[np.bool_], grey: Pixels, contrast: int, *, least: int, thickest: float
) -> list[tuple[_Stroke, float, float]]:
    """Find level strokes: runs in each row, joined with those of the rows next to it."""
    # A run may wander into the next row where the paper lay a little askew: each row sees its neighbours' ink.
    seen = ink.copy()
    seen[1:] |= ink[:-1]
    seen[:-1] |= ink[1:]
    open_strokes: list[_Stroke] = []
    done: list[_Stroke] = []
    for row in np.flatnonzero(seen.sum(axis=1) >= least):
        runs = runs_of(seen[row], least)
        still: list[_Stroke] = []
        for stroke in open_strokes:
            (still if row - stroke.last <= 2 else done).append(stroke)
        open_strokes = still
        for start, end in runs:
            for stroke in open_strokes:
                if start <= stroke.end + BRIDGED and end >= stroke.start - BRIDGED:
                    stroke.last = int(row)
                    stroke.start, stroke.end = min(stroke.start, start), max(stroke.end, end)
                    stroke.ink += end - start
                    break
            else:
                open_strokes.append(_Stroke(int(row), start, end))
    done += open_strokes
    found: list[tuple[_Stroke, float, float]] = []
    for stroke in done:
        # The mean thickness, not the extent: a long line that sinks by a few pixels is still thin. Two rows are ours.
        thick = max(1.0, stroke.ink / (stroke.end - stroke.start) - 2)
        is_thin = thick <= max(4.0, thickest) and stroke.last - stroke.first <= 3 * max(4.0, thickest)
        if is_thin and _is_drawn(stroke, ink, grey, contrast):
            found.append((stroke, (stroke.first + stroke.last + 1) / 2, thick))
    return found


def _is_drawn(stroke: _Stroke, ink: NDArray[np.bool_], grey: Pixels, contrast: int) -> bool:
    """Say whether a stroke is whole, and the page lighter along both its sides.

    The feet of letters have holes; the ground between light letters on a dark band goes on to both sides, and the edge
    of a shaded area (see `fills.py`) to one.
    """
    across = slice(stroke.start, stroke.end)
    rows = ink[stroke.first : stroke.last + 1, across]
    if rows.any(axis=0).mean() < 0.8:
        return False
    middle = grey[stroke.first : stroke.last + 1, across].min(axis=0).astype(np.int16)
    return all(
        0 <= row < len(grey) and np.percentile(grey[row, across] - middle, 30) > contrast
        for row in (stroke.first - 2, stroke.last + 2)
    )


def runs_of(row: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.view(np.int8), [0]))))
    starts, ends = edges[::2], edges[1::2]
    parted = np.flatnonzero(starts[1:] - ends[:-1] > BRIDGED)
    first = starts[np.concatenate(([0], parted + 1))] if len(starts) else starts
    last = ends[np.concatenate((parted, [len(ends) - 1]))] if len(ends) else ends
    long = (last - first) >= least
    return [(int(start), int(end)) for start, end in zip(first[long], last[long], strict=True)]


def _is_text(rule: PixelRule, words: Sequence[PlacedWord]) -> bool:
    """Say whether a line lies inside the letters of words over most of its length."""
    if rule.bottom - rule.top <= rule.x1 - rule.x0:
        covered = 0.0
        for word in words:
            slack = 0.16 * (word.bottom - word.top)
            if word.top + slack < rule.top < word.bottom - slack:
                covered += max(0.0, min(rule.x1, word.x1) - max(rule.x0, word.x0))
        return covered > 0.5 * (rule.x1 - rule.x0)
    covered = 0.0
    for word in words:
        if word.x0 + 1 < rule.x0 < word.x1 - 1:
            covered += max(0.0, min(rule.bottom, word.bottom) - max(rule.top, word.top))
    return covered > 0.6 * (rule.bottom - rule.top)


def _joined(rules: Sequence[PixelRule], text_height: float) -> list[PixelRule]:
    """Join the pieces of lines that noise has parted: they go on at one height, and are longer than the gap."""
    apart, gap = max(1.5, 0.12 * text_height), 0.8 * text_height
    joined: list[PixelRule] = []
    for is_level in (True, False):
        mine = [rule for rule in rules if (rule.bottom - rule.top <= rule.x1 - rule.x0) is is_level]
        lying = mine if is_level else [_swapped(rule) for rule in mine]
        kept: list[PixelRule] = []
        for rule in sorted(lying, key=lambda rule: rule.x0):
            for index, other in enumerate(kept):
                space = rule.x0 - other.x1
                if abs(rule.top - other.top) <= apart and space <= min(gap, other.x1 - other.x0, rule.x1 - rule.x0):
                    if rule.x1 > other.x1:
                        share = (rule.x1 - rule.x0) / (rule.x1 - rule.x0 + other.x1 - other.x0)
                        at = other.top + (rule.top - other.top) * share
                        kept[index] = PixelRule(other.x0, at, rule.x1, at, max(rule.width, other.width))
                    break
            else:
                kept.append(rule)
        joined += kept if is_level else [_swapped(rule) for rule in kept]
    return joined


def _swapped(rule: PixelRule) -> PixelRule:
    return PixelRule(rule.top, rule.x0, rule.bottom, rule.x1, rule.width)
