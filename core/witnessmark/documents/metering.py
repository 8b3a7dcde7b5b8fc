"""When an operation of a worker has taken too much: measured in CPU time, so that a busy machine blames no document.

The parent reads the worker's CPU time from the operating system every `LOOK_SECONDS`. RLIMIT_CPU would not do: it
counts a process's whole life, and a worker serves many calls; nor does its signal say which limit was hit. A worker
that hangs uses no CPU time, so a second limit counts the looks at which it neither used nor wanted the CPU. It counts
looks and not wall time: a machine that has no time for the worker has none for looking either.
"""

from __future__ import annotations

from typing import Literal

from witnessmark.documents.process_use import ProcessUse

LOOK_SECONDS = 0.25
IDLE_SHARE = 0.02
"""Share of a CPU up to which a worker does nothing; its watch over its own memory takes less than half a percent."""
_TICK_SECONDS = 0.02
"""Systems count CPU time in steps of up to a sixtieth of a second."""

Excess = Literal["cpu", "idle"]
"""The limit that was hit: CPU time used, or time with nothing done."""


class Meter:
    """Counts what one operation uses."""

    def __init__(self, *, cpu_seconds: float, idle_seconds: float) -> None:
        """Begin to count; the limits are those of the operation."""
        self._cpu_limit = cpu_seconds
        self._idle_limit = idle_seconds
        self._first: float | None = None
        self._seen = 0.0
        self._since_progress = 0.0
        self._looks = 0
        self._idle_looks = 0

    @property
    def cpu_seconds(self) -> float:
        """What the operation has used, as of the last look."""
        return 0.0 if self._first is None else self._seen - self._first

    def progressed(self) -> None:
        """Take note that bytes have crossed: neither side hangs."""
        self._since_progress, self._looks, self._idle_looks = self._seen, 0, 0

    def look(self, use: ProcessUse | None) -> Excess | None:
        """Take a look, `LOOK_SECONDS` or more after the one before.

        Shapes:  the limit that was hit; None for a process that has ended: its end is noticed elsewhere
        """
        if use is None:
            return None
        self._seen = use.cpu_seconds
        if self._first is None:
            self._first = use.cpu_seconds
            self.progressed()
            return None
        if self.cpu_seconds >= self._cpu_limit:
            return "cpu"
        self._looks += 1
        if self._seen - self._since_progress > _TICK_SECONDS + IDLE_SHARE * LOOK_SECONDS * self._looks:
            self.progressed()
        elif not use.is_runnable:
            self._idle_looks += 1
        return "idle" if self._idle_looks * LOOK_SECONDS >= self._idle_limit else None
