"""What the store keeps and tells, as values.

Amounts are USD; times are seconds since 1970, as `time.time` counts them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

State = Literal["sent", "answered", "not billed", "possibly billed", "reused"]
"""What became of an ask: on its way, paid, refused without a bill, nobody knows, paid earlier and not sent."""

Grouping = Literal["day", "tool", "model", "document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What an answer took, as the API counts: `input` excludes the cache's tokens, `thinking` is part of `output`."""

    input: int = 0
    output: int = 0
    thinking: int = 0
    cache_read: int = 0
    cache_creation_5m: int = 0
    cache_creation_1h: int = 0

    @property
    def prompt(self) -> int:
        """All tokens of the prompt, read from the cache or not."""
        return self.input + self.cache_read + self.cache_creation_5m + self.cache_creation_1h

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(**{kind.name: getattr(self, kind.name) + getattr(other, kind.name) for kind in fields(Tokens)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """What is known of an ask before it is sent."""

    content_key: str
    endpoint: str
    model: str
    tool: str
    document: str
    """The document's SHA-256."""
    document_name: str
    images: int
    """Images, and pages of PDFs, in it."""
    estimated_usd: Decimal | None
    """None where no price is known."""
    deliveries: tuple[str, ...] = ()
    """Upload keys of the documents in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer as the API gave it."""

    content_key: str
    endpoint: str
    model: str
    message: str
    """The API's JSON."""
    tokens: Tokens
    usd: Decimal | None
    request_id: str | None
    paid_at: float
    usd_without_cache: Decimal | None = None
    """What it would have cost without caching; None where nobody worked it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFact:
    """One thing that was learned of an endpoint."""

    endpoint: str
    model: str
    """Empty where it holds for every model."""
    what: str
    """`files`, `counting`, `documents` and the like."""
    state: str
    """How it is missing, or that it is there."""
    learned_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A document that lies at the API."""

    key: str
    endpoint: str
    workspace: str | None
    file_id: str
    name: str
    media_type: str
    size: int
    """Bytes."""
    uploaded_at: float
    expires_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A document, or one page of it, that is not sent again, and why."""

    sha256: str
    page: int
    """0 means the whole document."""
    kind: str
    """The error's class."""
    message: str
    next_step: str
    model: str | None
    """None means every model."""
    document_name: str
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """The operator's limits, of days and months of the user's own calendar; None means no limit."""

    per_day_usd: Decimal | None
    per_month_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Money set aside for a plan at work, so that other calls and processes do not spend it."""

    id: int
    usd: Decimal
    budgets: Budgets


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One ask: what became of it, and what it took."""

    id: int
    at: float
    state: State
    endpoint: str
    model: str
    tool: str
    document: str
    document_name: str
    images: int
    tokens: Tokens
    """Billed; of a reused answer none."""
    usd: Decimal | None
    """Billed: None while unknown, 0 where nothing was."""
    estimated_usd: Decimal | None
    saved_tokens: Tokens
    """Of a reused answer, what it had taken."""
    saved_usd: Decimal | None
    request_id: str | None
    kind: str | None
    """The error's class, where there was one."""
    content_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """What was used by one day, tool, model or document."""

    of: str
    """The day (`2026-11-25`), the tool, the model, or the document's SHA-256."""
    name: str
    """For people: the document's name, else the same as `of`."""
    calls: int
    """Answered, and paid for."""
    reused: int
    not_billed: int
    possibly_billed: int
    in_flight: int
    images: int
    tokens: Tokens
    """Of answered asks."""
    usd: Decimal
    """Of answered asks whose price is known."""
    unpriced: int
    """Answered asks whose price is not known."""
    possibly_billed_usd: Decimal
    """Estimate of what nobody knows to be billed."""
    saved_by_reuse_usd: Decimal
    saved_by_reuse_tokens: Tokens
    saved_by_caching_usd: Decimal
    """Below 0 where writing to the cache cost more than reading from it saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDay:
    """What the images of one day took."""

    day: date
    images: int
    input_tokens: int
    """All prompt tokens of the asks that carried images."""

    @property
    def average(self) -> float:
        """Input tokens per image."""
        return self.input_tokens / self.images


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """The last day's images took much more than those of the days before."""

    day: date
    average: float
    usual: float
    """The median of the earlier days' averages."""

    @property
    def factor(self) -> float:
        return self.average / self.usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was removed."""

    answers: int
    uploads: int
    """Entries of uploads that had expired; the files went at the API by themselves."""
    leases: int
    """Leases and reservations of processes that are gone."""
    freed_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """What the store holds."""

    path: Path
    bytes: int
    """Of its files on disk."""
    answers: int
    answer_bytes: int
    oldest_answer: float | None
    entries: int
    """Lines of the ledger."""
    oldest_entry: float | None
    in_flight: int
    possibly_billed: int
    uploads: int
    """At the API, not expired."""
    upload_bytes: int
    quarantined: int
