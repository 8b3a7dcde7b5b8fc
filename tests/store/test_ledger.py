"""The ledger: a line before every send, settled by what became of it."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.store.asks import DAY, EVER, HOUR, NOON, Clock, answer, ask, ledger, move_to_another_machine, pay
from tests.store.children import children
from witnessmark.store import Store, Tokens
from witnessmark.store.ledger import clean

pytestmark = pytest.mark.anyio


async def test_an_intent_is_written_before_the_answer_is_known(store: Store) -> None:
    await store.begin(ask())
    (entry,) = await ledger(store)
    assert (entry.state, entry.usd, entry.estimated_usd) == ("sent", None, Decimal("0.10"))
    assert (entry.tool, entry.document_name, entry.images) == ("extract_tables", "report.pdf", 4)


async def test_an_answer_settles_its_line_with_tokens_by_kind(store: Store) -> None:
    await store.answered(await store.begin(ask()), answer())
    (entry,) = await ledger(store)
    assert (entry.state, entry.usd, entry.request_id) == ("answered", Decimal("0.09"), "req_1")
    assert entry.tokens == Tokens(input=1_000, output=200, thinking=50, cache_read=400)


async def test_what_was_refused_costs_nothing(store: Store) -> None:
    await store.refused(await store.begin(ask()), kind="Overloaded", request_id="req_2")
    (entry,) = await ledger(store)
    assert (entry.state, entry.usd, entry.kind, entry.request_id) == ("not billed", Decimal(0), "Overloaded", "req_2")
    assert await store.spent(since=0) == 0


async def test_what_may_have_been_billed_counts_with_its_estimate(store: Store) -> None:
    line = await store.begin(ask())
    await store.ambiguous(line, kind="ConnectionLost", tokens=Tokens(input=7), request_id=None)
    (entry,) = await ledger(store)
    assert (entry.state, entry.kind, entry.tokens) == ("possibly billed", "ConnectionLost", Tokens(input=7))
    assert await store.spent(since=0) == Decimal("0.10")


async def test_a_doubt_is_settled_by_an_answer_that_comes_late(store: Store) -> None:
    line = await store.begin(ask())
    await store.ambiguous(line, kind="ConnectionLost", tokens=None, request_id=None)
    await store.answered(line, answer())
    (entry,) = await ledger(store)
    assert (entry.state, entry.kind) == ("answered", None)


async def test_a_reused_answer_is_a_line_that_saves_and_costs_nothing(store: Store) -> None:
    await store.reused(ask(), await pay(store))
    _, reused = await ledger(store)
    assert (reused.state, reused.usd, reused.tokens) == ("reused", Decimal(0), Tokens())
    assert (reused.saved_usd, reused.saved_tokens) == (Decimal("0.09"), answer().tokens)
    assert await store.spent(since=0) == Decimal("0.09")


async def test_what_a_killed_process_had_sent_is_possibly_billed(store: Store, path: Path) -> None:
    with children(2, "send_and_wait", path) as (killed, alive):
        assert (killed.hear(), alive.hear()) == ("sent", "sent")
        killed.kill()
        assert sorted((entry.state, entry.kind) for entry in await ledger(store)) == [
            ("possibly billed", "ProcessGone"),
            ("sent", None),
        ]


async def test_what_was_sent_from_a_machine_that_cannot_be_asked_is_in_doubt_after_a_quarter_of_an_hour(
    store: Store, path: Path, clock: Clock
) -> None:
    await store.begin(ask())
    move_to_another_machine(path, "sends")
    clock.now += HOUR / 4 - 1
    assert [entry.state for entry in await ledger(store)] == ["sent"]
    clock.now += 2
    assert [entry.state for entry in await ledger(store)] == ["possibly billed"]


async def test_a_live_process_that_takes_long_is_still_on_its_way(store: Store, clock: Clock) -> None:
    await store.begin(ask())
    clock.now += HOUR
    assert [entry.state for entry in await ledger(store)] == ["sent"]


@pytest.mark.parametrize("seed", range(5))
async def test_sums_are_exact(store: Store, seed: int) -> None:
    draw = random.Random(seed)
    paid = [Decimal(draw.randrange(10**13)).scaleb(-12) for _ in range(200)]
    for number, usd in enumerate(paid):
        await pay(store, f"ask-{number}", usd=str(usd))
    assert await store.spent(since=0) == sum(paid)
    (row,) = await store.usage(**EVER, by="tool")
    assert row.usd == sum(paid)
    assert [entry.usd for entry in await ledger(store)] == paid


async def test_a_long_ledger_is_read_in_its_order_and_within_its_times(store: Store, clock: Clock) -> None:
    for number in range(2_050):
        clock.now = NOON + number // 3
        await store.refused(await store.begin(ask(f"ask-{number}")), kind="Overloaded", request_id=None)
    entries = [entry async for entry in store.entries(since=NOON + 10, until=NOON + 600)]
    assert [entry.content_key for entry in entries] == [f"ask-{number}" for number in range(30, 1_800)]


async def test_asks_that_carried_a_document_are_counted(store: Store) -> None:
    await pay(store, deliveries=("one", "two"))
    await pay(store, deliveries=("one",))
    await store.begin(ask(deliveries=("one",)))  # not answered yet
    assert [await store.times_sent(key) for key in ("one", "two", "three")] == [2, 1, 0]


async def test_a_name_that_is_no_text_does_not_stop_a_send(store: Store) -> None:
    await store.begin(ask(document_name="caf\udce9.pdf"))
    assert [entry.document_name for entry in await ledger(store)] == [clean("caf\udce9.pdf")] == ["caf?.pdf"]


async def test_spending_is_summed_from_a_time_on(store: Store, clock: Clock) -> None:
    await pay(store, "a", usd="1")
    clock.now += DAY
    await pay(store, "b", usd="2")
    assert await store.spent(since=NOON + 1) == 2
