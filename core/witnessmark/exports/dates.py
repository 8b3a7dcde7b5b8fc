"""Printed cells as dates: a column becomes dates if every cell of it is one, all written in one convention.

`02/07/2026` is in July in one country and in February in another. A day above 12 decides, in the column or elsewhere in
its table or document. Without one the cells stay the text that was printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from witnessmark.exports.numbers import Number
from witnessmark.exports.tables import ExportTable

_SEPARATED = re.compile(r"(\d{1,4})([./-])( ?)(\d{1,2})\2\3(\d{1,4})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<dot>\.?)(?P<gap>[ -])(?P<month>[^\W\d_]{3,10})\.?(?P=gap)(?P<year>\d{4})")
_MONTH_FIRST = re.compile(r"(?P<month>[^\W\d_]{3,10})\.? (?P<day>\d{1,2})(?P<comma>,?) (?P<year>\d{4})")
_MAX_LENGTH = 40
_NO_DATE = frozenset(" -–—.…")
"""What a cell without a date may hold."""

_ZERO = date(1899, 12, 30)
_FIRST = date(1900, 3, 1)
"""Excel takes 1900 for a leap year, so its serial numbers fit the calendar from here on."""
_LAST_SHORT_YEAR = 29
"""Excel reads 00 to 29 as 2000 to 2029, and 30 as 1930. Source: "Change the date system, format, or two-digit year"."""

_MONTHS: dict[str, str] = {
    "409": "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sep/sept "
    "october/oct november/nov december/dec",
    "407": "januar/jan/jänner februar/feb märz/mär/mrz april/apr mai juni/jun juli/jul august/aug "
    "september/sep/sept oktober/okt november/nov dezember/dez",
    "40C": "janvier/janv février/févr/fév mars avril/avr mai juin juillet/juil août septembre/sept octobre/oct "
    "novembre/nov décembre/déc",
    "C0A": "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago septiembre/sep/sept "
    "octubre/oct noviembre/nov diciembre/dic",
    "410": "gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago settembre/set "
    "ottobre/ott novembre/nov dicembre/dic",
    "413": "januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug september/sep/sept "
    "oktober/okt november/nov december/dec",
    "416": "janeiro/jan fevereiro/fev março/mar abril/abr maio/mai junho/jun julho/jul agosto/ago setembro/set "
    "outubro/out novembro/nov dezembro/dez",
}
"""The months of a language, by the number under which Excel writes them. Source: MS-LCID"""
_NUMBERS_OF_MONTHS = {
    language: {name: number for number, names in enumerate(months.split(), start=1) for name in names.split("/")}
    for language, months in _MONTHS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A cell that looks like a date.

    Shapes:  `convention` is equal in cells that are written alike; `readings` has the day and the format that shows it
             as printed for each order of day, month and year, or language of the month, that the cell may follow
    """

    convention: tuple[str, ...]
    readings: dict[str, Number]


def dates_of(tables: Sequence[ExportTable]) -> list[tuple[tuple[Number | None, ...], ...]]:
    """Find the dates below the headers of a document's tables.

    Shapes:  a grid for each table, as large as its `body`; a column holds dates in every cell that is filled, or none
    """
    written = [[_column(table, number) for number in range(table.column_count)] for table in tables]
    of_document = [column for columns in written for column in columns]
    return [_grid(table, columns, of_document) for table, columns in zip(tables, written, strict=True)]


_Column = Sequence[_Written | None]


def _column(table: ExportTable, number: int) -> _Column | None:
    """Read the cells of a column; None if one of them is no date, or is written in another way than the rest."""
    cells: list[_Written | None] = []
    for row in table.body:
        text = row[number] or ""
        cell = _written(text) if len(text) <= _MAX_LENGTH else None
        if cell is None and set(text) - _NO_DATE:
            return None
        cells.append(cell)
    return cells if len({cell.convention for cell in cells if cell}) == 1 else None


def _grid(
    table: ExportTable, columns: Sequence[_Column | None], of_document: Sequence[_Column | None]
) -> tuple[tuple[Number | None, ...], ...]:
    read = [_dates(column, (columns, of_document)) for column in columns]
    return tuple(tuple(None if column is None else column[row] for column in read) for row in range(len(table.body)))


def _dates(column: _Column | None, evidence: Sequence[Sequence[_Column | None]]) -> list[Number | None] | None:
    """Give the dates of a column, read as its own cells, else as those of its table or document, say."""
    if column is None:
        return None
    orders = _orders(column)
    for wider in evidence:
        if len(orders) > 1:
            said = {order for other in wider if (known := _decided(other, _convention(column))) for order in known}
            orders = [order for order in orders if order in said] if len(said) == 1 else orders
    days = {tuple(cell.readings[order].value for cell in column if cell) for order in orders}
    if len(days) != 1:
        return None
    return [cell.readings[orders[0]] if cell else None for cell in column]


def _orders(column: _Column) -> list[str]:
    """List the orders, or languages, that every cell of a column can follow."""
    cells = [cell for cell in column if cell]
    return [order for order in cells[0].readings if all(order in cell.readings for cell in cells)]


def _convention(column: _Column) -> tuple[str, ...]:
    return next(cell.convention for cell in column if cell)


def _decided(column: _Column | None, convention: tuple[str, ...]) -> list[str]:
    """Give the order of a column that is written alike and leaves no choice."""
    if column is None or _convention(column)[:2] != convention[:2]:
        return []
    orders = _orders(column)
    return orders if len(orders) == 1 else []


def _written(text: str) -> _Written | None:
    plain = " ".join(text.split())
    if found := _SEPARATED.fullmatch(plain):
        return _separated(found[1], found[4], found[5], found[2] + found[3])
    if found := _DAY_FIRST.fullmatch(plain):
        gap = found["gap"]
        return _worded(found, ("day first", found["dot"], gap), f"{{d}}{found['dot']}{gap}{{m}}{gap}yyyy")
    if found := _MONTH_FIRST.fullmatch(plain):
        return _worded(found, ("month first", found["comma"]), f"{{m}} {{d}}{found['comma']} yyyy")
    return None


_ORDERS_OF_LONG_YEARS = {".": ("dmy",), "/": ("dmy", "mdy"), "-": ("dmy", "mdy")}
_ORDERS_OF_SHORT_YEARS = {".": ("dmy",), "/": ("dmy", "mdy"), "-": ("dmy", "mdy", "ymd")}


def _separated(first: str, second: str, third: str, separator: str) -> _Written | None:
    lengths = len(first), len(third)
    if max(lengths) == 3 or lengths == (4, 4) or min(lengths) > 2:
        return None
    is_short = max(lengths) <= 2
    if is_short and len(third) != 2 and len(first) != 2:
        return None
    orders = _ORDERS_OF_SHORT_YEARS if is_short else _ORDERS_OF_LONG_YEARS
    readings: dict[str, Number] = {}
    for order in ("ymd",) if len(first) == 4 else orders[separator[0]]:
        printed = dict(zip(order, (first, second, third), strict=True))
        day = _day(printed["y"], int(printed["m"]), printed["d"])
        if day is not None:
            lengths_shown = [letter * len(printed[letter]) for letter in order]
            # Excel writes the separator of its user's country for a slash that is not escaped.
            shown = separator.replace("/", "\\/").join(lengths_shown)
            readings[order] = Number(value=day, number_format=shown)
    convention = (separator[0], "short" if is_short else "year first" if len(first) == 4 else "long", separator)
    return _Written(convention=convention, readings=readings) if readings else None


def _worded(found: re.Match[str], convention: tuple[str, ...], shape: str) -> _Written | None:
    name = found["month"].casefold()
    readings: dict[str, Number] = {}
    for language, months in _NUMBERS_OF_MONTHS.items():
        day = _day(found["year"], months[name], found["day"]) if name in months else None
        if day is not None:
            letters = "mmmm" if name == _full_name(language, months[name]) and len(name) > 3 else "mmm"
            shown = shape.format(d="d" * len(found["day"]), m=letters)
            readings[language] = Number(value=day, number_format=f"[$-{language}]{shown}")
    return _Written(convention=convention, readings=readings) if readings else None


def _full_name(language: str, month: int) -> str:
    return _MONTHS[language].split()[month - 1].partition("/")[0]


def _day(year: str, month: int, day: str) -> float | None:
    """Count the days up to a date as a spreadsheet does; None if there is no such date, or its century is not said."""
    if len(year) not in {2, 4} or len(day) > 2 or (len(year) == 2 and int(year) > _LAST_SHORT_YEAR):
        return None
    try:
        found = date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
    except ValueError:
        return None
    return float((found - _ZERO) // timedelta(days=1)) if found >= _FIRST else None
