"""What a change changes: figures, dates, negations, duties, names, words; or only how the text looks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from witnessmark.confusable import folded
from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.hunks import Hunk
from witnessmark.offline.differences.signs import (
    MAX_STEPS,
    content_of,
    differ_in_unit_case,
    is_address,
    turns_sentence,
)
from witnessmark.offline.differences.values import Significance, What
from witnessmark.offline.differences.words import CURRENCIES, DUTIES, MONTHS, NEGATIONS, NUMBER_WORDS, SYMBOLS
from witnessmark.offline.differences.written_values import is_written_otherwise

_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}\.\d{1,2}\.\d{1,2}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FORMATTING: frozenset[What] = frozenset({"numbering", "case", "punctuation"})
MARKS = frozenset("()[]{}")
_UNITS = CURRENCIES | SYMBOLS | {"million", "billion", "thousand", "per", "percent", "mio", "mrd", "prozent"}
"""Units of a figure that may stand outside its brackets."""
NEAR = 3
"""Atoms around a change that say whether its figure is part of a date."""


def what_changed(a: Side, b: Side, hunk: Hunk, *, is_row: bool) -> What:
    """Say what a change changes; of several things the first in `What`."""
    if written := _written_otherwise(a, b, hunk):
        return written
    keys_a, keys_b = a.keys[hunk.a_start : hunk.a_end], b.keys[hunk.b_start : hunk.b_end]
    if "".join(keys_a) == "".join(keys_b) and _figures(keys_a) == _figures(keys_b):
        if _is_unit(a, b, hunk):
            return "number"
        return "case" if len(keys_a) == len(keys_b) else "punctuation"
    if _are_signs(a, b, hunk, is_row=is_row):
        return "number"
    words_a, words_b = _words(keys_a), _words(keys_b)
    if "".join(words_a) == "".join(words_b) and _figures(words_a) == _figures(words_b):
        return _of_signs(a, b, hunk)
    if _figures_differ(words_a, words_b) or _months(words_a) != _months(words_b):
        return "date" if _is_date(a, hunk.a_start, hunk.a_end) or _is_date(b, hunk.b_start, hunk.b_end) else "number"
    if _of(words_a, NUMBER_WORDS | CURRENCIES) != _of(words_b, NUMBER_WORDS | CURRENCIES):
        return "number"
    if _negations(words_a) != _negations(words_b):
        return "negation"
    if _of(_parted(words_a), DUTIES) != _of(_parted(words_b), DUTIES):
        return "obligation"
    if _are_names(a, hunk.a_start, hunk.a_end) and _are_names(b, hunk.b_start, hunk.b_end):
        return "name"
    return "words"


def _of_signs(a: Side, b: Side, hunk: Hunk) -> What:
    """Say what a change of signs alone changes."""
    whole = _to_word_edges(a, b, hunk)
    tokens_a, tokens_b = _tokens(a, whole.a_start, whole.a_end), _tokens(b, whole.b_start, whole.b_end)
    before = a.forms[whole.a_start - 1] if whole.a_start else ""
    if content_of(tokens_a, before) != content_of(tokens_b, before):
        has_address = any(is_address(token.strip("\"'().,;:")) for token in (*tokens_a, *tokens_b))
        return "words" if has_address else "number"
    keys_a, keys_b = a.keys[hunk.a_start : hunk.a_end], b.keys[hunk.b_start : hunk.b_end]
    if ("?" in keys_a) != ("?" in keys_b):
        return "words"
    if ("," in keys_a) != ("," in keys_b):
        signs, side, start, end = (
            (keys_a, a, hunk.a_start, hunk.a_end) if "," in keys_a else (keys_b, b, hunk.b_start, hunk.b_end)
        )
        if turns_sentence(signs, side.keys[max(0, start - 1) : end + 1]):
            return "negation"
    return "punctuation"


def _to_word_edges(a: Side, b: Side, hunk: Hunk) -> Hunk:
    """Extend a change to the edges of the printed words of both sides."""
    a_start, a_end, b_start, b_end = hunk
    for _ in range(MAX_STEPS):
        splits = _splits_word(a, a_start) or _splits_word(b, b_start)
        if not splits or min(a_start, b_start) == 0 or a.keys[a_start - 1] != b.keys[b_start - 1]:
            break
        a_start, b_start = a_start - 1, b_start - 1
    for _ in range(MAX_STEPS):
        splits = _splits_word(a, a_end) or _splits_word(b, b_end)
        if not splits or a_end >= len(a.keys) or b_end >= len(b.keys) or a.keys[a_end] != b.keys[b_end]:
            break
        a_end, b_end = a_end + 1, b_end + 1
    return Hunk(a_start, a_end, b_start, b_end)


def _splits_word(side: Side, atom: int) -> bool:
    return 0 < atom < len(side.keys) and side.last_words[atom - 1] == side.first_words[atom]


def _tokens(side: Side, start: int, end: int) -> list[str]:
    """Write atoms as printed words."""
    found: list[str] = []
    last = -1
    for atom in range(start, end):
        if side.first_words[atom] == last:
            found[-1] += side.forms[atom]
        else:
            found.append(side.forms[atom])
        last = side.last_words[atom]
    return found


def significance_of(what: What) -> Significance:
    return "formatting" if what in _FORMATTING else "substantive"


def significance_of_change(a: Side, b: Side, hunk: Hunk, what: What) -> Significance:
    """Say whether a change changes what a text says; another way of writing one number or date does not."""
    if _written_otherwise(a, b, hunk):
        return "formatting"
    return significance_of(what)


def _written_otherwise(a: Side, b: Side, hunk: Hunk) -> What | None:
    return is_written_otherwise(a, range(hunk.a_start, hunk.a_end), b, range(hunk.b_start, hunk.b_end))


def is_misread(a: Side, b: Side, hunk: Hunk) -> bool:
    """Say whether OCR may have read one text where the other is printed; never so where figures differ."""
    keys_a, keys_b = a.keys[hunk.a_start : hunk.a_end], b.keys[hunk.b_start : hunk.b_end]
    if _figures_differ(keys_a, keys_b) or (keys_a == keys_b and max(map(len, keys_a), default=0) > 1):
        return False
    bare = folded("".join(keys_a))
    return bare == folded("".join(keys_b)) and (bool(bare) or not _has_symbol([*keys_a, *keys_b]))


def _words(keys: Sequence[str]) -> list[str]:
    return [key for key in keys if key[0].isalnum() or len(key) > 1]


def _figures(keys: Sequence[str]) -> list[str]:
    return [key for key in keys if key[0].isdigit()]


def _figures_differ(keys_a: Sequence[str], keys_b: Sequence[str]) -> bool:
    return _figures(keys_a) != _figures(keys_b)


def _months(keys: Sequence[str]) -> Counter[str]:
    return _of([key for key in keys if key != "may"], MONTHS)  # `may` is far more often a duty


def _of(keys: Sequence[str], words: frozenset[str]) -> Counter[str]:
    return Counter(key for key in keys if key in words)


def _negations(keys: Sequence[str]) -> int:
    return sum(key in NEGATIONS or key.endswith("n't") for key in keys)


def _parted(keys: Sequence[str]) -> list[str]:
    return [part for key in keys for part in (("can", "not") if key == "cannot" else (key,))]


def _has_symbol(keys: Sequence[str]) -> bool:
    return any(key in SYMBOLS for key in keys)


def _are_signs(a: Side, b: Side, hunk: Hunk, *, is_row: bool) -> bool:
    """Say whether signs differ that change a figure: its unit or currency, its minus, its brackets in a table."""
    signs = [Counter(_signs(side, start, end, is_row=is_row)) for side, start, end in _both(a, b, hunk)]
    return signs[0] != signs[1]


def _both(a: Side, b: Side, hunk: Hunk) -> tuple[tuple[Side, int, int], tuple[Side, int, int]]:
    return (a, hunk.a_start, hunk.a_end), (b, hunk.b_start, hunk.b_end)


def _signs(side: Side, start: int, end: int, *, is_row: bool) -> list[str]:
    found: list[str] = []
    for atom in range(start, end):
        key = side.keys[atom]
        if key in SYMBOLS or (key == "~" and _is_beside_figure(side, atom)):
            found.append(key)
        elif key == "-" and _is_minus(side, atom):
            found.append("-")
        elif key in MARKS and _is_beside_figure(side, atom) and (is_row or _is_in_unit(side, atom)):
            found.append(key)
    return found


def _is_in_unit(side: Side, atom: int) -> bool:
    """Say whether a bracket parts a figure from its unit, as in `(3) %` or `EUR (3)`: then it is a minus."""
    is_open = side.keys[atom] in "(["
    outside = atom - 1 if is_open else atom + 1
    other_end = atom + 2 if is_open else atom - 2
    if not (0 <= other_end < len(side.keys) and side.keys[other_end] in MARKS):
        return False
    around = (outside, other_end + 1 if is_open else other_end - 1)
    return any(0 <= n < len(side.keys) and side.keys[n] in _UNITS for n in around)


def _is_minus(side: Side, atom: int) -> bool:
    """Say whether a dash stands before a figure and after none, and is no dash between words."""
    if atom + 1 >= len(side.keys) or not side.keys[atom + 1][0].isdigit():
        return False
    if side.last_words[atom] != side.first_words[atom + 1] and side.words[side.first_words[atom]] != "-":
        return False
    is_first = atom == 0 or side.last_words[atom - 1] != side.first_words[atom]
    return is_first or not side.keys[atom - 1][-1].isalnum()


def _is_beside_figure(side: Side, atom: int) -> bool:
    return any(0 <= n < len(side.keys) and side.keys[n][0].isdigit() for n in (atom - 1, atom + 1))


def _is_unit(a: Side, b: Side, hunk: Hunk) -> bool:
    """Say whether what differs in case alone is a unit after a figure: `5 MW` is not `5 mW`."""
    start = hunk.a_start
    return (
        hunk.a_end - start == hunk.b_end - hunk.b_start == 1
        and start > 0
        and a.keys[start - 1][0].isdigit()
        and differ_in_unit_case(a.forms[start], b.forms[hunk.b_start])
    )


def _is_date(side: Side, start: int, end: int) -> bool:
    """Say whether the figures or months of a change are part of a date."""
    inside = side.keys[start:end]
    if any(_DATE.fullmatch(key) for key in inside):
        return True
    around = side.keys[max(0, start - NEAR) : end + NEAR]
    if not any(key in MONTHS or key[0].isdigit() for key in inside):
        return False
    if any(key in MONTHS and key != "may" for key in around):
        return True
    if "may" in around and any(_YEAR.fullmatch(key) for key in around):
        return True
    if any(_YEAR.fullmatch(key) for key in inside):
        return not any(key in SYMBOLS for key in around)
    return _is_slashed(side, start, end)


def _is_slashed(side: Side, start: int, end: int) -> bool:
    """Say whether figures stand in a date such as `1/3/2026` or `2026-03-01`."""
    low, high = max(0, start - 4), min(len(side.keys), end + 4)
    text = " ".join(side.keys[low:high])
    return re.search(r"\b\d{1,4} ([/-]) \d{1,2} \1 \d{1,4}\b", text) is not None


def _are_names(side: Side, start: int, end: int) -> bool:
    """Say whether a change is of words with capitals, of which the first does not begin a sentence."""
    forms = [form for form in side.forms[start:end] if form[0].isalpha()]
    if not forms or not all(form[0].isupper() for form in forms):
        return False
    return start > 0 and side.keys[start - 1] not in {".", "!", "?", ":", ";"}
