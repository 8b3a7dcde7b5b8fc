"""`read_pdf_with_citations`: questions about documents, answered with the place of everything that is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import anyio
from pydantic import Field

from witnessmark.documents.opening import Documents
from witnessmark_tools.arguments import DetailOfCitations, MaxCost, ModelOrAuto, Pages, Password, Reuse, Wait
from witnessmark_tools.citations_questions import checked_questions
from witnessmark_tools.citations_result import Citation, CitedAnswer, CitedReading, Outcome, Statement
from witnessmark_tools.citations_sources import (
    OpenedSource,
    ReadSource,
    continue_with,
    open_sources,
    read_sources,
    searched_in_words,
    source_failures,
    source_left,
    source_warnings,
)
from witnessmark_tools.contained import contained
from witnessmark_tools.definition import Progress
from witnessmark_tools.remembered import RememberedResults
from witnessmark_tools.results import DocumentRead, ReviewItem, document_read, result_id_of
from witnessmark_tools.terms import OFFLINE, Terms

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude
    from witnessmark.offline.passages import Passage

NO_ANSWERS = (
    "The offline engine answers no questions: it ranks passages that resemble them, with their places. Read them, or "
    "name a model."
)


async def read_pdf_with_citations(
    sources: Annotated[list[str], Field(description="Paths or https URLs of one document or several.", min_length=1)],
    questions: Annotated[list[str], Field(description="One question or several.", min_length=1)],
    pages: Pages = None,
    password: Password = None,
    model: ModelOrAuto = None,
    max_cost_usd: MaxCost = None,
    reuse: Reuse = True,
    detail: DetailOfCitations = "concise",
    wait_seconds: Wait = None,
    *,
    documents: Documents,
    claude: Claude,
    terms: Terms,
    results: RememberedResults,
    patience: float | None,
    progress: Progress,
) -> CitedReading:
    """Ask questions of one or several documents (PDF, scan, image, text): per question statements with citations, each looked up: page, box, and whether it stands there word for word. By Claude; offline, for free, ranked passages. What is not in the documents is said to be not found. Ask all questions of a document in one call: they share its price. Whole text: read_text; tables: extract_tables."""  # noqa: E501 - one line on the wire
    from witnessmark_tools.readers import readers_for  # not before it is called

    asked = checked_questions(questions)
    readers = await readers_for(model, claude, terms)
    seconds = wait_seconds or patience
    ends = None if seconds is None else anyio.current_time() + seconds
    async with open_sources(sources, documents, password=password, pages=pages, seconds=seconds) as opened:
        if readers.models:
            from witnessmark_tools.citations_online import answer_online

            online = await answer_online(
                asked,
                opened.sources,
                readers,
                documents=documents,
                claude=claude,
                terms=terms,
                ends=ends,
                max_cost_usd=max_cost_usd,
                reuse=reuse,
                progress=progress,
            )
            told: dict[str, object] = {"questions": asked, "pages": pages, "models": online.engines}
            reading = CitedReading(
                result_id=_result_id(opened.sources, told),
                documents=[_document(one) for one in opened.sources],
                engines=online.engines or [readers.name],
                cost=online.cost,
                needs_review=online.needs_review,
                warnings=[*opened.warnings, *online.warnings],
                answers=online.answers,
                status="partial" if opened.warnings or online.failures or any(online.left.values()) else "completed",
                failures=online.failures,
                continue_with=continue_with(opened.sources, online.left),
            )
            reading = await remembering(reading, opened.sources, results)
            return reading if detail == "full" else without_boxes(reading)
        read = await read_sources(opened.sources, documents, seconds=seconds, progress=progress)
        answers = await anyio.to_thread.run_sync(passages_for, asked, read, abandon_on_cancel=True)
        reading = CitedReading(
            result_id=_result_id(opened.sources, {"questions": asked, "pages": pages, "model": model}),
            documents=[_document(one) for one in opened.sources],
            engines=[OFFLINE],
            warnings=[*(readers.warnings or [NO_ANSWERS]), *opened.warnings, *source_warnings(read)],
            answers=answers,
            status="partial" if opened.warnings else "completed",
            continue_with=continue_with(opened.sources, source_left(read)),
            failures=source_failures(read),
        )
        reading = await remembering(reading, opened.sources, results)
        return reading if detail == "full" else without_boxes(reading)


def _document(source: OpenedSource) -> DocumentRead:
    return document_read(source.document).model_copy(update={"name": source.name})


def passages_for(questions: Sequence[str], sources: Sequence[ReadSource]) -> list[CitedAnswer]:
    """Rank the passages of documents that resemble each question."""
    from witnessmark.offline.passages import Passages  # not before it is asked for

    ranked = Passages([one.flows for one in sources])
    searched = searched_in_words(sources)
    answers: list[CitedAnswer] = []
    number = 1
    for question in questions:
        found = ranked.find(question)
        statements = [_statement(f"c{place}", one, sources) for place, one in enumerate(found, start=number)]
        number += len(found)
        outcome: Outcome = "passages" if found else "not_in_documents"
        answers.append(CitedAnswer(question=question, outcome=outcome, statements=statements, searched=searched))
    return answers


def _statement(citation_id: str, passage: Passage, sources: Sequence[ReadSource]) -> Statement:
    from witnessmark_tools.citations_lookup import blocks_of, first_box

    blocks, page = blocks_of(passage.boxes), passage.pages[0]
    citation = Citation(
        citation_id=citation_id,
        document=sources[passage.document].name,
        page=page,
        pages=list(passage.pages) if len(passage.pages) > 1 else None,
        section=passage.heading or None,
        cited_text=passage.text,
        status="located",
        box=first_box(blocks, page),
        boxes=blocks or None,
    )
    return Statement(text=passage.text, citations=[citation])


def _result_id(sources: Sequence[OpenedSource], arguments: dict[str, object]) -> str:
    others = [one.document.sha256 for one in sources[1:]]
    return result_id_of("read_pdf_with_citations", sources[0].document, {**arguments, "others": others})


async def remembering(
    reading: CitedReading, sources: Sequence[OpenedSource], results: RememberedResults
) -> CitedReading:
    """Store where everything that is cited stands, so that `show_evidence` shows it; `reading` has every box.

    Errors:  none; what cannot be stored adds a warning
    """
    from witnessmark_tools.citations_remembered import remembered_citations

    places = {name: place for place, name in reversed(list(enumerate(one.name for one in sources)))}
    citations: dict[int, list[Citation]] = {}
    for one in reading.citations:
        citations.setdefault(places.get(one.document, 0), []).append(one)

    def keep() -> None:
        review: Sequence[ReviewItem] = reading.needs_review
        for kept in remembered_citations(reading.result_id, "read_pdf_with_citations", sources, citations, review):
            results.put(kept)

    faults: list[str] = []
    with contained(faults, "show_evidence cannot show this result: its places were not stored"):
        await anyio.to_thread.run_sync(keep, abandon_on_cancel=True)
    return reading.model_copy(update={"warnings": [*reading.warnings, *faults]}) if faults else reading


def without_boxes(reading: CitedReading) -> CitedReading:
    """Leave every box but the first of each citation out."""
    return reading.model_copy(
        update={
            "answers": [
                answer.model_copy(
                    update={
                        "statements": [
                            statement.model_copy(
                                update={
                                    "citations": [one.model_copy(update={"boxes": None}) for one in statement.citations]
                                }
                            )
                            for statement in answer.statements
                        ]
                    }
                )
                for answer in reading.answers
            ]
        }
    )
