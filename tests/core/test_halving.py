"""Asks made smaller or given more room, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from witnessmark.documents.content import Content
from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.images import FrameFacts, ImageFacts
from witnessmark.documents.text_size import TextSize, text_size
from witnessmark.plans.halving import halved, pages_of, with_more_room
from witnessmark.plans.models import Model, model_named, models
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import (
    LEAST_MAX_TOKENS,
    Ask,
    Breakpoint,
    ImageBlock,
    PdfBlock,
    Plan,
    TextBlock,
    TextDocumentBlock,
    keeping_documents,
    prompt_tokens,
)
from witnessmark.plans.tokens import Count
from witnessmark_tools.tables_plan import QUESTION, plan_tables

SONNET = model_named("sonnet")
WIDE = replace(SONNET, max_output=10**9, context=10**9)
"""Takes any document in one request."""


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 7, 16, 21], ids=str)
def test_halving_ends_with_single_pages_none_lost_none_twice_in_order(count: int) -> None:
    (ask,) = plan_tables(_pdf(count), _pages(count), WIDE).asks
    leaves = list(_leaves(ask))
    assert [pages_of(leaf) for leaf in leaves] == [((_pdf(1).sha256, page),) for page in range(1, count + 1)]
    assert all(leaf.blocks[-1] == TextBlock(text=QUESTION) for leaf in leaves)


@pytest.mark.parametrize("first", [1, 2, 5, 11], ids=str)
@pytest.mark.parametrize("count", [2, 3, 5, 8], ids=str)
def test_a_half_is_the_very_ask_that_its_pages_alone_would_be_planned_as(first: int, count: int) -> None:
    document, pages = _pdf(20), _pages(20)[first - 1 : first - 1 + count]
    (ask,) = plan_tables(document, pages, SONNET).asks
    halves = halved(ask)
    assert halves is not None
    middle = (count + 1) // 2
    for half, some in zip(halves, (pages[:middle], pages[middle:]), strict=True):
        (planned,) = plan_tables(document, some, SONNET).asks
        assert half == planned
        assert half.content_key == planned.content_key


def test_halving_again_still_names_the_pages_and_not_the_half() -> None:
    (ask,) = plan_tables(_pdf(8), _pages(8), SONNET).asks
    titles = [leaf.blocks[0].title for leaf in _leaves(ask, depth=2) if isinstance(leaf.blocks[0], PdfBlock)]
    assert titles == ["a.pdf, pages 1-2", "a.pdf, pages 3-4", "a.pdf, pages 5-6", "a.pdf, pages 7-8"]
    titles = [leaf.blocks[0].title for leaf in _leaves(ask) if isinstance(leaf.blocks[0], PdfBlock)]
    assert titles[:2] == ["a.pdf, page 1", "a.pdf, page 2"]


def test_a_document_whose_name_looks_like_a_range_keeps_it() -> None:
    (ask,) = plan_tables(_pdf(4, "b, pages 7-9"), _pages(4), SONNET).asks
    halves = halved(ask)
    assert halves is not None
    assert _titles(halves[0]) == ["b, pages 7-9, pages 1-2"]


def test_pages_far_apart_are_named_as_they_are() -> None:
    pages = [_pages(20)[number - 1] for number in (2, 3, 9, 15)]
    (ask,) = plan_tables(_pdf(20), pages, SONNET).asks
    halves = halved(ask)
    assert halves is not None
    assert [_titles(half) for half in halves] == [["a.pdf, pages 2-3"], ["a.pdf, pages 9,15"]]


def test_two_documents_are_parted_between_them_and_then_within() -> None:
    blocks = (
        TextBlock(text="Before:"),
        PdfBlock(title="a.pdf", sha256="a", pages=_pages(2)),
        TextBlock(text="After:"),
        PdfBlock(title="b.pdf", sha256="b", pages=_pages(3)),
        TextBlock(text="What is new?"),
    )
    first, second = halved(_ask(*blocks)) or pytest.fail("nothing was parted")
    assert pages_of(first) == (("a", 1), ("a", 2), ("b", 1))
    assert [block.text for block in first.blocks if isinstance(block, TextBlock)] == [
        "Before:",
        "After:",
        "What is new?",
    ]
    assert pages_of(second) == (("b", 2), ("b", 3))
    assert [block.text for block in second.blocks if isinstance(block, TextBlock)] == ["After:", "What is new?"]


def test_what_was_kept_in_the_cache_is_the_documents_of_each_half() -> None:
    (ask,) = keeping_documents(plan_tables(_tiff(5), _frames(5), WIDE)).asks
    for half in halved(ask) or pytest.fail("nothing was parted"):
        assert half.breakpoints == (Breakpoint(index=len(half.blocks) - 2),)
        assert keeping_documents(Plan(asks=(half,))).asks == (half,)


# --- images ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 5, 20], ids=str)
def test_an_image_keeps_its_label(count: int) -> None:
    (ask,) = plan_tables(_tiff(count), _frames(count), WIDE).asks
    leaves = list(_leaves(ask))
    assert len(leaves) == count
    for number, leaf in enumerate(leaves, start=1):
        label, image, question = leaf.blocks
        assert label == TextBlock(text=f"The file named \u201ca.tif\u201d, page {number}")
        assert isinstance(image, ImageBlock)
        assert image.page_number == number
        assert question == TextBlock(text=QUESTION)


# --- text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [1, 2, 3, 10, 57], ids=str)
def test_a_text_is_halved_down_to_its_lines_and_every_title_is_true(lines: int) -> None:
    text = "".join(f"Item {number},{'x' * (number % 13)}\n" for number in range(lines))
    (ask,) = plan_tables(_csv(), _pages(1), WIDE, texts=text_blocks("a.csv", text)).asks
    leaves = [leaf.blocks[0] for leaf in _leaves(ask)]
    assert len(leaves) == lines
    for number, block in enumerate(leaves, start=1):
        assert isinstance(block, TextDocumentBlock)
        assert block.title == f"a.csv, lines {number}-{number}"
        assert block.text == text.splitlines(keepends=True)[number - 1]
        assert block.size == text_size(block.text)
        assert block.sha256 == _csv().sha256


def test_a_text_is_cut_near_its_middle_and_not_at_the_middle_line() -> None:
    text = "a\n" * 100 + "b" * 200 + "\n"
    first, second = halved(_ask(*text_blocks("a.txt", text), TextBlock(text="?"))) or pytest.fail("not parted")
    assert _titles(first) == ["a.txt, lines 1-100"]
    assert _titles(second) == ["a.txt, lines 101-101"]


def test_a_text_without_lines_in_its_title_counts_from_one() -> None:
    text = TextDocumentBlock(title="note", text="a\nb\nc\nd", size=text_size("abcd"))
    first, second = halved(_ask(text, TextBlock(text="?"))) or pytest.fail("not parted")
    assert (_titles(first), _titles(second)) == (["note, lines 1-2"], ["note, lines 3-4"])


def test_a_text_in_several_blocks_is_parted_between_them_first() -> None:
    text = "".join(f"line {number}\n" for number in range(20_000))
    blocks = text_blocks("a.txt", text)
    halves = halved(_ask(*blocks, TextBlock(text="?"))) or pytest.fail("not parted")
    assert [block for half in halves for block in half.blocks[:-1]] == list(blocks)
    assert pages_of(_ask(*(replace(block, sha256="c") for block in blocks))) == (("c", 1),)


# --- room -----------------------------------------------------------------------------------------------------------


def test_halves_expect_together_what_the_whole_did_and_have_room_for_it() -> None:
    dense = TextSize(letters=4_000, digits=800, marks=300)
    pages = tuple(replace(page, text_size=dense if page.page_number > 5 else TextSize()) for page in _pages(7))
    (ask,) = plan_tables(_pdf(7), pages, SONNET).asks
    halves = halved(ask)
    assert halves is not None
    assert sum((half.expected_output for half in halves), Count()) == ask.expected_output
    assert halves[1].expected_output.high > 3 * halves[0].expected_output.high
    for half in halves:
        assert LEAST_MAX_TOKENS <= half.max_tokens <= ask.max_tokens
        assert half.expected_output.high <= half.max_tokens


def test_what_nobody_shared_out_is_shared_evenly_and_nothing_is_lost() -> None:
    blocks = (PdfBlock(title="a.pdf", sha256="a", pages=_pages(3)), TextBlock(text="?"))
    ask = replace(_ask(*blocks), expected_output=Count(10, 101, 20_000), max_tokens=20_000)
    halves = halved(ask)
    assert halves is not None
    assert sum((half.expected_output for half in halves), Count()) == ask.expected_output
    assert [half.max_tokens for half in halves] == [14_000, 7_000]


def test_halves_of_an_ask_that_was_given_more_room_keep_it() -> None:
    (ask,) = plan_tables(_pdf(4), _pages(4), SONNET).asks
    more = with_more_room(ask, SONNET)
    assert more is not None
    assert [half.max_tokens for half in halved(more) or ()] == [more.max_tokens] * 2


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_room_doubles_once_also_for_halves(model: Model) -> None:
    (ask,) = plan_tables(_pdf(2), _pages(2), model).asks
    more = with_more_room(ask, model)
    assert more is not None
    assert more.max_tokens == min(2 * ask.max_tokens, model.max_output)
    assert more.content_key != ask.content_key
    assert with_more_room(more, model) is None
    assert [with_more_room(half, model) for half in halved(more) or ()] == [None, None]
    assert all(with_more_room(half, model) for half in halved(ask) or ())


def test_there_is_never_more_room_than_the_context_leaves() -> None:
    (ask,) = plan_tables(_pdf(2), _pages(2), SONNET).asks
    prompt = prompt_tokens(ask, SONNET).total.total.high
    tight = replace(SONNET, context=prompt + ask.max_tokens + 500)
    more = with_more_room(ask, tight)
    assert more is not None
    assert more.max_tokens == ask.max_tokens + 500
    assert with_more_room(more, tight) is None


# --- documents by their facts ---------------------------------------------------------------------------------------


def _leaves(ask: Ask, depth: int = 99) -> Iterator[Ask]:
    halves = halved(ask) if depth else None
    if halves is None:
        yield ask
        return
    for half in halves:
        yield from _leaves(half, depth - 1)


def _titles(ask: Ask) -> list[str]:
    return [block.title for block in ask.blocks if isinstance(block, PdfBlock | TextDocumentBlock)]


def _pages(count: int) -> tuple[PageFacts, ...]:
    return tuple(
        PageFacts(
            page_number=number, width=595, height=842, text="text layer", text_size=TextSize(letters=100 * number)
        )
        for number in range(1, count + 1)
    )


def _pdf(pages: int, name: str = "a.pdf") -> Document:
    content = Content.of_bytes(name, b"%PDF-")
    return Document(name=name, content=content, media_type="application/pdf", page_count=pages, reader="pdfium")


def _tiff(pages: int) -> Document:
    frames = tuple(FrameFacts(width=560, height=280) for _ in range(pages))
    facts = ImageFacts(frames=frames, mode="RGB", orientation=1, is_animated=False, is_damaged=False)
    content = Content.of_bytes("a.tif", b"x")
    return Document(
        name="a.tif", content=content, media_type="image/tiff", page_count=pages, reader="image", image=facts
    )


def _frames(count: int) -> tuple[PageFacts, ...]:
    return tuple(PageFacts(page_number=n, width=560, height=280, text="scan") for n in range(1, count + 1))


def _csv() -> Document:
    content = Content.of_bytes("a.csv", b"x")
    return Document(name="a.csv", content=content, media_type="text/csv", page_count=1, reader="text")


def _ask(*blocks: PdfBlock | ImageBlock | TextDocumentBlock | TextBlock) -> Ask:
    return Ask(
        model=SONNET.id,
        instructions="",
        blocks=blocks,
        schema=None,
        effort=None,
        max_tokens=4_000,
        expected_output=Count.exactly(100),
    )
