from __future__ import annotations

import io
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from examples.draw_report import DRAWN_WITH, REPORT, draw_report
from examples.report_data import PAGE_COUNT, SCANNED_PAGE, TABLES, ReportTable, Role

BY_NAME = {table.name: table for table in TABLES}
IN_THE_TEXT_LAYER = [table for table in TABLES if not table.is_scanned]


def pages_of(pdf: bytes) -> list[str]:
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return pages_of(REPORT.read_bytes())


@pytest.fixture(scope="module")
def redrawn() -> bytes:
    return draw_report()


def number(text: str) -> int:
    """Read what the report writes: cents where there are decimals, tenths of a percent, parentheses as minus."""
    digits = int(re.sub(r"\D", "", text) or "0")
    return -digits if text.startswith("(") else digits


def figures(table: ReportTable, column: int, *roles: Role) -> list[int]:
    return [number(row[column]) for row, role in zip(table.rows, table.roles, strict=True) if role in roles]


def row_named(table: ReportTable, name: str) -> tuple[str, ...]:
    return next(row for row in table.rows if name in row)


# --- the file -----------------------------------------------------------------------------------------------------


def test_drawing_the_report_again_gives_the_committed_bytes(redrawn: bytes) -> None:
    here = {name: version(name) for name in DRAWN_WITH}
    if here == DRAWN_WITH:
        assert redrawn == REPORT.read_bytes()
    else:  # another version may order or compress differently: the words must still be the same
        assert pages_of(redrawn) == pages_of(REPORT.read_bytes())


def test_drawing_the_report_twice_gives_the_same_bytes(redrawn: bytes) -> None:
    assert draw_report() == redrawn


def test_the_report_is_small_enough_to_ship() -> None:
    assert REPORT.stat().st_size < 300_000


def test_the_report_names_no_place_on_a_machine() -> None:
    assert str(Path(__file__).parents[2]).encode() not in REPORT.read_bytes()


# --- what stands on the pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", IN_THE_TEXT_LAYER, ids=lambda table: table.name)
def test_every_cell_stands_in_the_text_layer_of_its_page(table: ReportTable, pages: list[str]) -> None:
    for part in table.parts:
        words = " ".join(pages[part.page - 1].split())
        for row in (*table.headers, *table.rows[part.first_row - 1 : part.last_row]):
            for cell in row:
                assert cell in words


@pytest.mark.parametrize("table", IN_THE_TEXT_LAYER, ids=lambda table: table.name)
def test_captions_and_notes_stand_with_their_tables(table: ReportTable, pages: list[str]) -> None:
    assert table.caption in pages[table.parts[0].page - 1]
    for note in table.notes:
        assert note in pages[table.parts[-1].page - 1]


def test_every_page_but_the_scan_says_which_page_it_is(pages: list[str]) -> None:
    assert len(pages) == PAGE_COUNT
    for page_number, text in enumerate(pages, start=1):
        assert (f"Page {page_number} of {PAGE_COUNT}" in text) is (page_number != SCANNED_PAGE)


def test_the_scanned_page_is_one_grey_picture_without_words(pages: list[str]) -> None:
    from PIL import Image
    from pypdf import PdfReader

    (picture,) = PdfReader(REPORT).pages[SCANNED_PAGE - 1].images
    assert pages[SCANNED_PAGE - 1] == ""
    with Image.open(io.BytesIO(picture.data)) as scan:
        assert (scan.format, scan.mode, scan.size) == ("JPEG", "L", (909, 1286))


# --- the truth is true --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_are_rectangular_and_parts_hold_each_row_once(table: ReportTable) -> None:
    width = len(table.headers[0])
    assert {len(row) for row in (*table.headers, *table.rows)} == {width}
    assert len(table.roles) == len(table.rows)
    held = [row for part in table.parts for row in range(part.first_row, part.last_row + 1)]
    assert held == list(range(1, len(table.rows) + 1))


@pytest.mark.parametrize("name", ["budget", "cargo", "calls", "staff", "certificate"])
def test_the_last_row_is_the_sum_of_the_rows_above(name: str) -> None:
    table = BY_NAME[name]
    for column in range(1, len(table.headers[0])):
        assert figures(table, column, "total") == [sum(figures(table, column, "item"))]


def test_differences_are_actual_less_plan() -> None:
    for row in BY_NAME["budget"].rows:
        plan0, actual0, difference0, plan1, actual1, difference1 = map(number, row[1:])
        assert (difference0, difference1) == (actual0 - plan0, actual1 - plan1)


def test_sections_of_the_statement_add_up_to_their_subtotals() -> None:
    table = BY_NAME["statement"]
    for column in (2, 3, 4):
        running: list[int] = []
        subtotals: list[int] = []
        for row, role in zip(table.rows, table.roles, strict=True):
            value = number(row[column])
            if role == "section":
                running = []
            elif role == "item":
                running.append(value)
            elif role == "subtotal":
                assert value == sum(running)
                subtotals.append(value)
        income, expenses, finance = subtotals
        results = figures(table, column, "total")
        contribution = number(row_named(table, "Contribution to the municipalities")[column])
        assert results == [income + expenses, income + expenses + finance, income + expenses + finance + contribution]


def test_changes_and_percentages_of_the_statement_follow_from_its_amounts() -> None:
    table = BY_NAME["statement"]
    for row, role in zip(table.rows, table.roles, strict=True):
        if role != "section":
            old, new, change, tenths = map(number, row[2:6])
            assert change == new - old
            assert abs(tenths - 1000 * change / abs(old)) <= 0.5


def test_shares_of_the_statement_are_shown_to_a_hundred_percent() -> None:
    table = BY_NAME["statement"]
    ends = [position for position, role in enumerate(table.roles) if role == "subtotal"][:2]
    starts = [position for position, role in enumerate(table.roles) if role == "section"][:2]
    for start, end in zip(starts, ends, strict=True):
        assert sum(number(row[6]) for row in table.rows[start + 1 : end]) == number(table.rows[end][6]) == 1000


def test_every_balance_of_the_ledger_follows_from_the_one_before() -> None:
    opening, *entries, closing = BY_NAME["ledger"].rows
    balance = number(opening[6])
    for entry in entries:
        balance += number(entry[4]) - number(entry[5])
        assert number(entry[6]) == balance
    assert number(closing[4]) == sum(number(entry[4]) for entry in entries)
    assert number(closing[5]) == sum(number(entry[5]) for entry in entries)
    assert number(closing[6]) == balance


def test_the_ledger_is_long_enough_to_cross_three_pages() -> None:
    ledger = BY_NAME["ledger"]
    assert len(ledger.rows) > 70
    assert [part.page for part in ledger.parts] == [4, 5, 6]


def test_what_two_tables_both_say_is_the_same() -> None:
    spent = row_named(BY_NAME["budget"], "Total")
    expenses = row_named(BY_NAME["statement"], "Total operating expenses")
    assert (number(spent[2]), number(spent[5])) == (-number(expenses[2]), -number(expenses[3]))
    retained = row_named(BY_NAME["statement"], "Result retained")
    transferred = row_named(BY_NAME["ledger"], "Transfer of the result retained for 2024")
    assert number(transferred[4]) == number(retained[2]) * 1000 * 100
    assert row_named(BY_NAME["certificate"], "Harbour renewal fund")[1] == BY_NAME["ledger"].rows[-1][6]
