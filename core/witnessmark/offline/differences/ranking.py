"""The order in which a person should look at differences: what changes figures, dates and negations first."""

from __future__ import annotations

import re

from witnessmark.offline.differences.words import MONTHS, NEGATIONS

LAST = 5
"""The rank of formatting."""
_FIRST = frozenset({"number", "date", "negation"})
_SECOND = frozenset({"obligation", "name"})
_CLAUSE = re.compile(r"\(?(?:[^\W\d_]+ )?\d+(?:\.\d+)*[a-z]?[.):]*\s")
"""The number of a clause, as in `6. Peace`."""
_WORD = re.compile(r"[^\W\d_]+(?:'t)?|\d+")


def rank_of(kind: str, what: str | None, *, is_formatting: bool, text: str = "") -> int:
    """Rank a difference; 0 comes first.

    Figures, dates and negations come first; then duties, parties, and text that was added or removed and holds a
    figure, a date or a negation; then everything else, then pictures, then formatting.

    Shapes:  `text` is what was added or removed
    """
    if is_formatting:
        return LAST
    if kind == "visual":
        return 3
    if kind in {"added", "removed"}:
        return 1 if has_weight(text) else 2
    return 0 if what in _FIRST else 1 if what in _SECOND else 2


def has_weight(text: str) -> bool:
    """Say whether a text holds a figure, a date or a negation."""
    words = _WORD.findall(
        text[len(found[0]) if (found := _CLAUSE.match(text)) else 0 :].casefold().replace("\u2019", "'")
    )
    return any(word[0].isdigit() or word in NEGATIONS or word in MONTHS or word.endswith("n't") for word in words)
