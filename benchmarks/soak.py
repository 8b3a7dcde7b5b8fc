"""A soak: thousands of mixed calls by many clients over HTTP, against the strict fake of the API with faults on.

    python -m benchmarks.soak [--calls 2000] [--clients 32] [--seed 1] [--minutes M]

Drawn documents, real processes: the server as `witnessmark serve --http`, the fake as `python -m witnessmark.testing`,
clients of the `mcp` package in both protocol eras. Printed are the calls by kind and outcome, what the server took over
time, and the goals; the exit code is 1 where one is missed. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, MCPError
from mcp.types import CallToolResult

from benchmarks.soak_calls import ANSWER_MARK, MARK, Call, Mix, draw_corpus, outcome_of
from benchmarks.soak_jobs import followed
from benchmarks.soak_ledger import Bill, hold_against, lines_under_way
from benchmarks.soak_room import KEY, Room, open_room
from benchmarks.soak_watch import Look

FAULTS = (
    "overloaded:share=0.02",
    "status:code=500,share=0.01",
    "status:code=503,share=0.005,retry_after=1",
    "rate_limited:share=0.01,retry_after=1",
    "reset:stage='head',share=0.005",
    "reset:stage='within_body',share=0.005",
    "reset:stage='after_body',share=0.005",
    "reset:stage='after_response_head',share=0.005",
    "cut_stream:share=0.01,after=6",
    "cut_stream:share=0.005,after=9,is_clean=True",
    "error_event:share=0.005,after=4",
    "truncated:share=0.005",
    "trickle:share=0.05,seconds=0.001",
    "overloaded:share=0.05,on='POST /v1/files'",
    "reset:share=0.02,on='POST /v1/files'",
    "status:code=500,share=0.05,on='POST /v1/messages/count_tokens'",
)
"""Each drawn with a seed of its own. A trickled answer takes seconds."""
EXPIRE_EVERY = 20.0
"""Seconds between two moments at which every file at the API comes to its end."""
PATIENCE = 30.0
STUCK_SECONDS = PATIENCE + 30.0
"""No call takes longer; waiting to be let in is not counted."""
LET_IN_SECONDS = 240.0
CALLS_A_CLIENT = 12
"""After which a client connects anew."""
WITHIN = 1.05
"""What memory may have grown from the second quarter to the last."""
ANSWERS_WITHIN = 0.5
"""Seconds for /health, at the 99th percentile, on a machine that does other work too."""
WAL_BYTES = 16_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    calls: int = 2_000
    clients: int = 32
    seed: int = 1
    minutes: float | None = None
    """After which no further call begins."""
    waits_for_workers: bool = True
    """Whether the end waits until idle workers have gone, which takes a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A call that has come to its end."""

    kind: str
    outcome: str
    what: str
    seconds: float
    let_in_after: float
    """Seconds until the server was not full any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    name: str
    is_met: bool
    figure: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What a soak found."""

    ended: Sequence[Ended]
    busy: int
    """Answers that the server is full."""
    looks: Sequence[Look]
    before: Look
    after: Look
    bill: Bill
    totals: dict[str, Any]
    seconds: float
    wal_bytes: int
    store_bytes: int
    log: str
    left_behind: Sequence[str]
    exit_code: int
    goals: Sequence[Goal] = field(init=False)

    def __post_init__(self) -> None:
        self.goals = tuple(_goals(self))


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
    options = Options(calls=parsed.calls, clients=parsed.clients, seed=parsed.seed, minutes=parsed.minutes)
    with tempfile.TemporaryDirectory() as temporary:
        report = anyio.run(soak, options, parsed.keep or Path(temporary) / "room")
    print("\n".join(lines_of(report)))
    return 0 if all(goal.is_met for goal in report.goals) else 1


async def soak(options: Options, folder: Path) -> Report:
    """Run one in a new folder."""
    folder.mkdir(parents=True)
    corpus = await anyio.to_thread.run_sync(draw_corpus, folder / "documents", folder / "answers")
    luck = random.Random(options.seed)
    async with open_room(folder) as room:
        mix = Mix(corpus, luck, PATIENCE, has_jobs=await _has_jobs(room))
        soaking = _Soaking(options=options, room=room, luck=luck, calls=iter(mix.one_of_each()))
        await soaking.client(0)
        await soaking.at_rest()
        before = room.look()
        for number, fault in enumerate(FAULTS):
            await room.fail(f"{fault},seed={options.seed * 1_000 + number}")
        soaking.calls = iter(mix.calls(options.calls))
        begun = time.monotonic()
        async with room.watching(), anyio.create_task_group() as tasks:
            tasks.start_soon(soaking.expire)
            async with anyio.create_task_group() as clients:
                for number in range(options.clients):
                    clients.start_soon(soaking.client, number)
            tasks.cancel_scope.cancel()
        seconds = time.monotonic() - begun
        await room.heal()
        await soaking.at_rest(without_workers=options.waits_for_workers)
        after = room.look()
        bill = hold_against(room.store, await room.requests(), totals := await room.totals())
        wal_bytes = room.store.with_name(room.store.name + "-wal").stat().st_size
        exit_code = await room.end_server()
        return Report(
            ended=soaking.ended,
            busy=soaking.busy,
            looks=room.looks(),
            before=before,
            after=after,
            bill=bill,
            totals=totals,
            seconds=seconds,
            wal_bytes=wal_bytes,
            store_bytes=room.store.stat().st_size,
            log=room.log.read_text(),
            left_behind=room.left_behind(),
            exit_code=exit_code,
        )


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
        with anyio.move_on_after(STUCK_SECONDS):
            with anyio.move_on_after(call.gives_up_after):
                result = await followed(client, await client.call_tool(call.tool, call.arguments), self.luck)
            return ("cancelled", "") if result is None else outcome_of(call, result)
        return "stuck", f"no end within {STUCK_SECONDS:g} seconds"

    async def expire(self) -> None:
        """Let the files at the API come to their end, again and again."""
        while True:
            await anyio.sleep(EXPIRE_EVERY)
            await self.room.expire()

    async def at_rest(self, *, without_workers: bool = False, seconds: float = 200.0) -> None:
        """Wait until nothing is under way: no request, no line of the ledger, and if wanted no worker."""
        with anyio.move_on_after(seconds):
            while True:
                look = self.room.look()
                is_quiet = not look.at_work and not lines_under_way(self.room.store)
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


# --- goals ----------------------------------------------------------------------------------------------------------


def _goals(report: Report) -> Iterator[Goal]:
    outcomes = Counter(ended.outcome for ended in report.ended)
    wrong, stuck = outcomes["wrong"], outcomes["stuck"]
    yield Goal(name="every call right, refused in our words, or cancelled", is_met=not wrong, figure=f"{wrong} wrong")
    longest = max(ended.seconds for ended in report.ended)
    let_in = max(ended.let_in_after for ended in report.ended)
    yield Goal(name="no call stuck", is_met=not stuck, figure=f"{stuck}; longest {longest:.1f} s")
    yield Goal(name="a full server lets everybody in", is_met=let_in < LET_IN_SECONDS, figure=f"at most {let_in:.1f} s")
    quarrels = report.bill.quarrels
    figure = f"{report.bill.lines.get('answered', 0)} answers, {len(quarrels)} quarrels"
    yield Goal(name="the ledger is what the API has billed", is_met=not quarrels, figure=figure)
    grown = growth([look.server_bytes for look in report.looks])
    yield Goal(name=f"the server's memory is flat (x{WITHIN})", is_met=grown <= WITHIN, figure=f"x{grown:.3f}")
    answered_in = sorted(look.answered_in for look in report.looks)
    p99 = answered_in[int(len(answered_in) * 0.99)] if answered_in else 0.0
    figure = f"p99 {p99 * 1e3:.0f} ms, longest {max(answered_in, default=0) * 1e3:.0f} ms"
    yield Goal(name=f"the event loop answers within {ANSWERS_WITHIN} s", is_met=p99 <= ANSWERS_WITHIN, figure=figure)
    before, after = report.before, report.after
    files, files_before = after.handles.get("files", 0), before.handles.get("files", 0)
    more = sum(after.handles.values()) - sum(before.handles.values())
    yield Goal(
        name="open files are back",
        is_met=files <= files_before and more <= 8,
        figure=f"{before.handles} → {after.handles}",
    )
    yield Goal(name="threads are back", is_met=after.threads <= 48, figure=f"{before.threads} → {after.threads}")
    yield Goal(
        name="workers are back", is_met=after.workers <= before.workers, figure=f"{before.workers} → {after.workers}"
    )
    yield Goal(
        name="no file left behind", is_met=not report.left_behind, figure=", ".join(report.left_behind) or "none"
    )
    figure = f"{report.wal_bytes / 1e6:.1f} MB beside {report.store_bytes / 1e6:.1f} MB"
    yield Goal(name="the store's log of writes is bounded", is_met=report.wal_bytes <= WAL_BYTES, figure=figure)
    told = [word for word in (MARK, ANSWER_MARK, KEY, "Traceback", "tool failed") if word in report.log]
    yield Goal(name="the log is free of texts, keys and bugs", is_met=not told, figure=", ".join(told) or "clean")
    yield Goal(name="the server ends in order", is_met=report.exit_code == 0, figure=f"exit code {report.exit_code}")


def growth(figures: Sequence[int]) -> float:
    """Say how much more the last quarter has than the second, in the median."""
    quarter = len(figures) // 4
    if not quarter:
        return 1.0
    return statistics.median(figures[-quarter:]) / statistics.median(figures[quarter : 2 * quarter])


def slope(looks: Sequence[Look]) -> float:
    """Fit a line through the server's memory after the first quarter.

    Units:  bytes a minute
    """
    kept = looks[len(looks) // 4 :]
    if len(kept) < 2:
        return 0.0
    return statistics.linear_regression([look.at / 60 for look in kept], [look.server_bytes for look in kept]).slope


# --- the table ------------------------------------------------------------------------------------------------------


def lines_of(report: Report) -> Iterator[str]:
    """Print a report."""
    outcomes = ("right", "right, in part", "refused", "cancelled", "wrong", "stuck")
    yield f"{'calls':26}" + "".join(f"{outcome:>15}" for outcome in outcomes) + f"{'median s':>10}{'longest s':>10}"
    kinds = sorted({ended.kind for ended in report.ended})
    for kind in (*kinds, "all"):
        of_kind = [ended for ended in report.ended if kind in {ended.kind, "all"}]
        counts = Counter(ended.outcome for ended in of_kind)
        times = [ended.seconds for ended in of_kind]
        row = "".join(f"{counts[outcome] or '':>15}" for outcome in outcomes)
        yield f"{kind:26}{row}{statistics.median(times):10.2f}{max(times):10.2f}"
    for ended in [ended for ended in report.ended if ended.outcome in {"wrong", "stuck"}][:20]:
        yield f"{ended.outcome}: {ended.kind}: {ended.what[:600]}"
    yield ""
    calls = len(report.ended)
    yield f"{calls} calls in {report.seconds:.0f} s, {calls / report.seconds:.1f} a second; {report.busy} times full"
    yield ""
    yield f"{'quarter':10}{'server MB':>12}{'workers MB':>12}{'workers':>9}{'files':>7}{'sockets':>9}{'threads':>9}"
    quarter = max(1, len(report.looks) // 4)
    for number in range(4):
        looks = report.looks[number * quarter :][:quarter] or report.looks[-1:]
        figures = [
            statistics.median(look.server_bytes for look in looks) / 1e6,
            statistics.median(look.worker_bytes for look in looks) / 1e6,
        ]
        counts = [
            statistics.median(look.workers for look in looks),
            statistics.median(look.handles.get("files", 0) for look in looks),
            statistics.median(look.handles.get("socket", 0) for look in looks),
            statistics.median(look.threads for look in looks),
        ]
        row = "".join(f"{count:{width}g}" for count, width in zip(counts, (9, 7, 9, 9), strict=True))
        yield f"{number + 1:<10}" + "".join(f"{figure:12.1f}" for figure in figures) + row
    yield f"slope after the first quarter: {slope(report.looks) / 1e3:+.0f} kB a minute"
    yield ""
    bill = report.bill
    yield f"ledger: {dict(bill.lines)}; the API: {bill.asked} asked, {bill.billed} billed, {bill.unheard} of them unheard"
    yield from (f"  {kind}: {one:,} in the ledger, {other:,} billed" for kind, (one, other) in bill.tokens.items())
    yield from (f"  quarrel: {quarrel}" for quarrel in bill.quarrels[:20])
    yield f"the API: {json.dumps(report.totals['requests'])}"
    yield ""
    yield from (f"{'met   ' if goal.is_met else 'MISSED'} {goal.name}: {goal.figure}" for goal in report.goals)


if __name__ == "__main__":
    sys.exit(main())
