"""Which process wrote a row, and whether it still lives: what a dead one was doing must not count for ever."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Name this process so that no other, on any machine, at any time, has the same name.

    Shapes:  `host|process id|start`, where the host tells restarts and containers apart
    """
    return f"{_host()}|{os.getpid()}|{_start_of(os.getpid())}"


def is_alive(process: str) -> bool | None:
    """Say whether a process lives; None where that cannot be told from here."""
    host, number, start = process.rsplit("|", 2)
    if host != _host():
        return None
    return _start_of(int(number)) == start


def _host() -> str:
    parts = [socket.gethostname()]
    if sys.platform == "linux":  # containers share a kernel but not their process ids
        with suppress(OSError):
            parts.append((_PROC / "sys/kernel/random/boot_id").read_text().strip())
            parts.append(str((_PROC / "self/ns/pid").readlink()))
    return "/".join(parts)


def _start_of(number: int) -> str:
    """Give when a living process started, as the system counts; of any other, nothing."""
    if sys.platform == "linux":
        try:
            told = (_PROC / str(number) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if told[0] in "ZX" else told[19]  # a zombie is dead; field 22 of proc(5) is the start
    import psutil

    try:
        return str(psutil.Process(number).create_time())
    except psutil.Error:
        return ""
