"""What was paid for, kept: answers, uploads, money, documents that cannot be read."""

from __future__ import annotations

from witnessmark.store.buckets import RENEW_AFTER, BucketKey, Turns, Wanted
from witnessmark.store.budgets import BudgetReached
from witnessmark.store.ledger import AskedElsewhere
from witnessmark.store.pace import UNREACHABLE, Kind, News, Outcome, Told
from witnessmark.store.store import Store, UploadClaim, make_store, open_store
from witnessmark.store.usage import jump
from witnessmark.store.values import (
    Budgets,
    Grouping,
    ImageDay,
    Jump,
    LedgerEntry,
    Pruned,
    Quarantined,
    Reservation,
    Send,
    State,
    StoredAnswer,
    StoreFacts,
    Tokens,
    Upload,
    UsageRow,
)

__all__ = [
    "RENEW_AFTER",
    "UNREACHABLE",
    "AskedElsewhere",
    "BucketKey",
    "BudgetReached",
    "Budgets",
    "Grouping",
    "ImageDay",
    "Jump",
    "Kind",
    "LedgerEntry",
    "News",
    "Outcome",
    "Pruned",
    "Quarantined",
    "Reservation",
    "Send",
    "State",
    "Store",
    "StoreFacts",
    "StoredAnswer",
    "Tokens",
    "Told",
    "Turns",
    "Upload",
    "UploadClaim",
    "UsageRow",
    "Wanted",
    "jump",
    "make_store",
    "open_store",
]
