"""Documents as they are sent with questions: their pages, and the lines that OCR read where there is no text layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from witnessmark.documents.document import MANY_HIDDEN, Document
from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.documents.opening import NEEDS_OCR, Documents
from witnessmark.documents.reading import read_pages
from witnessmark.errors import WitnessmarkError
from witnessmark.plans.joint_parts import PartSource
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import LinesBlock
from witnessmark_tools.pages import Unsendable, sendable_pages

if TYPE_CHECKING:
    from witnessmark_tools.citations_sources import OpenedSource

CELL_GAP = " | "
"""Between the cells of a table's row, in the line that can be cited."""
_PUNCTUATION_ALONE = frozenset(".,;:-\u2013\u2014_|\u00b7\u2022")


async def part_source(
    document: Document, name: str, pages: Sequence[int], flows: Sequence[PageFlow], documents: Documents
) -> tuple[PartSource, Unsendable]:
    """Make of a document what is sent of it.

    Shapes:  `flows` of its pages as far as they were read; also gives the pages that are not sent
    Errors:  `DocumentDamaged`, where no page can be
    """
    facts, unsendable = sendable_pages(document, await documents.facts(document, pages))
    text = (await documents.text(document, 1, "plain")).text if document.kind == "text" else ""

    def made() -> PartSource:
        return PartSource(
            document=document, pages=facts, texts=text_blocks(name, text), lines=lines_of(document, name, flows)
        )

    return await anyio.to_thread.run_sync(made, abandon_on_cancel=True), unsendable


async def sources_to_price(
    opened: Sequence[OpenedSource], documents: Documents, *, seconds: float
) -> tuple[list[PartSource], tuple[int, ...], list[str]]:
    """Make of documents what would be sent of them, with as many of their scans read as there is time for.

    Shapes:  the sources, the pages of all that cannot be sent, what has to be said
    Units:   `seconds` after which no further page is read; what is not read counts as a usual page of text
    Errors:  `DocumentDamaged`
    """
    ends = anyio.current_time() + seconds
    sources: dict[str, PartSource] = {}
    damaged: list[int] = []
    unread = 0
    for one in opened:
        document = one.document
        if document.sha256 in sources:
            continue
        facts = await documents.facts(document, one.pages)
        scans = [page.page_number for page in facts if page.text in NEEDS_OCR or page.hides_words]
        flows = await _read_scans(document, scans, documents, ends - anyio.current_time())
        source, bad = await part_source(document, one.name, one.pages, flows, documents)
        left = set(scans) - {flow.page_number for flow in flows}
        unread += len(left)
        # How much text there is nobody knows: prices count a usual page then.
        pages = tuple(replace(page, text_size=None) if page.page_number in left else page for page in source.pages)
        sources[document.sha256] = replace(source, pages=pages)
        damaged += [*bad.damaged, *bad.untried]
    count = f"{unread} page{'s'[: unread != 1]} of scans"
    told = f"{count} not read by OCR for this estimate: how much text goes along is a guess."
    return list(sources.values()), tuple(damaged), [told] if unread and documents.recogniser is not None else []


async def _read_scans(document: Document, pages: Sequence[int], documents: Documents, seconds: float) -> list[PageFlow]:
    if not pages or documents.recogniser is None or seconds <= 0:
        return []

    async def read(page: int) -> PageFlow:
        return await documents.flow(document, page)

    async def on_page(count: int) -> None:
        del count

    try:
        found = await read_pages(pages, read, limits=documents.limits, seconds=seconds, on_page=on_page)
    except WitnessmarkError:  # the call itself will say it
        return []
    return [found.done[page] for page in sorted(found.done)]


def lines_of(document: Document, name: str, flows: Sequence[PageFlow]) -> LinesBlock | None:
    """Take the lines of pages that go as pictures: OCR read them, or words lie there that nobody sees.

    Shapes:  None where there are none
    """
    found = [
        (line, flow.page_number)
        for flow in flows
        if flow.is_read_by_ocr or (flow.layer is not None and flow.layer.hidden_words >= MANY_HIDDEN)
        for paragraph in flow.paragraphs
        for line in _lines(paragraph)
    ]
    if not found:
        return None
    return LinesBlock(
        title=f"{name}, lines that OCR read",
        lines=tuple(line for line, _ in found),
        pages=tuple(page for _, page in found),
        sha256=document.sha256,
    )


def _lines(paragraph: Paragraph) -> Iterator[str]:
    """Write a paragraph's lines, a table's row as one."""
    lines = [" ".join(word.text for word in line) for line in paragraph.lines]
    for line in [CELL_GAP.join(lines)] if paragraph.kind == "row" else lines:
        if set(line) - _PUNCTUATION_ALONE - {" "}:
            yield line
