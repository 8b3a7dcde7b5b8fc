"""Looking after the store: what it holds, what may go, a copy of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from witnessmark.errors import InputError, SetupError
from witnessmark.placing import put
from witnessmark.store.buckets import forget_old_buckets
from witnessmark.store.budgets import end_dead_reservations
from witnessmark.store.database import beside
from witnessmark.store.endpoints import remove_old_facts
from witnessmark.store.jobs import count_jobs, forget_ended
from witnessmark.store.quarantine import UNFETCHABLE_SECONDS
from witnessmark.store.uploads import end_dead_leases
from witnessmark.store.values import StoreFacts

if TYPE_CHECKING:
    from sqlite3 import Connection

ROWS_AT_ONCE = 200
"""Answers are removed in steps, so that other processes write in between."""
PAGES_AT_ONCE = 1_000


class BackupExists(InputError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"There is already a file {str(path)!r}.", "Name another file, or move that one away.")


class BackupUnwritable(SetupError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The backup {str(path)!r} cannot be written.", "Name a file in a folder of yours with enough space."
        )


def remove_answers(db: Connection, *, paid_before: float) -> int:
    """Remove some of the answers that are too old; how often and for whom stays in the ledger.

    Shapes:  how many; fewer than `ROWS_AT_ONCE` when there are no more
    """
    return db.execute(
        "DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers WHERE paid_at < ? LIMIT ?)",
        (paid_before, ROWS_AT_ONCE),
    ).rowcount


def remove_ended(db: Connection, *, now: float, sent_before: float | None) -> tuple[int, int]:
    """Remove what has ended by itself.

    Shapes:  how many uploads; how many leases and reservations
    """
    uploads = db.execute("DELETE FROM uploads WHERE expires_at <= ?", (now,)).rowcount
    leases = end_dead_leases(db, now=now) + end_dead_reservations(db, now=now)
    forget_ended(db, now=now)
    db.execute("DELETE FROM unfetchable WHERE abs(at - ?) >= ?", (now, UNFETCHABLE_SECONDS))
    forget_old_buckets(db, now=now)
    remove_old_facts(db, now=now)
    if sent_before is not None:
        db.execute("DELETE FROM deliveries WHERE send IN (SELECT id FROM sends WHERE sent_at < ?)", (sent_before,))
    return uploads, leases


def shrink(db: Connection) -> None:
    """Give empty pages back to the disk, some at a time; outside a transaction."""
    while True:
        (before,) = db.execute("PRAGMA freelist_count").fetchone()
        db.execute(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})").fetchall()
        (after,) = db.execute("PRAGMA freelist_count").fetchone()
        if after == 0 or after >= before:
            break
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def copy_to(db: Connection, path: Path) -> None:
    """Write one whole, compact copy that only its user can read, never over another file; outside a transaction.

    Errors:  `BackupExists`, `BackupUnwritable`
    """
    import sqlite3

    if path.exists():
        raise BackupExists(path)
    try:
        descriptor, name = tempfile.mkstemp(prefix=".backup-", dir=path.parent)
        os.close(descriptor)
        temporary = Path(name)
        try:
            db.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(name),))
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            put(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except FileExistsError as error:
        raise BackupExists(path) from error
    except OSError as error:
        raise BackupUnwritable(path) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}:
            raise BackupUnwritable(path) from error
        raise


def facts_of(db: Connection, path: Path, *, now: float) -> StoreFacts:
    """Count what the store holds."""
    answers, answer_bytes, oldest_answer = db.execute(
        "SELECT count(*), coalesce(sum(length(message)), 0), min(paid_at) FROM answers"
    ).fetchone()
    entries, oldest_entry, in_flight, possibly_billed = db.execute(
        "SELECT count(*), min(sent_at), coalesce(sum(state = 'sent'), 0), coalesce(sum(state = 'possibly billed'), 0) "
        "FROM sends"
    ).fetchone()
    uploads, upload_bytes = db.execute(
        "SELECT count(*), coalesce(sum(size), 0) FROM uploads WHERE expires_at IS NULL OR expires_at > ?", (now,)
    ).fetchone()
    running, waiting, ended = count_jobs(db, now=now)
    (quarantined,) = db.execute("SELECT count(*) FROM quarantine").fetchone()
    return StoreFacts(
        path=path,
        bytes=bytes_of(path),
        answers=answers,
        answer_bytes=answer_bytes,
        oldest_answer=oldest_answer,
        entries=entries,
        oldest_entry=oldest_entry,
        in_flight=in_flight,
        possibly_billed=possibly_billed,
        uploads=uploads,
        upload_bytes=upload_bytes,
        quarantined=quarantined,
        jobs_working=running + waiting,
        jobs_running=running,
        jobs_waiting=waiting,
        jobs_ended=ended,
    )


def bytes_of(path: Path) -> int:
    """Sum the sizes of the store's files."""
    return sum(file.stat().st_size for file in (path, *beside(path)) if file.exists())
