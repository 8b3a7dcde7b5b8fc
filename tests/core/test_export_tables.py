"""Tables as workbooks, pages and Markdown, read back by other programs."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from witnessmark.exports import xlsx
from witnessmark.exports.html import html_from_tables
from witnessmark.exports.markdown import markdown_from_tables
from witnessmark.exports.tables import ExportTable, flat_headers, spans_that_fit
from witnessmark.exports.xlsx import TableTooWide, sheet_name, xlsx_from_tables

BUDGET = ExportTable(
    name="t1",
    title="Budget: plan & actual",
    pages=(2, 3),
    rows=(
        ("Department", "2024", None, "Share"),
        (None, "Plan", "Actual", None),
        ("Harbour", "1,284.50", "(1,212.00)", "62.5%"),
        ("Café <b>|\nannex", "—", "$7.00", "0.5%"),
    ),
    header_rows=2,
    spans={(0, 0): (2, 1), (0, 1): (1, 2), (0, 3): (2, 1)},
    notes=("Source: the register.",),
    confidence="high",
)
HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "{=1+1}", "https://example.org", "internal:A1"]


def _one(*cells: str, title: str | None = None, name: str = "t1") -> ExportTable:
    return ExportTable(name=name, title=title, pages=(1,), rows=tuple((cell,) for cell in cells))


def _opened(*tables: ExportTable, max_rows: int = xlsx.MAX_ROWS) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx_from_tables("a.pdf", tables, max_rows=max_rows)))


def _sheet(book: Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_a_workbook_holds_numbers_as_numbers_with_their_formats() -> None:
    sheet = _sheet(_opened(BUDGET), "t1 Budget plan & actual")
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)] == [
        ["Harbour", 1284.5, -1212, 0.625],
        ["Café <b>|\nannex", "—", 7, 0.005],
    ]
    assert sheet["B3"].number_format == "#,##0.00"
    assert sheet["C3"].number_format == "#,##0.00_);(#,##0.00)"
    assert sheet["C4"].number_format == '"$"#,##0.00_);("$"#,##0.00)'
    assert sheet["D4"].number_format == "0.0%"


def test_headers_are_bold_frozen_text_and_merged_as_printed() -> None:
    sheet = _sheet(_opened(BUDGET), "t1 Budget plan & actual")
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$1:$2"
    assert sorted(str(merged) for merged in sheet.merged_cells.ranges) == ["A1:A2", "B1:C1", "D1:D2"]
    assert [cell.value for cell in sheet[1]] == ["Department", "2024", None, "Share"]
    assert [cell.value for cell in sheet[2]] == [None, "Plan", "Actual", None]
    assert all(cell.font.bold for cell in sheet[1] if cell.value)
    assert not any(cell.font.bold for cell in sheet[3])


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    sheet = _sheet(_opened(_one("short", "x" * 30), _one("y" * 500, name="t2")), "t1")
    assert sheet.column_dimensions["A"].width == pytest.approx(32, abs=1)
    assert _opened(_one("y" * 500))["t1"].column_dimensions["A"].width <= 61


def test_contents_say_where_each_table_stands_and_lead_there() -> None:
    book = _opened(BUDGET, _one("x", name="t2"))
    assert book.sheetnames == ["Contents", "t1 Budget plan & actual", "t2", "Check"]
    contents = _sheet(book, "Contents")
    assert [cell.value for cell in contents[4]] == [
        "t1 Budget plan & actual",
        "Budget: plan & actual",
        "2–3",
        2,
        4,
        "high",
        0,
        "Source: the register.",
    ]
    link = contents["A4"].hyperlink
    assert link is not None
    assert link.location == "'t1 Budget plan & actual'!A1"


def test_the_only_table_stands_first() -> None:
    assert _opened(BUDGET).sheetnames == ["t1 Budget plan & actual", "Contents", "Check"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_or_a_link(text: str) -> None:
    table = ExportTable(
        name="t1",
        pages=(1,),
        title=text,
        rows=((text, None), ("a", "b"), (text, "c")),
        header_rows=1,
        spans={(0, 0): (1, 2)},
        notes=(text,),
    )
    content = xlsx_from_tables(text, [table])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    assert b"hyperlink" not in sheets[0]
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = _sheet(book, book.sheetnames[0])
    assert [sheet["A1"].value, sheet["A3"].value] == [text, text]
    assert {sheet["A1"].data_type, sheet["A3"].data_type} <= {"s", "inlineStr"}


def test_what_a_workbook_cannot_carry_is_left_out_and_the_rest_is_kept() -> None:
    sheet = _opened(_one("a\x00b\x0bc\ud800d\ufffe", "_x0041_ <&>", "z" * 40_000, "\U0001f600 日本"))["t1"]
    values = [row[0].value for row in sheet.iter_rows()]
    assert values[0] == "abcd"
    assert unescape(str(values[1])) == "_x0041_ <&>"  # openpyxl leaves that to its reader; Excel does it
    assert values[2] == "z" * 32_766 + "…"
    assert values[3] == "\U0001f600 日本"


def test_rows_beyond_the_last_of_a_sheet_go_on_in_another_under_the_same_headers() -> None:
    table = ExportTable(name="t1", pages=(1,), header_rows=1, rows=(("n",), *((f"row {n}",) for n in range(7))))
    book = _opened(table, max_rows=4)
    assert book.sheetnames == ["t1", "t1 (2)", "t1 (3)", "Contents", "Check"]
    columns = [[row[0].value for row in _sheet(book, name).iter_rows()] for name in book.sheetnames[:3]]
    assert columns == [["n", "row 0", "row 1", "row 2"], ["n", "row 3", "row 4", "row 5"], ["n", "row 6"]]


def test_a_table_wider_than_a_sheet_is_refused_rather_than_cut() -> None:
    with pytest.raises(TableTooWide, match="16,385 columns"):
        xlsx_from_tables("a.pdf", [ExportTable(name="t1", pages=(1,), rows=(("",) * 16_385,))])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (None, "t1"),
        ("Revenue [net]: 2024/25?", "t1 Revenue net 2024 25"),
        ("Long " * 20, "t1 Long Long Long Long Long Lon"),
        ("'quoted'", "t1 'quoted"),
        ("\x00\n", "t1"),
        ("日本の表", "t1 日本の表"),
    ],
)
def test_a_sheet_is_named_after_its_table(title: str | None, name: str) -> None:
    named = sheet_name(_one("x", title=title))
    assert named == name
    assert len(named) <= 31


def test_tables_of_one_title_get_sheets_of_their_own() -> None:
    tables = [_one("x", name=f"t{n}", title="The same long title of many tables") for n in (1, 2, 12)]
    assert len({name.lower() for name in _opened(*tables).sheetnames}) == 5


def test_the_same_tables_make_the_same_bytes_on_another_day() -> None:
    made = xlsx_from_tables("a.pdf", [BUDGET])
    assert made == xlsx_from_tables("a.pdf", [BUDGET])
    properties = openpyxl.load_workbook(io.BytesIO(made)).properties
    assert properties.created is not None
    assert properties.created.date() == date(2000, 1, 1)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    xlsx_from_tables("a.pdf", [BUDGET])
    assert list(tmp_path.iterdir()) == []


class _Page(HTMLParser):
    """Reads a page as a program would: its elements with their attributes, and the texts of cells."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.in_cell = False
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"td", "th"}:
            self.in_cell = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self.in_cell = False

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.cells[-1] += data


def test_a_page_holds_every_cell_once_and_merged_cells_as_printed() -> None:
    page = _Page(html_from_tables("a.pdf", [BUDGET]))
    assert page.cells == [text for row in BUDGET.rows for text in row if text is not None]
    headers = [attributes for tag, attributes in page.tags if tag == "th"]
    assert headers[:2] == [
        {"rowspan": "2", "scope": "col"},
        {"colspan": "2", "scope": "colgroup", "class": "over"},
    ]
    assert [attributes.get("class") for tag, attributes in page.tags if tag == "td"] == [
        None,
        "number",
        "number",
        "number",
    ] * 2


def test_a_page_says_title_pages_and_notes() -> None:
    text = html_from_tables("a.pdf", [BUDGET]).decode()
    assert "<caption" in text
    assert "Budget: plan &amp; actual<small>pages 2–3</small>" in text
    assert "Source: the register." in text


def test_a_page_escapes_what_the_document_says_and_may_run_nothing() -> None:
    attack = "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    table = ExportTable(
        name="t1", title=attack, pages=(1,), rows=((attack,), (attack,)), header_rows=1, notes=(attack,)
    )
    content = html_from_tables(attack, [table, table])
    page = _Page(content)
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert page.cells == [attack] * 4
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_a_page_needs_nothing_else() -> None:
    page = _Page(html_from_tables("a.pdf", [BUDGET, _one("x", name="t2")]))
    assert not [a for _, a in page.tags if "src" in a or str(a.get("href", "#"))[0] != "#"]
    assert ("meta", {"charset": "utf-8"}) in page.tags


def test_markdown_has_one_header_and_every_row_as_many_cells() -> None:
    text = markdown_from_tables("a.pdf", [BUDGET]).decode()
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert lines == [
        "| Department | 2024 / Plan | 2024 / Actual | Share |",
        "| --- | ---: | ---: | ---: |",
        "| Harbour | 1,284.50 | (1,212.00) | 62.5% |",
        "| Café &lt;b&gt;\\|<br>annex | — | $7.00 | 0.5% |",
    ]
    assert "## t1: Budget: plan &amp; actual (pages 2–3)" in text
    assert "Note: Source: the register." in text


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("a|b", "a\\|b"),
        ("a\\|b", "a\\\\\\|b"),
        ("*a* _b_ `c` ~d~ [e](f)", "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~ \\[e\\](f)"),
        ("<script>", "&lt;script&gt;"),
        ("&amp;", "&amp;amp;"),
        ("a\r\nb\u2028c", "a<br>b<br>c"),
        ("$5", "$5"),
        ("$5 or $6", "\\$5 or \\$6"),
    ],
)
def test_markdown_shows_a_cell_as_it_is(cell: str, written: str) -> None:
    assert f"| {written} |\n" in markdown_from_tables("a", [_one(cell)]).decode()


def test_a_column_is_named_by_all_headings_above_it() -> None:
    assert flat_headers(BUDGET) == ("Department", "2024 / Plan", "2024 / Actual", "Share")


def test_merged_cells_that_overlap_or_leave_the_grid_are_not_merged() -> None:
    rows = (("a", None, "b"), ("c", "d", None))
    claimed = {(0, 0): (1, 2), (0, 1): (1, 2), (1, 1): (1, 3), (1, 0): (1, 2), (0, 2): (2, 1)}
    assert spans_that_fit(rows, claimed) == {(0, 0): (1, 2), (0, 2): (2, 1)}


@pytest.mark.parametrize("write", [xlsx_from_tables, html_from_tables, markdown_from_tables])
def test_a_table_without_rows_or_headers_still_makes_a_file(write: object) -> None:
    assert callable(write)
    assert write("a.pdf", [ExportTable(name="t1", pages=(1,), rows=())])
