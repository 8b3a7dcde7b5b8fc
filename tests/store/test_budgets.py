"""Budgets: checked before anything is spent, by all processes together."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import anyio
import pytest

from tests.store.asks import (
    DAY,
    HOUR,
    NOON,
    UNLIMITED,
    Clock,
    answer,
    ask,
    budget,
    ledger,
    move_to_another_machine,
    pay,
)
from tests.store.children import children
from witnessmark.store import BudgetReached, Store, open_store
from witnessmark.store.budgets import bounds_of

pytestmark = pytest.mark.anyio


async def reserve(store: Store, usd: str, **limits: str) -> None:
    async with store.reserving(Decimal(usd), budget(**limits)):
        pass


async def test_what_fits_is_reserved_and_what_does_not_is_refused(store: Store) -> None:
    await pay(store, usd="0.70")
    await reserve(store, "0.30", day="1.00")
    with pytest.raises(BudgetReached) as refused:
        await reserve(store, "0.31", day="1.00")
    error = refused.value
    assert (error.spent, error.price, error.limit) == (Decimal("0.70"), Decimal("0.31"), Decimal("1.00"))
    assert (error.period, error.setting) == ("day", "WITNESSMARK_MAX_USD_PER_DAY")
    assert error.resets_at == NOON + DAY / 2
    assert error.message == (
        "This would cost 0.31 USD, and of the limit of 1.00 USD a day 0.70 USD are spent or promised to calls at work."
    )
    assert error.next_step == (
        "Wait until 2026-11-12 00:00 local time, when the next day begins, or set WITNESSMARK_MAX_USD_PER_DAY to more, "
        "or to none."
    )


async def test_a_month_is_a_budget_of_its_own(store: Store, clock: Clock) -> None:
    await pay(store, usd="9")
    clock.now += 3 * DAY
    await reserve(store, "1", day="1", month="10")
    with pytest.raises(BudgetReached) as refused:
        await reserve(store, "1.01", day="5", month="10")
    assert (refused.value.period, refused.value.setting) == ("month", "WITNESSMARK_MAX_USD_PER_MONTH")
    assert time.localtime(refused.value.resets_at)[:3] == (2026, 12, 1)


async def test_the_next_day_begins_at_local_midnight(store: Store, clock: Clock) -> None:
    await pay(store, usd="1")
    clock.now = NOON + DAY / 2 - 1
    with pytest.raises(BudgetReached):
        await reserve(store, "0.01", day="1")
    clock.now = NOON + DAY / 2
    await reserve(store, "0.01", day="1")


async def test_what_is_reserved_counts_until_the_block_is_left(store: Store) -> None:
    async with store.reserving(Decimal("0.60"), budget(day="1")):
        with pytest.raises(BudgetReached):
            await reserve(store, "0.50", day="1")
    await reserve(store, "0.50", day="1")


async def test_a_block_that_fails_or_is_cancelled_gives_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.reserving(Decimal(1), budget(day="1")):
            raise ZeroDivisionError
    with anyio.CancelScope() as scope:
        async with store.reserving(Decimal(1), budget(day="1")):
            scope.cancel()
            await anyio.sleep(5)
    await reserve(store, "1", day="1")


async def test_an_ask_counts_once_from_reservation_to_answer(store: Store) -> None:
    async with store.reserving(Decimal("0.40"), budget(day="1")) as reservation:
        first = await store.begin(ask("a", usd="0.10"), reservation)
        await store.begin(ask("b", usd="0.10"), reservation)
        await store.answered(first, answer("a", usd="0.05"))
        # 0.05 paid, 0.10 on its way, 0.20 reserved.
        await reserve(store, "0.65", day="1")
        with pytest.raises(BudgetReached) as refused:
            await reserve(store, "0.66", day="1")
        assert refused.value.spent == Decimal("0.35")


async def test_a_refused_ask_goes_back_to_its_reservation(store: Store) -> None:
    async with store.reserving(Decimal("0.50"), budget(day="1")) as reservation:
        for _ in range(20):  # as often as it is overloaded
            line = await store.begin(ask(usd="0.50"), reservation)
            await store.refused(line, kind="Overloaded", request_id=None)
        await reserve(store, "0.50", day="1")
        with pytest.raises(BudgetReached):
            await reserve(store, "0.51", day="1")


async def test_a_doubtful_ask_is_sent_again_only_while_the_budget_lasts(store: Store) -> None:
    async with store.reserving(Decimal("0.40"), budget(day="1")) as reservation:
        for _ in range(2):
            line = await store.begin(ask(usd="0.40"), reservation)
            await store.ambiguous(line, kind="ConnectionLost", tokens=None, request_id=None)
        with pytest.raises(BudgetReached):
            await store.begin(ask(usd="0.40"), reservation)
    assert [entry.state for entry in await ledger(store)] == ["possibly billed", "possibly billed"]


async def test_without_a_limit_nothing_is_refused_and_others_see_what_is_reserved(store: Store) -> None:
    async with store.reserving(Decimal(1_000_000), UNLIMITED):
        with pytest.raises(BudgetReached):
            await reserve(store, "0.01", day="999999")


async def test_a_killed_process_holds_no_money_but_what_it_sent(store: Store, path: Path) -> None:
    clock_of_child = bounds_of("day", time.time())[0]
    async with open_store(path) as now:
        with children(1, "send_and_wait", path) as (child,):
            assert child.hear() == "sent"
            with pytest.raises(BudgetReached) as refused:
                await reserve(now, "0.51", day="1")
            assert refused.value.spent == Decimal("0.50")
            child.kill()
            await reserve(now, "0.90", day="1")
        assert await now.spent(since=clock_of_child) == Decimal("0.10")


async def test_a_reservation_of_a_machine_that_cannot_be_asked_counts_for_a_quarter_of_an_hour(
    store: Store, path: Path, clock: Clock
) -> None:
    async with store.reserving(Decimal(1), budget(day="1")):
        move_to_another_machine(path, "reservations")
        clock.now += HOUR / 4 - 1
        with pytest.raises(BudgetReached):
            await reserve(store, "0.01", day="1")
        clock.now += 2
        await reserve(store, "0.01", day="1")


@pytest.mark.parametrize("shift", [-HOUR, HOUR], ids=["back", "on"])
async def test_a_clock_that_is_set_by_an_hour_forgets_nothing(store: Store, clock: Clock, shift: float) -> None:
    await pay(store, usd="0.50")
    async with store.reserving(Decimal("0.30"), budget(day="1")):
        clock.now += shift
        await reserve(store, "0.20", day="1", month="1")
        with pytest.raises(BudgetReached):
            await reserve(store, "0.21", day="1")


async def test_a_clock_set_back_over_midnight_spends_the_day_once(store: Store, clock: Clock) -> None:
    clock.now = NOON + DAY / 2 + HOUR / 6
    await pay(store, usd="1")
    clock.now -= HOUR
    with pytest.raises(BudgetReached):
        await reserve(store, "0.01", day="1")


def test_processes_together_never_spend_more_than_the_budget(path: Path) -> None:
    with children(6, "spend_all", path) as spenders:
        assert [child.hear() for child in spenders] == ["ready"] * 6
        for child in spenders:
            child.tell()
        said = [line for child in spenders for line in child.rest()]
    assert said.count("reached") == 6
    assert sum(map(Decimal, filter("reached".__ne__, said))) == Decimal("1.00")


@pytest.fixture
def summer_time() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.usefixtures("summer_time")
@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 12, 31), 24)])
def test_a_day_is_as_long_as_the_local_calendar_says(day: tuple[int, int, int], hours: int) -> None:
    begins, ends = bounds_of("day", time.mktime((*day, 15, 0, 0, 0, 0, -1)))
    assert time.localtime(begins)[:5] == (*day, 0, 0)
    assert ends - begins == hours * HOUR
    assert time.localtime(bounds_of("month", begins)[1])[2:5] == (1, 0, 0)
