"""`witnessmark store`: what is kept and was spent, what may go, a copy, documents in quarantine, the ledger as CSV."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import anyio

from witnessmark.errors import InputError, SetupError, UsageError
from witnessmark.exports.csv import csv_from_rows
from witnessmark.placing import put
from witnessmark.settings import Settings
from witnessmark.store import Job, LedgerEntry, Quarantined, Store, Tokens, open_store
from witnessmark.store.budgets import Period, bounds_of
from witnessmark_server.people import dollars
from witnessmark_server.store_words import OUTPUT
from witnessmark_server.tables_view import harmless
from witnessmark_tools.jobs import how_far
from witnessmark_tools.ledger_rows import LEDGER_HEADS, cell, iso_time, ledger_columns, tokens_by_kind

_ROWS_AT_ONCE = 500
_MAX_JOBS = 100


class NothingInQuarantine(InputError):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"No document in quarantine begins with {text[:70]!r}.", "`witnessmark store quarantine` lists them."
        )


class FileExists(InputError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"There is already a file {str(path)!r}.", "Name another file, or move that one away.")


class FileUnwritable(SetupError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"The file {str(path)!r} cannot be written.", "Name a file in a folder of yours with space.")


class CsvAndJson(UsageError):
    def __init__(self) -> None:
        super().__init__("Standard output cannot hold CSV and JSON at once.", "Leave out --json, or name a file.")


def run_store(options: argparse.Namespace, settings: Settings) -> int:
    """Run one of the actions."""
    actions: dict[str, Callable[[Store, argparse.Namespace], Awaitable[None]]] = {
        "show": _show,
        "jobs": _jobs,
        "prune": _prune,
        "backup": _backup,
        "quarantine": _quarantine,
        "release": _release,
        "ledger": _ledger,
    }
    if getattr(options, "csv", None) == OUTPUT and options.json:
        raise CsvAndJson

    if getattr(options, "older_than", 0) is None:
        options.older_than = settings.reuse_days

    async def run() -> None:
        async with open_store(settings.store) as store:
            await actions[options.action or "show"](store, options)

    anyio.run(run)
    return 0


async def _show(store: Store, options: argparse.Namespace) -> None:
    facts, spent = await store.facts(), [await _spent_in(store, "day"), await _spent_in(store, "month")]
    oldest = {
        name: iso_time(at) for name in ("oldest_answer", "oldest_entry") if (at := getattr(facts, name)) is not None
    }
    kept = asdict(facts) | {"path": str(facts.path), "spent_today_usd": spent[0], "spent_this_month_usd": spent[1]}
    lines = [
        ("store", f"{facts.path}, {_megabytes(facts.bytes)}"),
        (
            "spent today",
            f"{_usd(spent[0])}, this month {_usd(spent[1])} (local calendar, with requests that may have been billed)",
        ),
        ("ledger", f"{facts.entries:,} asks{_from(facts.oldest_entry)}"),
        (
            "in doubt",
            f"{facts.in_flight:,} requests under way, {facts.possibly_billed:,} perhaps billed without an answer",
        ),
        ("answers", f"{facts.answers:,}, {_megabytes(facts.answer_bytes)}{_from(facts.oldest_answer)}"),
        ("uploads", f"{facts.uploads:,} at the API, {_megabytes(facts.upload_bytes)}"),
        ("jobs", f"{facts.jobs_running:,} running, {facts.jobs_waiting:,} waiting, {facts.jobs_ended:,} lately ended"),
        ("quarantine", f"{facts.quarantined:,} documents and pages"),
    ]
    _print(options, kept | oldest, ("", ""), lines)


async def _jobs(store: Store, options: argparse.Namespace) -> None:
    jobs = await store.jobs(limit=_MAX_JOBS)
    if not jobs and not options.json:
        print("There are no jobs.")
        return
    found = [
        {
            "job_id": job.id,
            "tool": job.tool,
            "status": _status(job),
            "done": job.progress.done,
            "total": job.progress.total,
            "began_at": iso_time(job.began_at),
            "goes_on": _goes_on(job),
        }
        for job in jobs
    ]
    lines = [
        (
            job.id,
            job.tool,
            _status(job),
            how_far(job.progress.done, job.progress.total).strip(" ()"),
            _time(job.began_at),
        )
        for job in jobs
    ]
    _print(options, {"jobs": found}, ("job", "tool", "status", "progress", "since"), lines)
    if any(_status(job) == "waiting" for job in jobs) and not options.json:
        print("A job that waits goes on in a running server, or by `witnessmark get-job JOB`.")


def _status(job: Job) -> str:
    if job.state != "working":
        return job.state
    return "running" if job.is_running else "waiting"


def _goes_on(job: Job) -> str | None:
    """Say what a job waits for; None: for nothing."""
    if _status(job) != "waiting":
        return None
    if job.has_process:
        return "in its process, when that is done with others"
    who = f"a process with a key for {job.endpoint}" if job.endpoint else "any process"
    return f"{who} that may read its document: a running server, or `witnessmark get-job {job.id}`"


async def _prune(store: Store, options: argparse.Namespace) -> None:
    pruned = await store.prune(max_age_days=options.older_than)
    says = (
        f"{pruned.answers:,} answers, {pruned.uploads:,} expired uploads and {pruned.leases:,} leases removed; "
        f"{_megabytes(pruned.freed_bytes)} freed."
    )
    _print(options, asdict(pruned), says)


async def _backup(store: Store, options: argparse.Namespace) -> None:
    await store.backup(options.file)
    size = (await anyio.Path(options.file).stat()).st_size
    _print(options, {"path": str(options.file), "bytes": size}, f"{options.file}, {_megabytes(size)}")


async def _quarantine(store: Store, options: argparse.Namespace) -> None:
    entries = await store.quarantined()
    if not entries and not options.json:
        print("No document is in quarantine.")
        return
    lines = [
        (e.sha256[:12], e.document_name, _place(e), e.model or "every", _time(e.since), e.message) for e in entries
    ]
    found = {"quarantined": [asdict(entry) | {"since": iso_time(entry.since)} for entry in entries]}
    _print(options, found, ("sha256", "document", "page", "model", "since", "reason"), lines)


async def _release(store: Store, options: argparse.Namespace) -> None:
    released = await (store.release_all() if options.sha256 == "all" else store.release(options.sha256))
    if not released and options.sha256 != "all":
        raise NothingInQuarantine(options.sha256)
    _print(options, {"released": released}, f"{released:,} released.")


async def _ledger(store: Store, options: argparse.Namespace) -> None:
    since = bounds_of("month", time.time())[0] if options.since is None else options.since
    entries = store.entries(since=since, until=math.inf)
    if options.csv == OUTPUT:
        await _write_csv(entries, sys.stdout.buffer)
    elif options.csv:
        with _new_file(options.csv) as file:
            written = await _write_csv(entries, file)
        _print(options, {"path": str(options.csv), "entries": written}, f"{options.csv}, {written:,} asks")
    else:
        listed = [ledger_columns(entry) async for entry in entries]
        heads = ("time", "state", "model", "tool", "document", "tokens in", "out", "USD")
        lines = [
            (c["time"], c["state"], c["model"], c["tool"], c["document_name"], _prompt(c), c["output_tokens"], c["usd"])
            for c in listed
        ]
        _print(options, {"entries": listed}, heads, [tuple(map(cell, line)) for line in lines])


async def _write_csv(entries: AsyncIterable[LedgerEntry], file: BinaryIO) -> int:
    """Write the ledger a few lines at a time.

    Shapes:  how many asks
    """
    written, rows = 0, [LEDGER_HEADS]
    async for entry in entries:
        rows.append([cell(value) for value in ledger_columns(entry).values()])
        written += 1
        if len(rows) >= _ROWS_AT_ONCE:
            file.write(csv_from_rows(rows))
            rows.clear()
    file.write(csv_from_rows(rows))
    file.flush()
    return written


@contextmanager
def _new_file(path: Path) -> Generator[BinaryIO]:
    """Write a new file whole or not at all, never over another."""
    if path.exists():
        raise FileExists(path)
    try:
        descriptor, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
            put(Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError as error:
        raise FileExists(path) from error
    except OSError as error:
        raise FileUnwritable(path) from error


def _prompt(columns: dict[str, Any]) -> int:
    return sum(count for name, count in columns.items() if name in _PROMPT)


_PROMPT = frozenset(tokens_by_kind(Tokens())) - {"output_tokens", "thinking_tokens"}


async def _spent_in(store: Store, period: Period) -> Decimal:
    return await store.spent(since=bounds_of(period, time.time())[0])


def _print(
    options: argparse.Namespace, found: dict[str, Any], heads: Sequence[str] | str, lines: Sequence[Sequence[str]] = ()
) -> None:
    """Print one JSON object, or a sentence, or a table: drawn on a terminal, of plain columns elsewhere."""
    if options.json:
        sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False, default=_number).encode() + b"\n")
    elif isinstance(heads, str):
        print(harmless(heads))
    elif sys.stdout.isatty():
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        grid = Table(box=box.SIMPLE_HEAD, header_style="bold cyan", pad_edge=False, show_header=any(heads))
        for head in heads:
            grid.add_column(head, overflow="fold")
        for line in lines:
            grid.add_row(*(Text(harmless(cell)) for cell in line))
        Console(highlight=False).print(grid)
    else:
        shown = [heads, *lines] if any(heads) else lines
        rows = [[harmless(cell).replace("\n", " ") for cell in line] for line in shown]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _number(value: object) -> float:
    assert isinstance(value, Decimal)
    return float(value)


def _usd(amount: Decimal) -> str:
    return dollars(amount)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"


def _from(at: float | None) -> str:
    return "" if at is None else f", the oldest of {_time(at)}"


def _place(entry: Quarantined) -> str:
    return "all" if entry.page == 0 else str(entry.page)
