"""Right tables in layouts that are not plain grids: nothing in them is flagged, and a wrong neighbour still is."""

from __future__ import annotations

from collections.abc import Sequence

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
