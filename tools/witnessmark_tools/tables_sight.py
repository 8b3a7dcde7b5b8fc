"""Which tables of pages are to be seen without any model, so that one that was not read is missed."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.documents.reading import read_pages
from witnessmark.errors import WitnessmarkError
from witnessmark.offline.tables.values import Table
from witnessmark.offline.tables.wire import table_from_wire
from witnessmark.values import BoundingBox
from witnessmark_tools.witnesses import Witnesses

LEAST_ROWS, LEAST_COLUMNS = 3, 2
"""Of a table that the offline engine is believed to see."""


async def tables_seen(
    document: Document, documents: Documents, witnesses: Witnesses, pages: Sequence[int], *, seconds: float | None
) -> dict[int, tuple[BoundingBox, ...]]:
    """Find where the offline engine is sure of a table, on those of some pages that have words.

    Units:   boxes as the page's own, points of a PDF or pixels of an image; `seconds` after which none is begun
    Errors:  none; what cannot be looked at is left out
    """
    numbers = [page for page in pages if page in witnesses.pages]
    if not numbers or document.kind == "text":
        return {}

    async def look(page: int) -> tuple[BoundingBox, ...]:
        found = [table_from_wire(wire) for wire in (await documents.tables(document, page)).tables]
        boxes = [witnesses.on_page[page](table.box) for table in found if _is_sure(table)]
        return tuple(box for box in boxes if box is not None)

    async def on_page(_: int) -> None:
        pass

    try:
        return (await read_pages(numbers, look, limits=documents.limits, seconds=seconds, on_page=on_page)).done
    except WitnessmarkError:
        return {}


def _is_sure(table: Table) -> bool:
    return table.confidence == "high" and len(table.rows) >= LEAST_ROWS and table.column_count >= LEAST_COLUMNS
