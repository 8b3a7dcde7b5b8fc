"""Asking one model after another: who begins, what goes up within every limit on money, and what is said of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

import anyio

from witnessmark.claude.client import Claude
from witnessmark.claude.failures import ModelNotAvailable
from witnessmark.claude.understanding import AnswerRepeats, Declined, NoAnswer, NoStructuredAnswer
from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.errors import BudgetError, SetupError, WitnessmarkError
from witnessmark.plans.halving import pages_of
from witnessmark.plans.models import Model, ModelCannotSee, ModelRetired
from witnessmark.plans.plan import Ask, Plan
from witnessmark.plans.price import price_of
from witnessmark.plans.spending import CostAboveLimit, PriceNotApproved
from witnessmark_tools.definition import Progress
from witnessmark_tools.estimate_cost import usd
from witnessmark_tools.paid import Paid, naming_cost, obstacle_to, reuse_since, run_paid
from witnessmark_tools.results import Cost, pages_in_words
from witnessmark_tools.tables_answer import AnswerUnusable
from witnessmark_tools.terms import Terms

LEAST_SECONDS = 1.0
"""With less time left nobody else is asked."""
OF_THE_MODEL = (Declined, NoStructuredAnswer, NoAnswer, AnswerUnusable, AnswerRepeats)
"""Failures that another model may not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked about a document, on what terms: all that the models of one call have in common."""

    tool: str
    document: Document
    documents: Documents
    claude: Claude
    terms: Terms
    first_plan: Callable[[Model], Plan]
    """Plans what the first model is asked: all pages, as few requests as may be."""
    plan_again: Callable[[Sequence[int], Model], Plan]
    """Plans what a model above it is asked about some pages, each in an ask of its own."""
    parse: Callable[..., Any]
    """Understands an answer of the `model` that it is told of."""
    pages: Sequence[int]
    """All that can be sent."""
    total: int
    """Pages that progress is told of."""
    ends: float | None
    """On the clock of the event loop."""
    max_cost_usd: float | None
    reuse: bool
    progress: Progress
    share_besides: Decimal = Decimal(0)
    """Of what reading costs, what something else may cost on top."""

    @property
    def seconds(self) -> float | None:
        """What is left of the call's time."""
        return None if self.ends is None else self.ends - anyio.current_time()


@dataclass(slots=True, kw_only=True)
class Climb:
    """A document on its way up, and what that has come to."""

    call: Call
    settled: set[int] = field(default_factory=set[int])
    """Pages that go no further; those among them for whose price there is no room."""
    cost: Cost = field(default_factory=Cost)
    spent_usd: Decimal = Decimal(0)
    worth_usd: Decimal = Decimal(0)
    """What the answers have cost, also those that were paid for earlier."""
    engines: list[str] = field(default_factory=list[str])
    """The models that have answered."""
    told: list[str] = field(default_factory=list[str])
    done: float = 0.0
    stopped: SetupError | None = None
    """What is wrong with the key or the account: nobody else is asked then."""

    async def begin(self, models: Sequence[Model]) -> tuple[Paid, Model, Sequence[Model]]:
        """Have the first model that is there read all pages.

        Shapes:  what it came to, the model, and the models above it
        Errors:  as `run_paid`
        """
        refusal: WitnessmarkError | None = None
        for index, rung in enumerate(models):
            try:
                model = await self.call.claude.model(rung.id)
                plan = await anyio.to_thread.run_sync(self.call.first_plan, model, abandon_on_cancel=True)
                paid = await self.run(plan, model, so_far_usd=None)
            except PriceNotApproved as price:
                raise price.up_to(await self._most(models[index:])) from None
            except (ModelRetired, ModelCannotSee) as error:
                refusal = error
                continue
            failed = paid.run.failed
            if failed and not paid.run.answered:
                refusal = failed[0].error
                if isinstance(refusal, ModelNotAvailable):
                    continue
                if not all(isinstance(one.error, OF_THE_MODEL) for one in failed):
                    raise naming_cost(refusal, paid.cost, paid.run.doubts)
            return paid, model, models[index + 1 :]
        assert refusal is not None, "the ladder has models"
        raise refusal

    async def _most(self, models: Sequence[Model]) -> Decimal:
        """Say what the call may come to where every page goes up to the last model, what comes besides included."""

        def summed() -> Decimal:
            plans = [(self.call.first_plan(models[0]), models[0])]
            plans += [(self.call.plan_again(self.call.pages, model), model) for model in models[1:]]
            return sum((estimate(plan, model) for plan, model in plans), Decimal(0)) * (1 + self.call.share_besides)

        return await anyio.to_thread.run_sync(summed, abandon_on_cancel=True)

    async def again(
        self, pages: Sequence[int], rung: Model, about: Callable[[Sequence[int]], str]
    ) -> tuple[Paid, Model] | None:
        """Have a model read pages again, the most doubtful first; nothing that happens to it costs what is there.

        Shapes:  `about` says why some pages are to be read again; None where nothing was asked, which `told` explains
        """
        if self.stopped is not None:
            return None  # the warning about what stopped it says it
        if self.call.seconds is not None and self.call.seconds < LEAST_SECONDS:
            self.tell(pages, f"There was no time to have {rung.id} read", "Call again for that.", about)
            return None
        try:
            model = await self.call.claude.model(rung.id)
            pages = await self._affordable(pages, model, about)
            if not pages:
                return None
            plan = await anyio.to_thread.run_sync(self.call.plan_again, sorted(pages), model)
            paid = await self.run(plan, model, so_far_usd=self.spent_usd)
        except WitnessmarkError as error:
            if not isinstance(error, ModelRetired | ModelCannotSee):
                self.tell(pages, f"{rung.id} did not read", f"{error}", about)
            return None
        if left := paid.run.untimely_pages:
            self.tell(left, f"There was no time for {model.id} to read", "Call again for its answer.", about)
        return paid, model

    async def _affordable(
        self, pages: Sequence[int], model: Model, about: Callable[[Sequence[int]], str]
    ) -> Sequence[int]:
        """Choose the pages that limits on money leave room for, the most doubtful first, and say which they do not."""
        call = self.call
        plan = await anyio.to_thread.run_sync(call.plan_again, pages, model)
        since = reuse_since(call.terms, reuse=call.reuse)
        unpaid = await call.claude.unpaid(plan, (call.document,), model=model, reuse_since=since)
        due = {page: [ask for ask in unpaid.plan.asks if page_numbers(ask) == [page]] for page in pages}
        free, dear = [page for page in pages if not due[page]], [page for page in pages if due[page]]

        def asks(some: Sequence[int]) -> Plan:
            return Plan(asks=tuple(ask for page in some for ask in due[page]))

        async def obstacle(count: int) -> BudgetError | None:
            return await obstacle_to(
                asks(dear[:count]),
                model,
                claude=call.claude,
                terms=call.terms,
                max_cost_usd=call.max_cost_usd,
                so_far_usd=self.spent_usd,
            )

        in_the_way = await obstacle(len(dear)) if dear else None
        if in_the_way is None:
            return pages
        fits, too_many = 0, len(dear)
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if await obstacle(middle) is None:
                fits = middle
            else:
                too_many = middle
        left = dear[fits:]
        self.settled.update(left)
        price = estimate(asks(left), model)
        self.tell(left, f"For about ${usd(float(price))} {model.id} would read", _allowed(in_the_way, price), about)
        return [*free, *dear[:fits]]

    def tell(self, pages: Sequence[int], what: str, why: str, about: Callable[[Sequence[int]], str]) -> None:
        """Say which pages stay as they are, and what would change that."""
        named = pages_in_words(sorted(pages)).lower()
        self.told.append(f"{what} {named} again ({about(sorted(pages))}). {why}")

    async def run(self, plan: Plan, model: Model, *, so_far_usd: Decimal | None) -> Paid:
        """Run a plan; None for `so_far_usd` says that nobody was asked yet.

        Errors:  as `run_paid`
        """
        call, pages = self.call, sorted({page for ask in plan.asks for page in page_numbers(ask)})
        before, total = self.done, self.done + (len(pages) if so_far_usd is not None else call.total)
        again = "" if so_far_usd is None else " again"
        beats = 0

        async def on_pages(done: int) -> None:
            self.done = max(self.done, before + done)
            await call.progress(self.done, total, f"{model.id} has read {done} of {len(pages)} pages{again}")

        async def on_wait() -> None:
            nonlocal beats
            beats += 1
            # A little more each time, and never a page more.
            await call.progress(self.done + 1 - 0.9**beats, total, f"{model.id} is reading{again}")

        seconds = call.seconds
        paid = await run_paid(
            plan,
            model,
            tool=call.tool,
            claude=call.claude,
            terms=call.terms,
            documents=call.documents,
            sources=(call.document,),
            seconds=None if seconds is None else max(LEAST_SECONDS, seconds),
            max_cost_usd=call.max_cost_usd,
            reuse=call.reuse,
            parse=functools.partial(call.parse, model=model.id),
            on_pages=on_pages,
            on_wait=on_wait,
            so_far_usd=so_far_usd,
            gives_failures=True,
        )
        self.cost += paid.cost
        self.spent_usd += paid.spent_usd
        self.worth_usd += paid.worth_usd
        self.told += [sentence for sentence in paid.warnings if sentence not in self.told]
        self.stopped = self.stopped or paid.run.setup_error
        if paid.run.answered and model.id not in self.engines:
            self.engines.append(model.id)
        return paid


def page_numbers(ask: Ask) -> list[int]:
    """List the pages that an ask is about."""
    return [page for _, page in pages_of(ask)]


def estimate(plan: Plan, model: Model) -> Decimal:
    """Say what a plan is thought to cost; nothing where no price is known."""
    price = price_of(plan, model).now
    return Decimal(0) if price is None else price.estimate


def _allowed(obstacle: BudgetError, price: Decimal) -> str:
    """Say what limit is in the way, and what would allow a price."""
    if isinstance(obstacle, CostAboveLimit | PriceNotApproved):
        cents = (price * 100).to_integral_value(ROUND_CEILING) / 100
        limit = (
            "max_cost_usd does not allow it" if isinstance(obstacle, CostAboveLimit) else "Nobody has agreed to that"
        )
        return f"{limit}: call again with max_cost_usd={cents:.2f}; what was paid for costs nothing again."
    return f"A limit set here does not allow it ({obstacle.kind})."
