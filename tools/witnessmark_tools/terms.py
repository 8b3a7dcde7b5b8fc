"""On what terms tools ask Claude; loads nothing of what asks, so that a server starts without it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from witnessmark.plans.spending import SpendingLimits

OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The operator's settings, and what a person agreed to for this call."""

    model: str | None = None
    """Where a call names none; None: as the key decides."""
    spending: SpendingLimits = field(default_factory=SpendingLimits)
    reuse_days: float = 30.0
    approved_usd: Decimal | None = None
