"""The words that stand in a place on a page."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.values import Word

Box = tuple[float, float, float, float]

_LONGEST = 600
"""Characters of the words of one place."""


def words_in(words: Sequence[Word], box: Box) -> list[Word]:
    """Take the words whose middle lies in a box, in their order."""
    x0, top, x1, bottom = box
    return [
        word for word in words if x0 <= (word.x0 + word.x1) / 2 <= x1 and top <= (word.top + word.bottom) / 2 <= bottom
    ]


def text_of(words: Sequence[Word]) -> str:
    """Write words as a reader takes them: line after line, each in its direction."""
    if any(word.angle for word in words):
        text = " ".join(word.text for word in words)
    else:
        text = " ".join(word.text for line in _lines(words) for word in sorted(line, key=lambda word: word.x0))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def line_height(words: Sequence[Word]) -> float | None:
    """Find the usual height of a line; None without words."""
    heights = sorted(_height(word) for word in words)
    return heights[len(heights) // 2] if heights else None


def _height(word: Word) -> float:
    return word.x1 - word.x0 if word.angle in {90, 270} else word.bottom - word.top


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        if lines and middle < lines[-1][0].bottom - 0.3 * (lines[-1][0].bottom - lines[-1][0].top):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines
