"""What of a page is in doubt, told from what looking up found, and which of two readings is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from witnessmark.evidence.arithmetic_found import TableArithmetic
from witnessmark.evidence.verdicts import LeftOver, Status, Verdict
from witnessmark.offline.tables.values import NOWHERE, Cell, Confidence, Table
from witnessmark.values import BoundingBox
from witnessmark_tools.tables_doubts import Standing, is_better, pages_in_doubt, says_the_same, standing_of
from witnessmark_tools.tables_evidence import CheckedTable

BOX = BoundingBox(x0=50, top=100, x1=400, bottom=300)


def a_table(rows: Sequence[Sequence[str]], confidence: Confidence = "high") -> Table:
    cells = tuple(
        tuple(Cell(text=text, box=NOWHERE, row=row, column=column) for column, text in enumerate(texts))
        for row, texts in enumerate(rows)
    )
    return Table(page_number=1, box=NOWHERE, rows=cells, header_rows=1, confidence=confidence)


LOCATED: list[Status | None] = ["located", "located"]
NOT_LOOKED_UP: list[Status | None] = [None, None]


def found(table: Table, *rows: Sequence[Status | None], left_over: Sequence[LeftOver] = ()) -> CheckedTable:
    verdicts = tuple(tuple(Verdict(status=status, page=1) for status in row) for row in rows)
    return CheckedTable(
        table=table,
        table_id="t1",
        verdicts=verdicts,
        left_over=tuple(left_over),
        boxes={1: BOX},
        sums=TableArithmetic(),
    )


def beside(text: str, *, is_row: bool = False) -> LeftOver:
    return LeftOver(page=1, box=BOX, text=text, row=1, is_row=is_row)


TABLE = a_table([["Item", "2024"], ["Rent", "1,284"]])


def test_values_in_place_are_no_doubt() -> None:
    standing = standing_of([found(TABLE, LOCATED, LOCATED)])
    assert (standing.doubts, standing.surety, standing.reason) == (0, 4, "")


def test_what_was_not_looked_up_is_no_doubt() -> None:
    assert standing_of([found(TABLE, NOT_LOOKED_UP, NOT_LOOKED_UP)]).doubts == 0


def test_each_kind_of_doubt_is_said() -> None:
    unreadable = a_table([["Item", "2024"], ["[unreadable]", "1,284"]], confidence="low")
    left = [beside("Power 96", is_row=True), beside("12"), beside("…")]
    standing = standing_of([found(unreadable, ["located", "displaced"], [None, "unlocated"], left_over=left)])
    assert standing.doubts == 6
    assert standing.reason == (
        "1 of 4 values stands nowhere on the page; 1 of 4 values stands in another row or column there; 1 row of the "
        "page is in no table; 1 place in a table is in no cell; 1 of 4 values could not be read; 1 table is of low "
        "confidence"
    )


@pytest.mark.parametrize(
    ("tables", "shown", "missed"),
    [
        ([], [BOX], 1),
        ([], [], 0),
        ([TABLE], [BOX], 0),
        ([TABLE], [BoundingBox(x0=50, top=500, x1=400, bottom=700)], 1),
        ([TABLE], [BoundingBox(x0=60, top=110, x1=380, bottom=420)], 0),
    ],
    ids=["none was read", "none is shown", "it was read", "another was read", "a part of it was read"],
)
def test_a_table_that_is_shown_and_was_not_read_is_a_doubt(
    tables: list[Table], shown: list[BoundingBox], missed: int
) -> None:
    assert standing_of([found(one, LOCATED, LOCATED) for one in tables], shown).missed_tables == missed


def test_where_nobody_knows_where_tables_stand_none_is_missed() -> None:
    nowhere = replace(found(TABLE, NOT_LOOKED_UP, NOT_LOOKED_UP), boxes={})
    assert standing_of([nowhere], [BOX]).missed_tables == 0


def test_the_most_doubtful_page_comes_first() -> None:
    standings = {1: Standing(unlocated=1), 2: Standing(located=9), 3: Standing(unlocated=2, displaced=1)}
    assert pages_in_doubt(standings) == (3, 1)


@pytest.mark.parametrize(
    ("first", "second", "is_kept"),
    [
        (Standing(located=8, unlocated=2), Standing(located=10), True),
        (Standing(located=10, unlocated=1), Standing(located=3), False),
        (Standing(located=10, missing_rows=1), Standing(located=10, missing_rows=3), False),
        (Standing(unsure_tables=1), Standing(), True),
        (Standing(located=8, unlocated=2), Standing(located=8, unlocated=2), True),
        (Standing(missed=(BOX,)), Standing(located=40, unlocated=2), True),
    ],
    ids=["more in place", "a table lost", "rows lost", "surer of itself", "the stronger of equals", "a table found"],
)
def test_the_better_reading_is_kept(first: Standing, second: Standing, is_kept: bool) -> None:
    assert is_better(second, first) is is_kept


def test_two_models_that_read_the_same_are_told_from_two_that_do_not() -> None:
    first, same, other = [
        standing_of([found(a_table([["Item", "2024"], ["Rent", value]]), LOCATED, ["located", "unlocated"])])
        for value in ("ca. 1,284", "ca.1,284", "ca. 1,294")
    ]
    assert says_the_same(first, same)
    assert not says_the_same(first, other)
    assert not says_the_same(Standing(), Standing())
