"""The text of a page with its tables: nothing that stands on the page is left out."""

from __future__ import annotations

from typing import Literal

import pytest

from witnessmark.offline.tables.values import Cell, Table, TablePart
from witnessmark.offline.text import page_text
from witnessmark.values import BoundingBox, PageLayout, Word


def line(text: str, x: float, top: float) -> list[Word]:
    words: list[Word] = []
    for part in text.split():
        words.append(Word(part, x, top, x + 6 * len(part), top + 12, 10))
        x += 6 * len(part) + 4
    return words


@pytest.mark.parametrize("layout", ["markdown", "plain"])
def test_a_line_in_a_table_that_is_in_none_of_its_cells_is_read_below_it(layout: Literal["markdown", "plain"]) -> None:
    texts = [["Item", "2024"], ["Rent", "1,284"]]
    box = BoundingBox(x0=50, top=90, x1=350, bottom=180)
    cells = tuple(
        tuple(
            Cell(
                text=text,
                box=BoundingBox(x0=50 + 150 * column, top=90 + 20 * row, x1=200 + 150 * column, bottom=110 + 20 * row),
                row=row,
                column=column,
            )
            for column, text in enumerate(row_texts)
        )
        for row, row_texts in enumerate(texts)
    )
    part = TablePart(page_number=1, first_row=0, last_row=1, box=box)
    table = Table(page_number=1, box=box, rows=cells, header_rows=1, confidence="high", parts=(part,))
    words = line("Costs of the mill", 50, 60)
    for row in cells:
        for cell in row:
            words += line(cell.text, cell.box.x0 + 4, cell.box.top + 4)
    words += line("Source: the tenant's own books", 54, 160)
    page = PageLayout(page_number=1, width=595, height=842, words=tuple(words))
    read = page_text(page, [table], layout)
    assert read.count("Source: the tenant's own books") == 1
    assert read.index("1,284") < read.index("Source:")
    assert read.count("Rent") == 1
