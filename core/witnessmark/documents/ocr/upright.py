"""Putting a page's picture upright: skew by the profile of its lines, turns by reading it each way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from witnessmark.documents.ocr.engine import OcrEngine, TextLine
from witnessmark.documents.ocr.pixels import Pixels

MOST_SKEW = 6.0
"""Degrees of skew that are looked for; paper lies in a scanner by less."""
LEAST_SKEW = 0.1
SKIM_SIDE = 1000
"""Longest side in pixels of the copy that is read each way: the right way is found as surely as with the whole page."""
CLEARLY_RIGHT = 0.88
"""Mean confidence above which text has been read the right way up; upside down the engines stay below 0.77."""


def turned(pixels: Pixels, turn: int) -> Pixels:
    """Turn a picture clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(pixels, -(turn // 90)))


def rotated(pixels: Pixels, degrees: float) -> Pixels:
    """Turn a picture counter-clockwise by a little, its canvas growing, new corners taking the paper's grey."""
    if not degrees:
        return pixels
    paper = int(np.median(pixels))
    image = Image.fromarray(pixels).rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=paper)
    return np.asarray(image)


def skew_of(pixels: Pixels) -> float:
    """Find the rotation, counter-clockwise, that makes the lines of a page level; 0 when none is better.

    Units:   degrees, at most `MOST_SKEW` either way
    Source:  projection profile (Postl 1986): level lines make the profile of the rows jump the most
    """
    coarse, fine = _ink(pixels, 600), _ink(pixels, 1400)
    angles = np.arange(-MOST_SKEW, MOST_SKEW + 0.01, 0.5)
    start = float(angles[int(np.argmax([_sharpness(coarse, float(angle)) for angle in angles]))])
    near = np.arange(start - 0.5, start + 0.51, 0.1)
    scores = [_sharpness(fine, float(angle)) for angle in near]
    best = int(np.argmax(scores))
    found = float(near[best]) + _peak(scores, best) * 0.1
    is_better = scores[best] > 1.02 * _sharpness(fine, 0.0)
    return round(found, 3) if is_better and abs(found) >= LEAST_SKEW else 0.0


def turn_of(engine: OcrEngine, pixels: Pixels) -> int:
    """Read a small copy each way and say how far to turn it, clockwise, to be upright."""
    image = Image.fromarray(pixels)
    image.thumbnail((SKIM_SIDE, SKIM_SIDE))
    small = np.asarray(image)
    read = {turn: engine.skim(turned(small, turn)) for turn in (0, 90, 180, 270)}
    scores = {turn: sense_of(lines) for turn, lines in read.items()}
    best = max(scores, key=lambda turn: scores[turn])
    # Photographs give a few false letters whichever way they lie.
    makes_sense = scores[best] >= 5 and is_clearly_upright(read[best], least=0.8)
    return best if makes_sense and scores[best] > scores[0] * 1.1 else 0


def is_clearly_upright(lines: Sequence[TextLine], *, least: float = CLEARLY_RIGHT) -> bool:
    """Say whether lines were read so well that the page need not be tried the other ways."""
    letters = sum(len(line.text) for line in lines)
    if not letters:
        return False
    return sense_of(lines) / letters > least


def sense_of(lines: Sequence[TextLine]) -> float:
    """Weigh how much was read and how surely; lines that stand upright on their end do not count."""
    return sum(
        len(line.text) * line.confidence
        for line in lines
        if line.x1 - line.x0 > line.bottom - line.top or len(line.text) <= 2
    )


def _ink(pixels: Pixels, side: int) -> Image.Image:
    """Draw how dark each place is against its surroundings, small; pages of light text count the other way round."""
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.BILINEAR)
    grey = np.asarray(image).astype(np.int16)
    ground = np.asarray(image.filter(ImageFilter.BoxBlur(side // 60))).astype(np.int16)
    difference = np.abs(ground - grey)
    difference[difference < 12] = 0
    return Image.fromarray(np.clip(difference * 2, 0, 255).astype(np.uint8))


def _sharpness(ink: Image.Image, degrees: float) -> float:
    """Say how much the profiles of rows and columns jump: both do when all is level, and lines may run either way."""
    # Rotating blurs, which would favour no rotation at all: 0 is turned there and back by a hair.
    image = ink.rotate(degrees or 0.001, Image.Resampling.BILINEAR)
    pixels = np.asarray(image)
    total = 0.0
    for axis in (0, 1):
        profile: NDArray[np.float64] = pixels.sum(axis=axis, dtype=np.float64)
        total += float((np.diff(profile) ** 2).sum())
    return total


def _peak(scores: Sequence[float], best: int) -> float:
    """Find the top of the parabola through the best score and its neighbours, in steps from the best."""
    if not 0 < best < len(scores) - 1:
        return 0.0
    left, middle, right = scores[best - 1 : best + 2]
    curve = left - 2 * middle + right
    return 0.0 if curve >= 0 else max(-0.5, min(0.5, 0.5 * (left - right) / curve))
