"""Sentences and their clauses, read: what they are about, and what can contradict in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from witnessmark.evidence.support.clauses import clauses_of, sentences_of
from witnessmark.evidence.support.conditions import Condition, conditions_in
from witnessmark.evidence.support.directions import Direction, directions_in
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.parties import Party, parties_in
from witnessmark.evidence.support.passages import Content, content_of
from witnessmark.evidence.support.polarity import Negation, negations_in
from witnessmark.evidence.support.words import Word, folded

_PRONOUN = re.compile(r"(?:he|she|it|they|this|these|er|sie|es|diese[rs]?)\s", re.IGNORECASE)
_CONDITIONAL = re.compile(r"\s*(?:if|unless|when|where|wenn|falls|sofern|soweit|es sei denn|provided)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause, and what can contradict in it."""

    text: str
    sentence: str
    """That it is part of."""
    language: Language
    content: Content
    around: tuple[Word, ...]
    """The words of its whole sentence."""
    topic: Content
    """Its content without what can contradict: what it is about."""
    negations: tuple[Negation, ...]
    directions: tuple[Direction, ...]
    parties: tuple[Party, ...]

    @property
    def strong(self) -> list[Negation]:
        """What denies in it without doubt."""
        return [one for one in self.negations if one.mark != "soft"]

    @property
    def soft(self) -> list[Negation]:
        return [one for one in self.negations if one.mark == "soft"]

    @property
    def parity(self) -> int:
        """-1 where it is denied as a whole; conditions are compared by themselves."""
        if _CONDITIONAL.match(self.text):
            return 1
        denials = [one for one in self.negations if one.mark == "plain" and folded(one.text) not in {"without", "ohne"}]
        return -1 if len(denials) % 2 else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence and its clauses."""

    text: str
    clauses: tuple[Clause, ...]
    """Without conditions that deny something."""
    whole: tuple[Clause, ...]
    conditions: tuple[Condition, ...]
    conditional: tuple[Negation, ...]
    """What denies in its conditions."""


def sentences_in(text: str, language: Language) -> list[Sentence]:
    """Read the sentences of a text."""
    found: list[Sentence] = []
    previous: tuple[Word, ...] = ()
    for sentence in sentences_of(text):
        if _PRONOUN.match(sentence) is None:
            previous = ()
        words = content_of([sentence], language).words
        conditions, main = conditions_in(sentence, language)
        kept = {one.start for one in negations_in(main, language)}
        found.append(
            Sentence(
                text=sentence,
                clauses=tuple(_clauses(main, sentence, previous, language)),
                whole=tuple(_clauses(sentence, sentence, previous, language)),
                conditions=tuple(conditions),
                conditional=tuple(one for one in negations_in(sentence, language) if one.start not in kept),
            )
        )
        previous = words
    return found


def _clauses(text: str, sentence: str, previous: tuple[Word, ...], language: Language) -> list[Clause]:
    """Read the clauses of a sentence; one that begins with a pronoun has the words before it as well."""
    parts: list[str] = []
    for place, part in enumerate(clauses_of(text, language)):
        if place and not content_of([part], language).words and parts:
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    around = (*previous, *content_of([sentence], language).words)
    return [_clause(part, sentence, around, previous, language) for part in parts]


def _clause(
    text: str, sentence: str, around: tuple[Word, ...], previous: tuple[Word, ...], language: Language
) -> Clause:
    content = content_of([text], language)
    negations, parties = negations_in(text, language), parties_in(text, language)
    named = {place for party in parties for place in range(party.start, party.start + len(party.text))}
    directions = [one for one in directions_in(text, language) if one.start not in named]
    aside = named | {one.start for one in negations} | {one.start for one in directions}
    topic = tuple(word for word in content.words if word.start not in aside)
    return Clause(
        text=text,
        sentence=sentence,
        language=language,
        content=Content(
            words=(*content.words, *(replace(word, start=-1) for word in previous)), figures=content.figures
        ),
        around=around,
        topic=Content(words=topic, figures=content.figures) if topic else content,
        negations=tuple(negations),
        directions=tuple(directions),
        parties=tuple(parties),
    )


def shared(ones: Sequence[Word], others: Sequence[Word]) -> int:
    """Count the words that others have too, or mean."""
    return sum(any(one.is_like(other) for other in others) for one in ones)
