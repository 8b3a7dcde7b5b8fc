"""What pages that stop their worker may cost one call, so that a hostile document cannot hold the machine for hours."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from witnessmark.documents.stops import WorkerStopped
from witnessmark.errors import InputError

DEATH_SECONDS = 1.0
"""CPU time that a stopped worker counts at least: starting the next one takes some of it."""


class PageNotTried(InputError):
    """Pages before this one have cost the call so much that it is left for another call."""

    def __init__(self, name: str, *, limit: float) -> None:
        super().__init__(
            f"Pages of {name!r} that stop the reader have used up the {limit:g} seconds of CPU time that one call may "
            "lose on them.",
            "Call again for the other pages with `pages`.",
        )


@dataclass(slots=True)
class Losses:
    """CPU time that pages of one document have cost one call and that gave nothing."""

    seconds: float = 0.0

    @contextmanager
    def counted(self, name: str, *, limit: float) -> Generator[None]:
        """Count what the block loses.

        Errors:  `PageNotTried`, where the limit was reached before
        """
        if self.seconds >= limit:
            raise PageNotTried(name, limit=limit)
        try:
            yield
        except WorkerStopped as error:
            self.seconds += max(error.cpu_seconds, DEATH_SECONDS)
            raise
