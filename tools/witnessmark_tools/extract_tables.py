"""`extract_tables`: every table of a document, with the place of every cell."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self

import anyio
from pydantic import Field

from witnessmark.documents.document import Document
from witnessmark.documents.layer_check import LayerCheck, seconds_to_check
from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.documents.opening import Documents, PageTables
from witnessmark.documents.page_range import pages_from_text, text_from_pages
from witnessmark.documents.reading import PagesRead, read_pages
from witnessmark.exports.folder import ExportFolder
from witnessmark.offline.tables.values import Table
from witnessmark.offline.tables.wire import table_from_wire
from witnessmark_tools.arguments import Detail, MaxCost, ModelOrAuto, Pages, Password, Reuse, Source, Vocabulary, Wait
from witnessmark_tools.contained import contained
from witnessmark_tools.definition import Progress
from witnessmark_tools.exporting import ExportKind, export_tables
from witnessmark_tools.layer_words import layer_review, layer_warnings, tables_as_shown
from witnessmark_tools.notices import notices_of
from witnessmark_tools.pages import (
    doubtful_places,
    failures_of,
    left_range,
    page_warnings,
    refuse_without_ocr,
    rounded,
    unread_without_ocr,
)
from witnessmark_tools.remembered import RememberedPlace, RememberedResults, RememberedTable, place_of, remembered
from witnessmark_tools.results import (
    ExportedFile,
    LongResult,
    Result,
    ReviewItem,
    document_read,
    result_id_of,
)
from witnessmark_tools.tables_found import Reader, TablesFound
from witnessmark_tools.tables_result import ExtractedTable
from witnessmark_tools.terms import Terms

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude
    from witnessmark_tools.readers import Readers
    from witnessmark_tools.tables_evidence import CheckedTable

MOST_LISTED = 20
"""Files and places to review that a preview lists."""


class TableExtraction(LongResult):
    """Tables, and what stood in the way of finding them."""

    tables: list[ExtractedTable] = Field(default=[])
    table_count: int = 0
    pages_read: int = 0
    readers: list[Reader] = Field(default=[], description="With model 'auto': who has read which pages, and why.")

    def page(self, cursor: str | None, limit: int) -> tuple[Self, str | None]:
        """Give tables, the rows of a long one in parts. A place is `table:row`."""
        from witnessmark_tools.tables_paging import tables_from  # not before somebody reads on

        tables, after = tables_from(self.tables, cursor, limit)
        return self.model_copy(update={"tables": tables}), after

    def shortened(self, limit: int) -> Self:
        """Keep as many rows of each table as fit; then no places, fewer tables, and at last shorter cells."""
        lean = self.model_copy(
            update={
                "is_preview": True,
                "files": self.files[:MOST_LISTED],
                "needs_review": self.needs_review[:MOST_LISTED],
                "warnings": [*self.warnings, *self._left_out()],
            }
        )
        # A cell takes four characters at the very least.
        width = min([len(table.rows[0]) for table in self.tables if table.rows], default=1)
        most = min(max((len(table.rows) for table in self.tables), default=0), limit // (4 * width) + 2)
        for places in (True, False):
            if _size(lean._cut(2, places=places)) <= limit:

                def fits(rows: int, *, places: bool = places) -> bool:
                    return _size(lean._cut(rows, places=places)) <= limit

                return lean._cut(_largest(2, most, fits), places=places)
        tables = _largest(1, len(self.tables), lambda count: _size(lean._cut(2, count=count)) <= limit)
        shown = f"{tables} of {self.table_count} tables are shown."
        few = lean._cut(2, count=tables).model_copy(update={"warnings": [*lean.warnings, shown]})
        return few if _size(few) <= limit else few.model_copy(update={"tables": [t.clipped() for t in few.tables]})

    def _left_out(self) -> list[str]:
        told: list[str] = []
        if len(self.files) > MOST_LISTED:
            told.append(f"{MOST_LISTED} of {len(self.files)} files are listed; all are in the same folder.")
        if len(self.needs_review) > MOST_LISTED:
            told.append(f"{MOST_LISTED} of {len(self.needs_review)} places to review are listed; all are in the file.")
        return told

    def _cut(self, rows: int, *, count: int | None = None, places: bool = False) -> Self:
        return self.model_copy(update={"tables": [table.cut(rows, places=places) for table in self.tables[:count]]})

    def to_text(self) -> str:
        if self.status == "working":
            return "\n".join(self.warnings)
        pages = f"{self.pages_read} page{'s'[: self.pages_read != 1]}"
        found = f"{self.table_count} table{'s'[: self.table_count != 1]} on {pages} of"
        how = f"engine: {', '.join(self.engines)}, result {self.result_id}, {self.cost.in_words()}"
        lines = [f"{found} {self.documents[0].name} ({how})"]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines += [one.to_text() for one in self.readers if one.reason]
        lines += [item.to_text() for item in self.needs_review]
        for table in self.tables:
            lines += ["", *table.to_lines()]
        if self.files:
            lines += ["", "Files:", *(f"- {file.path} ({file.uri})" for file in self.files)]
        return "\n".join(lines)


async def extract_tables(
    source: Source,
    pages: Pages = None,
    password: Password = None,
    model: ModelOrAuto = None,
    max_cost_usd: MaxCost = None,
    reuse: Reuse = True,
    vocabulary: Vocabulary = None,
    export: Annotated[
        list[ExportKind] | None, Field(description="Also write files; their paths come back. For Excel: xlsx.")
    ] = None,
    detail: Detail = "concise",
    wait_seconds: Wait = None,
    *,
    documents: Documents,
    exports: ExportFolder,
    claude: Claude,
    terms: Terms,
    results: RememberedResults,
    patience: float | None,
    progress: Progress,
) -> TableExtraction:
    """Extract every table of a PDF, scan, image, CSV or Markdown file as headers and rows, joined over pages, with titles, notes and confidence. Text as printed, each value looked up on its page. By Claude, or offline for free; price: estimate_cost. Prose: read_text."""  # noqa: E501 - one line on the wire
    from witnessmark_tools.readers import readers_for  # not before it is called
    from witnessmark_tools.second_reading_result import SecondReading
    from witnessmark_tools.tables_evidence import check_tables

    began = anyio.current_time()
    readers = await readers_for(model, claude, terms)
    async with documents.open(source, password) as document:
        limit = documents.limits.pages_per_call
        numbers = pages_from_text(pages, page_count=document.page_count, limit=limit)
        seconds = wait_seconds or patience

        def left() -> float | None:
            return None if seconds is None else max(1.0, seconds - (anyio.current_time() - began))

        check = LayerCheck(documents, document, seconds=seconds_to_check(seconds))
        if not readers.models:
            found = await _offline(document, documents, check, numbers, seconds, progress)
        else:
            found = await _by_claude(
                readers,
                document,
                numbers,
                check,
                vocabulary=vocabulary or (),
                documents=documents,
                claude=claude,
                terms=terms,
                seconds=left(),
                max_cost_usd=max_cost_usd,
                reuse=reuse,
                progress=progress,
            )
        notices: list[str] = []
        faults: list[str] = []
        if readers.models or document.kind == "text":  # what is read here says so itself
            with contained(faults, "The pages were not searched for text that addresses a model"):
                notices = await notices_of(document, documents, numbers, seconds=left())
        told: dict[str, Any] = {"pages": text_from_pages(numbers), "model": readers.name}
        if found.readers:  # how far pages went up depends on what may be spent, too
            told["readers"] = [(one.pages, one.model) for one in found.readers]
        result_id = result_id_of("extract_tables", document, told | {"detail": detail, "vocabulary": vocabulary})
        checked, not_looked_up = await check_tables(
            found.tables, document, documents, check_layer=check, seconds=left(), agreed=found.agreed
        )
        again = SecondReading(tables=checked)
        if found.second is not None:
            from witnessmark_tools.second_reading import read_again  # not before it is needed

            with contained(faults, "Values in doubt were not read a second time"):
                again = await read_again(
                    checked,
                    found.second,
                    document,
                    documents=documents,
                    claude=claude,
                    terms=terms,
                    seconds=left(),
                    max_cost_usd=max_cost_usd,
                    reuse=reuse,
                )
                checked = again.tables
        shape = functools.partial(_shaped, checked, found.readings, faults)
        tables, review, left_out = await anyio.to_thread.run_sync(shape, abandon_on_cancel=True)
        layers: list[ReviewItem] = []
        with contained(faults, "Text layers that differ from their pages are not listed for review"):
            layers = layer_review(check.findings)
        needs_review = layers + review + found.needs_review
        files: list[ExportedFile] = []
        if export:
            grids = [one.table for one in checked]

            def write() -> list[ExportedFile]:
                leaving, to_check = tables_to_export(grids, tables, needs_review)
                return export_tables(export, leaving, to_check, document, result_id, exports, faults)

            with contained(faults, "The tables were not exported"):
                from witnessmark_tools.tables_to_files import tables_to_export  # not before a file is asked for

                files = await anyio.to_thread.run_sync(write, abandon_on_cancel=True)

        def remember() -> None:
            kept = [_remembered(table) for table in tables]
            results.put(remembered(result_id, "extract_tables", source, document, tables=kept, review=needs_review))

        with contained(faults, "show_evidence cannot show this result: its places were not stored"):
            await anyio.to_thread.run_sync(remember, abandon_on_cancel=True)
        return TableExtraction(
            result_id=result_id,
            documents=[document_read(document)],
            engines=list(dict.fromkeys([*(found.engines or [readers.name]), *again.engines])),
            cost=found.cost + again.cost,
            needs_review=needs_review,
            warnings=[
                *readers.warnings,
                *found.warnings,
                *notices,
                *layer_warnings(check.findings),
                *not_looked_up,
                *again.warnings,
                *left_out,
                *faults,
            ],
            tables=tables if detail == "full" else [_without_places(table) for table in tables],
            table_count=len(tables),
            pages_read=found.pages_read,
            readers=[*found.readers],
            continue_with=found.continue_with,
            failures=found.failures,
            files=files,
        )


def _shaped(
    checked: Sequence[CheckedTable], readings: Mapping[int, PageReading], faults: list[str]
) -> tuple[list[ExtractedTable], list[ReviewItem], tuple[str, ...]]:
    """Write checked tables as results give them; a table whose evidence cannot be written is given without it."""
    from witnessmark_tools.tables_evidence import extracted_table, review_of, unchecked

    written: list[CheckedTable] = []
    tables: list[ExtractedTable] = []
    for one in checked:
        with contained(faults, f"The evidence of table {one.table_id} is not in this result"):
            tables.append(extracted_table(one, readings=readings))
            written.append(one)
            continue
        written.append(unchecked(one.table, one.table_id))
        tables.append(extracted_table(written[-1], readings=readings))
    review, left_out = list[ReviewItem](), tuple[str, ...]()
    with contained(faults, "What a person should look at is not listed"):
        review, left_out = review_of(written, readings=readings)
    return tables, review, left_out


async def _by_claude(
    readers: Readers, document: Document, numbers: Sequence[int], check: LayerCheck, **given: Any
) -> TablesFound:
    """Have the model that was named read, or those of `auto`; they are imported before Claude is asked, not earlier."""
    if readers.is_auto:
        from witnessmark_tools.tables_auto import tables_by_auto

        return await tables_by_auto(document, numbers, readers.models, check=check, **given)
    from witnessmark_tools.tables_by_claude import tables_by_claude

    return await tables_by_claude(document, numbers, readers.models[0], **given)


async def _offline(
    document: Document,
    documents: Documents,
    check: LayerCheck,
    numbers: Sequence[int],
    seconds: float | None,
    progress: Progress,
) -> TablesFound:
    read = await _read(document, documents, numbers, seconds, progress)
    refuse_without_ocr(document, read.done, has_ocr=documents.recogniser is not None)
    for page in sorted(read.done):
        read.done[page] = await tables_as_shown(document, documents, page, read.done[page], check)
    found = await _found(document, documents, read)
    return TablesFound(
        tables=found,
        readings={page: answer.reading for page, answer in read.done.items() if answer.reading is not None},
        needs_review=_illegible(read) + doubtful_places(read.done),
        warnings=page_warnings(document, read, read.done) + _no_table_in_text(document, found),
        pages_read=len(read.done),
        continue_with=left_range(read),
        failures=failures_of(read.failed) + unread_without_ocr(document, read.done),
    )


async def _read(
    document: Document, documents: Documents, pages: Sequence[int], seconds: float | None, progress: Progress
) -> PagesRead[PageTables]:
    async def read(page: int) -> PageTables:
        return await documents.tables(document, page)

    async def on_page(count: int) -> None:
        await progress(count, len(pages), f"Read {count} of {len(pages)} pages")

    return await read_pages(pages, read, limits=documents.limits, seconds=seconds, on_page=on_page)


async def _found(document: Document, documents: Documents, read: PagesRead[PageTables]) -> Sequence[Table]:
    if document.kind != "text":
        return await anyio.to_thread.run_sync(_joined, read, abandon_on_cancel=True)
    from witnessmark.offline.text_tables import tables_of_text

    page = await documents.text(document, 1, "plain")
    return await anyio.to_thread.run_sync(tables_of_text, page.text, document.media_type, abandon_on_cancel=True)


def _illegible(read: PagesRead[PageTables]) -> list[ReviewItem]:
    reason = "Something like a table stands here, too unclear to be read: look at it."
    return [
        ReviewItem(page=page, box=rounded(answer.reading.on_page(box)), reason=reason)
        for page, answer in sorted(read.done.items())
        for box in answer.illegible
        if answer.reading is not None
    ]


def _no_table_in_text(document: Document, found: Sequence[Table]) -> list[str]:
    if document.kind != "text" or found:
        return []
    return ["A text file without a table: CSV and TSV files and tables of Markdown are looked for. read_text reads it."]


def _joined(read: PagesRead[PageTables]) -> Sequence[Table]:
    from witnessmark.offline.tables.join import edges_from_wire, join_pages  # not before there is something to join

    tables = [table_from_wire(wire) for page in sorted(read.done) for wire in read.done[page].tables]
    return join_pages(tables, [edges_from_wire(page.edges) for page in read.done.values() if page.edges is not None])


def _without_places(table: ExtractedTable) -> ExtractedTable:
    return table.model_copy(update={"places": None})


def _remembered(table: ExtractedTable) -> RememberedTable:
    """Keep where each cell stands, together with what the result says it holds."""
    rows = [
        [
            RememberedPlace(
                page=place.page, box=place_of(place.box), status=place.status, value=value, nearest=place.nearest
            )
            for value, place in zip(values, places, strict=False)
        ]
        for values, places in zip([table.headers, *table.rows], table.places or [], strict=False)
    ]
    # Made here of what was checked, and not checked again: that would hold up all threads for as long as it takes.
    return RememberedTable.model_construct(table_id=table.table_id, header_rows=table.header_rows, rows=rows)


def _largest(low: int, high: int, fits: Callable[[int], bool]) -> int:
    """Find the largest number from `low` to `high` that fits; `low` where none does."""
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _size(result: Result) -> int:
    return len(json.dumps(result.to_json(), ensure_ascii=False))
