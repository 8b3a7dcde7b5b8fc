"""Units and spans of figures: another currency, a million for a billion, a month for a week."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from witnessmark.evidence.figure_units import HOURS_OF
from witnessmark.evidence.sentence_figures import Figure, figures_in, is_same_figure
from witnessmark.evidence.support.language import Language

_POWERS = tuple(Decimal(10) ** power for power in (-9, -6, -3, 3, 6, 9))
"""By what a figure may be too large or small for another scale."""
_PERIODS = {
    "en": (
        ("day", r"daily|(?:a|per|each|every|by the) day"),
        ("week", r"weekly|(?:a|per|each|every|by the) week"),
        ("month", r"monthly|(?:a|per|each|every|by the) month"),
        ("quarter", r"quarterly|(?:a|per|each|every) quarter(?! of)"),
        ("year", r"yearly|annual|annually|(?:a|per|each|every|by the) year|p\.\s?a\."),
    ),
    "de": (
        ("day", r"täglich\w*|(?:pro|je|jeden) tag|am tag"),
        ("week", r"wöchentlich\w*|(?:pro|je|jede) woche|in der woche"),
        ("month", r"monatlich\w*|(?:pro|je|jeden) monat|im monat|monatsmiete"),
        ("quarter", r"vierteljährlich\w*|(?:pro|je|jedes) (?:quartal|vierteljahr)|im quartal"),
        ("year", r"jährlich\w*|(?:pro|je|jedes) jahr|im jahr(?!\s\d)|jahres(?:miete|beitrag|gebühr|betrag)"),
    ),
}
_RATES = {
    tongue: tuple((name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for name, words in rows)
    for tongue, rows in _PERIODS.items()
}
_TIMES = re.compile(r"\b(?:times|mal|once|twice|einmal|zweimal|instal+ments?|raten)\b", re.IGNORECASE)
_AGO = re.compile(r"\b(?:a|one) (?:day|week|month|year) (?:ago|earlier|later|before|after)\b", re.IGNORECASE)


def measure_conflict(statement: str, cited: Sequence[str], language: Language) -> str | None:
    """Name a figure that a statement has in another unit, or at another rate, than what it cites."""
    theirs = [one for text in cited for one in figures_in(text) if one.kind == "number" and not one.is_reference]
    for one in figures_in(statement):
        if one.kind != "number" or one.is_reference or not one.values:
            continue
        if any(is_same_figure(one, other) for other in theirs):
            continue
        if other := next((other for other in theirs if _is_in_other_unit(one, other) or _is_other(one, other)), None):
            return f"The statement says '{one.text}', what it cites says '{other.text}'."
    return _rate_conflict(statement, cited, language)


def _is_in_other_unit(one: Figure, other: Figure) -> bool:
    """Say whether two figures have the same digits in units, or scales, that differ."""
    same = set(one.values) & set(other.values)
    if same and one.unit and other.unit and one.unit != other.unit:
        return not (one.unit in HOURS_OF and other.unit in HOURS_OF and _is_small(one))
    is_scaled = one.scale != other.scale and max(one.scale, other.scale) > 1 and min(one.scale, other.scale) > 1
    return is_scaled and any(a * power == b for a in one.values for b in other.values for power in _POWERS)


def _is_other(one: Figure, other: Figure) -> bool:
    """Say whether a number in letters is another one of the same unit; of those in digits it is known elsewhere."""
    return one.is_word and not one.is_about and one.unit in HOURS_OF and one.unit == other.unit and max(one.values) > 2


def _is_small(one: Figure) -> bool:
    return max(one.values) <= 2


def _rate_conflict(statement: str, cited: Sequence[str], language: Language) -> str | None:
    tongue = "de" if language == "de" else "en"
    ours, theirs = _rates(statement, tongue), _rates(" ".join(cited), tongue)
    if len(ours) != 1 or len(theirs) != 1 or ours.keys() == theirs.keys() or _TIMES.search(statement):
        return None
    (mine,), (other,) = ours.values(), theirs.values()
    return f"The statement says '{mine}', what it cites says '{other}'."


def _rates(text: str, tongue: str) -> dict[str, str]:
    plain = _AGO.sub(" ", text)
    return {name: match.group() for name, pattern in _RATES[tongue] if (match := pattern.search(plain)) is not None}
