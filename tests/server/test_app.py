"""The server through its front door: a client in memory, in both protocol eras."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.types import BlobResourceContents, CallToolResult, ResourceLink, TextContent

from tests import damage, drawing
from tests.server.conftest import Connect
from witnessmark.settings import Settings

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


async def test_a_call_is_priced_before_it_is_made(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))
    asked = {"tool": "extract_tables", "arguments": {"source": str(folder / "a.pdf")}, "models": ["claude-opus-5-5"]}
    async with connect() as client:
        result = await client.call_tool("estimate_cost", asked)
        written = await client.call_tool("estimate_cost", asked | {"arguments": json.dumps(asked["arguments"])})
    (cost,) = _structure(result)["models"]
    assert cost["usd_next_question"]["estimate"] < cost["usd"]["estimate"] < cost["usd_kept"]["estimate"]
    assert f"{cost['usd']['estimate']:.4f}" in _text(result)
    assert "sends no batches" in _text(result)
    assert _structure(written) == _structure(result)


PRICED_BADLY: dict[str, tuple[dict[str, Any], str]] = {
    "tool": ({"tool": "extract_table"}, "Did you mean 'extract_tables'"),
    "argument": ({"arguments": {"sorce": "a.pdf"}}, "Did you mean 'source'"),
    "no source": ({"arguments": {}}, "extract_tables needs the argument 'source'"),
    "no object": ({"arguments": ["a.pdf"]}, "Pass an object"),
    "no arguments": ({"arguments": None}, "estimate_cost needs the argument 'arguments'"),
    "model": ({"models": ["claude-sonet-5-5"]}, "Did you mean 'claude-sonnet-5-5'"),
    "retired": ({"models": ["claude-opus-4-1"]}, "was retired on 2026-08-05"),
    "folder": ({"arguments": {"source": "/etc/passwd"}}, "outside the allowed folders"),
}


@pytest.mark.parametrize(("given", "says"), PRICED_BADLY.values(), ids=PRICED_BADLY)
async def test_what_cannot_be_priced_gets_its_own_clear_sentence(
    connect: Connect, folder: Path, given: dict[str, Any], says: str
) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one"]))
    asked = {"tool": "extract_tables", "arguments": {"source": str(folder / "a.pdf")}} | given
    async with connect() as client:
        result = await client.call_tool("estimate_cost", asked)
    assert result.is_error
    assert says in _text(result)


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
    "office": ("a.pdf", damage.office_file(), "Word document"),
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


async def test_a_page_that_is_missing_costs_that_page(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(damage.missing_page("Here."))
    async with connect() as client:
        inspected = _structure(await client.call_tool("inspect_document", {"source": str(folder / "a.pdf")}))
        read = await client.call_tool("read_text", {"source": str(folder / "a.pdf")})
    assert [page["text"] for page in inspected["pages"]] == ["text layer", "unknown"]
    assert inspected["warnings"] == ["Page 2: damaged, or too slow to read."]
    assert "Here." in _text(read)
    assert "Page 2 could not be read." in _text(read)


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


EXPORTS = {
    "csv": ("-t1.csv", "text/csv"),
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "html": (".html", "text/html"),
    "markdown": (".md", "text/markdown"),
}


@pytest.mark.parametrize(
    ("kind", "ending", "media_type"), [(kind, *rest) for kind, rest in EXPORTS.items()], ids=EXPORTS
)
async def test_exported_files_come_back_as_paths_links_and_resources(
    connect: Connect, folder: Path, kind: str, ending: str, media_type: str
) -> None:
    (folder / "50 % größer #1.pdf").write_bytes(drawing.draw_table(rows=2, columns=2))
    truth = drawing.table_texts(rows=2, columns=2)
    async with connect() as client:
        result = await client.call_tool(
            "extract_tables", {"source": str(folder / "50 % größer #1.pdf"), "export": [kind]}
        )
        (file,) = _structure(result)["files"]
        (link,) = [block for block in result.content if isinstance(block, ResourceLink)]
        (read,) = (await client.read_resource(file["uri"])).contents
    assert file["name"].startswith("50 % größer #1-r")
    assert file["name"].endswith(ending)
    assert {file["media_type"], link.mime_type, read.mime_type} == {media_type}
    assert str(link.uri) == file["uri"]
    written = await anyio.Path(file["path"]).read_bytes()
    if isinstance(read, BlobResourceContents):
        assert kind == "xlsx"
        assert base64.b64decode(read.blob) == written
    else:
        assert read.text.encode() == written
        assert truth[0][0] in read.text


async def test_any_number_of_kinds_is_exported_each_once_and_the_same_bytes_once(
    connect: Connect, folder: Path, settings: Settings
) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=2, columns=2))
    asked = {"source": str(folder / "a.pdf"), "export": ["xlsx", "csv", "xlsx", "markdown", "html"]}
    async with connect() as client:
        first = _structure(await client.call_tool("extract_tables", asked))["files"]
        again = _structure(await client.call_tool("extract_tables", asked))["files"]
    assert [Path(file["name"]).suffix for file in first] == [".xlsx", ".csv", ".md", ".html"]
    assert again == first
    assert len(list(settings.exports.iterdir())) == 4


async def test_a_document_without_tables_writes_no_file(connect: Connect, folder: Path, settings: Settings) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["no table here"]))
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf"), "export": ["xlsx", "csv"]})
    assert _structure(result)["files"] == []
    assert not settings.exports.exists()


async def test_a_preview_stays_small_however_many_tables_and_files_there_are(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_many_tables(60))
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf"), "export": ["csv"]})
    shown = _structure(result)
    assert shown["table_count"] > 60
    assert len(json.dumps(shown)) <= 40_000
    assert len(_text(result)) <= 40_000
    assert len(result.content) <= 1 + 20
    assert any("files are listed" in warning for warning in shown["warnings"])


async def test_a_preview_uses_the_room_there_is(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_long_table(rows=1_500, columns=6, rows_per_page=40, total=False))
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")})
    assert len(json.dumps(_structure(result), ensure_ascii=False)) > 30_000


async def test_a_large_result_is_not_lost_where_its_file_cannot_be_written(
    connect: Connect, folder: Path, settings: Settings
) -> None:
    settings.home.write_text("a file where the folder should be")
    (folder / "a.pdf").write_bytes(drawing.draw_long_table(rows=1_500, columns=6, rows_per_page=40, total=False))
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")})
    assert _structure(result)["tables"][0]["rows"]
    assert "was not kept" in _structure(result)["warnings"][-1]


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
