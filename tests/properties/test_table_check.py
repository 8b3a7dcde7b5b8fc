"""Checking any table against any page: no exception, a verdict for each cell, each printed value given out once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.core.printed import printed
from tests.properties.cases import Grid, counted, grids_like
from tests.properties.generators import plain_words, ragged_grids, texts, tokens, words
from witnessmark.evidence.arithmetic import arithmetic_of
from witnessmark.evidence.check import check_table
from witnessmark.evidence.witness import WitnessPage
from witnessmark.values import Word

values = st.integers(0, 99_999).map(lambda value: f"{value:,}")


@given(ragged_grids, words(), st.integers(0, 3), st.booleans())
def test_any_table_is_checked_against_any_page(
    drawn: Grid, page: tuple[Word, ...], header_rows: int, by_ocr: bool
) -> None:
    witness = WitnessPage(page_number=1, words=page, is_read_by_ocr=by_ocr)
    for grid in grids_like(drawn):
        counted["tables and alignment"] += 1
        evidence = check_table(grid, [witness], header_rows=header_rows)
        assert [len(row) for row in evidence.verdicts] == [len(row) for row in grid]
        assert {word for number, word in evidence.words if number == 1} <= set(range(len(page)))
        arithmetic_of(grid, header_rows=header_rows, evidence=evidence)


@given(st.lists(st.lists(st.one_of(tokens, texts), min_size=2, max_size=4), min_size=1, max_size=5), st.booleans())
def test_any_table_is_checked_against_the_page_that_prints_it(grid: list[list[str]], by_ocr: bool) -> None:
    page = printed(grid, by_ocr=by_ocr)
    for answer in grids_like(grid):
        counted["tables and alignment"] += 1
        evidence = check_table(answer, [page])
        assert [len(row) for row in evidence.verdicts] == [len(row) for row in answer]


@st.composite
def plain_tables(draw: st.DrawFn) -> list[list[str]]:
    """Draw a table of labels and figures, none of them twice."""
    rows, columns = draw(st.integers(2, 7)), draw(st.integers(1, 4))
    labels = draw(st.lists(plain_words, min_size=rows + columns + 1, max_size=rows + columns + 1, unique=True))
    figures = draw(st.lists(values, min_size=rows * columns, max_size=rows * columns, unique=True))
    body = [[labels[row], *figures[row * columns : (row + 1) * columns]] for row in range(rows)]
    return [labels[rows:], *body]


@given(plain_tables())
def test_a_plain_table_is_located_cell_by_cell(grid: list[list[str]]) -> None:
    evidence = check_table(grid, [printed(grid)])
    assert {verdict.status for row in evidence.verdicts for verdict in row if verdict is not None} == {"located"}


@given(plain_tables(), st.data())
def test_a_value_that_is_printed_once_is_located_once(grid: list[list[str]], data: st.DataObject) -> None:
    page = printed(grid)
    row = data.draw(st.integers(1, len(grid) - 1))
    column = data.draw(st.integers(1, len(grid[0]) - 1))
    value = grid[row][column]
    for other in range(1, len(grid)):
        if other != row:
            wrong = [list(one) for one in grid]
            wrong[other][column] = value
            counted["tables and alignment"] += 1
            verdicts = check_table(wrong, [page]).verdicts
            located = Counter(
                text
                for texts, several in zip(wrong, verdicts, strict=True)
                for text, verdict in zip(texts, several, strict=True)
                if verdict is not None and verdict.status == "located"
            )
            assert located[value] <= 1
