"""A table beside columns of running text: its values are located, and what an answer leaves out of them is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from tests.core.printed import LETTER, printed, words_at
from tests.core.test_evidence_check import flagged
from witnessmark.evidence.check import check_table
from witnessmark.evidence.witness import WitnessPage
from witnessmark.values import Word

STAFF = [
    ["Department", "Women", "Men", "All"],
    ["Operations", "26", "58", "84"],
    ["Pilotage", "7", "26", "33"],
    ["Terminal", "23", "11", "34"],
    ["Administration", "24", "15", "39"],
    ["Total", "80", "110", "190"],
]
LEFT = 300.0
COLUMNS = (LEFT, LEFT + 120, LEFT + 170, LEFT + 220)
PROSE = (
    "The fire at the tanker jetty was put out within the hour and two pumps have been replaced since then. "
    "No oil was lost that could not be gathered in the harbour; the terminal lost 9 days, and the cranes 14 of them. "
)


def prose(x: float, width: float, *, top: float, leading: float, lines: int, height: float = 10) -> list[Word]:
    """Set running text in a column."""
    texts = iter(PROSE.split() * 20)
    return [
        word for number in range(lines) for word in _line(texts, x, width, top=top + number * leading, height=height)
    ]


def _line(texts: Iterator[str], x: float, width: float, *, top: float, height: float) -> list[Word]:
    text = next(texts)
    while (len(text) + 9) * LETTER * height / 10 < width:
        text += f" {next(texts)}"
    return words_at(x, top, text, height=height)


def _turned(page: WitnessPage, angle: int) -> WitnessPage:
    def turn(word: Word) -> Word:
        if angle == 90:
            return word._replace(x0=800 - word.bottom, top=word.x0, x1=800 - word.top, bottom=word.x1, angle=90)
        return word._replace(x0=word.top, top=800 - word.x1, x1=word.bottom, bottom=800 - word.x0, angle=270)

    return replace(page, words=tuple(map(turn, page.words)))


@pytest.mark.parametrize("gutter", [9, 12, 20, 40], ids=lambda width: f"{width} points apart")
@pytest.mark.parametrize("leading", [10.5, 12, 13.6, 16, 21])
@pytest.mark.parametrize("offset", [0, 3.5, 8], ids=["level", "a third of a line lower", "between the rows"])
@pytest.mark.parametrize("size", [7, 10])
def test_a_column_of_text_left_of_a_table_is_no_part_of_its_cells(
    gutter: float, leading: float, offset: float, size: float
) -> None:
    text = prose(40, LEFT - 40 - gutter, top=60 + offset, leading=leading, lines=18, height=size)
    evidence = check_table(STAFF, [printed(STAFF, columns=COLUMNS, others=text)])
    assert flagged(evidence) == []
    assert evidence.left_over == ()


@pytest.mark.parametrize("leading", [10.5, 13.6, 16])
@pytest.mark.parametrize("angle", [0, 90, 270])
def test_columns_of_text_on_both_sides_are_no_part_of_a_table_however_the_page_lies(leading: float, angle: int) -> None:
    left = prose(40, LEFT - 52, top=70, leading=leading, lines=16)
    right = prose(COLUMNS[-1] + 14, 180, top=73, leading=leading + 1, lines=16)
    page = printed(STAFF, columns=COLUMNS, others=[*left, *right])
    evidence = check_table(STAFF, [_turned(page, angle) if angle else page])
    assert flagged(evidence) == []
    assert evidence.left_over == ()


@pytest.mark.parametrize(("row", "written"), [(3, "Terminal"), (4, "Pier")])
def test_a_line_that_a_label_beside_a_text_lacks_is_missed(row: int, written: str) -> None:
    rows: list[Sequence[str]] = [*STAFF[:3], ["Terminal\nand pier", "23", "11", "34"], ["Pier\nguards", "1", "2", "3"]]
    page = printed(rows, columns=COLUMNS, others=prose(40, LEFT - 60, top=62, leading=13.6, lines=18), pitch=18)
    grid = [[text.replace("\n", " ") for text in texts] for texts in rows]
    assert flagged(check_table(grid, [page])) == []
    grid.append(["Total", "57", "97", "154"])
    page = printed([*rows, grid[-1]], columns=COLUMNS, others=prose(40, 240, top=62, leading=13.6, lines=18), pitch=18)
    grid[row][0] = written
    assert (row, 0) in flagged(check_table(grid, [page]))
