"""One ask, sent until it is answered or cannot be: waits, cures, and what is kept of it."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import anyio

from witnessmark.claude.body import JsonBody
from witnessmark.claude.delivery import Delivered, Delivery, Ways, upload_keys
from witnessmark.claude.failures import AskNotAccepted, AttemptFailed, Failure, ModelNotAvailable, RateLimited
from witnessmark.claude.request import Structure, counting, request_of, without_documents
from witnessmark.claude.timeouts import Timeouts
from witnessmark.claude.understanding import message_text, tokens_of
from witnessmark.errors import ApiError, SetupError, WitnessmarkError
from witnessmark.plans.halving import pages_of
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Ask, ImageBlock, PdfBlock, Plan
from witnessmark.plans.price import price_of, usd_of, usd_without_cache
from witnessmark.store import AskedElsewhere, Reservation, Send, Store, StoredAnswer

if TYPE_CHECKING:
    from witnessmark.claude.connection import Connection

logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds, where the API does not say how long to wait."""
MOST_UNREACHABLE = 4
"""Attempts on an API that cannot be reached: a wrong address does not become right."""
MOST_CURES = 3
LOOK_AFTER = 0.2
"""Seconds between looks whether another process has its answer: nobody tells."""


class SmallerPartNeeded(Exception):
    """The API does not take the request because of what is in it."""

    def __init__(self, failure: Failure, *, is_known: bool = False) -> None:
        super().__init__(failure.kind)
        self.failure = failure
        self.is_known = is_known
        """Whether the request without its documents is known to be taken: then they are to blame."""


class AnswerAwaitedElsewhere(ApiError):
    """Another process has sent the same ask, and this call ends before it is answered."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Another process waits for the answer for {what}.",
            "Call again soon: what it is given is not paid for twice.",
        )


class NobodyWaits(ApiError):
    """Whoever wanted the answer has given up before the ask was sent."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The call was given up before {what} had been sent.", "Call again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time and how to wait, so that a test need not."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """What has been learned of an endpoint in this process."""

    url: str
    has_files: bool = True
    structures: dict[str, Structure] = field(default_factory=dict[str, Structure])
    """By model: how JSON was asked for where it was answered."""
    resumes: dict[str, float] = field(default_factory=dict[str, float])
    """By model: when, by the clock, the API said it may be asked again."""


@dataclass(slots=True, kw_only=True)
class Errand:
    """For what call asks are sent."""

    tool: str
    model: Model
    delivery: Delivery
    reservation: Reservation | None = None
    job: str | None = None
    stopped: WitnessmarkError | None = None
    """Why nothing more may be sent."""


@dataclass(slots=True)
class Patience:
    """How long somebody waits for an ask's answer; whoever waits too may prolong it."""

    deadline: float
    """By the clock: no attempt begins after it. One that is under way goes on, for its answer will be paid for."""
    seen: StoredAnswer | None = None
    """The kept answer that is not good enough; any other that comes is as good as one of our own."""
    is_over: bool = False
    """Whether nobody waits any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends asks over one connection and keeps what comes back."""

    connection: Connection
    store: Store
    endpoint: Endpoint
    clock: Clock
    timeouts: Timeouts

    async def answered(self, ask: Ask, errand: Errand, patience: Patience) -> StoredAnswer:
        """Send an ask until it is answered; the answer is kept before it is returned.

        Errors:  `SmallerPartNeeded`; `PagesLost`; `AskedElsewhere` with the answer that another process has paid for;
                 a `WitnessmarkError` that says who can act
        """
        ways = Ways(files=self.endpoint.has_files)
        unreachable = cures = 0
        wait = FIRST_WAIT
        while True:
            await self._wait_for_turn(ask, errand, patience)
            delivered = Delivered()
            try:
                async with errand.delivery.of(ask, errand.model, ways) as delivered:
                    return await self._attempt(ask, errand, patience, delivered, ways)
            except AttemptFailed as failed:
                failure = failed.failure
                logger.info(
                    "attempt failed", extra={"error": failure.kind, "status": failure.status, "model": ask.model}
                )
                if failure.rule.actor == "nobody now":
                    unreachable += failure.status is None and not failed.may_be_billed
                    if unreachable >= MOST_UNREACHABLE:
                        raise self._told(failure, ask) from failed
                    await self._pause(ask, patience, failure, wait)
                    wait = min(LONGEST_WAIT, wait * 2)
                    continue
                cures += 1
                cured = await self._cured(ask, errand.model, delivered, failed, ways) if cures <= MOST_CURES else None
                if cured is None:
                    raise self._told(failure, ask) from failed
                ways = cured

    async def _attempt(
        self, ask: Ask, errand: Errand, patience: Patience, delivered: Delivered, ways: Ways
    ) -> StoredAnswer:
        structure = ways.structure or self.structure(errand.model)
        body = JsonBody(request_of(ask, delivered.sources, structure))
        send_id = await self._begun(ask, errand, patience)
        try:
            received = await self.connection.message(body, seconds=self.timeouts.attempt(ask.max_tokens))
        except AttemptFailed as failed:
            with anyio.CancelScope(shield=True):
                await self._record(send_id, failed)
            raise
        except BaseException:
            with anyio.CancelScope(shield=True):
                if body.was_sent:
                    await self.store.ambiguous(send_id, kind="Cancelled", tokens=None, request_id=None)
                else:
                    await self.store.refused(send_id, kind="NotSent", request_id=None)
            raise
        self.endpoint.structures[errand.model.id] = structure
        tokens = tokens_of(received.message)
        answer = StoredAnswer(
            content_key=ask.content_key,
            endpoint=self.endpoint.url,
            model=ask.model,
            message=message_text(received.message),
            tokens=tokens,
            usd=usd_of(tokens, errand.model),
            usd_without_cache=usd_without_cache(tokens, errand.model),
            request_id=received.request_id,
            paid_at=time.time(),
        )
        with anyio.CancelScope(shield=True):
            try:
                await self.store.answered(send_id, answer)
            except SetupError as error:
                # The disk is full, say: the answer is paid for and given on, and nothing more is sent.
                logger.error("answer not kept", extra={"error": error.kind})  # noqa: TRY400 - the class says it all
                errand.stopped = error
        return answer

    async def _begun(self, ask: Ask, errand: Errand, patience: Patience) -> int:
        """Write down that an ask is about to be sent, once no other process waits for the answer to the same.

        Errors:  `AskedElsewhere` with the answer that another has paid for; `NobodyWaits`
        """
        if patience.is_over:
            raise NobodyWaits(in_words([ask]))
        send, seconds = send_of(ask, errand, self.endpoint.url), self.timeouts.attempt(ask.max_tokens)
        while True:
            try:
                return await self.store.begin(send, errand.reservation, seen=patience.seen, alone_for=seconds)
            except AskedElsewhere as elsewhere:
                if elsewhere.answer is not None:
                    raise
            if patience.is_over:
                raise AnswerAwaitedElsewhere(in_words([ask]))
            await self.clock.sleep(LOOK_AFTER)

    async def _record(self, send_id: int, failed: AttemptFailed) -> None:
        failure = failed.failure
        if failed.may_be_billed:
            await self.store.ambiguous(send_id, kind=failure.kind, tokens=failed.tokens, request_id=failure.request_id)
        else:
            await self.store.refused(send_id, kind=failure.kind, request_id=failure.request_id)

    async def _cured(
        self, ask: Ask, model: Model, delivered: Delivered, failed: AttemptFailed, ways: Ways
    ) -> Ways | None:
        """Mend what a failure names; None where nothing can.

        Errors:  `SmallerPartNeeded`
        """
        failure, rule = failed.failure, failed.failure.rule
        if not delivered.sources and failure.status == 404 and ways.files:
            self.endpoint.has_files = False  # an endpoint without the Files API
            return replace(ways, files=False)
        if rule.cure == "other delivery" and ways.files:
            return replace(ways, files=False)
        if delivered.file_ids and (rule.cure == "new upload" or rule.error is ModelNotAvailable):
            # Expired, deleted, or of another key's workspace: the last two look like any other thing that is not there.
            for file_id in delivered.file_ids:
                await self.store.forget_upload(file_id)
            return ways
        if rule.actor == "caller" and delivered.urls:
            for url in delivered.urls:
                await self.store.remember_unfetchable(url)
            return ways
        if rule.cure == "smaller images":
            if sum(isinstance(block, ImageBlock) for block in ask.blocks) > 1 or ways.long_edge is not None:
                raise SmallerPartNeeded(failure) from failed
            return replace(ways, long_edge=failure.max_side or 2_000)
        if rule.cure == "smaller part":
            return await self._smaller(ask, model, delivered, failure, ways)
        return None

    async def _smaller(self, ask: Ask, model: Model, delivered: Delivered, failure: Failure, ways: Ways) -> Ways:
        """Find out whether the request is refused for its document or for itself; send either in another form."""
        if failure.rule.actor != "caller":
            raise SmallerPartNeeded(failure)
        structure = ways.structure or self.structure(model)
        is_accepted = await self._is_accepted(ask, structure)
        if not is_accepted and structure == "format" and await self._is_accepted(ask, "tool") is not False:
            return replace(ways, structure="tool")
        if is_accepted is False:
            raise AskNotAccepted(ask.model)
        if delivered.has_own_bytes:
            return replace(ways, rewritten=True)
        raise SmallerPartNeeded(failure, is_known=is_accepted is not None)

    async def _is_accepted(self, ask: Ask, structure: Structure) -> bool | None:
        """Say whether the API takes a request without its documents, by counting it, which is free; None: not known."""
        try:
            await self.connection.count(JsonBody(counting(without_documents(ask, structure))))
        except AttemptFailed as failed:
            return False if failed.failure.status in {400, 422} else None
        return True

    def structure(self, model: Model) -> Structure:
        """Say how JSON is asked for from a model."""
        return self.endpoint.structures.get(model.id, "format" if model.structured_outputs else "tool")

    async def _wait_for_turn(self, ask: Ask, errand: Errand, patience: Patience) -> None:
        """Wait until the API, as it said to whichever ask, may be asked again.

        Errors:  `RateLimited`, where the call would end before; `NobodyWaits`; why the errand was stopped
        """
        while True:
            if patience.is_over:
                raise NobodyWaits(in_words([ask]))
            if errand.stopped is not None:
                raise errand.stopped
            wait = self.endpoint.resumes.get(ask.model, 0.0) - self.clock.now()
            if wait <= 0:
                return
            if self.clock.now() + wait > patience.deadline:
                raise RateLimited(wait)
            await self.clock.sleep(min(wait, 1.0))

    async def _pause(self, ask: Ask, patience: Patience, failure: Failure, wait: float) -> None:
        """Wait as long as the API says, else a while.

        Errors:  the failure's, where the call would end before
        """
        seconds = failure.retry_after if failure.retry_after is not None else wait * random.uniform(0.75, 1.0)  # noqa: S311 - spreads waits, guards nothing
        resumes = self.clock.now() + seconds
        if resumes > patience.deadline:
            raise self._told(failure, ask)
        if failure.retry_after is not None:
            self.endpoint.resumes[ask.model] = max(self.endpoint.resumes.get(ask.model, 0.0), resumes)
        else:
            await self.clock.sleep(seconds)

    def _told(self, failure: Failure, ask: Ask) -> WitnessmarkError:
        return failure.for_caller(model=ask.model, what=in_words([ask]))


def send_of(ask: Ask, errand: Errand, endpoint: str) -> Send:
    """Say what is about to be sent."""
    documents = [block for block in ask.blocks if isinstance(block, PdfBlock | ImageBlock)]
    sources = errand.delivery.sources
    about = next((sources[sha256] for sha256, _ in pages_of(ask)), next(iter(sources.values())))
    estimated = price_of(Plan(asks=(ask,)), errand.model).now
    return Send(
        content_key=ask.content_key,
        endpoint=endpoint,
        model=ask.model,
        tool=errand.tool,
        document=about.sha256,
        document_name=about.name,
        images=sum(len(block.pages) if isinstance(block, PdfBlock) else 1 for block in documents),
        estimated_usd=None if estimated is None else estimated.estimate,
        deliveries=upload_keys(ask, sources),
        job=errand.job,
    )


def in_words(asks: Sequence[Ask]) -> str:
    """Name the pages of asks: `page 3`, `pages 3-5`."""
    from witnessmark.documents.page_range import text_from_pages

    pages = sorted({page for ask in asks for _, page in pages_of(ask)})
    if not pages:
        return "the text"
    return f"page{'s'[: len(pages) > 1]} {text_from_pages(pages)}"
