"""Values that a model gives, looked up on the page by the tool that returns them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.drawing import document, draw_text, grid, mapped_document, rule, words
from tests.ocr_pages import draw_ruled, encoded, needs_ocr, scanned_pdf
from tests.tools.conftest import House, house_settings, opened
from witnessmark.testing import FakeClaudeAPI
from witnessmark_tools.results import ReviewItem

pytestmark = pytest.mark.anyio

DUES = [
    ["Berth", "Length", "Dues", "Paid"],
    ["North 1", "12.5", "1,284.50", "yes"],
    ["North 2", "9.0", "937.25", "no"],
    ["South 1", "14.2", "4,018.00", "yes"],
    ["South 2", "11.1", "2,310.75", "no"],
    ["Total", "46.8", "8,550.50", ""],
]
CELLS = 23
BOTH = {"holding": 2, "broken": 0}
"""Lengths and dues are added up."""


def answer(rows: Sequence[Sequence[str]], *, page: int = 1, confidence: str = "high") -> dict[str, Any]:
    """Give a table as a model would."""
    head, *body = [list(row) for row in rows]
    return {"page": page, "title": None, "headers": head, "rows": body, "notes": [], "confidence": confidence}


def doubtful(items: Sequence[ReviewItem]) -> list[tuple[str | None, int | None, int | None, str | None]]:
    return [(item.status, item.row, item.column, item.value) for item in items if item.status is not None]


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


async def test_values_that_stand_where_they_are_given_are_located_with_their_boxes(
    house: House, api: FakeClaudeAPI
) -> None:
    api.answer_with({"tables": [answer(DUES)]})
    found = await house.call("extract_tables", document(grid(DUES)), detail="full")
    (table,) = found.tables
    assert table.evidence.model_dump() == {
        "cells": CELLS,
        "located": CELLS,
        "displaced": 0,
        "unlocated": 0,
        "sums": BOTH,
    }
    assert table.confidence == "high"
    assert found.needs_review == []
    places = {
        text: place
        for texts, row in zip([table.headers, *table.rows], table.places, strict=True)
        for text, place in zip(texts, row, strict=True)
        if text
    }
    assert {place.status for place in places.values()} == {"located"}
    # The third column ends at 340 - 4 points, the second row begins 18 points below the head.
    assert places["1,284.50"].box[2] == pytest.approx(336, abs=1)
    assert 118 <= places["1,284.50"].box[1] <= 124


async def test_a_figure_that_stands_nowhere_is_named_with_what_stands_there_instead(
    house: House, api: FakeClaudeAPI
) -> None:
    wrong = [list(row) for row in DUES]
    wrong[1][2] = "1,234.50"
    api.answer_with({"tables": [answer(wrong)]})
    found = await house.call("extract_tables", document(grid(DUES)))
    item = found.needs_review[0]
    assert (item.status, item.row, item.column, item.value) == ("unlocated", 1, 2, "1,234.50")
    assert item.nearest == "1,284.50"
    assert found.tables[0].evidence.model_dump() == {
        "cells": CELLS,
        "located": CELLS - 1,
        "displaced": 0,
        "unlocated": 1,
        "sums": {"holding": 1, "broken": 1},
    }
    assert found.tables[0].confidence == "medium"
    text = found.to_text()
    assert "22 of 23 values located, 1 unlocated; 1 sum holds, 1 sum does not hold" in text
    assert "1,284.50" in text
    assert [words.text for words in found.tables[0].left_over] == ["1,284.50"]


async def test_rows_that_were_swapped_are_named(house: House, api: FakeClaudeAPI) -> None:
    swapped = [*DUES[:2], DUES[3], DUES[2], *DUES[4:]]
    api.answer_with({"tables": [answer(swapped)]})
    found = await house.call("extract_tables", document(grid(DUES)))
    named = {(row, value) for status, row, _, value in doubtful(found.needs_review) if status == "displaced"}
    assert {(2, "South 1"), (2, "4,018.00")} <= named or {(3, "North 2"), (3, "937.25")} <= named
    assert {row for row, _ in named} <= {2, 3}


async def test_a_row_that_was_invented_is_named_and_the_others_are_not(house: House, api: FakeClaudeAPI) -> None:
    invented = [*DUES[:4], ["South 3", "10.7", "3,377.25", "yes"], *DUES[4:]]
    api.answer_with({"tables": [answer(invented)]})
    found = await house.call("extract_tables", document(grid(DUES)))
    named = doubtful(found.needs_review)
    assert {row for _, row, _, _ in named} == {4}
    assert {"10.7", "3,377.25"} <= {value for _, _, _, value in named}
    assert found.tables[0].confidence == "low"


async def test_a_row_that_is_missing_is_named_with_its_words_and_its_place(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with({"tables": [answer([*DUES[:3], *DUES[4:]])]})
    found = await house.call("extract_tables", document(grid(DUES)))
    lost = [words for words in found.tables[0].left_over if words.is_row]
    assert [(words.text, words.after_row) for words in lost] == [("South 1 14.2 4,018.00 yes", 2)]
    item = next(item for item in found.needs_review if item.nearest and "4,018.00" in item.nearest)
    assert (item.table_id, item.row, item.box) == ("t1", 2, lost[0].box)


async def test_a_cell_that_could_not_be_read_is_listed_and_not_looked_up(house: House, api: FakeClaudeAPI) -> None:
    unread = [list(row) for row in DUES]
    unread[2][2] = "[unreadable]"
    api.answer_with({"tables": [answer(unread)]})
    found = await house.call("extract_tables", document(grid(DUES)), detail="full")
    (table,) = found.tables
    assert table.places[2][2].status is None
    assert (table.evidence.located, table.evidence.unlocated) == (CELLS - 1, 0)
    assert [(item.row, item.column) for item in found.needs_review if item.value == "[unreadable]"] == [(2, 2)]
    assert table.confidence == "medium"


async def test_what_is_most_doubtful_comes_first(house: House, api: FakeClaudeAPI) -> None:
    wrong = [list(row) for row in DUES]
    wrong[1][3] = "[unreadable]"
    wrong[2][2], wrong[3][2] = wrong[3][2], wrong[2][2]
    wrong[4][2] = "2,301.57"
    api.answer_with({"tables": [answer(wrong, confidence="low")]})
    found = await house.call("extract_tables", document(grid(DUES)))
    ranks = [item.status or ("unreadable" if item.value else "table") for item in found.needs_review]
    assert list(dict.fromkeys(ranks)) == ["unlocated", "displaced", "table", "unreadable"]


async def test_a_table_over_pages_is_looked_up_on_each(house: House, api: FakeClaudeAPI) -> None:
    more = [DUES[0], ["East 1", "7.5", "812.00", "yes"], ["East 2", "8.1", "866.40", "no"]]
    continued = answer(more, page=2) | {"title": "(continued)"}
    wrong = [list(row) for row in more]
    wrong[2][1] = "8.7"
    api.answer_with({"tables": [answer(DUES), answer(wrong, page=2) | {"title": "(continued)"}]})
    found = await house.call("extract_tables", document(grid(DUES), grid(more)), detail="full")
    (table,) = found.tables
    assert [part.page for part in table.parts] == [1, 2]
    assert [(item.row, item.column, item.page, item.nearest) for item in found.needs_review] == [(7, 1, 2, "8.1")]
    assert {place.page for place in table.places[7]} == {2}
    api.answer_with({"tables": [answer(DUES), continued]})
    right = await house.call("extract_tables", document(grid(DUES), grid(more)), reuse=False)
    assert right.tables[0].evidence.located == right.tables[0].evidence.cells == CELLS + 8


async def test_the_offline_engine_is_looked_up_too(house: House) -> None:
    found = await house.call("extract_tables", document(grid(DUES)), model="offline")
    assert found.tables[0].evidence.located == CELLS


async def test_a_text_file_has_values_and_no_boxes(house: House) -> None:
    csv = "\n".join(",".join(f'"{cell}"' for cell in row) for row in DUES)
    found = await house.call("extract_tables", csv.encode(), "a.csv", model="offline", detail="full")
    (table,) = found.tables
    assert table.evidence.located == CELLS
    assert {place.box is None for row in table.places for place in row} == {True}


@needs_ocr
@pytest.mark.parametrize("skew", [0.0, 2.0], ids=["level", "skewed"])
async def test_the_words_of_a_scan_are_found_at_their_places_on_the_page(
    house: House, api: FakeClaudeAPI, skew: float
) -> None:
    wrong = [list(row) for row in DUES]
    wrong[3][2] = "4,081.00"
    api.answer_with({"tables": [answer(wrong)]})
    found = await house.call("extract_tables", scanned_pdf(draw_ruled(DUES, skew=skew)), detail="full")
    (table,) = found.tables
    item = found.needs_review[0]
    assert (item.status, item.value, item.nearest) == ("unlocated", "4,081.00", "4,018.00")
    assert table.evidence.located == CELLS - 1
    offline = await house.call(
        "extract_tables", scanned_pdf(draw_ruled(DUES, skew=skew)), "a.pdf", model="offline", detail="full"
    )
    theirs = offline.tables[0].places[5][2].box
    assert table.places[5][2].box == pytest.approx(theirs, abs=3)


async def test_without_ocr_a_scan_is_not_looked_up_and_that_is_said(api: FakeClaudeAPI, tmp_path: Path) -> None:
    api.answer_with({"tables": [answer(DUES)]})
    async with opened(house_settings(tmp_path, api, ocr="off"), tmp_path) as house:
        found = await house.call("extract_tables", encoded(draw_ruled(DUES)), "a.png", detail="full")
    (table,) = found.tables
    assert table.evidence.model_dump() == {
        "cells": CELLS,
        "located": None,
        "displaced": None,
        "unlocated": None,
        "sums": BOTH,
    }
    assert {place.status for row in table.places for place in row} == {None}
    assert any("not looked up" in warning and "witnessmark[ocr]" in warning for warning in found.warnings)
    assert "values not looked up" in found.to_text()
    assert found.needs_review == []


async def test_a_table_that_stands_nowhere_has_no_value_located(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with({"tables": [answer(DUES)]})
    found = await house.call("extract_tables", draw_text(["The harbour was closed"]))
    evidence = found.tables[0].evidence
    assert (evidence.located, evidence.unlocated) == (0, CELLS)
    assert found.tables[0].confidence == "low"


MENU = (
    ("Starters", [["Bean soup", "4.50"], ["Olives", "3.20"], ["Bread", "1.80"]]),
    ("Mains", [["Hake", "14.00"], ["Stew", "12.60"], ["Rice", "11.40"]]),
    ("Sweets", [["Tart", "5.10"], ["Cheese", "6.30"], ["Figs", "4.90"]]),
)


def menu() -> bytes:
    """Set lists with the same columns below one another, each under a heading."""
    page, top = b"", 80.0
    for title, rows in MENU:
        page += words(title, x=60, top=top, font="F2")
        for number, (dish, price) in enumerate(rows, start=1):
            page += words(dish, x=60, top=top + 16 * number) + words(price, x=220, top=top + 16 * number)
        top += 16 * (len(rows) + 1)
    return document(page)


async def test_the_rows_of_the_table_below_are_no_rows_that_a_table_lacks(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with({"tables": [answer([["", ""], *rows]) for _, rows in MENU]})
    found = await house.call("extract_tables", menu())
    assert found.needs_review == []
    assert [table.confidence for table in found.tables] == ["high"] * 3
    assert all(table.left_over == [] for table in found.tables)


async def test_a_row_between_two_tables_that_neither_has_is_missing(house: House, api: FakeClaudeAPI) -> None:
    given = [[["", ""], *rows] for _, rows in MENU]
    given[0] = given[0][:-1]
    api.answer_with({"tables": [answer(rows) for rows in given]})
    found = await house.call("extract_tables", menu())
    assert "Bread 1.80" in {item.nearest for item in found.needs_review}


async def test_a_page_without_any_word_is_not_looked_up_and_that_is_said(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with({"tables": [answer(DUES)]})
    found = await house.call("extract_tables", document(rule(60, 100, 300, 100)))
    assert found.tables[0].evidence.located is None
    assert any("Page 1: values were not looked up." in warning for warning in found.warnings)


@needs_ocr
async def test_a_figure_that_only_a_lying_text_layer_says_is_not_located(house: House, api: FakeClaudeAPI) -> None:
    lies = [["Item", "Amount"], ["Rent", "900"], ["Energy", "250"], ["Repairs", "936"], ["Travel", "415"]]
    shown = [[text.replace("9", "1") for text in row] for row in lies]
    page = b"".join(
        words(text, x=60 + 120 * column, top=100 + 18 * row, font="F3")
        for row, texts in enumerate(shown)
        for column, text in enumerate(texts)
    )
    api.answer_with({"tables": [answer(lies)]})
    found = await house.call("extract_tables", mapped_document(page, says={"1": "9"}), model="claude-sonnet-5-5")
    wrong = {item.value: item.nearest for item in found.needs_review if item.status == "unlocated"}
    assert wrong["900"] == "100"
    assert "936" in wrong
    both = "The text layer says '900' here, the page shows '100'."
    assert both in [item.reason for item in found.needs_review]


# --- what the page has and the table leaves empty -------------------------------------------------------------------

REGIONS = [
    ["Region", "2021", "2022", "2023"],
    ["North", "1,234", "2,345", "3,456"],
    ["South", "4,567", "5,678", "6,789"],
    ["East", "7,890", "8,901", "9,012"],
    ["West", "1,357", "2,468", "3,579"],
]


def without(rows: Sequence[Sequence[str]], *cells: tuple[int, int]) -> list[list[str]]:
    """Empty cells of a table."""
    made = [list(row) for row in rows]
    for row, column in cells:
        made[row][column] = ""
    return made


@pytest.mark.parametrize("cells", [[(2, 2)], [(1, 1), (4, 3)], [(1, 3), (2, 3), (3, 3), (4, 3)]])
async def test_an_amount_whose_cell_is_empty_is_to_be_looked_at(
    house: House, api: FakeClaudeAPI, cells: list[tuple[int, int]]
) -> None:
    api.answer_with({"tables": [answer(without(REGIONS, *cells))]})
    found = await house.call("extract_tables", document(grid(REGIONS)))
    (table,) = found.tables
    assert table.confidence == "medium"
    assert [(item.table_id, item.row, item.column, item.page, item.nearest) for item in found.needs_review] == [
        ("t1", row, column, 1, REGIONS[row][column]) for row, column in cells
    ]
    row, column = cells[0]
    item = found.needs_review[0]
    assert item.reason == f"The page prints '{REGIONS[row][column]}' in this row, and the table has it in no cell."
    assert item.box is not None
    assert 100 + 18 * row < item.box[1] < 100 + 18 * (row + 1)


async def test_cells_that_are_empty_on_the_page_and_words_next_to_the_table_are_no_doubt(
    house: House, api: FakeClaudeAPI
) -> None:
    rows = without(REGIONS, (2, 2), (3, 1))
    others = [
        words("in thousands", x=430, top=100),
        words("see note 12", x=430, top=140),
        words("Source: harbour office", x=60, top=260),
    ]
    api.answer_with({"tables": [answer(rows)]})
    found = await house.call("extract_tables", document(grid(rows) + b"".join(others)))
    assert (found.tables[0].confidence, found.needs_review) == ("high", [])


TEAMS = {
    "Reds": [("Jan", "12", "3"), ("Feb", "9", "4"), ("Mar", "11", "2")],
    "Blues": [("Jan", "8", "7"), ("Feb", "9", "4"), ("Mar", "10", "5")],
    "Greens": [("Jan", "6", "6"), ("Feb", "7", "8"), ("Mar", "5", "1")],
}


def team_rows() -> list[list[str]]:
    return [[team, *month] for team, months in TEAMS.items() for month in months]


def draw_teams() -> bytes:
    """Draw a table whose first column has one label in the middle of three rows."""
    drawn = [words(text, x=60 + 80 * number, top=100) for number, text in enumerate(["Team", "Month", "Won", "Lost"])]
    for number, (team, *texts) in enumerate(team_rows()):
        top = 118 + 18 * number
        drawn += [words(text, x=140 + 80 * column, top=top) for column, text in enumerate(texts)]
        if number % 3 == 1:
            drawn.append(words(team, x=60, top=top))
    return document(b"".join(drawn))


@pytest.mark.parametrize("is_repeated", [True, False])
async def test_a_row_that_is_level_with_a_label_over_rows_is_missing(
    house: House, api: FakeClaudeAPI, is_repeated: bool
) -> None:
    rows = [[team if is_repeated or month == "Jan" else "", month, *more] for team, month, *more in team_rows()]
    head = ["Team", "Month", "Won", "Lost"]
    api.answer_with({"tables": [answer([head, *rows])]})
    found = await house.call("extract_tables", draw_teams(), name="whole.pdf")
    assert (found.tables[0].confidence, found.needs_review) == ("high", [])
    api.answer_with({"tables": [answer([head, *rows[:4], *rows[5:]])]})
    found = await house.call("extract_tables", draw_teams(), name="lost.pdf")
    assert found.tables[0].confidence == "low"
    (item,) = [one for one in found.needs_review if one.nearest is not None]
    assert (item.row, item.nearest) == (4, "Feb 9 4")
