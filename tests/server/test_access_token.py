"""The access token of the HTTP server: who has it is served, and nobody else."""

from __future__ import annotations

import http.client
import os
import pty
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from mcp import Client

from tests.server.http_server import HttpServer, serving
from witnessmark.errors import SetupError
from witnessmark_server.access_token import TOKEN_FILE, access_token, is_authorized

needs_posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")


def _status(server: HttpServer, path: str = "/mcp", **headers: str) -> tuple[int, str | None, str]:
    sent = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"} | headers
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.request("GET" if path == "/health" else "POST", path, b"{}", sent)
        answer = connection.getresponse()
        return answer.status, answer.getheader("WWW-Authenticate"), answer.read().decode()


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {token}", "{token}"])
def test_a_request_without_the_token_is_refused_with_what_to_do(
    folder: Path, tmp_path: Path, sent: str | None, shared_server: HttpServer
) -> None:
    headers = {} if sent is None else {"Authorization": sent.format(token=shared_server.token)}
    status, asked, said = _status(shared_server, **headers)
    assert (status, asked) == (401, 'Bearer realm="witnessmark"')
    assert "Authorization: Bearer TOKEN" in said
    assert TOKEN_FILE in said
    assert str(shared_server.token) not in said


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder = tmp_path_factory.mktemp("standing")
    with serving(folder, folder / "home") as started:
        yield started


def test_the_token_opens_the_server_and_health_needs_none(shared_server: HttpServer) -> None:
    assert _status(shared_server, **shared_server.headers)[0] == 400  # the protocol's own answer to `{}`
    assert _status(shared_server, Authorization=f"bearer  {shared_server.token}")[0] == 400
    assert _status(shared_server, "/health")[0] == 200


@pytest.mark.anyio
async def test_a_client_that_sends_the_token_is_served_after_a_restart_too(folder: Path, tmp_path: Path) -> None:
    tokens: list[str | None] = []
    for _ in range(2):
        with serving(folder, tmp_path / "home") as server:
            async with Client(server.connect()) as client:
                assert (await client.list_tools()).tools
            tokens.append(server.token)
            _, _, log = server.end()
        assert tokens[0] is not None
        assert tokens[0] not in log
    assert tokens[0] == tokens[1]


def test_without_a_token_only_where_that_was_typed(folder: Path, tmp_path: Path) -> None:
    with serving(folder, tmp_path / "home", "--no-auth") as server:
        assert server.token is None
        assert _status(server)[0] == 400
    assert not (tmp_path / "home" / TOKEN_FILE).exists()


@needs_posix
def test_the_token_is_readable_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        token = access_token(tmp_path / "home")
    finally:
        os.umask(before)
    file = tmp_path / "home" / TOKEN_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o644)
    assert access_token(tmp_path / "home") == token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [TOKEN_FILE]


def test_servers_that_start_at_once_agree_on_one_token(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(access_token, [tmp_path / "home"] * 32))) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40, b"two words " * 4, b"x" * 1000])
def test_a_damaged_token_file_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TOKEN_FILE).write_bytes(content)
    with pytest.raises(SetupError, match="access token") as told:
        access_token(tmp_path)
    assert "Delete the file" in str(told.value)


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer \u00e9", "Bearer abc", "Digest secret"])
def test_only_the_token_itself_is_authorized(given: str | None) -> None:
    assert not is_authorized(given, "secret")
    assert is_authorized("Bearer secret", "secret")


@needs_posix
@pytest.mark.parametrize("flags", [[], ["--no-auth"]], ids=["token", "no token"])
def test_a_terminal_shows_the_line_that_connects_claude_code(tmp_path: Path, flags: list[str]) -> None:
    command = [sys.executable, "-m", "witnessmark_server", "serve", "--http", "--port", "0", *flags]
    command += ["--allow", str(tmp_path), "--home", str(tmp_path / "home")]
    parent, terminal = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=terminal) as process:
        os.close(terminal)
        shown = b""
        while b"Ctrl+C ends it." not in shown:
            shown += os.read(parent, 4096)
        process.terminate()
        os.close(parent)
    said = shown.decode()
    assert "claude mcp add --transport http witnessmark http://127.0.0.1:" in said
    if flags:
        assert "every user of this machine" in said
    else:
        token = (tmp_path / "home" / TOKEN_FILE).read_text().strip()
        assert f'--header "Authorization: Bearer {token}"' in said
