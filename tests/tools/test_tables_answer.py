"""Answers of models made tables: values in, values out."""

from __future__ import annotations

import re
import traceback
from typing import Any

import pytest

from witnessmark.documents.content import Content
from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.images import FrameFacts, ImageFacts
from witnessmark.documents.text_size import TextSize
from witnessmark.errors import ApiError
from witnessmark.offline.tables.values import Table
from witnessmark.plans.halving import halved
from witnessmark.plans.models import model_named
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Ask
from witnessmark_tools.tables_answer import (
    MOST_CELLS,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    AnswerUnusable,
    parse_answer,
    tables_from_answers,
)
from witnessmark_tools.tables_plan import plan_tables

SONNET = model_named("sonnet")
HEADERS = ["Department", "2024 Plan", "2024 Actual"]


def _said(page: int, **others: Any) -> dict[str, Any]:
    rows = [[f"Harbour {page}", "1,284.50", "(1,212.00)"], [f"Pilots {page}", "7", "—"]]
    table = {"page": page, "title": None, "headers": HEADERS, "rows": rows, "notes": [], "confidence": "high"}
    return table | others


def _tables(*parts: tuple[Ask, list[dict[str, Any]]], document: Document | None = None) -> tuple[Table, ...]:
    tables, warnings = _both(*parts, document=document)
    assert warnings == []
    return tables


def _both(
    *parts: tuple[Ask, list[dict[str, Any]]], document: Document | None = None
) -> tuple[tuple[Table, ...], list[str]]:
    answers = [(ask, parse_answer({"tables": tables})) for ask, tables in parts]
    return tables_from_answers(answers, document or _pdf())


# --- one table ------------------------------------------------------------------------------------------------------


def test_a_table_comes_back_as_it_was_answered() -> None:
    (table,) = _tables((_ask(range(1, 4)), [_said(2, title="Budget", notes=["Source: register"], confidence="medium")]))
    assert (table.page_number, table.title, table.notes, table.confidence) == (
        2,
        "Budget",
        ("Source: register",),
        "medium",
    )
    assert table.headers == tuple(HEADERS)
    assert table.body == (("Harbour 2", "1,284.50", "(1,212.00)"), ("Pilots 2", "7", "—"))
    (part,) = table.parts
    assert (part.page_number, part.first_row, part.last_row, part.repeats_header) == (2, 0, 2, False)
    assert [cell.row if cell else None for row in table.rows for cell in row[:1]] == [0, 1, 2]


@pytest.mark.parametrize("headers", [[], [""], ["", " ", ""]], ids=["none", "one blank", "blanks"])
def test_a_table_without_headers_has_none_and_its_rows_count_from_one(headers: list[str]) -> None:
    (table,) = _tables((_ask([1]), [_said(1, headers=headers)]))
    assert (table.header_rows, table.headers, len(table.body), table.column_count) == (0, (), 2, 3)
    assert (table.parts[0].first_row, table.parts[0].last_row) == (1, 2)
    assert table.confidence == "high"


# --- pages ----------------------------------------------------------------------------------------------------------


def test_a_page_of_a_part_is_the_page_of_the_document() -> None:
    others = {"headers": ["A", "B"], "rows": [["x", "y"]]}
    ask = _ask([3, 4, 9])
    found = _tables((ask, [_said(1), _said(3, **others)]), (_ask([12]), [_said(1)]))
    assert [table.page_number for table in found] == [3, 9, 12]
    assert [table.parts[0].page_number for table in found] == [3, 9, 12]


@pytest.mark.parametrize(("named", "page"), [(0, 3), (-5, 3), (4, 9), (10**40, 9)], ids=["0", "-5", "4", "10**40"])
def test_a_page_that_the_part_has_not_is_the_nearest_and_said(named: int, page: int) -> None:
    (table,), warnings = _both((_ask([3, 4, 9]), [_said(named)]))
    assert table.page_number == page
    assert len(warnings) == 1
    assert f"listed under page {page}" in warnings[0]
    assert f"{max(min(named, 10**9), -(10**9)):,}" in warnings[0]


def test_an_image_is_named_by_its_label() -> None:
    document = _tiff(9)
    pages = tuple(PageFacts(page_number=n, width=560, height=280, text="scan") for n in (4, 5, 8))
    (ask,) = plan_tables(document, pages, SONNET).asks
    others = {"headers": ["A"], "rows": [["x"]]}
    found, warnings = _both((ask, [_said(4), _said(8, **others), _said(1, **others)]), document=document)
    assert [table.page_number for table in found] == [4, 4, 8]
    assert len(warnings) == 1
    assert "named page 1," in warnings[0]


def test_tables_come_in_the_order_of_the_pages_and_of_a_page_as_answered() -> None:
    answered = [_said(2, title="c"), _said(1, title="a"), _said(2, title="d"), _said(1, title="b")]
    assert [table.title for table in _tables((_ask([1, 2]), answered))] == ["a", "b", "c", "d"]


def test_the_answers_for_halves_stand_on_the_pages_of_the_whole() -> None:
    halves = halved(_ask(range(1, 8)))
    assert halves is not None
    first, second = halves
    titled = [_said(1, title="a"), _said(4, title="b")]
    found = _tables((first, titled), (second, [_said(1, title="c"), _said(3, title="d")]))
    assert [(table.title, table.page_number) for table in found] == [("a", 1), ("b", 4), ("c", 5), ("d", 7)]


# --- tables that run over pages -------------------------------------------------------------------------------------

GOES_ON = {
    "the same headers": _said(2),
    "headers set otherwise": _said(2, headers=["DEPARTMENT", "2024  Plan", "2024\nActual"]),
    "no headers": _said(2, headers=[]),
    "the same title": _said(2, title="Table 3: Budget"),
    "continued in the title": _said(2, title="Table 3: Budget (continued)"),
    "continued as the title": _said(2, title="(continued)"),
}


@pytest.mark.parametrize("second", GOES_ON.values(), ids=GOES_ON)
@pytest.mark.parametrize("is_one_part", [True, False], ids=["within a part", "over two parts"])
def test_a_table_that_goes_on_is_one_table(second: dict[str, Any], is_one_part: bool) -> None:
    first = _said(1, title="Table 3: Budget", notes=["a"])
    second |= {"notes": ["a", "b"], "confidence": "medium"}
    if is_one_part:
        (table,) = _tables((_ask([1, 2]), [first, second]))
    else:
        (table,) = _tables((_ask([1]), [first]), (_ask([2]), [second | {"page": 1}]))
    assert table.title == "Table 3: Budget"
    assert table.headers == tuple(HEADERS)
    assert [row[0] for row in table.body] == ["Harbour 1", "Pilots 1", "Harbour 2", "Pilots 2"]
    assert [(p.page_number, p.first_row, p.last_row, p.repeats_header) for p in table.parts] == [
        (1, 0, 2, False),
        (2, 3, 4, bool(second["headers"])),
    ]
    assert (table.notes, table.confidence) == (("a", "b"), "medium")


STANDS_ALONE = {
    "other columns": _said(2, headers=["A", "B"], rows=[["1", "2"]]),
    "other headers": _said(2, headers=["Department", "2025 Plan", "2025 Actual"]),
    "another currency": _said(2, headers=["Department", "2024 Plan", "$"]),
    "another title": _said(2, title="Table 4: Staff"),
    "another title, continued": _said(2, title="Table 4: Staff (continued)"),
    "the page after the next": _said(3),
    "the same page": _said(1),
}


@pytest.mark.parametrize("second", STANDS_ALONE.values(), ids=STANDS_ALONE)
def test_a_table_that_does_not_plainly_go_on_stands_alone(second: dict[str, Any]) -> None:
    first = _said(1, title="Table 3: Budget")
    if second["headers"][-1] == "$":
        first["headers"] = ["Department", "2024 Plan", "€"]
    assert len(_tables((_ask([1, 2, 3]), [first, second]))) == 2


def test_only_the_last_table_of_a_page_goes_on_and_only_in_the_first_of_the_next() -> None:
    found = _tables((_ask([1, 2, 3]), [_said(1), _said(1), _said(2), _said(2), _said(3)]))
    assert [[part.page_number for part in table.parts] for table in found] == [[1], [1, 2], [2, 3]]


def test_a_table_over_many_pages_and_parts_is_one() -> None:
    parts = [(_ask(range(first, first + 10)), [_said(n) for n in range(1, 11)]) for first in range(1, 101, 10)]
    (table,) = _tables(*parts)
    assert [part.page_number for part in table.parts] == list(range(1, 101))
    assert len(table.body) == 200
    assert table.parts[-1].last_row == 200
    assert [cell.row for row in table.rows if (cell := row[0]) is not None] == list(range(201))


def test_what_stands_where_headers_were_repeated_otherwise_becomes_a_row_and_the_table_doubtful() -> None:
    row = ["Dredging", "12", "14"]
    (table,) = _tables((_ask([1, 2]), [_said(1), _said(2, title="(continued)", headers=row)]))
    assert table.body[2] == tuple(row)
    assert len(table.body) == 5
    assert table.confidence == "low"


def test_a_page_that_failed_between_two_parts_parts_the_table() -> None:
    assert len(_tables((_ask([1, 2]), [_said(2)]), (_ask([4, 5]), [_said(1)]))) == 2


def test_a_table_that_begins_in_its_middle_has_no_title() -> None:
    (table,) = _tables((_ask([7]), [_said(1, title="(continued)")]))
    assert table.title is None
    (table,) = _tables((_ask([7]), [_said(1, title="Table 3 (continued)")]))
    assert table.title == "Table 3 (continued)"


def test_a_table_over_two_parts_of_a_text_is_one_on_page_one() -> None:
    content = Content.of_bytes("a.md", b"x")
    document = Document(name="a.md", content=content, media_type="text/markdown", page_count=1, reader="text")
    pages = (PageFacts(page_number=1, width=None, height=None, text="text layer"),)
    blocks = text_blocks("a.md", "one\ntwo\n")
    (ask,) = plan_tables(document, pages, SONNET, texts=blocks).asks
    halves = halved(ask)
    assert halves is not None
    (table,) = _tables(*[(half, [_said(1)]) for half in halves], document=document)
    assert len(table.body) == 4
    assert [(part.page_number, part.last_row) for part in table.parts] == [(1, 4)]
    assert len(_tables((ask, [_said(1), _said(1)]), document=document)) == 2


# --- what is not as it should be ------------------------------------------------------------------------------------


def test_no_cell_of_a_ragged_row_is_lost_and_the_table_is_doubtful() -> None:
    rows = [["a", "b", "c", "d", "e"], ["f"], ["g", "h", "i"], []]
    (table,), warnings = _both((_ask([5]), [_said(1, rows=rows)]))
    assert table.column_count == 5
    assert table.headers == (*HEADERS, "", "")
    assert table.body == (("a", "b", "c", "d", "e"), ("f", "", "", "", ""), ("g", "h", "i", "", ""))
    assert table.confidence == "low"
    (warning,) = warnings
    assert warning.startswith("Table t1, page 5: 2 rows have more or fewer cells than the others; all are kept, and")


def test_a_warning_names_the_table_by_the_id_that_it_gets_after_joining() -> None:
    ragged = _said(3, title="Staff", rows=[["a"]])
    _, warnings = _both((_ask([1, 2, 3]), [_said(1), _said(2), ragged]))
    assert warnings[0].startswith("Table t2, page 3: A row has")


def test_empty_tables_are_left_out_and_said() -> None:
    empty = _said(2, headers=["", ""], rows=[["", " "], []])
    found, warnings = _both((_ask([1, 2]), [_said(1), empty, empty, _said(1, headers=[], rows=[])]))
    assert len(found) == 1
    assert warnings == [
        "Page 1: A table without any text in the model's answer; left out.",
        "Page 2: 2 tables without any text in the model's answer; left out.",
    ]


def test_headers_alone_are_kept_in_doubt() -> None:
    (table,) = _tables((_ask([1]), [_said(1, rows=[])]))
    assert (table.headers, table.body, table.confidence) == (tuple(HEADERS), (), "low")
    assert (table.parts[0].first_row, table.parts[0].last_row) == (0, 0)


def test_nothing_that_cannot_be_printed_comes_through() -> None:
    rows = [["a\x1b[2Jb\x00", "one\r\ntwo\tthree", "\u202e1,284\ud800\ufeff\u2028x"], ["क्\u200dष", "é", "🚢"]]
    (table,) = _tables((_ask([1]), [_said(1, rows=rows, title="T\x07", notes=["\x9bn"])]))
    assert table.body == (("a[2Jb", "one\ntwo three", "1,284\nx"), ("क्\u200dष", "é", "🚢"))
    assert (table.title, table.notes) == ("T", ("n",))


def test_absurd_sizes_are_cut_and_said() -> None:
    wide = _said(1, headers=[], rows=[["x"] * (MOST_COLUMNS * 40), *[["y"]] * 5_000])
    tall = _said(1, headers=[], rows=[["z"]] * (MOST_CELLS + 10), title="other")
    long = _said(1, title="third", rows=[["a" * (MOST_CHARACTERS + 1), "b", "c"]])
    found, warnings = _both(*[(_ask([1]), [table]) for table in (wide, tall, long)], (_ask([1]), [wide] * 50))
    assert found[0].column_count == MOST_COLUMNS
    assert len(found[1].rows) < MOST_CELLS
    assert len(found[2].rows[1][0].text if found[2].rows[1][0] else "") == MOST_CHARACTERS
    assert sum(len(table.rows) * table.column_count for table in found[3:]) <= MOST_CELLS
    assert all(table.confidence == "low" for table in found)
    assert any(re.match(r"Table t3, page 1: larger than any printed table", warning) for warning in warnings)
    assert len(warnings) <= 40


UNUSABLE: dict[str, Any] = {
    "no object": ["secret"],
    "nothing": None,
    "no tables": {},
    "text": "secret",
    "a number as a cell": {"tables": [_said(1, rows=[[62.5]])]},
    "a row that is none": {"tables": [_said(1, rows=["secret"])]},
    "no page": {"tables": [{key: value for key, value in _said(1).items() if key != "page"}]},
    "a confidence of its own": {"tables": [_said(1, confidence="secret")]},
    "an argument of its own": {"tables": [_said(1, secret="secret")]},
    "deeply nested": {"tables": [_said(1, rows=[[[[[[["secret"]]]]]]])]},
}


@pytest.mark.parametrize("value", UNUSABLE.values(), ids=UNUSABLE)
def test_an_answer_of_another_form_is_refused_in_two_sentences_that_do_not_quote_it(value: object) -> None:
    with pytest.raises(AnswerUnusable) as caught:
        parse_answer(value, model="claude-haiku-5-5")
    assert isinstance(caught.value, ApiError)
    assert caught.value.message == "The answer of 'claude-haiku-5-5' does not have the form that was asked for."
    assert caught.value.next_step
    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_a_choice_in_capitals_is_understood() -> None:
    assert parse_answer({"tables": [_said(1, confidence="Low")]}).tables[0].confidence == "low"


# --- what was asked -------------------------------------------------------------------------------------------------


def _ask(pages: range | list[int]) -> Ask:
    facts = [
        PageFacts(page_number=n, width=595, height=842, text="text layer", text_size=TextSize(letters=200))
        for n in pages
    ]
    (ask,) = plan_tables(_pdf(), facts, SONNET).asks
    return ask


def _pdf() -> Document:
    content = Content.of_bytes("a.pdf", b"%PDF-")
    return Document(name="a.pdf", content=content, media_type="application/pdf", page_count=200, reader="pdfium")


def _tiff(pages: int) -> Document:
    frames = tuple(FrameFacts(width=560, height=280) for _ in range(pages))
    facts = ImageFacts(frames=frames, mode="RGB", orientation=1, is_animated=False, is_damaged=False)
    content = Content.of_bytes("a.tif", b"x")
    return Document(
        name="a.tif", content=content, media_type="image/tiff", page_count=pages, reader="image", image=facts
    )
