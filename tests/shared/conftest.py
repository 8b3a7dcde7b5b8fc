"""Sample documents that are not part of the repository; without them these tests are skipped."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from witnessmark.limits import Limits
from witnessmark.settings import settings_from
from witnessmark_server.services import open_services
from witnessmark_tools.definition import Services

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def services(tmp_path: Path) -> AsyncGenerator[Services]:
    if not SHARED.is_dir():
        pytest.skip("../shared is not here")
    settings = settings_from({}, start=tmp_path, home=str(tmp_path / "home"), allow=[str(SHARED), str(tmp_path)])
    async with open_services(settings, Limits()) as opened:
        yield opened
