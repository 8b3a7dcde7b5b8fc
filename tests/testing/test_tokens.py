"""What the fake counts and bills: pictures, pages, text, the prompt cache."""

from __future__ import annotations

import io
from typing import Any

import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Usage
from PIL import Image

from tests.drawing import draw_text
from tests.testing.asking import Json, ask, asking, closed, from_file, image, pdf, shaped, text, tool
from tests.testing.conftest import Clock, Endpoint
from witnessmark.testing import FakeClaudeAPI, Request
from witnessmark.testing.contents import seen_size, tokens_of_picture
from witnessmark.testing.tokens import PER_BLOCK, PER_REQUEST

pytestmark = pytest.mark.anyio

STANDARD: dict[str, int] = {"edge": 1568, "most": 1568}
HIGH: dict[str, int] = {"edge": 2576, "most": 4784}


@pytest.mark.parametrize(
    ("size", "standard", "standard_tokens", "high", "high_tokens"),
    [
        ((1000, 1000), (1000, 1000), 1296, (1000, 1000), 1296),
        ((1920, 1080), (1456, 819), 1560, (1920, 1080), 2691),
        ((2000, 1500), (1270, 952), 1564, (2000, 1500), 3888),
        ((3840, 2160), (1456, 819), 1560, (2576, 1449), 4784),
        ((4032, 3024), (1270, 952), 1564, (2212, 1659), 4740),
        ((2000, 2000), (1092, 1092), 1521, (1932, 1932), 4761),
        ((8000, 600), (1568, 118), 280, (2576, 193), 644),
        ((1075, 1520), (924, 1307), 1551, (1075, 1520), 2145),
        ((1240, 1754), (924, 1307), 1551, (1240, 1754), 2835),
        ((1654, 2339), (924, 1307), 1551, (1624, 2296), 4756),
        ((2550, 3300), (952, 1232), 1496, (1688, 2184), 4758),
    ],
    ids=str,
)
def test_pictures_cost_what_the_fact_sheet_says(
    size: tuple[int, int],
    standard: tuple[int, int],
    standard_tokens: int,
    high: tuple[int, int],
    high_tokens: int,
) -> None:
    assert (seen_size(*size, **STANDARD), seen_size(*size, **HIGH)) == (standard, high)
    assert (tokens_of_picture(*size, **STANDARD), tokens_of_picture(*size, **HIGH)) == (standard_tokens, high_tokens)


@pytest.mark.parametrize(("model", "tokens"), [("claude-haiku-5-5", 2691), ("claude-haiku-4-5", 1560)])
async def test_a_picture_is_billed_by_the_bytes_that_were_sent(client: AsyncAnthropic, model: str, tokens: int) -> None:
    file = io.BytesIO()
    Image.new("1", (1920, 1080)).save(file, "PNG")
    message = await ask(client, image(file.getvalue()), model=model)
    assert message.usage.input_tokens == PER_REQUEST + PER_BLOCK + tokens


async def test_a_page_is_billed_as_picture_and_text(client: AsyncAnthropic) -> None:
    with_text = await ask(client, pdf(draw_text(["a" * 40, ""])))
    without = await ask(client, pdf(draw_text([""])))
    page = without.usage.input_tokens - PER_REQUEST - PER_BLOCK
    assert 4700 < page <= 4784
    assert with_text.usage.input_tokens == PER_REQUEST + PER_BLOCK + 2 * page + 13  # 40 bytes, 3.25 to a token


async def test_counting_says_what_will_be_billed(client: AsyncAnthropic) -> None:
    blocks = (pdf(draw_text(), title="a.pdf"), "What?")
    more: Json = {"system": "Be brief.", "tools": [tool()], "output_config": shaped(closed({"a": {}}))}
    message = await ask(client, *blocks, **more)
    body = asking(*blocks, **more)
    del body["max_tokens"]
    counted = await client.messages.count_tokens(**body)
    assert counted.input_tokens == message.usage.input_tokens


async def test_counting_fetches_no_urls_and_no_files(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    file = await client.files.upload(file=("a.pdf", draw_text(), "application/pdf"))
    for source in ({"type": "file", "file_id": file.id}, {"type": "url", "url": "https://example.com/a.pdf"}):
        body: Any = asking({"type": "document", "source": source})
        del body["max_tokens"]
        counted = await client.messages.count_tokens(**body)
        assert counted.input_tokens == PER_REQUEST + PER_BLOCK
    assert api.totals.billed_messages == 0


async def test_totals_are_the_sum_of_what_was_told(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    told = [
        (await ask(client, "one")).usage,
        (await ask(client, "two", "three", model="claude-sonnet-5-5")).usage,
    ]
    async with client.messages.stream(**asking("four")) as stream:
        told.append((await stream.get_final_message()).usage)
    assert api.totals.billed["input_tokens"] == sum(usage.input_tokens for usage in told)
    assert api.totals.billed["output_tokens"] == sum(usage.output_tokens for usage in told)
    assert api.totals.tokens["claude-sonnet-5-5"]["output_tokens"] == told[1].output_tokens
    assert api.totals.billed_messages == 3
    assert api.totals.as_json()["requests"] == {"POST /v1/messages": {"200": 3}}


# --- the prompt cache -----------------------------------------------------------------------------------------------

LONG = "A long instruction. " * 200  # 1,300 tokens


def _cached(text_: str = LONG, ttl: str = "5m") -> Json:
    return text(text_, cache_control={"type": "ephemeral", "ttl": ttl})


async def _usage(client: AsyncAnthropic, *blocks: Json | str, **more: Any) -> Usage:
    return (await ask(client, *blocks, **more)).usage


def _read_and_written(usage: Usage) -> tuple[bool, bool]:
    return bool(usage.cache_read_input_tokens), bool(usage.cache_creation_input_tokens)


async def test_a_prefix_is_written_once_and_read_afterwards(endpoint: Endpoint) -> None:
    first = await _usage(endpoint.client, _cached(), "First question?")
    second = await _usage(endpoint.client, _cached(), "Second question?")
    if endpoint.fake is not None:  # the real cache may still hold it from an earlier run
        assert _read_and_written(first) == (False, True)
        assert first.cache_creation is not None
        assert first.cache_creation.ephemeral_5m_input_tokens == first.cache_creation_input_tokens
        assert second.cache_read_input_tokens == first.cache_creation_input_tokens
        assert second.input_tokens - first.input_tokens == 1, "'Second' is one byte longer"
    assert _read_and_written(second) == (True, False)


@pytest.mark.parametrize(("ttl", "seconds"), [("5m", 300), ("1h", 3600)])
async def test_an_entry_lives_from_its_last_use(client: AsyncAnthropic, clock: Clock, ttl: str, seconds: int) -> None:
    await _usage(client, _cached(ttl=ttl), "?")
    for wait in (seconds - 1, seconds - 1):
        clock.now += wait
        assert _read_and_written(await _usage(client, _cached(ttl=ttl), "?")) == (True, False)
    clock.now += seconds
    assert _read_and_written(await _usage(client, _cached(ttl=ttl), "?")) == (False, True)


async def test_an_hour_and_five_minutes_are_billed_apart(client: AsyncAnthropic) -> None:
    usage = await _usage(client, _cached(ttl="1h"), _cached("More. " * 300), "?")
    assert usage.cache_creation is not None
    assert usage.cache_creation.ephemeral_1h_input_tokens > usage.cache_creation.ephemeral_5m_input_tokens > 0
    longer = await _usage(client, _cached(ttl="1h"), _cached("Other. " * 300), "?")
    assert longer.cache_read_input_tokens == usage.cache_creation.ephemeral_1h_input_tokens


async def test_a_short_prefix_is_silently_not_cached(client: AsyncAnthropic) -> None:
    assert _read_and_written(await _usage(client, _cached("Short."), "?")) == (False, False)
    assert _read_and_written(await _usage(client, _cached(), "?", model="claude-haiku-4-5")) == (False, False)


@pytest.mark.parametrize(
    "changed",
    [
        {"output_config": shaped(closed({"a": {"type": "string"}}))},
        {"output_config": {"effort": "low"}},
        {"thinking": {"type": "disabled"}},
        {"system": "Another."},
        {"model": "claude-sonnet-5-5"},
    ],
    ids=str,
)
async def test_what_comes_before_or_around_a_message_voids_its_cache(client: AsyncAnthropic, changed: Json) -> None:
    await _usage(client, _cached(), "?")
    assert _read_and_written(await _usage(client, _cached(), "?", **changed)) == (False, True)


async def test_a_system_prompt_outlives_a_change_of_effort_and_not_of_format(client: AsyncAnthropic) -> None:
    await _usage(client, "?", system=[_cached()])
    low = {"effort": "low"}
    assert _read_and_written(await _usage(client, "?", system=[_cached()], output_config=low)) == (True, False)
    form = shaped(closed({"a": {"type": "string"}}))
    assert _read_and_written(await _usage(client, "?", system=[_cached()], output_config=form)) == (False, True)


async def test_the_last_block_is_cached_by_itself_when_asked_for(client: AsyncAnthropic) -> None:
    automatic = {"cache_control": {"type": "ephemeral"}}
    assert _read_and_written(await _usage(client, LONG, **automatic)) == (False, True)
    assert _read_and_written(await _usage(client, LONG, **automatic)) == (True, False)


async def test_workspaces_do_not_share_a_cache(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    await _usage(client, _cached(), "?")
    async with AsyncAnthropic(api_key=api.add_key("wrkspc_other"), base_url=api.url, max_retries=0) as other:
        assert _read_and_written(await _usage(other, _cached(), "?")) == (False, True)


async def test_an_entry_lives_from_when_its_request_was_sent(
    api: FakeClaudeAPI, client: AsyncAnthropic, clock: Clock
) -> None:
    def slowly(request: Request) -> str:
        clock.now += 200  # until the response begins
        return "Hello."

    api.answer_with([slowly, "Hello."])
    await _usage(client, _cached(), "?")
    clock.now += 101
    assert _read_and_written(await _usage(client, _cached(), "?")) == (False, True)


async def test_reading_what_was_written_for_five_minutes_makes_no_hour_of_it(
    client: AsyncAnthropic, clock: Clock
) -> None:
    await _usage(client, _cached(ttl="5m"), "?")
    assert _read_and_written(await _usage(client, _cached(ttl="1h"), "?")) == (True, False)
    clock.now += 301
    assert _read_and_written(await _usage(client, _cached(ttl="1h"), "?")) == (False, True)


async def test_the_same_document_in_two_ways_is_two(client: AsyncAnthropic) -> None:
    content = draw_text(["Word " * 400])
    file = await client.files.upload(file=("a.pdf", content, "application/pdf"))
    control = {"cache_control": {"type": "ephemeral"}}
    await _usage(client, pdf(content, **control), "?")
    assert _read_and_written(await _usage(client, from_file(file.id) | control, "?")) == (False, True)
    assert _read_and_written(await _usage(client, pdf(content, **control), "?")) == (True, False)


async def test_the_api_may_lose_what_it_keeps(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    await _usage(client, _cached(), "?")
    api.forget_cache()
    assert _read_and_written(await _usage(client, _cached(), "?")) == (False, True)
