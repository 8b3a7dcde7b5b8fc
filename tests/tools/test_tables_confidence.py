"""How sure a table is: confidence, counts and the sentence for a person never contradict one another."""

from __future__ import annotations

import itertools
import re

import pytest

from witnessmark.offline.tables.values import Confidence
from witnessmark_tools.tables_confidence import TableCounts, judge

COMPARE = "Compare the table with the page."
SAID: tuple[Confidence, ...] = ("high", "medium", "low")


def combinations() -> list[TableCounts]:
    """Combine what may be found of a table, few and many of each."""
    return [
        TableCounts(
            said=said,
            rows=rows,
            located=located,
            displaced=displaced,
            unlocated=unlocated,
            lost_rows=lost,
            lost_totals=totals,
            emptied=emptied,
            unreadable=unread,
            broken_sums=broken,
            is_proven=is_proven,
            ocr_confidence=ocr,
        )
        for said, rows, located, displaced, unlocated, lost, (totals, emptied), unread, (broken, is_proven), ocr in (
            itertools.product(
                SAID, (1, 12), (0, 1, 40), (0, 1, 7), (0, 1, 9), (0, 1, 4), ((0, 0), (1, 0), (0, 3), (1, 3)), (0, 2),
                ((0, False), (0, True), (2, False)), (None, 0.8, 0.95),
            )
        )
    ]  # fmt: skip


def test_no_sentence_contradicts_the_counts() -> None:
    for counts in combinations():
        judgement = judge(counts)
        assert bool(judgement.reason) == (judgement.confidence == "low"), counts
        numbers = [int(number) for number in re.findall(r"\d+", judgement.reason)]
        assert set(numbers) <= {
            counts.displaced, counts.unlocated, counts.looked_up, counts.lost_rows + counts.lost_totals, counts.emptied
        }, counts  # fmt: skip
        assert ("nowhere on the page" in judgement.reason) <= (counts.unlocated > 0), counts
        assert ("another row or column" in judgement.reason) <= (counts.displaced > 0), counts
        assert ("missing from the table" in judgement.reason) <= (counts.lost_rows + counts.lost_totals > 0), counts
        assert ("in no cell" in judgement.reason) <= (counts.emptied > 0), counts
        assert ("OCR" in judgement.reason) <= (counts.ocr_confidence is not None), counts
        assert ("grid" in judgement.reason) <= (counts.said == "low"), counts


def test_a_table_with_a_doubt_is_never_of_high_confidence() -> None:
    for counts in combinations():
        doubts = counts.displaced + counts.unlocated + counts.lost_rows + counts.lost_totals + counts.broken_sums
        if judge(counts).confidence == "high":
            assert not doubts, counts
            assert not counts.emptied, counts
            assert not counts.unreadable, counts
            assert counts.said != "low", counts


def test_a_table_without_any_doubt_is_never_of_low_confidence() -> None:
    for counts in combinations():
        is_clear = counts.looked_up == counts.located and not counts.lost_rows
        if is_clear and counts.said != "low" and counts.ocr_confidence != 0.8:
            assert judge(counts).confidence != "low", counts


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (
            TableCounts(rows=9, located=10, unlocated=3, lost_rows=2),
            "3 of 13 values are nowhere on the page; 2 rows of the page are missing from the table. " + COMPARE,
        ),
        (
            TableCounts(rows=5, located=10, lost_rows=1),
            "1 row of the page is missing from the table. " + COMPARE,
        ),
        (
            TableCounts(rows=5, located=1, displaced=1),
            "1 of 2 values is in another row or column of the page. " + COMPARE,
        ),
        (
            TableCounts(rows=5, located=10, lost_rows=1, emptied=2),
            "1 row of the page is missing from the table; 2 values of the page are in no cell of the table. " + COMPARE,
        ),
        (TableCounts(said="low", rows=5, located=10), "The grid is uncertain. " + COMPARE),
    ],
)
def test_the_sentence_says_what_is_wrong_with_its_numbers(counts: TableCounts, reason: str) -> None:
    assert judge(counts).reason == reason


def test_a_cell_that_is_empty_where_the_page_prints_a_value_lowers_the_confidence() -> None:
    assert judge(TableCounts(rows=5, located=19)).confidence == "high"
    assert judge(TableCounts(rows=5, located=19, emptied=1)).confidence == "medium"
    assert judge(TableCounts(rows=5, located=19, emptied=1, is_proven=True)).confidence == "medium"


def test_a_total_that_a_table_leaves_out_is_no_reason_to_distrust_the_rest() -> None:
    assert judge(TableCounts(rows=4, located=20, lost_totals=1)).confidence == "medium"
    assert judge(TableCounts(rows=4, located=20, lost_rows=1)).confidence == "low"
