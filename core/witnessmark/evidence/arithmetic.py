"""Arithmetic as a witness: which sums of a table hold, which break, and at which cell.

A relation is recognised by what its figures do, helped by what labels say, and only where it cannot well be chance. A
table without sums has none that break.
"""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.evidence.arithmetic_found import TableArithmetic
from witnessmark.evidence.arithmetic_words import Writer
from witnessmark.evidence.relations import CellAt, value_of
from witnessmark.evidence.rounding import strictly
from witnessmark.evidence.suspects import Suspicion
from witnessmark.evidence.table_relations import figure_table, relations_in
from witnessmark.evidence.verdicts import TableEvidence


def arithmetic_of(
    grid: Sequence[Sequence[str]], *, header_rows: int = 1, evidence: TableEvidence | None = None, first_row: int = 0
) -> TableArithmetic:
    """Find the sums of a table, those that hold and those that break.

    Shapes:  `grid` holds the headers first, where there are any; rows may be ragged. `evidence` is of the same grid.
             Sentences number its rows from `first_row` on, and columns from 0
    """
    table = figure_table(grid, header_rows=header_rows)
    figures = table.figures
    holding, broken = strictly(*relations_in(table), value_of(figures), decimals=figures.decimals)
    if not holding and not broken:
        return TableArithmetic(figures=table.figure_count)
    doubted = None if evidence is None else _doubted(evidence)
    explained = Suspicion(figures, holding, broken, table.rates, doubted).explained()
    writer = Writer(grid, figures, doubted or frozenset(), first_row)
    return TableArithmetic(
        holding=tuple(writer.relation(instance) for instance in holding if instance.bits > 0),
        broken=tuple(writer.broken(instance, explanations) for instance, explanations in explained.items()),
        figures=table.figure_count,
    )


def _doubted(evidence: TableEvidence) -> frozenset[CellAt]:
    return frozenset(
        (row, column)
        for row, verdicts in enumerate(evidence.verdicts)
        for column, verdict in enumerate(verdicts)
        if verdict and verdict.status in {"displaced", "unlocated"}
    )
