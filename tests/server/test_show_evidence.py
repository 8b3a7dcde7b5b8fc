"""`show_evidence` over MCP: the picture, the words, the whole page as a resource, and what stands in their way."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.types import BlobResourceContents, CallToolResult, ImageContent, ResourceLink, TextContent
from PIL import Image

from tests import drawing
from tests.ocr_pages import draw_page, draw_ruled, encoded, needs_ocr, scanned_pdf, scribble
from tests.server.conftest import Connect
from tests.server.http_server import serving
from witnessmark.settings import Settings, settings_from
from witnessmark.testing import FakeClaudeAPI
from witnessmark_server.app import build_server

pytestmark = pytest.mark.anyio

DUES = [
    ["Berth", "Length", "Dues"],
    ["North 1", "12.5", "1,284.50"],
    ["North 2", "9.0", "937.25"],
    ["South 1", "14.2", "4,018.00"],
]


def _text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def _structure(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, _text(result)
    assert result.structured_content is not None
    return dict(result.structured_content)


def _picture(result: CallToolResult) -> Image.Image:
    (block,) = [block for block in result.content if isinstance(block, ImageContent)]
    # What the most careful host takes: a million bytes in all, and no side that is shrunk.
    assert len(block.data) + len(_text(result)) < 900_000
    picture = Image.open(io.BytesIO(base64.b64decode(block.data)))
    assert Image.MIME[str(picture.format)] == block.mime_type
    assert max(picture.size) <= 1500
    return picture.convert("RGB")


LINES = {"located": (0, 120, 60), "displaced": (190, 100, 0), "unlocated": (200, 0, 40), "plain": (0, 90, 190)}


def _drawn(picture: Image.Image, *kinds: str) -> int:
    """Count pixels of frames, of some kinds or of any, below the legend."""
    shown = picture.crop((0, 30, *picture.size))
    colours = [LINES[kind] for kind in kinds or LINES]
    return sum(count for count, pixel in shown.getcolors(3_000_000) or [] if pixel in colours)


async def _extracted(client: Client, source: object, **arguments: object) -> str:
    result = _structure(await client.call_tool("extract_tables", {"source": str(source), **arguments}))
    assert all(table["places"] is None for table in result["tables"])
    return str(result["result_id"])


async def test_a_cell_is_shown_with_what_stands_there(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))
    truth = drawing.table_texts(rows=4, columns=3)
    async with connect() as client:
        result_id = await _extracted(client, folder / "a.pdf")
        shown = await client.call_tool("show_evidence", {"result_id": result_id, "items": ["t1:2:1"]})
    structure = _structure(shown)
    assert structure["result_id"] == result_id
    (place,) = structure["places"]
    assert (place["item"], place["value"], place["words"]) == ("t1:2:1", truth[2][1], truth[2][1])
    assert place["page"] == 1
    picture = _picture(shown)
    assert picture.size == (structure["picture"]["width"], structure["picture"]["height"])
    assert _drawn(picture, "located") > 40
    assert truth[2][1] in _text(shown)
    (link,) = [block for block in shown.content if isinstance(block, ResourceLink)]
    assert [str(link.uri)] == [page["uri"] for page in structure["whole_pages"]]


async def test_several_places_on_several_pages_are_in_one_picture(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_long_table(rows=80, columns=4, rows_per_page=35, total=False))
    async with connect() as client:
        result_id = await _extracted(client, folder / "a.pdf")
        items = "t1:1:1, t1:40:2, t1:75:3"  # as some models write a list
        structure = _structure(await client.call_tool("show_evidence", {"result_id": result_id, "items": items}))
    assert [(place["number"], place["page"]) for place in structure["places"]] == [(1, 1), (2, 2), (3, 3)]
    assert all(place["value"] == place["words"] for place in structure["places"])
    assert len(structure["whole_pages"]) == 3


async def test_a_table_a_row_and_everything_on_a_page_can_be_shown(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    truth = drawing.table_texts(rows=3, columns=3)
    async with connect() as client:
        result_id = await _extracted(client, folder / "a.pdf")
        asked: list[dict[str, object]] = [{"items": ["t1"]}, {"items": ["t1:2"]}, {"page": 1}, {}]
        table, row, page, usual = [
            _structure(await client.call_tool("show_evidence", {"result_id": result_id, **more})) for more in asked
        ]
    assert [place["item"] for place in table["places"]] == ["t1"]
    assert all(cell in table["places"][0]["words"] for cells in truth for cell in cells)
    assert row["places"][0]["words"] == " ".join(truth[2])
    assert page["places"] == usual["places"] == table["places"]
    assert page["picture"]["height"] > table["picture"]["height"]


async def test_any_place_on_any_page_can_be_shown(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["first page", "second page\nwith two lines"]))
    asked = {"source": str(folder / "a.pdf"), "page": 2, "box": [0, 0, 595, 842]}
    async with connect() as client:
        shown = await client.call_tool("show_evidence", asked)
        whole = await client.call_tool("show_evidence", {"source": str(folder / "a.pdf"), "page": 1})
        several = {"source": str(folder / "a.pdf"), "page": 1, "boxes": [[60, 60, 90, 90], [90, 60, 200, 90]]}
        two = await client.call_tool("show_evidence", several)
    assert _structure(shown)["places"][0]["words"] == "second page with two lines"
    assert _drawn(_picture(whole)) == 0
    assert _structure(whole)["places"] == []
    assert len(_structure(two)["places"]) == 2


async def test_the_whole_page_is_a_resource_with_everything_on_it(connect: Connect, folder: Path) -> None:
    other = [["Quay", "Vessels", "Tons"], ["West", "118", "40,775"], ["East", "64", "21,390"]]
    page_of_two = drawing.grid(DUES, ruled="rows") + drawing.grid(other, top=400, ruled="rows")
    (folder / "a.pdf").write_bytes(drawing.document(page_of_two))
    async with connect() as client:
        result_id = await _extracted(client, folder / "a.pdf")
        shown = _structure(await client.call_tool("show_evidence", {"result_id": result_id, "items": ["t1:1:1"]}))
        (read,) = (await client.read_resource(shown["whole_pages"][0]["uri"])).contents
        templates = [entry.uri_template for entry in (await client.list_resource_templates()).resource_templates]
    assert isinstance(read, BlobResourceContents)
    page = Image.open(io.BytesIO(base64.b64decode(read.blob)))
    assert Image.MIME[str(page.format)] == read.mime_type
    assert max(page.size) <= 1800
    assert page.height > page.width
    upper, lower = (page.convert("RGB").crop((0, top, page.width, top + page.height // 2)) for top in (0, 700))
    assert min(_drawn(upper, "plain"), _drawn(lower, "plain")) > 400  # a table on each half
    assert "witnessmark://pages/{result_id}/{page}" in templates


@pytest.mark.parametrize("uri", ["rffffffffffff/1", "..%2F..%2Fstore/1", "%s/9", "%s/x", "%s/0"])
async def test_a_page_that_is_none_is_refused_in_a_sentence(connect: Connect, folder: Path, uri: str) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    async with connect() as client:
        result_id = await _extracted(client, folder / "a.pdf")
        with pytest.raises(MCPError, match=r"no result|does not exist|not a page|nknown|not found|security"):
            await client.read_resource("witnessmark://pages/" + uri.replace("%s", result_id))


async def test_another_process_knows_the_places_too(connect: Connect, folder: Path, settings: Settings) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    async with connect() as client:
        result_id = await _extracted(client, folder / "a.pdf")
    async with connect() as client:
        shown = _structure(await client.call_tool("show_evidence", {"result_id": result_id, "items": ["t1:1:1"]}))
    assert shown["places"][0]["words"]
    (kept,) = (settings.cache / "results").iterdir()
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"result_id": "r0", "tables": 3}', b"\xff" * 40])
async def test_a_damaged_memory_of_a_result_is_as_good_as_none(
    connect: Connect, folder: Path, settings: Settings, content: bytes
) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    async with connect() as client:
        asked = {"result_id": await _extracted(client, folder / "a.pdf"), "items": ["t1"]}
        (kept,) = (settings.cache / "results").iterdir()
        kept.write_bytes(content)
        refused = await client.call_tool("show_evidence", asked)
        again = {"result_id": await _extracted(client, folder / "a.pdf"), "items": ["t1"]}
        shown = await client.call_tool("show_evidence", again)
    assert "Call the tool again that gave it" in _text(refused)
    assert again == asked
    assert _structure(shown)["places"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "not told what to show"),
        ({"result_id": "rffffffffffff"}, "no result 'rffffffffffff'"),
        ({"result_id": "job-1234"}, "no result 'job-1234'"),
        ({"result_id": "known", "items": ["t7"]}, "It has table t1;"),
        ({"result_id": "known", "items": ["t1:99"]}, "no item 't1:99'"),
        ({"result_id": "known", "items": ["t1:1:9"]}, "no item 't1:1:9'"),
        ({"result_id": "known", "items": ["review:1"]}, "no item 'review:1'"),
        ({"result_id": "known", "items": ["t1:a"]}, "no item 't1:a'"),
        ({"result_id": "known", "page": 5}, "Page 5 does not exist"),
        ({"source": "known", "box": [10, 10, 10, 50]}, "outside the page"),
        ({"source": "known", "box": [1000, 10, 1100, 50]}, "outside the page"),
        ({"source": "known", "box": [1, 2, 3]}, "cannot use box"),
        ({"source": "/etc/passwd", "page": 1}, "outside the allowed folders"),
    ],
)
async def test_what_cannot_be_shown_gets_its_own_sentence(
    connect: Connect, folder: Path, asked: dict[str, Any], says: str
) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    async with connect() as client:
        known = {"result_id": await _extracted(client, folder / "a.pdf"), "source": str(folder / "a.pdf")}
        given = {name: known[name] if value == "known" else value for name, value in asked.items()}
        refused = await client.call_tool("show_evidence", given)
    assert refused.is_error
    assert says in _text(refused)


async def test_a_document_that_changed_or_went_is_not_taken_for_the_one_that_was_read(
    connect: Connect, folder: Path
) -> None:
    path = folder / "a.pdf"
    path.write_bytes(drawing.draw_table(rows=3, columns=3))
    async with connect() as client:
        asked = {"result_id": await _extracted(client, path), "items": ["t1"]}
        path.write_bytes(drawing.draw_table(rows=4, columns=3))
        changed = await client.call_tool("show_evidence", asked)
        path.unlink()
        gone = await client.call_tool("show_evidence", asked)
        (folder / "moved.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
        moved = await client.call_tool("show_evidence", asked | {"source": str(folder / "moved.pdf")})
    assert "'a.pdf' has changed since the result was made" in _text(changed)
    assert gone.is_error
    assert "There is no file" in _text(gone)
    assert _structure(moved)["documents"][0]["name"] == "moved.pdf"


async def test_a_password_is_asked_for_again_and_kept_nowhere(
    connect: Connect, folder: Path, settings: Settings
) -> None:
    locked = drawing.encrypted(drawing.draw_table(rows=3, columns=3), "sesame-17", "owner")
    (folder / "a.pdf").write_bytes(locked)
    async with connect() as client:
        asked = {"result_id": await _extracted(client, folder / "a.pdf", password="sesame-17"), "items": ["t1"]}
        refused = await client.call_tool("show_evidence", asked)
        shown = await client.call_tool("show_evidence", asked | {"password": "sesame-17"})
    assert "needs a password" in _text(refused)
    assert _structure(shown)["whole_pages"] == []
    assert not any(b"sesame" in path.read_bytes() for path in settings.home.rglob("*") if path.is_file())


async def test_a_document_that_came_as_data_is_passed_again(connect: Connect, folder: Path) -> None:
    uri = "data:application/pdf;base64," + base64.b64encode(drawing.draw_table(rows=3, columns=3)).decode()
    async with connect() as client:
        asked = {"result_id": await _extracted(client, uri), "items": ["t1:1:1"]}
        refused = await client.call_tool("show_evidence", asked)
        shown = await client.call_tool("show_evidence", asked | {"source": uri})
    assert "Pass it again as `source`" in _text(refused)
    assert _structure(shown)["places"][0]["words"]


async def test_plain_text_has_no_picture(connect: Connect, folder: Path) -> None:
    (folder / "a.csv").write_text("a,b\n1,2\n")
    async with connect() as client:
        asked = {"result_id": await _extracted(client, folder / "a.csv"), "items": ["t1:1:1"]}
        refused = await client.call_tool("show_evidence", asked)
    assert "no pages that can be shown" in _text(refused)


async def test_what_a_model_got_wrong_is_framed_as_that_and_told_with_what_stands_there(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "a.pdf").write_bytes(drawing.document(drawing.grid(DUES)))
    # A digit of the first row is another, and two values of the last are in each other's place.
    rows = [["North 1", "12.5", "1,234.50"], DUES[2], ["South 1", "4,018.00", "14.2"]]
    table = {"page": 1, "title": None, "headers": DUES[0], "rows": rows, "notes": [], "confidence": "high"}
    async with FakeClaudeAPI() as api:
        api.answer_with({"tables": [table]})
        environment = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
        given = settings_from(environment, start=folder, home=str(tmp_path / "home"), allow=[str(folder)])
        async with Client(build_server(given)) as client:
            asked = {"source": str(folder / "a.pdf"), "model": "claude-sonnet-5-5"}
            found = _structure(await client.call_tool("extract_tables", asked))
            usual = await client.call_tool("show_evidence", {"result_id": found["result_id"]})
            table_too = {"result_id": found["result_id"], "items": ["t1", "t1:2:2"]}
            several = await client.call_tool("show_evidence", table_too)
    doubtful = [item for item in found["needs_review"] if item["status"]]
    shown = _structure(usual)["places"]
    assert [(place["value"], place["status"], place["box"]) for place in shown][: len(doubtful)] == [
        (item["value"], item["status"], item["box"]) for item in doubtful
    ]
    (wrong,) = [place for place in shown if place["value"] == "1,234.50"]
    assert (wrong["status"], wrong["words"]) == ("unlocated", "1,284.50")
    assert {place["status"] for place in shown} >= {"unlocated", "displaced"}
    picture = _picture(usual)
    assert min(_drawn(picture, "unlocated"), _drawn(picture, "displaced")) > 40
    assert _drawn(picture, "located") == 0
    items = [place["item"] for place in _structure(several)["places"]]
    assert items[0] == "t1"
    assert {"t1:1:2", "t1:3:1", "t1:3:2", "t1:2:2"} == set(items[1:])
    assert min(_drawn(_picture(several), kind) for kind in LINES) > 40


@needs_ocr
@pytest.mark.parametrize("skew", [0.0, 2.5], ids=["straight", "skewed"])
async def test_a_cell_of_a_scan_is_shown_where_it_stands(connect: Connect, folder: Path, skew: float) -> None:
    rows = [["Berth", "2024", "2025"], ["North", "4,118", "4,203"], ["South", "2,977", "3,051"]]
    (folder / "a.pdf").write_bytes(scanned_pdf(draw_ruled(rows, skew=skew)))
    (folder / "a.png").write_bytes(encoded(draw_ruled(rows, skew=skew)))
    async with connect() as client:
        for name in ("a.pdf", "a.png"):
            asked = {"result_id": await _extracted(client, folder / name), "items": ["t1:2:1"]}
            shown = await client.call_tool("show_evidence", asked)
            (place,) = _structure(shown)["places"]
            assert place["value"] == place["words"] == "2,977"
            assert any("read by OCR" in warning for warning in _structure(shown)["warnings"])
            _picture(shown)


@needs_ocr
@pytest.mark.parametrize("tool", ["extract_tables", "read_text"])
async def test_what_needs_review_is_shown_where_nobody_says_what(connect: Connect, folder: Path, tool: str) -> None:
    page = scribble(draw_page(), (700, 640, 1100, 720))
    (folder / "a.png").write_bytes(encoded(page))
    async with connect() as client:
        told = await client.call_tool(tool, {"source": str(folder / "a.png")})
        (result_id,) = re.findall(r"result (r[0-9a-f]+)", _text(told))
        shown = _structure(await client.call_tool("show_evidence", {"result_id": result_id}))
        first = _structure(await client.call_tool("show_evidence", {"result_id": result_id, "items": ["review:1"]}))
    assert [place["item"] for place in shown["places"]][:1] == ["review:1"]
    assert first["places"][0]["reason"] == "Something stands here that OCR cannot read."
    x0, top, x1, bottom = first["places"][0]["box"]
    assert (x0 < 1100, x1 > 700, top < 720, bottom > 640) == (True, True, True, True)


@needs_ocr
async def test_ocr_reads_in_the_picture_what_was_framed(connect: Connect, folder: Path) -> None:
    """Else the frame would hide what it is to show; of print as small as footnotes."""
    cells = [["Berth", "2024", "2025"], ["North", "4,118", "4,203"], ["South", "2,977", "3,051"]]
    (folder / "a.pdf").write_bytes(drawing.document(drawing.grid(cells, size=6, row_height=9, ruled="rows")))
    async with connect() as client:
        result_id = await _extracted(client, folder / "a.pdf")
        items = ["t1:1:1", "t1:1:2", "t1:2:1", "t1:2:2"]
        shown = await client.call_tool("show_evidence", {"result_id": result_id, "items": items})
        _picture(shown).save(folder / "shown.png")
        read = await client.call_tool("read_text", {"source": str(folder / "shown.png")})
    assert all(cell in _text(read) for row in cells for cell in row)


async def test_pictures_and_pages_come_over_http_too(folder: Path, tmp_path: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    with serving(folder, tmp_path / "home") as server:
        for mode in ("auto", "legacy"):
            async with Client(server.connect(), mode=mode) as client:
                result_id = await _extracted(client, folder / "a.pdf")
                asked = {"result_id": result_id, "items": ["t1:1:1"]}
                shown = await client.call_tool("show_evidence", asked)
                (read,) = (await client.read_resource(_structure(shown)["whole_pages"][0]["uri"])).contents
            assert _drawn(_picture(shown)) > 40
            assert isinstance(read, BlobResourceContents)
            assert read.mime_type == "image/png"


async def test_a_citation_is_shown_in_whichever_document_it_stands(connect: Connect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["Nets are stored in the eastern shed."]))
    (folder / "b.pdf").write_bytes(drawing.draw_text(["Nothing.", "The dues are paid\nin advance."]))
    async with connect() as client:
        asked = {
            "sources": [str(folder / "a.pdf"), str(folder / "b.pdf")],
            "questions": ["Where are nets stored?", "How are dues paid?"],
        }
        reading = _structure(await client.call_tool("read_pdf_with_citations", asked))
        result_id = reading["result_id"]
        first, second, unasked = [
            await client.call_tool("show_evidence", {"result_id": result_id, **more})
            for more in ({"items": ["c1"]}, {"items": ["c2", "c1"]}, {})
        ]
        unknown = await client.call_tool("show_evidence", {"result_id": result_id, "items": ["c7"]})
        uri = _structure(second)["whole_pages"][0]["uri"]
        (page,) = (await client.read_resource(uri)).contents
    (place,) = _structure(first)["places"]
    assert (place["item"], place["page"], place["words"]) == ("c1", 1, "Nets are stored in the eastern shed.")
    (place,) = _structure(second)["places"]
    assert (place["item"], place["page"], place["status"]) == ("c2", 2, "located")
    assert _structure(second)["documents"][0]["name"] == "b.pdf"
    assert any("ask apart for c1" in warning for warning in _structure(second)["warnings"])
    assert _drawn(_picture(second), "located") > 40
    assert [place["item"] for place in _structure(unasked)["places"]] == ["c1"]
    assert "citations c1 to c2" in _text(unknown)
    assert isinstance(page, BlobResourceContents)
