"""Letters and signs that OCR takes for one another."""

from __future__ import annotations

import re
import unicodedata

_ALIKE = str.maketrans(
    dict.fromkeys("1|!j\u0131", "i")
    | {"l": "i", "0": "o", "5": "s", "8": "b", "\u20ac": "e"}
    | dict.fromkeys("q9", "g")
)
"""Letters and signs that OCR takes for one another in words."""
_PAIRS = (("rn", "m"), ("vv", "w"), ("ri", "n"), ("ii", "n"), ("ci", "d"))
_THIN = re.compile(r"[^\w]|_")


def letters_folded(key: str) -> str:
    """Write a text's key with one letter for those that OCR takes for one another, without accents."""
    folded_key = _without_accents(key).translate(_ALIKE)
    for pair, one in _PAIRS:
        folded_key = folded_key.replace(pair, one)
    return folded_key


def folded(key: str) -> str:
    """Write a text's key as `letters_folded` does, without signs."""
    return letters_folded(_THIN.sub("", _without_accents(key)))


def _without_accents(key: str) -> str:
    if key.isascii():
        return key
    parts = unicodedata.normalize("NFD", key)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
