"""Messages of the fake, as Anthropic's own client reads them."""

from __future__ import annotations

import json
from typing import Any, cast

import anyio
import httpx2
import pytest
from anthropic import AsyncAnthropic, BadRequestError, InternalServerError
from anthropic.types import Message, MessageTokensCount
from pydantic import BaseModel

from tests.drawing import draw_image, draw_text
from tests.testing.asking import MODEL, ask, asking, closed, from_url, image, pdf, shaped, text, texts_of, tool
from tests.testing.conftest import Clock, Endpoint
from witnessmark.testing import ApiError, FakeClaudeAPI, Reply, Request

pytestmark = pytest.mark.anyio

MESSAGES = "/v1/messages"
TOTAL = closed({"total": {"type": "string"}})


def assert_as_typed(value: object, *, but: tuple[str, ...] = ()) -> None:
    """Check that a value has all fields that the client types, save those in `but`, and no others."""
    if isinstance(value, BaseModel):
        assert not value.model_extra, type(value)
        assert type(value).model_fields.keys() - value.model_fields_set <= set(but), type(value)
        for name in value.model_fields_set:
            assert_as_typed(getattr(value, name), but=but)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            assert_as_typed(item, but=but)


async def test_a_message_is_as_the_client_types_it(endpoint: Endpoint) -> None:
    response = await endpoint.post(MESSAGES, asking(pdf(draw_text()), image(draw_image()), "What is the total?"))
    message = Message.model_validate(response.json(), strict=False)
    assert_as_typed(message)
    assert message.stop_reason in {"end_turn", "max_tokens"}
    names = {"request-id", "anthropic-organization-id", "content-type"}
    names |= {f"anthropic-ratelimit-{kind}-{figure}" for kind in KINDS for figure in ("limit", "remaining", "reset")}
    assert names <= response.headers.keys()


KINDS = ("requests", "tokens", "input-tokens", "output-tokens")


async def test_a_structured_answer_is_json_of_the_schema(endpoint: Endpoint) -> None:
    message = await ask(
        endpoint.client, pdf(draw_text(["Total 12"])), "Give the total.", output_config=shaped(TOTAL), max_tokens=512
    )
    assert message.stop_reason == "end_turn"
    assert list(json.loads("".join(texts_of(message)))) == ["total"]


async def test_thinking_comes_first_and_says_nothing(endpoint: Endpoint) -> None:
    message = await ask(endpoint.client, "How many primes are below 60?", max_tokens=2048)
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert message.content[0].type == "thinking"
    assert message.content[0].thinking == ""
    assert message.usage.output_tokens_details is not None
    assert 0 < message.usage.output_tokens_details.thinking_tokens < message.usage.output_tokens


async def test_a_stream_brings_the_same_kind_of_message(endpoint: Endpoint) -> None:
    async with endpoint.client.messages.stream(**asking(max_tokens=512)) as stream:
        names = [event.type async for event in stream]
        message = await stream.get_final_message()
    assert names[0] == "message_start"
    assert names[-2:] == ["message_delta", "message_stop"]
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens > 0


async def test_each_event_of_a_stream_is_as_the_client_types_it(endpoint: Endpoint) -> None:
    from anthropic.types import RawMessageStreamEvent
    from pydantic import TypeAdapter

    adapter: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
    body = asking("Look up 'a'.", tools=[tool()], stream=True, max_tokens=512)
    async with endpoint.http.stream("POST", MESSAGES, json=body) as response:
        lines = [line async for line in response.aiter_lines()]
    events = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert {event["type"] for event in events} >= {"message_start", "content_block_delta", "message_stop"}
    for event in events:
        if event["type"] != "ping":
            assert_as_typed(adapter.validate_python(event), but=("toolset_name",))


async def test_a_tool_is_called_with_what_its_schema_asks(endpoint: Endpoint) -> None:
    message = await ask(
        endpoint.client, "Look up the word 'ledger' with the tool.", tools=[tool(strict=True)], max_tokens=1024
    )
    calls = [block for block in message.content if block.type == "tool_use"]
    assert message.stop_reason == "tool_use"
    assert [call.name for call in calls] == ["look_up"]
    assert calls[0].input.keys() == {"word"}


async def test_an_answer_is_cut_at_max_tokens(endpoint: Endpoint) -> None:
    if endpoint.fake is not None:
        endpoint.fake.answer_with(Reply(text="word " * 500))
    thinking = {"type": "disabled"}
    message = await ask(endpoint.client, "Count to 500.", max_tokens=16, thinking=thinking)
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 16


async def test_counting_is_as_the_client_types_it(endpoint: Endpoint) -> None:
    body = {name: value for name, value in asking(pdf(draw_text())).items() if name != "max_tokens"}
    response = await endpoint.post("/v1/messages/count_tokens", body)
    count = MessageTokensCount.model_validate(response.json())
    assert_as_typed(count)
    assert count.input_tokens > 100


def _from_a_function(_: Request) -> str:
    return "from a function"


# --- what a test lets the fake answer -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ("prose", "prose"),
        ({"total": "12"}, '{"total": "12"}'),
        (Reply(text="{half"), "{half"),
        (_from_a_function, "from a function"),
    ],
)
async def test_a_test_says_what_is_answered(
    api: FakeClaudeAPI, client: AsyncAnthropic, said: Any, content: str
) -> None:
    api.answer_with(said)
    message = await ask(client)
    assert texts_of(message) == [content]


async def test_a_list_is_answered_in_turn_and_its_last_for_good(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    api.answer_with(["one", ApiError(400, "invalid_request_error", "no"), "three"])
    assert await _text(client) == "one"
    with pytest.raises(BadRequestError):
        await ask(client)
    assert [await _text(client), await _text(client)] == ["three", "three"]


async def test_an_answer_looks_at_the_request(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> str:
        seen.append(request)
        return "done"

    api.answer_with(answer)
    document = pdf(draw_text(["Page one", "Page two"]), title="report.pdf")
    await ask(client, document, image(draw_image(size=(320, 200))), "What is it?", system="Be brief.")
    request = seen[0]
    assert [page.text.strip() for page in request.pages] == ["Page one", "Page two"]
    assert [(picture.width, picture.height) for picture in request.images] == [(320, 200)]
    assert request.text == "Be brief.\nWhat is it?"
    assert [block.title for block in request.blocks] == [None, "report.pdf", None, None]
    assert [block.path for block in request.blocks][1:] == [f"messages.0.content.{number}" for number in range(3)]
    assert (request.model, request.thinking, request.effort) == (MODEL, "adaptive", "medium")


async def test_an_answer_can_wait(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    may_answer = anyio.Event()

    async def answer(_: Request) -> str:
        await may_answer.wait()
        return "at last"

    api.answer_with(answer)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_text, client)
        with anyio.fail_after(5):
            while not api.requests:  # noqa: ASYNC110 - the request says nothing when it arrives
                await anyio.sleep(0.001)
        assert api.requests[0].status is None
        may_answer.set()
    assert api.requests[0].status == 200


async def test_what_a_tests_own_answer_raises_ends_the_test(http: httpx2.AsyncClient) -> None:
    class Mistake(Exception):
        pass

    def answer(_: Request) -> str:
        raise Mistake

    async def run() -> None:
        async with FakeClaudeAPI() as api:
            api.answer_with(answer)
            response = await http.post(f"{api.url}{MESSAGES}", json=asking(), headers={"x-api-key": api.key})
            assert response.status_code == 500

    with pytest.raises(Mistake):
        await run()


async def test_a_refusal_is_an_answer_with_its_details(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    api.answer_with(Reply(text="I cannot", stop_reason="refusal", stop_details={"category": "cyber"}))
    message = await ask(client)
    assert message.stop_reason == "refusal"
    assert message.stop_details is not None
    assert (message.stop_details.category, message.stop_details.explanation) == ("cyber", None)


async def test_a_budget_thinker_shows_its_thinking_and_answers_under_its_whole_name(client: AsyncAnthropic) -> None:
    message = await ask(
        client, model="claude-haiku-4-5", max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 1024}
    )
    assert message.model == "claude-haiku-4-5-20251001"
    assert message.content[0].type == "thinking"
    assert message.content[0].thinking != ""


async def test_thinking_alone_can_use_all_the_room(client: AsyncAnthropic) -> None:
    message = await ask(client, max_tokens=3)
    assert [block.type for block in message.content] == ["thinking"]
    assert message.stop_reason == "max_tokens"


async def test_nothing_is_answered_where_nothing_may_be(client: AsyncAnthropic) -> None:
    message = await ask(client, max_tokens=0)
    assert (message.content, message.stop_reason, message.usage.output_tokens) == ([], "max_tokens", 0)


async def test_a_url_is_read_where_a_test_serves_it(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    api.serve_url("https://example.com/report.pdf", draw_text(["From afar"]))
    api.answer_with(lambda request: request.page_text)
    message = await ask(client, from_url("https://example.com/report.pdf"))
    assert texts_of(message) == ["From afar"]


async def test_values_are_made_for_every_kind_of_schema(client: AsyncAnthropic) -> None:
    schema = closed(
        {
            "note": {"type": "string"},
            "kind": {"enum": ["a", "b"]},
            "when": {"type": "string", "format": "date"},
            "count": {"type": ["integer", "null"]},
            "rows": {"type": "array", "items": {"type": "array", "items": {"$ref": "#/$defs/Cell"}}},
            "either": {"anyOf": [{"type": "null"}, {"type": "boolean"}]},
        },
        required=["kind", "when", "count", "rows", "either"],
    )
    schema["$defs"] = {"Cell": {"type": "string"}}
    message = await ask(client, output_config=shaped(schema), max_tokens=512)
    made = json.loads(texts_of(message)[0])
    assert made == {
        "kind": "a",
        "when": "2026-01-31",
        "count": 1,
        "rows": [["text"]],
        "either": True,
        "note": "text",
    }
    assert list(made)[-1] == "note", "required properties come first"


async def test_data_is_recorded_by_hash_and_size_and_keys_are_not(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    data = draw_text()
    await ask(client, pdf(data), text("What?"))
    recorded = api.requests[0]
    source = recorded.body["messages"][0]["content"][0]["source"]
    assert source["data"]["size"] == len(data)
    assert len(source["data"]["sha256"]) == 64
    assert api.key not in repr(recorded)
    assert (recorded.endpoint, recorded.status) == ("POST /v1/messages", 200)


async def _text(client: AsyncAnthropic) -> str:
    return "".join(texts_of(await ask(client)))


async def test_an_answer_ends_at_a_stop_sequence(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    api.answer_with("one two three")
    message = await ask(client, stop_sequences=["three", " two"])
    assert (texts_of(message), message.stop_reason, message.stop_sequence) == (["one"], "stop_sequence", " two")


@pytest.mark.parametrize("value", [{}, {"total": 5}, {"total": "5", "more": 1}, {"total": None}, ["5"]], ids=json.dumps)
async def test_json_that_the_grammar_forbids_is_a_mistake_of_the_test(value: Any) -> None:
    async def run() -> None:
        async with FakeClaudeAPI() as api, AsyncAnthropic(api_key=api.key, base_url=api.url, max_retries=0) as client:
            api.answer_with(Reply(json=value))
            with pytest.raises(InternalServerError):
                await ask(client, output_config=shaped(TOTAL))

    with pytest.raises(ValueError, match="No model can answer this"):
        await run()


async def test_a_system_message_may_stand_among_the_others(client: AsyncAnthropic) -> None:
    body = asking()
    body["messages"].insert(1, {"role": "system", "content": "From now on in French."})
    create: Any = client.messages.create
    message: Message = await create(**body)
    assert message.stop_reason == "end_turn"


async def test_blocks_of_the_api_are_sent_as_they_are_whole_and_streamed(
    api: FakeClaudeAPI, client: AsyncAnthropic
) -> None:
    citation = {
        "type": "page_location",
        "cited_text": "Total 12",
        "document_index": 0,
        "document_title": "a.pdf",
        "file_id": None,
        "start_page_number": 1,
        "end_page_number": 2,
    }
    api.answer_with(Reply(blocks=[{"type": "text", "text": "It is 12.", "citations": [citation]}]))
    document = pdf(draw_text(["Total 12"]), title="a.pdf", citations={"enabled": True})
    messages = [await ask(client, document, "What is the total?")]
    async with client.messages.stream(**asking(document, "What is the total?")) as stream:
        messages.append(await stream.get_final_message())
    for message in messages:
        block = next(block for block in message.content if block.type == "text")
        assert [made.to_dict() for made in block.citations or ()] == [citation]


async def test_rate_limit_headers_fall_with_use_and_rise_with_time(http: httpx2.AsyncClient, clock: Clock) -> None:
    async def remaining() -> list[int]:
        headers = (await http.post(MESSAGES, json=asking("word " * 1000))).headers
        return [int(headers[f"anthropic-ratelimit-{kind}-remaining"]) for kind in ("requests", "input-tokens")]

    first, second = await remaining(), await remaining()
    assert (first[0], second[0]) == (999, 998)
    assert 1000 < first[1] - second[1] < 3000
    clock.now += 60
    assert await remaining() == first
