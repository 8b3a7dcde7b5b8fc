"""The fake with a client on it, and the real API with a client on it where `-m live` is given and a key is there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from anthropic import AsyncAnthropic

from witnessmark.testing import FakeClaudeAPI

VERSION = "2026-10-21"
START = 1_800_000_000.0
"""When tests with a clock of their own begin: January 2027."""


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Endpoint:
    """Something that speaks the API, with Anthropic's client and a plain one for what that would not send."""

    client: AsyncAnthropic
    http: httpx2.AsyncClient
    fake: FakeClaudeAPI | None = None
    clock: Clock = field(default_factory=Clock)

    async def post(self, path: str, body: Any) -> httpx2.Response:
        return await self.http.post(path, json=body)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # the fake runs in the loop of asyncio


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def api(clock: Clock) -> AsyncIterator[FakeClaudeAPI]:
    async with FakeClaudeAPI(clock=clock) as api:
        yield api


@pytest.fixture
async def client(api: FakeClaudeAPI) -> AsyncIterator[AsyncAnthropic]:
    async with AsyncAnthropic(api_key=api.key, base_url=api.url, max_retries=0) as client:
        yield client


@pytest.fixture
async def http(api: FakeClaudeAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with plain_client(api.url, api.key) as http:
        yield http


@pytest.fixture(params=["fake", pytest.param("live", marks=pytest.mark.live)])
async def endpoint(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Endpoint]:
    """Run a test on the fake, and with `-m live` on the real API, which keeps the fake honest."""
    if request.param == "fake":
        async with FakeClaudeAPI(clock=clock) as fake, _endpoint(fake.url, fake.key) as endpoint:
            endpoint.fake, endpoint.clock = fake, clock
            yield endpoint
        return
    key = os.environ.get("ANTHROPIC_API_KEY", "")
    if not key.startswith("sk-ant-"):
        pytest.skip("ANTHROPIC_API_KEY holds no key of the real API")
    async with _endpoint("https://api.anthropic.com", key) as endpoint:
        yield endpoint


def plain_client(url: str, key: str) -> httpx2.AsyncClient:
    headers = {"x-api-key": key, "anthropic-version": VERSION}
    return httpx2.AsyncClient(base_url=url, headers=headers, timeout=60)


class _endpoint:  # noqa: N801 - used as a function
    """Open both clients."""

    def __init__(self, url: str, key: str) -> None:
        self._client = AsyncAnthropic(api_key=key, base_url=url, max_retries=0)
        self._http = plain_client(url, key)

    async def __aenter__(self) -> Endpoint:
        return Endpoint(client=self._client, http=self._http)

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await self._http.aclose()
