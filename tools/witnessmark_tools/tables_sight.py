"""What of pages is seen without any model: the words that values are looked up in, and the tables that lines show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.opening import NEEDS_OCR, Documents
from witnessmark.documents.reading import read_pages
from witnessmark.evidence.witness import WitnessPage
from witnessmark.offline.tables.values import Table
from witnessmark.offline.tables.wire import table_from_wire
from witnessmark.values import BoundingBox

LEAST_ROWS, LEAST_COLUMNS = 3, 2
"""Of a table that the offline engine is believed to see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is seen of one page."""

    witness: WitnessPage | None = None
    """None: there are no words to look in."""
    tables: tuple[BoundingBox, ...] = ()
    """Where the offline engine is sure of a table."""


async def sights_of(
    document: Document, pages: Sequence[PageFacts], documents: Documents, *, seconds: float | None
) -> dict[int, Sight]:
    """Look at pages that have words, or of which OCR finds some; what cannot be looked at is left out.

    Units:   `seconds` after which no further page is begun
    """
    kinds = {"text layer"} if documents.recogniser is None else {"text layer", *NEEDS_OCR}
    numbers = [page.page_number for page in pages if page.text in kinds]
    if not numbers or document.reader not in {"pdfium", "image"}:
        return {}
    scans = {page.page_number for page in pages if page.text in NEEDS_OCR}

    async def look(page: int) -> Sight:
        return await _sight(document, page, documents, is_scan=page in scans)

    async def on_page(_: int) -> None:
        pass

    read = await read_pages(numbers, look, limits=documents.limits, seconds=seconds, on_page=on_page)
    return read.done


async def _sight(document: Document, page: int, documents: Documents, *, is_scan: bool) -> Sight:
    if is_scan:
        recognised, _ = await documents.recognise(document, page)
        words = recognised.layout.words
    else:
        words = (await documents.layout(document, page)).words
    found = await documents.tables(document, page)
    tables = [table_from_wire(wire) for wire in found.tables]
    return Sight(
        witness=WitnessPage(page_number=page, words=words, is_read_by_ocr=is_scan) if words else None,
        tables=tuple(table.box for table in tables if _is_sure(table)),
    )


def _is_sure(table: Table) -> bool:
    return table.confidence == "high" and len(table.rows) >= LEAST_ROWS and table.column_count >= LEAST_COLUMNS
