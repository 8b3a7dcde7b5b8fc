"""What a plan costs: now, as a batch, and the next question on the same document; and what an answer did cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from decimal import Decimal
from operator import attrgetter
from typing import Protocol

from witnessmark.plans.models import Model, Prices
from witnessmark.plans.plan import Ask, Plan, Prompt, prompt_tokens
from witnessmark.plans.tokens import TEXT_HIGH, Count, PromptTokens

MILLION = Decimal(1_000_000)
MIN_SHARE = Decimal("0.45")
"""Of the estimate, below which a bill is unlikely: a call finds nothing more often than it thinks as long as it can."""
MIN_ROOM = Decimal("1.05")
"""Of the estimate, that has to lie below the upper end of a band which begins at an answer of nothing."""
MIN_SCALE = 0.4
"""Of the estimated tokens of a text, below which a count is not believed."""
MAX_RATIO = Decimal(3)
"""Of the upper end of a band to the lower one, where the API has counted what goes in."""


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
    counted_asks: int = 0
    """Of how many asks the API has counted the prompt: those are exact."""


class Usage(Protocol):
    """What one request was billed for; the store's `Tokens` are one.

    Units:  tokens; `input` is without those that the cache gave or took, as the API counts; thinking is output
    """

    @property
    def input(self) -> int: ...
    @property
    def output(self) -> int: ...
    @property
    def cache_read(self) -> int: ...
    @property
    def cache_creation_5m(self) -> int: ...
    @property
    def cache_creation_1h(self) -> int: ...
    @property
    def prompt(self) -> int:
        """The whole prompt, whose size decides what every token of the request costs."""
        ...


def usd_of(usage: Usage, model: Model) -> Decimal | None:
    """Price what one request was billed for; None where the price is not known, or the endpoint does not say for what.

    Source:  Claude API documentation, "Pricing"
    """
    prices = model.prices_for(usage.prompt)
    if prices is None or not usage.prompt:
        return None
    return (
        usage.input * prices.input
        + usage.output * prices.output
        + usage.cache_read * prices.cache_read
        + usage.cache_creation_5m * prices.cache_write_5m
        + usage.cache_creation_1h * prices.cache_write_1h
    ) / MILLION


def usd_without_cache(usage: Usage, model: Model) -> Decimal | None:
    """Price the same request as if nothing had been kept: less `usd_of`, it is what the cache saved, or cost."""
    prices = model.prices_for(usage.prompt)
    return (
        None
        if prices is None or not usage.prompt
        else (usage.prompt * prices.input + usage.output * prices.output) / MILLION
    )


def price_of(plan: Plan, model: Model, counted: Mapping[str, int] | None = None) -> Price:
    """Price a plan for the model it was made for.

    Units:  `counted` in tokens: of the whole prompt, by the content key of each ask that the API has counted
    """
    counts = [counted.get(ask.content_key) if counted else None for ask in plan.asks]
    prompts = [
        (_as_counted(ask, model, count), prompt_tokens(ask, model, count))
        for ask, count in zip(plan.asks, counts, strict=True)
    ]
    is_counted = bool(prompts) and all(count is not None for count in counts)
    now, following = _sum(prompts, model), _sum([(ask, _all_kept(prompt)) for ask, prompt in prompts], model)
    if is_counted:
        now, following = likely(now), likely(following)
    batch = now * model.batch_multiplier if now is not None and model.batch_multiplier is not None else None
    return Price(
        prompt=sum((prompt.total for _, prompt in prompts), PromptTokens()),
        output=sum((ask.expected_output for ask, _ in prompts), Count()),
        now=now,
        batch=batch,
        next_question=following,
        counted_asks=sum(count is not None for count in counts),
    )


def _as_counted(ask: Ask, model: Model, count: int | None) -> Ask:
    """Correct the guess of an answer that repeats a text by how many tokens the API has counted for that text.

    Of PDFs and images nobody says how much of the count is text.
    """
    estimated = prompt_tokens(ask, model).total
    if count is None or not ask.answers or estimated.images.high or estimated.page_pictures.high:
        return ask
    scale = min(TEXT_HIGH, max(MIN_SCALE, count / max(1, estimated.text.estimate)))
    scaled = (round(end * scale) for end in astuple(ask.expected_output))
    return replace(ask, expected_output=Count(*scaled))


def likely(amount: Usd | None) -> Usd | None:
    """Narrow a band of which only the lengths of the answers are open: its upper end is three times the lower at most.

    The ends of the whole band are for the shortest and the longest answer that can be, thinking included. Where they
    are further apart than that, what is left lies around the estimate; `benchmarks/bills.py` holds bills against it.
    """
    if amount is None or amount.high <= MAX_RATIO * amount.low:
        return amount
    low = amount.low
    if MAX_RATIO * low < amount.estimate * MIN_ROOM:
        low = max(low, amount.estimate * MIN_SHARE)
    high = min(amount.high, MAX_RATIO * low)
    return Usd(max(low, high / MAX_RATIO), amount.estimate, max(high, amount.estimate))


def _all_kept(prompt: Prompt) -> Prompt:
    """Say what the same prompt is the next time."""
    return Prompt(prompt.read + prompt.written, PromptTokens(), prompt.rest)


def _price_of_writing(ask: Ask, prices: Prices) -> Decimal:
    """Take the dearer price where an ask keeps some for an hour and some for five minutes."""
    return prices.cache_write_1h if any(point.ttl == "1h" for point in ask.breakpoints) else prices.cache_write_5m


def _sum(prompts: Sequence[tuple[Ask, Prompt]], model: Model) -> Usd | None:
    total = Usd()
    for ask, prompt in prompts:
        amount = _usd(ask, prompt, model)
        if amount is None:
            return None
        total += amount
    return total


def _usd(ask: Ask, prompt: Prompt, model: Model) -> Usd | None:
    amounts: list[Decimal] = []
    for end in (attrgetter("low"), attrgetter("estimate"), attrgetter("high")):
        read, written, rest = (end(part.total) for part in prompt)
        output = end(ask.expected_output)
        prices = model.prices_for(read + written + rest)  # what the cache gives counts towards a dearer step, too
        if prices is None:
            return None
        # A prefix that is too short for the cache is billed as if nobody had asked to keep it.
        of_read = prices.cache_read if read >= model.cache_min_tokens else prices.input
        of_written = _price_of_writing(ask, prices) if read + written >= model.cache_min_tokens else prices.input
        amounts.append((read * of_read + written * of_written + rest * prices.input + output * prices.output) / MILLION)
    return Usd(*amounts)
