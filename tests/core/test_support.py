"""Whether what a statement cites bears it out, from its words alone."""

from __future__ import annotations

import pytest

from benchmarks.support import MAX_ACCUSED, MIN_IRRELEVANT, MIN_TURNED, cases_of, documents
from witnessmark.evidence.support.judging import support_of
from witnessmark.evidence.support.passages import DocumentPassages

LEASE = [
    "The tenant pays a monthly rent of 900 euros in advance.",
    "The owner repairs the roof and the windows within thirty days.",
    "The tenant may keep a cat but no dogs.",
    "Either side ends the lease with three months' notice.",
    "The garden is shared by all tenants of the house.",
]


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        ("The tenant shall not sublet the flat.", "The tenant shall not sublet the flat to others."),
        ("Subletting is prohibited.", "The tenant must not sublet the flat."),
        ("Sales went up in 2023.", "In 2023 sales rose."),
        ("Sales did not rise.", "Sales fell."),
        ("The rent is due within 30 days.", "Rent is payable within thirty days."),
        ("Die Frist beträgt 30 Tage.", "Es gilt eine Frist von dreißig Tagen."),
        ("Not only the roof but also the windows are repaired.", "The owner repairs the roof and the windows."),
        ("It must be paid no later than 3 May.", "Payment of the price is due by 3 May at the latest."),
        ("Der Vertrag ist nicht befristet.", "Das Vertragsverhältnis ist unbefristet."),
        ("The house was sold to Ms Ito by Mr Berg.", "Mr Berg sold the house to Ms Ito."),
    ],
)
def test_a_true_statement_in_other_words_is_supported(statement: str, cited: str) -> None:
    assert support_of(statement, [cited]).verdict == "supported"


@pytest.mark.parametrize(
    ("statement", "cited", "named"),
    [
        ("The tenant shall not sublet the flat.", "The tenant may sublet the flat.", "'not'"),
        ("The tenant may sublet the flat.", "The tenant shall not sublet the flat.", "'not'"),
        ("Der Mieter darf einen Hund halten.", "Der Mieter darf keinen Hund halten.", "'keinen'"),
        ("Sales fell in 2023.", "In 2023 sales rose.", "'rose'"),
        ("Der Umsatz sank im Mai.", "Im Mai stieg der Umsatz.", "'stieg'"),
        ("The price is due before delivery.", "The price is due after delivery.", "'after'"),
        ("The penalty is at least 5 % of the price.", "The penalty is at most 5 % of the price.", "'at most'"),
        ("The seller bears the cost of transport.", "The buyer bears the cost of transport.", "'buyer'"),
        ("Der Mieter zahlt die Reparatur.", "Die Reparatur zahlt der Vermieter.", "'Vermieter'"),
        ("The buyer delivers the machine to the seller.", "The seller delivers the machine to the buyer.", "'seller'"),
        ("Liability for data loss is limited.", "Liability for data loss is unlimited.", "'unlimited'"),
    ],
)
def test_a_statement_turned_round_is_contradicted_and_the_words_named(statement: str, cited: str, named: str) -> None:
    found = support_of(statement, [cited])
    assert found.verdict == "contradicted"
    assert named in found.reason


def test_a_citation_that_has_nothing_of_a_statement_is_weak() -> None:
    found = support_of("The owner repairs the roof.", [LEASE[4]])
    assert found.verdict == "weakly_supported"
    assert "'repairs'" in found.reason


def test_a_citation_is_weak_if_another_passage_says_much_more_of_the_statement() -> None:
    passages = DocumentPassages(LEASE)
    statement = "The tenant can have a cat in the house, though dogs are not allowed."
    assert support_of(statement, [LEASE[4]], passages=passages).verdict == "weakly_supported"
    assert support_of(statement, [LEASE[2]], passages=passages).verdict == "supported"


def test_several_citations_support_a_statement_together() -> None:
    assert support_of("The rent is 900 euros, and notice is three months.", [LEASE[0], LEASE[3]]).verdict == "supported"


def test_a_yes_or_no_is_read_with_its_question() -> None:
    question = "May the tenant sublet the flat?"
    cited = "The tenant shall not sublet the flat."
    assert support_of("No.", [cited], question=question).verdict == "supported"
    assert support_of("Yes.", [cited], question=question).verdict == "contradicted"


def test_a_fragment_is_read_with_the_sentence_around_it() -> None:
    passages = DocumentPassages(["The tenant shall not sublet the flat without consent.", *LEASE])
    found = support_of("Subletting the flat without consent is not allowed.", ["sublet the flat"], passages=passages)
    assert found.verdict == "supported"


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        ("Le loyer est de 900 euros par mois et doit \u00eatre pay\u00e9.", "Le loyer mensuel est de 900 euros."),
        ("The rent is 900 euros a month.", "Die Miete beträgt 900 Euro im Monat und ist im Voraus zu zahlen."),
        ("家賃は月額九万円です。", "家賃は月額九万円とする。"),
        ("900", "900 euros"),
        ("---", "The rent is due."),
        ("", "The rent is due."),
        ("The rent is due.", ""),
    ],
)
def test_what_cannot_be_compared_has_no_verdict_but_a_reason(statement: str, cited: str) -> None:
    found = support_of(statement, [cited])
    assert found.verdict is None
    assert found.reason


def test_what_a_statement_quotes_of_its_citation_says_nothing_of_the_rest() -> None:
    quote = "The garden is shared by all tenants of the house."
    assert support_of(f"The owner repairs windows and roof: {quote}", [quote]).verdict == "weakly_supported"
    assert support_of(quote, [quote]).verdict == "supported"


def test_a_very_long_statement_is_bounded() -> None:
    assert support_of("The rent is due. " * 10_000, ["The rent is due. " * 100_000]).verdict is None


def test_true_statements_pass_and_irrelevant_and_turned_ones_do_not() -> None:
    cases = [case for written in documents() for case in cases_of(written)]

    def share(kind: str) -> float:
        chosen = [case for case in cases if case.kind.startswith(kind)]
        return sum(case.is_flagged for case in chosen) / len(chosen)

    assert share("true") <= MAX_ACCUSED
    assert share("irrelevant") >= MIN_IRRELEVANT
    assert share("turned") >= MIN_TURNED
