"""Tables in text files, through the tool."""

from __future__ import annotations

import pytest

from tests.tools.conftest import House
from witnessmark.offline.text_tables import TextTableTooLarge, tables_of_text
from witnessmark_tools.extract_tables import TableExtraction

pytestmark = pytest.mark.anyio


async def _tables(house: House, name: str, text: str) -> TableExtraction:
    result = await house.call("extract_tables", text.encode(), name, detail="full")
    assert isinstance(result, TableExtraction)
    return result


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
async def test_a_csv_file_is_one_table_whatever_parts_its_fields(house: House, delimiter: str) -> None:
    rows = [["Item", "2024", "Note"], ["Port dues", "1.5", "up, at last"], ["Rent", "2.5", ""]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    result = await _tables(house, "a.csv", text)
    (table,) = result.tables
    assert [*([table.headers] if table.headers else []), *table.rows] == rows
    assert result.warnings == []


async def test_a_csv_file_without_headers_has_none(house: House) -> None:
    (table,) = (await _tables(house, "a.csv", "1,2,3\n4,5,6\n")).tables
    assert (table.headers, table.rows) == ([], [["1", "2", "3"], ["4", "5", "6"]])


async def test_a_cell_of_a_text_file_stands_nowhere(house: House) -> None:
    (table,) = (await _tables(house, "a.csv", "a,b\n1,2\n")).tables
    assert table.places is not None
    assert {place.box is None for row in table.places for place in row} == {True}


async def test_tables_of_markdown_are_found_with_the_heading_above_and_none_in_code(house: House) -> None:
    text = "# Costs\n\n| a | b |\n| --- | ---: |\n| x \\| y | 1 |\n\n```\n| no | table |\n| --- | --- |\n```\n"
    (table,) = (await _tables(house, "a.md", text)).tables
    assert (table.title, table.headers, table.rows) == ("Costs", ["a", "b"], [["x | y", "1"]])


async def test_a_text_without_a_table_says_so(house: House) -> None:
    result = await _tables(house, "a.txt", "Just words, and a | in them.\n")
    assert result.tables == []
    assert "without a table" in result.warnings[0]


def test_a_table_that_no_host_takes_in_is_refused_before_it_is_built() -> None:
    with pytest.raises(TextTableTooLarge):
        tables_of_text("a,b,c,d,e\n" * 50_000, "text/csv")
