"""What was sent with the same beginning: for the prompt cache, whose entries nobody but the ledger lists."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from witnessmark.store.money import usd
from witnessmark.store.values import CacheMisses, KeptPrefix, PrefixPast

if TYPE_CHECKING:
    from sqlite3 import Connection

LOOK_BACK_SECONDS = 12 * 3600.0
"""Nothing older is of any use: the cache keeps for an hour, and few calls in a row are looked at."""
AWAITED_SECONDS = 15 * 60.0
"""After this long, what was sent and never settled is not under way any more."""
_MOST_ROWS = 2_000

_USED = "state IN ('sent', 'answered')"
"""What may have been billed without an answer is no use: it is sent again because of that."""
_TTL = "iif(cache_creation_1h_tokens > 0, '1h', iif(cache_creation_5m_tokens > 0, '5m', ttl))"
_KEPT_TOKENS = "cache_read_tokens + cache_creation_5m_tokens + cache_creation_1h_tokens"


def past_of(db: Connection, keys: Collection[str], endpoint: str, *, now: float) -> dict[str, PrefixPast]:
    """Find for each key what calls sent it, and what requests had it kept.

    Shapes:  keys that nothing is known of are left out; times in the future, because the clock was set back, are now
    """
    told = {"keys": json.dumps(sorted(keys)), "endpoint": endpoint, "since": now - LOOK_BACK_SECONDS}
    calls: dict[str, dict[str, float]] = {}
    rows = db.execute(
        f"SELECT documents_prefix, call, max(sent_at) AS at FROM sends WHERE {_USED} AND sent_at > :since "
        "AND documents_prefix IN (SELECT value FROM json_each(:keys)) AND endpoint = :endpoint "
        f"GROUP BY documents_prefix, call ORDER BY at DESC LIMIT {_MOST_ROWS}",
        told,
    )
    for key, call, at in rows:
        calls.setdefault(key, {})[call] = max(0.0, now - at)
    kept: dict[str, list[KeptPrefix]] = {}
    rows = db.execute(
        f"SELECT kept_prefix, sent_at, {_TTL}, {_KEPT_TOKENS} AS tokens, way, message_id FROM sends "
        "WHERE sent_at > :since AND kept_prefix IN (SELECT value FROM json_each(:keys)) AND endpoint = :endpoint "
        f"AND (tokens > 0 OR (state = 'sent' AND sent_at > :awaited)) ORDER BY sent_at DESC LIMIT {_MOST_ROWS}",
        told | {"awaited": now - AWAITED_SECONDS},
    )
    for key, at, ttl, tokens, way, message_id in rows:
        entry = KeptPrefix(age=max(0.0, now - at), ttl=ttl, tokens=tokens, way=way, message_id=message_id)
        kept.setdefault(key, []).append(entry)
    return {
        key: PrefixPast(calls=calls.get(key, {}), kept=tuple(kept.get(key, ()))) for key in calls.keys() | kept.keys()
    }


def cache_misses(db: Connection, *, since: float, until: float) -> tuple[CacheMisses, ...]:
    """Count misses by reason, the dearest first."""
    rows = db.execute(
        "SELECT cache_miss, count(*), sum(coalesce(cache_lost_usd, 0)) FROM sends "
        "WHERE cache_miss IS NOT NULL AND sent_at >= ? AND sent_at < ? GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1",
        (since, until),
    )
    return tuple(CacheMisses(reason=reason, count=count, lost_usd=usd(int(lost))) for reason, count, lost in rows)
