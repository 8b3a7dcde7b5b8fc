"""Directions in a clause: words such as rise, before, at most, and which way each of them points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.opposites import (
    ENGLISH_AXES,
    ENGLISH_PHRASES,
    GERMAN_AXES,
    GERMAN_PHRASES,
    AxisName,
)
from witnessmark.evidence.support.words import folded, stem_of, without_negation

_SEPARATED = re.compile(
    r"\b(?P<verb>n(?:a|i)(?:h|mm)m?\w*|leg\w+|g(?:ing|eh)\w*|f[a\u00e4]ll\w*|fiel\w*)\b[^.;]{0,120}?"
    r"\b(?P<prefix>ab|zu|zur\u00fcck|weg|an|aus)(?=[\s.,;]*(?:$|[,;.]|und\b))",
    re.IGNORECASE,
)
_JOINED = {
    ("n", "ab"): "abnehmen", ("n", "zu"): "zunehmen", ("l", "zu"): "zulegen", ("g", "zuruck"): "zuruckgehen",
    ("f", "weg"): "wegfallen", ("f", "an"): "anfallen", ("n", "an"): "annehmen",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Direction:
    """A word that has an opposite."""

    text: str
    start: int
    axis: int
    name: AxisName
    sign: int


def directions_in(clause: str, language: Language) -> list[Direction]:
    """Find the words of a clause that have opposites, and which way they point."""
    is_german = language == "de"
    known = _known(is_german)
    found: list[Direction] = []
    text = clause
    for pattern, meaning in GERMAN_PHRASES if is_german else ENGLISH_PHRASES:
        for match in pattern.finditer(text):
            found += [Direction(match.group(), match.start(), *known[meaning][0])] if meaning else []
        text = pattern.sub(lambda match: "_" * len(match.group()), text)
    if is_german:
        found += _separated(text)
    for match in _WORD.finditer(text):
        plain = folded(match.group())
        meanings = known.get(plain) or known.get(f"={stem_of(plain, 'de' if is_german else 'en')}") or ()
        found += [Direction(match.group(), match.start(), *meaning) for meaning in meanings]
    return sorted(found, key=lambda one: one.start)


def _separated(text: str) -> list[Direction]:
    """Read German verbs whose prefix ends the clause: `nahm … ab`."""
    known, found = _known(True), list[Direction]()
    for match in _SEPARATED.finditer(text):
        joined = _JOINED.get((match["verb"][0].casefold(), folded(match["prefix"])))
        written = f"{match['verb']} \u2026 {match['prefix']}"
        found += [Direction(written, match.start(), *meaning) for meaning in known.get(joined or "", ())]
    return found


@cache
def _known(is_german: bool) -> dict[str, tuple[tuple[int, AxisName, int], ...]]:
    """Give by word, and by stem after `=`, the axes that it points on."""
    found: dict[str, tuple[tuple[int, AxisName, int], ...]] = {}
    for number, axis in enumerate(GERMAN_AXES if is_german else ENGLISH_AXES):
        for sign, words in ((1, axis.forth), (-1, axis.back)):
            for word in words.split():
                keys = {word}
                if len(word) > 3 and without_negation(word) == word and "_" not in word:
                    keys.add(f"={stem_of(word, 'de' if is_german else 'en')}")
                for key in keys:
                    if (number, axis.name, sign) not in found.get(key, ()):
                        found[key] = (*found.get(key, ()), (number, axis.name, sign))
    return found
