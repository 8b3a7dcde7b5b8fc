"""Rate limits: token buckets that every response tells of, and that refuse where a test says so."""

from __future__ import annotations

import ast
import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from witnessmark.testing import checks
from witnessmark.testing.checks import ApiError

Kind = Literal["requests", "input-tokens", "output-tokens"]
RetryAfter = Literal["fits", "full"]
"""What `retry-after` names: when this request would fit, or when the bucket is full. The API does not say which."""

LIMITS: dict[Kind, int] = {"requests": 1_000, "input-tokens": 2_000_000, "output-tokens": 400_000}
"""Of one model, a minute. Source: fact sheet §10, the typical figures of Start."""
ROUNDED_TO = 1_000
"""Tokens, to which what remains is told where limits are enforced."""
_IN_WORDS = {"requests": "requests", "input-tokens": "input tokens", "output-tokens": "output tokens"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Limits that refuse, as `FakeClaudeAPI.limit` takes them."""

    per_minute: dict[Kind, int] = field(default_factory=lambda: dict(LIMITS))
    burst: int | None = None
    """Input tokens that a full bucket holds; None: those of a minute."""
    retry_after: RetryAfter | None = "fits"
    """None sends no such header."""
    stranger: float = 0.0
    """The share of each limit that somebody else takes, in lumps of a second that are now larger, now smaller."""

    def size(self, kind: Kind) -> int:
        return self.burst if kind == "input-tokens" and self.burst is not None else self.per_minute[kind]


@dataclass(slots=True)
class Rates:
    """What is left of each limit, for each workspace and model."""

    limit: Limit | None = None
    """None: limits are told, and refuse nobody."""
    _levels: dict[tuple[str, str, Kind], tuple[float, float]] = field(
        default_factory=dict[tuple[str, str, Kind], tuple[float, float]]
    )
    _strangers_mind: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - seeded, to be repeated

    def enforce(self, limit: Limit | None) -> None:
        """Refuse from now on what does not fit, out of buckets that are full."""
        self.limit = limit
        self._levels.clear()

    def admit(self, workspace: str, model: str, *, now: float, input_tokens: int) -> None:
        """Take a request that has arrived from its buckets. Cache reads are not to be among the input tokens.

        Nobody knows yet how much it will write: it is refused where others have written too much.

        Errors:  429, with nothing taken
        """
        needed: dict[Kind, int] = {"requests": 1, "input-tokens": input_tokens, "output-tokens": 1}
        levels = {kind: self._level(workspace, model, kind, now) for kind in needed}
        if self.limit is not None:
            for kind, amount in needed.items():
                if levels[kind] < min(amount, self.limit.size(kind)):
                    raise self._refusal(self.limit, kind, amount, levels[kind], self.headers(workspace, model, now=now))
        for kind in ("requests", "input-tokens"):
            self._levels[workspace, model, kind] = (self._after(levels[kind] - needed[kind]), now)

    def write(self, workspace: str, model: str, *, now: float, output_tokens: int) -> None:
        """Take what is written from its bucket."""
        level = self._level(workspace, model, "output-tokens", now)
        self._levels[workspace, model, "output-tokens"] = (self._after(level - output_tokens), now)

    def headers(self, workspace: str, model: str, *, now: float) -> dict[str, str]:
        """Say what is left."""
        limit = self.limit or Limit()
        limits: dict[str, int] = {kind: limit.per_minute[kind] for kind in limit.per_minute}
        sizes: dict[str, int] = {kind: limit.size(kind) for kind in limit.per_minute}
        left: dict[str, float] = {kind: self._level(workspace, model, kind, now) for kind in limit.per_minute}
        for told in (limits, sizes, left):
            told["tokens"] = told["input-tokens"] + told["output-tokens"]  # type: ignore[assignment]  # numbers all
        headers: dict[str, str] = {}
        for name, per_minute in limits.items():
            full_at = now + 60 * max(0.0, sizes[name] - left[name]) / per_minute
            remaining = max(0.0, left[name])
            if self.limit is not None and name != "requests":
                remaining = round(remaining / ROUNDED_TO) * ROUNDED_TO
            headers[f"anthropic-ratelimit-{name}-limit"] = str(per_minute)
            headers[f"anthropic-ratelimit-{name}-remaining"] = str(int(remaining))
            headers[f"anthropic-ratelimit-{name}-reset"] = datetime.fromtimestamp(full_at, UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            )
        return headers

    def _after(self, level: float) -> float:
        """Say what a bucket holds that was taken from: limits that refuse nobody know no debt."""
        return level if self.limit is not None else max(0.0, level)

    def _level(self, workspace: str, model: str, kind: Kind, now: float) -> float:
        limit = self.limit or Limit()
        size, a_second = float(limit.size(kind)), limit.per_minute[kind] / 60
        level, since = self._levels.get((workspace, model, kind), (size, now))
        level = min(size, level + max(0.0, now - since) * a_second)
        if limit.stranger:
            for _ in range(min(3_600, math.floor(now) - math.floor(since))):
                level = max(min(level, 0.0), level - self._strangers_mind.uniform(0, 2) * limit.stranger * a_second)
        self._levels[workspace, model, kind] = (level, now)
        return level

    @staticmethod
    def _refusal(limit: Limit, kind: Kind, amount: int, level: float, headers: dict[str, str]) -> ApiError:
        missing = limit.size(kind) - level if limit.retry_after == "full" else min(amount, limit.size(kind)) - level
        error = checks.RATE_LIMIT(
            f"This request would exceed your organization's rate limit of {limit.per_minute[kind]:,} "
            f"{_IN_WORDS[kind]} per minute."
        )
        if limit.retry_after is not None:
            headers["retry-after"] = str(max(1, math.ceil(60 * missing / limit.per_minute[kind])))
        error.headers = headers
        return error


def limit_of(
    *,
    input_tokens_per_minute: int | None = None,
    output_tokens_per_minute: int | None = None,
    requests_per_minute: int | None = None,
    burst: int | None = None,
    retry_after: RetryAfter | None = "fits",
    stranger: float = 0.0,
) -> Limit | None:
    """Make limits of the figures that a test names; the others are those of `LIMITS`. Without any there is no limit.

    Errors:  ValueError says what is wrong
    """
    given: dict[Kind, int | None] = {
        "requests": requests_per_minute,
        "input-tokens": input_tokens_per_minute,
        "output-tokens": output_tokens_per_minute,
    }
    per_minute: dict[Kind, int] = {kind: LIMITS[kind] if number is None else number for kind, number in given.items()}
    if min(per_minute.values()) <= 0 or (burst is not None and burst <= 0):
        raise ValueError("A limit is above 0.")
    if retry_after not in {"fits", "full", None}:
        raise ValueError("retry_after is 'fits', 'full' or None.")
    if not 0 <= stranger < 1:
        raise ValueError("The stranger's share is below 1.")
    if burst is None and not stranger and not any(number is not None for number in given.values()):
        return None
    return Limit(per_minute=per_minute, burst=burst, retry_after=retry_after, stranger=stranger)


def limit_from_text(text: str) -> Limit | None:
    """Read limits written as `input_tokens_per_minute=60000,retry_after=full,…`; nothing written is no limit.

    Errors:  ValueError says what is wrong
    """
    given: dict[str, Any] = {}
    for argument in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = argument.partition("=")
        try:
            given[key.strip()] = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError):
            given[key.strip()] = value.strip()
    try:
        return limit_of(**given)
    except TypeError as error:
        raise ValueError(f"A limit does not take these arguments: {error}.") from error
