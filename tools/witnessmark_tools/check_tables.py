"""`check_tables`: tables that somebody else extracted, held against the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import anyio
from pydantic import Field

from witnessmark.documents.document import Document
from witnessmark.documents.layer_check import LayerCheck, LayerFinding, seconds_to_check
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import pages_from_text
from witnessmark.documents.plain_text import read_plain_text
from witnessmark_tools.arguments import Pages, Password, Source
from witnessmark_tools.definition import Progress
from witnessmark_tools.layer_words import layer_review, layer_warnings
from witnessmark_tools.results import Result, document_read, pages_in_words, result_id_of
from witnessmark_tools.tables_result import ExtractedTable
from witnessmark_tools.terms import OFFLINE

if TYPE_CHECKING:
    from witnessmark_tools.table_answers import GivenTable
    from witnessmark_tools.tables_evidence import CheckedTable
    from witnessmark_tools.witnesses import Witnesses


class TablesCheck(Result):
    """What a document says of tables that somebody gives."""

    tables: list[ExtractedTable] = Field(default=[])
    table_count: int = 0
    pages_read: int = 0

    def to_text(self) -> str:
        """Write the counts of each table, and the doubtful cells with what stands there instead."""
        document = self.documents[0]
        tables = "1 table" if self.table_count == 1 else f"{self.table_count} tables"
        lines = [f"{tables} held against {document.name} (result {self.result_id}, {self.cost.in_words()})"]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines += [item.to_text() for item in self.needs_review if item.table_id is None]
        for table in self.tables:
            pages = pages_in_words([part.page for part in table.parts]).lower()
            lines += [
                "",
                f"{table.table_id}{f' {table.title}' if table.title else ''}, {pages}: {table.evidence.in_words()}",
            ]
            items = [item for item in self.needs_review if item.table_id == table.table_id]
            lines += [f"- {item.cell_in_words()}: {item.finding_in_words()}" for item in items]
            lines += [
                f"- after row {words.after_row}, in no cell: {words.text!r}"
                for words in table.left_over
                if not words.is_row
            ]
        return "\n".join(lines)


async def check_tables(
    source: Source,
    answer: Annotated[
        str, Field(description="A JSON file with tables: headers and rows, a grid, or cells with spans.")
    ],
    pages: Pages = None,
    password: Password = None,
    *,
    documents: Documents,
    progress: Progress,
) -> TablesCheck:
    """Look up every value of tables that somebody extracted from a PDF, scan, image or text file. Says of each cell whether it stands there (located), elsewhere (displaced) or nowhere (unlocated), with its page, box and what stands there instead; finds missing rows, and tables on other pages than they are said to be on. Free, no model."""  # noqa: E501 - one line, as all tools
    from witnessmark_tools.table_answers import tables_of_answer  # not before it is called
    from witnessmark_tools.tables_search import find_tables
    from witnessmark_tools.tables_shown import with_what_is_shown

    content = await anyio.to_thread.run_sync(_content, answer, documents)
    given = await anyio.to_thread.run_sync(tables_of_answer, content, _name(answer), abandon_on_cancel=True)
    async with documents.open(source, password) as document:
        limit = documents.limits.pages_per_call
        numbers = pages_from_text(pages, page_count=document.page_count, limit=limit)
        check = LayerCheck(documents, document, seconds=seconds_to_check(None))
        witnesses = await _witnesses(given, document, documents, numbers, check, progress)

        def found() -> tuple[CheckedTable, ...]:
            return find_tables(given, witnesses, otherwise=numbers[0])

        in_layers = await anyio.to_thread.run_sync(found, abandon_on_cancel=True)
        checked, shown = await with_what_is_shown(in_layers, document, documents, witnesses)
        return finish(
            document,
            given,
            checked,
            replace(witnesses, warnings=(*witnesses.warnings, *shown)),
            check.findings,
            content,
        )


def finish(
    document: Document,
    given: Sequence[GivenTable],
    checked: Sequence[CheckedTable],
    witnesses: Witnesses,
    layers: Sequence[LayerFinding],
    answer: str,
) -> TablesCheck:
    """Shape the result."""
    from witnessmark_tools.tables_evidence import (  # not before there are tables
        extracted_table,
        in_unread_scripts,
        review_of,
        too_large,
        without_words,
    )

    tables = [extracted_table(one, readings={}) for one in checked]
    review, left_out = review_of(checked, readings={})
    return TablesCheck(
        result_id=result_id_of("check_tables", document, {"answer": answer}),
        documents=[document_read(document)],
        engines=[OFFLINE],
        needs_review=layer_review(layers) + review,
        warnings=[
            *document.warnings,
            *layer_warnings(layers),
            *witnesses.warnings,
            *without_words(checked, witnesses),
            *(() if given else ("The answer holds no table.",)),
            *_elsewhere(given, checked),
            *too_large(checked),
            *in_unread_scripts(checked),
            *(fault for one in checked for fault in one.faults),
            *left_out,
        ],
        tables=tables,
        table_count=len(tables),
        pages_read=len(witnesses.pages),
    )


def _content(path: str, documents: Documents) -> str:
    _, file = documents.allowed.open(path, limit=documents.limits.text_bytes)
    with file:
        return read_plain_text(file.read()).text


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


async def _witnesses(
    given: Sequence[GivenTable],
    document: Document,
    documents: Documents,
    numbers: Sequence[int],
    check: LayerCheck,
    progress: Progress,
) -> Witnesses:
    """Read the pages that the tables are said to be on, and all others where that is not enough."""
    from witnessmark_tools.tables_search import is_enough
    from witnessmark_tools.witnesses import Witnesses, read_witnesses

    said = sorted({page for table in given for page in table.pages if page in numbers})
    await progress(0, len(numbers), "Reading the pages")
    first = await read_witnesses(document, documents, said, check=check)
    others = [page for page in numbers if page not in said]
    if all(is_enough(table, first.pages) for table in given):
        others = []
    await progress(len(said), len(said) + len(others), "Reading the pages")
    second = await read_witnesses(document, documents, others, check=check)
    return Witnesses(
        pages={**first.pages, **second.pages},
        on_page={**first.on_page, **second.on_page},
        warnings=(*first.warnings, *second.warnings),
    )


def _elsewhere(given: Sequence[GivenTable], checked: Sequence[CheckedTable]) -> list[str]:
    """Say which tables stand on other pages than the answer has them on."""
    from witnessmark_tools.tables_evidence import pages_of_table

    told: list[str] = []
    for table, one in zip(given, checked, strict=True):
        pages = pages_of_table(one.table)
        if table.pages and not set(pages) & set(table.pages) and one.count("located"):
            said, found = (pages_in_words(several).lower() for several in (table.pages, pages))
            told.append(f"Table {one.table_id}: the answer has it on {said}; it stands on {found}.")
    return told
