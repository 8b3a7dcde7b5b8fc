"""Comparing any two documents: no exception, and nothing between equal ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.cases import counted, flows_like
from tests.properties.generators import flows
from witnessmark.documents.flow import PageFlow
from witnessmark.offline.differences.compare import compare_flows
from witnessmark.offline.differences.sequences import common_runs


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
