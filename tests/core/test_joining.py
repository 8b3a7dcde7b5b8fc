"""Tables that run over pages, in numbers."""

from __future__ import annotations

from witnessmark.offline.tables.join import PageEdges, join_pages
from witnessmark.offline.tables.values import Cell, Table, TablePart
from witnessmark.values import BoundingBox


def _table(page: int, top: float, *, rows: int) -> Table:
    box = BoundingBox(x0=50, top=top, x1=200, bottom=top + rows * 10)
    grid = tuple(
        tuple(
            Cell(
                text=f"{column}" if row == 0 else f"{page}.{row}",
                box=BoundingBox(
                    x0=50 + column * 50, top=top + row * 10, x1=90 + column * 50, bottom=top + row * 10 + 9
                ),
                row=row,
                column=column,
            )
            for column in range(3)
        )
        for row in range(rows)
    )
    part = TablePart(page_number=page, first_row=0, last_row=rows - 1, box=box)
    return Table(page_number=page, box=box, rows=grid, header_rows=1, parts=(part,))


def _edges(pages: int) -> list[PageEdges]:
    return [PageEdges(page_number=page, width=600, height=800) for page in range(1, pages + 1)]


def test_a_table_over_hundreds_of_pages_is_one_table_with_a_part_on_each() -> None:
    (joined,) = join_pages([_table(page, 60, rows=70) for page in range(1, 301)], _edges(300))
    assert len(joined.rows) == 1 + 300 * 69
    assert [part.page_number for part in joined.parts] == list(range(1, 301))
    assert joined.parts[-1].last_row == 300 * 69
    assert all(part.repeats_header for part in joined.parts[1:])


def test_of_two_tables_on_each_page_only_the_last_goes_on_at_the_top_of_the_next() -> None:
    tables = [_table(page, top, rows=5) for page in range(1, 4) for top in (60, 600)]
    joined = join_pages(tables, _edges(3))
    assert [[part.page_number for part in table.parts] for table in joined] == [[1], [1, 2], [2, 3], [3]]
