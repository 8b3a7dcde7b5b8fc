"""Figures in sentences: numbers with their units, number words, dates, and which of them mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from witnessmark.evidence.number_words import number_words_in
from witnessmark.evidence.numbers import Date, dates_of, values_of

Kind = Literal["number", "date"]
MAX_TEXT = 20_000
"""Characters of a text in which figures are looked for."""

_SYMBOLS = {"$": "usd", "\u20ac": "eur", "\u00a3": "gbp", "\u00a5": "jpy", "\u20b9": "inr", "us$": "usd"}
_CURRENCY_WORDS = {
    "euro": "eur", "euros": "eur", "dollar": "usd", "dollars": "usd", "pound": "gbp", "pounds": "gbp",
    "franken": "chf", "francs": "chf", "yen": "jpy", "crowns": "crown", "kronen": "crown", "cents": "cent",
    "cent": "cent",
}  # fmt: skip
_CODES = frozenset("eur usd gbp chf jpy cad aud cny inr sek nok dkk pln czk huf brl zar sgd hkd nzd".split())
_PERCENT = {
    "%": "%", "percent": "%", "per cent": "%", "pct": "%", "prozent": "%", "v.h.": "%", "percentage points": "%",
    "percentage point": "%", "prozentpunkte": "%", "prozentpunkten": "%", "prozentpunkt": "%", "\u2030": "\u2030",
}  # fmt: skip
_TIMES = {
    "hour": "hour", "hours": "hour", "stunde": "hour", "stunden": "hour",
    "minute": "minute", "minutes": "minute", "minuten": "minute",
    "day": "day", "days": "day", "tag": "day", "tage": "day", "tagen": "day", "tages": "day",
    "werktage": "day", "werktagen": "day", "kalendertage": "day", "kalendertagen": "day",
    "arbeitstage": "day", "arbeitstagen": "day", "t\u00e4gige": "day", "t\u00e4gigen": "day", "t\u00e4gig": "day",
    "week": "week", "weeks": "week", "woche": "week", "wochen": "week", "w\u00f6chige": "week", "w\u00f6chigen": "week",
    "month": "month", "months": "month", "monat": "month", "monate": "month", "monaten": "month",
    "monatige": "month", "monatigen": "month",
    "year": "year", "years": "year", "jahr": "year", "jahre": "year", "jahren": "year", "j\u00e4hrige": "year",
    "j\u00e4hrigen": "year",
}  # fmt: skip
_SCALES = {
    "thousand": 1_000, "tausend": 1_000, "k": 1_000, "million": 1_000_000, "millions": 1_000_000, "mio": 1_000_000,
    "millionen": 1_000_000, "mn": 1_000_000, "m": 1_000_000, "billion": 1_000_000_000, "bn": 1_000_000_000,
    "mrd": 1_000_000_000, "milliarde": 1_000_000_000, "milliarden": 1_000_000_000,
}  # fmt: skip
_REFERENCES = frozenset(
    "section sections clause clauses article articles paragraph paragraphs page pages no nos number item row line"
    " point annex appendix schedule exhibit chapter table part version step column footnote \u00a7 \u00a7\u00a7 ziffer"
    " abschnitt artikel absatz seite seiten nr nummer punkt klausel zeile anlage kapitel tabelle teil spalte".split()
)
_ABOUT = frozenset(
    "about around roughly approximately nearly almost circa ca some etwa rund ungef\u00e4hr fast knapp".split()
)
_WITH_CENTS = frozenset({"eur", "usd", "cad", "aud", "nzd", "sgd", "hkd"})
_IN_DAYS = {"day": Decimal(1), "week": Decimal(7), "month": Decimal(30), "year": Decimal(365)}

_WORD = r"[^\W\d_]{3,10}"
_DATES = re.compile(
    rf"(?<![\w.,/-])(?:\d{{1,4}}([./-])\d{{1,2}}\1\d{{1,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?{_WORD}\.?,?(?:\s+(?:de\s+)?\d{{4}})?"
    rf"|{_WORD}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|{_WORD}\.?,?\s+\d{{4}})(?![\w/-]|[.,]\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?P<before>(?:us)?[{''.join(sign for sign in _SYMBOLS if len(sign) == 1)}]|\b[a-z]{{3}}(?=[\s\d]))?\s?"
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
    r"(?:[\s\u00a0-]|-\s)?(?:(?:business|working|calendar|consecutive|full|volle[nr]?)\s)?(?P<unit>[^\W\d_]+|[$\u20ac\u00a3\u00a5\u20b9])",
    re.IGNORECASE,
)
_CONNECTS = re.compile(r"\s*(?:to|and|or|bis|auf|und|oder|-|\u2013)\s*(?:[a-z]{3}\s|[$\u20ac\u00a3])?", re.IGNORECASE)
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
    found = list(_dates_in(text))
    taken = [(one.start, one.end) for one in found]
    for one in (*_numbers_in(text), *_words_in(text)):
        if not any(start < one.end and one.start < end for start, end in taken):
            found.append(one)
            taken.append((one.start, one.end))
    found.sort(key=lambda one: one.start)
    return tuple(_with_scale_of(one, following, text) for one, following in zip_longest(found, found[1:]))


def _with_scale_of(one: Figure | None, following: Figure | None, text: str) -> Figure:
    """Let a number have the scale of the next one, as in `from 48.2 to 48.3 million`, as a second reading."""
    assert one is not None, "only the last has none following"
    if following is None or following.scale == 1 or one.scale != 1 or one.unit or one.kind != "number":
        return one
    if _CONNECTS.fullmatch(text, one.end, following.start) is None:
        return one
    return replace(one, values=(*one.values, *(value * following.scale for value in one.values)))


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
    return bool(set(_in_units(one)) & set(_in_units(other))) or (
        (not one.unit or not other.unit) and bool(set(one.values) & set(other.values))
    )


def is_near(one: Figure, other: Figure, *, share: Decimal = Decimal("0.06")) -> bool:
    """Say whether two numbers differ by little, as `about 1,300` and `1,284` do."""
    if one.kind != "number" or other.kind != "number" or not _units_agree(one.unit, other.unit):
        return False
    return any(abs(a - b) <= share * max(abs(a), abs(b)) for a in one.values for b in other.values)


def _units_agree(one: str, other: str) -> bool:
    if "cent" in {one, other}:
        return {one, other} - {"cent", ""} <= _WITH_CENTS
    return not one or not other or one == other or (one in _IN_DAYS and other in _IN_DAYS)


def _in_units(figure: Figure) -> Iterator[tuple[Decimal, str]]:
    """Write a number in every unit in which people say the same."""
    for value in figure.values:
        yield value, figure.unit
        if figure.unit in _IN_DAYS:
            yield value * _IN_DAYS[figure.unit], "day"
        if figure.unit == "year":
            yield value * 12, "month"
            yield value * 360, "day"
        if figure.unit == "hour":
            yield value / 24, "day"
        if figure.unit == "cent":
            yield from ((value / 100, currency) for currency in (*_WITH_CENTS, ""))


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
        unit = _SYMBOLS.get(before) or (before if before in _CODES else "")
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
            or _comes_after(text, begin, _REFERENCES),
            is_about=_comes_after(text, begin, _ABOUT),
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
            is_reference=_comes_after(text, start, _REFERENCES),
            is_about=_comes_after(text, start, _ABOUT),
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
        scale = _SCALES[found["scale"].casefold()]
        scaled = tuple(value * scale for value in values)
        if len(found["scale"]) > 1 or unit:
            end, values = found.end(), scaled
        else:  # `5m` is a length or an amount
            values, scale = (*values, *scaled), 1
    if not unit and (named := _UNIT.match(text, end)) is not None:
        word = named["unit"].casefold()
        unit = _TIMES.get(word) or _SYMBOLS.get(word) or _CURRENCY_WORDS.get(word) or (word if word in _CODES else "")
        end = named.end() if unit else end
    return replace(figure, text=text[figure.start : end], end=end, unit=unit, values=values, scale=scale)


def _percent(written: str) -> str:
    return "\u2030" if written == "\u2030" else "%"


def _comes_after(text: str, start: int, words: frozenset[str]) -> bool:
    found = _LAST_WORD.search(text[max(0, start - 24) : start])
    return found is not None and found[1].casefold().strip("([.:") in words
