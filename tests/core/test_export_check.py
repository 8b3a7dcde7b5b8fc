"""What a workbook says of cells in doubt: their fill, their notes, and the sheet `Check`."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
import zipfile

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from witnessmark.exports import xlsx
from witnessmark.exports.tables import ExportTable, ToCheck, WordsInNoCell
from witnessmark.exports.xlsx import xlsx_from_tables

ROWS = (("Item", "Amount"), ("Rent", "1,200.00"), ("Power", ""), ("Water", "35.50"))
DOUBTFUL = ExportTable(
    name="t1",
    pages=(4,),
    rows=ROWS,
    header_rows=1,
    doubts={(1, 1): "This stands nowhere on the page.", (2, 1): "The page prints '80.00' in this row."},
    in_no_cell=(
        WordsInNoCell(page=4, text="Discount 5 %", after_row=2),
        WordsInNoCell(page=4, text="Top", after_row=-1),
    ),
    confidence="medium",
)
TO_CHECK = (
    ToCheck(page=4, finding="This stands nowhere on the page.", value="1,200.00", table="t1", row=1, column=1),
    ToCheck(page=4, finding="The grid is uncertain.", table="t1"),
    ToCheck(page=9, finding="Something like a table stands here."),
)


def _opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def _sheet(book: Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def _filled(sheet: Worksheet) -> list[str]:
    return [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type == "solid"]


def test_cells_in_doubt_are_filled_and_say_why_also_empty_ones() -> None:
    sheet = _sheet(_opened(xlsx_from_tables("a.pdf", [DOUBTFUL])), "t1")
    assert _filled(sheet) == ["B2", "B3"]
    notes = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert notes == {"B2": "This stands nowhere on the page.", "B3": "The page prints '80.00' in this row."}
    assert sheet["B2"].value == 1200


def test_the_check_sheet_lists_findings_and_what_is_in_no_cell_with_links_to_both() -> None:
    book = _opened(xlsx_from_tables("a.pdf", [DOUBTFUL], TO_CHECK))
    sheet = _sheet(book, "Check")
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] == [
        ["Sheet", "Cell", "Page", "Value", "What to check"],
        ["t1", "B2", 4, "1,200.00", "This stands nowhere on the page."],
        ["t1", None, 4, None, "The grid is uncertain."],
        [None, None, 9, None, "Something like a table stands here."],
        ["t1", "A3", 4, "Discount 5 %", "The page has these words after this row, and no cell of the table has them."],
        ["t1", "A1", 4, "Top", "The page has these words above the first row, and no cell of the table has them."],
    ]
    links = {cell.coordinate: cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {"A5": "'t1'!B2", "A6": "'t1'!A1", "A8": "'t1'!A3", "A9": "'t1'!A1"}


def test_contents_count_what_is_to_be_checked() -> None:
    contents = _sheet(_opened(xlsx_from_tables("a.pdf", [DOUBTFUL], TO_CHECK)), "Contents")
    assert (contents["F4"].value, contents["G3"].value, contents["G4"].value) == ("medium", "To check", 4)


def test_a_workbook_without_doubts_says_so() -> None:
    book = _opened(xlsx_from_tables("a.pdf", [ExportTable(name="t1", pages=(1,), rows=ROWS, header_rows=1)]))
    assert _sheet(book, "Check")["A2"].value == "Nothing was found that needs checking."
    assert _filled(_sheet(book, "t1")) == []


def test_links_and_notes_find_cells_of_sheets_that_go_on() -> None:
    rows = (("n",), *((f"row {n}",) for n in range(7)))
    doubts = {(0, 0): "head", (6, 0): "sixth"}
    table = ExportTable(name="t1", pages=(1,), header_rows=1, rows=rows, doubts=doubts)
    to_check = [ToCheck(page=1, finding="sixth", table="t1", row=6, column=0)]
    book = _opened(xlsx_from_tables("a.pdf", [table], to_check, max_rows=4))
    link = _sheet(book, "Check")["A5"].hyperlink
    assert link is not None
    assert link.location == "'t1 (2)'!A4"
    assert _sheet(book, "t1 (2)")["A4"].value == "row 5"
    assert _filled(_sheet(book, "t1 (2)")) == ["A1", "A4"]


def test_nothing_that_a_document_says_runs_in_notes_or_in_the_check_sheet() -> None:
    text = '=HYPERLINK("http://example.org")'
    doubts = {(1, 0): text}
    words = (WordsInNoCell(page=1, text=text, after_row=0),)
    table = ExportTable(name="t1", pages=(1,), rows=(("a",), (text,)), header_rows=1, doubts=doubts, in_no_cell=words)
    content = xlsx_from_tables(text, [table], [ToCheck(page=1, finding=text, value=text, table="t1", row=1, column=0)])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        addresses = [parts.read(name) for name in parts.namelist() if name.endswith(".rels")]
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    assert not any(b"example.org" in part for part in addresses)
    sheet = _sheet(_opened(content), "Check")
    assert {sheet["D5"].data_type, sheet["E5"].data_type, sheet["D6"].data_type} <= {"s", "inlineStr"}
    assert [sheet["D5"].value, sheet["E5"].value, sheet["D6"].value] == [text, text, text]


def test_a_table_full_of_doubts_is_marked_throughout_and_gets_the_first_thousand_notes() -> None:
    rows = tuple((f"row {n}",) for n in range(1_500))
    table = ExportTable(name="t1", pages=(1,), rows=rows, doubts={(n, 0): "doubt" for n in range(1_500)})
    sheet = _sheet(_opened(xlsx_from_tables("a.pdf", [table])), "t1")
    assert len(_filled(sheet)) == 1_500
    assert sum(cell.comment is not None for row in sheet.iter_rows() for cell in row) == xlsx.MAX_NOTES
