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
