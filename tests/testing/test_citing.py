"""Answers that cite: a quote is found in the request, and pointed to as the API does."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Message

from tests.drawing import draw_text
from tests.testing.asking import Json, ask, asking, pdf, text
from tests.testing.conftest import VERSION
from witnessmark.testing import Cited, FakeClaudeAPI, NothingToCite, Reply

pytestmark = pytest.mark.anyio

ON: Json = {"enabled": True}
PDF = pdf(draw_text(["Nothing here.", "The total is\n1,284.50 euros.", "Paid by cheque."]), title="a.pdf", citations=ON)
TEXT = {
    "type": "document",
    "source": {"type": "text", "media_type": "text/plain", "data": "First line.\nSecond line."},
    "citations": ON,
}
LINES = {
    "type": "document",
    "source": {"type": "content", "content": [text("Line one"), text("goes on"), text("in three.")]},
    "citations": ON,
}


def places(message: Message) -> list[dict[str, Any]]:
    blocks = [block for block in message.content if block.type == "text"]
    found = [cited.to_dict() for block in blocks for cited in block.citations or ()]
    return [{name: value for name, value in one.items() if value is not None} for one in found]


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        pytest.param(
            "total is 1,284.50",
            {"type": "page_location", "document_index": 0, "document_title": "a.pdf", "start_page_number": 2}
            | {"end_page_number": 3, "cited_text": "total is\n1,284.50"},
            id="page",
        ),
        pytest.param(
            "euros. Paid by",
            {"type": "page_location", "document_index": 0, "document_title": "a.pdf", "start_page_number": 2}
            | {"end_page_number": 4, "cited_text": "euros.\nPaid by"},
            id="over a page's end",
        ),
        pytest.param(
            "Second",
            {"type": "char_location", "document_index": 1, "start_char_index": 12, "end_char_index": 18}
            | {"cited_text": "Second"},
            id="text",
        ),
        pytest.param(
            "goes on in",
            {"type": "content_block_location", "document_index": 2, "start_block_index": 1, "end_block_index": 3}
            | {"cited_text": "goes onin three."},
            id="lines",
        ),
    ],
)
async def test_a_quote_is_pointed_to(quote: str, place: Json, api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    api.answer_with(Reply(cited=["It says ", Cited(text="this", quote=quote), "."]))
    message = await ask(client, PDF, TEXT, LINES, "What?")
    assert places(message) == [place]


@pytest.mark.parametrize("quote", ["The total is 1,234.50", "What?"])
async def test_what_stands_in_no_document_cannot_be_cited(quote: str, http: httpx2.AsyncClient) -> None:
    async def run() -> None:
        async with FakeClaudeAPI() as api:
            api.answer_with(Reply(cited=[Cited(text="this", quote=quote)]))
            url, headers = f"{api.url}/v1/messages", {"x-api-key": api.key, "anthropic-version": VERSION}
            await http.post(url, json=asking(PDF, "What?"), headers=headers)

    with pytest.raises(NothingToCite):
        await run()
