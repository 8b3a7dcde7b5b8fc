"""What of a statement its own citations do not bear out: figures that stand in none of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from witnessmark.evidence.normal import core_of, key_of
from witnessmark.evidence.numbers import amount_of, has_digit
from witnessmark.evidence.sentence_figures import Figure, figures_in, is_near, is_same_figure
from witnessmark.evidence.support.computed import follows_from
from witnessmark.evidence.support.periods import periods_written, shares_written

_ABOUT = Decimal("0.03")
"""Share by which a figure after `about` may be off."""
_YEAR_BEFORE = re.compile(
    r"\b(?:year before|previous year|prior year|last year|year earlier|vorjahr\w*|jahr (?:davor|zuvor))\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?<!\w)(?:pages?|pp?\.|seiten?|S\.|lines?|zeilen?)\s?(?:no\.?\s?)?\d{1,5}(?:(?:\s?[-\u2013]\s?|\s(?:to|bis)\s|,)\d{1,5})*"
    r"(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
_PLACES = rf"(?:,?\s*{_PLACE.pattern})?"
_EMPTY_BRACKETS = re.compile(r"[(\[][\s,;:]*[)\]]")
_FIGURE = re.compile(r"[^\s()\[\]{}\"\u201c\u201d;:/=]*\d[^\s()\[\]{}\"\u201c\u201d;:/=]*")


def without_references(statement: str, names: Iterable[str]) -> str:
    """Leave out of a statement how it refers to documents: their names and the numbers of pages and lines.

    Those come from the prompt, where each document has a title such as `report-2024.pdf, pages 3-5`. They say where
    something is, and claim nothing.
    """
    text = statement
    for name in sorted(set(names), key=len, reverse=True):
        if name:
            text = re.sub(re.escape(name) + _PLACES, " ", text, flags=re.IGNORECASE)
    return _EMPTY_BRACKETS.sub(" ", _PLACE.sub(" ", text))


def unsupported_figures(statement: str, cited: Iterable[str], *, known: str = "") -> list[str]:
    """List the figures of a statement that neither what it cites has nor what is `known`, such as its question.

    A figure stands there where its digits do, in whatever way they are grouped; its sign and unit are no matter here,
    for sentences say them in words. So is the way it is written: `90 days` is `ninety days`, `14 days` is `two weeks`.

    Shapes:  as they are written, each once, in their order
    """
    figures = {key_of(one): one for one in _figures(statement)}
    if not figures:
        return []
    there = [figure for text in (*cited, known) for figure in _figures(text)]
    there += [figure for text in cited for figure in _grouped(text)]
    keys = {key_of(one) for one in there}
    values = {value for one in there for value in _values(one)}
    missing = [one for key, one in figures.items() if key not in keys and not values & _values(one)]
    if not missing:
        return []
    written = [figure for text in (*cited, known) for figure in figures_in(shares_written(periods_written(text)))]
    missing = [one for one in missing if not _is_year_before(one, " ".join(cited))]
    said, known_figures = figures_in(statement), [figures_in(shares_written(text)) for text in cited]
    return [
        one for one in missing if not (_is_written_otherwise(one, said, written) or _follows(one, said, known_figures))
    ]


def contradicted_figures(statement: str, cited: Iterable[str], *, known: str) -> list[str]:
    """List the figures of a statement that only the question has, and of which the citations have others of the unit.

    A figure of the question needs no citation, unless what is cited says another: 900 euros where the question and the
    statement say 950. A statement that has the cited figure, too, denies the other: it is not 950 euros but 900.

    Shapes:  as they are written, each once, in their order
    """
    texts = list(cited)
    by_question = set(unsupported_figures(statement, texts)) - set(unsupported_figures(statement, texts, known=known))
    if not by_question:
        return []
    written = [figure for text in texts for figure in figures_in(periods_written(text)) if figure.unit]
    said = [figure for figure in figures_in(statement) if figure.unit]
    if any(is_same_figure(one, other) for one in said for other in written):
        return []
    return [
        one
        for one in dict.fromkeys(_figures(statement))
        if one in by_question
        and any(one in figure.text and any(figure.unit == other.unit for other in written) for figure in said)
    ]


def _is_year_before(figure: str, cited: str) -> bool:
    """Say whether a year is the one before a cited year: `2023 \u2026 the year before`."""
    if re.fullmatch(r"(?:19|20)\d\d", figure) is None or _YEAR_BEFORE.search(cited) is None:
        return False
    return re.search(rf"\b{int(figure) + 1}\b", cited) is not None


def _is_written_otherwise(figure: str, said: Iterable[Figure], written: Iterable[Figure]) -> bool:
    """Say whether every place of a figure in a statement means what a cited figure does."""
    places = _places(figure, said)
    return bool(places) and all(any(_means_same(one, other) for other in written) for one in places)


def _follows(figure: str, said: Iterable[Figure], cited: Iterable[Sequence[Figure]]) -> bool:
    """Say whether every place of a figure in a statement is computed from two figures of one citation."""
    places = _places(figure, said)
    texts = list(cited)
    return bool(places) and all(any(follows_from(one, known) for known in texts) for one in places)


def _places(figure: str, said: Iterable[Figure]) -> list[Figure]:
    """Find a figure among those that are read in a statement; `3.4m` is read as 3.4 with a scale."""
    return [one for one in said if figure in one.text or (figure.startswith(one.text) and figure[-1:].isalpha())]


def _means_same(one: Figure, other: Figure) -> bool:
    if one.kind == other.kind == "date":
        return one.dates == other.dates
    if one.is_about and is_near(one, other, share=_ABOUT):
        return True
    if not one.unit and other.scale > 1 and (one.scale == other.scale or len(one.values) > 1):
        return is_same_figure(one, other)
    return (one.unit == other.unit or bool(one.unit and other.unit) or other.is_word) and is_same_figure(one, other)


def _figures(text: str) -> list[str]:
    return [found for word in _FIGURE.findall(text) if has_digit(found := word.strip(".,!?'\u2019*_~\u2026"))]


def _values(figure: str) -> set[str]:
    """Say what a figure may be worth; of one that is no number, such as `3rd` or `A4`, its digits."""
    amount = amount_of(core_of(key_of(figure)))
    if amount is not None:
        return set(amount.values)
    return {"".join(letter for letter in figure if letter.isdigit())}


def _grouped(text: str) -> list[str]:
    """Put together figures that stand side by side in groups of three digits, such as `12 500`."""
    words = text.split()
    return [
        f"{first}{second}"
        for first, second in itertools.pairwise(words)
        if first[-1:].isdigit() and second[:3].isdigit() and not second[3:4].isdigit()
    ]
