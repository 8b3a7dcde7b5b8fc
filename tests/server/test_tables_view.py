"""Tables on a terminal, narrow ones included."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from witnessmark_server.tables_view import show_tables
from witnessmark_tools.extract_tables import TableExtraction
from witnessmark_tools.results import DocumentRead
from witnessmark_tools.tables_result import Evidence, ExtractedTable, PartOfTable

ROWS = [
    ["Personnel and the like", "(12,486)", "(13,020)", "1,234,567.89"],
    ["Contribution to the municipalities", "5,931", "5,688", "(0.80%)"],
]


def _result(rows: list[list[str]], name: str = "a.pdf") -> TableExtraction:
    table = ExtractedTable(
        table_id="t1",
        page=1,
        title="Expenses",
        headers=["", "2024", "2025", "Change in all of it"],
        rows=rows,
        row_count=len(rows),
        header_rows=1,
        notes=[],
        confidence="high",
        evidence=Evidence(cells=8),
        parts=[PartOfTable(page=1, first_row=0, last_row=len(rows))],
    )
    return TableExtraction(
        result_id="r1",
        documents=[DocumentRead(name=name, sha256="0" * 64, pages=1)],
        engines=["offline"],
        tables=[table],
        table_count=1,
        pages_read=1,
    )


@pytest.mark.parametrize("columns", [30, 60, 80, 200])
def test_no_figure_is_cut_however_narrow_the_terminal(columns: int) -> None:
    target = io.StringIO()
    show_tables(_result(ROWS), Console(file=target, width=columns, highlight=False))
    shown = target.getvalue()
    assert all(figure in shown for row in ROWS for figure in row[1:])
    assert "…" not in shown


def _shown(rows: list[list[str]], headers: list[str], columns: int, header_rows: int = 1) -> str:
    result = _result(rows)
    update = {"headers": headers, "header_rows": header_rows}
    target = io.StringIO()
    tables = [table.model_copy(update=update) for table in result.tables]
    show_tables(result.model_copy(update={"tables": tables}), Console(file=target, width=columns, highlight=False))
    return target.getvalue()


WIDE_HEADERS = ["Department", *(f"Month {number}" for number in range(1, 13)), "Total"]
WIDE_ROWS = [[f"Department {row}", *(f"{row},{number:03},000.00" for number in range(1, 14))] for row in range(1, 9)]


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_wide_table_drops_columns_in_its_middle_and_says_which(columns: int) -> None:
    shown = _shown(WIDE_ROWS, WIDE_HEADERS, columns)
    assert max(map(len, shown.splitlines())) <= columns
    assert "1,001,000.00" in shown
    assert "8,013,000.00" in shown
    words = " ".join(shown.split())
    assert " of 14 columns do not fit and are not shown: Month" in words
    dropped = words.partition("not shown: ")[2].partition(". A wider")[0].split(", ")
    assert f"{len(dropped)} of 14 columns" in words
    for number, heading in enumerate(WIDE_HEADERS):
        assert (f"1,{number:03},000.00" in shown) == (heading not in dropped) or number == 0


def test_a_column_after_the_gap_keeps_the_heading_over_its_group() -> None:
    years = ["", *["2024", "", "", "", "", ""], *["2025", "", "", "", "", ""], ""]
    shown = _shown([WIDE_HEADERS, *WIDE_ROWS], years, 60, header_rows=2)
    assert "2025" in shown.split("Department 1")[0]


def test_a_small_table_that_is_too_wide_becomes_records_that_hide_nothing() -> None:
    shown = _shown(WIDE_ROWS[:2], WIDE_HEADERS, 60)
    assert "    Month 6: 2,006,000.00\n" in shown
    assert all(cell in shown for row in WIDE_ROWS[:2] for cell in row)
    assert "not shown" not in shown


def test_a_long_narrow_table_says_how_many_rows_are_missing() -> None:
    shown = _shown([["1", str(number)] for number in range(100)], ["a", "b"], 60)
    assert "… 70 more rows …" in shown


def test_a_long_table_shows_its_beginning_and_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    show_tables(_result([[f"Row {number}", "1", "2", "3"] for number in range(1, 101)]))
    shown = capsys.readouterr().out
    assert "Row 26 " in shown
    assert "Row 27 " not in shown
    assert "… 70 more rows …" in shown
    assert "Row 100" in shown


def test_a_documents_text_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_tables(_result([["\x1b]0;owned\x07\x1b[2Jgone", "1", "2", "3"]], name="esc\x1b[31mred.pdf"))
    assert "\x1b" not in capsys.readouterr().out
