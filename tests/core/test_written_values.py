"""One number or date that is written in two ways is formatting; two values are not, however alike they are."""

from __future__ import annotations

import pytest

from tests.core.test_differences import compare, only

SAME = (
    ("12 000", "12000"),
    ("12'000", "12 000"),
    ("1,234,567", "1 234 567"),
    ("1.234,50", "1,234.50"),
    ("3 May 2024", "2024-05-03"),
    ("3 May 2024", "May 3, 2024"),
    ("3 May 2024", "3rd of May 2024"),
    ("3 May 2024", "03.05.2024"),
    ("3. Mai 2024", "03.05.2024"),
    ("3 de mayo de 2024", "2024-05-03"),
    ("25/03/2024", "25 March 2024"),
    ("03.05.24", "3.5.2024"),
)
OTHER = (
    ("12.000", "12,000"),
    ("12 000", "12,000"),
    ("12 00", "1200"),
    ("12 000", "120000"),
    ("1 234 567", "1 234 576"),
    ("3 May 2024", "2024-05-04"),
    ("3 May 2024", "5 March 2024"),
    ("3 May", "5 March"),
    ("03/05/2024", "05/03/2024"),
    ("03/05/2024", "3 May 2024"),
    ("3 May 2024", "3 May 2025"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
@pytest.mark.parametrize("text", ["The mill begins with {} and goes on.", "| Item | Due |\n|---|---|\n| Rye | {} |"])
def test_another_way_of_writing_a_value_is_one_formatting_difference(one: str, other: str, text: str) -> None:
    for before, after in ((one, other), (other, one)):
        found = only(compare(text.format(before), text.format(after)))
        assert found.significance == "formatting"
        assert found.before is not None
        assert found.after is not None
        assert (found.before.changed, found.after.changed) == (before, after)


@pytest.mark.parametrize(("one", "other"), OTHER)
@pytest.mark.parametrize("text", ["The mill begins with {} and goes on.", "| Item | Due |\n|---|---|\n| Rye | {} |"])
def test_another_value_is_a_change_of_substance(one: str, other: str, text: str) -> None:
    for before, after in ((one, other), (other, one)):
        found = only(compare(text.format(before), text.format(after)))
        assert (found.kind, found.significance) == ("changed", "substantive")


@pytest.mark.parametrize(("one", "other"), [("(3) %", "3 %"), ("EUR (3)", "EUR 3"), ("(3) million", "3 million")])
def test_brackets_between_a_figure_and_its_unit_are_a_minus(one: str, other: str) -> None:
    text = "The margin was {} of sales."
    assert only(compare(text.format(one), text.format(other))).significance == "substantive"


def test_brackets_around_a_figure_that_repeats_a_word_are_formatting() -> None:
    found = only(compare("Invoices are due thirty (30) days later.", "Invoices are due thirty 30 days later."))
    assert found.significance == "formatting"
