"""Bounds of figures: `at least 20 tons`, `spätestens am 1. April`; whether a statement has the other side of one.

A bound and what is said within it belong together: `free from 20 tons` is `charged below 20 tons`. So bounds that point
the other way are a conflict if the rest of both clauses says the same, and none if the rest is denied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from witnessmark.evidence.sentence_figures import Figure, figures_in, is_same_figure
from witnessmark.evidence.support.directions import directions_in
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.parties import parties_in
from witnessmark.evidence.support.polarity import negations_in
from witnessmark.evidence.support.sentences import shared
from witnessmark.evidence.support.words import words_of

MIN_COMMON = 2
"""Words that clauses have in common which say the opposite within one bound."""
MAX_BEFORE, MAX_AFTER = 40, 40
"""Characters around a figure that may bound it."""
_FILL = (
    r"(?:\s(?:the|a|an|den|dem|der|die|zum|zur|am|on|of|by|to|eur|usd|gbp|sum|age|alter|von|zu|year|days?|ende|anfang|mitte|end|beginning|mid))*"
    r"(?:\smid-)?\s?[€$£]?\s?$"
)
_BOUNDS_BEFORE = {
    "en": (
        (-1, r"no|not", r"(?:more|longer|later|higher|older|greater|larger) than|exceed(?:s|ing)?|after|over|above"),
        (1, r"no|not", r"(?:less|fewer|shorter|earlier|lower|younger|smaller|sooner) than|before|until|under|below"),
        (1, "", r"at least|minimum of|a minimum of|at the earliest|exceed(?:s|ed|ing)?|over|above|after|beyond"),
        (1, "", r"(?:more|longer|later|higher|older|greater|larger) than|as early as|starting|upwards of"),
        (-1, "", r"at most|at the most|maximum of|a maximum of|up to|within|under|below|at the latest|limit of|before"),
        (-1, "", r"(?:less|fewer|shorter|earlier|lower|younger|smaller) than|prior to|limited to|capped at|by"),
    ),
    "de": (
        (-1, "nicht", r"(?:mehr|länger|später|höher|älter|größer) als|über|nach"),
        (1, "nicht", r"(?:weniger|kürzer|früher|niedriger|jünger|kleiner) als|unter|vor"),
        (1, "", r"mindestens|wenigstens|frühestens|über|ab|nach|jenseits"),
        (1, "", r"(?:mehr|länger|später|höher|älter|größer|wertvoller|teurer) als|seit"),
        (-1, "", r"höchstens|maximal|spätestens|unter|bis|bis zu|binnen|innerhalb von|innerhalb|vor"),
        (-1, "", r"(?:weniger|kürzer|früher|niedriger|jünger|kleiner) als|unterhalb von"),
    ),
}
_BOUNDS_AFTER = {
    "en": (
        (1, r"or (?:more|later|longer|older|over|above)|and (?:more|over|above)|at (?:the )?(?:least|earliest)"),
        (-1, r"or (?:less|fewer|earlier|shorter|younger)|at (?:the )?(?:most|latest|maximum)|at the very most"),
    ),
    "de": (
        (1, r"oder (?:mehr|später|länger|älter)|und (?:mehr|danach|später|älter)"),
        (-1, r"oder (?:weniger|früher|kürzer|jünger)"),
    ),
}
_BEFORE = {
    tongue: tuple(
        (sign, re.compile(rf"\b{f'(?:{denial}) ' if denial else ''}(?:{words}){_FILL}", re.IGNORECASE))
        for sign, denial, words in rows
    )
    for tongue, rows in _BOUNDS_BEFORE.items()
}
_AFTER = {
    tongue: tuple((sign, re.compile(rf"^\W*(?:\w+\s){{0,2}}?(?:{words})\b", re.IGNORECASE)) for sign, words in rows)
    for tongue, rows in _BOUNDS_AFTER.items()
}


class Bound(NamedTuple):
    """A bounded figure: `sign` is 1 for what is above it, -1 for what is below it."""

    text: str
    figure: Figure
    sign: int
    rest: str
    """The text without what bounds the figure."""
    is_condition: bool
    """Whether it is in a clause with `if` or `wenn`."""


def bounds_in(text: str, language: Language) -> list[Bound]:
    """Find the figures of a text that are bounded."""
    tongue = "de" if language == "de" else "en"
    found: list[Bound] = []
    for figure in figures_in(text):
        if figure.is_reference:
            continue
        start = max(0, figure.start - MAX_BEFORE)
        is_condition = _IF[tongue].search(text, 0, figure.start) is not None
        before, after = text[start : figure.start], text[figure.end : figure.end + MAX_AFTER]
        match = _first(_AFTER[tongue], after)
        if match is not None:
            sign, words = match
            rest = text[: figure.end] + " " * words.end() + text[figure.end + words.end() :]
            sign *= _lead(words.group(), after, figure)
            found.append(Bound(f"{figure.text} {words.group().strip()}", figure, sign, rest, is_condition))
            continue
        match = _first(_BEFORE[tongue], before)
        if match is not None and (figure.kind == "date" or not _BY.match(match[1].group())):
            sign, words = match
            rest = text[: start + words.start()] + " " * (words.end() - words.start()) + text[figure.start :]
            sign *= _lead(words.group(), after, figure)
            found.append(Bound(f"{words.group().strip()} {figure.text}", figure, sign, rest, is_condition))
    return found


def _first(patterns: Sequence[tuple[int, re.Pattern[str]]], text: str) -> tuple[int, re.Match[str]] | None:
    """Find the first pattern that a text has, with its sign."""
    for sign, pattern in patterns:
        if (match := pattern.search(text)) is not None:
            return sign, match
    return None


_IF = {
    "en": re.compile(r"\b(?:if|when|where|unless|provided|in case|who|whoever)\b[^,;]*$", re.IGNORECASE),
    "de": re.compile(r"\b(?:wenn|falls|sofern|soweit|wer|wem)\b[^,;]*$", re.IGNORECASE),
}
_BY = re.compile(r"by\b", re.IGNORECASE)
"""Bounds dates, and is how much something changes with other figures."""
_SEVERAL = re.compile(r",|;|\b(?:and|und)\b")
_LEAD = re.compile(r"^\W*(?:before|prior|ahead|in advance|vor|vorher|zuvor)\b", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:later|latest|earlier|earliest|sooner|spätestens|frühestens|später|früher|bis)\b", re.IGNORECASE
)
_AGE = re.compile(r"\b(?:older|younger|älter|jünger) (?:than|als)\b", re.IGNORECASE)


def _lead(words: str, after: str, figure: Figure) -> int:
    """Turn bounds that count back: no later than three weeks before is at least three weeks."""
    is_year = any(1900 <= value <= 2100 for value in figure.values) and not figure.unit
    is_back = _LEAD.match(after) is not None and _WHEN.search(words) is not None
    return -1 if is_back or (_AGE.search(words) is not None and (is_year or figure.kind == "date")) else 1


def bound_conflict(statement: str, cited: Sequence[str], language: Language) -> tuple[str | None, bool]:
    """Compare the bounds of a statement with those of what it cites.

    Shapes:  what they say otherwise, or None; and whether a bound of one figure is in both, so that negations and
             opposites around it are compared already
    """
    ours = bounds_in(statement, language)
    for other in cited if ours else ():
        for theirs in bounds_in(other, language):
            for mine in ours:
                if not is_same_figure(mine.figure, theirs.figure):
                    continue
                is_same = _says_same(mine.rest, theirs.rest, language)
                told = f"The statement says '{mine.text}', what it cites says '{theirs.text}'."
                if mine.sign == theirs.sign:
                    return (told, True) if is_same is False and _is_of(mine, theirs, language) else (None, False)
                if mine.is_condition == theirs.is_condition and is_same:
                    return told, True
                return None, True
    return None, False


def _is_of(mine: Bound, theirs: Bound, language: Language) -> bool:
    """Say whether two bounds of one figure are about the same thing, and no other word may deny it."""
    texts = mine.rest, theirs.rest
    if _SEVERAL.search(mine.rest) or any(one.mark == "soft" for text in texts for one in negations_in(text, language)):
        return False
    words = [words_of(text, language) for text in texts]
    common = shared(words[0], words[1])
    return mine.is_condition == theirs.is_condition and common >= MIN_COMMON and 3 * common >= 2 * len(words[0])


def _says_same(ours: str, theirs: str, language: Language) -> bool | None:
    """Say whether two texts deny as much, opposites counted; None if a word such as `only` leaves that open."""
    denials = [negations_in(text, language) for text in (ours, theirs)]
    strong = [sum(one.mark != "soft" for one in several) % 2 for several in denials]
    soft = [{one.text.casefold() for one in several if one.mark == "soft"} for several in denials]
    if (soft[0] ^ soft[1]) & _RESTRICTING:
        return None
    is_same = (strong[0] + strong[1] + _turns(ours, theirs, language)) % 2 == 0
    if not is_same and strong[0] != strong[1]:
        return bool(soft[strong[0]] & _FREE)  # of the side that denies nothing
    return is_same


_RESTRICTING = frozenset("only nur alone allein unless except außer".split())
_FREE = frozenset("free gratis kostenlos kostenfrei unentgeltlich entfallen frei".split())


def _turns(ours: str, theirs: str, language: Language) -> int:
    """Count the opposites in two texts, other than bounds and times."""
    mine, others = directions_in(ours, language), directions_in(theirs, language)
    return sum(
        any(one.axis == other.axis and one.sign != other.sign for other in others)
        for one in mine
        if one.name not in {"bound", "above", "time", "prior", "trade"}
    ) + _other_parties(ours, theirs, language)


def _other_parties(ours: str, theirs: str, language: Language) -> int:
    """Say whether one text is about one side of a contract, and the other about the other side."""
    mine, others = parties_in(ours, language), parties_in(theirs, language)
    is_shared = any(one.is_same(other) for one in mine for other in others)
    return int(not is_shared and any(one.is_opposite(other) for one in mine for other in others))
