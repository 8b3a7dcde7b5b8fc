"""What a plan costs: now, as a batch, and the next question on the same document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

from witnessmark.plans.models import Model, Prices
from witnessmark.plans.plan import Ask, Plan, prompt_tokens
from witnessmark.plans.tokens import Count, PromptTokens

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Usd:
    """An amount in USD: the estimate, and the band it lies in."""

    low: Decimal = Decimal(0)
    estimate: Decimal = Decimal(0)
    high: Decimal = Decimal(0)

    def __add__(self, other: Usd) -> Usd:
        return Usd(self.low + other.low, self.estimate + other.estimate, self.high + other.high)

    def __mul__(self, factor: Decimal) -> Usd:
        return Usd(self.low * factor, self.estimate * factor, self.high * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a plan costs; an amount that is not known is None, never 0."""

    prompt: PromptTokens
    output: Count
    now: Usd | None
    batch: Usd | None
    next_question: Usd | None
    """The same asks again while the cache holds what their breakpoints keep."""


def price_of(plan: Plan, model: Model) -> Price:
    """Price a plan for the model it was made for."""
    now = _sum(plan, model, lambda prices: prices.cache_write_5m)
    batch = now * model.batch_multiplier if now is not None and model.batch_multiplier is not None else None
    prompts = [sum(prompt_tokens(ask, model), PromptTokens()) for ask in plan.asks]
    return Price(
        prompt=sum(prompts, PromptTokens()),
        output=sum((ask.expected_output for ask in plan.asks), Count()),
        now=now,
        batch=batch,
        next_question=_sum(plan, model, lambda prices: prices.cache_read),
    )


def _sum(plan: Plan, model: Model, price_of_kept: Callable[[Prices], Decimal]) -> Usd | None:
    total = Usd()
    for ask in plan.asks:
        amount = _usd(ask, model, price_of_kept)
        if amount is None:
            return None
        total += amount
    return total


def _usd(ask: Ask, model: Model, price_of_kept: Callable[[Prices], Decimal]) -> Usd | None:
    kept, rest = prompt_tokens(ask, model)
    amounts: list[Decimal] = []
    for end in (attrgetter("low"), attrgetter("estimate"), attrgetter("high")):
        cached, uncached, output = end(kept.total), end(rest.total), end(ask.expected_output)
        prices = model.prices_for(cached + uncached)
        if prices is None:
            return None
        # A prefix that is too short for the cache is billed as if nobody had asked to keep it.
        of_kept = price_of_kept(prices) if cached >= model.cache_min_tokens else prices.input
        amounts.append((cached * of_kept + uncached * prices.input + output * prices.output) / MILLION)
    return Usd(*amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_creation_5m: int = 0
    cache_creation_1h: int = 0


def usd_of(usage: Usage, model: Model) -> Decimal | None:
    prompt = usage.input + usage.cache_read + usage.cache_creation_5m + usage.cache_creation_1h
    prices = model.prices_for(prompt)
    if prices is None:
        return None
    return (
        usage.input * prices.input
        + usage.output * prices.output
        + usage.cache_read * prices.cache_read
        + usage.cache_creation_5m * prices.cache_write_5m
        + usage.cache_creation_1h * prices.cache_write_1h
    ) / MILLION
