"""Whether the figures of a table were rounded before they were added up, or add up to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import pi, sqrt

from witnessmark.evidence.relations import CellAt, Instance, Sum, Value

_BY_CHANCE = 0.05
"""Sums of rounded figures that come out even by less chance than this are sums of exact ones."""

_OF_MONEY = 0.3
"""How much likelier figures with two decimals are rounded than others: few of them are."""


def strictly(
    holding: Sequence[Instance], broken: Sequence[Instance], value: Value, *, decimals: int
) -> tuple[list[Instance], list[Instance]]:
    """Hold the sums of a table against it to the last digit, where all but those of one cell come out even.

    Units:   `decimals` are those of the table's finest figures
    Shapes:  the instances that hold and those that do not, as before; those that were only off by rounding change sides
    """
    sums = [instance for instance in holding if isinstance(instance.claim, Sum)]
    odd = [instance for instance in sums if instance.claim.gap(value)]  # type: ignore[union-attr]  # sums only
    even = [instance for instance in sums if not instance.claim.gap(value)]  # type: ignore[union-attr]  # sums only
    chance = _chance_of_even(even) * (_OF_MONEY if decimals == 2 else 1.0)
    if (odd and not _share_a_cell(odd)) or len(even) < 4 or chance > _BY_CHANCE:
        return list(holding), list(broken)
    moved = [_strict(instance) for instance in odd]
    kept = [instance if instance in odd else _strict(instance) for instance in holding if instance not in odd]
    return kept, [*map(_strict, broken), *moved]


def _share_a_cell(instances: Sequence[Instance]) -> bool:
    shared: set[CellAt] = set(instances[0].cells)
    for instance in instances[1:]:
        shared &= set(instance.cells)
    return bool(shared)


def _chance_of_even(sums: Sequence[Instance]) -> float:
    """Say how likely rounded figures are to add up evenly as often as these do.

    Source:  the error of a sum of n rounded figures is near normal, of variance n/12
    """
    chance = 1.0
    for instance in sums:
        chance *= min(0.75, 1 / sqrt(2 * pi * len(instance.cells) / 12)) if len(instance.cells) > 2 else 1.0
    return chance


def _strict(instance: Instance) -> Instance:
    return replace(instance, claim=replace(instance.claim, slack=0)) if isinstance(instance.claim, Sum) else instance
