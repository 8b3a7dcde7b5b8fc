"""What the store keeps and tells, as values.

Amounts are USD; times are seconds since 1970, as `time.time` counts them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

State = Literal["sent", "answered", "not billed", "possibly billed", "reused"]
"""What became of an ask: on its way, paid, refused without a bill, nobody knows, paid earlier and not sent."""

Grouping = Literal["day", "tool", "model", "document"]

JobState = Literal["working", "completed", "failed", "cancelled"]
"""As MCP names the states of a task."""


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
class Prefix:
    """How an ask begins, as far as the prompt cache can tell it from others."""

    call: str
    """Which call sends it: asks of one call are one use."""
    documents: str | None
    """Names the prompt up to its last document; None where there is none."""
    kept: str | None = None
    """Names what its last breakpoint keeps; None where it has no breakpoint."""
    ttl: str | None = None
    way: str = ""
    """How its documents travel: the same in two ways may be two to the API."""
    expected_read_tokens: int = 0
    is_writing: bool = False
    """Whether it writes what others would read: they wait until its response begins."""


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
    job: str | None = None
    """The job that it is part of."""
    prefix: Prefix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPrefix:
    """A request that has asked for a prompt's beginning to be kept.

    Units:  `age` in seconds since it was sent
    """

    age: float
    ttl: str
    tokens: int
    """Written or read; 0 while its response is awaited."""
    way: str
    message_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixPast:
    """What was lately sent that begins so, the latest first.

    Units:  seconds ago
    """

    calls: dict[str, float] = field(default_factory=dict[str, float])
    """By the name of each call, when it last sent it as its documents."""
    kept: tuple[KeptPrefix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheMiss:
    """Why a request read less from the cache than was to be expected, and what that cost."""

    reason: str
    lost_usd: Decimal | None
    """None where no price is known."""


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
    message_id: str | None = None
    """The API's name of it, where it has just come; it stands in `message`, too."""
    cache_miss: CacheMiss | None = None
    """Where it has just come: an answer that was kept has lost nothing."""


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
    expected_read_tokens: int = 0
    """What the cache was expected to give."""
    cache_miss: str | None = None
    """Why it gave less."""
    cache_lost_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheMisses:
    """Answers that read less from the cache than expected, for one reason."""

    reason: str
    count: int
    lost_usd: Decimal


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
    jobs_working: int
    """Running or waiting."""
    jobs_running: int
    jobs_waiting: int
    """For their turn in a process that is busy, or for a process."""
    jobs_ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far a job is; `done` and `total` are of whatever its tool counts."""

    done: float = 0.0
    total: float = 0.0
    message: str = ""
    is_begun: bool = True
    """False while it waits for its turn in a process that is busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """Why a job failed, as the tool's caller would have been told."""

    kind: str
    message: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A tool's call that outlives the wait for it."""

    id: str
    state: JobState = "working"
    tool: str
    arguments: str
    """The call's arguments as JSON, without secrets; empty once it has ended."""
    needs_secret: bool
    """Whether a secret was among the arguments: only the process that was given it can go on."""
    endpoint: str
    """Of the API; empty where no model is asked, so that any process can go on."""
    approved_usd: Decimal | None
    """What a person agreed to."""
    began_at: float
    ended_at: float | None = None
    attempts: int = 1
    """How many processes in turn have worked on it without getting further than the one before."""
    has_process: bool = True
    """Whether a process has it, as far as can be told; else it waits for one."""
    progress: JobProgress = JobProgress()
    result: str | None = None
    """The tool's whole result as JSON."""
    error: JobError | None = None

    @property
    def is_running(self) -> bool:
        """Whether a process works on it now, as far as can be told; else it waits for its turn or for a process."""
        return self.state == "working" and self.has_process and self.progress.is_begun


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpending:
    """What the ledger has for a job."""

    answers: int
    """Paid for."""
    reused: int
    tokens: Tokens
    usd: Decimal
    possibly_billed: int
    in_flight: int
