"""Words that a caller says to expect, as they are told to a model: words and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark_tools.printable import printable

MOST_WORDS, MOST_OF_WORD = 300, 100
"""Of a vocabulary, and characters of one word."""


def expecting(vocabulary: Sequence[str]) -> str:
    """Write a sentence that goes behind a question; nothing where no words are given."""
    bare = (" ".join(printable(word).replace(";", " ").split())[:MOST_OF_WORD] for word in vocabulary)
    words = list(dict.fromkeys(word for word in bare if word))[:MOST_WORDS]
    if not words:
        return ""
    return (
        " Names and words that may occur; where print is unclear, read it so, and take them for nothing else: "
        f"{'; '.join(words)}."
    )
