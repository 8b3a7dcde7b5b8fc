"""Characters that nobody sees and programs read: Unicode's tags, turns of direction, rows of signs without width."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\U000e0000-\U000e0fff]+"  # tags and selectors beyond any script's: whole sentences are written in them
    "|[\u202a-\u202e\u2066-\u2069]+"  # what turns text around
    "|[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]{4,}"  # single ones belong to words, rows of them are a code
    "|[\ufe00-\ufe0f]{2,}"
)


def without_unseen(text: str) -> tuple[str, int]:
    """Take out of a text what nobody sees.

    Shapes:  the text, and how many characters were taken out
    """
    if text.isascii():
        return text, 0
    bare = _UNSEEN.sub("", text)
    return bare, len(text) - len(bare)
