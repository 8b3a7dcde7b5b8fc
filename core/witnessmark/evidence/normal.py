"""Texts as they are compared: what print, fonts and typists vary is made one; digits are left as they are."""

from __future__ import annotations

import re
import unicodedata

BREAK = "\x1f"
"""Stands in a key where white space parts two digits: `12 34` is not `1234`."""

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\ufe58\ufe63\uff0d\u30fc\u02d7\u00af"
_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc\u02b9"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d"
_BULLETS = "\u2022\u2219\u00b7\u25cf\u25aa\u25a0\uf0b7\uf0a7"
_NOTHING = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_ONE = str.maketrans(
    dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_SINGLE, "'")
    | dict.fromkeys(_DOUBLE, '"')
    | dict.fromkeys(_BULLETS, "\u2022")
    | dict.fromkeys(_NOTHING, "")
    | {"\u2044": "/", "\u2215": "/", "\u00d7": "x", "\u2043": "-"}
)
_RAISED = re.compile(r"(?<=\d)[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
"""Raised figures after a figure are a footnote's number or a power, and never more digits of it."""

_LEFT_OF_WORD = "*\u2020\u2021\u00a7\u00b6\u2022\"'#"
_RIGHT_OF_WORD = "*\u2020\u2021\u00a7\u00b6\u2022\"':;,.!"
_BRACKETS_LEFT, _BRACKETS_RIGHT = "([{<", ")]}>"
_DIGIT = re.compile(r"\d").search
_RAISED_AT_END = re.compile(r"\^\d+$")


def key_of(text: str) -> str:
    """Write a text as it is compared: no white space, no case, one kind of dash and quote."""
    if text.isascii():
        return "".join(text.split()).lower().replace("`", "'")
    text = _RAISED.sub(lambda found: "^" + found.group(), text)
    text = unicodedata.normalize("NFKC", text.translate(_ONE)).translate(_ONE)
    return "".join(text.split()).casefold()


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


def is_mark(key: str) -> bool:
    """Say whether a word is a footnote's mark or a sign, and no text of its own: `*`, `(a)`, `$`, `%`."""
    inner = key.strip("()[]*\u2020\u2021\u00a7\u00b6.,:;^'\"$\u20ac\u00a3\u00a5%#\u2022|_-/")
    return len(inner) <= 1
