"""Printed numbers and dates: which values a text may stand for. Digits are never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from witnessmark.evidence.normal import key_of
from witnessmark.language.months import MONTH_NUMBERS

_CODES = "usd|eur|gbp|chf|jpy|cad|aud|cny|rmb|inr|sek|nok|dkk|pln|czk|huf|ron|brl|mxn|zar|krw|sgd|hkd|nzd|rm|rs"
_SIGNS = "$\u20ac\u00a3\u00a5\u20b9\u20a9\u20bd\u20ba\u20aa\u0e3f"
_CURRENCY = rf"(?:(?:us|a|c|hk|nz|s|r)\$|[{_SIGNS}]|(?:{_CODES}|kr)\.?(?![a-z]))"
BOUNDS = "~\u2248<>\u2264\u2265\u00b1"
"""Signs before a number that make it another statement: `<0.1` is not `0.1`."""
_ONE_BOUND = {"<=": "\u2264", ">=": "\u2265", "~": "\u2248"}
_AMOUNT = re.compile(
    rf"(?P<bound>[{BOUNDS}]=?)?"
    rf"(?P<open>[(\[])?(?P<bound2>[{BOUNDS}]=?)?(?P<sign>[+-])?(?P<before>{_CURRENCY})?(?P<sign2>[+-])?(?P<open2>\()?"
    rf"(?P<digits>[.,]?\d(?:[\d.,'\x1f]*\d)?)"
    rf"(?P<point>[.,](?=$|[)%]))?"
    rf"(?P<trailing>-)?(?P<percent>%|\u2030|pct|percent)?(?P<close>[)\]])?(?P<percent2>%)?"
    rf"(?P<after>{_CURRENCY})?(?P<trailing2>-)?(?P<close2>\))?"
    rf"(?P<marks>(?:[*\u2020\u2021\u00a7\u00b6#]|\^\d+|[(\[][a-z\d*]{{1,2}}[)\]])*)"
)

has_digit = re.compile(r"\d").search
"""Find the first digit of a text."""


def is_year(key: str) -> bool:
    """Say whether a number may be a year of our time, as headers are."""
    return len(key) == 4 and key[:2] in {"19", "20"} and key.isdigit()


class Amount(NamedTuple):
    """A number as printed."""

    values: tuple[str, ...]
    """What it may be worth, as plain decimals without needless zeros: two where `1,234` can be read both ways."""
    is_negative: bool
    unit: str
    """Currency or per cent, `""` without."""
    bound: str = ""
    """What makes it a bound or about a number: `<`, `\u2248`; `""` without."""

    @property
    def signed(self) -> tuple[str, ...]:
        """The values, with their sign and bound."""
        before = self.bound + "-" * self.is_negative
        return tuple(before + value for value in self.values) if before else self.values


@lru_cache(maxsize=8192)
def amount_of(key: str, mark: str | None = None) -> Amount | None:
    """Read the key of a text as one number; None where it is anything else.

    Shapes:  `key` as `key_of_cell` writes it; `mark` is what stands before decimals, None where that is not known:
             it does not rule the other reading out
    """
    if len(key) > 40 or not has_digit(key):
        return None
    if key.isdigit():
        return Amount(values_of(key), is_negative=False, unit="")
    found = _AMOUNT.fullmatch(key)
    if found is None:
        return None
    part = found.groupdict(default="")
    opened, closed = bool(part["open"] or part["open2"]), bool(part["close"] or part["close2"])
    if opened != closed or (part["before"] and part["after"]):
        return None
    values = values_of(part["digits"], mark)
    if not values:
        return None
    signs = part["sign"] + part["sign2"] + part["trailing"] + part["trailing2"]
    unit = part["before"] or part["after"] or part["percent"] or part["percent2"]
    unit = "%" if unit in {"pct", "percent"} else unit.rstrip(".")
    is_negative = (opened and part["open"] != "[") or "-" in signs
    bound = part["bound"] or part["bound2"]
    return Amount(values, is_negative and values != ("0",), unit, _ONE_BOUND.get(bound, bound))


def values_of(digits: str, mark: str | None = None) -> tuple[str, ...]:
    """Find what digits with their separators may be worth; nothing where they make no number.

    Shapes:  both readings of `1,234`, that with `mark` before decimals first; which is right: `separators.py`
    """
    if digits.isdigit():
        return (digits if digits[0] != "0" or len(digits) == 1 else _code(digits),)
    found = {value_with(digits, point): point for point in ((",", ".") if mark == "," else (".", ","))}
    values = {value: point for value, point in found.items() if value is not None}
    if len(values) == 1 or digits[0] == "0":
        return tuple(dict.fromkeys(map(without_noughts, values)))
    # `1,230` may be a thousand: read as one and a bit it keeps its nought, so that `1,23` is not the same.
    return tuple(dict.fromkeys(without_noughts(value) if point == mark else value for value, point in values.items()))


def digits_of(key: str) -> str | None:
    """Find the digits and separators of one number in a text's key; None where it is no number."""
    if key.isdigit():
        return key
    found = _AMOUNT.fullmatch(key)
    return found["digits"] if found else None


def _code(digits: str) -> str:
    """Keep the zeros of `007`, which is not `7`; `000` is nothing but zeros."""
    return digits if digits.strip("0") else "0"


def value_with(digits: str, point: str) -> str | None:
    """Read digits whose decimals follow `point`; None where they make no number then."""
    whole, dot, decimals = digits.rpartition(point) if digits.count(point) == 1 else (digits, "", "")
    if dot and not decimals.isdigit():
        return None
    if whole and not whole.isdigit():
        separators = {letter for letter in whole if not letter.isdigit()}
        if len(separators) != 1 or point in separators:
            return None
        groups = re.split(r"[.,'\x1f]", whole)
        if not _are_groups(groups):
            return None
        whole = "".join(groups)
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole


def without_noughts(value: str) -> str:
    """Drop the noughts that end decimals."""
    return value.rstrip("0").rstrip(".") if "." in value else value


def _are_groups(groups: list[str]) -> bool:
    """Say whether digits stand in groups of three, or as in India of two and a last one of three."""
    first, *middle, last = groups
    if first in {"", "0"} or len(last) != 3 or len(first) > 3:
        return False
    return all(len(group) == 3 for group in middle) or (len(first) <= 2 and all(len(group) == 2 for group in middle))


_ONE_NUMBER = re.compile(r"[^\d\w.,]{0,3}([.,]?\d[\d.,']*\d)[^\d\w.,]{0,3}")


def decimal_mark(keys: Iterable[str]) -> str | None:
    """Find what stands before decimals in many texts; None where they do not say it, or say both."""
    counts = marks_shown(keys)
    if counts["."] and counts["."] > 4 * counts[","]:
        return "."
    if counts[","] and counts[","] > 4 * counts["."]:
        return ","
    return None


def marks_shown(keys: Iterable[str]) -> dict[str, int]:
    """Count the decimal marks of numbers that can be read in one way only."""
    counts = {".": 0, ",": 0}
    for key in keys:
        if ("." in key or "," in key) and (found := _ONE_NUMBER.fullmatch(key)):
            shown = _mark_shown(found[1])
            if shown:
                counts[shown] += 1
    return counts


def _mark_shown(digits: str) -> str | None:
    """Find what must be the decimal mark of one number; None when it could be read both ways."""
    marks = [letter for letter in digits if letter in ".,"]
    if not marks:
        return None
    last, other = marks[-1], "," if marks[-1] == "." else "."
    if other in marks:
        return last if marks.count(last) == 1 else None
    if len(marks) > 1:
        return other
    whole, _, decimals = digits.partition(last)
    return None if len(decimals) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0" else last


_NUMERIC_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
_PARTS_OF_DATE = re.compile(r"\d+|[^\W\d_]+")

Date = tuple[int, int, int]
"""Year, month and day; 0 for a part that is not said."""


def dates_of(text: str, *, is_day_first: bool | None = None) -> frozenset[Date]:
    """Find the days, or the months, that a text may stand for; none where it is no date.

    Shapes:  `01/02/2024` stands for two days unless it is known what `is_day_first`
    """
    key = " ".join(key_of(part) for part in text.split())
    if len(key) > 40 or not any(map(str.isdigit, key)):
        return frozenset()
    if found := _NUMERIC_DATE.fullmatch(key.rstrip(".")):
        first, second, third = (int(found[n]) for n in (1, 3, 4))
        if len(found[1]) == 4:
            return _real({(first, second, third)})
        year = _year(found[4])
        readings = {True: (year, second, first), False: (year, first, second)}
        return (_real({readings[is_day_first]}) if is_day_first is not None else frozenset()) or _real(
            set(readings.values())
        )
    parts = _PARTS_OF_DATE.findall(key)
    months = [MONTH_NUMBERS[part] for part in parts if part in MONTH_NUMBERS]
    figures = [part for part in parts if part.isdigit()]
    others = [part for part in parts if not part.isdigit() and part not in MONTH_NUMBERS]
    if len(months) != 1 or len(figures) not in {1, 2} or not set(others) <= _DAY_WORDS:
        return frozenset()
    if len(figures) == 1:
        return frozenset({(_year(figures[0]), months[0], 0)}) if len(figures[0]) == 4 else frozenset()
    day, year = sorted(figures, key=len) if {len(figure) for figure in figures} & {4} else figures
    return _real({(_year(year), months[0], int(day))})


def is_same_day(asked: str, printed: str, *, is_day_first: bool | None) -> bool:
    """Say whether a text may stand for a day that is printed another way: never by day and month changing places.

    Shapes:  `is_day_first` is how the page writes its days
    """
    days = dates_of(asked) & dates_of(printed, is_day_first=is_day_first)
    one, other = _NUMERIC_DATE.fullmatch(key_of(asked)), _NUMERIC_DATE.fullmatch(key_of(printed))
    if days and one and other and len(dates_of(asked)) == len(dates_of(printed)) == 2:
        return (int(one[1]), int(one[3])) == (int(other[1]), int(other[3]))
    return bool(days)


def day_order(keys: Iterable[str]) -> bool | None:
    """Find whether days stand before months in numeric dates; None where no date says so, or some say either."""
    said: set[bool] = set()
    for key in keys:
        found = _NUMERIC_DATE.fullmatch(key)
        if found and len(found[1]) <= 2:
            first, second = int(found[1]), int(found[3])
            if (first > 12) != (second > 12):
                said.add(first > 12)
    return said.pop() if len(said) == 1 else None


_DAY_WORDS = frozenset({"st", "nd", "rd", "th", "de", "of", "den", "der", "er", "le"})


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) > 2 else number + (2000 if number < 70 else 1900)


def _real(dates: set[Date]) -> frozenset[Date]:
    return frozenset(one for one in dates if 1 <= one[1] <= 12 and 1 <= one[2] <= 31 and 1000 <= one[0] <= 2999)
