"""The processes that a test's server has started, as the system lists them."""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import anyio
import pytest

PROC = Path("/proc")
"""Processes can only be asked about, so these tests look again and again."""


def children_of(parent: int | None = None) -> list[int]:
    """List the living child processes of a process, this one by default."""
    if not PROC.is_dir():
        pytest.skip("/proc is not here: child processes cannot be listed")
    wanted = parent or os.getpid()
    return [pid for pid, its_parent in _living() if its_parent == wanted]


def handles_of(pid: int) -> Counter[str]:
    """Count the open files of a process by kind: files, sockets, pipes, others."""
    if not PROC.is_dir():
        pytest.skip("/proc is not here: open files cannot be listed")
    kinds = Counter[str]()
    for entry in (PROC / str(pid) / "fd").iterdir():
        with suppress(OSError):  # closed since it was listed
            target = str(entry.readlink())
            kinds["file" if target.startswith("/") else target.partition(":")[0]] += 1
    return kinds


async def wait_for_children(parent: int, *, settle: float = 0.5) -> list[int]:
    """Wait until a process has child processes, and `settle` seconds more so that they are at work."""
    while not children_of(parent):  # noqa: ASYNC110 - the system tells nobody of another process's children
        await anyio.sleep(0.02)
    await anyio.sleep(settle)
    return children_of(parent)


async def wait_until_gone(pids: list[int], *, seconds: float) -> None:
    """Wait until none of the processes lives; fail when one still does after `seconds`."""
    deadline = time.monotonic() + seconds
    while alive := [pid for pid, _ in _living() if pid in pids]:
        assert time.monotonic() < deadline, f"still there: {alive}"
        await anyio.sleep(0.02)


def _living() -> list[tuple[int, int]]:
    """List processes with their parents.

    Of one that was killed the first thread may end before the others: until they all have, its parent is told nothing.
    """
    found: list[tuple[int, int]] = []
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
                threads = len(list((folder / "task").iterdir()))
            except OSError:  # gone since it was listed
                continue
            state, its_parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z" or threads > 1:
                found.append((int(folder.name), int(its_parent)))
    return found
