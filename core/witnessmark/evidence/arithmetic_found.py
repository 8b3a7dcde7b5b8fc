"""What arithmetic found in a table, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from witnessmark.evidence.relations import CellAt, Direction, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A sum, or the like, between cells of a grid.

    Shapes:  cells are (row, column) of the grid, from 0, headers included; `signs` has 1 or -1 for each of `parts`
    """

    kind: Kind
    direction: Direction
    """Whether its cells stand in one column or in one row; of a percentage of a total, where most do."""
    result: CellAt
    parts: tuple[CellAt, ...]
    signs: tuple[int, ...]
    expected: str
    """What the parts give, written as the result is printed."""
    printed: str
    difference: str
    """How much more the printed result is than the expected one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRelation:
    """A relation that does not hold where it should."""

    relation: Relation
    suspects: tuple[CellAt, ...]
    """Cells that may be wrong, likeliest first; each alone would explain it."""
    repaired: tuple[str, ...]
    """What would have to be printed in each suspect."""
    doubted: tuple[CellAt, ...]
    """Its cells that looking up has not found in their place."""
    reason: str
    """One sentence for a person."""

    @property
    def cell(self) -> CellAt | None:
        """The one cell that is wrong, where only one can be."""
        return self.suspects[0] if len(self.suspects) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableArithmetic:
    """What the figures of a table say of each other."""

    holding: tuple[Relation, ...] = ()
    broken: tuple[BrokenRelation, ...] = ()
    figures: int = 0
    """How many cells hold figures that could be part of a sum."""

    @property
    def proven(self) -> frozenset[CellAt]:
        """Cells that take part in a relation that holds, and in none that breaks."""
        proven = {cell for relation in self.holding for cell in (*relation.parts, relation.result)}
        return frozenset(proven - {c for b in self.broken for c in (*b.relation.parts, b.relation.result)})
