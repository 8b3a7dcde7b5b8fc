"""Columns of two versions of a table: which of one is which of the other, in another order, added or removed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from witnessmark.offline.differences.sequences import heaviest_chain

MIN_SAME = 0.6
"""Of the cells of a table, which are the same column by column once columns are put in order."""
MIN_MATCHED = 0.5
"""Of the columns of the narrower table, which are found in the other one."""
MIN_UNLIKE = 0.5
"""Of the cells of two tables of one width; if fewer are the same, a column may be gone and another new."""
HEADER_WEIGHT = 0.5
"""Rows for which a header counts that is the same."""

Cell = tuple[str, ...]
"""What is compared of a cell; nothing for a blank one."""


class RowPair(NamedTuple):
    """Corresponding rows of both sides, with a cell for each column."""

    a: Sequence[Cell]
    b: Sequence[Cell]


class ColumnMatch(NamedTuple):
    """Corresponding columns.

    Shapes:  `pairs` of a column of a and one of b, in the order of a; `moved` are columns of a between others
    """

    pairs: tuple[tuple[int, int], ...]
    moved: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    added: tuple[int, ...] = ()


def matched_columns(rows: Sequence[RowPair]) -> ColumnMatch | None:
    """Match the columns of a table's versions; None if too little says which is which.

    Shapes:  `rows` of one table, in order, its header first if it has one; each side has one width
    """
    if not rows:
        return None
    width_a, width_b = len(rows[0].a), len(rows[0].b)
    found = _found(rows, width_a, width_b)
    if width_a != width_b:
        return found
    plain = ColumnMatch(tuple((n, n) for n in range(width_a)))
    if found is None or found == plain:
        return plain
    same, as_before = _same_cells(rows, found.pairs), _same_cells(rows, plain.pairs)
    least = MIN_SAME * _filled(rows, found.pairs)
    is_plain = as_before >= MIN_UNLIKE * _filled(rows, plain.pairs) and bool(found.removed)
    return plain if same <= as_before or same < least or is_plain else found


def _filled(rows: Sequence[RowPair], pairs: Sequence[tuple[int, int]]) -> int:
    return sum(bool(row.a[i] or row.b[j]) for row in rows for i, j in pairs)


def _same_cells(rows: Sequence[RowPair], pairs: Sequence[tuple[int, int]]) -> int:
    return sum(bool(row.a[i]) and row.a[i] == row.b[j] for row in rows for i, j in pairs)


def _match(pairs: Sequence[tuple[int, int]], width_a: int, width_b: int) -> ColumnMatch:
    kept = {i for i, _ in heaviest_chain(list(pairs), [1.0] * len(pairs))}
    taken_a, taken_b = {i for i, _ in pairs}, {j for _, j in pairs}
    return ColumnMatch(
        tuple(pairs),
        tuple(i for i, _ in pairs if i not in kept),
        tuple(i for i in range(width_a) if i not in taken_a),
        tuple(j for j in range(width_b) if j not in taken_b),
    )


def _greedy(scores: Sequence[tuple[float, int, int]]) -> list[tuple[int, int]]:
    """Pair columns by what they share, the most first."""
    order: dict[int, int] = {}
    taken: set[int] = set()
    for score, i, j in sorted(scores, key=lambda one: (-one[0], abs(one[1] - one[2]), one[1])):
        if score > 0 and i not in order and j not in taken:
            order[i] = j
            taken.add(j)
    return sorted(order.items())


def _found(rows: Sequence[RowPair], width_a: int, width_b: int) -> ColumnMatch | None:
    header = rows[0]
    bonus = 1.0 + HEADER_WEIGHT * len(rows)
    scores = [
        (
            sum(bool(row.a[i]) and row.a[i] == row.b[j] for row in rows[1:])
            + bonus * (bool(header.a[i]) and header.a[i] == header.b[j]),
            i,
            j,
        )
        for i in range(width_a)
        for j in range(width_b)
    ]
    pairs = _greedy(scores)
    if len(pairs) < max(1.0, MIN_MATCHED * min(width_a, width_b)):
        return None
    pairs = sorted([*pairs, *_between(rows, pairs, width_a, width_b)])
    has_headers = len({cell for cell in header.a if cell} & {cell for cell in header.b if cell}) >= len(pairs)
    if not has_headers and _same_cells(rows, pairs) < MIN_UNLIKE * _filled(rows, pairs):
        return None
    return _match(pairs, width_a, width_b)


def _between(
    rows: Sequence[RowPair], pairs: Sequence[tuple[int, int]], width_a: int, width_b: int
) -> list[tuple[int, int]]:
    """Pair columns that share no cell, if they are between the same others and hold the same kind of thing."""
    edges = [(-1, -1), *pairs, (width_a, width_b)]
    found: list[tuple[int, int]] = []
    for (i, j), (next_i, next_j) in pairwise(edges):
        columns_a = range(i + 1, next_i)
        columns_b = [n for n in range(j + 1, next_j) if n not in {other for _, other in pairs}]
        found += _greedy([(_alike(rows, one, other), one, other) for one in columns_a for other in columns_b])
    return found


def _alike(rows: Sequence[RowPair], i: int, j: int) -> float:
    """Rate how well a column that changed altogether may be another: by words of its header and kind of its cells."""
    words = [{key for key in cell if key[0].isalpha()} for cell in (rows[0].a[i], rows[0].b[j])]
    if _is_numeric([row.a[i] for row in rows[1:]]) != _is_numeric([row.b[j] for row in rows[1:]]):
        return 0.0
    if words[0] and words[1]:
        return 1.0 * len(words[0] & words[1])
    return 1.0


def _is_numeric(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell]
    return 2 * sum(any(key[0].isdigit() for key in cell) for cell in filled) > len(filled)
