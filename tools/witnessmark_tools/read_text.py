"""`read_text`: the text of a document, page by page, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import anyio
from pydantic import Field

from witnessmark.documents.layer_check import LayerCheck, seconds_to_check
from witnessmark.documents.opening import Documents
from witnessmark.documents.opening import PageText as ReadPage
from witnessmark.documents.page_range import pages_from_text
from witnessmark.documents.reading import read_pages
from witnessmark_tools.arguments import Model, Pages, Password, Source, Wait
from witnessmark_tools.definition import Progress
from witnessmark_tools.layer_words import layer_review, layer_warnings, text_as_shown
from witnessmark_tools.pages import doubtful_places, failures_of, left_range, page_warnings, refuse_without_ocr
from witnessmark_tools.remembered import RememberedResults, remembered
from witnessmark_tools.results import CursorInvalid, Frozen, LongResult, document_read, result_id_of

REVIEW_SHOWN = 12


class PageText(Frozen):
    page: int
    text: str


class TextReading(LongResult):
    """The text, page by page."""

    pages: list[PageText] = Field(default=[])

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
        lines = [head, *(f"Warning: {warning}" for warning in self.warnings)]
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
    model: Model = "offline",
    wait_seconds: Wait = None,
    *,
    documents: Documents,
    results: RememberedResults,
    patience: float | None,
    progress: Progress,
) -> TextReading:
    """Read the text of a PDF, scan, image or text file, page by page in reading order, columns and tables kept apart. Scans and images are read by OCR, which `warnings` say; what it cannot read is marked [unreadable]. For tables as data use extract_tables."""  # noqa: E501 - one line on the wire
    async with documents.open(source, password) as document:
        numbers = pages_from_text(pages, page_count=document.page_count, limit=documents.limits.pages_per_call)

        async def read_page(page: int) -> ReadPage:
            return await documents.text(document, page, layout)

        async def on_page(count: int) -> None:
            await progress(count, len(numbers), f"Read {count} of {len(numbers)} pages")

        read = await read_pages(
            numbers, read_page, limits=documents.limits, seconds=wait_seconds or patience, on_page=on_page
        )
        refuse_without_ocr(document, read.done, has_ocr=documents.recogniser is not None)
        check = LayerCheck(documents, document, seconds=seconds_to_check(wait_seconds or patience))
        for page in sorted(read.done):
            read.done[page] = await text_as_shown(document, documents, page, read.done[page], check, layout)
        result_id = result_id_of("read_text", document, {"pages": pages, "layout": layout, "model": model})
        needs_review = layer_review(check.findings) + doubtful_places(read.done)
        if needs_review:
            kept = remembered(result_id, "read_text", source, document, review=needs_review)
            await anyio.to_thread.run_sync(results.put, kept, abandon_on_cancel=True)
        return TextReading(
            result_id=result_id,
            documents=[document_read(document)],
            engines=["offline"],
            needs_review=needs_review,
            warnings=page_warnings(document, read, read.done) + layer_warnings(check.findings),
            pages=[PageText(page=page, text=found.text) for page, found in sorted(read.done.items())],
            continue_with=left_range(read),
            failures=failures_of(read.failed),
        )


def _place(cursor: str, pages: Sequence[PageText]) -> tuple[int, int]:
    index, _, character = cursor.partition(":")
    if not (index.isdecimal() and character.isdecimal() and int(index) <= len(pages)):
        raise CursorInvalid(cursor)
    return int(index), int(character)
