"""Memory and the event loop while documents travel to the API: ours beside the SDK's plain ways, in one run.

    python -m benchmarks.memory [RUNS]

Each way runs in a process of its own, in turn, RUNS times (3); the fake of the API runs in another. A warm-up request
goes first, so that imports are not counted. Printed are medians of the added peak of resident memory (VmHWM, so Linux
only) as a multiple of the file, of the wall time, and of the longest time that the event loop was held: on the clock,
which other work on the machine makes longer, and in CPU seconds of the loop's own thread, which it does not. Goals for
our ways: at most 0.1 of the file, for extract_tables beyond 8 MB that do not depend on it, and 20 ms.
"""

from __future__ import annotations

import asyncio
import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

MODEL = "claude-sonnet-5-5"
ONE_REQUEST, TWO_REQUESTS, UPLOAD = 22_500_000, 44_000_000, 200_000_000
ANSWER_ROWS = 6_000

LONG = "long.pdf"
"""The title of the document that gets a long answer."""
LONG_PAGES = 60
"""So many that the answer fits into the room that a request for them may take."""

Go = Callable[[Path], Awaitable[object]]


def main() -> None:
    """Draw the files, send them in each way and print the table."""
    if len(sys.argv) > 2:
        way, file, url, key = sys.argv[1:]
        print(json.dumps(asyncio.run(_measured(WAYS[way][0], Path(file), url, key))))
        return
    from benchmarks.drawn_pdfs import noisy
    from tests.drawing import pdf_with_pages

    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        paths = {size: Path(folder) / f"{size}.pdf" for size in sorted({size for _, size, _ in WAYS.values()})}
        for size, path in paths.items():
            path.write_bytes(noisy(size))
        (Path(folder) / "page.pdf").write_bytes(noisy(100_000))
        (Path(folder) / LONG).write_bytes(pdf_with_pages(LONG_PAGES))
        answers = Path(folder) / "answers"
        answers.mkdir()
        (answers / f"{LONG}.json").write_text(json.dumps(_long_answer()))
        command = [sys.executable, "-m", "witnessmark.testing", "--answers", str(answers)]
        fake = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert fake.stdout is not None
            at = [fake.stdout.readline().strip() for _ in range(2)]
            found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
            for _ in range(runs):
                for way, (_, size, _) in WAYS.items():
                    command = [sys.executable, "-m", "benchmarks.memory", way, str(paths[size]), *at]
                    found[way].append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
        finally:
            fake.kill()
            fake.communicate()
    print(f"{'way':48} {'MB':>5} {'added MB':>9} {'of file':>8} {'wall ms':>8} {'held ms':>8} {'CPU ms':>7}")
    for way, (_, size, what) in WAYS.items():
        added, wall, held, held_cpu = (
            statistics.median(run[figure] for run in found[way]) for figure in ("added", "wall", "held", "held_cpu")
        )
        # A page with a long answer is small itself.
        of_file = f"{'':5} {added / 1e6:9.1f} {'':8}"
        if "answer" not in way and "table" not in way:
            of_file = f"{size / 1e6:5.1f} {added / 1e6:9.1f} {added / size:8.2f}"
        print(f"{what:48} {of_file} {wall * 1e3:8.0f} {held * 1e3:8.1f} {held_cpu * 1e3:7.1f}")


def _long_answer() -> dict[str, Any]:
    rows = [[f"Berth {n % 37}", f"{n * 31:,}.50", "dues, March"] for n in range(ANSWER_ROWS)]
    table = {"page": 1, "title": None, "headers": ["Berth", "USD", "For"], "rows": rows, "notes": []}
    return {"tables": [table | {"confidence": "high"}]}


async def _measured(way: Callable[..., Any], path: Path, url: str, key: str) -> dict[str, float]:
    """Send a small page, then the file, and say what the second took."""
    async with way(url, key, path.parent) as go:
        await go(path.with_name("page.pdf"))
        beat = _Heartbeat()
        task = asyncio.create_task(beat.run())
        await asyncio.sleep(0.05)
        _forget_peak()
        before, begin = _memory("VmRSS"), time.perf_counter()
        beat.reset()
        await go(path)
        wall = time.perf_counter() - begin
        await asyncio.sleep(0.005)
        task.cancel()
        return {
            "added": _memory("VmHWM") - before,
            "wall": wall,
            "held": beat.longest,
            "held_cpu": beat.longest_cpu,
        }


class _Heartbeat:
    """Looks every millisecond how long the event loop was held since."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.longest = self.longest_cpu = 0.0
        self._last, self._last_cpu = time.perf_counter(), time.thread_time()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(0.001)
            now, now_cpu = time.perf_counter(), time.thread_time()
            self.longest = max(self.longest, now - self._last - 0.001)
            self.longest_cpu = max(self.longest_cpu, now_cpu - self._last_cpu)
            self._last, self._last_cpu = now, now_cpu


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _memory(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{name}:"))


def _message(data: Any, title: str = "a.pdf") -> dict[str, Any]:
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    content = [{"type": "document", "source": source, "title": title}, {"type": "text", "text": "What is it?"}]
    return {"model": MODEL, "max_tokens": 128_000, "messages": [{"role": "user", "content": content}]}


@asynccontextmanager
async def _plain_message(url: str, key: str, _: Path) -> AsyncGenerator[Go]:
    import anthropic

    async with anthropic.AsyncAnthropic(api_key=key, base_url=url, max_retries=0) as client:

        async def go(path: Path) -> None:
            data = base64.standard_b64encode(path.read_bytes()).decode()  # noqa: ASYNC240 - as people write it
            async with client.messages.stream(**_message(data)) as stream:
                await stream.get_final_message()

        yield go


@asynccontextmanager
async def _plain_upload(url: str, key: str, _: Path) -> AsyncGenerator[Go]:
    import anthropic

    async with anthropic.AsyncAnthropic(api_key=key, base_url=url, max_retries=0) as client:

        async def go(path: Path) -> None:
            await client.files.upload(file=path)

        yield go


@asynccontextmanager
async def _connection(url: str, key: str) -> AsyncGenerator[Any]:
    from witnessmark.claude.connection import open_connection
    from witnessmark.claude.credentials import Credentials
    from witnessmark.claude.timeouts import Timeouts

    async with open_connection(Credentials(kind="api key", secret=key, base_url=url), Timeouts()) as connection:
        yield connection


@asynccontextmanager
async def _our_message(url: str, key: str, _: Path, title: str = "a.pdf") -> AsyncGenerator[Go]:
    from witnessmark.claude.body import Attachment, JsonBody
    from witnessmark.claude.understanding import message_text

    async with _connection(url, key) as connection:

        async def go(path: Path) -> None:
            content = await asyncio.to_thread(_content, path)
            body = JsonBody(_message(Attachment(content), title) | {"stream": True})
            received = await connection.message(body, seconds=120)
            assert len(message_text(received.message)) > (ANSWER_ROWS * 20 if title == LONG else 0)
            content.close()

        yield go


@asynccontextmanager
async def _our_long_answer(url: str, key: str, folder: Path) -> AsyncGenerator[Go]:
    async with _our_message(url, key, folder, title=LONG) as go:
        yield lambda path: go(path.with_name("page.pdf"))


@asynccontextmanager
async def _our_long_table(url: str, key: str, folder: Path) -> AsyncGenerator[Go]:
    async with _our_tool(url, key, folder) as go:
        yield lambda path: go(path.with_name("page.pdf" if path.name == "page.pdf" else LONG))


@asynccontextmanager
async def _our_upload(url: str, key: str, _: Path) -> AsyncGenerator[Go]:
    from witnessmark.claude.body import Attachment

    async with _connection(url, key) as connection:

        async def go(path: Path) -> None:
            content = await asyncio.to_thread(_content, path)
            attachment = Attachment(content)
            await connection.upload(attachment, name="a.pdf", media_type="application/pdf", expires_in=3600)
            content.close()

        yield go


@asynccontextmanager
async def _our_tool(url: str, key: str, folder: Path) -> AsyncGenerator[Go]:
    from dataclasses import replace

    from witnessmark.settings import settings_from
    from witnessmark_server.services import open_services
    from witnessmark_tools.catalog import BY_NAME
    from witnessmark_tools.definition import no_progress

    environment = {"ANTHROPIC_API_KEY": key, "ANTHROPIC_BASE_URL": url}
    with tempfile.TemporaryDirectory() as home:
        settings = settings_from(environment, start=folder, home=home, allow=[str(folder)])
        async with open_services(settings) as opened:
            services = replace(opened, patience=None)
            tool = BY_NAME["extract_tables"]

            async def go(path: Path) -> None:
                given: dict[str, Any] = {"source": str(path), "model": MODEL, "max_cost_usd": 100, "reuse": False}
                result: Any = await tool.call(tool.parse(given), services, no_progress)
                if path.name == LONG:
                    assert result.tables[0].row_count == ANSWER_ROWS, result.warnings

            yield go


def _content(path: Path) -> Any:
    from witnessmark.documents.content import Content

    return Content(path.name, path.open("rb"))


WAYS: dict[str, tuple[Callable[..., Any], int, str]] = {
    "plain-message": (_plain_message, ONE_REQUEST, "SDK: a message, base64 text"),
    "our-message": (_our_message, ONE_REQUEST, "ours: a message"),
    "our-tool": (_our_tool, ONE_REQUEST, "ours: extract_tables"),
    "our-tool-cut": (_our_tool, TWO_REQUESTS, "ours: extract_tables, cut into two requests"),
    "plain-upload": (_plain_upload, UPLOAD, "SDK: an upload, by path"),
    "our-upload": (_our_upload, UPLOAD, "ours: an upload"),
    "long-answer": (_our_long_answer, ONE_REQUEST, f"ours: a message answered with {ANSWER_ROWS:,} rows"),
    "long-table": (_our_long_table, ONE_REQUEST, f"ours: extract_tables, {ANSWER_ROWS:,} rows"),
}


if __name__ == "__main__":
    main()
