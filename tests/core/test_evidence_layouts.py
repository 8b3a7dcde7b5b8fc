"""Right tables in layouts that are not plain grids: nothing in them is flagged, and a wrong neighbour still is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from tests.core.printed import HEIGHT, LETTER, words_at
from witnessmark.evidence.check import check_table
from witnessmark.evidence.verdicts import TableEvidence
from witnessmark.evidence.witness import WitnessPage
from witnessmark.values import Word

Grid = list[list[str]]


def page_of(*lines: Sequence[Word]) -> WitnessPage:
    return WitnessPage(page_number=1, words=tuple(word for words in lines for word in words))


def turned_at(x: float, bottom: float, *lines: str) -> list[Word]:
    """Set lines that are read from the bottom up, each to the right of the one before."""
    words: list[Word] = []
    for number, line in enumerate(lines):
        left, y = x + 11 * number, bottom
        for text in line.split():
            words.append(Word(text, left, y - LETTER * len(text), left + HEIGHT, y, angle=270))
            y -= LETTER * len(text) + LETTER * 0.6
    return words


def row_at(top: float, label: str, *figures: str) -> list[Word]:
    words = words_at(40, top, label)
    for number, text in enumerate(figures):
        words += words_at(160 + 60 * number - LETTER * len(text), top, text)
    return words


def flagged(evidence: TableEvidence) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row, verdicts in enumerate(evidence.verdicts)
        for column, verdict in enumerate(verdicts)
        if verdict is not None and verdict.status != "located"
    ]


def changed(answer: Grid, *cells: tuple[int, int, str]) -> Grid:
    grid = [list(row) for row in answer]
    for row, column, text in cells:
        grid[row][column] = text
    return grid


# --- turned headers


@pytest.fixture
def turned() -> tuple[WitnessPage, Grid]:
    answer = [
        ["Harbour", "Boats in all", "Paid dues", "Nets", "Share of nets stored"],
        ["Faro", "963", "439", "55", "26"],
        ["Olhao", "1026", "349", "30", "31"],
        ["Tavira", "611", "180", "22", "35"],
    ]
    page = page_of(
        words_at(40, 150, "Harbour"),
        turned_at(148, 160, "Boats", "in all"),
        turned_at(208, 160, "Paid dues"),
        turned_at(268, 160, "Nets"),
        turned_at(322, 160, "Share of", "nets stored"),
        *(row_at(170 + 14 * number, row[0], *row[1:]) for number, row in enumerate(answer[1:])),
    )
    return page, answer


def test_headers_that_are_turned_are_read_in_their_own_direction(turned: tuple[WitnessPage, Grid]) -> None:
    page, answer = turned
    evidence = check_table(answer, [page])
    assert flagged(evidence) == []
    assert evidence.left_over == ()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (((0, 1, "Paid dues"), (0, 2, "Boats in all")), [(0, 1), (0, 2)]),
        (((0, 2, "dues Paid"),), [(0, 2)]),
        (((0, 2, "Paid"),), [(0, 2)]),
        (((0, 4, "Share of"),), [(0, 4)]),
    ],
    ids=["exchanged", "words exchanged", "a word dropped", "a line dropped"],
)
def test_a_turned_header_that_differs_is_flagged(
    turned: tuple[WitnessPage, Grid], cells: Sequence[tuple[int, int, str]], found: list[tuple[int, int]]
) -> None:
    page, answer = turned
    assert flagged(check_table(changed(answer, *cells), [page])) == found


# --- labels over several rows

GROUPS = [
    ["Coast", "Harbour", "Keeper", "Boats"],
    ["North", "Viana", "A. Reis", "164"],
    ["", "Aveiro", "B. Luz", "126"],
    ["", "Leixoes", "C. Maia", "74"],
    ["", "Total North", "", "364"],
    ["South", "Faro", "D. Sol", "59"],
    ["", "Olhao", "E. Vaz", "71"],
    ["", "Lagos", "F. Rio", "64"],
    ["", "Sines", "G. Mar", "52"],
    ["", "Total South", "", "246"],
    ["Both coasts", "", "", "610"],
]


def groups_page(*, valign: str) -> WitnessPage:
    """Set groups of rows whose label stands at their top, in their middle or at their bottom, totals at the right."""
    tops = [100 + 14 * row for row in range(len(GROUPS))]
    words: list[Word] = []
    for row, (label, harbour, keeper, boats) in enumerate(GROUPS):
        is_total = "Total" in harbour or "Both" in label
        text = label if is_total and label else harbour
        words += words_at(300 - LETTER * len(text), tops[row], text) if is_total else words_at(120, tops[row], harbour)
        words += words_at(220, tops[row], keeper) + words_at(400 - LETTER * len(boats), tops[row], boats)
    for label, first, last in (("Coast", 0, 0), ("North", 1, 4), ("South", 5, 9)):
        top = {"top": tops[first], "middle": (tops[first] + tops[last]) / 2, "bottom": tops[last]}[valign]
        words += words_at(40, top, label)
    return WitnessPage(page_number=1, words=tuple(words))


def filled_down(grid: Grid, column: int) -> Grid:
    filled = [list(row) for row in grid]
    for above, row in pairwise(filled):
        row[column] = row[column] or above[column]
    return filled


@pytest.mark.parametrize("valign", ["top", "middle", "bottom"])
@pytest.mark.parametrize("is_repeated", [False, True], ids=["once", "in each row"])
def test_a_label_may_stand_anywhere_beside_its_rows(valign: str, *, is_repeated: bool) -> None:
    answer = [*filled_down(GROUPS[:-1], 0), GROUPS[-1]] if is_repeated else GROUPS
    evidence = check_table(answer, [groups_page(valign=valign)])
    assert flagged(evidence) == []
    assert evidence.left_over == ()


@pytest.mark.parametrize("valign", ["top", "middle", "bottom"])
@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (((1, 0, "South"), (5, 0, "North")), [(1, 0), (5, 0)]),
        (((2, 1, "Leixoes"), (3, 1, "Aveiro")), [(2, 1), (3, 1)]),
        (((1, 3, "126"), (2, 3, "164")), [(1, 3), (2, 3)]),
        (((6, 1, ""), (6, 2, "Olhao")), [(6, 2)]),
        (((6, 1, "E. Vaz"), (6, 2, "")), [(6, 1)]),
    ],
    ids=[
        "labels exchanged",
        "rows' names exchanged",
        "values exchanged",
        "a name in the next column",
        "a name in the column before",
    ],
)
def test_a_neighbour_of_what_is_merged_is_flagged(
    valign: str, cells: Sequence[tuple[int, int, str]], found: list[tuple[int, int]]
) -> None:
    wrong = flagged(check_table(changed(GROUPS, *cells), [groups_page(valign=valign)]))
    assert set(found) <= set(wrong)
    assert len(wrong) <= len(found) + 1


def test_cells_in_the_middle_of_taller_ones_are_in_their_row() -> None:
    """Numbers and names of three rows stand in the middle of their text; the last two rows share both."""
    answer = [
        ["No.", "State", "Illness", "Cases", "Comment"],
        ["1", "Kerala", "Fever", "19", "Cases came from the third ward and were seen to"],
        ["2", "Bengal", "Mumps", "45", "Serum samples were taken at once"],
        ["", "", "Ague", "85", "A team looked into the matter and gave advice"],
    ]
    words = [
        word for x, text in zip((40, 80, 150, 230, 290), answer[0], strict=True) for word in words_at(x, 100, text)
    ]
    comments = [("Cases came from the third", "ward and were", "seen to"), ("Serum samples", "were taken at once")]
    comments.append(("A team looked into", "the matter and", "gave advice"))
    top = 120.0
    middles: list[float] = []
    for row, lines in enumerate(comments, start=1):
        middle = top + 11 * (len(lines) - 1) / 2
        middles.append(middle)
        words += words_at(150, middle, answer[row][2]) + words_at(245, middle, answer[row][3])
        for number, line in enumerate(lines):
            words += words_at(290, top + 11 * number, line)
        top += 11 * len(lines) + 6
    words += words_at(45, middles[0], "1") + words_at(80, middles[0], "Kerala")
    shared = (120 + 39 + (top - 6)) / 2 - HEIGHT / 2
    words += words_at(45, shared, "2") + words_at(80, shared, "Bengal")
    page = page_of(words)
    assert flagged(check_table(answer, [page])) == []
    for cells in (((2, 0, "1"), (1, 0, "2")), ((1, 1, "Bengal"), (2, 1, "Kerala")), ((2, 3, "85"), (3, 3, "45"))):
        assert flagged(check_table(changed(answer, *cells), [page])) == sorted(cell[:2] for cell in cells)


# --- texts over several columns

ROSTER = [
    ["Name", "Mon", "Tue", "Wed", "Thu", "Fri", "Hours"],
    ["Reis", "E", "L", "F", "N", "U", "22"],
    ["Luz", "L", "Leave", "", "", "E", "42"],
    ["Maia", "N", "N", "E", "L", "F", "31"],
    ["Sol", "F", "E", "L", "", "N", "30"],
    ["Break", "All hands at the pier", "", "", "", "", ""],
    ["Vaz", "E", "F", "N", "U", "L", "36"],
]


def roster_page() -> WitnessPage:
    words: list[Word] = []
    middles = [60.0, 150.0, 210.0, 270.0, 330.0, 390.0, 450.0]
    for row, texts in enumerate(ROSTER):
        for column, text in enumerate(texts):
            middle = middles[column]
            if text == "Leave":
                middle = middles[3]
            elif text.startswith("All hands"):
                middle = (middles[1] + middles[6]) / 2
            words += words_at(middle - LETTER * len(text) / 2, 100 + 16 * row, text)
    return WitnessPage(page_number=1, words=tuple(words))


def test_a_text_in_the_middle_of_the_columns_that_it_is_for_is_the_first_ones() -> None:
    evidence = check_table(ROSTER, [roster_page()])
    assert flagged(evidence) == []
    assert evidence.left_over == ()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (((4, 3, ""), (4, 4, "L")), [(4, 4)]),
        (((2, 2, ""), (2, 4, "Leave")), [(2, 4)]),
        (((2, 1, "Leave"), (2, 2, "L")), [(2, 1), (2, 2)]),
        (((5, 1, ""), (6, 1, "All hands at the pier")), [(6, 1)]),
    ],
    ids=["in the empty cell beside", "from a later column", "exchanged with the one before", "in the next row"],
)
def test_a_text_beside_empty_cells_is_not_taken_for_a_merged_one(
    cells: Sequence[tuple[int, int, str]], found: list[tuple[int, int]]
) -> None:
    assert set(found) <= set(flagged(check_table(changed(ROSTER, *cells), [roster_page()])))


# --- totals, and what stands next to a table

INVOICE = [
    ["Pos.", "Item", "Unit", "Count", "Amount"],
    ["1", "Rope of hemp", "m", "30", "96.00"],
    ["2", "Lamp oil", "can", "4", "31.20"],
    ["3", "Paint", "can", "2", "44.80"],
    ["Subtotal", "", "", "", "172.00"],
    ["Total to be paid", "", "", "", "204.68"],
]


def invoice_page(at: str, *others: Word) -> WitnessPage:
    words = list(others)
    rights = [60.0, 0.0, 0.0, 300.0, 380.0]
    for row, texts in enumerate(INVOICE):
        top = 100 + 16.0 * row
        for column, text in enumerate(texts):
            width = LETTER * len(text)
            if row > 3 and column == 0:
                x = {"left": 45.0, "centre": 172.0 - width / 2, "right": 300 - width}[at]
            else:
                x = {1: 80.0, 2: 200.0}.get(column, rights[column] - width)
            words += words_at(x, top, text)
    return WitnessPage(page_number=1, words=tuple(words))


@pytest.mark.parametrize("at", ["left", "centre", "right"])
def test_the_label_of_a_total_may_stand_anywhere_over_the_columns_before_its_amount(at: str) -> None:
    evidence = check_table(INVOICE, [invoice_page(at)])
    assert flagged(evidence) == []
    assert evidence.left_over == ()


@pytest.mark.parametrize("at", ["left", "centre", "right"])
@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (((4, 0, "Total to be paid"), (5, 0, "Subtotal")), {(4, 0), (5, 0)}),
        (((2, 1, "Paint"), (3, 1, "Lamp oil")), {(2, 1), (3, 1)}),
        (((1, 0, "Rope of hemp"), (1, 1, "")), {(1, 0)}),
        (((4, 4, "204.68"), (5, 4, "172.00")), {(4, 4), (5, 4)}),
        (((4, 3, "172.00"), (4, 4, "")), {(4, 3)}),
    ],
    ids=["labels exchanged", "items exchanged", "an item in the column before", "amounts exchanged", "amount moved"],
)
def test_what_is_exchanged_around_a_total_is_flagged(
    at: str, cells: Sequence[tuple[int, int, str]], found: set[tuple[int, int]]
) -> None:
    assert found <= set(flagged(check_table(changed(INVOICE, *cells), [invoice_page(at)])))


@pytest.mark.parametrize("gap", [20.0, 30.0, 60.0])
def test_text_next_to_a_table_is_no_part_of_it(gap: float) -> None:
    prose = [
        word
        for line in range(9)
        for word in words_at(380 + gap, 97 + 12.5 * line, "the nets of the harbour were mended in spring")
    ]
    evidence = check_table(INVOICE, [invoice_page("right", *prose)])
    assert flagged(evidence) == []
    assert evidence.left_over == ()


def test_a_heading_that_is_repeated_in_each_column_stands_once() -> None:
    answer = [
        ["Item", "2024", "2025"],
        ["North coast", "North coast", "North coast"],
        ["Ropes", "96", "31"],
        ["South coast", "South coast", "South coast"],
        ["Lamps", "44", "17"],
    ]
    page = page_of(
        row_at(100, *answer[0]),
        words_at(90, 116, "North coast"),
        row_at(132, *answer[2]),
        words_at(90, 148, "South coast"),
        row_at(164, *answer[4]),
    )
    assert flagged(check_table(answer, [page])) == []
    exchanged = [answer[0], answer[3], answer[2], answer[1], answer[4]]
    assert {(1, 0), (3, 0)} <= set(flagged(check_table(exchanged, [page])))


# --- signs that OCR overlooks

COVER = [
    ["Damage", "Basic", "Plus", "Boats"],
    ["Fire", "\u2713", "\u2713", "4"],
    ["Water", "\u2013", "\u2713", "7"],
    ["Theft", "\u2013", "N", "9"],
]


def cover_page(*, unread: Sequence[tuple[int, int]], by_ocr: bool) -> WitnessPage:
    words = [
        word
        for row, texts in enumerate(COVER)
        for column, text in enumerate(texts)
        if (row, column) not in unread
        for word in words_at((40, 150, 210, 270)[column], 100 + 16 * row, text)
    ]
    return WitnessPage(page_number=1, words=tuple(words), is_read_by_ocr=by_ocr)


def statuses(grid: Grid, page: WitnessPage, cells: Sequence[tuple[int, int]]) -> list[str | None]:
    verdicts = check_table(grid, [page]).verdicts
    return [verdict.status if (verdict := verdicts[row][column]) is not None else "no verdict" for row, column in cells]


def test_a_sign_where_ocr_read_nothing_is_not_checked() -> None:
    cells = [(1, 2), (2, 2), (3, 2)]
    assert statuses(COVER, cover_page(unread=cells, by_ocr=True), cells) == [None, None, None]


def test_a_sign_that_a_text_layer_lacks_is_flagged() -> None:
    cells = [(1, 2), (3, 2)]
    assert None not in statuses(COVER, cover_page(unread=cells, by_ocr=False), cells)
    assert "located" not in statuses(COVER, cover_page(unread=cells, by_ocr=False), cells)


def test_a_digit_where_ocr_read_nothing_and_a_sign_where_it_read_another_are_flagged() -> None:
    page = cover_page(unread=[(2, 3)], by_ocr=True)
    wrong = changed(COVER, (1, 1, "N"), (3, 2, "\u2713"))
    found = statuses(wrong, page, [(2, 3), (1, 1), (3, 2)])
    assert None not in found
    assert "located" not in found


# --- words across the page, and text from the right


def test_a_word_drawn_across_a_table_is_in_no_row_of_it() -> None:
    watermark = Word("DRAFT", 60.0, 60.0, 330.0, 240.0)
    page = invoice_page("right", watermark)
    evidence = check_table(INVOICE, [page])
    assert flagged(evidence) == []
    assert evidence.left_over == ()
    wrong = changed(INVOICE, (1, 4, "31.20"), (2, 4, "96.00"))
    assert flagged(check_table(wrong, [page])) == [(1, 4), (2, 4)]


def test_cells_of_several_words_are_read_from_the_right() -> None:
    answer = [
        ["\u05e9\u05dd \u05e4\u05e8\u05d8\u05d9", "\u05de\u05d2\u05d5\u05e8\u05d9\u05dd", "2024"],
        ["\u05d9\u05e2\u05dc \u05db\u05d4\u05df", "\u05ea\u05dc \u05d0\u05d1\u05d9\u05d1", "1,284"],
        ["\u05db\u05d1\u05dc USB \u05d0\u05e8\u05d5\u05da", "\u05d1\u05d0\u05e8 \u05e9\u05d1\u05e2", "937"],
    ]
    words: list[Word] = []
    for row, texts in enumerate(answer):
        for right, text in zip((400, 280, 160), texts, strict=True):
            x = float(right)
            for word in text.split():
                x -= LETTER * len(word)
                words.append(Word(word, x, 100 + 16.0 * row, x + LETTER * len(word), 110 + 16.0 * row))
                x -= LETTER * 0.6
    page = WitnessPage(page_number=1, words=tuple(words))
    assert flagged(check_table(answer, [page])) == []
    exchanged = changed(answer, (1, 1, answer[2][1]), (2, 1, answer[1][1]))
    assert flagged(check_table(exchanged, [page])) == [(1, 1), (2, 1)]


# --- header rows that are none


def test_a_first_row_that_was_taken_for_a_header_is_checked_as_a_row() -> None:
    answer = [
        ["State", "District", "Illness", "Cases"],
        ["Kerala", "Kollam", "Cholera", "19"],
        ["", "", "Dengue", "11"],
        ["", "", "Fever", "42"],
        ["Bengal", "Birbhum", "Mumps", "145"],
    ]
    columns = (40, 110, 190, 290)
    lines = [
        [word for x, text in zip(columns, row, strict=True) for word in words_at(x, 100 + 16 * number, text)]
        for number, row in enumerate([answer[0], ["", "", "Cholera", "19"], *answer[2:]])
    ]
    centred = [*words_at(40, 132, "Kerala"), *words_at(110, 132, "Kollam")]
    page = page_of(*lines, centred)
    assert flagged(check_table(answer, [page], header_rows=2)) == []
    assert flagged(check_table(changed(answer, (1, 3, "11"), (2, 3, "19")), [page], header_rows=2))
    assert flagged(check_table(changed(answer, (1, 3, "42")), [page], header_rows=2)) == [(1, 3)]
