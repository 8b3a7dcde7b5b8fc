"""Conditions: what a sentence says is needed, or must be absent, for something to hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.evidence.support.clauses import clauses_of
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.polarity import negations_in, without_harmless
from witnessmark.evidence.support.words import Word, words_of

_ENGLISH_END = (
    r"(?=[,;:.]|$|\s(?:the|a|an|this|it|he|she|they|\w+s)\s(?:\w+\s){0,2}(?:is|are|may|can|must|will|shall|has|have)\b)"
)
_GERMAN_VERBS = (
    r"(?:ist|sind|wird|werden|wurde|wurden|kann|k\u00f6nnen|muss|m\u00fcssen|darf|d\u00fcrfen|hat|haben|gilt|zahlt"
    r"|tr\u00e4gt|bleibt|soll|"
    r"verl\u00e4ngert|verf\u00e4llt|endet|entf\u00e4llt|beginnt|erfolgt|zul\u00e4ssig|unzul\u00e4ssig|gestattet"
    r"|erlaubt|m\u00f6glich|abtreten|verboten)"
)
_GERMAN_END = rf"(?=[,;:.]|$|\s{_GERMAN_VERBS}\b)"
_PATTERNS = {
    "en": (
        (re.compile(r"\beven (?:if|when|though|without)\b(?P<what>.+?)(?=[,;:.]|$)", re.IGNORECASE), 0),
        (
            re.compile(
                r"\b(?:unless|except (?:if|when|where|in|with)|other than|save (?:if|with))\b(?P<what>.+?)(?=[,;:.]|$)",
                re.IGNORECASE,
            ),
            -1,
        ),
        (re.compile(rf"\bwithout\b(?! (?:\w+ )?delay)(?P<what>.{{3,80}}?){_ENGLISH_END}", re.IGNORECASE), -1),
        (
            re.compile(
                r"\b(?:only|solely|exclusively)\s(?:\w+\s)?(?:with|if|when|where|after|while|upon"
                r"|on)\b(?P<what>.+?)(?=[,;:.]|$|\band only\b)",
                re.IGNORECASE,
            ),
            1,
        ),
        (
            re.compile(
                r"\b(?:provided that|provided|as long as|on condition that)\b(?P<what>.+?)(?=[,;:.]|$)",
                re.IGNORECASE,
            ),
            1,
        ),
        (re.compile(r"(?:^|,\s|\s)(?:if|where|when)\b(?P<what>.+?)(?=[,;:.]|$)", re.IGNORECASE), 1),
    ),
    "de": (
        (re.compile(r"\b(?:auch|selbst) (?:wenn|ohne)\b(?P<what>.+?)(?=[,;:.]|$)", re.IGNORECASE), 0),
        (
            re.compile(
                r"\b(?:es sei denn|au\u00dfer (?:wenn|mit|bei|in))\b,?(?P<what>.+?)(?=[,;:.]|$)",
                re.IGNORECASE,
            ),
            -1,
        ),
        (re.compile(rf"\bohne\b(?P<what>.{{3,80}}?){_GERMAN_END}", re.IGNORECASE), -1),
        (
            re.compile(
                r"\b(?:nur|ausschlie\u00dflich|allein),? (?:\w+ )?(?:mit|wenn|nach|bei"
                r"|sofern)\b(?P<what>.+?)(?=[,;:.]|$|\szul\u00e4ssig|\sgestattet|\serlaubt|\sm\u00f6glich)",
                re.IGNORECASE,
            ),
            1,
        ),
        (re.compile(r"\b(?:wenn|sofern|falls|soweit|vorbehaltlich)\b(?P<what>.+?)(?=[,;:.]|$)", re.IGNORECASE), 1),
        (
            re.compile(
                r"^(?P<what>(?=[A-Z\u00c4\u00d6\u00dc])[A-Za-z\u00c4\u00d6\u00dc\u00e4\u00f6\u00fc\u00df]*(?:t|en|st"
                r"|ird)\s(?:der|die|das|ein|eine|er|sie|es|man|[A-Z\u00c4\u00d6\u00dc]\w+)\s[^,]+?)(?=,\s(?:so\s"
                r"|dann\s)?\w+(?:t|en|st|nn|uss|arf|ird|ind)\b)"
            ),
            1,
        ),
    ),
}
_NEEDS = {
    "en": re.compile(
        r"(?P<no>\b(?:not|n't|no)\s(?:\w+\s){0,2})?\b(?P<verb>requires?|needs?|needed|required|necessary|subject to"
        r"|must\b|has to|have to)\b(?P<what>[^,;:.]*)",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?P<verb>bedarf|bed\u00fcrfen|braucht|brauchen|ben\u00f6tigt|erforderlich|n\u00f6tig|notwendig|muss"
        r"|m\u00fcssen)\b(?P<what>[^,;:.]*)",
        re.IGNORECASE,
    ),
}
_SAME = {
    "en": re.compile(r"\b(?:stays?|remains?|unchanged|constant|the same)\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:bleiben|bleibt|gleich|unver\u00e4ndert|konstant)\b", re.IGNORECASE),
}
_OFF = {
    "en": re.compile(r"\b(?:off|switched off|inactive|deactivated|missing|lacking)(?=[,.;]|$)", re.IGNORECASE),
    "de": re.compile(r"\b(?:aus|ausgeschaltet|abgeschaltet|inaktiv)(?: war| ist)?(?=[,.;]|$)", re.IGNORECASE),
}
"""What is as good as absent."""
_WITHOUT = re.compile(r"\s*(?:without|ohne)\b", re.IGNORECASE)
_CONSENT = {
    "en": re.compile(
        r"\b(?:consent|approv|permission|authori[sz]ation|agree(?:s|d)?\b|sign-off|permit\b)", re.IGNORECASE
    ),
    "de": re.compile(r"(?:zustimm|\bstimmt?\b|willig|genehmig|erlaubnis|einverst[a\u00e4]nd|freigabe)", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What something depends on: `sign` is 1 where it takes it, -1 where it takes its absence or does not need it."""

    text: str
    words: tuple[Word, ...]
    sign: int
    is_without: bool = False
    is_absence: bool = False
    """Whether it is of what is not there: unless, without, other than."""


def conditions_in(sentence: str, language: Language) -> tuple[list[Condition], str]:
    """Find the conditions of a sentence.

    Shapes:  the conditions, and the sentence without those that deny something, blanks in their places
    """
    tongue = "de" if language == "de" else "en"
    rest = without_harmless(sentence, language)
    main = sentence
    found: list[tuple[str, int, bool, bool]] = []
    for pattern, sign in _PATTERNS[tongue]:
        for match in pattern.finditer(rest):
            denied = len([one for one in negations_in(match["what"], language) if one.mark != "soft"]) % 2
            denied = denied or _SAME[tongue].search(match["what"]) is not None
            denied = bool(denied) != (_OFF[tongue].search(match["what"]) is not None)
            found.append(
                (match["what"], sign * (-1 if denied else 1), _WITHOUT.match(match.group()) is not None, sign < 0)
            )
            blank = " " * len(match.group())
            rest = rest[: match.start()] + blank + rest[match.end() :]
            if denied or sign < 0:
                main = main[: match.start()] + blank + main[match.end() :]
    denials = [one for one in negations_in(rest, language) if one.mark != "soft"]
    parity = -1 if len(denials) % 2 else 1
    made = [
        Condition(
            text.strip(), tuple(words_of(text, language)), sign * parity if sign else -parity, is_without, is_absence
        )
        for text, sign, is_without, is_absence in found
    ]
    for clause in clauses_of(rest, language) if not found else ():
        if _CONSENT[tongue].search(clause) is not None and _NEEDS[tongue].search(clause) is not None:
            denied = len([one for one in negations_in(clause, language) if one.mark != "soft"]) % 2
            made.append(Condition(clause, tuple(words_of(clause, language)), -1 if denied else 1))
    return [one for one in made if one.words], main


def condition_conflict(statement: str, cited: Sequence[str], language: Language) -> tuple[str | None, bool]:
    """Compare the conditions of a statement with those of what it cites.

    Shapes:  what they say otherwise, or None; and whether any condition is in both
    """
    ours, _ = conditions_in(statement, language)
    theirs = [other for text in cited for other in conditions_in(text, language)[0]]
    is_shared = False
    for one in ours:
        signs = {other.sign for other in theirs if _is_same(one, other, language)}
        is_shared = is_shared or bool(signs)
        if signs == {-one.sign}:
            return f"The statement and what it cites say the opposite of the condition '{_short(one.text)}'.", True
        if one.is_without and one.sign < 0 and not signs and _has_with(one, cited, language):
            return f"The statement says that it is without '{_short(one.text)}', what it cites does not.", True
    for other in theirs:
        if other.is_without and other.sign < 0 and not ours and _has_with(other, [statement], language):
            return f"What it cites says that it is without '{_short(other.text)}', the statement does not.", True
    return None, is_shared


def _has_with(one: Condition, cited: Sequence[str], language: Language) -> bool:
    """Say whether what is cited has, and does not deny, what a statement says to be absent."""
    words = [word for text in cited for word in words_of(text, language)]
    denials = [denial for text in cited for denial in negations_in(text, language)]  # `free` is without paying, too
    return not denials and all(any(word.is_like(other) for other in words) for word in one.words[:2])


def _is_same(one: Condition, other: Condition, language: Language) -> bool:
    tongue = "de" if language == "de" else "en"
    if _CONSENT[tongue].search(one.text) and _CONSENT[tongue].search(other.text):
        return True
    shared = sum(any(word.is_like(theirs) for theirs in other.words) for word in one.words)
    back = sum(any(word.is_like(theirs) for theirs in one.words) for word in other.words)
    return shared >= 0.5 * len(one.words) and back >= 0.3 * len(other.words)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:80] + " \u2026"
