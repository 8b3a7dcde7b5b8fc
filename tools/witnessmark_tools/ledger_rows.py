"""The ledger as rows: one an ask, the same in the shell's CSV, its JSON and `usage_report`."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from witnessmark.store import LedgerEntry, Tokens


def ledger_columns(entry: LedgerEntry) -> dict[str, Any]:
    """Give a line of the ledger as the columns of the CSV, which are the keys of the JSON too."""
    return {
        "id": entry.id,
        "time": iso_time(entry.at),
        "state": entry.state,
        "model": entry.model,
        "tool": entry.tool,
        "document": entry.document,
        "document_name": entry.document_name,
        "images": entry.images,
        **tokens_by_kind(entry.tokens),
        "usd": entry.usd,
        "estimated_usd": entry.estimated_usd,
        **{f"saved_{name}": count for name, count in tokens_by_kind(entry.saved_tokens).items()},
        "saved_usd": entry.saved_usd,
        "request_id": entry.request_id,
        "error": entry.kind,
        "endpoint": entry.endpoint,
        "expected_read_tokens": entry.expected_read_tokens,
        "cache_miss": entry.cache_miss,
        "cache_lost_usd": entry.cache_lost_usd,
    }


def tokens_by_kind(tokens: Tokens) -> dict[str, int]:
    return {f"{kind.name}_tokens": getattr(tokens, kind.name) for kind in fields(Tokens)}


LEDGER_HEADS = [
    *"id time state model tool document document_name images".split(),
    *tokens_by_kind(Tokens()),
    *"usd estimated_usd".split(),
    *(f"saved_{name}" for name in tokens_by_kind(Tokens())),
    *"saved_usd request_id error endpoint expected_read_tokens cache_miss cache_lost_usd".split(),
]


def cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def iso_time(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="milliseconds")
