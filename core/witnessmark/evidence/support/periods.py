"""Spans of time in words that no number is in: `one year`, `half a year`, `Vierteljahr`."""

from __future__ import annotations

import re

_ONE = r"\b(?:one|a single|an?|eine[mnrs]?|ein)[ -](?:full |whole |calendar |volle[mnrs]? )?"
_PERIODS = tuple(
    (re.compile(pattern, re.IGNORECASE), figure)
    for pattern, figure in (
        (r"\bhalf (?:a |the )?year\b|\bhalbe[sn]? jahre?s?\b|\bhalbjahr(?:es)?\b", "6 months"),
        (r"\bquarter (?:of a )?year\b|\bquarter's\b|\bvierteljahre?s?\b", "3 months"),
        (rf"{_ONE}(?:year|jahr)\b(?!\s+(?:ago|later))", "1 year"),
        (rf"{_ONE}(?:month|monat)\b", "1 month"),
        (rf"{_ONE}(?:week|woche)\b", "1 week"),
        (rf"{_ONE}(?:day|tag)\b", "1 day"),
    )
)


def periods_written(text: str) -> str:
    """Add to a text the spans of time that it has in words, as figures."""
    found = [figure for pattern, figure in _PERIODS if pattern.search(text)]
    return f"{text} ({', '.join(found)})" if found else text
