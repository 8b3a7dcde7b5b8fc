"""Places that OCR could not read: whether words may be there, between their neighbours and with room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from witnessmark.documents.flow import PageFlow
from witnessmark.values import BoundingBox, Word

NARROWEST = 0.4
"""Width of a letter in heights of a line: handwriting is seldom narrower."""
_LOWEST = 0.5
"""Height of a place that can hold text, in heights of a line."""
_LINE_PITCH = 1.6
"""Lines of handwriting that a tall place holds: one for so many heights of a line."""
_WHITE = 1.2
"""White between two words, in heights of a line, that is wide enough for a digit that OCR has missed."""


@dataclass(slots=True)
class UnreadPlaces:
    """The places of a page that OCR could not read, and the letters that each still has room for."""

    flow: PageFlow
    _height: float = 0.0
    _room: list[tuple[BoundingBox, float]] = field(default_factory=list[tuple[BoundingBox, float]])

    def __post_init__(self) -> None:
        words = self.flow.words
        self._height = median([word.bottom - word.top for word in words]) if words else 0.0
        if self.flow.reading is not None and self._height > 0:
            self._room = [(box, self._letters(box)) for box in self.flow.reading.unread]

    def take(self, letters: int, before: Word | None, after: Word | None) -> bool:
        """Take room for a text between two words; False where no unread place between them has it."""
        fitting = [at for at, (box, _) in enumerate(self._room) if _is_between(box, before, after)]
        if letters > sum(self._room[at][1] for at in fitting):
            return False
        for at in fitting:
            box, room = self._room[at]
            used = min(room, letters)
            self._room[at] = box, room - used
            letters -= int(used)
        return True

    def has_white(self, before: Word | None, after: Word | None) -> bool:
        """Claim that there is white between two words, or a line's end, where OCR may have missed a single sign."""
        if before is None or after is None or not self.flow.is_read_by_ocr:
            return self.flow.is_read_by_ocr
        return not _is_level(before, after) or after.x0 - before.x1 > _WHITE * self._height

    def _letters(self, box: BoundingBox) -> float:
        height = box.bottom - box.top
        if height < _LOWEST * self._height:
            return 0.0
        lines = max(1, int(height / (_LINE_PITCH * self._height)))
        return lines * (box.x1 - box.x0) / (NARROWEST * self._height)


def _is_level(one: Word, other: Word | BoundingBox) -> bool:
    """Claim that two are in one line."""
    return min(one.bottom, other.bottom) - max(one.top, other.top) > 0.4 * min(
        one.bottom - one.top, other.bottom - other.top
    )


def _is_between(box: BoundingBox, before: Word | None, after: Word | None) -> bool:
    """Claim that a place is between two words as the page is read; None is the page's beginning or end."""
    if before is not None and after is not None and after.bottom <= before.top:  # from one column to the next
        return _follows(box, before) or _precedes(box, after)
    return (before is None or _follows(box, before)) and (after is None or _precedes(box, after))


def _follows(box: BoundingBox, word: Word) -> bool:
    middle = (box.x0 + box.x1) / 2
    return middle > word.x1 if _is_level(word, box) else (box.top + box.bottom) / 2 > word.bottom


def _precedes(box: BoundingBox, word: Word) -> bool:
    middle = (box.x0 + box.x1) / 2
    return middle < word.x0 if _is_level(word, box) else (box.top + box.bottom) / 2 < word.top


def letters_of(texts: Sequence[str]) -> int:
    """Count the letters of words and the white between them."""
    return sum(map(len, texts)) + max(0, len(texts) - 1)
