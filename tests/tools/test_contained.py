"""What fails after an answer costs that part alone: the answer, its price and everything else reach the caller."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.drawing import draw_table, draw_text
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_citations_claude import LEASE, cited
from tests.tools.test_claude_tables import SONNET, messages, table
from tests.tools.test_claude_text import marked
from tests.tools.test_compare_claude import answer, judgement
from tests.tools.test_compare_documents import LATER, compare, pdf
from tests.tools.test_compare_documents import LINES as EARLIER
from witnessmark.documents.document import Document
from witnessmark.documents.flow import PageFlow
from witnessmark.documents.marking import Mark
from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.documents.opening import Documents, PageTables, PageText, ReadLayout, Recognised
from witnessmark.testing import FakeClaudeAPI
from witnessmark.values import Word
from witnessmark_server.logs import JsonLines
from witnessmark_tools.contained import REPORT, contained

pytestmark = pytest.mark.anyio


class Faulty(str):
    """A text on which whatever looks at it fails, as a fault of our own would."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        raise IndexError(str.__str__(self))


def spoilt(words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(word._replace(text=Faulty(word.text)) for word in words)


class FaultyDocuments(Documents):
    """Documents of which every word that evidence looks at, and every picture, makes it fail."""

    async def read_layout(self, document: Document, page: int) -> ReadLayout:
        read = await super().read_layout(document, page)
        return replace(read, layout=replace(read.layout, words=spoilt(read.layout.words)))

    async def recognise(self, document: Document, page: int) -> tuple[Recognised, PageReading]:
        recognised, reading = await super().recognise(document, page)
        words = spoilt(recognised.layout.words)
        return replace(recognised, layout=replace(recognised.layout, words=words)), reading

    async def flow(self, document: Document, page: int, **how: Any) -> PageFlow:
        flow = await super().flow(document, page, **how)
        paragraphs = tuple(one._replace(lines=tuple(map(spoilt, one.lines))) for one in flow.paragraphs)
        return replace(flow, paragraphs=paragraphs)

    async def picture(self, document: Document, page: int, marks: Sequence[Mark], *, max_side: int = 1600) -> bytes:
        raise ZeroDivisionError


def with_faults(house: House) -> House:
    """Let everything behind the answer fail."""
    documents = copy.copy(house.services.documents)
    documents.__class__ = FaultyDocuments
    return House(replace(house.services, documents=documents), house.folder)


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


@pytest.mark.parametrize("model", [SONNET, "auto"])
async def test_tables_that_were_paid_for_come_although_their_check_fails(
    house: House, api: FakeClaudeAPI, model: str
) -> None:
    api.answer_with(lambda request: {"tables": [table(1, [["Rent", "12"]])]})
    found = await with_faults(house).call("extract_tables", draw_text(["Rent 12"]), model=model)
    assert [one.rows for one in found.tables] == [[["Rent", "12"]]]
    assert found.tables[0].evidence.located is None
    assert found.tables[0].confidence != "high"
    assert [warning for warning in found.warnings if REPORT in warning] == [
        f"Page 1: the values of table t1 were not checked. {REPORT}."
    ]
    assert found.cost.usd > 0
    assert messages(api) == 1


async def test_offline_tables_come_although_their_check_fails(house: House) -> None:
    found = await with_faults(house).call("extract_tables", draw_table(), model="offline")
    right = await house.call("extract_tables", draw_table(), model="offline")
    assert found.tables[0].rows == right.tables[0].rows
    assert right.tables[0].evidence.located
    assert found.tables[0].evidence.located is None
    assert any(REPORT in warning for warning in found.warnings)


@pytest.mark.parametrize("tool", ["extract_tables", "read_text"])
async def test_a_page_on_which_the_reader_itself_fails_costs_that_page(house: House, tool: str) -> None:
    class Failing(Documents):
        async def tables(self, document: Document, page: int, **how: Any) -> PageTables:
            if page == 2:
                raise IndexError(document.name)
            return await super().tables(document, page, **how)

        async def text(self, document: Document, page: int, *how: Any, **more: Any) -> PageText:
            if page == 2:
                raise IndexError(document.name)
            return await super().text(document, page, *how, **more)

        async def flow(self, document: Document, page: int, **how: Any) -> PageFlow:
            if page == 2:
                raise IndexError(document.name)
            return await super().flow(document, page, **how)

    documents = copy.copy(house.services.documents)
    documents.__class__ = Failing
    faulty = House(replace(house.services, documents=documents), house.folder)
    found = await faulty.call(tool, draw_text(["one", "two", "three"]), model="offline")
    assert found.status == "partial"
    assert [(one.pages, one.error) for one in found.failures] == [("2", "PageFault")]
    told = "Page 2 could not be read. witnessmark itself failed on it. Please report it with the traceback in the log."
    assert told in found.warnings


async def test_text_that_was_paid_for_comes_although_its_check_fails(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: marked(request, ["Rent 12"]))
    found = await with_faults(house).call("read_text", draw_text(["Rent 12"]), model=SONNET)
    assert [page.text for page in found.pages] == ["Rent 12"]
    assert f"Page 1: what {SONNET} has read was not checked. {REPORT}." in found.warnings
    assert found.cost.usd > 0


async def test_answers_that_were_paid_for_come_although_their_citations_are_not_looked_up(
    house: House, api: FakeClaudeAPI
) -> None:
    api.answer_with(lambda request: cited("The rent is 1,284 euros.", "a rent of 1,284 euros"))
    (house.folder / "lease.pdf").write_bytes(draw_text(LEASE))
    found = await with_faults(house).call_with(
        "read_pdf_with_citations", sources=[str(house.folder / "lease.pdf")], questions=["What is the rent?"]
    )
    statement = found.answers[0].statements[0]
    assert statement.text == "The rent is 1,284 euros."
    assert [one.status for one in statement.citations] == [None]
    told = f"What is cited was not looked up: the words of the documents could not be read. {REPORT}."
    assert told in found.warnings
    assert found.cost.usd > 0


async def test_a_comparison_comes_although_its_pages_cannot_be_drawn(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: answer(judgement("d1"), judgement("d2")))

    class Undrawn(Documents):
        async def picture(self, document: Document, page: int, marks: Sequence[Mark], *, max_side: int = 1600) -> bytes:
            raise ZeroDivisionError

    documents = copy.copy(house.services.documents)
    documents.__class__ = Undrawn
    faulty = House(replace(house.services, documents=documents), house.folder)
    found = await compare(faulty, pdf(EARLIER), pdf(LATER), ("old.pdf", "new.pdf"))
    assert [one.meaning for one in found.differences] == ["What d1 means.", "What d2 means."]
    assert f"The pictures of pages were not compared. {REPORT}." in found.warnings


@pytest.mark.parametrize("kinds", [["csv"], ["xlsx", "markdown"]])
async def test_tables_come_although_the_export_folder_cannot_be_written(house: House, kinds: list[str]) -> None:
    house.services.exports.path.parent.mkdir(parents=True, exist_ok=True)
    house.services.exports.path.write_text("a file in the folder's place")
    found = await house.call("extract_tables", draw_table(), model="offline", export=kinds)
    assert found.tables[0].rows
    assert found.files == []
    told = [warning for warning in found.warnings if "not exported" in warning]
    assert [warning.split(".")[0] for warning in told] == [f"The tables were not exported as {kind}" for kind in kinds]
    assert all("Set WITNESSMARK_HOME to a folder of yours" in warning for warning in told)


async def test_cancellation_is_no_fault() -> None:
    faults: list[str] = []
    with anyio.CancelScope() as scope:
        with contained(faults, "This was cancelled"):
            scope.cancel()
            await anyio.lowlevel.checkpoint()
    assert scope.cancelled_caught
    assert faults == []


def test_the_log_names_the_fault_and_quotes_no_document() -> None:
    records: list[logging.LogRecord] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    logger = logging.getLogger("witnessmark_tools.contained")
    handler = Kept()
    logger.addHandler(handler)
    faults: list[str] = []
    try:
        with contained(faults, "This part is missing"):
            try:
                dict[str, str]()["a name from the document"]
            except KeyError as error:
                raise ExceptionGroup("a text from the document", [error, ValueError("another text")]) from error
    finally:
        logger.removeHandler(handler)
    assert faults == [f"This part is missing. {REPORT}."]
    line = json.loads(JsonLines().format(records[0]))
    assert "KeyError" in line["traceback"]
    assert "ExceptionGroup" in line["traceback"]
    assert "ValueError" in line["traceback"]
    assert "test_contained.py" in line["traceback"]
    for said in ("a name from the document", "a text from the document", "another text"):
        assert said not in line["traceback"].replace(f'["{said}"]', "").replace(f'"{said}"', "")
