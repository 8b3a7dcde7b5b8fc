"""`read_text`: the text of a document, page by page, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal, Self

import anyio
from pydantic import Field

from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.layer_check import LayerCheck, seconds_to_check
from witnessmark.documents.opening import Documents, TextLayout
from witnessmark.documents.opening import PageText as ReadPage
from witnessmark.documents.page_range import pages_from_text, text_from_pages
from witnessmark.documents.reading import PagesRead
from witnessmark.documents.unseen import without_unseen
from witnessmark.errors import WitnessmarkError
from witnessmark_tools.arguments import MaxCost, Pages, Password, Reuse, Source, Vocabulary, Wait
from witnessmark_tools.contained import contained
from witnessmark_tools.definition import Progress
from witnessmark_tools.layer_words import layer_review, layer_warnings
from witnessmark_tools.pages import (
    doubtful_places,
    failures_of,
    page_warnings,
    refuse_without_ocr,
    unread_without_ocr,
)
from witnessmark_tools.remembered import RememberedResults, remembered
from witnessmark_tools.results import (
    Cost,
    CursorInvalid,
    FailedPages,
    Frozen,
    LongResult,
    ReviewItem,
    document_read,
    result_id_of,
)
from witnessmark_tools.tables_found import Reader
from witnessmark_tools.terms import OFFLINE, Terms
from witnessmark_tools.text_offline import Share, better_sent, shared_out, text_offline

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude
    from witnessmark.plans.models import Model
    from witnessmark_tools.text_by_claude import TextFound

REVIEW_SHOWN = 12


class PageText(Frozen):
    page: int
    text: str


class TextReading(LongResult):
    """The text, page by page."""

    pages: list[PageText] = Field(default=[])
    readers: list[Reader] = Field(default=[], description="Who has read which pages, and why, where a model was asked.")
    checked: list[str] = Field(default=[], description="How much of what models have read stands on the pages.")

    def page(self, cursor: str | None, limit: int) -> tuple[Self, str | None]:
        """Give whole pages; one that is too long by itself comes in parts. A place is `page` or `page:character`."""
        first, character = _place(cursor or "0:0", self.pages)
        kept: list[PageText] = []
        room = limit
        for index, page in enumerate(self.pages[first:], start=first):
            text = page.text[character:]
            if len(text) + 30 > room and (kept or len(text) > limit):
                if not kept:
                    kept.append(page.model_copy(update={"text": text[:room]}))
                    return self._with_pages(kept), f"{index}:{character + room}"
                return self._with_pages(kept), f"{index}:0"
            kept.append(page.model_copy(update={"text": text}))
            room -= len(text) + 30
            character = 0
        return self._with_pages(kept), None

    def _with_pages(self, pages: list[PageText]) -> Self:
        return self.model_copy(update={"pages": pages})

    def shortened(self, limit: int) -> Self:
        """Keep whole pages from the first on, as many as fit; a first page that is too long by itself is cut."""
        kept: list[PageText] = []
        room = limit - 2_000
        for page in self.pages:
            if len(page.text) > room:
                break
            kept.append(page)
            room -= len(page.text) + 30
        if len(kept) == len(self.pages):
            return self
        if not kept:
            kept = [self.pages[0].model_copy(update={"text": self.pages[0].text[:room] + " …"})]
        shown = f"The text is cut after page {kept[-1].page}; the whole is in the file, or call with `pages`."
        if len(self.pages) == 1:
            shown = "The text is cut; the whole is in the file."
        return self.model_copy(update={"pages": kept, "is_preview": True, "warnings": [*self.warnings, shown]})

    def to_text(self) -> str:
        if self.status == "working":
            return "\n".join(self.warnings)
        document = self.documents[0]
        head = f"{document.name}, {document.pages} page{'s'[: document.pages != 1]} (engine: {', '.join(self.engines)})"
        if self.needs_review:
            head += f", result {self.result_id}"  # by which show_evidence shows what is doubtful
        if self.readers:
            head += f", {self.cost.in_words()}"
        lines = [head, *(f"Warning: {warning}" for warning in self.warnings)]
        lines += [one.to_text() for one in self.readers]
        lines += [f"Checked: {sentence}" for sentence in self.checked]
        lines += [item.to_text() for item in self.needs_review[:REVIEW_SHOWN]]
        lines += [f"File: {file.path} ({file.uri})" for file in self.files]
        for page in self.pages:
            lines += ["", f"--- page {page.page} ---", page.text]
        return "\n".join(lines)


async def read_text(
    source: Source,
    pages: Pages = None,
    password: Password = None,
    layout: Annotated[
        Literal["markdown", "plain"], Field(description="markdown: headings and tables marked.")
    ] = "markdown",
    model: Annotated[
        str | None,
        Field(
            description="'auto' (the default: text layers are read here for free, pictures and handwriting by a cheap "
            "model, dearer ones where in doubt), a Claude model for all pages, or 'offline' (default without a key)."
        ),
    ] = None,
    max_cost_usd: MaxCost = None,
    reuse: Reuse = True,
    vocabulary: Vocabulary = None,
    wait_seconds: Wait = None,
    *,
    documents: Documents,
    claude: Claude,
    terms: Terms,
    results: RememberedResults,
    patience: float | None,
    progress: Progress,
) -> TextReading:
    """Read the text of a PDF, scan, image or text file, page by page in reading order, columns and tables kept apart; handwriting with Claude. What cannot be read is marked [unreadable]; needs_review lists, numbers first, where the page itself says otherwise. Price: estimate_cost. For tables as data use extract_tables."""  # noqa: E501 - one line on the wire
    from witnessmark_tools.readers import readers_for  # not before it is called

    began = anyio.current_time()
    readers = await readers_for(model, claude, terms)
    async with documents.open(source, password) as document:
        numbers = pages_from_text(pages, page_count=document.page_count, limit=documents.limits.pages_per_call)
        seconds = wait_seconds or patience

        def left() -> float | None:
            return None if seconds is None else max(1.0, seconds - (anyio.current_time() - began))

        check = LayerCheck(documents, document, seconds=seconds_to_check(seconds))
        reading = _Reading(
            document=document, documents=documents, layout=layout, check=check, progress=progress, total=len(numbers)
        )
        if not readers.models or document.kind == "text":
            await reading.here(numbers, left())
            refuse_without_ocr(document, reading.read.done, has_ocr=documents.recogniser is not None)
        else:
            facts = await documents.facts(document, numbers)
            # A model that the settings name reads what needs one; one that the call names reads all that was asked for.
            share = shared_out(document, facts, reads_all=model is not None and not readers.is_auto)
            await reading.here(share.here, left(), is_all=not share.sent)
            await reading.by_claude(
                readers.models,
                facts,
                share,
                vocabulary=vocabulary or (),
                claude=claude,
                terms=terms,
                left=left,
                max_cost_usd=max_cost_usd,
                reuse=reuse,
            )
        told = {"pages": pages, "layout": layout, "model": readers.name, "vocabulary": vocabulary}
        result_id = result_id_of("read_text", document, told | {"readers": reading.readers_told()})
        faults: list[str] = []
        needs_review = list[ReviewItem]()
        with contained(faults, "What a person should look at is not listed"):
            needs_review = reading.needs_review()
        if needs_review:
            with contained(faults, "show_evidence cannot show this result: its places were not stored"):
                kept = remembered(result_id, "read_text", source, document, review=needs_review)
                await anyio.to_thread.run_sync(results.put, kept, abandon_on_cancel=True)
        found = reading.found
        return TextReading(
            result_id=result_id,
            documents=[document_read(document)],
            engines=reading.engines(),
            cost=Cost() if found is None else found.cost,
            needs_review=needs_review,
            warnings=[
                *readers.warnings,
                *reading.warnings(is_named=model is not None and bool(readers.models)),
                *faults,
            ],
            checked=[] if found is None else found.checked,
            readers=reading.readers(),
            pages=[PageText(page=page, text=text) for page, text in sorted(reading.texts().items())],
            continue_with=reading.continue_with(),
            failures=reading.failures(),
        )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One call's pages: those read on this machine, and what models have found of the others."""

    document: Document
    documents: Documents
    layout: TextLayout
    check: LayerCheck
    progress: Progress
    total: int
    read: PagesRead[ReadPage] = field(default_factory=PagesRead[ReadPage])
    found: TextFound | None = None
    instead: tuple[int, ...] = ()
    """Pages that no model would read, and OCR has."""

    async def here(self, numbers: Sequence[int], seconds: float | None, *, is_all: bool = True) -> None:
        """Read pages on this machine.

        Errors:  the first page's, where no page could be read and that `is_all`
        """
        try:
            read = await text_offline(
                self.document,
                self.documents,
                numbers,
                self.layout,
                check=self.check,
                seconds=seconds,
                progress=self.progress,
            )
        except WitnessmarkError as error:
            if is_all:
                raise
            read = PagesRead[ReadPage](failed=dict.fromkeys(numbers, error))
        self.read.done |= read.done
        self.read.failed |= read.failed
        self.read.left += read.left

    async def by_claude(
        self,
        models: Sequence[Model],
        facts: Sequence[PageFacts],
        share: Share,
        *,
        vocabulary: Sequence[str],
        claude: Claude,
        terms: Terms,
        left: Callable[[], float | None],
        max_cost_usd: float | None,
        reuse: bool,
    ) -> None:
        """Have models read what is theirs; what none of them will, OCR reads where it was not a named model's.

        Errors:  as `text_by_claude`
        """
        from witnessmark_tools.text_by_claude import Wanted, text_by_claude  # not before it is called

        lying = () if share.reads_all else better_sent(self.read, self.check)
        sent = [page for page in facts if page.page_number in {*share.sent, *lying}]
        if not sent:
            return
        before = len(self.read.done)

        async def progress(done: float, total: float, message: str) -> None:
            await self.progress(before + done, before + total, message)

        wanted = Wanted(
            document=self.document,
            facts=sent,
            layout=self.layout,
            vocabulary=vocabulary,
            pictures=share.pictures.union(lying) if self.document.kind == "pdf" else frozenset(),
        )
        self.found = found = await text_by_claude(
            wanted,
            models,
            check=self.check,
            documents=self.documents,
            claude=claude,
            terms=terms,
            seconds=left(),
            max_cost_usd=max_cost_usd,
            reuse=reuse,
            progress=progress,
        )
        for page in found.texts:
            self.read.done.pop(page, None)
        if not share.reads_all:
            self.instead = tuple(page for page in found.refused if page not in self.read.done)
            await self.here(self.instead, left(), is_all=False)
        if found.error is not None and not self.read.done:
            raise found.error

    # --- what came of it --------------------------------------------------------------------------------------------

    def texts(self) -> dict[int, str]:
        here = {page: without_unseen(found.text)[0] for page, found in self.read.done.items()}
        return here if self.found is None else {**here, **self.found.texts}

    def engines(self) -> list[str]:
        models = [] if self.found is None else list(self.found.engines)
        return [*([OFFLINE] if self.read.done or not models else []), *models]

    def readers(self) -> list[Reader]:
        """List who has read which pages, where a model was asked."""
        if self.found is None:
            return []
        instead = [page for page in self.instead if page in self.read.done]
        here = [page for page in self.read.done if page not in instead]
        listed = [Reader(pages=text_from_pages(here), model=OFFLINE)] if here else []
        if instead:
            reason = "no model has read it: OCR has"
            listed.append(Reader(pages=text_from_pages(instead), model=OFFLINE, reason=reason))
        return [*listed, *self.found.readers]

    def readers_told(self) -> list[tuple[str, str]]:
        return [(one.pages, one.model) for one in self.readers()]

    def needs_review(self) -> list[ReviewItem]:
        here = doubtful_places(self.read.done)
        by_models = set(() if self.found is None else self.found.texts)
        layers = layer_review([found for found in self.check.findings if found.page_number not in by_models])
        return layers + ([] if self.found is None else self.found.needs_review) + here

    def warnings(self, *, is_named: bool) -> list[str]:
        told = page_warnings(self.document, self.read, self.read.done) + layer_warnings(self.check.findings)
        if self.document.kind == "text" and is_named:
            told.append("A text file is read as it is: no model was asked.")
        return told + ([] if self.found is None else self.found.warnings)

    def failures(self) -> list[FailedPages]:
        failed = failures_of(self.read.failed)
        if self.found is not None:  # that no model has read a page says more than that OCR could not
            return failed + self.found.failures
        return failed + unread_without_ocr(self.document, self.read.done)

    def continue_with(self) -> str | None:
        later = () if self.found is None else self.found.continue_with
        return text_from_pages([*self.read.left, *later]) or None


def _place(cursor: str, pages: Sequence[PageText]) -> tuple[int, int]:
    index, _, character = cursor.partition(":")
    if not (index.isdecimal() and character.isdecimal() and int(index) <= len(pages)):
        raise CursorInvalid(cursor)
    return int(index), int(character)
