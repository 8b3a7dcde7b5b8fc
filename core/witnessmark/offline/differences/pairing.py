"""Which units of one side stand for which of the other: first what is the same, then what is much alike."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.sequences import common_runs, heaviest_chain
from witnessmark.offline.differences.sliding import slid
from witnessmark.offline.differences.table_grid import cells_of
from witnessmark.offline.differences.units import Unit, without_end
from witnessmark.offline.differences.weights import Weights, alike, masked, together, weights_of

MOST_PAIRS = 3_000
"""Pairs of units of one gap that are all weighed against each other."""
LEAST_ALIKE = 0.34
LEAST_ALIKE_ALONE = 0.15
"""Where one unit stands against one other between others that are the same."""
SHORT = 12
"""Atoms; one such against another between others that are the same was replaced, whatever it says."""
MERGED = 3
"""Units of one side that may stand for one of the other: sentences are parted and joined."""
MERGING = 0.06
"""What merging takes off the likeness, so that it is done only where it explains more."""
LEAST_MOVED = 1.75
"""Weight that a unit has to share with the one that it is to be elsewhere."""
LEAST_ELSEWHERE = 4.0
"""Weight of a unit that is surely the same one elsewhere, and no phrase that anybody repeats."""
LEAST_ALIKE_MOVED = 0.62
"""Of a short unit, figures and months counted as one: a line such as `Date: 1 May 2020` is known by its label."""
PLAIN = -0.2
"""What a longer one has to be more alike."""
TITLE = 20.0
"""Atoms that a heading counts for: headings stay, and text moves between them."""
RARE = 12
"""An atom in at most so many units of a gap tells them apart."""


class Pair(NamedTuple):
    """Units that stand for each other: from `a_start` to before `a_end`, and so of b; one side may be empty."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    is_same: bool = False

    @property
    def is_one_sided(self) -> bool:
        return self.a_start == self.a_end or self.b_start == self.b_end


class Move(NamedTuple):
    """Neighbouring units that stand elsewhere on the other side."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


class _Gap(NamedTuple):
    a0: int
    a1: int
    b0: int
    b1: int


class Paired(NamedTuple):
    """Units of both sides, paired or moved.

    Shapes:  each unit is in exactly one pair or move; pairs in order
    """

    pairs: list[Pair]
    moves: list[Move]


def pair_units(a: Side, units_a: Sequence[Unit], b: Side, units_b: Sequence[Unit]) -> Paired:
    """Pair units: what is the same, what is much alike, what stands elsewhere, what was replaced."""
    numbers: dict[tuple[str, ...], int] = {}
    ids_a, ids_b = _ids(a, units_a, numbers), _ids(b, units_b, numbers)
    pairing = _Pairing(a, units_a, ids_a, b, units_b, ids_b)
    pairs = sorted(pairing.pairs(), key=lambda pair: (pair.a_start, pair.b_start, pair.a_end, pair.b_end))
    moves = pairing.moves(pairs)
    moved_a = {i for move in moves for i in range(move.a_start, move.a_end)}
    moved_b = {j for move in moves for j in range(move.b_start, move.b_end)}
    stay = [
        pair
        for pair in pairs
        if not (
            pair.is_one_sided and (pair.a_start in moved_a if pair.a_end > pair.a_start else pair.b_start in moved_b)
        )
    ]
    return Paired(pairing.replaced(pairing.rows_by_label(pairing.slid(stay))), moves)


def _ids(side: Side, units: Sequence[Unit], numbers: dict[tuple[str, ...], int]) -> list[int]:
    """Number units so that those that are the same, the signs at their ends aside, have one number."""
    ranges = (without_end(side, unit) for unit in units)
    return [numbers.setdefault(tuple(side.keys[one.start : one.stop]), len(numbers)) for one in ranges]


class _Pairing:
    def __init__(
        self,
        a: Side,
        units_a: Sequence[Unit],
        ids_a: Sequence[int],
        b: Side,
        units_b: Sequence[Unit],
        ids_b: Sequence[int],
    ) -> None:
        self.units_a, self.units_b = units_a, units_b
        self.ids_a, self.ids_b = ids_a, ids_b
        self._sides = a, b
        # What stands elsewhere is known by its words: a full stop is lost more easily than that.
        self._words_a, self._words_b = _ids_of_words(a, units_a, b, units_b)
        counts_a, counts_b = Counter(self._words_a), Counter(self._words_b)
        self._balanced = {number for number, count in counts_a.items() if counts_b[number] == count}
        """Units that stand as often on one side as on the other."""
        self._repeated = {number for number, count in (counts_a | counts_b).items() if count > 1}
        """Units that one side has more than once."""
        self._weights_a: dict[int, Weights] = {}
        self._weights_b: dict[int, Weights] = {}

    def pairs(self) -> Iterator[Pair]:
        stack = [_Gap(0, len(self.ids_a), 0, len(self.ids_b))]
        while stack:
            gap, same = self._trimmed(stack.pop())
            yield from same
            a0, a1, b0, b1 = gap
            if a0 == a1 or b0 == b1:
                yield from (Pair(i, i + 1, b0, b0) for i in range(a0, a1))
                yield from (Pair(a0, a0, j, j + 1) for j in range(b0, b1))
                continue
            anchors = self._same_units(gap)
            if anchors:
                yield from (Pair(i, i + 1, j, j + 1, is_same=True) for i, j in anchors)
                stack += _between(gap, anchors)
            elif (a1 - a0) * (b1 - b0) <= MOST_PAIRS:
                yield from self._weighed(gap)
            elif anchors := self._alike_units(gap):
                for i, j in anchors:
                    yield Pair(i, i + 1, j, j + 1)
                stack += _between(gap, anchors)
            else:
                yield from self._by_order(gap)

    def _trimmed(self, gap: _Gap) -> tuple[_Gap, list[Pair]]:
        a0, a1, b0, b1 = gap
        same: list[Pair] = []
        while a0 < a1 and b0 < b1 and self.ids_a[a0] == self.ids_b[b0]:
            same.append(Pair(a0, a0 + 1, b0, b0 + 1, is_same=True))
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and self.ids_a[a1 - 1] == self.ids_b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
            same.append(Pair(a1, a1 + 1, b1, b1 + 1, is_same=True))
        return _Gap(a0, a1, b0, b1), same

    def _same_units(self, gap: _Gap) -> list[tuple[int, int]]:
        """Find what is the same and, on both sides, the only such unit of the gap, long enough to mean something."""
        places_a = _only_places(self.ids_a, gap.a0, gap.a1)
        places_b = _only_places(self.ids_b, gap.b0, gap.b1)
        pairs = sorted((i, j) for number, i in places_a.items() if i >= 0 and (j := places_b.get(number, -1)) >= 0)
        weights = [self.units_a[i].size + TITLE * _is_title(self._sides[0], self.units_a[i]) for i, _ in pairs]
        return heaviest_chain(pairs, weights)

    def _alike_units(self, gap: _Gap) -> list[tuple[int, int]]:
        """Find units of a wide gap that are much alike, by the atoms that tell units apart."""
        where: dict[str, list[int]] = {}
        for j in range(gap.b0, gap.b1):
            for key in self._b(j):
                where.setdefault(key, []).append(j)
        best: dict[tuple[int, int], float] = {}
        for i in range(gap.a0, gap.a1):
            weights = self._a(i)
            votes: dict[int, float] = {}
            for key, weight in weights.items():
                places = where.get(key, ())
                if len(places) <= RARE:
                    for j in places:
                        votes[j] = votes.get(j, 0.0) + weight
            for j in sorted(votes, key=votes.__getitem__, reverse=True)[:3]:
                likeness = alike(weights, self._b(j))
                if likeness >= 0.6:
                    best[i, j] = likeness * self.units_a[i].size
        pairs = sorted(best)
        return heaviest_chain(pairs, [best[pair] for pair in pairs])

    def _by_order(self, gap: _Gap) -> Iterator[Pair]:
        """Pair what is the same and leave the rest: too much is new to weigh all of it."""
        a0, a1, b0, b1 = gap
        last_a, last_b = a0, b0
        for run in [*common_runs(self.ids_a[a0:a1], self.ids_b[b0:b1]), None]:
            i, j = (a0 + run.a_start, b0 + run.b_start) if run else (a1, b1)
            yield from (Pair(n, n + 1, last_b, last_b) for n in range(last_a, i))
            yield from (Pair(i, i, n, n + 1) for n in range(last_b, j))
            if run:
                yield from (Pair(i + n, i + n + 1, j + n, j + n + 1, is_same=True) for n in range(run.size))
                last_a, last_b = i + run.size, j + run.size

    def _weighed(self, gap: _Gap) -> Iterator[Pair]:
        """Pair the units of a gap so that as much as possible of what they say is paired with what is alike."""
        a0, a1, b0, b1 = gap
        gone_a, gone_b = self._elsewhere(gap)
        n, m = a1 - a0, b1 - b0
        gains = [[0.0] * (m + 1) for _ in range(n + 1)]
        steps = [[(0, 0)] * (m + 1) for _ in range(n + 1)]
        for i in range(n, -1, -1):
            for j in range(m, -1, -1):
                if i == n and j == m:
                    continue
                best, step = -1.0, (0, 0)
                if i < n:
                    best, step = gains[i + 1][j], (1, 0)
                if j < m and gains[i][j + 1] > best:
                    best, step = gains[i][j + 1], (0, 1)
                if i < n and j < m:
                    for taken_a, taken_b in self._spans(a0 + i, a1, b0 + j, b1):
                        if not gone_a.isdisjoint(range(a0 + i, a0 + i + taken_a)):
                            continue
                        if not gone_b.isdisjoint(range(b0 + j, b0 + j + taken_b)):
                            continue
                        gain = self._gain(a0 + i, taken_a, b0 + j, taken_b)
                        if gain > 0 and (total := gain + gains[i + taken_a][j + taken_b]) > best:
                            best, step = total, (taken_a, taken_b)
                gains[i][j], steps[i][j] = best, step
        i = j = 0
        while i < n or j < m:
            taken_a, taken_b = steps[i][j]
            is_same = taken_a == taken_b == 1 and self.ids_a[a0 + i] == self.ids_b[b0 + j]
            yield Pair(a0 + i, a0 + i + taken_a, b0 + j, b0 + j + taken_b, is_same)
            i, j = i + taken_a, j + taken_b

    def _elsewhere(self, gap: _Gap) -> tuple[set[int], set[int]]:
        """Find the units of a gap that stand word for word in another: those have moved, whatever is like them here."""
        words_a, words_b = self._words_a, self._words_b
        ids_a = set(words_a[gap.a0 : gap.a1]) & self._balanced
        ids_b = set(words_b[gap.b0 : gap.b1]) & self._balanced
        gone_a, gone_b = ids_a - ids_b, ids_b - ids_a
        return (
            {i for i in range(gap.a0, gap.a1) if words_a[i] in gone_a and self._is_weighty(self._a(i))},
            {j for j in range(gap.b0, gap.b1) if words_b[j] in gone_b and self._is_weighty(self._b(j))},
        )

    @staticmethod
    def _is_weighty(weights: Weights) -> bool:
        return sum(weights.values()) >= LEAST_ELSEWHERE

    def _spans(self, i: int, a1: int, j: int, b1: int) -> Iterator[tuple[int, int]]:
        yield 1, 1
        if self.units_a[i].is_row or self.units_b[j].is_row:
            return
        for more in range(2, MERGED + 1):
            if i + more <= a1 and not self.units_a[i + more - 1].is_row:
                yield more, 1
            if j + more <= b1 and not self.units_b[j + more - 1].is_row:
                yield 1, more
        if i + 2 <= a1 and j + 2 <= b1 and not (self.units_a[i + 1].is_row or self.units_b[j + 1].is_row):
            yield 2, 2

    def _gain(self, i: int, taken_a: int, j: int, taken_b: int) -> float:
        weights_a = together([self._a(i + n) for n in range(taken_a)])
        weights_b = together([self._b(j + n) for n in range(taken_b)])
        size = sum(weights_a.values()) + sum(weights_b.values())
        if taken_a == taken_b == 1 and self.ids_a[i] == self.ids_b[j]:
            return (1.0 - LEAST_ALIKE) * size + 0.01
        likeness = alike(weights_a, weights_b) - MERGING * (taken_a + taken_b - 2)
        return (likeness - LEAST_ALIKE) * size

    def moves(self, pairs: Sequence[Pair]) -> list[Move]:
        """Find units that stand elsewhere on the other side, with small edits or none; neighbours together."""
        left_a = [pair.a_start for pair in pairs if pair.a_end > pair.a_start and pair.b_start == pair.b_end]
        left_b = [pair.b_start for pair in pairs if pair.b_end > pair.b_start and pair.a_start == pair.a_end]
        found = self._same_elsewhere(left_a, left_b)
        taken = set(found.values())
        found |= self._alike_elsewhere([i for i in left_a if i not in found], [j for j in left_b if j not in taken])
        self._grow(found, set(left_a), set(left_b))
        moves: list[Move] = []
        for i, j in sorted(found.items()):
            last = moves[-1] if moves else None
            if last and last.a_end == i and last.b_end == j:
                moves[-1] = last._replace(a_end=i + 1, b_end=j + 1)
            else:
                moves.append(Move(i, i + 1, j, j + 1))
        return moves

    def _grow(self, found: dict[int, int], left_a: set[int], left_b: set[int]) -> None:
        """Take short neighbours along that are the same, such as the title of a clause that moved."""
        taken = set(found.values())
        for i, j in sorted(found.items()):
            for step in (-1, 1):
                near_a, near_b = i + step, j + step
                while (
                    near_a in left_a
                    and near_b in left_b
                    and near_a not in found
                    and near_b not in taken
                    and self.ids_a[near_a] == self.ids_b[near_b]
                ):
                    found[near_a] = near_b
                    taken.add(near_b)
                    near_a, near_b = near_a + step, near_b + step

    def _same_elsewhere(self, left_a: Sequence[int], left_b: Sequence[int]) -> dict[int, int]:
        where: dict[int, list[int]] = {}
        for j in reversed(left_b):
            where.setdefault(self.ids_b[j], []).append(j)
        found: dict[int, int] = {}
        for i in left_a:
            places = where.get(self.ids_a[i])
            if self._words_a[i] in self._repeated:
                continue  # boilerplate, which goes with its clause
            if places and sum(self._a(i).values()) >= LEAST_MOVED:
                found[i] = places.pop()
        return found

    def _alike_elsewhere(self, left_a: Sequence[int], left_b: Sequence[int]) -> dict[int, int]:
        masked_b = {j: masked(self._b(j)) for j in left_b}
        where: dict[str, list[int]] = {}
        for j, weights in masked_b.items():
            for key in weights:
                where.setdefault(key, []).append(j)
        rated: list[tuple[float, int, int]] = []
        for i in left_a:
            plain = self._a(i)
            weights = masked(plain)
            votes: dict[int, float] = {}
            for key, weight in weights.items():
                places = where.get(key, ())
                if len(places) <= RARE and weight >= 1.0:
                    for j in places:
                        votes[j] = votes.get(j, 0.0) + weight
            for j in sorted(votes, key=votes.__getitem__, reverse=True)[:3]:
                if self._words_a[i] == self._words_b[j] and self._words_a[i] in self._repeated:
                    continue
                is_short = max(self.units_a[i].size, self.units_b[j].size) <= SHORT
                likeness = alike(weights, masked_b[j]) if is_short else alike(plain, self._b(j)) + PLAIN
                shared = sum(min(weight, self._b(j).get(key, 0.0)) for key, weight in plain.items())
                if likeness >= LEAST_ALIKE_MOVED and shared >= LEAST_MOVED:
                    rated.append((likeness, i, j))
        found: dict[int, int] = {}
        taken: set[int] = set()
        for _, i, j in sorted(rated, key=lambda one: (-one[0], one[1], one[2])):
            if i not in found and j not in taken:
                found[i] = j
                taken.add(j)
        return found

    def slid(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Let what was added or removed begin with a heading or clause, where what is around it repeats."""
        found = list(pairs)
        place = 0
        while place < len(found):
            end = place
            while end < len(found) and _follows(found[place], found[end], end - place):
                end += 1
            if end == place:
                place += 1
                continue
            is_new = found[place].a_start == found[place].a_end
            first = found[place].b_start if is_new else found[place].a_start
            side, units, ids = (
                (self._sides[1], self.units_b, self.ids_b) if is_new else (self._sides[0], self.units_a, self.ids_a)
            )
            step = slid(
                range(first, first + end - place),
                _same_next_to(found, place, -1),
                _same_next_to(found, end - 1, 1),
                ids,
                functools.partial(_begins, side, units),
            )
            if step:
                low, high = (place + step, end) if step < 0 else (place, end + step)
                found[low:high] = _moved_by(found[low:high], end - place, is_new=is_new, is_up=step < 0)
            place = max(end, end + step)
        return found

    def rows_by_label(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Pair rows that are gone with new ones of the same label, in order: most of their cells may be new."""
        found: list[Pair] = []
        place = 0
        while place < len(pairs):
            end = place
            while end < len(pairs) and pairs[end].is_one_sided:
                end += 1
            found += self._by_label(pairs[place:end])
            if end < len(pairs):
                found.append(pairs[end])
            place = end + 1
        return found

    def _by_label(self, pairs: Sequence[Pair]) -> list[Pair]:
        gone = [pair for pair in pairs if pair.a_end > pair.a_start]
        new = [pair for pair in pairs if pair.b_end > pair.b_start]
        labels_a = _labels(self._sides[0], self.units_a, [pair.a_start for pair in gone])
        labels_b = _labels(self._sides[1], self.units_b, [pair.b_start for pair in new])
        same = sorted((i, labels_b[label]) for label, i in labels_a.items() if label in labels_b)
        if not same:
            return list(pairs)
        found: list[Pair] = []
        for i, j in heaviest_chain(same, [1.0] * len(same)):
            while gone and gone[0].a_start < i:
                found.append(gone.pop(0))
            while new and new[0].b_start < j:
                found.append(new.pop(0))
            del gone[0], new[0]
            found.append(Pair(i, i + 1, j, j + 1))
        return [*found, *gone, *new]

    def replaced(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Pair one unit that is gone with one that is new where both stand alone between others that are the same."""
        found: list[Pair] = []
        place = 0
        while place < len(pairs):
            end = place
            while end < len(pairs) and pairs[end].is_one_sided:
                end += 1
            several = pairs[place:end]
            if len(several) == 2:
                a = next((pair.a_start for pair in several if pair.a_end > pair.a_start), None)
                b = next((pair.b_start for pair in several if pair.b_end > pair.b_start), None)
                if a is not None and b is not None and self._stand_alone(a, b):
                    several = [Pair(a, a + 1, b, b + 1)]
            found += several
            if end < len(pairs):
                found.append(pairs[end])
            place = end + 1
        return found

    def _stand_alone(self, i: int, j: int) -> bool:
        one, other = self.units_a[i], self.units_b[j]
        if one.is_row != other.is_row:
            return False
        if max(one.size, other.size) <= SHORT and not one.is_row:
            return True
        return alike(self._a(i), self._b(j)) >= LEAST_ALIKE_ALONE

    def _a(self, i: int) -> Weights:
        found = self._weights_a.get(i)
        if found is None:
            found = self._weights_a[i] = weights_of(self._sides[0], self.units_a[i])
        return found

    def _b(self, j: int) -> Weights:
        found = self._weights_b.get(j)
        if found is None:
            found = self._weights_b[j] = weights_of(self._sides[1], self.units_b[j])
        return found


def _follows(first: Pair, other: Pair, distance: int) -> bool:
    """Say whether a pair goes on with the units that `first` adds or removes."""
    if not (first.is_one_sided and other.is_one_sided):
        return False
    if first.a_start == first.a_end:
        return other.a_start == other.a_end and other.b_start == first.b_start + distance
    return other.b_start == other.b_end and other.a_start == first.a_start + distance


def _same_next_to(pairs: Sequence[Pair], place: int, step: int) -> int:
    """Count the pairs of one unit each that are the same, next to a place and without a hole."""
    count = 0
    while 0 <= place + step < len(pairs) and pairs[place + step].is_same and _touch(pairs, place, place + step):
        place += step
        count += 1
    return count


def _touch(pairs: Sequence[Pair], one: int, other: int) -> bool:
    first, second = pairs[min(one, other)], pairs[max(one, other)]
    return (first.a_end, first.b_end) == (second.a_start, second.b_start)


def _moved_by(pairs: Sequence[Pair], count: int, *, is_new: bool, is_up: bool) -> list[Pair]:
    """Exchange a run of `count` one-sided pairs with the same pairs next to it."""
    a, b = pairs[0].a_start, pairs[0].b_start
    same = len(pairs) - count
    found: list[Pair] = []
    for is_run in (True, False) if is_up else (False, True):
        for _ in range(count if is_run else same):
            a_end, b_end = a + (not is_run or not is_new), b + (not is_run or is_new)
            found.append(Pair(a, a_end, b, b_end, not is_run))
            a, b = a_end, b_end
    return found


def _labels(side: Side, units: Sequence[Unit], rows: Sequence[int]) -> dict[tuple[str, ...], int]:
    """Find the rows by their first cells, if these are words and each is the only such."""
    found: dict[tuple[str, ...], int] = {}
    for place in rows:
        if not units[place].is_row:
            continue
        cell = cells_of(side, range(units[place].start, units[place].end))[0]
        label = tuple(side.keys[cell.start : cell.stop])
        if any(key[0].isalpha() for key in label):
            found[label] = -1 if label in found else place
    return {label: place for label, place in found.items() if place >= 0}


def _is_title(side: Side, unit: Unit) -> bool:
    return not unit.is_row and side.paragraphs[unit.paragraph].kind == "heading"


def _begins(side: Side, units: Sequence[Unit], place: int) -> int:
    """Rate how well a text begins with a unit: with a heading or the number of a clause, with a paragraph."""
    unit = units[place]
    if unit.number_start != side.starts[unit.paragraph]:
        return 0
    is_clause = unit.start > unit.number_start or side.paragraphs[unit.paragraph].kind == "heading"
    return 2 if is_clause else 1


def _ids_of_words(a: Side, units_a: Sequence[Unit], b: Side, units_b: Sequence[Unit]) -> tuple[list[int], list[int]]:
    numbers: dict[tuple[str, ...], int] = {}

    def ids(side: Side, units: Sequence[Unit]) -> list[int]:
        words = (tuple(key for key in side.keys[unit.start : unit.end] if key[0].isalnum()) for unit in units)
        return [numbers.setdefault(one, len(numbers)) for one in words]

    return ids(a, units_a), ids(b, units_b)


def _only_places(ids: Sequence[int], start: int, end: int) -> dict[int, int]:
    """Find where each unit stands that is the only such; -1 for those that are not."""
    found: dict[int, int] = {}
    for place in range(start, end):
        found[ids[place]] = -1 if ids[place] in found else place
    return found


def _between(gap: _Gap, anchors: Sequence[tuple[int, int]]) -> Iterator[_Gap]:
    last_a, last_b = gap.a0, gap.b0
    for i, j in [*anchors, (gap.a1, gap.b1)]:
        if i > last_a or j > last_b:
            yield _Gap(last_a, i, last_b, j)
        last_a, last_b = i + 1, j + 1
