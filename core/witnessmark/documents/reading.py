"""Reading many pages: side by side, in bounded time, losing only the pages that cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from witnessmark.documents.losses import PageNotTried
from witnessmark.errors import WitnessmarkError
from witnessmark.limits import Limits

T = TypeVar("T")

logger = logging.getLogger(__name__)

GRACE_SECONDS = 8.0
"""How much longer than asked a page may take that was begun in time: hosts cut a call 15 seconds after our default."""


class PageFault(WitnessmarkError):
    """witnessmark itself failed on a page: that page is lost, and the others are read."""

    def __init__(self) -> None:
        super().__init__("witnessmark itself failed on it.", "Please report it with the traceback in the log.")


@dataclass(slots=True)
class PagesRead(Generic[T]):
    """What became of the pages that were asked for."""

    done: dict[int, T] = field(default_factory=dict[int, T])
    failed: dict[int, WitnessmarkError] = field(default_factory=dict[int, WitnessmarkError])
    """Pages that were tried and cannot be read."""
    left: tuple[int, ...] = ()
    """Pages that were not tried: the last ones of those asked for."""
    given_up: PageNotTried | None = None
    """Why the pages in `left` were not tried; None: there was no time."""


async def read_pages(
    pages: Sequence[int],
    read: Callable[[int], Awaitable[T]],
    *,
    limits: Limits,
    seconds: float | None,
    on_page: Callable[[int], Awaitable[None]],
) -> PagesRead[T]:
    """Read pages in order, as many at once as there are workers.

    Shapes:  at least one page done or failed, however short the time; a page that stops its worker is lost alone, until
             such pages have cost the document's call too much (`Limits.lost_seconds`)
    Units:   `seconds` on the clock after which no further page is begun; those begun are given `GRACE_SECONDS` more
             when others are done, then left for the next call
    Errors:  the first page's error when no page could be read
    """
    result: PagesRead[T] = PagesRead()
    waiting = list(reversed(pages))
    deadline = anyio.current_time() + seconds if seconds is not None else float("inf")
    begun: set[int] = set()
    first_done = anyio.Event()

    async def work() -> None:
        while waiting and result.given_up is None and (anyio.current_time() < deadline or waiting[-1] == pages[0]):
            page = waiting.pop()
            begun.add(page)
            try:
                result.done[page] = await read(page)
                logger.debug("page read", extra={"page": page})
                first_done.set()
            except PageNotTried as error:
                result.given_up = error
                return
            except WitnessmarkError as error:
                result.failed[page] = error
            except Exception:
                logger.exception("page not read", extra={"page": page})
                result.failed[page] = PageFault()
            begun.discard(page)
            await on_page(len(result.done) + len(result.failed))

    async def give_up(scope: anyio.CancelScope) -> None:
        await anyio.sleep_until(deadline + GRACE_SECONDS)
        await first_done.wait()
        scope.cancel()

    async with anyio.create_task_group() as watch:
        if seconds is not None:
            watch.start_soon(give_up, watch.cancel_scope)
        async with anyio.create_task_group() as tasks:
            for _ in range(min(limits.workers, len(pages))):
                tasks.start_soon(work)
        watch.cancel_scope.cancel()
    left = {*waiting, *begun} - result.failed.keys() - result.done.keys()
    result.left = tuple(sorted(left, key=pages.index))
    if not result.done and (errors := [*result.failed.values(), *filter(None, [result.given_up])]):
        raise errors[0]
    return result
