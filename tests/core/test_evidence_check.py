"""Looking a table up: each value in its row and column, each word given out once, nothing lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.core.printed import printed, words_at
from witnessmark.evidence.check import check_table
from witnessmark.evidence.lookup import runs_of
from witnessmark.evidence.verdicts import TableEvidence
from witnessmark.evidence.witness import WitnessPage
from witnessmark.values import BoundingBox, Word

TABLE = (
    ("Harbour dues", "2024", "2025", "Change"),
    ("Mooring", "1,284", "1,301", "17"),
    ("Storage of nets", "937", "1,284", "347"),
    ("Repairs", "(4,018)", "3,950", "8"),
    ("Lamps and buoys", "17", "0", "0"),
    ("Total", "6,256", "6,535", "279"),
)
NAMES = ("Mooring", "Dredging", "Lighting")
Grid = list[list[str]]


@pytest.fixture
def page() -> WitnessPage:
    return printed(TABLE)


@pytest.fixture
def answer() -> Grid:
    return [list(row) for row in TABLE]


def flagged(evidence: TableEvidence) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row, verdicts in enumerate(evidence.verdicts)
        for column, verdict in enumerate(verdicts)
        if verdict is not None and verdict.status != "located"
    ]


def test_what_is_printed_is_located_with_its_box(page: WitnessPage, answer: Grid) -> None:
    evidence = check_table(answer, [page])
    assert flagged(evidence) == []
    assert evidence.left_over == ()
    verdict = evidence.verdicts[2][2]
    assert verdict is not None
    assert verdict.box == BoundingBox(x0=255, top=132, x1=280, bottom=142), "the 1,284 of its own row"


@pytest.mark.parametrize(
    ("row", "column", "written"),
    [
        (1, 1, "1284"),
        (1, 1, "1 284"),
        (1, 1, "1,284.00"),
        (3, 1, "-4,018"),
        (3, 1, "\u22124018"),
        (2, 0, "storage  of\nnets"),
        (5, 0, "Total*"),
        (0, 1, "2024"),
    ],
)
def test_what_is_only_written_otherwise_is_located(
    page: WitnessPage, answer: Grid, row: int, column: int, written: str
) -> None:
    answer[row][column] = written
    assert flagged(check_table(answer, [page])) == []


@pytest.mark.parametrize(
    ("row", "column", "written", "status", "nearest"),
    [
        (1, 1, "1,234", "unlocated", "1,284"),
        (1, 1, "12.84", "unlocated", "1,284"),
        (1, 1, "1,301", "displaced", "1,284"),
        (1, 1, "937", "displaced", "1,284"),
        (3, 1, "4,018", "unlocated", "(4,018)"),
        (3, 2, "-3,950", "unlocated", "3,950"),
        (5, 3, "$279", "unlocated", "279"),
        (2, 0, "Storage of ropes", "unlocated", "Storage of nets"),
        (2, 0, "Storage", "unlocated", "Storage of nets"),
        (4, 0, "Lamps and no buoys", "unlocated", "Lamps and buoys"),
        (1, 0, "Repairs", "displaced", "Mooring"),
        (0, 2, "2026", "unlocated", "2025"),
    ],
)
def test_a_wrong_value_is_found_and_what_stands_there_is_said(
    page: WitnessPage, answer: Grid, row: int, column: int, written: str, status: str, nearest: str
) -> None:
    answer[row][column] = written
    evidence = check_table(answer, [page])
    verdict = evidence.verdicts[row][column]
    assert verdict is not None
    assert (verdict.status, verdict.nearest) == (status, nearest)
    assert flagged(evidence) == [(row, column)], "and no other is accused"
    assert verdict.reason


def _swap_rows(answer: Grid, first: int, second: int) -> None:
    answer[first], answer[second] = answer[second], answer[first]


def _swap_columns(answer: Grid, first: int, second: int, *, since: int = 0) -> None:
    for row in answer[since:]:
        row[first], row[second] = row[second], row[first]


@pytest.mark.parametrize(("first", "second"), [(1, 2), (1, 3), (2, 5)])
def test_rows_that_changed_places_are_both_out_of_order(
    page: WitnessPage, answer: Grid, first: int, second: int
) -> None:
    _swap_rows(answer, first, second)
    wrong = {row for row, _ in flagged(check_table(answer, [page]))}
    assert wrong == {first, second}


def test_a_row_that_was_moved_is_out_of_order_alone(page: WitnessPage, answer: Grid) -> None:
    answer.append(answer.pop(1))
    evidence = check_table(answer, [page])
    assert {row for row, _ in flagged(evidence)} == {5}
    reasons = {verdict.reason for verdict in evidence.verdicts[5] if verdict is not None}
    assert all("elsewhere in the table" in reason for reason in reasons)


@pytest.mark.parametrize("since", [0, 1], ids=["with headers", "without"])
def test_columns_that_changed_places_are_found(page: WitnessPage, answer: Grid, since: int) -> None:
    _swap_columns(answer, 1, 2, since=since)
    wrong = flagged(check_table(answer, [page]))
    assert {column for _, column in wrong} == {1, 2}
    assert {row for row, _ in wrong} == set(range(since, 6))


def test_swapped_headers_are_found(page: WitnessPage, answer: Grid) -> None:
    answer[0][1], answer[0][2] = answer[0][2], answer[0][1]
    assert flagged(check_table(answer, [page])) == [(0, 1), (0, 2)]


def test_swapped_headers_of_a_table_of_one_row_are_found_and_its_values_are_not_accused() -> None:
    rows = [["Port", "Incoming", "Outgoing", "Stored"], ["Saltmere", "12", "31", "45"]]
    page = printed(rows)
    rows[0][1:3] = ["Outgoing", "Incoming"]
    assert flagged(check_table(rows, [page])) == [(0, 1), (0, 2)]


def test_a_header_over_the_next_column_is_not_the_empty_ones_beside(page: WitnessPage) -> None:
    rows = [list(row) for row in TABLE]
    rows[0][0] = ""
    page = printed(rows)
    rows[0][:2] = ["2024", ""]
    assert flagged(check_table(rows, [page])) == [(0, 0)]


def test_a_header_over_two_columns_belongs_to_the_first_of_them() -> None:
    rows = [["Port", "In", "Out", "In", "Out"], ["Saltmere", "12", "31", "45", "58"], ["Weir", "22", "30", "41", "60"]]
    above = (*words_at(210, 88, "Year 2024"), *words_at(370, 88, "Year 2025"))
    page = printed(rows, others=above)
    grid = [["", "Year 2024", "", "Year 2025", ""], *rows]
    assert flagged(check_table(grid, [page], header_rows=2)) == []
    grid[0] = ["Year 2025", "Year 2024", "", "", ""]
    assert flagged(check_table(grid, [page], header_rows=2)) == [(0, 0)]


def test_a_header_of_the_table_beside_is_not_this_tables() -> None:
    rows = [
        ["Port", "2023", "2024", "", "Yard"],
        ["Saltmere", "12", "31", "", "Holm"],
        ["Weir", "22", "30", "", "Kell"],
    ]
    page = printed(rows)
    grid = [["Port", "2023", "Yard"], *[row[:3] for row in rows[1:]]]
    assert flagged(check_table(grid, [page])) == [(0, 2)]


@pytest.mark.parametrize("written", ["Dues", "paid"])
def test_a_line_that_a_header_lacks_is_missed(written: str) -> None:
    rows = [["Port", "Dues\npaid", "Dues\nowed"], ["Saltmere", "12", "31"], ["Weir", "22", "30"]]
    page = printed(rows, columns=(40, 200, 320), pitch=18)
    grid = [["Port", "Dues paid", "Dues owed"], *rows[1:]]
    assert flagged(check_table(grid, [page])) == []
    grid[0][1] = written
    assert flagged(check_table(grid, [page])) == [(0, 1)]


@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_lost_row_of_several_lines_is_one_row_and_no_part_of_its_neighbours(row: int) -> None:
    rows = [["Duty", "What it is for", "Who pays it"]]
    rows += [
        [f"{name} of\nthe quay", f"{name} is done by\nthe harbour once\nper year", f"{name} users"] for name in NAMES
    ]
    page = printed(rows, pitch=18, columns=(40, 260, 440))
    grid = [[text.replace("\n", " ") for text in texts] for texts in rows]
    assert flagged(check_table(grid, [page])) == []
    lost = grid.pop(row)
    evidence = check_table(grid, [page])
    assert flagged(evidence) == []
    (left,) = [left for left in evidence.left_over if left.is_row]
    assert sorted(left.text.split()) == sorted(" ".join(lost).split())


@pytest.mark.parametrize(
    ("printed_text", "written", "is_same"),
    [
        ("< 0.1", "<0.1", True),
        ("<0.1", "< 0.1", True),
        ("< 0.1", "0.1", False),
        ("<0.1", "0.1", False),
        ("0.1", "<0.1", False),
        ("( 4,018 )", "(4,018)", True),
        ("( 4,018 )", "4,018", False),
        ("03/04/2025", "2025-04-03", True),
        ("03/04/2025", "04/03/2025", False),
    ],
)
def test_a_sign_that_makes_it_another_number_is_not_dropped(printed_text: str, written: str, *, is_same: bool) -> None:
    rows = [["Duty", "2024"], ["Mooring", "12.5"], ["Lamps", printed_text], ["Repairs", "8.0"]]
    page = printed(rows)
    rows[2][1] = written
    assert flagged(check_table(rows, [page])) == ([] if is_same else [(2, 1)])


@pytest.mark.parametrize("first", [2, 3, 4, 5])
@pytest.mark.parametrize("step", [1, -1], ids=["to the right", "to the left"])
@pytest.mark.parametrize("has_headers", [True, False])
def test_values_shifted_by_a_column_from_some_row_on_are_found(
    page: WitnessPage, answer: Grid, first: int, step: int, *, has_headers: bool
) -> None:
    for row in answer[first:]:
        row[1:] = ["", *row[1:-1]] if step > 0 else [*row[2:], ""]
    wrong = {
        (row, column)
        for row in range(first, 6)
        for column in range(1, 4)
        if answer[row][column] not in {"", TABLE[row][column]}
    }
    if not has_headers:
        del answer[0]
        wrong = {(row - 1, column) for row, column in wrong}
    assert set(flagged(check_table(answer, [page], header_rows=int(has_headers)))) == wrong


def test_two_cells_in_one_are_found(page: WitnessPage, answer: Grid) -> None:
    answer[1][1:3] = ["1,284 1,301", ""]
    assert flagged(check_table(answer, [page])) == [(1, 1)]


@pytest.mark.parametrize("nothing", ["-", "\u2014", "null", "N/A", "None"])
def test_what_says_that_a_cell_is_empty_is_true_where_it_is(nothing: str) -> None:
    rows = [["Shed", "Dues", "Paid"], ["North", "120", "95"], ["Far sheds", "", ""], ["South", "340", ""]]
    page = printed(rows)
    grid = [[text or nothing for text in row] for row in rows]
    evidence = check_table(grid, [page])
    assert flagged(evidence) == []
    assert evidence.verdicts[3][2] is None, "nothing is asked where nothing stands"
    grid[1][2] = nothing
    assert flagged(check_table(grid, [page])) == [(1, 2)]


def test_a_dash_that_is_printed_moves_with_its_row() -> None:
    rows = [["Shed", "Dues", "Paid"], ["North", "120", "\u2014"], ["Far sheds", "", ""], ["South", "340", "77"]]
    page, swapped = printed(rows), [rows[0], rows[2], rows[1], rows[3]]
    assert {(2, 1), (2, 2)} <= set(flagged(check_table(swapped, [page])))
    repeated = [*rows[:2], list(rows[1]), *rows[2:]]
    assert {row for row, _ in flagged(check_table(repeated, [page]))} == {2}
    assert len(flagged(check_table(repeated, [page]))) == 3


def test_a_row_is_given_out_once(page: WitnessPage, answer: Grid) -> None:
    answer.insert(2, list(answer[1]))
    assert {row for row, _ in flagged(check_table(answer, [page]))} == {2}


def test_an_invented_row_stands_nowhere(page: WitnessPage, answer: Grid) -> None:
    answer.insert(3, ["Pilots", "17", "937", "0"])
    assert flagged(check_table(answer, [page])) == [(3, 0), (3, 1), (3, 2), (3, 3)]


@pytest.mark.parametrize("row", [1, 3, 5])
def test_a_row_that_the_answer_lacks_is_left_over(page: WitnessPage, answer: Grid, row: int) -> None:
    lost = answer.pop(row)
    evidence = check_table(answer, [page])
    assert flagged(evidence) == []
    (left,) = [left for left in evidence.left_over if left.is_row]
    assert left.text == " ".join(lost)


def test_a_value_in_the_empty_cell_beside_its_own_is_displaced() -> None:
    rows = [["Shed", "Dues", "Paid"], ["North", "120", "95"], ["South", "340", ""], ["East", "75", "75"]]
    page = printed(rows)
    rows[2][1:] = ["", "340"]
    assert flagged(check_table(rows, [page])) == [(2, 2)]


def test_equal_values_each_have_their_own_place(answer: Grid, page: WitnessPage) -> None:
    evidence = check_table(answer, [page])
    first, second = evidence.verdicts[4][2], evidence.verdicts[4][3]
    assert first is not None
    assert second is not None
    assert first.box != second.box


def test_a_header_over_several_columns_may_stand_once_or_over_each() -> None:
    rows = [["Port", "Incoming", "Outgoing", "Incoming", "Outgoing"], ["Saltmere", "12", "31", "45", "58"]]
    rows += [["Weir", "22", "30", "41", "60"], ["Holm", "19", "28", "44", "61"]]
    above = (*words_at(210, 80, "Year 2024"), *words_at(370, 80, "Year 2025"))
    page = printed(rows, others=above)
    once = [["", "Year 2024", "", "Year 2025", ""], *rows]
    over_each = [["", "Year 2024", "Year 2024", "Year 2025", "Year 2025"], *rows]
    before = ["2024", "2024", "2025", "2025"]
    joined = [["Port", *(f"Year {year} {text}" for year, text in zip(before, rows[0][1:], strict=True))], *rows[1:]]
    for grid in (once, over_each, joined):
        assert flagged(check_table(grid, [page], header_rows=len(grid) - 3)) == []
    wrong = [row.copy() for row in joined]
    wrong[0][1] = "Year 2025 Incoming"
    assert flagged(check_table(wrong, [page])) == [(0, 1)]


def test_a_label_beside_several_rows_may_stand_once_or_in_each() -> None:
    rows = [["Coast", "Quay", "Berths"], ["North", "Alder", "12"], ["", "Birch", "31"], ["South", "Cedar", "8"]]
    page = printed(rows, columns=(40, 180, 260))
    assert flagged(check_table(rows, [page])) == []
    rows[2][0] = "North"
    assert flagged(check_table(rows, [page])) == []
    rows[2][0] = "South"
    assert flagged(check_table(rows, [page])) == [(2, 0)]


def test_a_cell_of_several_lines_is_one_text_with_its_hyphen_joined() -> None:
    rows = [["Duty", "Dues"], ["Repairs of the north-\nern jetty", "120"], ["Lamps", "8"]]
    page = printed(rows)
    rows[1][0] = "Repairs of the northern jetty"
    assert flagged(check_table(rows, [page])) == []
    rows[1][0] = "Repairs of the"
    assert flagged(check_table(rows, [page])) == [(1, 0)]


@pytest.mark.parametrize(
    ("cell", "printed_text"),
    [
        ("Less than 10", "Less than 10- a year"),
        ("New Delhi", "New Delhi- 110003"),
        ("Long term debt", "Long term debt- secured"),
        ("up to 5", "up to 5-"),
    ],
)
def test_a_text_may_end_where_a_word_of_the_page_goes_on_with_a_hyphen(cell: str, printed_text: str) -> None:
    rows = [["Group", "Share"], [cell, "310"], [printed_text, "120"], ["All", "430"]]
    page = printed(rows)
    assert flagged(check_table(rows, [page])) == []
    rest = [] if printed_text == f"{cell}-" else [(2, 0)]  # a hyphen alone at the end is no text that is missing
    assert flagged(check_table([*rows[:2], [cell, "120"], rows[3]], [page])) == rest


def _turned(word: Word, angle: int) -> Word:
    """Lay a word as it lies on a page whose text is turned clockwise."""
    x0, top, x1, bottom = word[1:5]
    boxes = {
        90: (900 - bottom, x0, 900 - top, x1),
        180: (900 - x1, 900 - bottom, 900 - x0, 900 - top),
        270: (top, 900 - x1, bottom, 900 - x0),
    }
    x0, top, x1, bottom = boxes[angle]
    return word._replace(x0=x0, top=top, x1=x1, bottom=bottom, angle=angle)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_table_that_lies_turned_on_its_page_is_found(page: WitnessPage, answer: Grid, angle: int) -> None:
    turned = replace(page, words=tuple(_turned(word, angle) for word in page.words))
    evidence = check_table(answer, [turned])
    assert flagged(evidence) == []
    answer[1][1], answer[1][2] = answer[1][2], answer[1][1]
    assert flagged(check_table(answer, [turned])) == [(1, 1), (1, 2)]


def test_columns_from_the_right_are_in_order_where_the_page_is_written_so() -> None:
    rows = [["\u05e1\u05d4\u05db", "2024", "2025"], ["\u05d0\u05d1\u05d2", "12", "31"], ["\u05d3\u05d4", "45", "58"]]
    rows += [["\u05d5\u05d6\u05d7", "7", "9"], ["\u05d8\u05d9", "70", "90"]]
    page = printed([[row[2], row[1], row[0]] for row in rows], columns=(40, 200, 280))
    assert flagged(check_table(rows, [page])) == []


def test_a_table_over_two_pages_is_found_on_both(answer: Grid) -> None:
    pages = [printed(TABLE[:3], page=4), printed([TABLE[0], *TABLE[3:]], page=5, columns=(60, 220, 300, 380))]
    evidence = check_table(answer, pages)
    assert flagged(evidence) == []
    assert [verdicts[1].page for verdicts in evidence.verdicts if verdicts[1] is not None] == [4, 4, 4, 5, 5, 5]


def test_two_tables_alike_each_have_their_own_words(answer: Grid) -> None:
    first, second = printed(TABLE), printed(TABLE, top=400)
    page = replace(first, words=first.words + second.words)
    one = check_table(answer, [page])
    other = check_table(answer, [page], taken=one.words)
    assert flagged(one) == flagged(other) == []
    assert not one.words & other.words


def test_letters_may_be_misread_by_ocr_and_figures_may_not() -> None:
    rows = [["Duty", "Dues"], ["Total of the i1lands", "1,284"], ["Lamps", "8"]]
    asked = [["Duty", "Dues"], ["Total of the islands", "1,284"], ["Lamps", "8"]]
    likely = [["Duty", "Dues"], ["Total of the illands", "1,284"], ["Lamps", "8"]]
    assert flagged(check_table(likely, [printed(rows, by_ocr=True)])) == []
    assert flagged(check_table(likely, [printed(rows)])) == [(1, 0)]
    assert flagged(check_table(asked, [printed(rows, by_ocr=True)])) == [(1, 0)], "s is not 1"
    likely[1][1] = "1,234"
    assert flagged(check_table(likely, [printed(rows, by_ocr=True)])) == [(1, 1)]


@pytest.mark.parametrize("pages", [[], [WitnessPage(page_number=3, words=())]], ids=["no page", "no words"])
def test_without_words_nothing_is_looked_up(answer: Grid, pages: Sequence[WitnessPage]) -> None:
    answer[4][3] = ""
    evidence = check_table(answer, pages)
    assert evidence.count(None) == 23
    assert evidence.verdicts[4][3] is None
    assert flagged(evidence) == [(row, column) for row in range(6) for column in range(4) if (row, column) != (4, 3)]


def test_boxes_are_those_of_the_page_where_it_was_straightened(answer: Grid, page: WitnessPage) -> None:
    def moved(box: BoundingBox) -> BoundingBox:
        return BoundingBox(x0=box.x0 + 1000, top=box.top, x1=box.x1 + 1000, bottom=box.bottom)

    evidence = check_table(answer, [replace(page, on_page=moved)])
    verdict = evidence.verdicts[1][1]
    assert verdict is not None
    assert verdict.box is not None
    assert verdict.box.x0 == 1175


@pytest.mark.parametrize("grid", [[], [[]], [["", ""]], [["only"]], [["a", "b"], ["c"]], [["1"] * 300] * 3])
def test_odd_grids_have_a_verdict_for_each_value(page: WitnessPage, grid: Grid) -> None:
    evidence = check_table(grid, [page])
    assert [len(row) for row in evidence.verdicts] == [len(row) for row in grid]
    assert sum(verdict is not None for row in evidence.verdicts for verdict in row) == sum(
        bool(text) for row in grid for text in row
    )


def test_a_page_made_to_be_searched_for_ever_is_searched_a_while() -> None:
    """Every word goes on with every other: ways through them are more than could be tried."""
    rows = [["x a a a a a a a a a a a"] * 4] * 40
    page = printed(rows, columns=(40, 300, 500, 700), pitch=11)
    grid = [["a" * 180 + "b", "xa" * 90, "1,284"], *[["a " * 150, "x" + "a" * 300, ""]] * 20]
    began = time.process_time()
    evidence = check_table(grid, [page], header_rows=2)
    assert time.process_time() - began < 20
    assert evidence.verdicts[0][0] is not None


def test_a_long_text_is_followed_to_its_end() -> None:
    text = " ".join(f"word{number}" for number in range(400))
    lines = "\n".join(" ".join(text.split()[start : start + 20]) for start in range(0, 400, 20))
    page = printed([["Clause", ""], [lines, ""], ["Short", ""]])
    grid = [["Clause"], [text], ["Short"]]
    assert flagged(check_table(grid, [page])) == []
    grid[1][0] = text.replace("word399", "word398")
    assert flagged(check_table(grid, [page])) == [(1, 0)]


def test_a_text_from_the_right_takes_each_word_once() -> None:
    page = WitnessPage(
        page_number=1,
        words=(Word("שלום", 0, 100, 20, 110), Word("-", 0, 100, 5, 110), Word("-", 0, 100, 5, 110)),
    )
    assert [run.words for run in runs_of("שלום - - -", page.index)] == []
    assert [run.words for run in runs_of("שלום - -", page.index)] == [(0, 1, 2)]
