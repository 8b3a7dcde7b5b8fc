"""Prices of which the API has counted what goes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from witnessmark.claude.client import Unpaid
from witnessmark.documents.content import Content
from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.text_size import TextSize
from witnessmark.plans.models import model_named
from witnessmark.plans.plan import Ask
from witnessmark_tools.jobs_to_price import tables_to_price
from witnessmark_tools.pricing import Candidate, Comparison, compare

HAIKU, SONNET = model_named("haiku"), model_named("sonnet")
PAGES = tuple(
    PageFacts(page_number=n, width=595, height=842, text="text layer", text_size=TextSize(letters=900))
    for n in range(1, 31)
)


def _document() -> Document:
    content = Content.of_bytes("a.pdf", b"%PDF-")
    return Document(name="a.pdf", content=content, media_type="application/pdf", page_count=30, reader="pdfium")


JOB = tables_to_price(_document(), PAGES)


def _compared(counted: Mapping[str, int] | None) -> Comparison:
    candidates = [Candidate(model=model, unpaid=Unpaid(plan=JOB.plan(model))) for model in (HAIKU, SONNET)]
    return compare(JOB, [*candidates, None], has_ocr=False, today=date(2026, 11, 25), counted=counted)


def _asks() -> list[Ask]:
    return [ask for model in (HAIKU, SONNET) for ask in JOB.plan(model).asks]


def test_without_counts_all_text_is_estimated() -> None:
    said = _compared(None).basis
    assert not any("counted by the API" in sentence for sentence in said)
    assert any("Tokens of text are estimated" in sentence for sentence in said)


def test_where_all_was_counted_nothing_of_what_goes_in_is_estimated() -> None:
    comparison = _compared({ask.content_key: 7_000 for ask in _asks()})
    haiku, sonnet, _ = comparison.costs
    assert haiku.requests > sonnet.requests
    for cost in (haiku, sonnet):
        total = cost.input_tokens.total
        assert total.low == total.estimate == total.high == 7_000 * cost.requests
    assert comparison.basis[0].startswith("What goes in was counted by the API;")
    assert any("how much is pictures" in sentence for sentence in comparison.basis)
    assert not any("Tokens of text" in sentence or "largest size" in sentence for sentence in comparison.basis)


def test_where_some_was_counted_it_is_said_for_which_model_and_how_much() -> None:
    asks = _asks()
    first = next(ask for ask in asks if ask.model == HAIKU.id)
    others = [ask for ask in asks if ask.model == SONNET.id]
    comparison = _compared({ask.content_key: 7_000 for ask in (first, *others)})
    requests = comparison.costs[0].requests
    where = f"counted by the API for {HAIKU.id} (1 of {requests} requests), {SONNET.id};"
    assert where in comparison.basis[0]
    assert any("Tokens of text are estimated" in sentence for sentence in comparison.basis)


def _notes(letters: int, counted: int | None = None) -> str:
    facts = (replace(PAGES[0], text_size=TextSize(letters=letters)),)
    job = tables_to_price(_document(), facts)
    candidate = Candidate(model=HAIKU, unpaid=Unpaid(plan=job.plan(HAIKU)))
    tokens = None if counted is None else {ask.content_key: counted for ask in job.plan(HAIKU).asks}
    (cost,) = compare(job, [candidate], has_ocr=False, today=date(2026, 11, 25), counted=tokens).costs
    return " ".join(cost.notes)


def test_requests_are_said_to_stay_below_a_price_step_only_where_they_do() -> None:
    assert "the request stays below" in _notes(900)
    assert "1 of 1 requests may cross it" in _notes(250_000)
    assert "1 of 1 requests cross it" in _notes(250_000, counted=101_000)
    assert "the request stays below" in _notes(250_000, counted=99_000)
