"""Start-up: spawn to the answer of `tools/list`, beside a bare server of one tool, in one run.

    python -m benchmarks.startup [RUNS]

Prints medians of wall time, CPU time and peak memory over RUNS pairs taken in turn (A B A B), and the ratios that
count: at most 1.1 times the bare server's time and 1.2 times its memory. Byte code is made first, so neither compiles.
"""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

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


def main() -> None:
    """Run the comparison and print it."""
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


if __name__ == "__main__":
    main()
