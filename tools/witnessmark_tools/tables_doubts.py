"""How what was read of each page stands up to the page itself, and which pages another model should read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from witnessmark.documents.opening import UNREADABLE_MARK
from witnessmark.evidence.verdicts import TableEvidence
from witnessmark.offline.tables.values import Table
from witnessmark.values import BoundingBox

MISSED_SHARE = 0.2
"""Of a table that lines and columns show, what has to lie in tables that were read for it not to be missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What of one page is in place, and what is in doubt.

    Shapes:  counts, of cells where nothing else is said
    """

    cells: int = 0
    located: int = 0
    displaced: int = 0
    unlocated: int = 0
    left_over: int = 0
    """Places on the page whose words are in no cell of the table that they stand in."""
    missing_rows: int = 0
    unreadable: int = 0
    """Cells that the model could not read, as it says."""
    unsure_tables: int = 0
    """Tables that the model is unsure of, or whose grid is none."""
    missed_tables: int = 0
    """Tables that lines and columns show, and none was read."""
    questions: tuple[str, ...] = ()
    """What is in doubt, sorted: whoever has the same has read the same."""

    @property
    def doubts(self) -> int:
        return (
            self.displaced
            + self.unlocated
            + self.left_over
            + self.missing_rows
            + self.unreadable
            + self.unsure_tables
            + self.missed_tables
        )

    @property
    def surety(self) -> int:
        """What is in place, less what is in doubt: of two readings of a page the better has more."""
        return self.located - self.doubts

    @property
    def reason(self) -> str:
        """Say what is in doubt; empty where nothing is."""
        told = [
            _counted(self.unlocated, self.cells, "value", "stands", "stand", "nowhere on the page"),
            _counted(self.displaced, self.cells, "value", "stands", "stand", "in another row or column there"),
            _counted(self.missing_rows, None, "row", "of the page is", "of the page are", "in no table"),
            _counted(self.left_over, None, "place", "in a table is", "in a table are", "in no cell"),
            _counted(self.missed_tables, None, "table", "to be seen was", "to be seen were", "not read"),
            _counted(self.unreadable, self.cells, "value", "could", "could", "not be read"),
            _counted(self.unsure_tables, None, "table", "is", "are", "of low confidence"),
        ]
        return "; ".join(part for part in told if part)


def standing_of(
    tables: Sequence[Table], evidence: Sequence[TableEvidence], shown: Sequence[BoundingBox] = ()
) -> Standing:
    """Say how the tables that were read of one page stand up to it.

    What was not looked up is no doubt: where a page has no words to look in, only what the model says of itself is.

    Shapes:  `evidence` as many as `tables`, of their whole grids; `shown` are the tables that the offline engine is
             sure of on the page
    Units:   boxes as in `evidence`
    """
    texts = [text for table in tables for row in table.texts for text in row if text.strip()]
    left_over = [piece for one in evidence for piece in one.left_over if any(map(str.isalnum, piece.text))]
    missed = _missed(shown, [box for one in evidence for box in one.boxes.values()], is_empty=not tables)
    return Standing(
        cells=len(texts),
        located=sum(one.count("located") for one in evidence),
        displaced=sum(one.count("displaced") for one in evidence),
        unlocated=sum(one.count("unlocated") for one in evidence),
        left_over=sum(not piece.is_row for piece in left_over),
        missing_rows=sum(piece.is_row for piece in left_over),
        unreadable=sum(UNREADABLE_MARK in text for text in texts),
        unsure_tables=sum(table.confidence == "low" for table in tables),
        missed_tables=missed,
        questions=tuple(sorted([*_doubtful(tables, evidence), *(_folded(piece.text) for piece in left_over)])),
    )


def pages_in_doubt(standings: Mapping[int, Standing]) -> tuple[int, ...]:
    """List the pages whose values are not all in place, the most doubtful first."""
    doubts = {page: standing.doubts for page, standing in standings.items() if standing.doubts}
    return tuple(sorted(doubts, key=lambda page: (-doubts[page], page)))


def is_better(second: Standing, first: Standing) -> bool:
    """Claim that of two readings the second, which is of the stronger model, is to be kept: it is no worse."""
    return second.surety >= first.surety


def says_the_same(first: Standing, second: Standing) -> bool:
    """Claim that two models have read the same where the page says otherwise: then a third would, too."""
    return bool(first.questions) and first.questions == second.questions


def _doubtful(tables: Sequence[Table], evidence: Sequence[TableEvidence]) -> list[str]:
    return [
        _folded(text)
        for table, one in zip(tables, evidence, strict=True)
        for row, verdicts in zip(table.texts, one.verdicts, strict=True)
        for text, verdict in zip(row, verdicts, strict=True)
        if verdict is not None and verdict.status in {"displaced", "unlocated"}
    ]


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _missed(shown: Sequence[BoundingBox], read: Sequence[BoundingBox], *, is_empty: bool) -> int:
    """Count tables that are shown and were not read; where tables were read and nobody knows where, none is missed."""
    if not read and not is_empty:
        return 0
    return sum(sum(_shared(box, other) for other in read) < MISSED_SHARE * box.width * box.height for box in shown)


def _shared(first: BoundingBox, second: BoundingBox) -> float:
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.bottom, second.bottom) - max(first.top, second.top)
    return max(0.0, width) * max(0.0, height)


def _counted(count: int, of: int | None, noun: str, one: str, several: str, rest: str) -> str:
    if not count:
        return ""
    among = f" of {of}" if of is not None else ""
    plural = (of if of is not None else count) != 1
    return f"{count}{among} {noun}{'s' if plural else ''} {one if count == 1 else several} {rest}"
