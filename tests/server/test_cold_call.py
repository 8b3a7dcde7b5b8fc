"""One call from the shell: what it loads before it answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import drawing

NOT_NEEDED = {
    "anthropic",
    "httpx2",
    "mcp",
    "numpy",
    "PIL",
    "rich",
    "sqlite3",
    "witnessmark.claude.client",
    "witnessmark.store",
    "witnessmark_tools.paid",
    "witnessmark_tools.tables_auto",
}


@pytest.mark.parametrize("tool", ["read-text", "extract-tables"])
def test_an_offline_call_loads_nothing_of_what_asks_claude(tmp_path: Path, tool: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(drawing.draw_table())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANTHROPIC_")}
    command = [sys.executable, "-X", "importtime", "-m", "witnessmark_server", tool, str(path)]
    ended = subprocess.run(  # what it printed is checked first
        command,
        check=False,
        capture_output=True,
        text=True,
        env=environment | {"WITNESSMARK_HOME": str(tmp_path / "home")},
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Salaries" in ended.stdout
    loaded = {line.rsplit("|", 1)[1].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")}
    assert "witnessmark_tools.read_text" in loaded
    assert loaded & NOT_NEEDED == set()
