"""Drawn lines as the table engine wants them: joined, snapped, and grouped by what touches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from witnessmark.values import Fill, Rule

SNAP = 3.0
"""Points within which two lines are one: double borders, cell edges drawn twice."""
MOST_RULES = 1500
"""Lines of one direction that a page's tables may have; of more (a drawing, a map) only the longest count."""


class Stroke(NamedTuple):
    """A line in one direction: `at` is its y when horizontal, its x when vertical; it runs from `start` to `end`."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Ruling:
    """The lines of a page or of one table."""

    horizontal: tuple[Stroke, ...]
    vertical: tuple[Stroke, ...]

    def between(self, x0: float, top: float, x1: float, bottom: float) -> Ruling:
        """Keep the lines that run through a box."""
        return Ruling(
            tuple(s for s in self.horizontal if top <= s.at <= bottom and s.start < x1 and s.end > x0),
            tuple(s for s in self.vertical if x0 <= s.at <= x1 and s.start < bottom and s.end > top),
        )


def ruling_of(rules: Iterable[Rule]) -> Ruling:
    """Join the pieces of lines and drop the specks."""
    horizontal: list[Stroke] = []
    vertical: list[Stroke] = []
    for rule in rules:
        if rule.is_horizontal:
            horizontal.append(Stroke((rule.top + rule.bottom) / 2, rule.x0, rule.x1))
        else:
            vertical.append(Stroke((rule.x0 + rule.x1) / 2, rule.top, rule.bottom))
    return Ruling(_longest(joined(horizontal)), _longest(joined(vertical)))


def _longest(strokes: Sequence[Stroke]) -> tuple[Stroke, ...]:
    kept = [stroke for stroke in strokes if stroke.length >= 5]
    if len(kept) > MOST_RULES:
        kept = sorted(kept, key=lambda stroke: -stroke.length)[:MOST_RULES]
    return tuple(sorted(kept))


def joined(strokes: Sequence[Stroke], *, apart: float = 1.2, gap: float = 3.0) -> list[Stroke]:
    """Join strokes that lie on one line and touch, or nearly: dashes, pieces drawn cell by cell."""
    result: list[Stroke] = []
    cluster: list[Stroke] = []

    def flush() -> None:
        cluster.sort(key=lambda stroke: stroke.start)
        at, start, end, weight = 0.0, 0.0, -1e9, 0.0
        for stroke in cluster:
            length = max(stroke.length, 0.1)
            if weight and stroke.start <= end + gap:
                at += stroke.at * length
                weight += length
                end = max(end, stroke.end)
                continue
            if weight:
                result.append(Stroke(at / weight, start, end))
            at, start, end, weight = stroke.at * length, stroke.start, stroke.end, length
        if weight:
            result.append(Stroke(at / weight, start, end))

    for stroke in sorted(strokes):
        if cluster and (stroke.at - cluster[-1].at > apart or stroke.at - cluster[0].at > 2 * apart):
            flush()
            cluster = []
        cluster.append(stroke)
    if cluster:
        flush()
    return result


def edges_of(fills: Iterable[Fill]) -> Ruling:
    """Read the sides of shaded cells as lines."""
    horizontal: list[Stroke] = []
    vertical: list[Stroke] = []
    for fill in fills:
        horizontal += [Stroke(fill.top, fill.x0, fill.x1), Stroke(fill.bottom, fill.x0, fill.x1)]
        vertical += [Stroke(fill.x0, fill.top, fill.bottom), Stroke(fill.x1, fill.top, fill.bottom)]
    return Ruling(_longest(joined(horizontal)), _longest(joined(vertical)))


def connected(ruling: Ruling) -> list[Ruling]:
    """Group the lines that meet; lines that meet no other in the crossing direction are left out."""
    horizontal, vertical = ruling.horizontal, ruling.vertical
    parent = list(range(len(horizontal) + len(vertical)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    places = [stroke.at for stroke in vertical]
    for index, stroke in enumerate(horizontal):
        for other in range(bisect_left(places, stroke.start - SNAP), bisect_right(places, stroke.end + SNAP)):
            if vertical[other].start - SNAP <= stroke.at <= vertical[other].end + SNAP:
                parent[root(index)] = root(len(horizontal) + other)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for index in range(len(parent)):
        across, down = groups.setdefault(root(index), ([], []))
        if index < len(horizontal):
            across.append(horizontal[index])
        else:
            down.append(vertical[index - len(horizontal)])
    return [Ruling(tuple(across), tuple(down)) for across, down in groups.values() if across and down]


def places_of(strokes: Iterable[Stroke], *, snap: float = SNAP) -> list[float]:
    """Find the distinct positions of lines, those within `snap` taken as one."""
    places: list[list[float]] = []
    for at in sorted(stroke.at for stroke in strokes):
        if places and at - places[-1][0] <= snap:
            places[-1].append(at)
        else:
            places.append([at])
    return [sum(group) / len(group) for group in places]
