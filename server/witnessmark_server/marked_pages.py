"""Pages drawn with their tables marked, for people who would rather look than read."""

from __future__ import annotations

from pathlib import Path

from witnessmark.documents.marking import Box, Mark
from witnessmark_tools.definition import Services
from witnessmark_tools.extract_tables import TableExtraction
from witnessmark_tools.tables_result import ExtractedTable

MOST_PICTURES = 12


async def draw_marked_pages(result: TableExtraction, source: str, services: Services) -> tuple[list[Path], list[str]]:
    """Draw the pages that have tables, the first `MOST_PICTURES` of them, into the export folder.

    Shapes:  `result` is one with `detail="full"`; one PNG a page, and a warning if there are more pages
    Errors:  as `Documents.picture`
    """
    marks: dict[int, list[Mark]] = {}
    for table in result.tables:
        for page in {place.page for row in table.places or [] for place in row}:
            mark = _mark(table, page)
            if mark is not None:
                marks.setdefault(page, []).append(mark)
    stem = result.documents[0].name.rsplit(".", 1)[0]
    drawn: list[Path] = []
    async with services.documents.open(source) as document:
        for page in sorted(marks)[:MOST_PICTURES]:
            png = await services.documents.picture(document, page, marks[page])
            drawn.append(services.exports.write(f"{stem}-{result.result_id}-page-{page}.png", png))
    if len(marks) > MOST_PICTURES:
        left = "`witnessmark show-evidence` draws the others"
        return drawn, [f"{MOST_PICTURES} of {len(marks)} pages with tables were drawn. {left}."]
    return drawn, []


def _mark(table: ExtractedTable, page: int) -> Mark | None:
    texts = [table.headers, *table.rows]
    heads: list[Box] = []
    cells: list[Box] = []
    for row, (values, places) in enumerate(zip(texts, table.places or [], strict=False)):
        for value, place in zip(values, places, strict=False):
            if value and place.box is not None and place.page == page:
                (heads if row < table.header_rows else cells).append(_box(place.box))
    every = heads + cells
    if not every:
        return None
    return Mark(
        box=(
            min(box[0] for box in every),
            min(box[1] for box in every),
            max(box[2] for box in every),
            max(box[3] for box in every),
        ),
        label=label_of(table, page),
        header_cells=tuple(heads),
        cells=tuple(cells),
    )


def label_of(table: ExtractedTable, page: int) -> str:
    """Write how many rows below the headers are on a page, of how many if others are elsewhere."""
    first = max(1, table.header_rows)  # 0 is the headers, and 1 is the first row of a table without them
    here = sum(max(0, part.last_row + 1 - max(first, part.first_row)) for part in table.parts if part.page == page)
    every = sum(max(0, part.last_row + 1 - max(first, part.first_row)) for part in table.parts)
    count = f"{here}" if here == every else f"{here} of {every}"
    return f"{table.table_id}: {count} row{'s'[: every != 1]}"


def _box(values: list[float]) -> Box:
    x0, top, x1, bottom = values
    return x0, top, x1, bottom
