"""Cited passages that the words of a page do not have, looked for once more in what its picture shows there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from witnessmark.errors import WitnessmarkError

if TYPE_CHECKING:
    from witnessmark.documents.opening import Documents
    from witnessmark.evidence.quotes import DoubtfulWord, QuotedDocument, QuoteVerdict
    from witnessmark_tools.citations_lookup import AskedCitation
    from witnessmark_tools.citations_sources import ReadSource

MOST_SEEN = 12
"""Passages of one call that are seen again."""
SECONDS = 15.0
LEAST_SURE = 0.8
"""Of what OCR sees in the place of a word, from which that counts as what stands there."""


async def see_again(
    verdicts: list[QuoteVerdict | None],
    asked: Sequence[AskedCitation],
    sources: Sequence[ReadSource],
    documents: Documents,
    *,
    seconds: float | None = None,
) -> None:
    """Put in the place of a verdict on a passage that stands nowhere what the picture says, where that says otherwise.

    Units:   `seconds` after which the verdicts stand as they are
    Errors:  none
    """
    doubtful = [
        place
        for place, verdict in enumerate(verdicts)
        if verdict is not None
        and verdict.nearest is not None
        and sources[asked[place].document].document.reader == "pdfium"
    ]
    with anyio.move_on_after(SECONDS if seconds is None else min(SECONDS, seconds)):
        for place in doubtful[:MOST_SEEN]:
            one = asked[place]
            found = await _seen(one, sources[one.document], documents)
            if found is not None and found.status != "unlocated":
                verdicts[place] = found


async def _seen(one: AskedCitation, source: ReadSource, documents: Documents) -> QuoteVerdict | None:
    quoted = source.quoted
    words = await anyio.to_thread.run_sync(quoted.doubtful_words, one.cited_text, abandon_on_cancel=True)
    seen: dict[int, str] = {}
    for page in dict.fromkeys(word.page for word in words):
        seen |= await _read(page, [word for word in words if word.page == page], source, documents)
    if not seen:
        return None
    return await anyio.to_thread.run_sync(_found, quoted, one, seen, abandon_on_cancel=True)


async def _read(page: int, words: Sequence[DoubtfulWord], source: ReadSource, documents: Documents) -> dict[int, str]:
    """Read some words of a page's picture; what cannot be read, or only unsurely, is left as it was."""
    try:
        places = await documents.read_places(source.document, page, [word.box for word in words])
    except WitnessmarkError:
        return {}
    return {
        word.word: place.text
        for word, place in zip(words, places, strict=True)
        if place.text and place.confidence >= LEAST_SURE
    }


def _found(quoted: QuotedDocument, one: AskedCitation, seen: Mapping[int, str]) -> QuoteVerdict:
    return replace(quoted.as_seen(seen).find_quote(one.cited_text, one.claimed_pages), is_seen=True)
