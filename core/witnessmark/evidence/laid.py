"""A table as it lies on its pages: what is whose row and column, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from witnessmark.evidence.alignment import Alignment, Asked, Band, Extent, Place
from witnessmark.evidence.normal import BREAK, core_of
from witnessmark.evidence.numbers import has_digit, is_year
from witnessmark.evidence.page_index import PageIndex, Run
from witnessmark.evidence.witness import WitnessPage
from witnessmark.values import BoundingBox

HEADER_LINES = 9
"""Lines above a table's first row in which its headers may stand."""
HEADER_GAP = 3.5
"""Distance, in heights of a line, from which what stands above is no header."""
MOST_ROWS_AMONG_HEADERS = 2
"""Lines of figures above a table's first row, which its answer may lack; above more of them is another table."""
OVERLAP = 0.3
"""Share of its height with which a word must reach into a row's band."""
LEVEL = 0.8
"""Share of its height with which a word must reach into a row's band to be level with it."""
NEAR = 1.2
"""Distance to a row's band, in heights of a line, within which a word may still be the row's."""
PART_OF_TEXT = 40.0
"""How much further away, in points, a place counts that is only a part of a text."""
OUTSIDE = 2.5
"""Distance to a table's outermost column, in heights of a line, from which what stands there is not the table's."""
MEETING = 1.0
"""Points that a header and a column have to share for the one to stand over the other."""
MOST_PIECES, MOST_STEPS = 12, 1_000
"""Of a header that is put together, and tries to do so."""
BETWEEN_PIECES = "-/|:,;_()\u2022>" + BREAK
"""What an answer may put between the headers that it joins."""


class Territory(NamedTuple):
    """The place of one cell, in the coordinates of a page's index."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


class Laid:
    """Geometry of an aligned table."""

    def __init__(
        self,
        alignment: Alignment,
        pages: Sequence[WitnessPage],
        head: int,
        first_lines: Sequence[int],
        *,
        holds_figures: bool,
    ) -> None:
        self.alignment = alignment
        self.pages = pages
        self.head = head
        self.first_lines = first_lines
        self.holds_figures = holds_figures
        """Whether any cell below the headers is a figure."""
        self.bands = alignment.bands
        self._neighbours: dict[tuple[int, int], list[Band]] = {}
        self.columns = {page: _territories(extents) for page, extents in alignment.columns.items()}
        self._sides = {page: _sides(extents) for page, extents in alignment.columns.items()}
        self.header_zone = self._header_zone()
        self.pitch = [self._pitch(page) for page in range(len(pages))]
        """The usual distance of rows on each page, 0 where there are not two."""

    def index(self, page: int) -> PageIndex:
        return self.pages[page].index

    # --- rows

    def _header_zone(self) -> Territory | None:
        """Find where headers stand: above the first row, as far as lines follow one another."""
        first = next((band for band in self.bands[self.head :] if band is not None), None)
        if first is None or not self.head:
            return None
        index = self.index(first.page)
        line = first.line - self.first_lines[first.page]
        top, height = first.top, max(first.bottom - first.top, 1.0)
        rows = 0
        for above in range(line - 1, max(-1, line - 1 - HEADER_LINES), -1):
            tokens = [index.tokens[word] for word in index.lines[above] if word not in index.across]
            if not tokens:
                continue
            bottom = max([token.bottom for token in tokens])
            rows += _is_of_figures([token.key for token in tokens])
            if top - bottom > HEADER_GAP * height or rows > MOST_ROWS_AMONG_HEADERS:
                break
            top = min(top, *[token.top for token in tokens])
            height = max([token.bottom - token.top for token in tokens])
        return Territory(first.page, float("-inf"), top, float("inf"), first.top)

    def _pitch(self, page: int) -> float:
        tops = sorted({band.top for band in self.bands[self.head :] if band is not None and band.page == page})
        steps = [b - a for a, b in pairwise(tops)]
        return median(steps) if steps else 0.0

    def row_steps(self, claimed: Mapping[tuple[int, int], tuple[int, int]]) -> list[float]:
        """Measure on each page how near a row's last line and the next row's first usually stand at least; 0: unknown.

        Lines that stand nearer than that are one row's.
        """
        lines: dict[tuple[int, int], tuple[float, float]] = {}
        for (page, word), (row, _) in claimed.items():
            if row >= self.head:
                top = self.index(page).tokens[word].top
                first, last = lines.get((page, row), (top, top))
                lines[page, row] = min(first, top), max(last, top)
        steps: list[list[float]] = [[] for _ in self.pages]
        for (page, row), (_, last) in lines.items():
            following = lines.get((page, row + 1))
            if following is not None and following[0] > last:
                steps[page].append(following[0] - last)
        return [sorted(found)[len(found) // 4] if found else 0.0 for found in steps]

    def stands_in_row(self, place: Place, row: int) -> bool:
        """Say whether a place is level with a row, and not between rows."""
        band, run = self.bands[row], place.run
        return band is not None and _overlap(run.top, run.bottom, band) >= LEVEL * (run.bottom - run.top)

    def is_above_another(self, row: int) -> bool:
        """Say whether a later row is known to stand on the same page."""
        band = self.bands[row]
        return band is not None and any(
            other is not None and other.page == band.page for other in self.bands[row + 1 :]
        )

    def is_in_row(self, page: int, word: int, row: int) -> bool:
        """Say whether a word stands where a row may reach, up to the next."""
        limits = self._row_limits(row)
        token = self.index(page).tokens[word]
        return limits is not None and limits[0] == page and limits[1] <= (token.top + token.bottom) / 2 <= limits[2]

    def fits_row(self, cell: Asked, place: Place, last_row: int) -> bool:
        """Say whether a place is in a cell's row, or in the rows below over which its text may reach."""
        if cell.row < self.head:
            return self._fits_header(cell, place)
        band = self.bands[cell.row]
        run = place.run
        if band is None:
            limits = self._between(cell.row, place.page)
            return limits is not None and limits[0] <= (run.top + run.bottom) / 2 <= limits[1]
        if band.page != place.page:
            return False
        own = _overlap(run.top, run.bottom, band)
        rivals = self._other_bands(cell.row, place.page)
        if last_row > cell.row:
            below = self.bands[last_row]
            is_known = below is not None and below.page == band.page
            if below is not None and is_known and band.top - 1 <= (run.top + run.bottom) / 2 <= below.bottom + 1:
                return True
        height = max(run.bottom - run.top, 0.1)
        if any(place.first_line <= other.line < min(band.line, place.last_line) for other in rivals):
            return False  # it begins in the line of the row above
        if own >= OVERLAP * min(height, band.bottom - band.top):
            return all(_overlap(run.top, run.bottom, other) <= own + 0.01 for other in rivals)
        if max(band.top - run.bottom, run.top - band.bottom) > NEAR * height:
            return False
        middle = (run.top + run.bottom) / 2
        distance = _distance(middle, band)
        return all(_distance(middle, other) > distance for other in rivals) and not any(
            _overlap(run.top, run.bottom, other) > OVERLAP * height for other in rivals
        )

    def _fits_header(self, cell: Asked, place: Place) -> bool:
        zone = self.header_zone
        band = self.bands[cell.row]
        is_in_band = (
            band is not None and band.page == place.page and _overlap(place.run.top, place.run.bottom, band) > 0
        )
        if zone is None:
            return band is None or is_in_band
        is_first_row_known = self.head < len(self.bands) and self.bands[self.head] is not None
        if is_in_band and place.page == zone.page and place.run.bottom < zone.top and not is_first_row_known:
            return True
        return self.is_among_headers(place)

    def goes_on_with(self, run: Run, header: Place, column: int) -> bool:
        """Say whether a text above or below a header is as narrow as its column, and so may be a part of it."""
        extent = self.alignment.columns[header.page][column] or header.run
        x0, x1 = min(extent.x0, header.run.x0), max(extent.x1, header.run.x1)
        reach = OUTSIDE * (run.bottom - run.top)
        return (
            self.is_among_headers(self.place(header.page, run.words)) and x0 - reach <= run.x0 and run.x1 <= x1 + reach
        )

    def is_among_headers(self, place: Place) -> bool:
        """Say whether a place is where headers stand."""
        zone, middle = self.header_zone, (place.run.top + place.run.bottom) / 2
        return zone is not None and place.page == zone.page and zone.top - 1 <= middle < zone.bottom

    def _other_bands(self, row: int, page: int) -> list[Band]:
        """Find the bands of the rows before and after, of those on the page."""
        known = self._neighbours.get((row, page))
        if known is None:
            known = self._neighbours[row, page] = self._bands_beside(row, page)
        return known

    def _bands_beside(self, row: int, page: int) -> list[Band]:
        rivals: list[Band] = []
        for step in (-1, 1):
            other = row + step
            while 0 <= other < len(self.bands):
                band = self.bands[other]
                if band is not None:
                    if band.page == page and band != self.bands[row]:
                        rivals.append(band)
                    break
                other += step
        return rivals

    def _between(self, row: int, page: int) -> tuple[float, float] | None:
        """Find from where to where a row may stand that was not found, by its neighbours."""
        before = next((band for band in reversed(self.bands[:row]) if band is not None), None)
        after = next((band for band in self.bands[row + 1 :] if band is not None), None)
        if before is None and after is None:
            return float("-inf"), float("inf")
        if before is not None and after is not None:
            if before.page == after.page == page:
                return before.bottom - 1, after.top + 1
            if page == before.page:
                return before.bottom - 1, float("inf")
            return (float("-inf"), after.top + 1) if page == after.page else None
        known = before or after
        if known is None or known.page != page:
            return None
        reach = 2.5 * (known.bottom - known.top) * self._missing_rows(row)
        if before is not None:
            return before.bottom - 1, before.bottom + reach
        return known.top - reach, known.top + 1

    def _missing_rows(self, row: int) -> int:
        first, last = row, row
        while first > 0 and self.bands[first - 1] is None:
            first -= 1
        while last + 1 < len(self.bands) and self.bands[last + 1] is None:
            last += 1
        return last - first + 1

    # --- columns

    def fits_columns(self, cell: Asked, place: Place, last_column: int) -> bool:
        """Say whether a place is in a cell's column, or in the columns after it over which its text may reach."""
        territories = self.columns[place.page]
        run, own = place.run, territories[cell.column]
        if cell.column in self.alignment.disputed_columns:
            return False
        if own is None:
            return self._is_between_columns(cell.column, place)
        if self.is_outside(place):
            return False
        if cell.row >= self.head and self.joins_columns(place):
            return False
        width = max(run.x1 - run.x0, 0.1)
        shared = min(run.x1, own[1]) - max(run.x0, own[0])
        if cell.row < self.head and self.is_over_others(place, cell.column):
            return False
        if cell.row < self.head and run.first_line < run.last_line and last_column == cell.column:
            return self._is_over(self._last_line(place), cell.column)
        if shared >= 0.5 * width:
            return True
        if cell.is_amount and cell.row >= self.head:
            return False
        hull = self._hull(territories, cell.column, last_column)
        if hull is None or min(run.x1, hull[1]) - max(run.x0, hull[0]) < 0.8 * width:
            return False
        return shared > 0 or (cell.row < self.head and self._spans(run, place.page, cell.column, last_column))

    def joins_columns(self, place: Place) -> bool:
        """Say whether words of a place stand apart, in columns of their own: two cells and not one."""
        if len(place.run.words) < 2:
            return False
        index = self.index(place.page)
        units: dict[int, list[int]] = {}
        for word in place.run.words:
            units.setdefault(index.tokens[word].unit, []).append(word)
        columns: dict[int, set[int]] = {}
        for words in units.values():
            run = index.run(words)
            over = {
                number
                for number, extent in enumerate(self.alignment.columns[place.page])
                if extent is not None and min(run.x1, extent.right) - max(run.x0, extent.left) > MEETING
            }
            columns.setdefault(run.first_line, set()).update(over if len(over) == 1 else ())
        return any(len(over) > 1 for over in columns.values())

    def _spans(self, run: Run, page: int, first: int, last: int) -> bool:
        """Say whether a header over several columns begins with the first: else those after it explain its place."""
        extents = self.alignment.columns[page][first : last + 1]
        known = [extent for extent in extents if extent is not None]
        if len(known) < 2 or extents[0] is None:
            return True
        middle = (run.x0 + run.x1) / 2
        off = [
            min([abs((begun.x0 + ended.x1) / 2 - middle) for ended in known[number:]])
            for number, begun in enumerate(known)
        ]
        return off[0] <= (known[1].middle - known[0].middle) / 2 or min(off[1:]) > off[0] / 2

    def is_outside(self, place: Place) -> bool:
        """Say whether a place lies to the left or right of all columns, and far from them: in another table beside."""
        left, right = self._sides[place.page]
        reach = OUTSIDE * (place.run.bottom - place.run.top) / (1 + place.run.last_line - place.run.first_line)
        return place.run.x0 > right + reach or place.run.x1 < left - reach

    def is_over_others(self, place: Place, column: int) -> bool:
        """Say whether a header stands over other columns and not over this one; over several it may lie between.

        One that has other headers below it stands over several columns, whichever of them it is above.
        """
        own, run = self.alignment.columns[place.page][column], place.run
        if own is None or _shared(run, own) > 0:
            return False
        return any(
            extent is not None
            and _shared(run, extent) > MEETING
            and not self._has_header_below(run, place.page, number)
            for number, extent in enumerate(self.alignment.columns[place.page])
        )

    def _has_header_below(self, run: Run, page: int, column: int) -> bool:
        """Say whether a column has a header of its own under a text, which then stands over several columns."""
        zone = self.header_zone
        index = self.index(page)
        return zone is not None and any(
            index.tokens[word].top >= run.bottom - 1
            and index.tokens[word].bottom <= zone.bottom + 1
            and self.is_in_column(page, word, column)
            for line in index.lines[run.last_line + 1 : run.last_line + 1 + HEADER_LINES]
            for word in line
        )

    def _hull(
        self, territories: Sequence[tuple[float, float] | None], first: int, last: int
    ) -> tuple[float, float] | None:
        known = [one for one in territories[first : last + 1] if one is not None]
        return (min([one[0] for one in known]), max([one[1] for one in known])) if known else None

    def _is_between_columns(self, column: int, place: Place) -> bool:
        """Say whether a place is where a column must be of which no place is known: between its neighbours."""
        if column in self.alignment.moved_columns:
            return False
        before, after = self._columns_beside(column, place.page)
        if before is not None and after is not None and before.middle > after.middle:
            before, after = after, before
        middle = (place.run.x0 + place.run.x1) / 2
        return (before is None or middle > before.right) and (after is None or middle < after.left)

    def _columns_beside(self, column: int, page: int) -> tuple[Extent | None, Extent | None]:
        """Find the nearest columns before and after one whose places are known."""
        extents = self.alignment.columns[page]
        before = next((one for one in reversed(extents[:column]) if one is not None), None)
        return before, next((one for one in extents[column + 1 :] if one is not None), None)

    def distance(self, cell: Asked, place: Place) -> float:
        """Measure how far a place lies from where a cell should stand."""
        far = 0.0
        band = self.bands[cell.row]
        if band is not None:
            far += 10_000 * (band.page != place.page)
            far += 3 * _distance((place.run.top + place.run.bottom) / 2, band)
        extent = self.alignment.columns[place.page][cell.column]
        if extent is not None:
            far += min(abs(place.run.x0 - extent.left), abs(place.run.x1 - extent.right))
        return far + PART_OF_TEXT * place.is_part

    def is_in_column(self, page: int, word: int, column: int) -> bool:
        """Say whether a word stands in a column, as far as that is known."""
        own = self.columns[page][column]
        token = self.index(page).tokens[word]
        return own is None or own[0] <= (token.x0 + token.x1) / 2 <= own[1]

    def shares_width(self, words: Sequence[int], place: Place, column: int) -> bool:
        """Say whether words that stand together lie above or below a cell: a text beside the table does not.

        The outermost columns reach to the edge of the page, and so over such a text.
        """
        run, own = self.index(place.page).run(words), self.alignment.columns[place.page][column]
        x0, x1 = place.run.x0, place.run.x1
        if own is not None:
            x0, x1 = min(x0, own.x0), max(x1, own.x1)
        return min(run.x1, x1) - max(run.x0, x0) > MEETING

    # --- what stands in a place

    def territory(self, row: int, column: int, *, is_level: bool = False) -> Territory | None:
        """Find the place of a cell; None where its row or its column is not known.

        Where it `is_level`, as figures are, nothing counts that stands in the row's second line or between rows.
        """
        rows = self._row_limits(row, NEAR if not is_level else OVERLAP)
        if rows is None:
            return None
        page, top, bottom = rows
        own = self.columns[page][column] or self._gap_for(column, page)
        return None if own is None else Territory(page, own[0], top, own[1], bottom)

    def level_territory(self, row: int, column: int) -> Territory | None:
        """Find the place of a header on its own line; None where its line or its column is not known."""
        band = self.bands[row]
        own = self.columns[band.page][column] if band is not None else None
        return None if band is None or own is None else Territory(band.page, own[0], band.top, own[1], band.bottom)

    def open_territory(self, row: int, column: int) -> Territory | None:
        """Find the place of a cell in a column of which nothing is known: up to its neighbours, or the page's edge."""
        rows = self._row_limits(row)
        if rows is None:
            return None
        page, top, bottom = rows
        before, after = self._columns_beside(column, page)
        if before is not None and after is not None and before.middle > after.middle:
            before, after = after, before
        x0 = float("-inf") if before is None else before.x1
        return Territory(page, x0, top, float("inf") if after is None else after.x0, bottom)

    def _gap_for(self, column: int, page: int) -> tuple[float, float] | None:
        if column in self.alignment.moved_columns:
            return None
        before, after = self._columns_beside(column, page)
        if before is None or after is None:
            return None
        return before.right, after.left

    def _row_limits(self, row: int, near: float = NEAR) -> tuple[int, float, float] | None:
        if row < self.head and self.header_zone is not None:
            return self.header_zone.page, self.header_zone.top, self.header_zone.bottom
        band = self.bands[row]
        if band is None:
            known = next((one for one in (*reversed(self.bands[:row]), *self.bands[row + 1 :]) if one), None)
            limits = self._between(row, known.page) if known is not None else None
            if limits is None or known is None or limits[1] - limits[0] > 1e6:
                return None
            return known.page, limits[0] + 1, limits[1] - 1
        reach = near * (band.bottom - band.top)
        top, bottom = band.top - reach, band.bottom + reach
        for other in self._other_bands(row, band.page):
            if other.bottom <= band.top + 1:
                top = max(top, (other.bottom + band.top) / 2)
            else:
                bottom = min(bottom, (other.top + band.bottom) / 2)
        return band.page, top, bottom

    def words_in(self, territory: Territory) -> list[int]:
        """Find the words whose middle lies in a place, in reading order."""
        index = self.index(territory.page)
        found: list[int] = []
        for line in index.lines:
            first = index.tokens[line[0]]
            if first.bottom < territory.top - 50 or first.top > territory.bottom + 50:
                continue
            for word in line:
                token = index.tokens[word]
                if (
                    territory.x0 <= (token.x0 + token.x1) / 2 <= territory.x1
                    and territory.top <= (token.top + token.bottom) / 2 <= territory.bottom
                ):
                    found.append(word)
        return index.in_order(found) if index.sideways else found

    def place(self, page: int, words: Sequence[int]) -> Place:
        """Make a place of words."""
        run = self.index(page).run(words)
        first = self.first_lines[page]
        return Place(page, run, first + run.first_line, first + run.last_line)

    def in_order(self, page: int, words: Sequence[int]) -> list[int]:
        """Put words in reading order."""
        return self.index(page).in_order(words)

    def box_of(self, territory: Territory) -> BoundingBox | None:
        """Find on its page the place of a cell in which nothing stands; None where that is not upright or unbounded."""
        page = self.pages[territory.page]
        if page.index.angle or max(map(abs, territory[1:])) > 1e6:
            return None
        return page.placed(BoundingBox(x0=territory.x0, top=territory.top, x1=territory.x1, bottom=territory.bottom))

    def boxes(self, claimed: Mapping[tuple[int, int], object]) -> dict[int, BoundingBox]:
        """Find the region of the table on each page."""
        by_page: dict[int, list[int]] = {}
        for number, word in claimed:
            by_page.setdefault(number, []).append(word)
        found: dict[int, BoundingBox] = {}
        for number, words in by_page.items():
            page = self.pages[number]
            found[page.page_number] = page.box_of(words)
        return found

    # --- headers in several lines

    def composed(self, cell: Asked) -> list[Place]:
        """Find the texts in the header zone, from the top, that put together are a header; nothing where none are."""
        zone = self.header_zone
        if zone is None:
            return []
        units = sorted(self._header_units(zone, self.columns[zone.page][cell.column]), key=lambda unit: not unit[0])
        words = _pieces(core_of(cell.key).replace(BREAK, ""), units)
        places = [self.place(zone.page, run) for run in words or ()]
        lowest = max(places, key=lambda place: place.run.bottom, default=None)
        return places if lowest is not None and self._is_over(lowest, cell.column) else []

    def _last_line(self, place: Place) -> Place:
        index = self.index(place.page)
        line = index.tokens[place.run.words[-1]].line
        return self.place(place.page, [word for word in place.run.words if index.tokens[word].line == line])

    def _is_over(self, place: Place, column: int) -> bool:
        """Say whether a header stands over a column: most of it does, or it reaches over the whole column."""
        own, run = self.columns[place.page][column], place.run
        if own is None:
            return self._is_between_columns(column, place)
        if self.is_outside(place) or self.is_over_others(place, column):
            return False
        shared = min(run.x1, own[1]) - max(run.x0, own[0])
        extent = self.alignment.columns[place.page][column]
        covered = 0.0 if extent is None else min(run.x1, extent.x1) - max(run.x0, extent.x0)
        return shared >= 0.5 * (run.x1 - run.x0) or (extent is not None and covered >= 0.6 * (extent.x1 - extent.x0))

    def _header_units(self, zone: Territory, own: tuple[float, float] | None) -> Iterator[tuple[bool, str, list[int]]]:
        """List the texts above a column, those included that reach over several.

        Shapes:  whether the text reaches into the column, its key, its words
        """
        index = self.index(zone.page)
        for line in index.lines:
            token = index.tokens[line[0]]
            if not zone.top - 1 <= (token.top + token.bottom) / 2 < zone.bottom:
                continue
            runs = [index.run(words) for words in index.units_of(line) if words[0] not in index.sideways]
            for run in _above(runs, own) if runs else ():
                is_own = own is None or min(run.x1, own[1]) > max(run.x0, own[0])
                yield is_own, index.key(run.words), list(run.words)
        for turned, words in index.turned:
            for line in turned.lines:
                run = index.run([words[word] for word in line])
                is_own = own is None or own[0] <= (run.x0 + run.x1) / 2 <= own[1]
                if is_own and zone.top - 1 <= run.top and run.bottom <= zone.bottom + 1:
                    yield is_own, index.key(run.words), list(run.words)


def _above(runs: Sequence[Run], own: tuple[float, float] | None) -> list[Run]:
    """Find the texts of a line that may be a column's headers: above it, or in the middle or at the left of a span."""
    if own is None:
        return list(runs)
    middle = (max(own[0], runs[0].x0) + min(own[1], runs[-1].x1)) / 2
    nearest = min(runs, key=lambda run: max(run.x0 - middle, middle - run.x1, 0.0))
    begun = [run for run in runs if run.x0 <= middle][-1:]
    return [run for run in runs if min(run.x1, own[1]) > max(run.x0, own[0]) or run == nearest or run in begun]


def _pieces(key: str, units: Sequence[tuple[bool, str, list[int]]]) -> list[list[int]] | None:
    """Cut a key into texts of `units`, each used once."""
    steps = MOST_STEPS

    def cut(rest: str, used: frozenset[int]) -> list[list[int]] | None:
        nonlocal steps
        steps -= 1
        rest = rest.lstrip(BETWEEN_PIECES)
        if not rest:
            return []
        if steps < 0 or len(used) > MOST_PIECES:
            return None
        for number, (_, text, words) in enumerate(units):
            if number in used:
                continue
            for piece in (text.strip(BETWEEN_PIECES), core_of(text).strip(BETWEEN_PIECES)):
                if piece and rest.startswith(piece):
                    after = cut(rest[len(piece) :], used | {number})
                    if after is not None:
                        return [words, *after]
        return None

    return cut(key, frozenset()) if key and len(units) <= 80 else None


def _territories(extents: Sequence[Extent | None]) -> list[tuple[float, float] | None]:
    """Part the page's width among columns, in the middle between neighbours."""
    known = sorted([(extent.middle, number) for number, extent in enumerate(extents) if extent is not None])
    borders = [float("-inf")]
    for (_, first), (_, second) in pairwise(known):
        a, b = extents[first], extents[second]
        assert a is not None
        assert b is not None
        if a.x1 <= b.x0:
            borders.append((a.x1 + b.x0) / 2)
        elif a.right <= b.left:
            borders.append((a.right + b.left) / 2)
        else:
            borders.append((a.middle + b.middle) / 2)
    borders.append(float("inf"))
    territories: list[tuple[float, float] | None] = [None] * len(extents)
    for place, (_, number) in enumerate(known):
        territories[number] = (borders[place], borders[place + 1])
    return territories


def _is_of_figures(keys: Sequence[str]) -> bool:
    """Say whether a line holds figures as rows do; years are headers."""
    figures = sum(has_digit(key) is not None and not is_year(key) for key in keys)
    return figures >= 2 and 2 * figures >= len(keys)


def _sides(extents: Sequence[Extent | None]) -> tuple[float, float]:
    """Find from where to where columns reach; everywhere where none is known."""
    known = [extent for extent in extents if extent is not None]
    if not known:
        return float("-inf"), float("inf")
    return min([extent.x0 for extent in known]), max([extent.x1 for extent in known])


def _shared(run: Run, extent: Extent) -> float:
    return min(run.x1, extent.x1) - max(run.x0, extent.x0)


def _overlap(top: float, bottom: float, band: Band) -> float:
    return min(bottom, band.bottom) - max(top, band.top)


def _distance(middle: float, band: Band) -> float:
    return max(0.0, band.top - middle, middle - band.bottom)
