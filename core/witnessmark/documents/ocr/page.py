"""One page's picture read: put upright, words with boxes, drawn lines, and what could not be read. Runs in a worker."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from witnessmark.documents.ocr.dashes import with_dashes
from witnessmark.documents.ocr.engine import OcrEngine, TextLine
from witnessmark.documents.ocr.fills import fills_of, without_words
from witnessmark.documents.ocr.pixels import Pixels
from witnessmark.documents.ocr.recognised import PixelFill, PixelPage, PixelRule, PlacedWord
from witnessmark.documents.ocr.rules import light_rules_of, rules_of
from witnessmark.documents.ocr.straightening import Straightening
from witnessmark.documents.ocr.upright import is_clearly_upright, rotated, skew_of, turn_of, turned
from witnessmark.documents.ocr.words import words_of_line

UNREADABLE = 0.7
"""Confidence under which a line is said to be unreadable: below, noise and handwriting come out as false letters."""
LEAST_UNREADABLE = 0.7
"""Usual lines of text that something unreadable is high: dots that lead to a figure are lower."""
TILE_ASPECT = 2.2
"""A picture longer than this many widths is read in parts: engines look for lines on a bounded copy of the whole."""


def read_page(pixels: Pixels, engine: OcrEngine) -> PixelPage:
    """Read a page's picture, whichever way up it lies."""
    height, width = pixels.shape
    straight, skew, lines = _level(pixels, engine)
    turn = 0
    if lines and not is_clearly_upright(lines):
        turn = turn_of(engine, straight)
        if turn:
            straight, skew, lines = _level(turned(pixels, turn), engine)
    read = [line for line in lines if line.confidence >= UNREADABLE and line.text.strip()]
    lost = [line for line in lines if line.confidence < UNREADABLE]
    words = [word for line in read for word in words_of_line(line, straight)]
    usual = median([word.bottom - word.top for word in words]) if words else 0.0
    lost = [line for line in lost if line.bottom - line.top > LEAST_UNREADABLE * usual]
    rules, fills = drawn(straight, words, usual) if words else ([], [])
    words = with_dashes(straight, words, rules, usual)
    return PixelPage(
        straightening=Straightening(width=width, height=height, turn=turn, skew=skew),
        words=tuple(words),
        rules=tuple(rules),
        fills=tuple(fills),
        unreadable=tuple((line.x0, line.top, line.x1, line.bottom) for line in lost),
        text_height=usual,
    )


def drawn(page: Pixels, words: Sequence[PlacedWord], text_height: float) -> tuple[list[PixelRule], list[PixelFill]]:
    """Find the lines and the shaded areas of a level page."""
    bare = without_words(page, words)
    fills = fills_of(bare, text_height)
    rules = [rule for rule in rules_of(page, words, text_height) if not _is_ground(rule, page, fills)]
    if fills:
        rules += light_rules_of(bare, text_height)
    return rules, fills


def _is_ground(rule: PixelRule, page: Pixels, fills: Sequence[PixelFill]) -> bool:
    """Say whether a line is only what shows of a shaded area between a light line and light letters."""
    x, y = (rule.x0 + rule.x1) / 2, (rule.top + rule.bottom) / 2
    along = page[int(rule.top) : int(rule.bottom) + 1, int(rule.x0) : int(rule.x1) + 1]
    return any(
        fill.x0 <= x <= fill.x1 and fill.top <= y <= fill.bottom and float(np.median(along)) > fill.grey - 18
        for fill in fills
    )


def _level(pixels: Pixels, engine: OcrEngine) -> tuple[Pixels, float, list[TextLine]]:
    skew = skew_of(pixels)
    straight = rotated(pixels, skew)
    return straight, skew, _read_in_parts(straight, engine)


def _read_in_parts(pixels: Pixels, engine: OcrEngine) -> list[TextLine]:
    height, width = pixels.shape
    if _is_blank(pixels):
        return []
    if max(height, width) <= TILE_ASPECT * min(height, width):
        return engine.read(pixels)
    if width > height:  # a wide strip is cut at white columns
        parts = _cuts(pixels.T, int(1.5 * height))
        return _moved(
            [
                (engine.read(np.ascontiguousarray(pixels[:, a:b])), a, 0)
                for a, b in parts
                if not _is_blank(pixels[:, a:b])
            ]
        )
    parts = _cuts(pixels, int(1.5 * width))
    return _moved(
        [(engine.read(np.ascontiguousarray(pixels[a:b])), 0, a) for a, b in parts if not _is_blank(pixels[a:b])]
    )


def _is_blank(pixels: Pixels) -> bool:
    """Say whether there is nothing to read: no spot of another grey than the rest."""
    return int(pixels.max()) - int(pixels.min()) < 16


def _cuts(pixels: Pixels, step: int) -> list[tuple[int, int]]:
    """Cut a long picture into parts of about `step` rows, each cut where the rows around are the calmest."""
    step = max(step, 400)
    cuts = [0]
    rough = pixels.astype(np.int16).std(axis=1)
    while len(pixels) - cuts[-1] > 1.5 * step:
        low, high = cuts[-1] + int(0.7 * step), cuts[-1] + int(1.2 * step)
        calm = np.convolve(rough[low:high], np.ones(9) / 9, mode="same")
        cuts.append(low + int(np.argmin(calm)))
    cuts.append(len(pixels))
    return list(pairwise(cuts))


def _moved(parts: Sequence[tuple[list[TextLine], int, int]]) -> list[TextLine]:
    return [
        line._replace(x0=line.x0 + x, x1=line.x1 + x, top=line.top + y, bottom=line.bottom + y)
        for lines, x, y in parts
        for line in lines
    ]
