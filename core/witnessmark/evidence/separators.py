"""Decimal marks and thousands separators: whether an answer's number and a printed one are the same.

Look-up accepts both readings of `1,234`. Once a value has its place, the printed column says which reading is right:
the numbers of the column first, then those of the page, then those of the answer. An answer may drop the separators of
thousands or write others, but not the page's decimal mark. On a page with decimal commas it may write its decimals
with a point, as JSON does, if it does so throughout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from witnessmark.evidence.numbers import decimal_mark, marks_shown, value_with, values_of, without_noughts

OTHER = {".": ",", ",": "."}
_SWAPPED = str.maketrans(OTHER)
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
"""Thousands or three decimals: `1,234`."""
_SHORT = re.compile(r"[1-9]\d{0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Separators:
    """What a printed column uses, and the column of the answer.

    Shapes:  `mark` is printed before decimals; `grouping` is the sign in most of the numbers that can be read both
             ways; `written` is what the answer writes before decimals. None where that is not known
    """

    mark: str | None
    grouping: str | None = None
    written: str | None = None
    is_guessed: bool = False
    """Whether neither the column nor the page says what stands before decimals."""
    is_read_by_ocr: bool = False
    """OCR takes points and commas for each other: a sign that its column does not use may be the other one."""


def separators_of(
    printed: Sequence[str], page_mark: str | None, written: str | None, *, is_read_by_ocr: bool = False
) -> Separators:
    """Find the separators of a column by the digits of its printed numbers, separators included."""
    either = [digits for digits in printed if _EITHER.fullmatch(digits)]
    commas = sum("," in digits for digits in either)
    points = len(either) - commas
    grouping = None if commas == points else "," if commas > points else "."
    known = decimal_mark(printed) or _implied(printed, either) or page_mark
    return Separators(
        mark=known or written,
        grouping=grouping,
        written=written,
        is_guessed=known is None,
        is_read_by_ocr=is_read_by_ocr,
    )


def written_mark(column: Iterable[str], answer: Iterable[str]) -> str | None:
    """Find what an answer writes before the decimals of a column, else of the whole table; of equals the comma.

    Shapes:  keys of the column's cells, and of all cells
    """
    for keys in (column, answer):
        shown = marks_shown(keys)
        if any(shown.values()):
            return "," if shown[","] >= shown["."] else "."
    return None


def is_same_number(asked: str, printed: str, separators: Separators) -> bool:
    """Say whether two numbers, given as digits with separators, are the same one in a printed column."""
    if _agree(asked, printed, separators):
        return True
    if not separators.is_read_by_ocr or not _is_odd(printed, separators):
        return False
    return _agree(asked, printed.translate(_SWAPPED), separators)


def _agree(asked: str, printed: str, separators: Separators) -> bool:
    mark = separators.mark
    if asked == printed:
        return True
    if separators.is_guessed and _EITHER.fullmatch(printed) and _has_other_digits(asked, printed):
        return False
    if mark is not None:
        return not set(_values_asked(asked, separators)).isdisjoint(_as_printed(printed, mark))
    if _EITHER.fullmatch(asked) and _EITHER.fullmatch(printed):
        return False
    if _EITHER.fullmatch(asked) and "." in asked and not separators.is_read_by_ocr:
        return False  # thousands with a point where the page has none: three decimals
    return not set(values_of(asked)).isdisjoint(values_of(printed))


def _has_other_digits(asked: str, printed: str) -> bool:
    """Say whether digits were added to a number, or dropped from one with a comma, that may well be thousands.

    `1.25` for a printed `1.250` is how JSON writes three decimals, which are seldom printed with a comma.
    """
    one, other = (re.sub(r"\D", "", digits) for digits in (asked, printed))
    return len(one) > len(other) or ("," in printed and one != other)


def _values_asked(digits: str, separators: Separators) -> tuple[str, ...]:
    """Read a number of the answer as the page would; one that it could not print means no number."""
    mark = separators.mark or "."
    if mark == "," and separators.written == ".":
        return _read(digits, ".") or _read(digits, ",")
    return _read(digits, mark) or (_read(digits, ".") if separators.written is None else ())


def _as_printed(digits: str, mark: str) -> tuple[str, ...]:
    """Read a printed number with its column's mark; one that breaks the rule is read as it can be."""
    return _read(digits, mark) or _read(digits, OTHER[mark])


def _read(digits: str, mark: str) -> tuple[str, ...]:
    value = value_with(digits, mark)
    return () if value is None else (without_noughts(value),)


def _implied(printed: Sequence[str], either: Sequence[str]) -> str | None:
    """Find the decimal mark where `1.234` and a bare 987 share a column: three decimals would be printed in both."""
    signs = {sign for digits in either for sign in digits if sign in OTHER}
    if len(signs) != 1 or not any(map(_SHORT.fullmatch, printed)):
        return None
    return OTHER[signs.pop()]


def _is_odd(printed: str, separators: Separators) -> bool:
    """Say whether OCR may have read another sign than is printed: the column uses the other one."""
    if separators.mark is not None and value_with(printed, separators.mark) is None:
        return True
    return bool(_EITHER.fullmatch(printed)) and separators.grouping is not None and separators.grouping not in printed
