"""Documents as they are sent with questions: their pages, and the lines that OCR read where there is no text layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import anyio

from witnessmark.documents.document import Document
from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.documents.opening import Documents
from witnessmark.plans.joint_parts import PartSource
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import LinesBlock
from witnessmark_tools.pages import sendable_pages

CELL_GAP = " | "
"""Between the cells of a table's row, in the line that can be cited."""
_PUNCTUATION_ALONE = frozenset(".,;:-\u2013\u2014_|\u00b7\u2022")


async def part_source(
    document: Document, name: str, pages: Sequence[int], flows: Sequence[PageFlow], documents: Documents
) -> tuple[PartSource, tuple[int, ...]]:
    """Make of a document what is sent of it.

    Shapes:  `flows` of its pages as far as they were read; also gives the pages that cannot be sent
    Errors:  `DocumentDamaged`, where no page can be
    """
    facts, damaged = sendable_pages(document, await documents.facts(document, pages))
    text = (await documents.text(document, 1, "plain")).text if document.kind == "text" else ""

    def made() -> PartSource:
        return PartSource(
            document=document, pages=facts, texts=text_blocks(name, text), lines=lines_of(document, name, flows)
        )

    return await anyio.to_thread.run_sync(made, abandon_on_cancel=True), damaged


def lines_of(document: Document, name: str, flows: Sequence[PageFlow]) -> LinesBlock | None:
    """Take the lines of pages that OCR read; None where it read none."""
    found = [
        (line, flow.page_number)
        for flow in flows
        if flow.is_read_by_ocr
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
