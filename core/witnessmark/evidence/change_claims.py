"""A sentence about a change, checked against the change: what of it the change does not say."""

from __future__ import annotations

from witnessmark.evidence.change_directions import Kind, direction_doubts
from witnessmark.evidence.change_figures import ChangedTexts, figure_doubts
from witnessmark.evidence.change_names import IsThere
from witnessmark.evidence.change_words import word_doubts


def doubts_of(meaning: str, kind: Kind, change: ChangedTexts, *, is_there: IsThere) -> list[str]:
    """Name figures, dates, directions, names and quoted words of a sentence that a change does not bear out.

    Shapes:  one text a doubt, empty if nothing speaks against the sentence; directions only if the figures are right
    """
    doubts = figure_doubts(meaning, change)
    if not doubts:
        doubts = direction_doubts(meaning, kind, change)
    return [*doubts, *word_doubts(meaning, change, is_there)]
