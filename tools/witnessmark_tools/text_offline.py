"""`read_text` on this machine: text layers, and OCR of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.opening import NEEDS_OCR, Documents, PageText, TextLayout
from witnessmark.documents.reading import PagesRead, read_pages
from witnessmark_tools.definition import Progress
from witnessmark_tools.layer_words import text_as_shown
from witnessmark_tools.notices import pictured_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Who is to read which pages."""

    here: tuple[int, ...] = ()
    sent: tuple[int, ...] = ()
    pictures: frozenset[int] = field(default_factory=frozenset[int])
    """Pages that have text which they do not show: a model is to see their picture alone."""
    reads_all: bool = False
    """Whether a model is to read all pages, and nobody else any in its place."""


def shared_out(document: Document, facts: Sequence[PageFacts], *, reads_all: bool) -> Share:
    """Share out pages: a text layer that can be used needs no model, unless one is to read all of them."""
    here: list[int] = []
    for page in facts:
        is_lost = page.text == "unknown" and document.reader == "pdfium"  # cannot be taken out of the file
        if is_lost or not (reads_all or page.text in NEEDS_OCR):
            here.append(page.page_number)
    return Share(
        here=tuple(here),
        sent=tuple(page.page_number for page in facts if page.page_number not in here),
        reads_all=reads_all,
        pictures=pictured_pages(document, facts).union(
            page.page_number for page in facts if page.text == "broken text layer"
        ),
    )


async def text_offline(
    document: Document,
    documents: Documents,
    numbers: Sequence[int],
    layout: TextLayout,
    *,
    check: LayerCheck,
    seconds: float | None,
    progress: Progress,
) -> PagesRead[PageText]:
    """Read pages in order; those whose text layer is found to lie, as they show themselves.

    Errors:  the first page's where no page could be read
    """

    async def read_page(page: int) -> PageText:
        return await documents.text(document, page, layout)

    async def on_page(count: int) -> None:
        await progress(count, len(numbers), f"Read {count} of {len(numbers)} pages")

    read = await read_pages(numbers, read_page, limits=documents.limits, seconds=seconds, on_page=on_page)
    for page in sorted(read.done):
        read.done[page] = await text_as_shown(document, documents, page, read.done[page], check, layout)
    return read


def better_sent(read: PagesRead[PageText], check: LayerCheck) -> tuple[int, ...]:
    """List the pages that only looked as if they needed no model: their text layer lies, or is none."""
    lying = {found.page_number for found in check.findings if found.state == "unreadable" or found.differences}
    return tuple(
        page for page, found in sorted(read.done.items()) if page in lying or found.kind in {*NEEDS_OCR, "unknown"}
    )
