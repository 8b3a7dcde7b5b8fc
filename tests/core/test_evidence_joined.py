"""Cells of an answer that hold what the page prints in several rows or columns."""

from __future__ import annotations

import pytest

from tests.core.printed import printed, words_at
from witnessmark.evidence.check import check_table
from witnessmark.evidence.verdicts import TableEvidence

ROWS = (
    ("Harbour dues", "2024", "2025", "Change"),
    ("Mooring", "1,284", "1,301", "17"),
    ("Storage of nets", "937", "1,115", "347"),
    ("Repairs", "(4,018)", "3,950", "8"),
    ("Lamps and buoys", "$ 17", "$ 20", "3"),
)
Grid = list[list[str]]


@pytest.fixture
def answer() -> Grid:
    return [list(row) for row in ROWS]


def flagged(evidence: TableEvidence) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row, verdicts in enumerate(evidence.verdicts)
        for column, verdict in enumerate(verdicts)
        if verdict is not None and verdict.status != "located"
    ]


@pytest.mark.parametrize("sign", [" ", "\n"], ids=["blank", "line break"])
@pytest.mark.parametrize("row", [1, 2, 3])
@pytest.mark.parametrize("by_ocr", [False, True], ids=["digital", "OCR"])
def test_amounts_of_two_rows_in_one_cell_are_flagged(answer: Grid, row: int, sign: str, *, by_ocr: bool) -> None:
    answer[row][1] += sign + answer[row + 1][1]
    answer[row + 1][1] = ""
    evidence = check_table(answer, [printed(ROWS, by_ocr=by_ocr)])
    assert flagged(evidence) == [(row, 1)]
    assert evidence.left_over == ()


def test_amounts_of_the_first_of_all_rows_are_flagged_without_headers(answer: Grid) -> None:
    del answer[0]
    answer[0][1:] = ["1,284\n937", "1,301\n1,115", "17\n347"]
    answer[1][1:] = ["", "", ""]
    assert flagged(check_table(answer, [printed(ROWS)], header_rows=0)) == [(0, 1), (0, 2), (0, 3)]


def test_a_column_of_amounts_in_one_cell_is_flagged(answer: Grid) -> None:
    answer[1][2] = "\n".join(row[2] for row in ROWS[1:])
    for row in answer[2:]:
        row[2] = ""
    assert flagged(check_table(answer, [printed(ROWS)])) == [(1, 2)]


@pytest.mark.parametrize("row", [1, 2, 3, 4])
@pytest.mark.parametrize("column", [1, 2])
def test_amounts_of_two_columns_in_one_cell_are_flagged(answer: Grid, row: int, column: int) -> None:
    answer[row][column] += " " + answer[row][column + 1]
    answer[row][column + 1] = ""
    assert flagged(check_table(answer, [printed(ROWS)])) == [(row, column)]


def test_amounts_of_columns_that_nearly_touch_are_flagged() -> None:
    rows = [["Rate", "Net", "VAT"], ["Low", "320", "16"], ["High", "3,356", "772"], ["All", "3,676", "788"]]
    page = printed(rows, columns=(40, 100, 120))
    assert flagged(check_table(rows, [page])) == []
    rows[3][1:] = ["3,676 788", ""]
    assert flagged(check_table(rows, [page])) == [(3, 1)]


def test_a_number_and_the_name_after_it_in_one_cell_are_flagged() -> None:
    rows = [["Port", "Name", "Dues"]]
    rows += [[str(number), name, "12"] for number, name in enumerate(("Holm", "Kell Bay", "Weir", "Alder"), start=1)]
    words = [word for row, texts in enumerate(rows) for word in words_at(60, 100 + 16 * row, texts[1])]
    page = printed([[texts[0], "", texts[2]] for texts in rows], columns=(40, 200, 280), others=words)
    assert flagged(check_table(rows, [page])) == []
    rows[2][:2] = ["2 Kell Bay", ""]
    assert flagged(check_table(rows, [page])) == [(2, 0)]


@pytest.mark.parametrize(
    "value", ["12 - 15", "10 to 20", "1,284 (45.6%)", "937 (1)", "12.5 \u00b1 0.3", "3 / 4", "12 15"]
)
def test_ranges_shares_and_notes_of_one_cell_are_not(value: str) -> None:
    rows = [["Duty", "Range", "Dues"], ["Mooring", value, "17"], ["Lamps", "8 - 9", "21"], ["Nets", "7", "90"]]
    page = printed(rows, columns=(40, 240, 320))
    assert flagged(check_table(rows, [page])) == []


def test_an_amount_with_its_error_below_it_is_one_cell() -> None:
    rows = [
        ["Effect", "Model 1", "Model 2"],
        ["Tide", "1.284\n(0.05)", "0.937\n(0.11)"],
        ["Wind", "2.1\n(0.4)", "3.0\n(0.2)"],
    ]
    page = printed(rows, pitch=14)
    grid = [[text.replace("\n", " ") for text in row] for row in rows]
    assert flagged(check_table(grid, [page])) == []


@pytest.mark.parametrize("row", [1, 2, 3, 4])
def test_a_row_of_a_table_of_texts_is_no_header(row: int) -> None:
    rows = [["Sign", "Value", "Usual"], ["Pulse", "78 bpm", "60-100 bpm"], ["Heat", "98.6 F", "97.8-99.1 F"]]
    rows += [
        ["Breath", "16 a minute", "12-20 a minute"],
        ["Pressure", "142/88 mmHg", "120/80 mmHg"],
        ["Oxygen", "97%", "95%"],
    ]
    page = printed(rows, columns=(40, 240, 400))
    assert flagged(check_table(rows, [page])) == []
    rows[row], rows[row + 1] = rows[row + 1], rows[row]
    assert {place[0] for place in flagged(check_table(rows, [page]))} == {row, row + 1}


@pytest.mark.parametrize("count", [60, 400])
def test_a_long_column_in_one_cell_is_flagged(count: int) -> None:
    rows = [["Item", "Dues"], *([f"n{number}", f"{number * 7919 % 99991:,}"] for number in range(count))]
    page = printed(rows, columns=(40, 280))
    grid = [list(row) for row in rows]
    grid[1][1] = "\n".join(row[1] for row in rows[1:])
    for row in grid[2:]:
        row[1] = ""
    assert flagged(check_table(grid, [page])) == [(1, 1)]
