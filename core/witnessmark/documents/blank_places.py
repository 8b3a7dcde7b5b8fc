"""Words of a text layer where the page shows nothing: white on white, covered, clipped, on a layer switched off.

Needs no OCR: a word that can be seen leaves some ink on a small drawing of its page. Runs in a worker.
"""

from __future__ import annotations

from typing import NamedTuple

from witnessmark.values import Word

SIDE = 900
"""Pixels of the longer side that a page is drawn with: letters of five points leave grey marks."""
FAINTEST = 4
"""Steps of grey between paper and ink that somebody might see; text of the paper's own colour has none."""
_INSET = 0.15
"""Of a line box at its top and bottom, where rules and the lines above and below may be."""


class GreyDrawing(NamedTuple):
    """A page drawn small.

    Units:  pixels, one byte each, row by row; `scale` pixels a point
    """

    width: int
    height: int
    pixels: bytes
    scale: float


def is_blank(word: Word, drawing: GreyDrawing) -> bool:
    """Say whether there is nothing to be seen where a word should stand.

    Shapes:  False for words that cannot be judged: outside of ASCII, whose fonts may be missing here alone; without
             letters or figures; or smaller than a few pixels
    """
    scale, pixels = drawing.scale, drawing.pixels
    left, right = max(0, int(word.x0 * scale)), min(drawing.width, int(word.x1 * scale) + 1)
    middle = int((word.top + word.bottom) / 2 * scale)
    if right - left < 3 or not 0 <= middle < drawing.height:
        return False
    line = pixels[middle * drawing.width + left : middle * drawing.width + right]
    if max(line) - min(line) >= FAINTEST:  # nearly every word
        return False
    if not word.text.isascii() or not any(map(str.isalnum, word.text)):
        return False
    inset = _INSET * (word.bottom - word.top) * scale
    top, bottom = max(0, int(word.top * scale + inset)), min(drawing.height, int(word.bottom * scale - inset) + 1)
    if bottom - top < 3:
        return False
    rows = [pixels[row * drawing.width + left : row * drawing.width + right] for row in range(top, bottom)]
    return max(map(max, rows)) - min(map(min, rows)) < FAINTEST
