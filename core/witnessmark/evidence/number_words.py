"""Numbers written in letters, in English and German: `thirty-five`, `zwei Millionen`, `einundzwanzig`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SMALL = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_GERMAN_SMALL = {
    word: number
    for number, word in enumerate(
        "null ein zwei drei vier f\u00fcnf sechs sieben acht neun zehn elf zw\u00f6lf dreizehn vierzehn f\u00fcnfzehn"
        " sechzehn siebzehn achtzehn neunzehn".split()
    )
}
_GERMAN_TENS = {
    word: 10 * number
    for number, word in enumerate(
        "zwanzig drei\u00dfig vierzig f\u00fcnfzig sechzig siebzig achtzig neunzig".split(), start=2
    )
}
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"(?:\s|-|\sand\s|-and-)")
_GERMAN_UNIT = "|".join(word for word, number in _GERMAN_SMALL.items() if 0 < number < 10)
_GERMAN = re.compile(
    rf"(?:(?P<thousands>{_GERMAN_UNIT}|zehn)?tausend)?(?:(?P<hundreds>{_GERMAN_UNIT})?hundert)?(?:und)?"
    rf"(?:(?:(?P<unit>{_GERMAN_UNIT})und)?(?P<tens>{'|'.join(_GERMAN_TENS)})"
    rf"|(?P<small>{'|'.join(sorted(_GERMAN_SMALL, key=len, reverse=True))}|eins))?"
)
_GERMAN_ONES = frozenset("ein eine einen einem einer eines".split())


def number_words_in(text: str) -> Iterator[tuple[int, int, int]]:
    """Find numbers in letters: where each begins and ends, and its value.

    Shapes:  in order; `one`, `ein`, `eine` are found as 1, though they may be pronouns and articles
    """
    run: list[re.Match[str]] = []
    for found in _WORD.finditer(text):
        word = found.group().casefold()
        is_english = word in _SMALL or word in _TENS or word in _SCALES
        if is_english and run and _BETWEEN.fullmatch(text, run[-1].end(), found.start()):
            run.append(found)
            continue
        if word == "and" and run:
            continue
        yield from _closed(run)
        run = [found] if is_english else []
        if not is_english and (value := german_number(word)) is not None:
            yield found.start(), found.end(), value
    yield from _closed(run)


def _closed(run: list[re.Match[str]]) -> Iterator[tuple[int, int, int]]:
    words = [found.group().casefold() for found in run]
    if words:
        yield run[0].start(), run[-1].end(), _english_number(words)


def _english_number(words: list[str]) -> int:
    total = current = 0
    for word in words:
        if word in _SCALES:
            scale = _SCALES[word]
            current = max(current, 1) * scale
            if scale > 100:
                total, current = total + current, 0
        else:
            current += _SMALL.get(word) or _TENS.get(word) or 0
    return total + current


def german_number(word: str) -> int | None:
    """Read a German number word; None for any other word."""
    if word in _GERMAN_ONES:
        return 1
    if word in {"und", ""}:
        return None
    found = _GERMAN.fullmatch(word.replace("dreissig", "drei\u00dfig"))
    if found is None:
        return None
    value = 0
    if "tausend" in word:
        value += 1_000 * _GERMAN_SMALL.get(found["thousands"] or "ein", 1)
    if "hundert" in word:
        value += 100 * _GERMAN_SMALL.get(found["hundreds"] or "ein", 1)
    if found["tens"]:
        value += _GERMAN_TENS[found["tens"]] + _GERMAN_SMALL.get(found["unit"] or "null", 0)
    elif found["small"]:
        value += 1 if found["small"] == "eins" else _GERMAN_SMALL[found["small"]]
    return value
