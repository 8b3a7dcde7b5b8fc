"""Separators of numbers: what the printed column says of `1,234`, and what an answer may write for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.core.printed import printed
from witnessmark.evidence.check import check_table
from witnessmark.evidence.separators import is_same_number, separators_of, written_mark
from witnessmark.evidence.verdicts import TableEvidence

COMMAS = ("1,284", "12,930", "17", "104,518")
POINTS = ("1.284", "12.930", "17", "104.518")
GERMAN = ("1.284,50", "12,93", "104.518,00", "7,20")
ENGLISH = ("1,284.50", "12.93", "104,518.00", "7.20")
RATES = ("21.2161", "6.8670", "0.1250", "110.3382")
BLANKS = ("1 284", "12 930", "17", "104 518")
SWISS = ("1'284.50", "12.95", "104'518.00", "7.20")
INDIAN = ("12,34,567", "1,284", "17", "90,100")
THREE_DECIMALS = ("1.284", "0.125", "12.930", "7.500")
KILOGRAMS = ("1,250", "0,125", "12,500", "7,850")


def flagged(evidence: TableEvidence) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row, verdicts in enumerate(evidence.verdicts)
        for column, verdict in enumerate(verdicts)
        if verdict is not None and verdict.status != "located"
    ]


def rows_of(numbers: Sequence[str]) -> list[list[str]]:
    names = ("Mooring", "Dredging", "Lighting", "Repairs")
    return [["Duty", "Dues"], *([name, number] for name, number in zip(names, numbers, strict=True))]


@pytest.mark.parametrize(
    ("column", "row", "written"),
    [
        (COMMAS, 0, "1.284"),
        (COMMAS, 3, "104.518"),
        (COMMAS, 0, "128,4"),
        (COMMAS, 1, "129,30"),
        (POINTS, 0, "1,284"),
        (POINTS, 1, "12,930"),
        (ENGLISH, 0, "1.284,50"),
        (ENGLISH, 1, "12,93"),
        (GERMAN, 0, "1,284,50"),
        (GERMAN, 1, "12.93"),
        (RATES, 1, "6,8670"),
        (RATES, 1, "68,670"),
        (RATES, 0, "212,161"),
        (BLANKS, 0, "1.284"),
        (SWISS, 0, "1.284,50"),
        (INDIAN, 1, "1.284"),
        (THREE_DECIMALS, 0, "1,284"),
        (THREE_DECIMALS, 0, "1284"),
        (THREE_DECIMALS, 1, "0,125"),
        (KILOGRAMS, 0, "1250"),
        (KILOGRAMS, 0, "1.250"),
    ],
)
def test_another_separator_makes_another_number(column: tuple[str, ...], row: int, written: str) -> None:
    rows = rows_of(column)
    page = printed(rows, columns=(40, 280))
    rows[row + 1][1] = written
    evidence = check_table(rows, [page])
    assert flagged(evidence) == [(row + 1, 1)]
    verdict = evidence.verdicts[row + 1][1]
    assert verdict is not None
    assert verdict.nearest == column[row]


@pytest.mark.parametrize(
    ("column", "row", "written"),
    [
        (COMMAS, 0, "1284"),
        (COMMAS, 0, "1 284"),
        (COMMAS, 3, "104'518"),
        (COMMAS, 0, "1,284.00"),
        (POINTS, 0, "1284"),
        (POINTS, 0, "1 284"),
        (GERMAN, 0, "1284,5"),
        (ENGLISH, 0, "1284.5"),
        (RATES, 1, "6.867"),
        (BLANKS, 0, "1,284"),
        (BLANKS, 0, "1284"),
        (SWISS, 0, "1284.50"),
        (SWISS, 0, "1,284.50"),
        (INDIAN, 0, "1,234,567"),
        (THREE_DECIMALS, 3, "7.5"),
    ],
)
def test_thousands_may_be_written_otherwise(column: tuple[str, ...], row: int, written: str) -> None:
    rows = rows_of(column)
    page = printed(rows, columns=(40, 280))
    rows[row + 1][1] = written
    assert flagged(check_table(rows, [page])) == []


@pytest.mark.parametrize("column", [COMMAS, POINTS, GERMAN, ENGLISH, RATES, BLANKS, SWISS, INDIAN, THREE_DECIMALS])
@pytest.mark.parametrize("by_ocr", [False, True], ids=["digital", "OCR"])
def test_what_is_printed_is_never_another_number(column: tuple[str, ...], *, by_ocr: bool) -> None:
    rows = rows_of(column)
    assert flagged(check_table(rows, [printed(rows, columns=(40, 280), by_ocr=by_ocr)])) == []


@pytest.mark.parametrize("column", [GERMAN, KILOGRAMS])
def test_an_answer_may_write_all_its_decimals_as_json_does(column: tuple[str, ...]) -> None:
    rows = rows_of(column)
    page = printed(rows, columns=(40, 280))
    plain = [number.replace(".", "").replace(",", ".") for number in column]
    assert flagged(check_table(rows_of(plain), [page])) == []


def test_a_column_is_read_by_its_own_numbers_before_those_of_its_page() -> None:
    rows = [["Duty", "Berths", "Rate"], ["Mooring", "1,284", "3.5"], ["Lamps", "937", "4.25"], ["Nets", "2,301", "1.0"]]
    german = [["Tarif", "", "12,50"], ["Gebühr", "", "7,20"], ["Summe", "", "19,70"], ["Rest", "", "0,45"]]
    first, second = printed(rows), printed(german * 3, top=300)
    page = printed(rows, others=second.words)
    assert flagged(check_table(rows, [page])) == []
    rows[1][1] = "1284"
    assert flagged(check_table(rows, [page])) == []
    rows[1][1] = "1.284"
    assert flagged(check_table(rows, [page])) == [(1, 1)]
    assert first.words


def test_ocr_may_take_a_comma_for_a_point_and_an_answer_may_not() -> None:
    read = [["Duty", "Dues"], ["Mooring", "1.284"], ["Dredging", "12,930"], ["Lighting", "9,517"], ["Nets", "8,121"]]
    page = printed(read, columns=(40, 280), by_ocr=True)
    asked = [list(row) for row in read]
    asked[1][1] = "1,284"
    assert flagged(check_table(asked, [page])) == [], "the page was misread"
    asked[2][1] = "12.930"
    assert flagged(check_table(asked, [page])) == [(2, 1)]


@pytest.mark.parametrize("label", ["1.284.555", "v1.284", "+49 1.284", "03.04.2025", "1.284/2"])
def test_what_is_no_amount_keeps_its_signs(label: str) -> None:
    rows = [["Part", "Dues"], [label, "1,284"], ["Lamps", "17"]]
    page = printed(rows, columns=(40, 280))
    assert flagged(check_table(rows, [page])) == []


def test_what_an_answer_writes_before_decimals_comes_from_its_column_first() -> None:
    assert written_mark(["12.5", "7.25"], ["12.5", "7.25", "1,5", "2,5", "3,5"]) == "."
    assert written_mark(["12.5", "7,25"], ["12.5", "7,25"]) == ","
    assert written_mark(["1.234"], ["1,5", "2,5"]) == ","
    assert written_mark(["1.234"], []) is None


def test_a_page_without_any_sign_leaves_both_readings() -> None:
    unknown = separators_of(["1,284"], None, None)
    assert is_same_number("1284", "1,284", unknown)
    assert not is_same_number("1.284", "1,284", unknown)


ALL_ALIKE = ("1,234", "4,567", "7,890", "1,111")
"""Nothing on the page says whether these are thousands."""


@pytest.mark.parametrize("written", ["4,5670", "4,56", "4.567", "45,67", "4,567.0"])
def test_digits_are_neither_added_nor_dropped_where_nothing_says_what_a_comma_is(written: str) -> None:
    rows = rows_of(ALL_ALIKE)
    page = printed(rows, columns=(40, 280))
    rows[2][1] = written
    assert flagged(check_table(rows, [page])) == [(2, 1)]


@pytest.mark.parametrize("written", ["4567", "4 567", "4'567"])
def test_thousands_may_lose_their_comma_where_nothing_says_what_it_is(written: str) -> None:
    rows = rows_of(ALL_ALIKE)
    page = printed(rows, columns=(40, 280))
    rows[2][1] = written
    assert flagged(check_table(rows, [page])) == []
