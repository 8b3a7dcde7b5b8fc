"""Tables as an Excel workbook: a sheet a table, numbers and dates as such, doubts marked, no formulas."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from witnessmark.errors import InputError, SetupError
from witnessmark.exports.check_sheet import CHECK, Placement, write_check
from witnessmark.exports.dates import dates_of
from witnessmark.exports.numbers import Number, is_numeric, numbers_of
from witnessmark.exports.tables import ExportTable, ToCheck
from witnessmark.exports.workbook import (
    DOUBT,
    Formats,
    clean,
    column_name,
    fit_height,
    write_link,
    write_text,
)

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# Source of both limits: Excel specifications and limits
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_NOTES = 1_000
"""Notes on cells in doubt in a workbook; each is a drawing, and thousands make a spreadsheet slow."""

_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]+")
_MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""The same tables make the same bytes, so that exporting twice writes one file."""
_WIDTHS = (6, 60)
_ROWS_MEASURED = 2_000

Grid = Sequence[Sequence[Number | None]]


class TableTooWide(InputError):
    """The table has more columns than a spreadsheet."""

    def __init__(self, name: str, *, columns: int) -> None:
        super().__init__(
            f"Table {name} has {columns:,} columns, and an Excel sheet holds {MAX_COLUMNS:,}.",
            "Export it as csv.",
        )


class NoTemporaryFiles(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "The folder for temporary files cannot be written to, and an Excel file needs it.",
            "Free some disk space, or set TMPDIR to a folder of yours.",
        )


def xlsx_from_tables(
    document: str, tables: Sequence[ExportTable], to_check: Sequence[ToCheck] = (), *, max_rows: int = MAX_ROWS
) -> bytes:
    """Write the tables of a document as a workbook, in bounded memory.

    Shapes:  a sheet a table, headers in its first rows and nothing above them, so that programs read it too; a sheet
             `Contents` with titles, pages and notes stands first, or last where there is only one table; rows beyond
             `max_rows` go on in a further sheet under the same headers; a sheet `Check` comes last, with `to_check`
             and the words that are in no cell
    Errors:  `TableTooWide`, `NoTemporaryFiles`
    """
    for table in tables:
        if table.column_count > MAX_COLUMNS:
            raise TableTooWide(table.name, columns=table.column_count)
    try:
        with tempfile.TemporaryDirectory(prefix="witnessmark-") as folder:
            return _workbook(document, tables, to_check, folder, max_rows)
    except OSError as error:
        raise NoTemporaryFiles from error


def _workbook(
    document: str, tables: Sequence[ExportTable], to_check: Sequence[ToCheck], folder: str, max_rows: int
) -> bytes:
    from xlsxwriter.workbook import Workbook

    file = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = Workbook(file, {"constant_memory": True, "tmpdir": folder, **as_text})
    workbook.set_properties({"title": clean(document), "created": _MADE})
    formats = Formats(workbook)
    contents = workbook.add_worksheet("Contents") if len(tables) != 1 else None
    notes = _Notes()
    placements = [
        _write_table(workbook, formats, table, values, max_rows, notes)
        for table, values in zip(tables, _values_of(tables), strict=True)
    ]
    _write_contents(contents or workbook.add_worksheet("Contents"), formats, document, placements, to_check)
    write_check(workbook.add_worksheet(CHECK), formats, document, placements, to_check)
    workbook.close()
    return file.getvalue()


def _values_of(tables: Sequence[ExportTable]) -> Iterator[Grid]:
    """Give what cells are worth: as numbers, else as dates."""
    for numbers, dates in zip(numbers_of(tables), dates_of(tables), strict=True):
        yield [
            tuple(number or day for number, day in zip(of_row, days, strict=True))
            for of_row, days in zip(numbers, dates, strict=True)
        ]


class _Notes:
    """Notes on cells, the first `MAX_NOTES` of a workbook."""

    def __init__(self) -> None:
        self._written = 0

    def write(self, sheet: Worksheet, row: int, column: int, text: str) -> None:
        if self._written < MAX_NOTES:
            lines = 2 + len(text) // 40
            shape = {"author": "witnessmark", "width": 280, "height": min(18 * lines, 400)}
            sheet.write_comment(row, column, clean(text), shape)
            self._written += 1


def _write_table(
    workbook: Workbook, formats: Formats, table: ExportTable, values: Grid, max_rows: int, notes: _Notes
) -> Placement:
    step = max(1, max_rows - table.header_rows)
    names: list[str] = []
    for start in range(0, max(1, len(table.body)), step):
        name = sheet_name(table, part=len(names) + 1)
        sheet = workbook.add_worksheet(name)
        _write_sheet(sheet, formats, table, values, range(start, min(start + step, len(table.body))), notes)
        names.append(name)
    return Placement(table=table, sheets=names, step=step)


def _write_sheet(
    sheet: Worksheet, formats: Formats, table: ExportTable, values: Grid, part: range, notes: _Notes
) -> None:
    body = table.body
    numeric = [is_numeric([row[n] for row in values], [row[n] for row in body]) for n in range(table.column_count)]
    widths = list(_widths(table))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.fit_to_pages(1, 0)
    if table.header_rows:
        sheet.freeze_panes(table.header_rows, 0)
        sheet.repeat_rows(0, table.header_rows - 1)
    if table.column_count:
        # Years in headers, codes and unclear numbers are text on purpose; Excel would put a green corner on each.
        sheet.ignore_errors({"number_stored_as_text": f"A1:{column_name(table.column_count)}{MAX_ROWS}"})
    for row, texts in enumerate(table.headers):
        fit_height(sheet, row, zip(texts, widths, strict=True))
        for column, text in enumerate(texts):
            height, width = table.spans.get((row, column), (1, 1))
            align = "center" if width > 1 else "right" if numeric[column] else "left"
            marked = _marked(sheet, (row, column), table.doubts.get((row, column)), notes)
            write_text(
                sheet, row, column, text, formats.header(align, is_last=row + height >= table.header_rows, **marked)
            )
    for row, index in enumerate(part, start=table.header_rows):
        fit_height(sheet, row, zip(body[index], widths, strict=True))
        for column, (text, value) in enumerate(zip(body[index], values[index], strict=True)):
            marked = _marked(sheet, (row, column), table.doubts.get((index + table.header_rows, column)), notes)
            if value:
                sheet.write_number(row, column, value.value, formats(num_format=value.number_format, **marked))
            else:
                wraps = len(text or "") > widths[column] or "\n" in (text or "")
                side = {"align": "right"} if numeric[column] and column else {}
                write_text(sheet, row, column, text, formats(text_wrap=wraps, **side, **marked))
    _merge(sheet, table)


def _marked(sheet: Worksheet, place: tuple[int, int], doubt: str | None, notes: _Notes) -> dict[str, Any]:
    """Give a cell in doubt its note, and the fill for its format."""
    if doubt is None:
        return {}
    notes.write(sheet, *place, doubt)
    return {"bg_color": DOUBT}


def _merge(sheet: Worksheet, table: ExportTable) -> None:
    """Merge headings as printed; below the headers a merged cell would be in the way of sorting."""
    for (row, column), (height, width) in table.spans.items():
        if row + height <= table.header_rows:
            # `merge_range` writes the cells too, which in constant memory is too late for a row that is written.
            sheet.merge.append([row, column, row + height - 1, column + width - 1])


def _write_contents(
    sheet: Worksheet,
    formats: Formats,
    document: str,
    placements: Sequence[Placement],
    to_check: Sequence[ToCheck],
) -> None:
    widths = (34, 60, 14, 8, 9, 13, 10, 60)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.fit_to_pages(1, 0)
    sheet.set_landscape()
    write_text(sheet, 0, 0, f"Tables of {document}", formats(bold=True, font_size=14))
    headings = ("Sheet", "Title", "Pages", "Rows", "Columns", "Confidence", "To check", "Notes")
    for column, heading in enumerate(headings):
        align = "right" if column in {3, 4, 6} else "left"
        write_text(sheet, 2, column, heading, formats.header(align, is_last=True))
    lines = [(placement.table, name) for placement in placements for name in placement.sheets]
    for row, (table, name) in enumerate(lines, start=3):
        write_link(sheet, row, 0, (name, "A1"), name, formats.link())
        text = formats(text_wrap=True)
        notes = "\n".join(table.notes)
        fit_height(sheet, row, ((table.title, widths[1]), (notes, widths[7])))
        write_text(sheet, row, 1, table.title, text)
        write_text(sheet, row, 2, table.place.partition(" ")[2], text)
        sheet.write_number(row, 3, len(table.body), formats(num_format="#,##0"))
        sheet.write_number(row, 4, table.column_count, formats(num_format="#,##0"))
        write_text(sheet, row, 5, table.confidence, formats(indent=1))
        count = sum(one.table == table.name for one in to_check) + len(table.in_no_cell)
        sheet.write_number(row, 6, count, formats(num_format="#,##0"))
        write_text(sheet, row, 7, notes, text)


def _widths(table: ExportTable) -> Iterator[int]:
    least, most = _WIDTHS
    apart = _wide_cells(table)
    for column in range(table.column_count):
        lengths = [
            max(map(len, text.splitlines()), default=0)
            for row, cells in enumerate(table.rows[:_ROWS_MEASURED])
            if (text := cells[column]) and (row, column) not in apart
        ]
        yield min(most, max([least, *lengths]) + 2)


def _wide_cells(table: ExportTable) -> Mapping[tuple[int, int], object]:
    """Cells over several columns say nothing about how wide one of them is."""
    return {place: span for place, span in table.spans.items() if span[1] > 1}


def sheet_name(table: ExportTable, part: int = 1) -> str:
    """Name a sheet after its table and title.

    Shapes:  at most 31 characters; unique as long as the tables' names are
    """
    named = f"{table.name} {table.title}" if table.title else table.name
    ending = f" ({part})" if part > 1 else ""
    plain = " ".join(_NOT_IN_A_NAME.sub(" ", clean(named)).split())
    return plain[: 31 - len(ending)].strip(" '") + ending  # an apostrophe may not stand at either end
