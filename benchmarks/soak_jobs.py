"""Jobs in a soak: how a call that went on as a job is followed to its end, as an agent would."""

from __future__ import annotations

import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.types import CallToolResult, TextContent

CANCELLED_SHARE = 0.2
WAIT_SECONDS = 5.0
_GOES_ON = re.compile(r"the work goes on as job (job-\w+)\.")


async def followed(client: Client, result: CallToolResult, luck: random.Random) -> CallToolResult | None:
    """Wait for the job that a call has become, or cancel it; any other result is handed on.

    Shapes:  what the tool would have returned; None where the job was cancelled
    """
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    if (going_on := _GOES_ON.search(text)) is None:
        return result
    job = going_on[1]
    if luck.random() < CANCELLED_SHARE:
        report = await client.call_tool("cancel_job", {"job_id": job})
        if _told(report).get("status") != "completed":  # it may have ended meanwhile
            return None
    while True:
        report = await client.call_tool("get_job", {"job_id": job, "wait_seconds": WAIT_SECONDS})
        told = _told(report)
        if report.is_error or told.get("status") == "failed":
            said: dict[str, Any] = told.get("error") or {}
            text = f"{said.get('message')} {said.get('next')}" if said else str(report.content)
            return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
        if told["status"] == "completed":
            return CallToolResult(content=report.content, structured_content=await _whole(client, job, told))


def working_jobs(store: Path) -> int:
    """Count the jobs that have not ended; none where a store knows of no jobs."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)) as db:
        if not db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'jobs'").fetchone()[0]:
            return 0
        return int(db.execute("SELECT count(*) FROM jobs WHERE state = 'working'").fetchone()[0])


async def _whole(client: Client, job: str, told: dict[str, Any]) -> dict[str, Any]:
    """Read the pages of a result that are left."""
    whole: dict[str, Any] = told["result"]
    while (cursor := told.get("next_cursor")) is not None:
        told = _told(await client.call_tool("get_job", {"job_id": job, "cursor": cursor}))
        for name in ("tables", "pages"):
            whole[name] = [*whole.get(name, ()), *told["result"].get(name, ())]
    return whole


def _told(report: CallToolResult) -> dict[str, Any]:
    return report.structured_content or {}
