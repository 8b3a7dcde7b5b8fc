"""Reading many pages: side by side, in bounded time, losing only the pages that cannot be read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from witnessmark.documents.worker import WorkerStopped
from witnessmark.errors import WitnessmarkError
from witnessmark.limits import Limits

T = TypeVar("T")

GRACE_SECONDS = 8.0
"""How much longer than asked a page may take that was begun in time: hosts cut a call 15 seconds after our default."""


@dataclass(slots=True)
class PagesRead(Generic[T]):
    """What became of the pages that were asked for."""

    done: dict[int, T] = field(default_factory=dict[int, T])
    failed: dict[int, WitnessmarkError] = field(default_factory=dict[int, WitnessmarkError])
    """Pages that cannot be read, or were not tried any more after the document had stopped too many workers."""
    left: tuple[int, ...] = ()
    """Pages that there was no time for: the last ones of those asked for."""


async def read_pages(
    pages: Sequence[int],
    read: Callable[[int], Awaitable[T]],
    *,
    limits: Limits,
    seconds: float | None,
    on_page: Callable[[int], Awaitable[None]],
) -> PagesRead[T]:
    """Read pages in order, as many at once as there are workers.

    Shapes:  at least one page done or failed, however short the time
    Units:   `seconds` after which no further page is begun; those begun are given `GRACE_SECONDS` more when others are
             done, then left for the next call
    Errors:  the first page's error when no page could be read
    """
    result: PagesRead[T] = PagesRead()
    waiting = list(reversed(pages))
    deaths = 0
    deadline = anyio.current_time() + seconds if seconds is not None else float("inf")
    begun: set[int] = set()
    first_done = anyio.Event()

    async def work() -> None:
        nonlocal deaths
        while (
            waiting and deaths < limits.deaths_per_call and (anyio.current_time() < deadline or waiting[-1] == pages[0])
        ):
            page = waiting.pop()
            begun.add(page)
            try:
                result.done[page] = await read(page)
                first_done.set()
            except WorkerStopped as error:
                deaths += 1
                result.failed[page] = error
            except WitnessmarkError as error:
                result.failed[page] = error
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
    waiting = sorted({*waiting, *begun} - result.failed.keys() - result.done.keys(), key=pages.index, reverse=True)
    if deaths >= limits.deaths_per_call:
        last = next(error for error in reversed(result.failed.values()) if isinstance(error, WorkerStopped))
        result.failed |= dict.fromkeys(reversed(waiting), last)
        waiting.clear()
    result.left = tuple(reversed(waiting))
    if not result.done and result.failed:
        raise next(iter(result.failed.values()))
    return result
