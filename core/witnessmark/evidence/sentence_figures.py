"""Figures in sentences: numbers with their units, number words, dates, and which of them mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from witnessmark.evidence.figure_units import (
    ABOUT_WORDS,
    CURRENCY_CODES,
    CURRENCY_SIGNS,
    CURRENCY_WORDS,
    HOURS_OF,
    MEASURES,
    REFERENCE_WORDS,
    SCALES,
    TIME_WORDS,
    WITH_CENTS,
)
from witnessmark.evidence.number_words import number_words_in
from witnessmark.evidence.numbers import Date, dates_of, values_of

Kind = Literal["number", "date"]
MAX_TEXT = 20_000
"""Characters of a text in which figures are looked for."""

_WORD = r"[^\W\d_]{3,10}"
_DATES = re.compile(
    rf"(?<![\w.,/-])(?:\d{{1,4}}([./-])\d{{1,2}}\1\d{{1,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?{_WORD}\.?,?(?:\s+(?:de\s+)?\d{{4}})?"
    rf"|{_WORD}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|{_WORD}\.?,?\s+\d{{4}})(?![\w/-]|[.,]\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?P<before>(?:us)?[{''.join(sign for sign in CURRENCY_SIGNS if len(sign) == 1)}]|\b[a-z]{{3}}(?=[\s\d]))?\s?"
    r"(?P<sign>(?<![\w)\]])[-\u2212+])?"
    r"(?P<digits>(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?![\d])|(?<!\d)\d(?:[\d.,']*\d)?)"
    r"(?P<ordinal>(?:st|nd|rd|th)\b)?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s\u00a0-]?(?P<percent>%|\u2030|per\s?cent(?:age\spoints?)?\b|pct\b|prozent(?:punkten?|punkt)?\b|v\.h\.)"
    r"|[\s\u00a0-]?(?P<scale>thousand|tausend|millionen|millions?|mio|billion|milliarden?|mrd|[km]\b|mn\b|bn\b)\b\.?",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\)?(?:[\s\u00a0-]|-\s)?"
    r"(?:(?:business|working|calendar|consecutive|full|more|less|fewer|additional|extra|further"
    r"|volle[nr]?|mehr|weniger|weitere[nr]?|zus\u00e4tzliche[nr]?)\s)?"
    r"(?P<unit>[^\W\d_]+|[$\u20ac\u00a3\u00a5\u20b9])",
    re.IGNORECASE,
)
_CONNECTS = re.compile(r"\s*(?:to|and|or|bis|auf|und|oder|-|\u2013)\s*(?:[a-z]{3}\s|[$\u20ac\u00a3])?", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?P<noon>noon|midday|midnight|mittags?|mitternacht)\b"
    r"|(?<![\d.,:])(?:(?P<hour>\d{1,2}):(?P<minute>\d{2})|(?P<hour2>\d{1,2}))(?![\d:]|[.,]\d)"
    r"(?:\s?(?P<half>[ap]\.?m\.?(?![a-z])|uhr\b|o'clock))?",
    re.IGNORECASE,
)
_NOONS = frozenset({"noon", "midday", "mittag", "mittags"})
_IS_WORKING = re.compile(r"business|working|werktag|arbeitstag", re.IGNORECASE)
_LAST_WORD = re.compile(r"(\S+?)[.:]?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number or date in a sentence."""

    text: str
    """As written, with its unit."""
    start: int
    end: int
    kind: Kind
    values: tuple[Decimal, ...] = ()
    """What a number may be worth: two where `1,234` can be read both ways."""
    unit: str = ""
    """`%`, a currency's code, or `day`, `month` and the like; `""` for any other."""
    dates: frozenset[Date] = frozenset()
    """What a date may mean: year, month, day; 0 for what it does not say."""
    is_word: bool = False
    """Whether it is written in letters."""
    is_reference: bool = False
    """Whether it counts clauses, pages, lines, is an ordinal, or part of a word such as `A4`."""
    is_about: bool = False
    scale: int = 1
    """What `thousand` or `million` after a number stands for; its values have it in them."""


@lru_cache(maxsize=4096)
def figures_in(text: str) -> tuple[Figure, ...]:
    """Find the figures of a text, in order; each place is in one."""
    text = text[:MAX_TEXT]
    found = [*_dates_in(text), *_clock_times_in(text)]
    taken = [(one.start, one.end) for one in found]
    for one in (*_numbers_in(text), *_words_in(text)):
        if not any(start < one.end and one.start < end for start, end in taken):
            found.append(one)
            taken.append((one.start, one.end))
    found.sort(key=lambda one: one.start)
    return tuple(_shared(one, following, text) for one, following in zip_longest(found, found[1:]))


def _shared(one: Figure | None, following: Figure | None, text: str) -> Figure:
    """Let a number have the unit and scale of the next one, as in `3 to 5 days`, `from 48.2 to 48.3 million`."""
    assert one is not None, "only the last has none following"
    if following is None or one.kind != "number" or following.kind != "number" or one.unit or one.is_reference:
        return one
    if _CONNECTS.fullmatch(text, one.end, following.start) is None:
        return one
    values = one.values
    if following.scale != 1 and one.scale == 1:  # a second reading: `from 2 to 3 million` may mean two
        values = (*values, *(value * following.scale for value in values))
    unit = following.unit if following.unit in HOURS_OF else ""
    return replace(one, values=values, unit=unit)


def is_same_figure(one: Figure, other: Figure) -> bool:
    """Say whether two figures can mean the same: `30 days` and `thirty days`, `12 months` and `one year`.

    Shapes:  a date and a year that it is in are the same; a number without a unit is the same as one with any
    """
    if one.kind == other.kind == "date":
        return any(_is_same_date(a, b) for a in one.dates for b in other.dates)
    if one.kind != other.kind:
        date, number = (one, other) if one.kind == "date" else (other, one)
        return not number.unit and any(value == year for value in number.values for year, _, _ in date.dates)
    if not _units_agree(one.unit, other.unit):
        return False
    if _is_working(one) and _is_working(other):
        return bool(set(one.values) & set(other.values))
    return bool(set(_in_units(one)) & set(_in_units(other))) or (
        (not one.unit or not other.unit) and bool(set(one.values) & set(other.values))
    )


def _is_working(figure: Figure) -> bool:
    """Say whether a figure counts working days, of which a week has five."""
    return figure.unit == "day" and _IS_WORKING.search(figure.text) is not None


def is_near(one: Figure, other: Figure, *, share: Decimal = Decimal("0.06")) -> bool:
    """Say whether two numbers differ by little, as `about 1,300` and `1,284` do."""
    if one.kind != "number" or other.kind != "number" or not _units_agree(one.unit, other.unit):
        return False
    return any(abs(a - b) <= share * max(abs(a), abs(b)) for a in one.values for b in other.values)


def _units_agree(one: str, other: str) -> bool:
    if "cent" in {one, other}:
        return {one, other} - {"cent", ""} <= WITH_CENTS
    return not one or not other or one == other or (one in HOURS_OF and other in HOURS_OF)


def _in_units(figure: Figure) -> Iterator[tuple[Decimal, str]]:
    """Write a number in every unit in which people say the same."""
    for value in figure.values:
        yield value, figure.unit
        if figure.unit in HOURS_OF:
            yield value * HOURS_OF[figure.unit], "hour"
        if _is_working(figure):
            yield value * HOURS_OF["week"] / 5, "hour"
        if figure.unit == "year":
            yield value * 12, "month"
            yield value * 12 * HOURS_OF["month"], "hour"
        if figure.unit == "cent":
            yield from ((value / 100, currency) for currency in (*WITH_CENTS, ""))


def _is_same_date(one: Date, other: Date) -> bool:
    return all(a == b or not a or not b for a, b in zip(one, other, strict=True))


def _dates_in(text: str) -> Iterator[Figure]:
    start = 0
    while found := _DATES.search(text, start):
        written = found.group().rstrip(",")
        dates = frozenset[Date]() if _is_duty(written) else dates_of(written)
        if not dates and not _is_duty(written) and (partial := dates_of(written.rstrip(".,") + " 2000")):
            dates = frozenset((0, month, day) for _, month, day in partial if day)
        if dates:
            yield Figure(text=written, start=found.start(), end=found.start() + len(written), kind="date", dates=dates)
            start = found.end()
        else:
            start = found.start() + 1


def _clock_times_in(text: str) -> Iterator[Figure]:
    """Find times of day, in minutes; of one that may be before or after noon, both."""
    for found in _CLOCK.finditer(text):
        if found["noon"] is not None:
            values: tuple[int, ...] = (720,) if found["noon"].casefold() in _NOONS else (0, 1440)
        else:
            hour, minute = int(found["hour"] or found["hour2"]), int(found["minute"] or 0)
            half = (found["half"] or "").casefold().replace(".", "")
            if hour > 24 or minute > 59 or not (found["minute"] or half):
                continue
            time = hour % 12 * 60 + minute if half in {"am", "pm"} else hour * 60 + minute
            values = (time + 720,) if half == "pm" else (time,) if half == "am" or hour > 12 else (time, time + 720)
        yield Figure(
            text=found.group().strip(),
            start=found.start(),
            end=found.end(),
            kind="number",
            values=tuple(map(Decimal, values)),
            unit="clock",
        )


def _is_duty(written: str) -> bool:
    """Say whether `may` in small letters, without a year, is a verb: `clause 3 may apply`."""
    return re.search(r"\bmay\b", written) is not None and re.search(r"\d{4}", written) is None


def _numbers_in(text: str) -> Iterator[Figure]:
    for found in _NUMBER.finditer(text):
        digits = found["digits"]
        plain = re.sub(r"[ \u00a0\u202f]", "", digits)
        values = values_of(plain)
        if not values:
            continue
        begin, end = found.start("digits"), found.end()
        before = (found["before"] or "").casefold()
        unit = CURRENCY_SIGNS.get(before) or (before if before in CURRENCY_CODES else "")
        if unit:
            begin = found.start("before")
        sign = -1 if found["sign"] in {"-", "\u2212"} else 1
        figure = Figure(
            text=text[begin:end],
            start=begin,
            end=end,
            kind="number",
            values=tuple(dict.fromkeys(sign * Decimal(value) for value in values)),
            unit=unit,
            is_reference=found["ordinal"] is not None
            or _is_name(text, begin)
            or _comes_after(text, begin, REFERENCE_WORDS),
            is_about=_comes_after(text, begin, ABOUT_WORDS),
        )
        yield _with_unit(figure, text)


def _is_name(text: str, start: int) -> bool:
    """Say whether a figure is part of a word, as in `d1`, `A4`, `v2`."""
    return start > 0 and text[start - 1].isalpha()


def _words_in(text: str) -> Iterator[Figure]:
    for start, end, value in number_words_in(text):
        figure = Figure(
            text=text[start:end],
            start=start,
            end=end,
            kind="number",
            values=(Decimal(value),),
            is_word=True,
            is_reference=_comes_after(text, start, REFERENCE_WORDS),
            is_about=_comes_after(text, start, ABOUT_WORDS),
        )
        figure = _with_unit(figure, text)
        if value != 1 or figure.unit:  # `one`, `ein` may be no numbers
            yield figure


def _with_unit(figure: Figure, text: str) -> Figure:
    """Take in what follows a number: per cent, a scale such as million, a currency, a span of time."""
    end, unit, values, scale = figure.end, figure.unit, figure.values, 1
    found = _AFTER.match(text, end)
    if found is not None and found["percent"] is not None:
        return replace(figure, text=text[figure.start : found.end()], end=found.end(), unit=_percent(found["percent"]))
    if found is not None:
        scale = SCALES[found["scale"].casefold()]
        scaled = tuple(value * scale for value in values)
        if len(found["scale"]) > 1 or unit:
            end, values = found.end(), scaled
        else:  # `5m` is a length or an amount
            values, scale = (*values, *scaled), 1
    if not unit and (named := _UNIT.match(text, end)) is not None:
        word = named["unit"].casefold()
        unit = (
            TIME_WORDS.get(word)
            or CURRENCY_SIGNS.get(word)
            or CURRENCY_WORDS.get(word)
            or (word if word in CURRENCY_CODES else "")
        )
        end = named.end() if unit else end
        if not unit and word in MEASURES:
            unit, factor = MEASURES[word]
            end, values = named.end(), tuple(dict.fromkeys((*(value * factor for value in values), *values)))
    return replace(figure, text=text[figure.start : end], end=end, unit=unit, values=values, scale=scale)


def _percent(written: str) -> str:
    return "\u2030" if written == "\u2030" else "%"


def _comes_after(text: str, start: int, words: frozenset[str]) -> bool:
    found = _LAST_WORD.search(text[max(0, start - 24) : start])
    return found is not None and found[1].casefold().strip("([.:") in words
