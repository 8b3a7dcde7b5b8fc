"""Sentences about a change, checked against its words: figures, dates, directions, names."""

from __future__ import annotations

import pytest

from benchmarks.claimed_names import ERRORS, ErrorOfName, name_claims
from benchmarks.written_meanings import NAMES, WRITTEN
from witnessmark.evidence.change_claims import doubts_of
from witnessmark.evidence.change_directions import Kind
from witnessmark.evidence.change_figures import ChangedTexts

PRICE = ChangedTexts(
    before="The price is EUR 36,000 a quarter",
    after="The price is EUR 36,900 a quarter",
    removed="36,000",
    added="36,900",
    around_before=("2. Prices. The price is EUR 36,000 a quarter and is paid within ten days.",),
    around_after=("2. Prices. The price is EUR 36,900 a quarter and is paid within ten days.",),
)
NOTICE = ChangedTexts(
    before="within thirty days of notice", after="within sixty days of notice", removed="thirty", added="sixty"
)
DATE = ChangedTexts(before="until 3 March 2026", after="until 3 June 2026", removed="March", added="June")
RATE = ChangedTexts(before="interest of 4.5 per cent", after="interest of 6 per cent", removed="4.5", added="6")
PLACE = ChangedTexts(
    before="delivery at Saltmere", after="delivery at Orrinford", removed="Saltmere", added="Orrinford"
)
ADDED = ChangedTexts(after="The Seller may inspect the goods.", added="The Seller may inspect the goods.")


def doubts(meaning: str, change: ChangedTexts, kind: Kind = "changed") -> list[str]:
    return doubts_of(meaning, kind, change, is_there=lambda _: False)


@pytest.mark.parametrize(
    ("change", "meaning"),
    [
        (PRICE, "The price rises from EUR 36,000 to EUR 36,900."),
        (PRICE, "Statt 36.000 Euro gelten nun 36.900 Euro."),
        (PRICE, "The buyer pays EUR 900 more a quarter, within ten days."),
        (PRICE, "It goes up by 2.5 %."),
        (PRICE, "Der Preis wird um 2,5 Prozent angehoben."),
        (PRICE, "The price is about 37,000 euros now."),
        (PRICE, "Under clause 2 the seller earns more."),
        (PRICE, "The Seller's exposure is reduced because the price goes up."),
        (NOTICE, "The period doubles, to two months."),
        (NOTICE, "Both parties have 30 more days."),
        (NOTICE, "The notice period is extended from thirty to 60 days."),
        (NOTICE, "Die Frist wird von 30 auf sechzig Tage verlängert."),
        (NOTICE, "No longer 30 but 60 days."),
        (DATE, "It ends three months later."),
        (DATE, "It ends 92 days later, on 2026-06-03."),
        (DATE, "Verlängert bis zum 3. Juni 2026."),
        (DATE, "The later version ends in June 2026."),
        (RATE, "Interest is 1.5 percentage points higher."),
        (RATE, "Interest goes up by a third, or 33 %."),
        (PLACE, "Delivery moves from Saltmere to Orrinford."),
        (PLACE, "Geliefert wird nach Orrinford statt Saltmere."),
    ],
)
def test_a_true_sentence_is_not_doubted(change: ChangedTexts, meaning: str) -> None:
    assert doubts(meaning, change) == []


@pytest.mark.parametrize(
    ("change", "meaning", "doubt"),
    [
        (
            NOTICE,
            "The period is now 45 days.",
            "the meaning says 45 days; the difference says thirty days and sixty days",
        ),
        (PRICE, "The price rises to EUR 39,600.", "says EUR 39,600; the difference says EUR 36,000 and EUR 36,900"),
        (PRICE, "The price is now USD 36,900.", "says USD 36,900"),
        (PRICE, "It goes up by 25 %.", "says 25 %"),
        (PRICE, "Von 36.900 auf 36.000 Euro.", "says from 36.900 to 36.000 Euro; the difference says from EUR 36,000"),
        (PRICE, "The price is now EUR 36,000.", "that is what BEFORE says"),
        (
            PRICE,
            "The price is lowered to EUR 36,900.",
            "goes down; the difference goes up, from EUR 36,000 to EUR 36,900",
        ),
        (PRICE, "The price falls.", "goes down"),
        (NOTICE, "Die Frist wird von 60 auf 30 Tage geändert.", "from 60 to 30 Tage"),
        (NOTICE, "The notice period is shortened.", "goes down"),
        (DATE, "It now ends on 3 July 2026.", "says 3 July 2026; the difference says 3 March 2026 and 3 June 2026"),
        (DATE, "Es endet am 3. Juni 2027.", "says 3. Juni 2027"),
        (DATE, "It ends two months later.", "says two months"),
        (DATE, "The end is brought forward to 3 June 2026.", "goes down"),
        (RATE, "Interest is 7 % instead of 4.5 %.", "says 7 %"),
        (PLACE, "Delivery moves from Orrinford to Saltmere.", "from Orrinford to Saltmere"),
        (PLACE, "Delivery moves from Saltmere to Hexley.", "names Hexley"),
        (PLACE, "The word “harbour” replaces “Saltmere”.", "'harbour'"),
        (PLACE, "Delivery is arranged with Marlow Freight at Orrinford.", "names Marlow Freight"),
    ],
)
def test_a_false_sentence_is_doubted(change: ChangedTexts, meaning: str, doubt: str) -> None:
    found = doubts(meaning, change)
    assert any(doubt in one for one in found), found


@pytest.mark.parametrize(
    ("kind", "meaning", "is_doubted"),
    [
        ("added", "The clause on inspection is deleted.", True),
        ("added", "Der Satz zur Prüfung entfällt.", True),
        ("added", "A new clause allows inspection.", False),
        ("added", "The seller may no longer refuse goods without looking.", False),
        ("moved", "The clause on inspection is removed.", True),
        ("moved", "The clause now stands further down.", False),
    ],
)
def test_added_and_removed_are_told_apart(kind: Kind, meaning: str, *, is_doubted: bool) -> None:
    assert bool(doubts(meaning, ADDED, kind)) == is_doubted


def test_sentences_written_by_hand_are_told_apart() -> None:
    """`benchmarks.claims` prints how many; here at most one in fifty of the true ones is doubted."""
    checked = [
        (kind, bool(doubts_of(meaning, change.kind, change.texts, is_there=NAMES.__contains__)))
        for change in WRITTEN
        for kind, meanings in (("true", change.true), ("false", change.false))
        for meaning in meanings
    ]
    true, false = ([doubted for kind, doubted in checked if kind == wanted] for wanted in ("true", "false"))
    assert sum(true) <= 0.02 * len(true)
    assert sum(false) >= 0.95 * len(false)


@pytest.mark.parametrize("error", [None, *ERRORS])
def test_names_that_a_sentence_has_wrong_are_doubted_in_many_wordings(error: ErrorOfName | None) -> None:
    checked = [
        bool(doubts_of(claim.meaning, "changed", claim.change.texts, is_there=claim.is_there))
        for claim in name_claims()
        if claim.error == error
    ]
    if error is None:
        assert not any(checked)
    else:
        assert sum(checked) >= 0.95 * len(checked)


@pytest.mark.parametrize("meaning", ["", "1", "from to", "from 1 to", "“”", "statt", "A" * 5_000, "9" * 60 + " days"])
def test_odd_sentences_are_checked_without_an_error(meaning: str) -> None:
    doubts(meaning, PRICE)
    doubts(meaning, ChangedTexts())
