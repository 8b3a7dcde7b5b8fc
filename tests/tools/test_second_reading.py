"""Rows with values in doubt, read a second time: what is sent, what is made of it, and that it stays cheap."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_tables_auto import HAIKU, OPUS, SONNET, Readers, draw, extract, rows_of
from witnessmark.documents.document import PageFacts
from witnessmark.evidence.arithmetic_found import TableArithmetic
from witnessmark.evidence.verdicts import Status, Verdict
from witnessmark.offline.tables.values import NOWHERE, Cell, Table
from witnessmark.testing import FakeClaudeAPI, Reply, Request
from witnessmark.values import BoundingBox
from witnessmark_tools.extract_tables import TableExtraction
from witnessmark_tools.results import ReviewItem
from witnessmark_tools.second_reading import rows_in_doubt
from witnessmark_tools.tables_evidence import CheckedTable

pytestmark = pytest.mark.anyio

WRONG = "11,185"
"""Where 11,184 stands."""
SAME, AS_WORDS, OTHER = [["Rent 1", value, "11,157"] for value in (WRONG, rows_of(1)[0][1], "77,777")]


class SecondReaders(Readers):
    """Models that read pages, and rows of them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = [SAME]
        """What is read of each row that is shown alone."""
        self.shown: list[Request] = []

    def answer(self, request: Request) -> Any:
        if request.pages:
            return super().answer(request)
        self.shown.append(request)
        return {"rows": [{"picture": number, "cells": cells} for number, cells in enumerate(self.rows, start=1)]}


@pytest.fixture
def readers() -> SecondReaders:
    made = SecondReaders()
    for model in (HAIKU, SONNET, OPUS):
        made.wrong(model, 1, WRONG)
    return made


@pytest.fixture
async def api(readers: SecondReaders) -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        fake.answer_with(readers.answer)
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api, model=None), tmp_path) as made:
        yield made


def in_doubt(found: TableExtraction) -> list[ReviewItem]:
    return [item for item in found.needs_review if item.status in {"displaced", "unlocated"}]


# --- what is sent, and what comes of it -----------------------------------------------------------------------------


async def test_a_row_in_doubt_is_shown_alone_and_larger(
    house: House, api: FakeClaudeAPI, readers: SecondReaders
) -> None:
    await extract(house, draw(1))
    (request,) = readers.shown
    (image,) = request.images
    assert not request.pdfs
    assert image.width > 1_000
    assert image.height < 200
    assert "Rent" not in str(request.body["system"])
    assert api.totals.billed_messages == len(readers.asked) + 1


async def test_what_is_read_twice_the_same_is_said_to_be(
    house: House, api: FakeClaudeAPI, readers: SecondReaders
) -> None:
    found = await extract(house, draw(1))
    (item,) = in_doubt(found)
    assert (item.value, item.status, item.nearest) == (WRONG, "unlocated", rows_of(1)[0][1])
    assert item.reason.endswith("A second, larger reading gives the same.")
    assert found.cost.input_tokens == api.totals.billed["input_tokens"]
    assert readers.shown[0].model in found.engines


async def test_a_second_reading_that_differs_is_shown_beside_the_first(house: House, readers: SecondReaders) -> None:
    readers.rows = [AS_WORDS]
    found = await extract(house, draw(1))
    (item,) = in_doubt(found)
    assert item.value == WRONG
    assert item.reason.endswith("A second, larger reading gives '11,184', as the words of the page do.")
    assert found.tables[0].rows[0][1] == WRONG


async def test_three_readings_that_differ_are_all_shown(house: House, readers: SecondReaders) -> None:
    readers.rows = [OTHER]
    (item,) = in_doubt(await extract(house, draw(1)))
    assert (item.value, item.nearest) == (WRONG, "11,184")
    assert item.reason.endswith("A second, larger reading gives '77,777'.")


async def test_columns_that_the_second_reading_has_the_other_way_round_stay_in_doubt(
    house: House, readers: SecondReaders
) -> None:
    for model in (HAIKU, SONNET, OPUS):
        readers.mistakes[model, 1] = lambda made: made | {"rows": [["Rent 1", "99,157", WRONG], *made["rows"][1:]]}
    readers.rows = [["Rent 1", WRONG, "99,157"]]
    items = in_doubt(await extract(house, draw(1)))
    assert {item.value for item in items} == {"99,157", WRONG}
    assert all(item.reason.endswith("It has these two columns the other way round.") for item in items)
    assert not any("gives the same" in item.reason for item in items)


async def test_the_second_reader_hears_how_many_columns_there_are(house: House, readers: SecondReaders) -> None:
    await extract(house, draw(1))
    question = readers.shown[0].body["messages"][0]["content"][-1]["text"]
    assert question == "Give the texts of each row. Columns of each row's table: picture 1: 3."


async def test_what_was_read_twice_the_same_comes_after_what_was_not(house: House, readers: SecondReaders) -> None:
    for model in (HAIKU, SONNET, OPUS):
        readers.mistakes[model, 1] = lambda made: made | {"rows": [["Rent 1", WRONG, "99,157"], *made["rows"][1:]]}
    readers.rows = [["Rent 1", WRONG, "11,157"]]
    assert [item.value for item in in_doubt(await extract(house, draw(1)))] == ["99,157", WRONG]


async def test_it_costs_little_beside_the_first_reading(house: House, readers: SecondReaders) -> None:
    whole = await extract(house, draw(1))
    readers.shown.clear()
    assert whole.cost.usd is not None
    again = await extract(house, draw(1))
    assert (again.cost.usd, readers.shown) == (0, [])
    assert again.needs_review == whole.needs_review


async def test_a_model_that_is_named_reads_once(house: House, readers: SecondReaders) -> None:
    found = await extract(house, draw(1), model="sonnet")
    assert len(in_doubt(found)) == 1
    assert readers.shown == []


async def test_nothing_is_read_again_beyond_the_callers_limit(
    house: House, api: FakeClaudeAPI, readers: SecondReaders
) -> None:
    def dear(request: Request) -> Any:
        said = readers.answer(request)
        return Reply(json=said, output_tokens=3_000) if request.pages else said

    api.answer_with(dear)
    found = await extract(house, draw(1), max_cost_usd=0.0012)
    assert readers.shown == []
    (told,) = [warning for warning in found.warnings if "second reading" in warning]
    assert told.startswith("A second reading of a row with values in doubt would cost about $0.0")
    await extract(house, draw(1), max_cost_usd=0.01)
    assert len(readers.shown) == 1


async def test_where_nothing_is_in_doubt_nothing_is_read_again(house: House, readers: SecondReaders) -> None:
    readers.mistakes.clear()
    await extract(house, draw(1))
    assert readers.shown == []


async def test_offline_nothing_is_sent(house: House, api: FakeClaudeAPI) -> None:
    await extract(house, draw(1), model="offline")
    assert api.requests == []


async def test_a_second_reading_that_fails_costs_nothing_of_the_first(
    house: House, api: FakeClaudeAPI, readers: SecondReaders
) -> None:
    readers.rows = []

    def answer(request: Request) -> Any:
        return readers.answer(request) if request.pages else "no JSON at all"

    api.answer_with(answer)
    found = await extract(house, draw(1))
    (item,) = in_doubt(found)
    assert "second" not in item.reason
    assert found.tables[0].rows[0][1] == WRONG


# --- the parts ------------------------------------------------------------------------------------------------------

TEXTS = ["Rent", "1,284", "1,350"]


def checked(*statuses: Status | None, texts: Sequence[str] = TEXTS, height: float = 12) -> CheckedTable:
    boxes = [BoundingBox(x0=100.0 * n, top=200, x1=100.0 * n + 60, bottom=200 + height) for n in range(1, 4)]
    cells = tuple(Cell(text=text, box=NOWHERE, row=0, column=n) for n, text in enumerate(texts))
    verdicts = tuple(Verdict(status=status, page=1, box=box) for status, box in zip(statuses, boxes, strict=True))
    table = Table(page_number=1, box=NOWHERE, rows=(cells,))
    region = BoundingBox(x0=90, top=100, x1=450, bottom=300)
    return CheckedTable(table=table, table_id="t1", verdicts=(verdicts,), boxes={1: region}, sums=TableArithmetic())


FACTS = {1: PageFacts(page_number=1, width=595, height=842, text="text layer")}


def test_a_row_is_shown_as_wide_as_its_table_with_a_margin() -> None:
    (row,) = rows_in_doubt([checked("located", "unlocated", "located")], FACTS, is_pdf=True)
    assert row.columns == (1,)
    assert row.box == (85.8, 195.8, 454.2, 216.2)


def test_what_cannot_be_read_is_in_doubt_too() -> None:
    table = checked("located", None, "located", texts=["Rent", "[unreadable]", "1,350"])
    assert [row.columns for row in rows_in_doubt([table], FACTS, is_pdf=True)] == [(1,)]


def test_a_row_whose_place_is_not_known_is_not_shown() -> None:
    assert rows_in_doubt([checked("located", "unlocated", "located", height=400)], FACTS, is_pdf=True) == ()
    assert rows_in_doubt([checked("located", "unlocated", "located")], {}, is_pdf=True) == ()
    assert rows_in_doubt([checked("located", "located", "located")], FACTS, is_pdf=True) == ()
