"""Answers with citations, understood: statements and what they point to."""

from __future__ import annotations

from typing import Any

import pytest

from witnessmark.claude.understanding import CitedText
from witnessmark.documents.document import PageFacts
from witnessmark.documents.text_size import text_size
from witnessmark.plans.models import model_named
from witnessmark.plans.plan import Ask, LinesBlock, PdfBlock, TextBlock, TextDocumentBlock
from witnessmark.plans.tokens import Count
from witnessmark_tools.citations_answer import Reply, Said, reply_of

PDF = PdfBlock(
    title="a.pdf, pages 11-13",
    sha256="a",
    pages=tuple(PageFacts(page_number=n, width=595, height=842) for n in (11, 12, 13)),
)
TEXT = TextDocumentBlock(title="b.txt, lines 1-2", text="one\ntwo", size=text_size("one two"), sha256="b")
LINES = LinesBlock(title="c.pdf", lines=("first line", "second line", "third line"), pages=(4, 4, 7), sha256="c")
ASK = Ask(
    model=model_named("sonnet").id,
    instructions="",
    blocks=(PDF, TEXT, LINES, TextBlock(text="What?")),
    schema=None,
    effort=None,
    max_tokens=4_000,
    cites=True,
    expected_output=Count(1, 1, 1),
)


def page(first: int = 1, end: int = 2, text: str = "as printed", document: int = 0) -> dict[str, Any]:
    return {
        "type": "page_location",
        "cited_text": text,
        "document_index": document,
        "start_page_number": first,
        "end_page_number": end,
    }


def lines(first: int, end: int) -> dict[str, Any]:
    return {
        "type": "content_block_location",
        "cited_text": "glued",
        "document_index": 2,
        "start_block_index": first,
        "end_block_index": end,
    }


def reply(*pieces: str | tuple[str, dict[str, Any]]) -> Reply:
    return reply_of(
        [CitedText(one, ()) if isinstance(one, str) else CitedText(one[0], (one[1],)) for one in pieces], ASK
    )


def texts(said: Reply) -> list[tuple[str, int]]:
    return [(one.text, len(one.passages)) for one in said.statements]


@pytest.mark.parametrize(
    ("pieces", "statements"),
    [
        pytest.param([("It rose.", page())], [("It rose.", 1)], id="one"),
        pytest.param(["In 2024 ", ("it rose", page()), "."], [("In 2024 it rose.", 1)], id="amid a sentence"),
        pytest.param(
            [("It rose.", page()), " ", ("Then it fell.", page())], [("It rose.", 1), ("Then it fell.", 1)], id="two"
        ),
        pytest.param(
            [("It rose", page()), " and ", ("it fell", page(text="other")), "."],
            [("It rose and it fell.", 2)],
            id="both",
        ),
        pytest.param(
            ["Here is what it says:\n\n- ", ("It rose", page()), "\n- ", ("It fell", page()), "\n"],
            [("Here is what it says:", 0), ("It rose", 1), ("It fell", 1)],
            id="list",
        ),
        pytest.param(
            [("It rose", page()), ". That is much. Nobody knows why."],
            [("It rose.", 1), ("That is much.", 0), ("Nobody knows why.", 0)],
            id="sentences after",
        ),
        pytest.param(
            ["Under Art. 5 of No. 12, Dr. B. Smith ", ("pays 3.5 million", page()), "."],
            [("Under Art. 5 of No. 12, Dr. B. Smith pays 3.5 million.", 1)],
            id="points that end nothing",
        ),
        pytest.param([("It rose. It fell.", page())], [("It rose. It fell.", 1)], id="what cites is not parted"),
        pytest.param(["**It rose.**"], [("It rose.", 0)], id="bold"),
        pytest.param(["\n\n", ("It rose.", page()), "\n"], [("It rose.", 1)], id="white space"),
    ],
)
def test_an_answer_is_parted_into_statements(pieces: list[Any], statements: list[tuple[str, int]]) -> None:
    assert texts(reply(*pieces)) == statements


@pytest.mark.parametrize(
    "text",
    ["NOT IN THE DOCUMENTS", "NOT IN THE DOCUMENTS.", "**NOT IN THE DOCUMENTS**", "Not in the documents."],
)
def test_what_is_not_there_is_no_statement(text: str) -> None:
    said = reply(text)
    assert said.is_not_found
    assert said.missing == ()


def test_what_is_missing_of_a_question_is_said_beside_what_is_there() -> None:
    said = reply(("It rose by 3 %.", page()), "\nNOT IN THE DOCUMENTS: why it rose. And by whom.")
    assert texts(said) == [("It rose by 3 %.", 1)]
    assert said.missing == ("why it rose.", "And by whom.")


@pytest.mark.parametrize(
    ("citation", "pages", "text"),
    [
        pytest.param(page(1, 2), (11,), "as printed", id="the end is excluded"),
        pytest.param(page(2, 4), (12, 13), "as printed", id="two pages of a part"),
        pytest.param(page(3, 9), (13,), "as printed", id="beyond the last page"),
        pytest.param(page(2, 2), (12,), "as printed", id="an end that is not excluded"),
        pytest.param(lines(1, 3), (4, 7), "second line third line", id="lines with their own pages and words"),
        pytest.param(
            {"type": "char_location", "cited_text": "two", "document_index": 1, "start_char_index": 4},
            (1,),
            "two",
            id="text",
        ),
    ],
)
def test_a_citation_is_of_the_documents_own_pages(citation: dict[str, Any], pages: tuple[int, ...], text: str) -> None:
    (passage,) = reply(("It rose.", citation)).statements[0].passages
    assert (passage.pages, passage.cited_text) == (pages, text)


@pytest.mark.parametrize(
    "citation",
    [page(document=7), page(0, 0), page(9, 10), {"type": "other"}, {"document_index": "0"}, lines(5, 6)],
    ids=["no such document", "page 0", "no such page", "nothing", "text for a number", "no such line"],
)
def test_a_citation_that_points_nowhere_is_none(citation: dict[str, Any]) -> None:
    assert reply(("It rose.", citation)).statements == (Said(text="It rose."),)


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        pytest.param(
            'It rose. "it rose by a third" (page 2)', ("a", (12,), "it rose by a third"), id="page of the file"
        ),
        pytest.param("It rose: \u201cit rose by a third\u201d", ("a", (), "it rose by a third"), id="no page"),
        pytest.param('It fell: "it fell by a half" (b.txt)', ("b", (1,), "it fell by a half"), id="document named"),
        pytest.param('It fell: "it fell by a half" (c.pdf, p. 7)', ("c", (7,), "it fell by a half"), id="lines"),
        pytest.param('It rose: "it rose by a third" (page 99)', ("a", (), "it rose by a third"), id="no such page"),
    ],
)
def test_what_is_quoted_where_nothing_can_be_cited_is_a_citation(text: str, passage: tuple[Any, ...]) -> None:
    (said,) = reply(text).statements
    (found,) = said.passages
    assert (found.sha256, found.pages, found.cited_text) == passage


def test_a_name_in_quotation_marks_is_no_citation() -> None:
    assert reply('The ship is called "Old Rose".').statements[0].passages == ()
