"""Two documents compared: nothing that changed in their texts is missed, and nothing is invented.

Words are conserved: each atom of both sides is the same as one of the other side, white space aside, or in exactly one
difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from witnessmark.documents.flow import PageFlow
from witnessmark.offline.differences.atoms import Running, Side, sides_of
from witnessmark.offline.differences.citing import Citing
from witnessmark.offline.differences.hunks import Hunk, hunks_of
from witnessmark.offline.differences.kinds import is_misread, significance_of, what_changed
from witnessmark.offline.differences.ordering import order_matters
from witnessmark.offline.differences.page_pairs import page_pairs
from witnessmark.offline.differences.pairing import Move, Pair, pair_units
from witnessmark.offline.differences.units import Unit, units_of
from witnessmark.offline.differences.values import Comparison, Difference, Kind, Passage, Place, What

LONG_CELL = 16
"""Atoms of a cell that reads as prose: its changes are cited as those of a sentence."""


ALIKE_RUNNING = 0.4
"""Of the words of a header or footer that both documents have, from which one is the other's."""
HEADER_OR_FOOTER = "page header or footer"


class _Change(NamedTuple):
    difference: Difference
    at: tuple[int, int]
    """Where it stands on both sides, to sort by."""


class _Numbering(NamedTuple):
    """The number of a clause that is another on the other side."""

    a: range
    b: range
    unit_a: int
    unit_b: int


def compare_flows(before: Sequence[PageFlow], after: Sequence[PageFlow]) -> Comparison:
    """Compare two documents' pages in reading order, with what they repeat at their edges marked as `running`.

    Shapes:  differences in the order in which a person should look at them
    Errors:  none; what cannot be aligned was removed and added
    """
    a, b = sides_of(before, after)
    comparing = _Comparing(a, b)
    edges, only_a, only_b = _running(a, b)
    changes = [*comparing.changes(), *(_Change(edge, (-1, -1)) for edge in edges)]
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
        running_before=tuple(one.text for one in only_a),
        running_after=tuple(one.text for one in only_b),
        pages=page_pairs(a, b, comparing.same),
    )


def _rank(difference: Difference) -> int:
    if difference.significance == "formatting":
        return 2
    return 0 if difference.what in {"number", "date"} and not difference.is_doubtful else 1


def _running(a: Side, b: Side) -> tuple[list[Difference], list[Running], list[Running]]:
    """Pair the headers and footers of both sides that are not the same.

    Shapes:  those that changed; those that only one side has
    """
    keys_a, keys_b = ({one.key for one in side.running} for side in (a, b))
    left_a = [one for one in a.running if one.key not in keys_b]
    left_b = [one for one in b.running if one.key not in keys_a]
    changed: list[Difference] = []
    for one in list(left_a):
        rated = [(_likeness(one.text, other.text), -n) for n, other in enumerate(left_b)]
        best, place = max(rated, default=(0.0, 0))
        if best >= ALIKE_RUNNING or len(left_a) == len(left_b) == 1:
            changed.append(_running_change(one, left_b.pop(-place)))
            left_a.remove(one)
    return changed, left_a, left_b


def _running_change(one: Running, other: Running) -> Difference:
    passages = [
        Passage(text=side.text, changed=side.text, places=(Place(side.page, side.box),), section=HEADER_OR_FOOTER)
        for side in (one, other)
    ]
    has_figures = any(char.isdigit() for char in one.text + other.text)
    return Difference(
        kind="changed",
        what="number" if has_figures else "words",
        significance="substantive",
        before=passages[0],
        after=passages[1],
    )


def _likeness(one: str, other: str) -> float:
    a, b = set(one.casefold().split()), set(other.casefold().split())
    return 2 * len(a & b) / (len(a) + len(b))


class _Comparing:
    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        self.units_a, self.units_b = units_of(a), units_of(b)
        self.cite_a, self.cite_b = Citing(a, self.units_a), Citing(b, self.units_b)
        self.same: list[tuple[range, range]] = []
        """Atoms of both sides that are the same, sentence by sentence."""

    def changes(self) -> list[_Change]:
        paired = pair_units(self.a, self.units_a, self.b, self.units_b)
        found: list[_Change] = []
        numberings: list[_Numbering] = []
        for pair in paired.pairs:
            if pair.is_one_sided:
                continue
            numberings += self._numbering(pair)
            if pair.is_same:
                self.same.append(
                    (_range(self.units_a, pair.a_start, pair.a_end), _range(self.units_b, pair.b_start, pair.b_end))
                )
            found += self._same(pair) if pair.is_same else self._changed(pair)
        found += self._gone([pair for pair in paired.pairs if pair.b_start == pair.b_end])
        found += self._new([pair for pair in paired.pairs if pair.a_start == pair.a_end])
        found += [self._moved(move) for move in paired.moves]
        found += self._renumbered(numberings)
        return found

    # --- what stays where it is -------------------------------------------------------------------------------------

    def _same(self, pair: Pair) -> Iterator[_Change]:
        """Find what differs in case alone."""
        one, other = self.units_a[pair.a_start], self.units_b[pair.b_start]
        if self.a.forms[one.start : one.end] != self.b.forms[other.start : other.end]:
            yield from self._changed(pair)

    def _changed(self, pair: Pair) -> Iterator[_Change]:
        within_a, within_b = (
            _range(self.units_a, pair.a_start, pair.a_end),
            _range(self.units_b, pair.b_start, pair.b_end),
        )
        are_rows = self.units_a[pair.a_start].is_row and self.units_b[pair.b_start].is_row
        if not are_rows:
            for hunk in hunks_of(self.a, within_a, self.b, within_b, are_rows=False):
                yield self._hunk(hunk, within_a, within_b, is_row=False)
            return
        cells_a, cells_b = self._cells(self.a, within_a), self._cells(self.b, within_b)
        if len(cells_a) != len(cells_b):
            for hunk in hunks_of(self.a, within_a, self.b, within_b, are_rows=True):
                yield self._hunk(hunk, within_a, within_b, is_row=True)
            return
        for cell_a, cell_b in zip(cells_a, cells_b, strict=True):
            is_prose = max(len(cell_a), len(cell_b)) > LONG_CELL
            for hunk in hunks_of(self.a, cell_a, self.b, cell_b, are_rows=not is_prose):
                yield self._hunk(hunk, *((cell_a, cell_b) if is_prose else (within_a, within_b)), is_row=not is_prose)

    def _hunk(self, hunk: Hunk, within_a: range, within_b: range, *, is_row: bool) -> _Change:
        changed_a, changed_b = range(hunk.a_start, hunk.a_end), range(hunk.b_start, hunk.b_end)
        if is_row:
            before, after = self.cite_a.cell(changed_a, within_a), self.cite_b.cell(changed_b, within_b)
        else:
            before, after = self.cite_a.part(changed_a, within_a), self.cite_b.part(changed_b, within_b)
        what = what_changed(self.a, self.b, hunk, is_row=is_row)
        by_ocr = before.is_read_by_ocr or after.is_read_by_ocr
        difference = Difference(
            kind="changed",
            what=what,
            significance=significance_of(what),
            before=before,
            after=after,
            is_doubtful=by_ocr and is_misread(self.a, self.b, hunk),
        )
        return _Change(difference, (hunk.b_start, hunk.a_start))

    @staticmethod
    def _cells(side: Side, row: range) -> list[range]:
        found: list[range] = []
        for atom in row:
            cell = side.word_cells[side.first_words[atom]]
            if found and cell == side.word_cells[side.first_words[found[-1].start]]:
                found[-1] = range(found[-1].start, atom + 1)
            else:
                found.append(range(atom, atom + 1))
        return found

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
        (atoms,) = passage.atoms
        what: What = "words" if any(side.keys[atom][0].isalnum() for atom in atoms) else "punctuation"
        if what == "words" and not any(side.keys[atom][0].isalpha() for atom in atoms):
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
        ]
        whats: list[What] = [what_changed(self.a, self.b, edit, is_row=is_row) for edit in edits]
        substantive: list[What] = [what for what in whats if significance_of(what) == "substantive"]
        what = _first(substantive)
        is_elsewhere = (not is_row and before.section != after.section) or (
            order_matters(self.a, self.units_a, move.a_start, move.a_end - 1)
            or order_matters(self.b, self.units_b, move.b_start, move.b_end - 1)
        )
        difference = Difference(
            kind="moved",
            what=what,
            significance="substantive" if substantive or is_elsewhere else "formatting",
            before=_with_changed(before, self.a, [range(edit.a_start, edit.a_end) for edit in edits]),
            after=_with_changed(after, self.b, [range(edit.b_start, edit.b_end) for edit in edits]),
        )
        return _Change(difference, (atoms_b.start, atoms_a.start))

    # --- numbers of clauses -----------------------------------------------------------------------------------------

    def _numbering(self, pair: Pair) -> Iterator[_Numbering]:
        one, other = self.units_a[pair.a_start], self.units_b[pair.b_start]
        a, b = range(one.number_start, one.start), range(other.number_start, other.start)
        keys_a, keys_b = self.a.keys[a.start : a.stop], self.b.keys[b.start : b.stop]
        if _bare(keys_a) != _bare(keys_b):
            yield _Numbering(a, b, pair.a_start, pair.b_start)

    def _renumbered(self, numberings: Sequence[_Numbering]) -> Iterator[_Change]:
        """Say of clauses that follow each other and count on by the same, once, how their numbers changed."""
        groups: list[list[_Numbering]] = []
        for numbering in numberings:
            last = groups[-1][-1] if groups else None
            if last is not None and self._shift(last) == self._shift(numbering) is not None:
                groups[-1].append(numbering)
            else:
                groups.append([numbering])
        for group in groups:
            ranges_a, ranges_b = [one.a for one in group if one.a], [one.b for one in group if one.b]
            before = self.cite_a.numbers(ranges_a) if ranges_a else None
            after = self.cite_b.numbers(ranges_b) if ranges_b else None
            kind: Kind = "changed" if before and after else "removed" if before else "added"
            difference = Difference(kind=kind, what="numbering", significance="formatting", before=before, after=after)
            yield _Change(difference, (group[0].b.start, group[0].a.start))

    def _shift(self, numbering: _Numbering) -> int | None:
        """Say by how much a number counts on; None where that cannot be said."""
        numbers = [
            [key for key in side.keys[one.start : one.stop] if key.isdigit()]
            for side, one in ((self.a, numbering.a), (self.b, numbering.b))
        ]
        if not (numbers[0] and numbers[1]):
            return None
        return int(numbers[1][0]) - int(numbers[0][0])


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


def _with_changed(passage: Passage, side: Side, edits: Iterable[range]) -> Passage:
    texts = [side.text(side.first_words[one.start], side.last_words[one.stop - 1]) for one in edits if one]
    return Passage(
        text=passage.text,
        changed="; ".join(texts),
        places=passage.places,
        section=passage.section,
        row=passage.row,
        is_read_by_ocr=passage.is_read_by_ocr,
        atoms=passage.atoms,
    )


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
    return is_parted or (first.kind == "heading" != second.kind)


def _bare(keys: Sequence[str]) -> list[str]:
    return [key for key in keys if key.isalnum() or key[0].isdigit()]
