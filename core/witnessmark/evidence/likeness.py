"""Texts that resemble one another: what OCR may take for what, and what to show a person beside a wrong value."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from witnessmark import confusable
from witnessmark.confusable import letters_folded
from witnessmark.evidence.normal import key_of
from witnessmark.evidence.page_index import PageIndex

_DIGITS = re.compile(r"\d+")
_EDGE_FIGURE = re.compile(r"(^\d{2,}|\d{2,}$)")
"""Two digits and more at a word's edge are a figure that belongs to it or was glued to it, never letters."""
LEAST_ALIKE = 0.6


def is_same_as_read(asked: str, read: str) -> bool:
    """Say whether OCR may have read one text where another is printed: their digits are the same, their words alike."""
    if _DIGITS.findall(_figures(asked)) != _DIGITS.findall(_figures(read)):
        return False
    as_read = folded(asked)
    return bool(as_read) and as_read == folded(read)


def key_as_read(key: str) -> str:
    """Write a word's key so that what OCR takes for one another is the same; digits of figures stay."""
    if key.isdecimal() or sum(map(str.isdigit, key)) >= sum(map(str.isalpha, key)):
        return key
    return letters_folded(key) if not _EDGE_FIGURE.search(key) else _edges_kept(key)


def _edges_kept(key: str) -> str:
    """Fold the letters of a word to which OCR has glued a figure: `all12`."""
    parts = _EDGE_FIGURE.split(key)
    return "".join(part if part.isdecimal() else letters_folded(part) for part in parts)


def _figures(text: str) -> str:
    """Keep the words that are figures; a digit in a word of letters is a letter that was misread."""
    words = [key_of(word) for word in text.split()]
    return "".join(word for word in words if sum(map(str.isdigit, word)) >= sum(map(str.isalpha, word)))


def folded(text: str) -> str:
    """Write a text so that letters which OCR takes for one another are the same."""
    return confusable.folded(key_of(text))


def most_alike(text: str, index: PageIndex, *, is_amount: bool) -> str | None:
    """Find the text on a page that a value which stands nowhere resembles most; None where none does."""
    key = key_of(text)
    if len(key) < 3:
        return None
    best, found = LEAST_ALIKE, None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for words in _candidates(index, is_amount=is_amount):
        other = "".join([index.tokens[word].key for word in words])
        if not 0.5 * len(key) <= len(other) <= 2 * len(key):
            continue
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, found = ratio, words
    return index.text(found) if found else None


def _candidates(index: PageIndex, *, is_amount: bool) -> list[list[int]]:
    if is_amount:
        return [[word] for word, token in index.tokens.items() if any(map(str.isdigit, token.key))]
    return [unit for line in index.lines for unit in index.units_of(line)]
