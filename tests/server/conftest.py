"""A server on a folder of its own, in memory, in both protocol eras."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from mcp import Client

from witnessmark.settings import Settings, settings_from
from witnessmark_server.app import build_server

Era = Literal["auto", "legacy"]
Connect = Callable[[], AbstractAsyncContextManager[Client]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # the SDK's transports are tested on asyncio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path.resolve() / "documents"
    made.mkdir()
    return made


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    return settings_from({}, start=folder, home=str(tmp_path / "home"), allow=[str(folder)])


@pytest.fixture(params=["auto", "legacy"], ids=["2026-07-28", "2025-11-25"])
def connect(request: pytest.FixtureRequest, settings: Settings) -> Connect:
    mode: Era = request.param

    @asynccontextmanager
    async def client() -> AsyncGenerator[Client]:
        async with Client(build_server(settings), mode=mode) as connected:
            yield connected

    return client
