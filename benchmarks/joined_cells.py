"""Cells that hold what the page prints in several: amounts of two rows, of two columns, of a whole column."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.true_answers import Answer, value_of

MOST = 12
"""Answers of each kind that are made of one table."""


def amounts_joined(base: Answer, luck: random.Random) -> Iterator[Answer]:
    """Write amounts of neighbouring rows or columns into one cell and leave the others empty."""
    amounts = {
        place
        for place, text in base.places()
        if place[0] >= base.header_rows and value_of(text, base.table.mark) is not None
    }
    for kind, down, across in (("amounts of two rows in one", 1, 0), ("amounts of two columns in one", 0, 1)):
        pairs = [(one, two) for one in amounts if (two := (one[0] + down, one[1] + across)) in amounts]
        for pair in luck.sample(sorted(pairs), min(MOST, len(pairs))):
            yield _joined(base, kind, pair, luck.choice((" ", "\n")))
    for column in range(len(base.grid[0])):
        places = sorted(place for place in amounts if place[1] == column)
        if 2 < len(places) <= 30:
            yield _joined(base, "amounts of a column in one", places, "\n")


def _joined(base: Answer, kind: str, places: list[tuple[int, int]] | tuple[tuple[int, int], ...], sign: str) -> Answer:
    grid = [list(texts) for texts in base.grid]
    first = places[0]
    grid[first[0]][first[1]] = sign.join(base.grid[row][column] for row, column in places)
    for row, column in places[1:]:
        grid[row][column] = ""
    return replace(base, kind=kind, grid=tuple(map(tuple, grid)), wrong=frozenset({first}))
