"""Start-up: spawn to the answer of `tools/list`, beside a bare server of one tool, in one run.

    python -m benchmarks.startup [RUNS]

Prints medians of wall time, CPU time and peak memory over RUNS pairs taken in turn (A B A B), and the ratios that
count: at most 1.1 times the bare server's time and 1.2 times its memory. Byte code is made first, so neither compiles.

Then what the first call that asks Claude takes more than the second: three seconds after start, when the SDK was
imported meanwhile, and at once, when the call waits for that. The fake of the API answers, in a process of its own, and
a worker is there. The first call also opens the store and asks the API for the model's facts, so that this is an upper
bound of what importing costs it; goal: 20 ms.
"""

from __future__ import annotations

import compileall
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BARE = """
from mcp.server import MCPServer

mcp = MCPServer("bare", version="1")


@mcp.tool()
def add(a: int, b: int) -> int:
    "Add two numbers."
    return a + b


mcp.run()
"""
REQUESTS = (
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "b", "version": "1"}},
    },
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
)


@dataclass(frozen=True, kw_only=True)
class Start:
    """One start: seconds on the clock, seconds of CPU, peak resident bytes."""

    wall: float
    cpu: float
    memory: float


def start(command: list[str]) -> Start:
    """Start a server, ask for its tools and stop it."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"".join(json.dumps(request).encode() + b"\n" for request in REQUESTS))
    process.stdin.flush()
    while json.loads(process.stdout.readline()).get("id") != 2:
        pass
    wall = time.perf_counter() - begin
    status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    times = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    cpu = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    return Start(wall=wall, cpu=cpu, memory=peak)


def first_call(command: list[str], environment: dict[str, str], document: str, *, after: float) -> float:
    """Start a server and say how many seconds the first call that asks Claude took more than the second."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"".join(json.dumps(request).encode() + b"\n" for request in REQUESTS))
    process.stdin.flush()
    begin = time.perf_counter()

    def call(number: int, tool: str, **arguments: Any) -> float:
        assert process.stdin is not None
        assert process.stdout is not None
        params = {"name": tool, "arguments": {"source": document} | arguments}
        request = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
        asked = time.perf_counter()
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        while (answer := json.loads(process.stdout.readline())).get("id") != number:
            pass
        assert not answer["result"]["isError"], answer["result"]["content"]
        return time.perf_counter() - asked

    try:
        call(3, "inspect_document")
        time.sleep(max(0.0, begin + after - time.perf_counter()))
        # One model, named: with `auto` a page may go up, and the two calls would not do the same.
        asked = {"model": "claude-sonnet-5-5", "reuse": False}
        first, second = (call(number, "extract_tables", **asked) for number in (4, 5))
    finally:
        process.kill()
        process.communicate()
    return first - second


def main() -> None:
    """Run the comparisons and print them."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    for root in ("core", "tools", "server"):
        compileall.compile_dir(root, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        ours = [str(Path(sys.executable).with_name("witnessmark")), "serve", "--allow", folder, "--home", folder]
        commands = {"bare": [sys.executable, str(bare)], "witnessmark": ours}
        found: dict[str, list[Start]] = {name: [] for name in commands}
        for run in range(runs + 1):
            for name, command in commands.items():
                one = start(command)
                if run:  # the first pair warms the disk
                    found[name].append(one)
    print(f"{'server':14} {'wall ms':>8} {'CPU ms':>8} {'peak MiB':>9}   (medians of {runs})")
    medians: dict[str, tuple[float, float, float]] = {}
    for name, starts in found.items():
        wall, cpu, memory = (
            statistics.median(values)
            for values in ([s.wall for s in starts], [s.cpu for s in starts], [s.memory for s in starts])
        )
        medians[name] = (wall, cpu, memory)
        print(f"{name:14} {wall * 1e3:8.0f} {cpu * 1e3:8.0f} {memory / 2**20:9.1f}")
    ratios = [a / b for a, b in zip(medians["witnessmark"], medians["bare"], strict=True)]
    print(f"{'ratio':14} {ratios[0]:8.2f} {ratios[1]:8.2f} {ratios[2]:9.2f}   (goals: wall 1.10, memory 1.20)")
    with tempfile.TemporaryDirectory() as folder:
        _first_calls(folder, min(runs, 5))


def _first_calls(folder: str, runs: int) -> None:
    from PIL import Image

    page = Path(folder) / "page.pdf"
    drawn = io.BytesIO()
    Image.new("L", (600, 800), 255).save(drawn, "PDF")
    page.write_bytes(drawn.getvalue())
    ours = [str(Path(sys.executable).with_name("witnessmark")), "serve", "--allow", folder, "--home", folder]
    fake = subprocess.Popen([sys.executable, "-m", "witnessmark.testing"], stdout=subprocess.PIPE, text=True)
    try:
        assert fake.stdout is not None
        url, key = (fake.stdout.readline().strip() for _ in range(2))
        environment = {"ANTHROPIC_API_KEY": key, "ANTHROPIC_BASE_URL": url}
        for after in (3.0, 0.0):
            more = [first_call(ours, environment, str(page), after=after) for _ in range(runs)]
            print(
                f"first call to Claude, {after:g} s after start: {statistics.median(more) * 1e3:.0f} ms more than the "
                f"second (from {min(more) * 1e3:.0f} to {max(more) * 1e3:.0f} in {runs} runs)"
            )
    finally:
        fake.kill()
        fake.communicate()


if __name__ == "__main__":
    main()
