"""One SQLite file for several processes: opened on first use, every transaction whole, the event loop never held."""

from __future__ import annotations

import errno
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio
from anyio import CancelScope, CapacityLimiter, from_thread, to_thread

from witnessmark.errors import SetupError
from witnessmark.placing import make_private_folder, put
from witnessmark.store.schema import APPLICATION_ID, MIGRATIONS, migrate

if TYPE_CHECKING:
    import sqlite3
    from sqlite3 import Connection

T = TypeVar("T")

BUSY_SECONDS = 30.0
"""How long to wait for other processes before giving up."""
_ATTEMPT_SECONDS = 0.2
"""How long one attempt waits inside SQLite, where nothing can cancel it."""
_STEPS_BETWEEN_LOOKS = 100
"""A row that is copied takes four steps of SQLite's machine, however large it is."""


class StoreUnwritable(SetupError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The store {str(path)!r} cannot be written to.",
            "Give this user the right to write to it and its folder, or set WITNESSMARK_HOME to a folder of yours.",
        )


class StoreFull(SetupError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The disk that holds the store {str(path)!r} is full.",
            "Free some space, for example with `witnessmark store prune`; nothing is half-written.",
        )


class StoreBusy(SetupError):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__(
            f"Another process has kept the store {str(path)!r} to itself for {seconds:.0f} seconds.",
            "End the program that holds it, then try again.",
        )


class StoreDamaged(SetupError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The store {str(path)!r} is damaged.",
            "Move it away, with the files beside it whose names begin alike, or put a backup in its place.",
        )


class StoreForeign(SetupError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{str(path)!r} is a database, and not one of witnessmark's.", "Set WITNESSMARK_HOME to another folder."
        )


class StoreNewer(SetupError):
    def __init__(self, path: Path, version: int) -> None:
        super().__init__(
            f"The store {str(path)!r} was written by a newer witnessmark (format {version}; this one knows "
            f"{len(MIGRATIONS)}).",
            "Update witnessmark, or set WITNESSMARK_HOME to another folder.",
        )


class StoreReplaced(SetupError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The store {str(path)!r} was deleted or replaced while it was in use.",
            "Start this process again; what it holds open belongs to no file that others see.",
        )


class StoreUnreadable(SetupError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The system fails to read or write the store {str(path)!r}.",
            "Look at the disk's space, quota and health; a folder on a network cannot hold the store: "
            "set WITNESSMARK_HOME to one of this machine.",
        )


class _Busy(Exception):
    """Another process is writing; nothing was done."""


class Database:
    """The connection of one process. Transactions of its tasks take turns; those of other processes are waited for."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._connection: Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._turn = CapacityLimiter(1)
        # A task that asyncio itself cancels leaves its thread at work, and the limiter open.
        self._lock = threading.Lock()
        self._aside = threading.Lock()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Read from one consistent state.

        Errors:  the set-up errors of this module
        """
        return await self._run("BEGIN", work)

    async def write(self, work: Callable[[Connection], T], *, shielded: bool = False) -> T:
        """Write everything or nothing; what was written survives a loss of power.

        With `shielded`, a cancelled task still writes.

        Errors:  the set-up errors of this module; an error of `work` undoes what it did
        """
        with CancelScope(shield=shielded):
            return await self._run("BEGIN IMMEDIATE", work)
        raise AssertionError

    async def apart(self, work: Callable[[Connection], T]) -> T:
        """Do what takes long and fits no transaction, on a connection of its own; others go on meanwhile."""
        is_given_up = threading.Event()

        def stop() -> bool:
            try:
                from_thread.check_cancelled()
            except BaseException:  # noqa: BLE001 - SQLite's code cannot carry it; it is raised below
                is_given_up.set()
            return is_given_up.is_set()

        def attempt() -> T:
            with self._aside:
                connection = self._opened()
                connection.set_progress_handler(stop, _STEPS_BETWEEN_LOOKS)
                try:
                    return work(connection)
                finally:
                    connection.close()
                    from_thread.check_cancelled()

        try:
            return await self._until_free(attempt, to_thread.current_default_thread_limiter())
        finally:
            is_given_up.set()  # where asyncio itself cancels, nobody waits for the thread

    async def close(self) -> None:
        with CancelScope(shield=True):
            await to_thread.run_sync(self._close)

    async def _run(self, begin: str, work: Callable[[Connection], T]) -> T:
        return await self._until_free(lambda: self._attempt(begin, work), self._turn)

    async def _until_free(self, attempt: Callable[[], T], limiter: CapacityLimiter) -> T:
        def translated() -> T:
            import sqlite3

            try:
                return attempt()
            except sqlite3.Error as error:
                raise _said(error, self.path) from error

        deadline = time.monotonic() + self._busy_seconds
        while True:
            try:
                return await to_thread.run_sync(translated, limiter=limiter)
            except _Busy as error:
                if time.monotonic() > deadline:
                    raise StoreBusy(self.path, self._busy_seconds) from error
            await anyio.sleep(random.uniform(0.001, 0.02))  # noqa: S311 - so that processes do not march in step

    def _attempt(self, begin: str, work: Callable[[Connection], T]) -> T:
        with self._lock:
            if self._connection is None:
                self._connection, self._inode = self._opened(), _inode_of(self.path)
            elif _inode_of(self.path) != self._inode:
                raise StoreReplaced(self.path)
            connection = self._connection
            connection.execute(begin)
            try:
                _check_version(self.path, connection)
                answer = work(connection)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            return answer

    def _opened(self) -> Connection:
        import sqlite3

        _create(self.path)
        connection = sqlite3.connect(
            self.path, timeout=_ATTEMPT_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            _prepare(self.path, connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        with self._lock, self._aside:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _said(error: sqlite3.Error, path: Path) -> Exception:
    """Say a failure of SQLite as ours; what only a bug of ours can cause stays as it is."""
    import sqlite3

    # The low byte is the kind of failure, the rest its circumstances.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}:
        return _Busy()
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return StoreUnwritable(path)
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(path)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StoreDamaged(path)
    return StoreUnreadable(path) if code == sqlite3.SQLITE_IOERR else error


def _create(path: Path) -> None:
    """Make an empty file that only its user can read, or take the right from others to read the one that is there.

    It is made under another name and never opened here: POSIX takes away a process's locks on a file when that process
    closes the file anywhere.
    """
    try:
        make_private_folder(path.parent)
        if path.exists():
            for file in (path, *beside(path)):
                with suppress(OSError):
                    if (mode := file.stat().st_mode) & 0o077:
                        file.chmod(mode & 0o700)
            return
        descriptor, name = tempfile.mkstemp(prefix=".store-", dir=path.parent)
        os.close(descriptor)
        try:
            put(Path(name), path)
        except FileExistsError:  # another process was faster
            pass
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        is_full = error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
        raise (StoreFull if is_full else StoreUnwritable)(path) from error


def beside(path: Path) -> tuple[Path, Path]:
    """Name the files that SQLite keeps beside a database."""
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _prepare(path: Path, connection: Connection) -> None:
    """Set up a connection, and bring the tables up to date under one lock."""
    # The tables first: they and the mark come in one transaction, so that whoever sees the ones sees the other.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and application != APPLICATION_ID:
        raise StoreForeign(path)
    if version > len(MIGRATIONS):
        raise StoreNewer(path, version)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # before anything is written, or never
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreUnreadable(path)
    connection.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last paid answers when power fails
    connection.execute("PRAGMA fullfsync = ON")  # what macOS needs for the same; nothing elsewhere
    if version < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        try:
            migrate(connection)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _check_version(path: Path, connection: Connection) -> None:
    """Refuse to touch tables that a newer process has changed since they were opened."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != len(MIGRATIONS):
        raise StoreNewer(path, version)


def _inode_of(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
