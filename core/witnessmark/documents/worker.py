"""Workers: child processes that touch what is inside a file, so that a bad file costs one call and never the server.

A worker gets bytes and a named operation over its standard input and answers over its standard output. It has limits on
memory and CPU time, an environment without keys, and no reason to open a file or a connection. It starts on first need,
is reused, and is ended when it is idle, too large, cancelled or over its CPU time. An operation that ends its worker is
tried once more in another, unless that would end alike: it was over its CPU time on a machine that did nothing else, or
over its memory in a worker that had done nothing else. What a worker runs is `witnessmark.worker_main`.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, BinaryIO

import anyio
from anyio.abc import Process

from witnessmark.documents import wire
from witnessmark.documents.content import CHUNK_BYTES, Content
from witnessmark.documents.metering import LOOK_SECONDS, Excess, Meter
from witnessmark.documents.process_use import ProcessUse, process_use
from witnessmark.documents.stops import (
    WorkerCrashed,
    WorkerHung,
    WorkerKilled,
    WorkerStopped,
    WorkerTooLarge,
    WorkerTooSlow,
)
from witnessmark.errors import SetupError, WitnessmarkError
from witnessmark.limits import Limits

logger = logging.getLogger(__name__)

EXIT_TOO_LARGE = 77
"""The exit code of a worker that saw its own memory pass the limit."""
_KILLED = -9
"""The return code of a process that was ended from outside: SIGKILL."""
TRIES = 2
"""How often an operation is tried that ends its worker: the first time may have been the machine's fault."""

UNDISTURBED_SHARE = 0.7
"""Of the time that passed, which a worker had a CPU. With less it shared the machine, which makes its CPU time longer,
too (caches, two threads a core), so that what went over the limit is tried again."""

UseOf = Callable[[int], ProcessUse | None]
"""Looks at a process; see `process_use`."""

# Enough to find Python and its packages again; no keys, no tokens, no proxies.
_ENVIRONMENT = (
    "PATH HOME USERPROFILE SYSTEMROOT WINDIR TEMP TMP TMPDIR LANG LC_ALL LC_CTYPE PYTHONPATH PYTHONHOME PYTHONUSERBASE "
    "VIRTUAL_ENV LD_LIBRARY_PATH DYLD_LIBRARY_PATH PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX"
).split()


class WorkerBroken(WitnessmarkError):
    """The worker itself failed: our bug, with its traceback in the log."""

    def __init__(self, operation: str) -> None:
        super().__init__(
            f"Reading failed inside witnessmark (step {operation!r}).",
            "Run `witnessmark doctor`; if it finds nothing, report this with the log.",
        )


class WorkerMissing(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "The process that reads documents cannot be started.",
            "Free memory and processes, or install witnessmark again; `witnessmark doctor` checks it.",
        )


class OperationRefused(Exception):
    """What a worker's operation answered instead of a result: a name that the caller turns into an error of its own."""

    def __init__(self, reason: str, facts: dict[str, Any]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class _Worker:
    """One child process and what it has been given."""

    def __init__(self, process: Process, limits: Limits, use_of: UseOf) -> None:
        self._process = process
        self._limits = limits
        self._use_of = use_of
        self._buffer = bytearray()
        self.documents: set[str] = set()
        self.idle_since = time.monotonic()
        self.is_usable = True
        self.resident_bytes = 0

    @property
    def has_ended(self) -> bool:
        if self._process.returncode is None and hasattr(os, "waitid"):
            # The event loop may not have been told yet; looking does not take the news away from it.
            try:
                return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
            except ChildProcessError:
                return True
        return self._process.returncode is not None

    async def call(
        self, operation: str, content: Content, arguments: dict[str, Any], *, seconds: float, into: BinaryIO | None
    ) -> tuple[wire.Message, bytes]:
        """Run one operation on one document.

        Units:   `seconds` of CPU time
        Errors:  `WorkerStopped` kinds, `OperationRefused`, `WorkerBroken`; after the first kind and the last the worker
                 is not usable any more, nor after a cancellation
        """
        self.is_usable = False
        self._meter = meter = Meter(cpu_seconds=seconds, idle_seconds=self._limits.hang_seconds)
        is_fresh, began = not self.documents, anyio.current_time()
        excess: Excess | None = None
        failure: Exception | None = None
        answer, payload = wire.Message(), b""

        async def watch(scope: anyio.CancelScope) -> None:
            nonlocal excess
            while (excess := meter.look(self._use_of(self._process.pid))) is None:  # noqa: ASYNC110 - the system tells nobody
                await anyio.sleep(LOOK_SECONDS)
            scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch, tasks.cancel_scope)
            try:
                if content.sha256 not in self.documents:
                    await self._load(content)
                await self._send(wire.pack({"operation": operation, "sha256": content.sha256, **arguments}))
                answer, payload = await self._receive(into)
            except Exception as error:  # noqa: BLE001 - raised again below: here it would come out wrapped in a group
                failure = error
            tasks.cancel_scope.cancel()
        if isinstance(failure, (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError)):
            failure = await self._cause_of_death(content.name)
        elif failure is None and not answer:
            is_certain = meter.cpu_seconds >= UNDISTURBED_SHARE * (anyio.current_time() - began)
            failure = self._excess(content.name, excess, seconds, is_certain=is_certain)
        if failure is not None:
            if isinstance(failure, WorkerStopped):
                failure.cpu_seconds = meter.cpu_seconds
            if isinstance(failure, WorkerTooLarge):
                failure.is_certain = is_fresh  # else it may have held something of earlier calls
            raise failure
        self.resident_bytes = answer["resident_bytes"]
        self.is_usable = self.resident_bytes <= self._limits.worker_keep_bytes
        self.documents = set(answer["documents"])
        if "refused" in answer:
            raise OperationRefused(answer["refused"], answer.get("facts", {}))
        if "broken" in answer:
            self.is_usable = False
            logger.error("worker failed", extra={"operation": operation, "error": answer["broken"]})
            if answer["broken"] == "MemoryError":
                stopped = WorkerTooLarge(content.name, limit_bytes=self._limits.worker_address_bytes)
                stopped.cpu_seconds, stopped.is_certain = meter.cpu_seconds, is_fresh
                raise stopped
            raise WorkerBroken(operation)
        seconds_taken = round(anyio.current_time() - began, 3)
        logger.debug("worker answered", extra={"operation": operation, "seconds": seconds_taken})
        return answer["result"], payload

    async def _load(self, content: Content) -> None:
        await self._send(wire.pack({"operation": "load", "sha256": content.sha256}, content.size))
        chunks = content.chunks()
        while chunk := await anyio.to_thread.run_sync(next, chunks, None):
            await self._send(chunk)
        await self._receive()

    async def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        await self._process.stdin.send(data)
        self._meter.progressed()

    async def _receive(self, into: BinaryIO | None = None) -> tuple[wire.Message, bytes]:
        length, payload_bytes = wire.HEADER.unpack(await self._exactly(wire.HEADER.size))
        if length + payload_bytes > wire.MAX_FRAME_BYTES:
            raise anyio.BrokenResourceError
        body = await self._exactly(length)
        if into is None:
            return wire.unpack(body), await self._exactly(payload_bytes)
        for start in range(0, payload_bytes, CHUNK_BYTES):
            await anyio.to_thread.run_sync(into.write, await self._exactly(min(CHUNK_BYTES, payload_bytes - start)))
        return wire.unpack(body), b""

    async def _exactly(self, size: int) -> bytes:
        assert self._process.stdout is not None
        while len(self._buffer) < size:
            self._buffer += await self._process.stdout.receive(1024 * 1024)
            self._meter.progressed()
        with memoryview(self._buffer) as view:  # a slice of the buffer itself would be one copy more
            data = bytes(view[:size])
        del self._buffer[:size]
        return data

    async def _cause_of_death(self, name: str) -> WorkerStopped:
        with anyio.move_on_after(2):
            await self._process.wait()
        if self._process.returncode == EXIT_TOO_LARGE:
            return WorkerTooLarge(name, limit_bytes=self._limits.worker_resident_bytes)
        logger.warning("worker died", extra={"exit_code": self._process.returncode})
        if self._process.returncode == _KILLED:
            return WorkerKilled(name)
        return WorkerCrashed(name, limit_bytes=self._limits.worker_address_bytes)

    def _excess(self, name: str, excess: Excess | None, seconds: float, *, is_certain: bool) -> WorkerStopped:
        if excess == "idle":
            return WorkerHung(name, seconds=self._limits.hang_seconds)
        return WorkerTooSlow(name, seconds=seconds, is_certain=is_certain)

    async def end(self) -> None:
        """Kill the process, which holds nothing worth saving, and wait until it is gone."""
        self.is_usable = False
        with suppress(ProcessLookupError):
            self._process.kill()
        with anyio.CancelScope(shield=True), anyio.move_on_after(5):
            await self._process.aclose()


class Workers:
    """A small pool of workers; `open_workers` makes one and ends it."""

    def __init__(self, limits: Limits, use_of: UseOf = process_use) -> None:
        """Bound workers by `limits`; `use_of` says what a process has used of the CPU."""
        self.limits = limits
        self._use_of = use_of
        self._idle: list[_Worker] = []
        self._slots = anyio.Semaphore(limits.workers)
        self._at_work = 0
        """Calls that have a worker, or are starting one."""
        self._waiting = 0
        """Calls that wait for one."""
        self._crowded_since: float | None = None
        """When a call first found no worker idle, since the last time that none was called for."""
        self._freed = anyio.Event()
        self._is_closed = False
        self.started = 0
        """How many processes have been started so far."""
        self.running = 0
        """How many of them are still there."""
        self.peak_bytes = 0
        """The largest resident memory that a worker had after an answer."""

    async def call(
        self,
        operation: str,
        content: Content,
        arguments: dict[str, Any] | None = None,
        *,
        seconds: float,
        into: BinaryIO | None = None,
        tries: int = TRIES,
    ) -> tuple[wire.Message, bytes]:
        """Run an operation on a document in a worker, waiting for a free one.

        Shapes:  the operation's result and its raw bytes (empty for most), which are written to `into` where that is
                 given, as they come; each of `tries` has another worker
        Units:   `seconds` of CPU time that the operation may use
        Errors:  `WorkerStopped` kinds, `OperationRefused`, `WorkerBroken`; `OSError` of `into`
        """
        used = 0.0
        begin = into.tell() if into is not None else 0
        while True:
            try:
                return await self._try(operation, content, arguments or {}, seconds=seconds, into=into)
            except WorkerStopped as error:
                tries -= 1
                used += error.cpu_seconds
                error.cpu_seconds = used
                if tries <= 0 or error.is_certain:
                    raise
                logger.info("worker stopped, one more try", extra={"operation": operation, "error": error.kind})
            if into is not None:
                into.seek(begin)
                into.truncate()

    async def _try(
        self, operation: str, content: Content, arguments: dict[str, Any], *, seconds: float, into: BinaryIO | None
    ) -> tuple[wire.Message, bytes]:
        async with self._slots, self._place_at_work(content.sha256) as idle:
            worker = idle or await self._start()
            try:
                return await worker.call(operation, content, arguments, seconds=seconds, into=into)
            finally:
                self.peak_bytes = max(self.peak_bytes, worker.resident_bytes)
                if worker.is_usable and not self._is_closed:
                    worker.idle_since = time.monotonic()
                    self._idle.append(worker)
                else:
                    await self._end(worker)

    @asynccontextmanager
    async def _place_at_work(self, sha256: str) -> AsyncGenerator[_Worker | None]:
        """Take an idle worker; None: one is to be started, since none is there, or calls have waited long enough.

        Most documents are read in less time than a process takes to start.
        """
        self._waiting += 1
        try:
            if self._waiting == 1 and not self._at_work:
                self._crowded_since = None
            while (worker := await self._take(sha256)) is None and self._at_work:
                now = anyio.current_time()
                self._crowded_since = now if self._crowded_since is None else self._crowded_since
                left = self._crowded_since + self.limits.crowded_seconds - now
                if left <= 0:
                    break
                with anyio.move_on_after(left):
                    await self._freed.wait()
        finally:
            self._waiting -= 1
        self._at_work += 1
        try:
            yield worker
        finally:
            self._at_work -= 1
            self._freed.set()
            self._freed = anyio.Event()

    async def _take(self, sha256: str) -> _Worker | None:
        # One that the system has killed since its last answer says nothing about this document.
        await self._end_all([worker for worker in self._idle if worker.has_ended])
        held = [worker for worker in self._idle if sha256 in worker.documents] or self._idle[-1:]
        if not held:
            return None
        self._idle.remove(held[0])
        return held[0]

    async def _start(self) -> _Worker:
        limits = self.limits
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # -P: a file in the user's working folder must not be imported in place of ours.
        command = [sys.executable, "-P", "-m", "witnessmark.worker_main"]
        command += [str(limits.worker_address_bytes), str(limits.worker_resident_bytes), str(os.getpid())]
        process: Process | None = None
        try:
            # Cancelled in between, a process would run on that nobody knows: it is ended by whoever asked for it.
            with anyio.CancelScope(shield=True):
                process = await anyio.open_process(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    # Ctrl-C in a terminal is for us: a server that was given time to end its calls needs its workers.
                    start_new_session=True,
                )
        except OSError as error:
            raise WorkerMissing from error
        assert process is not None
        self.started += 1
        self.running += 1
        return _Worker(process, limits, self._use_of)

    async def _end(self, worker: _Worker) -> None:
        await worker.end()
        self.running -= 1

    async def end_idle(self, older_than: float = 0.0) -> None:
        """End the workers that nobody has used for `older_than` seconds."""
        now = time.monotonic()
        await self._end_all([worker for worker in self._idle if now - worker.idle_since >= older_than])

    async def _end_all(self, workers: Sequence[_Worker]) -> None:
        # All are taken out before the first wait: during one, another call may take or end one that is still in there.
        self._idle = [worker for worker in self._idle if worker not in workers]
        for worker in workers:
            await self._end(worker)

    async def watch(self) -> None:
        """End workers as they become idle for too long, for ever."""
        while True:
            await anyio.sleep(self.limits.worker_idle_seconds / 4)
            await self.end_idle(self.limits.worker_idle_seconds)

    async def close(self) -> None:
        self._is_closed = True
        await self.end_idle()


@asynccontextmanager
async def open_workers(limits: Limits, use_of: UseOf = process_use) -> AsyncGenerator[Workers]:
    """Open a pool; leaving the block ends its processes."""
    workers = Workers(limits, use_of)
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(workers.watch)
        try:
            yield workers
        except Exception as error:  # noqa: BLE001 - raised again below: here it would come out wrapped in a group
            failure = error
        finally:
            tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await workers.close()
    if failure is not None:
        raise failure
