"""`extract_tables` by Claude: planned, priced, sent, understood."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import anyio

from witnessmark.claude.attempts import in_words
from witnessmark.claude.client import Claude
from witnessmark.claude.running import Failed, PageQuarantined, Run
from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import text_from_pages
from witnessmark.errors import InputError
from witnessmark.plans.halving import pages_of
from witnessmark.plans.models import Model
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Plan
from witnessmark_tools.definition import Progress
from witnessmark_tools.pages import failures_of, sendable_pages
from witnessmark_tools.paid import run_paid
from witnessmark_tools.results import ReviewItem
from witnessmark_tools.tables_answer import joined_tables, parse_answer
from witnessmark_tools.tables_found import TablesFound
from witnessmark_tools.tables_plan import plan_tables
from witnessmark_tools.terms import Terms


async def tables_by_claude(
    document: Document,
    numbers: Sequence[int],
    model: Model,
    *,
    vocabulary: Sequence[str],
    documents: Documents,
    claude: Claude,
    terms: Terms,
    seconds: float | None,
    max_cost_usd: float | None,
    reuse: bool,
    progress: Progress,
) -> TablesFound:
    """Have a model transcribe the tables of some pages.

    Errors:  as `run_paid`; what reading the document raises
    """
    await progress(0, len(numbers), "Looking at the pages")
    facts, unsendable = sendable_pages(document, await documents.facts(document, numbers))
    text = (await documents.text(document, 1, "plain")).text if document.kind == "text" else ""

    def planned() -> Plan:
        return plan_tables(document, facts, model, texts=text_blocks(document.name, text), vocabulary=vocabulary)

    plan = await anyio.to_thread.run_sync(planned, abandon_on_cancel=True)

    done_pages, beats = 0, 0

    async def on_pages(done: int) -> None:
        nonlocal done_pages
        done_pages = done
        await progress(done, len(numbers), f"{model.id} has read {done} of {len(numbers)} pages")

    async def on_wait() -> None:
        nonlocal beats
        beats += 1
        # A little more each time, and never a page more.
        await progress(done_pages + 1 - 0.9**beats, len(numbers), f"{model.id} is reading")

    paid = await run_paid(
        plan,
        model,
        tool="extract_tables",
        claude=claude,
        terms=terms,
        documents=documents,
        sources=(document,),
        seconds=seconds,
        max_cost_usd=max_cost_usd,
        reuse=reuse,
        parse=functools.partial(parse_answer, model=model.id),
        on_pages=on_pages,
        on_wait=on_wait,
    )
    run = paid.run
    answers = [(answered.ask, answered.value) for answered in run.answered]
    tables, told = await anyio.to_thread.run_sync(joined_tables, answers, document, abandon_on_cancel=True)
    return TablesFound(
        tables=tables,
        needs_review=unread_places(run),
        warnings=[
            *document.warnings,
            *unsendable.warnings(),
            *told,
            *failures_in_words(run),
            *left_in_words(run),
            *paid.warnings,
        ],
        pages_read=len({page for answered in run.answered for _, page in pages_of(answered.ask)}),
        continue_with=text_from_pages([*run.left_pages, *unsendable.untried]) or None,
        failures=unsendable.failures(document.name)
        + failures_of({page: failed.error for failed in run.failed for _, page in pages_of(failed.ask)}),
        cost=paid.cost,
    )


def unread_places(run: Run) -> list[ReviewItem]:
    """List the pages that nobody will read, for a person to look at."""
    return [
        ReviewItem(page=page, reason=f"Not read. {failed.error.message}")
        for failed in run.failed
        if isinstance(failed.error, InputError)
        for _, page in pages_of(failed.ask)
    ]


def failures_in_words(run: Run) -> list[str]:
    """Say what could not be read, and why, each reason once."""
    by_message: dict[str, list[Failed]] = {}
    for failed in run.failed:
        by_message.setdefault(str(failed.error), []).append(failed)
    return [
        message
        if isinstance(several[0].error, PageQuarantined)
        else f"{in_words([failed.ask for failed in several]).capitalize()} could not be read. {message}"
        for message, several in by_message.items()
    ]


def left_in_words(run: Run) -> list[str]:
    """Say which pages another call may still get answers for."""
    if not run.left_pages:
        return []
    pages = text_from_pages(run.left_pages)
    return [f"Pages {pages} are not answered yet; call again with pages={pages!r}: no answer is paid for twice."]
