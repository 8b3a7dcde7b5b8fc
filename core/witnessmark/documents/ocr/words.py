"""Lines of text into words with boxes of their own, by the white between them.

An engine gives a line's text and its box. Where each word stands is found by laying the text over the line's pixels:
the widths that letters usually have say about where a space should be, and the widest white near it is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from witnessmark.documents.ocr.engine import TextLine
from witnessmark.documents.ocr.pixels import Pixels
from witnessmark.documents.ocr.recognised import PlacedWord

_NARROW = frozenset("ijl.,:;!'|()[]{}ftIr1-·`")
_WIDE = frozenset("mwMW@%—œæ&")
WIDEST_SPACE = 1.1
"""Line heights of white inside one word at which it is two: cells of a table that were read as one."""


class _Gap(NamedTuple):
    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    @property
    def width(self) -> float:
        return self.end - self.start


def words_of_line(line: TextLine, page: Pixels) -> list[PlacedWord]:
    """Place the words of a line.

    Shapes:  as many words as the text has, or more where wide white parts one
    """
    texts = line.text.split()
    left, right = max(0, int(line.x0)), min(page.shape[1], int(np.ceil(line.x1)))
    top, bottom = max(0, int(line.top)), min(page.shape[0], int(np.ceil(line.bottom)))
    if not texts or right - left < 2 or bottom - top < 2:
        return []
    start, end, gaps = _white(page[top:bottom, left:right])
    height = float(bottom - top)
    borders = _borders(texts, start, end, gaps, height)
    edges = [start, *(edge for gap in borders for edge in gap), end]
    words: list[PlacedWord] = []
    for index, text in enumerate(texts):
        inside = [gap for gap in gaps if gap.start > edges[2 * index] and gap.end < edges[2 * index + 1]]
        for part, x0, x1 in _parted(text, edges[2 * index], edges[2 * index + 1], inside, height):
            words.append(PlacedWord(part, left + x0, line.top, left + x1, line.bottom, line.confidence))
    return words


def ink_of(crop: Pixels) -> NDArray[np.bool_]:
    """Tell a line's ink from its ground, dark on light or light on dark."""
    grey = crop.astype(np.int16)
    low, ground, high = (int(value) for value in np.percentile(grey, (2, 50, 98)))
    if high - ground > 1.5 * (ground - low):  # light letters on a dark ground
        ink: NDArray[np.bool_] = grey > ground + max(12, (high - ground) * 0.4)
    else:
        ink = grey < ground - max(12, (ground - low) * 0.4)
    return ink


def _white(crop: Pixels) -> tuple[float, float, list[_Gap]]:
    """Find where a line's ink begins and ends, and the white between."""
    ink = ink_of(crop)
    height, width = ink.shape
    # Underlines and borders are no letters: rows of ink over most of the width, columns of ink from top to bottom.
    ink[ink.mean(axis=1) > 0.75] = False
    columns = ink.sum(axis=0)
    columns[columns >= 0.95 * height] = 0
    dark = columns > (1 if height >= 20 else 0)
    where = np.flatnonzero(dark)
    if len(where) < 2:
        return 0.0, float(width), []
    steps = np.flatnonzero(np.diff(where) > 1)
    gaps = [_Gap(float(where[i] + 1), float(where[i + 1])) for i in steps]
    return float(where[0]), float(where[-1] + 1), gaps


def _width(text: str) -> float:
    return sum(
        0.5 if letter in _NARROW else 1.45 if letter in _WIDE else 1.15 if letter.isupper() else 1.0 for letter in text
    )


def _borders(texts: Sequence[str], start: float, end: float, gaps: Sequence[_Gap], height: float) -> list[_Gap]:
    """Choose the white that stands between each two words.

    Of all ways to give each space a gap, in order, the one with the widest gaps nearest to where letters of usual
    widths put them; a space for which there is no white stands where the widths say.
    """
    count = len(texts) - 1
    if count <= 0:
        return []
    expected = _expected(texts, start, end, gaps, height)
    nothing = -0.6
    # best[j]: the best score with the first j gaps used up; one row a space
    best = np.zeros(len(gaps) + 1)
    widths = np.array([gap.width for gap in gaps])
    middles = np.array([gap.middle for gap in gaps])
    choices: list[NDArray[np.intp]] = []
    for place in expected:
        taken = np.full(len(gaps) + 1, -np.inf)
        if len(gaps):
            score = np.minimum(widths / height, 1.5) * 2.0 - np.abs(middles - place) / height * 0.55
            taken[1:] = best[:-1] + score
        skipped = best + nothing
        value = np.maximum(taken, skipped)
        # the best over all smaller j, and which j that was
        running = np.maximum.accumulate(value)
        index = np.where(value == running, np.arange(len(value)), 0)
        index = np.maximum.accumulate(index)
        picks = np.where(taken[index] >= skipped[index], index, -1 - index)
        choices.append(picks)
        best = running
    j = len(gaps)
    chosen: list[_Gap] = []
    for place, picks in zip(reversed(expected), reversed(choices), strict=True):
        pick = int(picks[j])
        if pick > 0:
            chosen.append(gaps[pick - 1])
            j = pick - 1
        else:
            chosen.append(_Gap(place, place))
            j = -1 - pick if pick < 0 else 0
    return _ordered(chosen[::-1], start, end)


def _expected(texts: Sequence[str], start: float, end: float, gaps: Sequence[_Gap], height: float) -> list[float]:
    """Say where each space should be, the white that is wider than any word space left out of the reckoning."""
    wide = [gap for gap in gaps if gap.width > WIDEST_SPACE * height][: len(texts) - 1]
    extra = sum(gap.width - 0.35 * height for gap in wide)
    letters = sum(map(_width, texts)) + 0.6 * (len(texts) - 1)
    unit = (end - start - extra) / letters
    places: list[float] = []
    at = start
    for text in texts[:-1]:
        at += _width(text) * unit
        places.append(_stretched(at + 0.3 * unit, wide, height))
        at += 0.6 * unit
    return places


def _stretched(place: float, wide: Sequence[_Gap], height: float) -> float:
    for gap in wide:
        if place > gap.start - 0.8 * height:
            place += gap.width - 0.35 * height
    return place


def _ordered(gaps: Sequence[_Gap], start: float, end: float) -> list[_Gap]:
    """Keep borders from crossing each other where widths had to stand in for white."""
    result: list[_Gap] = []
    at = start
    for gap in gaps:
        begin = min(max(gap.start, at), end)
        at = min(max(gap.end, begin), end)
        result.append(_Gap(begin, at))
    return result


def _parted(text: str, start: float, end: float, gaps: Sequence[_Gap], height: float) -> list[tuple[str, float, float]]:
    """Part a word at white that no word has inside."""
    wide = [gap for gap in gaps if gap.width > WIDEST_SPACE * height]
    if not wide or len(text) < 2:
        return [(text, start, end)]
    inked = (end - start) - sum(gap.width for gap in wide)
    edges = [start, *(edge for gap in wide for edge in gap), end]
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    cuts = [0]
    covered = 0.0
    total = _width(text)
    for begin, stop in spans[:-1]:
        covered += stop - begin
        cuts.append(_cut_at(text, covered / inked * total))
    cuts.append(len(text))
    return [
        (text[first:last], begin, stop)
        for (first, last), (begin, stop) in zip(pairwise(cuts), spans, strict=True)
        if last > first
    ]


def _cut_at(text: str, width: float) -> int:
    at = 0.0
    for index, letter in enumerate(text):
        step = _width(letter)
        if at + step / 2 >= width:
            return index
        at += step
    return len(text)
