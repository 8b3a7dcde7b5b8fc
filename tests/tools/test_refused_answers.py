"""Answers that are refused, empty or never come: what is asked next, what is said of it, and what it costs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.drawing import draw_text
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_citations_claude import HAIKU, LEASE, SONNET, ask, cited
from witnessmark.claude.understanding import NoAnswer
from witnessmark.errors import WitnessmarkError
from witnessmark.testing import ApiError, FakeClaudeAPI, Reply, Request, faults

pytestmark = pytest.mark.anyio

RENT, NOTICE = "What is the rent?", "What notice is due?"
REFUSED = Reply(blocks=[], stop_reason="refusal", stop_details={"category": "general_harms"}, output_tokens=0)
LIMIT = faults.spend_limit_reached().error


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


def models_asked(api: FakeClaudeAPI) -> list[str]:
    return [request.body["model"] for request in api.requests if request.path == "/v1/messages"]


def by_haiku(request: Request) -> bool:
    return request.model == HAIKU


def about_notice(request: Request) -> bool:
    return NOTICE in request.text


def answers_of(request: Request, *, refuses: Callable[[Request], bool]) -> Any:
    """Refuse what `refuses` says, and answer the rest from the lease."""
    if refuses(request):
        return REFUSED
    if NOTICE in request.text:
        return cited("Six months.", "six months of notice")
    return cited("The rent is 1,284 euros.", "a rent of 1,284 euros a month")


# --- refusals ---------------------------------------------------------------------------------------------------------


async def test_a_question_that_a_model_refuses_goes_to_the_next(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: answers_of(request, refuses=by_haiku))
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, RENT, model="auto")
    assert [answer.outcome for answer in found.answers] == ["answered"]
    assert models_asked(api) == [HAIKU, SONNET]
    assert found.engines == [SONNET]
    assert (found.status, found.failures) == ("completed", [])


async def test_one_refused_question_leaves_the_others_answered_and_is_told(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: answers_of(request, refuses=about_notice))
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, RENT, NOTICE)
    assert [answer.outcome for answer in found.answers] == ["answered", "not_answered"]
    assert found.status == "partial"
    assert [(one.pages, one.error) for one in found.failures] == [("1-3", "Declined")]
    told = " ".join(found.warnings)
    assert f"{SONNET} was asked" in told
    assert "refused" in told
    assert "lease.pdf, pages 1-3" in told
    assert "The other question was answered." in told
    assert "Not asked" not in told


async def test_only_the_refused_part_of_the_documents_goes_to_the_next(house: House, api: FakeClaudeAPI) -> None:
    long = [f"Page {n} of the annex. " + "The annex lists further rooms. " * 40 for n in range(1, 30)]

    def refuses(request: Request) -> bool:
        return request.model == HAIKU and "Page 29 of the annex" in request.page_text

    def said(request: Request) -> Any:
        if refuses(request):
            return REFUSED
        if "a rent of 1,284" in request.page_text:
            return cited("The rent is 1,284 euros.", "a rent of 1,284 euros a month")
        return "NOT IN THE DOCUMENTS"

    api.answer_with(said)
    found = await ask(house, {"lease.pdf": draw_text([*LEASE, *long])}, RENT, model="auto")
    assert [answer.outcome for answer in found.answers] == ["answered"]
    assert found.answers[0].statements[0].citations[0].page == 1
    again = [r for r in api.requests if r.path == "/v1/messages" and r.body["model"] == SONNET]
    first = [r for r in api.requests if r.path == "/v1/messages" and r.body["model"] == HAIKU]
    assert len(first) > 1
    assert len(again) == 1
    assert (found.status, found.failures) == ("completed", [])


async def test_a_refusal_before_any_output_costs_nothing(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: answers_of(request, refuses=by_haiku))
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, RENT, model="auto")
    report = await house.call_with("usage_report", by="model")
    assert report.total.input_tokens == api.totals.billed["input_tokens"]
    assert report.total.usd == pytest.approx(found.cost.usd)
    assert {line.of: line.usd > 0 for line in report.lines} == {HAIKU: False, SONNET: True}


async def test_a_refusal_that_is_billed_is_booked(house: House, api: FakeClaudeAPI) -> None:
    billed = Reply(blocks=[], stop_reason="refusal", stop_details={"category": "bio"}, output_tokens=0)
    api.answer_with(billed)
    with pytest.raises(WitnessmarkError, match=r"\$0\.0\d+ was spent on it") as raised:
        await ask(house, {"lease.pdf": draw_text(LEASE)}, RENT)
    assert raised.value.kind == "Declined"
    report = await house.call_with("usage_report", by="model")
    assert report.total.usd > 0
    assert report.total.input_tokens == api.totals.billed["input_tokens"]


async def test_names_of_documents_and_pages_are_no_figures_without_a_citation(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(cited("The rent is 1,284 euros (lease-2019.pdf, page 1).", "a rent of 1,284 euros a month"))
    found = await ask(house, {"lease-2019.pdf": draw_text(LEASE)}, RENT, model="auto")
    assert models_asked(api) == [HAIKU]
    assert found.needs_review == []


# --- answers without text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["extract_tables", "read_text", "read_pdf_with_citations"])
async def test_an_answer_without_text_is_asked_for_once_more(house: House, api: FakeClaudeAPI, tool: str) -> None:
    last: dict[str, Any] = {
        "extract_tables": {"tables": []},
        "read_text": None,
        "read_pdf_with_citations": cited("The rent is 1,284 euros.", "a rent of 1,284 euros a month"),
    }
    seen: list[Request] = []

    def said(request: Request) -> Any:
        seen.append(request)
        if len(seen) == 1:
            return Reply(blocks=[])
        mark = request.text.partition("[[page N ")[2].partition("]]")[0]
        return last[tool] or f"[[page 1 {mark}]]\nLease of the mill"

    api.answer_with(said)
    pdf = draw_text(LEASE[:1])
    if tool == "read_pdf_with_citations":
        await ask(house, {"lease.pdf": pdf}, RENT)
    else:
        await house.call(tool, pdf, model=SONNET)
    assert len(seen) == 2
    report = await house.call_with("usage_report", by="model")
    assert report.total.output_tokens == api.totals.billed["output_tokens"]


async def test_a_model_that_answers_nothing_twice_is_not_said_to_write_prose(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(Reply(blocks=[]))
    with pytest.raises(NoAnswer, match=r"answered nothing.*\$0\.\d+ was spent on it"):
        await house.call("extract_tables", draw_text(LEASE[:1]), model=SONNET)
    assert len(models_asked(api)) == 2


# --- limits of the account, models that are not there -----------------------------------------------------------------


def wrong_table(request: Request) -> Any:
    table = {"page": 1, "title": None, "headers": ["Item", "2024"], "notes": [], "confidence": "high"}
    return {"tables": [table | {"rows": [["Rent", "9,999"], ["Power", "7,777"]]}]}


async def test_a_spend_limit_stops_everything_and_is_the_reason(house: House, api: FakeClaudeAPI) -> None:
    def said(request: Request) -> Any:
        return wrong_table(request) if request.model == HAIKU else LIMIT

    api.answer_with(said)
    pdf = draw_text(["Item 2024\nRent 1,284\nPower 88"])
    found = await house.call("extract_tables", pdf, model="auto")
    assert models_asked(api) == [HAIKU, SONNET]
    assert len(found.tables) == 1
    told = " ".join(found.warnings)
    assert "spend limit" in told
    assert "no time" not in told.lower()


async def test_a_spend_limit_stops_questions_too(house: House, api: FakeClaudeAPI) -> None:
    def said(request: Request) -> Any:
        return cited("It is 9,999 euros.", "a rent of 1,284 euros") if request.model == HAIKU else LIMIT

    api.answer_with(said)
    found = await ask(house, {"lease.pdf": draw_text(LEASE)}, RENT, model="auto")
    assert models_asked(api) == [HAIKU, SONNET]
    assert [answer.outcome for answer in found.answers] == ["answered"]
    told = " ".join(found.warnings)
    assert "spend limit" in told
    assert "no time" not in told.lower()


async def test_a_missing_model_is_asked_once(house: House, api: FakeClaudeAPI) -> None:
    pdf = draw_text(LEASE)
    api.answer_with({"tables": []})
    for _ in range(2):  # the second time the document goes as a file
        await house.call("extract_tables", pdf, model=SONNET, reuse=False)
    api.clear()
    api.answer_with(ApiError(404, "not_found_error", "model: claude-sonnet-5-5"))
    with pytest.raises(WitnessmarkError, match="no model 'claude-sonnet-5-5'"):
        await house.call("extract_tables", pdf, model=SONNET, reuse=False)
    assert models_asked(api) == [SONNET]
    assert api.totals.uploads == 0


# --- calls that hang --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", [(RENT, NOTICE), ("Who repairs the roof?", "Who mends the wheel?")])
async def test_a_call_that_hangs_keeps_no_other_waiting_once_it_is_cancelled(
    house: House, api: FakeClaudeAPI, then: tuple[str, str]
) -> None:
    api.answer_with(cited("The rent is 1,284 euros.", "a rent of 1,284 euros a month"))
    api.fail(faults.stall("after_body"), times=1)
    files = {"lease.pdf": draw_text([text * 20 for text in LEASE])}
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, house, files, RENT, NOTICE)
        with anyio.fail_after(20):
            while not any(request.body for request in api.requests if request.path == "/v1/messages"):
                await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    with anyio.fail_after(20):
        found = await ask(house, files, *then)
    assert [answer.outcome for answer in found.answers] == ["answered", "answered"]


# --- requests that may have been billed -------------------------------------------------------------------------------


async def test_an_error_says_what_may_have_been_billed(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with({"tables": []})
    api.fail(faults.reset("after_body"), times=50)
    with pytest.raises(WitnessmarkError, match=r"may have been billed.*\$0\.\d+") as raised:
        await house.call("extract_tables", draw_text(LEASE), model=SONNET)
    assert f"{len(models_asked(api))} requests" in str(raised.value)


LOST = {
    "after the body": faults.reset("after_body"),
    "after the head": faults.reset("after_response_head"),
    "within the response": faults.reset("within_response"),
    "an early cut": faults.cut_stream(after=3),
    "a late cut": faults.cut_stream(after=12),
    "an error event": faults.error_event(after=5),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
@pytest.mark.parametrize("rows", [3, 40], ids=["a short table", "a long table"])
async def test_what_may_have_been_billed_is_estimated_within_half_of_the_bill(
    house: House, api: FakeClaudeAPI, fault: faults.Fault, rows: int
) -> None:
    lines = [[f"Item {n}", f"{n * 317:,}", f"{n * 211:,}"] for n in range(rows)]
    table = {"page": 1, "title": None, "headers": ["Item", "2023", "2024"], "notes": [], "confidence": "high"}
    api.answer_with({"tables": [table | {"rows": lines}]})
    api.fail(fault, times=1)
    pdf = draw_text(["\n".join("  ".join(line) for line in lines)])
    await house.call("extract_tables", pdf, model=SONNET)
    report = await house.call_with("usage_report", by="model")
    lost = next(request for request in api.requests if request.fault is not None)
    assert lost.billed is not None
    bill = (lost.billed["input_tokens"] * 2 + lost.billed.get("output_tokens", 0) * 10) / 1_000_000
    assert report.total.possibly_billed == 1
    assert bill / 1.5 <= report.total.possibly_billed_usd <= bill * 1.5


async def test_a_lost_request_that_is_never_answered_is_estimated_by_those_before(
    house: House, api: FakeClaudeAPI
) -> None:
    api.answer_with({"tables": []})
    for n in range(3):
        await house.call("extract_tables", draw_text([f"{LEASE[0]} {n}"]), f"{n}.pdf", model=SONNET)
    api.fail(faults.reset("after_body"), times=9)
    with pytest.raises(WitnessmarkError, match="may have been billed"):
        await house.call("extract_tables", draw_text([LEASE[0]]), "lost.pdf", model=SONNET)
    report = await house.call_with("usage_report", by="model")
    lost = [request for request in api.requests if request.fault is not None and request.billed is not None]
    bill = sum(one.billed["input_tokens"] * 2 + one.billed.get("output_tokens", 0) * 10 for one in lost if one.billed)
    assert bill / 1.5e6 <= report.total.possibly_billed_usd <= 1.5 * bill / 1e6
