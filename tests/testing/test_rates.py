"""Rate limits of the fake that refuse, time that a response takes, and a clock that runs faster."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import pytest

from tests.testing.asking import MODEL, asking
from tests.testing.conftest import Clock
from witnessmark.testing import FakeClaudeAPI
from witnessmark.testing.rates import limit_from_text

pytestmark = pytest.mark.anyio

LONG: dict[str, Any] = asking("word " * 2_000)  # some 3,250 tokens of input


async def post(http: httpx2.AsyncClient, body: dict[str, Any] = LONG) -> httpx2.Response:
    return await http.post("/v1/messages", json=body)


async def test_a_bucket_refuses_what_exceeds_it_until_it_has_refilled(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(input_tokens_per_minute=6_000)
    first, second = await post(http), await post(http)
    assert [first.status_code, second.status_code] == [200, 429]
    assert second.json()["error"]["type"] == "rate_limit_error"
    taken = first.json()["usage"]["input_tokens"]
    seconds = int(second.headers["retry-after"])
    assert seconds == pytest.approx((taken - (6_000 - taken)) / 100, abs=1)
    clock.now += seconds - 1.5
    assert (await post(http)).status_code == 429
    clock.now += 1.5
    assert (await post(http)).status_code == 200


async def test_a_refused_request_takes_nothing_and_costs_nothing(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(input_tokens_per_minute=6_000)
    await post(http)
    billed = api.totals.billed
    left = [(await post(http)).headers["anthropic-ratelimit-input-tokens-remaining"] for _ in range(3)]
    assert len(set(left)) == 1
    assert api.totals.billed == billed


async def test_retry_after_names_the_time_until_the_bucket_is_full_where_a_test_says_so(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(input_tokens_per_minute=6_000, retry_after="full")
    taken = (await post(http)).json()["usage"]["input_tokens"]
    assert int((await post(http)).headers["retry-after"]) == pytest.approx(taken / 100, abs=1)
    api.limit(input_tokens_per_minute=6_000, retry_after=None)
    await post(http)
    assert "retry-after" not in (await post(http)).headers


async def test_requests_and_output_have_buckets_of_their_own(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(requests_per_minute=2)
    assert [(await post(http, asking())).status_code for _ in range(3)] == [200, 200, 429]
    api.limit(output_tokens_per_minute=20)
    api.answer_with("word " * 20)  # 33 tokens, which nobody can know before they are written
    assert [(await post(http, asking())).status_code for _ in range(2)] == [200, 429]
    clock.now += 600
    assert (await post(http, asking())).status_code == 200


async def test_what_is_read_from_the_cache_does_not_count(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(input_tokens_per_minute=6_000)
    block = {"type": "text", "text": "word " * 2_000, "cache_control": {"type": "ephemeral"}}
    assert [(await post(http, asking(block, f"Question {n}?"))).status_code for n in range(5)] == [200] * 5


async def test_a_burst_bounds_what_a_full_bucket_holds(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(input_tokens_per_minute=60_000, burst=4_000)
    assert [(await post(http)).status_code for _ in range(2)] == [200, 429]
    clock.now += 600
    assert [(await post(http)).status_code for _ in range(2)] == [200, 429]


async def test_a_request_larger_than_the_bucket_passes_when_it_is_full(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(input_tokens_per_minute=1_000)
    assert [(await post(http)).status_code for _ in range(2)] == [200, 429]


async def test_a_stranger_takes_a_share_of_the_limit(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    async def answered(stranger: float) -> int:
        api.limit(input_tokens_per_minute=6_000, stranger=stranger)
        statuses: list[int] = []
        for _ in range(600):
            statuses.append((await post(http)).status_code)
            clock.now += 5
        return statuses.count(200)

    assert 0.6 < await answered(0.3) / await answered(0.0) < 0.8


async def test_limits_are_each_models_own(api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock) -> None:
    api.limit(input_tokens_per_minute=6_000)
    other = next(name for name in ("claude-haiku-5-5", "claude-sonnet-5-5") if name != MODEL)
    assert [(await post(http, LONG | {"model": name})).status_code for name in (MODEL, other, MODEL)] == [200, 200, 429]


async def test_what_remains_is_told_in_thousands_where_limits_are_enforced(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(input_tokens_per_minute=60_000)
    headers = (await post(http)).headers
    assert headers["anthropic-ratelimit-input-tokens-limit"] == "60000"
    assert headers["anthropic-ratelimit-input-tokens-remaining"] == "57000"


async def test_limits_and_latency_end_when_it_is_healed(
    api: FakeClaudeAPI, http: httpx2.AsyncClient, clock: Clock
) -> None:
    api.limit(input_tokens_per_minute=100)
    api.take_time(1_000)
    api.heal()
    assert [(await post(http)).status_code for _ in range(3)] == [200] * 3


async def test_a_response_takes_its_time_and_a_fast_clock_makes_it_short() -> None:
    async with FakeClaudeAPI(clock_speed=100) as api:
        api.take_time(30, 31)
        headers = {"x-api-key": api.key, "anthropic-version": "2026-10-21"}
        async with httpx2.AsyncClient(base_url=api.url, headers=headers, timeout=30) as http:
            begun = time.monotonic()
            await post(http, asking())
            await post(http, asking())
        assert 0.6 <= time.monotonic() - begun < 10
        assert 30 <= api.requests[1].at - api.requests[0].at < 500


@pytest.mark.parametrize(
    "text", ["tokens=5", "stranger=1", "retry_after=soon", "requests_per_minute=0", "burst=-1"], ids=str
)
def test_limits_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        limit_from_text(text)


def test_no_limits_are_no_limit() -> None:
    assert limit_from_text("") is None
