"""Claude, as tools meet it: plans are run, counted and remembered; the SDK is imported when it is needed."""

from __future__ import annotations

import functools
import gc
import importlib
import logging
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from types import ModuleType
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskGroup

from witnessmark.background import room_for_tasks
from witnessmark.claude.attempts import Clock, Errand, Patience, Sender, send_of
from witnessmark.claude.body import Attachment
from witnessmark.claude.cache_reads import past_as_planned
from witnessmark.claude.call_budget import CallBudget
from witnessmark.claude.counting import Counted, Counting
from witnessmark.claude.credentials import Credentials, KeyMissing
from witnessmark.claude.delivery import KEPT_SECONDS, Delivery, upload_keys
from witnessmark.claude.endpoint import Endpoint
from witnessmark.claude.failures import AttemptFailed
from witnessmark.claude.leading import Leads
from witnessmark.claude.pacing import Pacing
from witnessmark.claude.running import AT_ONCE, OnPages, Run, Running
from witnessmark.claude.shared_pictures import DELETE_SECONDS, SharedPictures
from witnessmark.claude.shared_pictures import KEPT_SECONDS as PICTURE_SECONDS
from witnessmark.claude.survey import Survey, surveyed
from witnessmark.claude.timeouts import Timeouts
from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.errors import InputError, SetupError, WitnessmarkError
from witnessmark.plans.caching import SECONDS, Past, documents_key, keys_to_look_up, with_breakpoints
from witnessmark.plans.halving import halved, pages_of
from witnessmark.plans.models import (
    Model,
    ModelFacts,
    ModelRetired,
    ModelUnknown,
    foreign_model,
    ladder,
    model_listed,
    model_named,
)
from witnessmark.plans.plan import Ask, Plan
from witnessmark.store import AskedElsewhere, PrefixPast, Quarantined, Reservation, Store, StoredAnswer, Upload

if TYPE_CHECKING:
    from witnessmark.claude.connection import Connection

logger = logging.getLogger(__name__)

_NOT_THERE = frozenset({200, 404, 405, 501})
"""What is answered, in a form that is not the API's, where an address is another thing or none."""
CONNECTION_MODULE = "witnessmark.claude.connection"
WAITS_WITHOUT_DEADLINE = 300.0
"""Seconds that an ask may wait in all for an API that refuses it, where nobody waits for the call to end."""
HANG_SECONDS = 2.0
"""Within which a request of a call that was given up has to begin to be answered; else the next call sends its own."""
TELL_EVERY = 5.0
"""Seconds between two signs of life while an answer is waited for."""


class DocumentQuarantined(InputError):
    """The API refused it before, and nothing says that it would take it now."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name!r} was not sent: the API has refused it before. {reason}",
            "Save it anew and try that, or use model='offline'; `witnessmark store release` lets it be tried as it is.",
        )


@dataclass(slots=True)
class _Flight:
    """An ask under way, and who waits for it."""

    patience: Patience
    errand: Errand
    done: anyio.Event = field(default_factory=anyio.Event)
    answer: StoredAnswer | None = None
    was_reused: bool = False
    """Whether another process has paid for the answer."""
    error: Exception | None = None
    waiting: int = 0


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a run needs to know besides its plan."""

    tool: str
    model: Model
    documents: Documents
    sources: tuple[Document, ...]
    parse: Callable[[Any], Any] = _as_it_is
    """Understands the JSON of an answer, or raises an `ApiError`."""
    seconds: float | None = None
    """After which what is not done is left; None waits to the end."""
    reuse_since: float | None = None
    """Since 1970: an answer paid for at this time or later is not paid for again; None takes any."""
    outlasts: float = WAITS_WITHOUT_DEADLINE
    """Seconds that an ask may wait for an API that refuses it, where `seconds` does not end the wait."""
    job: str | None = None
    """The job that this is part of."""
    spent_usd: Decimal = Decimal(0)
    """Of `max_usd`, what was spent before, when another process was at work on the same."""
    max_usd: Decimal | None = None
    reservation: Reservation | None = None
    on_pages: OnPages | None = None
    on_wait: Callable[[], Awaitable[None]] | None = None
    """Called every few seconds while an answer is waited for: hosts give up on calls that say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaid:
    """What of a plan is yet to be paid for."""

    plan: Plan
    """What running it would send."""
    answered: tuple[Ask, ...] = ()
    """What was answered before, and costs nothing again."""
    left_out: tuple[int, ...] = ()
    """Pages that are not sent again, because the API has refused them."""


class Claude:
    """The API with a key, or the clear absence of one."""

    def __init__(
        self,
        credentials: Credentials | WitnessmarkError | None,
        store: Store,
        tasks: TaskGroup,
        resources: AsyncExitStack,
        clock: Clock,
        timeouts: Timeouts,
    ) -> None:
        self._credentials = credentials
        self.store = store
        self._tasks = tasks
        self._resources = resources
        self._clock = clock
        self._timeouts = timeouts
        url = credentials.base_url if isinstance(credentials, Credentials) else ""
        self._endpoint = Endpoint(url=url, store=store)
        secret = credentials.secret if isinstance(credentials, Credentials) else ""
        self._pacing = Pacing(store, clock, tasks, endpoint=url, secret=secret)
        resources.push_async_callback(self._pacing.close)
        self._connection: Connection | None = None
        self._opening = anyio.Lock()
        self._flights: dict[str, _Flight] = {}
        self._errands: list[Errand] = []
        """Of the calls that run."""
        self._kept_until: dict[str, float] = {}
        """By file id, until when a picture may be needed, by the clock."""
        self._leads = Leads(now=clock.now)
        self._running: dict[str, dict[str, float]] = {}
        """By the documents that they are about, the calls under way, which may not be in the ledger yet."""
        self._models: dict[str, Model] = {}

    @property
    def has_key(self) -> bool:
        """Whether tools ask Claude where nobody says otherwise; a key that is a placeholder counts, and is refused."""
        return self._credentials is not None

    @property
    def endpoint(self) -> str:
        return self._endpoint.url

    async def warm_up(self) -> None:
        """Import the SDK and make its client, so that the first call need not."""
        if isinstance(self._credentials, Credentials):
            await anyio.to_thread.run_sync(_connection_module, abandon_on_cancel=True)
            await self._connected()

    async def model(self, name: str) -> Model:
        """Find a model and complete it by what the Models API says of it; what we know stands where it does not answer.

        What answers at an address that is not the Claude API's, and does not sign as it, may have models of any name.

        Errors:  `ModelUnknown`, `ModelRetired`, `KeyMissing`, what is wrong with the key
        """
        is_listed = True
        try:
            wanted = model_named(name).id
        except (ModelRetired, ModelUnknown):
            wanted, is_listed = name.strip(), False  # the API may know better
        if wanted not in self._models:
            connection = await self._connected()
            await self._endpoint.recall()
            facts, is_final = await self._facts(wanted if is_listed else self._as_named(wanted))
            if is_listed or self._endpoint.is_claude_api or connection.is_signed:
                model = model_listed(wanted, facts)
            else:
                model = foreign_model(wanted, facts[0] if facts else None)
            if not is_final:
                return model
            self._models[wanted] = model
        return self._models[wanted]

    def model_unasked(self, name: str) -> Model:
        """Find a model without asking anybody.

        Errors:  `ModelUnknown`, `ModelRetired`
        """
        try:
            return model_named(name)
        except ModelUnknown:
            if not self.has_key or self._endpoint.is_claude_api:
                raise
            return foreign_model(name.strip(), None)

    def _as_named(self, name: str) -> str:
        """Write a model's name as it is written there: elsewhere than at the Claude API capitals may matter."""
        return name.lower() if self._endpoint.is_claude_api else name

    async def _facts(self, name: str) -> tuple[tuple[ModelFacts, ...], bool]:
        """Ask the Models API.

        Shapes:  what it says of the model, and whether it need not be asked again
        """
        connection = await self._connected()
        if self._endpoint.lacks("models"):
            return (), True
        try:
            return (await connection.model(name),), True
        except AttemptFailed as failed:
            if failed.failure.status in _NOT_THERE and not failed.failure.is_of_the_api:
                if await connection.models() is None:
                    await self._endpoint.learn("models", "absent")
                return (), True
            if failed.failure.rule.actor == "operator" and failed.failure.status != 403:
                raise failed.failure.for_caller(model=name, what="") from failed
            return (), failed.failure.status == 404

    async def survey(self, model: str | None) -> Survey | None:
        """Find out for free what the endpoint can and cannot; None of the Claude API itself, which lacks nothing.

        Shapes:  without a model those that `auto` goes through
        Errors:  as `check`
        """
        if self._endpoint.is_claude_api:
            return None
        wanted = [model] if model else [rung.id for rung in ladder()]
        connection = await self._connected()
        try:
            return await surveyed(connection, self._endpoint, wanted)
        except AttemptFailed as failed:
            raise failed.failure.for_caller(model=wanted[0], what="") from failed

    async def check(self) -> None:
        """Ask the API for something free, to see whether it takes the key.

        Errors:  `KeyMissing`, what is wrong with the key, an `ApiError` where that cannot be said
        """
        connection, name = await self._connected(), ladder()[0].id
        try:
            await connection.model(name)
        except AttemptFailed as failed:
            if failed.failure.status not in _NOT_THERE:
                raise failed.failure.for_caller(model=name, what="") from failed

    async def run(self, plan: Plan, work: Work) -> Run:
        """Run a plan: what was answered before comes from the store, the rest is sent.

        Errors:  `KeyMissing`; what happens to an ask is in its outcome
        """
        connection = await self._connected()
        await self._endpoint.recall()
        errand = self._errand(plan, work)
        sender = self._sender(connection)
        ends = None if work.seconds is None else self._clock.now() + work.seconds
        budget = CallBudget(model=work.model, limit=work.max_usd, spent=work.spent_usd, doubts=errand.doubts)
        running = Running(
            errand=errand,
            store=self.store,
            quarantined=await self._quarantined(work.sources),
            obtain=functools.partial(self._obtained, sender, errand, work, budget, ends),
            parse=work.parse,
            holds_to_json=lambda: sender.is_trusted(work.model),
            on_pages=work.on_pages,
        )
        keys = await anyio.to_thread.run_sync(_documents_keys, plan)
        with self._known(keys, errand.call):
            unpaid = await self.unpaid(
                plan, work.sources, model=work.model, reuse_since=work.reuse_since, call=errand.call
            )
            running.breakpoints = {ask.content_key: ask.breakpoints for ask in unpaid.plan.asks}
            kept_seconds = 0.0
            self._errands.append(errand)
            try:
                run = await running.run(plan)
                if run.answered:
                    kept_seconds = max(
                        (SECONDS[p.ttl] for ask in unpaid.plan.asks for p in ask.breakpoints), default=0.0
                    )
                return run
            finally:
                self._errands.remove(errand)
                if errand.delivery.shared.file_ids:
                    self._tasks.start_soon(self._delete_pictures, errand, kept_seconds)

    async def _delete_pictures(self, errand: Errand, seconds: float) -> None:
        """Delete the pictures of a call once nothing needs them.

        Its requests under way may still read them, and the next call on the same pages, as long as the prompt cache
        keeps what it sent: the cache knows a picture by its file.
        """
        file_ids, until = errand.delivery.shared.file_ids, self._clock.now() + seconds
        self._kept_until |= {id_: max(until, self._kept_until.get(id_, 0.0)) for id_ in file_ids}
        has_ended = False
        try:
            for flight in [one for one in self._flights.values() if one.errand is errand]:
                await flight.done.wait()
            await self._clock.sleep(seconds)
            has_ended = True
        finally:
            with anyio.move_on_after(DELETE_SECONDS, shield=True):
                in_use = {id_ for other in self._errands for id_ in other.delivery.shared.file_ids}
                if has_ended:  # else the client closes, and everything goes
                    in_use |= {id_ for id_ in file_ids if self._kept_until.get(id_, 0.0) > max(until, 0.0)}
                await self._delete_files(file_ids - in_use)

    async def _delete_files(self, file_ids: Collection[str]) -> None:
        connection, limiter = await self._connected(), anyio.CapacityLimiter(AT_ONCE)

        async def delete(file_id: str) -> None:
            self._kept_until.pop(file_id, None)
            async with limiter:
                try:
                    await connection.delete(file_id)
                except AttemptFailed as failed:
                    if failed.failure.status != 404:
                        logger.info("picture not deleted", extra={"error": failed.failure.kind})
                        return  # the API ends it within the hour
                with suppress(SetupError):
                    await self.store.forget_upload(file_id)

        async with anyio.create_task_group() as tasks:
            for file_id in sorted(file_ids):
                tasks.start_soon(delete, file_id)

    async def unsaid(self, model: Model) -> list[str]:
        """Say what the endpoint lacks, and what is done instead, where that was not said before."""
        return await self._endpoint.unsaid([model.id])

    @contextmanager
    def _known(self, keys: Collection[str], call: str) -> Generator[None]:
        """Let calls that begin now know of this one: the ledger does once its first ask is sent."""
        for key in keys:
            self._running.setdefault(key, {})[call] = self._clock.now()
        try:
            yield
        finally:
            for key in keys:
                del self._running[key][call]
                if not self._running[key]:
                    del self._running[key]

    async def unpaid(
        self, plan: Plan, sources: Sequence[Document], *, model: Model, reuse_since: float | None, call: str = ""
    ) -> Unpaid:
        """Find what running a plan would send: without what was answered before, and what is not sent again.

        What is sent has its breakpoints: this is the one place where they are chosen. `call` names one that is under
        way already, and is no other use of its documents.

        Errors:  `DocumentQuarantined`
        """
        barred = await self._quarantined(sources)
        waiting, left_out = list(plan.asks), set[int]()
        asks: list[tuple[str, Ask]] = []
        while waiting:
            ask = waiting.pop(0)
            if any(page in barred for page in pages_of(ask)):
                halves = halved(ask)
                waiting[:0] = halves or ()
                left_out.update(page for _, page in pages_of(ask) if halves is None)
            else:
                asks.append((ask.content_key, ask))
        kept: set[str] = set()
        if asks:
            keys = {key for key, _ in asks}
            kept = await self.store.answered_keys(keys, self._endpoint.url, paid_since=reuse_since)
        answered = tuple(ask for key, ask in asks if key in kept)
        unpaid = Plan(asks=tuple(ask for key, ask in asks if key not in kept))
        chosen = await self._with_breakpoints(unpaid, model, call)
        return Unpaid(plan=chosen, answered=answered, left_out=tuple(sorted(left_out)))

    async def _with_breakpoints(self, plan: Plan, model: Model, call: str) -> Plan:
        if not plan.asks:
            return plan
        keys = await anyio.to_thread.run_sync(keys_to_look_up, plan)  # documents of plain text are hashed whole
        found = await self.store.past_of(keys, self._endpoint.url)
        now = self._clock.now()
        past: dict[str, Past] = {}
        for key in keys:
            others = {name: now - at for name, at in self._running.get(key, {}).items() if name != call}
            past[key] = past_as_planned(found.get(key, PrefixPast()), others, self._leads.kept(key), now=now)
        return await anyio.to_thread.run_sync(functools.partial(with_breakpoints, plan, model, past, at_once=AT_ONCE))

    async def _quarantined(self, sources: Sequence[Document]) -> dict[tuple[str, int], Quarantined]:
        """List the pages that are not sent again.

        Errors:  `DocumentQuarantined`
        """
        found = {
            (entry.sha256, entry.page): entry
            for document in sources
            for entry in await self.store.quarantined(document.sha256)
        }
        for document in sources:
            if (entry := found.get((document.sha256, 0))) is not None:
                raise DocumentQuarantined(document.name, entry.message)
        return found

    async def counted(
        self,
        asks: Sequence[tuple[Ask, Model]],
        *,
        documents: Documents,
        sources: Sequence[Document],
        seconds: float,
    ) -> Counted:
        """Count the prompts of asks, each with its model, at the API, which is free; nothing that is billed is sent.

        Units:   `seconds` for all of them
        Errors:  `KeyMissing`, a key that cannot be one; what else goes wrong is in the result
        """
        connection = await self._connected()
        await self._endpoint.recall()
        counting = Counting(
            sender=self._sender(connection),
            delivery=self._delivery(documents, sources, wanted={}),
            seconds=seconds,
        )
        return await counting.count(asks)

    async def delete_upload(self, upload: Upload) -> None:
        """Delete a file at the API and forget it; one that is gone already is forgotten.

        Errors:  `KeyMissing`, an `ApiError` or `SetupError`
        """
        connection = await self._connected()
        try:
            await connection.delete(upload.file_id)
        except AttemptFailed as failed:
            if failed.failure.status != 404:
                raise failed.failure.for_caller(model="", what=upload.name) from failed
        await self.store.forget_upload(upload.file_id)

    def _sender(self, connection: Connection) -> Sender:
        return Sender(
            connection=connection,
            store=self.store,
            endpoint=self._endpoint,
            clock=self._clock,
            timeouts=self._timeouts,
            leads=self._leads,
            pacing=self._pacing,
        )

    def _errand(self, plan: Plan, work: Work) -> Errand:
        sources = {document.sha256: document for document in work.sources}
        keys = [key for ask in plan.asks for key in upload_keys(ask, sources)]
        return Errand(
            tool=work.tool,
            model=work.model,
            delivery=self._delivery(work.documents, work.sources, wanted={key: keys.count(key) for key in keys}),
            reservation=work.reservation,
            job=work.job,
        )

    def _delivery(self, documents: Documents, sources: Sequence[Document], *, wanted: Mapping[str, int]) -> Delivery:
        return Delivery(
            documents=documents,
            sources={document.sha256: document for document in sources},
            store=self.store,
            endpoint=self._endpoint.url,
            upload=self._upload,
            wanted=wanted,
            shared=SharedPictures(wanted=wanted),
        )

    async def _obtained(
        self,
        sender: Sender,
        errand: Errand,
        work: Work,
        budget: CallBudget,
        ends: float | None,
        ask: Ask,
        *,
        anew: bool = False,
    ) -> tuple[StoredAnswer, bool] | None:
        kept = await self.store.answer(ask.content_key, self._endpoint.url, max_age_days=None)
        if kept is not None and not anew and _is_fresh(kept, work.reuse_since):
            await self.store.reused(send_of(ask, errand, self._endpoint.url), kept)
            return kept, True
        async with budget.paying(ask) as payment:
            flight = await self._flown(sender, errand, work, payment.ask, ends, kept)
            payment.is_under_way = flight.answer is None
            payment.answer = None if flight.was_reused else flight.answer
        if flight.answer is None:
            return None
        if flight.was_reused:
            await self.store.reused(send_of(ask, errand, self._endpoint.url), flight.answer)
        return flight.answer, flight.was_reused

    async def _flown(
        self,
        sender: Sender,
        errand: Errand,
        work: Work,
        ask: Ask,
        ends: float | None,
        seen: StoredAnswer | None,
    ) -> _Flight:
        """Wait for an ask's answer; the same ask under way for another call, here or elsewhere, is not sent twice.

        The answer is kept even when nobody waits for it any more: it is paid for.
        """
        key = ask.content_key
        deadline = self._clock.now() + work.outlasts if ends is None else ends
        flight = self._flights.get(key)
        if flight is not None and not flight.waiting and not flight.patience.begun.is_set():
            with anyio.move_on_after(HANG_SECONDS):
                await _begun_or_done(flight)
            flight = self._flights.get(key)
            if flight is not None and not flight.waiting and not flight.patience.begun.is_set():
                flight = None  # its answer is kept all the same, should it come
        if flight is None:
            flight = self._flights[key] = _Flight(Patience(deadline, seen), errand)
            for document in work.sources:
                document.content.hold()  # the call that opened it may end before
            self._tasks.start_soon(self._fly, sender, errand, work.sources, flight, ask)
        flight.patience.deadline = max(flight.patience.deadline, deadline)
        flight.patience.is_over = False
        flight.waiting += 1
        try:
            with anyio.move_on_after(None if ends is None else max(0.0, ends - self._clock.now())):
                await _landed(flight, work.on_wait)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                flight.patience.end()
        if flight.error is not None:
            raise flight.error
        return flight

    async def _fly(
        self, sender: Sender, errand: Errand, sources: Sequence[Document], flight: _Flight, ask: Ask
    ) -> None:
        try:
            flight.answer = await sender.answered(ask, errand, flight.patience)
        except AskedElsewhere as elsewhere:
            flight.answer, flight.was_reused = elsewhere.answer, True
        except Exception as error:  # noqa: BLE001 - whoever waits raises it
            flight.error = error
        finally:
            for document in sources:
                document.content.close()
            if self._flights.get(ask.content_key) is flight:
                del self._flights[ask.content_key]
            flight.done.set()

    async def _upload(self, attachment: Attachment, key: str, name: str, media_type: str) -> Upload:
        connection = await self._connected()
        seconds = PICTURE_SECONDS if media_type.startswith("image/") else KEPT_SECONDS
        file, workspace = await connection.upload(attachment, name=name, media_type=media_type, expires_in=seconds)
        return Upload(
            key=key,
            endpoint=self._endpoint.url,
            workspace=workspace,
            file_id=file.id,
            name=name,
            media_type=media_type,
            size=attachment.size,
            uploaded_at=file.created_at.timestamp(),
            expires_at=file.expires_at.timestamp() if file.expires_at else None,
        )

    async def _connected(self) -> Connection:
        if self._credentials is None:
            raise KeyMissing
        if isinstance(self._credentials, WitnessmarkError):
            raise self._credentials
        async with self._opening:
            if self._connection is not None:
                return self._connection
            module = await anyio.to_thread.run_sync(_connection_module)
            connection: Connection = await self._resources.enter_async_context(
                module.open_connection(self._credentials, self._timeouts)
            )
            self._connection = connection
            return connection


@asynccontextmanager
async def open_claude(
    credentials: Credentials | WitnessmarkError | None,
    store: Store,
    clock: Clock | None = None,
    timeouts: Timeouts | None = None,
) -> AsyncGenerator[Claude]:
    """Open the client; leaving the block ends what is under way and closes its connections.

    Shapes:  an error instead of credentials is raised by whoever needs them; None works without
    """
    async with room_for_tasks() as (tasks, resources):
        yield make_claude(credentials, store, tasks, resources, clock, timeouts)


def make_claude(
    credentials: Credentials | WitnessmarkError | None,
    store: Store,
    tasks: TaskGroup,
    resources: AsyncExitStack,
    clock: Clock | None = None,
    timeouts: Timeouts | None = None,
) -> Claude:
    """Make the client as `open_claude` does; it lives as long as its tasks and resources."""
    return Claude(credentials, store, tasks, resources, clock or Clock(), timeouts or Timeouts())


async def _begun_or_done(flight: _Flight) -> None:
    async with anyio.create_task_group() as tasks:

        async def end_after(event: anyio.Event) -> None:
            await event.wait()
            tasks.cancel_scope.cancel()

        tasks.start_soon(end_after, flight.done)
        tasks.start_soon(end_after, flight.patience.begun)


async def _landed(flight: _Flight, on_wait: Callable[[], Awaitable[None]] | None) -> None:
    while not flight.done.is_set():
        with anyio.move_on_after(TELL_EVERY):
            await flight.done.wait()
        if on_wait is not None and not flight.done.is_set():
            await on_wait()


def _documents_keys(plan: Plan) -> set[str]:
    return {key for ask in plan.asks if (key := documents_key(ask)) is not None}


def _is_fresh(kept: StoredAnswer, since: float | None) -> bool:
    return since is None or kept.paid_at >= since


def _connection_module() -> ModuleType:
    """Import the SDK, and let the collector pass over what stays for good: it holds all threads for 0.1 s each time."""
    if CONNECTION_MODULE in sys.modules:
        return importlib.import_module(CONNECTION_MODULE)  # waits for another thread that is importing it
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        module = importlib.import_module(CONNECTION_MODULE)
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()
    return module
