"""Tables whose columns are in another order, found by their headers or their cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from witnessmark.offline.differences.sequences import heaviest_chain

MAX_COLUMNS = 60
MIN_SAME = 0.6
"""Of the cells of a table, which are the same column by column once columns are put in order."""

Row = Sequence[tuple[str, ...]]
"""The cells of a row, each as what is compared."""


class RowPair(NamedTuple):
    """A row of each side that stand for each other."""

    a: Row
    b: Row


class Reordered(NamedTuple):
    """Columns in another order.

    Shapes:  for each column of a its place in b; the columns of a that moved between the others
    """

    order: tuple[int, ...]
    moved: tuple[int, ...]


def reordered(rows: Sequence[RowPair]) -> Reordered | None:
    """Find how the columns of a table are ordered on the other side; None where they are as they were.

    Shapes:  `rows` of one table, in order, its header first where it has one
    """
    count = Counter(len(row.a) for row in rows if len(row.a) == len(row.b)).most_common(1)
    if not count or not 2 <= count[0][0] <= MAX_COLUMNS:
        return None
    columns = count[0][0]
    full = [row for row in rows if len(row.a) == len(row.b) == columns]
    order = _by_header(full[0]) or (_by_cells(full, columns) if len(full) > 1 else None)
    if order is None or order == tuple(range(columns)):
        return None
    same = sum(row.a[i] == row.b[j] for row in full for i, j in enumerate(order))
    as_before = sum(one == other for row in full for one, other in zip(row.a, row.b, strict=True))
    if same <= as_before or same < MIN_SAME * len(full) * columns:
        return None
    kept = {i for i, _ in heaviest_chain(list(enumerate(order)), [1.0] * columns)}
    return Reordered(order, tuple(i for i in range(columns) if i not in kept))


def _by_header(row: RowPair) -> tuple[int, ...] | None:
    """Order columns by their headers, where each is once in both."""
    places = {cell: j for j, cell in enumerate(row.b)}
    if len(places) < len(row.b) or set(row.a) != set(row.b):
        return None
    has_words = any(any(key[0].isalpha() for key in cell) for cell in row.a)
    return tuple(places[cell] for cell in row.a) if has_words else None


def _by_cells(rows: Sequence[RowPair], columns: int) -> tuple[int, ...] | None:
    """Order columns so that those which share most cells stand for each other."""
    shared = [(sum(row.a[i] == row.b[j] for row in rows), i, j) for i in range(columns) for j in range(columns)]
    order: dict[int, int] = {}
    taken: set[int] = set()
    for count, i, j in sorted(shared, key=lambda one: (-one[0], abs(one[1] - one[2]), one[1])):
        if count and i not in order and j not in taken:
            order[i] = j
            taken.add(j)
    left = [j for j in range(columns) if j not in taken]
    for i in range(columns):
        if i not in order:
            order[i] = left.pop(0)
    return tuple(order[i] for i in range(columns))
