"""`read_pdf_with_citations` offline: ranked passages with their places, over one document or several."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests import damage, drawing
from tests.ocr_pages import draw_page, encoded, needs_ocr, scanned_pdf
from tests.tools.conftest import House
from witnessmark.claude.credentials import KeyMissing
from witnessmark.documents.opening import DocumentDamaged, PasswordNeeded
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.citations_lookup import AskedCitation, look_up, review_of_citations
from witnessmark_tools.citations_questions import QuestionEmpty
from witnessmark_tools.citations_result import CitedReading
from witnessmark_tools.citations_sources import PagesOfSeveral, ReadSource, open_sources, read_sources
from witnessmark_tools.definition import no_progress

pytestmark = pytest.mark.anyio

LEASE = drawing.draw_text(
    [
        "The lessee may moor vessels of up to twelve metres.\nThe dues are 1,284.50 crowns for every quarter.",
        "Either party may end this agreement with a notice\nof three months, which is given in writing.",
    ]
)
SHED = drawing.draw_text(["Nets are stored in the eastern shed.\nThe shed is closed from ten at night."])


async def ask(
    house: House, files: dict[str, bytes], *questions: str, detail: str = "concise", **arguments: object
) -> CitedReading:
    for name, content in files.items():
        (house.folder / name).write_bytes(content)
    tool = BY_NAME["read_pdf_with_citations"]
    given: dict[str, Any] = {
        "sources": [str(house.folder / name) for name in files],
        "questions": list(questions),
        "detail": detail,
        **arguments,
    }
    result = await tool.call(tool.parse(given), replace(house.services, patience=None))
    assert isinstance(result, CitedReading)
    return result


async def test_a_question_gets_the_passages_that_resemble_it_with_page_and_box(house: House) -> None:
    result = await ask(house, {"lease.pdf": LEASE}, "How long is the notice?")
    (answer,) = result.answers
    assert answer.outcome == "passages"
    (citation,) = answer.statements[0].citations
    assert (citation.document, citation.page, citation.status) == ("lease.pdf", 2, "located")
    assert "a notice of three months" in citation.cited_text
    assert citation.box is not None
    assert citation.boxes is None
    assert answer.searched == "1 document, 2 pages"
    assert any("answers no questions" in warning for warning in result.warnings)
    text = result.to_text()
    assert "no answer" in text
    assert "[c1: lease.pdf, page 2]" in text
    assert "of three months" in text


async def test_what_nothing_resembles_is_said_not_to_be_found(house: House) -> None:
    result = await ask(house, {"lease.pdf": LEASE, "shed.pdf": SHED}, "What is the capital of Mongolia?")
    assert result.answers[0].outcome == "not_in_documents"
    assert result.answers[0].statements == []
    assert "Not found in the documents. Searched: 2 documents, 3 pages." in result.to_text()


async def test_several_documents_and_questions_are_told_apart(house: House) -> None:
    result = await ask(house, {"lease.pdf": LEASE, "shed.pdf": SHED}, "Where are nets stored?", "What are the dues?")
    cited = [answer.statements[0].citations[0] for answer in result.answers]
    assert [(one.document, one.page) for one in cited] == [("shed.pdf", 1), ("lease.pdf", 1)]
    assert [one.citation_id for one in result.citations] == [f"c{n}" for n in range(1, len(list(result.citations)) + 1)]
    assert [one.name for one in result.documents] == ["lease.pdf", "shed.pdf"]


async def test_documents_of_the_same_name_are_told_apart(house: House) -> None:
    for folder, content in (("old", LEASE), ("new", SHED)):
        (house.folder / folder).mkdir()
        (house.folder / folder / "a.pdf").write_bytes(content)
    result = await ask(house, {"old/a.pdf": LEASE, "new/a.pdf": SHED}, "Where are nets stored?")
    assert [one.name for one in result.documents] == ["a.pdf", "a.pdf (2)"]
    assert next(result.citations).document == "a.pdf (2)"


async def test_text_files_are_searched_and_have_no_boxes(house: House) -> None:
    text = b"# Lease\n\nThe notice is three months.\n\nThe dues are paid in advance.\n"
    result = await ask(house, {"lease.md": text}, "How long is the notice?", detail="full")
    citation = next(result.citations)
    assert (citation.page, citation.box, citation.boxes) == (1, None, None)
    assert citation.section == "# Lease"


@needs_ocr
async def test_scans_and_images_are_read_by_ocr_and_it_is_said(house: House) -> None:
    files = {"scan.pdf": scanned_pdf(draw_page()), "photo.png": encoded(draw_page(["The lamps are lit at dusk."]))}
    result = await ask(house, files, "Which nets are stored in the eastern shed?", "When are the lamps lit?")
    assert [(one.statements[0].citations[0].document) for one in result.answers] == ["scan.pdf", "photo.png"]
    assert all(one.statements[0].citations[0].box for one in result.answers)
    assert result.answers[0].searched == "2 documents, 2 pages, of which 2 by OCR"
    assert any(warning.startswith("scan.pdf: Page 1: read from the picture by OCR") for warning in result.warnings)


async def test_a_damaged_document_among_several_costs_that_one(house: House) -> None:
    files = {"lease.pdf": LEASE, "broken.pdf": b"%PDF-1.7\nnothing", "locked.pdf": drawing.encrypted(SHED, "secret")}
    result = await ask(house, files, "How long is the notice?")
    assert result.answers[0].outcome == "passages"
    assert [one.name for one in result.documents] == ["lease.pdf"]
    assert any("Source 2 of 3 was not read." in warning for warning in result.warnings)
    assert any("needs a password" in warning for warning in result.warnings)


async def test_where_no_document_can_be_opened_the_first_error_is_said(house: House) -> None:
    with pytest.raises(DocumentDamaged):
        await ask(house, {"broken.pdf": b"%PDF-1.7\nnothing"}, "Why?")
    with pytest.raises(PasswordNeeded):
        await ask(house, {"locked.pdf": drawing.encrypted(SHED, "secret")}, "Why nets?")
    result = await ask(house, {"locked.pdf": drawing.encrypted(SHED, "secret")}, "Where are nets?", password="secret")
    assert result.answers[0].outcome == "passages"


async def test_hidden_text_is_left_out_and_said(house: House) -> None:
    hidden = damage.invisible_text("The secret notice is nine months.", "The notice is three months.")
    result = await ask(house, {"lease.pdf": hidden}, "How long is the notice?")
    assert "nine" not in result.to_text()
    assert any("cannot be seen on the page" in warning for warning in result.warnings)


async def test_pages_belong_to_one_document(house: House) -> None:
    result = await ask(house, {"lease.pdf": LEASE}, "How long is the notice?", pages="1")
    assert result.answers[0].outcome == "not_in_documents"
    assert result.answers[0].searched == "1 document, 1 page (pages 1 of 2)"
    with pytest.raises(PagesOfSeveral):
        await ask(house, {"lease.pdf": LEASE, "shed.pdf": SHED}, "How long?", pages="1")


async def test_questions_are_checked_and_a_model_needs_a_key(house: House) -> None:
    with pytest.raises(QuestionEmpty):
        await ask(house, {"lease.pdf": LEASE}, " ?! ")
    with pytest.raises(KeyMissing):
        await ask(house, {"lease.pdf": LEASE}, "How long?", model="claude-sonnet-5-5")


async def test_a_question_with_a_comma_is_one_question() -> None:
    tool = BY_NAME["read_pdf_with_citations"]
    parsed = tool.parse({"sources": "a,b.pdf", "questions": "What is due, and when?"})
    assert (parsed["sources"], parsed["questions"]) == (["a,b.pdf"], ["What is due, and when?"])


async def test_a_long_reading_is_paged_and_shortened_without_losing_its_way(house: House) -> None:
    text = "\n\n".join(f"Berth {n} is let to company number {n} of the harbour. " * 6 for n in range(60)).encode()
    result = await ask(house, {"berths.txt": text}, *(f"Who rents berth {n} of the harbour?" for n in range(40)))
    assert len(json.dumps(result.to_json())) > 40_000
    cursor: str | None = None
    seen: list[tuple[str, str]] = []
    for _ in range(100):
        part, cursor = result.page(cursor, 9_000)
        assert len(json.dumps(part.to_json()["answers"])) < 10_000
        seen += [
            (answer.question, one.citation_id)
            for answer in part.answers
            for s in answer.statements
            for one in s.citations
        ]
        if cursor is None:
            break
    assert seen == [
        (answer.question, one.citation_id)
        for answer in result.answers
        for s in answer.statements
        for one in s.citations
    ]
    short = result.shortened(20_000)
    assert len(json.dumps(short.to_json(), ensure_ascii=False)) <= 20_000
    assert len(short.to_text()) <= 20_000
    assert short.is_preview


async def test_citations_are_looked_up_and_corrected(house: House) -> None:
    (house.folder / "lease.pdf").write_bytes(LEASE)
    (house.folder / "shed.pdf").write_bytes(SHED)
    paths = [str(house.folder / name) for name in ("lease.pdf", "shed.pdf")]
    async with open_sources(paths, house.services.documents) as opened:
        read = await read_sources(opened.sources, house.services.documents, seconds=None, progress=no_progress)
        found = await look_up(
            read,
            [
                AskedCitation(document=0, cited_text="a notice\nof three months", claimed_pages=(2,)),
                AskedCitation(document=0, cited_text="a notice of three months", claimed_pages=(1,)),
                AskedCitation(document=0, cited_text="a notice of nine months", claimed_pages=(2,)),
                AskedCitation(document=1, cited_text="closed from ten", claimed_pages=(1,)),
                AskedCitation(document=1, cited_text="penguins live in Antarctica", claimed_pages=(1,)),
            ],
        )
    assert [one.status for one in found] == ["located", "displaced", "unlocated", "located", "unlocated"]
    assert (found[1].page, found[1].claimed_page) == (2, 1)
    assert found[2].nearest is not None
    assert "three" in found[2].nearest.differs
    assert found[4].nearest is None
    review = review_of_citations(found)
    assert [item.status for item in review] == ["unlocated", "unlocated", "displaced"]
    assert "it stands on page 2" in review[2].reason


@needs_ocr
async def test_what_a_text_layer_denies_is_seen_again_before_it_is_called_altered(house: House) -> None:
    line = drawing.words("The harbour dues are paid in advance by every lessee.", x=60, top=80, size=12, font="F3")
    path = house.folder / "lies.pdf"
    path.write_bytes(drawing.mapped_document(line, says={"d": "b"}))
    documents = house.services.documents
    async with open_sources([str(path)], documents) as opened:
        (one,) = opened.sources
        flow = await documents.flow(one.document, 1)  # without a comparison with the picture, which would find it out
        read = [ReadSource(opened=one, flows=(flow,))]
        asked = [
            AskedCitation(document=0, cited_text="The harbour dues are paid in advance", claimed_pages=(1,)),
            AskedCitation(document=0, cited_text="The harbour dues are not paid in advance", claimed_pages=(1,)),
            AskedCitation(document=0, cited_text="The harbour fees are paid in advance", claimed_pages=(1,)),
        ]
        unseen = await look_up(read, asked)
        seen = await look_up(read, asked, documents=documents)
    assert [found.status for found in unseen] == ["unlocated"] * 3
    assert [found.status for found in seen] == ["located", "unlocated", "unlocated"]
    assert seen[0].note is not None
    assert seen[0].box is not None


async def test_a_page_that_nobody_can_read_is_named(house: House) -> None:
    loop = damage.self_drawing_form().replace(b"Before the form", b" " * len("Before the form"))
    files = {"lease.pdf": LEASE, "loop.pdf": loop}
    result = await ask(house, files, "How long is the notice?")
    assert "loop.pdf: Page 1: damaged; nothing could be read there." in result.warnings
    assert result.answers[0].searched.endswith("1 page not read")
