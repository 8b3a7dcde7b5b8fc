"""Documents from the web, through the tools: what a URL gives is what the file gives."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests import drawing
from tests.https_server import PRIVATE, HttpsServer, answer, open_files_in, redirect, serving
from tests.tools.conftest import House
from witnessmark.documents.media_types import EmptyFile
from witnessmark.documents.opening import UrlsSwitchedOff
from witnessmark.documents.web.fetcher import UrlRefused
from witnessmark.documents.web.url import UrlNotAllowed
from witnessmark.settings import Settings, settings_from
from witnessmark_server.services import open_services
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.definition import Services

pytestmark = pytest.mark.anyio

SECRET = "sig=tOpSeCrEt"


@pytest.fixture
async def server() -> AsyncGenerator[HttpsServer]:
    with anyio.fail_after(50):
        async with serving() as made:
            yield made


@pytest.fixture
async def services(settings: Settings, server: HttpsServer) -> AsyncGenerator[Services]:
    async with open_services(settings, fetcher=server.fetcher(settings.cache)) as opened:
        yield opened


async def _call(services: Services, tool: str, /, **arguments: Any) -> Any:
    definition = BY_NAME[tool]
    return await definition.call(definition.parse(arguments), services)


async def test_a_pdf_over_https_gives_the_tables_that_the_file_gives(
    services: Services, server: HttpsServer, settings: Settings, tmp_path: Path
) -> None:
    content = drawing.draw_table(rows=5, columns=4)
    file = tmp_path / "plan.pdf"
    file.write_bytes(content)
    url = server.serve("/2025/plan.pdf", answer(content, headers=["Content-Type: text/html"]))
    from_file = await _call(services, "extract_tables", source=str(file), detail="full")
    from_url = await _call(services, "extract_tables", source=f"{url}?{SECRET}", detail="full")
    assert from_file.tables
    assert from_url.to_json() == from_file.to_json()
    assert from_url.documents[0].name == "plan.pdf"
    assert open_files_in(settings.cache) in ([], ["results"]), "what is remembered of results, and no document"


@pytest.mark.parametrize("tool", ["inspect_document", "read_text", "estimate_cost"])
async def test_every_tool_takes_a_url(services: Services, server: HttpsServer, tool: str) -> None:
    url = server.serve("/report.pdf", answer(drawing.draw_text(["Net sales rose."])))
    arguments: dict[str, Any] = {"source": f"{url}?{SECRET}"}
    if tool == "estimate_cost":
        arguments = {"tool": "extract_tables", "arguments": arguments}
    result = await _call(services, tool, **arguments)
    assert result.documents[0].name == "report.pdf"
    assert SECRET not in json.dumps(result.to_json())
    assert SECRET not in result.to_text()


async def test_what_a_document_is_is_told_by_its_bytes(services: Services, server: HttpsServer) -> None:
    picture = drawing.draw_scan("Total 12")
    url = server.serve("/page.html", answer(picture, headers=["Content-Type: text/html"]))
    result = await _call(services, "inspect_document", source=url)
    assert result.media_type == "application/pdf"


async def test_a_document_keeps_the_url_that_led_straight_to_it(services: Services, server: HttpsServer) -> None:
    url = f"{server.serve('/a.pdf', answer(drawing.draw_table()))}?{SECRET}"
    async with services.documents.open(url) as document:
        assert document.url == url
        assert SECRET not in repr(document)
    async with services.documents.open(server.serve("/old", redirect("/a.pdf"))) as document:
        assert document.url is None


async def test_errors_about_a_document_from_the_web_hold_no_query(services: Services, server: HttpsServer) -> None:
    with pytest.raises(UrlRefused) as refused:
        await _call(services, "read_text", source=f"{server.url('/none.pdf')}?{SECRET}")
    assert SECRET not in str(refused.value)
    url = server.serve("/empty.pdf", answer(b""))
    with pytest.raises(EmptyFile, match=r"'empty\.pdf' is empty") as empty:
        await _call(services, "read_text", source=f"{url}?{SECRET}")
    assert SECRET not in str(empty.value)


async def test_a_private_host_is_refused_by_every_tool(settings: Settings, server: HttpsServer) -> None:
    fetcher = server.fetcher(settings.cache, names={"files.example": [PRIVATE]})
    async with open_services(settings, fetcher=fetcher) as opened:
        for tool in ("inspect_document", "extract_tables", "read_text"):
            with pytest.raises(UrlNotAllowed, match="not public"):
                await _call(opened, tool, source=server.url("/a.pdf"))
    assert server.connections == 0


async def test_urls_can_be_switched_off(tmp_path: Path) -> None:
    settings = settings_from({"WITNESSMARK_URLS": "off"}, start=tmp_path, home=str(tmp_path / "home"))
    async with open_services(settings) as opened:
        with pytest.raises(UrlsSwitchedOff):
            await _call(opened, "read_text", source="https://files.example/a.pdf")


@pytest.mark.parametrize("source", ["http://files.example/a.pdf", "https://127.0.0.1/a.pdf", "https://localhost/"])
async def test_what_is_fetched_by_default_is_https_from_public_hosts(house: House, source: str) -> None:
    with pytest.raises(UrlNotAllowed):
        await _call(house.services, "read_text", source=source)
