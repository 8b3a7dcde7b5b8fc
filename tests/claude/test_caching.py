"""The prompt cache: what is kept in it, who goes first, what it comes to cost, and what the ledger says of it."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.claude.questions import (
    INSTRUCTIONS,
    QUESTIONS,
    Reader,
    SharedTime,
    answering,
    answering_text,
    bill_of,
    open_reader,
)
from witnessmark.claude import cache_reads
from witnessmark.claude.client import Work
from witnessmark.claude.timeouts import Timeouts
from witnessmark.documents.text_size import text_size
from witnessmark.plans.caching import documents_key
from witnessmark.plans.plan import Ask, Plan, TextBlock, TextDocumentBlock
from witnessmark.plans.price import price_of
from witnessmark.plans.tokens import Count
from witnessmark.store import Budgets, Prefix, Send
from witnessmark.store.ledger import WRITING_SECONDS
from witnessmark.store.processes import this_process
from witnessmark.testing import ApiError, FakeClaudeAPI, RecordedRequest, Reply, Request, faults
from witnessmark.testing.faults import Fault

pytestmark = pytest.mark.anyio

SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}
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


def messages(api: FakeClaudeAPI) -> list[RecordedRequest]:
    return [request for request in api.requests if request.path == "/v1/messages"]


def kept(api: FakeClaudeAPI) -> list[str]:
    """Say of each message what the cache did."""
    told: list[str] = []
    for request in messages(api):
        if request.billed is not None:
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


async def test_fable_reads_so_cheaply_that_the_call_without_the_cache_weighs_more(
    api: FakeClaudeAPI, tmp_path: Path, shared_time: SharedTime
) -> None:
    async with open_reader(api, tmp_path, shared_time, model="claude-fable-5-2") as reader:
        for question in QUESTIONS:
            await reader.ask(question)
            shared_time.passed += 30
    assert kept(api) == ["-", "5m", *["read"] * 8]
    assert Decimal("1.6") < bill_of(api, reader.model).input_ratio < Decimal("1.68")


# --- what is kept, and how long -------------------------------------------------------------------------------------


async def test_one_question_alone_keeps_nothing(reader: Reader, api: FakeClaudeAPI) -> None:
    await reader.ask(QUESTIONS[0])
    assert kept(api) == ["-"]


async def test_two_processes_read_what_one_of_them_has_kept(
    reader: Reader, api: FakeClaudeAPI, tmp_path: Path, shared_time: SharedTime
) -> None:
    await reader.ask(QUESTIONS[0])
    await reader.ask(QUESTIONS[1])
    async with open_reader(api, tmp_path, shared_time) as other:
        await other.ask(QUESTIONS[2])
        await other.ask(*QUESTIONS[3:6])
    assert kept(api) == ["-", "5m", "read", "read", "read", "read"]


async def test_another_model_and_another_form_of_answer_are_another_use(reader: Reader, api: FakeClaudeAPI) -> None:
    await reader.ask(QUESTIONS[0])
    await reader.ask(QUESTIONS[1], changes={"effort": "high"})
    await reader.ask(QUESTIONS[2], changes={"instructions": "Answer in French."})
    await reader.ask(QUESTIONS[3], changes={"schema": SCHEMA})
    assert kept(api) == ["-"] * 4


async def test_calls_minutes_apart_keep_it_for_an_hour_once_that_pays(
    reader: Reader, api: FakeClaudeAPI, shared_time: SharedTime
) -> None:
    for question in QUESTIONS[:6]:
        await reader.ask(question)
        shared_time.passed += 20 * 60
    assert kept(api) == ["-", "-", "1h", "read", "read", "read"]


async def test_calls_hours_apart_keep_nothing(reader: Reader, api: FakeClaudeAPI, shared_time: SharedTime) -> None:
    for question in QUESTIONS[:4]:
        await reader.ask(question)
        shared_time.passed += 2 * 3600
    assert kept(api) == ["-"] * 4


async def test_what_was_answered_before_is_no_second_use(
    reader: Reader, api: FakeClaudeAPI, shared_time: SharedTime
) -> None:
    await reader.ask(QUESTIONS[0])
    shared_time.passed += 3 * 3600
    await reader.ask(*QUESTIONS[:2])
    assert kept(api) == ["-", "-"]


async def test_all_that_share_what_is_kept_travel_alike(reader: Reader, api: FakeClaudeAPI) -> None:
    await reader.ask(QUESTIONS[0])
    await reader.ask(*QUESTIONS[1:4])
    sources = [request.body["messages"][0]["content"][0]["source"] for request in messages(api)]
    assert sources[0]["type"] == "base64"
    assert len({source["file_id"] for source in sources[1:]}) == 1
    assert api.totals.uploads == 1


async def test_an_answer_that_needs_more_room_reads_what_was_just_written(reader: Reader, api: FakeClaudeAPI) -> None:
    api.answer_with([Reply(text="It", stop_reason="max_tokens"), answering])
    run = await reader.ask(*QUESTIONS[:2])
    assert len(run.answered) == 2
    assert kept(api) == ["5m", "read", "read"]


async def test_a_question_that_is_asked_again_because_it_was_lost_is_no_second_use(
    reader: Reader, api: FakeClaudeAPI
) -> None:
    api.fail(faults.reset("after_response_head"), times=1)
    await reader.ask(QUESTIONS[0])
    await reader.ask(QUESTIONS[0], reuse_since=time.time())
    assert kept(api) == ["-", "-", "5m"]


# --- who goes first -------------------------------------------------------------------------------------------------


async def test_the_first_goes_alone_until_its_response_begins(reader: Reader, api: FakeClaudeAPI) -> None:
    seen: list[int] = []

    async def slowly(request: Request) -> Any:
        seen.append(len(messages(api)))
        if len(seen) == 1:
            await anyio.sleep(0.3)  # long enough for the rest, did they not wait
            seen.append(len(messages(api)))
        return answering(request)

    api.answer_with(slowly)
    await reader.ask(*QUESTIONS[:4])
    assert seen[:2] == [1, 1]
    assert kept(api) == ["5m", "read", "read", "read"]


async def test_the_rest_do_not_wait_for_the_first_to_end(
    api: FakeClaudeAPI, tmp_path: Path, shared_time: SharedTime
) -> None:
    is_first_at_work: list[bool] = []

    def watched(request: Request) -> Any:
        is_first_at_work.append(messages(api)[0].seconds is None)
        return answering(request)

    api.answer_with(watched)
    api.fail(faults.stall("within_response", after=1), times=1)
    async with open_reader(api, tmp_path, shared_time, pages=4, timeouts=Timeouts(silence=3.0)) as reader:
        run = await reader.ask(*QUESTIONS[:4])
    assert len(run.answered) == 4
    assert is_first_at_work[:4] == [True] * 4
    assert kept(api) == ["5m", *["read"] * 4]


@pytest.mark.parametrize("fault", [faults.overloaded(), faults.reset("head")], ids=["overloaded", "reset"])
async def test_where_the_first_fails_the_next_takes_its_place(reader: Reader, api: FakeClaudeAPI, fault: Fault) -> None:
    api.fail(fault, times=1)
    run = await reader.ask(*QUESTIONS[:5])
    assert len(run.answered) == 5
    assert kept(api) == ["5m", *["read"] * 4]


@pytest.mark.parametrize("how", ["out of time", "cancelled"])
async def test_a_call_that_ends_early_leaves_nobody_waiting(reader: Reader, api: FakeClaudeAPI, how: str) -> None:
    go_on = anyio.Event()

    async def held(request: Request) -> Any:
        await go_on.wait()
        return answering(request)

    api.answer_with(held)
    if how == "cancelled":
        with anyio.move_on_after(0.5):
            await reader.ask(*QUESTIONS[:4])
    else:
        run = await reader.ask(*QUESTIONS[:4], seconds=0.5)
        assert not run.answered
    assert len(messages(api)) <= 1
    go_on.set()
    with anyio.fail_after(10):
        again = await reader.ask(*QUESTIONS[:4])
    assert len(again.answered) == 4
    assert kept(api) == ["5m", "read", "read", "read"]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_fails_nobody_waits_for_ever(reader: Reader, api: FakeClaudeAPI, seed: int) -> None:
    for fault in (faults.overloaded(), faults.reset("after_body"), faults.cut_stream(1), faults.error_event(1)):
        api.fail(fault, share=0.15, seed=seed)
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            for number in range(3):
                tasks.start_soon(reader.ask, *(f"{number}: {question}" for question in QUESTIONS))
    api.heal()
    with anyio.fail_after(30):
        for number in range(3):
            run = await reader.ask(*(f"{number}: {question}" for question in QUESTIONS))
            assert len(run.answered) == 10
    told = kept(api)
    assert told.count("read") > 3 * told.count("5m")


async def test_calls_at_the_same_time_write_once(reader: Reader, api: FakeClaudeAPI) -> None:
    """One may be on its way before the next is heard of; no two write."""
    async with anyio.create_task_group() as tasks:
        for question in QUESTIONS:
            tasks.start_soon(reader.ask, question)
    assert kept(api).count("5m") == 1
    assert kept(api).count("read") >= 8


@pytest.mark.skipif(sys.platform != "linux", reason="the parent process is looked up in /proc")
@pytest.mark.parametrize("ends", ["begins", "never begins"])
async def test_what_another_process_is_writing_is_waited_for(
    reader: Reader, api: FakeClaudeAPI, shared_time: SharedTime, ends: str
) -> None:
    await reader.ask(*QUESTIONS[:2])
    before = len(messages(api))
    await _written_by(os.getppid(), reader)
    began = shared_time.passed
    if ends == "begins":
        shared_time.at(began + 7, lambda: _run(reader, "UPDATE sends SET is_writing = 0"))
    await reader.ask(QUESTIONS[2])
    assert len(messages(api)) == before + 1
    waited = shared_time.passed - began
    assert waited == pytest.approx(7 if ends == "begins" else WRITING_SECONDS, abs=0.5)


async def test_a_process_that_is_gone_is_not_waited_for(
    reader: Reader, api: FakeClaudeAPI, shared_time: SharedTime
) -> None:
    await reader.ask(*QUESTIONS[:2])
    began = shared_time.passed
    await _written_by(99_999_999, reader)
    await reader.ask(QUESTIONS[2])
    assert shared_time.passed == began


async def _written_by(pid: int, reader: Reader) -> None:
    """Let the ledger say that another process has just sent what writes the document into the cache."""
    async with reader.documents.open(str(reader.path)) as document:
        (ask,) = (await reader.plan(document, ["Another question?"], reader.model)).asks
    documents = documents_key(ask)
    send = Send(
        content_key=ask.content_key,
        endpoint=reader.claude.endpoint,
        model=ask.model,
        tool="ask",
        document=document.sha256,
        document_name="report.pdf",
        images=4,
        estimated_usd=None,
        prefix=Prefix(call="another", documents=documents, kept=documents, ttl="5m", is_writing=True),
    )
    line = await reader.store.begin(send)
    host, _, start = this_process().rsplit("|", 2)
    if Path(f"/proc/{pid}/stat").exists():
        start = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    _run(reader, "UPDATE sends SET process = ? WHERE id = ?", f"{host}|{pid}|{start}", line)


def _run(reader: Reader, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(reader.path.parent / "home" / "store.sqlite3", isolation_level=None)) as db:
        db.execute(statement, values)


async def test_halves_of_what_is_too_large_are_shared_too(reader: Reader, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: ApiError(413, "request_too_large", "too large") if len(request.pages) > 2 else None)
    run = await reader.ask(*QUESTIONS[:3])
    assert len(run.answered) == 6
    assert sorted(kept(api)) == ["5m", "5m", *["read"] * 4]


@pytest.mark.parametrize("most", [4, 2], ids=["whole", "cut"])
async def test_without_the_files_api_it_is_read_all_the_same(reader: Reader, api: FakeClaudeAPI, most: int) -> None:
    api.fail(faults.status(404), share=1, on="POST /v1/files")
    api.refuse_when(
        lambda request: ApiError(413, "request_too_large", "too large") if len(request.pages) > most else None
    )
    run = await reader.ask(*QUESTIONS[:3])
    parts = 4 // most
    assert len(run.answered) == 3 * parts
    assert not api.totals.uploads
    assert sorted(kept(api)) == ["5m"] * parts + ["read"] * 2 * parts


# --- what it comes to -----------------------------------------------------------------------------------------------


async def test_a_limit_that_leaves_room_for_one_write_and_reads_is_enough(reader: Reader, api: FakeClaudeAPI) -> None:
    async with reader.documents.open(str(reader.path)) as document:
        plan = await reader.plan(document, QUESTIONS, reader.model)
        unpaid = await reader.claude.unpaid(plan, [document], model=reader.model, reuse_since=None)
    price = price_of(unpaid.plan, reader.model).now
    plain = price_of(plan, reader.model).now
    assert price is not None
    assert plain is not None
    assert price.estimate < plain.estimate / 2
    run = await reader.ask(*QUESTIONS, max_usd=price.estimate)
    assert len(run.answered) == 10
    spent = sum(answer.usd or 0 for answer in run.billed)
    assert abs(spent - price.estimate) < price.estimate / 10


async def test_a_budget_that_leaves_room_for_one_write_and_reads_is_enough(reader: Reader) -> None:
    async with reader.documents.open(str(reader.path)) as document:
        plan = await reader.plan(document, QUESTIONS, reader.model)
        unpaid = await reader.claude.unpaid(plan, [document], model=reader.model, reuse_since=None)
    price = price_of(unpaid.plan, reader.model).now
    assert price is not None
    budgets = Budgets(per_day_usd=price.estimate * Decimal("1.01"), per_month_usd=None)
    async with reader.store.reserving(price.estimate, budgets) as reservation:
        run = await reader.ask(*QUESTIONS, reservation=reservation)
    assert len(run.answered) == 10


async def test_answers_without_a_schema_are_text(reader: Reader, api: FakeClaudeAPI) -> None:
    run = await reader.ask(QUESTIONS[0])
    assert run.answered[0].value == answering_text(QUESTIONS[0])
    api.answer_with(Reply(text="", blocks=[]))
    (failed,) = (await reader.ask(QUESTIONS[1])).failed
    assert failed.error.kind == "NoAnswer"


# --- what the ledger says -------------------------------------------------------------------------------------------


async def test_the_ledger_knows_what_was_to_be_read_and_that_it_was(reader: Reader, api: FakeClaudeAPI) -> None:
    await reader.ask(*QUESTIONS[:3])
    await reader.ask(QUESTIONS[3])
    first, *rest = await reader.entries()
    assert (first.expected_read_tokens, first.cache_miss) == (0, None)
    assert first.tokens.cache_creation_5m > 0
    assert {entry.expected_read_tokens for entry in rest} == {first.tokens.cache_creation_5m}
    assert {entry.cache_miss for entry in rest} == {None}
    assert await reader.store.cache_misses(since=0, until=1e12) == ()


async def test_a_miss_after_a_pause_is_expired(reader: Reader, api: FakeClaudeAPI, shared_time: SharedTime) -> None:
    for question in QUESTIONS[:3]:
        await reader.ask(question)
    shared_time.passed += 301
    await reader.ask(QUESTIONS[3])
    assert kept(api)[2:] == ["read", "1h"]
    entry = (await reader.entries())[-1]
    assert (entry.cache_miss, entry.expected_read_tokens) == ("expired", entry.tokens.cache_creation_1h)
    assert entry.cache_lost_usd == entry.tokens.cache_creation_1h * (Decimal(4) - Decimal("0.1")) / 1_000_000


async def test_what_is_read_lives_on_as_it_was_written(
    reader: Reader, api: FakeClaudeAPI, shared_time: SharedTime
) -> None:
    """A request that would keep it for an hour reads, late, what is kept for five minutes: that stays five minutes."""
    for question, pause in zip(QUESTIONS, (1, 280, 301), strict=False):
        await reader.ask(question)
        shared_time.passed += pause
    asked = messages(api)[2].body["messages"][0]["content"][0]["cache_control"]
    assert asked["ttl"] == "1h"
    await reader.ask(QUESTIONS[3])
    assert kept(api) == ["-", "5m", "read", "1h"]
    assert (await reader.entries())[-1].cache_miss == "expired"


async def test_a_miss_after_a_new_upload_is_another_delivery(reader: Reader, api: FakeClaudeAPI) -> None:
    await reader.ask(*QUESTIONS[:2])
    (upload,) = await reader.store.uploads()
    assert upload.workspace is not None
    api.files.delete(upload.file_id, upload.workspace)
    await reader.ask(QUESTIONS[2])
    assert (await reader.entries())[-1].cache_miss == "another delivery"


async def test_what_is_too_short_is_said_to_be(reader: Reader, api: FakeClaudeAPI, tmp_path: Path) -> None:
    """Digits are taken for more tokens than the API takes them for: so an estimate is wrong, as it may be."""
    text = "7" * 1_000
    (tmp_path / "a.txt").write_text(text)
    async with reader.documents.open(str(tmp_path / "a.txt")) as document:
        block = TextDocumentBlock(title="a.txt", text=text, size=text_size(text), sha256=document.sha256)
        ask = Ask(
            model=reader.model.id,
            instructions=INSTRUCTIONS,
            blocks=(block, TextBlock(text="?")),
            schema=None,
            effort="low",
            max_tokens=4_000,
            expected_output=Count(1, 1, 1),
        )
        asks = (ask, replace(ask, blocks=(block, TextBlock(text="??"))))
        work = Work(tool="ask", model=reader.model, documents=reader.documents, sources=(document,))
        await reader.claude.run(Plan(asks=asks), work)
    assert kept(api) == ["-", "-"]
    told = [(entry.cache_miss, entry.cache_lost_usd) for entry in await reader.entries()]
    assert told == [("too short", Decimal(0))] * 2


async def test_a_miss_that_nobody_can_explain_is_unknown(reader: Reader, api: FakeClaudeAPI) -> None:
    await reader.ask(*QUESTIONS[:2])
    api.forget_cache()
    await reader.ask(QUESTIONS[2])
    assert (await reader.entries())[-1].cache_miss == "unknown"
    (missed,) = await reader.store.cache_misses(since=0, until=1e12)
    assert (missed.reason, missed.count) == ("unknown", 1)
    assert missed.lost_usd > 0
    await reader.ask(QUESTIONS[3])
    assert all("diagnostics" not in request.body for request in messages(api)), "it is not Anthropic's own endpoint"


async def test_the_api_is_asked_why_where_nobody_knows(
    reader: Reader, api: FakeClaudeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_reads, "OWN_HOSTS", (".127.0.0.1",))
    await reader.ask(*QUESTIONS[:2])
    assert all("diagnostics" not in request.body for request in messages(api)), "nothing was missed so far"
    api.forget_cache()
    await reader.ask(QUESTIONS[2])
    await reader.ask(QUESTIONS[3])
    third, fourth = messages(api)[2:]
    assert "diagnostics" not in third.body
    assert fourth.body["diagnostics"]["previous_message_id"].startswith("msg_")
    api.forget_cache()
    await reader.ask(QUESTIONS[4])
    assert (await reader.entries())[-1].cache_miss == "unknown", "that another question is another is no reason"
