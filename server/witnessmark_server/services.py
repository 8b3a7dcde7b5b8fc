"""What tools need, opened in one place for the server and the shell alike."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from witnessmark.background import room_for_tasks
from witnessmark.claude.later import claude_later
from witnessmark.documents.ocr.cache import WordCache
from witnessmark.documents.ocr.engine import installed_engine
from witnessmark.documents.ocr.recogniser import Recogniser
from witnessmark.documents.opening import Documents
from witnessmark.documents.web.fetcher import Fetcher
from witnessmark.documents.worker import open_workers
from witnessmark.exports.folder import ExportFolder
from witnessmark.limits import Limits
from witnessmark.settings import Settings
from witnessmark_tools.catalog import BY_NAME, LATER
from witnessmark_tools.definition import Services
from witnessmark_tools.jobs import Jobs
from witnessmark_tools.remembered import RememberedResults
from witnessmark_tools.terms import Terms


@asynccontextmanager
async def open_services(
    settings: Settings, limits: Limits | None = None, fetcher: Fetcher | None = None, *, warms_up: bool = False
) -> AsyncGenerator[Services]:
    """Open everything; leaving the block ends every process and closes every file.

    Shapes:  `fetcher` stands in for the one that the settings ask for; with `warms_up`, as a server wants, the client
             for Claude is made in the background, and jobs are taken over whose process is gone
    """
    bounds = limits or settings.limits
    if fetcher is None and settings.urls:
        fetcher = Fetcher(folder=settings.cache, limits=bounds)
    engine = installed_engine(settings.ocr)
    async with AsyncExitStack() as stack:
        workers = await stack.enter_async_context(open_workers(bounds))
        recogniser = None
        if engine is not None:
            # Nothing is started before the first scan.
            readers = await stack.enter_async_context(open_workers(bounds.for_ocr()))
            recogniser = Recogniser(readers, engine, WordCache(settings.cache))
        claude = await stack.enter_async_context(claude_later(settings.credentials, settings.store))
        if warms_up:
            claude.warm_up(LATER)
        tasks, _ = await stack.enter_async_context(room_for_tasks())
        jobs = Jobs(tasks, BY_NAME, settings.store, bounds)
        services = Services(
            documents=Documents(settings.allowed, workers, recogniser, fetcher),
            exports=ExportFolder(settings.exports),
            opened=claude,
            terms=Terms(model=settings.model, spending=settings.spending, reuse_days=settings.reuse_days),
            patience=settings.wait_seconds,
            jobs=jobs,
            results=RememberedResults(settings.cache),
        )
        jobs.serve(services)
        if warms_up:
            jobs.watch()
        yield services
