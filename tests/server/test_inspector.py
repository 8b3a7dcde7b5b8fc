"""The MCP Inspector, as a newcomer runs it: its command line starts the server, lists the tools and calls them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import drawing
from tests.server.node_clients import INSPECTOR, clean_room, find_node, skip_without
from witnessmark_tools.catalog import TOOLS

Inspect = Callable[..., "subprocess.CompletedProcess[str]"]

TOOL_ERROR = 5
"""The Inspector's exit code for a call that the tool refused. Source: its `--help`"""


@pytest.fixture(params=["modern", "legacy"], ids=["2026-07-28", "2025-11-25"])
def inspect(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Inspect:
    skip_without(INSPECTOR)
    home = tmp_path / "home"
    home.mkdir()
    server = [sys.executable, "-m", "witnessmark_server", "serve", "--allow", str(folder), "--home", str(home / "w")]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        options = ["--cli", "--quiet", "--format", "json", "--protocol-era", request.param]
        return subprocess.run(
            [str(find_node()), str(INSPECTOR), *options, *arguments, "--", *server],
            env=clean_room(home),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def _call(tool: str, **arguments: Any) -> list[str]:
    return ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", json.dumps(arguments)]


def _answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr + done.stdout
    answer: dict[str, Any] = json.loads(done.stdout)["result"]
    return answer


def test_the_inspector_lists_every_tool_and_finds_no_schema_that_a_host_cannot_take(inspect: Inspect) -> None:
    answer = _answer(inspect("--method", "tools/list", "--strict"))
    assert [tool["name"] for tool in answer["tools"]] == [tool.name for tool in TOOLS]


def test_the_inspector_asks_what_a_document_is(inspect: Inspect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))
    result = _answer(inspect(*_call("inspect_document", source=str(folder / "a.pdf"))))
    assert result["structuredContent"]["documents"][0]["pages"] == 1
    assert "a.pdf" in result["content"][0]["text"]


def test_the_inspector_gets_the_tables_of_a_document(inspect: Inspect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))
    result = _answer(inspect(*_call("extract_tables", source=str(folder / "a.pdf"))))
    (table,) = result["structuredContent"]["tables"]
    truth = drawing.table_texts(rows=4, columns=3)
    assert [table["headers"], *table["rows"]] == [list(row) for row in truth]


def test_the_inspector_shows_our_sentence_about_a_file_that_is_not_there(inspect: Inspect, folder: Path) -> None:
    done = inspect(*_call("inspect_document", source=str(folder / "none.pdf")))
    assert done.returncode == TOOL_ERROR
    assert "none.pdf" in done.stdout


def test_the_inspector_reads_an_exported_workbook(inspect: Inspect, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))
    result = _answer(inspect(*_call("extract_tables", source=str(folder / "a.pdf"), export=["xlsx"])))
    (file,) = result["structuredContent"]["files"]
    (content,) = _answer(inspect("--method", "resources/read", "--uri", file["uri"]))["contents"]
    assert content["mimeType"] == file["media_type"]
    assert base64.b64decode(content["blob"]) == Path(file["path"]).read_bytes()
