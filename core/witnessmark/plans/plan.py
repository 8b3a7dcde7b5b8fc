"""What would be sent to a model, as a value: the same plan is priced, explained, and later run or batched."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from witnessmark.documents.document import PageFacts
from witnessmark.documents.page_range import text_from_pages
from witnessmark.documents.prepared import Box
from witnessmark.documents.text_size import TextSize
from witnessmark.plans.models import Effort, Model
from witnessmark.plans.tokens import Count, PromptTokens, tokens_of_image, tokens_of_pdf_page, tokens_of_text

KEY_VERSION = 1
"""Part of every content key; raised when the same ask comes to mean something else."""
LEAST_MAX_TOKENS = 4_000
"""Room for an answer, however short it may be: it is thought about first, and room that is not used costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfBlock:
    """Pages of a PDF, sent as a document block of those pages alone."""

    title: str
    sha256: str
    """Of the whole document: how its bytes travel is decided later and changes no answer."""
    pages: tuple[PageFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageBlock:
    """One image, one page of a TIFF, or a part of a page of either or of a PDF.

    Units:  pixels, upright, as the model sees it: larger ones are shrunk to that before they are sent
    """

    sha256: str
    page_number: int
    width: int
    height: int
    box: Box | None = None
    """The part of the page that it shows; None: an image's whole page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDocumentBlock:
    """Plain text, sent as a document block."""

    title: str
    text: str = field(repr=False)
    size: TextSize = field(repr=False)
    sha256: str = ""
    """Of the file it stands in; empty where it stands in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesBlock:
    """Lines of text, sent as a document of which each line can be cited: what OCR read where there is no text layer.

    Shapes:  `pages` has the page of each line
    """

    title: str
    lines: tuple[str, ...] = field(repr=False)
    """None is empty."""
    pages: tuple[int, ...] = field(repr=False)
    sha256: str = ""
    """Of the document that they were read from; empty where it is none."""

    def of_pages(self, pages: Collection[int]) -> LinesBlock | None:
        """Keep the lines of some pages; None where there are none."""
        kept = [(line, page) for line, page in zip(self.lines, self.pages, strict=True) if page in pages]
        if not kept:
            return None
        return replace(self, lines=tuple(line for line, _ in kept), pages=tuple(page for _, page in kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """Words of ours: a question, or the label before an image."""

    text: str


ContentBlock = PdfBlock | ImageBlock | TextDocumentBlock | LinesBlock | TextBlock
DocumentBlock = PdfBlock | TextDocumentBlock | LinesBlock
"""What the API counts as a document, and cites."""
Ttl = Literal["5m", "1h"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakpoint:
    """The prompt up to and including the block at `index` is kept in the cache."""

    index: int
    ttl: Ttl = "5m"
    is_kept: bool = False
    """Whether the cache is thought to hold it already when the ask is sent: then it is read, and else written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to a model."""

    model: str
    instructions: str
    blocks: tuple[ContentBlock, ...]
    """Documents first, the question last."""
    schema: dict[str, Any] | None
    """What the answer's JSON has to look like, within the API's limits; None: it is text."""
    effort: Effort | None
    """None where the model does not let it be chosen."""
    max_tokens: int
    cites: bool = False
    """Whether the answer is to point to the places in the documents that its statements rest on."""
    breakpoints: tuple[Breakpoint, ...] = ()
    expected_output: Count
    """Tokens of the answer, its thinking included."""
    answers: tuple[Count, ...] = ()
    """What of `expected_output` is for each page, image and text; empty where nobody knows, and each has its share."""
    room: int | None = None
    """Tokens that a spending limit leaves for the answer; None: all of `max_tokens`. A complete answer is the same."""
    least_room: int = 0
    """Tokens without which it is not asked again, because the answer was cut before."""
    was_doubled: bool = False
    """Whether the room for the answer, or that of the ask that this is a half of, was doubled once."""

    @property
    def sent_max_tokens(self) -> int:
        """The `max_tokens` that the request is sent with."""
        return self.max_tokens if self.room is None else min(self.room, self.max_tokens)

    @property
    def content_key(self) -> str:
        """Name the ask by everything that determines its answer; caching and delivery do not."""
        told = [
            KEY_VERSION,
            self.model,
            self.instructions,
            [identity(block) for block in self.blocks],
            self.schema,
            self.effort,
            self.max_tokens,
            *(["citations"] if self.cites else []),
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that one call would send, in order."""

    asks: tuple[Ask, ...]


def room_for(answer: Count, *, most: int) -> int:
    """Say how many tokens an answer may take: the upper end of what is expected, in thousands."""
    return min(most, max(LEAST_MAX_TOKENS, math.ceil(answer.high / 1_000) * 1_000))


def keeping_documents(plan: Plan) -> Plan:
    """Keep what stands before each question in the cache for five minutes, as the second call on it does."""
    return Plan(asks=tuple(replace(ask, breakpoints=(Breakpoint(index=len(ask.blocks) - 2),)) for ask in plan.asks))


class Prompt(NamedTuple):
    """A prompt's tokens by what the cache makes of them."""

    read: PromptTokens
    written: PromptTokens
    rest: PromptTokens
    """What stands after the last breakpoint."""

    @property
    def total(self) -> PromptTokens:
        return self.read + self.written + self.rest


def prompt_tokens(ask: Ask, model: Model, counted: int | None = None) -> Prompt:
    """Count an ask's prompt, or bring its kinds into line with what the API has counted for it as a whole.

    What stands after the last breakpoint is a question of ours, a few words: it is estimated, and the rest of what was
    counted is what is read and written.
    """
    read, written, rest = _estimated(ask, model)
    if counted is None:
        return Prompt(read, written, rest)
    if not ask.breakpoints:
        return Prompt(read, written, rest.counting(counted))
    after = min(rest.total.estimate, counted)
    new = min(written.total.estimate, counted - after) if read.total.high else counted - after
    return Prompt(read.counting(counted - after - new), written.counting(new), rest.counting(after))


def prefix_tokens(ask: Ask, index: int, model: Model) -> PromptTokens:
    """Count what stands before and in the block at `index`: what a breakpoint there keeps."""
    return sum((block_tokens(block, model) for block in ask.blocks[: index + 1]), _beside(ask, model))


def _estimated(ask: Ask, model: Model) -> Prompt:
    parts = [PromptTokens(), PromptTokens(), PromptTokens()]
    last = max((point.index for point in ask.breakpoints), default=-1)
    kept = max((point.index for point in ask.breakpoints if point.is_kept), default=-1)

    def part_at(index: int) -> int:
        return 0 if index <= kept else 1 if index <= last else 2

    parts[part_at(0) if ask.breakpoints else 2] += _beside(ask, model)
    for index, block in enumerate(ask.blocks):
        parts[part_at(index)] += block_tokens(block, model)
    return Prompt(*parts)


def _beside(ask: Ask, model: Model) -> PromptTokens:
    """Count what stands before all blocks."""
    schema = "" if ask.schema is None else json.dumps(ask.schema, ensure_ascii=False)
    return PromptTokens(text=tokens_of_text(ask.instructions + schema, model))


def block_tokens(block: ContentBlock, model: Model) -> PromptTokens:
    match block:
        case PdfBlock():
            title = PromptTokens(text=tokens_of_text(block.title, model))
            return sum((tokens_of_pdf_page(page, model) for page in block.pages), title)
        case ImageBlock():
            return tokens_of_image(block.width, block.height, model)
        case TextDocumentBlock():
            return PromptTokens(text=tokens_of_text(block.title, model) + tokens_of_text(block.size, model))
        case LinesBlock():
            text = "\n".join((block.title, *block.lines))
            return PromptTokens(text=tokens_of_text(text, model))
        case TextBlock():
            return PromptTokens(text=tokens_of_text(block.text, model))


def explained(plan: Plan) -> str:
    """Say in one sentence what would be sent."""
    asks = plan.asks
    if len(asks) == 0:
        return "Nothing: there is no text in it."
    what = "; ".join(_in_words(ask.blocks) for ask in asks[:4])
    more = f"; and {len(asks) - 4} more" if len(asks) > 4 else ""
    count = "1 request" if len(asks) == 1 else f"{len(asks)} requests"
    effort = f", effort {asks[0].effort}" if asks[0].effort else ""
    form = "text" if all(ask.schema is None for ask in asks) else "JSON"
    form += " with citations" if any(ask.cites for ask in asks) else ""
    return f"{count}: {what}{more}; answers as {form} of at most {max(a.max_tokens for a in asks):,} tokens{effort}."


def _in_words(blocks: Sequence[ContentBlock]) -> str:
    pages = [page.page_number for block in blocks if isinstance(block, PdfBlock) for page in block.pages]
    images = [block for block in blocks if isinstance(block, ImageBlock)]
    texts = [block.title for block in blocks if isinstance(block, TextDocumentBlock)]
    lines = sum(len(block.lines) for block in blocks if isinstance(block, LinesBlock))
    parts: list[str] = []
    if pages:
        parts.append(f"PDF page{'s'[: len(pages) > 1]} {text_from_pages(pages)}")
    if len(images) == 1:
        parts.append(f"an image of {images[0].width} × {images[0].height} pixels")
    elif images:
        parts.append(f"{len(images)} images")
    if texts:
        parts.append(f"{len(texts)} text{'s'[: len(texts) > 1]}")
    if lines:
        parts.append(f"{lines} line{'s'[: lines > 1]} of text")
    return " and ".join(parts)


def identity(block: ContentBlock) -> list[object]:
    """Name a block by everything of it that the model sees."""
    match block:
        case PdfBlock():
            return ["pdf", block.sha256, text_from_pages(page.page_number for page in block.pages), block.title]
        case ImageBlock():
            part = [] if block.box is None else [list(block.box)]
            return ["image", block.sha256, block.page_number, block.width, block.height, *part]
        case TextDocumentBlock():
            return ["text document", block.title, block.text]
        case LinesBlock():
            return ["lines", block.title, block.lines]
        case TextBlock():
            return ["text", block.text]
