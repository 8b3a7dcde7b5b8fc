"""Passages that resemble a question: the right one first, and none where nothing does."""

from __future__ import annotations

import time

import pytest

from tests.core.flows import page
from witnessmark.offline.passage_kinds import kinds_in
from witnessmark.offline.passages import Passage, Passages

LEASE = [
    page(
        1,
        "~ Saltmere Harbour 1",
        "# Lease of berths",
        "This agreement is made between the Harbour Authority of Saltmere and the company Norling & Sons.",
        "# Dues and payment",
        "The lessee pays dues of 1,284.50 crowns a quarter in advance. Late payments bear interest of 4 percent.",
        "# Termination",
        "Either party may end this agreement with a notice of three months. The notice is given in writing, and the",
    ),
    page(
        2,
        "~ Saltmere Harbour 2",
        "lessee then leaves the berth as it was found.",
        "# Storage of nets",
        "Nets are stored in the eastern shed, which is closed at night.",
        "# Tariff of the year 2024",
        "Berth | Length in metres | Dues",
        "North 1 | 12.5 | 1,284.50",
        "North 2 | 9.0 | 937.25",
        "# Duties of the lessee:",
        "- Lamps are lit at dusk.",
        "- Ropes are renewed each spring.",
    ),
]
TARIFF = [page(1, "# Fuel", "Diesel is sold at the southern pump from eight to noon.", "Petrol is not sold.")]


def best(question: str) -> Passage:
    return Passages([LEASE, TARIFF]).find(question)[0]


@pytest.mark.parametrize(
    ("question", "part", "document", "pages"),
    [
        ("How long is the notice period when terminating?", "notice of three months", 0, (1, 2)),
        ("What interest is due on late payment?", "interest of 4 percent", 0, (1,)),
        ("Where are nets stored?", "eastern shed", 0, (2,)),
        ("What are the dues for berth North 2?", "North 2 | 9.0 | 937.25", 0, (2,)),
        ("Who pays 1284.50?", "1,284.50", 0, (1,)),
        ("When must the lamps be lit?", "Lamps are lit at dusk", 0, (2,)),
        ("How can the contract be terminated?", "may end this agreement", 0, (1, 2)),
        ("Where can I buy diesel?", "southern pump", 1, (1,)),
        ("Is Norling a party to the agreement?", "Norling & Sons", 0, (1,)),
    ],
)
def test_the_passage_that_answers_comes_first(question: str, part: str, document: int, pages: tuple[int, ...]) -> None:
    found = best(question)
    assert part in found.text
    assert (found.document, found.pages) == (document, pages)
    assert set(found.boxes) == set(pages)


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Mongolia?",
        "Which currency hedging strategy does the treasury apply?",
        "Does the agreement mention arbitration in Stockholm?",
        "How many penguins live in Antarctica?",
        "???",
        "What is it?",
    ],
)
def test_where_nothing_resembles_a_question_nothing_is_given(question: str) -> None:
    assert Passages([LEASE, TARIFF]).find(question) == []


def test_a_heading_helps_the_paragraph_below_it() -> None:
    found = best("termination")
    assert found.heading == "Termination"
    assert found.text.startswith("Either party")


def test_a_paragraph_that_goes_on_over_the_page_is_one_passage_with_both_pages() -> None:
    assert best("notice in writing, leaves the berth").pages == (1, 2)


def test_long_paragraphs_come_in_parts_between_sentences() -> None:
    sentences = [
        f"Sentence {n} speaks of topic{n} and of nothing else that anybody would remember later." for n in range(40)
    ]
    found = Passages([[page(1, "\n".join(sentences))]]).find("topic31")
    assert "topic31" in found[0].text
    assert len(found[0].text.split()) < 140
    assert found[0].text.startswith("Sentence")


def test_other_languages_and_scripts_are_ranked_too() -> None:
    document = [
        page(1, "Der Mietvertrag kann mit einer Frist von drei Monaten gekündigt werden."),
        page(2, "Le loyer est payé le premier jour de chaque mois."),
        page(3, "\u5951\u7d04\u306e\u671f\u9593\u306f\u4e09\u5e74\u9593\u3068\u3059\u308b\u3002"),
        page(4, "Договор вступает в силу с момента подписания."),
    ]
    passages = Passages([document])
    for question, number in (
        ("Welche Frist gilt für die Kündigung?", 1),
        ("Quand le loyer est-il payé ?", 2),
        ("\u5951\u7d04\u671f\u9593\u306f\u4f55\u5e74\u3067\u3059\u304b", 3),
        ("Когда вступает в силу договор?", 4),
    ):
        assert passages.find(question)[0].pages == (number,), question


def test_a_thousand_pages_are_ranked_in_seconds() -> None:
    text = "The lessee of berth {n} pays dues for quay {m} in advance, and keeps the lamps lit until the tide turns.\n"
    document = [page(n, *(text.format(n=n, m=m) * 3 for m in range(10))) for n in range(1, 1001)]
    began = time.perf_counter()
    passages = Passages([document])
    made = time.perf_counter()
    assert passages.find("berth 777 dues")[0].pages == (777,)
    assert made - began < 15, "four seconds by itself; others work here, too"
    assert time.perf_counter() - made < 3


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What is the date?", "12-02-2018 11:34"),
        ("Welches Datum?", "12-02-2018 11:34"),
        ("What is the total amount?", "Total 367.10"),
        ("Which percentage?", "Discount 6 %"),
    ],
)
def test_a_kind_of_thing_that_is_asked_for_is_found_without_its_name(question: str, found: str) -> None:
    lines = ["Borong Super", "12-02-2018 11:34", "Rice 10KG", "Total 367.10", "Discount 6 %", "Thank you"]
    passages = Passages([[page(1, *lines)]]).find(question)
    assert passages[0].text == found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Due on 3 May 2024", ["date"]),
        ("2024-05-03", ["date"]),
        ("am 3. M\u00e4rz 2024", ["date"]),
        ("Version 1.2.3", []),
        ("RM367.10", ["money"]),
        ("1,284 euros", ["money"]),
        ("12.5 per cent", ["share"]),
        ("in 14 days", []),
        ("he may come", []),
    ],
)
def test_kinds_are_told_by_their_looks(text: str, kinds: list[str]) -> None:
    assert kinds_in(text) == kinds
