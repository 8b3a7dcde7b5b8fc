"""The ways in which the fake fails, as Anthropic's own client meets them, and what was billed."""

from __future__ import annotations

import asyncio
import json
import time
import traceback
from typing import Any

import anthropic
import anyio
import httpx2
import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Message

from tests.drawing import draw_text
from tests.testing.asking import ask, asking, pdf
from witnessmark.testing import FakeClaudeAPI, Fault, faults
from witnessmark.testing.faults import Stage, add_from_text

pytestmark = pytest.mark.anyio

MESSAGES = "/v1/messages"
LARGE = "a" * 3_000_000
"""A body that takes many reads to arrive."""

ANSWERED: list[tuple[Fault, type[anthropic.APIStatusError], int]] = [
    (faults.rate_limited(), anthropic.RateLimitError, 429),
    (faults.ramp_limit_exceeded(), anthropic.types.RampLimitExceededError, 429),
    (faults.spend_limit_reached(), anthropic.types.EnforcedSpendLimitReachedError, 429),
    (
        faults.spend_limit_reached("contract_spend_limit_reached"),
        anthropic.types.ContractSpendLimitReachedError,
        429,
    ),
    (faults.overloaded(), anthropic.OverloadedError, 529),
    (faults.status(401), anthropic.AuthenticationError, 401),
    (faults.status(402), anthropic.PaymentRequiredError, 402),
    (faults.status(403), anthropic.PermissionDeniedError, 403),
    (faults.status(408), anthropic.RequestTimeoutError, 408),
    (faults.status(409), anthropic.ConflictError, 409),
    (faults.status(500), anthropic.InternalServerError, 500),
    (faults.status(502), anthropic.InternalServerError, 502),
    (faults.status(503), anthropic.ServiceUnavailableError, 503),
    (faults.status(504), anthropic.GatewayTimeoutError, 504),
]


@pytest.mark.parametrize(("fault", "raised", "status"), ANSWERED, ids=lambda value: getattr(value, "name", ""))
@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
async def test_an_answered_error_is_raised_by_the_client_and_billed_nothing(
    api: FakeClaudeAPI,
    client: AsyncAnthropic,
    fault: Fault,
    raised: type[anthropic.APIStatusError],
    status: int,
    streams: bool,
) -> None:
    api.fail(fault)
    with pytest.raises(raised) as caught:
        await ask(client, stream=streams)
    assert type(caught.value) is raised
    assert caught.value.status_code == status
    assert caught.value.request_id == api.requests[0].request_id
    assert (api.totals.billed_messages, api.requests[0].billed) == (0, None)
    assert api.requests[0].fault == fault.name
    assert (await ask(client)).stop_reason == "end_turn", "only one request was to fail"


@pytest.mark.parametrize("retry_after", [1, 171, 3600, None, "soon", "Fri, 31 Dec 2027 23:59:59 GMT"], ids=str)
async def test_a_rate_limit_says_when_to_come_again_in_whatever_way_a_test_wants(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, retry_after: str | float | None
) -> None:
    api.fail(faults.rate_limited(retry_after))
    response = await http.post(MESSAGES, json=asking())
    assert response.headers.get("retry-after") == (None if retry_after is None else str(retry_after))


async def test_a_spend_limit_says_not_when(api: FakeClaudeAPI, http: httpx2.AsyncClient) -> None:
    api.fail(faults.spend_limit_reached())
    response = await http.post(MESSAGES, json=asking())
    assert "retry-after" not in response.headers
    assert response.json()["error"]["details"] == {"error_code": "enforced_spend_limit_reached"}


@pytest.mark.parametrize(("share", "least", "most"), [(0.02, 1, 12), (0.2, 40, 80), (1.0, 300, 300)])
async def test_a_share_of_requests_fails_and_the_same_ones_each_time(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, share: float, least: int, most: int
) -> None:
    runs: list[list[int]] = []
    for _ in range(2):
        api.heal()
        api.fail(faults.overloaded(), share=share, seed=4)
        runs.append([(await http.post(MESSAGES, json=asking())).status_code for _ in range(300)])
    assert runs[0] == runs[1]
    assert least <= runs[0].count(529) <= most


@pytest.mark.parametrize(
    ("stage", "is_billed"),
    [
        ("connect", False),
        ("head", False),
        ("within_body", False),
        ("after_body", True),
        ("after_response_head", True),
        ("within_response", True),
    ],
)
@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
async def test_a_reset_is_a_connection_error_wherever_it_comes(
    api: FakeClaudeAPI, client: AsyncAnthropic, stage: Stage, is_billed: bool, streams: bool
) -> None:
    api.fail(faults.reset(stage, after=1_000_000 if stage == "within_body" else 0))
    with pytest.raises((anthropic.APIConnectionError, httpx2.NetworkError)):
        await (_streamed(client, LARGE) if streams else ask(client, LARGE))
    recorded = api.requests[0]
    assert recorded.fault == f"reset, {stage}"
    assert (api.totals.billed_messages == 1, recorded.billed is not None) == (is_billed, is_billed)
    if is_billed:
        assert api.totals.billed["output_tokens"] > 0
    if stage == "within_body":
        assert 1_000_000 < recorded.body_bytes < len(LARGE)
    if stage in {"connect", "head"}:
        assert recorded.body_bytes == 0
    assert (await ask(client)).stop_reason == "end_turn"


async def test_a_file_whose_upload_is_reset_at_its_end_is_there_all_the_same(
    api: FakeClaudeAPI, client: AsyncAnthropic
) -> None:
    api.fail(faults.reset("after_body"), on="POST /v1/files")
    with pytest.raises(anthropic.APIConnectionError):
        await client.files.upload(file=("a.txt", b"Hi", "text/plain"))
    assert [file.filename async for file in client.files.list()] == ["a.txt"]
    assert api.totals.uploads == 1


async def test_truncated_json_ends_as_if_it_were_all(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    api.fail(faults.truncated())
    with pytest.raises(json.JSONDecodeError):
        await ask(client)
    assert api.totals.billed_messages == 1


async def _streamed(client: AsyncAnthropic, *blocks: str) -> Message:
    async with client.messages.stream(**asking(*blocks)) as stream:
        return await stream.get_final_message()


# --- streams --------------------------------------------------------------------------------------------------------


async def _events(api: FakeClaudeAPI, http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    response = await http.post(MESSAGES, json=asking(stream=True))
    lines = response.text.splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


async def test_a_stream_can_be_cut_after_each_of_its_events(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, client: AsyncAnthropic
) -> None:
    whole = await _events(api, http)
    generated = api.totals.billed["output_tokens"]
    billed: list[int] = []
    for after in range(len(whole)):
        api.clear()
        api.fail(faults.cut_stream(after))
        with pytest.raises(httpx2.RemoteProtocolError):
            await _streamed(client)
        assert api.totals.billed["input_tokens"] > 0
        billed.append(api.totals.billed["output_tokens"])
    assert billed[0] == billed[1] == 0, "nothing had been generated"
    assert billed == sorted(billed)
    assert billed[-1] == generated


async def test_a_stream_can_end_early_as_if_that_were_all(api: FakeClaudeAPI, http: httpx2.AsyncClient) -> None:
    whole = await _events(api, http)
    api.fail(faults.cut_stream(4, is_clean=True))
    assert [event["type"] for event in await _events(api, http)] == [event["type"] for event in whole[:4]]


async def test_an_error_can_come_in_the_midst_of_a_stream(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    api.answer_with("word " * 100)
    api.fail(faults.error_event(after=8))
    texts: list[str] = []

    async def read() -> None:
        async with client.messages.stream(**asking(max_tokens=500)) as stream:
            async for text in stream.text_stream:
                texts.append(text)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(anthropic.APIStatusError) as caught:
        await read()
    assert caught.value.status_code == 200, "it came with the response's own status"
    assert caught.value.type == "overloaded_error"
    assert 0 < len("".join(texts)) < 500
    assert 0 < api.totals.billed["output_tokens"] < 500 * 13 // 40


# --- slow and silent ------------------------------------------------------------------------------------------------


async def test_a_response_can_trickle_byte_by_byte(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    whole = await ask(client)
    api.fail(faults.trickle(seconds=0.0005))
    begun = time.monotonic()
    assert (await ask(client)).content == whole.content
    assert time.monotonic() - begun > 0.2, "more than 400 bytes"


@pytest.mark.parametrize("stage", ["head", "after_body", "after_response_head", "within_response"])
async def test_a_stall_lasts_until_the_client_gives_up(
    api: FakeClaudeAPI, client: AsyncAnthropic, stage: Stage
) -> None:
    api.fail(faults.stall(stage))
    with pytest.raises(anthropic.APITimeoutError):
        await ask(client.with_options(timeout=0.5), pdf(draw_text()))
    with anyio.fail_after(5):
        while api.requests[0].seconds is None:  # noqa: ASYNC110 - nobody tells when the fake notices
            await anyio.sleep(0.001)
    assert (api.requests[0].billed is None) == (stage == "head")


async def test_the_fake_ends_with_requests_still_waiting() -> None:
    with anyio.fail_after(5):
        async with FakeClaudeAPI() as api, anyio.create_task_group() as tasks:
            api.fail(faults.stall())

            async def wait() -> None:
                async with AsyncAnthropic(api_key=api.key, base_url=api.url, max_retries=0) as client:
                    with pytest.raises(anthropic.APIConnectionError):
                        await ask(client)

            tasks.start_soon(wait)
            while not api.requests:  # noqa: ASYNC110 - the request says nothing when it arrives
                await anyio.sleep(0.001)
            await api.__aexit__(None, None, None)


@pytest.mark.parametrize("part", ["head", "body", "response"])
async def test_a_client_that_dies_leaves_the_fake_at_work(
    api: FakeClaudeAPI, client: AsyncAnthropic, part: str
) -> None:
    body = json.dumps(asking(stream=True)).encode()
    head = f"POST {MESSAGES} HTTP/1.1\r\nhost: a\r\nx-api-key: {api.key}\r\nanthropic-version: 2026-10-21\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    sent = {"head": head[:50].encode(), "body": head.encode() + body[:20], "response": head.encode() + body}[part]
    api.answer_with("word " * 10_000)
    api.fail(faults.trickle(seconds=0.001), times=1 if part == "response" else 0)
    _, writer = await asyncio.open_connection("127.0.0.1", int(api.url.rpartition(":")[2]))
    writer.write(sent)
    await writer.drain()
    with anyio.fail_after(5):
        while part != "head" and not (api.requests and (part == "body" or api.requests[0].status)):  # noqa: ASYNC110 - the fake tells nobody
            await anyio.sleep(0.001)
        writer.close()
        while part != "head" and api.requests[0].seconds is None:  # noqa: ASYNC110 - the fake tells nobody
            await anyio.sleep(0.001)
    api.heal()
    assert (await ask(client)).stop_reason == "max_tokens"
    billed = 2 if part == "response" else 1
    assert api.totals.billed_messages == billed


# --- faults as text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault", "times", "share", "on"),
    [
        ("overloaded", "529", 1, None, "POST /v1/messages"),
        ("overloaded:share=0.2,seed=3", "529", None, 0.2, "POST /v1/messages"),
        ("rate_limited:retry_after=171,times=3", "429, retry-after 171", 3, None, "POST /v1/messages"),
        ("rate_limited:retry_after=None", "429, retry-after None", 1, None, "POST /v1/messages"),
        ("reset:stage=within_body,after=100,on=POST /v1/files", "reset, within_body", 1, None, "POST /v1/files"),
        ("status:code=503,on=*", "503", 1, None, "*"),
    ],
)
def test_a_fault_can_be_written_as_text(text: str, fault: str, times: int | None, share: float | None, on: str) -> None:
    known = faults.Faults()
    add_from_text(known, text)
    rule = known.rules[0]
    assert (rule.fault.name, rule.times, rule.share, rule.on) == (fault, times, share, on)


@pytest.mark.parametrize("text", ["explode", "overloaded:hard=True", "status", "status:code=x,times=2"])
def test_a_fault_that_is_none_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        add_from_text(faults.Faults(), text)


async def test_an_error_that_is_answered_often_keeps_nothing_of_the_requests(
    api: FakeClaudeAPI, http: httpx2.AsyncClient
) -> None:
    fault = faults.overloaded()
    api.fail(fault, share=1)
    for _ in range(5):
        await http.post(MESSAGES, json=asking())
    assert fault.error is not None
    assert len(list(traceback.walk_tb(fault.error.__traceback__))) < 5
