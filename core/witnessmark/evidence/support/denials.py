"""Negations added or removed: one of a statement and what it cites says `not`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.evidence.support.polarity import Negation
from witnessmark.evidence.support.sentences import Clause, Sentence, shared
from witnessmark.evidence.support.turns import agrees
from witnessmark.evidence.support.words import Word, words_of

_RESTRICTS = frozenset({"only", "nur"})
_INSTEAD = re.compile(r"\b(?:sondern|but|rather|instead)\b", re.IGNORECASE)
MIN_LIKENESS, MUCH_LIKENESS = 0.4, 0.5
"""Share of a statement's words that the denying clause has."""
MIN_DENIED = 0.5
"""Share of the words that a citation denies, which a statement has to have to be contradicted by it."""


def denial_conflict(
    clause: Clause, near: Sequence[Clause], cited: Sequence[Clause], said: Sentence, excuses: Sequence[Negation]
) -> str | None:
    """Name a negation that only one of a clause and the clauses nearest to it has; None where there is none.

    Shapes:  `cited` are all clauses of what is cited; `excuses` negations around the nearest
    """
    best = near[0]
    ours, theirs = _strong(clause, best), _strong(best, clause)
    if len(ours) % 2 == len(theirs) % 2 or agrees(clause, near) or _is_bounded(clause):
        return None
    if len(ours) % 2:
        same = [other for other in cited if other is not best and other.sentence in {one.sentence for one in near}]
        may_be = [*excuses, *(one for other in same for one in other.strong)]
        may_be += [one for other in near for one in other.soft if not _has(one, clause)]
        is_alike = _likeness(clause, best) >= MUCH_LIKENESS
        return (
            None if may_be or not is_alike else f"The statement says '{_named(ours, theirs)}', what it cites does not."
        )
    may_be = [
        one for other in said.clauses for one in other.soft if one.text.casefold() in _RESTRICTS or not _has(one, best)
    ]
    may_be += [one for other in said.clauses if other is not clause for one in other.strong]
    if (
        ours
        or may_be
        or _is_of_another_part(clause, best, cited)
        or not _is_of(clause, best, cited, theirs[0])
        or _is_unfinished(best, theirs[0])
        or _is_of_what_follows(clause, best)
    ):
        return None
    return f"What it cites says '{_named(theirs, ours)}', the statement does not."


def _is_bounded(clause: Clause) -> bool:
    """Say whether a clause speaks of a bound, which can be said with a negation or without: `more than 5`."""
    return bool(clause.strong) and any(one.name in {"bound", "above"} for one in clause.directions)


def _is_unfinished(best: Clause, denial: Negation) -> bool:
    """Say whether what is cited denies something for the time being: `still not`, `noch nicht`."""
    near = best.text[max(0, denial.start - 10) : denial.start + len(denial.text) + 5].casefold()
    return any(word in near.split() for word in ("still", "yet", "noch"))


def _is_of_what_follows(clause: Clause, best: Clause) -> bool:
    """Say whether a clause has words of what holds instead: `not with money but with time off`."""
    instead = _INSTEAD.search(best.sentence)
    words = words_of(best.sentence[instead.end() :], best.language) if instead is not None else []
    return shared(words, clause.content.words) > 0


def _likeness(clause: Clause, best: Clause, around: Sequence[Word] = ()) -> float:
    """Say what share of a clause's words another has, or has around it."""
    aside = {one.start for one in clause.parties} | {one.start for one in clause.strong}
    own = [word for word in clause.content.words if word.start not in aside]
    return shared(own, [*best.content.words, *around]) / max(1, len(own))


def _strong(clause: Clause, other: Clause) -> list[Negation]:
    """List what denies in a clause; `unlimited` counts where the other speaks of limits."""
    return [
        one
        for one in clause.strong
        if not one.is_local
        or shared([word for word in clause.content.words if word.start >= one.start][:1], other.content.words)
    ]


def _has(one: Negation, other: Clause) -> bool:
    """Say whether another clause has the same word."""
    return any(theirs.stem == one.stem for theirs in other.negations)


def _is_of(clause: Clause, best: Clause, cited: Sequence[Clause], denial: Negation) -> bool:
    """Say whether a statement has what a citation denies."""
    if denial.is_local:
        return True
    words = [word for word in best.content.words if word.start != denial.start]
    if clause.language == "en":
        after = [word for word in words if word.start > denial.start]
        words = after[:4] or words[-4:]
    likeness = _likeness(clause, best, best.around)
    denied = shared(words, clause.content.words) / max(1, len(words))
    if denied < 1 and _is_elsewhere(clause, best, cited):
        return False
    return likeness >= MIN_LIKENESS and (denied >= MIN_DENIED or (denied > 0 and likeness >= MUCH_LIKENESS))


def _is_elsewhere(clause: Clause, best: Clause, cited: Sequence[Clause]) -> bool:
    """Say whether a clause has words that only other sentences of what it cites have, and so may be about those."""
    missing = [word for word in clause.topic.words if not shared([word], best.content.words)]
    others = [word for other in cited if other.sentence != best.sentence for word in other.content.words]
    return shared(missing, others) > 0


def _is_of_another_part(clause: Clause, best: Clause, cited: Sequence[Clause]) -> bool:
    """Say whether a clause has words that only another clause of the cited sentence has, which denies nothing."""
    missing = [word for word in clause.topic.words if not shared([word], best.content.words)]
    others = [
        word
        for other in cited
        if other.sentence == best.sentence and other.text != best.text and not other.strong
        for word in other.topic.words
    ]
    return shared(missing, others) > 0


def _named(ones: Sequence[Negation], others: Sequence[Negation]) -> str:
    """Give the word that only one side has."""
    stems = {other.stem for other in others}
    return next((one for one in ones if one.stem not in stems), ones[0]).text
