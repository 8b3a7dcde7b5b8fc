"""A plan, run: each ask answered from the store or by the API, split where it has to be, and told of one by one."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol

import anyio

from witnessmark.claude.attempts import Errand, SmallerPartNeeded, in_words
from witnessmark.claude.delivery import PagesLost
from witnessmark.claude.failures import (
    AskNotAccepted,
    EndpointDiffers,
    FormRefused,
    ModelNotAvailable,
    PagesNotSeen,
    RequestRefused,
)
from witnessmark.claude.understanding import (
    AnswerCut,
    AnswerRepeats,
    AnswerTooLong,
    ContextExceeded,
    NoAnswer,
    value_of,
)
from witnessmark.documents.losses import PageNotTried
from witnessmark.documents.opening import DocumentDamaged
from witnessmark.documents.stops import WorkerStopped
from witnessmark.errors import ApiError, InputError, SetupError, WitnessmarkError
from witnessmark.plans.halving import halved, pages_of, with_more_room
from witnessmark.plans.plan import Ask, Breakpoint, Plan
from witnessmark.store import Quarantined, Store, StoredAnswer

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""Asks of one call that are under way at a time."""
MOST_REFUSED = 8
"""Pages refused one by one, with none accepted, after which the whole document is the matter."""


_LASTING = (SetupError, ModelNotAvailable, AskNotAccepted, EndpointDiffers, FormRefused, PagesNotSeen)
COMPLAINT = "An answer to this could not be used before: {reason}. Answer again, in exactly the form that is asked for."


class PageQuarantined(InputError):
    """The API refused it before, and nothing says that it would take it now."""

    def __init__(self, page: int, reason: str) -> None:
        super().__init__(
            f"Page {page} was not sent again: the API has refused it before. {reason}",
            "Read it with model='offline'; `witnessmark store release` lets it be tried again.",
        )


class AnswerNotParsed(WitnessmarkError):
    """witnessmark itself failed on an answer: the answer is stored, and asking again would not help."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The answer about {what} could not be used: witnessmark itself failed on it.",
            "It is stored and not paid for again. Report the traceback in the log, and call again after an update.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An ask with its answer."""

    ask: Ask
    value: Any
    """The JSON that the schema asks for, or the text where there is no schema, as the tool understands it."""
    answer: StoredAnswer
    was_reused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An ask that will not be answered, and why."""

    ask: Ask
    error: WitnessmarkError


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An ask for which there was no time."""

    ask: Ask


Outcome = Answered | Failed | Left


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What became of a plan, in its order; an ask that was split stands there in its parts."""

    outcomes: tuple[Outcome, ...]
    billed: tuple[StoredAnswer, ...] = ()
    """All answers that were paid for now, those included that were too long or no answer."""
    doubts: tuple[Decimal, ...] = ()
    """What each request may have been billed that broke off without an answer, in USD."""

    @property
    def answered(self) -> tuple[Answered, ...]:
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Answered))

    @property
    def failed(self) -> tuple[Failed, ...]:
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Failed))

    @property
    def untimely_pages(self) -> tuple[int, ...]:
        """The pages for which there was no time."""
        left = [outcome.ask for outcome in self.outcomes if isinstance(outcome, Left)]
        return tuple(sorted({page for ask in left for _, page in pages_of(ask)}))

    @property
    def setup_error(self) -> SetupError | None:
        """What is wrong with the key or the account, where that has stopped the run: no other model helps then."""
        return next((failed.error for failed in self.failed if isinstance(failed.error, SetupError)), None)

    @property
    def left_pages(self) -> tuple[int, ...]:
        """The pages that another call may still get answers for."""
        asks = [
            outcome.ask
            for outcome in self.outcomes
            if isinstance(outcome, Left) or (isinstance(outcome, Failed) and not isinstance(outcome.error, InputError))
        ]
        return tuple(sorted({page for ask in asks for _, page in pages_of(ask)}))


OnPages = Callable[[int], Awaitable[None]]
"""Called with the number of pages that are done."""


class Obtain(Protocol):
    """Gives an ask's answer and whether it was paid for earlier; None when there is no time left."""

    async def __call__(self, ask: Ask, *, anew: bool = False) -> tuple[StoredAnswer, bool] | None: ...


@dataclass(slots=True, kw_only=True)
class Running:
    """One run of a plan."""

    errand: Errand
    store: Store
    obtain: Obtain
    parse: Callable[[Any], Any]
    """Understands the JSON of an answer, or raises an `ApiError`. Any other exception costs that answer alone."""
    quarantined: Mapping[tuple[str, int], Quarantined]
    """Pages that are not sent again."""
    breakpoints: Mapping[str, tuple[Breakpoint, ...]] = field(default_factory=dict[str, "tuple[Breakpoint, ...]"])
    """By content key; others have those of what they are made from."""
    holds_to_json: Callable[[], bool] = lambda: True
    """Says whether the endpoint holds a model to the JSON that is asked for, so that nothing else is ever an answer."""
    billed: list[StoredAnswer] = field(default_factory=list[StoredAnswer])
    done_pages: int = 0
    accepted: int = 0
    refused: dict[tuple[str, int], WitnessmarkError] = field(default_factory=dict[tuple[str, int], WitnessmarkError])
    on_pages: OnPages | None = None

    async def run(self, plan: Plan) -> Run:
        """Run a plan; never raises for what happens to one ask."""
        results: list[list[Outcome]] = [[] for _ in plan.asks]
        limiter = anyio.CapacityLimiter(AT_ONCE)

        async def run_one(index: int, ask: Ask) -> None:
            async with limiter:
                results[index] = await self._outcomes(ask)

        async with anyio.create_task_group() as tasks:
            for index, ask in enumerate(plan.asks):
                tasks.start_soon(run_one, index, ask)
        await self._quarantine()
        return Run(
            outcomes=tuple(outcome for part in results for outcome in part),
            billed=(*self.billed, *self.errand.checks),
            doubts=tuple(self.errand.doubts),
        )

    async def _outcomes(self, ask: Ask) -> list[Outcome]:
        ask = replace(ask, breakpoints=self.breakpoints.get(ask.content_key, ask.breakpoints))
        if barred := [page for page in pages_of(ask) if page in self.quarantined]:
            # In halves, as when it was found: so what was answered beside it is found again.
            entry = self.quarantined[barred[0]]
            return await self._in_halves(ask, PageQuarantined(entry.page, entry.message))
        try:
            outcome = await self._outcome(ask)
        except SmallerPartNeeded as needed:
            error = needed.failure.for_caller(model=ask.model, what=in_words([ask]))
            return await self._in_halves(ask, error, is_to_blame=needed.is_known)
        except PagesLost:
            name = self.errand.delivery.sources[pages_of(ask)[0][0]].name
            return await self._in_halves(ask, DocumentDamaged(name, f"a PDF ({in_words([ask])})"), is_to_blame=True)
        except WorkerStopped as stopped:  # the page alone is lost, and not for good: another machine may draw it
            return await self._in_halves(ask, stopped)
        except PageNotTried:
            outcome = Left(ask=ask)
        except AnswerCut as cut:
            bigger = None if cut.is_repeating else with_more_room(ask, self.errand.model)
            if bigger is not None:
                return await self._outcomes(bigger)
            why = AnswerRepeats if cut.is_repeating else AnswerTooLong
            return await self._in_halves(ask, why(in_words([ask]), ask.model))
        except ContextExceeded:
            return await self._in_halves(ask, AnswerTooLong(in_words([ask]), ask.model))
        except WitnessmarkError as error:
            if isinstance(error, _LASTING):
                self.errand.stopped = error  # neither key nor credit nor model gets better within this call
            outcome = Failed(ask=ask, error=error)
        await self._tell(ask, outcome)
        return [outcome]

    async def _outcome(self, ask: Ask) -> Outcome:
        if self.errand.stopped is not None:
            raise self.errand.stopped
        obtained = await self.obtain(ask)
        if obtained is not None and obtained[1]:
            with suppress(ApiError):
                return await self._answered(ask, *obtained)
            obtained = await self.obtain(ask, anew=True)  # what was kept is of no use
        if obtained is None:
            return Left(ask=ask)
        if obtained[1]:
            return await self._answered(ask, *obtained)
        self.billed.append(obtained[0])
        try:
            return await self._answered(ask, *obtained)
        except ApiError as error:
            if self.holds_to_json() and not isinstance(error, NoAnswer):
                raise
            again = await self._asked_again(ask, error)
        return Left(ask=ask) if again is None else await self._answered(ask, *again)

    async def _asked_again(self, ask: Ask, error: ApiError) -> tuple[StoredAnswer, bool] | None:
        """Ask once more and say why the answer cannot be used: it is empty, or nothing holds the model to the form."""
        reason = getattr(error, "reason", None) or "it does not have the form that was asked for"
        self.errand.complaints[ask.content_key] = COMPLAINT.format(reason=reason)
        obtained = await self.obtain(ask, anew=True)
        if obtained is not None and not obtained[1]:
            self.billed.append(obtained[0])
        return obtained

    async def _answered(self, ask: Ask, answer: StoredAnswer, was_reused: bool) -> Answered:
        def parsed() -> Any:
            value = value_of(
                json.loads(answer.message),
                model=ask.model,
                what=in_words([ask]),
                is_bound=self.holds_to_json(),
                form="json" if ask.schema is not None else "cited" if ask.cites else "text",
            )
            return self.parse(value)

        try:
            value = await anyio.to_thread.run_sync(parsed)  # long answers take a while
        except (WitnessmarkError, AnswerCut, ContextExceeded):
            raise
        except Exception:
            logger.exception("answer not parsed", extra={"model": ask.model})
            raise AnswerNotParsed(in_words([ask])) from None
        self.accepted += 1
        return Answered(ask=ask, value=value, answer=answer, was_reused=was_reused)

    async def _in_halves(self, ask: Ask, error: WitnessmarkError, *, is_to_blame: bool = False) -> list[Outcome]:
        """Ask for each half by itself, so that in the end the page that does not go stands alone."""
        halves = halved(ask)
        if halves is None:
            if is_to_blame and isinstance(error, InputError):
                self._refuse(ask, error)
            outcome = Failed(ask=ask, error=error)
            await self._tell(ask, outcome)
            return [outcome]
        return [outcome for half in halves for outcome in await self._outcomes(half)]

    def _refuse(self, ask: Ask, error: WitnessmarkError) -> None:
        self.refused |= dict.fromkeys(pages_of(ask), error)
        if len(self.refused) >= MOST_REFUSED and not self.accepted:
            self.errand.stopped = error

    async def _tell(self, ask: Ask, outcome: Outcome) -> None:
        if not isinstance(outcome, Left):
            self.done_pages += len(pages_of(ask)) or 1
            if self.on_pages is not None:
                await self.on_pages(self.done_pages)

    async def _quarantine(self) -> None:
        """Remember which pages the API does not take, so that nobody sends them again."""
        refused = dict(self.refused)
        if not self.accepted and len(refused) >= MOST_REFUSED:
            refused = {(sha256, 0): RequestRefused("this document") for sha256, _ in refused}
        for (sha256, page), error in refused.items():
            document = self.errand.delivery.sources[sha256]
            await self.store.quarantine(
                Quarantined(
                    sha256=sha256,
                    page=0 if document.page_count == 1 else page,
                    kind=error.kind,
                    message=error.message,
                    next_step=error.next_step,
                    model=self.errand.model.id,
                    document_name=document.name,
                    since=time.time(),
                )
            )
