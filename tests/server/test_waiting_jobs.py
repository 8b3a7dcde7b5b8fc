"""Jobs that no process works on: any process that can goes on with them, and one that cannot says at once what will."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.types import TextContent

from tests.drawing import draw_text
from tests.server.test_jobs import BOUND, MODEL, Reader, begin, draw, get, serving, settings_for, structure
from tests.server.test_shell import Shell
from witnessmark.limits import Limits
from witnessmark.settings import Settings, settings_from
from witnessmark.store import Job, JobProgress, open_store
from witnessmark.testing import FakeClaudeAPI

pytestmark = pytest.mark.anyio

JOB = "job-0123456789abcdef"


@pytest.fixture
def shell(tmp_path: Path, folder: Path) -> Shell:
    home = tmp_path / "person"
    home.mkdir()
    return Shell(home, folder)


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        fake.answer_with(Reader().answer)
        yield fake


def store_of(shell: Shell) -> Path:
    return settings_from({}, start=shell.start, home=str(shell.home / "w")).store


def report(folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(draw_text(["Page 1", "Page 2", "Page 3"]))
    return str(path)


async def leave(path: Path, source: str, *, endpoint: str = "", is_held: bool = False, **changes: Any) -> None:
    """Keep a job that no process has, or one that this process has."""
    arguments = json.dumps({"source": source} | changes.pop("arguments", {}))
    job = Job(
        id=JOB,
        tool="read_text",
        arguments=arguments,
        needs_secret=False,
        endpoint=endpoint,
        approved_usd=None,
        began_at=1_000.0,
        progress=JobProgress(done=1, total=3, message="Read 1 of 3 pages"),
    )
    async with open_store(path) as store:
        await store.add_job(replace(job, **changes))
        if not is_held:
            await store.give_job_back(JOB)


async def run(shell: Shell, *words: str, **environment: str) -> str:
    done = await anyio.to_thread.run_sync(lambda: shell.run(*words, **environment))
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_the_shell_resumes_an_offline_job(shell: Shell, folder: Path) -> None:
    await leave(store_of(shell), report(folder))
    done = json.loads(await run(shell, "get-job", JOB, "--json"))
    assert (done["status"], done["done"], done["total"]) == ("completed", 3, 3)
    assert [page["text"] for page in done["result"]["pages"]] == ["Page 1", "Page 2", "Page 3"]
    assert "Page 2" in await run(shell, "get-job", JOB)


async def test_a_process_with_a_key_resumes_an_offline_job_and_asks_no_model(
    shell: Shell, folder: Path, api: FakeClaudeAPI
) -> None:
    await leave(store_of(shell), report(folder))
    key = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key, "WITNESSMARK_MODEL": MODEL}
    done = json.loads(await run(shell, "get-job", JOB, "--json", **key))
    assert (done["status"], done["result"]["engines"]) == ("completed", ["offline"])
    assert api.totals.billed_messages == 0


async def test_a_shell_without_a_key_says_at_once_what_goes_on_with_a_job_of_claude(
    shell: Shell, folder: Path, api: FakeClaudeAPI
) -> None:
    await leave(store_of(shell), report(folder), endpoint=api.url)
    told = await run(shell, "get-job", JOB)
    assert "working (1 of 3 pages done)" in told
    assert "No process is working on this job." in told
    assert f"A process with a key for {api.url} that may read its document goes on with it" in told
    assert f"`witnessmark get-job {JOB}`" in told
    assert "Here it cannot go on: this process has no key." in told
    assert "it waits for it" not in told


async def test_a_shell_with_a_key_for_another_address_leaves_the_job(
    shell: Shell, folder: Path, api: FakeClaudeAPI
) -> None:
    await leave(store_of(shell), report(folder), endpoint="https://api.example")
    key = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
    assert "this process has a key for another API address" in await run(shell, "get-job", JOB, **key)
    assert api.totals.billed_messages == 0


async def test_a_shell_with_the_key_resumes_a_job_of_claude(shell: Shell, folder: Path, api: FakeClaudeAPI) -> None:
    path = store_of(shell)
    await leave(path, draw(folder), endpoint=api.url, tool="extract_tables", arguments={"model": MODEL})
    key = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key, "WITNESSMARK_ASK_ABOVE_USD": "9"}
    done = json.loads(await run(shell, "get-job", JOB, "--json", **key))
    assert (done["status"], done["done"], done["total"]) == ("completed", 5, 5)


async def test_a_shell_that_may_not_read_the_document_says_how_it_may(
    shell: Shell, folder: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    await leave(store_of(shell), report(elsewhere))
    told = await run(shell, "get-job", JOB)
    assert "Any process that may read its document goes on with it, key or none" in told
    assert "this process may not read its document; --allow FOLDER lets it" in told
    assert "Page 2" in await run(shell, "get-job", JOB, "--allow", str(elsewhere))


async def test_the_store_tells_waiting_jobs_from_running_ones(shell: Shell, folder: Path) -> None:
    path, source = store_of(shell), report(folder)
    await leave(path, source, id="job-1", is_held=True)  # this process lives
    await leave(path, source, id="job-2", is_held=True, progress=JobProgress(is_begun=False))
    await leave(path, source)
    assert "2 waiting" in await run(shell, "store")
    shown = json.loads(await run(shell, "store", "--json"))
    assert (shown["jobs_running"], shown["jobs_waiting"], shown["jobs_working"]) == (1, 2, 3)
    listed = {job["job_id"]: job for job in json.loads(await run(shell, "store", "jobs", "--json"))["jobs"]}
    assert {name: job["status"] for name, job in listed.items()} == {
        "job-1": "running",
        "job-2": "waiting",
        JOB: "waiting",
    }
    assert listed["job-1"]["goes_on"] is None
    assert listed["job-2"]["goes_on"] == "in its process, when that is done with others"
    assert f"`witnessmark get-job {JOB}`" in listed[JOB]["goes_on"]
    table = await run(shell, "store", "jobs")
    assert "1 of 3 pages done" in table


async def test_a_server_that_cannot_go_on_with_a_job_says_so_at_once(
    folder: Path, tmp_path: Path, api: FakeClaudeAPI
) -> None:
    settings = settings_for(api, folder, tmp_path)
    await leave(settings.store, report(folder), endpoint="https://api.example")
    async with serving(settings, patience=10 * BOUND) as client:
        with anyio.fail_after(BOUND):
            found = structure(await client.call_tool("get_job", {"job_id": JOB}))
    assert found["status"] == "working"
    assert "No process is working on this job." in found["warnings"][0]


async def test_a_server_without_a_key_resumes_an_offline_job_of_one_with_a_key(
    folder: Path, tmp_path: Path, api: FakeClaudeAPI
) -> None:
    home = str(tmp_path / "home")
    keyless = settings_from({}, start=folder, home=home, allow=[str(folder)])
    with_key = settings_for(api, folder, tmp_path)
    source = draw(folder, [f"Page {n}" for n in range(300)])
    async with serving(with_key, patience=0.001) as client:
        begun = await client.call_tool("read_text", {"source": source, "model": "offline", "wait_seconds": None})
        (content,) = begun.content
        assert isinstance(content, TextContent)
        text = content.text
        job_id = text.partition("job_id='")[2].partition("'")[0]
        assert job_id, text
    async with serving(keyless) as client:
        done = await get(client, job_id)
    assert (done["status"], done["done"], done["total"]) == ("completed", 300, 300)


@pytest.fixture
def reader(api: FakeClaudeAPI) -> Reader:
    made = Reader()
    api.answer_with(made.answer)
    return made


@pytest.fixture
def keyed(folder: Path, tmp_path: Path, api: FakeClaudeAPI) -> Settings:
    return settings_for(api, folder, tmp_path)


async def test_a_call_that_waits_for_its_turn_comes_back_as_a_job_that_waits(
    keyed: Settings, folder: Path, reader: Reader
) -> None:
    reader.held = {"Page 1"}
    limits = Limits(calls_at_work=1, queue_seconds=0.2)
    async with serving(keyed, patience=10 * BOUND, limits=limits) as client:
        source = draw(folder)
        first = await begin(client, source, pages="1", wait_seconds=1)
        with anyio.fail_after(BOUND):
            second = await client.call_tool("extract_tables", {"source": source, "pages": "2"})
        assert "waits for its turn" in str(second.content)
        job_id = structure(second)["job_id"]
        waiting = structure(await client.call_tool("get_job", {"job_id": job_id, "wait_seconds": 1}))
        assert "The job waits for its turn" in waiting["warnings"][0]
        async with open_store(keyed.store) as store:
            facts = await store.facts()
        assert (facts.jobs_running, facts.jobs_waiting) == (1, 1)
        reader.release()
        assert (await get(client, job_id))["status"] == "completed"
        assert (await get(client, first))["status"] == "completed"


async def test_time_in_the_queue_is_not_the_callers_wait(keyed: Settings, folder: Path, reader: Reader) -> None:
    reader.held = {"Page 1"}
    found: list[dict[str, Any]] = []
    limits = Limits(calls_at_work=1, queue_seconds=BOUND)
    async with serving(keyed, limits=limits) as client:
        source = draw(folder)
        first = await begin(client, source, pages="1")

        async def call() -> None:
            call = {"source": source, "pages": "2", "wait_seconds": 5}
            found.append(structure(await client.call_tool("extract_tables", call)))

        with anyio.fail_after(BOUND):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(call)
                assert (await get(client, first, wait_seconds=6))["status"] == "working"  # longer than the second waits
                assert not found
                reader.release()
    assert found[0]["status"] == "completed"
