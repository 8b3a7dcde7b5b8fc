"""Several documents as parts that each fit into one request: together where they fit, else some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from witnessmark.documents.document import Document, PageFacts
from witnessmark.plans.models import Model
from witnessmark.plans.parts import (
    FULL_SIZE_IMAGES,
    REQUEST_BYTES,
    TOKENS_AROUND,
    TOKENS_OF_BLOCK,
    document_parts,
)
from witnessmark.plans.plan import (
    ContentBlock,
    ImageBlock,
    LinesBlock,
    PdfBlock,
    TextBlock,
    TextDocumentBlock,
    block_tokens,
)
from witnessmark.plans.tokens import Count, tokens_of_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSource:
    """A document of which some pages are asked about.

    Shapes:  `texts` is a text file's `text_blocks`, else empty
    """

    document: Document
    pages: tuple[PageFacts, ...]
    texts: tuple[TextDocumentBlock, ...] = ()
    lines: LinesBlock | None = None
    """What OCR read on pages without a text layer, and what can be seen on those that hide words; it goes where those
    pages go."""


Blocks = tuple[ContentBlock, ...]


def joint_parts(sources: Sequence[PartSource], model: Model, *, fixed: int) -> tuple[Blocks, ...]:
    """Part documents so that each part fits at the upper end of every estimate, with as many in one as do.

    Shapes:  the documents' blocks, in their order; a piece that fits nowhere stands alone
    Units:   `fixed` in tokens: of what every request says besides, its answer included
    Errors:  `ModelCannotSee`
    """
    bundles: list[list[_Sized]] = []
    for source in sources:
        for part in _parts_of(source, model, fixed):
            if bundles and _fits([*bundles[-1], part], model, fixed):
                bundles[-1].append(part)
            else:
                bundles.append([part])
    return tuple(tuple(block for part in bundle for block in part.blocks) for bundle in bundles)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sized:
    """Blocks of one document, and what they take of a request."""

    blocks: Blocks
    prompt: int
    """Tokens."""
    bytes: int
    pages: int
    images: int


def _parts_of(source: PartSource, model: Model, fixed: int) -> Iterator[_Sized]:
    document = source.document
    lines_of_pages = _tokens_of_lines(source.lines, model)
    share = document.content.size / max(1, document.page_count)
    # Words that nobody sees go to no model: of such a page it sees the picture, and the lines that can be seen.
    pictures = {page.page_number for page in source.pages if page.hides_words and document.kind == "pdf"}
    for part in document_parts(
        document,
        source.pages,
        source.texts,
        model,
        answer=lambda _: Count(),
        fixed=fixed,
        pictures=pictures,
        with_pages=lines_of_pages,
    ):
        blocks = list(part.blocks)
        pages = {number for block in blocks for number in _page_numbers(block)}
        if source.lines is not None and (lines := source.lines.of_pages(pages)) is not None:
            blocks.append(lines)
        texts = sum(len(block.text.encode()) for block in blocks if isinstance(block, TextDocumentBlock))
        yield _Sized(
            blocks=tuple(blocks),
            prompt=sum(block_tokens(block, model).total.high + TOKENS_OF_BLOCK for block in blocks),
            bytes=texts or round(share * len(pages)),
            pages=len(pages),
            images=sum(isinstance(block, ImageBlock) for block in blocks),
        )


def _fits(parts: Sequence[_Sized], model: Model, fixed: int) -> bool:
    prompt = sum(part.prompt for part in parts) + fixed + TOKENS_AROUND
    return (
        sum(part.pages for part in parts) <= model.pages_per_request
        and sum(part.images for part in parts) <= FULL_SIZE_IMAGES
        and sum(part.bytes for part in parts) <= REQUEST_BYTES
        and prompt <= model.context
        and (model.first_price_step is None or prompt <= model.first_price_step)
    )


def _tokens_of_lines(lines: LinesBlock | None, model: Model) -> dict[int, int]:
    """Count what lines add to the prompt with each page, at the most; the title counts with each."""
    if lines is None:
        return {}
    by_page: dict[int, list[str]] = {}
    for line, page in zip(lines.lines, lines.pages, strict=True):
        by_page.setdefault(page, [lines.title]).append(line)
    return {page: tokens_of_text("\n".join(several), model).high for page, several in by_page.items()}


def _page_numbers(block: ContentBlock) -> list[int]:
    match block:
        case PdfBlock():
            return [page.page_number for page in block.pages]
        case ImageBlock():
            return [block.page_number]
        case TextDocumentBlock():
            return [1]
        case LinesBlock() | TextBlock():
            return []
