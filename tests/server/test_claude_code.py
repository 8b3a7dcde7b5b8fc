"""Claude Code, as a new user meets it: `claude mcp add` and `claude mcp list`, without an account, in an empty home."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.http_server import serving
from tests.server.node_clients import CLAUDE_CODE, clean_room, skip_without


@pytest.fixture
def home(tmp_path: Path) -> Path:
    skip_without(CLAUDE_CODE)
    home = tmp_path / "home"
    home.mkdir()
    return home


def _claude(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [CLAUDE_CODE, *arguments],
        env=clean_room(home),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_claude_code_connects_to_the_server_it_was_told_of(home: Path, folder: Path) -> None:
    server = [sys.executable, "-m", "witnessmark_server", "serve", "--allow", str(folder), "--home", str(home / "w")]
    _claude(home, "mcp", "add", "witnessmark", "--", *server)
    listed = _claude(home, "mcp", "list")
    (line,) = [line for line in listed.splitlines() if line.startswith("witnessmark:")]
    assert "Connected" in line
    assert "Failed" not in line


def test_claude_code_connects_to_the_server_over_http(home: Path, folder: Path) -> None:
    with serving(folder, home / "w") as server:
        header = f"Authorization: Bearer {server.token}"
        _claude(home, "mcp", "add", "--transport", "http", "witnessmark", server.url, "--header", header)
        listed = _claude(home, "mcp", "list")
    (line,) = [line for line in listed.splitlines() if line.startswith("witnessmark:")]
    assert "Connected" in line
    assert "Failed" not in line
