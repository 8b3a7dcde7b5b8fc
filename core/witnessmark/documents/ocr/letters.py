"""Which scripts OCR can read: the letters that its models can write, from their own dictionary.

A word with a letter that is not in the dictionary never comes out as printed: what OCR reads there, often Latin letters
that look alike, says nothing about the word. Source: letters.json, written by `python -m scripts.ocr_letters`.
"""

from __future__ import annotations

import json
import unicodedata
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("letters.json")
FIRST_IDEOGRAPH, LAST_IDEOGRAPH = 0x3400, 0x9FFF
"""Those of which the table has a bit each."""
_SIGNS_IN_A_WORD = 1
"""Letters of a script that the dictionary has as signs of formulas alone, as in `μg` and `kΩ`; more are a word."""
_LIKE_LATIN = frozenset(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7"
)
"""Greek letters that the dictionary has and OCR may take for Latin ones."""
_JUDGED_ONE_BY_ONE = frozenset({"CJK", "IDEOGRAPHIC"})
_NAMES = {
    "CJK": "rare Chinese characters",
    "ARABIC-INDIC": "Arabic",
    "EXTENDED": "Arabic",
    "HANGUL": "Korean",
    "LATIN": "Latin letters with marks as in Vietnamese",
}


class _Letters(NamedTuple):
    ranges: tuple[tuple[int, int], ...]
    ideographs: bytes
    alphabets: frozenset[str]

    def holds(self, letter: str) -> bool:
        code = ord(letter)
        if FIRST_IDEOGRAPH <= code <= LAST_IDEOGRAPH:
            place = code - FIRST_IDEOGRAPH
            return bool(self.ideographs[place // 8] >> place % 8 & 1)
        return any(first <= code <= last for first, last in self.ranges)


@lru_cache(maxsize=8192)
def unread_script(word: str) -> str | None:
    """Name the script of a word, or of a part of it, that OCR cannot read; None if it can read all of it."""
    if word.isascii():
        return None
    letters = _letters()
    signs: Counter[str] = Counter()
    for letter in unicodedata.normalize("NFKC", word):
        if not (letter.isalpha() or letter.isdecimal()):
            continue
        script = unicodedata.name(letter, "UNKNOWN").partition(" DIGIT")[0].split()[0]
        if letter.isalpha() and script not in letters.alphabets and script not in _JUDGED_ONE_BY_ONE:
            signs[script] += 1
        if not letters.holds(letter) or letter in _LIKE_LATIN or signs[script] > _SIGNS_IN_A_WORD:
            return _NAMES.get(script, script.title())
    return None


def unread_scripts(words: Iterable[str]) -> tuple[str, ...]:
    """Name the scripts of words that OCR cannot read, each once and sorted."""
    return tuple(sorted({script for word in words if (script := unread_script(word)) is not None}))


@lru_cache(maxsize=1)
def _letters() -> _Letters:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return _Letters(
        ranges=tuple((first, last) for first, last in table["letters"]),
        ideographs=b64decode(table["ideographs"]),
        alphabets=frozenset(table["alphabets"]),
    )
