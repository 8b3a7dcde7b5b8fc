"""The store: lookups and durable answers a second, alone and in four processes, and a budget over a million lines.

    python -m benchmarks.store [FOLDER]

FOLDER is where the store is made, by default the system's temporary folder: durable writes are as fast as its disk.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import anyio

from witnessmark.store import Budgets, Send, Store, StoredAnswer, Tokens, open_store

LOOKUPS, ANSWERS, SECONDS, LINES, PROCESSES = 5_000, 1_000, 5.0, 1_000_000, 4
_ENDPOINT = "https://api.example"
_BUDGETS = Budgets(per_day_usd=Decimal(10**6), per_month_usd=Decimal(10**6))


def main() -> None:
    words = sys.argv[1:]
    if words[:1] == ["--worker"]:
        anyio.run(_worker, Path(words[1]), words[2])
        return
    with tempfile.TemporaryDirectory(dir=words[0] if words else None) as folder:
        anyio.run(_alone, Path(folder) / "store.sqlite3")
        _together(Path(folder) / "together.sqlite3")


async def _alone(path: Path) -> None:
    async with open_store(path) as store:
        began = time.perf_counter()
        await store.answer("none", _ENDPOINT, max_age_days=1)
        print(f"first use, file and tables made      {1e3 * (time.perf_counter() - began):8.1f} ms")
        paid = await _timed("intent and durable answer of 2 KB", ANSWERS, lambda n: _pay(store, f"ask-{n}"))
        found = await _timed(
            "lookup of an answer", LOOKUPS, lambda n: store.answer(f"ask-{n % ANSWERS}", _ENDPOINT, max_age_days=1)
        )
        print(f"answers a second {1 / paid:,.0f}, lookups a second {1 / found:,.0f}")
        await _timed("reservation, few lines", 200, lambda _: _reserve(store))
        _fill(path)
        await _timed(f"reservation, {LINES:,} lines this month", 20, lambda _: _reserve(store))
        began = time.perf_counter()
        await store.usage(since=0, until=1e12, by="day")
        print(f"usage by day of those                {1e3 * (time.perf_counter() - began):8.1f} ms")
    began = time.perf_counter()
    async with open_store(path) as store:
        await store.answer("none", _ENDPOINT, max_age_days=1)
    print(f"open, look up, close                 {1e3 * (time.perf_counter() - began):8.1f} ms")


async def _timed(what: str, times: int, work: Callable[[int], Awaitable[object]]) -> float:
    took: list[float] = []
    for number in range(times):
        began = time.perf_counter()
        await work(number)
        took.append(time.perf_counter() - began)
    took.sort()
    middle, slow = statistics.median(took), took[int(0.99 * len(took))]
    print(f"{what:36} {1e3 * middle:8.3f} ms in the median, {1e3 * slow:.3f} ms at the 99th percentile")
    return middle


async def _pay(store: Store, key: str) -> None:
    send = Send(
        content_key=key,
        endpoint=_ENDPOINT,
        model="claude-sonnet-5-5",
        tool="extract_tables",
        document="0" * 64,
        document_name="report.pdf",
        images=4,
        estimated_usd=Decimal("0.000012"),
    )
    answer = StoredAnswer(
        content_key=key,
        endpoint=_ENDPOINT,
        model="claude-sonnet-5-5",
        message="x" * 2_000,
        tokens=Tokens(input=1_000, output=200),
        usd=Decimal("0.000011"),
        request_id="req_1",
        paid_at=time.time(),
    )
    await store.answered(await store.begin(send), answer)


async def _reserve(store: Store) -> None:
    async with store.reserving(Decimal("0.000001"), _BUDGETS):
        pass


def _fill(path: Path) -> None:
    """Copy a line of the ledger until there are a million."""
    connection = sqlite3.connect(path)
    (last,) = connection.execute("SELECT max(id) FROM sends").fetchone()
    names = [name for _, name, *_ in connection.execute("PRAGMA table_info(sends)") if name != "id"]
    columns = ", ".join(names)
    connection.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {LINES}) "
        f"INSERT INTO sends ({columns}) SELECT {columns} FROM n, sends WHERE sends.id = {last}"
    )
    connection.commit()
    connection.close()


def _together(path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.store", "--worker", str(path)]
    workers = [
        subprocess.Popen([*command, f"{number}"], stdout=subprocess.PIPE, text=True) for number in range(PROCESSES)
    ]
    done = [worker.communicate()[0].split() for worker in workers]
    operations, slowest = sum(int(count) for count, _ in done), max(float(slow) for _, slow in done)
    print(
        f"{PROCESSES} processes, 7 lookups to 3 durable answers: {operations / SECONDS:,.0f} operations a second, "
        f"the slowest {slowest:.0f} ms"
    )


async def _worker(path: Path, name: str) -> None:
    done, slowest, until = 0, 0.0, time.perf_counter() + SECONDS
    async with open_store(path) as store:
        while (began := time.perf_counter()) < until:
            if done % 10 < 3:
                await _pay(store, f"{name}-{done}")
            else:
                await store.answer(f"{name}-{done // 10 * 10}", _ENDPOINT, max_age_days=1)
            slowest, done = max(slowest, time.perf_counter() - began), done + 1
    print(done, 1e3 * slowest)


if __name__ == "__main__":
    main()
