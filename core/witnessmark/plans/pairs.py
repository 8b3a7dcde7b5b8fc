"""Two documents as parts that fit into one request together: pages of one beside those of the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from witnessmark.documents.document import Document, PageFacts
from witnessmark.plans.models import Model
from witnessmark.plans.parts import TOKENS_OF_BLOCK, Piece, fit_together, part_of, pieces_of, refuse_blind
from witnessmark.plans.plan import ContentBlock, ImageBlock, PdfBlock, TextBlock, TextDocumentBlock, block_tokens
from witnessmark.plans.tokens import Count, tokens_of_text

MAX_TEXT_SHARE = 0.8
"""Of the room of a request, for text files that are shown with every part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideToShow:
    """One of the documents, and what of it can be shown."""

    label: str
    """What the model reads before it: `Before: a.pdf`."""
    document: Document
    pages: Sequence[PageFacts] = ()
    texts: Sequence[TextDocumentBlock] = ()
    """Of a text file, shown with every part; empty where it is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesTogether:
    """What is asked about together, and never parted.

    Units:  `question` and `answer` in tokens, of what is asked and said about it
    """

    before: frozenset[int]
    after: frozenset[int]
    names: tuple[str, ...]
    """Of the differences there."""
    question: int
    answer: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPart:
    """What goes into one request."""

    blocks: tuple[ContentBlock, ...]
    names: tuple[str, ...]
    answer: Count


def pair_parts(
    before: SideToShow,
    after: SideToShow,
    together: Sequence[PagesTogether],
    model: Model,
    *,
    fixed: int,
    most_names: int,
) -> tuple[PairPart, ...]:
    """Part what is to be asked about two documents, in order, so that each part fits.

    Shapes:  what fits nowhere stands alone
    Units:   `fixed` in tokens: of what every request says besides
    Errors:  `ModelCannotSee`
    """
    refuse_blind(model, before.document)
    refuse_blind(model, after.document)
    fixed += sum(tokens_of_text(side.label, model).high + TOKENS_OF_BLOCK for side in (before, after))
    before, after = _without_long_texts(before, after, model, fixed)
    pieces = _by_page(before, model), _by_page(after, model)
    groups: list[list[PagesTogether]] = []
    for one in together:
        several = [*groups[-1], one] if groups else [one]
        is_small = sum(len(each.names) for each in several) <= most_names
        if groups and is_small and _fit(several, pieces, model, fixed):
            groups[-1].append(one)
        else:
            groups.append([one])
    return tuple(_part(before, after, several, pieces, is_one_of_many=len(groups) > 1) for several in groups)


def _without_long_texts(
    before: SideToShow, after: SideToShow, model: Model, fixed: int
) -> tuple[SideToShow, SideToShow]:
    """Leave out text files that leave too little room for what is asked: they would be in every request.

    The differences themselves, with the words around them, are in the question all the same.
    """
    room = ((model.first_price_step or model.context) - fixed) * MAX_TEXT_SHARE
    sizes = [sum(block_tokens(text, model).total.high for text in side.texts) for side in (before, after)]
    if sum(sizes) <= room:
        return before, after
    left = [
        side if size <= room / 2 else replace(side, texts=()) for side, size in zip((before, after), sizes, strict=True)
    ]
    return left[0], left[1]


_ByPage = dict[int, list[Piece]]


def _by_page(side: SideToShow, model: Model) -> _ByPage:
    """Make pieces of a side: its pages as they are, or where one hides words, all as pictures, to be counted alike."""
    hides = side.document.kind == "pdf" and any(page.hides_words for page in side.pages)
    pictures = {page.page_number for page in side.pages} if hides else set[int]()
    pieces = list(pieces_of(side.document, side.pages, side.texts, model, lambda _: Count(), pictures))
    if side.document.kind == "text":
        return {0: pieces}
    return {page.page_number: [piece] for page, piece in zip(side.pages, pieces, strict=True)}


def _shown(several: Sequence[PagesTogether], pieces: _ByPage, *, is_before: bool) -> list[Piece]:
    wanted = {page for one in several for page in (one.before if is_before else one.after)} | {0}
    return [piece for page in sorted(wanted & pieces.keys()) for piece in pieces[page]]


def _fit(several: Sequence[PagesTogether], pieces: tuple[_ByPage, _ByPage], model: Model, fixed: int) -> bool:
    shown = [*_shown(several, pieces[0], is_before=True), *_shown(several, pieces[1], is_before=False)]
    answer = sum((one.answer for one in several), Count())
    return fit_together(shown, model, fixed + sum(one.question for one in several) + answer.high)


def _part(
    before: SideToShow,
    after: SideToShow,
    several: Sequence[PagesTogether],
    pieces: tuple[_ByPage, _ByPage],
    *,
    is_one_of_many: bool,
) -> PairPart:
    blocks: list[ContentBlock] = []
    for side, by_page, is_before in ((before, pieces[0], True), (after, pieces[1], False)):
        shown = _shown(several, by_page, is_before=is_before)
        blocks.append(TextBlock(text=side.label))
        if shown:
            is_part = is_one_of_many or len(shown) < side.document.page_count
            blocks += part_of(side.document, shown, is_part).blocks
    return PairPart(
        blocks=tuple(blocks),
        names=tuple(name for one in several for name in one.names),
        answer=sum((one.answer for one in several), Count()),
    )


def shown_pages(blocks: Sequence[ContentBlock], labels: Collection[str]) -> dict[str, list[int]]:
    """Find which pages stand behind each label, in the order in which the model counts them."""
    found: dict[str, list[int]] = {label: [] for label in labels}
    current: list[int] = []
    for block in blocks:
        match block:
            case TextBlock() if block.text in found:
                current = found[block.text]
            case PdfBlock():
                current += [page.page_number for page in block.pages]
            case ImageBlock():
                current.append(block.page_number)
            case _:
                pass
    return found
