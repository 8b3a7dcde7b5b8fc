"""What an engine finds of a document's tables, whichever it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field

from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.offline.tables.values import Table
from witnessmark_tools.results import Cost, FailedPages, Frozen, ReviewItem

if TYPE_CHECKING:
    from witnessmark.plans.models import Model  # read by the first call, not by starting the server


class Reader(Frozen):
    """Who has read some pages."""

    pages: str
    model: str
    reason: str | None = Field(default=None, description="Why the pages went up.")

    def to_text(self) -> str:
        """Write it on one line: `Pages 1-2: read by offline.`"""
        return f"Pages {self.pages}: read by {self.model}{f' ({self.reason})' if self.reason else ''}."


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReader:
    """Who may read values in doubt a second time, and beside what that has to be little."""

    models: tuple[Model, ...]
    """Any of them, the strongest first."""
    worth_usd: Decimal
    """What the first reading costs, also where it was paid for earlier."""
    so_far_usd: Decimal
    """What the call has cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesFound:
    """Tables in the order of the document, and what stood in the way of finding them."""

    tables: Sequence[Table]
    readings: Mapping[int, PageReading] = field(default_factory=dict[int, PageReading])
    """How OCR went, by page; empty where nothing was read by it."""
    needs_review: list[ReviewItem]
    warnings: list[str]
    pages_read: int
    continue_with: str | None
    failures: list[FailedPages] = field(default_factory=list[FailedPages])
    cost: Cost = field(default_factory=Cost)
    engines: Sequence[str] = ()
    """The models that were asked, where it was not known before which."""
    readers: Sequence[Reader] = ()
    agreed: Mapping[int, Collection[tuple[tuple[str, ...], ...]]] = field(
        default_factory=dict[int, Collection[tuple[tuple[str, ...], ...]]]
    )
    """The tables that two models read alike, by page: `tables_agreed.grids_of`."""
    second: SecondReader | None = None
    """None: nobody does. A model that is named reads once, as its price said."""
