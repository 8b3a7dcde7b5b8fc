"""Parties exchanged: a statement has one do what the other does in what it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.evidence.support.parties import Party, parties_in
from witnessmark.evidence.support.sentences import Clause, shared
from witnessmark.evidence.support.turns import is_complement

MIN_LIKENESS = 0.5
"""Share of a clause's words, parties left out, that the other has to have."""
_RECEIVES = re.compile(r"\b(?:receiv|get|gets|got|obtain|erh[a\u00e4]lt|bekomm|empf)", re.IGNORECASE)

_THAN = re.compile(r"\b(?:than|als)\b", re.IGNORECASE)
"""Comparisons, whose sides are compared elsewhere."""
_PASSIVE = re.compile(r"\b(?:wird|werden|wurden?|worden|ist|sind|zu|obliegt|obliegen)\b|\bdurch\b", re.IGNORECASE)


def role_conflict(clause: Clause, near: Sequence[Clause]) -> str | None:
    """Name a party that a clause has where the nearest clause has another; None where there is none."""
    ours, best = clause.parties, near[0]
    if (
        not ours
        or clause.parity != best.parity
        or is_complement(clause, best)
        or (_THAN.search(clause.text) and _THAN.search(best.sentence))
        or _RECEIVES.search(clause.text)
        or _RECEIVES.search(best.text)
    ):
        return None
    for one in ours:
        named = [theirs for other in near[:2] for theirs in other.parties]
        named += parties_in(best.sentence, best.language)
        if any(one.is_same(theirs) for theirs in named):
            continue
        opposite = next((theirs for theirs in best.parties if one.is_opposite(theirs)), None)
        if opposite is None or not _is_alike(clause, best) or any(opposite.is_same(other) for other in ours):
            continue
        if one.is_by or one.is_recipient == opposite.is_recipient:
            return f"The statement names '{one.text}', what it cites names '{opposite.text}'."
    agent, theirs = _agent(clause), _agent(best)
    if agent is None or theirs is None:
        return None
    if agent.is_same(theirs):
        is_turned = _trade(clause) * _trade(best) < 0 and any(not one.is_same(agent) for one in (*ours, *best.parties))
        return (
            f"The statement has '{agent.text}' on the other side of the deal than what it cites." if is_turned else None
        )
    knows_theirs = any(theirs.is_same(party) for party in ours)
    our_place = next((party for party in best.parties if agent.is_same(party)), None)
    is_exchanged = (our_place is not None or agent.is_opposite(theirs)) and knows_theirs
    is_exchanged = is_exchanged or (
        our_place is not None
        and our_place.is_object
        and agent.is_opposite(theirs)
        and not _acts(our_place, best, clause)
    )
    is_exchanged = is_exchanged or (our_place is not None and our_place.is_recipient and _trade(clause) != 0)
    if is_exchanged and _trade(clause) == _trade(best) and _has_same_verb(clause, best):
        return f"The statement has '{agent.text}' do what '{theirs.text}' does in what it cites."
    return None


def _is_alike(clause: Clause, best: Clause) -> bool:
    return shared(clause.topic.words, best.content.words) >= MIN_LIKENESS * len(clause.topic.words)


def _acts(owner: Party, of: Clause, clause: Clause) -> bool:
    """Say whether a clause is about what belongs to a party in another: `the landlord's consent`, `the landlord "
    "agrees`.
    """
    owned = [word for word in of.content.words if word.start > owner.start][:3]
    if clause.language == "de":
        owned += [word for word in of.content.words if word.start < owner.start][-1:]
    return shared(owned, clause.content.words) > 0


def _agent(clause: Clause) -> Party | None:
    """Give the party that acts in a clause."""
    is_passive = clause.language == "en" or _PASSIVE.search(clause.text) is not None
    by = next((party for party in clause.parties if party.is_by and is_passive), None)
    return by or next((party for party in clause.parties if not party.is_object), None)


def _trade(clause: Clause) -> int:
    return next((one.sign for one in clause.directions if one.name == "trade"), 0)


def _has_same_verb(clause: Clause, other: Clause) -> bool:
    """Say whether two clauses share a word that is no party."""
    names = {party.start for party in clause.parties}
    words = [word for word in clause.content.words if word.start not in names]
    return shared(words, other.content.words) > 0
