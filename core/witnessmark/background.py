"""Work that goes on behind whoever began it, and ends with the block that made room for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
from anyio.abc import TaskGroup


@asynccontextmanager
async def room_for_tasks() -> AsyncGenerator[tuple[TaskGroup, AsyncExitStack]]:
    """Hold tasks, which are cancelled when the block is left, and what is closed after them."""
    failure: Exception | None = None
    async with AsyncExitStack() as resources:
        async with anyio.create_task_group() as tasks:
            try:
                yield tasks, resources
            except Exception as error:  # noqa: BLE001 - raised again outside, where it is not wrapped into a group
                failure = error
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure
