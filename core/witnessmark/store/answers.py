"""Paid answers, by what determines them."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from witnessmark.store.money import units, usd_if_known
from witnessmark.store.schema import TOKEN_COLUMNS
from witnessmark.store.values import StoredAnswer, Tokens

if TYPE_CHECKING:
    from sqlite3 import Connection

_TOKENS = ", ".join(TOKEN_COLUMNS)


def find_answer(db: Connection, content_key: str, endpoint: str, *, paid_since: float | None) -> StoredAnswer | None:
    """Find the answer to an ask; one that is too old is as good as none."""
    row = db.execute(
        f"SELECT model, message, usd, usd_without_cache, request_id, paid_at, {_TOKENS} FROM answers "
        "WHERE content_key = ? AND endpoint = ? AND paid_at >= ?",
        (content_key, endpoint, float("-inf") if paid_since is None else paid_since),
    ).fetchone()
    if row is None:
        return None
    model, message, paid, without_cache, request_id, paid_at, *tokens = row
    return StoredAnswer(
        content_key=content_key,
        endpoint=endpoint,
        model=model,
        message=message.decode("utf-8", "surrogatepass"),
        tokens=tokens_from(tokens),
        usd=usd_if_known(paid),
        usd_without_cache=usd_if_known(without_cache),
        request_id=request_id,
        paid_at=paid_at,
    )


def answered_keys(
    db: Connection, content_keys: Collection[str], endpoint: str, *, paid_since: float | None
) -> set[str]:
    """Say of which asks `find_answer` would find the answer, without reading any."""
    rows = db.execute(
        "SELECT content_key FROM answers WHERE content_key IN (SELECT value FROM json_each(?)) AND endpoint = ? "
        "AND paid_at >= ?",
        (json.dumps(sorted(content_keys)), endpoint, float("-inf") if paid_since is None else paid_since),
    )
    return {key for (key,) in rows}


def keep_answer(db: Connection, answer: StoredAnswer) -> None:
    """Keep an answer in place of an older one to the same ask."""
    values = (
        answer.content_key,
        answer.endpoint,
        answer.model,
        answer.message.encode("utf-8", "surrogatepass"),
        units(answer.usd),
        units(answer.usd_without_cache),
        answer.request_id,
        answer.paid_at,
        *astuple(answer.tokens),
    )
    db.execute(
        "INSERT OR REPLACE INTO answers (content_key, endpoint, model, message, usd, usd_without_cache, request_id, "
        f"paid_at, {_TOKENS}) VALUES ({', '.join('?' * len(values))})",
        values,
    )


def tokens_from(columns: list[Any]) -> Tokens:
    """Make tokens of the columns that `TOKEN_COLUMNS` names."""
    return Tokens(**{name.removesuffix("_tokens"): count for name, count in zip(TOKEN_COLUMNS, columns, strict=True)})
