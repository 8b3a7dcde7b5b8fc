"""The documents that questions are asked of: opened together, each read as far as it can be."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import anyio

from witnessmark.documents.document import Document
from witnessmark.documents.flow import PageFlow
from witnessmark.documents.layer_check import LayerCheck, LayerFinding, seconds_to_check
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import pages_from_text, text_from_pages
from witnessmark.documents.reading import PagesRead, read_pages
from witnessmark.errors import UsageError, WitnessmarkError
from witnessmark_tools.layer_words import layer_warnings
from witnessmark_tools.pages import failures_of, page_warnings, refuse_without_ocr, unread_without_ocr, untried_in_words
from witnessmark_tools.results import FailedPages, pages_in_words

if TYPE_CHECKING:
    from witnessmark.evidence.quotes import QuotedDocument
    from witnessmark_tools.definition import Progress

OnPage = Callable[[int], Awaitable[None]]
MOST_SOURCES = 50
MOST_PAGES = 2_000
"""Of all documents together that one call reads; their words take some 100 KB of memory a page."""


class TooManySources(UsageError):
    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} sources were given, and one call reads at most {MOST_SOURCES}.", "Call it for parts of them."
        )


class PagesOfSeveral(UsageError):
    """Pages are those of one document."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"`pages` belongs to one source, and {count} were given.", "Leave it out, or call for each source apart."
        )


@dataclass(frozen=True, kw_only=True)
class OpenedSource:
    """A document that was opened."""

    source: str
    """As it was given."""
    name: str
    """Its document's, with a number where several have the same."""
    document: Document
    pages: tuple[int, ...]
    """That were asked for."""
    check: LayerCheck


@dataclass(frozen=True, kw_only=True)
class ReadSource:
    """A document whose pages were read."""

    opened: OpenedSource
    read: PagesRead[PageFlow] = field(default_factory=PagesRead[PageFlow])
    error: WitnessmarkError | None = None
    """Why nothing of it could be read."""
    flows: tuple[PageFlow, ...] = ()
    """In their order, with what pages repeat at their edges marked."""

    @property
    def document(self) -> Document:
        return self.opened.document

    @property
    def name(self) -> str:
        return self.opened.name

    @property
    def pages_by_ocr(self) -> int:
        return sum(flow.is_read_by_ocr and bool(flow.paragraphs) for flow in self.flows)

    @property
    def findings(self) -> Sequence[LayerFinding]:
        return self.opened.check.findings

    @cached_property
    def quoted(self) -> QuotedDocument:
        """The document as quotes are looked up in it, made once."""
        from witnessmark.evidence.quotes import QuotedDocument  # not before there is something to look up

        return QuotedDocument(self.flows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The documents that could be opened, and what is to be said of the others."""

    sources: tuple[OpenedSource, ...]
    warnings: tuple[str, ...] = ()


@asynccontextmanager
async def open_sources(
    sources: Sequence[str],
    documents: Documents,
    *,
    password: str | None = None,
    pages: str | None = None,
    seconds: float | None = None,
) -> AsyncGenerator[Opened]:
    """Open several sources; leaving the block closes them. One that cannot be opened costs that one.

    Shapes:  each source once, in their order
    Units:   `seconds` that the call has
    Errors:  `TooManySources`, `PagesOfSeveral`, of `pages` what is wrong with it; where no source can be opened, what
             is wrong with the first
    """
    named = list(dict.fromkeys(sources))
    if len(named) > MOST_SOURCES:
        raise TooManySources(len(named))
    if pages is not None and len(named) > 1:
        raise PagesOfSeveral(len(named))
    opened: list[OpenedSource] = []
    errors: list[tuple[int, WitnessmarkError]] = []
    room = MOST_PAGES
    async with AsyncExitStack() as stack:
        for number, source in enumerate(named, start=1):
            try:
                document = await stack.enter_async_context(documents.open(source, password))
                numbers = pages_from_text(pages, page_count=document.page_count, limit=max(1, room))
            except WitnessmarkError as error:
                errors.append((number, error))
                continue
            room -= len(numbers)
            check = LayerCheck(documents, document, seconds=seconds_to_check(seconds) / len(named))
            name = _name_among(document.name, [one.name for one in opened])
            opened.append(OpenedSource(source=source, name=name, document=document, pages=numbers, check=check))
        if not opened:
            raise errors[0][1]
        warnings = [f"Source {number} of {len(named)} was not read. {error}" for number, error in errors]
        yield Opened(sources=tuple(opened), warnings=tuple(warnings))


def _name_among(name: str, others: Sequence[str]) -> str:
    """Tell documents of the same name apart."""
    number, own = 1, name
    while own in others:
        number += 1
        own = f"{name} ({number})"
    return own


async def read_sources(
    sources: Sequence[OpenedSource],
    documents: Documents,
    *,
    seconds: float | None,
    progress: Progress,
    compares: bool = True,
) -> list[ReadSource]:
    """Read the pages of documents, one after the other. One that cannot be read costs that one.

    Shapes:  as many as `sources`, in their order; `compares` says whether text layers are compared with their pages now
    Units:   `seconds` after which no further page is begun
    Errors:  where no document can be read, what is wrong with the first
    """
    began = anyio.current_time()
    total, done = sum(len(one.pages) for one in sources), 0
    found: list[ReadSource] = []
    for one in sources:
        left = None if seconds is None else max(0.5, seconds - (anyio.current_time() - began))

        async def on_page(count: int, before: int = done) -> None:
            await progress(before + count, total, f"Read {before + count} of {total} pages")

        found.append(await _read(one, documents, left, on_page, compares=compares))
        done += len(one.pages)
    errors = [one.error for one in found if one.error is not None]
    if errors and len(errors) == len(found):
        raise errors[0]
    return found


async def _read(
    one: OpenedSource, documents: Documents, seconds: float | None, on_page: OnPage, *, compares: bool
) -> ReadSource:
    from witnessmark.documents.page_flow import page_flow

    async def read_page(page: int) -> PageFlow:
        return await page_flow(one.document, documents, page, one.check if compares else None)

    try:
        read = await read_pages(one.pages, read_page, limits=documents.limits, seconds=seconds, on_page=on_page)
        refuse_without_ocr(one.document, read.done, has_ocr=documents.recogniser is not None)
    except WitnessmarkError as error:
        return ReadSource(opened=one, error=error)
    flows = await anyio.to_thread.run_sync(_ordered, read, abandon_on_cancel=True)
    return ReadSource(opened=one, read=read, flows=flows)


async def compared(source: ReadSource, pages: Collection[int], documents: Documents) -> ReadSource:
    """Compare the text layers of some pages with what they show, and take what is shown where they differ.

    Errors:  none; a page that cannot be read again stays as it was
    """
    from witnessmark.documents.page_flow import page_flow

    changed: dict[int, PageFlow] = {}
    for page in sorted(pages):
        finding = await source.opened.check.page(page) if source.document.reader == "pdfium" else None
        if finding is not None and (finding.differences or finding.state == "unreadable"):
            with suppress(WitnessmarkError):
                changed[page] = await page_flow(source.document, documents, page, source.opened.check)
    if not changed:
        return source
    flows = tuple(changed.get(flow.page_number, flow) for flow in source.flows)
    return replace(source, flows=flows)


def _ordered(read: PagesRead[PageFlow]) -> tuple[PageFlow, ...]:
    from witnessmark.documents.running import with_running

    return with_running([read.done[page] for page in sorted(read.done)])


def source_warnings(sources: Sequence[ReadSource]) -> list[str]:
    """Say how documents were read, and what of them was not; of several with the document's name before it."""
    warnings: list[str] = []
    for one in sources:
        told = [str(one.error)] if one.error is not None else []
        if one.error is None:
            told = page_warnings(one.document, replace(one.read, left=()), one.read.done)
            told += untried_in_words(one.read, _how_to_go_on(one, is_alone=len(sources) == 1))
            told += layer_warnings(one.findings)
            told += _damaged(one)
        warnings += told if len(sources) == 1 else [f"{one.name}: {sentence}" for sentence in told]
    return warnings


def _how_to_go_on(source: ReadSource, *, is_alone: bool) -> str:
    pages = text_from_pages(source.read.left)
    return f"Call again with pages={pages!r}." if is_alone else f"Call again for it alone with pages={pages!r}."


def source_failures(sources: Sequence[ReadSource]) -> list[FailedPages]:
    """List pages that could not be read, by document and class of error."""
    found: list[FailedPages] = []
    for one in sources:
        failed = dict(one.read.failed)
        if one.error is not None:
            failed |= dict.fromkeys(one.opened.pages, one.error)
        found += failures_of(failed) + unread_without_ocr(one.document, one.read.done)
    return found


def source_left(sources: Sequence[ReadSource]) -> dict[str, tuple[int, ...]]:
    """List the pages of each document, by its SHA-256, that were not tried."""
    return {one.document.sha256: one.read.left for one in sources if one.read.left}


def continue_with(sources: Sequence[OpenedSource], left: Mapping[str, tuple[int, ...]]) -> str | None:
    """Write the pages with which the next call goes on; where there are several documents, each with its name."""
    ranges = {one.name: text_from_pages(left[one.document.sha256]) for one in sources if one.document.sha256 in left}
    if len(sources) == 1:
        return next(iter(ranges.values()), None)
    return "; ".join(f"{name}: {pages}" for name, pages in ranges.items()) or None


def _is_unread(flow: PageFlow) -> bool:
    """Say whether there may be text on a page that nobody could read."""
    return not flow.paragraphs and flow.kind != "blank" and flow.reading is None


def _damaged(source: ReadSource) -> list[str]:
    """Name pages of which nobody can even say what they are."""
    pages = [flow.page_number for flow in source.flows if flow.kind == "unknown" and not flow.paragraphs]
    return [f"{pages_in_words(pages)}: damaged; nothing could be read there."] if pages else []


def searched_in_words(sources: Sequence[ReadSource]) -> str:
    """Say what was searched: `3 documents, 214 pages, of which 12 by OCR`."""
    read = [one for one in sources if one.error is None]
    pages = sum(len(one.flows) for one in read)
    by_ocr = sum(one.pages_by_ocr for one in read)
    told = f"{len(read)} document{'s'[: len(read) != 1]}, {pages} page{'s'[: pages != 1]}"
    if by_ocr:
        told += f", of which {by_ocr} by OCR"
    unread = sum(len(one.opened.pages) for one in sources) - pages
    unread += sum(_is_unread(flow) for one in read for flow in one.flows)
    if unread > 0:
        told += f"; {unread} page{'s'[: unread != 1]} not read"
    if len(read) == 1 and len(read[0].opened.pages) < read[0].document.page_count:
        told += f" (pages {text_from_pages(read[0].read.done)} of {read[0].document.page_count})"
    return told
