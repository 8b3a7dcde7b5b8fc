"""Documents as requests: every page and line goes into one request, once and in order, halves of requests included."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_joint_parts import image, pdf, text
from tests.properties.cases import counted
from witnessmark.documents.document import PageFacts
from witnessmark.documents.text_size import TextSize
from witnessmark.plans.halving import halved, pages_of
from witnessmark.plans.joint_parts import PartSource, joint_parts
from witnessmark.plans.models import offered_models
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Ask
from witnessmark.plans.tokens import Count
from witnessmark_tools.tables_plan import plan_tables

MODELS = offered_models()
sizes = st.one_of(st.none(), st.integers(0, 3_000), st.integers(0, 400_000))


@st.composite
def sources(draw: st.DrawFn) -> PartSource:
    """Draw a PDF whose pages say very little or very much."""
    several = draw(st.lists(sizes, min_size=1, max_size=12))
    source = pdf(len(several), draw(st.sampled_from(("a.pdf", "b.pdf", "c.pdf"))))
    facts = tuple(
        PageFacts(page_number=n, width=595, height=842, text="scan", text_size=TextSize())
        if letters is None
        else PageFacts(page_number=n, width=595, height=842, text="text layer", text_size=TextSize(letters=letters))
        for n, letters in enumerate(several, start=1)
    )
    return replace(source, pages=facts)


ASK = Ask(
    model="", instructions="", blocks=(), schema=None, effort=None, max_tokens=1_000, expected_output=Count(1, 2, 3)
)


def leaves(ask: Ask) -> list[Ask]:
    halves = halved(ask)
    return [ask] if halves is None else [leaf for half in halves for leaf in leaves(half)]


@given(sources())
def test_the_pages_of_a_document_are_asked_about_once_in_order(source: PartSource) -> None:
    for model in MODELS:
        counted["partitioning"] += 1
        plan = plan_tables(source.document, source.pages, model)
        asked = [page for ask in plan.asks for _, page in pages_of(ask)]
        assert asked == [page.page_number for page in source.pages]
        for ask in plan.asks:
            counted["partitioning"] += 1
            assert [page for leaf in leaves(ask) for page in pages_of(leaf)] == list(pages_of(ask))


@given(st.lists(st.one_of(sources(), st.sampled_from([image("a.png"), text("a.txt", "one\ntwo")])), max_size=4))
def test_the_pages_of_several_documents_are_sent_once_in_order(several: list[PartSource]) -> None:
    unique = list({source.document.sha256: source for source in several}.values())
    for model in MODELS:
        counted["partitioning"] += 1
        parts = joint_parts(unique, model, fixed=500)
        sent = [page for part in parts for page in pages_of(replace(ASK, model=model.id, blocks=part))]
        assert sent == [(source.document.sha256, page.page_number) for source in unique for page in source.pages]


@given(st.lists(st.text("ab\n\r ü", max_size=60), max_size=30).map("".join), st.integers(1, 700))
def test_the_pieces_of_a_text_are_the_text(piece: str, times: int) -> None:
    for whole in (piece, piece * times, piece[1:] * times, piece * times + "end"):
        counted["partitioning"] += 1
        assert "".join(block.text for block in text_blocks("a.txt", whole)) == whole
