"""Printed numbers and dates: what is the same value, and what is not."""

from __future__ import annotations

import pytest

from witnessmark.evidence.normal import core_of, is_leader, is_mark, key_of, key_of_cell
from witnessmark.evidence.numbers import amount_of, dates_of, day_order, decimal_mark, is_same_day, values_of


def amounts(text: str, mark: str | None = None) -> tuple[str, ...]:
    amount = amount_of(key_of_cell(text), mark)
    return amount.signed if amount is not None else ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,234", "1234"),
        ("1,234", "1 234"),
        ("1,234", "1'234"),
        ("1.234.567,89", "1234567.89"),
        ("12,34,567", "1234567"),
        ("(1,234)", "-1234"),
        ("1,234-", "\u22121,234"),
        ("($5.20)", "-$5.2"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("12 %", "12%"),
        ("1,234*", "1,234"),
        ("1,234 (a)", "1,234"),
        ("45.7\u00b9", "45.7"),
        ("US$ 1,000", "1000"),
        ("\uff11\uff12", "12"),
        ("< 0.1", "<0.10"),
        (">= 5", "\u22655"),
        ("~1,200", "\u22481200"),
    ],
)
def test_the_same_value_written_otherwise(one: str, other: str) -> None:
    assert set(amounts(one)) & set(amounts(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,284", "1,234"),
        ("12.34", "1234"),
        ("1,234", "(1,234)"),
        ("5", "-5"),
        ("4,520", "4,52"),
        ("007", "7"),
        ("10\u00b2", "102"),
        ("1,23", "123"),
        ("<0.1", "0.1"),
        ("<0.1", "\u22640.1"),
        ("<5", ">5"),
        ("~12", "12"),
        ("\u00b10.5", "0.5"),
    ],
)
def test_another_value(one: str, other: str) -> None:
    assert not set(amounts(one)) & set(amounts(other))


@pytest.mark.parametrize("text", ["", "-", "n/a", "12-15", "3/4", "1.2.3", "A4", "12 Main", "(5", "1,23,4", "12:30"])
def test_what_is_no_number(text: str) -> None:
    assert amounts(text) == ()


def test_a_decimal_mark_says_which_of_two_readings_comes_first() -> None:
    assert amounts("1,230") == ("1230", "1.230")
    assert amounts("1,230", ".") == ("1230", "1.230")
    assert amounts("1,230", ",") == ("1.23", "1230")
    assert decimal_mark(["12.5", "1,234"]) == "."
    assert decimal_mark(["12,5", "1.234"]) == ","
    assert decimal_mark(["1,234", "1.234"]) is None


def test_a_cell_that_breaks_its_tables_rule_is_read_as_it_can_be() -> None:
    assert values_of("12,5", ".") == ("12.5",)


@pytest.mark.parametrize(
    "text", ["31 January 2024", "Jan. 31, 2024", "2024-01-31", "31/01/2024", "31.1.24", "31-Jan-24", "31 de enero 2024"]
)
def test_a_day_is_the_same_however_it_is_written(text: str) -> None:
    assert dates_of(text) == {(2024, 1, 31)}


def test_a_day_that_can_be_read_both_ways_stands_for_two() -> None:
    assert dates_of("01/02/2024") == {(2024, 1, 2), (2024, 2, 1)}


@pytest.mark.parametrize(
    ("asked", "printed", "is_day_first", "is_same"),
    [
        ("2024-02-01", "01/02/2024", None, True),
        ("2024-01-02", "01/02/2024", None, True),
        ("2024-01-02", "01/02/2024", True, False),
        ("1 February 2024", "01/02/2024", True, True),
        ("02/01/2024", "01/02/2024", None, False),
        ("1.2.2024", "01/02/2024", None, True),
        ("01/31/2024", "31/01/2024", None, True),
        ("31/01/2024", "31/01/2023", None, False),
    ],
)
def test_day_and_month_do_not_change_places(
    asked: str, printed: str, is_day_first: bool | None, *, is_same: bool
) -> None:
    assert is_same_day(asked, printed, is_day_first=is_day_first) is is_same


def test_a_page_says_how_it_writes_its_days() -> None:
    assert day_order(["01/02/2024", "31/01/2024"]) is True
    assert day_order(["01/02/2024", "01/31/2024"]) is False
    assert day_order(["01/02/2024", "2024-01-31"]) is None
    assert day_order(["13/02/2024", "01/31/2024"]) is None


@pytest.mark.parametrize("text", ["12 34", "32 January 2024", "May", "version 1.2.3.4", "1,234"])
def test_what_is_no_day(text: str) -> None:
    assert dates_of(text) == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Na\u00efve", "nai\u0308ve"),
        ("\u201cquoted\u201d", '"quoted"'),
        ("ef\ufb01cient", "efficient"),
        ("soft\u00adhyphen", "softhyphen"),
        ("2019\u20132020", "2019-2020"),
        ("T o t a l", "Total"),
        ("STRASSE", "stra\u00dfe"),
    ],
)
def test_texts_that_are_the_same_in_print(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_white_space_between_digits_is_kept() -> None:
    assert key_of_cell("12 34") != key_of_cell("1234")
    assert key_of_cell("page 12") == key_of_cell("page12")


def test_signs_around_a_text_are_no_part_of_it_and_brackets_of_a_figure_are() -> None:
    assert core_of(key_of("(Total:*")) == "total"
    assert core_of(key_of("(1,234)*")) == "(1,234)"


def test_leaders_and_marks() -> None:
    assert is_leader(".....")
    assert not is_leader("-")
    assert is_mark("(a)")
    assert is_mark("\u2020")
    assert not is_mark("12")
