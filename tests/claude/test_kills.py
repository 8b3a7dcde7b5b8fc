"""What was paid for survives `kill -9` at any moment, and is not paid for again."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.claude.killed_process import name_of
from tests.claude.killing import STEPS, Aim, Killer, Life, ask_of, open_killer
from tests.drawing import draw_text
from witnessmark.store import LedgerEntry, Tokens, open_store
from witnessmark.testing import FakeClaudeAPI, Request

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc").is_dir(), reason="processes are forked and listed here on Linux only"),
]

KILLS = int(os.environ.get("WITNESSMARK_TEST_KILLS", "200"))
LEAST = KILLS // 20
"""Kills that every step has to be met by: ten of two hundred."""
KILLS_OF_PLAN = 25
PLANS = KILLS // 10 + 1
DOCUMENTS = 16


@pytest.fixture
async def killer(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[Killer]:
    chance = random.Random(7)
    for plan in range(PLANS):
        folder = tmp_path / f"plan-{plan}"
        folder.mkdir()
        for number in range(DOCUMENTS):
            # Every third is asked about twice, and so goes up as a file; of bytes that say nothing there are many.
            twice = "-twice" if number % 3 == 2 else ""
            filler = b"%" + chance.randbytes(chance.choice([2_000, 100_000, 400_000])).hex().encode() + b"\n"
            (folder / f"{number:02}{twice}.pdf").write_bytes(draw_text([text_of(plan, number)]) + filler)

    async def answer(request: Request) -> Any:
        await asyncio.sleep(chance.uniform(0, 0.03))
        row = [request.page_text.strip(), name_of(request.text.rpartition("\n")[2])]
        table = {"page": 1, "title": None, "headers": [], "rows": [row], "notes": [], "confidence": "high"}
        return {"tables": [table]}

    api.answer_with(answer)
    async with open_killer(tmp_path, api, seed=11) as opened:
        yield opened


def text_of(plan: int, document: int) -> str:
    return f"plan {plan} document {document}"


async def test_killed_at_any_moment_no_answer_is_lost_and_none_is_paid_for_twice(
    killer: Killer, api: FakeClaudeAPI, tmp_path: Path
) -> None:
    chance = random.Random(13)
    met = Counter({step: 0 for step in STEPS})
    deaths: list[Life] = []
    ended: list[Life] = []
    reopened: list[float] = []
    began = time.monotonic()
    plan = 0
    while len(deaths) < KILLS:
        kills = 0
        while True:
            aims: list[Aim] = [step for step in STEPS if met[step] < LEAST + 2] or ["any"]
            aim: Aim = "any" if chance.random() < 0.25 else min(aims, key=lambda aim: (met[aim], chance.random()))
            life = await killer.run(plan, aim if kills < KILLS_OF_PLAN and len(deaths) < KILLS else None)
            check(killer, life)
            if not life.was_killed:
                assert life.code == 0
                ended.append(life)
                break
            kills += 1; print(aim, dict(life.steps), len(life.used), len(life.before.answers), f"{life.seconds:.3f}", plan)
            deaths.append(life)
            met.update(life.steps.keys())
            begun = time.monotonic()
            async with open_store(tmp_path / "home" / "store.sqlite3") as store:
                await store.answer("none", api.url, max_age_days=None)
            reopened.append(time.monotonic() - begun)
        plan += 1
    for life in ended:
        assert life.used.keys() == killer.plans[life.plan].keys()
    print(*(f"{count:4} {step}" for step, count in met.items()), sep="\n")
    print(f"{len(deaths)} kills, {plan} plans, {time.monotonic() - began:.1f} s, reopened in at most {max(reopened) * 1000:.0f} ms")
    await check_the_bill(killer, api, tmp_path, deaths, asks=[key for each in killer.plans[:plan] for key in each.values()])
    assert all(count >= LEAST for count in met.values()), met


def check(killer: Killer, life: Life) -> None:
    """Check what has to hold after every life."""
    asks, before = killer.plans[life.plan], life.before
    stored = before.answers | {line.key for line in life.lines if line.state == "answered"}
    assert {asks[name] for name in life.used} <= stored, "used before it was durable"
    assert killer.damage() == "ok"
    intents = Counter(line.key for line in life.lines if line.state != "reused")
    asked = Counter(asks[ask_of(request)] for request in killer.messages(life) if request.body is not None)
    assert intents.keys().isdisjoint(before.answers), "asked for again although it was there"
    assert all(count == 1 for count in intents.values())
    assert asked <= intents
    assert len(killer.messages(life)) <= len(intents)
    files = [request.body["sha256"] for request in killer.uploads(life) if request.body is not None]
    assert before.uploads.isdisjoint(files), "sent as a file again although it was there"
    assert len(files) == len(set(files))
    for name, text in life.used.items():
        assert text.startswith(f"plan {life.plan} document ")
        assert name in asks


async def check_the_bill(
    killer: Killer, api: FakeClaudeAPI, room: Path, deaths: list[Life], *, asks: list[str]
) -> None:
    """Compare the ledger with what the API has billed."""
    async with open_store(room / "home" / "store.sqlite3") as store:
        entries = [entry async for entry in store.entries(since=0, until=1e12)]
        for key in asks:
            assert await store.answer(key, api.url, max_age_days=None) is not None
        uploads = await store.uploads()
    states = Counter(entry.state for entry in entries)
    assert states.keys() <= {"answered", "possibly billed", "reused"}
    answered = {entry.request_id: entry for entry in entries if entry.state == "answered"}
    doubtful = Counter(entry.content_key for entry in entries if entry.state == "possibly billed")
    assert sorted(entry.content_key for entry in answered.values()) == sorted(asks)
    billed = {request.request_id: request for request in api.requests if request.billed is not None}
    assert answered.keys() <= billed.keys()
    for request_id, entry in answered.items():
        assert tokens_of(billed[request_id].billed) == replace(entry.tokens, thinking=0)  # a part of the output
    keys = {name: key for plan in killer.plans for name, key in plan.items()}
    again = Counter(keys[ask_of(request)] for request_id, request in billed.items() if request_id not in answered)
    assert again <= doubtful
    stood = sum((life.steps for life in deaths), Counter[Any]())
    in_flight = [stood[step] for step in STEPS[4:-1]]
    assert again.total() == sum(in_flight[2:])
    assert doubtful.total() == sum(in_flight)
    assert len(billed) == api.totals.billed_messages == len(answered) + again.total()
    ledger = sum((replace(entry.tokens, thinking=0) for entry in answered.values()), Tokens())
    doubt = sum(
        (tokens_of(request.billed) for request_id, request in billed.items() if request_id not in answered), Tokens()
    )
    assert ledger + doubt == tokens_of(api.totals.billed)
    assert api.totals.uploads == len(uploads) + stood["a file is kept there, not here"]
    print(
        f"{len(answered)} answers, {again.total()} billed again, {doubtful.total()} possibly billed, "
        f"{states['reused']} read back, {len(uploads)} files, {api.totals.uploads - len(uploads)} of them twice"
    )


def tokens_of(billed: Any) -> Tokens:
    return Tokens(input=billed.get("input_tokens", 0), output=billed.get("output_tokens", 0))
