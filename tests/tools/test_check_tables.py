"""Tables that somebody else extracted, held against documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.drawing import document, draw_long_table, draw_text, grid, mapped_document, table_texts, words
from tests.ocr_pages import draw_ruled, needs_ocr, scanned_pdf
from tests.tools.conftest import House
from tests.tools.test_evidence import CELLS, DUES
from tests.tools.test_tables_shown import dues_with_a_pasted_figure
from witnessmark.documents.allowed import FileMissing
from witnessmark_tools.catalog import BY_NAME, COMMANDS
from witnessmark_tools.check_tables import TablesCheck
from witnessmark_tools.table_answers import AnswerNotJson

pytestmark = pytest.mark.anyio

FEES = [
    ["Vessel", "Draught", "Fee"],
    ["Alcyone", "3.2", "640.00"],
    ["Betelgeuse", "4.8", "1,120.00"],
    ["Capella", "2.9", "585.50"],
]


async def check(house: House, content: bytes, answer: Any, name: str = "a.pdf", **arguments: object) -> TablesCheck:
    """Write a document and an answer, and hold one against the other."""
    (house.folder / name).write_bytes(content)
    told = answer if isinstance(answer, str) else json.dumps(answer)
    (house.folder / "answer.json").write_text(told)
    tool = COMMANDS["check_tables"]
    given = {"source": str(house.folder / name), "answer": str(house.folder / "answer.json"), **arguments}
    result = await tool.call(tool.parse(given), replace(house.services, patience=None))
    assert isinstance(result, TablesCheck)
    return result


def lists(rows: Sequence[Sequence[str]], **more: object) -> dict[str, Any]:
    return {"headers": list(rows[0]), "rows": [list(row) for row in rows[1:]], **more}


async def test_every_cell_comes_back_with_its_verdict_and_place(house: House) -> None:
    wrong = [list(row) for row in DUES]
    wrong[1][2] = "1,234.50"
    result = await check(house, document(grid(DUES)), [lists(wrong, page=1)])
    (table,) = result.tables
    assert table.places is not None
    assert [[place.status for place in row] for row in table.places] == [
        ["located"] * 4,
        ["located", "located", "unlocated", "located"],
        *[["located"] * 4] * 3,
        ["located", "located", "located", None],
    ]
    assert table.places[1][2].nearest == "1,284.50"
    assert all(place.box is not None for row in table.places for place in row if place.status)
    counts = {"cells": CELLS, "located": CELLS - 1, "displaced": 0, "unlocated": 1}
    assert table.evidence.model_dump() == counts | {"sums": {"holding": 1, "broken": 1}}
    assert [(item.row, item.column, item.nearest) for item in result.needs_review] == [(1, 2, "1,284.50")]
    assert result.cost.usd == 0
    text = result.to_text()
    assert "t1, page 1: 22 of 23 values located, 1 unlocated" in text
    assert "row 1, column 2, page 1: '1,234.50' (unlocated)" in text
    assert "1,284.50" in text


@pytest.mark.parametrize("said", [None, 1, 3, 99], ids=["nothing", "another page", "a page after", "no page"])
async def test_a_table_is_found_whatever_page_it_is_said_to_be_on(house: House, said: int | None) -> None:
    pages = [words("The harbour was closed in 2024.", x=60, top=100), grid(DUES), grid(FEES)]
    result = await check(house, document(*pages), [lists(DUES, page=said), lists(FEES, page=3)])
    assert [table.page for table in result.tables] == [2, 3]
    assert [table.evidence.located for table in result.tables] == [CELLS, 12]
    elsewhere = [warning for warning in result.warnings if "stands on page 2" in warning]
    assert len(elsewhere) == (said is not None)


async def test_of_two_like_pages_the_one_that_is_named_is_taken(house: House) -> None:
    for page in (1, 2):
        result = await check(house, document(grid(DUES), grid(DUES)), [lists(DUES, page=page)])
        assert (result.tables[0].page, result.warnings) == (page, [])


@pytest.mark.parametrize("count", [70, 60], ids=["some rows on the last page", "the total alone there"])
async def test_a_table_that_runs_over_pages_is_found_on_all_of_them(house: House, count: int) -> None:
    rows = [list(row) for row in table_texts(rows=count, columns=4, total=True)]
    rows[50][2] = "7,777,777"
    pdf = draw_long_table(rows=count, columns=4, rows_per_page=20)
    for page in (1, 2, None):
        result = await check(house, pdf, [lists(rows, page=page)])
        (table,) = result.tables
        assert [part.page for part in table.parts] == [1, 2, 3, 4]
        assert [(item.row, item.column, item.page) for item in result.needs_review] == [(50, 2, 3)]
        assert table.evidence.located == table.evidence.cells - 1


async def test_rows_that_were_swapped_over_pages_are_displaced_and_not_nowhere(house: House) -> None:
    rows = [list(row) for row in table_texts(rows=60, columns=4, total=True)]
    rows[5], rows[45] = rows[45], rows[5]
    pdf = draw_long_table(rows=60, columns=4, rows_per_page=20)
    result = await check(house, pdf, [lists(rows, page=1)])
    named = {(item.status, item.row, item.page) for item in result.needs_review if item.value}
    assert named == {("displaced", 5, 3), ("displaced", 45, 1)}
    assert "Stands on page 3, and not in this row." in {item.reason for item in result.needs_review}


async def test_what_stands_on_a_page_in_between_may_be_missing(house: House) -> None:
    rows = table_texts(rows=60, columns=4, total=True)
    pdf = draw_long_table(rows=60, columns=4, rows_per_page=20)
    result = await check(house, pdf, [lists([*rows[:21], *rows[41:]])])
    (table,) = result.tables
    assert [part.page for part in table.parts] == [1, 3, 4]
    assert table.evidence.located == table.evidence.cells


async def test_a_row_that_is_missing_at_the_top_of_a_page_is_told_after_the_one_before_it(house: House) -> None:
    rows = table_texts(rows=60, columns=4, total=True)
    pdf = draw_long_table(rows=60, columns=4, rows_per_page=20)
    result = await check(house, pdf, [lists([*rows[:21], *rows[22:]])])
    assert [(item.row, item.page) for item in result.needs_review] == [(20, 2)]


async def test_a_row_that_is_missing_is_told_with_its_words(house: House) -> None:
    result = await check(house, document(grid(DUES)), [lists([*DUES[:3], *DUES[4:]], page=1)])
    lost = [item for item in result.needs_review if item.nearest and "4,018.00" in item.nearest]
    assert [(item.row, item.page) for item in lost] == [(2, 1)]
    assert "South 1 14.2 4,018.00 yes" in result.to_text()


async def test_what_extract_tables_returns_is_an_answer(house: House) -> None:
    found = await house.call("extract_tables", document(grid(DUES), grid(FEES)), model="offline")
    result = await check(house, document(grid(DUES), grid(FEES)), found.model_dump_json())
    assert [table.page for table in result.tables] == [1, 2]
    assert [table.evidence.located for table in result.tables] == [CELLS, 12]
    assert result.needs_review == []


async def test_a_table_of_a_text_file_is_held_against_its_fields(house: House) -> None:
    csv = "\n".join(",".join(f'"{cell}"' for cell in row) for row in FEES)
    wrong = [*FEES[:2], ["Betelgeuse", "4.8", "1,210.00"], FEES[3]]
    result = await check(house, csv.encode(), [lists(wrong)], "a.csv")
    assert [(item.row, item.column, item.box) for item in result.needs_review] == [(2, 2, None)]


@needs_ocr
async def test_a_scan_is_read_by_ocr(house: House) -> None:
    wrong = [list(row) for row in DUES]
    wrong[2][1] = "6.0"
    result = await check(house, scanned_pdf(draw_ruled(DUES)), [lists(wrong)])
    assert [(item.row, item.column, item.nearest) for item in result.needs_review] == [(2, 1, "9.0")]


@needs_ocr
async def test_an_answer_is_held_against_what_a_page_shows_and_not_what_its_text_layer_says(house: House) -> None:
    drawn = b"".join(
        words(text, x=60 + 120 * column, top=100 + 18 * row, size=9, font="F3")
        for row, texts in enumerate(FEES)
        for column, text in enumerate(texts)
    )
    pdf = mapped_document(drawn, says={"1": "6", "6": "1"})
    said = [[cell.translate(str.maketrans("16", "61")) for cell in row] for row in FEES]
    shown, lie = await check(house, pdf, [lists(FEES)]), await check(house, pdf, [lists(said)])
    assert shown.tables[0].evidence.located == 12
    assert {item.value for item in lie.needs_review if item.table_id and item.value} == {"140.00", "6,620.00"}
    assert any("text layer" in warning for warning in lie.warnings)


async def test_a_table_of_another_document_is_located_nowhere(house: House) -> None:
    result = await check(house, draw_text(["The harbour was closed"]), [lists(DUES, page=1)])
    (table,) = result.tables
    assert (table.evidence.located, table.confidence, table.page) == (0, "low", 1)


async def test_pages_narrow_where_is_looked(house: House) -> None:
    result = await check(house, document(grid(DUES), grid(FEES)), [lists(DUES)], pages="2")
    assert result.tables[0].evidence.located != CELLS
    assert result.pages_read == 1


async def test_an_answer_without_a_table_is_said_to_be_one(house: House) -> None:
    result = await check(house, document(grid(DUES)), [])
    assert (result.table_count, result.warnings) == (0, ["The answer holds no table."])


async def test_an_answer_that_cannot_be_read_is_refused(house: House) -> None:
    with pytest.raises(AnswerNotJson):
        await check(house, document(grid(DUES)), "Berth;Dues")
    tool = COMMANDS["check_tables"]
    given = tool.parse({"source": str(house.folder / "a.pdf"), "answer": str(house.folder / "none.json")})
    with pytest.raises(FileMissing):
        await tool.call(given, house.services)


def test_it_is_no_tool_of_hosts() -> None:
    assert "check_tables" not in BY_NAME


@needs_ocr
async def test_a_figure_that_only_the_picture_shows_is_located_and_both_are_named(house: House) -> None:
    result = await check(house, dues_with_a_pasted_figure(3, 2), [lists(DUES, page=1)])
    assert result.tables[0].evidence.unlocated == 0
    assert any("its picture shows what its text layer does not say: '4,018.00'" in one for one in result.warnings)
