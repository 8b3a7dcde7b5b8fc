"""Relations that hold and that break, written for people."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from witnessmark.evidence.arithmetic_found import BrokenRelation, Relation
from witnessmark.evidence.figures import Figures
from witnessmark.evidence.relations import CellAt, Instance, Kind, Ratio, Sum, value_of
from witnessmark.evidence.suspects import Explanation


class Writer:
    """Writes relations for people, their figures as the table prints them."""

    def __init__(
        self, grid: Sequence[Sequence[str]], figures: Figures, doubted: Collection[CellAt], first_row: int
    ) -> None:
        self._first_row = first_row
        self._grid = grid
        self._figures = figures
        self._value = value_of(figures)
        self._doubted = doubted

    def relation(self, instance: Instance) -> Relation:
        claim, result = instance.claim, instance.result
        expected = _whole(claim.repaired(result, self._value), self._unit(result))
        signs = tuple(1 if factor > 0 else -1 for factor in claim.factors[:-1]) if isinstance(claim, Sum) else (1, 1)
        if isinstance(claim, Ratio) and claim.kind == "change":
            signs = (1, -1)
        return Relation(
            kind=instance.kind,
            direction=instance.direction,
            result=result,
            parts=instance.cells[:-1],
            signs=signs,
            expected=self._written(expected, result),
            printed=self._text(result),
            difference=self._written(self._value(result) - expected, result),
        )

    def broken(self, instance: Instance, explanations: Sequence[Explanation]) -> BrokenRelation:
        relation = self.relation(instance)
        doubted = tuple(cell for cell in instance.cells if cell in self._doubted)
        suspects = tuple(explanation.cell for explanation in explanations)
        return BrokenRelation(
            relation=relation,
            suspects=suspects,
            repaired=tuple(self._written(explanation.value, explanation.cell) for explanation in explanations),
            doubted=doubted,
            reason=self._reason(relation, explanations, doubted),
        )

    def _reason(self, relation: Relation, explanations: Sequence[Explanation], doubted: Sequence[CellAt]) -> str:
        row, column = relation.result[0] + self._first_row, relation.result[1]
        where = f"Column {column}, row {row}" if relation.direction == "column" else f"Row {row}, column {column}"
        told = f"{where}: {_CLAIMS[relation.kind]} {relation.expected}, printed is {relation.printed}"
        (first, *others) = explanations
        if doubted:
            places = "; ".join(map(self._place, doubted))
            return f"{told}; {places} {'is' if len(doubted) == 1 else 'are'} also not found in place."
        if not others and first.cell != relation.result:
            wrong = f"{self._place(first.cell)} is printed {self._text(first.cell)}"
            return f"{told}; {wrong}, with {self._written(first.value, first.cell)} it would hold."
        return f"{told}."

    def _place(self, cell: CellAt) -> str:
        return f"row {cell[0] + self._first_row}, column {cell[1]}"

    def _unit(self, cell: CellAt) -> int:
        figure = self._figures.cells[cell[0]][cell[1]]
        return figure.unit if figure else 1

    def _text(self, cell: CellAt) -> str:
        return self._grid[cell[0]][cell[1]].strip()

    def _written(self, value: int, cell: CellAt) -> str:
        """Write a value as the figure of a cell is printed: its marks, its decimals, brackets for less than nothing."""
        return written_like(self._text(cell), value, self._unit(cell), self._figures.one)


_CLAIMS: dict[Kind, str] = {
    "total": "the parts add up to",
    "subtotal": "the parts add up to",
    "difference": "the parts give",
    "running balance": "the balance before and what moved give",
    "product": "the product is",
    "percentage": "the percentage is",
    "change": "the change is",
    "average": "the average is",
}


def _whole(value: float, unit: int) -> int:
    return round(value / unit) * unit


def written_like(text: str, value: int, unit: int, one: int) -> str:
    """Write a value with the decimals, marks and brackets of a printed figure.

    Units:  `value` and `unit`, the worth of the last printed place, of figures of which `one` are 1
    """
    digits = [place for place, character in enumerate(text) if character.isdecimal()]
    core = text[digits[0] : digits[-1] + 1] if digits else ""
    decimals = len(str(one // unit)) - 1
    marks = [character for character in core if not character.isdecimal()]
    mark = core[-decimals - 1] if decimals and len(core) > decimals and not core[-decimals - 1].isdecimal() else "."
    grouping = next((character for character in marks if character != mark), "")
    if not grouping and not decimals and marks:
        grouping = marks[0]
    count = abs(value) // unit
    whole, rest = divmod(count, 10**decimals)
    shown = f"{whole:,}".replace(",", grouping) + (f"{mark}{rest:0{decimals}}" if decimals else "")
    if value >= 0:
        return shown
    return f"({shown})" if "(" in text else f"-{shown}"
