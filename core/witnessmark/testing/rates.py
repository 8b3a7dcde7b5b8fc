"""The rate-limit headers of a response: buckets that refill with time. They are told, and never enforced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

LIMITS = {"requests": 1_000, "input-tokens": 2_000_000, "output-tokens": 400_000}
"""Of one model, a minute. Source: fact sheet §10, the typical figures of Start."""


@dataclass(slots=True)
class Rates:
    """What is left of each limit, for each workspace and model."""

    _levels: dict[tuple[str, str, str], tuple[float, float]] = field(
        default_factory=dict[tuple[str, str, str], tuple[float, float]]
    )

    def charge(
        self, workspace: str, model: str, *, now: float, input_tokens: int, output_tokens: int
    ) -> dict[str, str]:
        """Take a request from its buckets, and write the headers. Cache reads are not to be among the input tokens."""
        taken = {"requests": 1, "input-tokens": input_tokens, "output-tokens": output_tokens}
        left = {name: self._take((workspace, model, name), amount, now) for name, amount in taken.items()}
        limits = {**LIMITS, "tokens": LIMITS["input-tokens"] + LIMITS["output-tokens"]}
        left["tokens"] = left["input-tokens"] + left["output-tokens"]
        headers: dict[str, str] = {}
        for name, limit in limits.items():
            full_at = now + 60 * (limit - left[name]) / limit
            headers[f"anthropic-ratelimit-{name}-limit"] = str(limit)
            headers[f"anthropic-ratelimit-{name}-remaining"] = str(int(left[name]))
            headers[f"anthropic-ratelimit-{name}-reset"] = datetime.fromtimestamp(full_at, UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            )
        return headers

    def _take(self, key: tuple[str, str, str], amount: int, now: float) -> float:
        limit = LIMITS[key[2]]
        level, since = self._levels.get(key, (float(limit), now))
        level = max(0.0, min(float(limit), level + (now - since) * limit / 60) - amount)
        self._levels[key] = (level, now)
        return level
