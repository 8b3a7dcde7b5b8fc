"""`read_pdf_with_citations` with Claude, whole: documents read, asked about, and the answers as they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

from witnessmark.documents.opening import Documents
from witnessmark.errors import WitnessmarkError
from witnessmark.plans.joint_parts import PartSource
from witnessmark.plans.titles import pages_title
from witnessmark_tools.citations_by_claude import CitedCall, cited_by_claude
from witnessmark_tools.citations_lookup import in_unread_scripts, review_of_citations
from witnessmark_tools.citations_reading import AnswerRead, DocumentPage, Numbering, unchecked_in_words
from witnessmark_tools.citations_result import CitedAnswer
from witnessmark_tools.citations_sending import part_source
from witnessmark_tools.citations_sources import OpenedSource, ReadSource, read_sources, source_warnings
from witnessmark_tools.climbing import OF_THE_MODEL
from witnessmark_tools.contained import contained
from witnessmark_tools.pages import failures_of
from witnessmark_tools.readers import Readers
from witnessmark_tools.results import Cost, FailedPages, ReviewItem

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude
    from witnessmark.evidence.support.passages import DocumentPassages
    from witnessmark_tools.definition import Progress
    from witnessmark_tools.terms import Terms


MUCH_COVERED = 0.6
"""Share of what a question's words tell that a passage has, from which its answer may well stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """What asking Claude has come to."""

    answers: list[CitedAnswer]
    engines: list[str]
    cost: Cost
    needs_review: list[ReviewItem]
    warnings: list[str] = field(default_factory=list[str])
    failures: list[FailedPages] = field(default_factory=list[FailedPages])
    """Pages of which a question was asked in vain."""
    left: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, "tuple[int, ...]"])
    """By document's SHA-256, pages of which a question was not asked."""


async def answer_online(
    questions: Sequence[str],
    opened: Sequence[OpenedSource],
    readers: Readers,
    *,
    documents: Documents,
    claude: Claude,
    terms: Terms,
    ends: float | None,
    max_cost_usd: float | None,
    reuse: bool,
    progress: Progress,
) -> Online:
    """Have models answer questions about documents, and look up what they cite.

    Units:   `ends` on the clock of the event loop
    Errors:  as `run_paid`; where no document can be sent, what is wrong with the first
    """
    faults: list[str] = []
    read = [ReadSource(opened=one) for one in opened]
    with contained(faults, "What is cited was not looked up: the words of the documents could not be read"):
        read = await _read(opened, documents, ends, progress)
    read, sources, unsent = await _sendable(read, documents)
    resembling: Mapping[str, bool] = {}
    passages: DocumentPassages | None = None
    with contained(faults, "Whether passages of the documents resemble the questions was not checked"):
        resembling, passages = await anyio.to_thread.run_sync(_passages, questions, read, abandon_on_cancel=True)
    call = CitedCall(
        questions=questions,
        read=read,
        sources=sources,
        resembling=resembling,
        passages=passages,
        documents=documents,
        claude=claude,
        terms=terms,
        ends=ends,
        max_cost_usd=max_cost_usd,
        reuse=reuse,
        progress=progress,
    )
    found = await cited_by_claude(call, readers.models)
    numbering = Numbering()
    answers = [numbering.answer(one) for one in found.answers]
    citations = [one for answer in answers for statement in answer.statements for one in statement.citations]
    review = numbering.review
    with contained(faults, "Citations that a person should look at are not listed"):
        review = [*review_of_citations(citations), *review]
    names = {one.document.sha256: one.name for one in found.read}
    untold = [*_unanswered_in_words(found.answers, names), *in_unread_scripts(citations)]
    return Online(
        answers=answers,
        engines=found.engines,
        cost=found.cost,
        needs_review=review,
        warnings=[
            *readers.warnings,
            *source_warnings(found.read),
            *unsent.warnings,
            *untold,
            *found.warnings,
            *unchecked_in_words(found.answers),
            *faults,
        ],
        failures=[*unsent.failures, *_failures(found.answers)],
        left=_left(found.answers, unsent.untried),
    )


def _unanswered_in_words(answers: Sequence[AnswerRead], names: Mapping[str, str]) -> list[str]:
    """Say of which pages each question has no answer, and why; and that the others are answered."""
    told: list[str] = []
    for one in answers:
        reasons: dict[str, list[DocumentPage]] = {}
        for page, error in one.failed.items():
            reasons.setdefault(f"{error}", []).append(page)
        asked = {f"{error}" for error in one.failed.values() if isinstance(error, OF_THE_MODEL)}
        for reason, pages in reasons.items():
            where = _pages_in_words(pages, names)
            told.append(
                f"{one.question!r}: {where}: {reason}"
                if reason in asked
                else f"{one.question!r}: Not asked of {where}. {reason}"
            )
        if one.left:
            where = _pages_in_words(sorted(one.left), names)
            told.append(f"{one.question!r}: Not asked of {where}: there was no time. Call again.")
    answered = sum(one.is_whole for one in answers)
    if told and 0 < answered < len(answers):
        others = "The other question was" if answered == 1 else f"The other {answered} questions were"
        told.append(f"{others} answered.")
    return told


def _pages_in_words(pages: Sequence[DocumentPage], names: Mapping[str, str]) -> str:
    by_document: dict[str, list[int]] = {}
    for sha256, page in pages:
        by_document.setdefault(sha256, []).append(page)
    return "; ".join(pages_title(names.get(sha256, "a document"), several) for sha256, several in by_document.items())


def _failures(answers: Sequence[AnswerRead]) -> list[FailedPages]:
    """List the pages that a question was asked of in vain, by document and class of error."""
    by_document: dict[str, dict[int, WitnessmarkError]] = {}
    for one in answers:
        for (sha256, page), error in one.failed.items():
            by_document.setdefault(sha256, {})[page] = error
    return [failed for pages in by_document.values() for failed in failures_of(pages)]


def _left(answers: Sequence[AnswerRead], untried: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """List the pages of each document that a question was not asked of."""
    left = {sha256: set(pages) for sha256, pages in untried.items()}
    for sha256, page in {page for one in answers for page in one.left}:
        left.setdefault(sha256, set()).add(page)
    return {sha256: tuple(sorted(pages)) for sha256, pages in left.items() if pages}


async def _read(
    opened: Sequence[OpenedSource], documents: Documents, ends: float | None, progress: Progress
) -> list[ReadSource]:
    """Read the pages' words; what cannot be read here may well be by a model, and is not looked up then."""
    seconds = None if ends is None else max(1.0, (ends - anyio.current_time()) / 2)
    try:
        return await read_sources(opened, documents, seconds=seconds, progress=progress, compares=False)
    except WitnessmarkError as error:
        return [ReadSource(opened=one, error=error) for one in opened]


@dataclass(slots=True)
class _Unsent:
    """What of the documents is not sent, and what has to be said of it."""

    warnings: list[str] = field(default_factory=list[str])
    failures: list[FailedPages] = field(default_factory=list[FailedPages])
    untried: dict[str, tuple[int, ...]] = field(default_factory=dict[str, "tuple[int, ...]"])


async def _sendable(
    read: Sequence[ReadSource], documents: Documents
) -> tuple[list[ReadSource], list[PartSource], _Unsent]:
    """Make of each document what is sent of it; the same file given twice is sent once."""
    kept: list[ReadSource] = []
    sources: list[PartSource] = []
    unsent = _Unsent()
    errors: list[WitnessmarkError] = []
    names: dict[str, str] = {}
    for one in read:
        document = one.document
        if document.sha256 in names:
            unsent.warnings.append(f"{one.name} is the same file as {names[document.sha256]}, and was sent once.")
            continue
        try:
            source, unsendable = await part_source(document, one.name, one.opened.pages, one.flows, documents)
        except WitnessmarkError as error:
            errors.append(error)
            unsent.warnings.append(f"{one.name} was not sent. {error}")
            unsent.failures += failures_of(dict.fromkeys(one.opened.pages, error))
            continue
        names[document.sha256] = one.name
        kept.append(one)
        sources.append(source)
        unsent.warnings += [f"{one.name}: {sentence}" for sentence in unsendable.warnings()]
        unsent.failures += unsendable.failures(one.name)
        unsent.untried[document.sha256] = unsendable.untried
    if not sources:
        raise errors[0]
    return kept, sources, unsent


def _passages(
    questions: Sequence[str], read: Sequence[ReadSource]
) -> tuple[Mapping[str, bool], DocumentPassages | None]:
    """Index the passages of documents.

    Shapes:  for each question whether a passage says much of it, a witness against answers that it is not there; and
             the passages that citations are compared with
    """
    from witnessmark.evidence.support.passages import DocumentPassages
    from witnessmark.offline.passages import Passages

    ranked = Passages([one.flows for one in read])
    resembling = {question: any(one.covered >= MUCH_COVERED for one in ranked.find(question)) for question in questions}
    texts = ranked.texts
    return resembling, DocumentPassages([text for text, _ in texts], [above for _, above in texts]) if texts else None
