"""Jobs: calls that outlive the wait for them, worked on by one process at a time, and by another when that one is gone.

A process claims a job by writing its name on it and touches it while it works. Whether it still lives is asked of the
system where that can be told, so that a machine that slept does not lose its jobs; else a touch holds for some minutes.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Literal

from witnessmark.store.answers import tokens_from
from witnessmark.store.money import units, usd, usd_if_known
from witnessmark.store.processes import is_alive
from witnessmark.store.schema import TOKEN_COLUMNS
from witnessmark.store.values import Job, JobError, JobProgress, JobSpending, JobState

if TYPE_CHECKING:
    from sqlite3 import Connection

LEASE_SECONDS = 180.0
"""How long a touch holds where nobody can tell whether its process lives."""
KEPT_SECONDS = 14 * 86_400.0
"""How long what has ended can be asked for."""
MOST_ATTEMPTS = 3
"""Processes in turn that may end at the same place of a job: what kills them all is the job."""
NOBODY = ""
"""The process of a job that was given back."""

Word = Literal["go on", "cancelled", "lost"]
"""What a process that works on a job has to do: go on, stop because nobody wants it, or stop because another has it."""

_COLUMNS = (
    "id, state, tool, arguments, needs_secret, endpoint, approved_usd, began_at, ended_at, attempts, done, total, "
    "message, is_begun, error_kind, error_message, error_next, process, touched_at"
)


def add_job(db: Connection, job: Job, *, process: str, now: float) -> None:
    """Keep a job that this process is at work on, and forget those that ended long ago."""
    forget_ended(db, now=now)
    db.execute(
        "INSERT INTO jobs (id, state, tool, arguments, needs_secret, endpoint, approved_usd, began_at, touched_at, "
        "process, done, total, message, is_begun) VALUES (?, 'working', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job.id,
            job.tool,
            job.arguments,
            job.needs_secret,
            job.endpoint,
            units(job.approved_usd),
            job.began_at,
            now,
            process,
            job.progress.done,
            job.progress.total,
            job.progress.message,
            job.progress.is_begun,
        ),
    )


def touch_job(db: Connection, job_id: str, progress: JobProgress, *, process: str, now: float) -> Word:
    """Say that a process is still at work on a job, and how far it is; to get further is to begin counting anew."""
    row = db.execute("SELECT state, process, is_unwanted FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None or row[1] != process or row[0] not in {"working", "cancelled"}:
        return "lost"
    if row[2]:
        return "cancelled"
    db.execute(
        "UPDATE jobs SET touched_at = :now, attempts = CASE WHEN :done > done THEN 1 ELSE attempts END, "
        "done = max(done, :done), total = :total, message = :message, is_begun = :is_begun WHERE id = :id",
        {
            "now": now,
            "done": progress.done,
            "total": progress.total,
            "message": progress.message,
            "is_begun": progress.is_begun,
            "id": job_id,
        },
    )
    return "go on"


def end_job(
    db: Connection,
    job_id: str,
    state: JobState,
    *,
    process: str,
    now: float,
    result: str | None = None,
    error: JobError | None = None,
    progress: JobProgress | None = None,
) -> bool:
    """Write down how a job ended, and how far it got, unless another process has it, or somebody cancelled it before.

    Shapes:  whether it was written; without `progress`, what the last touch said stays
    """
    facts = (error.kind, error.message, error.next_step) if error else (None, None, None)
    counts = (progress.done, progress.total, progress.message) if progress else (None, None, None)
    done = db.execute(
        "UPDATE jobs SET state = ?, ended_at = ?, result = ?, error_kind = ?, error_message = ?, error_next = ?, "
        "done = coalesce(?, done), total = coalesce(?, total), message = coalesce(?, message), "
        "arguments = NULL WHERE id = ? AND state = 'working' AND process = ?",
        (state, now, None if result is None else zlib.compress(result.encode(), 6), *facts, *counts, job_id, process),
    )
    return done.rowcount == 1


def give_job_back(db: Connection, job_id: str, *, process: str) -> None:
    """Let another process have a job at once: this one ends, or may not read what the job is about."""
    db.execute(
        "UPDATE jobs SET process = ?, attempts = attempts - 1 WHERE id = ? AND process = ? AND state = 'working'",
        (NOBODY, job_id, process),
    )


def cancel_job(db: Connection, job_id: str, *, now: float) -> Job | None:
    """End a job that is at work; the process that works on it learns so at its next touch.

    Shapes:  the job as it is now; None: there is none
    """
    db.execute(
        "UPDATE jobs SET state = 'cancelled', ended_at = ?, is_unwanted = 1, arguments = NULL "
        "WHERE id = ? AND state = 'working'",
        (now, job_id),
    )
    return find_job(db, job_id, now=now)


def claim_job(
    db: Connection, *, process: str, now: float, only: str | None, passing_over: frozenset[str] = frozenset()
) -> Job | None:
    """Take over the oldest job whose process is gone, or `only` that one; None: there is none.

    One that has ended several processes at the same place is not tried again: it has failed.
    """
    rows = db.execute(
        "SELECT id, process, touched_at, attempts FROM jobs WHERE state = 'working' ORDER BY began_at"
    ).fetchall()
    for job_id, owner, touched, attempts in rows:
        if only not in {None, job_id} or job_id in passing_over or owner == process or _is_held(owner, touched, now):
            continue
        db.execute(
            "UPDATE jobs SET process = ?, touched_at = ?, attempts = attempts + 1, is_begun = 0 WHERE id = ?",
            (process, now, job_id),
        )
        if attempts >= MOST_ATTEMPTS:
            error = JobError(
                kind="JobEndsProcesses",
                message=f"witnessmark ended {attempts} times at the same place of this job.",
                next_step="See the log, and call the tool again with fewer `pages`: what was paid for is kept.",
            )
            end_job(db, job_id, "failed", process=process, now=now, error=error)
            continue
        return find_job(db, job_id, now=now)
    return None


def is_any_at_work(db: Connection) -> bool:
    return db.execute("SELECT 1 FROM jobs WHERE state = 'working' LIMIT 1").fetchone() is not None


def count_jobs(db: Connection, *, now: float) -> tuple[int, int, int]:
    """Count the jobs that run, those that wait for their turn or for a process, and those that ended."""
    rows = db.execute("SELECT process, touched_at, is_begun FROM jobs WHERE state = 'working'").fetchall()
    running = sum(bool(is_begun) and _is_held(owner, touched, now) for owner, touched, is_begun in rows)
    (ended,) = db.execute("SELECT count(*) FROM jobs WHERE state != 'working'").fetchone()
    return running, len(rows) - running, ended


def find_job(db: Connection, job_id: str, *, now: float) -> Job | None:
    row = db.execute(f"SELECT {_COLUMNS}, result FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return None if row is None else _job(row, now)


def list_jobs(db: Connection, *, limit: int, now: float) -> tuple[Job, ...]:
    """List jobs, the newest first, without their results."""
    rows = db.execute(f"SELECT {_COLUMNS}, NULL FROM jobs ORDER BY began_at DESC LIMIT ?", (limit,))
    return tuple(_job(row, now) for row in rows)


def job_spending(db: Connection, job_id: str) -> JobSpending:
    """Sum what the ledger has for a job."""
    sums = ", ".join(f"coalesce(sum(CASE WHEN state = 'answered' THEN {column} END), 0)" for column in TOKEN_COLUMNS)
    answers, reused, doubtful, in_flight, amount, *tokens = db.execute(
        "SELECT coalesce(sum(state = 'answered'), 0), coalesce(sum(state = 'reused'), 0), "
        "coalesce(sum(state = 'possibly billed'), 0), coalesce(sum(state = 'sent'), 0), "
        f"coalesce(sum(CASE WHEN state = 'answered' THEN usd END), 0), {sums} FROM sends WHERE job = ?",
        (job_id,),
    ).fetchone()
    return JobSpending(
        answers=answers,
        reused=reused,
        tokens=tokens_from(tokens),
        usd=usd(int(amount)),
        possibly_billed=doubtful,
        in_flight=in_flight,
    )


def forget_ended(db: Connection, *, now: float) -> int:
    """Remove the jobs that ended long ago, and those that nobody has gone on with for as long.

    Shapes:  how many
    """
    return db.execute("DELETE FROM jobs WHERE coalesce(ended_at, touched_at) < ?", (now - KEPT_SECONDS,)).rowcount


def _is_held(owner: str, touched: float, now: float) -> bool:
    """Say whether a job's process still has it."""
    if owner == NOBODY:
        return False
    alive = is_alive(owner)
    return 0 <= now - touched < LEASE_SECONDS if alive is None else alive


def _job(row: tuple[Any, ...], now: float) -> Job:
    (
        job_id,
        state,
        tool,
        arguments,
        needs_secret,
        endpoint,
        approved,
        began_at,
        ended_at,
        attempts,
        done,
        total,
        message,
        is_begun,
        kind,
        error_message,
        error_next,
        process,
        touched_at,
        result,
    ) = row
    return Job(
        id=job_id,
        state=state,
        tool=tool,
        arguments=arguments or "",
        needs_secret=bool(needs_secret),
        endpoint=endpoint,
        approved_usd=usd_if_known(approved),
        began_at=began_at,
        ended_at=ended_at,
        attempts=attempts,
        has_process=_is_held(process, touched_at, now),
        progress=JobProgress(done=done, total=total, message=message, is_begun=bool(is_begun)),
        result=None if result is None else zlib.decompress(result).decode(),
        error=None if kind is None else JobError(kind=kind, message=error_message, next_step=error_next),
    )
