"""Claude and its store, made when they are first needed: importing them takes a start-up's time."""

from __future__ import annotations

import importlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import anyio
from anyio.abc import TaskGroup

from witnessmark.background import room_for_tasks
from witnessmark.claude.credentials import Credentials
from witnessmark.errors import WitnessmarkError

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude

CLIENT_MODULE = "witnessmark.claude.client"
WARM_UP_AFTER = 0.3
"""Seconds after start: the host has its list of tools by then."""


class PromisedClaude:
    """A client without a key that is made when it is asked for more than that: offline calls need no more."""

    has_key = False

    def __init__(self, make: Callable[[], Claude]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


class ClaudeLater:
    """Makes the client once, when somebody asks for it."""

    def __init__(
        self,
        credentials: Credentials | WitnessmarkError | None,
        path: Path,
        tasks: TaskGroup,
        resources: AsyncExitStack,
    ) -> None:
        """Keep what the client will be made of; `path` is the store's."""
        self._credentials = credentials
        self._path = path
        self._tasks = tasks
        self._resources = resources
        self._claude: Claude | None = None

    def __call__(self) -> Claude:
        """Give the client; without a key, one that is made when a call needs it."""
        if self._claude is None and self._credentials is None:
            return cast("Claude", PromisedClaude(self._made))
        return self._made()

    def _made(self) -> Claude:
        if self._claude is None:
            from witnessmark.claude.client import make_claude
            from witnessmark.store import make_store

            store = make_store(self._path, self._resources)
            self._claude = make_claude(self._credentials, store, self._tasks, self._resources)
        return self._claude

    def warm_up(self, others: Sequence[str] = ()) -> None:
        """Import everything and make the client in the background, so that the first call need not.

        Shapes:  `others` are names of modules that calls of Claude import, too
        """
        if isinstance(self._credentials, Credentials):
            self._tasks.start_soon(self._warm_up, (CLIENT_MODULE, *others))

    async def _warm_up(self, modules: Sequence[str]) -> None:
        await anyio.sleep(WARM_UP_AFTER)
        for name in modules:
            await anyio.to_thread.run_sync(importlib.import_module, name, abandon_on_cancel=True)
        await self().warm_up()


@asynccontextmanager
async def claude_later(credentials: Credentials | WitnessmarkError | None, path: Path) -> AsyncGenerator[ClaudeLater]:
    """Promise a client; leaving the block ends what is under way and closes its connections and its store.

    Shapes:  an error instead of credentials is raised by whoever needs them; None works without
    """
    async with room_for_tasks() as (tasks, resources):
        yield ClaudeLater(credentials, path, tasks, resources)
