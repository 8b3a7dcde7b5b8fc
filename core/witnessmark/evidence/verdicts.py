"""What looking up found, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from witnessmark.values import BoundingBox

Status = Literal["located", "displaced", "unlocated"]
"""`located`: stands where the answer has it; `displaced`: stands on the page, but not in that row or column, or what
stands there is another cell's already; `unlocated`: stands nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What looking up one value found.

    Units:  points of the page that the words were read from
    """

    status: Status | None
    """None: not looked up, because there is nothing to look up or no words to look in, or OCR may overlook it."""
    page: int
    box: BoundingBox | None = None
    """Where the value stands; of one that stands nowhere, where it should."""
    nearest: str | None = None
    """What stands where the value should, or else the text on the page most like it; None for a located value."""
    reason: str = ""
    """One sentence for a person; empty for a located value."""
    script: str | None = None
    """Of a value that is not checked because OCR cannot read it: what it is written in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOver:
    """Words in a table's region that belong to none of its cells.

    Units:  points of the page
    """

    page: int
    box: BoundingBox
    text: str
    row: int
    """The row of the answer after which they stand, counted as `TableEvidence.verdicts`."""
    words: tuple[int, ...] = ()
    """Their places among the page's words."""
    is_row: bool = False
    """Whether they are most of a line of the table: a row that the answer lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEvidence:
    """What the page says of a table.

    Shapes:  `verdicts` has the rows of the grid that was asked about, headers included; None for an empty cell
    """

    verdicts: tuple[tuple[Verdict | None, ...], ...]
    left_over: tuple[LeftOver, ...] = ()
    boxes: dict[int, BoundingBox] = field(default_factory=dict[int, BoundingBox])
    """The region of the table on each page on which it was found."""
    words: frozenset[tuple[int, int]] = frozenset()
    """The words that its cells were given: page number, and place among the page's words."""

    def count(self, status: Status | None) -> int:
        """Count the cells of a status."""
        return sum(verdict is not None and verdict.status == status for row in self.verdicts for verdict in row)
