"""Jobs: a long call is waited for a while, then goes on without anybody waiting, in this process or the next.

Only a call that is not done in time is written to the store, so that a short one costs nothing. What a job has done
already is where it always is: paid answers in the store, words of scans in the cache. To resume a job is therefore to
make its call again, on the same terms.
"""

from __future__ import annotations

import importlib
import json
import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from witnessmark.claude.later import CLIENT_MODULE
from witnessmark.documents.allowed import PathNotAllowed
from witnessmark.errors import ApiError, InputError, SetupError, WitnessmarkError
from witnessmark.limits import Limits
from witnessmark_tools.arguments import SECRET
from witnessmark_tools.results import LongResult
from witnessmark_tools.terms import OFFLINE, JobTerms, is_offline

if TYPE_CHECKING:
    from witnessmark.store import Job, JobError, JobProgress, Store
    from witnessmark_tools.definition import Progress, Services, ToolDefinition

logger = logging.getLogger(__name__)

TOUCH_EVERY = 2.0
"""Seconds between two signs of life of a job that is kept, at which it also hears that it was cancelled."""
WRITE_AGAIN_AFTER = 5.0
"""Seconds, where the store took no word of how a job ended."""
LOOK_AFTER, LOOK_EVERY = 3.0, 15.0
"""Seconds until, and between, looks for jobs whose process is gone."""
ANY_ENDPOINT = ""
"""The endpoint of a job that asks no model: any process can go on with it."""


class ServerFull(ApiError):
    def __init__(self, count: int) -> None:
        super().__init__(
            f"The server is full: {count} long calls are at work or wait for their turn.",
            "Call again in a minute, or ask get_job for those that go on, or cancel_job.",
        )


class SecretGone(InputError):
    """The process that had the password is gone, and it is kept nowhere else."""

    def __init__(self) -> None:
        super().__init__(
            "The process that worked on this job ended, and the document's password, which is never kept, is gone.",
            "Call the tool again with the password: what was paid for is not paid for twice.",
        )


class JobCancelled(ApiError):
    def __init__(self) -> None:
        super().__init__("The job was cancelled.", "Call the tool again: what was paid for is not paid for twice.")


class ToolFailed(WitnessmarkError):
    """A bug of ours; the log has more."""

    def __init__(self, tool: str) -> None:
        super().__init__(f"{tool} failed inside witnessmark.", "Try again; if it fails again, see the server's log.")


@dataclass(slots=True, kw_only=True)
class _Work:
    """A long call at work in this process."""

    id: str
    definition: ToolDefinition
    arguments: Mapping[str, Any]
    services: Services
    began_at: float
    done: float = 0.0
    total: float = 0.0
    message: str = ""
    result: LongResult | None = None
    error: Exception | None = None
    is_kept: bool = False
    """Whether the store knows of it."""
    was_taken_over: bool = False
    """Whether another process began it, which may be one that may read other folders."""
    is_ours: bool = True
    """Whether no other process has taken it over."""
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    begun: anyio.Event = field(default_factory=anyio.Event)
    """Set when its turn has come, or it has ended before."""
    ended: anyio.Event = field(default_factory=anyio.Event)
    changed: anyio.Event = field(default_factory=anyio.Event)

    async def tell(self, done: float, total: float, message: str) -> None:
        """Take note of how far the tool is."""
        self.done, self.total, self.message = done, total, message
        self.wake()

    def wake(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()

    @property
    def progress(self) -> JobProgress:
        from witnessmark.store import JobProgress

        return JobProgress(done=self.done, total=self.total, message=self.message, is_begun=self.begun.is_set())

    @property
    def final_progress(self) -> JobProgress:
        """Say how far it got: all of it, unless its result lacks pages."""
        from witnessmark.store import JobProgress

        if self.result is None:
            return self.progress
        lacking, done = self.result.lacking_pages, self.total
        if lacking:  # tools that do not count pages say themselves how far they got
            done = self.total - lacking if lacking < self.total else min(self.done, self.total)
        message = "Finished" + (f"; {lacking} page{'s'[: lacking != 1]} missing" if lacking else "")
        return JobProgress(done=done, total=self.total, message=message)


class Jobs:
    """The long calls of one process, and those that it takes over from others."""

    def __init__(self, tasks: TaskGroup, tools: Mapping[str, ToolDefinition], store: Path, limits: Limits) -> None:
        """Work in `tasks`, whose end gives unfinished jobs back; `store` is the store's file."""
        self._tasks = tasks
        self._tools = tools
        self._path = store
        self._limits = limits
        self._turn = anyio.CapacityLimiter(limits.calls_at_work)
        self._at_work: dict[str, _Work] = {}
        self._left_to_others: dict[str, str] = {}
        """Jobs that this process cannot go on with, and why."""
        self._given: Services | None = None

    async def call(
        self, definition: ToolDefinition, arguments: Mapping[str, Any], services: Services, progress: Progress
    ) -> LongResult:
        """Run a tool and wait for it for a while; then it goes on as a job, and the result says so.

        The while begins when the tool does; a call whose turn does not come soon becomes a job before. A caller that is
        cancelled while it waits cancels the work.

        Errors:  `ServerFull`; what the tool raises; a `SetupError` where the job cannot be kept
        """
        if len(self._at_work) >= self._limits.calls:
            raise ServerFull(len(self._at_work))
        seconds = arguments.get("wait_seconds") or services.patience
        began_at, job_id = time.time(), f"job-{uuid.uuid4().hex[:16]}"
        work = _Work(
            id=job_id,
            definition=definition,
            arguments=dict(arguments) | {"wait_seconds": None},
            services=_going_on(services, JobTerms(id=job_id, began_at=began_at)),
            began_at=began_at,
        )
        self._begin(work)
        try:
            with anyio.move_on_after(None if seconds is None else self._limits.queue_seconds):
                await work.begun.wait()
            if work.begun.is_set():
                with anyio.move_on_after(seconds):
                    await _follow(work, progress)
            if not work.ended.is_set():
                with anyio.CancelScope(shield=True):
                    await self._keep(work)
            await anyio.lowlevel.checkpoint_if_cancelled()
        except BaseException:
            work.scope.cancel()
            raise
        if not work.ended.is_set():
            assert issubclass(definition.result_type, LongResult)
            is_waiting = not work.begun.is_set()
            return definition.result_type.going_on(work.id, WAITS if is_waiting else how_far(work.done, work.total))
        if work.error is not None:
            raise work.error
        if work.result is None:
            raise JobCancelled
        return work.result

    def store(self) -> Store | None:
        """Give the store, where jobs can have been kept."""
        return self._services.claude.store if self._path.exists() else None

    def tool(self, name: str) -> ToolDefinition | None:
        return self._tools.get(name)

    def at_work(self, job_id: str) -> tuple[float, float, str] | None:
        """Say how far a job is that is at work here: done, of how much, in words; None: it is not."""
        work = self._at_work.get(job_id)
        return None if work is None else (work.done, work.total, work.message)

    def is_begun(self, job_id: str) -> bool:
        """Say whether a job is at work here and its turn has come."""
        work = self._at_work.get(job_id)
        return work is not None and work.begun.is_set()

    async def change(self, job_id: str) -> None:
        """Wait until there is something new about a job that is at work here."""
        if (work := self._at_work.get(job_id)) is not None:
            await work.changed.wait()

    async def cancel(self, job_id: str) -> Job | None:
        """Stop a job, wherever it is at work; what it has sent is still answered, and kept.

        Shapes:  the job as it is now; None: there is none
        """
        store, work = self.store(), self._at_work.get(job_id)
        if store is None:
            return None
        if work is not None:
            await store.touch_job(job_id, work.progress)
        job = await store.cancel_job(job_id)
        if work is not None:
            work.scope.cancel()
        return job

    # --- one call ---------------------------------------------------------------------------------------------------

    def _begin(self, work: _Work) -> None:
        self._at_work[work.id] = work
        self._tasks.start_soon(self._work, work)

    async def _work(self, work: _Work) -> None:
        try:
            with work.scope:
                if work.is_kept:
                    self._tasks.start_soon(self._touch, work)
                async with self._turn:
                    work.begun.set()
                    result = await work.definition.call(dict(work.arguments), work.services, work.tell)
                assert isinstance(result, LongResult), "only long tools become jobs"
                work.result = result
        except WitnessmarkError as error:
            work.error = error
        except Exception as error:
            if work.is_kept:  # else whoever waits hears of it, and writes it to the log
                logger.exception("tool failed", extra={"tool": work.definition.name})
            work.error = error
        finally:
            try:
                if work.is_kept:
                    await self._settle(work)
            finally:
                del self._at_work[work.id]
                work.ended.set()
                work.begun.set()
                work.wake()

    async def _keep(self, work: _Work) -> None:
        """Write a call down as a job."""
        from witnessmark.store import Job

        claude = work.services.claude
        arguments = {name: value for name, value in work.arguments.items() if name not in SECRET}
        asks_nobody = is_offline(work.arguments.get("model"), work.services.terms, has_key=claude.has_key)
        await claude.store.add_job(
            Job(
                id=work.id,
                tool=work.definition.name,
                arguments=json.dumps(arguments, ensure_ascii=True),
                needs_secret=any(work.arguments.get(name) is not None for name in SECRET),
                endpoint=ANY_ENDPOINT if asks_nobody else claude.endpoint,
                approved_usd=work.services.terms.approved_usd,
                began_at=work.began_at,
                progress=work.progress,
            )
        )
        work.is_kept = True
        if work.ended.is_set():  # just now, and it did not know that it was to be kept
            await self._settle(work)
        else:
            self._tasks.start_soon(self._touch, work)

    async def _touch(self, work: _Work) -> None:
        """Keep the claim on a job, and stop where it was cancelled or another process has it."""
        while not work.ended.is_set():
            with anyio.move_on_after(TOUCH_EVERY):
                await work.ended.wait()
                return
            try:
                word = await work.services.claude.store.touch_job(work.id, work.progress)
            except SetupError as error:
                logger.warning("job not touched", extra={"error": error.kind})
                continue
            if word != "go on":
                work.is_ours = word == "cancelled"
                work.scope.cancel()
                return

    async def _settle(self, work: _Work) -> None:
        """Write down how a job ended, and try again until that can be written: else nobody would ever hear of it."""
        while True:
            try:
                with anyio.CancelScope(shield=True):
                    await self._write_end(work)
            except SetupError as error:
                logger.warning("end of a job not kept", extra={"error": error.kind})
                await anyio.sleep(WRITE_AGAIN_AFTER)
            except Exception as error:  # one job's bad end is not the server's
                logger.exception("end of a job not kept")
                if work.result is None:
                    return
                work.result, work.error = None, error  # a result that cannot be written is a failure, said as one
            else:
                return

    async def _write_end(self, work: _Work) -> None:
        store = work.services.claude.store
        if work.result is not None:
            written = await anyio.to_thread.run_sync(_json, work.result)
            await store.complete_job(work.id, written, work.final_progress)
        elif work.was_taken_over and isinstance(work.error, PathNotAllowed):
            self._left_to_others[work.id] = NOT_ALLOWED_HERE
            await store.give_job_back(work.id)
        elif work.error is not None:
            await store.fail_job(work.id, _error(work.error, work.definition.name), work.progress)
        elif work.scope.cancel_called and work.is_ours:
            await store.cancel_job(work.id)
        else:  # this process ends
            await store.give_job_back(work.id)

    # --- jobs of others ---------------------------------------------------------------------------------------------

    def serve(self, services: Services) -> None:
        """Say with what jobs of others are gone on with."""
        self._given = services

    @property
    def _services(self) -> Services:
        assert self._given is not None, "`serve` comes first"
        return self._given

    def watch(self) -> None:
        """From now on, take over jobs whose process is gone."""
        self._tasks.start_soon(self._watch)

    async def _watch(self) -> None:
        await anyio.sleep(LOOK_AFTER)
        while True:
            try:
                if self._path.exists():  # what reads it takes a while to import
                    await anyio.to_thread.run_sync(importlib.import_module, CLIENT_MODULE, abandon_on_cancel=True)
                while len(self._at_work) < self._limits.calls_at_work and await self.take_over():
                    pass
            except SetupError as error:
                logger.info("no look for jobs", extra={"error": error.kind})
            await anyio.sleep(LOOK_EVERY)

    async def take_over(self, job_id: str | None = None) -> bool:
        """Go on with a job whose process is gone, any or that one.

        Shapes:  whether there was one
        """
        store = self.store()
        if store is None or not await store.has_job_to_claim():
            return False
        job = await store.claim_job(only=job_id, passing_over=frozenset(self._left_to_others))
        if job is None:
            return False
        try:
            work = await self._resumed(job, store)
        except WitnessmarkError as error:
            await store.fail_job(job.id, _error(error, job.tool))
            return True
        if isinstance(work, str):
            self._left_to_others[job.id] = work
            await store.give_job_back(job.id)
        else:
            logger.info("job taken over", extra={"tool": job.tool})
            self._begin(work)
        return True

    def why_left(self, job_id: str) -> str | None:
        """Say why this process cannot go on with a job, as far as it has found out."""
        return self._left_to_others.get(job_id)

    async def _resumed(self, job: Job, store: Store) -> _Work | str:
        """Make a job's call again, on its own terms.

        Shapes:  why this process cannot do it and another can, where that is so
        Errors:  `SecretGone`; a `UsageError` where another version of witnessmark wrote its arguments
        """
        definition = self._tools.get(job.tool)
        if definition is None:
            return f"this version of witnessmark has no tool {job.tool!r}"
        if job.endpoint not in {ANY_ENDPOINT, self._services.claude.endpoint}:
            has_key = self._services.claude.has_key
            return "this process has " + ("a key for another API address" if has_key else "no key")
        if job.needs_secret:
            raise SecretGone
        spent = await store.job_spending(job.id)
        arguments = json.loads(job.arguments)
        if job.endpoint == ANY_ENDPOINT and "model" in definition.arguments.model_fields:
            arguments["model"] = OFFLINE  # also where this process has a key: nobody agreed to pay
        terms = JobTerms(id=job.id, began_at=job.began_at, spent_usd=spent.usd)
        services = _going_on(self._services, terms)
        return _Work(
            id=job.id,
            definition=definition,
            arguments=definition.parse(arguments),
            services=replace(services, terms=replace(services.terms, approved_usd=job.approved_usd)),
            began_at=job.began_at,
            is_kept=True,
            was_taken_over=True,
        )


async def _follow(work: _Work, progress: Progress) -> None:
    """Pass on how far a call is until it has ended."""
    told = ""
    while not work.ended.is_set():
        changed = work.changed
        if work.message and (now := f"{work.done} {work.total} {work.message}") != told:
            told = now
            await progress(work.done, work.total, work.message)
        if not work.ended.is_set() and changed is work.changed:
            await changed.wait()


def _going_on(services: Services, job: JobTerms) -> Services:
    """Let a tool take as long as it takes: who waits for it is not its matter."""
    return replace(services, patience=None, terms=replace(services.terms, job=job))


WAITS = " (it waits for its turn: others are at work)"
NOT_ALLOWED_HERE = "this process may not read its document; --allow FOLDER lets it"


def how_far(done: float, total: float) -> str:
    """Write it in brackets: ` (3 of 12 pages done)`."""
    return f" ({int(done)} of {int(total)} pages done)" if total else ""


def _json(result: LongResult) -> str:
    return json.dumps(result.to_json(), ensure_ascii=False)


def _error(error: Exception, tool: str) -> JobError:
    from witnessmark.store import JobError

    said = error if isinstance(error, WitnessmarkError) else ToolFailed(tool)
    return JobError(kind=said.kind, message=said.message, next_step=said.next_step)
