"""Whether what a statement cites bears it out, from its words alone."""

from __future__ import annotations

import pytest

from benchmarks.support import MIN_IRRELEVANT, cases_of, documents
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
        ("The penalty is at least 5 % of the price.", "The penalty is at most 5 % of the price.", "'at most 5 %'"),
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


@pytest.mark.parametrize(
    ("cited", "true", "turned"),
    [
        (
            "Deliveries of at least 20 tons are free of freight.",
            "Deliveries of 20 tons or more carry no freight.",
            "Deliveries up to 20 tons carry no freight.",
        ),
        (
            "Der Vertrag endet frühestens am 1. April 2027.",
            "Der Vertrag endet nicht vor dem 1. April 2027.",
            "Der Vertrag endet spätestens am 1. April 2027.",
        ),
        (
            "The steel costs 2.4 million euros a month.",
            "The steel costs EUR 2.4m a month.",
            "The steel costs USD 2.4m a month.",
        ),
        ("The price is 2.4 million euros.", "The price is 2,400,000 euros.", "The price is 2.4 billion euros."),
        (
            "Delta Metals supplies Corvin Tools with steel.",
            "Corvin Tools gets its steel from Delta Metals.",
            "Delta Metals gets its steel from Corvin Tools.",
        ),
        (
            "Die Südbau AG liefert der Nordwerk GmbH Stahl.",
            "Die Nordwerk GmbH bezieht Stahl von der Südbau AG.",
            "Die Südbau AG bezieht Stahl von der Nordwerk GmbH.",
        ),
        (
            "Corvin Tools bears the freight; Delta Metals bears the insurance.",
            "Insurance is paid by Delta Metals.",
            "Insurance is paid by Corvin Tools.",
        ),
        (
            "All depots except Harwich are staffed at night.",
            "Harwich has no staff at night.",
            "Only Harwich has staff at night.",
        ),
        (
            "Only licensed drivers may enter the yard.",
            "Entry to the yard is reserved for drivers with a licence.",
            "Anyone may enter the yard, with or without a licence.",
        ),
        (
            "Trucks from Leeds were faster than trucks from Hull.",
            "Hull's trucks were slower than those from Leeds.",
            "Leeds' trucks were slower than those from Hull.",
        ),
        (
            "Ernest Vale succeeded Mary Holt as treasurer in 2018.",
            "Mary Holt was treasurer before Ernest Vale.",
            "Ernest Vale was treasurer before Mary Holt.",
        ),
        (
            "The policy covers theft from the house, not theft from the garden.",
            "Theft from the garden is not covered.",
            "The policy covers theft from the garden.",
        ),
        ("Income before tax came to 7.9 million dollars.", "Pre-tax income was 7.9m.", "After-tax income was 7.9m."),
    ],
    ids=[
        *("a bound", "a bound in German", "a currency", "a scale", "giver and taker", "giver and taker in German"),
        *("two parties in one sentence", "an exception", "only", "a comparison", "an order in time", "a denied part"),
        "before and after tax",
    ],
)
def test_what_a_statement_turns_round_is_told_from_what_it_says_in_other_words(
    cited: str, true: str, turned: str
) -> None:
    assert support_of(true, [cited]).verdict == "supported"
    assert support_of(turned, [cited]).verdict == "contradicted"


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

    # Not yet the goals of `benchmarks/support.py`: these hold what there is.
    assert share("true") <= 0.03
    assert share("irrelevant") >= MIN_IRRELEVANT
    assert share("turned") >= 0.70
