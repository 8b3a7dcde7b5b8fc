"""Asks take turns: within limits, in their order, with other processes, and one at a time while the API is down."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from typing import Any

import anyio
import pytest

from tests.claude.conftest import Desk, FakeTime, OpenDesk
from tests.claude.test_running import PDF, sent, sent_by, states
from tests.drawing import draw_text
from witnessmark.claude.limits_told import told_by
from witnessmark.claude.pacing import MOST_WAITING
from witnessmark.claude.running import Failed, Left, Run
from witnessmark.claude.timeouts import Timeouts
from witnessmark.documents.document import Document
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Ask, Plan
from witnessmark.store import Told
from witnessmark.testing import ApiError, FakeClaudeAPI, Request, faults
from witnessmark_tools.tables_plan import plan_tables

pytestmark = pytest.mark.anyio

MESSAGES = "POST /v1/messages"
START = FakeTime().seconds


@pytest.fixture
def times() -> list[FakeTime]:
    """The clocks by which the API's own goes."""
    return []


@pytest.fixture
async def api(times: list[FakeTime]) -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI(clock=lambda: 1.8e9 + sum(time.seconds for time in times)) as fake:
        yield fake


@pytest.fixture
async def desk(open_desk: OpenDesk, times: list[FakeTime]) -> AsyncGenerator[Desk]:
    async with open_desk() as opened:
        times.append(opened.time)
        yield opened


def rows(desk: Desk, table: str) -> int:
    with contextlib.closing(sqlite3.connect(desk.folder / "home" / "store.sqlite3")) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def statuses(api: FakeClaudeAPI) -> Counter[str]:
    return Counter(api.totals.requests.get(MESSAGES, {}))


async def run_all(desk: Desk, count: int, **work: Any) -> list[Run]:
    """Make so many calls at once, each about a document of its own."""
    runs: list[Run] = []

    async def call(number: int) -> None:
        runs.append(await run_texts(desk, {f"{number}.txt": f"document {number}"}, **work))

    async with anyio.create_task_group() as tasks:
        for number in range(count):
            tasks.start_soon(call, number)
    return runs


def errors(runs: list[Run]) -> Counter[str]:
    return Counter(outcome.error.kind for run in runs for outcome in run.outcomes if isinstance(outcome, Failed))


async def run_texts(desk: Desk, texts: dict[str, str], **work: Any) -> Run:
    """Ask about files of text, in their order, in one call."""
    asks: list[Ask] = []
    async with contextlib.AsyncExitStack() as stack:
        documents: list[Document] = []
        for name, text in texts.items():
            (desk.folder / name).write_text(text)
            document = await stack.enter_async_context(desk.documents.open(str(desk.folder / name)))
            facts = await desk.documents.facts(document, [1])
            asks += plan_tables(document, facts, desk.model, texts=text_blocks(name, text)).asks
            documents.append(document)
        return await desk.claude.run(Plan(asks=tuple(asks)), desk.work(documents[0], sources=tuple(documents), **work))


async def run_in_one_call(desk: Desk, texts: list[str]) -> Run:
    return await run_texts(desk, {f"{number}.txt": text for number, text in enumerate(texts)})


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another task does in the store, which tells nobody."""
    while not is_so():  # noqa: ASYNC110
        await anyio.sleep(0.01)


# --- within the limits ------------------------------------------------------------------------------------------------


async def test_what_an_ask_takes_is_reserved_before_it_is_sent(desk: Desk, api: FakeClaudeAPI) -> None:
    seen: list[int] = []

    def answer(_: Request) -> dict[str, Any]:
        seen.append(rows(desk, "turns"))
        return {"tables": []}

    api.answer_with(answer)
    await run_all(desk, 1)
    assert seen == [1]


@pytest.mark.parametrize("retry_after", ["fits", "full"])
async def test_a_tight_limit_is_kept_to_and_hardly_ever_hit(
    desk: Desk, api: FakeClaudeAPI, times: list[FakeTime], retry_after: Any
) -> None:
    api.limit(input_tokens_per_minute=20_000, retry_after=retry_after)
    run = await run_in_one_call(desk, [f"document {n}. " + "word " * (300 + 90 * (n % 7)) for n in range(60)])
    assert len(run.answered) == 60
    assert statuses(api)["429"] <= 1
    tokens = api.totals.billed["input_tokens"]
    assert tokens > 60_000
    ideal = (tokens - 20_000) / 20_000 * 60
    assert desk.time.seconds - START < 1.1 * ideal + 10


async def test_the_limit_on_requests_is_kept_to(desk: Desk, api: FakeClaudeAPI) -> None:
    api.limit(requests_per_minute=10)
    run = await run_in_one_call(desk, [f"document {n}" for n in range(30)])
    assert len(run.answered) == 30
    assert statuses(api)["429"] <= 2


async def test_a_stranger_on_the_same_account_is_left_room(desk: Desk, api: FakeClaudeAPI) -> None:
    api.limit(input_tokens_per_minute=20_000, stranger=0.3)
    run = await run_in_one_call(desk, [f"document {n}. " + "word " * (300 + 90 * (n % 7)) for n in range(80)])
    assert len(run.answered) == 80
    assert statuses(api)["429"] <= 6


async def test_asks_go_first_come_first_served(desk: Desk, api: FakeClaudeAPI) -> None:
    api.limit(input_tokens_per_minute=4_000)
    texts = [f"document {n}. " + "word " * (1_500 if n % 5 == 2 else 100) for n in range(25)]
    await run_in_one_call(desk, texts)
    titles = [
        request.body["messages"][0]["content"][0]["title"].partition(",")[0]
        for request in api.requests
        if request.path == "/v1/messages"
    ]
    order = list(dict.fromkeys(titles))  # what was refused came again
    assert order == [f"{n}.txt" for n in range(25)]


async def test_nothing_stays_reserved_when_all_is_done(open_desk: OpenDesk, api: FakeClaudeAPI) -> None:
    async with open_desk() as desk:
        api.fail(faults.overloaded(), times=2)
        await run_all(desk, 8)
    assert (rows(desk, "turns"), rows(desk, "lines")) == (0, 0)


async def test_the_store_has_a_hash_of_the_key_and_never_the_key(open_desk: OpenDesk, api: FakeClaudeAPI) -> None:
    async with open_desk() as desk:
        await run_all(desk, 1)
    for file in (desk.folder / "home").glob("store.sqlite3*"):
        assert api.key.encode() not in file.read_bytes()
    with contextlib.closing(sqlite3.connect(desk.folder / "home" / "store.sqlite3")) as db:
        ((account, model),) = db.execute("SELECT account, model FROM buckets").fetchall()
    assert (len(account), model) == (32, desk.model.id)


# --- waiting, and going away ------------------------------------------------------------------------------------------


async def test_a_queue_that_is_full_answers_at_once(desk: Desk, api: FakeClaudeAPI) -> None:
    going_on = anyio.Event()

    async def answer(_: Request) -> dict[str, Any]:
        await going_on.wait()
        return {"tables": []}

    api.answer_with(answer)
    runs: list[Run] = []

    async def call(number: int) -> None:
        runs.append(await run_texts(desk, {f"{number}.txt": f"document {number}"}))
        if len(runs) == 10:
            going_on.set()  # nobody else had to be answered for these

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            for number in range(2):
                tasks.start_soon(call, number)
            await until(lambda: sent(api) == 2)  # more are not under way while nothing is known of the model
            for number in range(2, 2 + MOST_WAITING + 10):
                tasks.start_soon(call, number)
    assert errors(runs[:10]) == {"QueueFull": 10}
    assert errors(runs[10:]) == {}
    (error,) = {str(run.failed[0].error) for run in runs[:10]}
    assert str(MOST_WAITING) in error
    assert "Call again" in error


async def test_a_call_that_is_cancelled_while_it_waits_leaves_nothing_reserved(desk: Desk, api: FakeClaudeAPI) -> None:
    asked, going_on = anyio.Event(), anyio.Event()

    async def answer(_: Request) -> dict[str, Any]:
        if statuses(api)["200"] == 0 and len(api.requests) == 2:
            asked.set()
        await going_on.wait()
        return {"tables": []}

    api.answer_with(answer)
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run_all, desk, 2)
            await asked.wait()
            async with anyio.create_task_group() as others:
                others.start_soon(run_texts, desk, {"another.txt": "another document"})
                await until(lambda: rows(desk, "lines") == 1)  # it waits
                others.cancel_scope.cancel()
            await until(lambda: rows(desk, "lines") == 0)
            assert rows(desk, "turns") == 2
            going_on.set()
    assert sent(api) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the parent process is looked up in /proc")
async def test_who_waits_for_another_processs_answer_has_no_turn(desk: Desk, api: FakeClaudeAPI) -> None:
    await sent_by(os.getppid(), desk, PDF)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: desk.run(PDF, seconds=0.8))
        await until(lambda: rows(desk, "buckets") == 1)
        await anyio.sleep(0.3)
        assert rows(desk, "turns") == 0
    assert await states(desk) == ["sent"]


async def test_what_the_api_told_one_process_another_knows(open_desk: OpenDesk, api: FakeClaudeAPI) -> None:
    async with open_desk() as one, open_desk() as other:
        api.fail(faults.rate_limited(171), times=1)
        await one.run(PDF, seconds=45.0)
        run = await other.run(draw_text(["another document"]), "b.pdf", seconds=45.0)
        (failed,) = run.failed
        assert failed.error.kind == "RateLimited"
        assert "3 minutes" in failed.error.next_step
        assert sent(api) == 1
        other.time.seconds += 171
        assert (await other.run(draw_text(["another document"]), "b.pdf", seconds=45.0)).answered


# --- down, slow, not there --------------------------------------------------------------------------------------------


def down_until(desk: Desk, seconds: float) -> Any:
    def refuse(_: Request) -> ApiError | None:
        return ApiError(529, "overloaded_error", "Overloaded") if desk.time.seconds < seconds else None

    return refuse


async def test_sixty_calls_on_an_api_that_is_down_end_in_time_and_ask_it_seldom(desk: Desk, api: FakeClaudeAPI) -> None:
    api.refuse_when(down_until(desk, START + 600))
    runs = await run_all(desk, 60)
    assert errors(runs) == {"Overloaded": 60}
    assert desk.time.seconds - START <= 300
    assert sent(api) <= 20  # sixty that wait by themselves would ask it 700 times
    assert all("Call again" in outcome.error.next_step for run in runs for outcome in run.failed)


async def test_sixty_calls_that_can_wait_go_on_when_an_api_is_back_after_ten_minutes(
    desk: Desk, api: FakeClaudeAPI
) -> None:
    api.refuse_when(down_until(desk, START + 600))
    runs = await run_all(desk, 60, seconds=900.0)
    assert sum(len(run.answered) for run in runs) == 60
    assert statuses(api)["529"] <= 35
    assert desk.time.seconds - START <= 600 + 60
    assert rows(desk, "lines") == 0


async def test_a_call_that_comes_while_it_is_down_is_told_so_at_once_where_it_cannot_wait(
    desk: Desk, api: FakeClaudeAPI
) -> None:
    api.refuse_when(down_until(desk, START + 600))
    await run_all(desk, 4)
    before = sent(api)
    desk.time.waits.clear()
    (run,) = await run_all(desk, 1, seconds=0.5)
    assert all(isinstance(outcome, Failed | Left) for outcome in run.outcomes)
    assert sent(api) - before <= 1
    assert sum(desk.time.waits) <= 0.5


@pytest.mark.parametrize("fault", [faults.status(503), faults.reset("after_body")], ids=["503", "reset"])
async def test_an_api_that_fails_in_other_ways_is_asked_seldom_too(
    desk: Desk, api: FakeClaudeAPI, fault: faults.Fault
) -> None:
    api.fail(fault, share=1)
    runs = await run_all(desk, 40)
    assert sum(errors(runs).values()) == 40
    assert sent(api) <= 20
    assert desk.time.seconds - START <= 300


async def test_an_api_that_never_answers_is_asked_seldom_and_every_call_ends(
    open_desk: OpenDesk, api: FakeClaudeAPI
) -> None:
    api.fail(faults.stall("after_body"), share=1)
    async with open_desk(timeouts=Timeouts(silence=0.1)) as desk:
        with anyio.fail_after(60):
            runs = await run_all(desk, 30)
        assert errors(runs) == {"ApiTimeout": 30}
        assert sent(api) <= 20


async def test_an_address_where_nobody_is_ends_all_calls_soon(open_desk: OpenDesk) -> None:
    async with open_desk(url="http://127.0.0.1:9") as desk:
        runs = await run_all(desk, 40)
        assert errors(runs) == {"ApiUnreachable": 40}
        assert len(await states(desk)) <= 10
        assert sum(desk.time.waits) < 30


async def test_a_failure_of_one_in_fifty_holds_nobody_up(desk: Desk, api: FakeClaudeAPI) -> None:
    api.fail(faults.overloaded(), share=0.02, seed=3)
    run = await run_in_one_call(desk, [f"document {n}" for n in range(100)])
    assert len(run.answered) == 100
    assert statuses(api)["529"] >= 1
    assert sum(desk.time.waits) < 20


# --- what stands in the way -------------------------------------------------------------------------------------------


async def test_a_store_that_is_held_fails_the_call_and_not_the_next_one(open_desk: OpenDesk) -> None:
    async with open_desk(busy_seconds=0.3) as desk:
        await run_all(desk, 1)
        path = desk.folder / "home" / "store.sqlite3"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            run = await desk.run(PDF)
            assert {failed.error.kind for failed in run.failed} == {"StoreBusy"}
            db.execute("ROLLBACK")
        with anyio.fail_after(20):
            assert (await desk.run(PDF)).answered


async def test_a_bad_key_ends_those_that_wait(desk: Desk, api: FakeClaudeAPI) -> None:
    api.fail(faults.status(401), share=1)
    run = await run_in_one_call(desk, [f"document {n}" for n in range(20)])
    assert {failed.error.kind for failed in run.failed} == {"KeyRefused"}
    assert sent(api) <= 4


# --- what headers say -------------------------------------------------------------------------------------------------


def headers(**changes: str) -> dict[str, str]:
    told = {
        "anthropic-ratelimit-input-tokens-limit": "60000",
        "anthropic-ratelimit-input-tokens-remaining": "42000",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-25T04:00:18Z",
        "date": "Wed, 25 Nov 2026 04:00:00 GMT",
    }
    return told | {name.replace("_", "-"): value for name, value in changes.items()}


def test_limits_are_read_from_the_headers_of_a_response() -> None:
    assert told_by(headers()) == {"input": Told(limit=60_000, remaining=42_000, full_in=18)}
    assert told_by({}) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"anthropic_ratelimit_input_tokens_limit": "many"},
        {"anthropic_ratelimit_input_tokens_limit": "nan"},
        {"anthropic_ratelimit_input_tokens_limit": "0"},
        {"anthropic_ratelimit_input_tokens_limit": "1e400"},
        {"anthropic_ratelimit_input_tokens_remaining": "-5"},
    ],
    ids=lambda changes: "=".join(*changes.items()),
)
def test_headers_that_mean_nothing_are_left_out(changes: dict[str, str]) -> None:
    assert told_by(headers(**changes)) == {}


@pytest.mark.parametrize("changes", [{"date": ""}, {"date": "soon"}, {"anthropic_ratelimit_input_tokens_reset": "x"}])
def test_a_time_that_means_nothing_is_no_time(changes: dict[str, str]) -> None:
    assert told_by(headers(**changes))["input"].full_in is None
