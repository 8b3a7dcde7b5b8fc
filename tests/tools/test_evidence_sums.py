"""Sums as a witness, in the tool that returns tables."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.drawing import document, grid
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_evidence import answer
from witnessmark.testing import FakeClaudeAPI

pytestmark = pytest.mark.anyio

CATCHES = [
    ["", "Spring", "Autumn", "Year"],
    ["Cod", "4,118", "2,846", "6,964"],
    ["Hake", "1,077", "963", "2,040"],
    ["Plaice", "2,935", "1,702", "4,637"],
    ["Total", "8,130", "5,511", "13,641"],
]


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


def changed(row: int, column: int, text: str) -> list[list[str]]:
    table = [list(texts) for texts in CATCHES]
    table[row][column] = text
    return table


async def test_sums_that_hold_are_counted_and_lift_the_confidence(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with({"tables": [answer(CATCHES, confidence="medium")]})
    found = await house.call("extract_tables", document(grid(CATCHES)))
    (table,) = found.tables
    assert table.evidence.model_dump()["sums"] == {"holding": 7, "broken": 0}
    assert table.confidence == "high"
    assert found.needs_review == []
    assert "7 sums hold)" in found.to_text()


async def test_without_sums_a_table_keeps_its_confidence(house: House, api: FakeClaudeAPI) -> None:
    table = [row[:3] for row in CATCHES[:4]]
    api.answer_with({"tables": [answer(table, confidence="medium")]})
    found = await house.call("extract_tables", document(grid(table)))
    assert found.tables[0].evidence.sums is None
    assert found.tables[0].confidence == "medium"


async def test_a_figure_that_stands_nowhere_and_breaks_sums_is_listed_once_with_both(
    house: House, api: FakeClaudeAPI
) -> None:
    api.answer_with({"tables": [answer(changed(2, 1, "1,877"))]})
    found = await house.call("extract_tables", document(grid(CATCHES)))
    (item,) = found.needs_review
    assert (item.status, item.row, item.column, item.nearest) == ("unlocated", 2, 1, "1,077")
    assert "Column 1, row 4: the parts add up to 8,930, printed is 8,130" in item.reason
    assert "Row 2, column 3: the parts add up to 2,840, printed is 2,040" in item.reason
    assert found.tables[0].evidence.sums.broken == 2


async def test_a_page_whose_own_sums_break_is_said_to(house: House, api: FakeClaudeAPI) -> None:
    wrong = changed(3, 2, "1,792")
    api.answer_with({"tables": [answer(wrong)]})
    found = await house.call("extract_tables", document(grid(wrong)))
    (item,) = found.needs_review
    assert (item.status, item.row, item.column, item.value) == ("located", 3, 2, "1,792")
    assert item.box is not None
    assert "row 3, column 2 is printed 1,792, with 1,702 it would hold." in item.reason
    assert found.tables[0].confidence == "medium"


async def test_sums_are_looked_at_offline_too(house: House) -> None:
    found = await house.call("extract_tables", document(grid(changed(3, 2, "1,792"))), model="offline")
    assert [(item.row, item.column) for item in found.needs_review if item.status == "located"] == [(3, 2)]
    right = await house.call("extract_tables", document(grid(CATCHES)), model="offline")
    assert right.tables[0].evidence.sums.holding == 7
