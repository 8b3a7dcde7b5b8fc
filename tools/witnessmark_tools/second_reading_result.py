"""What a second reading of values in doubt came to; loads nothing of what asks Claude."""

from __future__ import annotations

from dataclasses import dataclass, field

from witnessmark_tools.results import Cost
from witnessmark_tools.tables_evidence import CheckedTable


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """What a second reading came to."""

    tables: tuple[CheckedTable, ...]
    cost: Cost = field(default_factory=Cost)
    warnings: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    """Who has read."""
