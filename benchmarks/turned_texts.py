"""Sentences turned into their opposite by rule: a negation added or removed, a direction turned, parties exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENGLISH_NOT = re.compile(r"\b(is|are|was|were|shall|may|must|will|can|has|have|does|did)\s+not\b|\b(can)not\b")
_ENGLISH_VERB = re.compile(r"\b(is|are|was|were|shall|may|must|will|can)\s(?!not\b|no\b|only\b)")
_GERMAN_NOT = re.compile(r"\s(?:nicht|niemals)\b(?!\s(?:nur|mehr))|\b[kK](?=eine?[nmrs]?\b)")
_GERMAN_VERB = re.compile(
    r"\b(?:wird|werden|ist|sind|darf|d\u00fcrfen|muss|m\u00fcssen|kann"
    r"|k\u00f6nnen)\b[^,;.:]*?(?=\s[a-z\u00e4\u00f6\u00fc]+(?:en|t)(?:[,;.]|$))"
)
_PAIRS = {
    "en": (
        ("rose", "fell"), ("increase", "decrease"), ("higher", "lower"), ("before", "after"), ("at least", "at most"),
        ("more", "less"), ("improve", "worsen"), ("approved", "rejected"), ("above", "below"),
        ("decreased", "increased"),
    ),
    "de": (
        ("stieg", "sank"), ("h\u00f6her", "niedriger"), ("vor", "nach"), ("mindestens", "h\u00f6chstens"),
        ("mehr", "weniger"),
        ("besser", "schlechter"), ("genehmigt", "abgelehnt"), ("nahm", "verlor"), ("\u00fcber", "unter"),
    ),
}  # fmt: skip
_PARTIES = {
    "en": (
        ("Tenant", "Landlord"), ("Seller", "Buyer"), ("Bank", "Borrower"), ("Licensor", "Licensee"),
        ("insurer", "policyholder"), ("customer", "organiser"), ("employee", "employer"),
    ),
    "de": (
        ("Mieter", "Vermieter"), ("K\u00e4ufer", "Verk\u00e4ufer"), ("Bank", "Kunde"),
        ("Arbeitgeber", "Arbeitnehmerin"),
        ("Versicherer", "Versicherungsnehmer"),
    ),
}  # fmt: skip


def turned_by_rule(sentence: str, language: str) -> Iterator[tuple[str, str]]:
    """Give a sentence turned round in each way that it can be: the way, and the sentence."""
    if (denied := _negated(sentence, language)) is not None:
        yield "negation", denied
    for one, other in (*_PAIRS[language],):
        if (turned := _swapped(sentence, one, other)) is not None:
            yield "direction", turned
    for one, other in _PARTIES[language]:
        if (turned := _swapped(sentence, one, other)) is not None:
            yield "parties", turned


def _negated(sentence: str, language: str) -> str | None:
    """Remove the only negation of a sentence, or add one; None where there is no simple place for it."""
    if re.search(r"[;,]", sentence) or re.search(
        r"\b(?:without|no|never|neither|ohne|weder|only|nur)\b", sentence, re.IGNORECASE
    ):
        return None
    is_english = language == "en"
    found = (_ENGLISH_NOT if is_english else _GERMAN_NOT).findall(sentence)
    if len(found) == 1:
        return _ENGLISH_NOT.sub(lambda one: one[1] or one[2], sentence) if is_english else _GERMAN_NOT.sub("", sentence)
    if found:
        return None
    verb = (_ENGLISH_VERB if is_english else _GERMAN_VERB).search(sentence)
    if verb is None:
        return None
    return f"{sentence[: verb.end()].rstrip()} {'not' if is_english else 'nicht'} {sentence[verb.end() :].lstrip()}"


def _swapped(sentence: str, one: str, other: str) -> str | None:
    """Exchange two words in a sentence; None where neither is in it, or a direction is in it both ways."""
    pattern = re.compile(rf"\b({one}|{other})(?=(?:'s|s|\u2019s)?\b)", re.IGNORECASE)
    found = {match.casefold() for match in pattern.findall(sentence)}
    if not found or (len(found) > 1 and one[:1].islower() and one not in {"insurer", "customer", "employee"}):
        return None

    def turn(match: re.Match[str]) -> str:
        word = other if match[1].casefold() == one.casefold() else one
        return word[:1].upper() + word[1:] if match[1][:1].isupper() else word

    return pattern.sub(turn, sentence)
