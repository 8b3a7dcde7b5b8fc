"""When moving a text is a change of substance: where its order can matter."""

from __future__ import annotations

import pytest

from tests.core.test_differences import compare

RENT = "The tenant keeps the cellar free of water and dirt at all times."
NOISE = "Music after ten in the evening needs the consent of all neighbours."
KEYS = "Lost keys are paid for by whoever signed for them last."
HEAD = "# Rules of the house\n\n"


def significance(before: list[str], after: list[str], lead_in: str = HEAD) -> set[str]:
    found = compare(lead_in + "\n\n".join(before), lead_in + "\n\n".join(after)).differences
    moved = [one for one in found if one.what != "numbering"]
    assert [one.kind for one in moved] == ["moved"]
    return {one.significance for one in moved}


def test_paragraphs_that_change_places_under_one_heading_are_layout() -> None:
    assert significance([RENT, NOISE, KEYS], [NOISE, KEYS, RENT]) == {"formatting"}


def test_a_numbered_clause_that_moves_is_substance() -> None:
    before = [f"{number}. {text}" for number, text in enumerate((RENT, NOISE, KEYS), start=1)]
    after = [f"{number}. {text}" for number, text in enumerate((NOISE, KEYS, RENT), start=1)]
    assert significance(before, after) == {"substantive"}


@pytest.mark.parametrize(
    "lead_in",
    [
        "If these rules contradict one another they prevail in the following order.",
        "Bei Widersprüchen gilt diese Rangfolge.",
        "Whoever moves out takes these steps.",
    ],
)
def test_a_member_of_an_announced_order_that_moves_is_substance(lead_in: str) -> None:
    assert significance([RENT, NOISE, KEYS], [NOISE, KEYS, RENT], f"{HEAD}{lead_in}\n\n") == {"substantive"}


@pytest.mark.parametrize(
    "leaning", ["This also goes for guests of the tenant and their pets.", "Danach wird die Haustür abgeschlossen."]
)
def test_a_text_that_leans_on_the_one_before_it_is_substance(leaning: str) -> None:
    assert significance([leaning, NOISE, KEYS, RENT], [NOISE, KEYS, RENT, leaning]) == {"substantive"}


@pytest.mark.parametrize(
    ("column", "wanted"), [("Rank", "substantive"), ("Step", "substantive"), ("Item", "formatting")]
)
def test_a_row_that_moves_is_substance_where_rows_are_ranked(column: str, wanted: str) -> None:
    rows = [f"| {name} | {amount} |" for name, amount in (("Rye", 17), ("Oats", 25), ("Wheat", 31), ("Barley", 48))]
    head = f"| {column} | Price |\n|---|---|\n"
    before, after = head + "\n".join(rows), head + "\n".join([*rows[1:], rows[0]])
    found = compare(before, after).differences
    assert [(one.kind, one.significance) for one in found] == [("moved", wanted)]
