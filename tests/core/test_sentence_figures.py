"""Figures in sentences, and which of them mean the same."""

from __future__ import annotations

import pytest

from witnessmark.evidence.sentence_figures import Figure, figures_in, is_near, is_same_figure


def only(text: str) -> Figure:
    (found,) = figures_in(text)
    return found


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("the fee is 30 days", ["30"], "day"),
        ("within thirty business days of notice", ["30"], "day"),
        ("innerhalb von dreißig Tagen", ["30"], "day"),
        ("a twenty-five per cent share", ["25"], "%"),
        ("EUR 1,284.50 a month", ["1284.5"], "eur"),
        ("1.284,50 € im Monat", ["1284.5"], "eur"),
        ("limited to $1.2 million a year", ["1200000"], "usd"),
        ("höchstens 3 Mio. Euro", ["3000000"], "eur"),
        ("rises by 4.5%", ["4.5"], "%"),
        ("um 4,5 Prozentpunkte", ["4.5"], "%"),
        ("12 345 units", ["12345"], ""),
        ("one hundred and twenty hours", ["120"], "hour"),
        ("einundzwanzig Monate", ["21"], "month"),
        ("eine 14-tägige Frist", ["14"], "day"),
        ("a 45-day period", ["45"], "day"),
        ("a change of -3.2%", ["-3.2"], "%"),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, values: list[str], unit: str) -> None:
    found = only(text)
    assert [str(value.normalize().__format__("f")) for value in found.values] == values
    assert found.unit == unit


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("ends on 1 March 2026", (2026, 3, 1)),
        ("ends on March 1st, 2026", (2026, 3, 1)),
        ("endet am 1. März 2026", (2026, 3, 1)),
        ("due 2026-03-01", (2026, 3, 1)),
        ("fällig am 15.03.2026", (2026, 3, 15)),
        ("from March 2026", (2026, 3, 0)),
        ("by 1 March", (0, 3, 1)),
    ],
)
def test_a_date_is_read_whole(text: str, date: tuple[int, int, int]) -> None:
    assert date in only(text).dates


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("30 days", "thirty days", True),
        ("30 days", "one month and 30 days", True),
        ("12 months", "365 days", False),
        ("two years", "24 months", True),
        ("two weeks", "14 days", True),
        ("5 %", "5 days", False),
        ("USD 500", "EUR 500", False),
        ("500", "EUR 500", True),
        ("1,284.50", "1.284,50", True),
        ("1,284.50", "1,294.50", False),
        ("1 March 2026", "01.03.2026", True),
        ("1 March 2026", "1 April 2026", False),
        ("2026", "1 March 2026", True),
    ],
)
def test_figures_that_mean_the_same_are_the_same(one: str, other: str, *, is_same: bool) -> None:
    assert any(is_same_figure(a, b) for a in figures_in(one) for b in figures_in(other)) == is_same


def test_numbers_of_clauses_and_ordinals_are_references() -> None:
    assert [one.is_reference for one in figures_in("Section 4.2, § 5, Nr. 7, the 3rd delivery, 9 boxes")] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_about_is_near() -> None:
    assert only("about 1,300").is_about
    assert is_near(only("1,300"), only("1,284"))
    assert not is_near(only("1,300"), only("1,100"))


@pytest.mark.parametrize(
    "text", ["", "no figure", "one of the parties may march", "ein Satz und eine Zeile", "1" * 500]
)
def test_odd_texts_are_read_without_an_error(text: str) -> None:
    assert all(one.text for one in figures_in(text))


def test_may_is_a_month_only_where_it_is_written_as_one() -> None:
    assert [one.kind for one in figures_in("rule 3 may apply from 3 May")] == ["number", "date"]


def test_a_letter_is_surely_a_scale_only_after_a_currency() -> None:
    assert [[str(value) for value in one.values] for one in figures_in("a beam of 5m for $5m")] == [
        ["5", "5000000"],
        ["5000000"],
    ]


def test_two_numbers_may_share_a_scale() -> None:
    assert any(is_same_figure(figures_in("from 48.2 to 48.3 million")[0], only(text)) for text in ("48.2 million",))


def test_one_counts_where_a_unit_follows() -> None:
    assert [one.text for one in figures_in("one of them lasts one year, ein Satz ein Jahr")] == ["one year", "ein Jahr"]
