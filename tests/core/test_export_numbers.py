"""Which printed cells become numbers in a spreadsheet, and which stay what was printed."""

from __future__ import annotations

import pytest

from witnessmark.exports.numbers import Number, is_numeric, numbers_of
from witnessmark.exports.tables import ExportTable

Column = tuple[str, ...]


def _table(*columns: Column, headings: Column = ()) -> ExportTable:
    rows = tuple(zip(*columns, strict=True))
    return ExportTable(
        name="t1", pages=(1,), rows=((headings, *rows) if headings else rows), header_rows=len(headings[:1])
    )


def _first_column(*columns: Column, heading: str = "") -> list[Number | None]:
    headings = (heading, *[""] * (len(columns) - 1)) if heading else ()
    return [row[0] for row in numbers_of([_table(*columns, headings=headings)])[0]]


def _values(numbers: list[Number | None]) -> list[float | None]:
    return [number.value if number else None for number in numbers]


CELLS: dict[str, tuple[float, str]] = {
    "7": (7, "0"),
    "0": (0, "0"),
    "2019": (2019, "0"),
    "12.50": (12.5, "0.00"),
    ".5": (0.5, "0.0"),
    "0.123": (0.123, "0.000"),
    "1,284.50": (1284.5, "#,##0.00"),
    "1.284,50": (1284.5, "#,##0.00"),
    "1 284,50": (1284.5, "#,##0.00"),
    "1\u202f284,50": (1284.5, "#,##0.00"),
    "1'284.50": (1284.5, "#,##0.00"),
    "1’284.50": (1284.5, "#,##0.00"),
    "1,284,000": (1284000, "#,##0"),
    "12,34,567": (1234567, "#,##0"),
    "-3.5": (-3.5, "0.0"),
    "−3.5": (-3.5, "0.0"),
    "–3.5": (-3.5, "0.0"),
    "3.5-": (-3.5, "0.0"),
    "+3.5": (3.5, "+0.0;-0.0;0.0"),
    "12.5%": (0.125, "0.0%"),
    "12,5 %": (0.125, '0.0" "%'),
    "$1,284.50": (1284.5, '"$"#,##0.00'),
    "-$4.00": (-4, '"$"0.00'),
    "$ 4.00": (4, '"$ "0.00'),
    "1.284,50 €": (1284.5, '#,##0.00" €"'),
    "EUR 12,50": (12.5, '"EUR "0.00'),
    "12.50 USD": (12.5, '0.00" USD"'),
    "4.5*": (4.5, '0.0"*"'),
    "999999999999999": (999999999999999, "0"),
}


@pytest.mark.parametrize(("text", "value", "shown"), [(text, *fact) for text, fact in CELLS.items()], ids=CELLS)
def test_a_number_gets_its_value_and_the_format_that_shows_it_as_printed(text: str, value: float, shown: str) -> None:
    assert _first_column((text,)) == [Number(value=value, number_format=shown)]


@pytest.mark.parametrize(
    "text",
    [
        *("", "—", "-", "n/a", "..", "A12", "12a", "Q1 2024", "x1", "²"),
        *("12.03.2024", "2024-03-12", "3/4", "12:30", "10–20", "10-20", "1.2.3", "1e5", "0x1F"),
        *("(12", "12)", "((12))", "-(12)", "--3", "+-3", "12%%", "$12€", "1,2,3", "1,23,4", "12.", "1,284.50.1"),
        *("007", "00.5", "1234567890123456", "0.1234567890123456", "+49 30 123456", "2019 2020", "1 2"),
        *("=1+1", "@SUM(A1)", "1,284", "1.284"),
    ],
)
def test_what_is_no_number_or_not_surely_one_stays_text(text: str) -> None:
    assert _first_column((text,)) == [None]


COLUMNS: dict[str, tuple[Column, list[float | None]]] = {
    "999 beside it says that a comma parts thousands": (("1,284", "999"), [1284, 999]),
    "999 beside it says that a point parts thousands": (("1.284", "999"), [1284, 999]),
    "one cell says what the comma is for all": (("1,284", "12,5"), [1.284, 12.5]),
    "one cell says what the point is for all": (("1.284", "12.5"), [1.284, 12.5]),
    "two cells contradict each other": (("12,5", "12.5", "7"), [None, None, 7]),
    "commas in threes throughout": (("1,284", "2,567", "12,001"), [1284, 2567, 12001]),
    "points in threes throughout could be decimals": (("1.284", "2.567", "12.001"), [None, None, None]),
    "parentheses beside plain numbers are losses": (("12", "(3)"), [12, -3]),
    "parentheses alone are references": (("(1)", "(2)", "(3)"), [None, None, None]),
    "one leading zero makes all of them codes": (("02139", "10001", "94105"), [None, None, None]),
    "one that is too long makes all of them codes": (("1234567890123456", "12"), [None, None]),
    "bare digits among words are names": (("Smith", "Jones", "12"), [None, None, None]),
    "a percentage among words is still one": (("Smith", "Jones", "12%"), [None, None, 0.12]),
    "blanks between two cells that ran together": (("1,284", "12 345", "999"), [1284, None, 999]),
}


@pytest.mark.parametrize(("cells", "values"), COLUMNS.values(), ids=COLUMNS)
def test_a_cell_is_judged_by_its_column(cells: Column, values: list[float | None]) -> None:
    assert _values(_first_column(cells)) == values


@pytest.mark.parametrize("heading", ["Phone", "Customer ID", "Zip", "Account number", "IBAN", "Ref."])
def test_bare_digits_under_a_heading_that_names_things_stay_text(heading: str) -> None:
    assert _values(_first_column(("4155551234", "30"), heading=heading)) == [None, None]


def test_under_a_date_no_number_is_made_of_day_and_month() -> None:
    assert _values(_first_column(("12.03", "1.10"), heading="Date")) == [None, None]


AMOUNTS: dict[str, tuple[Column, str, list[float | None]]] = {
    "numbers of articles": (("4711-", "4712-"), "Article", [None, None]),
    "numbers of articles and a count": (("4711-", "12"), "", [None, 12]),
    "an amount among its like": (("4711-", "12.50"), "", [-4711, 12.5]),
    "an amount with groups of digits": (("4.711-", "1.200"), "", [None, None]),
    "amounts in a ledger": (("4711-", "80"), "Saldo", [-4711, 80]),
    "amounts of a currency": (("4711- €", "80 €"), "", [-4711, 80]),
    "decimals are amounts": (("47,11-",), "", [-47.11]),
}


@pytest.mark.parametrize(("cells", "heading", "values"), AMOUNTS.values(), ids=AMOUNTS)
def test_a_minus_behind_digits_is_one_in_a_column_of_amounts(
    cells: Column, heading: str, values: list[float | None]
) -> None:
    assert _values(_first_column(cells, heading=heading)) == values


def test_a_heading_that_counts_things_is_one_of_numbers() -> None:
    assert _values(_first_column(("30", "400"), heading="Number of employees")) == [30, 400]


def test_a_column_in_doubt_follows_the_rest_of_its_table() -> None:
    assert _values(_first_column(("1.284", "2.567"), ("0,5", "12,5"))) == [1284, 2567]
    assert _values(_first_column(("1.284", "2.567"), ("0.5", "12.5"))) == [1.284, 2.567]


def test_a_table_in_doubt_follows_the_rest_of_its_document() -> None:
    doubtful, clear = _table(("1.284", "2.567")), _table(("12,5",))
    assert _values([row[0] for row in numbers_of([doubtful, clear])[0]]) == [1284, 2567]


def test_a_column_of_losses_alone_follows_the_rest_of_its_table() -> None:
    assert _values(_first_column(("(12)", "(7)"), ("30", "(4)"))) == [-12, -7]
    assert _values(_first_column(("(12)", "(7)"), ("30", "4"))) == [None, None]


def test_standard_errors_below_their_estimates_are_not_losses() -> None:
    grid = numbers_of([_table(("Age", "", "Income"), ("1.50", "(0.12)", "2.25"))])[0]
    assert [row[1].value if row[1] else None for row in grid] == [1.5, None, 2.25]


def test_losses_in_parentheses_are_shown_so_and_stand_in_line_with_gains() -> None:
    gain, loss = _first_column(("1,284.5", "(12.0)"))
    assert gain
    assert loss
    assert (gain.number_format, loss.value, loss.number_format) == (
        "#,##0.0_);(#,##0.0)",
        -12,
        "#,##0.0_);(#,##0.0)",
    )


def test_headers_are_never_numbers() -> None:
    (grid,) = numbers_of([_table(("30", "400"), headings=("2024",))])
    assert len(grid) == 2


def test_a_column_of_numbers_may_have_gaps() -> None:
    texts = ("12", "—", "n/a", "", "15")
    assert is_numeric(_first_column(texts), texts)
    assert not is_numeric([None, None], ("words", ""))
    assert not is_numeric([None], ("",))
