"""A cold call from the shell next to markitdown: start, read one clean digital PDF, end. Alternating, in one run.

    python -m benchmarks.cold [RUNS] [--markitdown COMMAND] [PDF]

Without a PDF, six pages are drawn, each a paragraph and a table in two embedded fonts. Each call is a process, with a
home of the run's own, offline. Prints medians over RUNS (5) rounds of wall time, of user CPU time, and of peak memory
(proportional set size of the process and all its children, read every 10 ms, so Linux only), the processes of a call,
and for each the median of its ratios to markitdown's in the same round. Other work on the machine makes wall times
longer, so look at CPU time next to them.

Goals: no OCR process; read-text 0.7 and extract-tables 1.0 of markitdown's wall time, memory 0.6.

markitdown is needed by this benchmark alone, and is no dependency of ours: `python -m venv DIR` and
`DIR/bin/pip install 'markitdown[pdf]'`, then `--markitdown DIR/bin/markitdown`, or put it on the PATH. Without it, only
our own figures are printed.
"""

from __future__ import annotations

import argparse
import compileall
import io
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests import drawing

ROOT = Path(__file__).resolve().parent.parent
PAGES = 6
LOOK_SECONDS = 0.01
OUR_TOOLS = ("read-text", "extract-tables")
GOALS = {"read-text": (0.7, 0.6), "extract-tables": (1.0, 0.6)}
"""Of markitdown's: wall time and memory."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: seconds on the clock and of user CPU, peak bytes, processes."""

    wall: float
    cpu: float
    memory: float
    processes: int


def report() -> bytes:
    """Draw pages of a paragraph and a table."""
    for name, file in {"S": "Vera.ttf", "B": "VeraBd.ttf"}.items():
        pdfmetrics.registerFont(TTFont(name, file))  # pyright: ignore[reportUnknownMemberType]  # half-typed there
    target = io.BytesIO()
    canvas: Any = Canvas(target, pagesize=(595, 842), pageCompression=1, invariant=True)
    for page in range(PAGES):
        canvas.setFont("B", 14)
        canvas.drawString(60, 790, f"Section {page + 1}: what was spent")
        canvas.setFont("S", 9)
        for line in range(8):
            canvas.drawString(60, 770 - 12 * line, "The harbour board approved the dues for berth and crane this year.")
        for row, texts in enumerate(drawing.table_texts(25, 5, total=True)):
            canvas.setFont("S" if row else "B", 9)
            canvas.drawString(60, 650 - 18 * row, texts[0])
            for column, text in enumerate(texts[1:], start=1):
                canvas.drawRightString(150 + 80 * column, 650 - 18 * row, text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def called(command: Sequence[str], home: Path) -> Call:
    """Run a command to its end and watch it and its children."""
    keys = {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"}
    environment = {name: value for name, value in os.environ.items() if name not in keys}
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment | {"WITNESSMARK_HOME": str(home)},
    )
    peak, seen = 0, {process.pid}
    while process.poll() is None:
        family = _family(process.pid)
        seen.update(family)
        peak = max(peak, sum(map(_resident, family)))
        time.sleep(LOOK_SECONDS)
    wall = time.perf_counter() - begin
    assert process.returncode == 0, command
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used
    return Call(wall=wall, cpu=cpu, memory=peak, processes=len(seen))


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    except OSError:  # it has ended meanwhile
        pass
    return found


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="?", type=int, default=5)
    parser.add_argument("pdf", nargs="?", type=Path)
    parser.add_argument("--markitdown", default=shutil.which("markitdown"))
    given = parser.parse_args()
    for folder in ("core", "tools", "server"):  # so that neither compiles
        compileall.compile_dir(ROOT / folder, quiet=2)
    with tempfile.TemporaryDirectory() as name:
        path = given.pdf.resolve() if given.pdf else Path(name) / "report.pdf"
        if not given.pdf:
            path.write_bytes(report())
        ours = [sys.executable, "-m", "witnessmark_server"]
        commands = {tool: [*ours, tool, str(path), "--json"] for tool in OUR_TOOLS}
        if given.markitdown:
            commands = {"markitdown": [given.markitdown, str(path)]} | commands
        else:
            print("markitdown is not installed, so that nothing is compared; --help says how to install it.")
        calls: dict[str, list[Call]] = {what: [] for what in commands}
        for _ in range(given.runs):
            for what, command in commands.items():
                calls[what].append(called(command, Path(name) / "home"))
    show(calls)


def show(calls: Mapping[str, Sequence[Call]]) -> None:
    """Print medians, and medians of the ratios of each round."""
    print(f"{'call':16} {'wall s':>7} {'CPU s':>6} {'MB':>6} {'processes':>9}  wall, CPU, memory of markitdown's")
    for what, found in calls.items():
        wall, cpu, memory = (
            statistics.median(values)
            for values in (
                [call.wall for call in found],
                [call.cpu for call in found],
                [call.memory for call in found],
            )
        )
        ratios = ""
        if "markitdown" in calls and what in GOALS:
            pairs = list(zip(found, calls["markitdown"], strict=True))
            of_wall, of_cpu, of_memory = (
                statistics.median(values)
                for values in (
                    [one.wall / other.wall for one, other in pairs],
                    [one.cpu / other.cpu for one, other in pairs],
                    [one.memory / other.memory for one, other in pairs],
                )
            )
            wall_goal, memory_goal = GOALS[what]
            ratios = f"  {of_wall:.2f} (goal {wall_goal}), {of_cpu:.2f}, {of_memory:.2f} (goal {memory_goal})"
        print(f"{what:16} {wall:7.2f} {cpu:6.2f} {memory / 1e6:6.1f} {max(c.processes for c in found):9}{ratios}")


if __name__ == "__main__":
    main()
