"""Paid answers: kept whole, found again, and never half."""

from __future__ import annotations

from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from tests.store.asks import DAY, ENDPOINT, HOUR, NOON, Clock, answer, ask, ledger, pay
from witnessmark.store import Store, open_store

pytestmark = pytest.mark.anyio


async def test_a_paid_answer_is_found_by_the_next_process(path: Path, store: Store) -> None:
    paid = await pay(store)
    async with open_store(path) as another:
        assert await another.answer("ask-1", ENDPOINT, max_age_days=None) == paid


async def test_an_answer_comes_back_letter_for_letter(store: Store) -> None:
    odd = answer(message='{"text": "½ \\u0000 \ud800 " 漢}', tokens=answer().tokens, usd=None, request_id=None)
    await store.answered(await store.begin(ask()), odd)
    assert await store.answer("ask-1", ENDPOINT, max_age_days=None) == odd


async def test_another_endpoint_has_other_answers(store: Store) -> None:
    await pay(store)
    assert await store.answer("ask-1", "https://elsewhere.example", max_age_days=None) is None


async def test_an_answer_older_than_asked_for_is_not_found(store: Store, clock: Clock) -> None:
    paid = await pay(store)
    clock.now = NOON + 7 * DAY - 1
    assert await store.answer("ask-1", ENDPOINT, max_age_days=7) == paid
    clock.now = NOON + 7 * DAY + 1
    assert await store.answer("ask-1", ENDPOINT, max_age_days=7) is None
    assert await store.answer("ask-1", ENDPOINT, max_age_days=None) == paid


async def test_an_answer_of_the_future_is_as_good_as_new_when_the_clock_is_set_back(store: Store, clock: Clock) -> None:
    paid = await pay(store)
    clock.now = NOON - HOUR
    assert await store.answer("ask-1", ENDPOINT, max_age_days=1) == paid


async def test_an_ask_sent_again_keeps_the_newer_answer_and_both_lines(store: Store) -> None:
    await pay(store)
    newer = answer(message="{}", usd="0.08", at=NOON + 5)
    await store.answered(await store.begin(ask()), newer)
    assert await store.answer("ask-1", ENDPOINT, max_age_days=None) == newer
    assert [entry.state for entry in await ledger(store)] == ["answered", "answered"]


async def test_a_cancelled_task_still_keeps_what_was_paid_for(store: Store) -> None:
    line = await store.begin(ask())
    with anyio.CancelScope() as scope:
        scope.cancel()
        await store.answered(line, answer())
    assert scope.cancelled_caught or scope.cancel_called
    assert await store.answer("ask-1", ENDPOINT, max_age_days=None) == answer()
    assert [entry.state for entry in await ledger(store)] == ["answered"]


async def test_an_answer_to_no_line_of_the_ledger_leaves_nothing(store: Store) -> None:
    with pytest.raises(LookupError):
        await store.answered(4711, answer())
    assert await store.answer("ask-1", ENDPOINT, max_age_days=None) is None


async def test_many_tasks_at_once_take_turns(store: Store) -> None:
    async with anyio.create_task_group() as tasks:
        for number in range(64):
            tasks.start_soon(pay, store, f"ask-{number}")
    assert len(await ledger(store)) == 64
    for number in range(64):
        assert await store.answer(f"ask-{number}", ENDPOINT, max_age_days=None) is not None


async def test_the_event_loop_is_free_while_the_store_writes(store: Store) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await anyio.lowlevel.checkpoint()
            ticks += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        for number in range(20):
            await pay(store, f"ask-{number}")
        tasks.cancel_scope.cancel()
    assert ticks > 40  # more than twice for every write


async def test_no_file_is_there_before_the_first_use(path: Path) -> None:
    async with open_store(path):
        assert not path.parent.exists()
