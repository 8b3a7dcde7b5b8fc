"""Statements that repeat a cited sentence nearly word for word: what is different in the words that differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from witnessmark.evidence.support.directions import directions_in
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.parties import parties_in
from witnessmark.evidence.support.polarity import negations_in
from witnessmark.evidence.support.words import folded, is_negated, without_negation

MIN_REPEATED = 0.72
"""Share of a statement's words that stand in a cited sentence in the same order."""
MIN_REORDERED = 0.5
"""The same, if it has the very words of the cited sentence."""
MIN_WORDS = 4
MAX_GAP = 4
"""Words between repeated ones that may turn a sentence; more are another sentence."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019]t)?")
_JOINS = frozenset({"and", "or", "und", "oder", "sowie"})


class _Piece(NamedTuple):
    """Words of a statement, and those that a cited sentence has in their place."""

    said: str
    cited: str
    before: str
    """The word before both."""
    is_edge: bool
    """Whether it is before or after what a statement repeats."""


def verbatim_conflict(sentence: str, cited: Sequence[str], language: Language) -> tuple[str | None, bool]:
    """Compare a sentence with the cited one that it repeats.

    Shapes:  what turns it round, or None; and whether it repeats one at all
    """
    for other in cited:
        pieces = _pieces(sentence, other)
        if pieces is None or _is_bounded(pieces, language):
            continue
        return _turned(pieces, sentence, other, language), True
    return None, False


def _pieces(sentence: str, other: str) -> list[_Piece] | None:
    """Give what differs, if most of a sentence repeats the other; None if it does not."""
    ours, theirs = list(_WORD.finditer(sentence)), list(_WORD.finditer(other))
    if len(ours) < MIN_WORDS:
        return None
    said, written = [folded(one.group()) for one in ours], [folded(one.group()) for one in theirs]
    matcher = SequenceMatcher(a=said, b=written, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    repeated = sum(block.size for block in blocks) / len(ours)
    is_reordered = sorted(said) == sorted(written) and repeated >= MIN_REORDERED
    if repeated < MIN_REPEATED and not is_reordered:
        return None
    found: list[_Piece] = []
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        is_edge = b0 == 0 or b1 == len(theirs)
        if kind == "equal" or max(a1 - a0, b1 - b0) > MAX_GAP:
            continue
        piece, other_piece = (" ".join(one.group() for one in words) for words in (ours[a0:a1], theirs[b0:b1]))
        before = ours[a0 - 1].group() if a0 and b0 else ""
        found.append(_Piece(piece, other_piece, before, kind == "insert" and is_edge))
    return found


def _turned(pieces: Sequence[_Piece], sentence: str, other: str, language: Language) -> str | None:
    ours = [text for piece in pieces for text in _denials(piece.said, language)]
    theirs = [text for piece in pieces if not piece.is_edge for text in _denials(piece.cited, language)]
    if len(ours) % 2:
        theirs += [text for piece in pieces if piece.is_edge for text in _denials(piece.cited, language)]
    if len(ours) % 2 and not len(theirs) % 2:
        return f"The statement says '{ours[0]}', what it cites does not."
    if len(theirs) % 2 and not len(ours) % 2:
        return f"What it cites says '{theirs[0]}', the statement does not."
    if (found := next((one for piece in pieces if (one := _opposites(piece, language)) is not None), None)) is not None:
        return found
    swapped = {(folded(one.said), folded(one.cited)) for one in pieces if one.said and one.cited}
    for one, two in swapped:
        if (two, one) in swapped and one < two and not _joined(one, two, sentence) and not _joined(one, two, other):
            return f"The statement has '{one}' where what it cites has '{two}', and the other way round."
    return None


def _denials(text: str, language: Language) -> list[str]:
    return [one.text for one in negations_in(text, language) if one.mark != "soft" and not one.is_local]


def _is_bounded(pieces: Sequence[_Piece], language: Language) -> bool:
    """Say whether bounds are among what differs, which can be said with a negation or without: `nobody … over`."""
    names = [
        {one.name for text in (piece.said, piece.cited) for one in directions_in(text, language)} for piece in pieces
    ]
    return any({"bound", "above"} & found for found in names) and any(
        _denials(piece.said, language) or _denials(piece.cited, language) for piece in pieces
    )


def _opposites(piece: _Piece, language: Language) -> str | None:
    """Name two words of which one is the opposite of the other."""
    is_denied = bool(_denials(piece.said, language) or _denials(piece.cited, language))
    said, cited = (f"{piece.before} {text}" for text in (piece.said, piece.cited))
    for ours in () if is_denied else directions_in(said, language):
        for theirs in directions_in(cited, language):
            if ours.axis == theirs.axis and ours.sign != theirs.sign:
                return f"The statement says '{ours.text}', what it cites says '{theirs.text}'."
    for party in parties_in(piece.said, language):
        for other in parties_in(piece.cited, language):
            if party.is_opposite(other):
                return f"The statement names '{party.text}', what it cites names '{other.text}'."
    for one, two in ((piece.said, piece.cited), (piece.cited, piece.said)):
        words = {folded(word) for word in two.split()}
        for plain in map(folded, one.split()):
            if is_negated(plain) and without_negation(plain) in words:
                return f"The statement says '{piece.said}', what it cites says '{piece.cited}'."
    return None


def _joined(one: str, two: str, text: str) -> bool:
    """Say whether two words are joined, so that their order says nothing: `tenant and landlord`."""
    words = [folded(word.group()) for word in _WORD.finditer(text)]
    return any(
        {words[place], words[place + 2]} == {one, two} and words[place + 1] in _JOINS for place in range(len(words) - 2)
    )
