"""The server through its front door: a client in memory, in both protocol eras."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.types import CallToolResult, ResourceLink, TextContent

from tests import damage, drawing
from tests.server.conftest import Connect

pytestmark = pytest.mark.anyio


def _text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def _structure(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, _text(result)
    assert result.structured_content is not None
    return dict(result.structured_content)


async def test_tables_arrive_as_structure_and_as_text(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))
    truth = drawing.table_texts(rows=4, columns=3)
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")})
    table = _structure(result)["tables"][0]
    assert [table["headers"], *table["rows"]] == [list(row) for row in truth]
    assert all(cell in _text(result) for row in truth for cell in row)


async def test_a_table_over_pages_is_one_table_with_its_parts(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_long_table(rows=80, columns=4, rows_per_page=35, total=False))
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")})
    tables = _structure(result)["tables"]
    assert [table["row_count"] for table in tables] == [80]
    assert [(part["page"], part["first_row"], part["last_row"]) for part in tables[0]["parts"]] == [
        (1, 0, 35),
        (2, 36, 70),
        (3, 71, 80),
    ]


async def test_every_cell_has_its_place_when_asked_for(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf"), "detail": "full"})
    table = _structure(result)["tables"][0]
    assert len(table["places"]) == len(table["rows"]) + 1
    boxes = [place["box"] for row in table["places"] for place in row]
    assert all(0 <= x0 < x1 <= 612 and 0 <= top < bottom <= 842 for x0, top, x1, bottom in boxes)
    assert {place["page"] for row in table["places"] for place in row} == {1}


async def test_text_arrives_as_plain_content_without_structure(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["first page here", "second page here"]))
    async with connect() as client:
        result = await client.call_tool("read_text", {"source": str(folder / "a.pdf")})
    assert result.structured_content is None
    assert _text(result).index("first page here") < _text(result).index("--- page 2 ---")


async def test_an_unknown_argument_is_refused_with_the_closest_name(connect: Connect, folder: Path) -> None:
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder), "pgae": "1"})
    assert result.is_error
    assert "Did you mean 'pages'" in _text(result)


async def test_an_unknown_tool_is_refused_with_the_closest_name(connect: Connect) -> None:
    async with connect() as client:
        result = await client.call_tool("extract_table", {})
    assert result.is_error
    assert "Did you mean 'extract_tables'" in _text(result)


BAD: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.pdf", damage.zero_bytes(), "is empty"),
    "office": ("a.pdf", damage.office_file(), "ZIP archive"),
    "html": ("a.pdf", damage.html_page(), "HTML page"),
    "svg": ("a.svg", damage.svg_image(), "SVG drawing"),
    "locked": ("a.pdf", drawing.encrypted(drawing.draw_text(["x"]), "secret", "owner"), "needs a password"),
    "noise": ("a.pdf", damage.random_bytes(), "named .pdf but is not one"),
    "bomb": ("a.png", damage.image_claiming(60_000, 60_000), "megapixels"),
}


@pytest.mark.parametrize(("name", "content", "says"), BAD.values(), ids=BAD)
async def test_a_bad_file_gets_its_own_clear_sentence_and_the_server_goes_on(
    connect: Connect, folder: Path, name: str, content: bytes, says: str
) -> None:
    (folder / name).write_bytes(content)
    (folder / "good.pdf").write_bytes(drawing.draw_text(["still here"]))
    async with connect() as client:
        refused = await client.call_tool("extract_tables", {"source": str(folder / name)})
        served = await client.call_tool("read_text", {"source": str(folder / "good.pdf")})
    assert refused.is_error
    assert says in _text(refused)
    assert "Traceback" not in _text(refused)
    assert "still here" in _text(served)


@pytest.mark.parametrize(
    "content",
    [damage.self_drawing_form(), damage.branching_forms(), damage.flate_bomb(), damage.page_tree_loop()],
    ids=["form that draws itself", "branching forms", "flate bomb", "page tree loop"],
)
async def test_a_hostile_page_costs_one_call(connect: Connect, folder: Path, content: bytes) -> None:
    (folder / "a.pdf").write_bytes(content)
    (folder / "good.pdf").write_bytes(drawing.draw_text(["still here"]))
    async with connect() as client:
        with anyio.fail_after(25):
            await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")})
            served = await client.call_tool("read_text", {"source": str(folder / "good.pdf")})
    assert "still here" in _text(served)


async def test_a_password_opens_a_locked_file(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.encrypted(drawing.draw_text(["behind the lock"]), "secret", "owner"))
    async with connect() as client:
        opened = await client.call_tool("read_text", {"source": str(folder / "a.pdf"), "password": "secret"})
        refused = await client.call_tool("read_text", {"source": str(folder / "a.pdf"), "password": "wrong"})
    assert "behind the lock" in _text(opened)
    assert "does not open it" in _text(refused)
    assert "wrong" not in _text(refused)


async def test_a_path_outside_the_allowed_folders_is_refused(connect: Connect) -> None:
    async with connect() as client:
        result = await client.call_tool("read_text", {"source": "/etc/passwd"})
    assert result.is_error
    assert "outside the allowed folders" in _text(result)


async def test_progress_is_reported_page_by_page(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one", "two", "three"]))
    seen: list[tuple[float, float | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        seen.append((progress, total))

    async with connect() as client:
        await client.call_tool("read_text", {"source": str(folder / "a.pdf")}, progress_callback=note)
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_a_result_too_large_for_a_host_comes_as_a_preview_with_links(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_long_table(rows=1_500, columns=6, rows_per_page=40, total=False))
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")})
        shown = _structure(result)
        links = [block for block in result.content if isinstance(block, ResourceLink)]
        whole = await client.read_resource(str(links[0].uri))
    assert shown["is_preview"]
    assert len(json.dumps(shown)) <= 45_000
    assert len(_text(result)) <= 45_000
    assert shown["tables"][0]["row_count"] == 1_500
    assert len(json.loads(whole.contents[0].text)["tables"][0]["rows"]) == 1_500  # type: ignore[union-attr]  # text


async def test_pages_there_was_no_time_for_come_back_as_a_range(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text([f"page {n} " + "words " * 400 for n in range(1, 301)]))
    async with connect() as client:
        first = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf"), "wait_seconds": 1})
        left = _structure(first)["continue_with"]
        read = _structure(first)["pages_read"]
    assert left == f"{read + 1}-300"


async def test_csv_files_come_back_as_paths_and_as_resources(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=2, columns=2))
    truth = drawing.table_texts(rows=2, columns=2)
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf"), "export": ["csv"]})
        file = _structure(result)["files"][0]
        read = await client.read_resource(file["uri"])
    written = await anyio.Path(file["path"]).read_bytes()
    assert written.decode().splitlines()[0].split(",")[0] == truth[0][0]
    assert read.contents[0].text.encode() == written  # type: ignore[union-attr]  # text


async def test_a_resource_that_leads_elsewhere_is_not_found(connect: Connect) -> None:
    async with connect() as client:
        with pytest.raises(Exception, match=r"(?i)not|invalid|unknown"):
            await client.read_resource("witnessmark://exports/..%2F..%2Fetc%2Fpasswd")


async def test_names_and_instructions_alone_say_what_the_server_is_for(connect: Connect) -> None:
    async with connect() as client:
        instructions = client.instructions or ""
        names = [tool.name for tool in (await client.list_tools()).tools]
    assert 0 < len(instructions) < 2_000
    assert all(name in instructions for name in names)
