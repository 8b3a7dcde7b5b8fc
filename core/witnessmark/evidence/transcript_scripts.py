"""Words of a transcript in a script that OCR cannot read, and what OCR has read in their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from witnessmark.documents.ocr.letters import unread_script
from witnessmark.evidence.transcript_matching import Matching, stretches
from witnessmark.evidence.transcript_words import TextWord, is_figure

_PIECES = 2
"""Words that OCR makes of one that it cannot read, at most."""


def unread_words(said: Sequence[TextWord]) -> dict[int, str]:
    """Find the words that OCR cannot read, with their scripts; figures are never among them."""
    return {
        index: script
        for index, word in enumerate(said)
        if not is_figure(word.key) and (script := unread_script(word.text)) is not None
    }


def cover(unread: Mapping[int, str], matching: Matching) -> None:
    """Count the words of the page that OCR has read instead as taken: those between the same words.

    Where columns are read in another order and nothing is between, as many are taken from anywhere.
    """
    free = [at for at in matching.left_seen() if not is_figure(matching.seen[at].key)]
    elsewhere = 0
    for run in stretches([index for index in unread if index not in matching.place]):
        between = _read_instead(run, matching, unread)
        taken = [at for at in free if at in between][: _PIECES * len(run)]
        matching.taken.update(taken)
        elsewhere += 0 if taken else _PIECES * len(run)
    matching.taken.update([at for at in free if at not in matching.taken][:elsewhere])


def _read_instead(run: Sequence[int], matching: Matching, unread: Mapping[int, str]) -> set[int]:
    """Find the words of the page in the place of a run, less those in the place of words before and after it."""
    before, after = matching.neighbours(run)
    first, last = -1 if before is None else before, len(matching.seen) if after is None else after
    between = [at for at in range(first + 1, last) if at not in matching.taken]
    others_before = _others(run[0], -1, matching, unread)
    others_after = _others(run[-1], 1, matching, unread)
    return set(between[others_before : len(between) - others_after])


def _others(index: int, step: int, matching: Matching, unread: Mapping[int, str]) -> int:
    """Count the words next to a run, up to the next that the page has, which OCR could have read."""
    count = 0
    index += step
    while 0 <= index < len(matching.said) and index not in matching.place:
        count += index not in unread
        index += step
    return count
