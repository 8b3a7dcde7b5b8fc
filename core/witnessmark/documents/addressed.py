"""Text that speaks to a model and not to people: "ignore your instructions" and the like, in many languages.

It is content like any other and changes nothing; this only says where it stands, so that somebody can be warned. What
is quoted or discussed, as in a handbook on such attacks, is no address, nor is a letter that takes back instructions.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence

from witnessmark.documents.addressed_signs import DISCUSSED, SIGNS, STEMS
from witnessmark.values import BoundingBox, Word, enclosing

ENOUGH = 3
"""Signs, as they are weighed below, from which on a passage speaks to a model."""
WINDOW = 240
"""Characters within which signs add up."""
MOST_PLACES = 20
"""Of one page."""
_MOST_CHARACTERS = 400_000

_DISCUSSED_WITHIN = 200
"""Characters before a passage in which somebody may say that it is an example."""
_QUOTES = "\"'“”„‟«»‘’‚‹›「」『』`"

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝАВЕКМНОРСТХІЈЅοανικρτυхΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijshdqwABEKMHOPCTXIJSoavikptuxABEZHIKMNOPTYX",
)
"""Letters of other alphabets that look like Latin ones."""
_LATIN = re.compile(r"[A-Za-z]")


def addressed_places(words: Sequence[Word]) -> tuple[BoundingBox, ...]:
    """Find where the words of a page, in the order in which they follow one another, speak to a model.

    Units:  as those of the words
    """
    text, starts = _joined([word.text for word in words])
    boxes: list[BoundingBox] = []
    for begin, end in _passages(text):
        inside = [word for word, start in zip(words, starts, strict=True) if begin - len(word.text) < start < end]
        if inside:
            boxes.append(enclosing(inside))
    return tuple(boxes[:MOST_PLACES])


def addressed_lines(text: str) -> tuple[int, ...]:
    """Find the lines, counted from 1, in which a text speaks to a model."""
    lines = [(number, word) for number, line in enumerate(text.splitlines(), start=1) for word in line.split()]
    joined, starts = _joined([word for _, word in lines])
    found: dict[int, None] = {}
    for begin, end in _passages(joined):
        first = next((n for (n, word), at in zip(lines, starts, strict=True) if begin - len(word) < at < end), None)
        if first is not None:
            found[first] = None
    return tuple(found)


def is_addressed(text: str) -> bool:
    """Claim that a text speaks to a model somewhere."""
    return next(_passages(_joined(text.split())[0]), None) is not None


def _joined(texts: Sequence[str]) -> tuple[str, list[int]]:
    """Write words as one text that is compared: no case, no hidden signs, one alphabet in a word.

    Shapes:  the text, and where in it each word begins
    """
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for text in texts:
        plain = text.lower() if text.isascii() else _plain(text)
        starts.append(at)
        parts.append(plain)
        at += len(plain) + 1
        if at > _MOST_CHARACTERS:
            break
    starts += [at] * (len(texts) - len(starts))
    return " ".join(parts), starts


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    if _LATIN.search(bare):  # a word of two alphabets is written to be overlooked
        bare = bare.translate(_LOOKALIKES)
    return bare.lower()


def _passages(text: str) -> Iterator[tuple[int, int]]:
    """Give the begin and end of passages whose signs weigh enough, in order, each once."""
    if STEMS.search(text) is None:
        return
    found = sorted(
        (match.start(), match.end(), number)
        for number, pattern in enumerate(_patterns())
        for match in pattern.finditer(text)
        if not _is_discussed(text, match.start(), match.end())
    )
    index = 0
    while index < len(found):
        begin, end, number = found[index]
        weights = {number: SIGNS[number].weight}  # what is said twice is one sign
        index += 1
        while index < len(found) and found[index][0] - begin < WINDOW:
            start, stop, number = found[index]
            if start >= end or SIGNS[number].weight > max(weights.values()):  # signs over one another are one
                weights[number] = SIGNS[number].weight
            end = max(end, stop)
            index += 1
        if sum(weights.values()) >= ENOUGH:
            yield begin, end


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(sign.pattern, re.VERBOSE) for sign in SIGNS)


def _is_discussed(text: str, begin: int, end: int) -> bool:
    """Claim that a passage is quoted, or said to be an example or an attack."""
    before, after = text[max(0, begin - 3) : begin], text[end : end + 60]
    if any(quote in before for quote in _QUOTES) and any(quote in after for quote in _QUOTES):
        return True
    return DISCUSSED.search(text, max(0, begin - _DISCUSSED_WITHIN), begin) is not None
