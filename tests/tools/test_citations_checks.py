"""Figures that a statement's own citations do not have."""

from __future__ import annotations

import pytest

from witnessmark_tools.citations_checks import contradicted_figures, unsupported_figures, without_references


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        ("Sales were 1,284 euros.", "sales of EUR 1,284 were made"),
        ("Sales were 1284 euros.", "sales of EUR 1,284 were made"),
        ("Sales were €1,284.00.", "sales of EUR 1,284 were made"),
        ("It has 12,500 members.", "membership stands at 12 500"),
        ("It fell by 3 % in 2024.", "In 2024, a decline of 3% was seen"),
        ("The loss was 5.2 million.", "net result: (5.2) million"),
        ("It is due on 3 May 2024 (section 4.1).", "4.1 Due date: May 3, 2024."),
        ("Nothing was paid.", "no payment"),
        ("It pays EUR 36,900.", "price EUR36,900 is payable"),
        ("It is guaranteed for 90 days.", "a warranty of ninety days"),
        ("Notice is 14 days.", "with two weeks of notice"),
        ("Die Frist beträgt 14 Tage.", "eine Frist von zwei Wochen"),
        ("The term is 12 months.", "for one year from signing"),
    ],
)
def test_a_figure_that_is_cited_is_borne_out(statement: str, cited: str) -> None:
    assert unsupported_figures(statement, [cited]) == []


@pytest.mark.parametrize(
    ("statement", "cited", "figures"),
    [
        ("Sales were 1,284 euros.", "sales of EUR 1,234 were made", ["1,284"]),
        ("Sales were 1,284 euros in 2023.", "sales of EUR 1,284 were made", ["2023"]),
        ("It rose from 12 to 15.5.", "from 12 on", ["15.5"]),
        ("It was 12.84.", "it was 1,284", ["12.84"]),
        ("It was 100.", "it was 10", ["100"]),
        ("Notice is 15 days.", "with two weeks of notice", ["15"]),
        ("The term is 13 months.", "for one year from signing", ["13"]),
    ],
)
def test_a_figure_that_is_not_is_named(statement: str, cited: str, figures: list[str]) -> None:
    assert unsupported_figures(statement, [cited]) == figures


def test_what_the_question_says_needs_no_citation() -> None:
    assert unsupported_figures("In 2023 it was 7.", ["it was 7"], known="What was it in 2023?") == []


def test_several_citations_bear_a_statement_out_together() -> None:
    assert unsupported_figures("12 and 15 make 27.", ["12 of them", "15 more"]) == ["27"]


@pytest.mark.parametrize(
    ("statement", "cited", "question", "figures"),
    [
        ("The rent is 950 euros a month.", "a rent of 900 euros a month", "Is the rent 950 euros?", ["950"]),
        ("Notice is 30 days.", "with 60 days of notice", "Is notice 30 days?", ["30"]),
        ("The rent is 900 euros a month.", "a rent of 900 euros a month", "Is the rent 950 euros?", []),
        ("It is not 950 euros but 900 euros.", "a rent of 900 euros", "Is the rent 950 euros?", []),
        ("In 2023 it was 7.", "it was 7", "What was it in 2023?", []),
        ("In 2023 sales were 40 euros.", "sales of 40 euros", "What were sales in 2023?", []),
    ],
)
def test_a_figure_of_the_question_is_no_excuse_where_what_is_cited_says_another(
    statement: str, cited: str, question: str, figures: list[str]
) -> None:
    assert contradicted_figures(statement, [cited], known=question) == figures


NAMES = ["report-2024.pdf", "file.pdf"]


@pytest.mark.parametrize(
    ("statement", "claim"),
    [
        ("The rent is 1,284 euros (file.pdf, page 5).", "The rent is 1,284 euros ."),
        ("The rent is 1,284 euros [report-2024.pdf, pages 3-7].", "The rent is 1,284 euros ."),
        ("Die Miete beträgt 1.284 Euro (FILE.pdf, Seiten 3 bis 5).", "Die Miete beträgt 1.284 Euro ."),
        ("The rent is 1,284 euros (page 5, lines 12-14).", "The rent is 1,284 euros ."),
        ("On page 5, 12 rooms are listed.", "On , 12 rooms are listed."),
        ("On page 12, 1,284 euros are named.", "On , 1,284 euros are named."),
        ("report-2024.pdf gives 1,284 euros.", "gives 1,284 euros."),
        ("It has 5 pages and costs 12 euros a page.", "It has 5 pages and costs 12 euros a page."),
        ("A page 5.5 cm wide and 80% full.", "A page 5.5 cm wide and 80% full."),
    ],
)
def test_how_a_statement_refers_to_documents_is_no_claim(statement: str, claim: str) -> None:
    assert without_references(statement, NAMES).split() == claim.split()


def test_a_figure_that_follows_from_two_cited_ones_is_supported() -> None:
    cited = ["Income rose from 4.1 million to 5.0 million."]
    assert unsupported_figures("Income grew by 0.9 million.", cited) == []
    assert unsupported_figures("Income grew by 0.8 million.", cited) == ["0.8"]


def test_a_figure_after_about_may_be_rounded_and_no_more() -> None:
    cited = ["20.7 % of the members voted."]
    assert unsupported_figures("About 21 % voted.", cited) == []
    assert unsupported_figures("About 22 % voted.", cited) == ["22"]
