"""Several documents in one request, as far as they fit."""

from __future__ import annotations

from dataclasses import replace

from witnessmark.documents.content import Content
from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.images import FrameFacts, ImageFacts
from witnessmark.documents.text_size import TextSize
from witnessmark.plans.halving import halved, pages_of
from witnessmark.plans.joint_parts import PartSource, joint_parts
from witnessmark.plans.models import model_named
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Ask, ContentBlock, ImageBlock, LinesBlock, PdfBlock, TextBlock, block_tokens
from witnessmark.plans.tokens import Count

SONNET, HAIKU = model_named("sonnet"), model_named("haiku")


def pdf(pages: int, name: str = "a.pdf", *, scans: range = range(0)) -> PartSource:
    content = Content.of_bytes(name, f"%PDF- {name}".encode())
    document = Document(name=name, content=content, media_type="application/pdf", page_count=pages, reader="pdfium")
    size = TextSize(letters=2_000)
    facts = tuple(
        PageFacts(page_number=n, width=595, height=842, text="scan", text_size=TextSize())
        if n in scans
        else PageFacts(page_number=n, width=595, height=842, text="text layer", text_size=size)
        for n in range(1, pages + 1)
    )
    lines = [(f"line {place} of page {n}", n) for n in scans for place in range(3)]
    block = LinesBlock(
        title=f"{name}, lines",
        lines=tuple(line for line, _ in lines),
        pages=tuple(page for _, page in lines),
        sha256=document.sha256,
    )
    return PartSource(document=document, pages=facts, lines=block if lines else None)


def text(name: str, content: str) -> PartSource:
    document = Document(
        name=name,
        content=Content.of_bytes(name, content.encode()),
        media_type="text/plain",
        page_count=1,
        reader="text",
    )
    facts = PageFacts(page_number=1, width=None, height=None, text="text layer")
    return PartSource(document=document, pages=(facts,), texts=text_blocks(name, content))


def image(name: str) -> PartSource:
    shown = ImageFacts(
        frames=(FrameFacts(width=800, height=600),), mode="RGB", orientation=1, is_animated=False, is_damaged=False
    )
    content = Content.of_bytes(name, name.encode())
    document = Document(name=name, content=content, media_type="image/png", page_count=1, reader="image", image=shown)
    facts = PageFacts(page_number=1, width=800, height=600, text="scan")
    lines = LinesBlock(title=f"{name}, lines", lines=("Total 12",), pages=(1,), sha256=document.sha256)
    return PartSource(document=document, pages=(facts,), lines=lines)


def named(blocks: tuple[ContentBlock, ...]) -> list[str]:
    return [block.title for block in blocks if not isinstance(block, TextBlock | ImageBlock)]


def pages(blocks: tuple[ContentBlock, ...]) -> list[tuple[str, int]]:
    ask = asking(blocks)
    return list(pages_of(ask))


def asking(blocks: tuple[ContentBlock, ...]) -> Ask:
    return Ask(
        model=SONNET.id,
        instructions="",
        blocks=(*blocks, TextBlock(text="What?")),
        schema=None,
        effort=None,
        max_tokens=8_000,
        cites=True,
        expected_output=Count(1, 10, 100),
    )


def test_documents_that_fit_go_together_in_their_order() -> None:
    sources = [pdf(3), text("b.txt", "one\ntwo\n"), image("c.png")]
    (part,) = joint_parts(sources, SONNET, fixed=1_000)
    assert named(part) == ["a.pdf", "b.txt, lines 1-2", "c.png, lines"]
    assert [type(block).__name__ for block in part] == [
        "PdfBlock",
        "TextDocumentBlock",
        "TextBlock",
        "ImageBlock",
        "LinesBlock",
    ]


def test_no_page_is_lost_and_none_is_sent_twice() -> None:
    sources = [pdf(400), pdf(30, "b.pdf"), pdf(300, "c.pdf")]
    parts = joint_parts(sources, SONNET, fixed=1_000)
    sent = [page for part in parts for page in pages(part)]
    assert sent == [(source.document.sha256, page.page_number) for source in sources for page in source.pages]
    assert len(parts) > 2


def test_each_part_is_below_the_prompt_size_at_which_prices_rise() -> None:
    parts = joint_parts([pdf(60), pdf(60, "b.pdf", scans=range(10, 30))], HAIKU, fixed=1_000)
    step = HAIKU.first_price_step
    assert step is not None
    for part in parts:
        assert sum(block_tokens(block, HAIKU).total.high for block in part) + 1_000 <= step


def test_lines_go_where_their_pages_go() -> None:
    source = pdf(90, scans=range(1, 91, 2))
    parts = joint_parts([source], replace(SONNET, pages_per_request=20), fixed=1_000)
    assert len(parts) == 5
    for part in parts:
        (shown,) = [block for block in part if isinstance(block, PdfBlock)]
        (lines,) = [block for block in part if isinstance(block, LinesBlock)]
        odd = [page.page_number for page in shown.pages if page.page_number % 2]
        assert list(dict.fromkeys(lines.pages)) == odd


def test_a_half_has_the_lines_of_its_pages() -> None:
    (part,) = joint_parts([pdf(4, scans=range(2, 5)), image("c.png")], SONNET, fixed=1_000)
    halves = halved(asking(part))
    assert halves is not None
    first, second = halves
    assert [block.pages for block in first.blocks if isinstance(block, LinesBlock)] == [(2, 2, 2, 3, 3, 3)]
    assert [block.pages for block in second.blocks if isinstance(block, LinesBlock)] == [(4, 4, 4), (1,)]
    assert first.cites
    assert second.cites
    assert second.blocks[-1] == TextBlock(text="What?")


def test_what_was_read_counts_where_parts_are_measured() -> None:
    bare = pdf(30, scans=range(1, 31))
    assert bare.lines is not None
    long = tuple("word " * 2_000 for _ in bare.lines.lines)
    full = replace(bare, lines=replace(bare.lines, lines=long))
    assert len(joint_parts([full], HAIKU, fixed=1_000)) > len(joint_parts([bare], HAIKU, fixed=1_000))
