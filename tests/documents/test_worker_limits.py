"""Limits of workers: CPU time counts, a busy machine does not, and a page that costs too much is lost alone."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from tests import damage, drawing
from tests.processes import children_of
from witnessmark.documents.content import Content
from witnessmark.documents.losses import Losses, PageNotTried
from witnessmark.documents.metering import LOOK_SECONDS, Meter
from witnessmark.documents.process_use import ProcessUse, process_use
from witnessmark.documents.reading import PagesRead, read_pages
from witnessmark.documents.stops import (
    WorkerCrashed,
    WorkerHung,
    WorkerKilled,
    WorkerStopped,
    WorkerTooLarge,
    WorkerTooSlow,
)
from witnessmark.documents.worker import UseOf, Workers, open_workers
from witnessmark.limits import MIB, Limits

pytestmark = pytest.mark.anyio

GOOD = Content.of_bytes("good.pdf", drawing.draw_text(["good words"]))
LONG = Content.of_bytes("long.pdf", damage.endless_parsing(60))
"""Takes a second or so, and comes to an end."""
ENDLESS = Content.of_bytes("endless.pdf", damage.endless_parsing())


# --- counting --------------------------------------------------------------------------------------------------------


def looks(meter: Meter, *uses: ProcessUse | None) -> list[str | None]:
    return [meter.look(use) for use in uses]


def test_cpu_time_of_earlier_operations_does_not_count() -> None:
    meter = Meter(cpu_seconds=8, idle_seconds=60)
    assert looks(meter, ProcessUse(500.0, True), ProcessUse(507.9, True), ProcessUse(508.0, True)) == [
        None,
        None,
        "cpu",
    ]
    assert meter.cpu_seconds == pytest.approx(8)


def test_a_worker_that_gets_no_cpu_on_a_busy_machine_is_never_over_a_limit() -> None:
    meter = Meter(cpu_seconds=8, idle_seconds=60)
    assert set(looks(meter, *(ProcessUse(1.0, True) for _ in range(100_000)))) == {None}


def test_a_worker_that_gets_a_little_cpu_time_is_not_idle_where_the_system_does_not_tell_who_wants_it() -> None:
    meter = Meter(cpu_seconds=8, idle_seconds=60)
    share = 0.03 * LOOK_SECONDS
    assert set(looks(meter, *(ProcessUse(look * share, False) for look in range(1_000)))) == {None}


def test_a_worker_that_sleeps_is_over_the_limit_on_hanging_and_its_own_watch_does_not_excuse_it() -> None:
    meter = Meter(cpu_seconds=8, idle_seconds=60)
    watch = 0.004 * LOOK_SECONDS
    found = looks(meter, *(ProcessUse(look * watch, look % 50 == 0) for look in range(400)))
    assert found.index("idle") == pytest.approx(60 / LOOK_SECONDS, rel=0.05)


def test_bytes_that_cross_are_progress() -> None:
    meter = Meter(cpu_seconds=8, idle_seconds=1)
    for _ in range(1_000):
        assert meter.look(ProcessUse(1.0, False)) is None
        meter.progressed()


def test_a_process_that_is_gone_is_over_no_limit() -> None:
    assert looks(Meter(cpu_seconds=8, idle_seconds=1), *[None] * 100) == [None] * 100


def test_the_system_says_what_a_process_has_used() -> None:
    before = process_use(os.getpid())
    assert before is not None
    sum(number * number for number in range(2_000_000))
    after = process_use(os.getpid())
    assert after is not None
    assert after.cpu_seconds > before.cpu_seconds
    assert after.cpu_seconds == pytest.approx(sum(os.times()[:4]), abs=0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_the_system_says_who_sleeps_and_who_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as sleeper:
        states = {use.is_runnable for _ in range(20_000) if (use := process_use(sleeper.pid)) is not None}
        assert False in states
        sleeper.kill()
    assert process_use(sleeper.pid) is None


# --- workers ---------------------------------------------------------------------------------------------------------


def using(at_each_look: Callable[[int, int], ProcessUse]) -> tuple[UseOf, list[int]]:
    """Make a reader of CPU times out of `(nth process, nth look at it) → use`, and list the processes it sees."""
    seen: list[int] = []
    looks: dict[int, int] = {}

    def use_of(pid: int) -> ProcessUse:
        if pid not in seen:
            seen.append(pid)
        looks[pid] = looks.get(pid, 0) + 1
        return at_each_look(seen.index(pid) + 1, looks[pid])

    return use_of, seen


async def read(workers: Workers, content: Content, seconds: float = 8, **more: Any) -> list[str]:
    answer, _ = await workers.call("pdf_layout", content, {"page": 1}, seconds=seconds, **more)
    return [word[0] for word in answer["words"]]


async def test_a_page_that_burns_cpu_time_is_refused_and_the_limit_is_named() -> None:
    use_of, seen = using(lambda _, look: ProcessUse(6.0 * look, True))
    async with open_workers(Limits(workers=1), use_of) as workers:
        with pytest.raises(WorkerTooSlow, match="limit of 8 seconds of CPU time") as stopped:
            await read(workers, ENDLESS)
        assert len(seen) == 1, "it had the CPU for itself: another try would end alike"
        assert stopped.value.cpu_seconds == pytest.approx(12)
        assert await read(workers, GOOD, tries=1) == ["good", "words"]


async def test_a_page_over_its_cpu_time_on_a_busy_machine_is_tried_once_more() -> None:
    use_of, seen = using(lambda _, look: ProcessUse(0.1 * LOOK_SECONDS * look, True))
    async with open_workers(Limits(workers=1), use_of) as workers:
        with pytest.raises(WorkerTooSlow) as stopped:
            await read(workers, ENDLESS, seconds=0.05 * LOOK_SECONDS)
    assert len(seen) == 2
    assert stopped.value.cpu_seconds == pytest.approx(2 * 0.1 * LOOK_SECONDS)


async def test_a_page_over_its_memory_is_tried_again_where_its_worker_held_something_before() -> None:
    limits = Limits(workers=1, worker_resident_bytes=200 * MIB)
    bomb = Content.of_bytes("bomb.pdf", damage.flate_bomb(1024))
    async with open_workers(limits) as workers:
        with pytest.raises(WorkerTooLarge):
            await read(workers, bomb)
        assert workers.started == 1, "a fresh one: another would end alike"
        assert await read(workers, GOOD) == ["good", "words"]
        with pytest.raises(WorkerTooLarge):
            await read(workers, bomb)
        assert workers.started == 3


async def test_a_worker_that_does_nothing_is_said_to_hang_and_not_to_be_slow() -> None:
    use_of, seen = using(lambda _, __: ProcessUse(1.0, False))
    async with open_workers(Limits(workers=1, hang_seconds=LOOK_SECONDS), use_of) as workers:
        with pytest.raises(WorkerHung, match=r"did nothing for 0\.25 seconds") as stopped:
            await read(workers, ENDLESS)
    assert len(seen) == 2
    assert "Call again" in stopped.value.next_step


async def test_a_page_on_a_busy_machine_is_read_however_long_it_takes() -> None:
    use_of, seen = using(lambda _, __: ProcessUse(1.0, True))
    async with open_workers(Limits(workers=1, hang_seconds=LOOK_SECONDS), use_of) as workers:
        assert await read(workers, LONG, seconds=0.01) is not None
    assert len(seen) == 1


async def test_a_page_whose_first_worker_is_stopped_is_read_by_the_second() -> None:
    use_of, seen = using(lambda nth, look: ProcessUse(0.1 * LOOK_SECONDS * look if nth == 1 else 0.0, True))
    async with open_workers(Limits(workers=1), use_of) as workers:
        assert await read(workers, LONG, seconds=0.05 * LOOK_SECONDS) is not None
    assert len(seen) == 2


async def test_a_worker_that_the_system_kills_is_not_blamed_on_the_file() -> None:
    def use_of(pid: int) -> ProcessUse | None:
        os.kill(pid, signal.SIGKILL)
        return process_use(pid)

    async with open_workers(Limits(workers=1), use_of) as workers:
        with pytest.raises(WorkerKilled, match="no memory left"):
            await read(workers, ENDLESS)
        assert workers.started == 2


class KillingFile(io.BytesIO):
    """Has the worker that sends it bytes killed after the first of them."""

    killed = 0

    def write(self, data: Any) -> int:
        if not self.killed:
            (worker,) = children_of()
            os.kill(worker, signal.SIGKILL)
            self.killed = worker
        return super().write(data)


async def test_bytes_of_an_answer_that_broke_off_are_not_kept() -> None:
    objects = drawing.Objects()
    objects.add_page_of(objects.add_stream(b"% " + damage.random_bytes(6 * MIB).hex().encode() + b"\n"), "0 0 600 800")
    content = Content.of_bytes("large.pdf", objects.finish())
    into = KillingFile(b"before")
    into.seek(6)
    arguments = {"pages": [1], "most_bytes": 100 * MIB, "is_whole": False}
    async with open_workers(Limits(workers=1)) as workers:
        answer, _ = await workers.call("pdf_part", content, arguments, seconds=8, into=into)
    assert into.killed
    assert answer["pages"] == [1]
    assert into.getvalue().startswith(b"before%PDF")
    assert into.getvalue().count(b"%PDF") == 1


# --- pages -----------------------------------------------------------------------------------------------------------


async def read_all(read_page: Callable[[int], Any], pages: int = 38) -> PagesRead[int]:
    async def on_page(count: int) -> None:
        del count

    return await read_pages(range(1, pages + 1), read_page, limits=Limits(), seconds=None, on_page=on_page)


def losing(pages: set[int], error: type[WorkerStopped], cpu_seconds: float) -> Callable[[int], Any]:
    """Read pages as a document with some bad ones is read."""
    losses, limits = Losses(), Limits()

    async def read_page(page: int) -> int:
        await anyio.lowlevel.checkpoint()
        with losses.counted("scan.pdf", limit=limits.lost_seconds):
            if page in pages:
                stopped = (
                    WorkerTooSlow("scan.pdf", seconds=8)
                    if error is WorkerTooSlow
                    else WorkerCrashed("scan.pdf", limit_bytes=1 << 30)
                )
                stopped.cpu_seconds = cpu_seconds
                raise stopped
        return page

    return read_page


async def test_slow_pages_are_lost_alone() -> None:
    found = await read_all(losing({3, 4, 5}, WorkerTooSlow, 180.0))
    assert sorted(found.failed) == [3, 4, 5]
    assert len(found.done) == 35
    assert (found.left, found.given_up) == ((), None)


async def test_a_hostile_document_costs_a_bounded_time_and_its_untried_pages_are_left() -> None:
    found = await read_all(losing(set(range(2, 601)), WorkerTooSlow, 16.0), pages=600)
    lost = len(found.failed)
    assert Limits().lost_seconds <= lost * 16.0 <= Limits().lost_seconds + 2 * 16.0
    assert found.left == tuple(range(lost + 2, 601))
    assert found.given_up is not None
    assert not {*found.left} & {*found.failed, *found.done}


async def test_pages_that_crash_at_once_count_too() -> None:
    found = await read_all(losing(set(range(2, 1201)), WorkerCrashed, 0.0), pages=1200)
    assert len(found.failed) < 610
    assert found.left


async def test_a_document_of_which_no_page_can_be_read_says_why() -> None:
    with pytest.raises(WorkerTooSlow):
        await read_all(losing(set(range(1, 39)), WorkerTooSlow, 300.0))


async def test_a_document_that_was_given_up_before_says_that() -> None:
    async def read_page(page: int) -> int:
        raise PageNotTried("scan.pdf", limit=600)

    with pytest.raises(PageNotTried, match="600 seconds of CPU time"):
        await read_all(read_page)
