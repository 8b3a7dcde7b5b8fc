"""The store: what was paid for, kept across calls, restarts and processes. The one door to this room."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import anyio

from witnessmark.errors import SetupError
from witnessmark.store import answers, buckets, endpoints, jobs, ledger, prefixes, quarantine, upkeep, uploads, usage
from witnessmark.store.buckets import BucketKey, Turns, Wanted
from witnessmark.store.budgets import bounds_of, check, give_back, left, reserve, spent_since, take
from witnessmark.store.database import BUSY_SECONDS, Database
from witnessmark.store.pace import News
from witnessmark.store.processes import this_process
from witnessmark.store.values import (
    Budgets,
    CacheMisses,
    EndpointFact,
    Grouping,
    ImageDay,
    Job,
    JobError,
    JobProgress,
    JobSpending,
    LedgerEntry,
    PrefixPast,
    Pruned,
    Quarantined,
    Reservation,
    Send,
    StoredAnswer,
    StoreFacts,
    Tokens,
    Upload,
    UsageRow,
)

if TYPE_CHECKING:
    from sqlite3 import Connection

DAY_SECONDS = 24 * 3600.0
_POLL_SECONDS = 0.1
"""How often to look whether another process has finished its upload: nobody tells."""


@asynccontextmanager
async def open_store(
    path: Path, *, clock: Callable[[], float] = time.time, busy_seconds: float = BUSY_SECONDS
) -> AsyncGenerator[Store]:
    """Open the store; its file is made when it is first used, and closed when the block is left.

    `busy_seconds` says how long to wait for another process that keeps it to itself.
    """
    async with AsyncExitStack() as resources:
        yield make_store(path, resources, clock=clock, busy_seconds=busy_seconds)


def make_store(
    path: Path,
    resources: AsyncExitStack,
    *,
    clock: Callable[[], float] = time.time,
    busy_seconds: float = BUSY_SECONDS,
) -> Store:
    """Make the store as `open_store` does; it is closed with `resources`."""
    database = Database(path, busy_seconds=busy_seconds)
    resources.push_async_callback(database.close)
    return Store(database, clock)


class Store:
    """Answers, uploads, quarantine and ledger in one file. Every method raises set-up errors where the file fails."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._process = this_process()
        self._uploading: WeakValueDictionary[tuple[str, str], anyio.Lock] = WeakValueDictionary()
        self._left_over: list[int] = []
        """Reservations that could not be ended."""

    async def answer(self, content_key: str, endpoint: str, *, max_age_days: float | None) -> StoredAnswer | None:
        """Find a paid answer that is not older than so many days; None takes any."""
        since = None if max_age_days is None else self._clock() - max_age_days * DAY_SECONDS
        return await self._database.read(
            lambda db: answers.find_answer(db, content_key, endpoint, paid_since=since),
        )

    async def answered_keys(
        self, content_keys: Collection[str], endpoint: str, *, paid_since: float | None
    ) -> set[str]:
        """Say of which asks there is a paid answer that is not older; None takes any."""
        return await self._database.read(
            lambda db: answers.answered_keys(db, content_keys, endpoint, paid_since=paid_since),
        )

    async def begin(
        self,
        send: Send,
        reservation: Reservation | None = None,
        *,
        seen: StoredAnswer | None = None,
        alone_for: float | None = None,
    ) -> int:
        """Write down durably that an ask is about to be sent; its estimate moves out of its reservation.

        With `alone_for`, an ask is not sent for so many seconds after another process that still lives has sent the
        same and waits, nor when the store has another answer to it than the one that was `seen`.

        Units:   `alone_for` seconds
        Shapes:  the ledger line's number, which settles it
        Errors:  `AskedElsewhere`; `BudgetReached` where asks sent again have used up the reservation, and the budget
                 leaves no more
        """

        def work(db: Connection) -> int:
            now = self._clock()  # others have written while this waited for its turn
            if alone_for is not None:
                ledger.leave_to_others(db, send, seen, process=self._process, sent_since=now - alone_for, now=now)
            if reservation is not None:
                take(db, reservation, send.estimated_usd, now=now)
            number = None if reservation is None else reservation.id
            return ledger.write_intent(db, send, process=self._process, now=now, reservation=number)

        return await self._database.write(work)

    async def begun(self, send_id: int) -> None:
        """Say that the response to an ask has begun: what it writes into the prompt cache can be read."""
        await self._database.write(lambda db: ledger.write_begun(db, send_id))

    async def check_elsewhere(self, send: Send, *, seen: StoredAnswer | None, alone_for: float) -> None:
        """Refuse an ask as `begin` would for what another process does, and write nothing.

        Errors:  `AskedElsewhere`
        """
        now = self._clock()
        await self._database.read(
            lambda db: ledger.leave_to_others(
                db, send, seen, process=self._process, sent_since=now - alone_for, now=now
            )
        )

    async def answered(self, send_id: int, answer: StoredAnswer) -> None:
        """Keep a paid answer and settle its line, both or neither, also when the task is cancelled."""
        now = self._clock()
        await self._database.write(lambda db: ledger.write_answer(db, send_id, answer, now=now), shielded=True)

    async def refused(self, send_id: int, *, kind: str, request_id: str | None) -> None:
        """Settle an ask that is known not to be billed; its estimate goes back to its reservation."""
        now = self._clock()
        await self._database.write(
            lambda db: ledger.write_refusal(db, send_id, kind=kind, request_id=request_id, now=now), shielded=True
        )

    async def ambiguous(
        self, send_id: int, *, kind: str, tokens: Tokens | None, request_id: str | None, usd: Decimal | None = None
    ) -> Decimal | None:
        """Settle an ask that may have been billed.

        Shapes:  what it may have cost: `usd` where the caller knows better than the estimate before it was sent; None
                 where no price is known
        """
        now = self._clock()
        return await self._database.write(
            lambda db: ledger.write_doubt(
                db, send_id, kind=kind, tokens=tokens, request_id=request_id, usd=usd, now=now
            ),
            shielded=True,
        )

    async def reused(self, send: Send, answer: StoredAnswer) -> None:
        """Write down that an ask was answered from the store."""
        now = self._clock()
        await self._database.write(lambda db: ledger.write_reuse(db, send, answer, process=self._process, now=now))

    @asynccontextmanager
    async def reserving(self, usd: Decimal, budgets: Budgets) -> AsyncGenerator[Reservation]:
        """Set money aside while a plan runs; what is left of it is free again when the block is left.

        It counts for all processes, until its process is gone; where that cannot be told, for a quarter of an hour.

        Errors:  `BudgetReached`
        """
        now, left_over = self._clock(), tuple(self._left_over)

        def work(db: Connection) -> Reservation:
            for number in left_over:
                give_back(db, number)
            return reserve(db, usd, budgets, process=self._process, now=now)

        reservation = await self._database.write(work)
        self._left_over = [number for number in self._left_over if number not in left_over]
        try:
            yield reservation
        finally:
            try:
                await self._database.write(lambda db: give_back(db, reservation.id), shielded=True)
            except SetupError:  # it must not hide how the block ended; too much is reserved until the next call
                self._left_over.append(reservation.id)

    async def check(self, usd: Decimal, budgets: Budgets) -> None:
        """Refuse a price as `reserving` would, and set nothing aside.

        Errors:  `BudgetReached`
        """
        now = self._clock()
        await self._database.read(lambda db: check(db, usd, budgets, now=now))

    async def left(self, budgets: Budgets) -> Decimal | None:
        """Say what budgets leave for a call that has reserved nothing yet; None where there is none."""
        now = self._clock()
        return await self._database.read(lambda db: left(db, budgets, now=now))

    async def take_turns(
        self,
        key: BucketKey,
        line: str,
        wanted: Sequence[Wanted],
        news: Sequence[News],
        *,
        clock: Callable[[], float] | None = None,
    ) -> Turns:
        """Take in what became of earlier turns, and give turns to as many of a line's asks as may be sent now.

        The bucket belongs to all processes; what is given counts for all of them until news of it comes, its time is up
        or its process is gone.

        Units:   `clock` says the seconds since 1970, by default the store's own
        """
        told = clock or self._clock
        return await self._database.write(
            # The time is asked in there: others have written while this waited for its turn.
            lambda db: buckets.take_turns(db, key, line, wanted, news, process=self._process, now=told())
        )

    async def leave_line(self, line: str) -> None:
        """Forget a line and its turns, also when the task is cancelled."""
        await self._database.write(lambda db: buckets.leave(db, line), shielded=True)

    async def upload(self, key: str, endpoint: str, workspace: str | None) -> Upload | None:
        """Find an upload that lives for some minutes more; without a workspace the newest of any."""
        now = self._clock()
        return await self._database.read(lambda db: uploads.find_upload(db, key, endpoint, workspace, now=now))

    @asynccontextmanager
    async def uploading(self, key: str, endpoint: str) -> AsyncGenerator[UploadClaim]:
        """Take the right to upload a document, or get the upload that another task or process has just finished.

        Others wait meanwhile, at most a quarter of an hour. Leaving the block without `keep` lets the next one try.
        """
        lock = self._uploading.setdefault((key, endpoint), anyio.Lock())
        async with lock:
            token = uuid.uuid4().hex
            try:
                yield UploadClaim(self._database, token, await self._claimed(key, endpoint, token))
            finally:
                with suppress(SetupError):  # it must not hide how the block ended; the lease ends by itself
                    await self._database.write(lambda db: uploads.end_lease(db, token), shielded=True)

    async def _claimed(self, key: str, endpoint: str, token: str) -> Upload | None:
        began = time.monotonic()

        def work(db: Connection) -> Upload | str | None:
            now, has_waited = self._clock(), time.monotonic() - began > uploads.LEASE_SECONDS
            return uploads.claim(db, key, endpoint, token=token, process=self._process, now=now, has_waited=has_waited)

        while True:
            taken = await self._database.write(work)
            if isinstance(taken, str):
                return None
            if taken is not None:
                return taken
            await anyio.sleep(_POLL_SECONDS)

    async def forget_upload(self, file_id: str) -> None:
        """Forget an upload that is gone at the API."""
        await self._database.write(lambda db: db.execute("DELETE FROM uploads WHERE file_id = ?", (file_id,)))

    async def uploads(self, endpoint: str | None = None) -> tuple[Upload, ...]:
        """List what lies at the API, newest first."""
        now = self._clock()
        return await self._database.read(lambda db: uploads.list_uploads(db, endpoint, now=now))

    async def times_sent(self, delivery_key: str) -> int:
        """Count the asks that carried a document."""
        return await self._database.read(lambda db: ledger.times_sent(db, delivery_key))

    async def past_of(self, keys: Collection[str], endpoint: str) -> dict[str, PrefixPast]:
        """Find what was lately sent that begins with what `keys` name."""
        now = self._clock()
        return await self._database.read(lambda db: prefixes.past_of(db, keys, endpoint, now=now))

    async def cache_misses(self, *, since: float, until: float) -> tuple[CacheMisses, ...]:
        """Count by reason the answers that read less from the cache than expected, the dearest first."""
        return await self._database.read(lambda db: prefixes.cache_misses(db, since=since, until=until))

    async def quarantine(self, entry: Quarantined) -> None:
        """Keep why a document or a page is not sent again."""
        await self._database.write(lambda db: quarantine.put_in_quarantine(db, entry))

    async def quarantined(self, sha256: str | None = None) -> tuple[Quarantined, ...]:
        """List what is in quarantine, of one document or of all."""
        return await self._database.read(lambda db: quarantine.list_quarantine(db, sha256))

    async def release(self, sha256: str) -> int:
        """Let a document be sent again, named by its hash or 8 or more digits that it begins with.

        Shapes:  how many entries went
        Errors:  `NotAHash`, `HashAmbiguous`
        """
        return await self._database.write(lambda db: quarantine.release_document(db, sha256))

    async def release_all(self) -> int:
        """Let every document be sent again.

        Shapes:  how many entries went
        """
        return await self._database.write(quarantine.release_all)

    async def remember_unfetchable(self, url: str) -> None:
        """Remember for a day that the API cannot fetch an address; only the address's hash is kept."""
        now = self._clock()
        await self._database.write(lambda db: quarantine.remember_unfetchable(db, url, now=now))

    async def is_unfetchable(self, url: str) -> bool:
        """Say whether the API could not fetch an address within the last day."""
        now = self._clock()
        return await self._database.read(lambda db: quarantine.is_unfetchable(db, url, now=now))

    async def add_job(self, job: Job) -> None:
        """Keep a job that this process works on, so that it outlives the process."""
        now = self._clock()
        await self._database.write(lambda db: jobs.add_job(db, job, process=self._process, now=now), shielded=True)

    async def touch_job(self, job_id: str, progress: JobProgress) -> jobs.Word:
        """Say that this process is still at work on a job, and hear whether it is to go on."""
        now = self._clock()
        return await self._database.write(
            lambda db: jobs.touch_job(db, job_id, progress, process=self._process, now=now)
        )

    async def complete_job(self, job_id: str, result: str, progress: JobProgress | None = None) -> bool:
        """Keep a job's result.

        Shapes:  whether it is kept: another process may have the job by now, or somebody has cancelled it
        """
        now = self._clock()
        return await self._database.write(
            lambda db: jobs.end_job(
                db, job_id, "completed", process=self._process, now=now, result=result, progress=progress
            ),
            shielded=True,
        )

    async def fail_job(self, job_id: str, error: JobError, progress: JobProgress | None = None) -> bool:
        """Keep why a job failed; as `complete_job`."""
        now = self._clock()
        return await self._database.write(
            lambda db: jobs.end_job(
                db, job_id, "failed", process=self._process, now=now, error=error, progress=progress
            ),
            shielded=True,
        )

    async def give_job_back(self, job_id: str) -> None:
        """Let another process go on with a job."""
        await self._database.write(lambda db: jobs.give_job_back(db, job_id, process=self._process), shielded=True)

    async def cancel_job(self, job_id: str) -> Job | None:
        """End a job wherever it is at work; None: there is no such job."""
        now = self._clock()
        return await self._database.write(lambda db: jobs.cancel_job(db, job_id, now=now))

    async def claim_job(self, *, only: str | None = None, passing_over: frozenset[str] = frozenset()) -> Job | None:
        """Take over a job whose process is gone, any or `only` that one; None: there is none."""
        now = self._clock()
        return await self._database.write(
            lambda db: jobs.claim_job(db, process=self._process, now=now, only=only, passing_over=passing_over)
        )

    async def has_job_to_claim(self) -> bool:
        """Say, without writing, whether `claim_job` may find one."""
        return await self._database.read(jobs.is_any_at_work)

    async def job(self, job_id: str) -> Job | None:
        """Find a job; None: there is none, or it ended long ago."""
        now = self._clock()
        return await self._database.read(lambda db: jobs.find_job(db, job_id, now=now))

    async def jobs(self, *, limit: int = 20) -> tuple[Job, ...]:
        """List jobs, the newest first, without their results."""
        now = self._clock()
        return await self._database.read(lambda db: jobs.list_jobs(db, limit=limit, now=now))

    async def job_spending(self, job_id: str) -> JobSpending:
        """Sum what a job has cost so far."""
        return await self._database.read(lambda db: jobs.job_spending(db, job_id))

    async def learn(self, fact: EndpointFact) -> bool:
        """Keep for a day what was learned of an endpoint.

        Shapes:  whether it is new
        """
        now = self._clock()
        return await self._database.write(lambda db: endpoints.keep_fact(db, fact, now=now), shielded=True)

    async def endpoint_facts(self, endpoint: str) -> tuple[EndpointFact, ...]:
        """List what was learned of an endpoint within the last day."""
        now = self._clock()
        return await self._database.read(lambda db: endpoints.facts_about(db, endpoint, now=now))

    async def unsaid(self, endpoint: str, models: Sequence[str]) -> tuple[EndpointFact, ...]:
        """List what was learned and nobody has been told yet; it counts as said from now on."""
        now = self._clock()
        if not await self._database.read(lambda db: endpoints.has_unsaid(db, endpoint, models, now=now)):
            return ()
        return await self._database.write(lambda db: endpoints.take_unsaid(db, endpoint, models, now=now))

    async def spent(self, *, since: float) -> Decimal:
        """Sum what was paid, and the estimates of what is on its way or possibly billed."""
        return await self._database.read(lambda db: spent_since(db, since))

    async def usage(self, *, since: float, until: float, by: Grouping) -> tuple[UsageRow, ...]:
        """Sum the ledger by local day, tool, model or document."""
        await self._give_up_dead()
        return await self._database.read(lambda db: usage.usage_rows(db, since=since, until=until, by=by))

    async def image_averages(self, *, days: int) -> tuple[ImageDay, ...]:
        """Sum what images took on each of the last local days, today included; `jump` judges it."""
        begins, _ = bounds_of("day", self._clock())
        # Noon of that day, so that the hour of summer time does not shift it.
        since, _ = bounds_of("day", begins + DAY_SECONDS / 2 - (days - 1) * DAY_SECONDS)
        return await self._database.read(lambda db: usage.image_days(db, since=since))

    async def entries(self, *, since: float, until: float) -> AsyncGenerator[LedgerEntry]:
        """Read the ledger from the oldest line on, some at a time, so that its length costs no memory."""
        await self._give_up_dead()
        place = (since, 0)
        while found := await self._database.read(lambda db: ledger.entries_after(db, place, until=until)):  # noqa: B023 - called at once
            for entry in found:
                yield entry
            place = (found[-1].at, found[-1].id)

    async def prune(self, *, max_age_days: float | None) -> Pruned:
        """Remove answers older than so many days and what has ended by itself, and give the room back to the disk.

        The ledger is kept. None keeps every answer.
        """
        now, path = self._clock(), self._database.path
        before = None if max_age_days is None else now - max_age_days * DAY_SECONDS
        ended, leases = await self._database.write(lambda db: upkeep.remove_ended(db, now=now, sent_before=before))
        size, removed = upkeep.bytes_of(path), 0
        while before is not None:
            step = await self._database.write(lambda db: upkeep.remove_answers(db, paid_before=before))
            removed += step
            if step < upkeep.ROWS_AT_ONCE:
                break
        await self._database.apart(upkeep.shrink)
        freed = max(0, size - upkeep.bytes_of(path))
        return Pruned(answers=removed, uploads=ended, leases=leases, freed_bytes=freed)

    async def backup(self, path: Path) -> None:
        """Write a whole copy, while others go on working; only its user can read it.

        Errors:  `BackupExists`, `BackupUnwritable`
        """
        await self._database.apart(lambda db: upkeep.copy_to(db, path))

    async def facts(self) -> StoreFacts:
        """Count what the store holds."""
        await self._give_up_dead()
        now, path = self._clock(), self._database.path
        return await self._database.read(lambda db: upkeep.facts_of(db, path, now=now))

    async def _give_up_dead(self) -> None:
        """Settle what processes that are gone had sent."""
        if processes := await self._database.read(ledger.processes_in_flight):
            now = self._clock()
            await self._database.write(lambda db: ledger.give_up_dead(db, processes, now=now))


class UploadClaim:
    """The right to upload a document, unless `upload` says where it already lies."""

    def __init__(self, database: Database, token: str, upload: Upload | None) -> None:
        self.upload = upload
        self._database = database
        self._token = token

    async def keep(self, upload: Upload) -> None:
        """Keep where the document lies now, and let those who wait have it."""

        def work(db: Connection) -> None:
            uploads.keep_upload(db, upload)
            uploads.end_lease(db, self._token)

        await self._database.write(work, shielded=True)
        self.upload = upload
