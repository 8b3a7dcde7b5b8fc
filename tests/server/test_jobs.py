"""Long calls over MCP: they go on as jobs, survive whoever began them, and are never done twice."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.context import ClientRequestContext
from mcp.types import CallToolResult, ElicitRequestParams, ElicitResult, TextContent

from tests.drawing import draw_scan, draw_text, encrypted
from tests.ocr_pages import needs_ocr
from tests.processes import children_of
from witnessmark.limits import Limits
from witnessmark.settings import Settings, settings_from
from witnessmark.store import open_store
from witnessmark.testing import FakeClaudeAPI, Reply, Request, faults
from witnessmark_server.app import build_server
from witnessmark_server.services import open_services
from witnessmark_tools.definition import Services

pytestmark = pytest.mark.anyio

PAGES = [f"Page {n}" for n in range(1, 6)]
MUCH = ": " + "expenditure 12,345 " * 1150
"""So much text on a page that each is asked for by itself."""
BOUND = 60


@dataclass
class Reader:
    """Answers for a page when the test lets it, and counts what it was asked."""

    held: set[str] = field(default_factory=set[str])
    asked: list[str] = field(default_factory=list[str])
    changed: anyio.Event = field(default_factory=anyio.Event)

    async def answer(self, request: Request) -> dict[str, Any]:
        texts = [page.text.split(":")[0] for page in request.pages]
        self.asked += texts
        self._wake()
        while self.held & set(texts):
            await self.changed.wait()
        return {"tables": [table(n, [[text, "1,284"]]) for n, text in enumerate(texts, start=1)]}

    async def until_asked(self, text: str) -> None:
        while text not in self.asked:
            await self.changed.wait()

    def release(self) -> None:
        self.held.clear()
        self._wake()

    def _wake(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()


def table(page: int, rows: list[list[str]]) -> dict[str, Any]:
    return {
        "page": page,
        "title": f"Of page {page}",
        "headers": ["Item", "2024"],
        "rows": rows,
        "notes": [],
        "confidence": "high",
    }


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
async def api(reader: Reader) -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        fake.answer_with(reader.answer)
        yield fake


@pytest.fixture
def settings(api: FakeClaudeAPI, folder: Path, tmp_path: Path) -> Settings:
    return settings_for(api, folder, tmp_path)


def settings_for(
    api: FakeClaudeAPI, folder: Path, tmp_path: Path, *, ask_above_usd: str = "9", **more: Any
) -> Settings:
    environment = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
    home = str(tmp_path / "home")
    return settings_from(
        environment, start=folder, home=home, allow=[str(folder)], ask_above_usd=ask_above_usd, model=MODEL, **more
    )


MODEL = "claude-sonnet-5-5"
"""One model reads: how several do is tested with the tool."""
Connect = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture(params=["auto", "legacy"], ids=["2026-07-28", "2025-11-25"])
def connect(request: pytest.FixtureRequest, settings: Settings) -> Connect:
    @asynccontextmanager
    async def client(patience: float = 0.2, limits: Limits | None = None, **more: Any) -> AsyncGenerator[Client]:
        async with serving(settings, patience, limits, mode=request.param, **more) as connected:
            yield connected

    return client


@asynccontextmanager
async def serving(
    settings: Settings, patience: float = 0.2, limits: Limits | None = None, **more: Any
) -> AsyncGenerator[Client]:
    """Serve in memory; a call is waited for `patience` seconds."""

    @asynccontextmanager
    async def opened() -> AsyncGenerator[Services]:
        async with open_services(settings, limits) as services:
            yield replace(services, patience=patience)

    async with Client(build_server(settings, opened), **more) as connected:
        yield connected


def draw(folder: Path, pages: list[str] = PAGES) -> str:
    path = folder / "report.pdf"
    path.write_bytes(draw_text([page + MUCH for page in pages]))
    return str(path)


def structure(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, text(result)
    assert result.structured_content is not None
    return dict(result.structured_content)


def text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


async def until_answered(api: FakeClaudeAPI, count: int) -> None:
    """Wait until so many answers have been given, and until their receiver has kept them."""
    with anyio.fail_after(BOUND):
        while api.totals.billed_messages < count:  # noqa: ASYNC110 - the fake tells nobody
            await anyio.sleep(0.02)
    await anyio.sleep(0.3)


async def begin(client: Client, source: str, **arguments: Any) -> str:
    """Call for tables one page a request, and give the job that goes on."""
    begun = structure(await client.call_tool("extract_tables", {"source": source, **arguments}))
    assert begun["status"] == "working"
    return str(begun["job_id"])


async def get(client: Client, job_id: str, **arguments: Any) -> dict[str, Any]:
    with anyio.fail_after(BOUND):
        return structure(await client.call_tool("get_job", {"job_id": job_id, "wait_seconds": 50, **arguments}))


async def test_what_is_not_done_in_time_goes_on_and_is_fetched(
    connect: Connect, folder: Path, api: FakeClaudeAPI, reader: Reader
) -> None:
    reader.held = {"Page 5"}
    async with connect() as client:
        result = await client.call_tool("extract_tables", {"source": draw(folder)})
        job_id = structure(result)["job_id"]
        assert structure(result)["tables"] == []
        assert f"get_job with job_id='{job_id}'" in text(result)
        now = structure(await client.call_tool("get_job", {"job_id": job_id, "wait_seconds": 1}))
        assert (now["status"], now["result"]) == ("working", None)
        reader.release()
        done = await get(client, job_id)
        again = await client.call_tool("get_job", {"job_id": job_id})
    assert (done["status"], done["done"], done["total"], done["message"]) == ("completed", 5, 5, "Finished")
    assert done["tool"] == "extract_tables"
    assert [row[0] for found in done["result"]["tables"] for row in found["rows"]] == PAGES
    assert done["cost"]["input_tokens"] == api.totals.billed["input_tokens"]
    assert done["documents"][0]["name"] == "report.pdf"
    assert all(page in text(again) for page in PAGES), "the text alone is enough"
    assert sorted(reader.asked) == PAGES


async def test_a_jobs_values_are_shown_by_its_job_id(
    connect: Connect, folder: Path, api: FakeClaudeAPI, reader: Reader
) -> None:
    reader.held = {"Page 2"}
    async with connect() as client:
        job_id = await begin(client, draw(folder, PAGES[:2]))
        early = await client.call_tool("show_evidence", {"result_id": job_id})
        reader.release()
        done = await get(client, job_id)
        shown = structure(await client.call_tool("show_evidence", {"result_id": job_id, "items": ["t1:2:0"]}))
    assert f"no result '{job_id}'" in text(early)
    assert shown["result_id"] == done["result"]["result_id"]
    assert (shown["places"][0]["item"], shown["places"][0]["value"]) == ("t1:2:0", "Page 2")


async def test_a_call_that_is_done_in_time_is_no_job(connect: Connect, folder: Path, settings: Settings) -> None:
    async with connect(patience=BOUND) as client:
        done = structure(await client.call_tool("extract_tables", {"source": draw(folder), "model": "offline"}))
    assert (done["status"], done["job_id"]) == ("completed", None)
    assert not settings.store.exists(), "it costs no write"


@needs_ocr
async def test_reading_without_a_model_goes_on_as_well(connect: Connect, folder: Path) -> None:
    source = folder / "scan.pdf"
    source.write_bytes(draw_scan("Total 1,284.50", pages=3))
    async with connect(patience=0.01) as client:
        begun = text(await client.call_tool("read_text", {"source": str(source), "model": "offline"}))
        job_id = begun.partition("job_id='")[2].partition("'")[0]
        with anyio.fail_after(BOUND):
            done = await client.call_tool("get_job", {"job_id": job_id, "wait_seconds": 50})
    assert begun.startswith("Not finished")
    assert [page["page"] for page in structure(done)["result"]["pages"]] == [1, 2, 3]
    assert text(done).count("1,284.50") == 3


async def test_a_job_goes_on_in_the_next_process_and_pays_for_nothing_twice(
    connect: Connect, folder: Path, api: FakeClaudeAPI, reader: Reader
) -> None:
    reader.held = {"Page 5"}
    async with connect() as client:
        job_id = await begin(client, draw(folder), reuse=False)
        await until_answered(api, 4)
    reader.release()
    async with connect() as client:
        done = await get(client, job_id)
    assert done["status"] == "completed"
    assert [row[0] for found in done["result"]["tables"] for row in found["rows"]] == PAGES
    assert sorted(reader.asked) == sorted([*PAGES, "Page 5"]), "only what was under way is asked again"
    assert done["warnings"] == ["A request broke off, and may have been billed besides."]


async def test_two_processes_never_do_one_job_twice(
    connect: Connect, folder: Path, reader: Reader, settings: Settings
) -> None:
    reader.held = {"Page 5"}
    async with connect() as client, serving(settings) as another:
        job_id = await begin(client, draw(folder))
        assert (await get(another, job_id, wait_seconds=2))["status"] == "working"
        reader.release()
        assert (await get(another, job_id))["status"] == "completed"
    assert sorted(reader.asked) == PAGES


async def test_a_cancelled_job_says_what_was_paid_for_and_keeps_it(
    connect: Connect, folder: Path, api: FakeClaudeAPI, reader: Reader
) -> None:
    reader.held = {"Page 5"}
    async with connect() as client:
        job_id = await begin(client, source := draw(folder))
        await until_answered(api, 4)
        cancelled = structure(await client.call_tool("cancel_job", {"job_id": job_id}))
        assert cancelled["status"] == "cancelled"
        assert cancelled["cost"]["usd"] > 0
        assert cancelled["warnings"] == [
            "Cancelled (4 of 5 pages done). What was paid for is kept, and not paid for again.",
            "A request is on its way; its answer is kept.",
        ]
        assert (await get(client, job_id))["status"] == "cancelled"
        again = structure(await client.call_tool("cancel_job", {"job_id": job_id}))
        assert again["warnings"][0] == "It had ended before: cancelled."
        reader.release()
        await until_answered(api, 5)
        done = structure(await client.call_tool("extract_tables", {"source": source, "wait_seconds": 50}))
    assert [row[0] for found in done["tables"] for row in found["rows"]] == PAGES
    assert sorted(reader.asked) == PAGES


async def test_another_process_can_cancel_a_job(
    connect: Connect, folder: Path, reader: Reader, settings: Settings
) -> None:
    reader.held = {"Page 1"}
    async with connect(limits=Limits(calls_at_work=1)) as client, serving(settings) as another:
        job_id = await begin(client, source := draw(folder))
        await another.call_tool("cancel_job", {"job_id": job_id})
        reader.held = set()
        with anyio.fail_after(BOUND):  # the one place at work is free again: its process has heard of it
            done = structure(await client.call_tool("extract_tables", {"source": source, "wait_seconds": 50}))
    assert done["status"] == "completed"


async def test_a_caller_who_cancels_while_waiting_leaves_no_job(
    connect: Connect, folder: Path, reader: Reader, settings: Settings
) -> None:
    reader.held = set(PAGES)
    async with connect(patience=BOUND, limits=Limits(calls_at_work=1)) as client:
        source = draw(folder)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "extract_tables", {"source": source})
            with anyio.fail_after(BOUND):
                await reader.until_asked("Page 1")
            tasks.cancel_scope.cancel()
        reader.release()
        with anyio.fail_after(BOUND):
            done = structure(await client.call_tool("extract_tables", {"source": source, "pages": "1"}))
        none = await client.call_tool("get_job", {"job_id": "job-0"})
    assert done["table_count"] == 1
    assert "There is no job 'job-0'. Pass the job_id that a call gave." in text(none)
    async with open_store(settings.store) as store:
        assert not await store.jobs(limit=3)


async def test_a_full_queue_answers_at_once(connect: Connect, folder: Path, reader: Reader) -> None:
    reader.held = set(PAGES)
    async with connect(limits=Limits(calls_at_work=1, calls=2, queue_seconds=0.2)) as client:
        source = draw(folder)
        first = await begin(client, source)
        second = await begin(client, source, pages="2")
        full = await client.call_tool("read_text", {"source": source})
        assert full.is_error
        assert "The server is full: 2 long calls are at work or wait for their turn." in text(full)
        for job_id in (first, second):
            await client.call_tool("cancel_job", {"job_id": job_id})
        reader.release()
        with anyio.fail_after(BOUND):
            while (await client.call_tool("read_text", {"source": source})).is_error:  # noqa: ASYNC110 - it is asked
                await anyio.sleep(0.05)


async def test_what_a_person_agreed_to_holds_after_a_restart(
    api: FakeClaudeAPI, folder: Path, tmp_path: Path, reader: Reader
) -> None:
    asked: list[str] = []

    async def agree(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        asked.append(params.message)
        return ElicitResult(action="accept", content={"approve": True})

    settings = settings_for(api, folder, tmp_path, ask_above_usd="0.001")
    reader.held = set(PAGES)
    async with serving(settings, elicitation_callback=agree) as client:
        job_id = await begin(client, draw(folder), wait_seconds=3)  # until somebody was asked
    reader.release()
    async with serving(settings) as client:  # where nobody can be asked
        done = await get(client, job_id)
    assert done["status"] == "completed", done["error"]
    assert len(asked) == 1


async def test_a_budget_used_up_meanwhile_stops_a_job_after_a_restart(
    api: FakeClaudeAPI, folder: Path, tmp_path: Path, reader: Reader
) -> None:
    reader.held = set(PAGES)
    async with serving(settings_for(api, folder, tmp_path)) as client:
        job_id = await begin(client, draw(folder))
    asked = len(reader.asked)
    reader.release()
    async with serving(settings_for(api, folder, tmp_path, max_usd_per_day="0.0001")) as client:
        failed = await get(client, job_id)
    assert failed["status"] == "failed"
    assert failed["error"]["error"] == "BudgetReached"
    assert "WITNESSMARK_MAX_USD_PER_DAY" in failed["error"]["next"]
    assert len(reader.asked) == asked


async def test_what_was_spent_before_a_restart_counts_in_the_callers_limit(
    connect: Connect, folder: Path, reader: Reader, api: FakeClaudeAPI
) -> None:
    def dear(request: Request) -> Any:
        is_first = "Page 1:" in request.page_text
        return Reply(json={"tables": []}, output_tokens=20_000) if is_first else reader.answer(request)

    api.answer_with(dear)
    reader.held = set(PAGES)
    async with connect() as client:
        source = draw(folder)
        call = {"tool": "extract_tables", "arguments": {"source": source}}
        estimate = structure(await client.call_tool("estimate_cost", call | {"models": ["claude-sonnet-5-5"]}))
        limit = estimate["models"][0]["usd"]["estimate"] * 1.1
        job_id = await begin(client, source, max_cost_usd=limit)
        await until_answered(api, 1)
    asked = len(reader.asked)
    async with connect() as client:
        failed = await get(client, job_id)
    assert failed["cost"]["usd"] > 0.2
    assert failed["error"]["error"] == "CostAboveLimit"
    assert len(reader.asked) == asked


async def test_a_password_does_not_outlive_its_process(
    connect: Connect, folder: Path, reader: Reader, settings: Settings
) -> None:
    reader.held = set(PAGES)
    source = folder / "locked.pdf"
    source.write_bytes(encrypted(draw_text([page + MUCH for page in PAGES]), "swordfish"))
    async with connect() as client:
        job_id = await begin(client, str(source), password="swordfish")
    kept = b"".join(file.read_bytes() for file in settings.home.rglob("*") if file.is_file())
    assert job_id.encode() in kept
    assert b"swordfish" not in kept
    async with connect() as client:
        failed = await get(client, job_id)
    assert failed["error"]["error"] == "SecretGone"


async def test_a_process_that_may_not_read_the_document_leaves_the_job_to_others(
    connect: Connect, api: FakeClaudeAPI, folder: Path, tmp_path: Path, reader: Reader
) -> None:
    reader.held = set(PAGES)
    async with connect() as client:
        job_id = await begin(client, draw(folder))
    reader.release()
    elsewhere = tmp_path.resolve() / "elsewhere"
    elsewhere.mkdir()
    async with serving(settings_for(api, elsewhere, tmp_path)) as client:
        waiting = await get(client, job_id, wait_seconds=3)
    assert waiting["status"] == "working"
    assert waiting["warnings"][0].startswith(f"No process is working on this job. A process with a key for {api.url}")
    assert "this process may not read its document; --allow FOLDER lets it" in waiting["warnings"][0]
    async with connect() as client:
        assert (await get(client, job_id))["status"] == "completed"


async def test_an_api_that_is_down_for_a_while_delays_a_job_and_no_more(
    connect: Connect, folder: Path, api: FakeClaudeAPI
) -> None:
    api.fail(faults.overloaded(), share=1.0)
    async with connect() as client:
        job_id = await begin(client, draw(folder, PAGES[:1]))
        assert (await get(client, job_id, wait_seconds=2))["status"] == "working"
        api.heal()
        assert (await get(client, job_id))["status"] == "completed"


async def test_pages_that_failed_are_listed_by_class(connect: Connect, folder: Path, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: "Page 2" in request.page_text or "Page 4" in request.page_text)
    async with connect(patience=0.01) as client:
        done = await get(client, await begin(client, draw(folder)))
    (failed,) = done["result"]["failures"]
    assert (failed["error"], failed["pages"]) == ("RequestRefused", "2,4")
    assert (done["status"], done["result"]["status"]) == ("partial", "partial")
    assert (done["done"], done["total"], done["message"]) == (3, 5, "Finished; 2 pages missing")
    assert [found["page"] for found in done["result"]["tables"]] == [1, 3, 5]


async def test_a_long_result_is_read_on_by_its_cursor(connect: Connect, folder: Path, api: FakeClaudeAPI) -> None:
    rows = [[f"Item {n}", f"{n * 7919:,}"] for n in range(2_500)]
    api.answer_with(lambda request: {"tables": [table(1, rows), table(1, rows[:3])]})
    async with connect(patience=0.01) as client:
        job_id = await begin(client, draw(folder, PAGES[:1]))
        found: list[list[str]] = []
        texts, cursor, parts = "", None, 0
        while True:
            arguments: dict[str, Any] = {"cursor": cursor} if cursor else {}
            await get(client, job_id, **arguments)
            answered = await client.call_tool("get_job", {"job_id": job_id, **arguments})
            part = structure(answered)
            assert max(len(text(answered)), len(answered.model_dump_json())) < 90_000
            assert len(text(answered)) < 40_000
            found += [row for one in part["result"]["tables"] for row in one["rows"]]
            texts += text(answered)
            parts += 1
            cursor = part["next_cursor"]
            if cursor is None:
                break
            assert f"cursor={cursor!r}" in text(answered)
    assert found == [*rows, *rows[:3]]
    assert parts > 2
    assert all(f"| {row[0]} | {row[1]} |" in texts for row in rows)


async def test_a_killed_servers_job_is_finished_by_the_next_one(
    api: FakeClaudeAPI, folder: Path, tmp_path: Path, reader: Reader
) -> None:
    reader.held = {"Page 5"}
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "witnessmark_server", "serve", "--allow", str(folder), "--home", str(tmp_path / "home")],
        env={
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_API_KEY": api.key,
            "WITNESSMARK_ASK_ABOVE_USD": "9",
            "WITNESSMARK_MODEL": MODEL,
        },
        cwd=tmp_path,
    )
    async with Client(parameters) as client:
        job_id = await begin(client, draw(folder), wait_seconds=1)
        await until_answered(api, 4)
        (server,) = children_of()
        os.kill(server, signal.SIGKILL)
    reader.release()
    async with Client(parameters) as client:
        with anyio.fail_after(BOUND):
            while len(reader.asked) < 6:  # it looks for such jobs by itself
                await reader.changed.wait()
        done = await get(client, job_id)
    assert done["status"] == "completed"
    assert sorted(reader.asked) == sorted([*PAGES, "Page 5"])


async def test_a_result_that_cannot_be_written_is_written_as_soon_as_it_can(
    connect: Connect, folder: Path, reader: Reader, settings: Settings, api: FakeClaudeAPI
) -> None:
    reader.held = {"Page 1"}
    async with connect() as client:
        job_id = await begin(client, draw(folder, PAGES[:1]))
        with anyio.fail_after(BOUND):
            await reader.until_asked("Page 1")
        aside = settings.store.with_name("aside")
        settings.store.rename(aside)  # a folder that was moved, a disk that was taken off
        reader.release()
        await until_answered(api, 1)
        aside.rename(settings.store)
        assert (await get(client, job_id))["status"] == "completed"


async def test_an_unknown_job_is_answered_alike_whatever_jobs_there_are(
    connect: Connect, folder: Path, reader: Reader
) -> None:
    async with connect() as client:
        before = text(await client.call_tool("get_job", {"job_id": "job-0"}))
        reader.held = {"Page 1"}
        job_id = await begin(client, draw(folder))
        during = [text(await client.call_tool(tool, {"job_id": "job-0"})) for tool in ("get_job", "cancel_job")]
        reader.release()
    assert during == [before, before]
    assert job_id not in before
