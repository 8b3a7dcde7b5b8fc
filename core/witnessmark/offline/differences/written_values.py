"""Numbers and dates as values, so that another way of writing the same value counts as formatting.

A value is read only if it has one reading: `12 000` is `12000`, and `3 May 2024` is `2024-05-03`. `12.000` may be
twelve or twelve thousand, so it equals no other way of writing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from witnessmark.language.months import MONTH_NUMBERS
from witnessmark.offline.differences.atoms import Side

MAX_GROUPS = 5
"""Groups of three digits after the first one."""
CENTURY_PIVOT = 70
"""Years of two digits from here on are of the last century."""
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})|\d{4}\.\d{1,2}\.\d{1,2}")
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
_YEAR = re.compile(r"[12]\d{3}")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", ".", "º"})
_OF = frozenset({"of", "de", "den"})
_OTHER_WORDS = frozenset("may march mar set out ago mag".split())
"""Names of months that are other words too: they are months with a capital letter only."""
_SEPARATOR = re.compile(r"[.,']")

Value = tuple[int, ...] | str
"""Year, month and day, 0 for what is not written; or the digits of a number."""


class Span(NamedTuple):
    """A number or date in a text.

    Shapes:  atoms from `start` to before `end`; no `value` if the text has more than one reading
    """

    start: int
    end: int
    kind: Literal["number", "date"]
    value: Value | None


def spans_in(side: Side, within: range) -> list[Span]:
    """Find the dates of a text, and the numbers outside dates, in order."""
    found: list[Span] = []
    atom = within.start
    while atom < within.stop:
        span = None
        key = side.keys[atom]
        if key[0].isdigit() or key in MONTH_NUMBERS:
            span = _date_at(side, atom, within.stop) or _number_at(side, atom, within.stop)
        if span is None:
            atom += 1
            continue
        found.append(span)
        atom = span.end
    return found


def is_written_otherwise(a: Side, a_range: range, b: Side, b_range: range) -> Literal["number", "date"] | None:
    """Say whether two texts are one number, or one date, written in two ways; None if they are not."""
    if not a_range or not b_range:
        return None
    spans = spans_in(a, a_range), spans_in(b, b_range)
    if any(len(one) != 1 for one in spans):
        return None
    (one,), (other,) = spans
    is_whole = range(one.start, one.end) == a_range and range(other.start, other.end) == b_range
    if not is_whole or one.kind != other.kind or one.value is None or one.value != other.value:
        return None
    return one.kind


# --- dates ------------------------------------------------------------------------------------------------------------


def _date_at(side: Side, atom: int, stop: int) -> Span | None:
    return _numeric_date(side, atom, stop) or _written_date(side, atom, stop)


def _numeric_date(side: Side, atom: int, stop: int) -> Span | None:
    keys = side.keys[atom : min(atom + 5, stop)]
    if _DOTTED.fullmatch(keys[0]):
        parts, mark, end = keys[0].split("."), ".", atom + 1
    elif len(keys) == 5 and keys[1] == keys[3] and keys[1] in {"/", "-"} and _is_one_word(side, atom, atom + 5):
        parts, mark, end = keys[::2], keys[1], atom + 5
    else:
        return None
    if not all(part.isdecimal() for part in parts):
        return None
    lengths = [len(part) for part in parts]
    first, second, third = (int(part) for part in parts)
    if lengths[0] == 4 and max(lengths[1:]) <= 2:
        readings = {_real(first, second, third)}
    elif max(lengths[:2]) <= 2 and lengths[2] in {2, 4}:
        year = third if lengths[2] == 4 else third + (2000 if third < CENTURY_PIVOT else 1900)
        readings = {
            _real(year, second, first),
            _real(year, second, first) if mark == "." else _real(year, first, second),
        }
    else:
        return None
    dates = sorted(date for date in readings if date is not None)
    if not dates:
        return None
    return Span(atom, end, "date", dates[0] if len(dates) == 1 else None)


def _written_date(side: Side, atom: int, stop: int) -> Span | None:
    """Read `3 May 2024`, `3. Mai`, `May 3rd, 2024`, `3 de mayo de 2024`, `May 2024`."""
    cursor = _Cursor(side, atom, stop)
    day = month = None
    if _DAY.fullmatch(cursor.key):
        day = int(cursor.take())
        cursor.skip(_ORDINALS)
        cursor.skip(_OF)
        month = cursor.take_month()
    elif (month := cursor.take_month()) is not None:
        cursor.skip(frozenset("."))
        if _DAY.fullmatch(cursor.key) and not cursor.is_year():
            day = int(cursor.take())
            cursor.skip(_ORDINALS - {"."})
    if month is None:
        return None
    end = cursor.atom
    cursor.skip(frozenset("."))
    cursor.skip(frozenset(","))
    cursor.skip(_OF)
    year = 0
    if cursor.is_year():
        year, end = int(cursor.take()), cursor.atom
    if day is None and not year:
        return None
    date = _real(year, month, day or 0)
    return Span(atom, end, "date", date) if date is not None else None


class _Cursor:
    """Takes atoms one after the other."""

    def __init__(self, side: Side, atom: int, stop: int) -> None:
        self._side, self.atom, self._stop = side, atom, stop

    @property
    def key(self) -> str:
        return self._side.keys[self.atom] if self.atom < self._stop else ""

    def take(self) -> str:
        key = self.key
        self.atom += 1
        return key

    def skip(self, keys: frozenset[str]) -> None:
        if self.key in keys:
            self.atom += 1

    def is_year(self) -> bool:
        return _YEAR.fullmatch(self.key) is not None

    def take_month(self) -> int | None:
        number = MONTH_NUMBERS.get(self.key)
        if number is None or (self.key in _OTHER_WORDS and not self._side.forms[self.atom][0].isupper()):
            return None
        self.atom += 1
        return number


def _real(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    return (year, month, day) if 1 <= month <= 12 and 0 <= day <= 31 else None


# --- numbers ----------------------------------------------------------------------------------------------------------


def _number_at(side: Side, atom: int, stop: int) -> Span | None:
    key = side.keys[atom]
    if not key[0].isdigit():
        return None
    end = atom + 1
    if re.fullmatch(r"[1-9]\d{0,2}", key) and not (atom and side.keys[atom - 1][0].isdigit()):
        while end < stop and end - atom <= MAX_GROUPS and _goes_on(side, end):
            end += 1
            if not side.keys[end - 1].isdecimal():
                break  # `12 000.50`
    if end > atom + 1 and end < stop and side.keys[end][0].isdigit():
        return Span(atom, atom + 1, "number", _value_of([key]))  # `12 000 50` is no number
    return Span(atom, end, "number", _value_of(side.keys[atom:end]))


def _goes_on(side: Side, atom: int) -> bool:
    """Say whether an atom is a group of three digits after the ones before, in the same cell or line."""
    one, other = side.last_words[atom - 1], side.first_words[atom]
    is_near = other - one <= 1 and side.word_paragraphs[one] == side.word_paragraphs[other]
    is_row = side.paragraphs[side.word_paragraphs[other]].kind == "row"
    if not is_near or (is_row and side.word_cells[one] != side.word_cells[other]):
        return False
    return re.fullmatch(r"\d{3}(?:[.,]\d+)?", side.keys[atom]) is not None


def _value_of(groups: Sequence[str]) -> str | None:
    """Write a number without its separators; None if it has more than one reading."""
    if len(groups) > 1:
        whole, mark, decimals = groups[-1].replace(",", ".").partition(".")
        return "".join(groups[:-1]) + whole + mark + decimals
    (text,) = groups
    marks = _SEPARATOR.findall(text)
    if not marks:
        return text
    *before, last = _SEPARATOR.split(text)
    is_decimal = marks[-1] != "'" and marks.count(marks[-1]) == 1
    thousands = set(marks[:-1]) if is_decimal else set(marks)
    parts = before if is_decimal else [*before, last]
    if len(thousands) > 1 or (len(parts) > 1 and not _are_groups(parts)):
        return None
    if is_decimal and len(marks) == 1 and len(last) == 3 and re.fullmatch(r"[1-9]\d{0,2}", parts[0]):
        return None  # `12.000`
    return "".join(parts) + (f".{last}" if is_decimal else "")


def _are_groups(parts: Sequence[str]) -> bool:
    return 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])


def _is_one_word(side: Side, start: int, end: int) -> bool:
    return side.first_words[start] == side.last_words[end - 1]
