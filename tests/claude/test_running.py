"""Plans are run against the fake API: what is sent, what is kept, what is mended, what is told."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.claude.conftest import Desk, OpenDesk
from tests.drawing import draw_image, draw_text, encrypted
from witnessmark.claude.failures import KeyRefused, Overloaded, RateLimited, RequestRefused, SpendLimitReached
from witnessmark.claude.running import Answered, Failed, Run
from witnessmark.claude.timeouts import Timeouts
from witnessmark.plans.plan import Plan
from witnessmark.store import Send
from witnessmark.store.processes import this_process
from witnessmark.testing import ApiError, FakeClaudeAPI, Reply, Request, faults

pytestmark = pytest.mark.anyio

PAGES = ["one alpha", "two bravo", "three charlie", "four delta", "five echo"]
PDF = draw_text(PAGES)


def transcribing(request: Request) -> dict[str, Any]:
    """Answer with one table a page, whose only cell is the page's text."""
    return {
        "tables": [
            {
                "page": n,
                "title": None,
                "headers": ["text"],
                "rows": [[page.text.strip()]],
                "notes": [],
                "confidence": "high",
            }
            for n, page in enumerate(request.pages, start=1)
        ]
    }


def texts(run: Run) -> list[str]:
    return [table["rows"][0][0] for answered in run.answered for table in answered.value["tables"]]


def sent(api: FakeClaudeAPI) -> int:
    return sum(request.path == "/v1/messages" for request in api.requests)


async def states(desk: Desk) -> list[str]:
    return [entry.state async for entry in desk.store.entries(since=0, until=1e12)]


async def test_a_document_is_read_in_one_request(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(transcribing)
    run = await desk.run(PDF)
    assert texts(run) == PAGES
    assert sent(api) == 1
    assert await states(desk) == ["answered"]


async def test_what_was_paid_for_is_not_paid_for_again(open_desk: OpenDesk, api: FakeClaudeAPI) -> None:
    api.answer_with(transcribing)
    async with open_desk() as desk:
        first = await desk.run(PDF)
    async with open_desk() as desk:
        second = await desk.run(PDF)
        assert await states(desk) == ["answered", "reused"]
    assert texts(second) == texts(first)
    assert [answered.was_reused for answered in second.answered] == [True]
    assert sent(api) == 1


async def test_a_caller_can_pay_again(desk: Desk, api: FakeClaudeAPI) -> None:
    await desk.run(PDF)
    await desk.run(PDF, reuse_since=time.time())
    assert sent(api) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the parent process is looked up in /proc")
async def test_an_ask_that_another_process_waits_for_is_left_when_time_is_up(desk: Desk, api: FakeClaudeAPI) -> None:
    await sent_by(os.getppid(), desk, PDF)
    run = await desk.run(PDF, seconds=0.5)
    assert run.left_pages == (1, 2, 3, 4, 5)
    assert not run.billed
    assert sent(api) == 0
    assert await states(desk) == ["sent"]


async def test_an_ask_of_a_process_that_is_gone_is_sent_at_once(desk: Desk, api: FakeClaudeAPI) -> None:
    await sent_by(99_999_999, desk, PDF)
    assert (await desk.run(PDF)).answered
    assert not desk.time.waits


async def sent_by(pid: int, desk: Desk, content: bytes) -> None:
    """Let the ledger say that another process of this machine has just sent what is asked about a document."""
    path = desk.folder / "a.pdf"
    path.write_bytes(content)
    async with desk.documents.open(str(path)) as document:
        (ask,) = (await desk.plan(document)).asks
    send = Send(
        content_key=ask.content_key,
        endpoint=desk.claude.endpoint,
        model=ask.model,
        tool="extract_tables",
        document=document.sha256,
        document_name=path.name,
        images=5,
        estimated_usd=None,
    )
    line = await desk.store.begin(send)
    host, _, start = this_process().rsplit("|", 2)
    if Path(f"/proc/{pid}/stat").exists():
        start = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    with closing(sqlite3.connect(desk.folder / "home" / "store.sqlite3", isolation_level=None)) as db:
        db.execute("UPDATE sends SET process = ? WHERE id = ?", (f"{host}|{pid}|{start}", line))


async def test_the_ledger_agrees_with_the_bill_to_the_token(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(transcribing)
    await desk.run(PDF)
    await desk.run(draw_image(), "a.png")
    (row,) = await desk.store.usage(since=0, until=1e12, by="model")
    billed = api.totals.billed
    assert (row.tokens.input, row.tokens.output) == (billed["input_tokens"], billed["output_tokens"])
    assert row.tokens.input > 0


async def test_the_ledger_names_the_document_that_each_ask_is_about(desk: Desk, api: FakeClaudeAPI) -> None:
    for name in ("a.pdf", "b.pdf"):
        (desk.folder / name).write_bytes(draw_text([name]))
    async with (
        desk.documents.open(str(desk.folder / "a.pdf")) as a,
        desk.documents.open(str(desk.folder / "b.pdf")) as b,
    ):
        plan = Plan(asks=(*(await desk.plan(a)).asks, *(await desk.plan(b)).asks))
        await desk.claude.run(plan, desk.work(a, sources=(a, b)))
    entries = [entry async for entry in desk.store.entries(since=0, until=1e12)]
    assert {entry.document_name: entry.document for entry in entries} == {"a.pdf": a.sha256, "b.pdf": b.sha256}


@pytest.mark.parametrize("index", range(5), ids=PAGES)
async def test_the_page_that_the_api_refuses_costs_that_page_only(desk: Desk, api: FakeClaudeAPI, index: int) -> None:
    api.answer_with(transcribing)
    api.refuse_when(lambda request: PAGES[index] in request.page_text)
    run = await desk.run(PDF)
    assert texts(run) == [page for page in PAGES if page != PAGES[index]]
    (failed,) = run.failed
    assert isinstance(failed.error, RequestRefused)
    (entry,) = await desk.store.quarantined()
    assert entry.page == index + 1
    assert "answered" in await states(desk)


async def test_a_document_refused_page_after_page_is_given_up(desk: Desk, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: bool(request.pdfs))
    run = await desk.run(draw_text([f"page {n}" for n in range(1, 41)]))
    assert not run.answered
    (entry,) = await desk.store.quarantined()
    assert entry.page == 0
    assert sent(api) < 25


async def test_a_request_refused_for_itself_is_not_blamed_on_the_document(desk: Desk, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: True)
    run = await desk.run(PDF)
    assert [failed.error.kind for failed in run.failed] == ["AskNotAccepted"]
    assert sent(api) == 1
    assert await desk.store.quarantined() == ()


async def test_an_answer_that_is_cut_gets_more_room(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with([Reply(text='{"tables": [', stop_reason="max_tokens"), transcribing])
    run = await desk.run(PDF)
    assert texts(run) == PAGES
    assert len(run.billed) == 2
    first, second = (request.body["max_tokens"] for request in api.requests if request.path == "/v1/messages")
    assert second == 2 * first


async def test_an_answer_that_never_fits_is_asked_for_in_halves(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(
        lambda request: (
            Reply(text='{"tables": [', stop_reason="max_tokens") if len(request.pages) > 2 else transcribing(request)
        )
    )
    assert texts(await desk.run(PDF)) == PAGES


async def test_a_full_context_is_asked_for_in_halves(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(
        lambda request: (
            Reply(text="", stop_reason="model_context_window_exceeded")
            if len(request.pages) > 2
            else transcribing(request)
        )
    )
    assert texts(await desk.run(PDF)) == PAGES


async def test_a_refusal_is_said_as_such_and_not_parsed(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(Reply(text='{"tables": []}', stop_reason="refusal", stop_details={"category": "bio"}))
    run = await desk.run(PDF)
    (failed,) = run.failed
    assert failed.error.kind == "Declined"
    assert "harm by biology" in failed.error.message


@pytest.mark.parametrize(
    ("prose", "error"),
    [("Here are the tables: {}", "NoStructuredAnswer"), ("", "NoAnswer"), ("{", "NoStructuredAnswer")],
    ids=["prose", "nothing", "half"],
)
async def test_prose_is_never_taken_for_json(desk: Desk, api: FakeClaudeAPI, prose: str, error: str) -> None:
    api.answer_with(Reply(blocks=[{"type": "text", "text": prose}], stop_reason="end_turn"))
    run = await desk.run(PDF)
    assert [failed.error.kind for failed in run.failed] == [error]


async def test_an_answer_of_no_use_is_paid_for_anew_and_not_given_again(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with([Reply(text="Sorry."), transcribing])
    assert not (await desk.run(PDF)).answered
    assert texts(await desk.run(PDF)) == PAGES


async def test_an_answer_on_which_the_parser_itself_fails_costs_that_answer_alone(
    desk: Desk, api: FakeClaudeAPI
) -> None:
    api.answer_with(
        lambda request: (
            Reply(text='{"tables": [', stop_reason="max_tokens") if len(request.pages) > 3 else transcribing(request)
        )
    )

    def parse(value: Any) -> Any:
        if value["tables"][0]["rows"][0][0] == PAGES[0]:
            raise IndexError(value)
        return value

    run = await desk.run(PDF, parse=parse)
    assert texts(run) == PAGES[2:] or texts(run) == PAGES[3:]
    (failed,) = run.failed
    assert failed.error.kind == "AnswerNotParsed"
    assert "one alpha" not in str(failed.error)
    paid = sent(api)
    assert not (await desk.run(PDF, parse=parse)).billed
    assert sent(api) == paid


async def test_thinking_before_the_answer_is_not_the_answer(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: Reply(json=transcribing(request), thinking='{"tables": "no"}', thinking_tokens=900))
    run = await desk.run(PDF)
    assert texts(run) == PAGES
    assert json.loads(run.answered[0].answer.message)["content"][0]["type"] == "thinking"


@pytest.mark.parametrize("retry_after", [1, 171], ids=str)
async def test_a_rate_limit_is_waited_for_as_long_as_it_says(desk: Desk, api: FakeClaudeAPI, retry_after: int) -> None:
    api.fail(faults.rate_limited(retry_after), times=1)
    run = await desk.run(PDF)
    assert run.answered
    assert sum(desk.time.waits) == pytest.approx(retry_after, abs=1.0)
    assert await states(desk) == ["not billed", "answered"]


async def test_a_wait_longer_than_the_call_ends_it_at_once_and_says_when(desk: Desk, api: FakeClaudeAPI) -> None:
    api.fail(faults.rate_limited(3_600), times=1)
    run = await desk.run(PDF, seconds=45.0)
    (failed,) = run.failed
    assert isinstance(failed.error, RateLimited)
    assert "60 minutes" in failed.error.next_step
    assert sum(desk.time.waits) == 0
    assert run.left_pages == (1, 2, 3, 4, 5)


@pytest.mark.parametrize("retry_after", [None, "soon", "-1", "1e400"], ids=str)
async def test_a_rate_limit_that_does_not_say_how_long_is_tried_again(
    desk: Desk, api: FakeClaudeAPI, retry_after: str | None
) -> None:
    api.fail(faults.rate_limited(retry_after), times=3)
    assert (await desk.run(PDF)).answered
    assert 1 < sum(desk.time.waits) < 10


async def test_an_api_that_stays_overloaded_ends_in_an_error_that_says_so(desk: Desk, api: FakeClaudeAPI) -> None:
    api.fail(faults.overloaded(), share=1)
    run = await desk.run(PDF, seconds=60.0)
    (failed,) = run.failed
    assert isinstance(failed.error, Overloaded)
    assert sum(desk.time.waits) <= 60
    assert set(await states(desk)) == {"not billed"}


@pytest.mark.parametrize("share", [0.02, 0.2], ids=str)
async def test_an_api_that_is_overloaded_now_and_then_answers_all(desk: Desk, api: FakeClaudeAPI, share: float) -> None:
    api.answer_with(transcribing)
    api.fail(faults.overloaded(), share=share)
    for n in range(25):
        assert texts(await desk.run(draw_text([f"document {n}"]), f"{n}.pdf")) == [f"document {n}"]


@pytest.mark.parametrize("code", [500, 502, 503, 504, 408, 409], ids=str)
async def test_a_failure_on_the_other_side_is_tried_again(desk: Desk, api: FakeClaudeAPI, code: int) -> None:
    api.fail(faults.status(code), times=2)
    assert (await desk.run(PDF)).answered


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        # A small request may be gone whole before its sender can know how far it came.
        (faults.reset("head"), "not billed or possibly billed"),
        (faults.reset("within_body", after=100), "not billed or possibly billed"),
        (faults.reset("after_body"), "possibly billed"),
        (faults.reset("after_response_head"), "possibly billed"),
        (faults.reset("within_response", after=1), "possibly billed"),
        (faults.truncated(), "possibly billed"),
        *((faults.cut_stream(n), "possibly billed") for n in range(8)),
        *((faults.cut_stream(n, is_clean=True), "possibly billed") for n in range(8)),
        (faults.error_event(0), "not billed"),
        (faults.error_event(1), "possibly billed"),
        (faults.error_event(4), "possibly billed"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.name}",
)
async def test_a_connection_that_breaks_is_tried_again_and_told_of_in_the_ledger(
    desk: Desk, api: FakeClaudeAPI, fault: faults.Fault, state: str
) -> None:
    api.fail(fault, times=1)
    run = await desk.run(PDF)
    assert run.answered
    first, second = await states(desk)
    assert first in state.split(" or ")
    assert second == "answered"


async def test_what_was_counted_before_an_answer_broke_off_stands_in_the_ledger(desk: Desk, api: FakeClaudeAPI) -> None:
    api.fail(faults.cut_stream(4), times=1)
    await desk.run(PDF)
    entries = [entry async for entry in desk.store.entries(since=0, until=1e12)]
    assert entries[0].state == "possibly billed"
    assert entries[0].tokens.input == entries[1].tokens.input > 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.status(401), KeyRefused),
        (faults.status(402), SpendLimitReached),
        (faults.spend_limit_reached(), SpendLimitReached),
        (faults.spend_limit_reached("contract_spend_limit_reached"), SpendLimitReached),
    ],
    ids=["401", "402", "enforced", "contract"],
)
async def test_a_bad_key_or_an_empty_purse_stops_everything_at_once(
    desk: Desk, api: FakeClaudeAPI, fault: faults.Fault, error: type[Exception]
) -> None:
    api.fail(fault, share=1)
    pages = [f"page {n}" for n in range(1, 1_201)]
    run = await desk.run(draw_text(pages), pages=list(range(1, 601)))
    assert len(run.failed) >= 2
    assert all(isinstance(failed.error, error) for failed in run.failed)
    assert sent(api) <= 4
    assert sum(desk.time.waits) == 0


async def test_an_ask_goes_on_for_others_when_the_call_that_began_it_ends(desk: Desk, api: FakeClaudeAPI) -> None:
    asked, ended = anyio.Event(), anyio.Event()

    async def overloaded(_: Request) -> ApiError:
        asked.set()
        await ended.wait()
        return ApiError(529, "overloaded_error", "Overloaded")

    api.answer_with([overloaded, transcribing])
    found: list[Run] = []

    async def second() -> None:
        found.append(await desk.run(PDF))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as others:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(desk.run, PDF)
                await asked.wait()
                others.start_soon(second)
                while sum(flight.waiting for flight in desk.claude._flights.values()) < 2:  # pyright: ignore[reportPrivateUsage]  # nothing else shows that the second has joined
                    await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
            ended.set()
    assert texts(found[0]) == PAGES
    assert sent(api) == 2


async def test_an_encrypted_pdf_is_sent_decrypted(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(transcribing)
    path = desk.folder / "a.pdf"
    path.write_bytes(encrypted(PDF, "secret"))
    async with desk.documents.open(str(path), "secret") as document:
        run = await desk.claude.run(await desk.plan(document), desk.work(document))
    assert texts(run) == PAGES


async def test_an_image_goes_after_its_label(desk: Desk, api: FakeClaudeAPI) -> None:
    await desk.run(draw_image(), "photo.png")
    (request,) = api.requests[-1:]
    content = request.body["messages"][0]["content"]
    assert [block["type"] for block in content] == ["text", "image", "text"]
    assert content[0]["text"] == "The file named \u201cphoto.png\u201d, page 1"


async def test_every_document_carries_its_title(desk: Desk, api: FakeClaudeAPI) -> None:
    await desk.run(PDF, "report.pdf")
    assert api.requests[-1].body["messages"][0]["content"][0]["title"] == "report.pdf"


async def test_an_endpoint_without_structured_outputs_gets_a_tool(desk: Desk, api: FakeClaudeAPI) -> None:
    def no_formats(request: Request) -> ApiError | None:
        return ApiError(400, "invalid_request_error", "output_config") if request.schema is not None else None

    api.refuse_when(no_formats)
    api.answer_with(lambda request: Reply(tool_use={"answer": transcribing(request)}))
    run = await desk.run(PDF)
    assert texts(run) == PAGES
    assert api.requests[-1].body["tool_choice"] == {"type": "auto"}
    assert api.requests[-1].body["tools"][0]["strict"] is True
    before = sent(api)
    await desk.run(PDF, reuse_since=time.time())
    assert sent(api) == before + 1  # it was learned


async def test_an_endpoint_that_counts_nothing_gets_the_tool_before_the_document_is_blamed(
    desk: Desk, api: FakeClaudeAPI
) -> None:
    def no_formats(request: Request) -> ApiError | None:
        return ApiError(400, "invalid_request_error", "output_config") if request.schema is not None else None

    api.refuse_when(no_formats)
    api.fail(faults.status(404), share=1, on="POST /v1/messages/count_tokens")
    api.answer_with(lambda request: Reply(tool_use={"answer": transcribing(request)}))
    assert texts(await desk.run(PDF)) == PAGES
    assert await desk.store.quarantined() == ()


async def test_a_document_is_not_put_into_quarantine_where_nobody_knows_whether_it_is_to_blame(
    desk: Desk, api: FakeClaudeAPI
) -> None:
    api.refuse_when(lambda request: bool(request.pages))
    api.fail(faults.status(404), share=1, on="POST /v1/messages/count_tokens")
    assert not (await desk.run(PDF)).answered
    assert await desk.store.quarantined() == ()


@pytest.mark.parametrize(
    "message",
    [
        "Your credit balance is too low to access the Anthropic API.",
        "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
    ],
    ids=["credit", "own limit"],
)
async def test_a_limit_of_ones_own_is_not_blamed_on_the_document(desk: Desk, api: FakeClaudeAPI, message: str) -> None:
    api.answer_with(ApiError(400, "invalid_request_error", message))
    run = await desk.run(PDF)
    assert [failed.error.kind for failed in run.failed] == ["SpendLimitReached"]
    assert sent(api) == 1
    assert await desk.store.quarantined() == ()


async def test_a_model_that_is_not_there_is_asked_once(desk: Desk, api: FakeClaudeAPI) -> None:
    api.fail(faults.status(404), share=1)
    run = await desk.run(draw_text([f"page {n}" for n in range(1, 1_201)]), pages=list(range(1, 601)))
    assert {failed.error.kind for failed in run.failed} == {"ModelNotAvailable"}
    assert sent(api) <= 4


async def test_no_call_of_the_tool_is_an_error_of_its_own(desk: Desk, api: FakeClaudeAPI) -> None:
    desk.model = replace(desk.model, structured_outputs=False)
    api.answer_with(Reply(text="I see a table."))
    run = await desk.run(PDF)
    assert [failed.error.kind for failed in run.failed] == ["NoStructuredAnswer"]


async def test_every_outcome_is_an_answer_or_an_error_of_ours(desk: Desk, api: FakeClaudeAPI) -> None:
    api.fail(faults.status(418), share=1)
    run = await desk.run(PDF, seconds=5.0)
    assert all(isinstance(outcome, Answered | Failed) for outcome in run.outcomes)


@pytest.mark.parametrize("stage", ["after_body", "after_response_head", "within_response"])
async def test_an_api_that_falls_silent_is_given_up_and_tried_again(
    open_desk: OpenDesk, api: FakeClaudeAPI, stage: Any
) -> None:
    api.fail(faults.stall(stage), times=1)
    async with open_desk(timeouts=Timeouts(silence=0.3)) as desk:
        assert (await desk.run(PDF)).answered
        assert await states(desk) == ["possibly billed", "answered"]


async def test_an_answer_of_a_byte_now_and_then_does_not_go_on_for_ever(
    open_desk: OpenDesk, api: FakeClaudeAPI
) -> None:
    api.fail(faults.trickle(0.05), times=1)
    async with open_desk(timeouts=Timeouts(reading=0.5, tokens_per_second=1e9)) as desk:
        assert (await desk.run(PDF)).answered
        assert await states(desk) == ["possibly billed", "answered"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://name.invalid"], ids=["refused", "no such name"])
async def test_an_api_that_is_not_there_is_said_to_be(open_desk: OpenDesk, url: str) -> None:
    async with open_desk(url=url) as desk:
        run = await desk.run(PDF)
        assert [failed.error.kind for failed in run.failed] == ["ApiUnreachable"]
        assert set(await states(desk)) == {"not billed"}
