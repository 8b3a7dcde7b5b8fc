"""Page ranges as people write them."""

from __future__ import annotations

import pytest

from witnessmark.documents.page_range import (
    PageOutOfRange,
    PageRangeInvalid,
    TooManyPages,
    pages_from_text,
    text_from_pages,
)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        (None, (1, 2, 3, 4, 5, 6, 7, 8)),
        ("3", (3,)),
        ("1-3,7", (1, 2, 3, 7)),
        ("7, 1 - 2", (1, 2, 7)),
        ("2-3,3-4", (2, 3, 4)),
        ("6-", (6, 7, 8)),
        ("2–3", (2, 3)),
        ("1,2,", (1, 2)),
        ("All", (1, 2, 3, 4, 5, 6, 7, 8)),
    ],
)
def test_a_range_is_read_as_written(text: str | None, pages: tuple[int, ...]) -> None:
    assert pages_from_text(text, page_count=8, limit=100) == pages


@pytest.mark.parametrize("text", ["a", "3-1", "0", "-2", "1,,2", "1-2-3", "1.5"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(PageRangeInvalid):
        pages_from_text(text, page_count=8, limit=100)


@pytest.mark.parametrize("text", ["9", "5-9", "9-", "999999999"])
def test_a_page_that_does_not_exist_is_named_with_the_count(text: str) -> None:
    with pytest.raises(PageOutOfRange, match="8 pages"):
        pages_from_text(text, page_count=8, limit=100)


def test_more_pages_than_a_call_reads_are_refused_with_the_range_to_begin_with() -> None:
    with pytest.raises(TooManyPages, match="pages='1-600'"):
        pages_from_text(None, page_count=5000, limit=600)


def test_a_huge_range_costs_nothing_before_it_is_refused() -> None:
    with pytest.raises(PageOutOfRange):
        pages_from_text("1-999999999", page_count=8, limit=600)


def test_pages_are_written_as_the_shortest_range() -> None:
    assert text_from_pages([7, 1, 2, 3, 9, 10]) == "1-3,7,9-10"


@pytest.mark.parametrize("text", [None, "", " ", "all", "null", "None"])
def test_pages_that_are_not_given_are_all_pages(text: str | None) -> None:
    assert pages_from_text(text, page_count=3, limit=9) == (1, 2, 3)
