"""Tables that two models read alike: located if the page has all their words in the same order, else as looked up."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from witnessmark.evidence.arithmetic_found import TableArithmetic
from witnessmark.evidence.verdicts import LeftOver, Status, Verdict
from witnessmark.offline.tables.values import NOWHERE, Cell, Table
from witnessmark.values import BoundingBox
from witnessmark_tools.tables_agreed import grids_of, without_agreed
from witnessmark_tools.tables_evidence import CheckedTable

TEXTS = (("Item", "2024", "2025"), ("Rent", "17", "18"), ("Power", "31", "29"))
Place = tuple[int, int]


def box(x: float, y: float) -> BoundingBox:
    return BoundingBox(x0=x, top=y, x1=x + 20, bottom=y + 10)


def checked(
    *,
    statuses: Mapping[Place, Status] | None = None,
    boxes: Mapping[Place, BoundingBox | None] | None = None,
    left_over: tuple[LeftOver, ...] = (),
) -> CheckedTable:
    statuses, boxes = statuses or {}, boxes or {}
    table = Table(
        page_number=1,
        box=NOWHERE,
        rows=tuple(
            tuple(Cell(text=text, box=NOWHERE, row=row, column=column) for column, text in enumerate(texts))
            for row, texts in enumerate(TEXTS)
        ),
        header_rows=1,
    )
    return CheckedTable(
        table=table,
        table_id="t1",
        verdicts=tuple(
            tuple(
                Verdict(
                    status=statuses.get((row, column), "located"),
                    page=1,
                    box=boxes.get((row, column), box(60 * column, 20 * row)),
                )
                for column in range(3)
            )
            for row in range(3)
        ),
        left_over=left_over,
        boxes={},
        sums=TableArithmetic(),
    )


def counts(one: CheckedTable) -> tuple[int, int, int]:
    return one.count("located"), one.count("displaced"), one.count("unlocated")


def agreed(one: CheckedTable) -> CheckedTable:
    return without_agreed(one, {1: grids_of([one.table])})


def test_what_is_in_the_pages_order_is_located_and_no_longer_left_over() -> None:
    lower = box(64, 33)
    left = LeftOver(page=1, box=lower, text="17", row=1)
    other = LeftOver(page=1, box=box(200, 90), text="note", row=2)
    one = checked(statuses={(1, 1): "displaced"}, boxes={(1, 1): lower}, left_over=(left, other))
    found = agreed(one)
    assert counts(found) == (9, 0, 0)
    assert found.left_over == (other,)


@pytest.mark.parametrize(
    ("statuses", "boxes"),
    [
        ({(1, 1): "displaced"}, {(1, 1): box(60, 50)}),
        ({(1, 1): "displaced"}, {(1, 1): box(-40, 20)}),
        ({(1, 1): "displaced"}, {(1, 1): box(120, 20)}),
        ({(1, 1): "displaced", (2, 1): "displaced"}, {(1, 1): box(60, 40), (2, 1): box(60, 20)}),
        ({(1, 1): "displaced", (2, 1): "displaced"}, {(1, 1): box(60, 30), (2, 1): box(60, 30)}),
        ({(1, 1): "displaced", (2, 2): "unlocated"}, {(1, 1): box(64, 33)}),
        ({(1, 1): "displaced"}, {(1, 1): None}),
    ],
    ids=[
        "below the next row",
        "before the label",
        "another value's words",
        "two exchanged",
        "two with the same words",
        "another value is nowhere",
        "without a place",
    ],
)
def test_what_is_not_in_the_pages_order_stays_displaced(
    statuses: Mapping[Place, Status], boxes: Mapping[Place, BoundingBox | None]
) -> None:
    one = checked(statuses=statuses, boxes=boxes)
    assert counts(agreed(one)) == counts(one)


def test_a_table_that_the_models_read_differently_is_as_it_was_looked_up() -> None:
    one = checked(statuses={(1, 1): "displaced"}, boxes={(1, 1): box(64, 33)})
    assert without_agreed(one, {}) == one
    assert without_agreed(one, {2: grids_of([one.table])}) == one
    assert without_agreed(one, {1: frozenset([(("item", "2024"),)])}) == one
