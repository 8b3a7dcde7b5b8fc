"""The prompt cache: what is kept in it, who goes first, what it comes to cost, and what the ledger says of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.claude.questions import QUESTIONS, Reader, SharedTime, answering, bill_of, open_reader
from witnessmark.testing import FakeClaudeAPI

pytestmark = pytest.mark.anyio

LINE_UP = ["claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"]


@pytest.fixture
def shared_time() -> SharedTime:
    return SharedTime()


@pytest.fixture
async def api(shared_time: SharedTime) -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI(clock=shared_time.now) as fake:
        fake.answer_with(answering)
        yield fake


@pytest.fixture
async def reader(api: FakeClaudeAPI, tmp_path: Path, shared_time: SharedTime) -> AsyncGenerator[Reader]:
    async with open_reader(api, tmp_path, shared_time, pages=4) as opened:
        yield opened


def kept(api: FakeClaudeAPI) -> list[str]:
    """Say of each message what the cache did."""
    told: list[str] = []
    for request in api.requests:
        if request.path == "/v1/messages" and request.billed is not None:
            read = request.billed["cache_read_input_tokens"]
            of_5m, of_1h = (request.billed[f"ephemeral_{ttl}_input_tokens"] for ttl in ("5m", "1h"))
            told.append("read" if read else "5m" if of_5m else "1h" if of_1h else "-")
    return told


# --- the figures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LINE_UP)
async def test_ten_questions_in_one_plan_cost_one_write_and_nine_reads(
    api: FakeClaudeAPI, tmp_path: Path, shared_time: SharedTime, name: str
) -> None:
    async with open_reader(api, tmp_path, shared_time, model=name) as reader:
        run = await reader.ask(*QUESTIONS)
    assert len(run.answered) == 10
    assert kept(api) == ["5m", *["read"] * 9]
    bill = bill_of(api, reader.model)
    assert bill.input_ratio <= Decimal("1.05")
    assert bill.ratio <= Decimal("1.05")


@pytest.mark.parametrize("seconds", [3, 200], ids=["seconds apart", "minutes apart"])
@pytest.mark.parametrize("name", LINE_UP)
async def test_ten_separate_calls_cost_little_more(
    api: FakeClaudeAPI, tmp_path: Path, shared_time: SharedTime, name: str, seconds: float
) -> None:
    async with open_reader(api, tmp_path, shared_time, model=name) as reader:
        for question in QUESTIONS:
            await reader.ask(question)
            shared_time.passed += seconds
    assert kept(api) == ["-", "5m", *["read"] * 8]
    bill = bill_of(api, reader.model)
    assert bill.input_ratio <= Decimal("1.6")
    assert bill.ratio <= Decimal("1.6")
