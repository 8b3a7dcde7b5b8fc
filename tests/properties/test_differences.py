"""Comparing any two documents: no exception, nothing between equal ones, and no word that changed is left out."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.cases import counted, flows_like
from tests.properties.generators import flows, plain_words
from witnessmark.documents.flow import PageFlow
from witnessmark.offline.differences.compare import compare_flows
from witnessmark.offline.differences.sequences import common_runs
from witnessmark.offline.differences.values import Comparison


@given(flows(), flows())
def test_any_two_documents_can_be_compared(before: tuple[PageFlow, ...], after: tuple[PageFlow, ...]) -> None:
    for one, other in ((before, after), (after, before), *((before, changed) for changed in flows_like(before))):
        counted["differences"] += 1
        compare_flows(one, other)


@given(flows())
def test_a_document_does_not_differ_from_itself(pages: tuple[PageFlow, ...]) -> None:
    for same in (pages, *flows_like(pages)):
        counted["differences"] += 1
        comparison = compare_flows(same, same)
        assert comparison.differences == ()
        assert comparison.texts_agree


def said(comparison: Comparison, *, is_after: bool) -> str:
    sides = [one.after if is_after else one.before for one in comparison.differences]
    repeated = comparison.running_after if is_after else comparison.running_before
    return " ".join([*(side.text for side in sides if side is not None), *repeated])


def gained(pages: tuple[PageFlow, ...], others: tuple[PageFlow, ...]) -> Counter[str]:
    """Count the words that one document has and the other lacks; a line that pages repeat counts as one."""
    one, other = (
        Counter(word.text for page in each for paragraph in page.paragraphs for word in paragraph.words)
        for each in (pages, others)
    )
    if any(paragraph.kind == "running" for page in (*pages, *others) for paragraph in page.paragraphs):
        return Counter(one.keys() - other.keys())
    return one - other


single_pages = flows(word=plain_words).map(lambda pages: pages[:1])
"""Without the headers that tables repeat on their next page, which are layout."""


@given(single_pages, single_pages)
def test_a_word_that_one_document_lacks_is_in_a_difference(
    before: tuple[PageFlow, ...], after: tuple[PageFlow, ...]
) -> None:
    for other in (after, *flows_like(before)):
        counted["differences"] += 1
        comparison = compare_flows(before, other)
        for is_after, words in ((False, gained(before, other)), (True, gained(other, before))):
            told = said(comparison, is_after=is_after).replace(" ", "")
            assert [word for word in words if word not in told] == []


sequences = st.lists(st.integers(0, 5), max_size=14)


@given(st.lists(st.tuples(sequences, sequences), min_size=4, max_size=8))
def test_what_two_sequences_share_is_the_same_in_both_and_in_order(pairs: list[tuple[list[int], list[int]]]) -> None:
    for one, other in pairs:
        last_a = last_b = 0
        for run in common_runs(one, other):
            assert one[run.a_start : run.a_start + run.size] == other[run.b_start : run.b_start + run.size]
            assert run.a_start >= last_a
            assert run.b_start >= last_b
            last_a, last_b = run.a_start + run.size, run.b_start + run.size
