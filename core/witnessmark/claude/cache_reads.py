"""What a request should read from the cache, and why it did not: what the ledger says of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlsplit

from witnessmark.claude.leading import Kept
from witnessmark.claude.understanding import part_of
from witnessmark.plans.caching import SECONDS, Past
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Ask, Ttl, prefix_tokens
from witnessmark.plans.price import usd_of
from witnessmark.store import CacheMiss, KeptPrefix, PrefixPast, Tokens

EXPIRED = "expired"
"""More time had passed than the cache keeps it."""
OTHER_WAY = "another delivery"
"""Its documents travelled in another way than before."""
NOT_BEGUN = "first write not begun"
"""Another process was about to write it."""
TOO_SHORT = "too short"
"""Below the model's minimum."""
NOT_KEPT = "not kept"
"""Neither written nor read, and long enough: the endpoint keeps nothing."""
UNKNOWN = "unknown"
"""All was as it should be: the cache has let it go, or sees a difference that we do not."""

DIAGNOSED = {"model_changed": "model changed", "system_changed": "system changed", "tools_changed": "tools changed"}
"""What the API's own diagnosis adds. That `messages` differ it says of every other question on the same document."""
OWN_HOSTS = (".anthropic.com",)
"""Endpoints that diagnose; others may refuse a field that they do not know."""
_ENOUGH = 0.95
"""Of what was expected: less is a miss."""
_NEAR_MINIMUM = 1.6
"""How far an estimate of tokens may be too high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a request should read."""

    tokens: int = 0
    reason: str | None = None
    """Why it will not, where that is known before it is sent."""
    ttl: Ttl | None = None
    message_id: str | None = None
    """The answer whose request wrote it, or read it last."""

    @property
    def is_there(self) -> bool:
        return bool(self.tokens) and self.reason is None


def expected(past: PrefixPast, known: Kept | None, *, now: float, way: str) -> Expected:
    """Say what the cache should hold of a request's beginning.

    Shapes:  `past` as the ledger tells it, `known` as this process has heard it from a response that has begun; of
             what lives and has travelled alike the latest, else the latest of all
    Units:   `now` on the clock of `known`
    """
    begun = _begun(past, known, now)
    if not begun:
        return Expected(reason=NOT_BEGUN if past.kept else None)
    latest = min(begun, key=lambda entry: (not (_lives(entry) and entry.way == way), entry.age))
    reason = None
    if not _lives(latest):
        reason = EXPIRED
    elif latest.way != way:
        reason = OTHER_WAY
    ttl = cast("Ttl", latest.ttl)
    return Expected(tokens=latest.tokens, reason=reason, ttl=ttl, message_id=latest.message_id)


def miss_of(
    ask: Ask, model: Model, expected: Expected, tokens: Tokens, diagnosis: dict[str, Any] | None = None
) -> CacheMiss | None:
    """Explain an answer that read less than expected, or whose beginning was not kept; None where all went well."""
    if not ask.breakpoints:
        return None
    written = tokens.cache_creation_5m + tokens.cache_creation_1h
    if not tokens.cache_read and not written:
        estimate = prefix_tokens(ask, ask.breakpoints[-1].index, model).total.estimate
        is_short = min(tokens.prompt, estimate / _NEAR_MINIMUM) < model.cache_min_tokens
        reason = TOO_SHORT if is_short else NOT_KEPT
        return CacheMiss(reason=reason, lost_usd=_lost(expected, tokens, model) if expected.tokens else Decimal(0))
    if expected.reason == NOT_BEGUN and not tokens.cache_read:
        return CacheMiss(reason=NOT_BEGUN, lost_usd=_lost(Expected(tokens=written), tokens, model))
    if tokens.cache_read >= _ENOUGH * expected.tokens:
        return None
    reason = expected.reason or DIAGNOSED.get(_type_of(diagnosis), UNKNOWN)
    return CacheMiss(reason=reason, lost_usd=_lost(expected, tokens, model))


def past_as_planned(past: PrefixPast, others: Mapping[str, float], known: Kept | None, *, now: float) -> Past:
    """Take what decides where breakpoints stand from the ledger and from what this process knows beside it.

    Units:   `others` are calls under way, by their names, and how many seconds ago they began
    """
    latest = min(_begun(past, known, now), key=lambda entry: entry.age, default=None)
    calls = dict(others) | past.calls
    return Past(
        calls=tuple(sorted(calls.values())),
        kept=None if latest is None else (latest.age, cast("Ttl", latest.ttl)),
    )


def is_diagnosed(endpoint: str) -> bool:
    """Say whether an endpoint is Anthropic's own, which says why a request reads nothing."""
    host = urlsplit(endpoint).hostname or ""
    return any(f".{host}".endswith(own) for own in OWN_HOSTS)


def _begun(past: PrefixPast, known: Kept | None, now: float) -> list[KeptPrefix]:
    """List what has been written or read; what has begun and not ended this process alone knows."""
    begun = [entry for entry in past.kept if entry.tokens]
    if known is not None and known.tokens:
        age = max(0.0, now - known.at)
        begun.append(
            KeptPrefix(age=age, ttl=known.ttl, tokens=known.tokens, way=known.way, message_id=known.message_id)
        )
    return begun


def _lives(entry: KeptPrefix) -> bool:
    return entry.age < SECONDS[cast("Ttl", entry.ttl)]


def _lost(expected: Expected, tokens: Tokens, model: Model) -> Decimal | None:
    """Price what was to be read and was written, or read as if there were no cache."""
    missing = max(0, expected.tokens - tokens.cache_read)
    taken: dict[str, int] = {}
    for kind in ("cache_creation_1h", "cache_creation_5m", "input"):
        taken[kind] = min(missing - sum(taken.values()), getattr(tokens, kind))
    rest = {kind: getattr(tokens, kind) - count for kind, count in taken.items()}
    hoped = replace(tokens, cache_read=tokens.cache_read + sum(taken.values()), **rest)
    paid, least = usd_of(tokens, model), usd_of(hoped, model)
    return None if paid is None or least is None else max(Decimal(0), paid - least)


def _type_of(diagnosis: dict[str, Any] | None) -> str:
    return str(part_of(diagnosis or {}, "cache_miss_reason").get("type", ""))
