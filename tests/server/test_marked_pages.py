"""Labels of tables on pictures of pages count the rows of that page."""

from __future__ import annotations

from witnessmark_server.marked_pages import label_of
from witnessmark_tools.tables_result import Evidence, ExtractedTable, PartOfTable


def _table(*parts: PartOfTable, header_rows: int = 1) -> ExtractedTable:
    return ExtractedTable(
        table_id="t5",
        page=4,
        title=None,
        headers=["Item"] if header_rows else [],
        rows=[["x"]] * 9,
        row_count=9,
        header_rows=header_rows,
        notes=[],
        confidence="high",
        evidence=Evidence(cells=9),
        parts=list(parts),
    )


def test_a_table_on_one_page_has_its_rows_without_headers() -> None:
    assert label_of(_table(PartOfTable(page=4, first_row=0, last_row=9)), 4) == "t5: 9 rows"
    assert label_of(_table(PartOfTable(page=4, first_row=0, last_row=9), header_rows=2), 4) == "t5: 8 rows"
    assert label_of(_table(PartOfTable(page=4, first_row=1, last_row=9), header_rows=0), 4) == "t5: 9 rows"
    assert label_of(_table(PartOfTable(page=4, first_row=0, last_row=1)), 4) == "t5: 1 row"


def test_a_table_over_pages_has_the_rows_of_each() -> None:
    table = _table(
        PartOfTable(page=4, first_row=0, last_row=5), PartOfTable(page=5, first_row=6, last_row=9, repeats_headers=True)
    )
    assert [label_of(table, page) for page in (4, 5)] == ["t5: 5 of 9 rows", "t5: 4 of 9 rows"]
