"""What tools need, opened in one place for the server and the shell alike."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from witnessmark.documents.opening import Documents
from witnessmark.documents.worker import open_workers
from witnessmark.exports.folder import ExportFolder
from witnessmark.limits import Limits
from witnessmark.settings import Settings
from witnessmark_tools.definition import Services


@asynccontextmanager
async def open_services(settings: Settings, limits: Limits | None = None) -> AsyncGenerator[Services]:
    """Open everything; leaving the block ends every process and closes every file."""
    async with open_workers(limits or Limits()) as workers:
        yield Services(
            documents=Documents(settings.allowed, workers),
            exports=ExportFolder(settings.exports),
            patience=settings.wait_seconds,
        )
