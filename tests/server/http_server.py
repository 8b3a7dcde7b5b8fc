"""A server over HTTP in a process of its own, on a port that was free."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp.client._transport import TransportStreams
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

PROGRAM = """
import sys
from pathlib import Path
from witnessmark.settings import settings_from
from witnessmark_server import logs
from witnessmark_server.http import HttpLimits, run_http

logs.configure("warning")
settings = settings_from({}, start=Path(), home=sys.argv[2], allow=[sys.argv[1]], names_folders=True)
sys.exit(run_http(settings, host="127.0.0.1", port=0, limits=HttpLimits(%s)))
"""
"""Serves with limits that a test can reach."""


@dataclass
class HttpServer:
    process: subprocess.Popen[str]
    url: str
    token: str | None
    """None: the server asks for none."""

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[TransportStreams]:
        """Open a transport that sends the token, for a client."""
        async with (
            create_mcp_http_client(headers=self.headers) as http,
            streamable_http_client(self.url, http_client=http) as streams,
        ):
            yield streams

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    def end(self) -> tuple[int, str, str]:
        """Tell it to end, as systems do, and wait until it has: exit code, stdout, stderr from `ready` on."""
        self.process.terminate()
        stdout, stderr = self.process.communicate(timeout=30)
        return self.process.returncode, stdout, stderr


@contextmanager
def serving(folder: Path, home: Path, *options: str, **limits: Any) -> Generator[HttpServer]:
    """Start a server, by its command line or, where limits are given, with those."""
    if limits:
        program = PROGRAM % ", ".join(f"{name}={value!r}" for name, value in limits.items())
        command = [sys.executable, "-c", program, str(folder), str(home)]
    else:
        command = [sys.executable, "-m", "witnessmark_server", "serve", "--http", "--port", "0"]
        command += ["--allow", str(folder), "--home", str(home), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        too_late = threading.Timer(60, process.kill)
        too_late.start()
        try:
            yield _when_ready(process)
        finally:
            too_late.cancel()
            if process.poll() is None:
                process.kill()


def _when_ready(process: subprocess.Popen[str]) -> HttpServer:
    assert process.stderr is not None
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line)
        if line.startswith("{") and (said := json.loads(line))["message"] == "ready":
            kept = said["token_file"]
            return HttpServer(process, said["url"], Path(kept).read_text().strip() if kept else None)
    raise AssertionError("".join(lines))
