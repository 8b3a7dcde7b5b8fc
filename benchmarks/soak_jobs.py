"""Jobs in a soak: the one place that knows how a call that takes longer is followed to its end."""

from __future__ import annotations

import random
from typing import Any

import anyio
from mcp import Client
from mcp.types import CallToolResult

CANCELLED_SHARE = 0.1
LOOK_AFTER = 1.0


async def followed(client: Client, result: CallToolResult, luck: random.Random) -> CallToolResult | None:
    """Wait for a job that a call has become, or cancel it; any other result is handed on.

    Shapes:  None where the job was cancelled
    """
    while (job := _job_under_way(result)) is not None:
        if luck.random() < CANCELLED_SHARE:
            await client.call_tool("cancel_job", {"job_id": job})
            return None
        await anyio.sleep(LOOK_AFTER)
        result = await client.call_tool("get_job", {"job_id": job})
    return result


def _job_under_way(result: CallToolResult) -> str | None:
    told: dict[str, Any] = result.structured_content or {}
    is_done = told.get("status") in {None, "done", "failed", "cancelled"}
    return None if is_done else told.get("job_id")
