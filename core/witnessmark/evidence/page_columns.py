"""Columns that a page prints in the rows of a table, and answers whose values have slipped into the next column.

An answer that has as many columns as its rows have on the page has them in the same order. If most of its values are
one column further, the answer has lost its place: the order decides, not the majority.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from witnessmark.evidence.page_index import PageIndex, Run

MEETING = 1.0
"""Points that two texts share to be in one column."""
LEAST_ROWS = 3
"""Rows from which columns are known."""
LEAST_SLIPPED = 2
"""Columns that slipped together; in a table of three columns one may be all there is."""

Reach = tuple[float, float]


def page_columns(lines: Sequence[Sequence[int]], index: PageIndex) -> list[Reach]:
    """Find from where to where columns reach in lines of words, from the left; nothing where there are few lines."""
    if len(lines) < LEAST_ROWS:
        return []
    reaches: list[Reach] = []
    for line in lines:
        runs = [index.run(unit) for unit in index.units_of(line)]
        reaches += [(run.x0, run.x1) for run in runs]
    columns: list[Reach] = []
    for x0, x1 in sorted(reaches):
        if columns and x0 < columns[-1][1] - MEETING:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def slipped(votes: Sequence[dict[int, Run]], columns: Sequence[Reach]) -> dict[int, Reach]:
    """Find the columns of an answer that are one further than their order on the page says, and where they belong.

    Shapes:  `votes` are each column's values by row; `columns` are the page's, in the order of the answer. On a page
             with more columns than the answer those beyond may be another table's: then the first columns are the same
    """
    placed = [{row: _column_of(run, columns) for row, run in runs.items()} for runs in votes]
    if any(count > 1 for count in Counter((row, place) for found in placed for row, place in found.items()).values()):
        return {}  # two of the answer's columns are one on the page
    steps: dict[int, int] = {}
    for column, found in enumerate(placed):
        if found:
            place, count = Counter(found.values()).most_common(1)[0]
            if place is None or 2 * count <= len(found):
                return {}
            steps[column] = place - column
    moved = {column: step for column, step in steps.items() if step}
    allowed = {1, -1} if len(columns) == len(votes) else {-1}
    is_one_slip = len(set(moved.values())) == 1 and set(moved.values()) <= allowed
    least = LEAST_SLIPPED if len(votes) > 3 else 1
    return {column: columns[column] for column in moved} if is_one_slip and len(moved) >= least else {}


def _column_of(run: Run, columns: Sequence[Reach]) -> int | None:
    middle = (run.x0 + run.x1) / 2
    return next((number for number, (x0, x1) in enumerate(columns) if x0 <= middle <= x1), None)
