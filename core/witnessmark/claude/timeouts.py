"""How long one attempt may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Bounds on one attempt.

    Units:  seconds; tokens a second
    """

    connect: float = 10.0
    silence: float = 120.0
    """Between two pieces of an answer; the API sends a ping every few seconds."""
    reading: float = 180.0
    """Until a model has read what it was sent and begins to write."""
    tokens_per_second: float = 25.0
    """Models write faster than that."""

    def attempt(self, max_tokens: int) -> float:
        """Bound a whole attempt, so that not even an answer of a byte a second goes on for ever."""
        return self.reading + max_tokens / self.tokens_per_second
