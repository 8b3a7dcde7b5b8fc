"""Endpoints with less, for tests: the fake that lacks something, and a model that answers however it is asked."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.claude.conftest import Desk, FakeTime
from witnessmark.claude.client import open_claude
from witnessmark.claude.credentials import Credentials
from witnessmark.claude.probing import MOST_OUTPUT
from witnessmark.claude.running import Run
from witnessmark.claude.understanding import ANSWER_TOOL
from witnessmark.documents.opening import Documents
from witnessmark.documents.worker import open_workers
from witnessmark.limits import Limits
from witnessmark.settings import settings_from
from witnessmark.store import open_store
from witnessmark.testing import FakeClaudeAPI, RecordedRequest, Reply, Request

LOCAL_MODEL = "qwen3-VL:8b"
_PAGE_TEXT = re.compile(r"The text of page \d+ of the file as given:\n(.*)")


@asynccontextmanager
async def lesser(*lacks: str, models: Iterable[str] = (LOCAL_MODEL,)) -> AsyncGenerator[FakeClaudeAPI]:
    """Run an endpoint that lacks something, with a model that answers as well as it is asked."""
    async with FakeClaudeAPI(lacks=lacks, models=models) as api:
        api.answer_with(answering)
        yield api


@asynccontextmanager
async def desk_at(api: FakeClaudeAPI, folder: Path, **more: Any) -> AsyncGenerator[Desk]:
    """Open a process's client of an endpoint; all of them in one folder share a store."""
    settings = settings_from({}, start=folder, home=str(folder / "home"), allow=[str(folder)])
    time = FakeTime()
    credentials = Credentials(kind="auth token", secret=api.key, base_url=api.url)
    async with (
        open_workers(Limits()) as workers,
        open_store(settings.store, **more) as store,
        open_claude(credentials, store, time.clock) as claude,
    ):
        yield Desk(claude, store, Documents(settings.allowed, workers), folder, time)


def answering(request: Request) -> Any:
    """Transcribe what reaches the model, in the form in which it is asked, or in prose where it is told of none."""
    texts = [page.text.strip() for page in request.pages] or _PAGE_TEXT.findall(request.text)
    texts = texts or [f"picture {number}" for number, _ in enumerate(request.images, start=1)]
    if not texts and "line one" in request.text + request.page_text:
        texts = ["line one"]
    value = tables(texts)
    if request.schema is not None:
        return value
    if request.tools:
        return Reply(tool_use={ANSWER_TOOL: value})
    if "has to satisfy this schema" in request.text:
        return Reply(text=f"Here it is:\n```json\n{json.dumps(value)}\n```\nI hope this helps!")
    return Reply(text="Certainly! The document has a table with some numbers in it.")


def tables(texts: Iterable[str]) -> dict[str, Any]:
    """Make an answer with one table a page, whose only cell is the page's text."""
    return {
        "tables": [
            {
                "page": number,
                "title": None,
                "headers": ["text"],
                "rows": [[text]],
                "notes": [],
                "confidence": "high",
            }
            for number, text in enumerate(texts, start=1)
        ]
    }


def texts_of(run: Run) -> list[str]:
    return [table["rows"][0][0] for answered in run.answered for table in answered.value["tables"]]


def asked(api: FakeClaudeAPI) -> list[RecordedRequest]:
    """List the requests that asked for tables, without the small ones that find out what the endpoint can."""
    return [request for request in messages(api) if request.body["max_tokens"] > MOST_OUTPUT]


def checks(api: FakeClaudeAPI) -> list[RecordedRequest]:
    """List the small requests that find out what the endpoint can."""
    return [request for request in messages(api) if request.body["max_tokens"] <= MOST_OUTPUT]


def messages(api: FakeClaudeAPI) -> list[RecordedRequest]:
    return [request for request in api.requests if request.path == "/v1/messages" and request.body is not None]


def blocks_of(request: RecordedRequest) -> list[Mapping[str, Any]]:
    blocks: list[Mapping[str, Any]] = request.body["messages"][0]["content"]
    return blocks
