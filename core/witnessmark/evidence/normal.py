"""Texts as they are compared: what print, fonts and typists vary is made one; digits are left as they are."""

from __future__ import annotations

import re

from witnessmark.glyphs import one_glyph

BREAK = "\x1f"
"""Stands in a key where white space parts two digits: `12 34` is not `1234`."""

_NOTHINGS = frozenset({"null", "none", "nil", "n/a", "na", "nan", "n.a.", "empty", "blank"})
_LEFT_OF_WORD = "*\u2020\u2021\u00a7\u00b6\u2022\"'#"
_RIGHT_OF_WORD = "*\u2020\u2021\u00a7\u00b6\u2022\"':;,.!"
_BRACKETS_LEFT, _BRACKETS_RIGHT = "([{<", ")]}>"
_DIGIT = re.compile(r"\d").search
_RAISED_AT_END = re.compile(r"\^\d+$")


def key_of(text: str) -> str:
    """Write a text as it is compared: no white space, no case, one kind of dash and quote."""
    return "".join(one_glyph(text).split()).casefold()


def key_of_cell(text: str) -> str:
    """Write a text as `key_of` does, with `BREAK` where white space parts digits."""
    parts = [key_of(part) for part in text.split()]
    key = ""
    for part in parts:
        if key and part and key[-1].isdigit() and part[0].isdigit():
            key += BREAK
        key += part
    return key


def without_left(key: str) -> str:
    """Drop the signs before a word that are no part of it; brackets and dashes of figures are."""
    return key.lstrip(_LEFT_OF_WORD if _is_figure(key) else _LEFT_OF_WORD + _BRACKETS_LEFT + "-") or key


def without_right(key: str) -> str:
    """Drop the signs after a word that are no part of it, and the number of a footnote."""
    if "^" in key:
        key = _RAISED_AT_END.sub("", key)
    return key.rstrip(_RIGHT_OF_WORD if _is_figure(key) else _RIGHT_OF_WORD + _BRACKETS_RIGHT) or key


def core_of(key: str) -> str:
    """Drop the signs around a text that are no part of it."""
    return without_right(without_left(key))


def without_brackets(key: str) -> str:
    """Drop the brackets around a text, one side or both."""
    return key.strip("()[]{}") or key


def _is_figure(key: str) -> bool:
    return _DIGIT(key) is not None


def is_leader(text: str) -> bool:
    """Say whether a word only leads the eye, as rows of dots do."""
    return len(text) > 1 and not text.strip("._\u2026\u00b7\u2022 ") and len(text.strip("\u2022")) > 0


def is_nothing(key: str) -> bool:
    """Say whether a text is what answers write where nothing stands: `-`, `null`, `N/A`."""
    return not key.strip("-") or key in _NOTHINGS


def is_mark(key: str) -> bool:
    """Say whether a word is a footnote's mark or a sign, and no text of its own: `*`, `(a)`, `$`, `%`."""
    inner = key.strip("()[]*\u2020\u2021\u00a7\u00b6.,:;^'\"$\u20ac\u00a3\u00a5%#\u2022|_-/")
    return len(inner) <= 1
