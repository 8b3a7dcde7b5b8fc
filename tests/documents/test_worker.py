"""Workers: a bad file costs one call, and never the process."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import anyio
import pytest

from tests import damage, drawing
from tests.processes import children_of, wait_until_gone
from witnessmark.documents.content import Content
from witnessmark.documents.stops import WorkerCrashed, WorkerStopped, WorkerTooLarge, WorkerTooSlow
from witnessmark.documents.worker import OperationRefused, WorkerMissing, Workers, open_workers
from witnessmark.limits import MIB, Limits

pytestmark = pytest.mark.anyio

GOOD = drawing.draw_text(["good words"])


def _content(content: bytes, name: str = "a.pdf") -> Content:
    return Content.of_bytes(name, content)


async def _reads(workers: Workers) -> bool:
    answer, _ = await workers.call("pdf_layout", _content(GOOD), {"page": 1}, seconds=10)
    return [word[0] for word in answer["words"]] == ["good", "words"]


async def test_a_worker_is_started_once_and_reused(workers: Workers) -> None:
    assert await _reads(workers)
    assert await _reads(workers)
    assert workers.started == 1


async def test_a_worker_that_was_killed_while_idle_is_replaced_and_no_file_is_blamed(workers: Workers) -> None:
    assert await _reads(workers)
    killed = children_of()
    for pid in killed:
        os.kill(pid, 9)
    await wait_until_gone(killed, seconds=5)
    assert await _reads(workers)
    assert workers.started == 2


async def test_two_calls_at_once_replace_two_workers_that_were_killed_while_idle() -> None:
    async with open_workers(Limits(workers=2, crowded_seconds=0)) as workers:
        read: list[bool] = []

        async def read_one() -> None:
            read.append(await _reads(workers))

        async def read_two_at_once() -> None:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(read_one)
                tasks.start_soon(read_one)

        await read_two_at_once()
        killed = children_of()
        for pid in killed:
            os.kill(pid, 9)
        await wait_until_gone(killed, seconds=5)
        await read_two_at_once()
        assert (read, workers.started, workers.running) == ([True] * 4, 4, 2)


async def test_calls_share_one_worker_until_they_have_waited_for_a_while() -> None:
    async def read_twice(workers: Workers) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_reads, workers)
            tasks.start_soon(_reads, workers)

    async with open_workers(Limits(workers=2, crowded_seconds=30)) as workers:
        await read_twice(workers)
        assert workers.started == 1
    async with open_workers(Limits(workers=2, crowded_seconds=0)) as workers:
        await read_twice(workers)
        assert workers.started == 2


async def test_calls_that_take_turns_on_a_worker_get_another_one_in_time() -> None:
    async with open_workers(Limits(workers=2, crowded_seconds=0.05)) as workers:
        assert await _reads(workers)

        async def read_many() -> None:
            for _ in range(150):
                await _reads(workers)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read_many)
            tasks.start_soon(read_many)
        assert workers.started == 2


async def test_a_call_that_waits_does_not_wait_for_a_worker_that_is_gone() -> None:
    async with open_workers(Limits(workers=2, crowded_seconds=300)) as workers, anyio.create_task_group() as tasks:
        crash = _content(damage.self_drawing_form())

        async def crashes() -> None:
            with pytest.raises(WorkerStopped):
                await workers.call("pdf_layout", crash, {"page": 1}, seconds=10)

        tasks.start_soon(crashes)
        with anyio.fail_after(60):
            assert await _reads(workers)


async def test_a_worker_taken_while_others_are_ended_stays_with_its_call() -> None:
    async with open_workers(Limits(workers=2, crowded_seconds=0)) as workers:
        async with anyio.create_task_group() as tasks:  # two at once, so that two are started
            tasks.start_soon(_reads, workers)
            tasks.start_soon(_reads, workers)
        read: list[bool] = []

        async def read_again() -> None:
            read.append(await _reads(workers))

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(workers.end_idle)
                tasks.start_soon(read_again)
    assert read == [True]


async def test_a_worker_that_cannot_be_started_is_the_operators_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with open_workers(Limits(workers=1)) as workers:
        with pytest.raises(WorkerMissing):
            await _reads(workers)


async def test_a_worker_sees_no_key(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert await _reads(workers)
    if sys.platform == "linux":
        environments = [path.read_bytes() for path in _worker_files("environ")]
        assert environments
        assert not any(b"secret" in environment for environment in environments)


async def test_a_file_that_crashes_the_reader_is_an_error_and_the_next_is_read(workers: Workers) -> None:
    with pytest.raises(WorkerStopped):
        await workers.call("pdf_layout", _content(damage.self_drawing_form()), {"page": 1}, seconds=10)
    assert await _reads(workers)


async def test_memory_is_limited_and_the_limit_is_named() -> None:
    limits = Limits(workers=1, worker_resident_bytes=200 * MIB, worker_address_bytes=700 * MIB)
    async with open_workers(limits) as workers:
        with pytest.raises((WorkerTooLarge, WorkerCrashed), match="GiB of memory"):
            await workers.call("pdf_layout", _content(damage.flate_bomb(1024)), {"page": 1}, seconds=20)
        assert await _reads(workers)


async def test_time_is_limited_and_the_limit_is_named(workers: Workers) -> None:
    slow = _content(damage.flate_bomb(1024))
    with pytest.raises(WorkerTooSlow, match=r"limit of 0\.05 seconds"):
        await workers.call("pdf_layout", slow, {"page": 1}, seconds=0.05)
    assert await _reads(workers)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_a_cancelled_call_ends_its_process_within_a_second(workers: Workers) -> None:
    assert await _reads(workers)
    before = time.monotonic()
    with anyio.move_on_after(0.1):
        await workers.call("pdf_layout", _content(damage.branching_forms()), {"page": 1}, seconds=30)
    assert time.monotonic() - before < 1.1
    assert not _worker_files("cmdline")


async def test_an_idle_worker_is_ended(workers: Workers) -> None:
    assert await _reads(workers)
    await workers.end_idle()
    assert await _reads(workers)
    assert workers.started == 2


async def test_a_worker_that_has_grown_is_not_kept() -> None:
    async with open_workers(Limits(workers=1, worker_keep_bytes=1)) as workers:
        assert await _reads(workers)
        assert await _reads(workers)
        assert workers.started == 2


async def test_a_locked_file_is_told_from_a_damaged_one(workers: Workers) -> None:
    locked = _content(drawing.encrypted(GOOD, "secret", "owner"))
    for arguments, reason in (
        ({}, "password-needed"),
        ({"password": "wrong"}, "password-wrong"),
    ):
        with pytest.raises(OperationRefused) as refusal:
            await workers.call("pdf_open", locked, arguments, seconds=10)
        assert refusal.value.reason == reason
    with pytest.raises(OperationRefused) as refusal:
        await workers.call("pdf_open", _content(damage.no_pages()), {}, seconds=10)
    assert refusal.value.reason == "unreadable"


async def test_a_large_document_crosses_in_pieces_and_whole(workers: Workers) -> None:
    padded = GOOD + b"\n%" + b"x" * (5 * MIB)
    answer, _ = await workers.call("pdf_layout", _content(padded), {"page": 1}, seconds=10)
    assert len(answer["words"]) == 2


def _worker_files(name: str) -> list[Path]:
    """Find the worker processes of this test, by their command line, as files of /proc."""
    found: list[Path] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if b"witnessmark.worker_main" in command and parent == os.getpid():
            found.append(process / name)
    return found
