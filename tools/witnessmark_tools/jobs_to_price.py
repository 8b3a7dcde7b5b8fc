"""Calls as they are priced: each tool's own plan, and the words in which its price is explained."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import anyio

from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import pages_from_text
from witnessmark.plans.models import Model
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Plan, TextDocumentBlock
from witnessmark_tools.pages import sendable_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWords:
    """What is said of a price and differs from tool to tool; sentences are whole."""

    answer: str
    """Between what the answer's length is a guess."""
    in_doubt: str
    """What goes up to the next model with `auto`; goes before "go up to …"."""
    more: str = ""
    """What else `auto` may pay for."""
    offline_text: str
    """What the offline engine does with text files."""
    fewer_pages: str
    crop: str = ""
    """What to crop an image to; empty: nothing."""
    auto_reads: str = "all of it"
    """What the first model of `auto` reads."""
    nothing: str = ""
    """Why nothing is sent, where nothing is; empty: there is no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A call that is to be priced."""

    documents: tuple[Document, ...]
    pages: tuple[tuple[PageFacts, ...], ...]
    """Of each document, those that can be sent."""
    plan: Callable[[Model], Plan]
    plan_again: Callable[[Model], Plan]
    """What is asked where everything goes up to a model."""
    auto_plan: Callable[[Model], Plan] | None = None
    """What the first model of `auto` is asked, where that is less than a model that is named is."""
    words: JobWords
    more_share: Decimal = Decimal(0)
    """Of the whole price: so much what `auto` pays for besides may cost at most."""
    damaged: tuple[int, ...] = ()
    """Pages that cannot be sent."""
    warnings: tuple[str, ...] = field(default=())
    """What else has to be said of its price."""


COMPARING_SECONDS = 30.0
"""How long both documents are read for the estimate of a comparison."""
OCR_SECONDS = 10.0
"""How long scans are read for an estimate."""
MakesJob = Callable[[dict[str, Any], Documents], AbstractAsyncContextManager[Job]]
"""Opens what a tool's arguments name and says what would be asked; leaving the block closes it."""


def job_maker(tool: str) -> MakesJob | None:
    """Find what makes a tool's calls into jobs; None where the tool asks no model."""
    makers: dict[str, MakesJob] = {
        "extract_tables": tables_job,
        "read_text": text_job,
        "read_pdf_with_citations": cited_job,
        "compare_documents": comparison_job,
    }
    return makers.get(tool)


TABLES_WORDS = JobWords(
    answer="The answer is a guess between no table at all and nothing but tables, thinking included.",
    in_doubt="Those whose values are not all in place",
    more="Rows with values in doubt are read a second time where that costs a fifth of it at most.",
    offline_text="model='offline' costs nothing and reads tables of CSV, TSV and Markdown exactly.",
    fewer_pages="Fewer pages: each costs about the same, so pass only those with the tables as `pages`.",
    crop="the table",
)


@asynccontextmanager
async def tables_job(given: dict[str, Any], documents: Documents) -> AsyncGenerator[Job]:
    """Make a job of `extract_tables`.

    Errors:  what opening the document raises
    """
    async with documents.open(given["source"], given["password"]) as document:
        facts, damaged = await _sendable(document, given["pages"], documents)
        text = (await documents.text(document, 1, "plain")).text if document.kind == "text" else ""
        blocks = await anyio.to_thread.run_sync(text_blocks, document.name, text, abandon_on_cancel=True)
        yield tables_to_price(document, facts, blocks, given["vocabulary"] or (), damaged)


def tables_to_price(
    document: Document,
    facts: tuple[PageFacts, ...],
    texts: Sequence[TextDocumentBlock] = (),
    vocabulary: Sequence[str] = (),
    damaged: Sequence[int] = (),
) -> Job:
    """Say what is asked for the tables of some pages.

    Shapes:  `texts` is a text file's `text_blocks`, else empty
    """
    from witnessmark_tools.tables_plan import SECOND_SHARE, plan_again, plan_tables

    return Job(
        documents=(document,),
        pages=(facts,),
        plan=lambda model: plan_tables(document, facts, model, texts=texts, vocabulary=vocabulary),
        plan_again=lambda model: plan_again(document, facts, model, texts=texts, vocabulary=vocabulary),
        words=TABLES_WORDS,
        more_share=SECOND_SHARE,
        damaged=tuple(damaged),
    )


TEXT_WORDS = JobWords(
    answer="The answer is a guess between no text and a page full of it, thinking included.",
    in_doubt="Those that the page itself does not confirm",
    offline_text="A text file is read as it is, without any model.",
    fewer_pages="Fewer pages: each costs about the same, so pass only those that are wanted as `pages`.",
    auto_reads="scans, images and broken text layers; text layers are read here for nothing",
    nothing="Nothing: every page has text that is read on this machine for nothing.",
)


@asynccontextmanager
async def text_job(given: dict[str, Any], documents: Documents) -> AsyncGenerator[Job]:
    """Make a job of `read_text`.

    Errors:  what opening the document raises
    """
    from witnessmark_tools.text_offline import shared_out
    from witnessmark_tools.text_plan import plan_text, plan_text_again

    async with documents.open(given["source"], given["password"]) as document:
        facts, damaged = await _sendable(document, given["pages"], documents)
        share = shared_out(document, facts, reads_all=False)
        few = [page for page in facts if page.page_number in share.sent]
        asked: dict[str, Any] = {
            "layout": given["layout"],
            "vocabulary": given["vocabulary"] or (),
            "pictures": share.pictures,
        }
        yield Job(
            documents=(document,),
            pages=(facts,),
            plan=lambda model: plan_text(document, facts, model, **asked),
            plan_again=lambda model: plan_text_again(document, few, model, **asked),
            auto_plan=lambda model: plan_text(document, few, model, **asked),
            words=TEXT_WORDS,
            damaged=tuple(damaged),
        )


async def _sendable(
    document: Document, pages: str | None, documents: Documents
) -> tuple[tuple[PageFacts, ...], Sequence[int]]:
    numbers = pages_from_text(pages, page_count=document.page_count, limit=documents.limits.pages_per_call)
    good, others = sendable_pages(document, await documents.facts(document, numbers))
    return good, [*others.damaged, *others.untried]


CITED_WORDS = JobWords(
    answer="Each answer is a guess between a few words and a page, thinking included.",
    in_doubt="Questions whose answers do not all stand as cited",
    more="Where documents are asked about in parts, joining what they say is one more small request a question.",
    offline_text="model='offline' costs nothing: it ranks passages that resemble the question, and answers nothing.",
    fewer_pages="Fewer pages: each costs about the same, so pass only those with the answers as `pages`.",
)


@asynccontextmanager
async def cited_job(given: dict[str, Any], documents: Documents) -> AsyncGenerator[Job]:
    """Make a job of `read_pdf_with_citations`.

    Lines that OCR would read go along: they are read as far as there is time, which the call itself then has no need
    to do again; what is left counts as a page of text.

    Errors:  what opening the documents raises
    """
    from witnessmark_tools.citations_plan import plan_answers
    from witnessmark_tools.citations_questions import checked_questions
    from witnessmark_tools.citations_sending import sources_to_price
    from witnessmark_tools.citations_sources import open_sources

    questions = checked_questions(given["questions"])
    async with open_sources(
        given["sources"], documents, password=given["password"], pages=given["pages"], seconds=OCR_SECONDS
    ) as opened:
        sources, damaged, warnings = await sources_to_price(opened.sources, documents, seconds=OCR_SECONDS)

        def planned(model: Model) -> Plan:
            return plan_answers(sources, questions, model)

        yield Job(
            documents=tuple(source.document for source in sources),
            pages=tuple(source.pages for source in sources),
            plan=planned,
            plan_again=planned,
            words=CITED_WORDS,
            damaged=damaged,
            warnings=(*opened.warnings, *warnings),
        )


COMPARISON_WORDS = JobWords(
    answer="The answer is a guess of a sentence a difference, thinking included.",
    in_doubt="Differences that an answer leaves out",
    offline_text="model='offline' costs nothing: it aligns the texts all the same, and says of each change what it is.",
    fewer_pages="Fewer pages: only those with differences are sent; `pages` and `after_pages` leave out others.",
    auto_reads="the pages with differences, and those that could not be compared here",
    nothing="Nothing: the texts agree, and nothing differs beside them.",
)


@asynccontextmanager
async def comparison_job(given: dict[str, Any], documents: Documents) -> AsyncGenerator[Job]:
    """Make a job of `compare_documents`: both documents are read and aligned, which is free.

    Errors:  what opening and reading the documents raises
    """
    from witnessmark_tools.compare_by_claude import to_ask
    from witnessmark_tools.compare_offline import aligned
    from witnessmark_tools.compare_plan import plan_comparison
    from witnessmark_tools.compare_sides import ComparedSide, pages_of_side, read_sides
    from witnessmark_tools.definition import no_progress

    async with (
        documents.open(given["before"], given["password"]) as first,
        documents.open(given["after"], given["after_password"] or given["password"]) as second,
    ):
        sides = (
            ComparedSide(label="BEFORE", document=first, pages=pages_of_side(first, given["pages"])),
            ComparedSide(
                label="AFTER", document=second, pages=pages_of_side(second, given["after_pages"] or given["pages"])
            ),
        )
        read = await read_sides(sides, documents, seconds=COMPARING_SECONDS, progress=no_progress)
        asked = await to_ask(await aligned(*read, documents), documents, given["focus"])

        def planned(model: Model) -> Plan:
            return plan_comparison(asked, model)

        yield Job(
            documents=(first, second),
            pages=(tuple(asked.before.pages), tuple(asked.after.pages)),
            plan=planned,
            plan_again=planned,
            words=COMPARISON_WORDS,
            warnings=tuple(
                "Not every page was read for this: there may be more to ask."
                for _ in [0]
                if any(one.left for one in read)
            ),
        )
