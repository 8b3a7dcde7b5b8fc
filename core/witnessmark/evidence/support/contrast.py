"""Sentences that say one thing of one party and another of the other: `A bears the freight, B the insurance`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.evidence.sentence_figures import figures_in, is_same_figure
from witnessmark.evidence.support.exchange import entities_of
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.polarity import negations_in
from witnessmark.evidence.support.sentences import shared
from witnessmark.evidence.support.words import words_of

_SPLIT = re.compile(
    r";\s+|,\s+(?:while|whereas|but|während|wohingegen|aber|dagegen)\s|,\s+|\s+(?:and|und|while|während)\s+"
)
MAX_PARTS = 4
_CONDITION = re.compile(
    r"(?:if|when|unless|once|wenn|falls|sofern|sobald|[A-ZÄÖÜ][a-zäöü]+(?:t|en|st|ird)\s(?:der|die|das|ein|eine)\s)\b",
    re.IGNORECASE,
)


def contrast_conflict(statement: str, cited: Sequence[str], language: Language) -> tuple[str | None, list[str]]:
    """Compare what a statement says of a party with what the cited sentence says of it, and of the other one.

    Shapes:  what it says of the wrong party, or None; and the cited texts, of which only what concerns the party of the
             statement is left if they tell both apart
    """
    kept: list[str] = []
    conflict: str | None = None
    for other in cited:
        found, text = _compared(statement, other, language)
        conflict = conflict or found
        kept.append(text)
    return conflict, kept


def _compared(statement: str, other: str, language: Language) -> tuple[str | None, str]:
    pieces = [] if _CONDITION.match(other) else _SPLIT.split(other)
    if not 2 <= len(pieces) <= MAX_PARTS:
        return None, other
    ours = entities_of(statement, other, language)
    whole = entities_of(other, statement, language, every=True)
    if len(ours) != 1 or len(whole) < 2:
        return None, other
    (mine,) = ours
    if mine.pairs and not any(one.is_opposite(mine) for one in whole):
        return None, other
    own, others = list[str](), list[str]()
    for piece in pieces:
        named = [one for one in whole if one.text in piece]
        if any(one.is_same(mine) for one in named):
            own.append(piece)
        elif any(one.is_opposite(mine) if mine.pairs else not one.pairs for one in named):
            others.append(piece)
        elif own and not others:
            own.append(piece)
        elif others:
            others.append(piece)
    if not own or not others:
        return None, other
    words = [
        word for word in words_of(statement, language) if not mine.start <= word.start < mine.start + len(mine.text)
    ]
    in_own, in_others = (words_of(" ".join(texts), language) for texts in (own, others))
    only_own = [word for word in words if shared([word], in_own) and not shared([word], in_others)]
    only_others = [word for word in words if shared([word], in_others) and not shared([word], in_own)]
    figures = [one for one in figures_in(statement) if not one.is_reference]
    foreign = [
        one
        for one in figures
        if any(is_same_figure(one, two) for two in figures_in(" ".join(others)))
        and not any(is_same_figure(one, two) for two in figures_in(" ".join(own)))
    ]
    is_denied = sum(one.mark != "soft" for one in negations_in(statement, language)) % 2 == 1
    if not is_denied and ((only_others and not only_own) or foreign):
        word = foreign[0].text if foreign else only_others[0].text
        return f"The statement says '{word}' of '{mine.text}', what it cites says it of another.", ", ".join(own)
    return None, ", ".join(own)
