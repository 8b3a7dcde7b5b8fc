"""The server as hosts start it: a process on standard input and output, in both protocol eras."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import TextContent

from tests import damage, drawing
from tests.processes import children_of, wait_for_children, wait_until_gone
from witnessmark_tools.catalog import BY_NAME

ROOT = Path(__file__).resolve().parents[2]
Serve = Callable[..., AbstractAsyncContextManager[Client]]

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["auto", "legacy"], ids=["2026-07-28", "2025-11-25"])
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
    @asynccontextmanager
    async def started(command: str, arguments: list[str], **extra: Any) -> AsyncGenerator[Client]:
        parameters = StdioServerParameters(command=command, args=arguments, cwd=tmp_path, **extra)
        async with Client(parameters, mode=request.param) as client:
            yield client

    return started


def _arguments(folder: Path, tmp_path: Path) -> list[str]:
    return ["-m", "witnessmark_server", "serve", "--allow", str(folder), "--home", str(tmp_path / "home")]


async def test_a_started_process_lists_and_calls(serve: Serve, folder: Path, tmp_path: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=4))
    async with serve(sys.executable, _arguments(folder, tmp_path)) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")})
    assert names == list(BY_NAME)
    assert result.structured_content is not None
    assert result.structured_content["table_count"] == 1


async def test_the_example_for_claude_desktop_starts_once_its_paths_are_filled_in(
    serve: Serve, folder: Path, tmp_path: Path
) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["Found it."]))
    text = (ROOT / "claude_desktop_config.example.json").read_text()
    text = text.replace("/ABSOLUTE/PATH/TO/YOUR/DOCUMENTS", str(folder))
    text = text.replace("/ABSOLUTE/PATH/TO/witnessmark/.venv/bin", str(Path(sys.executable).parent))
    server = json.loads(text)["mcpServers"]["witnessmark"]
    assert "/ABSOLUTE/" not in text
    async with serve(server["command"], server["args"], env={**server["env"], "HOME": str(tmp_path)}) as client:
        result = await client.call_tool("read_text", {"source": str(folder / "a.pdf")})
    (block,) = result.content
    assert isinstance(block, TextContent)
    assert "Found it." in block.text


async def test_a_cancelled_call_ends_its_worker_within_a_second(serve: Serve, folder: Path, tmp_path: Path) -> None:
    (folder / "slow.pdf").write_bytes(damage.endless_parsing())  # keeps a worker busy until its time is up
    (folder / "a.pdf").write_bytes(drawing.draw_text(["Still here."]))
    async with serve(sys.executable, _arguments(folder, tmp_path)) as client, anyio.create_task_group() as tasks:
        (server,) = children_of()
        tasks.start_soon(client.call_tool, "extract_tables", {"source": str(folder / "slow.pdf")})
        with anyio.fail_after(20):
            workers = await wait_for_children(server)
        tasks.cancel_scope.cancel()
        begun = time.monotonic()
        with anyio.CancelScope(shield=True):
            await wait_until_gone(workers, seconds=5)
            assert time.monotonic() - begun < 1
            result = await client.call_tool("read_text", {"source": str(folder / "a.pdf")})
            assert not result.is_error


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_an_interrupt_ends_an_idle_server(folder: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, *_arguments(folder, tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        server.stdin.flush()
        server.stdout.readline()  # it is up
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=5) == 130


def test_standard_output_carries_nothing_but_the_protocol(folder: Path, tmp_path: Path) -> None:
    (folder / "slow.pdf").write_bytes(damage.self_drawing_form())
    opening = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "a test", "version": "1"},
    }
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "read_text", "arguments": {"source": str(folder / "slow.pdf")}},
        },
    ]
    with subprocess.Popen(
        [sys.executable, *_arguments(folder, tmp_path), "--log", "debug"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for message in messages:
            server.stdin.write(json.dumps(message) + "\n")
        server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        rest, logs = server.communicate(timeout=20)
    assert [answer["id"] for answer in answers] == [1, 2]
    assert rest == ""
    assert all(json.loads(line)["level"] for line in logs.splitlines())
