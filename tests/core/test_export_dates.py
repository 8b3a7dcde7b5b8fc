"""Which printed columns become dates in a spreadsheet, and which stay what was printed."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from witnessmark.exports.dates import dates_of
from witnessmark.exports.tables import ExportTable
from witnessmark.exports.xlsx import xlsx_from_tables

Column = tuple[str, ...]


def _table(*columns: Column, name: str = "t1") -> ExportTable:
    rows = (tuple("Head" for _ in columns), *zip(*columns, strict=True))
    return ExportTable(name=name, pages=(1,), rows=rows, header_rows=1)


def _written(*tables: ExportTable) -> list[tuple[date | str | None, str]]:
    """Give the first column of the first table as a spreadsheet has it: days as days, each with its format."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx_from_tables("a.pdf", tables)))
    column = book[tables[0].name]["A"][1:]
    return [
        (cell.value.date() if isinstance(cell.value, datetime) else cell.value, cell.number_format) for cell in column
    ]


SLASHED, SLASHED_SHORT = r"dd\/mm\/yyyy", r"dd\/mm\/yy"
COLUMNS: dict[str, tuple[Column, list[date | str | None], str]] = {
    "year first": (("2026-07-02", "2026-11-30"), [date(2026, 7, 2), date(2026, 11, 30)], "yyyy-mm-dd"),
    "points": (("02.07.2026", "01.12.2026"), [date(2026, 7, 2), date(2026, 12, 1)], "dd.mm.yyyy"),
    "points and blanks": (("2. 7. 2026",), [date(2026, 7, 2)], "d. m. yyyy"),
    "a day above 12 first": (("02/07/2026", "13/07/2026"), [date(2026, 7, 2), date(2026, 7, 13)], SLASHED),
    "a day above 12 second": (
        ("02/07/2026", "07/13/2026"),
        [date(2026, 2, 7), date(2026, 7, 13)],
        r"mm\/dd\/yyyy",
    ),
    "the same either way": (("05/05/2026",), [date(2026, 5, 5)], SLASHED),
    "two figures of a year": (("31/12/13", "03/01/14"), [date(2013, 12, 31), date(2014, 1, 3)], SLASHED_SHORT),
    "gaps and dashes": (("02.07.2026", "", "—"), [date(2026, 7, 2), None, "—"], "dd.mm.yyyy"),
    "English months": (("2 Jul 2026", "3 Sep 2026"), [date(2026, 7, 2), date(2026, 9, 3)], "[$-409]d mmm yyyy"),
    "months first": (("July 2, 2026", "May 4, 2026"), [date(2026, 7, 2), date(2026, 5, 4)], "[$-409]mmmm d, yyyy"),
    "German months": (("2. März 2026",), [date(2026, 3, 2)], "[$-407]d. mmmm yyyy"),
    "French months": (("14 février 2026",), [date(2026, 2, 14)], "[$-40C]dd mmmm yyyy"),
}


@pytest.mark.parametrize(("cells", "values", "shown"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_of_dates_in_one_convention_becomes_dates_that_look_as_printed(
    cells: Column, values: list[date | str | None], shown: str
) -> None:
    written = _written(_table(cells))
    assert [value for value, _ in written] == values
    assert written[0][1] == shown


@pytest.mark.parametrize(
    "cells",
    [
        ("02/07/2026", "03/08/2026"),
        ("02.07.2026", "Total"),
        ("02.07.2026", "2026-07-03"),
        ("02/07/2026", "13.07.2026"),
        ("13/07/2026", "07/13/2026"),
        ("02.07.2026", "03.07.26"),
        ("31.02.2026",),
        ("02.07.", "03.07."),
        ("01/03", "13/03"),
        ("13 Sep", "14 Sep"),
        ("31/12/31",),
        ("24-03-12",),
        ("01.02.1900",),
        ("2026-07-02 14:05",),
        ("1.2.3",),
        ("63-29-30",),
        ("2 Juli 2026", "3 May 2026"),
        ("—", ""),
    ],
    ids=lambda cells: " ".join(cells) or "empty",
)
def test_a_column_in_doubt_stays_as_printed(cells: Column) -> None:
    assert [value for value, _ in _written(_table(cells))] == [cell or None for cell in cells]


def test_a_column_in_doubt_follows_its_table_and_its_document() -> None:
    doubtful, clear, other_way = ("02/07/2026",), ("13/07/2026",), ("07/13/2026",)
    assert _written(_table(doubtful, clear))[0][0] == date(2026, 7, 2)
    assert _written(_table(doubtful), _table(other_way, name="t2"))[0][0] == date(2026, 2, 7)
    assert _written(_table(doubtful, clear), _table(other_way, name="t2"))[0][0] == date(2026, 7, 2)
    assert _written(_table(doubtful), _table(clear, other_way, name="t2"))[0][0] == "02/07/2026"


def test_dates_are_as_large_as_the_body_of_their_table() -> None:
    empty = ExportTable(name="t1", pages=(1,), rows=())
    only_headers = ExportTable(name="t2", pages=(1,), rows=(("2026-07-02",),), header_rows=1)
    assert dates_of([empty, only_headers]) == [(), ()]
