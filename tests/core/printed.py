"""Pages set by hand for looking values up: words where a typesetter would put them."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.evidence.witness import WitnessPage
from witnessmark.values import Word

LETTER, HEIGHT, PITCH = 5.0, 10.0, 16.0
"""Width of a letter, height of a line and distance of lines, in points."""


def words_at(x: float, top: float, text: str, *, height: float = HEIGHT) -> list[Word]:
    """Set a line of text from a place on."""
    words: list[Word] = []
    for word in text.split():
        width = LETTER * len(word) * height / HEIGHT
        words.append(Word(word, x, top, x + width, top + height))
        x += width + LETTER * 0.6
    return words


def printed(
    rows: Sequence[Sequence[str]],
    *,
    columns: Sequence[float] = (40, 200, 280, 360, 440),
    top: float = 100,
    pitch: float = PITCH,
    page: int = 1,
    others: Sequence[Word] = (),
    by_ocr: bool = False,
) -> WitnessPage:
    """Set a table: the first column from the left, the others to the right; lines of a cell below one another."""
    words: list[Word] = list(others)
    for row in rows:
        height = 0
        for column, text in enumerate(row):
            for number, line in enumerate(text.split("\n")):
                height = max(height, number)
                x = columns[column] - (0 if column == 0 else LETTER * len(line))
                words += words_at(x, top + number * 11, line)
        top += pitch + 11 * height
    return WitnessPage(page_number=page, words=tuple(words), is_read_by_ocr=by_ocr)
