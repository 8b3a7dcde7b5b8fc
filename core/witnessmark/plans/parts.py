"""A document as parts that each fit into one request: by pages, bytes, context and the room for the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.text_size import TextSize, text_size
from witnessmark.plans.image_sizes import PAGE_DPI
from witnessmark.plans.image_tokens import image_tokens, seen_size
from witnessmark.plans.models import Model, ModelCannotSee, offered_models
from witnessmark.plans.plan import ContentBlock, ImageBlock, PdfBlock, TextBlock, TextDocumentBlock, block_tokens
from witnessmark.plans.titles import lines_title, pages_title, picture_label
from witnessmark.plans.tokens import Count

REQUEST_BYTES = 32_000_000 * 3 // 4 - 1_000_000
"""Of a document in one request of 32 MB: base64 takes a third more, and the rest of the request some."""
FULL_SIZE_IMAGES = 20
"""With more images in one request, each may have 2,000 pixels a side only. Source: documentation, "Vision"."""
TOKENS_AROUND = 600
"""Of a request besides its blocks, instructions and schema: what the API says of the form of an answer, and what we say
of an answer before that could not be used."""
TOKENS_OF_BLOCK = 8
"""Around each block."""
PAGE_SHARE = 0.6
"""Of the largest picture that a model sees, from which a picture may hold a page of text; a smaller one holds less."""
TEXT_PIECE = 40_000
"""Characters of a text file that are never parted, save in a line longer than that."""

ANSWER_TOKENS = 16_000
"""Of one answer, as estimated: some minutes of writing. What breaks off is lost, what is done is kept, and parts are
read side by side, so that longer answers are parted although the model could write them."""

AnswerSize = Callable[[TextSize | None], Count]
"""How large the answer on a piece of text is; None: on a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of a document goes into one request."""

    blocks: tuple[ContentBlock, ...]
    answers: tuple[Count, ...]
    """One for each page, image and text."""

    @property
    def answer(self) -> Count:
        return sum(self.answers, Count())


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The least that is never parted: a page, an image, some lines."""

    block: ContentBlock
    label: str | None = None
    prompt: int
    answer: Count
    bytes: int


def document_parts(
    document: Document,
    pages: Sequence[PageFacts],
    texts: Sequence[TextDocumentBlock],
    model: Model,
    *,
    answer: AnswerSize,
    fixed: int,
    pictures: Collection[int] = (),
    with_pages: Mapping[int, int] | None = None,
) -> tuple[Part, ...]:
    """Part a document so that each part fits, at the upper end of every estimate.

    A part stays below the prompt size at which a model's price rises, too: several small requests are then cheaper.

    Shapes:  `texts` is a text file's `text_blocks`, else empty; a piece that fits nowhere stands alone. `pictures` are
             pages of a PDF that go as pictures of ours, without the text that lies in them
    Units:   `fixed` in tokens: of what every request says besides; `with_pages` in tokens, by page: of what else is
             sent with the page
    Errors:  `ModelCannotSee`
    """
    refuse_blind(model, document)
    parts: list[list[Piece]] = []
    for bare in pieces_of(document, pages, texts, model, answer, pictures):
        more = 0 if with_pages is None else sum(with_pages.get(page, 0) for page in _page_numbers(bare.block))
        piece = replace(bare, prompt=bare.prompt + more)
        if parts and _is_alike(parts[-1][-1], piece) and fit_together([*parts[-1], piece], model, fixed):
            parts[-1].append(piece)
        else:
            parts.append([piece])
    return tuple(part_of(document, pieces, len(parts) > 1) for pieces in parts)


def text_blocks(name: str, text: str) -> tuple[TextDocumentBlock, ...]:
    """Cut a text file at the ends of lines into blocks that say which lines they are."""
    return tuple(
        TextDocumentBlock(title=lines_title(name, first, last), text=piece, size=text_size(piece))
        for first, last, piece in _lines(text)
    )


def refuse_blind(model: Model, document: Document) -> None:
    """Refuse a model that cannot see what a document is.

    Errors:  `ModelCannotSee`
    """
    match document.kind:
        case "pdf" if not model.pdf_input:
            seeing = [other.id for other in offered_models() if other.pdf_input and other.id != model.id]
            raise ModelCannotSee(model.id, "PDFs", instead=seeing)
        case "image" if not model.image_input:
            seeing = [other.id for other in offered_models() if other.image_input and other.id != model.id]
            raise ModelCannotSee(model.id, "images", instead=seeing)
        case _:
            pass


def pieces_of(
    document: Document,
    pages: Sequence[PageFacts],
    texts: Sequence[TextDocumentBlock],
    model: Model,
    answer: AnswerSize,
    pictures: Collection[int],
) -> Iterator[Piece]:
    """Take a document apart into the least that is never parted."""
    share = document.content.size // max(1, document.page_count)
    match document.kind:
        case "pdf":
            for page in pages:
                if page.page_number in pictures:
                    yield _picture(document, page, PAGE_DPI / 72, model, answer, share)
                    continue
                size = page.text_size if page.text in {"text layer", "blank"} else None
                title = pages_title(document.name, [page.page_number])
                block = PdfBlock(title=title, sha256=document.sha256, pages=(page,))
                yield _piece(block, model, answer(size), share)
        case "image":
            for page in pages:
                yield _picture(document, page, 1.0, model, answer, share)
        case "text":
            for text in texts:
                yield _piece(replace(text, sha256=document.sha256), model, answer(text.size), len(text.text.encode()))


def _picture(document: Document, page: PageFacts, scale: float, model: Model, answer: AnswerSize, size: int) -> Piece:
    """Show a page as a picture, of `scale` pixels for each of its units where the model can see that many."""
    full = max(1, int((page.width or 1) * scale)), max(1, int((page.height or 1) * scale))
    width, height = seen_size(*full, model.image_tier)
    image = ImageBlock(sha256=document.sha256, page_number=page.page_number, width=width, height=height)
    share = min(1.0, image_tokens(width, height, model.image_tier) / (PAGE_SHARE * model.image_tier.max_tokens))
    whole = answer(None)
    said = replace(whole, low=min(whole.low, round(whole.estimate * share)), estimate=round(whole.estimate * share))
    return _piece(image, model, said, size, picture_label(document.name, page.page_number))


def _page_numbers(block: ContentBlock) -> list[int]:
    match block:
        case PdfBlock():
            return [page.page_number for page in block.pages]
        case ImageBlock():
            return [block.page_number]
        case _:
            return []


def _is_alike(one: Piece, other: Piece) -> bool:
    """Claim that two pieces are named in the same way: pages of a PDF are counted, pictures have labels."""
    return isinstance(one.block, PdfBlock) == isinstance(other.block, PdfBlock)


def _piece(block: ContentBlock, model: Model, answer: Count, size: int, label: str | None = None) -> Piece:
    prompt = block_tokens(block, model)
    if label is not None:
        prompt += block_tokens(TextBlock(text=label), model)
    return Piece(block=block, label=label, prompt=prompt.total.high, answer=answer, bytes=size)


def fit_together(pieces: Sequence[Piece], model: Model, fixed: int) -> bool:
    """Say whether pieces fit into one request, with `fixed` tokens of what it says besides."""
    prompt = sum(piece.prompt + TOKENS_OF_BLOCK for piece in pieces) + fixed + TOKENS_AROUND
    answer = sum(piece.answer.high for piece in pieces)
    images = sum(isinstance(piece.block, ImageBlock) for piece in pieces)
    return (
        len(pieces) <= model.pages_per_request
        and images <= FULL_SIZE_IMAGES
        and sum(piece.bytes for piece in pieces) <= REQUEST_BYTES
        and answer <= model.max_output
        and sum(piece.answer.estimate for piece in pieces) <= ANSWER_TOKENS
        and prompt + answer <= model.context
        and (model.first_price_step is None or prompt <= model.first_price_step)
    )


def part_of(document: Document, pieces: Sequence[Piece], is_one_of_many: bool) -> Part:
    """Put pieces together to what goes into one request."""
    blocks: list[ContentBlock] = []
    pages: list[PageFacts] = []
    for piece in pieces:
        if isinstance(piece.block, PdfBlock):
            pages += piece.block.pages
            continue
        if piece.label is not None:
            blocks.append(TextBlock(text=piece.label))
        blocks.append(piece.block)
    if pages:
        numbers = [page.page_number for page in pages]
        is_whole = not is_one_of_many and len(numbers) == document.page_count
        title = document.name if is_whole else pages_title(document.name, numbers)
        blocks.append(PdfBlock(title=title, sha256=document.sha256, pages=tuple(pages)))
    return Part(blocks=tuple(blocks), answers=tuple(piece.answer for piece in pieces))


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Cut a text at the ends of lines, and a line that is too long by itself anywhere."""
    piece: list[str] = []
    size = number = 0
    first = 1
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        if piece and size + len(line) > TEXT_PIECE:
            yield first, number - 1, "".join(piece)
            piece, size, first = [], 0, number
        for start in range(0, len(line), TEXT_PIECE):
            if piece and len(line) > TEXT_PIECE:
                yield first, number, "".join(piece)
                piece, size, first = [], 0, number
            piece.append(line[start : start + TEXT_PIECE])
            size += len(piece[-1])
    if piece:
        yield first, number, "".join(piece)
