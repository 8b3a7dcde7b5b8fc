"""What was paid for, kept: answers, uploads, money, documents that cannot be read."""

from __future__ import annotations

from witnessmark.store.budgets import BudgetReached
from witnessmark.store.ledger import AskedElsewhere
from witnessmark.store.store import Store, UploadClaim, make_store, open_store
from witnessmark.store.usage import jump
from witnessmark.store.values import (
    Budgets,
    EndpointFact,
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
    "AskedElsewhere",
    "BudgetReached",
    "Budgets",
    "EndpointFact",
    "Grouping",
    "ImageDay",
    "Jump",
    "LedgerEntry",
    "Pruned",
    "Quarantined",
    "Reservation",
    "Send",
    "State",
    "Store",
    "StoreFacts",
    "StoredAnswer",
    "Tokens",
    "Upload",
    "UploadClaim",
    "UsageRow",
    "jump",
    "make_store",
    "open_store",
]
