"""Asks and answers as the API's client would hand them to the store."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from witnessmark.store import Budgets, LedgerEntry, Send, Store, StoredAnswer, Tokens, Upload

ENDPOINT = "https://api.example"
HOUR, DAY = 3600.0, 24 * 3600.0
NOON = time.mktime((2026, 11, 11, 12, 0, 0, 0, 0, -1))
UNLIMITED = Budgets(per_day_usd=None, per_month_usd=None)
EVER = {"since": 0.0, "until": 1e12}


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def ask(key: str = "ask-1", *, usd: str | None = "0.10", **changes: Any) -> Send:
    send = Send(
        content_key=key,
        endpoint=ENDPOINT,
        model="claude-sonnet-5-5",
        tool="extract_tables",
        document="d0c" + "0" * 61,
        document_name="report.pdf",
        images=4,
        estimated_usd=None if usd is None else Decimal(usd),
    )
    return replace(send, **changes)


def answer(key: str = "ask-1", *, usd: str | None = "0.09", at: float = NOON, **changes: Any) -> StoredAnswer:
    stored = StoredAnswer(
        content_key=key,
        endpoint=ENDPOINT,
        model="claude-sonnet-5-5",
        message='{"content": [{"type": "text", "text": "1,284"}]}',
        tokens=Tokens(input=1_000, output=200, thinking=50, cache_read=400),
        usd=None if usd is None else Decimal(usd),
        request_id="req_1",
        paid_at=at,
    )
    return replace(stored, **changes)


def upload(key: str = "document-1", file_id: str = "file_1", **changes: Any) -> Upload:
    stored = Upload(
        key=key,
        endpoint=ENDPOINT,
        workspace="w1",
        file_id=file_id,
        name="report.pdf",
        media_type="application/pdf",
        size=24_000_000,
        uploaded_at=NOON,
        expires_at=NOON + DAY,
    )
    return replace(stored, **changes)


def budget(day: str | None = None, month: str | None = None) -> Budgets:
    return Budgets(
        per_day_usd=None if day is None else Decimal(day), per_month_usd=None if month is None else Decimal(month)
    )


async def pay(store: Store, key: str = "ask-1", *, usd: str = "0.09", **changes: Any) -> StoredAnswer:
    """Send an ask and get its answer."""
    line = await store.begin(ask(key, usd=usd, **changes))
    paid = answer(key, usd=usd)
    await store.answered(line, paid)
    return paid


async def ledger(store: Store) -> list[LedgerEntry]:
    return [entry async for entry in store.entries(**EVER)]


def alter(path: Path, statement: str) -> None:
    """Do to a database what another program, or another machine, does."""
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def move_to_another_machine(path: Path, table: str) -> None:
    """Let rows be those of a process that cannot be asked whether it lives."""
    alter(path, f"UPDATE {table} SET process = 'another machine|1|1'")
