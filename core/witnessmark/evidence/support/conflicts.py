"""Conflicts between a statement and what it cites: conditions, directions, parties, negations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.evidence.support.bounds import bound_conflict
from witnessmark.evidence.support.conditions import condition_conflict
from witnessmark.evidence.support.contrast import contrast_conflict
from witnessmark.evidence.support.denials import denial_conflict
from witnessmark.evidence.support.denied_parts import denied_part_conflict
from witnessmark.evidence.support.exchange import exchange_conflict
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.measures import measure_conflict
from witnessmark.evidence.support.orders import Kind, order_conflict
from witnessmark.evidence.support.passages import Content, covered_by
from witnessmark.evidence.support.polarity import negations_in
from witnessmark.evidence.support.roles import role_conflict
from witnessmark.evidence.support.scope import scope_conflict
from witnessmark.evidence.support.sentences import Clause, Sentence, sentences_in, shared
from witnessmark.evidence.support.turns import turn_conflict
from witnessmark.evidence.support.verbatim import verbatim_conflict

MIN_ALIGNED = 0.25
"""Share of a clause that the most similar clause has to have; less is not compared."""
NEAR_BEST = 0.6
"""Share of the best clause's likeness that others need to be compared as well."""
MIN_TOUCHED = 0.4
"""Share of another clause's words that makes it worth comparing."""
_EXCEPTS = re.compile(
    r"\b(?:except|apart from|save for|with the exception|au\u00dfer|mit ausnahme|abgesehen von)\b(?! in an?\b)",
    re.IGNORECASE,
)
MAX_SENTENCES = 120


def conflict_between(statement: str, texts: Sequence[str], around: str, language: Language) -> str | None:
    """Name the first thing in a statement that what it cites says otherwise; None where there is none."""
    cited = [sentence for text in texts for sentence in sentences_in(text, language)][:MAX_SENTENCES]
    outside = [one for one in negations_in(around, language) if one.mark != "soft"] if around else []
    for sentence in sentences_in(statement, language)[:MAX_SENTENCES]:
        aligned = _nearest(sentence, cited)
        if not aligned:
            continue
        found, aligned = _told_apart(sentence, aligned, texts, language)
        if found:
            return found
        found, is_settled, agreed = _sentence_conflict(sentence, aligned, texts, language)
        if found:
            return found
        if is_settled:
            continue
        if _EXCEPTS.search(sentence.text) is None and any(_EXCEPTS.search(other.text) for other in aligned):
            continue  # a statement about an exception says the opposite of the rule
        found, is_shared = condition_conflict(sentence.text, [other.text for other in aligned], language)
        if found:
            return found
        whole = [clause for other in aligned for clause in other.whole]
        for clause in sentence.whole:
            close = _near(clause, whole)
            wide = [*close, *(other for other in _touching(clause, aligned[0]) if other not in close)]
            if wide and (
                found := turn_conflict(clause, wide, agreed) or (role_conflict(clause, close) if close else None)
            ):
                return found
        if is_shared or any(one.is_absence for one in sentence.conditions):
            continue
        main = [clause for other in aligned for clause in other.clauses]
        every = [clause for other in cited for clause in other.clauses]
        excuses = [*outside, *(negation for one in aligned for negation in one.conditional)]
        is_excepted = any(
            condition.is_absence and (not condition.is_without or any(clause.strong for clause in one.clauses))
            for one in aligned
            for condition in one.conditions
        )
        for clause in sentence.clauses:
            close = _near(clause, main)
            if not close or is_excepted:
                continue
            if found := denial_conflict(clause, close, every, sentence, excuses):
                return found
    return None


def _sentence_conflict(
    sentence: Sentence, aligned: Sequence[Sentence], texts: Sequence[str], language: Language
) -> tuple[str | None, bool, frozenset[Kind]]:
    """Compare a whole sentence with the nearest ones.

    Shapes:  what it says otherwise, or None; whether that settles the sentence; the axes on which both agree
    """
    near = [other.text for other in aligned]
    agreed = frozenset[Kind]()
    found, is_settled = denied_part_conflict(sentence.text, _wholes(aligned, texts), language)
    if not (found or is_settled):
        found = measure_conflict(sentence.text, near, language)
    for compare in (bound_conflict, verbatim_conflict, scope_conflict):
        if not (found or is_settled):
            found, is_settled = compare(sentence.text, near, language)
    if not (found or is_settled):
        found, agreed = order_conflict(sentence.text, near, language)
        is_settled = "more" in agreed
    if not (found or is_settled):
        found = exchange_conflict(sentence.text, near, language)
    return found, is_settled, agreed


def _told_apart(
    sentence: Sentence, aligned: list[Sentence], texts: Sequence[str], language: Language
) -> tuple[str | None, list[Sentence]]:
    """Leave of the nearest sentences what concerns the party of a statement, if they tell two parties apart."""
    wholes = _wholes(aligned, texts)
    found, kept = contrast_conflict(sentence.text, wholes, language)
    if found or kept == wholes:
        return found, aligned
    rest = [other for other in aligned if not any(other.text in whole for whole in wholes)]
    return None, [*(other for text in kept for other in sentences_in(text, language)), *rest]


def _wholes(aligned: Sequence[Sentence], texts: Sequence[str]) -> list[str]:
    """Give the nearest sentences up to their full stops: a semicolon parts what is compared here."""
    return [
        whole for text in texts for whole in _FULL_STOP.split(text) if any(other.text in whole for other in aligned)
    ]


_FULL_STOP = re.compile(r"(?<=[.!?])\s+")


def _nearest(sentence: Sentence, cited: Sequence[Sentence]) -> list[Sentence]:
    """Give the sentences that say most of what a sentence says."""
    topic = _joined([clause.topic for clause in sentence.whole])
    scores = [covered_by(topic, _joined([clause.content for clause in other.whole]), None)[0] for other in cited]
    best = max(scores, default=0.0)
    ranked = sorted(zip(scores, cited, strict=True), key=lambda one: -one[0])
    return [other for score, other in ranked if score >= NEAR_BEST * best] if best >= MIN_ALIGNED else []


def _near(clause: Clause, cited: Sequence[Clause]) -> list[Clause]:
    scores = [covered_by(clause.topic, other.content, None)[0] for other in cited]
    best = max(scores, default=0.0)
    wide = [covered_by(clause.content, other.content, None)[0] for other in cited]
    ranked = sorted(zip(scores, wide, cited, strict=True), key=lambda one: (-one[0], -one[1]))
    return [other for score, _, other in ranked if score >= NEAR_BEST * best] if best >= MIN_ALIGNED else []


def _touching(clause: Clause, sentence: Sentence) -> list[Clause]:
    """Give the clauses of a sentence that share any word with a clause."""
    return [
        other
        for other in sentence.whole
        if shared(clause.topic.words, other.content.words) >= max(1, MIN_TOUCHED * len(other.topic.words))
    ]


def _joined(several: Sequence[Content]) -> Content:
    return Content(
        words=tuple(word for one in several for word in one.words),
        figures=tuple(figure for one in several for figure in one.figures),
    )
