"""How sure a table is, and why: both follow from the same counts."""

from __future__ import annotations

from dataclasses import dataclass

from witnessmark.offline.tables.values import Confidence

LOW_SHARE = 0.1
"""Share of values that are elsewhere or nowhere, or of rows that are missing, above which a table is doubtful."""
MIN_OCR_CONFIDENCE = 0.85
"""Of a page that OCR read, below which its tables are doubtful."""

_WEAKER: dict[Confidence, int] = {"low": 0, "medium": 1, "high": 2}
_COMPARE = "Compare the table with the page."


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCounts:
    """What was found of a table, in numbers."""

    said: Confidence = "high"
    """What the engine or the model says of its grid."""
    rows: int = 0
    located: int = 0
    displaced: int = 0
    unlocated: int = 0
    lost_rows: int = 0
    lost_totals: int = 0
    """Rows of totals right below the table, which a table may leave out."""
    emptied: int = 0
    """Amounts of the page whose cells are empty in the table."""
    unreadable: int = 0
    unread: int = 0
    """Values in a script that OCR cannot read."""
    broken_sums: int = 0
    is_proven: bool = False
    """Whether sums hold all over it."""
    has_faults: bool = False
    """Whether a check of it failed."""
    ocr_confidence: float | None = None
    """Of the page on which OCR is the least sure; None if OCR read none."""

    @property
    def looked_up(self) -> int:
        return self.located + self.displaced + self.unlocated


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How sure a table is.

    Shapes:  `reason` is a sentence for a person if the confidence is low, else empty
    """

    confidence: Confidence
    reason: str = ""


def judge(counts: TableCounts) -> Judgement:
    """Take the weakest of what the grid, its pages, the OCR that read them and its sums say.

    Sums that hold all over a table lift it from medium to high if its pages say nothing against it.
    """
    found = _by_page(counts)
    judgements = [Judgement(confidence=counts.said, reason=_of_grid(counts)), found, _by_ocr(counts)]
    weakest = min(judgements, key=lambda one: _WEAKER[one.confidence])
    if counts.broken_sums:
        return weakest if weakest.confidence == "low" else Judgement(confidence="medium")
    if weakest.confidence == "medium" and counts.is_proven and found.confidence == "high":
        return Judgement(confidence="high")
    return weakest


def _of_grid(counts: TableCounts) -> str:
    return f"The grid is uncertain. {_COMPARE}" if counts.said == "low" else ""


def _by_page(counts: TableCounts) -> Judgement:
    flagged = counts.displaced + counts.unlocated
    many_flagged = flagged > LOW_SHARE * counts.looked_up
    if many_flagged or counts.lost_rows > LOW_SHARE * counts.rows:
        return Judgement(confidence="low", reason=f"{_in_words(counts)}. {_COMPARE}")
    is_unread = counts.unread > LOW_SHARE * (counts.looked_up + counts.unread)
    is_lossy = counts.lost_rows or counts.lost_totals or counts.emptied or counts.unreadable
    is_doubtful = flagged or is_lossy or is_unread or counts.has_faults
    return Judgement(confidence="medium" if is_doubtful else "high")


def _in_words(counts: TableCounts) -> str:
    """Write what is wrong, each number with what it counts."""
    values = "value" if counts.looked_up == 1 else "values"
    told: list[str] = []
    if counts.unlocated:
        told.append(f"{counts.unlocated} of {counts.looked_up} {values} {_be(counts.unlocated)} nowhere on the page")
    if counts.displaced:
        of = "" if told else f" of {counts.looked_up} {values}"
        told.append(f"{counts.displaced}{of} {_be(counts.displaced)} in another row or column of the page")
    lost = counts.lost_rows + counts.lost_totals
    if lost:
        told.append(f"{lost} {'row' if lost == 1 else 'rows'} of the page {_be(lost)} missing from the table")
    if counts.emptied:
        printed = "value" if counts.emptied == 1 else "values"
        told.append(f"{counts.emptied} {printed} of the page {_be(counts.emptied)} in no cell of the table")
    return "; ".join(told)


def _be(count: int) -> str:
    return "is" if count == 1 else "are"


def _by_ocr(counts: TableCounts) -> Judgement:
    """Judge by OCR: its figures may be wrong if the grid is right."""
    if counts.ocr_confidence is None:
        return Judgement(confidence="high")
    if counts.ocr_confidence >= MIN_OCR_CONFIDENCE:
        return Judgement(confidence="medium")
    return Judgement(confidence="low", reason=f"OCR is unsure of much of the page. {_COMPARE}")
