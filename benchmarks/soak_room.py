"""Where a soak takes place: the server and the fake of the API in processes of their own, and a way to look at both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2

from benchmarks.soak_watch import Look, children_of, look_at, looks_in

KEY = "sk-ant-api03-soaked-7d1f"
START_SECONDS = 60.0


class Room:
    """A server that runs, and the fake that it asks."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes], url: str, fake: httpx2.AsyncClient) -> None:
        self.url = url
        self.log = folder / "server.log"
        self.store = folder / "home" / "store.sqlite3"
        self._folder = folder
        self._server = server
        self._fake = fake

    def look(self) -> Look:
        """Look at the server once."""
        return look_at(self._server.pid, self.url)

    @contextmanager
    def watching(self) -> Generator[None]:
        """Look at the server every second, from another process."""
        command = [sys.executable, "-m", "benchmarks.soak_watch", str(self._server.pid), self.url]
        with subprocess.Popen([*command, str(self._folder / "looks")]) as process:
            try:
                yield
            finally:
                process.terminate()

    def looks(self) -> Sequence[Look]:
        return looks_in(self._folder / "looks")

    async def fail(self, fault: str) -> None:
        """Let the fake fail, by a fault as its command line takes it."""
        (await self._fake.post("/_fail", content=fault)).raise_for_status()

    async def heal(self) -> None:
        await self._fake.post("/_heal")

    async def expire(self) -> None:
        """Let every file at the fake come to its end."""
        (await self._fake.post("/_expire")).raise_for_status()

    async def requests(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = (await self._fake.get("/_requests")).json()
        return found

    async def totals(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self._fake.get("/_totals")).json()
        return found

    async def end_server(self) -> int:
        """Tell the server to end, as systems do.

        Shapes:  its exit code; -1 where it does not end, or leaves a child
        """
        children = children_of(self._server.pid)
        self._server.terminate()
        with anyio.move_on_after(30):
            code = await anyio.to_thread.run_sync(self._server.wait, abandon_on_cancel=True)
            return -1 if any(map(_is_there, children)) else code
        return -1

    def left_behind(self) -> list[str]:
        """List temporary files, and what lies in the home beside what belongs there."""
        found = [str(path.relative_to(self._folder)) for path in (self._folder / "tmp").rglob("*")]
        home = self._folder / "home"
        # Names under which files are written before they get their own.
        unfinished = [path for pattern in (".*", "*.part") for path in home.rglob(pattern)]
        return found + [str(path.relative_to(self._folder)) for path in unfinished]


def _is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@asynccontextmanager
async def open_room(folder: Path) -> AsyncGenerator[Room]:
    """Start both in a folder that holds `documents` and `answers`; leaving the block ends them."""
    (folder / "tmp").mkdir()
    with _fake(folder / "answers") as address:
        async with httpx2.AsyncClient(base_url=address, timeout=60) as fake:
            with _server(folder, address) as (process, url):
                yield Room(folder, process, url, fake)


@contextmanager
def _fake(answers: Path) -> Generator[str]:
    command = [sys.executable, "-m", "witnessmark.testing", "--key", KEY, "--answers", str(answers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def _server(folder: Path, api: str) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    command = [sys.executable, "-m", "witnessmark_server", "serve", "--http", "--no-auth", "--port", "0"]
    command += [
        "--allow",
        str(folder / "documents"),
        "--home",
        str(folder / "home"),
        "--ask-above-usd",
        "100",
        "--max-usd-per-day",
        "none",
    ]
    command += ["--log", "debug"]
    environment = os.environ | {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": api, "TMPDIR": str(folder / "tmp")}
    log = folder / "server.log"
    with log.open("wb") as errors, subprocess.Popen(command, stderr=errors, env=environment) as process:
        try:
            yield process, _url_when_ready(process, log)
        finally:
            if process.poll() is None:
                process.kill()


def _url_when_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        for line in log.read_text().splitlines():
            if line.startswith("{") and line.endswith("}") and (said := json.loads(line))["message"] == "ready":
                url: str = said["url"]
                return url
        time.sleep(0.05)
    raise AssertionError(log.read_text())
