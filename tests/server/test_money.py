"""Money over MCP: a person is asked where that can be, and the price is said where it cannot."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp.types import CallToolResult, ElicitRequestParams, ElicitResult, TextContent

from tests.drawing import draw_text
from witnessmark.settings import Settings, settings_from
from witnessmark.testing import FakeClaudeAPI
from witnessmark_server.app import build_server

pytestmark = pytest.mark.anyio

MODEL = "claude-sonnet-5-5"
Answer = Literal["accept", "refuse", "decline", "cancel"]
ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"], ids=["2026-07-28", "2025-11-25"])


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
def settings(api: FakeClaudeAPI, folder: Path, tmp_path: Path) -> Settings:
    environment = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
    home = str(tmp_path / "home")
    return settings_from(environment, start=folder, home=home, allow=[str(folder)], model=MODEL, ask_above_usd="0.001")


def answering(answer: Answer, asked: list[str]) -> Callable[..., Any]:
    async def callback(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        asked.append(params.message)
        if answer in {"accept", "refuse"}:
            return ElicitResult(action="accept", content={"approve": answer == "accept"})
        return ElicitResult(action=answer)  # type: ignore[arg-type]  # one of the two left

    return callback


@asynccontextmanager
async def connected(settings: Settings, mode: Any, **more: Any) -> AsyncGenerator[Client]:
    async with Client(build_server(settings), mode=mode, **more) as client:
        yield client


async def extract(client: Client, folder: Path, **arguments: object) -> CallToolResult:
    path = folder / "a.pdf"
    path.write_bytes(draw_text(["Rent"]))
    return await client.call_tool("extract_tables", {"source": str(path), **arguments})


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@ERAS
async def test_a_person_who_agrees_is_asked_once(
    settings: Settings, folder: Path, api: FakeClaudeAPI, mode: str
) -> None:
    asked: list[str] = []
    async with connected(settings, mode, elicitation_callback=answering("accept", asked)) as client:
        result = await extract(client, folder)
        assert not result.is_error
        assert result.structured_content is not None
        assert result.structured_content["engines"] == ["claude-sonnet-5-5"]
        await extract(client, folder)  # paid for: nobody is asked again
    (question,) = asked
    assert question.startswith("Extract tables: With claude-sonnet-5-5 this call would cost about $0.0")
    assert question.endswith("Spend it?")
    assert api.totals.billed_messages == 1


@ERAS
@pytest.mark.parametrize("answer", ["refuse", "decline", "cancel"])
async def test_a_no_sends_nothing(
    settings: Settings, folder: Path, api: FakeClaudeAPI, mode: str, answer: Answer
) -> None:
    asked: list[str] = []
    async with connected(settings, mode, elicitation_callback=answering(answer, asked)) as client:
        result = await extract(client, folder)
    assert result.is_error
    assert "that was declined; nothing was sent" in text(result)
    assert len(asked) == 1
    assert api.totals.billed_messages == 0


@ERAS
async def test_where_nobody_can_be_asked_the_price_is_said_and_what_allows_it(
    settings: Settings, folder: Path, api: FakeClaudeAPI, mode: str
) -> None:
    async with connected(settings, mode) as client:
        result = await extract(client, folder)
        assert result.is_error
        assert "nothing was sent" in text(result)
        agreed = float(text(result).partition("max_cost_usd=")[2].partition(";")[0])
        assert api.totals.billed_messages == 0
        assert not (await extract(client, folder, max_cost_usd=agreed)).is_error
    assert api.totals.billed_messages == 1


@ERAS
async def test_usage_is_told_to_the_token(settings: Settings, folder: Path, api: FakeClaudeAPI, mode: str) -> None:
    async with connected(settings, mode) as client:
        await extract(client, folder, max_cost_usd=1)
        report = (await client.call_tool("usage_report", {"by": "model"})).structured_content
    assert report is not None
    assert report["total"]["input_tokens"] == api.totals.billed["input_tokens"]
    assert report["total"]["output_tokens"] == api.totals.billed["output_tokens"]
    assert [line["of"] for line in report["lines"]] == ["claude-sonnet-5-5"]


@ERAS
async def test_uploads_are_listed_and_deleted(settings: Settings, folder: Path, api: FakeClaudeAPI, mode: str) -> None:
    async with connected(settings, mode) as client:
        for _ in range(2):  # what is sent a second time is uploaded
            await extract(client, folder, max_cost_usd=1, reuse=False)
        listed = (await client.call_tool("list_uploads", {})).structured_content
        assert listed is not None
        (upload,) = listed["uploads"]
        assert (upload["name"], listed["count"]) == ("a.pdf", 1)
        assert (await client.call_tool("delete_uploads", {})).is_error
        deleted = (await client.call_tool("delete_uploads", {"document": "a.pdf"})).structured_content
        assert deleted is not None
        assert deleted["deleted"] == [upload["file_id"]]
        listed = (await client.call_tool("list_uploads", {})).structured_content
        assert listed is not None
        assert listed["count"] == 0
    assert [request.method for request in api.requests if request.path.startswith("/v1/files")] == ["POST", "DELETE"]


async def test_tools_that_spend_upload_or_write_are_not_read_only(settings: Settings) -> None:
    read_only: list[set[str]] = []
    for credentials in (settings.credentials, None):
        async with connected(replace(settings, credentials=credentials), "auto") as client:
            tools = (await client.list_tools()).tools
        hints = {tool.name: tool.annotations for tool in tools}
        read_only.append({name for name, hint in hints.items() if hint is not None and hint.read_only_hint})
        assert [name for name, hint in hints.items() if hint and hint.destructive_hint] == ["delete_uploads"]
    free = {"inspect_document", "show_evidence", "estimate_cost", "list_uploads"}
    assert read_only[0] == free
    assert read_only[1] == free | {"read_text", "read_pdf_with_citations", "compare_documents", "get_job"}
