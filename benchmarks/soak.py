"""A soak: thousands of mixed calls by many clients over HTTP, against the strict fake of the API with faults on.

    python -m benchmarks.soak [--calls 2000] [--clients 32] [--seed 1] [--minutes M]

Drawn documents, real processes: the server as `witnessmark serve --http`, the fake as `python -m witnessmark.testing`,
clients of the `mcp` package in both protocol eras. Printed are the calls by kind and outcome, what the server took over
time, and the goals; the exit code is 1 where one is missed. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from mcp import Client, MCPError
from mcp.types import CallToolResult

from benchmarks.soak_calls import Call, Mix, draw_corpus, outcome_of
from benchmarks.soak_jobs import followed, working_jobs
from benchmarks.soak_ledger import hold_against, left_open, lines_under_way
from benchmarks.soak_report import LET_IN_SECONDS, Ended, Report, lines_of
from benchmarks.soak_room import Room, open_room

FAULTS = {
    "overloaded:": 0.02,
    "status:code=500,": 0.01,
    "status:code=503,retry_after=1,": 0.005,
    "rate_limited:retry_after=1,": 0.01,
    "reset:stage='head',": 0.005,
    "reset:stage='within_body',": 0.005,
    "reset:stage='after_body',": 0.005,
    "reset:stage='after_response_head',": 0.005,
    "cut_stream:after=6,": 0.01,
    "cut_stream:after=9,is_clean=True,": 0.005,
    "error_event:after=4,": 0.005,
    "truncated:": 0.005,
    "overloaded:on='POST /v1/files',": 0.05,
    "reset:on='POST /v1/files',": 0.02,
    "status:code=500,on='POST /v1/messages/count_tokens',": 0.05,
}
"""Faults as the fake's command line takes them, and their shares of the requests."""
SLOW_ANSWERS = "trickle:seconds=0.001,share=0.05"
"""Byte by byte, so that one takes seconds."""
ENDLESS_ANSWERS = "trickle:seconds=0.05,share=0.5"
LAST_CALLS = 12
"""Under way when the server is told to end; some have an answer that takes longer than it has."""
EXPIRE_EVERY = 20.0
"""Seconds between two moments at which every file at the API comes to its end."""
PATIENCE = 30.0
STUCK_SECONDS = PATIENCE + 30.0
"""No call takes longer; waiting to be let in is not counted."""
JOB_SECONDS = 180.0
"""No job does: they wait for each other."""
CALLS_A_CLIENT = 12
"""After which a client connects anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    calls: int = 2_000
    clients: int = 32
    seed: int = 1
    minutes: float | None = None
    """After which no further call begins."""
    faults: float = 1.0
    """By how much the shares of faults are multiplied."""
    has_slow_files: bool = True
    """Whether there are files that hold a worker until its time is up, which takes sixteen seconds."""
    ends_at_work: bool = True
    """Whether the server is told to end while calls are at work."""
    waits_for_workers: bool = True
    """Whether the end waits until idle workers have gone, which takes a minute."""


def main() -> int:
    """Run a soak and print what it found."""
    defaults = Options()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Soak the server over HTTP.")
    parser.add_argument("--calls", type=int, default=defaults.calls)
    parser.add_argument("--clients", type=int, default=defaults.clients)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--minutes", type=float, help="begin no call after so many minutes")
    parser.add_argument("--keep", type=Path, help="a new folder that is kept: log, store, documents")
    parsed = parser.parse_args()
    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # of streams that a client gave up itself
    options = Options(calls=parsed.calls, clients=parsed.clients, seed=parsed.seed, minutes=parsed.minutes)
    with tempfile.TemporaryDirectory() as temporary:
        report = anyio.run(soak, options, parsed.keep or Path(temporary) / "room")
    print("\n".join(lines_of(report)))
    return 0 if all(goal.is_met for goal in report.goals) else 1


async def soak(options: Options, folder: Path) -> Report:
    """Run one in a new folder."""
    corpus = await anyio.to_thread.run_sync(draw_corpus, folder)
    luck = random.Random(options.seed)
    async with open_room(folder) as room:
        mix = Mix(corpus, luck, PATIENCE, has_slow_files=options.has_slow_files, has_jobs=await _has_jobs(room))
        soaking = _Soaking(options=options, room=room, luck=luck, calls=iter(mix.one_of_each()))
        await soaking.client(0)
        await soaking.at_rest()
        before = room.look()
        for number, fault in enumerate(_faults(options)):
            await room.fail(f"{fault},seed={options.seed * 1_000 + number}")
        soaking.calls = iter(mix.calls(options.calls))
        begun = time.monotonic()
        with room.watching():
            await soaking.all_clients()
        seconds = time.monotonic() - begun
        await room.heal()
        await soaking.at_rest(without_workers=options.waits_for_workers, files=before.handles.get("files", 0))
        after = room.look()
        stuck_jobs = working_jobs(room.store)
        left_behind = [*room.left_behind(), *left_open(room.store)]
        wal_bytes = room.store.with_name(room.store.name + "-wal").stat().st_size
        if options.ends_at_work:
            await room.fail(ENDLESS_ANSWERS)
            soaking.calls = iter(mix.paid_anew(LAST_CALLS))
            exit_code = await soaking.ended_at_work()
        else:
            exit_code = await room.end_server()
        bill = hold_against(room.store, await room.requests(), totals := await room.totals())
        return Report(
            ended=soaking.ended,
            busy=soaking.busy,
            stuck_jobs=stuck_jobs,
            looks=room.looks(),
            before=before,
            after=after,
            bill=bill,
            totals=totals,
            seconds=seconds,
            wal_bytes=wal_bytes,
            store_bytes=room.store.stat().st_size,
            log=room.log.read_text(),
            left_behind=left_behind,
            exit_code=exit_code,
        )


def _faults(options: Options) -> list[str]:
    return [*(f"{fault}share={share * options.faults:g}" for fault, share in FAULTS.items()), SLOW_ANSWERS]


@dataclass(slots=True, kw_only=True)
class _Soaking:
    """Clients that call, one call after the other."""

    options: Options
    room: Room
    luck: random.Random
    calls: Iterator[Call]
    ended: list[Ended] = field(default_factory=list[Ended])
    busy: int = 0
    begun: float = field(default_factory=time.monotonic)

    async def all_clients(self) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.expire)
            async with anyio.create_task_group() as clients:
                for number in range(self.options.clients):
                    clients.start_soon(self.client, number)
            tasks.cancel_scope.cancel()

    async def client(self, number: int) -> None:
        """Call until there is nothing left to call."""
        has_more = True
        while has_more:
            try:
                async with Client(self.room.url, mode="legacy" if number % 2 else "auto") as client:
                    has_more = await self._some(client)
            except* MCPError as group:  # a full server takes no new clients either
                if not all(_is_busy(error) for error in _leaves(group)):
                    raise
                self.busy += 1
                await anyio.sleep(self.luck.uniform(0.2, 1.0))

    async def _some(self, client: Client) -> bool:
        for _ in range(CALLS_A_CLIENT):
            minutes = self.options.minutes
            is_over = minutes is not None and time.monotonic() - self.begun > minutes * 60
            call = None if is_over else next(self.calls, None)
            if call is None:
                return False
            self.ended.append(await self._ended(client, call))
        return True

    async def _ended(self, client: Client, call: Call) -> Ended:
        came = time.monotonic()
        while True:
            begun = time.monotonic()
            try:
                outcome, what = await self._outcome(client, call)
            except MCPError as error:
                if _is_busy(error) and begun - came < LET_IN_SECONDS:
                    self.busy += 1
                    await anyio.sleep(self.luck.uniform(0.2, 1.0))
                    continue
                outcome, what = "wrong", f"{type(error).__name__}: {error}"
            return Ended(
                kind=call.kind,
                outcome=outcome,
                what=what,
                seconds=time.monotonic() - begun,
                let_in_after=begun - came,
            )

    async def _outcome(self, client: Client, call: Call) -> tuple[str, str]:
        result: CallToolResult | None = None
        with anyio.move_on_after(STUCK_SECONDS) as waited:
            with anyio.move_on_after(call.gives_up_after):
                result = await client.call_tool(call.tool, call.arguments)
        if result is not None:
            with anyio.move_on_after(JOB_SECONDS) as waited:
                result = await followed(client, result, self.luck)
        if waited.cancelled_caught:
            return "stuck", "no end within the time"
        return ("cancelled", "") if result is None else outcome_of(call, result)

    async def expire(self) -> None:
        """Let the files at the API come to their end, again and again."""
        while True:
            await anyio.sleep(EXPIRE_EVERY)
            await self.room.expire()

    async def ended_at_work(self) -> int:
        """Tell the server to end while calls are at work.

        Shapes:  its exit code
        """

        async def call_once(call: Call) -> None:
            with suppress(Exception):  # what a client makes of a server that ends is not the matter here
                async with Client(self.room.url) as client:
                    await client.call_tool(call.tool, call.arguments)

        code = -1
        async with anyio.create_task_group() as tasks:
            for call in self.calls:
                tasks.start_soon(call_once, call)
            with anyio.move_on_after(30):
                while lines_under_way(self.room.store) < LAST_CALLS // 4:  # noqa: ASYNC110 - another process
                    await anyio.sleep(0.1)
            code = await self.room.end_server()
            tasks.cancel_scope.cancel()
        return code

    async def at_rest(self, *, without_workers: bool = False, files: int | None = None, seconds: float = 200.0) -> None:
        """Wait until nothing is under way: no request, no line of the ledger, and if wanted no worker.

        An ask that nobody waits for any more may still be under way and hold its document before it has a line: its
        pictures are being prepared. Nothing shows that but `files`, as many as may be open at rest.
        """
        with anyio.move_on_after(seconds):
            while True:
                look = self.room.look()
                store = self.room.store
                is_quiet = not look.at_work and not lines_under_way(store) and not working_jobs(store)
                is_quiet = is_quiet and (files is None or look.handles.get("files", 0) <= files)
                if is_quiet and not (without_workers and look.workers):
                    return
                await anyio.sleep(0.5)


async def _has_jobs(room: Room) -> bool:
    async with Client(room.url) as client:
        return "get_job" in {tool.name for tool in (await client.list_tools()).tools}


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, MCPError) and "The server is busy:" in str(error)


def _leaves(group: BaseExceptionGroup[MCPError]) -> Iterator[BaseException]:
    for error in group.exceptions:
        yield from _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]


if __name__ == "__main__":
    sys.exit(main())
