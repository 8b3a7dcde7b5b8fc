"""Spending limit of one call: each request has to fit at its longest answer before it is sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal

import anyio

from witnessmark.errors import BudgetError
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Ask, Plan, prompt_tokens
from witnessmark.plans.price import MILLION, price_of
from witnessmark.store import StoredAnswer


class CallBudgetReached(BudgetError):
    """The next request might cost more than the call's limit leaves."""

    def __init__(self, *, spent: Decimal, limit: Decimal, needed: Decimal, doubtful: Decimal = Decimal(0)) -> None:
        perhaps = (
            f", about ${doubtful:.4f} more may have been billed for requests without an answer" if doubtful else ""
        )
        super().__init__(
            f"${spent:.4f} of the ${limit:.4f} for this call are spent{perhaps}, and the next request would need "
            f"${needed:.4f}.",
            "Call again with the pages that are left and a higher max_cost_usd: answers are not paid for twice.",
        )
        self.spent, self.limit = spent, limit


@dataclass(slots=True)
class Payment:
    """One request that the budget has room for."""

    ask: Ask
    """With `room` where the limit leaves less than its `max_tokens`."""
    answer: StoredAnswer | None = None
    """What it was answered with and billed for; None: nothing, or it is still under way."""
    is_under_way: bool = False


@dataclass(slots=True, kw_only=True)
class CallBudget:
    """What one call may spend, shared by its requests.

    Units:  USD
    """

    model: Model
    limit: Decimal | None
    """None: the price of the model is not known, or nothing limits it."""
    spent: Decimal = Decimal(0)
    promised: Decimal = Decimal(0)
    """To requests under way, each at its longest answer."""
    doubts: list[Decimal] = field(default_factory=list[Decimal])
    """What each request may have cost that broke off without an answer, or was under way when its time ended."""
    _settled: anyio.Event = field(default_factory=anyio.Event)

    @asynccontextmanager
    async def paying(self, ask: Ask) -> AsyncGenerator[Payment]:
        """Set aside what a request may cost at most. It waits for requests under way where the limit is close.

        Shapes:  the request has `room` for a shorter answer where the limit leaves no more; never less than is expected
        Errors:  `CallBudgetReached`
        """
        if self.limit is None or (price := price_of(Plan(asks=(ask,)), self.model).now) is None:
            yield Payment(ask)
            return
        room, worst = await self._room_for(ask, price.estimate)
        payment = Payment(ask if room >= ask.max_tokens else replace(ask, room=room))
        self.promised += worst
        try:
            yield payment
        finally:
            self.promised -= worst
            if payment.is_under_way:  # its answer will be paid for, and is not likely to be the longest
                self.doubts.append(price.estimate)
            if payment.answer is not None and payment.answer.usd is not None:
                self.spent += payment.answer.usd
            self._settled.set()
            self._settled = anyio.Event()

    async def _room_for(self, ask: Ask, estimate: Decimal) -> tuple[int, Decimal]:
        """Find how many tokens an answer may take, and what the request then costs at most."""
        assert self.limit is not None, "there is a limit to keep"
        prompt, per_token = self._prices(ask, estimate)
        least = max(ask.expected_output.estimate, ask.least_room)
        while True:
            left = self.limit - self.spent - self.promised - sum(self.doubts, Decimal(0))
            affordable = int((left - prompt) / per_token)
            if affordable >= ask.max_tokens:
                return ask.max_tokens, prompt + per_token * ask.max_tokens
            if self.promised:
                await self._settled.wait()
                continue
            if affordable < least:
                doubtful = sum(self.doubts, Decimal(0))
                needed = prompt + per_token * least
                raise CallBudgetReached(spent=self.spent, limit=self.limit, needed=needed, doubtful=doubtful)
            return affordable, left

    def _prices(self, ask: Ask, estimate: Decimal) -> tuple[Decimal, Decimal]:
        """Part what a request is expected to cost: its prompt, and each token of the answer.

        The prompt is taken at its estimate, or at what the API has counted: what it costs is not open once it is sent.
        """
        tokens = prompt_tokens(ask, self.model).total.total
        usual, dearest = self.model.prices_for(tokens.estimate), self.model.prices_for(tokens.high)
        assert usual is not None, "the request has a price"
        assert dearest is not None, "the request has a price"
        prompt = estimate - usual.output / MILLION * ask.expected_output.estimate
        # A prompt that may cross a price step is taken at the price beyond it.
        return prompt * dearest.input / usual.input, dearest.output / MILLION
