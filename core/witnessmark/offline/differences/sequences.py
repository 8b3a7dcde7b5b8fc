"""Two sequences aligned: what is the same in both, in the same order, in bounded time whatever they hold."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

SMALL = 60_000
"""Pairs of elements up to which the longest common runs are looked for one after the other."""
MOST_SAME = 24
"""How often an element may stand in one part and still be an anchor."""
MOST_EDITS = 400
"""Of a part without anchors; one that differs more is parted blindly."""
BLIND = 64
"""Elements of such parts."""


class Run(NamedTuple):
    """Elements that are the same: `a[a_start:a_start + size]` and `b[b_start:b_start + size]`."""

    a_start: int
    b_start: int
    size: int


def common_runs(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Run]:
    """Align two sequences.

    Shapes:  runs in order in both, neighbours joined
    Source:  Cohen's patience diff (elements that are unique in both are anchors), with the rarest for want of unique
             ones, as in Git's histogram diff; Myers 1986 where there are none
    """
    found: list[Run] = []
    stack = [(0, len(a), 0, len(b))]
    while stack:
        a0, a1, b0, b1 = stack.pop()
        start = a0
        while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
            a0 += 1
            b0 += 1
        if a0 > start:
            found.append(Run(start, b0 - (a0 - start), a0 - start))
        end = a1
        while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
            a1 -= 1
            b1 -= 1
        if end > a1:
            found.append(Run(a1, b1, end - a1))
        if a0 == a1 or b0 == b1:
            continue
        if (a1 - a0) * (b1 - b0) <= SMALL:
            found += _small(a, b, a0, a1, b0, b1)
            continue
        anchors = _anchors(a, b, a0, a1, b0, b1)
        if anchors:
            last_a, last_b = a0, b0
            for i, j in anchors:
                stack.append((last_a, i, last_b, j))
                found.append(Run(i, j, 1))
                last_a, last_b = i + 1, j + 1
            stack.append((last_a, a1, last_b, b1))
            continue
        edits = _few_edits(a, b, a0, a1, b0, b1)
        found += edits if edits is not None else _blindly(a, b, a0, a1, b0, b1)
    return _joined(sorted(found))


def _small(a: Sequence[Hashable], b: Sequence[Hashable], a0: int, a1: int, b0: int, b1: int) -> Iterator[Run]:
    matcher = SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=False)
    for match in matcher.get_matching_blocks():
        if match.size:
            yield Run(a0 + match.a, b0 + match.b, match.size)


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable], a0: int, a1: int, b0: int, b1: int) -> list[tuple[int, int]]:
    """Find elements that stand as often in one part as in the other, the rarest first, and in the same order."""
    places_a = _places(a, a0, a1)
    places_b = _places(b, b0, b1)
    pairs: list[tuple[int, int]] = []
    for most in (1, 3, MOST_SAME):
        pairs = [
            pair
            for key, places in places_a.items()
            if len(places) <= most and len(places_b.get(key, ())) == len(places)
            for pair in zip(places, places_b[key], strict=True)
        ]
        if pairs:
            break
    pairs.sort()
    return heaviest_chain(pairs, [1.0] * len(pairs))


def _places(sequence: Sequence[Hashable], start: int, end: int) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for place in range(start, end):
        found.setdefault(sequence[place], []).append(place)
    return found


def heaviest_chain(pairs: Sequence[tuple[int, int]], weights: Sequence[float]) -> list[tuple[int, int]]:
    """Find the chain of pairs that grows on both sides and weighs most; `pairs` grow on the first."""
    ranks = {j: rank for rank, j in enumerate(sorted({j for _, j in pairs}), start=1)}
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(ranks) + 1)  # a Fenwick tree of the heaviest chain up to a rank
    before: list[int] = []
    total: list[float] = []
    waiting: list[int] = []
    for number, (i, j) in enumerate(pairs):
        while waiting and pairs[waiting[0]][0] < i:  # of one element on the first side only one pair is in a chain
            _enter(best, ranks[pairs[waiting[0]][1]], (total[waiting[0]], waiting[0]))
            waiting.pop(0)
        weight, last = 0.0, -1
        rank = ranks[j] - 1
        while rank > 0:
            if best[rank][0] > weight:
                weight, last = best[rank]
            rank -= rank & -rank
        before.append(last)
        total.append(weight + weights[number])
        waiting.append(number)
    chain: list[tuple[int, int]] = []
    number = max(range(len(pairs)), key=total.__getitem__, default=-1)
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _enter(best: list[tuple[float, int]], rank: int, entry: tuple[float, int]) -> None:
    while rank < len(best):
        best[rank] = max(best[rank], entry)
        rank += rank & -rank


def _few_edits(a: Sequence[Hashable], b: Sequence[Hashable], a0: int, a1: int, b0: int, b1: int) -> list[Run] | None:
    """Find the fewest edits between two parts; None where they are more than `MOST_EDITS`.

    Source:  Myers 1986, An O(ND) difference algorithm
    """
    n, m = a1 - a0, b1 - b0
    if abs(n - m) > MOST_EDITS:
        return None
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(MOST_EDITS + 1):
        trace.append(dict(furthest))
        for k in range(-edits, edits + 1, 2):
            goes_down = k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])
            x = furthest[k + 1] if goes_down else furthest[k - 1] + 1
            y = x - k
            while x < n and y < m and a[a0 + x] == b[b0 + y]:
                x += 1
                y += 1
            furthest[k] = x
            if x >= n and y >= m:
                return [Run(a0 + i, b0 + j, size) for i, j, size in _traced(trace, n, m)]
    return None


def _traced(trace: Sequence[dict[int, int]], n: int, m: int) -> Iterator[Run]:
    x, y = n, m
    for edits in range(len(trace) - 1, -1, -1):
        furthest = trace[edits]
        k = x - y
        goes_down = k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])
        previous = k + 1 if goes_down else k - 1
        if edits == 0:
            if x:
                yield Run(0, 0, x)
            return
        from_x = furthest[previous]
        from_y = from_x - previous
        after_x = from_x if goes_down else from_x + 1
        if x > after_x:
            yield Run(after_x, after_x - k, x - after_x)
        x, y = from_x, from_y


def _blindly(a: Sequence[Hashable], b: Sequence[Hashable], a0: int, a1: int, b0: int, b1: int) -> Iterator[Run]:
    """Align parts that say nothing of where they belong, piece by piece from their beginning."""
    count = max(1, -(-max(a1 - a0, b1 - b0) // BLIND))
    for piece in range(count):
        a_from, a_to = a0 + (a1 - a0) * piece // count, a0 + (a1 - a0) * (piece + 1) // count
        b_from, b_to = b0 + (b1 - b0) * piece // count, b0 + (b1 - b0) * (piece + 1) // count
        yield from _small(a, b, a_from, a_to, b_from, b_to)


def _joined(runs: Sequence[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last and last.a_start + last.size == run.a_start and last.b_start + last.size == run.b_start:
            joined[-1] = last._replace(size=last.size + run.size)
        else:
            joined.append(run)
    return joined
