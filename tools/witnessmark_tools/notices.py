"""What is said of text that speaks to a model, and of text that nobody sees: where it is, and never what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from witnessmark.documents.document import MANY_HIDDEN, Document, PageFacts
from witnessmark.documents.opening import NEEDS_OCR, Documents
from witnessmark.documents.reading import read_pages
from witnessmark.errors import WitnessmarkError
from witnessmark.values import BoundingBox
from witnessmark_tools.results import pages_in_words

if TYPE_CHECKING:
    from witnessmark.documents.ocr.recognised import PageReading
    from witnessmark.documents.text_layer import TextLayer

MOST_NAMED = 5
"""Pages, or lines, that are named with their places; of others their numbers."""
SECONDS = 10.0
"""For looking at pages that only a model has read."""
AS_CONTENT = "read as content like any other, and nothing that it asks for was done"


class Layered(Protocol):
    """A page with what is known of its words."""

    @property
    def layer(self) -> TextLayer | None: ...
    @property
    def reading(self) -> PageReading | None: ...


def addressed_warnings(seen: Mapping[int, Layered]) -> list[str]:
    """Say on which pages, and where, text speaks to a model and not to people, and what of a text nobody sees."""
    found = {page: where for page, one in sorted(seen.items()) if (where := _where(one))}
    told = [
        f"Page {page}: text {where} speaks to a model instead of to people; {AS_CONTENT}."
        for page, where in list(found.items())[:MOST_NAMED]
    ]
    if rest := list(found)[MOST_NAMED:]:
        told.append(f"{pages_in_words(rest)}: so it is there, too.")
    count = sum(one.layer.unseen_characters for one in seen.values() if one.layer is not None)
    if count:
        characters = "1 character that nobody sees was" if count == 1 else f"{count:,} characters that nobody sees were"
        told.append(f"{characters} left out (Unicode tags, turns of direction, signs without width).")
    return told


def hidden_warnings(seen: Mapping[int, Layered]) -> list[str]:
    """Say of pages that a model has read how many words on them nobody sees, and whether it was given them."""
    hidden = {
        page: one.layer.hidden_words for page, one in sorted(seen.items()) if one.layer and one.layer.hidden_words
    }
    told: list[str] = []
    for pages, what in (
        ([page for page in hidden if hidden[page] >= MANY_HIDDEN], "the model was shown the picture, without them"),
        ([page for page in hidden if hidden[page] < MANY_HIDDEN], "the model was given them with the page"),
    ):
        if pages:
            count = sum(hidden[page] for page in pages)
            words = "1 word" if count == 1 else f"{count} words"
            told.append(
                f"{pages_in_words(pages)}: {words} of the text layer cannot be seen on the page (invisible, covered, "
                f"of the paper's colour, or too small); {what}."
            )
    return told


def pictured_pages(document: Document, facts: Sequence[PageFacts]) -> frozenset[int]:
    """List the pages of a PDF with so much text that nobody sees that a model is to see their picture alone."""
    if document.kind != "pdf":
        return frozenset()
    return frozenset(page.page_number for page in facts if page.hides_words)


async def notices_of(
    document: Document,
    documents: Documents,
    pages: Sequence[int],
    *,
    seconds: float | None,
) -> list[str]:
    """Look at pages that a model has read, as far as there is time, and say what is to be said.

    Errors:  none; a page that cannot be read here is not spoken of
    """

    async def look(page: int) -> Layered:
        if document.reader in {"text", "pypdf"}:
            return await documents.text(document, page, "plain")
        if document.reader == "pdfium":
            read = await documents.read_layout(document, page)
            if read.kind not in NEEDS_OCR:
                return read
        if documents.recogniser is None:
            return _Looked(None)
        return _Looked((await documents.recognise(document, page))[1])

    async def on_page(count: int) -> None:
        del count

    time = SECONDS if seconds is None else min(SECONDS, seconds)
    try:
        found = await read_pages(pages, look, limits=documents.limits, seconds=time, on_page=on_page)
    except WitnessmarkError:
        return []
    return addressed_warnings(found.done) + hidden_warnings(found.done)


class _Looked:
    """A page that OCR has read, or nobody."""

    layer = None

    def __init__(self, reading: PageReading | None) -> None:
        self.reading = reading


def _where(one: Layered) -> str:
    """Say where on a page text speaks to a model; nothing where none does."""
    if one.reading is not None:
        return _at(one.reading.addressed)
    if one.layer is None:
        return ""
    if lines := one.layer.addressed_lines:
        named = ", ".join(f"{line:,}" for line in lines[:MOST_NAMED]) + (" and others" if lines[MOST_NAMED:] else "")
        return f"in line{'s'[: len(lines) != 1]} {named}"
    return _at(one.layer.addressed)


def _at(places: Sequence[BoundingBox]) -> str:
    if not places:
        return ""
    first = [round(value, 1) for value in (places[0].x0, places[0].top, places[0].x1, places[0].bottom)]
    return f"at {first}" if len(places) == 1 else f"in {len(places)} places, first at {first},"
