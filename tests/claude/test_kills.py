"""What was paid for survives `kill -9` at any moment, and is not paid for again, by this process or by another."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.claude.killed_process import name_of
from tests.claude.killing import STEPS, Aim, Killer, Life, Step, ask_of, open_killer
from tests.drawing import draw_text
from witnessmark.claude.running import AT_ONCE
from witnessmark.store import Tokens, open_store
from witnessmark.testing import FakeClaudeAPI, Request

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are forked and killed as Linux does it"),
]

KILLS = int(os.environ.get("WITNESSMARK_TEST_KILLED_RUNS", "60"))
"""How many processes a run kills: 200 in a long run (CONTRIBUTING.md)."""
LEAST = KILLS // 20
"""How many kills have to meet each step: ten of two hundred."""
KILLS_OF_PLAN = 25
DOCUMENTS = 16

OpenKiller = Callable[[int], AbstractAsyncContextManager[Killer]]


@pytest.fixture
def processes(api: FakeClaudeAPI, tmp_path: Path) -> OpenKiller:
    """Draw the documents of so many plans, and start the process that runs them."""
    chance = random.Random(7)

    async def answer(request: Request) -> Any:
        await asyncio.sleep(chance.uniform(0, 0.03))
        row = [request.page_text.strip(), name_of(request.text.rpartition("\n")[2])]
        table = {"page": 1, "title": None, "headers": [], "rows": [row], "notes": [], "confidence": "high"}
        return {"tables": [table]}

    @asynccontextmanager
    async def opened(plans: int) -> AsyncGenerator[Killer]:
        for plan in range(plans):
            folder = tmp_path / f"plan-{plan}"
            folder.mkdir()
            for number in range(DOCUMENTS):
                # Every third is asked about twice, and so goes up as a file; bytes that say nothing make most large.
                name = f"{number:02}{'-twice' if number % 3 == 2 else ''}.pdf"
                filler = b"%" + chance.randbytes(chance.choice([2_000, 400_000, 800_000])).hex().encode() + b"\n"
                (folder / name).write_bytes(draw_text([f"plan {plan} document {number}"]) + filler)
        api.answer_with(answer)
        async with open_killer(tmp_path, api, seed=11) as killer:
            yield killer

    return opened


async def test_killed_at_any_moment_no_answer_is_lost_and_none_is_paid_for_twice(
    processes: OpenKiller, api: FakeClaudeAPI, tmp_path: Path
) -> None:
    chance = random.Random(13)
    deaths: list[Life] = []
    met = Counter[Step](dict.fromkeys(STEPS, 0))
    reopened: list[float] = []
    began = time.monotonic()
    async with processes(KILLS // 6 + 4) as killer:
        plan = kills = 0
        while len(deaths) < KILLS or kills:
            aim: Aim | None = "any" if chance.random() < 0.4 else rarest(met)
            if kills == KILLS_OF_PLAN or len(deaths) == KILLS:
                aim = None
            life = await killer.run(plan, aim)
            check_life(killer, life)
            if not life.was_killed:
                check_end(killer, life)
                plan, kills = plan + 1, 0
                continue
            kills += 1
            deaths.append(life)
            met.update(life.steps.keys())
            reopened.append(await seconds_to_open(tmp_path, api))
        bill = await check_bill(killer, api, tmp_path, plans=plan)
    print(*(f"{count:5} {step}" for step, count in met.items()), sep="\n")
    print(f"{len(deaths)} kills of {plan} plans in {time.monotonic() - began:.0f} s, all run to their end")
    print(f"opened again in {statistics.median(reopened) * 1000:.0f} ms, {max(reopened) * 1000:.0f} at most")
    print(bill)
    stood = Counter[Step]()
    for life in deaths:
        stood.update(life.steps)
    billed = sum(stood[step] for step in ("asked, nothing answered", "within an answer", "answered, not stored"))
    assert bill.again == billed
    assert bill.doubtful == billed + stood["intent written, nothing sent"] + stood["a body goes up"]
    assert bill.files_again == stood["a file is kept there, not here"]
    assert all(count >= LEAST for count in met.values()), met


async def test_two_processes_that_ask_the_same_pay_once(
    processes: OpenKiller, api: FakeClaudeAPI, tmp_path: Path
) -> None:
    async with processes(1) as killer:
        lives = await killer.run_at_once(0, 2)
        for life in lives:
            check_end(killer, life)
        bill = await check_bill(killer, api, tmp_path, plans=1)
    assert (bill.again, bill.doubtful, bill.files_again) == (0, 0, 0)
    assert bill.answers == bill.reused == len(killer.plans[0])


async def test_what_a_killed_process_had_asked_another_that_waits_for_it_asks_at_once(
    processes: OpenKiller, api: FakeClaudeAPI, tmp_path: Path
) -> None:
    aims: list[Aim] = ["a file goes up", "asked, nothing answered", "within an answer", "answered, not stored", "any"]
    async with processes(len(aims)) as killer:
        for plan, aim in enumerate(aims):
            killed, other = await killer.run_at_once(plan, 2, aim)
            assert killed.was_killed
            check_end(killer, other)
            assert other.seconds < 15, "it waited for the dead"
        bill = await check_bill(killer, api, tmp_path, plans=len(aims))
    assert bill.again <= bill.doubtful <= AT_ONCE * len(aims)
    assert bill.files_again <= AT_ONCE * len(aims)


def rarest(met: Counter[Step]) -> Step:
    return min(STEPS, key=lambda step: met[step])


def check_life(killer: Killer, life: Life) -> None:
    """Check what has to hold whenever a process that was alone has ended or died."""
    asks, before = killer.plans[life.plan], life.before
    stored = before.answers | {line.key for line in life.lines if line.state == "answered"}
    assert {asks[name] for name in life.used} <= stored, "used before it was durable"
    assert killer.damage() == "ok"
    intents = Counter(line.key for line in life.lines if line.state != "reused")
    assert before.answers.isdisjoint(intents), "asked again although the answer was there"
    assert set(intents.values()) <= {1}
    asked = Counter(asks[ask_of(request)] for request in killer.messages(life) if request.body is not None)
    assert asked <= intents, "asked before the intent was durable"
    assert len(killer.messages(life)) <= len(intents)
    files = [request.body["sha256"] for request in killer.uploads(life) if request.body is not None]
    assert before.uploads.isdisjoint(files), "uploaded again although the file was there"
    assert len(files) == len(set(files))


def check_end(killer: Killer, life: Life) -> None:
    """Check a process that has run its plan to the end: every ask has the answer to just that ask."""
    assert life.code == 0
    numbers = [number for number in range(DOCUMENTS) for _ in range(1 + (number % 3 == 2))]
    texts = [f"plan {life.plan} document {number}" for number in numbers]
    assert life.used == dict(zip(killer.plans[life.plan], texts, strict=True))


async def seconds_to_open(room: Path, api: FakeClaudeAPI) -> float:
    """Measure how long it takes to open the store that a killed process has left, and to look something up."""
    began = time.monotonic()
    async with open_store(room / "home" / "store.sqlite3") as store:
        await store.answer("none", api.url, max_age_days=None)
    return time.monotonic() - began


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What was paid for in the end."""

    answers: int
    reused: int
    again: int
    """Messages that the API has billed and nobody has the answer of."""
    doubtful: int
    """Lines of the ledger that are possibly billed."""
    files: int
    files_again: int


async def check_bill(killer: Killer, api: FakeClaudeAPI, room: Path, *, plans: int) -> Bill:
    """Compare the ledger with what the API has billed, to the token."""
    asks = {name: key for plan in killer.plans[:plans] for name, key in plan.items()}
    async with open_store(room / "home" / "store.sqlite3") as store:
        entries = [entry async for entry in store.entries(since=0, until=1e12)]
        kept = [await store.answer(key, api.url, max_age_days=None) for key in asks.values()]
        uploads = await store.uploads()
    assert None not in kept, "lost"
    states = Counter(entry.state for entry in entries)
    assert states.keys() <= {"answered", "possibly billed", "reused"}
    answered = {entry.request_id: entry for entry in entries if entry.state == "answered"}
    assert sorted(entry.content_key for entry in answered.values()) == sorted(asks.values())
    billed = {request.request_id: request for request in api.requests if request.billed is not None}
    tokens = {request_id: tokens_of(request.billed) for request_id, request in billed.items()}
    for request_id, entry in answered.items():
        assert request_id is not None
        assert replace(entry.tokens, thinking=0) == tokens.pop(request_id)  # thinking is a part of the output
    doubtful = Counter(entry.content_key for entry in entries if entry.state == "possibly billed")
    again = Counter(asks[ask_of(billed[request_id])] for request_id in tokens)
    assert again <= doubtful, "billed, and nothing in the ledger says that it may be"
    paid = [replace(entry.tokens, thinking=0) for entry in answered.values()]
    assert sum([*paid, *tokens.values()], Tokens()) == tokens_of(api.totals.billed)
    assert api.totals.billed_messages == len(answered) + again.total()
    assert len({upload.key for upload in uploads}) == len(uploads)
    return Bill(
        answers=len(answered),
        reused=states["reused"],
        again=again.total(),
        doubtful=doubtful.total(),
        files=len(uploads),
        files_again=api.totals.uploads - len(uploads),
    )


def tokens_of(billed: Any) -> Tokens:
    return Tokens(
        input=billed.get("input_tokens", 0),
        output=billed.get("output_tokens", 0),
        cache_read=billed.get("cache_read_input_tokens", 0),
        cache_creation_5m=billed.get("ephemeral_5m_input_tokens", 0),
        cache_creation_1h=billed.get("ephemeral_1h_input_tokens", 0),
    )
