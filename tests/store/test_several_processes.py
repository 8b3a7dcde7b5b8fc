"""Several processes at once, also at the very first start, and processes that are killed."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from pathlib import Path

import anyio
import pytest

from tests.store.asks import ENDPOINT, ask, ledger, pay
from tests.store.children import children
from witnessmark.store import AskedElsewhere, Store, open_store
from witnessmark.store.processes import is_alive, this_process

KILLS = int(os.environ.get("WITNESSMARK_TEST_KILLS", "12"))
"""Two processes are killed each time: `WITNESSMARK_TEST_KILLS=100` kills 200."""


@pytest.mark.parametrize("attempt", range(3))
def test_eight_processes_start_a_new_store_together(path: Path, attempt: int) -> None:
    with children(8, "start_together", path) as starting:
        assert [child.hear() for child in starting] == ["ready"] * 8
        assert not path.exists()
        for child in starting:
            child.tell()
        assert [child.rest() for child in starting] == [["done"]] * 8
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM answers").fetchone() == (8,)
    assert connection.execute("SELECT count(*) FROM sends WHERE state = 'answered'").fetchone() == (8,)
    assert connection.execute("SELECT count(*) FROM reservations").fetchone() == (0,)
    assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    connection.close()
    assert list(path.parent.glob(".store-*")) == []


@pytest.mark.anyio
async def test_a_store_that_another_process_is_just_making_is_waited_for(store: Store, path: Path) -> None:
    path.parent.mkdir()
    with children(1, "hold", path) as (maker,):
        assert maker.hear() == "holding"  # nothing is in it yet, not even that it is to be shared
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pay, store)
            await anyio.sleep(1)
            maker.tell()
    assert len(await ledger(store)) == 1


def test_killed_at_any_moment_nothing_said_is_lost_and_nothing_is_half(path: Path) -> None:
    draw, said = random.Random(11), set[str]()
    for number in range(KILLS):
        with (
            children(1, "answer_for_ever", path, f"one-{number}") as (one,),
            children(1, "answer_for_ever", path, f"other-{number}") as (other,),
        ):
            said.update(one.hear() for _ in range(draw.randrange(1, 30)))
            said.update(other.hear() for _ in range(draw.randrange(3)))
            until = time.perf_counter() + 0.01 * draw.random()  # so that each step of theirs is hit
            while time.perf_counter() < until:
                pass
            said.update(line for child in (one, other) for line in child.kill())
    on_their_way = check_pairs(path, said, processes=2 * KILLS)
    if KILLS >= 100:
        assert 10 <= on_their_way <= 2 * KILLS - 10  # between intent and answer, and at the other steps


def test_killed_while_the_store_is_made_the_next_one_makes_it(tmp_path: Path) -> None:
    draw = random.Random(5)
    for number in range(12):
        path = tmp_path / str(number) / "store.sqlite3"
        with children(2, "start_together", path) as starting:
            for child in starting:
                child.hear()
                child.tell()
            for _ in range(draw.randrange(20_000)):  # some microseconds of work, so that it dies at another step
                pass
            for child in starting:
                child.process.kill()
        with children(1, "start_together", path) as (child,):
            assert child.hear() == "ready"
            child.tell()
            assert child.rest() == ["done"]


def check_pairs(path: Path, said: set[str], *, processes: int) -> int:
    """Look at the file as SQLite shows it: every line with its answer, every answer with its line.

    Shapes:  how many asks were on their way
    """
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    answers = {key for (key,) in connection.execute("SELECT content_key FROM answers")}
    answered = {key for (key,) in connection.execute("SELECT content_key FROM sends WHERE state = 'answered'")}
    (in_flight,) = connection.execute("SELECT count(*) FROM sends WHERE state = 'sent'").fetchone()
    connection.close()
    assert answers == answered
    assert said <= answers
    assert len(answers - said) + in_flight <= processes  # at most what each was just doing
    return int(in_flight)


@pytest.mark.anyio
async def test_what_one_process_pays_another_finds(store: Store, path: Path) -> None:
    with children(1, "answer_for_ever", path, "there") as (child,):
        assert child.hear() == "there-0"
        assert await store.answer("there-0", ENDPOINT, max_age_days=None) is not None


@pytest.mark.anyio
async def test_an_ask_that_another_process_waits_for_is_not_sent_until_that_one_is_gone(path: Path) -> None:
    async with open_store(path) as store:
        with children(1, "send_and_wait", path) as (child,):
            assert child.hear() == "sent"
            with pytest.raises(AskedElsewhere) as refused:
                await store.begin(ask(), alone_for=60)
            assert refused.value.answer is None
            await store.begin(ask("another"), alone_for=60)
            await store.begin(ask(endpoint="https://elsewhere.example"), alone_for=60)
            with pytest.raises(AskedElsewhere):
                await store.begin(ask(), alone_for=60)
            child.kill()
            await store.begin(ask(), alone_for=60)


@pytest.mark.anyio
async def test_an_ask_is_not_waited_for_longer_than_it_can_take(path: Path) -> None:
    async with open_store(path) as store, open_store(path, clock=lambda: time.time() + 61) as later:
        with children(1, "send_and_wait", path) as (child,):
            assert child.hear() == "sent"
            with pytest.raises(AskedElsewhere):
                await store.begin(ask(), alone_for=60)
            await later.begin(ask(), alone_for=60)


@pytest.mark.anyio
async def test_an_answer_that_came_since_somebody_looked_is_given_and_not_paid_for_again(store: Store) -> None:
    seen = await store.answer("ask-1", ENDPOINT, max_age_days=None)
    await pay(store, "ask-1")
    with pytest.raises(AskedElsewhere) as refused:
        await store.begin(ask(), seen=seen, alone_for=60)
    seen = await store.answer("ask-1", ENDPOINT, max_age_days=None)
    assert refused.value.answer == seen
    await store.begin(ask(), seen=seen, alone_for=60)  # what is known, and not good enough, can be asked for again
    assert [entry.state for entry in await ledger(store)] == ["answered", "sent"]


@pytest.mark.anyio
async def test_what_a_process_failed_to_settle_does_not_hold_it_up_itself(store: Store) -> None:
    await store.begin(ask(), alone_for=60)
    await store.begin(ask(), alone_for=60)


@pytest.mark.anyio
async def test_two_stores_in_one_process_share_a_file(store: Store, path: Path) -> None:
    async with open_store(path) as other:
        await pay(store, "a")
        await pay(other, "b")
        assert len(await ledger(store)) == len(await ledger(other)) == 2
    await pay(store, "c")  # closing one does not take the other's locks
    assert len(await ledger(store)) == 3


def test_a_process_knows_itself_others_and_the_dead() -> None:
    assert is_alive(this_process()) is True
    host, number, start = this_process().rsplit("|", 2)
    assert is_alive(f"{host}|{number}|{start}0") is False  # its number was given to a later process
    assert is_alive(f"{host}|99999999|{start}") is False
    assert is_alive(f"elsewhere|{number}|{start}") is None


def test_a_killed_process_that_nobody_has_waited_for_is_dead(path: Path) -> None:
    with children(1, "send_and_wait", path) as (child,):
        assert child.hear() == "sent"
        connection = sqlite3.connect(path)
        (process,) = connection.execute("SELECT process FROM sends").fetchone()
        connection.close()
        assert is_alive(process) is True
        child.process.kill()
        deadline = time.monotonic() + 10
        while is_alive(process):  # nobody waits for it: it stays a zombie
            assert time.monotonic() < deadline
            time.sleep(0.01)
