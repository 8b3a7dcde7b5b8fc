"""Tools called as functions, with everything real behind them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from witnessmark.settings import Settings, settings_from
from witnessmark.testing import FakeClaudeAPI
from witnessmark_server.services import open_services
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.definition import Services

Call = Callable[..., Awaitable[Any]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_from({}, start=tmp_path, home=str(tmp_path / "home"), allow=[str(tmp_path)])


class House:
    """The services of one process, and the tools on top of them."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.services = services
        self.folder = folder

    async def call(self, tool: str, content: bytes, name: str = "a.pdf", **arguments: object) -> Any:
        """Write a file and call a tool on it."""
        path = self.folder / name
        path.write_bytes(content)
        definition = BY_NAME[tool]
        given = definition.parse({"source": str(path), **arguments})
        return await definition.call(given, replace(self.services, patience=None))

    async def call_with(self, tool: str, /, **arguments: object) -> Any:
        """Call a tool that takes no file."""
        definition = BY_NAME[tool]
        return await definition.call(definition.parse(arguments), replace(self.services, patience=None))

    @property
    def ocr_processes(self) -> int:
        """How many OCR processes have been started so far."""
        recogniser = self.services.documents.recogniser
        return recogniser.workers.started if recogniser is not None else 0


def house_settings(folder: Path, api: FakeClaudeAPI | None = None, key: str | None = None, **more: Any) -> Settings:
    """Make settings under which one model reads; what several do is in `test_tables_auto`."""
    environment = {} if api is None else {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": key or api.key}
    more = ({} if api is None else {"model": "claude-sonnet-5-5"}) | more
    return settings_from(environment, start=folder, home=str(folder / "home"), allow=[str(folder)], **more)


@asynccontextmanager
async def opened(settings: Settings, folder: Path) -> AsyncGenerator[House]:
    async with open_services(settings) as services:
        yield House(services, folder)


@pytest.fixture
async def house(settings: Settings, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(settings, tmp_path) as made:
        yield made
