"""Dashes that stand alone in a column of figures: too small for engines that look for lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from witnessmark.documents.ocr.pixels import Pixels
from witnessmark.documents.ocr.recognised import PixelRule, PlacedWord
from witnessmark.documents.ocr.rules import ink_of, runs_of

DASH = "–"
CONFIDENCE = 0.9
"""Seen in the pixels, so not listed as doubtful with every dash of a table."""
TALLEST_LINE = 1.6
SHORTEST, LONGEST, THICKEST = 0.14, 1.3, 0.2
"""Of a dash, in heights of a line of text: OCR draws lines wider than the type, so a hyphen is a seventh."""
FEWEST_FIGURES = 2
"""Figures above or below a mark that make its place one of figures."""
_CJK_ONE = frozenset("一ー")


def with_dashes(
    page: Pixels, words: Sequence[PlacedWord], rules: Sequence[PixelRule], text_height: float
) -> list[PlacedWord]:
    """Add the dashes that engines pass over, and write those as dashes that they take for letters.

    Shapes:  a dash is added only on a line of text, with white around it, in a column that has figures
    Units:   pixels
    """
    if text_height < 8:
        return list(words)
    free = ink_of(page).copy()
    latin = list(words) if _is_cjk(words) else [_as_dash(word, free, text_height) for word in words]
    for word in words:
        _blank(free, word.x0 - 1, word.top, word.x1 + 1, word.bottom)
    for rule in rules:
        _blank(free, rule.x0 - 3, rule.top - 3, rule.x1 + 3, rule.bottom + 3)
    figures = [word for word in latin if any(map(str.isdigit, word.text))]
    found = [
        PlacedWord(DASH, x0, line.top, x1, line.bottom, CONFIDENCE)
        for x0, top, x1, bottom in _marks(free, text_height)
        if _is_alone(free, x0, top, x1, bottom, text_height)
        and (line := _line_at((top + bottom) / 2, latin, text_height)) is not None
        and sum(word.x0 - text_height < (x0 + x1) / 2 < word.x1 + text_height for word in figures) >= FEWEST_FIGURES
    ]
    return latin + found


def _is_cjk(words: Sequence[PlacedWord]) -> bool:
    letters = [letter for word in words for letter in word.text if letter.isalpha() and letter not in _CJK_ONE]
    return sum("\u3040" <= letter <= "\u9fff" for letter in letters) > 0.1 * len(letters)


def _as_dash(word: PlacedWord, ink: NDArray[np.bool_], text_height: float) -> PlacedWord:
    """Write a word as a dash where its ink is one, whatever letter the engine took it for."""
    if len(word.text) > 2:
        return word
    top, bottom = int(word.top), int(word.bottom) + 1
    own = ink[max(0, top) : bottom, max(0, int(word.x0) - 1) : int(word.x1) + 2]
    rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    if not len(rows):
        return word
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    middle = (rows[0] + rows[-1]) / 2 / max(1, bottom - top)
    is_dash = height <= max(3, THICKEST * text_height) and width >= 2 * height and middle < 0.75
    return word._replace(text=DASH) if is_dash or set(word.text) <= _CJK_ONE else word


def _blank(ink: NDArray[np.bool_], x0: float, top: float, x1: float, bottom: float) -> None:
    ink[max(0, int(top)) : max(0, int(bottom) + 1), max(0, int(x0)) : max(0, int(x1) + 1)] = False


def _marks(ink: NDArray[np.bool_], text_height: float) -> Iterator[tuple[int, int, int, int]]:
    """Find level marks: runs of ink of a dash's length in a few rows, one above the other."""
    least, most = max(4, int(SHORTEST * text_height)), int(LONGEST * text_height)
    thickest = max(3, round(THICKEST * text_height))
    open_marks: list[list[int]] = []
    for row in [*np.flatnonzero(ink.sum(axis=1) >= least).tolist(), ink.shape[0] + 2]:
        still: list[list[int]] = []
        for mark in open_marks:
            if row - mark[3] <= 1:
                still.append(mark)
            elif mark[2] - mark[0] <= most and mark[3] - mark[1] < thickest:
                yield mark[0], mark[1], mark[2], mark[3] + 1
        open_marks = still
        if row >= ink.shape[0]:
            return
        for start, end in runs_of(ink[row], least):
            for mark in open_marks:
                if start < mark[2] and end > mark[0]:
                    mark[0], mark[2], mark[3] = min(mark[0], start), max(mark[2], end), row
                    break
            else:
                open_marks.append([start, row, end, row])


def _is_alone(ink: NDArray[np.bool_], x0: int, top: int, x1: int, bottom: int, text_height: float) -> bool:
    """Say whether a mark is wider than high, dark nearly all along, and has white around it."""
    own = ink[top:bottom, x0:x1]
    if x1 - x0 < 2 * (bottom - top) or own.any(axis=0).mean() < 0.7:
        return False
    across, down = int(0.3 * text_height), int(0.3 * text_height)
    around = ink[max(0, top - down) : bottom + down, max(0, x0 - across) : x1 + across]
    return int(around.sum()) - int(own.sum()) <= 0.15 * own.size + 4


def _line_at(y: float, words: Sequence[PlacedWord], text_height: float) -> PlacedWord | None:
    """Find a word on whose line a mark stands, about the middle of its height; the text of a stamp makes no line."""
    return next(
        (
            word
            for word in words
            if word.bottom - word.top < TALLEST_LINE * text_height
            and 0.3 < (y - word.top) / max(1.0, word.bottom - word.top) < 0.75
            and word.text != DASH
        ),
        None,
    )
