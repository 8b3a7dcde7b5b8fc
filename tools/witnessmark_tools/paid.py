"""Asking Claude on a tool's behalf: who reads, what it may cost, what it came to."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from witnessmark.claude.call_budget import CallBudgetReached
from witnessmark.claude.client import WAITS_WITHOUT_DEADLINE, Claude, Work
from witnessmark.claude.running import OnPages, Run
from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.errors import BudgetError, SetupError, WitnessmarkError
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Plan
from witnessmark.plans.price import Usd, price_of
from witnessmark.plans.spending import check_price
from witnessmark.store import Budgets, Tokens
from witnessmark_tools.results import Cost
from witnessmark_tools.terms import OUTLASTS_SECONDS, Terms

LOST_USD, LOST_SHARE = Decimal("0.05"), Decimal("0.1")
"""What is lost to the cache and worth a word: so much, and so much of what the call cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What a plan came to."""

    run: Run
    cost: Cost
    warnings: list[str] = field(default_factory=list[str])
    """What the endpoint lacks, where that was not said before; that a price is not known; money lost to the cache."""

    @property
    def worth_usd(self) -> Decimal:
        """What its answers have cost, also those that were paid for earlier; none of what is not known."""
        return sum((answered.answer.usd or Decimal(0) for answered in self.run.answered), Decimal(0))

    @property
    def spent_usd(self) -> Decimal:
        """What it has cost, as far as that is known, else what it was thought to; with what may have been billed."""
        known = self.cost.usd if self.cost.usd is not None else self.cost.estimated_usd
        return Decimal(str(known or 0)) + sum(self.run.doubts, Decimal(0))


async def run_paid(
    plan: Plan,
    model: Model,
    *,
    tool: str,
    claude: Claude,
    terms: Terms,
    documents: Documents,
    sources: tuple[Document, ...],
    seconds: float | None,
    max_cost_usd: float | None,
    reuse: bool,
    parse: Callable[[Any], Any],
    on_pages: OnPages | None = None,
    on_wait: Callable[[], Awaitable[None]] | None = None,
    so_far_usd: Decimal | None = None,
    gives_failures: bool = False,
) -> Paid:
    """Run a plan within every limit on money; what was paid for earlier is neither priced nor sent again.

    Shapes:  `so_far_usd` is what other models have cost the call, which nobody is asked about again: what is agreed to
             holds for all of it; None: nobody was asked yet. `gives_failures` says that a run in which everything
             failed is given on, too
    Errors:  `BudgetError` kinds and `DocumentQuarantined` before anything is sent; what made everything fail
    """
    job, since = terms.job, reuse_since(terms, reuse=reuse)
    unpaid = await claude.unpaid(plan, sources, model=model, reuse_since=since)
    price = price_of(unpaid.plan, model).now
    spent = (so_far_usd or Decimal(0)) + (job.spent_usd if job is not None else Decimal(0))
    max_usd = _checked(price, model, terms, max_cost_usd, spent, is_agreed=so_far_usd is not None)
    left = await claude.store.left(_budgets(terms))
    if left is not None and max_usd is not None:
        max_usd = min(max_usd, spent + left)
    async with claude.store.reserving(price.estimate if price else Decimal(0), _budgets(terms)) as reservation:
        work = Work(
            tool=tool,
            model=model,
            documents=documents,
            sources=sources,
            parse=parse,
            seconds=seconds,
            reuse_since=since,
            outlasts=WAITS_WITHOUT_DEADLINE if job is None else OUTLASTS_SECONDS,
            job=None if job is None else job.id,
            spent_usd=spent,
            max_usd=max_usd,
            reservation=reservation,
            on_pages=on_pages,
            on_wait=on_wait,
        )
        run = await claude.run(plan, work)
    cost = _cost(run, price)
    if run.failed and not run.answered and not gives_failures:
        raise naming_cost(run.failed[0].error, cost, run.doubts)
    told = [*_unpriced(cost, model), *_lost(run), *doubts_in_words(run.doubts)]
    with suppress(SetupError):  # what was paid for is given on, whatever has become of the store
        told = [*await claude.unsaid(model), *told]
    return Paid(run=run, cost=cost, warnings=told)


def naming_cost(error: WitnessmarkError, cost: Cost, doubts: Sequence[Decimal] = ()) -> WitnessmarkError:
    """Say with an error what was paid before it, where it does not say so itself, and what may have been billed."""
    if isinstance(error, CallBudgetReached):
        return error
    spent = [f"${cost.usd:.4f} was spent on it."] if cost.usd else []
    for sentence in (*spent, *doubts_in_words(doubts)):
        error = error.adding(sentence)
    return error


def doubts_in_words(doubts: Sequence[Decimal]) -> list[str]:
    """Say how many requests may have been billed without an answer, and about what that comes to."""
    if not doubts:
        return []
    count = "A request" if len(doubts) == 1 else f"{len(doubts)} requests"
    return [f"{count} without an answer may have been billed: about ${sum(doubts, Decimal(0)):.4f}."]


def reuse_since(terms: Terms, *, reuse: bool) -> float:
    """Say since when an answer is not paid for again: within the days set, or since the call itself began."""
    now = time.time()
    began_at = now if terms.job is None else terms.job.began_at
    return min(began_at, now - terms.reuse_days * 86_400) if reuse else began_at


def _unpriced(cost: Cost, model: Model) -> list[str]:
    """Say why nobody knows what a call has cost."""
    if cost.usd is not None and (model.prices or cost.reused):
        return []
    if model.prices:
        return ["What this call has cost is not known: the endpoint does not say how many tokens it took."]
    return [f"What this call has cost is not known: the price of {model.id} is not."]


async def obstacle_to(
    plan: Plan,
    model: Model,
    *,
    claude: Claude,
    terms: Terms,
    max_cost_usd: float | None,
    so_far_usd: Decimal | None = None,
) -> BudgetError | None:
    """Say for what limit on money `run_paid` would not send a plan at once; None: there is none in the way.

    Shapes:  `so_far_usd` as for `run_paid`
    """
    price = price_of(plan, model).now
    spent = Decimal(0) if so_far_usd is None else so_far_usd + (terms.job.spent_usd if terms.job else Decimal(0))
    try:
        _checked(price, model, terms, max_cost_usd, spent, is_agreed=so_far_usd is not None)
        await claude.store.check(price.estimate if price else Decimal(0), _budgets(terms))
    except BudgetError as error:
        return error
    return None


def _checked(
    price: Usd | None,
    model: Model,
    terms: Terms,
    max_cost_usd: float | None,
    spent: Decimal = Decimal(0),
    *,
    is_agreed: bool = False,
) -> Decimal | None:
    """Hold a price against the limits of one call, as `check_price`; what `is_agreed` to has to cover what is spent."""
    given = None if max_cost_usd is None else Decimal(str(max_cost_usd))
    whole = price + Usd(spent, spent, spent) if price is not None and is_agreed else price
    return check_price(
        whole,
        model.id,
        terms.spending,
        max_cost_usd=given,
        approved_usd=terms.approved_usd,
        spent_usd=Decimal(0) if is_agreed else spent,
    )


def _budgets(terms: Terms) -> Budgets:
    return Budgets(per_day_usd=terms.spending.per_day_usd, per_month_usd=terms.spending.per_month_usd)


def _lost(run: Run) -> list[str]:
    """Say that the cache gave less than expected, where that has cost noticeably."""
    misses = [answer.cache_miss for answer in run.billed if answer.cache_miss is not None]
    lost = sum((miss.lost_usd for miss in misses if miss.lost_usd is not None), Decimal(0))
    spent = sum((answer.usd for answer in run.billed if answer.usd is not None), Decimal(0))
    if lost < LOST_USD or lost < LOST_SHARE * spent:
        return []
    reasons = ", ".join(sorted({miss.reason for miss in misses}))
    return [f"The prompt cache gave less than expected ({reasons}): about ${lost:.2f} of the cost would not have been."]


def _cost(run: Run, price: Usd | None) -> Cost:
    tokens = sum((answer.tokens for answer in run.billed), Tokens())
    amounts = [answer.usd for answer in run.billed]
    known = [amount for amount in amounts if amount is not None]
    usd = float(round(sum(known, Decimal(0)), 6)) if len(known) == len(amounts) else None
    return Cost(
        usd=usd,
        estimated_usd=None if price is None else float(round(price.estimate, 6)),
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_input_tokens=tokens.cache_read,
        cache_creation_input_tokens=tokens.cache_creation_5m + tokens.cache_creation_1h,
        reused=sum(answered.was_reused for answered in run.answered),
    )
