"""Numbers and dates of any text: no exception, and a number that was written is read as what it is."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.cases import counted
from tests.properties.generators import texts, tokens
from witnessmark.evidence.normal import key_of_cell
from witnessmark.evidence.numbers import amount_of, dates_of, day_order, decimal_mark, is_same_day, is_year

MARKS = (None, ".", ",")


@given(st.lists(st.one_of(tokens, texts, st.text(max_size=12)), min_size=5, max_size=10))
def test_any_text_is_read_as_a_number_and_a_date_or_as_none(several: list[str]) -> None:
    keys = [key_of_cell(text) for text in several]
    decimal_mark(keys)
    order = day_order(keys)
    for text, key in zip(several, keys, strict=True):
        is_year(key)
        for mark in MARKS:
            counted["numbers"] += 1
            amount = amount_of(key, mark)
            if amount is not None:
                assert amount.values
                assert amount.signed
        dates_of(text)
        for other in several:
            counted["dates"] += 1
            is_same_day(text, other, is_day_first=order)


@given(st.integers(0, 10**12), st.integers(0, 4), st.booleans(), st.sampled_from([(",", "."), (".", ","), (" ", ",")]))
def test_a_number_that_is_written_is_read_as_that_number(
    digits: int, places: int, is_negative: bool, signs: tuple[str, str]
) -> None:
    group, mark = signs
    value = Decimal(digits).scaleb(-places)
    written = f"{value:,.{places}f}".replace(",", "g").replace(".", mark).replace("g", group)
    written = f"-{written}" if is_negative and value else written
    amount = amount_of(key_of_cell(written), mark)
    assert amount is not None
    expected = -value if is_negative else value
    assert expected in [Decimal(one) for one in amount.signed]
