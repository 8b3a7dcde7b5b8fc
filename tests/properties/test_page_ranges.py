"""Page ranges: whatever is written is a range or a clear refusal, and a range that is written is read as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.cases import counted
from witnessmark.documents.page_range import pages_from_text, text_from_pages
from witnessmark.errors import InputError

parts = st.text("0123456789-–, all null", max_size=9)


@given(st.lists(st.one_of(parts, st.text(max_size=8)), min_size=5, max_size=10), st.integers(1, 400))
def test_any_text_is_a_range_of_the_document_or_refused(several: list[str], count: int) -> None:
    for text in several:
        counted["page ranges"] += 1
        try:
            pages = pages_from_text(text, page_count=count, limit=100)
        except InputError:
            continue
        assert list(pages) == sorted(set(pages))
        assert all(1 <= page <= count for page in pages)
        assert len(pages) <= 100


@given(st.lists(st.sets(st.integers(1, 300), min_size=1), min_size=3, max_size=6))
def test_pages_that_are_written_as_a_range_are_read_as_these_pages(several: list[set[int]]) -> None:
    for pages in several:
        counted["page ranges"] += 1
        assert pages_from_text(text_from_pages(pages), page_count=300, limit=300) == tuple(sorted(pages))
