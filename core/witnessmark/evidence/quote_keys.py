"""Words of quotes and documents as they are compared: letters, digits, and the signs that belong to figures."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from witnessmark.evidence.normal import BREAK, key_of

_SIGNS_OF_FIGURES = re.compile(
    r"[^\W_]+"
    r"|(?<=\d)[.,:/'](?=\d)"
    r"|(?<![\w.,)\]])[.](?=\d)"
    r"|(?<=[\d%)])-(?=[\d$\u20ac\u00a3\u00a5.])"
    r"|(?<![\w)\]])[-+](?=[\d$\u20ac\u00a3\u00a5.])"
    r"|[%\u2030$\u20ac\u00a3\u00a5\u20b9\u20a9\u20bd\u20ba\u20aa\u00b0=<>\u2264\u2265\u00b1\u2248~\u2260&]"
)
"""What is kept of a word's key: letters and digits, decimal marks, separators, signs, units, relations."""
DASH = "\x1e"
"""Key of a word that is a dash and nothing else."""
_OPEN = frozenset("0123456789%-/") | frozenset(map(chr, range(0x660, 0x66A))) | frozenset(map(chr, range(0x966, 0x970)))
_JOINTS = "-/"
"""What at a word's end joins a figure to the next word's."""
_JOINING = re.compile(r"(?<=\d)[-/]$")
_BEGINS_FIGURE = re.compile(r"[$\u20ac\u00a3\u00a5]?\.?\d")
_NOT_LETTERS_OF_MARKS = ("\u0300", "\u036f"), ("\u0591", "\u05c7"), ("\u064b", "\u0652"), ("\u0670", "\u0670")
"""Accents that stand apart, and vowel points, which are left out as one likes; other marks are letters."""
_LOOSE_MARK = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[^\W\d_][.,;:!?)\]\"'\u201d\u2019])|(?<=[.,;:!?)\]][)\]\"'\u201d\u2019]))"
    r"(?:\^?\d{1,3})(?:[,-]\d{1,3})*(?=\W*$)"
)
_MARK_WITHIN = re.compile(r"(?<=[^\W\d][.!?])[\"'\u201d\u2019)\]]*\d{1,3}(?=[^\W\da-z]|[\u201c\"(\[])")
"""The number of a footnote where the layer glues the next sentence to it: `fault.15Of`."""
_CAPITALS_AND_FIGURES = re.compile(r"\W*[A-Z]{1,4}-?\d+\W*")
_BRACKETED_MARK = re.compile(r"\[\d{1,3}(?:[,;\u2013-]\s?\d{1,3})*\]")
_RAISED_AFTER_LETTERS = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[.,;:!?)\]\"'\u201d\u2019]))[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+"
)
_LINK = re.compile(r"\[([^\]\[]{1,300})\]\((?:https?:|mailto:|#|/)[^)\s]{0,500}\)")
_LINE_START = re.compile(r"(?m)^\s*(?:>\s*)*(?:#{1,6}\s+|[-*+\u2022\u2013\u2014]\s+(?=\S))?")
_ELLIPSIS = re.compile(r"[\[(]\s*(?:\u2026|\.{2,}|\.\s\.\s\.)\s*[\])]|\u2026|\.{3,}|\.\s\.\s\.(?:\s\.)?")
_BRACKETED_FIGURE = re.compile(r"\(\s*([$\u20ac\u00a3\u00a5]?\s?\d[\d.,'\s]*)(%?)\s*\)")


@lru_cache(maxsize=65_536)
def word_key(word: str) -> str:
    """Write a word as it is compared; empty for one of punctuation alone. A dash or stroke after a last digit stays."""
    if word.isalpha() and word.isascii():
        return word.lower()
    key = key_of(word)
    if "^" in key:  # raised figures are no more digits of the figure before them
        return keys_joined([_kept(part) for part in key.split("^")])
    if len(key) <= 2 and not key.strip("-"):
        return DASH
    kept = _kept(key)
    return kept + key[-1] if _JOINING.search(key) and kept[-1:].isdigit() else kept


def _kept(key: str) -> str:
    if key.isascii() or not any(unicodedata.category(letter)[0] == "M" for letter in key):
        return "".join(_SIGNS_OF_FIGURES.findall(key))
    return "".join(_parts_with_marks(_with_marks_as_letters(key)))


def keys_joined(keys: Iterable[str]) -> str:
    """Put keys together as if their words stood side by side."""
    return text_of_keys(keys)[0]


def text_of_keys(keys: Iterable[str]) -> tuple[str, list[int]]:
    """Put the keys of words together, with `BREAK` where white space parts two digits.

    Shapes:  the text, and for each key where in it its word begins; an empty key stands where it would
    """
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    is_open = is_joined = False  # whether a figure stands before that the next word may go on, and a dash after it
    for key in keys:
        if not key or key == DASH:
            starts.append(length)
            is_joined = is_joined or (is_open and key == DASH)
            continue
        if is_open:
            between = _between(parts[-1], key, is_joined=is_joined)
            if parts[-1][-1] in _JOINTS and not begins_figure(key):
                parts[-1] = parts[-1][:-1]
                length -= 1
            if between:
                parts.append(between)
                length += 1
        starts.append(length)
        parts.append(key)
        length += len(key)
        is_open, is_joined = key[-1] in _OPEN, False
    if parts and parts[-1][-1] in _JOINTS:
        parts[-1] = parts[-1][:-1]
    return "".join(parts), starts


def _between(before: str, key: str, *, is_joined: bool) -> str:
    """Say what is put between a figure and the word after it."""
    if before[-1] in _JOINTS:
        return ""
    if is_joined and begins_figure(key):
        return "-"
    return BREAK if key[0].isdigit() and before[-1].isdigit() else ""


def _with_marks_as_letters(key: str) -> str:
    return "".join(letter for letter in key if not any(low <= letter <= high for low, high in _NOT_LETTERS_OF_MARKS))


def _parts_with_marks(key: str) -> Iterator[str]:
    """Keep letters with the vowel signs of scripts that write them as marks."""
    end = 0
    for found in _SIGNS_OF_FIGURES.finditer(key):
        yield from (letter for letter in key[end : found.start()] if unicodedata.category(letter)[0] == "M")
        yield found.group()
        end = found.end()
    yield from (letter for letter in key[end:] if unicodedata.category(letter)[0] == "M")


def begins_figure(key: str) -> bool:
    return _BEGINS_FIGURE.match(key) is not None


def without_mark(word: str) -> str:
    """Drop the number of a footnote from a word's end, where it may be one: `deaths12`, `deaths.12`, `deaths[12]`."""
    plain = _BRACKETED_MARK.sub("", word)
    plain = _RAISED_AFTER_LETTERS.sub("", plain)
    plain = _MARK_WITHIN.sub(" ", plain).replace(" ", "")
    if plain[-1:].isdigit() or (plain and any(map(str.isdigit, plain[-4:]))):
        if _CAPITALS_AND_FIGURES.fullmatch(plain):
            return plain
        plain = _LOOSE_MARK.sub("", plain)
    return plain


def words_of_quote(quote: str) -> list[str]:
    """Part a quote into words, without Markdown and the bullets of its lines."""
    text = html.unescape(quote)
    text = _LINK.sub(r"\1", text)
    text = _LINE_START.sub("", text)
    text = text.replace("|", " ").replace("**", "").replace("__", "")
    return text.split()


def parts_of_quote(quote: str) -> list[str]:
    """Part a quote where an ellipsis says that something is left out."""
    return [part for part in _ELLIPSIS.split(quote) if any(letter.isalnum() for letter in part)]


def with_signs_for_brackets(quote: str) -> str:
    """Write figures in brackets as negative ones, as accounts mean them."""
    return _BRACKETED_FIGURE.sub(lambda found: f"-{found[1].strip()}{found[2]}", quote)


def is_unspaced(letter: str) -> bool:
    """Say whether a letter is of a script that is written without spaces between words."""
    return (
        "\u3040" <= letter <= "\u30ff"
        or "\u3400" <= letter <= "\u9fff"
        or "\uf900" <= letter <= "\ufaff"
        or "\u0e00" <= letter <= "\u0eff"
        or "\u1000" <= letter <= "\u109f"
        or "\u1780" <= letter <= "\u17ff"
        or letter > "\uffff"
    )
