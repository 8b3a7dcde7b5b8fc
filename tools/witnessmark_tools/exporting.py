"""Tables as files: what `export` writes, and how a file is told of."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Literal

from witnessmark.documents.document import Document
from witnessmark.exports.csv import csv_from_rows
from witnessmark.exports.folder import ExportFolder, media_type_of, uri_of
from witnessmark.exports.tables import ExportTable, ToCheck
from witnessmark_tools.contained import contained
from witnessmark_tools.results import ExportedFile

ExportKind = Literal["csv", "xlsx", "html", "markdown"]


def export_tables(
    kinds: Sequence[ExportKind],
    tables: Sequence[ExportTable],
    to_check: Sequence[ToCheck],
    document: Document,
    result_id: str,
    exports: ExportFolder,
    warnings: list[str],
) -> list[ExportedFile]:
    """Write tables into the export folder: CSV a file a table, every other kind one file for all.

    Shapes:  files in the order of `kinds`; none when there is no table
    Errors:  none; a file that cannot be written adds to `warnings`
    """
    stem = f"{document.name.rsplit('.', 1)[0]}-{result_id}"
    files: list[ExportedFile] = []
    for kind in dict.fromkeys(kinds) if tables else ():
        with contained(warnings, f"The tables were not exported as {kind}"):
            if kind == "csv":
                for table in tables:
                    rows = [[text or "" for text in row] for row in table.rows]
                    files.append(exported_file(exports, f"{stem}-{table.name}.csv", csv_from_rows(rows)))
            else:
                suffix, write = _writer(kind, to_check)
                files.append(exported_file(exports, stem + suffix, write(document.name, tables)))
    return files


def _writer(kind: ExportKind, to_check: Sequence[ToCheck]) -> tuple[str, Callable[[str, Sequence[ExportTable]], bytes]]:
    """Find what writes a kind of file for all tables; each is loaded when it is first asked for."""
    if kind == "xlsx":
        from witnessmark.exports.xlsx import xlsx_from_tables

        return ".xlsx", functools.partial(xlsx_from_tables, to_check=to_check)
    if kind == "html":
        from witnessmark.exports.html import html_from_tables

        return ".html", html_from_tables
    from witnessmark.exports.markdown import markdown_from_tables

    return ".md", markdown_from_tables


def exported_file(exports: ExportFolder, name: str, content: bytes) -> ExportedFile:
    """Write a file into the export folder and describe it."""
    path = exports.write(name, content)
    return ExportedFile(name=path.name, path=str(path), uri=uri_of(path.name), media_type=media_type_of(path.name))
