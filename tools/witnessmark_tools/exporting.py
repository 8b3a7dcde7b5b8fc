"""Tables as files: what `export` writes, and how a file is told of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from witnessmark.documents.document import Document
from witnessmark.exports.csv import csv_from_rows
from witnessmark.exports.folder import ExportFolder, media_type_of, uri_of
from witnessmark.exports.tables import ExportTable, spans_that_fit
from witnessmark.offline.tables.values import Table
from witnessmark_tools.contained import contained
from witnessmark_tools.results import ExportedFile

ExportKind = Literal["csv", "xlsx", "html", "markdown"]


def export_tables(
    kinds: Sequence[ExportKind],
    tables: Sequence[Table],
    document: Document,
    result_id: str,
    exports: ExportFolder,
    warnings: list[str],
) -> list[ExportedFile]:
    """Write tables into the export folder: CSV a file a table, every other kind one file for all.

    Shapes:  files in the order of `kinds`; none when there is no table
    Errors:  none; a file that cannot be written adds to `warnings`
    """
    leaving = [_leaving(table, f"t{number}") for number, table in enumerate(tables, start=1)]
    stem = f"{document.name.rsplit('.', 1)[0]}-{result_id}"
    files: list[ExportedFile] = []
    for kind in dict.fromkeys(kinds) if leaving else ():
        with contained(warnings, f"The tables were not exported as {kind}"):
            if kind == "csv":
                for table in leaving:
                    rows = [[text or "" for text in row] for row in table.rows]
                    files.append(exported_file(exports, f"{stem}-{table.name}.csv", csv_from_rows(rows)))
            else:
                suffix, write = _writer(kind)
                files.append(exported_file(exports, stem + suffix, write(document.name, leaving)))
    return files


def _writer(kind: ExportKind) -> tuple[str, Callable[[str, Sequence[ExportTable]], bytes]]:
    """Find what writes a kind of file for all tables; each is loaded when it is first asked for."""
    if kind == "xlsx":
        from witnessmark.exports.xlsx import xlsx_from_tables

        return ".xlsx", xlsx_from_tables
    if kind == "html":
        from witnessmark.exports.html import html_from_tables

        return ".html", html_from_tables
    from witnessmark.exports.markdown import markdown_from_tables

    return ".md", markdown_from_tables


def exported_file(exports: ExportFolder, name: str, content: bytes) -> ExportedFile:
    """Write a file into the export folder and describe it."""
    path = exports.write(name, content)
    return ExportedFile(name=path.name, path=str(path), uri=uri_of(path.name), media_type=media_type_of(path.name))


def _leaving(table: Table, name: str) -> ExportTable:
    rows = tuple(tuple(cell.text if cell else None for cell in row) for row in table.rows)
    claimed = {
        (row, column): (cell.row_span, cell.column_span)
        for row, cells in enumerate(table.rows)
        for column, cell in enumerate(cells)
        if cell
    }
    return ExportTable(
        name=name,
        title=table.title,
        pages=tuple(part.page_number for part in table.parts) or (table.page_number,),
        rows=rows,
        header_rows=table.header_rows,
        spans=spans_that_fit(rows, claimed),
        notes=table.notes,
        confidence=table.confidence,
    )
