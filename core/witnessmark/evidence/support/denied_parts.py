"""Sentences with a part that they deny: `theft from the house, not from the garden`.

A statement about the denied part has to deny it, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.polarity import negations_in
from witnessmark.evidence.support.sentences import shared
from witnessmark.evidence.support.words import Word, words_of

MAX_WORDS = 9
"""Content words of a statement that is about one part."""
_NOT = {
    "en": re.compile(
        r",?\s+(?:and|but)?\s*not\s(?=(?:for|to|from|in|on|at|of|the|a|an|by|with)\b)|,\s+not\s", re.IGNORECASE
    ),
    "de": re.compile(r",\s+(?:aber|und|jedoch)?\s*nicht\s", re.IGNORECASE),
}
_SEVERAL = re.compile(r"[,;]|\b(?:and|und|or|oder|than|als|both|beide)\b", re.IGNORECASE)


def denied_part_conflict(statement: str, cited: Sequence[str], language: Language) -> tuple[str | None, bool]:
    """Compare a statement with the part that a sentence denies.

    Shapes:  what it says of that part without denying it, or None; and whether it is about that part and denies it
    """
    tongue = "de" if language == "de" else "en"
    words = words_of(statement, language)
    if _SEVERAL.search(statement) or not 2 <= len(words) <= MAX_WORDS:
        return None, False
    for other in cited:
        parts = _NOT[tongue].split(other.rstrip(". "), maxsplit=1)
        if len(parts) == 2 and not _denies(parts[0], language):
            return _denied(statement, words, parts, language)
    return None, False


def _denied(statement: str, words: Sequence[Word], parts: Sequence[str], language: Language) -> tuple[str | None, bool]:
    said, denied = _exclusive(words, parts, language)
    only_denied = [word for word in denied if word.weight >= 1]
    is_denied = _denies(statement, language)
    if only_denied and not [word for word in said if word.weight >= 1 and not _is_common(word, parts, language)]:
        may_be = any(one.mark == "soft" or one.is_local for one in negations_in(statement, language))
        if is_denied or may_be:
            return None, True
        return f"What it cites denies '{only_denied[0].text}', the statement does not.", True
    return None, bool(said) and not denied and not is_denied


def _is_common(word: Word, parts: Sequence[str], language: Language) -> bool:
    """Say whether a word of the first part is of what both are about: what is before its last few words."""
    own = words_of(parts[0], language)
    return any(word.is_like(other) for other in own[:-1])


def _exclusive(words: Sequence[Word], parts: Sequence[str], language: Language) -> tuple[list[Word], list[Word]]:
    """Give the words that only the first part has, and those that only the second one has."""
    one, other = (words_of(part, language) for part in parts)
    return (
        [word for word in words if shared([word], one) and not shared([word], other)],
        [word for word in words if shared([word], other) and not shared([word], one)],
    )


def _denies(text: str, language: Language) -> bool:
    return sum(one.mark != "soft" for one in negations_in(text, language)) % 2 == 1
