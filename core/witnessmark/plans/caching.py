"""What of a plan the cache keeps, and for how long: what its asks or recent calls use twice, where that pays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from witnessmark.plans.models import Model, Prices
from witnessmark.plans.plan import Ask, Breakpoint, ImageBlock, Plan, TextBlock, Ttl, identity, prefix_tokens

SECONDS: dict[Ttl, float] = {"5m": 300.0, "1h": 3600.0}
"""How long the cache keeps something after a request that wrote or read it began. Source: fact sheet §7."""
MOST_BREAKPOINTS = 4
"""Of one request. Source: fact sheet §7."""
SLACK = 30.0
"""Seconds that may lie between deciding and sending: a document is cut, or uploaded, before."""
MOST_CALLS = 10
"""Of the past that are looked at: as many more are expected at most."""
TOKENS_PER_SECOND = 50
"""How fast a model writes, about; to be measured."""
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What earlier calls did with the beginning of a prompt.

    Units:  seconds ago, counted from when a request began
    """

    calls: tuple[float, ...] = ()
    """When each call sent it, the latest first."""
    kept: tuple[float, Ttl] | None = None
    """When a request last wrote it into the cache or read it there, and for how long it then stays."""


def with_breakpoints(plan: Plan, model: Model, past: Mapping[str, Past], *, at_once: int) -> Plan:
    """Choose breakpoints for asks that are all to be sent.

    Between the asks of a plan they stand after the last block that several share; for calls to come, after the
    documents. What is expected to come is what has been: as many calls as lately, as far apart. Of five minutes, an
    hour and nothing, what costs least for the plan and those calls together is chosen, at the model's own prices. An
    ask that comes with breakpoints keeps them.

    Shapes:  `past` by `prefix_keys`; `at_once` asks are under way at a time
    """
    beginnings = _beginnings(plan)
    every = {one.key: one for found in beginnings for one in found}
    ttls = {key: _ttl(one, plan, model, past.get(key, Past()), at_once) for key, one in every.items()}
    held = {key for key in every if _is_alive(past.get(key, Past()))}
    asks: list[Ask] = []
    for ask, found in zip(plan.asks, beginnings, strict=True):
        if ask.breakpoints:
            asks.append(ask)
            continue
        kept = [(one, ttl) for one in found if (ttl := ttls[one.key]) is not None][-MOST_BREAKPOINTS:]
        points = tuple(
            # The API takes no hour after five minutes; what more asks share stands before.
            Breakpoint(
                index=one.index,
                ttl="1h" if any(ttl == "1h" for _, ttl in kept[number:]) else "5m",
                is_kept=one.key in held,
            )
            for number, (one, _) in enumerate(kept)
        )
        held |= {one.key for one, _ in kept}
        asks.append(replace(ask, breakpoints=points))
    return Plan(asks=tuple(asks))


def keys_to_look_up(plan: Plan) -> set[str]:
    """List the beginnings of prompts whose past decides where breakpoints stand."""
    return {one.key for found in _beginnings(plan) for one in found}


def prefix_keys(ask: Ask) -> tuple[str, ...]:
    """Name the prompt up to and including each block by everything that the cache tells it by.

    How a document travels is decided later, and tells too: whoever sends sees to it that asks with the same prefix
    travel alike. Source: fact sheet §7: model, tools, format, effort, citations and whether there are images void
    what was kept.
    """
    has_images = any(isinstance(block, ImageBlock) for block in ask.blocks)
    told = [_VERSION, ask.model, ask.instructions, ask.schema, ask.effort, has_images]
    key = _hash([*told, "citations"] if ask.cites else told)
    keys: list[str] = []
    for block in ask.blocks:
        key = _hash([key, identity(block)])
        keys.append(key)
    return tuple(keys)


def documents_key(ask: Ask) -> str | None:
    """Name the prompt up to its last document: what the next question on them begins with, too."""
    last = _last_document(ask)
    return None if last is None else prefix_keys(ask)[last]


def kept_keys(ask: Ask) -> tuple[str, ...]:
    """Name what an ask's breakpoints keep, the shortest first."""
    keys = prefix_keys(ask) if ask.breakpoints else ()
    return tuple(keys[point.index] for point in ask.breakpoints)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beginning:
    """Where asks may part."""

    key: str
    index: int
    """Of its last block."""
    asks: tuple[int, ...]
    """Which asks of the plan begin so, by their number; the same ask twice is sent once."""


def _beginnings(plan: Plan) -> list[list[_Beginning]]:
    """For each ask find after which blocks others differ, and where its documents end; the shortest first."""
    chains = [prefix_keys(ask) for ask in plan.asks]
    sharers: dict[str, dict[str, int]] = {}
    for number, (ask, keys) in enumerate(zip(plan.asks, chains, strict=True)):
        content_key = ask.content_key
        for key in keys:
            sharers.setdefault(key, {}).setdefault(content_key, number)
    found: list[list[_Beginning]] = []
    for ask, keys in zip(plan.asks, chains, strict=True):
        counts = [*(len(sharers[key]) for key in keys), 1]
        last = _last_document(ask)
        found.append(
            [
                _Beginning(key=key, index=index, asks=tuple(sharers[key].values()))
                for index, key in enumerate(keys)
                if index == last or counts[index] > max(1, counts[index + 1])
            ]
        )
    return found


def _ttl(one: _Beginning, plan: Plan, model: Model, past: Past, at_once: int) -> Ttl | None:
    """Choose how long to keep the beginning of some asks; None: it does not pay, or cannot be said to."""
    tokens = prefix_tokens(plan.asks[one.asks[0]], one.index, model).total.estimate
    prices = model.prices_for(tokens)
    if tokens < model.cache_min_tokens or prices is None:
        return None
    if past.kept is not None and _is_alive(past):
        return past.kept[1]
    within = list(_gaps_of_plan(one.asks, plan, at_once))
    to_come = list(_gaps_of_calls(past))
    costs: dict[Ttl | None, Decimal] = {None: prices.input * (1 + len(within) + len(to_come))}
    of_writing: dict[Ttl, Decimal] = {"5m": prices.cache_write_5m, "1h": prices.cache_write_1h}
    for ttl, written in of_writing.items():
        costs[ttl] = written + _reads(within, ttl, prices, written) + _reads(to_come, ttl, prices, prices.input)
    return min(costs, key=lambda ttl: costs[ttl])


def _reads(gaps: Sequence[float], ttl: Ttl, prices: Prices, of_miss: Decimal) -> Decimal:
    """Price what is used again after each gap: read where the cache still holds it."""
    return sum((prices.cache_read if gap + SLACK <= SECONDS[ttl] else of_miss for gap in gaps), Decimal(0))


def _gaps_of_plan(numbers: Sequence[int], plan: Plan, at_once: int) -> Iterator[float]:
    """Guess how long after each ask the next one with the same beginning is sent: asks go in waves."""
    seconds = max((plan.asks[number].expected_output.estimate for number in numbers), default=0) / TOKENS_PER_SECOND
    for before, after in pairwise(numbers):
        yield (after // at_once - before // at_once) * seconds


def _gaps_of_calls(past: Past) -> Iterator[float]:
    """Give the time before this call and between earlier ones, back to where the cache cannot have reached over it."""
    ages = [0.0, *(max(0.0, age) for age in past.calls[:MOST_CALLS])]
    for later, earlier in pairwise(ages):
        if earlier - later > SECONDS["1h"]:
            return
        yield max(0.0, earlier - later)


def _is_alive(past: Past) -> bool:
    return past.kept is not None and past.kept[0] + SLACK < SECONDS[past.kept[1]]


def _last_document(ask: Ask) -> int | None:
    return max((index for index, block in enumerate(ask.blocks) if not isinstance(block, TextBlock)), default=None)


def _hash(told: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
