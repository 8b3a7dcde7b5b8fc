"""Text questions about documents, planned as a tool would plan them, on a clock that every part of a test shares."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio.lowlevel

from tests.drawing import draw_text
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
from witnessmark.plans.plan import Ask, PdfBlock, Plan, TextBlock
from witnessmark.plans.titles import pages_title
from witnessmark.plans.tokens import Count
from witnessmark.settings import settings_from
from witnessmark.store import LedgerEntry, Store, open_store
from witnessmark.testing import FakeClaudeAPI, Request

QUESTIONS = tuple(f"Question {n}: what does the report say about berth {n}?" for n in range(10))
INSTRUCTIONS = "You answer questions about a report in one sentence, from what stands in it and nothing else."


def report(pages: int) -> bytes:
    """Draw a report of so many pages."""
    line = (
        "The harbour board approved the dues of berth {n} for the season and asked for a review of pilotage by March."
    )
    return draw_text([" ".join([line.format(n=page)] * 8) for page in range(1, pages + 1)])


@dataclass
class SharedTime:
    """One time for the client, the ledger and the API, that passes when a test says so or somebody waits."""

    start: float = field(default_factory=time.time)
    passed: float = 0.0
    events: list[tuple[float, Callable[[], None]]] = field(default_factory=list[tuple[float, Callable[[], None]]])

    def now(self) -> float:
        return self.start + self.passed

    def at(self, passed: float, happens: Callable[[], None]) -> None:
        """Let something happen once so much time has passed."""
        self.events.append((passed, happens))

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds
        due = [event for event in self.events if event[0] <= self.passed]
        self.events = [event for event in self.events if event not in due]
        for _, happens in due:
            happens()
        await anyio.lowlevel.checkpoint()

    @property
    def clock(self) -> Clock:
        return Clock(now=self.now, sleep=self.sleep, wall=self.now)


@dataclass
class Reader:
    """One process's client that asks questions about a document."""

    claude: Claude
    store: Store
    documents: Documents
    path: Path
    model: Model

    async def ask(self, *questions: str, changes: Mapping[str, Any] | None = None, **work: Any) -> Run:
        """Ask in one plan."""
        async with self.documents.open(str(self.path)) as document:
            chosen = self.model
            plan = await self.plan(document, questions, chosen, **changes or {})
            told: dict[str, Any] = {"tool": "ask", "model": chosen, "documents": self.documents, "sources": (document,)}
            return await self.claude.run(plan, Work(**told | work))

    async def plan(self, document: Document, questions: Sequence[str], model: Model, **changes: Any) -> Plan:
        numbers = list(range(1, document.page_count + 1))
        facts = await self.documents.facts(document, numbers)
        block = PdfBlock(title=pages_title(document.name, numbers), sha256=document.sha256, pages=facts)
        given: dict[str, Any] = {
            "model": model.id,
            "instructions": INSTRUCTIONS,
            "schema": None,
            "effort": "low" if "low" in model.effort_levels else None,
            "max_tokens": 4_000,
            "expected_output": Count(50, 100, 300),
        }
        return Plan(asks=tuple(Ask(**given | changes, blocks=(block, TextBlock(text=text))) for text in questions))

    async def entries(self) -> list[LedgerEntry]:
        return [entry async for entry in self.store.entries(since=0, until=1e12)]


@asynccontextmanager
async def open_reader(
    api: FakeClaudeAPI,
    folder: Path,
    time_: SharedTime,
    *,
    pages: int = 100,
    model: str = "claude-sonnet-5-5",
    timeouts: Timeouts | None = None,
) -> AsyncGenerator[Reader]:
    """Open a process's client; those with the same folder share the store."""
    path = folder / "report.pdf"
    if not path.exists():
        path.write_bytes(report(pages))
    settings = settings_from({}, start=folder, home=str(folder / "home"), allow=[str(folder)])
    credentials = Credentials(kind="api key", secret=api.key, base_url=api.url)
    async with (
        open_workers(Limits()) as workers,
        open_store(settings.store, clock=time_.now) as store,
        open_claude(credentials, store, time_.clock, timeouts) as claude,
    ):
        yield Reader(claude, store, Documents(settings.allowed, workers), path, model_named(model))


def answering(request: Request) -> Any:
    """Answer with the question, in whatever form is asked for."""
    said = answering_text(request.text.rpartition("\n")[2])
    return {"answer": said} if request.schema is not None else said


def answering_text(question: str) -> str:
    return f"It says nothing of this: {question}"


@dataclass(frozen=True)
class Bill:
    """What was billed, and what an ideal cache would have been billed for: one write, and reads after it."""

    input_usd: Decimal
    usd: Decimal
    ideal_input_usd: Decimal
    ideal_usd: Decimal
    no_cache_usd: Decimal

    @property
    def input_ratio(self) -> Decimal:
        return self.input_usd / self.ideal_input_usd

    @property
    def ratio(self) -> Decimal:
        return self.usd / self.ideal_usd


def bill_of(api: FakeClaudeAPI, model: Model) -> Bill:
    """Price what the API has billed, message by message, beside one write of what was kept and reads of it."""
    billed = [request.billed for request in api.requests if request.billed]
    kept = max(one.get("cache_creation_input_tokens", 0) for one in billed)
    spent = ideal = plain = output = Decimal(0)
    for number, one in enumerate(billed):
        read, uncached = one.get("cache_read_input_tokens", 0), one.get("input_tokens", 0)
        of_5m, of_1h = (one.get(f"ephemeral_{ttl}_input_tokens", 0) for ttl in ("5m", "1h"))
        prompt = read + uncached + of_5m + of_1h
        prices = model.prices_for(prompt)
        assert prices is not None
        spent += uncached * prices.input + read * prices.cache_read
        spent += of_5m * prices.cache_write_5m + of_1h * prices.cache_write_1h
        ideal += kept * (prices.cache_read if number else prices.cache_write_5m) + (prompt - kept) * prices.input
        plain += prompt * prices.input
        output += one.get("output_tokens", 0) * prices.output
    return Bill(*(amount / 1_000_000 for amount in (spent, spent + output, ideal, ideal + output, plain + output)))
