"""An ask that failed or ran out of room, as two smaller ones, or as one with more room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from witnessmark.documents.text_size import text_size
from witnessmark.plans.models import Model
from witnessmark.plans.plan import (
    Ask,
    Breakpoint,
    ContentBlock,
    ImageBlock,
    LinesBlock,
    PdfBlock,
    TextBlock,
    TextDocumentBlock,
    prompt_tokens,
    room_for,
)
from witnessmark.plans.titles import lines_title, name_and_first_line, name_of_pages, pages_title
from witnessmark.plans.tokens import Count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A page, an image or a text, with the words of ours that stand before it."""

    label: tuple[TextBlock, ...]
    block: PdfBlock | ImageBlock | TextDocumentBlock
    source: int
    """Index of the block that it is of: pages of one go together again."""
    answer: Count
    lines: LinesBlock | None = None
    """What was read on the page, which goes where the page goes."""


def halved(ask: Ask) -> tuple[Ask, Ask] | None:
    """Part an ask's documents in two: between pages, images and texts, or within one text at the end of a line.

    A half asks what a plan of its pages alone would ask, so that whichever is answered first serves both. Its room for
    the answer is what is expected of its pages, as in a plan; but halves of an ask that had been given more room than
    that keep all of it, since the guess has been wrong before, and room that is not used costs nothing.

    Shapes:  the same question after each half; None where one page, one image or one line is left
    """
    pieces = _pieces(ask)
    if len(pieces) == 1:
        pieces = _cut(pieces[0])
    if len(pieces) < 2:
        return None
    middle = (len(pieces) + 1) // 2
    return _half(ask, pieces[:middle]), _half(ask, pieces[middle:])


def with_more_room(ask: Ask, model: Model) -> Ask | None:
    """Double the room for an answer that was cut, once, as far as the model and its context allow.

    Shapes:  None where it was doubled before, or there is no more
    """
    if ask.was_doubled:
        return None
    prompt = prompt_tokens(ask, model).total.total.high
    room = min(2 * ask.max_tokens, model.max_output, model.context - prompt)
    if room <= ask.max_tokens:
        return None
    return replace(ask, max_tokens=room, least_room=ask.sent_max_tokens + 1, was_doubled=True)


def pages_of(ask: Ask) -> tuple[tuple[str, int], ...]:
    """List the pages that an ask is about, in the order in which the model sees them.

    Shapes:  (sha256 of the document, page number); a text is page 1 of its document, however often it is cut
    """
    found: dict[tuple[str, int], None] = {}
    for block in ask.blocks:
        match block:
            case PdfBlock():
                found |= {(block.sha256, page.page_number): None for page in block.pages}
            case ImageBlock():
                found[block.sha256, block.page_number] = None
            case TextDocumentBlock():
                found[block.sha256, 1] = None
            case LinesBlock() if block.sha256:
                found |= {(block.sha256, page): None for page in block.pages}
            case LinesBlock() | TextBlock():
                pass
    return tuple(found)


def _pieces(ask: Ask) -> list[_Piece]:
    found: list[_Piece] = []
    label: list[TextBlock] = []
    for index, block in enumerate(ask.blocks):
        if isinstance(block, TextBlock):
            label.append(block)
            continue
        if isinstance(block, LinesBlock):
            found = [_with_lines(piece, block) for piece in found]
            continue
        found += [_Piece(label=tuple(label), block=least, source=index, answer=Count()) for least in _least(block)]
        label = []
    answers = ask.answers if len(ask.answers) == len(found) else _shared(ask.expected_output, len(found))
    return [replace(piece, answer=answer) for piece, answer in zip(found, answers, strict=True)]


def _with_lines(piece: _Piece, lines: LinesBlock) -> _Piece:
    """Give a page the lines that were read on it."""
    block = piece.block
    if isinstance(block, TextDocumentBlock) or block.sha256 != lines.sha256:
        return piece
    page = block.pages[0].page_number if isinstance(block, PdfBlock) else block.page_number
    return replace(piece, lines=lines.of_pages({page}) or piece.lines)


def _least(
    block: PdfBlock | ImageBlock | TextDocumentBlock,
) -> Iterator[PdfBlock | ImageBlock | TextDocumentBlock]:
    if not isinstance(block, PdfBlock):
        yield block
        return
    name = name_of_pages(block.title, [page.page_number for page in block.pages])
    for page in block.pages:
        yield replace(block, title=name, pages=(page,))


def _cut(piece: _Piece) -> list[_Piece]:
    """Cut a text at the end of the line that is nearest to its middle; anything else stays one piece."""
    block = piece.block
    if not isinstance(block, TextDocumentBlock):
        return [piece]
    lines = block.text.splitlines(keepends=True)
    if len(lines) < 2:
        return [piece]
    ends: list[int] = []
    for line in lines[:-1]:
        ends.append(len(line) + (ends[-1] if ends else 0))
    before = min(range(len(ends)), key=lambda number: abs(2 * ends[number] - len(block.text))) + 1
    title = name_and_first_line(block.title)
    name, first = title or (block.title, 1)
    answers = _shared(piece.answer, 2)
    return [
        replace(
            piece,
            block=replace(
                block,
                title=lines_title(name, first + start, first + start + len(some) - 1),
                text="".join(some),
                size=text_size("".join(some)),
            ),
            answer=answer,
        )
        for start, some, answer in ((0, lines[:before], answers[0]), (before, lines[before:], answers[1]))
    ]


def _shared(count: Count, parts: int) -> tuple[Count, ...]:
    """Share a count in equal parts, none of it lost."""
    return tuple(
        Count(
            *(
                (end * (number + 1)) // parts - (end * number) // parts
                for end in (count.low, count.estimate, count.high)
            )
        )
        for number in range(parts)
    )


def _half(ask: Ask, pieces: Sequence[_Piece]) -> Ask:
    documents = _together(pieces)
    answer = sum((piece.answer for piece in pieces), Count())
    has_more_room = ask.max_tokens > room_for(ask.expected_output, most=ask.max_tokens)
    return replace(
        ask,
        blocks=(*documents, *_after_documents(ask)),
        max_tokens=ask.max_tokens if has_more_room else room_for(answer, most=ask.max_tokens),
        breakpoints=tuple(Breakpoint(index=len(documents) - 1, ttl=point.ttl) for point in ask.breakpoints[-1:]),
        expected_output=answer,
        answers=tuple(piece.answer for piece in pieces),
        least_room=0,
    )


def _together(pieces: Sequence[_Piece]) -> list[ContentBlock]:
    """Make blocks of pieces again: pages that stood in one block stand in one."""
    blocks: list[ContentBlock] = []
    last = -1
    for piece in pieces:
        before = blocks[-1] if blocks else None
        if piece.source == last and isinstance(before, PdfBlock) and isinstance(piece.block, PdfBlock):
            blocks[-1] = replace(before, pages=before.pages + piece.block.pages)
            continue
        blocks += [*piece.label, piece.block]
        last = piece.source
    titled: list[ContentBlock] = [
        replace(block, title=pages_title(block.title, [page.page_number for page in block.pages]))
        if isinstance(block, PdfBlock)
        else block
        for block in blocks
    ]
    return [*titled, *_lines_together(pieces)]


def _lines_together(pieces: Sequence[_Piece]) -> list[LinesBlock]:
    """Make of the lines of pages one block for each document."""
    found: dict[str, LinesBlock] = {}
    for lines in (piece.lines for piece in pieces):
        if lines is not None:
            before = found.get(lines.sha256)
            found[lines.sha256] = (
                lines
                if before is None
                else replace(before, lines=before.lines + lines.lines, pages=before.pages + lines.pages)
            )
    return list(found.values())


def _after_documents(ask: Ask) -> tuple[ContentBlock, ...]:
    """Give the question, and whatever else stands after the last document."""
    last = max(index for index, block in enumerate(ask.blocks) if not isinstance(block, TextBlock))  # lines included
    return ask.blocks[last + 1 :]
