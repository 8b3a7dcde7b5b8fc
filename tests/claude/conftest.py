"""Claude's client with everything real behind it, and the fake of the API before it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from witnessmark.claude.attempts import Clock
from witnessmark.claude.client import Claude, Work, open_claude
from witnessmark.claude.credentials import Credentials
from witnessmark.claude.running import Run
from witnessmark.claude.timeouts import Timeouts
from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.documents.worker import open_workers
from witnessmark.limits import Limits
from witnessmark.plans.models import Model, model_named
from witnessmark.plans.plan import Plan
from witnessmark.settings import settings_from
from witnessmark.store import Store, open_store
from witnessmark.store.database import BUSY_SECONDS
from witnessmark.testing import FakeClaudeAPI
from witnessmark_tools.tables_plan import plan_tables


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class FakeTime:
    """Time that passes when somebody waits."""

    seconds: float = 1_000.0
    waits: list[float] = field(default_factory=list[float])

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        await anyio.lowlevel.checkpoint()

    @property
    def clock(self) -> Clock:
        return Clock(now=self.now, sleep=self.sleep, wall=self.now)


@dataclass
class Desk:
    """One process's client, its documents and its store."""

    claude: Claude
    store: Store
    documents: Documents
    folder: Path
    time: FakeTime
    model: Model = field(default_factory=lambda: model_named("claude-sonnet-5-5"))

    async def run(self, content: bytes, name: str = "a.pdf", *, pages: list[int] | None = None, **work: Any) -> Run:
        """Ask for the tables of a document."""
        path = self.folder / name
        path.write_bytes(content)
        async with self.documents.open(str(path)) as document:
            plan = await self.plan(document, pages)
            return await self.claude.run(plan, self.work(document, **work))

    async def plan(self, document: Document, pages: list[int] | None = None) -> Plan:
        numbers = pages or list(range(1, document.page_count + 1))
        return plan_tables(document, await self.documents.facts(document, numbers), self.model)

    def work(self, document: Document, **work: Any) -> Work:
        told: dict[str, Any] = {
            "tool": "extract_tables",
            "model": self.model,
            "documents": self.documents,
            "sources": (document,),
        }
        return Work(**told | work)


OpenDesk = Callable[..., Any]


@pytest.fixture
def ahead() -> list[float]:
    """How many seconds the API's clock is ahead of ours."""
    return [0.0]


@pytest.fixture
async def api(ahead: list[float]) -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI(clock=lambda: time.time() + ahead[0]) as fake:
        yield fake


@pytest.fixture
def open_desk(api: FakeClaudeAPI, tmp_path: Path) -> OpenDesk:
    """Open a process's client as often as wanted, all with the same store."""

    @asynccontextmanager
    async def opened(
        key: str | None = None,
        timeouts: Timeouts | None = None,
        url: str | None = None,
        busy_seconds: float = BUSY_SECONDS,
    ) -> AsyncGenerator[Desk]:
        settings = settings_from({}, start=tmp_path, home=str(tmp_path / "home"), allow=[str(tmp_path)])
        time = FakeTime()
        credentials = Credentials(kind="api key", secret=key or api.key, base_url=url or api.url)
        async with (
            open_workers(Limits()) as workers,
            open_store(settings.store, busy_seconds=busy_seconds) as store,
            open_claude(credentials, store, time.clock, timeouts) as claude,
        ):
            yield Desk(claude, store, Documents(settings.allowed, workers), tmp_path, time)

    return opened


@pytest.fixture
async def desk(open_desk: OpenDesk) -> AsyncGenerator[Desk]:
    async with open_desk() as opened:
        yield opened
