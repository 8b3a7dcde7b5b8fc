"""On what terms tools ask Claude; loads nothing of what asks, so that a server starts without it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from witnessmark.plans.spending import SpendingLimits

OFFLINE = "offline"
AUTO = "auto"
"""The cheapest model first; what the page does not confirm goes up to the next."""

OUTLASTS_SECONDS = 1_800.0
"""How long a job waits for an API that refuses it before it ends with what it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTerms:
    """What changes for a call that may go on as a job, and in another process."""

    id: str
    began_at: float
    """Since 1970: an answer paid for since then is this job's own, and not paid for again even with reuse=false."""
    spent_usd: Decimal = Decimal(0)
    """By the processes that worked on it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The operator's settings, and what a person agreed to for this call."""

    model: str | None = None
    """Where a call names none; None: as the key decides."""
    spending: SpendingLimits = field(default_factory=SpendingLimits)
    reuse_days: float = 30.0
    approved_usd: Decimal | None = None
    job: JobTerms | None = None
    """None: the call is answered by whoever waits for it, and by nobody else."""


def is_offline(named: str | None, terms: Terms, *, has_key: bool) -> bool:
    """Say whether a call that names this model, or none, asks no model at all."""
    name = (named or terms.model or AUTO).strip().lower()
    return name == OFFLINE or (name == AUTO and not has_key)
