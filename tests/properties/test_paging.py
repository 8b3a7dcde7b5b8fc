"""Reading a long result in parts: every row, page and character comes once, in order, within the limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.cases import counted
from witnessmark_tools.read_text import PageText, TextReading
from witnessmark_tools.results import DocumentRead
from witnessmark_tools.tables_paging import tables_from
from witnessmark_tools.tables_result import Evidence, ExtractedTable, PartOfTable

cells = st.sampled_from(("", "a", "12", "x" * 40, "ä\n", '"quoted"', "表"))


@st.composite
def tables(draw: st.DrawFn) -> list[ExtractedTable]:
    """Draw tables of some rows, some without any."""
    sizes = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), max_size=4))
    return [
        ExtractedTable(
            table_id=f"t{number}",
            page=number,
            title=None,
            headers=["h"] * width,
            rows=[[draw(cells) for _ in range(width)] for _ in range(rows)],
            row_count=rows,
            header_rows=1,
            notes=[],
            confidence="high",
            evidence=Evidence(cells=rows * width),
            parts=[PartOfTable(page=number, first_row=1, last_row=rows)],
            left_over=[],
        )
        for number, (rows, width) in enumerate(sizes, start=1)
    ]


@given(tables(), st.lists(st.integers(1, 3_000), min_size=3, max_size=6))
def test_tables_read_in_parts_are_the_tables(whole: list[ExtractedTable], limits: list[int]) -> None:
    for limit in limits:
        counted["paging"] += 1
        rows: dict[str, list[list[str]]] = {}
        cursor: str | None = None
        for _ in range(200):
            part, cursor = tables_from(whole, cursor, limit)
            for table in part:
                rows.setdefault(table.table_id, []).extend(table.rows)
            if cursor is None:
                break
        assert cursor is None
        assert rows == {table.table_id: table.rows for table in whole}


pages = st.lists(st.text("ab \n", max_size=120), min_size=1, max_size=5)


@given(st.lists(pages, min_size=2, max_size=4), st.integers(40, 400))
def test_text_read_in_parts_is_the_text(several: list[list[str]], limit: int) -> None:
    for texts in several:
        counted["paging"] += 1
        document = DocumentRead(name="a.pdf", sha256="0" * 64, pages=len(texts))
        whole = TextReading(
            result_id="r",
            documents=[document],
            engines=["offline"],
            pages=[PageText(page=number, text=text) for number, text in enumerate(texts, start=1)],
        )
        read: dict[int, str] = {}
        cursor: str | None = None
        for _ in range(200):
            part, cursor = whole.page(cursor, limit)
            for page in part.pages:
                read[page.page] = read.get(page.page, "") + page.text
            if cursor is None:
                break
        assert cursor is None
        assert read == dict(enumerate(texts, start=1))
