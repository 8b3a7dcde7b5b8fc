"""Sentences and clauses of a text: what a negation, a direction or a party belongs to."""

from __future__ import annotations

import re

from witnessmark.evidence.support.language import Language

MAX_NOUNS = 5
"""Words before `and` that may be the first of several nouns."""
_SENTENCE = re.compile(
    r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u201e(\[]?[A-Z\u00c4\u00d6\u00dc\d])|\n{2,}|(?<=;)\s+|\s*\|\s*"
)
_SHORT_FORM = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z\u00c4\u00d6\u00dc]|\d{1,2}|No|Nr|Art|Abs|Sec|Mr|Mrs|Ms|Dr|St|vs|cf|ca|bzw|Inc|Ltd|Co|Mio|"
    r"Mrd|z\.B|d\.h|e\.g|i\.e|approx|incl|inkl|ggf|usw|etc|Ziff|Rn|Hr|Fr|[ap]\.m)\.$"
)
_ENGLISH_VERB = r"(?:is|are|was|were|will|shall|may|must|can|cannot|has|have|had|does|do|did|rose|fell|remains?|went)"
_GERMAN_VERB = (
    r"(?:ist|sind|war|waren|wird|werden|wurde|wurden|kann|k\u00f6nnen|muss|m\u00fcssen|darf|d\u00fcrfen|hat|haben|gilt|"
    r"zahlt|tr\u00e4gt|bleibt|soll|sollen|gab|sank|stieg|fiel|entf\u00e4llt|beginnt|endet)"
)
_VERBS = {"en": re.compile(rf"\b{_ENGLISH_VERB}\b", re.IGNORECASE), "de": re.compile(rf"\b{_GERMAN_VERB}\b")}
_ENGLISH_BREAK = re.compile(
    r",\s+(?=(?:but|while|whereas|although|though|unless|except|provided|if|because|since|failing|as|and|which|who|so|"
    r"after|before|when)\b)"
    r"|\s+(?=(?:but|whereas|although|while|unless|except|if|because|provided that)\s)"
    r"|\s+(?=(?:that|which|who|whom)\s(?:it|they|he|she|is|are|was|were|can|could|has|have)\b)"
    rf"|(?P<and>\s+and\s+)(?=(?:[^\s,]+\s+){{0,4}}{_ENGLISH_VERB}\b)",
    re.IGNORECASE,
)
_GERMAN_BREAK = re.compile(
    r",\s+(?=(?:aber|sondern|w\u00e4hrend|wobei|obwohl|sofern|falls|wenn|weil|da|dass|soweit|es sei denn|jedoch"
    r"|au\u00dfer|"
    r"und|die|der|das|dem|den|auch|andernfalls|so|vor allem|zuz\u00fcglich|einschlie\u00dflich|"
    rf"{_GERMAN_VERB})\b)"
    rf"|(?P<and>\s+und\s+)(?=(?:[^\s,]+\s+){{0,4}}{_GERMAN_VERB}\b)"
    r"|,\s+(?=[^,;.]+\s(?:dagegen|nicht|nur)\b)|,\s+(?=[^,]*$)",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"(?:although|though|while|whereas|if|when|since|because|as|after|before|unless|obwohl|w\u00e4hrend|wenn|weil|da|"
    r"nachdem|bevor|sobald|falls)\s[^,;]{3,120},\s",
    re.IGNORECASE,
)


def sentences_of(text: str) -> list[str]:
    """Part a text into sentences."""
    found: list[str] = []
    for part in _SENTENCE.split(text):
        if found and _SHORT_FORM.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif part and part.strip():
            found.append(part.strip())
    return found


def clauses_of(sentence: str, language: Language) -> list[str]:
    """Part a sentence where another statement begins; lists of nouns stay whole."""
    first = _SUBORDINATE.match(sentence)
    verb = _VERBS["de" if language == "de" else "en"]
    begin = first.end() if first is not None else 0
    found = [first.group().strip()] if first is not None else []
    for match in (_GERMAN_BREAK if language == "de" else _ENGLISH_BREAK).finditer(sentence, begin):
        part = sentence[begin : match.start()]
        if match["and"] is not None and len(part.split()) <= MAX_NOUNS and not verb.search(part):
            continue  # `transport and insurance are`
        found.append(part.strip())
        begin = match.end()
    found.append(sentence[begin:].strip())
    return [part for part in found if part.strip(" ,;:.")]
