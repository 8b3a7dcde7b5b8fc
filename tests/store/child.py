"""A real process that uses a store: `python -m tests.store.child WHAT PATH …`. It prints a line for all it has done."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from decimal import Decimal
from pathlib import Path

import anyio

from tests.store.asks import ENDPOINT, NOON, UNLIMITED, answer, ask, budget, upload
from witnessmark.errors import SetupError
from witnessmark.store import BucketKey, BudgetReached, News, Store, Wanted, open_store


def say(text: str) -> None:
    print(text, flush=True)


def wait_for_word() -> None:
    """Wait until the test writes a line; end when the test is gone."""
    if not sys.stdin.readline():
        sys.exit(1)


async def start_together(store: Store) -> None:
    """Do everything a first call does, at the moment the test says."""
    say("ready")
    wait_for_word()
    async with store.reserving(Decimal("0.10"), UNLIMITED) as reservation:
        line = await store.begin(ask(f"of {reservation.id}"), reservation)
        await store.answered(line, answer(f"of {reservation.id}"))
    say("done")


async def answer_for_ever(store: Store, name: str) -> None:
    """Pay one answer after the other, and say each one that is kept."""
    for number in range(1_000_000):
        key = f"{name}-{number}"
        line = await store.begin(ask(key))
        await store.answered(line, answer(key, message=f'{{"text": "{"x" * (number % 40) * 100}"}}', at=time.time()))
        say(key)


async def send_and_wait(store: Store) -> None:
    """Send an ask out of a reservation and never hear of it again."""
    async with store.reserving(Decimal("0.50"), UNLIMITED) as reservation:
        await store.begin(ask(), reservation)
        say("sent")
        await anyio.to_thread.run_sync(wait_for_word)


async def upload_on_word(store: Store) -> None:
    """Upload a document: say so, wait for the test's word, keep it."""
    async with store.uploading("document-1", ENDPOINT) as claim:
        if claim.upload is None:
            say("uploading")
            await anyio.to_thread.run_sync(wait_for_word)
            await claim.keep(upload(file_id="file_of_child", uploaded_at=time.time(), expires_at=None))
        assert claim.upload is not None
        say(claim.upload.file_id)


async def upload_at_once(store: Store) -> None:
    """Upload a document the moment the test says, which takes a while."""
    say("ready")
    wait_for_word()
    async with store.uploading("document-1", ENDPOINT) as claim:
        if claim.upload is None:
            say("uploading")
            await anyio.sleep(0.3)
            await claim.keep(upload(uploaded_at=time.time(), expires_at=None))
        assert claim.upload is not None
        say(claim.upload.file_id)


async def spend_all(store: Store) -> None:
    """Spend a dollar a day, ten cents an ask, together with other processes."""
    say("ready")
    wait_for_word()
    while True:
        try:
            async with store.reserving(Decimal("0.20"), budget(day="1.00")) as reservation:
                for number in range(2):
                    line = await store.begin(ask(f"{reservation.id}-{number}"), reservation)
                    await store.answered(line, answer(f"{reservation.id}-{number}", usd="0.10", at=time.time()))
                    say("0.10")
        except BudgetReached:
            say("reached")
            return


BUCKET = BucketKey(endpoint=ENDPOINT, account="a1", model="claude-sonnet-5-5")


async def take_turns_and_wait(store: Store) -> None:
    """Take all turns that there are, and never use them."""
    turns = await store.take_turns(BUCKET, "child", [Wanted(prompt=10)] * 10, [], clock=lambda: NOON)
    say(str(len(turns.given)))
    await anyio.to_thread.run_sync(wait_for_word)


async def empty_bucket(store: Store, now: str) -> None:
    """Take turns of 1,000 tokens, one after the other, together with other processes, until no more are given."""
    say("ready")
    wait_for_word()
    taken, news = 0, list[News]()
    while True:
        turns = await store.take_turns(BUCKET, f"{os.getpid()}", [Wanted(prompt=1_000)], news, clock=lambda: float(now))
        news = [News(turn=turn, outcome="unknown", at=float(now)) for turn in turns.given]
        taken += len(turns.given)
        if not turns.given and turns.is_short:
            say(str(taken))
            return


async def try_to_begin(store: Store) -> None:
    """Send an ask as a user to whom something is forbidden, and say what stands in the way."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    try:
        await store.begin(ask())
    except SetupError as error:
        say(error.kind)


async def fill(store: Store, other: str) -> None:
    """Pay answers until something stands in the way; then remove another file, and go on."""
    kept = 0
    try:
        for number in range(10_000):
            line = await store.begin(ask(str(number)))
            await store.answered(line, answer(str(number), message="x" * 5_000))
            kept += 1
    except SetupError as error:
        say(f"{error.kind} {error.exit_code}")
    Path(other).unlink()
    await store.answered(await store.begin(ask("after")), answer("after"))
    lines = [entry.state async for entry in store.entries(since=0, until=1e12)]
    answers = (await store.facts()).answers
    say(f"{kept > 0} {lines.count('answered') - kept} {answers - kept}")


def hold(path: Path) -> None:
    """Keep the store to itself until the test says a word."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    say("holding")
    wait_for_word()
    connection.execute("ROLLBACK")
    say("let go")


def main() -> None:
    what, path, *more = sys.argv[1:]
    if what == "hold":
        hold(Path(path))
        return

    async def run() -> None:
        async with open_store(Path(path)) as store:
            await globals()[what](store, *more)

    anyio.run(run)


if __name__ == "__main__":
    main()
