"""The server over HTTP as programs on node meet it: the MCP Inspector, and the protocol's own conformance suite."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests import drawing
from tests.server.http_server import HttpServer, serving
from tests.server.node_clients import CONFORMANCE, INSPECTOR, clean_room, find_node, skip_without
from witnessmark_tools.catalog import TOOLS

SCENARIOS = {
    "2025-11-25": (
        "server-initialize",
        "ping",
        "tools-list",
        "resources-list",
        "prompts-list",
        "dns-rebinding-protection",
    ),
    "2026-07-28": (
        "tools-list",
        "resources-list",
        "prompts-list",
        "caching",
        "http-header-validation",
        "sep-2164-resource-not-found",
        "input-required-result-unsupported-methods",
        "dns-rebinding-protection",
    ),
}
"""Those that ask nothing of a server but the protocol: others call tools that only a test server has, or ask about
sessions, which a stateless server has none of (`server-session-lifecycle`, `server-sse-multiple-streams`)."""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents").resolve()


@pytest.fixture(scope="module")
def server(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[HttpServer]:
    skip_without(INSPECTOR)
    with serving(documents, tmp_path_factory.mktemp("home")) as started:
        yield started


@pytest.fixture(scope="module")
def open_server(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[HttpServer]:
    """A server that asks for no token: the conformance suite sends none."""
    skip_without(CONFORMANCE)
    with serving(documents, tmp_path_factory.mktemp("open-home"), "--no-auth") as started:
        yield started


def _node(program: Path, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(find_node()), str(program), *arguments],
        env=clean_room(home),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("version", "scenario"), [(version, name) for version, names in SCENARIOS.items() for name in names]
)
def test_the_protocol_is_spoken_as_specified(
    open_server: HttpServer, tmp_path: Path, version: str, scenario: str
) -> None:
    asked = ["--scenario", scenario, "--spec-version", version, "--output-dir", str(tmp_path / "results")]
    done = _node(CONFORMANCE, "server", "--url", open_server.url, *asked, home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (results,) = (tmp_path / "results").rglob("checks.json")
    checks: list[dict[str, Any]] = json.loads(results.read_text())
    assert "SUCCESS" in {check["status"] for check in checks}
    assert not {"FAILURE", "WARNING"} & {check["status"] for check in checks}, done.stdout


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_the_inspector_lists_calls_and_reads(server: HttpServer, documents: Path, tmp_path: Path, era: str) -> None:
    (documents / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))

    def inspect(*arguments: str) -> dict[str, Any]:
        options = ["--cli", "--quiet", "--format", "json", "--protocol-era", era, server.url, "--transport", "http"]
        options += ["--header", f"Authorization: Bearer {server.token}"]
        done = _node(INSPECTOR, *options, *arguments, home=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)["result"]
        return answer

    assert [tool["name"] for tool in inspect("--method", "tools/list", "--strict")["tools"]] == [t.name for t in TOOLS]
    asked = json.dumps({"source": str(documents / "a.pdf"), "export": ["xlsx"]})
    called = inspect("--method", "tools/call", "--tool-name", "extract_tables", "--tool-args-json", asked)
    (file,) = called["structuredContent"]["files"]
    (content,) = inspect("--method", "resources/read", "--uri", file["uri"])["contents"]
    assert content["mimeType"] == file["media_type"]
    assert base64.b64decode(content["blob"]) == Path(file["path"]).read_bytes()
