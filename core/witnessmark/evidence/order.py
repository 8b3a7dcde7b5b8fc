"""Which of many things stand out of order: rows against the lines they stand on, columns against their places."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def heaviest_chain(choices: Sequence[Sequence[tuple[int, float]]]) -> list[int | None]:
    """Choose a place for each of many things so that places increase and the weights add up to the most.

    Shapes:  `choices` are each thing's (place, weight); None for a thing that gets none
    """
    # Chains that end at each place, of which only those are kept that weigh more than all that end before.
    ends: list[int] = []
    chains: list[tuple[float, int]] = []
    links: list[tuple[int, int, int]] = []  # (thing, place, link before)
    for thing, places in enumerate(choices):
        added: list[tuple[int, float, int]] = []
        for place, weight in places:
            before = bisect_left(ends, place) - 1
            total, link = chains[before] if before >= 0 else (0.0, -1)
            added.append((place, total + weight, link))
        for place, total, link in added:
            links.append((thing, place, link))
            _keep(ends, chains, place, total, len(links) - 1)
    chosen: list[int | None] = [None] * len(choices)
    link = chains[-1][1] if chains else -1
    while link >= 0:
        thing, place, link = links[link]
        chosen[thing] = place
    return chosen


def _keep(ends: list[int], chains: list[tuple[float, int]], place: int, total: float, link: int) -> None:
    at = bisect_left(ends, place)
    if at > 0 and chains[at - 1][0] >= total - 1e-9:
        return
    if at < len(ends) and ends[at] == place:
        if chains[at][0] >= total - 1e-9:  # of equals the first stays
            return
        chains[at] = (total, link)
    else:
        ends.insert(at, place)
        chains.insert(at, (total, link))
    while at + 1 < len(ends) and chains[at + 1][0] <= total:
        del ends[at + 1], chains[at + 1]


def displaced(places: Sequence[float]) -> tuple[set[int], list[float | None]]:
    """Find which things stand out of order, by the fewest moves or exchanges that explain it.

    Two that changed places are both out of order; one that was moved past others is alone.

    Shapes:  where each thing was found, all different → the things out of order, and where each should stand; None for
             one that was moved, whose right place is not known
    """
    count = len(places)
    kept = _longest_increasing(places)
    moved = set(range(count)) - kept
    if not moved:
        return set(), list(places)
    ordered = sorted(places)
    exchanged = {thing for thing in range(count) if places[thing] != ordered[thing]}
    if len(exchanged) <= 2 * len(moved):
        return exchanged, list(ordered)
    return moved, [None if thing in moved else places[thing] for thing in range(count)]


def _longest_increasing(places: Sequence[float]) -> set[int]:
    tails: list[float] = []
    tail_things: list[int] = []
    before: list[int] = []
    for thing, place in enumerate(places):
        at = bisect_left(tails, place)
        before.append(tail_things[at - 1] if at else -1)
        if at == len(tails):
            tails.append(place)
            tail_things.append(thing)
        else:
            tails[at] = place
            tail_things[at] = thing
    kept: set[int] = set()
    thing = tail_things[-1] if tail_things else -1
    while thing >= 0:
        kept.add(thing)
        thing = before[thing]
    return kept
