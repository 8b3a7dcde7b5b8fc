"""Answers that lose their place: values that slip into the next column, and rows that are left out."""

from __future__ import annotations

from itertools import chain

import pytest

from tests.core.printed import printed, words_at
from witnessmark.evidence.check import check_table
from witnessmark.evidence.page_columns import page_columns
from witnessmark.evidence.verdicts import TableEvidence
from witnessmark.evidence.witness import WitnessPage

Grid = list[list[str]]
HEADERS = ("Area", "Total", "Men Young", "Men Old")
ROWS = (
    ("Farholt", "26,543", "34,481", "43,010"),
    ("Innisfar", "38,854", "7,382", "41,438"),
    ("Northwick", "19,911", "9,633", "649"),
    ("Dunmore", "34,122", "18,367", "23,828"),
    ("Kelbrook", "7,924", "37,752", "1,832"),
)


def grid_of() -> Grid:
    return [list(row) for row in (HEADERS, *ROWS)]


@pytest.fixture
def page() -> WitnessPage:
    """A table whose headers are in two lines, one over two columns."""
    above = chain(words_at(310, 84, "Men"), words_at(330, 84, ""))
    return printed([("Area", "Total", "Young", "Old"), *ROWS], others=list(above))


def flagged(evidence: TableEvidence) -> set[tuple[int, int]]:
    return {
        (row, column)
        for row, verdicts in enumerate(evidence.verdicts)
        for column, verdict in enumerate(verdicts)
        if verdict is not None and verdict.status != "located"
    }


@pytest.mark.parametrize("first", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("step", [1, -1], ids=["to the right", "to the left"])
def test_values_that_slip_are_found_where_most_rows_have_slipped(page: WitnessPage, first: int, step: int) -> None:
    grid = grid_of()
    for row in grid[first:]:
        row[1:] = ["", *row[1:-1]] if step > 0 else [*row[2:], ""]
    wrong = {(row, column) for row in range(first, 6) for column in range(1, 4) if grid[row][column]}
    assert flagged(check_table(grid, [page])) == wrong


def test_values_slip_in_one_of_two_tables_next_to_each_other() -> None:
    rows = [["Coin", "Buy", "Sell"], *([name, a, b] for name, a, b, _ in ROWS)]
    page = printed(rows)
    beside = printed([["", "Buy", "Sell"], *(["", b, c] for _, _, b, c in ROWS)], columns=(340, 440, 520))
    both = WitnessPage(page_number=1, words=page.words + beside.words)
    assert flagged(check_table(rows, [both])) == set()
    for row in rows[2:]:
        row[1:] = ["", row[1]]
    assert flagged(check_table(rows, [both])) == {(row, 2) for row in range(2, 6)}


@pytest.mark.parametrize("column", [1, 2, 3])
def test_an_answer_without_one_of_the_columns_has_not_slipped(page: WitnessPage, column: int) -> None:
    grid = grid_of()
    for row in grid:
        del row[column]
    assert flagged(check_table(grid, [page])) == set()


def test_an_answer_with_an_empty_column_has_not_slipped(page: WitnessPage) -> None:
    grid = [["", *row] for row in (HEADERS, *ROWS)]
    for row in grid:
        row.pop()
    assert flagged(check_table(grid, [page])) == set()


def test_a_few_lines_have_no_columns(page: WitnessPage) -> None:
    index = page.index
    assert page_columns(index.lines[:2], index) == []
    assert len(page_columns(index.lines[2:], index)) == 4


@pytest.mark.parametrize("row", range(1, 6))
def test_a_lost_row_of_marks_is_left_over_as_a_whole(row: int) -> None:
    rows = [["Name", "Mon", "Tue", "Hours"]]
    rows += [
        [name, "E", "N", f"3{number}:15"] for number, name in enumerate(("Brandt, B.", "Okafor, D.", "Quirke, G."))
    ]
    rows += [["Tanaka, G.", "U", "E", "35:45"], ["Dubois, B.", "F", "F", "31:00"]]
    page = printed(rows)
    lost = rows.pop(row)
    evidence = check_table(rows, [page])
    assert flagged(evidence) == set()
    assert [left.text for left in evidence.left_over if left.is_row] == [" ".join(lost)]


@pytest.mark.parametrize("row", [0, 2])
@pytest.mark.parametrize("sign", ["", "GBP ", "\u20ac "], ids=["plain", "code", "sign"])
def test_the_first_and_the_last_of_a_few_totals_are_missed(row: int, sign: str) -> None:
    rows = [["Net", f"{sign}2,759.75"], ["Tax", f"{sign}551.95"], ["Amount due", f"{sign}3,311.70"]]
    page = printed(rows)
    lost = rows.pop(row)
    evidence = check_table(rows, [page], header_rows=0)
    assert [left.text for left in evidence.left_over if left.is_row] == [" ".join(lost)]


def test_totals_that_are_set_apart_are_missed() -> None:
    first, last = printed(ROWS), printed([("Totals", "127,354", "107,615", "110,757")], top=100 + 16 * 4 + 36)
    page = WitnessPage(page_number=1, words=first.words + last.words)
    (left,) = check_table(ROWS, [page], header_rows=0).left_over
    assert (left.text, left.is_row) == ("Totals 127,354 107,615 110,757", True)


def test_a_repeated_row_shares_no_label_with_the_row_above() -> None:
    rows = [
        ["Sex", "2024", "2025"],
        ["Male", "12", "15"],
        ["Total", "30", "41"],
        ["Female", "18", "26"],
        ["Total", "7", "9"],
    ]
    page = printed(rows)
    assert flagged(check_table(rows, [page])) == set()
    rows.append(list(rows[2]))
    assert flagged(check_table(rows, [page])) == {(5, 0), (5, 1), (5, 2)}


@pytest.mark.parametrize("first", [1, 2])
def test_labels_in_two_lines_that_are_exchanged_are_both_found(first: int) -> None:
    rows = [["Dish", "Price"], ["Beetroot salad\ngoat cheese", "18.53"], ["Smoked trout\nhorseradish", "22.95"]]
    rows += [["Tomato soup\nwith basil", "8.00"], ["Lamb stew\npearl barley", "14.96"]]
    page = printed(rows)
    grid = [[text.replace("\n", " ") for text in row] for row in rows]
    assert flagged(check_table(grid, [page])) == set()
    grid[first][0], grid[first + 1][0] = grid[first + 1][0], grid[first][0]
    assert flagged(check_table(grid, [page])) == {(first, 0), (first + 1, 0)}
