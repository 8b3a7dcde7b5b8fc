"""Requests and price steps: whatever a document holds, no request that could be cut crosses the step of its model."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_joint_parts import image, pdf, text
from tests.properties.cases import counted
from witnessmark.documents.document import PageFacts
from witnessmark.documents.text_size import TextSize
from witnessmark.plans.joint_parts import PartSource
from witnessmark.plans.models import Model, model_named
from witnessmark.plans.pairs import SideToShow
from witnessmark.plans.plan import Ask, ImageBlock, LinesBlock, PdfBlock, TextDocumentBlock, prompt_tokens
from witnessmark_tools.citations_plan import plan_answers
from witnessmark_tools.compare_plan import ToAsk, plan_comparison
from witnessmark_tools.compare_result import DocumentDifference
from witnessmark_tools.notices import pictured_pages
from witnessmark_tools.tables_plan import plan_tables
from witnessmark_tools.text_plan import plan_text

HAIKU = model_named("haiku")
LINES = st.integers(0, 120)
"""Lines that OCR read on a page."""
LONG_TEXT = st.builds(lambda: text("a.csv", "1,284.50\n" * 4_400))


@st.composite
def sources(draw: st.DrawFn) -> PartSource:
    """Draw a PDF of scans, pages that hide words and pages of text, some of them with many lines that OCR read."""
    count = draw(st.integers(1, 40))
    source = pdf(count, draw(st.sampled_from(("a.pdf", "b.pdf", "a name that is long, and longer than most.pdf"))))
    line = draw(st.sampled_from(("1,284.50 | 993.10 | 12.4 %", "The tenant pays the rent.", "Jahresabschluß 2024")))
    pages, lines = list[PageFacts](), list[tuple[str, int]]()
    for number in range(1, count + 1):
        kind = draw(st.sampled_from(("scan", "hidden", "text", "unknown")))
        page = PageFacts(page_number=number, width=595, height=842, text="scan", text_size=TextSize())
        if kind == "hidden":
            page = replace(page, text="text layer", hidden_words=9, text_size=TextSize(letters=900))
        elif kind == "unknown":
            page = replace(page, text_size=None)
        elif kind == "text":
            page = replace(page, text="text layer", text_size=TextSize(letters=draw(st.integers(0, 9_000))))
        if kind != "text":
            lines += [(line, number)] * draw(LINES)
        pages.append(page)
    block = LinesBlock(
        title="Lines",
        lines=tuple(one for one, _ in lines),
        pages=tuple(page for _, page in lines),
        sha256=source.document.sha256,
    )
    return replace(source, pages=tuple(pages), lines=block if lines else None)


def is_below(ask: Ask, model: Model) -> bool:
    """Say whether a request stays below the step at the upper end of its estimate, or is one page alone."""
    assert model.first_price_step is not None
    pages = sum(
        len(block.pages) if isinstance(block, PdfBlock) else isinstance(block, ImageBlock | TextDocumentBlock)
        for block in ask.blocks
    )
    return pages <= 1 or prompt_tokens(ask, model).total.total.high <= model.first_price_step


@given(st.lists(st.one_of(sources(), st.builds(image, st.just("a.png")), LONG_TEXT), max_size=4))
def test_no_request_with_a_question_crosses_the_step(several: list[PartSource]) -> None:
    unique = list({source.document.sha256: source for source in several}.values())
    counted["price steps"] += 1
    plan = plan_answers(unique, ["What is the rent?", "Who pays for repairs? " * 40], HAIKU)
    assert all(is_below(ask, HAIKU) for ask in plan.asks)


@given(sources())
def test_no_request_for_tables_or_text_crosses_the_step(source: PartSource) -> None:
    document, pages = source.document, source.pages
    counted["price steps"] += 1
    tables = plan_tables(document, pages, HAIKU, vocabulary=["Grundstück"] * 50)
    read = plan_text(document, pages, HAIKU, pictures=pictured_pages(document, pages))
    assert all(is_below(ask, HAIKU) for plan in (tables, read) for ask in plan.asks)


@given(st.one_of(sources(), LONG_TEXT), st.one_of(sources(), LONG_TEXT), st.integers(1, 60))
def test_no_request_about_differences_crosses_the_step(before: PartSource, after: PartSource, count: int) -> None:
    counted["price steps"] += 1
    first, second = (
        SideToShow(label=f"{word}: {one.document.name}", document=one.document, pages=one.pages, texts=one.texts)
        for word, one in (("Before", before), ("After", after))
    )
    differences = [
        DocumentDifference(
            difference_id=f"d{number}",
            kind="changed",
            before="The rent is 1,284.50 euros. " * 12,
            after="The rent is 1,301.00 euros. " * 12,
            before_page=1 + number % len(before.pages),
            after_page=1 + number % len(after.pages),
            significance="unclassified",
        )
        for number in range(1, count + 1)
    ]
    asked = ToAsk(before=first, after=second, differences=differences, pages=[])
    assert all(is_below(ask, HAIKU) for ask in plan_comparison(asked, HAIKU).asks)
