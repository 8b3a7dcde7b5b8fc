"""Scans in a script that OCR cannot read: words are not checked, figures are, and the result says so.

The pages show Latin letters that look like Greek, as OCR reads Greek; the models' answers are in Greek.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.ocr_pages import draw_page, draw_ruled, needs_ocr, scanned_pdf
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_claude_text import marked
from tests.tools.test_evidence import answer
from witnessmark.testing import FakeClaudeAPI, Request

pytestmark = [pytest.mark.anyio, needs_ocr]

HAIKU = "claude-haiku-5-5"
SEEN = [
    ["Ynnpeoia", "2024", "2025"],
    ["Pupouknon", "1,284", "1,301"],
    ["Anoenkeuon", "937", "1,284"],
    ["Zuvolo", "2,221", "2,585"],
]
GREEK = [
    ["Υπηρεσία", "2024", "2025"],
    ["Ρυμούλκηση", "1,284", "1,301"],
    ["Αποθήκευση", "937", "1,284"],
    ["Σύνολο", "2,221", "2,585"],
]
LINES = ["Tipoloyio unnpeoiwv", "Pupouknon nloiou 12.450,00", "The port of Volos is open", "Zuvolo nlnpwpns 15.630,50"]
TEXT = ["Τιμολόγιο υπηρεσιών", "Ρυμούλκηση πλοίου 12.450,00", "The port of Volos is open", "Σύνολο πληρωμής 15.630,50"]


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api, model="auto"), tmp_path) as made:
        yield made


def marked_text(lines: Sequence[str]) -> Callable[[Request], str]:
    return lambda request: marked(request, ["\n".join(lines)])


def asked_of(api: FakeClaudeAPI, said: Any) -> list[str]:
    models: list[str] = []

    def reply(request: Request) -> Any:
        if not request.pages:
            return {"rows": []}  # rows in doubt, a second time
        models.append(request.model)
        return said(request) if callable(said) else said

    api.answer_with(reply)
    return models


async def test_a_table_in_greek_is_not_accused_and_costs_the_cheapest_model(house: House, api: FakeClaudeAPI) -> None:
    models = asked_of(api, {"tables": [answer(GREEK)]})
    found = await house.call("extract_tables", scanned_pdf(draw_ruled(SEEN)), detail="full")
    (table,) = found.tables
    assert (table.evidence.located, table.evidence.displaced, table.evidence.unlocated) == (8, 0, 0)
    assert [row[0].status for row in table.places] == [None] * 4
    assert (table.left_over, table.confidence) == ([], "medium")
    assert models == [HAIKU]
    (told,) = [warning for warning in found.warnings if "Greek" in warning]
    assert told == (
        "Page 1: 4 values in Greek were not checked, since OCR cannot read that; figures were. Compare the words with "
        "the page."
    )
    assert not found.needs_review


async def test_a_wrong_figure_in_a_table_in_greek_is_found(house: House, api: FakeClaudeAPI) -> None:
    wrong = [list(row) for row in GREEK]
    wrong[2][1] = "973"
    asked_of(api, {"tables": [answer(wrong)]})
    found = await house.call("extract_tables", scanned_pdf(draw_ruled(SEEN)), detail="full")
    assert found.tables[0].places[2][1].status == "unlocated"


async def test_a_text_in_greek_is_not_accused_and_the_result_says_so(house: House, api: FakeClaudeAPI) -> None:
    models = asked_of(api, marked_text(TEXT))
    found = await house.call("read_text", scanned_pdf(draw_page(LINES)))
    assert not found.needs_review
    assert any("6 words in Greek were not checked" in warning for warning in found.warnings)
    assert models == [HAIKU]


@pytest.mark.parametrize(("true", "read"), [("15.630,50", "15.360,50"), ("port", "pier")])
async def test_what_ocr_can_read_next_to_greek_is_checked(
    house: House, api: FakeClaudeAPI, true: str, read: str
) -> None:
    text = "\n".join(TEXT).replace(true, read).replace("is open", "is shut" if read == "pier" else "is open")
    asked_of(api, marked_text([text]))
    found = await house.call("read_text", scanned_pdf(draw_page(LINES)))
    assert any(read in (item.value or "") for item in found.needs_review)
