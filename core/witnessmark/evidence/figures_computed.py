"""Figures that follow from two sides of a change: what they differ by, ratios, spans of time, other scales, totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from witnessmark.evidence.figure_units import HOURS_OF
from witnessmark.evidence.sentence_figures import Figure, is_near, is_same_figure

MAX_PAIRS = 64
"""Pairs of figures of both sides of which differences and ratios are computed."""
NEARLY = Decimal("0.02")
"""Share by which spans of time may differ that mean the same: months are not all alike."""
ABOUT = Decimal("0.06")
"""Share by which a figure after `about` may be off."""
MIN_ZEROS = 3
"""With which a number ends that may be rounded."""
HARDLY = Decimal("0.005")
"""Share by which such a number may be off."""
MAX_NEAR = 40
"""Letters around a figure in which it may be called a total."""
_TOTALS = re.compile(
    r"\b(?:in all|in total|total of|altogether|overall|add(?:s|ing)? up|in sum|insgesamt|zusammen|in summe)\b",
    re.IGNORECASE,
)
_SCALES_OF_TEXTS = (
    (re.compile(r"\b(?:thousands?|tausend|tsd|teur|t\u20ac|k\u20ac|keur|'000)\b", re.IGNORECASE), 1_000),
    (re.compile(r"\b(?:millions?|mio|mill|m\u20ac|millionen)\b", re.IGNORECASE), 1_000_000),
)
_COMPARES = re.compile(
    r"\b(?:by|more|less|fewer|another|additional(?:ly)?|extra|further|later|earlier|sooner|up|down|points?|differ\w*|gains?"
    r"|los[est]+|gets?|saves?|plus|minus|grace|smaller|larger|greater|longer|shorter|higher|lower|\w+er than|\w+er"
    r"|(?:increase|rais|ris|reduc|decreas|drop|cut|extend|shorten|add|extens|halv)\w*"
    r"|um|mehr|weniger|zus\u00e4tzlich\w*|weitere\w*|unterschied|prozentpunkte?n?|plus|spar\w*)\b",
    re.IGNORECASE,
)
_TO = re.compile(
    r"\b(?:to|auf|is|are|now|only|within|binnen|innerhalb von|betr\u00e4gt|sind|nun|jetzt|nur|at|of|von|f\u00fcr)\s+"
    r"(?:[a-z]{3}\s)?$",
    re.IGNORECASE,
)
_COMPARED_BY = re.compile(r"\s+(?:\w+\s+){0,2}?(?:more|less|\w{2,}er|mehr|weniger|up|down|off|on top)\b", re.IGNORECASE)
_YEARLY = re.compile(
    r"\b(?:years?|yearly|annual(?:ly)?|jahr(?:es)?|jahres\w+|j\u00e4hrlich\w*|p\.\s?a\.)(?!\w)", re.IGNORECASE
)
_PART_OF_YEAR = re.compile(
    r"\b(?:months?|monthly|quarters?|weeks?|weekly|monat\w*|quartal\w*|woche\w*)\b", re.IGNORECASE
)
_PARTS_OF_YEAR = (12, 4, 52)
_DAYS_OF = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}


def is_known(one: Figure, known: Iterable[Figure]) -> bool:
    return any(
        is_same_figure(one, other) or (one.is_about and is_near(one, other)) or _is_rounded(one, other)
        for other in known
    )


def _is_rounded(one: Figure, other: Figure) -> bool:
    """Say whether a number such as `1.2 million` or `85,000` is another one, rounded."""
    digits = re.search(r"\d[\d.,']*", one.text)
    if digits is None or not is_near(one, other):
        return False
    if one.scale == 1:
        zeros = len(digits.group()) - len(digits.group().rstrip("0,.'"))
        unit = Decimal(10) ** (zeros - digits.group()[-zeros:].count(",")) if zeros >= MIN_ZEROS else Decimal(0)
        return any(0 < abs(a - b) <= min(unit / 2, HARDLY * b) for a in one.values for b in other.values)
    decimals = re.split(r"[.,]", digits.group())[1:]
    unit = Decimal(one.scale) / 10 ** len(decimals[-1] if decimals else "")
    return any(abs(a - b) <= unit / 2 for a in one.values for b in other.values)


def is_computed(
    one: Figure, before: Sequence[Figure], after: Sequence[Figure], *, by_year: bool, is_compared: bool
) -> bool:
    """Say whether a figure is what two sides differ by, or how one is to the other; a month's or quarter's by year."""
    if len(before) == len(after):
        pairs = list(zip(before, after, strict=True))
    else:
        pairs = [(old, new) for old in before for new in after]
    pairs = [(old, new) for old, new in pairs[:MAX_PAIRS] if old.kind != "number" or _are_comparable(old, new)]
    times = (1, *_PARTS_OF_YEAR) if by_year else (1,)
    return any(
        _follows(one, old, new, count, is_compared=is_compared)
        for old, new in pairs
        if not is_same_figure(old, new)
        for count in times
    )


def is_in_scale(
    one: Figure, known: Iterable[Figure], before: Sequence[Figure], after: Sequence[Figure], texts: str
) -> bool:
    """Say whether a figure is written out where the texts are in thousands or millions, or the other way round."""
    scales = [scale for pattern, scale in _SCALES_OF_TEXTS if pattern.search(texts) is not None]
    for scale in scales:
        small = replace(one, values=tuple(value / scale for value in one.values), unit="", scale=1)
        plain = [replace(other, unit="") for other in known if other.kind == "number"]
        sides = [[replace(other, unit="") for other in side] for side in (before, after)]
        if is_known(small, plain) or is_computed(small, *sides, by_year=False, is_compared=True):
            return True
    return False


def is_share_of_year(one: Figure, known: Iterable[Figure], meaning: str, texts: str) -> bool:
    """Say whether a figure is the part for a month or quarter of one that the texts have by the year."""
    if one.kind != "number" or _PART_OF_YEAR.search(meaning) is None or _YEARLY.search(texts) is None:
        return False
    return any(
        is_known(replace(one, values=tuple(value * times for value in one.values)), known) for times in _PARTS_OF_YEAR
    )


def is_total(one: Figure, meaning: str) -> bool:
    """Say whether a figure is a model's own sum over more than the change: `nine years in all`."""
    return _TOTALS.search(meaning[max(0, one.start - MAX_NEAR) : one.end + MAX_NEAR]) is not None


def compares(meaning: str) -> bool:
    """Say whether a sentence tells by how much something is another: `within 48 hours` does not."""
    return _COMPARES.search(meaning) is not None


def is_target(one: Figure, meaning: str) -> bool:
    """Say whether a sentence gives a figure as the new one, `reduced to 30 days`, and does not compare by it."""
    before, after = meaning[max(0, one.start - MAX_NEAR) : one.start], meaning[one.end : one.end + MAX_NEAR]
    return _TO.search(before) is not None and _COMPARED_BY.match(after) is None


def speaks_of_year(meaning: str) -> bool:
    """Say whether a sentence may count a month's or quarter's amount by the year."""
    return _YEARLY.search(meaning) is not None


def _are_comparable(old: Figure, new: Figure) -> bool:
    return old.unit == new.unit or (old.unit in HOURS_OF and new.unit in HOURS_OF)


def _follows(one: Figure, old: Figure, new: Figure, times: int, *, is_compared: bool) -> bool:
    if one.kind != "number" or old.kind != new.kind:
        return False
    if old.kind == "date":
        return is_compared and any(_is_span(one, days) for days in _days_between(old, new))
    if is_compared and one.unit in HOURS_OF and old.unit == new.unit == "clock":
        minutes = [abs(b - a) for a in old.values for b in new.values]
        return any(value * HOURS_OF[one.unit] * 60 in minutes for value in one.values)
    if is_compared and one.unit in HOURS_OF and old.unit in HOURS_OF and new.unit in HOURS_OF:
        hours = abs(new.values[0] * HOURS_OF[new.unit] - old.values[0] * HOURS_OF[old.unit])
        if any(abs(value * HOURS_OF[one.unit] - hours) <= NEARLY * hours for value in one.values):
            return True
    for a in old.values:
        for b in new.values:
            for value, units in _computed(a, b, old.unit or new.unit, is_compared=is_compared):
                if _is_result(one, value * times if times > 1 else value, units):
                    return True
    return False


def _is_result(one: Figure, value: Decimal, units: frozenset[str]) -> bool:
    if one.unit == "cent" and not units & {"%"}:
        return any(said == abs(value) * 100 for said in one.values)
    if one.unit and one.unit not in units:
        return False
    if one.is_about and any(abs(abs(said) - value) <= ABOUT * value for said in one.values):
        return True
    return any(_rounds_to(said, value) for said in one.values)


def _computed(a: Decimal, b: Decimal, unit: str, *, is_compared: bool) -> Iterator[tuple[Decimal, frozenset[str]]]:
    if is_compared:
        yield abs(b - a), frozenset({unit})
    if unit == "%":
        yield 100 - a, frozenset({unit})
        yield 100 - b, frozenset({unit})
    if a:
        yield abs(b - a) / abs(a) * 100, frozenset({"%"})
        yield b / a, frozenset({""})
        yield b / a * 100, frozenset({"%"})
    if b:
        yield a / b, frozenset({""})


def _rounds_to(said: Decimal, value: Decimal) -> bool:
    """Say whether a figure is a value as rounded to as many digits as it has."""
    exponent = said.as_tuple().exponent
    unit = Decimal(1).scaleb(min(int(exponent), 0)) if isinstance(exponent, int) else Decimal(1)
    return abs(abs(said) - abs(value)) <= unit / 2


def _days_between(old: Figure, new: Figure) -> Iterator[int]:
    for one in old.dates:
        for other in new.dates:
            has_years = bool(one[0]) == bool(other[0])
            if has_years and all(one[1:]) and all(other[1:]):
                try:
                    yield abs((date(other[0] or 2001, *other[1:]) - date(one[0] or 2001, *one[1:])).days)
                except ValueError:
                    continue


def _is_span(one: Figure, days: int) -> bool:
    size = _DAYS_OF.get(one.unit)
    return size is not None and any(abs(float(value) * size - days) <= size / 2 for value in one.values)
