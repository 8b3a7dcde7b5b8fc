"""How what was read of each page stands up to the page itself, and which pages another model should read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from witnessmark.evidence.normal import key_of_cell
from witnessmark.values import BoundingBox
from witnessmark_tools.tables_evidence import CheckedTable

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
    missed: tuple[BoundingBox, ...] = ()
    """Where lines and columns show tables that were not read."""
    questions: tuple[str, ...] = ()
    """What is in doubt, sorted: whoever has the same has read the same."""

    @property
    def missed_tables(self) -> int:
        return len(self.missed)

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


def standing_of(checked: Sequence[CheckedTable], seen: Sequence[BoundingBox] = ()) -> Standing:
    """Say how the tables that were read of one page stand up to it.

    What was not looked up is no doubt: where a page has no words to look in, only what the model says of itself is.

    Shapes:  `seen` are the tables that the offline engine is sure of on the page
    Units:   boxes as those of the tables
    """
    left_over = [piece for one in checked for piece in one.left_over if any(map(str.isalnum, piece.text))]
    missed = _missed(seen, [box for one in checked for box in one.boxes.values()], is_empty=not checked)
    return Standing(
        cells=sum(bool(text.strip()) for one in checked for row in one.table.texts for text in row),
        located=sum(one.count("located") for one in checked),
        displaced=sum(one.count("displaced") for one in checked),
        unlocated=sum(one.count("unlocated") for one in checked),
        left_over=sum(not piece.is_row for piece in left_over),
        missing_rows=sum(piece.is_row for piece in left_over),
        unreadable=sum(one.unreadable for one in checked),
        unsure_tables=sum(one.table.confidence == "low" for one in checked),
        missed=missed,
        questions=tuple(sorted([*_doubtful(checked), *(key_of_cell(piece.text) for piece in left_over)])),
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


def _doubtful(checked: Sequence[CheckedTable]) -> list[str]:
    return [
        key_of_cell(text)
        for one in checked
        for row, verdicts in zip(one.table.texts, one.verdicts, strict=True)
        for text, verdict in zip(row, verdicts, strict=True)
        if verdict is not None and verdict.status in {"displaced", "unlocated"}
    ]


def _missed(seen: Sequence[BoundingBox], read: Sequence[BoundingBox], *, is_empty: bool) -> tuple[BoundingBox, ...]:
    """List tables that are to be seen and were not read; none where tables were read and nobody knows where."""
    if not read and not is_empty:
        return ()
    return tuple(
        box for box in seen if sum(_shared(box, other) for other in read) < MISSED_SHARE * box.width * box.height
    )


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
