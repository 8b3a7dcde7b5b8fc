"""Which cell is wrong where a sum breaks, and whether a break is an error at all.

A break is explained by one cell: with another figure in its place every broken relation it takes part in would hold,
and none that holds would break. How likely that is to be chance is estimated. What chance explains as well, as a column
that is not added up, a total of more than is shown, figures that were rounded twice, is not held against a table.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from witnessmark.evidence.figures import Figure, Figures
from witnessmark.evidence.relations import CellAt, Direction, Instance, Sum, Value, value_of

LIKELY = 0.05
"""What is likelier than this to come about without an error is not reported."""
_LIKELY_LOCATED = 0.005
"""The same where every cell was found on the page: then the page itself would have to be wrong."""
_LIKELY_DOUBTED = 3.0
"""The same of a cell that looking up doubts already: it is then enough that one digit would mend the sum."""
_ROUNDED_TWICE = 5.0
"""How much likelier an exception is where a sum of rounded figures is off by little more than rounding."""
_NOT_ADDED_UP = 20.0
"""How much likelier it is that a line called a total is none, where it is none in several columns."""
_NO_EDIT = 5.0
"""How much less likely a cell is wrong in several digits than in one."""
_MOST_SUSPECTS = 8


@dataclass(frozen=True, slots=True)
class Explanation:
    """A cell with which a break would be an error, and what would have to stand in it.

    Units:  `value` of the figures; `chance` that there is no error
    """

    cell: CellAt
    value: int
    chance: float


class Suspicion:
    """The relations of a table, and who among its cells could be wrong."""

    def __init__(
        self,
        figures: Figures,
        holding: Sequence[Instance],
        broken: Sequence[Instance],
        rates: Collection[tuple[Direction, int]],
        doubted: Collection[CellAt] | None,
    ) -> None:
        self._figures = figures
        self._value = value_of(figures)
        self._broken = broken
        self._rates = rates
        self._doubted = doubted
        self._holding_of = _by_cell(holding)
        self._rules_hold = Counter(instance.rule for instance in holding)
        self._rules_break = Counter(instance.rule for instance in broken)
        self._places_hold = Counter((instance.direction, instance.across) for instance in holding if instance.bits >= 4)
        known = [instance for instance in broken if self._is_known(instance)]
        self._broken_of = _by_cell(known)
        self._guesses_of = _by_cell([instance for instance in broken if not self._rules_hold[instance.rule]])
        self._places_break = Counter((instance.direction, instance.across) for instance in known)

    def _is_known(self, instance: Instance) -> bool:
        """Say whether a break counts: its rule holds elsewhere, and not only where no rates stand."""
        place = instance.direction, instance.across
        return self._rules_hold[instance.rule] > 0 and not (place in self._rates and not self._places_hold[place])

    def explained(self) -> dict[Instance, list[Explanation]]:
        """Give the breaks that are errors, each with the cells that may be wrong, likeliest first."""
        return {instance: found for instance in self._broken if (found := self._explanations(instance))}

    def _explanations(self, instance: Instance) -> list[Explanation]:
        found = [explanation for cell in instance.cells if (explanation := self._explanation(instance, cell))]
        found.sort(key=lambda explanation: explanation.chance)
        doubted = [explanation for explanation in found if self._is_doubted(explanation.cell)]
        if doubted and doubted[0].chance <= _LIKELY_DOUBTED:
            return doubted
        is_doubted = any(map(self._is_doubted, instance.cells))
        limit = LIKELY if self._doubted is None or is_doubted else _LIKELY_LOCATED
        if not found or found[0].chance > limit:
            return []
        return [e for e in found if e.chance <= max(found[0].chance * 4, 1e-12)][:_MOST_SUSPECTS]

    def _is_doubted(self, cell: CellAt) -> bool:
        return self._doubted is not None and cell in self._doubted

    def _explanation(self, instance: Instance, cell: CellAt) -> Explanation | None:
        figure = _figure(self._figures, cell)
        new = _rounded(instance.claim.repaired(cell, self._value), figure.unit)
        value = _replaced(self._value, cell, new)
        broken = {*self._broken_of.get(cell, ()), instance}
        if new == figure.value or not all(other.claim.holds(value) for other in broken):
            return None
        if not all(other.claim.holds(value) for other in self._holding_of.get(cell, ())):
            return None
        gap = abs(new - figure.value) // figure.unit
        chance = self._edit_chance(instance, cell, new)
        for other in broken:
            chance *= self._exception(other, broken)
            if other is not instance and isinstance(other.claim, Sum):
                chance *= min(1.0, 3 / max(gap, 1))
        for guess in self._guesses_of.get(cell, ()):
            if guess is not instance and guess.claim.holds(value):
                chance *= min(1.0, 3 / max(gap, 1))
        return Explanation(cell, new, chance)

    def _edit_chance(self, instance: Instance, cell: CellAt, new: int) -> float:
        figure = _figure(self._figures, cell)
        chance = edit_chance(figure.value // figure.unit, new // figure.unit)
        if instance.kind != "product" or cell == instance.result or chance > 1:
            return chance
        # Hardly any figure is a multiple of the other factor: that one with one other digit is, says much.
        result = _figure(self._figures, instance.result)
        return min(1.0, 9 * len(str(figure.value // figure.unit)) / max(abs(result.value) // result.unit, 1))

    def _exception(self, instance: Instance, repaired: Collection[Instance]) -> float:
        usual = self._usual_exception(instance, repaired)
        return min(1.0, usual * _ROUNDED_TWICE) if self._is_near(instance) else usual

    def _is_near(self, instance: Instance) -> bool:
        """Say whether a sum of rounded figures is off by little more than rounding can be."""
        claim = instance.claim
        return isinstance(claim, Sum) and claim.slack > 0 and abs(claim.gap(self._value)) <= 5 * claim.slack

    def _usual_exception(self, instance: Instance, repaired: Collection[Instance]) -> float:
        """Estimate how likely a rule does not apply where this instance is, by how often it does not elsewhere."""
        same = sum(other.rule == instance.rule for other in repaired)
        of_rule = _odds(self._rules_break[instance.rule] - same, self._rules_hold[instance.rule])
        if instance.kind in {"running balance", "product", "percentage", "change"}:
            return of_rule
        place = instance.direction, instance.across
        here = sum((other.direction, other.across) == place and self._is_known(other) for other in repaired)
        holds = self._places_hold[place]
        of_place = _odds(self._places_break[place] - here, holds)
        if not self._rules_hold[instance.rule]:
            # A label is all that speaks for it.
            return (of_place if holds else 1.0) * (1 if self._rules_break[instance.rule] == 1 else _NOT_ADDED_UP)
        if not holds and (place in self._rates or self._is_like_a_mean(instance)):
            return 1.0
        return of_rule * of_place

    def _is_like_a_mean(self, instance: Instance) -> bool:
        """Say whether a result lies among its parts, as means do and sums do not."""
        parts = [self._value(cell) for cell in instance.cells[:-1]]
        return len(parts) > 2 and 0 < min(parts) <= self._value(instance.result) <= max(parts)


def _odds(breaks: int, holds: int) -> float:
    """Estimate how often something does not hold, from how often it did not; few sums that are meant do not."""
    return (breaks + 0.3) / (holds + breaks + 1.3)


def edit_chance(old: int, new: int) -> float:
    """Estimate how likely two figures are one slip of a pen apart by chance: one digit, two swapped, one lost.

    Units:  of the last printed place. Above 1 where they are not: an error is then less likely than in one digit
    """
    if (old < 0) != (new < 0):
        return _NO_EDIT
    before, after = str(abs(old)), str(abs(new))
    gap = abs(abs(old) - abs(new))
    if len(before) == len(after):
        differing = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
        if len(differing) == 1:
            return min(1.0, 9 * len(str(gap)) / gap)
        first, second = (*differing, 0, 0)[:2]
        if (
            len(differing) == 2
            and second == first + 1
            and before[first] == after[second]
            and before[second] == after[first]
        ):
            return min(1.0, 9 * len(str(gap)) / gap)
    shorter, longer = sorted((before, after), key=len)
    if len(longer) == len(shorter) + 1 and any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer))):
        return min(1.0, 12 * len(longer) / gap)
    return _NO_EDIT


def _figure(figures: Figures, cell: CellAt) -> Figure:
    figure = figures.cells[cell[0]][cell[1]]
    assert figure is not None  # relations are made of figures only
    return figure


def _by_cell(instances: Sequence[Instance]) -> Mapping[CellAt, list[Instance]]:
    found: dict[CellAt, list[Instance]] = defaultdict(list)
    for instance in instances:
        for cell in instance.cells:
            found[cell].append(instance)
    return found


def _rounded(value: float, unit: int) -> int:
    rounded = round(value / unit) * unit
    return rounded if not isclose(value, rounded) else round(value)


def _replaced(value: Value, cell: CellAt, new: int) -> Value:
    return lambda at: new if at == cell else value(at)
