"""Labels of rows that changed places while the values of the rows stayed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.true_answers import Answer

MOST = 8
"""Pairs of labels of one table that are exchanged."""


def labels_exchanged(base: Answer, luck: random.Random) -> Iterator[Answer]:
    """Exchange the labels of two rows, which both have values."""
    rows = [
        row
        for row in range(base.header_rows, len(base.grid))
        if base.grid[row][0] and any(base.grid[row][1:]) and base.owners[row][0] not in _owners_elsewhere(base, row)
    ]
    pairs = [(a, b) for a, b in itertools.combinations(rows, 2) if base.grid[a][0].split() != base.grid[b][0].split()]
    for a, b in luck.sample(pairs, min(MOST, len(pairs))):
        grid = [list(texts) for texts in base.grid]
        grid[a][0], grid[b][0] = grid[b][0], grid[a][0]
        wrong = frozenset({(a, 0), (b, 0)})
        yield replace(base, kind="row labels exchanged", grid=tuple(map(tuple, grid)), wrong=wrong)


def _owners_elsewhere(base: Answer, row: int) -> set[int | None]:
    return {owners[0] for at, owners in enumerate(base.owners) if at != row}
