"""Whom a sentence is about: `only members`, `all branches except Kiel`, `anyone`; and statements that widen it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from witnessmark.evidence.support.directions import directions_in
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.polarity import negations_in
from witnessmark.evidence.support.sentences import shared
from witnessmark.evidence.support.words import Word, words_of

MAX_WORDS = 4
"""Words after `only` or `except` that may be what it names."""
_EXCEPT = {
    "en": re.compile(
        r"\b(?:except(?:ing)?(?: for| on| to| in)?|apart from|other than|with the exception of|excluding|save for"
        r"|all but|but not)\s(?P<what>[^,;.()]+)",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:außer(?: an| in| bei| für)?|ausgenommen|bis auf|mit ausnahme (?:von|der|des)|abgesehen von)\s"
        r"(?P<what>[^,;.()]+)|\bvon\s(?P<before>[^,;.()]+)\sabgesehen\b",
        re.IGNORECASE,
    ),
}
_ONLY = {
    "en": re.compile(
        r"\b(?:only|solely|exclusively|nobody but|none but)\s(?!if|when|after|once|from|until)(?P<what>[^,;.]+)",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:nur|ausschließlich|lediglich)\s(?!wenn|sofern|nach|ab|bis|dann)(?P<what>[^,;.]+)", re.IGNORECASE
    ),
}
_ALSO = {
    "en": re.compile(r"\b(?:including|even|also|as well as|and also)\s(?P<what>[^,;.]+)", re.IGNORECASE),
    "de": re.compile(r"\b(?:einschließlich|inklusive|selbst|auch|sowie)\s(?P<what>[^,;.]+)", re.IGNORECASE),
}
_ANYONE = {
    "en": re.compile(
        r"\b(?:any(?:one|body|where)|every(?:one|body|where)|all (?:people|persons|others|of them)"
        r"|(?:open|available) to all|regardless|irrespective|no matter|wherever|with or without|not just|not only)\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:jeder(?:mann)?|jede|alle|allen|überall|unabhängig davon|egal|ob mit oder ohne|nicht nur)\b",
        re.IGNORECASE,
    ),
}
_EVERY = re.compile(r"\b(?:all|every|each|everything|daily|alle\w*|jede\w*|täglich\w*|sämtliche\w*)\b", re.IGNORECASE)


class _Named(NamedTuple):
    text: str
    words: tuple[Word, ...]


def scope_conflict(statement: str, cited: Sequence[str], language: Language) -> tuple[str | None, bool]:
    """Compare whom or what a statement is about with what it cites.

    Shapes:  what they say otherwise, or None; and whether a statement is about an exception, of which the rule says the
             opposite, so that negations are compared already
    """
    tongue = "de" if language == "de" else "en"
    for other in cited:
        if (
            found := _excluded(statement, other, tongue, language) or _independent(statement, other, tongue)
        ) is not None:
            return found, True
        for excepted in _named(_EXCEPT[tongue], other, language):
            if not _has(excepted, statement, language):
                continue
            for pattern in (_ONLY[tongue], _ALSO[tongue]):
                for mine in _named(pattern, statement, language):
                    is_meant = shared(excepted.words[:1], mine.words[:2]) > 0
                    if is_meant and not _denies(statement, language) and not _EXCEPT[tongue].search(statement):
                        return f"The statement says it of '{excepted.text}', which what it cites excepts.", True
            return _exception_conflict(excepted, statement, other, language), True
        if _is_widened(statement, other, tongue, language):
            only = next(_named(_ONLY[tongue], other, language))
            return f"What it cites says it only of '{only.text}', the statement of all.", True
    return None, False


def _excluded(statement: str, other: str, tongue: str, language: Language) -> str | None:
    """Name what a sentence includes and a statement excludes."""
    for included in _named(_INCLUDES[tongue], other, language):
        words = words_of(statement, language)
        is_same = any(included.words[0].is_like(word) for word in words)
        if is_same and _denies(statement, language) and not _denies(other, language):
            return f"The statement leaves out '{included.text}', which what it cites includes."
    return None


def _independent(statement: str, other: str, tongue: str) -> str | None:
    """Name a condition that a statement denies."""
    if _CONDITION[tongue].search(other) and (denied := _INDEPENDENT[tongue].search(statement)) is not None:
        return f"The statement says '{denied.group()}', what it cites names a condition."
    return None


_INCLUDES = {
    "en": re.compile(r"\b(?:including|inclusive of)\s(?P<what>[^,;.]+)", re.IGNORECASE),
    "de": re.compile(r"\b(?:einschließlich|inklusive)\s(?P<what>[^,;.]+)", re.IGNORECASE),
}
_CONDITION = {
    "en": re.compile(r"\b(?:only (?:if|when|with|after)|provided|unless|on condition)\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:nur,? (?:wenn|mit|nach)|sofern|vorausgesetzt|es sei denn)\b", re.IGNORECASE),
}
_INDEPENDENT = {
    "en": re.compile(
        r"\b(?:not|n't)\s(?:\w+\s){0,2}?(?:depend|conditional)\w*|\b(?:regardless|irrespective|all the same)\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\bhäng\w* nicht\b|\bunabhängig (?:von|davon)\b|\btrotzdem\b|\bkeine (?:bedingung|voraussetzung)\b",
        re.IGNORECASE,
    ),
}


def _exception_conflict(excepted: _Named, statement: str, other: str, language: Language) -> str | None:
    """Name an exception of which a statement says the rule."""
    tongue = "de" if language == "de" else "en"
    if _EXCEPT[tongue].search(statement) or _ONLY[tongue].search(statement) or not _EVERY.search(other):
        return None
    if _denies(statement, language) != _denies(_EXCEPT[tongue].sub(" ", other), language):
        return None
    rest = [word for word in words_of(_EXCEPT[tongue].sub(" ", other), language) if word not in excepted.words]
    own = [word for word in words_of(statement, language) if not any(word.is_like(one) for one in excepted.words)]
    turned = any(
        one.axis == two.axis and one.sign != two.sign
        for one in directions_in(statement, language)
        for two in directions_in(other, language)
    )
    if not own or shared(own, rest) < 0.6 * len(own) or turned:
        return None
    return f"The statement says of '{excepted.text}' what what it cites says of all others."


def _is_widened(statement: str, other: str, tongue: str, language: Language) -> bool:
    only = list(_named(_ONLY[tongue], other, language))
    if not only or _ANYONE[tongue].search(statement) is None:
        return False
    if _ONLY[tongue].search(statement.replace("nicht nur", "").replace("not only", "")) or _denies(other, language):
        return False
    plain = re.sub(r"\b(?:not (?:just|only)|nicht nur)\b", "", statement, flags=re.IGNORECASE)
    if _denies(plain, language) and not re.search(r"\b(?:auch wer|even if|with or without)\b", plain, re.IGNORECASE):
        return False
    return shared(words_of(statement, language), words_of(other, language)) >= 1


def _named(pattern: re.Pattern[str], text: str, language: Language) -> Iterator[_Named]:
    for match in pattern.finditer(text):
        what = next((group for group in match.groups() if group), "")
        words = tuple(words_of(what, language))[:MAX_WORDS]
        if words:
            yield _Named(" ".join(what.split()[:6]), words)


def _has(excepted: _Named, statement: str, language: Language) -> bool:
    words = words_of(statement, language)
    return any(one.is_like(word) for one in excepted.words[:2] for word in words)


def _denies(text: str, language: Language) -> bool:
    found = [one for one in negations_in(text, language) if one.mark != "soft"]
    return len(found) % 2 == 1
