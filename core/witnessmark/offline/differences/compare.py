"""Two documents compared: nothing that changed in their texts is missed, and nothing is invented.

Words are conserved: each atom of both sides is the same as one of the other side, or in exactly one difference. White
space is left out, and so are the signs and capitals that belong to a layout: see `edges`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from witnessmark.documents.flow import PageFlow
from witnessmark.offline.differences.atoms import Side, sides_of
from witnessmark.offline.differences.borders import with_shared_borders
from witnessmark.offline.differences.citing import Citing
from witnessmark.offline.differences.edges import JOINTS, Edges
from witnessmark.offline.differences.hunks import Hunk, hunks_of
from witnessmark.offline.differences.kinds import is_misread, significance_of, significance_of_change, what_changed
from witnessmark.offline.differences.numbering import (
    Numbering,
    counts,
    counts_on,
    grouped,
    is_reference,
    is_renumbered,
    new_numbers,
)
from witnessmark.offline.differences.ordering import order_matters
from witnessmark.offline.differences.page_pairs import page_pairs
from witnessmark.offline.differences.paired_table import PairedTable, paired_table
from witnessmark.offline.differences.pairing import Move, Pair, Paired, pair_units
from witnessmark.offline.differences.ranking import LAST, rank_of
from witnessmark.offline.differences.repeated import compare_repeated
from witnessmark.offline.differences.units import TITLE_ATOMS, Unit, units_of, without_end
from witnessmark.offline.differences.values import (
    Comparison,
    Difference,
    Kind,
    Passage,
    What,
)
from witnessmark.offline.differences.words import CONJUNCTIONS

LEAST_OF_RECORD = 3
"""Atoms of a line that is a record of its own."""
LONG_CELL = 16
"""Atoms of a cell that reads as prose: its changes are cited as those of a sentence."""


class _Change(NamedTuple):
    difference: Difference
    at: tuple[int, int]
    """Where it stands on both sides, to sort by."""


def compare_flows(before: Sequence[PageFlow], after: Sequence[PageFlow]) -> Comparison:
    """Compare two documents' pages in reading order, with what they repeat at their edges marked as `running`.

    Shapes:  differences in the order in which a person should look at them
    Errors:  none; what cannot be aligned was removed and added
    """
    a, b = sides_of(before, after)
    comparing = _Comparing(a, b)
    repeated = compare_repeated(a, b)
    changes = [*comparing.changes(), *(_Change(one, (-1, -1)) for one in repeated.differences)]
    ordered = sorted(changes, key=lambda change: (_rank(change.difference), change.at))
    changed = sum(
        len(one)
        for change in changes
        if change.difference.before is not None and change.difference.kind != "moved"
        for one in change.difference.before.atoms
    )
    return Comparison(
        differences=tuple(change.difference for change in ordered),
        before_words=len(a.keys),
        after_words=len(b.keys),
        same_words=len(a.keys) - changed,
        running_before=repeated.only_before,
        running_after=repeated.only_after,
        pages=page_pairs(a, b, comparing.same),
    )


def _rank(difference: Difference) -> int:
    if difference.is_doubtful:
        return LAST - 1
    side = difference.before or difference.after
    is_formatting = difference.significance == "formatting"
    return rank_of(difference.kind, difference.what, is_formatting=is_formatting, text=side.changed if side else "")


class _Comparing:
    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        self.units_a, self.units_b = with_shared_borders(a, units_of(a), b, units_of(b))
        self._edges = Edges(a, self.units_a, b, self.units_b)
        self.cite_a, self.cite_b = Citing(a, self.units_a), Citing(b, self.units_b)
        self.same: list[tuple[range, range]] = []
        """Atoms of both sides that are the same, sentence by sentence."""
        self._tables_a, self._tables_b = _tables_of(a), _tables_of(b)
        self._numberings: list[Numbering] = []
        self._numbers: dict[tuple[int, ...], tuple[int, ...]] = {}
        """Which numbers of clauses became which."""

    def changes(self) -> list[_Change]:
        paired = pair_units(self.a, self.units_a, self.b, self.units_b)
        two_sided = [pair for pair in paired.pairs if not pair.is_one_sided]
        self._numberings = [numbering for pair in two_sided for numbering in self._numbering(pair)]
        self._numbers = new_numbers(self.a, self.b, self._numberings)
        found: list[_Change] = []
        for pair in two_sided:
            if pair.is_same:
                self.same.append(
                    (without_end(self.a, self.units_a[pair.a_start]), without_end(self.b, self.units_b[pair.b_start]))
                )
            if not self._is_row_pair(pair):
                found += self._changed(pair)
        longer = self._tables_with_other_rows(paired)
        for (table_a, table_b), rows in self._tables(two_sided).items():
            found += self._table(rows, has_other_rows=table_a in longer[0] or table_b in longer[1])
        found += self._gone([pair for pair in paired.pairs if pair.b_start == pair.b_end])
        found += self._new([pair for pair in paired.pairs if pair.a_start == pair.a_end])
        found += [self._moved(move) for move in paired.moves]
        found += self._renumbered(has_other_units=bool(paired.moves) or len(two_sided) < len(paired.pairs))
        return found

    # --- what stays where it is -------------------------------------------------------------------------------------

    def _changed(self, pair: Pair) -> Iterator[_Change]:
        within_a, within_b = self._ranges(pair)
        if (
            pair.is_same
            and self.a.forms[within_a.start : within_a.stop] == self.b.forms[within_b.start : within_b.stop]
        ):
            return
        for hunk in hunks_of(self.a, within_a, self.b, within_b, are_rows=False):
            if self._edges.explain(hunk):
                continue
            if is_reference(self.a, self.b, hunk, self._numbers):
                self._numberings.append(Numbering(_a_range(hunk), _b_range(hunk)))
            elif (record := self._record(hunk)) is not None:
                yield record
            else:
                yield self._hunk(hunk, within_a, within_b, is_row=False)

    def _ranges(self, pair: Pair) -> tuple[range, range]:
        return _range(self.units_a, pair.a_start, pair.a_end), _range(self.units_b, pair.b_start, pair.b_end)

    def _record(self, hunk: Hunk) -> _Change | None:
        """Take whole lines or items that one side has between those of the other for added or removed."""
        is_removed = hunk.b_start == hunk.b_end
        if not is_removed and hunk.a_start != hunk.a_end:
            return None
        side, units = (self.a, self.units_a) if is_removed else (self.b, self.units_b)
        atoms = _a_range(hunk) if is_removed else _b_range(hunk)
        if not _are_lines(side, atoms) and not _is_item(side, units, atoms):
            return None
        passage = (self.cite_a if is_removed else self.cite_b).whole(atoms)
        return _Change(self._one_sided("removed" if is_removed else "added", passage), (hunk.b_start, hunk.a_start))

    # --- tables -----------------------------------------------------------------------------------------------------

    def _is_row_pair(self, pair: Pair) -> bool:
        return self.units_a[pair.a_start].is_row and self.units_b[pair.b_start].is_row

    def _tables_with_other_rows(self, paired: Paired) -> tuple[set[int], set[int]]:
        """Find the tables of both sides in which rows were removed, added or moved."""
        gone = [pair.a_start for pair in paired.pairs if pair.b_start == pair.b_end]
        new = [pair.b_start for pair in paired.pairs if pair.a_start == pair.a_end]
        gone += [move.a_start for move in paired.moves]
        new += [move.b_start for move in paired.moves]
        return (
            {self._tables_a[self.units_a[unit].paragraph] for unit in gone if self.units_a[unit].is_row},
            {self._tables_b[self.units_b[unit].paragraph] for unit in new if self.units_b[unit].is_row},
        )

    def _tables(self, pairs: Sequence[Pair]) -> dict[tuple[int, int], list[Pair]]:
        """Put pairs of rows together that are of one table on both sides."""
        found: dict[tuple[int, int], list[Pair]] = {}
        for pair in pairs:
            if self._is_row_pair(pair):
                one, other = self.units_a[pair.a_start], self.units_b[pair.b_start]
                tables = self._tables_a[one.paragraph], self._tables_b[other.paragraph]
                found.setdefault(tables, []).append(pair)
        return found

    def _table(self, pairs: Sequence[Pair], *, has_other_rows: bool) -> Iterator[_Change]:
        """Compare a table row by row; columns in another order, and numbers of rows that count on, are one change."""
        ranges = [self._ranges(pair) for pair in pairs]
        table = paired_table(self.a, [one for one, _ in ranges], self.b, [other for _, other in ranges])
        moved_a: list[range] = []
        moved_b: list[range] = []
        counters: list[Numbering] = []
        waiting: list[_Change] = []
        for number, pair in enumerate(pairs):
            columns = table.cells(number)
            for column, cell_a, cell_b, hunk in self._hunks_of_row(pair, columns):
                change = self._hunk_of_row(pair, cell_a, cell_b, hunk)
                if column == 0 and _are_whole(hunk, cell_a, cell_b) and (not counters or waiting):
                    counters.append(Numbering(_a_range(hunk), _b_range(hunk)))
                    waiting.append(change)
                else:
                    yield change
            for cell_a, cell_b in table.moved(number):
                edits = [] if cell_a == cell_b else hunks_of(self.a, cell_a, self.b, cell_b, are_rows=True)
                moved_a += _without(cell_a, [_a_range(edit) for edit in edits])
                moved_b += _without(cell_b, [_b_range(edit) for edit in edits])
        if has_other_rows and counts_on(self.a, self.b, counters):
            self._numberings += counters
        else:
            yield from waiting
        if moved_a and moved_b:
            yield self._reordered(pairs[0], table, moved_a, moved_b)
        yield from self._columns_of_one_side(pairs[0], table)

    def _columns_of_one_side(self, header: Pair, table: PairedTable) -> Iterator[_Change]:
        """Report each column that only one side has as one difference, with all its cells."""
        within_a, within_b = self._ranges(header)
        at = (within_b.start, within_a.start)
        for cite, several in ((self.cite_a, table.removed()), (self.cite_b, table.added())):
            for cells in several:
                passage = cite.column(cells)
                yield _Change(self._one_sided("removed" if cite is self.cite_a else "added", passage), at)

    def _hunks_of_row(
        self, pair: Pair, columns: Sequence[tuple[range, range]]
    ) -> Iterator[tuple[int, range, range, Hunk]]:
        within_a, within_b = self._ranges(pair)
        is_same = self.a.forms[within_a.start : within_a.stop] == self.b.forms[within_b.start : within_b.stop]
        if pair.is_same and is_same and not self._is_shifted(columns):
            return
        for column, (cell_a, cell_b) in enumerate(columns or [(within_a, within_b)]):
            is_prose = bool(columns) and max(len(cell_a), len(cell_b)) > LONG_CELL
            for hunk in hunks_of(self.a, cell_a, self.b, cell_b, are_rows=not is_prose):
                yield column, cell_a, cell_b, hunk

    def _is_shifted(self, columns: Sequence[tuple[range, range]]) -> bool:
        """Say whether a value of a text's table is in another column; on a page, a blank cell may only look so."""
        return any(
            (not cell_a or not cell_b)
            and not (self.a.paragraph_of(cell_a.start).has_places if cell_a else False)
            and not (self.b.paragraph_of(cell_b.start).has_places if cell_b else False)
            for cell_a, cell_b in columns
        )

    def _hunk_of_row(self, pair: Pair, cell_a: range, cell_b: range, hunk: Hunk) -> _Change:
        within_a, within_b = self._ranges(pair)
        is_prose = (cell_a, cell_b) != (within_a, within_b) and max(len(cell_a), len(cell_b)) > LONG_CELL
        if is_prose and cell_a and cell_b:
            return self._hunk(hunk, cell_a, cell_b, is_row=False)
        return self._hunk(hunk, within_a, within_b, is_row=True)

    def _reordered(
        self, header: Pair, table: PairedTable, moved_a: Sequence[range], moved_b: Sequence[range]
    ) -> _Change:
        """Report once that columns are in another order: cells are compared by column all the same."""
        within_a, within_b = self._ranges(header)
        names = [
            self.a.text(self.a.first_words[cell.start], self.a.last_words[cell.stop - 1])
            for cell, _ in table.moved(0)
            if cell
        ]
        changed = ", ".join(names)
        before, after = (
            replace(cite.whole(within), changed=changed, row=None, column=changed, atoms=tuple(atoms))
            for cite, within, atoms in ((self.cite_a, within_a, moved_a), (self.cite_b, within_b, moved_b))
        )
        difference = Difference(kind="moved", what="order", significance="formatting", before=before, after=after)
        return _Change(difference, (within_b.start, within_a.start))

    def _hunk(self, hunk: Hunk, within_a: range, within_b: range, *, is_row: bool) -> _Change:
        changed_a, changed_b = range(hunk.a_start, hunk.a_end), range(hunk.b_start, hunk.b_end)
        if is_row:
            before, after = self.cite_a.cell(changed_a, within_a), self.cite_b.cell(changed_b, within_b)
        else:
            before, after = self.cite_a.part(changed_a, within_a), self.cite_b.part(changed_b, within_b)
        what = what_changed(self.a, self.b, hunk, is_row=is_row)
        if not is_row and self._edges.join(hunk):
            what = "punctuation"
        significance = significance_of_change(self.a, self.b, hunk, what)
        by_ocr = before.is_read_by_ocr or after.is_read_by_ocr
        difference = Difference(
            kind="changed",
            what=what,
            significance=significance,
            before=before,
            after=after,
            is_doubtful=by_ocr and is_misread(self.a, self.b, hunk),
        )
        return _Change(difference, (hunk.b_start, hunk.a_start))

    # --- what is gone, new, elsewhere -------------------------------------------------------------------------------

    def _gone(self, pairs: Sequence[Pair]) -> Iterator[_Change]:
        for several in _together(self.a, self.units_a, [(pair.a_start, pair.b_start) for pair in pairs]):
            passage = self.cite_a.whole(_with_number(self.units_a, several[0], several[-1]))
            at = self._b_atom(next(pair.b_start for pair in pairs if pair.a_start == several[0]))
            yield _Change(self._one_sided("removed", passage), (at, self.units_a[several[0]].start))

    def _new(self, pairs: Sequence[Pair]) -> Iterator[_Change]:
        for several in _together(self.b, self.units_b, [(pair.b_start, pair.a_start) for pair in pairs]):
            passage = self.cite_b.whole(_with_number(self.units_b, several[0], several[-1]))
            yield _Change(self._one_sided("added", passage), (self.units_b[several[0]].start, 0))

    def _one_sided(self, kind: str, passage: Passage) -> Difference:
        is_removed = kind == "removed"
        side = self.a if is_removed else self.b
        keys = [side.keys[atom] for atoms in passage.atoms for atom in atoms]
        what: What = "words" if any(key[0].isalnum() for key in keys) else "punctuation"
        if what == "words" and not any(key[0].isalpha() for key in keys):
            what = "number"
        return Difference(
            kind="removed" if is_removed else "added",
            what=what,
            significance=significance_of(what),
            before=passage if is_removed else None,
            after=None if is_removed else passage,
        )

    def _b_atom(self, unit: int) -> int:
        return self.units_b[unit].start if unit < len(self.units_b) else len(self.b.keys)

    def _moved(self, move: Move) -> _Change:
        """Say that text stands elsewhere; where it was edited as well, what of it changed."""
        atoms_a, atoms_b = (
            _with_number(self.units_a, move.a_start, move.a_end - 1),
            _with_number(self.units_b, move.b_start, move.b_end - 1),
        )
        before, after = self.cite_a.whole(atoms_a), self.cite_b.whole(atoms_b)
        is_row = self.units_a[move.a_start].is_row
        edits = [
            hunk
            for i, j in zip(range(move.a_start, move.a_end), range(move.b_start, move.b_end), strict=True)
            for hunk in hunks_of(
                self.a, _range(self.units_a, i, i + 1), self.b, _range(self.units_b, j, j + 1), are_rows=is_row
            )
            if not self._edges.explain(hunk)
        ]
        whats: list[tuple[Hunk, What]] = [(edit, what_changed(self.a, self.b, edit, is_row=is_row)) for edit in edits]
        substantive: list[What] = [
            what for edit, what in whats if significance_of_change(self.a, self.b, edit, what) == "substantive"
        ]
        what = _first(substantive)
        is_elsewhere = (not is_row and before.section != after.section) or (
            order_matters(self.a, self.units_a, move.a_start, move.a_end - 1)
            or order_matters(self.b, self.units_b, move.b_start, move.b_end - 1)
        )
        difference = Difference(
            kind="moved",
            what=what,
            significance="substantive" if substantive or is_elsewhere else "formatting",
            before=_with_changed(before, self.cite_a, [range(edit.a_start, edit.a_end) for edit in edits]),
            after=_with_changed(after, self.cite_b, [range(edit.b_start, edit.b_end) for edit in edits]),
        )
        return _Change(difference, (atoms_b.start, atoms_a.start))

    # --- numbers of clauses -----------------------------------------------------------------------------------------

    def _numbering(self, pair: Pair) -> Iterator[Numbering]:
        one, other = self.units_a[pair.a_start], self.units_b[pair.b_start]
        numbering = Numbering(range(one.number_start, one.start), range(other.number_start, other.start))
        if is_renumbered(self.a, self.b, numbering):
            yield numbering

    def _renumbered(self, *, has_other_units: bool) -> Iterator[_Change]:
        """Say once how the numbers changed that count on by the same."""
        ordered = sorted(self._numberings, key=lambda one: (one.b.start, one.a.start))
        for group in grouped(self.a, self.b, ordered):
            ranges_a, ranges_b = [one.a for one in group if one.a], [one.b for one in group if one.b]
            before = self.cite_a.numbers(ranges_a) if ranges_a else None
            after = self.cite_b.numbers(ranges_b) if ranges_b else None
            kind: Kind = "changed" if before and after else "removed" if before else "added"
            # One number that changes while every clause stays where it is says something else than before.
            is_alone = kind == "changed" and len(group) == 1 and not has_other_units
            what: What = "number" if is_alone and counts(self.a, self.b, group[0]) else "numbering"
            significance = significance_of(what)
            difference = Difference(kind=kind, what=what, significance=significance, before=before, after=after)
            yield _Change(difference, (group[0].b.start, group[0].a.start))


_ORDER: tuple[What, ...] = ("number", "date", "negation", "obligation", "name", "words")


def _first(whats: Sequence[What]) -> What:
    for what in _ORDER:
        if what in whats:
            return what
    return "order"


def _range(units: Sequence[Unit], start: int, end: int) -> range:
    return range(units[start].start, units[end - 1].end)


def _with_number(units: Sequence[Unit], first: int, last: int) -> range:
    return range(units[first].number_start, units[last].end)


def _a_range(hunk: Hunk) -> range:
    return range(hunk.a_start, hunk.a_end)


def _b_range(hunk: Hunk) -> range:
    return range(hunk.b_start, hunk.b_end)


def _with_changed(passage: Passage, cite: Citing, edits: Iterable[range]) -> Passage:
    side = cite.side
    words = [(side.first_words[one.start], side.last_words[one.stop - 1]) for one in edits if one]
    texts = [side.text(first, last) for first, last in words]
    return replace(passage, changed="; ".join(texts), marks=cite.marks(passage, words))


def _are_lines(side: Side, atoms: range) -> bool:
    """Say whether atoms are whole lines between others of their paragraph, and more than a word or two."""
    if len(atoms) < LEAST_OF_RECORD or atoms.start == 0 or atoms.stop >= len(side.keys):
        return False
    edges = ((atoms.start - 1, atoms.start), (atoms.stop - 1, atoms.stop))
    return all(
        side.word_cells[side.last_words[one]] != side.word_cells[side.first_words[other]] for one, other in edges
    )


def _is_item(side: Side, units: Sequence[Unit], atoms: range) -> bool:
    """Say whether atoms are all of a unit but the `or` that leads to the next."""
    place = bisect_right(units, atoms.start, key=lambda unit: unit.start) - 1
    if len(atoms) < LEAST_OF_RECORD or place < 0 or units[place].is_row or atoms.stop > units[place].end:
        return False
    unit = units[place]
    rest = [*side.keys[unit.start : atoms.start], *side.keys[atoms.stop : unit.end]]
    return all(key in CONJUNCTIONS or key in JOINTS for key in rest)


def _tables_of(side: Side) -> list[int]:
    """Number the tables of a side: rows that follow each other.

    Shapes:  for each paragraph the number of its table
    """
    found: list[int] = []
    number = 0
    for place, paragraph in enumerate(side.paragraphs):
        if place and (paragraph.kind != "row" or side.paragraphs[place - 1].kind != "row"):
            number += 1
        found.append(number)
    return found


def _are_whole(hunk: Hunk, cell_a: range, cell_b: range) -> bool:
    return (_a_range(hunk), _b_range(hunk)) == (cell_a, cell_b)


def _without(cell: range, edits: Sequence[range]) -> list[range]:
    """Leave edits out of a cell."""
    found: list[range] = []
    start = cell.start
    for edit in [*sorted(edits, key=lambda one: one.start), range(cell.stop, cell.stop)]:
        if edit.start > start:
            found.append(range(start, edit.start))
        start = max(start, edit.stop)
    return found


def _together(side: Side, units: Sequence[Unit], gone: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Put units together that follow each other in one paragraph, and a heading with what it heads.

    Shapes:  `gone` is units of this side, each with where it would stand on the other
    """
    groups: list[list[int]] = []
    last_at = -1
    for unit, at in gone:
        last = groups[-1][-1] if groups else -1
        if groups and last == unit - 1 and at == last_at and _reads_on(side, units[last], units[unit]):
            groups[-1].append(unit)
        else:
            groups.append([unit])
        last_at = at
    return groups


def _reads_on(side: Side, one: Unit, other: Unit) -> bool:
    if one.is_row or other.is_row:
        return False
    if one.paragraph == other.paragraph:
        return True
    first, second = side.paragraphs[one.paragraph], side.paragraphs[other.paragraph]
    is_parted = first.page != second.page and first.kind == second.kind == "text"
    is_title = one.start > one.number_start and one.size <= TITLE_ATOMS and side.keys[one.end - 1].isalnum()
    return is_parted or (first.kind == "heading" != second.kind) or (is_title and other.start == other.number_start)
