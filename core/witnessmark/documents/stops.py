"""Why a file made its worker end: which limit was hit, and what to do about that one."""

from __future__ import annotations

from witnessmark.errors import InputError


class WorkerStopped(InputError):
    """A file made its worker end: by a crash, by memory, by time."""

    cpu_seconds = 0.0
    """What the operation used before that, in all its tries."""
    is_certain = False
    """Whether another try would end alike: the machine had no part in it."""


class WorkerCrashed(WorkerStopped):
    def __init__(self, name: str, *, limit_bytes: int) -> None:
        super().__init__(
            f"The reader stopped on {name!r}: the file is damaged, or asks for more than the limit of "
            f"{_gib(limit_bytes)} GiB of memory.",
            "Open it in a viewer and save or print it as a new PDF, or leave out the page with `pages`.",
        )


class WorkerKilled(WorkerStopped):
    """Something outside ended the process; systems do that when memory runs out."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The system ended the process that read {name!r}, as it does when the machine has no memory left.",
            "Free memory and call again; if it happens again, leave out the page with `pages`.",
        )


class WorkerTooLarge(WorkerStopped):
    def __init__(self, name: str, *, limit_bytes: int) -> None:
        super().__init__(
            f"Reading {name!r} took more than the limit of {_gib(limit_bytes)} GiB of memory.",
            "Leave out the page with `pages`, or save the file with smaller images.",
        )


class WorkerTooSlow(WorkerStopped):
    def __init__(self, name: str, *, seconds: float, is_certain: bool = False) -> None:
        self.is_certain = is_certain
        super().__init__(
            f"Reading {name!r} used more than the limit of {seconds:g} seconds of CPU time for one step.",
            "Leave out the page with `pages`, or save the file with simpler drawings and smaller images.",
        )


class WorkerHung(WorkerStopped):
    def __init__(self, name: str, *, seconds: float) -> None:
        super().__init__(
            f"The reader of {name!r} hung: it did nothing for {seconds:g} seconds.",
            "Call again; if it happens again, leave out the page with `pages`.",
        )


def _gib(size: int) -> str:
    return f"{size / 1024**3:g}"
