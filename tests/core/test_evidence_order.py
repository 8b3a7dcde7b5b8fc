"""What stands out of order: the fewest moves and exchanges that explain it."""

from __future__ import annotations

import itertools

import pytest

from witnessmark.evidence.order import displaced, heaviest_chain


@pytest.mark.parametrize(
    ("places", "wrong"),
    [
        ([1, 2, 3], set[int]()),
        ([2, 1, 3, 4], {0, 1}),
        ([1, 4, 3, 2, 5], {1, 3}),
        ([3, 2, 1, 4], {0, 2}),
        ([2, 3, 4, 5, 1], {4}),
        ([5, 1, 2, 3, 4], {0}),
        (list[float](), set[int]()),
    ],
)
def test_exchanged_things_are_both_out_of_order_and_a_moved_one_alone(places: list[float], wrong: set[int]) -> None:
    assert displaced(places)[0] == wrong


def test_where_exchanged_things_should_stand_is_known() -> None:
    assert displaced([1, 4, 3, 2])[1] == [1, 2, 3, 4]
    assert displaced([2, 3, 4, 5, 1])[1] == [2, 3, 4, 5, None]


def test_the_heaviest_chain_is_the_best_of_all() -> None:
    choices = [[(2, 1.0), (0, 0.6)], [(1, 1.0), (3, 0.4)], [(2, 0.9), (4, 0.2)], [(3, 0.5), (0, 2.0)]]
    best = max(_weight(choices, picked) for picked in itertools.product(*([None, *range(len(c))] for c in choices)))
    chosen = heaviest_chain(choices)
    total = sum(dict(several)[place] for several, place in zip(choices, chosen, strict=True) if place is not None)
    assert total == pytest.approx(best)
    assert [place for place in chosen if place is not None] == sorted({place for place in chosen if place is not None})


def _weight(choices: list[list[tuple[int, float]]], picked: tuple[int | None, ...]) -> float:
    chain = [several[one] for several, one in zip(choices, picked, strict=True) if one is not None]
    in_order = all(a[0] < b[0] for a, b in itertools.pairwise(chain))
    return sum(weight for _, weight in chain) if in_order else 0.0


def test_of_equal_places_the_first_thing_gets_it() -> None:
    assert heaviest_chain([[(3, 1.0)], [(3, 1.0)]]) == [3, None]
