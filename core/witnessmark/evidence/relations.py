"""Relations between cells of a grid, as they are looked for: what they claim, and whether they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2, sqrt
from typing import Literal

from witnessmark.evidence.figures import Figures

Kind = Literal["total", "subtotal", "difference", "running balance", "product", "percentage", "change", "average"]
RatioKind = Literal["product", "percentage", "change"]
Direction = Literal["column", "row"]
CellAt = tuple[int, int]
"""Row and column of a grid, from 0, headers included."""
Value = Callable[[CellAt], int]

MOST_BITS = 16.0
"""One figure says no more than this for a rule, however long it is."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A claim that cells, each times its factor, add up to nothing; the result is the last, with a negative factor.

    Units:  `slack` and `gap` of the figures
    """

    cells: tuple[CellAt, ...]
    factors: tuple[int, ...]
    slack: int
    """How far it may be off because its figures were rounded."""

    def gap(self, value: Value) -> int:
        """Say by how much the parts are more than the result."""
        return sum(factor * value(cell) for cell, factor in zip(self.cells, self.factors, strict=True))

    def holds(self, value: Value) -> bool:
        return abs(self.gap(value)) <= self.slack

    def repaired(self, cell: CellAt, value: Value) -> float:
        """Say what a cell would have to be for the sum to hold, when all others are right."""
        factor = sum(f for c, f in zip(self.cells, self.factors, strict=True) if c == cell)
        return value(cell) - self.gap(value) / factor if factor else value(cell)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A claim about three cells: `product` a x b = c; `percentage` scale x a / b = c; `change` scale x (a - b) / b = c.

    Units:  `one` is how many units of the figures are 1
    """

    kind: RatioKind
    cells: tuple[CellAt, CellAt, CellAt]
    units: tuple[int, int, int]
    """What each cell is rounded to; 0: it is exact."""
    scale: int
    one: int
    is_unsigned: bool = False
    """Whether the sign of the result is not looked at, as of percentages in brackets."""

    def expected(self, value: Value) -> float | None:
        """Compute the result; None where that cannot be."""
        a, b = value(self.cells[0]), value(self.cells[1])
        if self.kind == "product":
            return a * b / self.one
        if b == 0:
            return None
        return self.scale * self.one * ((a / b) if self.kind == "percentage" else (a - b) / abs(b))

    def slack(self, value: Value) -> float:
        a, b = abs(value(self.cells[0])), abs(value(self.cells[1]))
        of_a, of_b, of_c = (unit / 2 for unit in self.units)
        if self.kind == "product":
            return of_c + (a * of_b + b * of_a) / self.one
        if b == 0:
            return of_c
        return of_c + self.scale * self.one * (of_a / b + a * of_b / b / b)

    def holds(self, value: Value) -> bool:
        expected = self.expected(value)
        if expected is None:
            return False
        printed = value(self.cells[2])
        gap = abs(abs(expected) - abs(printed)) if self.is_unsigned else abs(expected - printed)
        return gap <= self.slack(value) * (1 + 1e-9) + 1e-6

    def repaired(self, cell: CellAt, value: Value) -> float:
        a, b, c = (value(at) for at in self.cells)
        whole = self.scale * self.one
        if cell == self.cells[2]:
            expected = self.expected(value)
            if expected is None:
                return c
            return -expected if self.is_unsigned and (expected < 0) != (c < 0) else expected
        if self.is_unsigned:
            c = abs(c) if (a < 0) == (b < 0) else -abs(c)
        if self.kind == "product":
            other = b if cell == self.cells[0] else a
            return c * self.one / other if other else value(cell)
        if cell == self.cells[0]:
            return c * b / whole if self.kind == "percentage" else b + c * abs(b) / whole
        if self.kind == "percentage":
            return a * whole / c if c else b
        return a * whole / (whole + c) if whole + c else b


@dataclass(frozen=True, slots=True)
class Instance:
    """A rule at one place: in one column of the lines it adds up, or in one row of the columns it compares."""

    rule: int
    kind: Kind
    direction: Direction
    across: int
    """The column, or row, in which it is claimed."""
    claim: Sum | Ratio
    bits: float
    """How unlikely it is to hold by chance; nothing where it holds trivially, as a sum of one part."""

    @property
    def cells(self) -> tuple[CellAt, ...]:
        return self.claim.cells

    @property
    def result(self) -> CellAt:
        return self.claim.cells[-1]


@dataclass(frozen=True, slots=True)
class Findings:
    """Instances of all the rules of a table, those that hold and those that do not.

    Shapes:  `support` has how many of each rule hold and how many break
    """

    holding: tuple[Instance, ...]
    broken: tuple[Instance, ...]


def rounding_slack(steps: Sequence[int]) -> int:
    """Say how far a sum of rounded figures may be off.

    Each is off by at most half a step. Where they are many the errors cancel out: three standard deviations bound them.
    """
    half = sum(steps) / 2
    likely = max(steps, default=0) * (0.5 + 3 * sqrt(len(steps) / 12))
    return int(min(half, likely))


def bits_of(terms: Sequence[int], slack: int, step: int, *, gap: int) -> float:
    """Say how unlikely it is that terms, the result among them, add up by chance.

    The third largest decides: what is small beside two that are nearly the same hardly shows in their sum. None: 0.
    A sum that comes out even says more than one that is off by rounding, though rounded ones often do.

    Units:  the terms' own; `step` is what the coarsest is rounded to
    """
    if len(terms) < 3:
        return 0.0
    third = sorted(map(abs, terms))[-3]
    if third <= 2 * slack:
        return 0.0
    return min(MOST_BITS, log2(third / step + 1) - 1 if gap == 0 else log2(third / (2 * slack + step) + 1))


def value_of(figures: Figures) -> Value:
    """Give the figures by place; zero where nothing is printed."""

    def value(cell: CellAt) -> int:
        figure = figures.cells[cell[0]][cell[1]]
        return figure.value if figure else 0

    return value
