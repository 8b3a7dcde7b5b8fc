"""A table laid over its pages: on which lines its rows stand, and from where to where its columns reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from witnessmark.evidence.order import displaced, heaviest_chain
from witnessmark.evidence.page_columns import page_columns, slipped
from witnessmark.evidence.page_index import PageIndex, Run

MOST_LINES = 12
"""Lines on which a row may stand that are weighed against each other."""
PART_WEIGHT = 0.5
"""How much less a place weighs that is only a part of a text."""
MOVED_SHARE = 0.6
"""Share of a row's weight that stands on one line elsewhere from which the row was moved."""
LEAST_SHIFTED = 2
"""Columns whose values have to be shifted to believe the headers."""


class Place(NamedTuple):
    """A run of words on one of several pages.

    Units:  lines are counted on over the pages
    """

    page: int
    """Which of the pages, from 0."""
    run: Run
    first_line: int
    last_line: int
    is_part: bool = False
    """Whether it is a part of a longer text beside it."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """One cell that is looked for."""

    row: int
    column: int
    text: str
    key: str
    is_amount: bool
    places: list[Place]
    """Everywhere it may stand."""


class Band(NamedTuple):
    """Where a row stands: one line, or the lines of its longest cell."""

    page: int
    line: int
    top: float
    bottom: float


class Extent(NamedTuple):
    """From where to where a column's cells reach, and where they usually lie."""

    x0: float
    x1: float
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(slots=True, kw_only=True)
class Alignment:
    """How a table lies on its pages."""

    bands: list[Band | None]
    """Where each row should stand; None for a row of which that is not known."""
    columns: dict[int, list[Extent | None]] = field(default_factory=dict[int, "list[Extent | None]"])
    """Where each column should stand, by page."""
    moved_rows: frozenset[int] = frozenset()
    moved_columns: frozenset[int] = frozenset()
    disputed_columns: frozenset[int] = frozenset()
    """Columns whose header and only value stand in different places."""


def align(rows: Sequence[Sequence[Asked]], width: int, pages: Sequence[PageIndex], *, head: int) -> Alignment:
    """Lay a table over pages as a whole.

    Shapes:  `rows` are the cells of each row that hold text; the first `head` rows are headers, which columns do not
             follow where other rows show them
    """
    found = _bands_found(rows)
    bands, moved_rows = _in_order(found)
    aligned = Alignment(bands=bands, moved_rows=moved_rows)
    for page, index in enumerate(pages):
        extents, moved, disputed = _columns(rows, found, width, page, head, index)
        aligned.columns[page] = extents
        aligned.moved_columns |= moved
        aligned.disputed_columns |= disputed
    return aligned


# --- rows


def _bands_found(rows: Sequence[Sequence[Asked]]) -> list[Band | None]:
    votes = [_votes(cells) for cells in rows]
    lines = heaviest_chain([_strongest(vote) for vote in votes])
    taken = {line for line in lines if line is not None}
    for row, line in enumerate(lines):
        if line is None:
            lines[row] = _line_elsewhere(rows[row], votes[row], taken)
    return [None if line is None else _band(cells, line) for cells, line in zip(rows, lines, strict=True)]


def _votes(cells: Sequence[Asked]) -> dict[int, float]:
    """Weigh the lines on which a row may stand by the cells that stand on them; rare ones weigh more."""
    votes: dict[int, float] = defaultdict(float)
    for cell in cells:
        if not cell.places:
            continue
        weight = len(cell.places) ** -0.5 + 0.002 * min(len(cell.text), 40)
        lines: dict[int, float] = {}
        for place in cell.places:
            for line in range(place.first_line, place.last_line + 1):
                lines[line] = max(lines.get(line, 0.0), weight * (PART_WEIGHT if place.is_part else 1.0))
        for line, own in lines.items():
            votes[line] += own
    return votes


def _strongest(votes: Mapping[int, float]) -> list[tuple[int, float]]:
    if not votes:
        return []
    most = max(votes.values())
    strong = [(line, weight) for line, weight in votes.items() if weight >= 0.3 * most]
    return sorted(strong, key=lambda one: (-one[1], one[0]))[:MOST_LINES]


def _line_elsewhere(cells: Sequence[Asked], votes: Mapping[int, float], taken: set[int]) -> int | None:
    """Find the line of a row that stands out of order; None where it stands on none, or on another row's."""
    if not votes:
        return None
    if len(cells) == 1:
        (cell,) = cells
        free = [place for place in cell.places if not place.is_part and place.first_line not in taken]
        return free[0].first_line if len(free) == 1 and not cell.is_amount else None
    line = max(votes, key=lambda one: votes[one])
    on_it = sum(any(place.first_line <= line <= place.last_line for place in cell.places) for cell in cells)
    return line if on_it >= max(2, MOVED_SHARE * len(cells)) and line not in taken else None


def _band(cells: Sequence[Asked], line: int) -> Band:
    on_it = [place for cell in cells for place in cell.places if place.first_line <= line <= place.last_line]
    page = on_it[0].page
    singles = [place.run for place in on_it if place.first_line == place.last_line] or [place.run for place in on_it]
    return Band(page, line, min([run.top for run in singles]), max([run.bottom for run in singles]))


def _in_order(found: Sequence[Band | None]) -> tuple[list[Band | None], frozenset[int]]:
    """Put each row where it should stand, and say which rows do not."""
    there = [row for row, band in enumerate(found) if band is not None]
    by_line = {band.line: band for band in found if band is not None}
    moved, lines = displaced([found[row].line for row in there])  # type: ignore[union-attr]  # there: not None
    bands: list[Band | None] = [None] * len(found)
    for row, line in zip(there, lines, strict=True):
        bands[row] = None if line is None else by_line[int(line)]
    return bands, frozenset(there[one] for one in moved)


# --- columns


def _columns(
    rows: Sequence[Sequence[Asked]],
    found: Sequence[Band | None],
    width: int,
    page: int,
    head: int,
    index: PageIndex,
) -> tuple[list[Extent | None], frozenset[int], frozenset[int]]:
    """Find where each column stands on a page by the cells that stand on their rows' lines."""
    is_from_right = index.is_from_right
    by_row: list[dict[int, Run]] = [{} for _ in range(width)]
    merged: list[set[int]] = [set() for _ in range(width)]
    header_votes: list[list[Run]] = [[] for _ in range(width)]
    for row, (cells, band) in enumerate(zip(rows, found, strict=True)):
        if band is None or band.page != page:
            continue
        for column, run in _clear_runs(cells, band):
            if row < head:
                header_votes[column].append(run)
            else:
                by_row[column][row] = run
        if row >= head:
            for column in _maybe_merged(cells, width):
                merged[column].add(row)
    _drop_merged(by_row, merged, header_votes)
    _drop_shifted(by_row, header_votes)
    if all(any(cell.column == column for cells in rows for cell in cells) for column in range(width)):
        on_page = [band if band is not None and band.page == page else None for band in found[head:]]
        _put_back_slipped(by_row, header_votes, rows[head:], on_page, index)
    votes = [list(runs.values()) for runs in by_row]
    disputed = _drop_lone_strays(votes, header_votes, is_from_right=is_from_right)
    extents: list[Extent | None] = [
        _extent(body) or _extent(headers) for body, headers in zip(votes, header_votes, strict=True)
    ]
    there = [column for column in range(width) if extents[column] is not None]
    places = [extents[column].middle for column in there]  # type: ignore[union-attr]  # there: not None
    if len(set(places)) < len(places):
        return extents, frozenset(), disputed
    if is_from_right:
        places = [-place for place in places]
    moved, expected = displaced(places)
    by_place = {place: extents[column] for column, place in zip(there, places, strict=True)}
    # A single vote may be a wrong value's: a column is out of order when its cells agree that it is.
    if any(len(votes[there[one]]) + len(header_votes[there[one]]) < 2 for one in moved):
        moved, expected = set[int](), list(places)
    ordered: list[Extent | None] = [None] * width
    for column, place in zip(there, expected, strict=True):
        ordered[column] = None if place is None else by_place[place]
    return ordered, frozenset(there[one] for one in moved), disputed


def _maybe_merged(cells: Sequence[Asked], width: int) -> list[int]:
    """List the columns of a row's texts that may reach over the next columns, as these are empty."""
    filled = {width, *(cell.column for cell in cells)}
    return [cell.column for cell in cells if not cell.is_amount and cell.column + 1 not in filled]


def _drop_merged(
    votes: Sequence[dict[int, Run]], merged: Sequence[set[int]], header_votes: Sequence[Sequence[Run]]
) -> None:
    """Drop the texts that may reach over several columns where they do not stand in line with the rest of their own.

    Shapes:  `votes` are each column's values by row, `merged` the rows of which they may be such texts
    """
    for column, (runs, rows) in enumerate(zip(votes, merged, strict=True)):
        own = [run for row, run in runs.items() if row not in rows]
        if not own and len(runs) == 1:
            own = list(header_votes[column])
        for row in [row for row in runs if row in rows] if own else ():
            if not any(_meet(runs[row], other) for other in own):
                del runs[row]


def _drop_shifted(votes: Sequence[dict[int, Run]], header_votes: Sequence[Sequence[Run]]) -> None:
    """Drop the values of columns from where an answer has lost its place: it begins under its headers.

    In several columns then some values stand under the header and others do not; or a column has its place in some rows
    alone, and in the others its neighbour has it.

    Shapes:  `votes` are each column's values by row
    """
    parted: dict[int, dict[int, Run]] = {}
    for column, (runs, headers) in enumerate(zip(votes, header_votes, strict=True)):
        if headers:
            header = max(headers, key=lambda run: run.top)
            under = {row: run for row, run in runs.items() if _meet(run, header)}
            if under and len(under) <= len(runs) / 2:
                parted[column] = under
    if len(parted) < LEAST_SHIFTED:
        parted = _parted_by_neighbours(votes)
    if len(parted) >= LEAST_SHIFTED:
        for column, under in parted.items():
            votes[column].clear()
            votes[column].update(under)


def _put_back_slipped(
    votes: Sequence[dict[int, Run]],
    header_votes: Sequence[list[Run]],
    rows: Sequence[Sequence[Asked]],
    found: Sequence[Band | None],
    index: PageIndex,
) -> None:
    """Drop the values that slipped into the next column, by the columns that the page has in the rows of the table.

    Shapes:  every column has a text; one that is empty has no place in their order
    """
    width = len(votes)
    lines = [
        index.lines[on_it[0].first_line]
        for cells, band in zip(rows, found, strict=True)
        if band is not None
        and 2 * len(cells) >= width
        and (
            on_it := [
                place.run
                for cell in cells
                for place in cell.places
                if place.first_line == place.last_line == band.line and place.page == band.page
            ]
        )
    ]
    columns = page_columns(lines, index)
    if index.is_from_right:
        columns.reverse()
    first = next(
        (n for n, (x0, x1) in enumerate(columns) if any(x0 <= _middle(run) <= x1 for run in votes[0].values())), 0
    )
    if len(columns) - first < width:
        return
    columns = columns[first:]
    for column, (x0, x1) in slipped(votes, columns).items():
        kept = {row: run for row, run in votes[column].items() if x0 <= _middle(run) <= x1}
        votes[column].clear()
        votes[column].update(kept)
        if not kept:
            header_votes[column][:] = [Run((), x0, 0.0, x1, 0.0, 0, 0)]


def _parted_by_neighbours(votes: Sequence[dict[int, Run]]) -> dict[int, dict[int, Run]]:
    """Keep of each column the rows in which two columns that share a place elsewhere each have their own."""
    for first, second in pairwise(votes):
        fewer, more = sorted((first, second), key=len)
        if not fewer or len(fewer) > len(more) / 2 + 1 or not _meet(_middle_run(fewer), _middle_run(more)):
            continue
        parted: dict[int, dict[int, Run]] = {}
        for column, runs in enumerate(votes):
            own = {row: run for row, run in runs.items() if row in fewer}
            others = {row: run for row, run in runs.items() if row not in fewer}
            if own and others and not _meet(_middle_run(own), _middle_run(others)):
                parted[column] = own
        if len(parted) >= LEAST_SHIFTED:
            return parted
    return {}


def _middle_run(runs: Mapping[int, Run]) -> Run:
    return sorted(runs.values(), key=_middle)[len(runs) // 2]


def _meet(one: Run, other: Run) -> bool:
    return one.x0 < other.x1 and one.x1 > other.x0


def _drop_lone_strays(
    votes: Sequence[list[Run]], header_votes: Sequence[list[Run]], *, is_from_right: bool
) -> frozenset[int]:
    """Drop the only value of a column where it stands under another column's header: one of the two is wrong.

    What is out of order is the wrong one, where the other is in order.

    Shapes:  the columns of which it is not known which
    """
    heads = {column: _middle(runs[0]) for column, runs in enumerate(header_votes) if len(runs) == 1}
    if len(heads) < 2:
        return frozenset()
    values = {column: _middle(runs[0]) for column, runs in enumerate(votes) if len(runs) == 1}
    strays = {
        column
        for column, middle in values.items()
        if column in heads and min(heads, key=lambda other: abs(heads[other] - middle)) != column
    }
    if not strays:
        return frozenset()
    wrong_heads, wrong_values = (_out_of_order(middles, is_from_right=is_from_right) for middles in (heads, values))
    if wrong_heads and not wrong_values:
        for column in wrong_heads:
            header_votes[column].clear()
        return frozenset()
    for column in strays:
        votes[column].clear()
    return frozenset(strays - wrong_values) if wrong_heads or not wrong_values else frozenset()


def _middle(run: Run) -> float:
    return (run.x0 + run.x1) / 2


def _out_of_order(middles: Mapping[int, float], *, is_from_right: bool) -> set[int]:
    """Find the columns of which a row has things out of order."""
    columns = sorted(middles)
    places = [-middles[column] if is_from_right else middles[column] for column in columns]
    if len(set(places)) < len(places):
        return set()
    moved, _ = displaced(places)
    return {columns[one] for one in moved}


def _clear_runs(cells: Sequence[Asked], band: Band) -> list[tuple[int, Run]]:
    """Find the runs on a row's line of which it is clear whose they are.

    A value that stands on the line once is clear; one that stands there as often as the row has it, too: in order.
    """
    by_text: dict[tuple[tuple[int, ...], ...], list[tuple[int, list[Run]]]] = defaultdict(list)
    for cell in cells:
        on_it = [place.run for place in cell.places if place.first_line <= band.line <= place.last_line]
        if not on_it:
            whole = [place for place in cell.places if not place.is_part]
            if len(whole) == 1 and whole[0].page == band.page:
                on_it = [whole[0].run]  # beside several rows, or in the second line of its own
        if on_it:
            on_it.sort(key=lambda run: run.x0)
            by_text[tuple(run.words for run in on_it)].append((cell.column, on_it))
    clear: list[tuple[int, Run]] = []
    for group in by_text.values():
        runs = group[0][1]
        if len(runs) == len(group):
            clear += [(column, run) for (column, _), run in zip(group, runs, strict=True)]
    return clear


def _extent(runs: Sequence[Run]) -> Extent | None:
    if not runs:
        return None
    lefts, rights = sorted([run.x0 for run in runs]), sorted([run.x1 for run in runs])
    left, right = median(lefts), median(rights)
    if len(runs) < 3:
        return Extent(lefts[0], rights[-1], left, right)
    # One wrong value in a column must not stretch it over its neighbour.
    near = [run for run in runs if run.x0 < right + 1 and run.x1 > left - 1] or list(runs)
    return Extent(min([run.x0 for run in near]), max([run.x1 for run in near]), left, right)
