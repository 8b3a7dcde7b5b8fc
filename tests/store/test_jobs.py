"""Jobs in the store: one process at a time, another when that one is gone, and none for ever."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.store.asks import DAY, NOON, Clock, alter, answer, ask, move_to_another_machine, pay
from witnessmark.store import Job, JobError, JobProgress, Store, Tokens

pytestmark = pytest.mark.anyio

ERROR = JobError(kind="Overloaded", message="The API is overloaded.", next_step="Call again.")


def job(job_id: str = "job-1", **changes: Any) -> Job:
    told: dict[str, Any] = {
        "id": job_id,
        "tool": "extract_tables",
        "arguments": '{"source": "/a.pdf"}',
        "needs_secret": False,
        "endpoint": "",
        "approved_usd": Decimal("1.25"),
        "began_at": NOON,
    }
    return Job(**told | changes)


async def test_a_job_is_kept_with_how_far_it_is_and_what_came_of_it(store: Store) -> None:
    await store.add_job(job())
    assert await store.touch_job("job-1", JobProgress(done=3, total=9, message="Reading")) == "go on"
    found = await store.job("job-1")
    assert found is not None
    assert (found.state, found.progress.done, found.approved_usd) == ("working", 3, Decimal("1.25"))
    assert await store.complete_job("job-1", '{"tables": ["größer"]}')
    found = await store.job("job-1")
    assert found is not None
    assert (found.state, found.result, found.arguments, found.ended_at) == (
        "completed",
        '{"tables": ["größer"]}',
        "",
        NOON,
    )
    assert await store.job("job-2") is None


async def test_how_a_job_ended_is_written_once(store: Store) -> None:
    await store.add_job(job())
    assert await store.fail_job("job-1", ERROR)
    assert not await store.complete_job("job-1", "{}")
    found = await store.job("job-1")
    assert found is not None
    assert (found.state, found.error, found.result) == ("failed", ERROR, None)


async def test_a_job_of_a_living_process_is_nobody_elses(path: Path, store: Store, clock: Clock) -> None:
    await store.add_job(job())
    clock.now += 10 * DAY  # the machine slept, and its process lives
    assert await store.claim_job() is None
    alter(path, f"UPDATE jobs SET touched_at = {clock.now}")
    move_to_another_machine(path, "jobs")
    clock.now += 60
    assert await store.claim_job() is None, "a process that cannot be asked touched it a minute ago"
    clock.now += 600
    claimed = await store.claim_job()
    assert claimed is not None
    assert claimed.id == "job-1"


async def test_who_lost_a_job_hears_so_and_cannot_end_it(path: Path, store: Store) -> None:
    await store.add_job(job())
    move_to_another_machine(path, "jobs")
    assert await store.touch_job("job-1", JobProgress(done=5)) == "lost"
    assert not await store.complete_job("job-1", "{}")
    found = await store.job("job-1")
    assert found is not None
    assert (found.state, found.progress.done) == ("working", 0)


async def test_a_job_given_back_is_taken_at_once(store: Store) -> None:
    await store.add_job(job())
    assert await store.claim_job() is None
    await store.give_job_back("job-1")
    assert await store.claim_job(passing_over=frozenset({"job-1"})) is None
    assert await store.claim_job(only="job-2") is None
    claimed = await store.claim_job(only="job-1")
    assert claimed is not None
    assert claimed.attempts == 1
    assert await store.claim_job() is None, "it is taken"


async def test_a_job_that_ends_every_process_at_the_same_place_fails(path: Path, store: Store) -> None:
    await store.add_job(job())
    taken = 0
    for _ in range(9):
        alter(path, "UPDATE jobs SET process = ''")  # killed: nobody gave it back
        if await store.claim_job() is None:
            break
        taken += 1
        assert await store.touch_job("job-1", JobProgress(done=4, total=9)) == "go on"
    found = await store.job("job-1")
    assert found is not None
    assert taken == 3, "the first of them got further than whoever began it"
    assert found.state == "failed"
    assert found.error is not None
    assert found.error.kind == "JobEndsProcesses"


async def test_getting_further_counts_attempts_anew(path: Path, store: Store) -> None:
    await store.add_job(job())
    for done in range(1, 9):
        alter(path, "UPDATE jobs SET process = ''")
        claimed = await store.claim_job()
        assert claimed is not None
        assert claimed.attempts == 2
        await store.touch_job("job-1", JobProgress(done=done, total=9))


async def test_a_cancelled_job_stops_whoever_works_on_it(store: Store) -> None:
    await store.add_job(job())
    cancelled = await store.cancel_job("job-1")
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert await store.touch_job("job-1", JobProgress(done=1)) == "cancelled"
    assert not await store.complete_job("job-1", "{}")
    assert await store.claim_job() is None
    assert await store.cancel_job("job-2") is None


async def test_what_ended_is_kept_for_two_weeks(store: Store, clock: Clock) -> None:
    await store.add_job(job())
    await store.complete_job("job-1", "{}")
    clock.now += 13 * DAY
    await store.add_job(job("job-2"))
    assert {found.id for found in await store.jobs()} == {"job-1", "job-2"}
    facts = await store.facts()
    assert (facts.jobs_working, facts.jobs_ended) == (1, 1)
    clock.now += 2 * DAY
    await store.prune(max_age_days=None)
    assert [found.id for found in await store.jobs()] == ["job-2"], "one that is at work is never forgotten"


async def test_the_ledger_knows_what_a_job_has_cost(store: Store) -> None:
    await pay(store, "ask-1", usd="0.09", job="job-1")
    await pay(store, "ask-2", usd="0.50")
    await store.reused(ask("ask-2", job="job-1"), answer("ask-2"))
    line = await store.begin(ask("ask-3", job="job-1"))
    await store.ambiguous(line, kind="ApiTimeout", tokens=None, request_id=None)
    await store.begin(ask("ask-4", job="job-1"))
    spending = await store.job_spending("job-1")
    assert (spending.answers, spending.reused, spending.possibly_billed, spending.in_flight) == (1, 1, 1, 1)
    assert spending.usd == Decimal("0.09")
    assert spending.tokens == answer().tokens
    nothing = await store.job_spending("job-9")
    assert (nothing.usd, nothing.tokens) == (Decimal(0), Tokens())
