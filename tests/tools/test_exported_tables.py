"""Files of `extract_tables`: they say of a table what the result says of it."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.drawing import draw_table, table_texts
from tests.tools.conftest import House, house_settings, opened
from witnessmark.testing import FakeClaudeAPI, Request

pytestmark = pytest.mark.anyio

WRONG = "999,999"


def misread(request: Request) -> dict[str, Any]:
    """Answer with the table as drawn, but one value wrong and the last row left out."""
    headers, *rows = map(list, table_texts(rows=12, columns=3))
    rows[1][1] = WRONG
    table = {"title": None, "headers": headers, "rows": rows[:-1], "notes": [], "confidence": "high"}
    return {"tables": [{"page": page, **table} for page, _ in enumerate(request.pages, start=1)]}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with FakeClaudeAPI() as api:
        api.answer_with(misread)
        async with opened(house_settings(tmp_path, api), tmp_path) as made:
            yield made


def _sheet(path: str, name: str) -> Worksheet:
    sheet = openpyxl.load_workbook(path)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


async def test_a_workbook_has_the_confidence_and_the_doubts_of_the_answer(house: House) -> None:
    found = await house.call("extract_tables", draw_table(rows=12, columns=3), export=["xlsx", "html"])
    (table,) = found.tables
    workbook, page = (file.path for file in found.files)
    assert table.confidence != "high"
    assert _sheet(workbook, "Contents")["F4"].value == table.confidence
    assert f"{table.confidence} confidence" in Path(page).read_text()
    cell = _sheet(workbook, "t1")["B3"]
    assert (cell.value, cell.fill.fill_type) == (999_999, "solid")
    assert cell.comment is not None
    assert "nowhere" in cell.comment.text


async def test_the_check_sheet_has_what_needs_review_and_what_is_in_no_cell(house: House) -> None:
    found = await house.call("extract_tables", draw_table(rows=12, columns=3), export=["xlsx"])
    lines = [[cell.value for cell in row] for row in _sheet(found.files[0].path, "Check").iter_rows(min_row=5)]
    (missing,) = [words for words in found.tables[0].left_over if words.is_row]
    assert len(lines) == len(found.needs_review)
    assert ["t1", "B3", 1, WRONG] in [line[:4] for line in lines]
    assert ["t1", "A12", 1, missing.text] in [line[:4] for line in lines]
