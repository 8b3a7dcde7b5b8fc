"""Usage by day, tool, model and document, and the alarm when images take more than they used to."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.store.asks import DAY, EVER, NOON, Clock, answer, ask, pay
from witnessmark.store import ImageDay, Jump, Store, Tokens, jump

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 11)


async def test_everything_of_a_day_is_summed(store: Store) -> None:
    paid = answer(usd="0.09", usd_without_cache=Decimal("0.12"))
    await store.answered(await store.begin(ask("a")), paid)
    await store.answered(await store.begin(ask("b")), answer("b", usd=None))
    await store.reused(ask("a"), paid)
    await store.refused(await store.begin(ask("c")), kind="Overloaded", request_id=None)
    await store.ambiguous(await store.begin(ask("d")), kind="ConnectionLost", tokens=None, request_id=None)
    await store.begin(ask("e"))
    (row,) = await store.usage(**EVER, by="day")
    assert (row.of, row.name) == ("2026-11-11", "2026-11-11")
    assert (row.calls, row.reused, row.not_billed, row.possibly_billed, row.in_flight) == (2, 1, 1, 1, 1)
    assert (row.images, row.unpriced) == (8, 1)
    assert row.tokens == paid.tokens + paid.tokens == Tokens(input=2_000, output=400, thinking=100, cache_read=800)
    # The estimate of 0.10 is corrected by what the answered request has cost instead of its own 0.10.
    assert (row.usd, row.possibly_billed_usd) == (Decimal("0.09"), Decimal("0.09"))
    assert (row.saved_by_reuse_usd, row.saved_by_reuse_tokens) == (Decimal("0.09"), paid.tokens)
    assert row.saved_by_caching_usd == Decimal("0.03")


async def test_days_are_those_of_the_local_calendar_in_their_order(store: Store, clock: Clock) -> None:
    for number, at in enumerate((NOON + DAY / 2, NOON, NOON + DAY / 2 - 1)):
        clock.now = at
        await pay(store, f"ask-{number}", usd=str(number + 1))
    rows = await store.usage(**EVER, by="day")
    assert [(row.of, row.usd) for row in rows] == [("2026-11-11", Decimal(5)), ("2026-11-12", Decimal(1))]


async def test_tools_models_and_documents_are_told_apart_the_dearest_first(store: Store) -> None:
    await pay(store, "a", usd="1", tool="read_text", model="small", document="1" * 64, document_name="one.pdf")
    await pay(store, "b", usd="2", tool="extract_tables", model="large", document="2" * 64, document_name="two.pdf")
    assert [row.of for row in await store.usage(**EVER, by="tool")] == ["extract_tables", "read_text"]
    assert [row.of for row in await store.usage(**EVER, by="model")] == ["large", "small"]
    by_document = await store.usage(**EVER, by="document")
    assert [(row.of, row.name, row.usd) for row in by_document] == [
        ("2" * 64, "two.pdf", Decimal(2)),
        ("1" * 64, "one.pdf", Decimal(1)),
    ]


async def test_only_the_time_asked_for_is_summed(store: Store, clock: Clock) -> None:
    await pay(store, "a")
    assert await store.usage(since=NOON + 1, until=NOON + 9, by="tool") == ()
    assert await store.usage(since=NOON - 9, until=NOON, by="tool") == ()
    assert len(await store.usage(since=NOON, until=NOON + 1, by="tool")) == 1


async def test_images_of_a_day_take_on_average_what_was_read_for_them(store: Store, clock: Clock) -> None:
    await pay(store, "a", images=4)  # 1,400 prompt tokens
    await pay(store, "b", images=3)
    await pay(store, "text", images=0)
    await store.begin(ask("on its way"))
    clock.now += DAY
    await pay(store, "c", images=1)
    days = await store.image_averages(days=2)
    assert days == (
        ImageDay(day=TODAY, images=7, input_tokens=2_800),
        ImageDay(day=TODAY + timedelta(days=1), images=1, input_tokens=1_400),
    )
    assert [day.average for day in days] == [400, 1_400]
    assert await store.image_averages(days=1) == days[1:]


def days(*averages: float, images: int = 40) -> list[ImageDay]:
    return [
        ImageDay(day=TODAY + timedelta(days=number), images=images, input_tokens=int(average * images))
        for number, average in enumerate(averages)
    ]


def test_a_jump_is_named_with_its_factor() -> None:
    found = jump(days(1_500, 9_000, 1_600, 1_400, 2_400))
    assert found == Jump(day=TODAY + timedelta(days=4), average=2_400, usual=1_550)
    assert found is not None
    assert found.factor == pytest.approx(1.548, abs=0.001)


@pytest.mark.parametrize(
    "quiet",
    [
        [],
        days(1_500),
        days(1_500, 1_500, 2_200),
        days(3_000, 1_500),
        days(1_500, 4_000, images=19),
        [*days(1_500, 1_500, images=5), *days(4_000)],
    ],
    ids=["nothing", "one day", "below the factor", "a fall", "few images", "few images before"],
)
def test_what_is_no_jump_rings_no_alarm(quiet: list[ImageDay]) -> None:
    assert jump(quiet) is None
