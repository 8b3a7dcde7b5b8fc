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


_SHARES = tuple(
    (re.compile(pattern, re.IGNORECASE), figure)
    for pattern, figure in (
        (r"\b(?:one |a |by |the )?half (?:of|the)\b|\bby half\b|\bhälfte\b|\bhalf of\b", "50 %"),
        (r"\b(?:a|one) third\b|\bein drittel\b", "33 %"),
        (r"\btwo[- ]thirds\b|\bzwei drittel[n]?\b", "66 %, 67 %"),
        (r"\b(?:a|one) quarter(?! (?:year|of a year))\b|\bein viertel\b", "25 %"),
        (r"\bthree[- ]quarters\b|\bdrei viertel[n]?\b|\bdreiviertel\b", "75 %"),
        (r"\b(?:a|one) fifth\b|\bein fünftel\b", "20 %"),
        (r"\b(?:a|one) tenth\b|\bein zehntel\b", "10 %"),
    )
)


def shares_written(text: str) -> str:
    """Add to a text the shares that it has in words, as figures."""
    found = [figure for pattern, figure in _SHARES if pattern.search(text)]
    return f"{text} ({', '.join(found)})" if found else text


def periods_written(text: str) -> str:
    """Add to a text the spans of time that it has in words, as figures."""
    found = [figure for pattern, figure in _PERIODS if pattern.search(text)]
    return f"{text} ({', '.join(found)})" if found else text
