"""The server over real HTTP on this machine's loopback, in both protocol eras."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError
from mcp.types import BlobResourceContents, CallToolResult, TextContent

from tests import damage, drawing
from tests.processes import children_of, handles_of, wait_for_children, wait_until_gone
from tests.server.conftest import Era
from tests.server.http_server import HttpServer, serving
from witnessmark_tools.catalog import BY_NAME

pytestmark = pytest.mark.anyio

Serving = Callable[..., AbstractContextManager[HttpServer]]


@pytest.fixture
def serve(folder: Path, tmp_path: Path) -> Serving:
    return partial(serving, folder, tmp_path / "home")


@pytest.fixture
def server(serve: Serving) -> Generator[HttpServer]:
    with serve() as started:
        yield started


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Generator[HttpServer]:
    """A server for requests that it answers by themselves."""
    folder = tmp_path_factory.mktemp("standing")
    with serving(folder, folder / "home") as started:
        yield started


@pytest.fixture(params=["auto", "legacy"], ids=["2026-07-28", "2025-11-25"])
def era(request: pytest.FixtureRequest) -> Era:
    chosen: Era = request.param
    return chosen


def _text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


async def test_tools_are_listed_and_called(server: HttpServer, era: Era, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))
    async with Client(server.connect(), mode=era) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        result = await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")})
    assert names == list(BY_NAME)
    assert result.structured_content is not None
    (table,) = result.structured_content["tables"]
    truth = drawing.table_texts(rows=4, columns=3)
    assert [table["headers"], *table["rows"]] == [list(row) for row in truth]


async def test_progress_arrives_page_by_page(server: HttpServer, era: Era, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one", "two", "three"]))
    seen: list[tuple[float, float | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        seen.append((progress, total))

    async with Client(server.connect(), mode=era) as client:
        await client.call_tool("read_text", {"source": str(folder / "a.pdf")}, progress_callback=note)
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_a_remote_client_reads_an_exported_workbook(server: HttpServer, era: Era, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3))
    async with Client(server.connect(), mode=era) as client:
        asked = {"source": str(folder / "a.pdf"), "export": ["xlsx"]}
        result = await client.call_tool("extract_tables", asked)
        assert result.structured_content is not None
        (file,) = result.structured_content["files"]
        (content,) = (await client.read_resource(file["uri"])).contents
    assert isinstance(content, BlobResourceContents)
    assert content.mime_type == file["media_type"]
    assert base64.b64decode(content.blob) == await anyio.Path(file["path"]).read_bytes()


async def test_a_document_of_several_megabytes_may_come_along(server: HttpServer, era: Era) -> None:
    content = drawing.draw_text(["Still here."]) + b"\n%" + b"x" * 6_000_000
    source = "data:application/pdf;base64," + base64.b64encode(content).decode()
    async with Client(server.connect(), mode=era) as client:
        result = await client.call_tool("read_text", {"source": source})
    assert "Still here." in _text(result)


async def test_only_named_folders_are_read(server: HttpServer, era: Era, tmp_path: Path) -> None:
    (tmp_path / "outside.pdf").write_bytes(drawing.draw_text(["secret"]))
    async with Client(server.connect(), mode=era) as client:
        result = await client.call_tool("read_text", {"source": str(tmp_path / "outside.pdf")})
    assert result.is_error
    assert "outside the allowed folders" in _text(result)


async def test_many_clients_are_served_at_once(server: HttpServer, era: Era, folder: Path) -> None:
    for number in range(8):
        (folder / f"{number}.pdf").write_bytes(drawing.draw_text([f"page of {number}"]))
    texts: dict[int, str] = {}

    async def read(number: int) -> None:
        async with Client(server.connect(), mode=era) as client:
            texts[number] = _text(await client.call_tool("read_text", {"source": str(folder / f"{number}.pdf")}))

    async with anyio.create_task_group() as tasks:
        for number in range(8):
            tasks.start_soon(read, number)
    assert all(f"page of {number}" in texts[number] for number in range(8))


async def test_a_call_that_is_given_up_ends_its_worker_within_a_second(server: HttpServer, folder: Path) -> None:
    # In the older era a client may only say so in another request, which no stateless server can connect with the
    # call; there the stream's end counts, see below.
    (folder / "slow.pdf").write_bytes(damage.endless_parsing())
    (folder / "a.pdf").write_bytes(drawing.draw_text(["Still here."]))
    async with Client(server.connect()) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(client.call_tool, "extract_tables", {"source": str(folder / "slow.pdf")})
        with anyio.fail_after(20):
            workers = await wait_for_children(server.process.pid)
        tasks.cancel_scope.cancel()
        begun = time.monotonic()
        with anyio.CancelScope(shield=True):
            await wait_until_gone(workers, seconds=5)
            assert time.monotonic() - begun < 1
            assert "Still here." in _text(await client.call_tool("read_text", {"source": str(folder / "a.pdf")}))


HEADERS: dict[Era, dict[str, str]] = {
    "auto": {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "extract_tables"},
    "legacy": {"MCP-Protocol-Version": "2025-11-25"},
}


def _call(source: str, era: Era, **more: Any) -> bytes:
    """Write a call as bytes."""
    meta: dict[str, Any] = {"progressToken": 1}
    if era == "auto":
        meta |= {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "a test", "version": "1"},
        }
    parameters = {"name": "extract_tables", "arguments": {"source": source, **more}, "_meta": meta}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": parameters}).encode()


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> str:
        said: str = json.loads(self.body)["error"]["message"]
        return said


def _ask(server: HttpServer, method: str = "POST", path: str = "/mcp", body: Any = b"{}", **headers: str) -> Answer:
    sent = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    sent |= server.headers | headers
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def _head(server: HttpServer, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Write the head of a request as bytes."""
    head = ["POST /mcp HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Content-Type: application/json"]
    head += ["Accept: application/json, text/event-stream", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in (server.headers | dict(headers)).items()]
    return "\r\n".join([*head, "", ""]).encode()


@pytest.mark.parametrize("is_open", [True, False], ids=["half open", "closed"])
async def test_a_client_that_goes_away_ends_its_work_within_a_second(
    server: HttpServer, era: Era, folder: Path, is_open: bool
) -> None:
    (folder / "slow.pdf").write_bytes(damage.endless_parsing())
    body = _call(str(folder / "slow.pdf"), era)
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(_head(server, body, HEADERS[era]) + body)
        with anyio.fail_after(20):
            workers = await wait_for_children(server.process.pid)
        begun = time.monotonic()
        if is_open:
            client.shutdown(socket.SHUT_WR)
        else:
            client.close()
        await wait_until_gone(workers, seconds=5)
        assert time.monotonic() - begun < 1


@pytest.mark.parametrize("path", ["/mcp", "/health"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""])
def test_a_request_under_another_name_is_refused(standing: HttpServer, path: str, host: str) -> None:
    answer = _ask(standing, "POST" if path == "/mcp" else "GET", path, Host=host.format(port=standing.port))
    assert answer.status == 421
    assert "its own name only" in answer.said


@pytest.mark.parametrize("path", ["/mcp", "/health"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://localhost:{port}", "http://localhost:1", "null", ""]
)
def test_a_request_from_another_web_page_is_refused(standing: HttpServer, path: str, origin: str) -> None:
    answer = _ask(standing, "POST" if path == "/mcp" else "GET", path, Origin=origin.format(port=standing.port))
    assert answer.status == 403
    assert "another origin" in answer.said


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_its_own_names_are_answered(standing: HttpServer, name: str) -> None:
    own = f"{name}:{standing.port}"
    assert _ask(standing, "GET", "/health", Host=own, Origin=f"http://{own}").status == 200


def test_health_says_how_it_is(standing: HttpServer) -> None:
    answer = _ask(standing, "GET", "/health")
    assert json.loads(answer.body) == {"status": "ok", "version": "0.1.0", "at_work": 0, "limit": 64}


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/mcp", 405, "POST"),
        ("DELETE", "/mcp", 405, "POST"),
        ("POST", "/health", 405, "GET, HEAD"),
        ("GET", "/", 404, None),
        ("GET", "/mcp/../etc/passwd", 404, None),
    ],
)
def test_other_addresses_and_methods_are_refused(
    standing: HttpServer, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = _ask(standing, method, path)
    assert (answer.status, answer.headers.get("allow")) == (status, allow)
    assert answer.said


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length declared", "chunked"])
async def test_a_body_too_large_is_refused_with_what_to_do(serve: Serving, era: Era, is_chunked: bool) -> None:
    with serve(body_bytes=100_000) as server:
        body = _call("x" * 200_000, era)
        sent = (body[start : start + 10_000] for start in range(0, len(body), 10_000)) if is_chunked else body
        answer = _ask(server, body=sent, **HEADERS[era])
        assert answer.status == 413
        assert answer.said == (
            "The request is larger than 0.1 MB. Save the document in an allowed folder and pass its path."
        )


async def test_a_full_server_says_so_at_once_and_serves_again_when_it_is_not(serve: Serving, folder: Path) -> None:
    (folder / "slow.pdf").write_bytes(damage.endless_parsing())
    (folder / "a.pdf").write_bytes(drawing.draw_text(["Still here."]))
    with serve(requests=1) as server:
        async with Client(server.connect()) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "extract_tables", {"source": str(folder / "slow.pdf")})
            with anyio.fail_after(20):
                await wait_for_children(server.process.pid)
            begun = time.monotonic()
            answer = await anyio.to_thread.run_sync(_ask, server)
            assert time.monotonic() - begun < 1
            assert (answer.status, answer.headers["retry-after"]) == (503, "2")
            assert "Wait for one to end" in answer.said
            assert json.loads(_ask(server, "GET", "/health").body)["at_work"] == 1
            with pytest.raises(MCPError, match="Wait for one to end"):
                await client.call_tool("read_text", {"source": str(folder / "a.pdf")})
            tasks.cancel_scope.cancel()
        with anyio.fail_after(10):
            while json.loads(_ask(server, "GET", "/health").body)["at_work"]:  # noqa: ASYNC110 - another process
                await anyio.sleep(0.02)
        async with Client(server.connect()) as client:
            assert "Still here." in _text(await client.call_tool("read_text", {"source": str(folder / "a.pdf")}))


async def test_a_full_server_still_greets_and_lists_and_looks_after_jobs(
    serve: Serving, era: Era, folder: Path
) -> None:
    (folder / "slow.pdf").write_bytes(damage.endless_parsing())
    with serve(requests=1) as server:
        async with Client(server.connect()) as first, anyio.create_task_group() as tasks:
            tasks.start_soon(first.call_tool, "extract_tables", {"source": str(folder / "slow.pdf")})
            with anyio.fail_after(20):
                await wait_for_children(server.process.pid)
            async with Client(server.connect(), mode=era) as client:
                assert [tool.name for tool in (await client.list_tools()).tools] == list(BY_NAME)
                await client.call_tool("get_job", {"job_id": "none"})  # it is told that there is none
                with pytest.raises(MCPError, match="Wait for one to end"):
                    await client.call_tool("read_text", {"source": str(folder / "slow.pdf")})
                large = {"source": "data:application/pdf;base64," + "A" * 100_000}
                with pytest.raises(MCPError, match="Wait for one to end"):
                    await client.call_tool("read_text", large)
            tasks.cancel_scope.cancel()


async def test_a_client_that_never_ends_its_headers_is_let_go(serve: Serving) -> None:
    with serve(head_seconds=0.3) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            assert client.recv(1) == b""
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            client.sendall(f"GET /health HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
            begun = time.monotonic()
            client.sendall(b"GET /hea")
            while client.recv(4096):
                pass
            assert time.monotonic() - begun < 5


async def test_a_client_that_never_ends_its_body_is_let_go(serve: Serving) -> None:
    with serve(body_seconds=0.3) as server, socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(_head(server, b"x" * 100, {}) + b"{")
        assert client.recv(4096).startswith(b"HTTP/1.1 408 ")


async def test_a_client_that_goes_away_within_its_request_leaves_no_traceback(server: HttpServer, era: Era) -> None:
    body = _call("a.pdf", era)
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(_head(server, body, HEADERS[era]) + body[:-1])
        with anyio.fail_after(20):
            while not json.loads(_ask(server, "GET", "/health").body)["at_work"]:  # noqa: ASYNC110 - another process
                await anyio.sleep(0.02)
    with anyio.fail_after(20):
        while json.loads(_ask(server, "GET", "/health").body)["at_work"]:  # noqa: ASYNC110 - another process
            await anyio.sleep(0.02)
    _, _, log = await anyio.to_thread.run_sync(server.end)
    assert log == ""


async def test_a_client_that_takes_nothing_of_its_answer_is_let_go(serve: Serving, tmp_path: Path) -> None:
    exports = tmp_path / "home" / "exports"
    exports.mkdir(parents=True)
    (exports / "long.csv").write_bytes(b"x" * 40_000_000)
    body = _reading("witnessmark://exports/long.csv")
    with serve(write_seconds=0.5) as server:
        before = handles_of(server.process.pid)["socket"]
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(_head(server, body, {"MCP-Protocol-Version": "2025-11-25"}) + body)
            with anyio.fail_after(20):
                while handles_of(server.process.pid)["socket"] == before:  # noqa: ASYNC110 - another process
                    await anyio.sleep(0.02)
                while handles_of(server.process.pid)["socket"] > before:  # noqa: ASYNC110 - another process
                    await anyio.sleep(0.02)
            received = 0
            while piece := client.recv(1_000_000):
                received += len(piece)
            assert 0 < received < 40_000_000


async def test_a_client_that_takes_its_answer_slowly_gets_all_of_it(serve: Serving, tmp_path: Path) -> None:
    exports = tmp_path / "home" / "exports"
    exports.mkdir(parents=True)
    (exports / "long.csv").write_bytes(b"~" * 10_000_000)
    body = _reading("witnessmark://exports/long.csv")
    with serve(write_seconds=0.3) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.connect(("127.0.0.1", server.port))
        client.sendall(_head(server, body, {"MCP-Protocol-Version": "2025-11-25"}) + body)
        received = bytearray()
        while not received.endswith(b"0\r\n\r\n") and (piece := client.recv(1_000_000)):
            received += piece
            if len(received) < 5_000_000:
                await anyio.sleep(0.005)  # slow enough that the answer takes several times as long as is waited
        assert received.count(b"~") == 10_000_000


async def test_too_many_connections_are_told_so_in_words(serve: Serving) -> None:
    with serve(connections=2) as server, ExitStack() as idle:
        for _ in range(2):
            idle.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        answer = _ask(server)
        assert (answer.status, answer.headers["retry-after"], answer.headers["connection"]) == (503, "2", "close")
        assert answer.said == ("The server is busy: 2 connections are open. Wait for some to end, then call again.")
        idle.close()
        assert _ask(server, "GET", "/health").status == 200


def _reading(uri: str) -> bytes:
    """Write a request for a resource as bytes."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": uri}}).encode()


async def test_calls_at_work_are_finished_when_the_server_is_told_to_end(
    server: HttpServer, era: Era, folder: Path
) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_long_table(rows=600, columns=6, rows_per_page=40, total=False))
    result: list[CallToolResult] = []

    async def read() -> None:
        async with Client(server.connect(), mode=era) as client:
            await client.list_tools()  # the client would ask for them after the call, when nobody answers any more
            result.append(await client.call_tool("extract_tables", {"source": str(folder / "a.pdf")}))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        with anyio.fail_after(20):
            workers = await wait_for_children(server.process.pid, settle=0)
        code, stdout, _ = await anyio.to_thread.run_sync(server.end)
        assert (code, stdout) == (0, "")
        await wait_until_gone(workers, seconds=1)
    assert result[0].structured_content is not None
    assert result[0].structured_content["pages_read"] == 15


async def test_a_call_that_does_not_end_is_given_a_bounded_time(serve: Serving, era: Era, folder: Path) -> None:
    (folder / "slow.pdf").write_bytes(damage.endless_parsing())
    errors: list[MCPError] = []
    with serve(grace_seconds=1) as server:
        async with anyio.create_task_group() as tasks:

            async def call() -> None:
                async with Client(server.connect(), mode=era) as client:
                    with pytest.raises(MCPError) as told:
                        await client.call_tool("extract_tables", {"source": str(folder / "slow.pdf")})
                errors.append(told.value)

            tasks.start_soon(call)
            with anyio.fail_after(20):
                workers = await wait_for_children(server.process.pid)
            begun = time.monotonic()
            code, _, log = await anyio.to_thread.run_sync(server.end)
            assert time.monotonic() - begun < 4
            assert (code, "Traceback" in log) == (0, False)
            await wait_until_gone(workers, seconds=1)
    if era == "auto":  # in the older one the answer has begun, as a stream that is only cut
        assert "The server ends." in str(errors[0])


async def test_interrupting_leaves_no_worker_and_the_exit_code_that_says_so(server: HttpServer, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one"]))
    async with Client(server.connect()) as client:
        await client.call_tool("read_text", {"source": str(folder / "a.pdf")})
    workers = children_of(server.process.pid)
    os.kill(server.process.pid, signal.SIGINT)
    stdout, stderr = await anyio.to_thread.run_sync(server.process.communicate)
    assert server.process.returncode == 130
    assert stdout == ""
    assert "Traceback" not in stderr
    assert workers
    await wait_until_gone(workers, seconds=1)


async def test_logs_are_json_lines_without_what_documents_say(serve: Serving, era: Era, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["Zanzibar is confidential."]))
    asked = {"source": str(folder / "a.pdf"), "password": "geheim"}
    with serve("--log", "debug") as server:
        async with Client(server.connect(), mode=era) as client:
            assert "Zanzibar" in _text(await client.call_tool("read_text", asked))
        _, stdout, stderr = await anyio.to_thread.run_sync(server.end)
    lines = [json.loads(line) for line in stderr.splitlines()]
    requests = [line for line in lines if line["message"] == "request"]
    assert {(line["method"], line["path"], line["status"]) for line in requests} >= {("POST", "/mcp", 200)}
    assert all(line["seconds"] >= 0 for line in requests)
    assert not re.search("Zanzibar|geheim", stderr)
    assert stdout == ""


def _refused(*options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "witnessmark_server", "serve", *options],
        env={name: value for name, value in os.environ.items() if name != "WITNESSMARK_ALLOW"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return f"{done.returncode} {done.stderr}"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "::ffff:192.0.2.1", "example.org", "*"])
def test_an_address_that_others_reach_is_refused_with_the_reason(folder: Path, host: str) -> None:
    said = _refused("--http", "--host", host, "--allow", str(folder), "--port", "0")
    assert said.startswith("5 ")
    assert "other machines could reach it" in said
    assert "ssh -L" in said


def test_without_named_folders_it_does_not_start() -> None:
    said = _refused("--http", "--port", "0")
    assert said.startswith("5 ")
    assert "--allow FOLDER" in said


def test_a_port_that_is_taken_is_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = _refused("--http", "--port", str(port), "--allow", str(folder))
    assert said.startswith("5 ")
    assert re.search(rf"port {port}.*--port", said, re.DOTALL)


@pytest.mark.parametrize("port", ["65536", "-1", "http", "8_0"])
def test_a_port_that_cannot_be_is_a_usage_error(folder: Path, port: str) -> None:
    assert _refused("--http", f"--port={port}", "--allow", str(folder)).startswith("2 ")


def test_where_to_listen_means_nothing_without_http() -> None:
    assert _refused("--port", "80").startswith("2 --host, --port and --no-auth belong to --http")


async def test_it_listens_on_ipv6_where_the_machine_has_it(folder: Path, tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with serving(folder, tmp_path / "home", "--host", "::1") as server:
        assert server.url.startswith("http://[::1]:")
        async with Client(server.connect()) as client:
            assert (await client.list_tools()).tools
