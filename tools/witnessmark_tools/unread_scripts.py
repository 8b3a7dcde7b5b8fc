"""What is said of words in a script that OCR cannot read: they are not checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from witnessmark_tools.results import pages_in_words


def not_read_in_words(pages: Iterable[int], noun: str, count: int, scripts: Sequence[str]) -> str:
    """Say on which pages how many words, values or quotes are not checked, in which scripts, and what to do."""
    named = " and ".join(sorted({*scripts}))
    things = f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
    was = "was" if count == 1 else "were"
    return (
        f"{pages_in_words(sorted({*pages}))}: {things} in {named} {was} not checked, since OCR cannot read that; "
        "figures were. Compare the words with the page."
    )
