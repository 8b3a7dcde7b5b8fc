"""One ask, sent until it is answered or cannot be: waits, cures, and what is kept of it."""

from __future__ import annotations

import functools
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anyio

from witnessmark.claude.body import JsonBody
from witnessmark.claude.cache_reads import UNKNOWN, is_diagnosed
from witnessmark.claude.cache_use import CacheUse
from witnessmark.claude.delivery import Delivered, Delivery, TooLargeToSend, Ways, upload_keys, way_of
from witnessmark.claude.endpoint import Endpoint, Feature
from witnessmark.claude.failures import (
    RULES,
    ApiTimeout,
    AskNotAccepted,
    AttemptFailed,
    Failure,
    FormRefused,
    ModelNotAvailable,
    PagesNotSeen,
    UploadFailed,
)
from witnessmark.claude.leading import Lead, Leads
from witnessmark.claude.pacing import Pacing, Turn
from witnessmark.claude.probing import REFUSALS, Probe, changes
from witnessmark.claude.request import Form, counting, request_of, without_documents
from witnessmark.claude.timeouts import Timeouts
from witnessmark.claude.understanding import (
    calls_the_tool,
    cites,
    is_free_refusal,
    is_json,
    is_whole,
    message_text,
    tokens_of,
)
from witnessmark.errors import ApiError, SetupError, WitnessmarkError
from witnessmark.plans.halving import pages_of
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Ask, ImageBlock, LinesBlock, PdfBlock, Plan, TextDocumentBlock, prompt_tokens
from witnessmark.plans.price import price_of, usd_of, usd_without_cache
from witnessmark.plans.tokens import tokens_of_text
from witnessmark.store import AskedElsewhere, Prefix, Reservation, Send, Store, StoredAnswer, Tokens

if TYPE_CHECKING:
    from witnessmark.claude.connection import Connection

logger = logging.getLogger(__name__)

MOST_UNREACHABLE = 4
"""Attempts on an API that cannot be reached: a wrong address does not become right."""
MOST_CURES = 4
MOST_ODD = 2
"""Failures of its own side in a row, after which an endpoint that is not the Claude API may mean that it takes not all
of the request."""
_NOT_THERE = frozenset({404, 405, 501})
LOOK_AFTER = 0.2
"""Seconds between looks whether another process has its answer: nobody tells."""


_TOO_LARGE = Failure(rule=RULES["ContentTooLargeError"], retry_after=None, request_id=None, status=413)
"""Of a request that is not even sent."""


class SmallerPartNeeded(Exception):
    """The API does not take the request because of what is in it."""

    def __init__(self, failure: Failure, *, is_known: bool = False) -> None:
        super().__init__(failure.kind)
        self.failure = failure
        self.is_known = is_known
        """Whether the request without its documents is known to be taken: then they are to blame."""


class AnsweredByAnother(Exception):
    """What was taken for the Claude API is something else for this model, and may not have seen what was sent."""


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
    wall: Callable[[], float] = time.time
    """Seconds since 1970, which all processes share."""


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
    call: str = field(default_factory=lambda: secrets.token_hex(8))
    """Names the call in the ledger."""
    complaints: dict[str, str] = field(default_factory=dict[str, str])
    """By content key: what was wrong with the answer before, for the model to read."""
    checks: list[StoredAnswer] = field(default_factory=list[StoredAnswer])
    """What was paid besides answers, to find out what the endpoint can."""
    doubts: list[Decimal] = field(default_factory=list[Decimal])
    """What each request may have cost that broke off without an answer, in USD."""


@dataclass(slots=True)
class Patience:
    """How long somebody waits for an ask's answer; whoever waits too may prolong it."""

    deadline: float
    """By the clock: no attempt begins after it. One that is under way goes on, for its answer will be paid for."""
    seen: StoredAnswer | None = None
    """The kept answer that is not good enough; any other that comes is as good as one of our own."""
    is_over: bool = False
    """Whether nobody waits any more."""
    on_end: Callable[[], None] | None = None
    """Called when nobody waits any more, while the ask waits for its turn."""
    on_hang: Callable[[], None] | None = None
    """Called when nobody waits any more, while the response to the ask has not begun."""
    begun: anyio.Event = field(default_factory=anyio.Event)
    """Set when a response begins."""

    def end(self) -> None:
        """Say that nobody waits any more: what is under way goes on, and nothing new begins."""
        self.is_over, self.deadline = True, 0.0
        for act in (self.on_end, self.on_hang):
            if act is not None:
                act()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends asks over one connection and keeps what comes back."""

    connection: Connection
    store: Store
    endpoint: Endpoint
    clock: Clock
    timeouts: Timeouts
    leads: Leads
    pacing: Pacing

    async def answered(self, ask: Ask, errand: Errand, patience: Patience) -> StoredAnswer:
        """Send an ask until it is answered; the answer is kept before it is returned.

        Errors:  `SmallerPartNeeded`; `PagesLost`; `AskedElsewhere` with the answer that another process has paid for;
                 a `WitnessmarkError` that says who can act
        """
        async with self._first_alone(errand.model, patience):
            return await self._answered(ask, errand, patience)

    async def _answered(self, ask: Ask, errand: Errand, patience: Patience) -> StoredAnswer:
        ways = self.endpoint.ways(errand.model)
        unreachable = odd = cures = 0
        place = self.pacing.place(ask, errand, patience, seconds=self.timeouts.attempt(ask.max_tokens))
        while True:
            delivered = Delivered()
            try:
                async with self.leads.lead(ways.form.cached(ask)) as lead:
                    place.expect(self.leads.tokens_kept(lead))
                    async with place.taken() as turn:
                        if not self.is_trusted(errand.model):
                            ways = await self._looked(ask, errand, ways)
                        async with errand.delivery.of(ask, errand.model, ways) as delivered:
                            return await self._attempt(ask, errand, patience, delivered, ways, lead, turn)
            except AskedElsewhere as elsewhere:
                if elsewhere.answer is not None:
                    raise
                await self._leave_to_other(ask, elsewhere.send, patience)
            except TooLargeToSend:
                raise SmallerPartNeeded(_TOO_LARGE) from None
            except AnsweredByAnother:
                ways = self.endpoint.ways(errand.model)
            except AttemptFailed as failed:
                failure = failed.failure
                logger.info(
                    "attempt failed", extra={"error": failure.kind, "status": failure.status, "model": ask.model}
                )
                odd += failure.status == 500
                if failure.rule.actor == "nobody now" and not self._may_be_a_lack(failed, errand.model, odd):
                    unreachable += failure.status is None and not failed.may_be_billed
                    if unreachable >= MOST_UNREACHABLE or place.is_too_late:
                        raise self._told(failure, ask) from failed
                    continue
                cures += 1
                try:
                    cured = await self._cured(ask, errand, delivered, failed, ways) if cures <= MOST_CURES else None
                except AttemptFailed as other:  # what it takes cannot be found out now
                    place.put_off(other.failure)
                    if place.is_too_late:
                        raise self._told(other.failure, ask) from other
                    continue
                if cured is None:
                    error = self._told(failure, ask)
                    if isinstance(error, SetupError | ModelNotAvailable):
                        errand.stopped = error  # those that wait for their turn are not sent
                    raise error from failed
                ways = cured

    def is_trusted(self, model: Model) -> bool:
        """Say whether the Claude API answers, itself or behind a gateway that leaves its headers as they are.

        A gateway may have models of both kinds; until one has answered, who lists it counts.
        """
        presumed = bool(self.connection.is_signed) and not self.endpoint.was_looked_at(model.id)
        return self.endpoint.is_claude_api or self.endpoint.signed.get(model.id, presumed)

    def _is_new(self, model: Model) -> bool:
        """Say whether it is yet to be seen in which form something else than the Claude API takes requests."""
        return not self.is_trusted(model) and model.id not in self.endpoint.structures

    def _may_be_a_lack(self, failed: AttemptFailed, model: Model, odd: int) -> bool:
        """Say whether what looks like a bad day may be how something else than the Claude API refuses a request."""
        if self.is_trusted(model) or failed.failure.status is None:
            return False
        return isinstance(failed, UploadFailed) or (odd == MOST_ODD and self._is_new(model))

    @asynccontextmanager
    async def _first_alone(self, model: Model, patience: Patience) -> AsyncGenerator[None]:
        """Let the first ask to what may not be the Claude API go alone, so that each thing is found out once.

        Errors:  `ApiTimeout`, where nobody waits any more when its turn comes
        """
        if self.connection.is_signed is None and not self.endpoint.is_known:
            await self._greeted(model)
        if not self._is_new(model) or (self.connection.is_signed is None and not self.endpoint.is_known):
            yield  # nothing has answered yet: there is nothing to find out
            return
        async with self.endpoint.alone(model.id):
            is_first = self._is_new(model)
            if is_first:
                if patience.is_over:
                    raise ApiTimeout
                yield
        if not is_first:
            if patience.is_over:
                raise ApiTimeout
            yield

    async def _greeted(self, model: Model) -> None:
        """Ask the Models API something, which is free, once: all that counts is who answers."""
        async with self.endpoint.alone(""):
            if self.connection.is_signed is None and not self.endpoint.was_greeted:
                self.endpoint.was_greeted = True
                with suppress(AttemptFailed):
                    await self.connection.model(model.id)

    async def _attempt(
        self,
        ask: Ask,
        errand: Errand,
        patience: Patience,
        delivered: Delivered,
        ways: Ways,
        lead: Lead,
        turn: Turn,
    ) -> StoredAnswer:
        use = CacheUse(
            ask=ways.form.cached(ask),
            model=errand.model,
            endpoint=self.endpoint.url,
            store=self.store,
            leads=self.leads,
            lead=lead,
            way=way_of(delivered, ways),
        )
        await use.look()
        complaint = errand.complaints.get(ask.content_key)
        body = JsonBody(request_of(ask, delivered.sources, ways.form, complaint=complaint) | self._wondering(use))
        if patience.is_over:
            raise NobodyWaits(in_words([ask]))
        seconds = self.timeouts.attempt(ask.max_tokens)
        send = send_of(ask, errand, self.endpoint.url, use.prefix(errand.call))
        # Refused where another process waits for the answer to the same, was given it, or writes what this would read.
        send_id = await self.store.begin(send, errand.reservation, seen=patience.seen, alone_for=seconds)
        turn.is_sent = lambda: body.was_sent
        patience.on_hang = lead.release  # a call that was given up keeps no other waiting

        def on_head(headers: Mapping[str, str]) -> None:
            patience.begun.set()
            turn.begun(headers)

        try:
            received = await self.connection.message(
                body, seconds=seconds, on_head=on_head, on_begun=functools.partial(use.begun, send_id)
            )
        except AttemptFailed as failed:
            with anyio.CancelScope(shield=True):
                await self._record(send_id, failed, send, ask, errand)
            raise
        except BaseException:
            with anyio.CancelScope(shield=True):
                if body.was_sent:
                    await self.store.ambiguous(send_id, kind="Cancelled", tokens=None, request_id=None, usd=None)
                else:
                    await self.store.refused(send_id, kind="NotSent", request_id=None)
            raise
        is_free = is_free_refusal(received.message)
        tokens = tokens_of(received.message)
        miss = use.miss(tokens, received.message)
        self.endpoint.is_puzzling |= miss is not None and miss.reason == UNKNOWN
        turn.answered(tokens)
        answer = StoredAnswer(
            content_key=ask.content_key,
            endpoint=self.endpoint.url,
            model=ask.model,
            message=message_text(received.message),
            tokens=Tokens() if is_free else tokens,
            usd=Decimal(0) if is_free else usd_of(tokens, errand.model),
            usd_without_cache=Decimal(0) if is_free else usd_without_cache(tokens, errand.model),
            request_id=received.request_id,
            paid_at=time.time(),
            message_id=received.message.get("id"),
            cache_miss=miss,
        )
        is_by_another = self.is_trusted(errand.model) and not (received.is_signed or self.endpoint.is_claude_api)
        self.endpoint.signed[errand.model.id] = received.is_signed
        kept = replace(answer, content_key=f"{ask.content_key} unsigned") if is_by_another else answer
        with anyio.CancelScope(shield=True):
            try:
                await self.store.answered(send_id, kept)
            except SetupError as error:
                # The disk is full, say: the answer is paid for and given on, and nothing more is sent.
                logger.error("answer not kept", extra={"error": error.kind})  # noqa: TRY400 - the class says it all
                errand.stopped = error
        spent = {"model": ask.model, "input_tokens": tokens.prompt, "output_tokens": tokens.output}
        logger.debug("request answered", extra=spent | {"request_id": received.request_id})
        if is_by_another:
            await self._check(ask, errand, answer, ways)
            await self.store.answered(send_id, answer)
        self.endpoint.structures[errand.model.id] = ways.form.structure
        if not self.is_trusted(errand.model):
            await self._judge(ask, errand.model, received.message, ways.form)
        return answer

    async def _check(self, ask: Ask, errand: Errand, answer: StoredAnswer, ways: Ways) -> None:
        """See whether a model can have seen what it has answered about.

        Errors:  `AnsweredByAnother`, `PagesNotSeen`: the answer is paid for and not to be used
        """
        errand.checks.append(answer)
        if await self._looked(ask, errand, ways) != ways:
            raise AnsweredByAnother
        errand.checks.remove(answer)

    def _wondering(self, use: CacheUse) -> dict[str, Any]:
        """Ask the API to say why the cache gives less than it should, once it has done so for no reason that we know.

        It compares with what it remembers of an earlier request, which has to have asked as well; and costs nothing.
        """
        if not (use.lead.keys and self.endpoint.is_puzzling and is_diagnosed(self.endpoint.url)):
            return {}
        return {"diagnostics": {"previous_message_id": use.hoped.message_id}}

    async def _leave_to_other(self, ask: Ask, send: Send, patience: Patience) -> None:
        """Wait until no other process waits for the answer to the same ask, or writes what this one would read.

        Errors:  `AskedElsewhere` with the answer that another has paid for; `AnswerAwaitedElsewhere`
        """
        seconds = self.timeouts.attempt(ask.max_tokens)
        while True:
            if patience.is_over:
                raise AnswerAwaitedElsewhere(in_words([ask]))
            await self.clock.sleep(LOOK_AFTER)
            try:
                return await self.store.check_elsewhere(send, seen=patience.seen, alone_for=seconds)
            except AskedElsewhere as elsewhere:
                if elsewhere.answer is not None:
                    raise

    async def _record(self, send_id: int, failed: AttemptFailed, send: Send, ask: Ask, errand: Errand) -> None:
        failure = failed.failure
        if failed.may_be_billed:
            begun = None if failed.tokens is None else _cost_so_far(ask, errand.model, failed.tokens, failed.written)
            usd = await self.store.ambiguous(
                send_id, kind=failure.kind, tokens=failed.tokens, request_id=failure.request_id, usd=begun
            )
            errand.doubts.append(usd or send.estimated_usd or Decimal(0))
        else:
            await self.store.refused(send_id, kind=failure.kind, request_id=failure.request_id)

    async def _cured(
        self, ask: Ask, errand: Errand, delivered: Delivered, failed: AttemptFailed, ways: Ways
    ) -> Ways | None:
        """Mend what a failure names; None where nothing can.

        Errors:  `SmallerPartNeeded`
        """
        model, failure, rule = errand.model, failed.failure, failed.failure.rule
        if isinstance(failed, UploadFailed) and ways.files:
            return await self._without_files(failure, model, ways)
        if rule.cure == "other delivery" and ways.files:
            return replace(ways, files=False)
        if delivered.file_ids and (rule.cure == "new upload" or rule.error is ModelNotAvailable):
            return await self._without_lost(delivered.file_ids, errand, ways, is_known=rule.cure == "new upload")
        if rule.actor == "caller" and delivered.urls:
            for url in delivered.urls:
                await self.store.remember_unfetchable(url)
            return ways
        if rule.cure == "smaller images":
            if sum(isinstance(block, ImageBlock) for block in ask.blocks) > 1 or ways.long_edge is not None:
                raise SmallerPartNeeded(failure) from failed
            return replace(ways, long_edge=failure.max_side or 2_000)
        is_proven = self.endpoint.structures.get(model.id) == ways.form.structure
        if not self.is_trusted(model) and not is_proven and failure.status in REFUSALS - {404}:
            return await self._fitted(ask, errand, delivered, failure, ways)
        if rule.cure == "smaller part":
            return await self._smaller(ask, model, delivered, failure, ways)
        return None

    async def _without_lost(
        self, file_ids: Sequence[str], errand: Errand, ways: Ways, *, is_known: bool
    ) -> Ways | None:
        """Forget the uploads that are gone, so that they are made again; None where all are there.

        Expired ones are told by their error. Deleted ones, and those of another key's workspace, look like a model that
        is not there: the Files API is asked, which is free.
        """
        lost = [file_id for file_id in file_ids if is_known or not await self.connection.has_file(file_id)]
        errand.delivery.shared.forget(lost)
        for file_id in lost:
            await self.store.forget_upload(file_id)
        return ways if lost else None

    async def _without_files(self, failure: Failure, model: Model, ways: Ways) -> Ways | None:
        """Send what could not be uploaded in the request; whether there is a Files API, its list says.

        One upload that finds nothing there may be a bad day; so may two, but then the day is bad enough.
        """
        is_odd = failure.status in _NOT_THERE or not failure.is_of_the_api
        if self.is_trusted(model) and not is_odd:
            return replace(ways, files=False) if failure.rule.cure == "other delivery" else None
        self.endpoint.lost_uploads += 1
        if self.endpoint.lost_uploads > 1 or not await self.connection.has_files():
            await self.endpoint.learn("files", "absent")
        return replace(ways, files=False)

    async def _looked(self, ask: Ask, errand: Errand, ways: Ways) -> Ways:
        """Make sure that a model sees what it is sent, before it is asked; what never reaches it goes in another way.

        Errors:  `PagesNotSeen`; `AttemptFailed`, where that cannot be said now
        """
        model = errand.model
        kinds: list[Feature] = []
        if any(isinstance(block, PdfBlock) for block in ask.blocks):
            kinds.append("documents")
        if any(isinstance(block, TextDocumentBlock | LinesBlock) for block in ask.blocks):
            kinds.append("text documents")
        for kind in kinds:
            await self._look_at(kind, errand)
        has_documents = ways.documents and not self.endpoint.lacks("documents", model.id)
        if any(isinstance(block, ImageBlock) for block in ask.blocks) or ("documents" in kinds and not has_documents):
            await self._look_at("images", errand)
            if self.endpoint.state("images", model.id) in {"refused", "ignored"}:
                raise PagesNotSeen(model.id)
        form = replace(ways.form, text_documents=not self.endpoint.lacks("text documents", model.id))
        return replace(ways, documents=has_documents, form=form)

    async def _look_at(self, kind: Feature, errand: Errand) -> None:
        model = errand.model
        if self.endpoint.state(kind, model.id) is None and not self.is_trusted(model):
            await self.endpoint.learn(kind, await self._probe(errand).sight(kind, model), model.id)

    async def _fitted(self, ask: Ask, errand: Errand, delivered: Delivered, failure: Failure, ways: Ways) -> Ways:
        """Find out for what a request is refused: its form, which is then another, or the document in it.

        Errors:  `FormRefused`, `SmallerPartNeeded`; `AttemptFailed`, where that cannot be said now
        """
        model, probe = errand.model, self._probe(errand)
        if failure.status == 500:
            await probe.greet(model)  # else it is down
        if await probe.is_taken(ask, model, ways.form):
            # With all the room for its answer, too, what is left is the document.
            is_known = failure.status != 500 and await probe.is_taken(ask, model, ways.form, ask.max_tokens)
            if is_known:
                self.endpoint.structures[model.id] = ways.form.structure
            if delivered.has_own_bytes:
                return replace(ways, rewritten=True)
            raise SmallerPartNeeded(failure, is_known=is_known)
        form = await probe.fitting(ask, model, ways.form, failure)
        if form is None:
            raise FormRefused(model.id)
        for what in changes(ways.form, form):
            await self.endpoint.learn(what, "refused", model.id)
        return replace(ways, form=form)

    async def _judge(self, ask: Ask, model: Model, message: dict[str, Any], form: Form) -> None:
        """Learn from an answer what of the request was ignored."""
        if ask.schema is not None and is_whole(message):
            if form.structure == "format" and not is_json(message):
                await self.endpoint.learn("structured outputs", "ignored", model.id)
            elif form.structure == "tool" and not calls_the_tool(message):
                await self.endpoint.learn("tools", "ignored", model.id)
        if ask.cites and form.citations and is_whole(message) and not cites(message):
            await self.endpoint.learn("citations", "ignored", model.id)
        if ask.breakpoints and form.caching != "none":
            prompt, tokens = prompt_tokens(ask, model), tokens_of(message)
            kept = prompt.read + prompt.written
            if kept.total.low >= 2 * model.cache_min_tokens and tokens.prompt == tokens.input:
                await self.endpoint.learn("caching", "ignored", model.id)

    def _probe(self, errand: Errand) -> Probe:
        return Probe(
            connection=self.connection,
            store=self.store,
            endpoint=self.endpoint,
            timeouts=self.timeouts,
            paid=errand.checks,
        )

    async def _smaller(self, ask: Ask, model: Model, delivered: Delivered, failure: Failure, ways: Ways) -> Ways:
        """Find out whether the request is refused for its document or for itself; send either in another form."""
        if failure.rule.actor != "caller":
            raise SmallerPartNeeded(failure)
        is_accepted = await self._is_accepted(ask, model, ways.form)
        tool = replace(ways.form, structure="tool")
        if (
            not is_accepted
            and ways.form.structure == "format"
            and await self._is_accepted(ask, model, tool) is not False
        ):
            return replace(ways, form=tool)
        if is_accepted is False:
            raise AskNotAccepted(ask.model)
        if delivered.has_own_bytes:
            return replace(ways, rewritten=True)
        raise SmallerPartNeeded(failure, is_known=is_accepted is not None)

    async def _is_accepted(self, ask: Ask, model: Model, form: Form) -> bool | None:
        """Say whether the API takes a request without its documents, by counting it, which is free; None: not known.

        What is not the Claude API may count anything; but it takes the form in which it has answered before.
        """
        if not self.is_trusted(model):
            return True if self.endpoint.structures.get(model.id) == form.structure else None
        if self.endpoint.lacks("counting"):
            return None
        try:
            await self.connection.count(JsonBody(counting(without_documents(ask, form))))
        except AttemptFailed as failed:
            await self.learn_of_counting(failed.failure, model)
            return False if failed.failure.status in {400, 422} else None
        return True

    async def learn_of_counting(self, failure: Failure, model: Model) -> None:
        """Learn that nothing is counted, where that is sure: a model that is not there is answered alike."""
        is_of_the_model = failure.is_of_the_api and (self.is_trusted(model) or model.id not in self.endpoint.structures)
        if failure.status in {405, 501} or (failure.status in {200, 404} and not is_of_the_model):
            await self.endpoint.learn("counting", "absent")

    def _told(self, failure: Failure, ask: Ask) -> WitnessmarkError:
        return failure.for_caller(model=ask.model, what=in_words([ask]))


def _cost_so_far(ask: Ask, model: Model, tokens: Tokens, written: str) -> Decimal | None:
    """Estimate what is billed for an answer that broke off: between what had come and what was expected of it.

    The API may have written on. How much it says only at the end.
    """
    come = max(tokens.output, tokens_of_text(written, model).estimate)
    whole = max(come, ask.expected_output.estimate)
    return usd_of(replace(tokens, output=(come + whole) // 2), model)


def send_of(ask: Ask, errand: Errand, endpoint: str, prefix: Prefix | None = None) -> Send:
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
        prefix=prefix,
    )


def in_words(asks: Sequence[Ask]) -> str:
    """Name the pages of asks: `page 3`, `pages 3-5`."""
    from witnessmark.documents.page_range import text_from_pages

    pages = sorted({page for ask in asks for _, page in pages_of(ask)})
    if not pages:
        return "the text"
    return f"page{'s'[: len(pages) > 1]} {text_from_pages(pages)}"
