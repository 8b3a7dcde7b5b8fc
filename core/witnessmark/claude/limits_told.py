"""What the headers of a response say of the account's rate limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from witnessmark.store import Kind, Told

_NAMES: dict[Kind, str] = {"input": "input-tokens", "output": "output-tokens", "requests": "requests"}
_MOST = 1e12
"""A larger number is no statement about a limit."""


def told_by(headers: Mapping[str, str]) -> dict[Kind, Told]:
    """Read the limits that a response tells; what is missing or means nothing is left out.

    Source:  Claude API documentation, "Rate limits": limits are of a minute, `reset` is when the bucket is full again
    """
    found: dict[Kind, Told] = {}
    for kind, name in _NAMES.items():
        limit = _number(headers.get(f"anthropic-ratelimit-{name}-limit"))
        remaining = _number(headers.get(f"anthropic-ratelimit-{name}-remaining"))
        if limit is None or remaining is None or limit < 1:
            continue
        full_in = _seconds_until(headers.get(f"anthropic-ratelimit-{name}-reset"), headers.get("date"))
        found[kind] = Told(limit=limit, remaining=min(remaining, limit), full_in=full_in)
    return found


def _number(text: str | None) -> float | None:
    try:
        number = math.nan if text is None else float(text)
    except ValueError:
        return None
    return number if 0 <= number <= _MOST else None  # not a number is in no range


def _seconds_until(reset: str | None, date: str | None) -> float | None:
    """Say how far a time lies after the response, both by the API's clock: ours may be another."""
    if reset is None or date is None:
        return None
    try:
        return (datetime.fromisoformat(reset) - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError, OverflowError):  # a time without its zone, or none
        return None
