"""The fake as an endpoint with less: each lack in each way, seen by a client that knows nothing of it."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.drawing import draw_image, draw_text
from tests.testing.asking import asking, closed, image, pdf, shaped, tool
from tests.testing.conftest import VERSION
from tests.testing.test_standalone import standalone
from witnessmark.testing import FakeClaudeAPI
from witnessmark.testing.lacks import LACKS, Lacks

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).resolve().parents[2] / "docs" / "testing.md"
SCHEMA = closed({"word": {"type": "string"}})
PARTS: dict[str, dict[str, Any]] = {
    "structured outputs": asking(output_config=shaped(SCHEMA)),
    "effort": asking(output_config={"effort": "low"}),
    "caching": asking("Long words.", cache_control={"type": "ephemeral"}),
    "caching for an hour": asking("Long words.", cache_control={"type": "ephemeral", "ttl": "1h"}),
    "tools": asking(tools=[tool()]),
    "documents": asking(pdf(draw_text(["Rent"])), "What is it?"),
    "images": asking(image(draw_image("png")), "What is it?"),
}
"""What carries each part of a request that may be lacking."""
ADDRESSES = {
    "files": ("POST", "/v1/files"),
    "counting": ("POST", "/v1/messages/count_tokens"),
    "models": ("GET", "/v1/models/claude-haiku-5-5"),
}
STATUSES = {"html": 200, "other": 200, "404 of the API": 404}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def lacking(
    *lacks: str, models: tuple[str, ...] = ()
) -> AsyncGenerator[tuple[FakeClaudeAPI, httpx2.AsyncClient]]:
    async with FakeClaudeAPI(lacks=lacks, models=models) as api:
        headers = {"authorization": f"Bearer {api.key}", "anthropic-version": VERSION}
        async with httpx2.AsyncClient(base_url=api.url, headers=headers) as http:
            yield api, http


def ways(*names: str) -> list[Any]:
    return [pytest.param(name, how, id=f"{name}, {how}") for name in names for how in LACKS[name]]


@pytest.mark.parametrize(("name", "how"), ways(*ADDRESSES))
async def test_an_address_that_is_missing(name: str, how: str) -> None:
    method, path = ADDRESSES[name]
    async with lacking(f"{name}={how}") as (_, http):
        answer = await http.request(method, path, json=asking())
        assert answer.status_code == STATUSES.get(how) or answer.status_code == int(how)
        assert answer.text != (await http.post("/v1/messages", json=asking())).text
        assert (await http.post("/v1/messages", json=asking())).status_code == 200
        if how == "other":
            assert "object" in answer.json()


@pytest.mark.parametrize(("name", "how"), ways(*PARTS))
async def test_a_part_of_a_request_that_is_not_taken(name: str, how: str) -> None:
    async with lacking(f"{name}={how}") as (api, http):
        answer = await http.post("/v1/messages", json=PARTS[name])
        if how == "ignored":
            assert answer.status_code == 200
            assert all(block["type"] == "text" for block in answer.json()["content"] if block["type"] != "thinking")
            assert answer.json()["usage"]["cache_creation_input_tokens"] == 0
            return
        assert answer.status_code == {"refused": 400, "unnamed": 400}.get(how) or answer.status_code == int(how)
        assert ("Extra inputs" in answer.text) == (how == "refused")
        assert api.totals.billed_messages == 0
        assert (await http.post("/v1/messages", json=asking())).status_code == 200


async def test_what_is_dropped_costs_nothing() -> None:
    async with lacking("documents=ignored") as (_, http):
        with_it = (await http.post("/v1/messages", json=PARTS["documents"])).json()["usage"]
        without = (await http.post("/v1/messages", json=asking("What is it?"))).json()["usage"]
        assert with_it["input_tokens"] == without["input_tokens"]


async def test_whatever_lacks_anything_signs_no_answer() -> None:
    async with lacking("files") as (_, http):
        headers = (await http.post("/v1/messages", json=asking())).headers
        assert not [name for name in headers if name.startswith("anthropic-") or name == "request-id"]


async def test_what_it_does_not_say() -> None:
    async with lacking("usage") as (_, http):
        assert (await http.post("/v1/messages", json=asking())).json()["usage"]["input_tokens"] == 0
    async with lacking("usage=missing", "ending") as (_, http):
        assert "usage" not in (await http.post("/v1/messages", json=asking())).json()
        streamed = (await http.post("/v1/messages", json=asking(stream=True))).text
        assert '"usage"' not in streamed
        assert '"stop_reason": null' in streamed
    async with lacking("streaming") as (_, http):
        assert (await http.post("/v1/messages", json=asking(stream=True))).json()["type"] == "message"


@pytest.mark.parametrize(("how", "says"), [("openai", '"code": 400'), ("plain", "max_tokens")])
async def test_errors_in_another_form(how: str, says: str) -> None:
    async with lacking(f"error form={how}") as (_, http):
        answer = await http.post("/v1/messages", json=asking(max_tokens=10**9))
        assert answer.status_code == 400
        assert says in answer.text
        assert '"type": "error"' not in answer.text


async def test_it_may_know_models_of_other_names() -> None:
    async with lacking("models", models=("Qwen/VL:8b",)) as (api, http):
        assert (await http.post("/v1/messages", json=asking(model="Qwen/VL:8b"))).status_code == 200
        assert api.requests[-1].body["model"] == "Qwen/VL:8b"
        assert (await http.post("/v1/messages", json=asking(model="other"))).status_code == 404


@pytest.mark.parametrize("text", ["legs", "files=gone"])
def test_a_lack_that_is_none_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="Known: "):
        Lacks.of([text])


def test_in_a_process_of_its_own() -> None:
    with standalone("--lacks", "counting=501", "--lacks", "files", "--model", "local") as fake:
        assert fake.http.post("/v1/messages/count_tokens", json=asking()).status_code == 501
        assert fake.http.post("/v1/messages", json=asking(model="local")).status_code == 200


def test_the_documentation_lists_the_lacks_as_they_are() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = [f"| `{name}` | `{how}` | {means} |" for name, hows in LACKS.items() for how, means in hows.items()]
    table = "\n".join(("| lacks | how | what happens |", "| --- | --- | --- |", *rows))
    made = re.sub(r"(<!-- lacks:[^>]*-->\n).*(<!-- end of lacks -->)", rf"\g<1>{table}\n\g<2>", text, flags=re.DOTALL)
    if os.environ.get("WITNESSMARK_SNAPSHOTS") == "write":
        DOCS.write_text(made, encoding="utf-8")
        return
    assert text == made, "run `make snapshots`"
