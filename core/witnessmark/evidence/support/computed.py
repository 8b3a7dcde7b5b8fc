"""Figures of a statement that follow from two cited ones: by how much they differ, or how one is to the other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from witnessmark.evidence.sentence_figures import Figure

MAX_FIGURES = 8
"""Figures of a citation of which pairs are formed; with more, nearly every figure follows from two of them."""
MIN_VALUE = 10
"""Of a figure without a unit or scale: smaller ones differ by chance."""
_DECIMALS = re.compile(r"\d[.,](\d+)")


def follows_from(one: Figure, cited: Sequence[Figure]) -> bool:
    """Say whether a figure is the difference, the change in per cent or the share of two cited figures.

    Shapes:  `cited` are those of one text; rounded as the figure is printed
    """
    known = [other for other in cited if other.kind == "number" and not other.is_reference and other.values]
    if one.kind != "number" or one.is_reference or not 2 <= len(known) <= MAX_FIGURES:
        return False
    for value in one.values:
        step = _step(one)
        if any(abs(value - other) <= step / 2 for other in _computed(one, value, known)):
            return True
    return False


def _computed(one: Figure, value: Decimal, known: Sequence[Figure]) -> Iterator[Decimal]:
    for first, second in itertools.combinations(known, 2):
        share = first if first.unit == "%" else second if second.unit == "%" else None
        if share is not None and one.unit != "%" and first.unit != second.unit:
            yield share.values[-1] * (second if share is first else first).values[-1] / 100
            continue
        a, b = first.values[-1], second.values[-1]  # the last one is in the scale of the next figure
        if one.unit == "%":
            if first.unit == second.unit != "%" and a and b:
                yield abs(b - a) / a * 100
                yield min(a, b) / max(a, b) * 100
            continue
        is_small = not one.unit and one.scale == 1 and value < MIN_VALUE
        if not is_small and _is_unit(one, first) and _is_unit(one, second):
            yield abs(a - b)
            yield a + b


def _is_unit(one: Figure, other: Figure) -> bool:
    return not one.unit or not other.unit or one.unit == other.unit


def _step(one: Figure) -> Decimal:
    """Say to what a figure is rounded as it is printed."""
    found = _DECIMALS.search(one.text)
    decimals = len(found[1]) if found is not None else 0
    return Decimal(one.scale) / 10**decimals if one.unit == "%" or one.scale > 1 else Decimal(0)
