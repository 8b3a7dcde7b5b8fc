"""One glyph for what print, fonts and typists vary: dashes, quotes, bullets, ligatures; digits are left as they are."""

from __future__ import annotations

import re
import unicodedata

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


def one_glyph(text: str) -> str:
    """Write a text with one kind of dash and quote, ligatures parted, and nothing that cannot be seen."""
    if text.isascii():
        return text.replace("`", "'")
    text = _RAISED.sub(lambda found: "^" + found.group(), text)
    return unicodedata.normalize("NFKC", text.translate(_ONE)).translate(_ONE)
