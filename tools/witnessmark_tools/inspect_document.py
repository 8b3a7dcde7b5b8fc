"""`inspect_document`: what a document is, before anything is spent on it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field

from witnessmark.documents.document import Document, PageFacts, PageKind
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import pages_from_text, text_from_pages
from witnessmark.plans.image_tokens import HIGH, STANDARD, image_tokens, page_tokens
from witnessmark_tools.arguments import Pages, Password, Source
from witnessmark_tools.pages import INSTALL_OCR
from witnessmark_tools.results import Frozen, Result, document_read, pages_in_words, result_id_of

PAGES_SHOWN = 100


class ImageTokens(Frozen):
    """Tokens of the page as an image at the largest size a model sees."""

    standard: int = Field(description="Models before 4.7.")
    high: int = Field(description="Models of 4.7 and later.")


class PageInspection(Frozen):
    page: int
    width: float | None
    height: float | None
    rotation: int = 0
    text: PageKind = Field(description="scan: a picture without a text layer; broken: its letters mean nothing.")
    image_tokens: ImageTokens | None = None


class Inspection(Result):
    """What a document is."""

    kind: Literal["pdf", "image", "text"]
    media_type: str
    bytes: int
    page_count: int
    unit: Literal["points", "pixels", "none"] = Field(description="Of width and height.")
    text_layer_pages: str | None = Field(description="Pages with a text layer, as a range.")
    scanned_pages: str | None = Field(description="Pages that are pictures, as a range.")
    pages: list[PageInspection]

    def shortened(self, limit: int) -> Self:
        """Show fewer pages; the ranges above them still speak of all that were looked at."""
        fitting = max(1, (limit - 4_000) // 150)
        if len(self.pages) <= fitting:
            return self
        note = f"The first {fitting} pages are listed; pass `pages` for others."
        return self.model_copy(update={"pages": self.pages[:fitting], "warnings": [*self.warnings, note]})

    def to_text(self) -> str:
        document = self.documents[0]
        size = f"{self.bytes:,} bytes"
        lines = [f"{document.name}: {self.media_type}, {self.page_count:,} page{'s'[: self.page_count != 1]}, {size}"]
        lines.append(f"sha256 {document.sha256}")
        lines += [f"Text layer: pages {self.text_layer_pages}"] if self.text_layer_pages else []
        lines += [f"Scans: pages {self.scanned_pages}"] if self.scanned_pages else []
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines.append("")
        lines.append("| page | size | text | image tokens (before 4.7 / since) |")
        lines.append("| --- | --- | --- | --- |")
        for page in self.pages:
            shape = f"{page.width:g} × {page.height:g} {self.unit}" if page.width and page.height else "–"
            tokens = f"{page.image_tokens.standard:,} / {page.image_tokens.high:,}" if page.image_tokens else "–"
            lines.append(f"| {page.page} | {shape} | {page.text} | {tokens} |")
        return "\n".join(lines)


async def inspect_document(
    source: Source, pages: Pages = None, password: Password = None, *, documents: Documents
) -> Inspection:
    """Say what a PDF, image or text file is: kind, pages, sizes, which pages have a text layer and which are scans, image tokens, damage. Free, reads no content; for that use extract_tables or read_text."""  # noqa: E501 - one line on the wire
    async with documents.open(source, password) as document:
        limit = document.page_count if pages is None else documents.limits.pages_per_call
        numbers = pages_from_text(pages, page_count=document.page_count, limit=limit)
        looked_at = numbers[: documents.limits.pages_per_call]
        facts = await documents.facts(document, looked_at)
        return _inspection(
            document,
            facts,
            is_partial=len(looked_at) < len(numbers),
            arguments={"pages": pages},
            ocr=documents.recogniser.engine.name if documents.recogniser is not None else None,
        )


def _inspection(
    document: Document,
    facts: tuple[PageFacts, ...],
    *,
    is_partial: bool,
    arguments: dict[str, str | None],
    ocr: str | None,
) -> Inspection:
    warnings = list(document.warnings)
    if is_partial:
        warnings.append(f"Pages 1-{len(facts)} of {document.page_count:,} were looked at; pass `pages` for others.")
    elif arguments["pages"] is None and len(facts) > PAGES_SHOWN:
        warnings.append(f"The first {PAGES_SHOWN} pages are listed; pass `pages` for others.")
    scans = [page.page_number for page in facts if page.text == "scan"]
    texts = [page.page_number for page in facts if page.text == "text layer"]
    blanks = [page.page_number for page in facts if page.text == "blank"]
    read_by = f"OCR ({ocr}) reads it" if ocr else f"reading it takes OCR, which is not here. {INSTALL_OCR}"
    if scans and document.kind == "pdf":
        warnings.append(f"{pages_in_words(scans)}: a scan, without a text layer; {read_by}.")
    unknown = [page for page in facts if page.text == "unknown" and document.reader == "pdfium"]
    if damaged := [page.page_number for page in unknown if page.is_tried]:
        warnings.append(f"{pages_in_words(damaged)}: damaged, or too slow to read.")
    if untried := [page.page_number for page in unknown if not page.is_tried]:
        warnings.append(
            f"{pages_in_words(untried)}: not tried, since pages before had stopped the reader too often. Call again "
            f"with pages={text_from_pages(untried)!r} for them."
        )
    if document.kind == "image":
        warnings.append(f"An image has no text layer; {read_by}.")
    if broken := [page.page_number for page in facts if page.text == "broken text layer"]:
        warnings.append(f"{pages_in_words(broken)}: the letters of the text layer do not mean what is seen; {read_by}.")
    if hidden := [page.page_number for page in facts if page.hidden_words]:
        count = sum(page.hidden_words for page in facts)
        warnings.append(f"{pages_in_words(hidden)}: {count} words of the text layer cannot be seen on the page.")
    if scanned := [page.page_number for page in facts if page.is_from_scanner]:
        warnings.append(f"{pages_in_words(scanned)}: a scan with text that other OCR software left below it.")
    if blanks:
        warnings.append(f"{pages_in_words(blanks)}: blank, with neither text nor pictures.")
    listed = facts if arguments["pages"] is not None else facts[:PAGES_SHOWN]
    units: dict[str, Literal["points", "pixels", "none"]] = {"pdf": "points", "image": "pixels", "text": "none"}
    return Inspection(
        result_id=result_id_of("inspect_document", document, arguments),
        documents=[document_read(document)],
        engines=["offline"],
        warnings=warnings,
        kind=document.kind,
        media_type=document.media_type,
        bytes=document.content.size,
        page_count=document.page_count,
        unit=units[document.kind],
        text_layer_pages=text_from_pages(texts) or None,
        scanned_pages=text_from_pages(scans) or None,
        pages=[_page(page, document) for page in listed],
    )


def _page(page: PageFacts, document: Document) -> PageInspection:
    tokens = None
    if page.width and page.height:
        if document.kind == "image":
            width, height = int(page.width), int(page.height)
            counts = [image_tokens(width, height, tier) for tier in (STANDARD, HIGH)]
        else:
            counts = [page_tokens(page.width, page.height, tier) for tier in (STANDARD, HIGH)]
        tokens = ImageTokens(standard=counts[0], high=counts[1])
    return PageInspection(
        page=page.page_number,
        width=page.width,
        height=page.height,
        rotation=page.rotation,
        text=page.text,
        image_tokens=tokens,
    )
