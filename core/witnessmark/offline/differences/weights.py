"""How much of two passages is the same, whatever its order: the rare words count, signs and small words hardly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.units import Unit
from witnessmark.offline.differences.words import MONTHS, SMALL_WORDS

Weights = Mapping[str, float]
SIGN, SMALL_WORD = 0.1, 0.25
LABEL, FIGURE_IN_ROW = 3.0, 0.5
"""A row is known by its first cell more than by its figures."""
_FIGURE = re.compile(r"\d[\d.,']*")


def weights_of(side: Side, unit: Unit) -> dict[str, float]:
    """Weigh the atoms of a unit."""
    found: dict[str, float] = {}
    label = _label(side, unit) if unit.is_row else None
    for atom in range(unit.start, unit.end):
        key = side.keys[atom]
        weight = weight_of(key)
        if label is not None:
            if side.word_cells[side.first_words[atom]] == label:
                weight *= LABEL
            elif key[0].isdigit():
                weight = FIGURE_IN_ROW
        found[key] = found.get(key, 0.0) + weight
    return found


def _label(side: Side, unit: Unit) -> int | None:
    """Find the cell that names a row: the first that holds words, and no number."""
    for atom in range(unit.start, unit.end):
        if side.keys[atom][0].isalpha():
            return side.word_cells[side.first_words[atom]]
    return side.word_cells[side.first_words[unit.start]] if unit.end > unit.start else None


def weight_of(key: str) -> float:
    """Weigh one atom."""
    if not (key[0].isalnum() or len(key) > 1):
        return SIGN
    return SMALL_WORD if key in SMALL_WORDS else 1.0


def alike(a: Weights, b: Weights) -> float:
    """Say from 0 to 1 how much two passages share."""
    small, large = (a, b) if len(a) <= len(b) else (b, a)
    common = sum(min(weight, large[key]) for key, weight in small.items() if key in large)
    total = sum(a.values()) + sum(b.values())
    return 2 * common / total if total else 0.0


def together(parts: Sequence[Weights]) -> Weights:
    """Weigh passages as one."""
    if len(parts) == 1:
        return parts[0]
    found: dict[str, float] = {}
    for part in parts:
        for key, weight in part.items():
            found[key] = found.get(key, 0.0) + weight
    return found


def masked(weights: Weights) -> dict[str, float]:
    """Make figures, and names of months, one."""
    found: dict[str, float] = {}
    for key, weight in weights.items():
        mask = "0" if _FIGURE.fullmatch(key) else "month" if key in MONTHS else key
        found[mask] = found.get(mask, 0.0) + weight
    return found
