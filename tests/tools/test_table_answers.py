"""Answers of other tools and of models, in the shapes that they come in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from witnessmark_tools.table_answers import (
    AnswerNotJson,
    AnswerTooLarge,
    AnswerWithoutTables,
    TableUnusable,
    tables_of_answer,
)

HEADERS = ("Berth", "Dues")
ROWS = (("North", "1,284.50"), ("South", ""))


def read(told: Any) -> Any:
    return tables_of_answer(json.dumps(told), "answer.json")


LISTS = {"page": 3, "headers": list(HEADERS), "rows": [list(row) for row in ROWS]}


@pytest.mark.parametrize(
    "told",
    [
        [LISTS],
        {"tables": [LISTS]},
        {"result": {"tables": [LISTS]}},
        LISTS,
        [LISTS | {"rows": [{"Dues": "1,284.50", "Berth": "North"}, {"Berth": "South", "Dues": None}]}],
        [{"page": 3, "rows": [{"Berth": "North", "Dues": "1,284.50"}, {"Berth": "South", "Dues": None}]}],
        [
            LISTS
            | {"rows": [{"cells": ["North", {"text": "1,284.50"}]}, {"cells": [{"value": "South"}, {"text": None}]}]}
        ],
    ],
    ids=["list", "object", "result", "one table", "by header", "headers from rows", "cells in rows"],
)
def test_a_table_is_the_same_in_every_shape(told: Any) -> None:
    (table,) = read(told)
    assert (table.headers, table.rows, table.pages) == (HEADERS, ROWS, (3,))
    assert table.header_rows == 1


def test_a_grid_has_no_headers() -> None:
    (table,) = read([{"grid": [list(HEADERS), *map(list, ROWS)]}])
    assert (table.headers, table.rows, table.header_rows, table.pages) == ((), (HEADERS, *ROWS), 0, ())


def test_cells_with_spans_stand_in_their_first_place() -> None:
    cells = [
        {"row": 0, "col": 0, "col_end": 1, "row_end": 0, "text": "Harbour dues"},
        {"row": 1, "col": 0, "text": "North"},
        {"row": 1, "col": 1, "text": "1,284.50"},
        {"row": 2, "col": 1, "row_end": 3, "text": "937"},
    ]
    (table,) = read({"tables": [{"page": 2, "cells": cells}]})
    assert table.rows == (("Harbour dues", ""), ("North", "1,284.50"), ("", "937"), ("", ""))


def test_numbers_keep_the_figures_they_are_written_with() -> None:
    content = '[{"headers": ["a"], "rows": [[1.50], [1284], [-3], [1e3], [true], [null], [NaN]]}]'
    (table,) = tables_of_answer(content, "a.json")
    assert [row[0] for row in table.rows] == ["1.50", "1284", "-3", "1e3", "true", "", ""]


def test_no_row_and_no_column_is_left_out_or_moved() -> None:
    (table,) = read([{"headers": ["", ""], "rows": [["", ""], ["a"], [], ["", "b"]]}])
    assert (table.headers, table.rows) == ((), (("", ""), ("a",), (), ("", "b")))


def test_a_result_of_ours_is_read_with_its_parts_and_header_rows() -> None:
    parts = [{"page": 2, "first_row": 0, "last_row": 1}, {"page": 3, "first_row": 2, "last_row": 2}]
    (table,) = read({"tables": [LISTS | {"page": 2, "header_rows": 2, "parts": parts}]})
    assert (table.pages, table.header_rows) == ((2, 3), 2)


def test_json_that_a_model_wrote_sentences_around_is_found() -> None:
    content = f"Here are the tables:\n```json\n{json.dumps([LISTS])}\n```\nAnything else?"
    assert tables_of_answer(content, "a.txt")[0].rows == ROWS


def test_what_moves_a_terminal_is_taken_out() -> None:
    (table,) = read([{"headers": ["a\x1b[31m"], "rows": [["\u202eb"]]}])
    assert (table.headers, table.rows) == (("a[31m",), (("b",),))


def test_an_answer_without_any_table_is_none_and_no_error() -> None:
    assert read([]) == read({"tables": []}) == ()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", AnswerNotJson),
        ("Berth,Dues", AnswerNotJson),
        ("[" * 100_000, AnswerNotJson),
        ('{"cells": 3}', AnswerWithoutTables),
        ("3", AnswerWithoutTables),
        ('{"tables": "none"}', AnswerWithoutTables),
        ('[{"page": 1}]', TableUnusable),
        ('["a"]', TableUnusable),
        ('[{"cells": [{"text": "a"}]}]', TableUnusable),
        ('[{"cells": [{"row": 999999, "col": 0, "text": "a"}]}]', TableUnusable),
        (json.dumps([{"rows": [["a"] * 1_000] * 201}]), AnswerTooLarge),
    ],
    ids=["empty", "csv", "deep", "no list", "number", "text", "no rows", "text in list", "no place", "far", "large"],
)
def test_an_unusable_answer_is_refused_without_its_words(content: str, error: type[Exception]) -> None:
    with pytest.raises(error) as refusal:
        tables_of_answer(content, "answer.json")
    assert "answer.json" in str(refusal.value)
    assert "Berth" not in str(refusal.value)
