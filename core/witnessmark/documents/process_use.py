"""What another process has used of the CPU, as the operating system counts it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple


class ProcessUse(NamedTuple):
    """A look at a running process."""

    cpu_seconds: float
    """Of all its threads since it started, and of its children that have ended."""
    is_runnable: bool
    """Whether a thread of it runs, or waits for the CPU or the disk; False where the system does not tell."""


def process_use(pid: int) -> ProcessUse | None:
    """Look at a process; None: it has ended."""
    return _from_proc(pid) if sys.platform == "linux" else _from_psutil(pid)


def _from_proc(pid: int) -> ProcessUse | None:
    folder = Path("/proc", str(pid))
    try:
        fields = _fields(folder / "stat")
        states = [_fields(thread / "stat")[0] for thread in (folder / "task").iterdir()]
    except OSError:  # a thread may also end between two looks; the next look sees the rest
        return None
    # Fields 14 to 17 of proc_pid_stat(5), counted from field 3, the state.
    ticks = sum(int(field) for field in fields[11:15])
    return ProcessUse(ticks / os.sysconf("SC_CLK_TCK"), any(state in "RD" for state in states))


def _fields(stat: Path) -> list[str]:
    """Split what follows the process's name, which may hold spaces and brackets."""
    return stat.read_text(errors="replace").rpartition(")")[2].split()


def _from_psutil(pid: int) -> ProcessUse | None:
    import psutil

    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return None
    children = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return ProcessUse(times.user + times.system + children, is_runnable=False)
