"""What was sent with the same beginning: found for the prompt cache by key, endpoint and age; misses by reason."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.store.asks import ENDPOINT, EVER, HOUR, Clock, answer, ask, ledger
from witnessmark.store import CacheMiss, CacheMisses, KeptPrefix, Prefix, PrefixPast, Store, Tokens, open_store
from witnessmark.store.schema import MIGRATIONS, migrate

pytestmark = pytest.mark.anyio

WRITTEN, READ = Tokens(input=10, cache_creation_5m=5_000), Tokens(input=10, cache_read=5_000)


async def _sent(store: Store, key: str, call: str, *, tokens: Tokens | None = None, **changes: Any) -> int:
    """Send an ask about a document, and have it answered where `tokens` are given."""
    given: dict[str, Any] = {"call": call, "documents": "doc", "way": "file"}
    line = await store.begin(ask(key, prefix=Prefix(**given | changes)))
    if tokens is not None:
        await store.answered(line, answer(key, tokens=tokens, message_id=f"msg_{key}"))
    return line


async def test_calls_are_found_by_their_documents_and_counted_once(store: Store, clock: Clock) -> None:
    await _sent(store, "a", "one", tokens=Tokens(input=1))
    clock.now += 60
    await _sent(store, "b", "one", tokens=Tokens(input=1))
    clock.now += 60
    await _sent(store, "c", "two")  # its answer is awaited
    clock.now += 60
    await _sent(store, "d", "three", documents="other")
    found = await store.past_of({"doc"}, ENDPOINT)
    assert found == {"doc": PrefixPast(calls={"two": 60.0, "one": 120.0})}
    assert await store.past_of({"doc"}, "https://elsewhere.example") == {}
    assert await store.past_of(set(), ENDPOINT) == {}


async def test_what_was_not_answered_or_reused_is_no_use(store: Store) -> None:
    await store.refused(await _sent(store, "a", "one"), kind="Overloaded", request_id=None)
    await store.ambiguous(await _sent(store, "c", "three"), kind="StreamCut", tokens=None, request_id=None)
    await store.reused(ask("b", prefix=Prefix(call="two", documents="doc")), answer("b"))
    assert await store.past_of({"doc"}, ENDPOINT) == {}


async def test_what_was_kept_is_told_with_its_life_and_way(store: Store, clock: Clock) -> None:
    await _sent(store, "a", "one", kept="doc", ttl="1h", tokens=WRITTEN)  # it was thought to be there for an hour
    clock.now += 100
    await _sent(store, "b", "two", kept="doc", ttl="1h", way="url", tokens=READ)
    clock.now += 10
    await _sent(store, "c", "three", kept="doc", ttl="5m", tokens=Tokens(input=5_010))  # too short, say
    clock.now += 10
    await _sent(store, "d", "four", kept="doc", ttl="5m")
    past = (await store.past_of({"doc"}, ENDPOINT))["doc"]
    assert past.kept == (
        KeptPrefix(age=0.0, ttl="5m", tokens=0, way="file", message_id=None),
        KeptPrefix(age=20.0, ttl="1h", tokens=5_000, way="url", message_id="msg_b"),
        KeptPrefix(age=120.0, ttl="5m", tokens=5_000, way="file", message_id="msg_a"),
    )


async def test_what_may_have_been_billed_may_have_been_kept(store: Store) -> None:
    line = await _sent(store, "a", "one", kept="doc", ttl="5m")
    await store.ambiguous(line, kind="StreamCut", tokens=WRITTEN, request_id=None)
    (kept,) = (await store.past_of({"doc"}, ENDPOINT))["doc"].kept
    assert kept.tokens == 5_000


async def test_what_is_half_a_day_old_is_not_looked_at(store: Store, clock: Clock) -> None:
    await _sent(store, "a", "one", kept="doc", ttl="1h", tokens=WRITTEN)
    clock.now += 13 * HOUR
    assert await store.past_of({"doc"}, ENDPOINT) == {}


async def test_a_clock_that_was_set_back_makes_nothing_older_or_younger_than_now(store: Store, clock: Clock) -> None:
    await _sent(store, "a", "one", tokens=Tokens(input=1))
    clock.now -= HOUR
    assert (await store.past_of({"doc"}, ENDPOINT))["doc"].calls == {"one": 0.0}


async def test_misses_are_summed_by_reason_the_dearest_first(store: Store) -> None:
    for key, reason, lost in (("a", "expired", "0.01"), ("b", "unknown", "0.05"), ("c", "expired", "0.02")):
        miss = CacheMiss(reason=reason, lost_usd=Decimal(lost))
        await store.answered(await store.begin(ask(key)), answer(key, cache_miss=miss))
    await store.answered(await store.begin(ask("d")), answer("d"))
    assert await store.cache_misses(**EVER) == (
        CacheMisses(reason="unknown", count=1, lost_usd=Decimal("0.05")),
        CacheMisses(reason="expired", count=2, lost_usd=Decimal("0.03")),
    )
    entries = {entry.content_key: (entry.cache_miss, entry.cache_lost_usd) for entry in await ledger(store)}
    assert entries["a"] == ("expired", Decimal("0.01"))
    assert entries["d"] == (None, None)


async def test_a_store_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("BEGIN")
        migrate(db, MIGRATIONS[:1])
        db.execute(
            "INSERT INTO sends (state, sent_at, content_key, endpoint, model, tool, document, document_name, images, "
            "process) VALUES ('answered', 1.0, 'old', 'e', 'm', 't', 'd', 'n', 1, 'p')"
        )
        db.execute("COMMIT")
    async with open_store(path) as store:
        await _sent(store, "new", "one", tokens=Tokens(input=1))
        old, new = await ledger(store)
        assert (old.content_key, old.expected_read_tokens, old.cache_miss) == ("old", 0, None)
        assert new.content_key == "new"
        assert set(await store.past_of({"doc"}, ENDPOINT)) == {"doc"}
