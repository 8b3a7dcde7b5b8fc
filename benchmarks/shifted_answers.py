"""Tables in which a model lost its place: from some row on values or labels slip, or two cells become one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.true_answers import Answer, Place

MOST = 4
"""Answers of each kind that are made of one table."""


def values_shifted(base: Answer, luck: random.Random) -> Iterator[Answer]:
    """Shift the values of all rows from the second or a later one on by a column; what falls off the edge is lost."""
    rows = range(base.header_rows + 1, len(base.grid))
    if len(base.grid[0]) < 3:
        return
    for first in luck.sample(rows, min(MOST, len(rows))):
        step = luck.choice((1, -1))
        grid = [list(texts) for texts in base.grid]
        wrong: set[Place] = set()
        for row in range(first, len(grid)):
            label, *values = grid[row]
            moved = ["", *values[:-1]] if step > 0 else [*values[1:], ""]
            grid[row] = [label, *moved]
            wrong |= {(row, at) for at, text in enumerate(moved, start=1) if text and text != values[at - 1]}
        yield _made(base, "values shifted by a column", grid, wrong)


def labels_shifted(base: Answer, luck: random.Random) -> Iterator[Answer]:
    """Shift the labels of all rows from one on by a row, as where a label is overlooked or read twice."""
    rows = range(base.header_rows + 1, len(base.grid))
    for first in luck.sample(rows, min(MOST, len(rows))):
        grid = [list(texts) for texts in base.grid]
        for row in range(first, len(grid)):
            grid[row][0] = base.grid[row - 1][0]
        moved = {(row, 0) for row in range(first, len(grid)) if grid[row][0] and grid[row][0] != base.grid[row][0]}
        # A heading without values that follows another is where it was: among the same rows.
        wrong = {(row, 0) for row, _ in moved if any(base.grid[row][1:]) or any(base.grid[row - 1][1:])}
        shifted = _made(base, "labels shifted by a row", grid, wrong)
        yield replace(shifted, undecided=shifted.undecided | (moved - wrong))


def cells_merged(base: Answer, luck: random.Random) -> Iterator[Answer]:
    """Write two values that stand beside one another into one cell."""
    places = [
        (row, column)
        for (row, column), text in base.places()
        if row >= base.header_rows
        and column + 1 < len(base.grid[0])
        and base.grid[row][column + 1]
        and any(map(str.isdigit, text))
        and base.owners[row][column] != base.owners[row][column + 1]
    ]
    for row, column in luck.sample(places, min(4 * MOST, len(places))):
        grid = [list(texts) for texts in base.grid]
        grid[row][column] = f"{grid[row][column]} {grid[row][column + 1]}"
        grid[row][column + 1] = ""
        yield _made(base, "two cells in one", grid, {(row, column)})


def _made(base: Answer, kind: str, grid: list[list[str]], wrong: set[Place]) -> Answer:
    return replace(base, kind=kind, grid=tuple(map(tuple, grid)), wrong=frozenset(wrong))
