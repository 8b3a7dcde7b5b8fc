"""Tables as an Excel workbook: a sheet a table, numbers as numbers, and nothing that could run."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from witnessmark.errors import InputError
from witnessmark.exports.numbers import Number, is_numeric, numbers_of
from witnessmark.exports.tables import ExportTable

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# Source of the three limits: Excel specifications and limits
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CHARACTERS = 32_767

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
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


def xlsx_from_tables(document: str, tables: Sequence[ExportTable], *, max_rows: int = MAX_ROWS) -> bytes:
    """Write the tables of a document as a workbook, in bounded memory.

    Shapes:  a sheet a table, headers in its first rows and nothing above them, so that programs read it too; a sheet
             `Contents` with titles, pages and notes stands first, or last where there is only one table; rows beyond
             `max_rows` go on in a further sheet under the same headers
    Errors:  `TableTooWide`
    """
    from xlsxwriter.workbook import Workbook

    for table in tables:
        if table.column_count > MAX_COLUMNS:
            raise TableTooWide(table.name, columns=table.column_count)
    file = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="witnessmark-") as folder:
        as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        workbook = Workbook(file, {"constant_memory": True, "tmpdir": folder, **as_text})
        workbook.set_properties({"title": _clean(document), "created": _MADE})
        formats = _Formats(workbook)
        contents = workbook.add_worksheet("Contents") if len(tables) != 1 else None
        sheets = [
            (table, _write_table(workbook, formats, table, numbers, max_rows))
            for table, numbers in zip(tables, numbers_of(tables), strict=True)
        ]
        _write_contents(contents or workbook.add_worksheet("Contents"), formats, document, sheets)
        workbook.close()
    return file.getvalue()


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"valign": "top", **properties})
        return self._made[key]

    def header(self, align: str, *, is_last: bool) -> Format:
        line = {"bottom": 1} if is_last else {}
        return self(bold=True, text_wrap=True, valign="bottom", align=align, **line)


def _write_table(
    workbook: Workbook, formats: _Formats, table: ExportTable, numbers: Grid, max_rows: int
) -> Sequence[str]:
    step = max(1, max_rows - table.header_rows)
    names: list[str] = []
    for start in range(0, max(1, len(table.body)), step):
        name = sheet_name(table, part=len(names) + 1)
        sheet = workbook.add_worksheet(name)
        _write_sheet(sheet, formats, table, numbers, range(start, min(start + step, len(table.body))))
        names.append(name)
    return names


def _write_sheet(sheet: Worksheet, formats: _Formats, table: ExportTable, numbers: Grid, part: range) -> None:
    body = table.body
    numeric = [is_numeric([row[n] for row in numbers], [row[n] for row in body]) for n in range(table.column_count)]
    widths = list(_widths(table))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.fit_to_pages(1, 0)
    if table.header_rows:
        sheet.freeze_panes(table.header_rows, 0)
        sheet.repeat_rows(0, table.header_rows - 1)
    if table.column_count:
        # Years in headers, codes and unclear numbers are text on purpose; Excel would put a green corner on each.
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_column_name(table.column_count)}{MAX_ROWS}"})
    for row, texts in enumerate(table.headers):
        _fit_height(sheet, row, zip(texts, widths, strict=True))
        for column, text in enumerate(texts):
            height, width = table.spans.get((row, column), (1, 1))
            align = "center" if width > 1 else "right" if numeric[column] else "left"
            is_last = row + height >= table.header_rows
            _write_text(sheet, row, column, text, formats.header(align, is_last=is_last))
    for row, index in enumerate(part, start=table.header_rows):
        _fit_height(sheet, row, zip(body[index], widths, strict=True))
        for column, (text, number) in enumerate(zip(body[index], numbers[index], strict=True)):
            if number:
                sheet.write_number(row, column, number.value, formats(num_format=number.number_format))
            else:
                wraps = len(text or "") > widths[column] or "\n" in (text or "")
                side = {"align": "right"} if numeric[column] and column else {}
                _write_text(sheet, row, column, text, formats(text_wrap=wraps, **side))
    _merge(sheet, table)


def _fit_height(sheet: Worksheet, row: int, cells: Iterable[tuple[str | None, int]]) -> None:
    """Make a row as high as its longest cell needs; not every program does so when it opens a file."""
    lines = max(
        (sum(1 + max(0, len(line) - 1) // width for line in text.splitlines()) for text, width in cells if text),
        default=1,
    )
    if lines > 1:
        sheet.set_row(row, min(15 * lines, 409))


def _merge(sheet: Worksheet, table: ExportTable) -> None:
    """Merge headings as printed; below the headers a merged cell would be in the way of sorting."""
    for (row, column), (height, width) in table.spans.items():
        if row + height <= table.header_rows:
            # `merge_range` writes the cells too, which in constant memory is too late for a row that is written.
            sheet.merge.append([row, column, row + height - 1, column + width - 1])


def _write_text(sheet: Worksheet, row: int, column: int, text: str | None, style: Format) -> None:
    if text:
        sheet.write_string(row, column, _clean(text), style)
    else:
        sheet.write_blank(row, column, None, style)


def _write_contents(
    sheet: Worksheet, formats: _Formats, document: str, sheets: Sequence[tuple[ExportTable, Sequence[str]]]
) -> None:
    widths = (34, 60, 14, 8, 9, 13, 60)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.fit_to_pages(1, 0)
    sheet.set_landscape()
    _write_text(sheet, 0, 0, f"Tables of {document}", formats(bold=True, font_size=14))
    headings = ("Sheet", "Title", "Pages", "Rows", "Columns", "Confidence", "Notes")
    for column, heading in enumerate(headings):
        _write_text(sheet, 2, column, heading, formats.header("right" if column in {3, 4} else "left", is_last=True))
    lines = [(table, name) for table, names in sheets for name in names]
    for row, (table, name) in enumerate(lines, start=3):
        place = f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1"
        sheet.write_url(row, 0, place, formats(font_color="#0563C1", underline=1), name)
        text = formats(text_wrap=True)
        notes = "\n".join(table.notes)
        _fit_height(sheet, row, ((table.title, widths[1]), (notes, widths[6])))
        _write_text(sheet, row, 1, table.title, text)
        _write_text(sheet, row, 2, table.place.partition(" ")[2], text)
        sheet.write_number(row, 3, len(table.body), formats(num_format="#,##0"))
        sheet.write_number(row, 4, table.column_count, formats(num_format="#,##0"))
        _write_text(sheet, row, 5, table.confidence, formats(indent=1))
        _write_text(sheet, row, 6, notes, text)


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
    plain = " ".join(_NOT_IN_A_NAME.sub(" ", _clean(named)).split())
    return plain[: 31 - len(ending)].strip(" '") + ending  # an apostrophe may not stand at either end


def _clean(text: str) -> str:
    """Take out what XML cannot carry, and cut what a cell cannot hold."""
    cleaned = _NOT_IN_XML.sub("", text)
    return cleaned if len(cleaned) <= MAX_CHARACTERS else cleaned[: MAX_CHARACTERS - 1] + "…"


def _column_name(count: int) -> str:
    letters = ""
    while count:
        count, letter = divmod(count - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
