"""Text of others, without what cannot be printed."""

from __future__ import annotations

import unicodedata

_KEPT_CONTROLS = frozenset("\u200c\u200d\u200e\u200f\u00ad")
"""Controls that belong to the spelling of some scripts; others that change the direction of text hide it."""
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})


def printable(text: str) -> str:
    """Take out what cannot be printed, or would move the terminal or turn the text around; lines stay lines."""
    if text.isprintable():
        return text
    lines = "\n".join(line.replace("\t", " ") for line in text.splitlines())
    return "".join(c for c in lines if c == "\n" or c in _KEPT_CONTROLS or unicodedata.category(c) not in _UNPRINTABLE)
