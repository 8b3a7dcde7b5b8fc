"""Two readings of a row: what is the same text in the same place, and what only looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations

import pytest

from witnessmark_tools.rows_compared import MAX_COMPARED, compared

TEXTS = ["Rent", "1,284", "1,350"]
SPARSE = ["Rent", "1,284", "", "1,350"]
MERGED = ["Rent and power", None, "1,284", "1,350"]


def same(texts: Sequence[str | None], columns: Sequence[int], read: Sequence[str]) -> set[int]:
    """List the columns of which a second reading gives the same."""
    return {column for column, second in compared(texts, columns, read).items() if second.is_same}


Read = tuple[list[str] | list[str | None], list[int], list[str], dict[int, str], set[int]]
READINGS: list[Read] = [
    (TEXTS, [1], ["Rent", "1,284", "1,350"], {1: "1,284"}, {1}),
    (TEXTS, [1], ["Rent", "1,234", "1,350"], {1: "1,234"}, set()),
    (TEXTS, [1], ["Rent", "1,350"], {}, set()),
    (TEXTS, [1], ["Rent", "1,234", "7", "1,350"], {}, set()),
    (TEXTS, [1], ["Rent", "7", "1,284", "1,350"], {}, set()),
    (TEXTS, [1, 2], ["Rent", "1,234", "1,250"], {1: "1,234", 2: "1,250"}, set()),
    (TEXTS, [1, 2], ["Rent", "1,350", "1,234"], {1: "1,350", 2: "1,234"}, set()),
    (TEXTS, [1, 2], ["Rent", "1,284", "1,250"], {1: "1,284", 2: "1,250"}, {1}),
    (TEXTS, [2], ["1,284", "1,350"], {2: "1,350"}, {2}),
    (TEXTS, [0], ["RENT", "1,284", "1,350"], {0: "RENT"}, {0}),
    (TEXTS, [1], [], {}, set()),
    (SPARSE, [1], ["Rent", "1,284", "", "1,350"], {1: "1,284"}, {1}),
    (SPARSE, [1], ["Rent", "", "1,284", "1,350"], {}, set()),
    (SPARSE, [1], ["Rent", "1,284", "1,350"], {1: "1,284"}, set()),
    (SPARSE, [0], ["Rent", "1,284", "1,350"], {0: "Rent"}, {0}),
    (MERGED, [0, 1], ["Rent and power", "1,284", "1,350"], {0: "Rent and power"}, {0}),
    (MERGED, [2], ["Rent and power", "1,284", "1,350"], {2: "1,284"}, {2}),
    (["A", "5", "5"], [1], ["A", "5"], {}, set()),
    ([""], [0], ["5"], {}, set()),
    ([], [], ["5"], {}, set()),
]


@pytest.mark.parametrize(
    ("texts", "columns", "read", "found", "confirmed"),
    READINGS,
    ids=[
        "the same",
        "another",
        "none",
        "one more after it",
        "one more before it",
        "two others",
        "one that the neighbour has",
        "one the same, one other",
        "a cell less, before a sure one",
        "case does not matter",
        "nothing",
        "an empty cell, given",
        "an empty cell, on the other side",
        "an empty cell, left out",
        "an empty cell elsewhere",
        "a merged cell",
        "next to a merged cell",
        "one text for two cells",
        "an empty row",
        "no row",
    ],
)
def test_what_a_second_reading_has_for_a_cell(
    texts: list[str | None], columns: list[int], read: list[str], found: dict[int, str], confirmed: set[int]
) -> None:
    seen = compared(texts, columns, read)
    assert {column: second.text for column, second in seen.items()} == found
    assert same(texts, columns, read) == confirmed


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_no_permutation_confirms_a_cell_that_it_moves(count: int) -> None:
    texts = [f"{number},{number}84" for number in range(1, count + 1)]
    for doubtful in (c for size in range(1, count + 1) for c in combinations(range(count), size)):
        for order in permutations(range(count)):
            moved = {column for column, other in enumerate(order) if column != other}
            read = [texts[other] for other in order]
            assert not same(texts, doubtful, read) & moved
            assert not same([*texts, ""], doubtful, read) & moved
            assert not same([*texts, ""], doubtful, [*read, ""]) & moved


@pytest.mark.parametrize("doubtful", [[1], [2], [1, 2], [0, 1, 2, 3]])
def test_two_exchanged_columns_are_named_as_such(doubtful: list[int]) -> None:
    texts = ["Rent", "1,284", "1,350", "7"]
    seen = compared(texts, doubtful, ["Rent", "1,350", "1,284", "7"])
    exchanged = {column for column, second in seen.items() if second.is_exchanged}
    assert exchanged == {1, 2} & set(doubtful)


def test_an_answer_of_thousands_of_texts_is_not_compared() -> None:
    assert compared(TEXTS, [1], ["1,284"] * (MAX_COMPARED + 1)) == {}
