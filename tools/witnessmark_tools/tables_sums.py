"""What the sums of a table say of it: how many hold and break, how far that proves it, which cells break them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from witnessmark.evidence.arithmetic import arithmetic_of
from witnessmark.evidence.arithmetic_found import BrokenRelation, TableArithmetic
from witnessmark.evidence.relations import CellAt
from witnessmark.evidence.verdicts import TableEvidence, Verdict
from witnessmark.offline.tables.values import Table, first_row_number
from witnessmark_tools.pages import rounded
from witnessmark_tools.results import ReviewItem

PROVEN_SHARE = 0.9
"""Share of a table's figures that take part in sums that hold, from which on they prove the table."""
_FEWEST_PROVEN = 6
"""A single small sum may come out by chance."""

Verdicts = Sequence[Sequence[Verdict | None]]


def sums_of(table: Table, verdicts: Verdicts) -> TableArithmetic:
    """Find the sums of a table that was looked up, or could not be.

    Shapes:  `verdicts` has the shape of the table's grid
    """
    is_looked_up = any(verdict is not None and verdict.status for row in verdicts for verdict in row)
    return arithmetic_of(
        table.texts,
        header_rows=table.header_rows,
        evidence=TableEvidence(verdicts=tuple(map(tuple, verdicts))) if is_looked_up else None,
        first_row=first_row_number(table.header_rows),
    )


def is_proven(sums: TableArithmetic) -> bool:
    """Claim that nearly every figure of a table takes part in a sum, and that all of them hold."""
    proven = len(sums.proven)
    return not sums.broken and proven >= max(_FEWEST_PROVEN, PROVEN_SHARE * sums.figures)


def reviewed_sums(table_id: str, table: Table, verdicts: Verdicts, sums: TableArithmetic) -> Iterator[ReviewItem]:
    """Name the cells that break sums and stand on the page all the same, each once.

    Of a sum that more than one cell may break, the result is named. Those that looking up doubts are named for that
    already: `reasons_of_sums` says what the sums add to it.
    """
    first = first_row_number(table.header_rows)
    for (row, column), reasons in _by_cell(sums).items():
        verdict = verdicts[row][column]
        if verdict is None or verdict.status in {"displaced", "unlocated"}:
            continue
        yield ReviewItem(
            table_id=table_id,
            row=row + first,
            column=column,
            page=verdict.page,
            box=None if verdict.box is None else rounded(verdict.box),
            value=table.texts[row][column],
            status=verdict.status,
            reason=" ".join(reasons),
        )


def reasons_of_sums(sums: TableArithmetic) -> dict[CellAt, str]:
    """Say of cells which sums they break."""
    return {cell: " ".join(reasons) for cell, reasons in _by_cell(sums).items()}


def _by_cell(sums: TableArithmetic) -> dict[CellAt, list[str]]:
    found: dict[CellAt, list[str]] = {}
    for broken in sums.broken:
        found.setdefault(_cell(broken), []).append(broken.reason)
    return found


def _cell(broken: BrokenRelation) -> CellAt:
    likeliest = broken.suspects[0]
    return likeliest if broken.cell or likeliest in broken.doubted else broken.relation.result
