"""Checking a table against the pages it was taken from: each value in its row and column, each word given out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from witnessmark.evidence.alignment import Alignment, Asked, Place, align
from witnessmark.evidence.conserving import CONTINUED, left_over, looks_like_row
from witnessmark.evidence.joined import JoinedCells
from witnessmark.evidence.laid import Laid, Territory
from witnessmark.evidence.likeness import is_same_as_read, most_alike
from witnessmark.evidence.lookup import runs_of, same_unit
from witnessmark.evidence.normal import core_of, is_mark, is_nothing, key_of_cell
from witnessmark.evidence.numbers import amount_of, decimal_mark, digits_of, has_digit, is_year
from witnessmark.evidence.separators import Separators, is_same_number, separators_of, written_mark
from witnessmark.evidence.spanning import Spans
from witnessmark.evidence.unread_cells import UnreadCells
from witnessmark.evidence.verdicts import TableEvidence, Verdict
from witnessmark.evidence.witness import WitnessPage
from witnessmark.values import BoundingBox

MOST_HEADER_ROWS = 6
FIGURE_ROWS = 0.5
"""Share of the rows after headers that hold figures, at least."""
MOST_LIKENESSES = 60
"""Values that stand nowhere for which the whole page is searched for something like them."""
MOST_MERGED = 20
"""Places of a value that are tried as those of a merged cell."""
LEAST_GROUPS = 2
"""Labels that stand in the last of their rows from which it is taken for the table's way."""
LINES_APART = 4
"""Lines between a row's and a value's from which the value is not the row's."""
TIGHT = 0.6
"""Gap between the lines of one header, in heights of a line, at most."""


def check_table(
    grid: Sequence[Sequence[str]],
    pages: Sequence[WitnessPage],
    *,
    header_rows: int = 1,
    taken: AbstractSet[tuple[int, int]] = frozenset(),
) -> TableEvidence:
    """Find the place of every cell of a table on the pages it stands on.

    Shapes:  `grid` holds the headers first, where there are any; rows may be ragged. `pages` in the order of the
             document: those on which the table stands. Without any page nothing is looked up. `taken` are the words
             that other tables' cells were given, as `TableEvidence.words`: they are given out again to headers alone
    """
    if not any(page.words for page in pages):
        return _not_looked_up(grid, pages[0].page_number if pages else 0)
    return _Check(grid, pages, header_rows, taken).evidence()


def _not_looked_up(grid: Sequence[Sequence[str]], page: int) -> TableEvidence:
    return TableEvidence(
        verdicts=tuple(tuple(Verdict(status=None, page=page) if text.strip() else None for text in row) for row in grid)
    )


@dataclass(slots=True)
class _Located:
    """Where cells were found."""

    places: dict[tuple[int, int], tuple[Place, ...]] = field(default_factory=dict[tuple[int, int], "tuple[Place, ...]"])
    claimed: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict[tuple[int, int], "tuple[int, int]"])
    """Words by page and index, and the cell that each belongs to."""

    def is_free(self, place: Place) -> bool:
        return all((place.page, word) not in self.claimed for word in place.run.words)

    def give(self, cell: tuple[int, int], *places: Place) -> None:
        self.places[cell] = places
        for place in places:
            for word in place.run.words:
                self.claimed.setdefault((place.page, word), cell)


class _Check:
    """One table while it is being checked."""

    def __init__(
        self,
        grid: Sequence[Sequence[str]],
        pages: Sequence[WitnessPage],
        header_rows: int,
        taken: AbstractSet[tuple[int, int]],
    ) -> None:
        self.grid = grid
        self.pages = pages
        self.taken = taken
        self.header_rows = header_rows
        self.width = max(map(len, grid), default=0)
        keys = [[key_of_cell(text) for text in row] for row in grid]
        self.mark = decimal_mark(key for row in keys for key in row)
        self.first_lines = _first_lines(pages)
        self.places: dict[str, list[Place]] = {}
        self.rows = [self._asked(row, texts, keys[row]) for row, texts in enumerate(grid)]
        self.cells = {(cell.row, cell.column): cell for row in self.rows for cell in row}
        self.header_rows = _without_body(self.rows, header_rows)
        self.head = _head(self.rows, self.header_rows)
        self.labels = _label_columns(self.rows[self.head :], self.width)
        self.alignment: Alignment = align(self.rows, self.width, [page.index for page in pages], head=self.head)
        holds_figures = any(_is_figure(cell) for row in self.rows[self.head :] for cell in row)
        self.laid = Laid(self.alignment, pages, self.head, self.first_lines, holds_figures=holds_figures)
        self.located = _Located()
        self.unread = UnreadCells(self.cells.values(), pages)
        self.likenesses = MOST_LIKENESSES
        self.unclaimed: dict[tuple[int, int], list[int]] = {}
        """Words that no cell has, marks left out, by page and line."""
        self.row_steps: list[float] = []
        """Least distance of rows, by page."""
        self.separators: dict[tuple[int, int], Separators] = {}
        """Of the printed numbers, by page and column."""

    def _asked(self, row: int, texts: Sequence[str], keys: Sequence[str]) -> list[Asked]:
        asked: list[Asked] = []
        for column, (text, key) in enumerate(zip(texts, keys, strict=True)):
            if key:
                is_amount = amount_of(key, self.mark) is not None
                asked.append(Asked(row=row, column=column, text=text, key=key, is_amount=is_amount, places=[]))
                if text not in self.places:
                    self.places[text] = self._places(text)
                places = self.places[text]
                asked[-1].places = places if row < self.header_rows else self._untaken(places)
        return asked

    def _places(self, text: str) -> list[Place]:
        places: list[Place] = []
        for number, (page, first) in enumerate(zip(self.pages, self.first_lines, strict=True)):
            places += [
                Place(number, run, first + run.first_line, first + run.last_line, page.index.is_part(run))
                for run in runs_of(text, page.index, self.mark)
            ]
        return places

    def _untaken(self, places: list[Place]) -> list[Place]:
        """Leave out what other tables have, unless there is nothing else."""
        if not self.taken or not places:
            return places
        numbers = [page.page_number for page in self.pages]
        free = [
            place for place in places if not any((numbers[place.page], word) in self.taken for word in place.run.words)
        ]
        return free or places

    # --- giving out places

    def evidence(self) -> TableEvidence:
        body = [cell for row in self.rows[self.head :] for cell in row]
        headers = [cell for row in self.rows[: self.head] for cell in row]
        self._give_clear(body)
        self._give_clear(headers, with_parts=False)
        for cell in headers:
            if not self._is_given(cell):
                self._give_composed(cell)
        self._give_all_shared(headers)
        self._give_clear([cell for cell in headers if not self._is_given(cell) and not self._stands_alone(cell)])
        self._give_merged(body)
        for cell in (*body, *headers):
            if not self._is_given(cell):
                self._give_as_read(cell)
        self._give_all_shared([*body, *headers])
        self.unread.cover(self.laid, self.located.claimed)
        self.unclaimed = self._unclaimed_words()
        self.row_steps = self.laid.row_steps(self.located.claimed)
        self.separators = self._separators_found()
        self.joined = JoinedCells(self.cells, self.located.places, self.pages, self.head)
        verdicts = [[self._verdict(row, column) for column in range(len(texts))] for row, texts in enumerate(self.grid)]
        return TableEvidence(
            verdicts=tuple(map(tuple, verdicts)),
            left_over=left_over(self.laid, self.located.claimed | self.unread.covered, self.row_steps),
            boxes=self.laid.boxes(self.located.claimed | self.unread.covered),
            words=frozenset((self.pages[page].page_number, word) for page, word in self.located.claimed),
        )

    @cached_property
    def spans(self) -> Spans:
        """Where merged cells may stand, once those whose places are clear have them."""
        height = len(self.grid)
        return Spans(self.cells, dict(self.located.places), self.laid, height=height, labels=self.labels)

    def _give_all_shared(self, cells: Sequence[Asked]) -> None:
        """Go on as long as one cell passes its place on to the next."""
        left = [cell for cell in cells if not self._is_given(cell)]
        count = len(left) + 1
        while left and len(left) < count:
            count = len(left)
            for cell in left:
                self._give_shared(cell)
            left = [cell for cell in left if not self._is_given(cell)]

    def _is_given(self, cell: Asked) -> bool:
        return (cell.row, cell.column) in self.located.places

    def _stands_alone(self, cell: Asked) -> bool:
        """Say whether a header stands among the headers as a text of its own: then it is no part of a longer one.

        What stands further from all other headers than lines of them do is another table's.
        """
        lines = {
            line
            for (row, _), places in self.located.places.items()
            if row < self.head
            for place in places
            for line in range(place.first_line - 1, place.last_line + 2)
        }
        return any(
            not place.is_part
            and self.located.is_free(place)
            and self.laid.is_among_headers(place)
            and (not lines or place.first_line in lines or place.last_line in lines)
            for place in cell.places
        )

    def _give_clear(self, cells: Sequence[Asked], *, with_parts: bool = True) -> None:
        """Give each cell the place in its row and column; those that have one choice only come first."""
        fitting: list[tuple[int, float, Asked, list[Place]]] = []
        for cell in cells:
            choices = self._within_reach(cell, with_parts=with_parts)
            last_row, last_column = self._rows_below(cell), self._column_after(cell)
            places = [
                place
                for place in choices
                if self.laid.fits_row(cell, place, last_row) and self.laid.fits_columns(cell, place, last_column)
            ]
            if places:
                distances = {place: self.laid.distance(cell, place) for place in places}
                places.sort(key=distances.__getitem__)
                fitting.append((len(places), distances[places[0]], cell, places))
        fitting.sort(key=lambda one: one[:2])
        for _, _, cell, places in fitting:
            best = next((place for place in places if self.located.is_free(place)), None)
            if best is not None:
                self.located.give((cell.row, cell.column), best)

    def _give_merged(self, cells: Sequence[Asked]) -> None:
        """Give cells the only place in which a text over several rows or columns may stand that is theirs."""
        left = [
            cell
            for cell in cells
            if not self._is_given(cell)
            and (cell.is_amount or not is_mark(cell.key))
            and cell.row not in self.alignment.moved_rows
        ]
        for cell in left:
            last_column = self._column_after(cell)
            free = [place for place in cell.places if not place.is_part and self.located.is_free(place)]
            fitting = [
                place
                for place in free[:MOST_MERGED]
                if (self.laid.fits_row(cell, place, self._rows_below(cell)) or self.spans.reaches_rows(cell, place))
                and (
                    self.laid.fits_columns(cell, place, last_column)
                    or self.spans.reaches_columns(cell, place, last_column)
                )
            ]
            if len(fitting) == 1:
                self.located.give((cell.row, cell.column), fitting[0])

    def _within_reach(self, cell: Asked, *, with_parts: bool) -> list[Place]:
        """Leave out what is far from a cell's line: most places of a value that stands everywhere."""
        places = cell.places if with_parts else [place for place in cell.places if not place.is_part]
        band = self.laid.bands[cell.row]
        if band is None or cell.row < self.head or cell.column < self.labels:
            return places
        first, last = band.line - LINES_APART, band.line + LINES_APART
        return [place for place in places if place.first_line <= last and place.last_line >= first]

    def _column_after(self, cell: Asked) -> int:
        """Find the last of the columns over which a text may reach: those that are empty, or say the same."""
        last = cell.column
        if is_mark(cell.key):
            return last
        while last + 1 < self.width:
            following = self.cells.get((cell.row, last + 1))
            if following is not None and (following.key != cell.key or cell.is_amount):
                break
            last += 1
        return last

    def _rows_below(self, cell: Asked) -> int:
        """Find the last of the rows over which a text may reach: those that are empty in its column."""
        last = cell.row
        if cell.is_amount or is_mark(cell.key) or cell.column >= self.labels or last in self.alignment.moved_rows:
            return last
        while last + 1 < len(self.rows) and (last + 1, cell.column) not in self.cells and self.rows[last + 1]:
            last += 1
        return last

    def _give_composed(self, cell: Asked) -> None:
        """Find a header that is put together of several, one above the other: `2024 Plan`."""
        places = self.laid.composed(cell)
        if places:
            self.located.give((cell.row, cell.column), *places)

    def _give_as_read(self, cell: Asked) -> None:
        """Accept what stands in the cell's place where it is the same text, in another order or as OCR reads it."""
        territory = self._territory(cell)
        if territory is None:
            return
        words = self._words_in(territory)
        if not words:
            return
        page = self.pages[territory.page]
        if cell.is_amount and not page.index.bound.isdisjoint(words):
            words = self._words_in(territory, with_marks=True)
        text = page.index.text(words)
        place = self.laid.place(territory.page, words)
        if self._says_the_same(cell, text, page) and not self.laid.is_outside(place):
            self.located.give((cell.row, cell.column), place)

    def _says_the_same(self, cell: Asked, text: str, page: WitnessPage) -> bool:
        key = key_of_cell(text)
        if cell.is_amount:
            asked, printed = amount_of(cell.key, self.mark), amount_of(key)
            if asked is None or printed is None or not same_unit(asked.unit, printed.unit, page.index):
                return False
            return not {*asked.signed}.isdisjoint(printed.signed)
        return core_of(key) == core_of(cell.key) or (page.is_read_by_ocr and is_same_as_read(cell.text, text))

    def _give_shared(self, cell: Asked) -> None:
        """Accept a text that is printed once for several cells beside or above one another."""
        is_figure = cell.is_amount and cell.row >= self.head
        if is_mark(cell.key) and not is_figure:
            return
        for row, column in self._neighbours(cell):
            if is_figure and row == cell.row:
                continue
            other = self.cells.get((row, column))
            places = self.located.places.get((row, column))
            if other is None or places is None or other.key != cell.key:
                continue
            if row != cell.row and not (self._has_others(cell) and self._may_be_printed_once(cell, row, places[0])):
                continue
            if cell.row < self.head and self.laid.is_over_others(places[-1], cell.column):
                continue
            territory = self._territory(cell)
            beside = places[0] if cell.row < self.head else None
            if territory is None or self._words_in(territory, of_line=beside, with_marks=True):
                continue
            self.located.places[cell.row, cell.column] = places
            return

    def _has_others(self, cell: Asked) -> bool:
        """Say whether another text of a row has its place, or there is none: a row that is nowhere shares no label."""
        others = [other for other in self.rows[cell.row] if other is not cell]
        return not others or any(map(self._is_given, others))

    def _neighbours(self, cell: Asked) -> Iterator[tuple[int, int]]:
        yield cell.row, cell.column - 1
        yield cell.row - 1, cell.column
        yield cell.row + 1, cell.column
        yield cell.row, cell.column + 1

    def _may_be_printed_once(self, cell: Asked, row: int, place: Place) -> bool:
        """Say whether a text may be printed once for two rows: as a label, and not where all of the row is the same.

        A label stands in the first of its rows, or in their middle: in the last only where all labels do.
        """
        is_one_kind = (row < self.head) == (cell.row < self.head)
        if not is_one_kind or list(self.grid[row]) == list(self.grid[cell.row]):
            return False
        first = last = cell.row
        while _key(self.cells, last + 1, cell.column) == cell.key:
            last += 1
        while _key(self.cells, first - 1, cell.column) == cell.key:
            first -= 1
        if cell.column >= self.labels or cell.is_amount:
            return self.spans.is_middle(place, first, last)
        return last == cell.row or not self.laid.stands_in_row(place, last) or self._stand_in_last_rows(cell.column)

    def _stand_in_last_rows(self, column: int) -> bool:
        """Say whether labels that are repeated in the rows below one another all stand in the last of these rows."""
        last_rows = [
            row
            for row in range(self.head + 1, len(self.rows))
            if (cell := self.cells.get((row, column))) is not None
            and _key(self.cells, row - 1, column) == cell.key != _key(self.cells, row + 1, column)
        ]
        return len(last_rows) >= LEAST_GROUPS and all(
            (places := self.located.places.get((row, column))) is not None and self.laid.stands_in_row(places[0], row)
            for row in last_rows
        )

    # --- verdicts

    def _unclaimed_words(self) -> dict[tuple[int, int], list[int]]:
        claimed = self.located.claimed | self.unread.covered
        found: dict[tuple[int, int], list[int]] = {}
        for number, page in enumerate(self.pages):
            for line, words in enumerate(page.index.lines):
                free = [word for word in words if (number, word) not in claimed and not page.index.is_small_mark(word)]
                if free:
                    found[number, line] = free
        return found

    def _territory(self, cell: Asked) -> Territory | None:
        return self.laid.territory(cell.row, cell.column, is_level=cell.is_amount)

    def _words_in(self, territory: Territory, of_line: Place | None = None, *, with_marks: bool = False) -> list[int]:
        """Find the words in a place that are no other cell's, in reading order."""
        index = self.pages[territory.page].index
        return [
            word
            for word in self.laid.words_in(territory)
            if (territory.page, word) not in self.located.claimed
            and (with_marks or not index.is_small_mark(word))
            and (of_line is None or index.tokens[word].line in range(of_line.run.first_line, of_line.run.last_line + 1))
        ]

    def _verdict(self, row: int, column: int) -> Verdict | None:
        cell = self.cells.get((row, column))
        if cell is None:
            return None
        places = self.located.places.get((row, column))
        if places is None:
            return (
                None
                if self._is_empty(cell)
                else self._overlooked(cell) or self.unread.verdict(cell, self._missing(cell))
            )
        return self.unread.verdict(cell, self._verdict_there(cell, places))

    def _verdict_there(self, cell: Asked, places: Sequence[Place]) -> Verdict:
        """Say of a cell that was found whether all of it is there, as the page writes it."""
        box = self._box(places)
        page = self.pages[places[0].page]
        more = self._unclaimed_around(cell, places)
        if more:
            words = sorted({*more, *(word for place in places for word in place.run.words)})
            whole = page.index.text(self.laid.in_order(places[0].page, words))
            reason = f"Only a part of what stands there: {whole!r}."
            return Verdict(status="unlocated", page=page.page_number, box=box, nearest=whole, reason=reason)
        if cell.row >= self.head and self.joined.holds_several(cell, places[0]):
            reason = "Amounts or texts of several cells: on the page they are in other rows or columns."
            return Verdict(status="displaced", page=page.page_number, box=box, reason=reason)
        if not self._has_its_separators(cell, places[0]):
            said = page.index.text(places[0].run.words)
            reason = f"Another number: the page has {said!r} here, with other separators."
            return Verdict(status="unlocated", page=page.page_number, box=box, nearest=said, reason=reason)
        return Verdict(status="located", page=page.page_number, box=box)

    def _separators_found(self) -> dict[tuple[int, int], Separators]:
        """Find the separators that each column's cells have in print."""
        printed: dict[tuple[int, int], list[str]] = {}
        for (row, column), places in self.located.places.items():
            if row >= self.head and self.cells[row, column].is_amount:
                digits = self._digits_at(places[0])
                printed.setdefault((places[0].page, column), []).extend([digits] if digits else [])
        answer = [cell.key for cell in self.cells.values() if has_digit(cell.key)]
        keys: dict[int, list[str]] = {}
        for cell in self.cells.values():
            if cell.row >= self.head:
                keys.setdefault(cell.column, []).append(cell.key)
        marks = [
            decimal_mark(digits for (on, _), numbers in printed.items() if on == page for digits in numbers)
            or witness.index.mark
            for page, witness in enumerate(self.pages)
        ]
        found: dict[tuple[int, int], Separators] = {}
        for (page, column), numbers in printed.items():
            own = keys.get(column, [])
            witness = self.pages[page]
            found[page, column] = separators_of(
                numbers, marks[page], written_mark(own, answer), is_read_by_ocr=witness.is_read_by_ocr
            )
        return found

    def _digits_at(self, place: Place) -> str | None:
        index, words = self.pages[place.page].index, place.run.words
        key = index.tokens[words[0]].key if len(words) == 1 else key_of_cell(index.text(words))
        return digits_of(key) or digits_of(core_of(key))

    def _has_its_separators(self, cell: Asked, place: Place) -> bool:
        separators = self.separators.get((place.page, cell.column))
        if separators is None or not cell.is_amount or cell.row < self.head:
            return True
        asked, printed = digits_of(cell.key), self._digits_at(place)
        return asked is None or printed is None or is_same_number(asked, printed, separators)

    def _is_empty(self, cell: Asked) -> bool:
        """Say whether an answer only writes that a cell is empty, and it is."""
        if cell.row < self.header_rows or not is_nothing(cell.key):
            return False
        territory = self._territory(cell) if cell.row >= self.head else self.laid.level_territory(cell.row, cell.column)
        # A sign that the pages print, as dashes are, is a value like others where its row is not in its place.
        is_printed = any(cell.key in page.index.by_key for page in self.pages)
        if is_printed and not any((cell.row, other.column) in self.located.places for other in self.rows[cell.row]):
            return False
        if territory is None:
            return True
        return not (self.laid.words_in(territory) if is_printed else self._words_in(territory))

    def _unclaimed_around(self, cell: Asked, places: Sequence[Place]) -> list[int]:
        """Find words of the same text that no cell has: the answer left a part of it out."""
        found: list[int] = []
        for place in places:
            if place.run.words[0] in self.pages[place.page].index.sideways:
                found += self._unclaimed_sideways(cell, place)
                continue
            beside = [
                word
                for line in range(place.run.first_line, place.run.last_line + 1)
                for word in self.unclaimed.get((place.page, line), ())
            ]
            if beside:
                tokens = self.pages[place.page].index.tokens
                units = {tokens[word].unit for word in place.run.words}
                last_column = self._column_after(cell) if cell.row < self.head else cell.column
                found += [
                    word
                    for word in beside
                    if tokens[word].unit in units
                    and any(
                        self.laid.is_in_column(place.page, word, column)
                        for column in range(cell.column, last_column + 1)
                    )
                ]
            found += self._unclaimed_lines(cell, place)
        return found

    def _unclaimed_sideways(self, cell: Asked, place: Place) -> list[int]:
        """Find words that no cell has in the lines of a turned text, or of a header in its other lines."""
        index = self.pages[place.page].index
        units = {index.tokens[word].unit for word in place.run.words}
        zone = self._territory(cell) if cell.row < self.head else None
        beside = self._words_in(zone) if zone is not None and zone.page == place.page else []
        return [
            word
            for word in index.sideways
            if (place.page, word) not in self.located.claimed and (index.tokens[word].unit in units or word in beside)
        ]

    def _unclaimed_lines(self, cell: Asked, place: Place) -> list[int]:
        """Find words in the lines right above and below a text that go on with it: nearer than rows are."""
        if cell.row < self.head:
            return self._unclaimed_header_lines(cell, place)
        index = self.pages[place.page].index
        if cell.is_amount or self.row_steps[place.page] <= 0:
            return []
        found: list[int] = []
        steps = ([-1] if cell.row > self.head else []) + ([1] if self.laid.is_above_another(cell.row) else [])
        for step in steps:
            beside = self._next_in_column(cell, place, step)
            if not beside or any((place.page, word) in self.located.claimed for word in beside):
                continue
            token = index.tokens[beside[0]]
            edge = place.run.top if step < 0 else place.run.bottom - (token.bottom - token.top)
            is_near = abs(token.top - edge) < CONTINUED * self.row_steps[place.page]
            if is_near and self.laid.is_in_row(place.page, beside[0], cell.row):
                found += [word for word in beside if not index.is_small_mark(word)]
        return found

    def _unclaimed_header_lines(self, cell: Asked, place: Place) -> list[int]:
        """Find words right above and below a header that belong to its column alone: headers are set in lines too."""
        index = self.pages[place.page].index
        found: list[int] = []
        if any(row != cell.row and not self._is_given(other) for row in range(self.head) for other in self.rows[row]):
            return []  # they may be what stands where another header should
        for step in (-1, 1):
            beside = self._next_in_column(cell, place, step)
            if not beside or any((place.page, word) in self.located.claimed for word in beside):
                continue
            run = index.run(beside)
            gap = place.run.top - run.bottom if step < 0 else run.top - place.run.bottom
            if (
                gap < TIGHT * (run.bottom - run.top)
                and len({index.tokens[word].unit for word in beside}) == 1
                and len(beside) == index.unit_size(beside[0])
                and self.laid.goes_on_with(run, place, cell.column)
                and (step > 0 or self._has_header_at(place.page, run.top, run.bottom))
                and (
                    self._has_claimed(place.page, run.first_line)
                    or not looks_like_row(self.laid, place.page, run.first_line)
                )
            ):
                found += [word for word in beside if not index.is_small_mark(word)]
        return found

    def _has_claimed(self, page: int, line: int) -> bool:
        return any((page, word) in self.located.claimed for word in self.pages[page].index.lines[line])

    def _has_header_at(self, page: int, top: float, bottom: float) -> bool:
        """Say whether another header reaches up to a line: above all of them stands the table's title."""
        return any(
            place.page == page and min(place.run.bottom, bottom) - max(place.run.top, top) > 0
            for (row, _), places in self.located.places.items()
            if row < self.head
            for place in places
        )

    def _next_in_column(self, cell: Asked, place: Place, step: int) -> list[int]:
        """Find the words of the next line in a cell's column; between may stand a line of the other columns."""
        lines = self.pages[place.page].index.lines
        number = (place.run.first_line if step < 0 else place.run.last_line) + step
        if (place.page, number) not in self.unclaimed and (place.page, number + step) not in self.unclaimed:
            return []
        for line in (number, number + step):
            words = lines[line] if 0 <= line < len(lines) else []
            units = self.pages[place.page].index.units_of(words)
            beside = [unit for unit in units if self.laid.shares_width(unit, place, cell.column)]
            if found := [word for unit in beside for word in unit if self._is_in_column(place, word, cell)]:
                return found
        return []

    def _is_in_column(self, place: Place, word: int, cell: Asked) -> bool:
        return self.laid.is_in_column(place.page, word, cell.column)

    def _overlooked(self, cell: Asked) -> Verdict | None:
        """Leave a single sign or letter unchecked where OCR, which often overlooks one, read nothing in its place."""
        text = cell.text.strip()
        territory = self._territory(cell)
        if len(text) != 1 or text.isdecimal() or territory is None or cell.row < self.head:
            return None
        page = self.pages[territory.page]
        is_row_there = any((cell.row, other.column) in self.located.places for other in self.rows[cell.row])
        if not page.is_read_by_ocr or not is_row_there or self.laid.words_in(territory):
            return None
        reason = "Not checked: OCR read nothing here, and often overlooks a single sign."
        return Verdict(status=None, page=page.page_number, box=self.laid.box_of(territory), reason=reason)

    def _missing(self, cell: Asked) -> Verdict:
        territory = self._territory(cell)
        words = self._words_in(territory) if territory is not None else []
        nearest = self.pages[territory.page].index.text(words) if territory is not None and words else None
        if cell.places:
            place = min(cell.places, key=lambda place: self.laid.distance(cell, place))
            page = self.pages[place.page]
            reason = self._why_displaced(cell, place, nearest)
            return Verdict(
                status="displaced",
                page=page.page_number,
                box=page.box_of(place.run.words),
                nearest=nearest,
                reason=reason,
            )
        page = self.pages[territory.page if territory is not None else 0]
        box = None
        if territory is not None:
            box = page.box_of(words) if words else self.laid.box_of(territory)
        if nearest is None and self.likenesses > 0:
            self.likenesses -= 1
            nearest = most_alike(cell.text, page.index, is_amount=cell.is_amount)
        reason = (
            f"Stands nowhere on the page; in its place stands {nearest!r}." if words else "Stands nowhere on the page."
        )
        return Verdict(status="unlocated", page=page.page_number, box=box, nearest=nearest, reason=reason)

    def _why_displaced(self, cell: Asked, place: Place, nearest: str | None) -> str:
        instead = f"; in its place stands {nearest!r}" if nearest else ""
        if cell.row in self.alignment.moved_rows:
            return f"Its row stands elsewhere in the table{instead}."
        if cell.column in self.alignment.moved_columns:
            return f"Its column stands elsewhere in the table{instead}."
        if cell.column in self.alignment.disputed_columns:
            return f"Its column's header and value stand in different places{instead}."
        if not self.located.is_free(place):
            return f"Stands on the page, but there it is another cell's{instead}."
        return f"Stands on the page, but not in this row and column{instead}."

    def _box(self, places: Sequence[Place]) -> BoundingBox:
        page = self.pages[places[0].page]
        words = [word for place in places if place.page == places[0].page for word in place.run.words]
        return page.box_of(words)


def _key(cells: Mapping[tuple[int, int], Asked], row: int, column: int) -> str | None:
    cell = cells.get((row, column))
    return cell.key if cell is not None else None


def _first_lines(pages: Sequence[WitnessPage]) -> list[int]:
    """Count lines on over pages, with room between them."""
    first, firsts = 0, list[int]()
    for page in pages:
        firsts.append(first)
        first += len(page.index.lines) + 5
    return firsts


def _label_columns(rows: Sequence[Sequence[Asked]], width: int) -> int:
    """Count the first columns that name things: those before the first in which most cells are figures or marks."""
    for column in range(width):
        cells = [cell for row in rows for cell in row if cell.column == column]
        if cells and sum(cell.is_amount or is_mark(cell.key) for cell in cells) >= 0.5 * len(cells):
            return max(column, 1)
    return width


def _without_body(rows: Sequence[Sequence[Asked]], header_rows: int) -> int:
    """Count the header rows of an answer without those that hold figures in the columns in which the row below does.

    The first row of a body may have been taken for a header: beside a label that spans several rows, say.
    """
    while 1 < header_rows < len(rows):
        above, below = (
            {cell.column for cell in rows[row] if cell.column and _is_figure(cell)}
            for row in (header_rows - 1, header_rows)
        )
        if not above or not above <= below:
            break
        header_rows -= 1
    return header_rows


def _head(rows: Sequence[Sequence[Asked]], header_rows: int) -> int:
    """Count the rows that are headers by what they hold: those before the first with figures that are no years.

    Most of the rows after them hold figures then, and there are as many: a table of texts with figures in its last rows
    has no such headers.
    """
    head = header_rows
    while head < min(len(rows) - 1, MOST_HEADER_ROWS) and not _is_body(rows[head]):
        head += 1
    after = [any(map(_is_figure, row)) for row in rows[head:] if row]
    is_usual = head - header_rows <= len(after) and sum(after) >= FIGURE_ROWS * len(after)
    return head if is_usual and any(after) else min(header_rows, len(rows))


def _is_body(cells: Sequence[Asked]) -> bool:
    """Say whether a row is no header: it holds figures, or nothing but a label before others."""
    if any(_is_figure(cell) for cell in cells):
        return True
    if len(cells) > 1 and len({cell.key for cell in cells}) == 1:
        return True  # a heading of rows, given in each of its columns
    return [cell.column for cell in cells if not cell.column or not is_nothing(cell.key)] == [0]


def _is_figure(cell: Asked) -> bool:
    if cell.is_amount:
        return not is_year(cell.key)
    parts = [key_of_cell(part) for part in cell.text.split()] if has_digit(cell.key) else []
    return bool(parts) and all(amount_of(part) and not is_year(part) for part in parts)
