"""`read_pdf_with_citations` with Claude: what is cited, looked up, joined and asked again, and what it costs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.drawing import document, draw_text, mapped_document, words
from tests.ocr_pages import draw_page, encoded, scanned_pdf
from tests.tools.conftest import House, house_settings, opened
from witnessmark.plans.spending import CostAboveLimit
from witnessmark.testing import Cited, FakeClaudeAPI, Reply, Request
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.citations_result import Citation, CitedAnswer, CitedReading

pytestmark = pytest.mark.anyio

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
LEASE = [
    "Lease of the mill\nThe tenant pays a rent of 1,284 euros a month.\nIt is due on 3 May 2024.",
    "Repairs\nThe owner repairs the roof and the wheel.\nThe tenant mends what the tenant breaks.",
    "Notice\nEither side ends the lease with six months of notice.",
]


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


async def ask(house: House, files: dict[str, bytes], *questions: str, **arguments: Any) -> CitedReading:
    """Write files and ask about them."""
    for name, content in files.items():
        (house.folder / name).write_bytes(content)
    definition = BY_NAME["read_pdf_with_citations"]
    paths = [str(house.folder / name) for name in files]
    given = definition.parse({"sources": paths, "questions": list(questions), **arguments})
    found = await definition.call(given, replace(house.services, patience=None))
    assert isinstance(found, CitedReading)
    return found


def answering(api: FakeClaudeAPI, said: Any) -> list[Request]:
    """Have everything answered alike, or by a function, and list what is asked."""
    asked: list[Request] = []

    def answer(request: Request) -> Any:
        asked.append(request)
        return said(request) if callable(said) else said

    api.answer_with(answer)
    return asked


def cited(text: str, quote: str) -> Reply:
    return Reply(cited=[Cited(text=text, quote=quote)])


def only(found: CitedReading) -> tuple[CitedAnswer, Citation]:
    (answer,) = found.answers
    (statement,) = answer.statements
    (citation,) = statement.citations
    return answer, citation


def places(answer: CitedAnswer) -> list[tuple[str, int, str | None]]:
    return [(one.document, one.page, one.status) for said in answer.statements for one in said.citations]


def messages(api: FakeClaudeAPI) -> int:
    return sum(request.path == "/v1/messages" for request in api.requests)


async def test_a_statement_is_cited_and_its_place_looked_up(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(cited("The rent is 1,284 euros.", "a rent of 1,284 euros a month"))
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, "What is the rent?")
    answer, citation = only(found)
    assert (answer.outcome, answer.statements[0].text) == ("answered", "The rent is 1,284 euros.")
    assert (citation.document, citation.page, citation.status) == ("lease.pdf", 1, "located")
    assert citation.box is not None
    assert found.engines == [SONNET]
    assert found.needs_review == []
    assert answer.uncited == []
    assert found.cost.input_tokens == api.totals.billed["input_tokens"]


async def test_pages_of_a_part_are_pages_of_the_document(house: House, api: FakeClaudeAPI) -> None:
    asked = answering(api, cited("Six months.", "six months of notice"))
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, "What notice?", pages="2-3")
    assert only(found)[1].page == 3
    assert [len(request.pages) for request in asked] == [2]


async def test_a_citation_on_a_wrong_page_is_corrected_and_said(house: House, api: FakeClaudeAPI) -> None:
    location = {"type": "page_location", "document_index": 0, "document_title": "lease.pdf", "file_id": None}
    wrong = location | {"cited_text": "six months of notice", "start_page_number": 1, "end_page_number": 2}
    api.answer_with(Reply(blocks=[{"type": "text", "text": "Six months.", "citations": [wrong]}]))
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, "What notice?")
    citation = only(found)[1]
    assert (citation.page, citation.claimed_page, citation.status) == (3, 1, "displaced")
    assert [item.status for item in found.needs_review] == ["displaced"]


async def test_a_figure_that_its_citation_does_not_have_is_for_a_person_to_see(
    house: House, api: FakeClaudeAPI
) -> None:
    api.answer_with(cited("The rent is 1,234 euros.", "a rent of 1,284 euros a month"))
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, "What is the rent?")
    assert [item.value for item in found.needs_review] == ["1,234"]


async def test_what_has_no_citation_is_listed(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(
        Reply(cited=[Cited(text="The rent is 1,284 euros.", quote="rent of 1,284"), " That is usual here."])
    )
    (answer,) = (await ask(house, {"lease.pdf": draw_text(LEASE)}, "What is the rent?")).answers
    assert answer.uncited == ["That is usual here."]
    assert [(one.text, len(one.citations)) for one in answer.statements] == [
        ("The rent is 1,284 euros.", 1),
        ("That is usual here.", 0),
    ]


async def test_what_is_not_there_is_said_with_what_was_searched(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with("NOT IN THE DOCUMENTS")
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, "Who baptised the owner's grandmother?")
    (answer,) = found.answers
    assert (answer.outcome, answer.statements) == ("not_in_documents", [])
    assert answer.searched == "1 document, 3 pages"
    assert "Not found in the documents. Searched: 1 document, 3 pages" in found.to_text()


async def test_ten_questions_write_the_document_once_and_read_it_nine_times(house: House, api: FakeClaudeAPI) -> None:
    pages = [
        "\n".join(f"Page {n} line {line}: the mill keeps {n * line} sacks." for line in range(40)) for n in range(8)
    ]
    api.answer_with("NOT IN THE DOCUMENTS")
    found = await ask(house, {"mill.pdf": draw_text(pages)}, *(f"How many sacks has heap {n}?" for n in range(10)))
    assert messages(api) == 10
    document = found.cost.cache_creation_input_tokens
    assert document > 5_000
    assert found.cost.cache_read_input_tokens == 9 * document
    rest = found.cost.input_tokens
    assert rest < 0.02 * document * 10


async def test_the_same_question_again_costs_nothing(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(cited("The rent is 1,284 euros.", "a rent of 1,284 euros a month"))
    first = await ask(house, {"lease.pdf": draw_text(LEASE)}, "What is the rent?")
    second = await ask(house, {"lease.pdf": draw_text(LEASE)}, "What is the rent?")
    assert messages(api) == 1
    assert (second.cost.usd, second.cost.reused) == (0, 1)
    assert second.answers == first.answers


async def test_several_documents_are_cited_each_by_its_name(house: House, api: FakeClaudeAPI) -> None:
    files = {"a.pdf": draw_text(["The mill grinds rye."]), "b.txt": b"The bakery bakes bread.\n"}
    api.answer_with(
        Reply(
            cited=[
                Cited(text="Rye is ground.", quote="grinds rye"),
                " ",
                Cited(text="Bread is baked.", quote="bakes bread"),
            ]
        )
    )
    (answer,) = (await ask(house, files, "What is done?")).answers
    assert places(answer) == [("a.pdf", 1, "located"), ("b.txt", 1, "located")]


async def test_the_same_file_twice_is_sent_once(house: House, api: FakeClaudeAPI) -> None:
    content = draw_text(LEASE)
    asked = answering(api, cited("Six months.", "six months of notice"))
    found = await ask(house, {"a.pdf": content, "b.pdf": content}, "What notice?")
    assert [len(request.documents) for request in asked] == [1]
    assert any("b.pdf is the same file as a.pdf" in warning for warning in found.warnings)


def needs_ocr() -> None:
    pytest.importorskip("faster_paddle")


async def test_a_scan_is_cited_by_the_lines_that_ocr_read(house: House, api: FakeClaudeAPI) -> None:
    needs_ocr()
    scan = scanned_pdf(draw_page(["The rent of the mill is", "1,284 euros a month."]))
    asked = answering(api, cited("It is 1,284 euros.", "1,284 euros"))
    found = await ask(house, {"scan.pdf": scan}, "What is the rent?")
    _, citation = only(found)
    assert (citation.document, citation.page, citation.status) == ("scan.pdf", 1, "located")
    assert citation.box is not None
    (request,) = asked
    assert [len(request.lines_of(document)) > 0 for document in request.documents] == [False, True]


async def test_an_image_is_cited_too(house: House, api: FakeClaudeAPI) -> None:
    needs_ocr()
    picture = encoded(draw_page(["The rent of the mill is", "1,284 euros a month."]))
    api.answer_with(cited("It is 1,284 euros.", "1,284 euros"))
    _, citation = only(await ask(house, {"photo.png": picture}, "What is the rent?"))
    assert (citation.document, citation.status) == ("photo.png", "located")


async def test_what_a_page_shows_counts_and_not_what_its_text_layer_says(house: House, api: FakeClaudeAPI) -> None:
    needs_ocr()
    lines = [f"In month {n} the rent of the mill was {n}2{n}2 euros." for n in range(1, 10)]
    drawn = b"".join(words(line, x=60, top=80 + 20 * n, font="F3") for n, line in enumerate(lines))
    api.answer_with(cited("It was 3737 euros.", "the mill was 3737 euros"))
    found = await ask(house, {"a.pdf": mapped_document(drawn, says={"2": "7"})}, "What was the rent in month 3?")
    citation = only(found)[1]
    assert (citation.status, citation.page) == ("unlocated", 1)
    assert citation.nearest is not None
    assert "3232" in citation.nearest.text


# --- long documents ----------------------------------------------------------------------------------------------


def long_document(pages: int = 40) -> bytes:
    filling = "\n".join(f"Here stands a line number {n} that says nothing of note to anybody." for n in range(30))
    return draw_text(
        [
            f"Chapter {n}: the mill of year {1900 + n} ground {n * 37 + 1000} sacks.\n{filling}"
            for n in range(1, pages + 1)
        ]
    )


def by_part(request: Request) -> Reply | str:
    """Cite the first chapter of what is shown; join findings by citing each of them."""
    first = request.documents[0]
    if first.title == "Findings":
        lines = request.lines_of(first)
        return Reply(
            cited=[piece for line in lines for piece in (Cited(text=line.partition(") ")[2], quote=line), " ")]
        )
    line = request.pages[0].text.split("\n")[0]
    return Reply(cited=[Cited(text=line, quote=line)])


async def test_parts_are_asked_side_by_side_and_joined_with_their_citations(house: House, api: FakeClaudeAPI) -> None:
    asked = answering(api, by_part)
    found = await ask(house, {"long.pdf": long_document()}, "How much was ground?", model=HAIKU)
    (answer,) = found.answers
    parts = [request for request in asked if request.pages]
    assert len(parts) > 1
    assert len(asked) == len(parts) + 1
    firsts = [sum(len(request.pages) for request in parts[:n]) + 1 for n in range(len(parts))]
    assert sorted(places(answer)) == [("long.pdf", page, "located") for page in sorted(firsts)]
    assert answer.searched == "1 document, 40 pages"


async def test_a_part_that_fails_costs_that_part(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(by_part)
    api.refuse_when(lambda request: "year 1940" in request.page_text)
    found = await ask(house, {"long.pdf": long_document()}, "How much was ground?", model=HAIKU)
    (answer,) = found.answers
    assert answer.outcome == "answered"
    assert answer.searched == "1 document, 39 pages; 1 page not asked"
    assert any("Not asked of long.pdf, page 40." in warning for warning in found.warnings)


# --- auto ------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def auto(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api, model="auto"), tmp_path) as made:
        yield made


async def test_what_stands_as_cited_goes_no_further(auto: House, api: FakeClaudeAPI) -> None:
    api.answer_with(cited("The rent is 1,284 euros.", "a rent of 1,284 euros a month"))
    found = await ask(auto, {"lease.pdf": draw_text(LEASE)}, "What is the rent?")
    assert found.engines == [HAIKU]
    assert messages(api) == 1


async def test_a_quote_in_columns_too_close_to_tell_goes_no_further(auto: House, api: FakeClaudeAPI) -> None:
    left = (
        "The levy of 12,400 euros was paid",
        "in May by the tenant of the mill",
        "and not by the owner of the land.",
    )
    right = (
        "Repairs to the quay were put off",
        "until the dredger is back from the",
        "yard, and none has been signed.",
    )
    texts = [
        (line, x, 60 + 12 * number) for column, x in ((left, 60), (right, 220)) for number, line in enumerate(column)
    ]
    page = document(b"".join(words(text, x=x, top=top) for text, x, top in texts))
    api.answer_with(cited("The tenant paid the levy of 12,400 euros.", " ".join(left)))
    found = await ask(auto, {"levy.pdf": page}, "Who paid the levy?")
    citation = only(found)[1]
    assert (citation.status, citation.box) == ("located", [60.0, 58.5, 212.3, 94.2])
    assert found.engines == [HAIKU]
    assert messages(api) == 1


async def test_a_question_whose_answer_is_in_doubt_goes_up_alone(auto: House, api: FakeClaudeAPI) -> None:
    def answer(request: Request) -> Reply:
        if "notice" in request.question:
            return cited("Six months.", "six months of notice")
        figure = "1,234" if request.model == HAIKU else "1,284"
        return cited(f"The rent is {figure} euros.", "a rent of 1,284 euros a month")

    asked = answering(api, answer)
    found = await ask(auto, {"lease.pdf": draw_text(LEASE)}, "What is the rent?", "What notice?")
    assert found.engines == [HAIKU, SONNET]
    assert [request.model for request in asked] == [HAIKU, HAIKU, SONNET]
    assert [answer.model for answer in found.answers] == [SONNET, HAIKU]
    assert found.needs_review == []


async def test_that_something_is_not_there_is_believed_unless_passages_resemble_it(
    auto: House, api: FakeClaudeAPI
) -> None:
    asked = answering(api, "NOT IN THE DOCUMENTS")
    await ask(auto, {"lease.pdf": draw_text(LEASE)}, "Which telescope photographed Neptune?")
    assert [request.model for request in asked] == [HAIKU]
    await ask(auto, {"lease.pdf": draw_text(LEASE)}, "Who repairs the roof and the wheel?")
    assert [request.model for request in asked] == [HAIKU, HAIKU, SONNET]  # two settle it


async def test_nothing_goes_up_beyond_what_may_be_spent(auto: House, api: FakeClaudeAPI) -> None:
    api.answer_with(cited("The rent is 1,234 euros.", "a rent of 1,284 euros a month"))
    found = await ask(auto, {"lease.pdf": draw_text(LEASE)}, "What is the rent?", max_cost_usd=0.004)
    assert found.engines == [HAIKU]
    assert any("was not asked 1 question again" in warning for warning in found.warnings)


# --- what it costs ---------------------------------------------------------------------------------------------------


async def test_the_price_is_of_the_very_requests_that_are_sent(house: House, api: FakeClaudeAPI) -> None:
    asked = answering(api, cited("Six months.", "six months of notice"))
    content = draw_text(LEASE)
    (house.folder / "lease.pdf").write_bytes(content)
    arguments = {"sources": [str(house.folder / "lease.pdf")], "questions": ["What notice?", "Which notice?"]}
    definition = BY_NAME["estimate_cost"]
    given = definition.parse({"tool": "read_pdf_with_citations", "arguments": arguments, "models": [SONNET]})
    estimate: Any = await definition.call(given, house.services)
    assert asked == []
    (cost,) = estimate.models
    assert cost.requests == 2
    found = await ask(house, {"lease.pdf": content}, "What notice?", "Which notice?")
    assert cost.usd is not None
    assert found.cost.estimated_usd == pytest.approx(cost.usd.estimate, rel=0.5)
    again: Any = await definition.call(given, house.services)
    assert [(one.requests, one.reused) for one in again.models] == [(0, 2)]


async def test_a_price_beyond_a_limit_is_refused_before_anything_is_sent(house: House, api: FakeClaudeAPI) -> None:
    asked = answering(api, "NOT IN THE DOCUMENTS")
    with pytest.raises(CostAboveLimit):
        await ask(house, {"lease.pdf": draw_text(LEASE)}, "What notice?", max_cost_usd=0.000001)
    assert asked == []
