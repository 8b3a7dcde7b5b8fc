"""The printed figures of a grid as whole numbers of one unit, so that sums are exact and fast.

A cell is a figure only when it is one and nothing else. Which mark stands before the decimals is told by its column,
and where that does not say it, by the table. Looking up reads numbers for itself (`numbers.py`): it asks what a text
may mean and forgets how it was printed; here one meaning is needed, and to which place it was rounded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

MOST_DECIMALS = 8
MOST_DIGITS = 15
"""Longer ones name things and count nothing."""

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\u2008\n\t", " "))
_DASHES = "-−–—‐‑‒﹣－"
_CURRENCY = (
    r"(?:(?:US|A|C|HK|R|NT|S)?\$|[€£¥₹₩₽₺₪₫฿]|"
    r"(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|CNY|INR|SEK|NOK|DKK|PLN|CZK|Rs|kr)\b\.?)"
)
_FIGURE = re.compile(
    rf"(?P<open>[(\[])?\s?(?P<sign>[{_DASHES}+△▲])?\s?(?:{_CURRENCY})?\s?(?P<late>[{_DASHES}(])?\s?"
    rf"(?P<digits>[.,]?\d(?:[\d.,'’\ ]*\d)?)"
    rf"\s?(?P<percent>[%％])?(?P<close>\s?[)\]])?\s?(?P<late_percent>[%％])?\s?(?:{_CURRENCY})?"
    rf"(?P<trailing>\s?[{_DASHES}](?!\d))?(?:\s?(?:[*†‡§¹²³⁴]{{1,3}}|\(\d\)|\([a-z*]\)))?(?P<side>\s?(?:CR|DR|Cr|Dr))?"
)
_NIL = re.compile(
    rf"[$€£¥\s]*(?:[{_DASHES}.…]{{1,3}}|n/?a\.?|n\.a\.?|nil|none|null|zero|k\.\s?A\.|s\.o\.)?[\s%)]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A printed number.

    Units:  `value` in units of the table's finest decimal; `unit` is what the last place that was printed is worth,
            `step` what the figures of its column are rounded to
    """

    value: int
    unit: int
    step: int
    is_percent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A grid of figures.

    Shapes:  `cells` has the rows and columns of the grid, all rows of the same length; None is a text. `is_nil` says
             where nothing, a dash or the like stands for zero
    Units:   10 to the power of -`decimals`
    """

    cells: tuple[tuple[Figure | None, ...], ...]
    is_nil: tuple[tuple[bool, ...], ...]
    decimals: int
    column_count: int

    @property
    def one(self) -> int:
        """How many units are 1."""
        return int(10**self.decimals)


@dataclass(frozen=True, slots=True)
class _Printed:
    digits: str
    is_negative: bool
    is_percent: bool


def figures_of(grid: Sequence[Sequence[str]], *, header_rows: int) -> Figures:
    """Read the figures of a grid; those of the headers are none.

    Shapes:  ragged rows are filled with nothing
    """
    width = max(map(len, grid), default=0)
    printed = [
        [_printed(text) if row_number >= header_rows else None for text in row] + [None] * (width - len(row))
        for row_number, row in enumerate(grid)
    ]
    marks = _decimal_marks(printed, width)
    parsed = [[_parsed(cell, marks[column]) if cell else None for column, cell in enumerate(row)] for row in printed]
    decimals = max((number[1] for row in parsed for number in row if number), default=0)
    steps = [_step_decimals([number for row in parsed if (number := row[column])]) for column in range(width)]
    return Figures(
        cells=tuple(
            tuple(map(partial(_figure, decimals), row, numbers, steps))
            for row, numbers in zip(printed, parsed, strict=True)
        ),
        is_nil=tuple(
            tuple(row_number >= header_rows and is_nil(text) for text in (*row, *[""] * (width - len(row))))
            for row_number, row in enumerate(grid)
        ),
        decimals=decimals,
        column_count=width,
    )


@lru_cache(maxsize=4096)
def is_nil(text: str) -> bool:
    """Say whether a cell is empty, or holds what stands for nothing: a dash, n/a, nil."""
    return _NIL.fullmatch(text.translate(_SPACES).strip()) is not None


def _printed(text: str) -> _Printed | None:
    if not any(character.isdecimal() for character in text):
        return None
    found = _FIGURE.fullmatch(text.translate(_SPACES).strip())
    if not found:
        return None
    opened = bool(found["open"]) + (found["late"] == "(")
    if opened != bool(found["close"]) or opened > 1:
        return None
    signs = [sign.strip() for sign in (found["sign"], found["late"], found["trailing"]) if sign and sign.strip() != "("]
    if len(signs) > 1 or (signs and opened):
        return None
    is_owed = (found["side"] or "").strip().upper() == "DR"
    is_negative = bool(opened) or bool(signs and signs[0] != "+") or is_owed
    return _Printed(found["digits"].replace("’", "'"), is_negative, bool(found["percent"] or found["late_percent"]))


def _decimal_marks(printed: Sequence[Sequence[_Printed | None]], width: int) -> list[str]:
    columns = [[cell for row in printed if (cell := row[column])] for column in range(width)]
    shown = [Counter(_marks_shown(cells)) for cells in columns]
    of_table = sum(shown, Counter[str]()) or sum((Counter(_marks_implied(cells)) for cells in columns), Counter[str]())
    default = of_table.most_common(1)[0][0] if of_table else "."
    return [column.most_common(1)[0][0] if column else default for column in shown]


def _marks_implied(cells: Sequence[_Printed]) -> Iterable[str]:
    """Give the decimal mark where `1.234` stands above a bare 987: three decimals would be printed in both."""
    bare = any(cell.digits.isdecimal() and len(cell.digits) <= 3 and cell.digits != "0" for cell in cells)
    used = {mark for cell in cells for mark in cell.digits if mark in ",."}
    if bare and len(used) == 1:
        yield {",": ".", ".": ","}[used.pop()]


def _marks_shown(cells: Iterable[_Printed]) -> Iterable[str]:
    """Give the decimal mark of every cell that can be read in one way only."""
    for cell in cells:
        used = [mark for mark in cell.digits if mark in ",."]
        if not used:
            continue
        last, other = used[-1], {",": ".", ".": ","}[used[-1]]
        whole, _, decimals = cell.digits.rpartition(last)
        if other in used:
            yield last
        elif len(used) > 1:
            yield other
        elif len(decimals) != 3 or len(whole) > 3 or not whole or whole[0] == "0":
            yield last


def _parsed(cell: _Printed, mark: str) -> tuple[int, int] | None:
    """Give the digits as a whole number, and how many of them are decimals."""
    whole, _, decimals = cell.digits.partition(mark)
    if decimals and not decimals.isdecimal():
        return None
    groups = re.split(r"[.,' ]", whole) if whole else ["0"]
    are_groups = all(len(group) == 3 for group in groups[2:]) and len(groups[-1]) == 3 and len(groups[0]) <= 3
    in_twos = len(groups[-1]) == 3 and all(len(group) <= 2 for group in groups[:-1])
    if len(groups) > 1 and not (are_groups and (len(groups) == 2 or len(groups[1]) == 3)) and not in_twos:
        return None
    digits = "".join(groups) + decimals
    if not digits.isdecimal() or len(digits) > MOST_DIGITS or len(decimals) > MOST_DECIMALS:
        return None
    if len(groups) == 1 and len(whole) > 1 and whole[0] == "0":
        return None
    return int(digits), len(decimals)


def _step_decimals(numbers: Sequence[tuple[int, int]]) -> int:
    """Find to how many decimals the figures of a column are rounded; below zero: to tens, hundreds, thousands."""
    if not numbers:
        return 0
    most = Counter(decimals for _, decimals in numbers).most_common(1)[0][0]
    if most or len([digits for digits, _ in numbers if digits]) < 4:
        return most
    zeros = 0
    while zeros < 6 and all(digits % 10 ** (zeros + 1) == 0 for digits, _ in numbers):
        zeros += 1
    return -zeros


def _figure(decimals: int, cell: _Printed | None, number: tuple[int, int] | None, step_decimals: int) -> Figure | None:
    if cell is None or number is None:
        return None
    digits, own = number
    unit = _power(decimals - own)
    return Figure(
        value=-digits * unit if cell.is_negative else digits * unit,
        unit=unit,
        step=_power(decimals - (max(own, step_decimals) if own else step_decimals)),
        is_percent=cell.is_percent,
    )


def _power(exponent: int) -> int:
    return int(10**exponent)
