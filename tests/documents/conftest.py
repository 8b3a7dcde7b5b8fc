"""Documents opened through real workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from witnessmark.documents.allowed import AllowedFolders
from witnessmark.documents.opening import Documents
from witnessmark.documents.worker import Workers, open_workers
from witnessmark.limits import Limits


@pytest.fixture(params=["asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with open_workers(Limits(workers=1)) as opened:
        yield opened


@pytest.fixture
def documents(workers: Workers, tmp_path: Path) -> Documents:
    return Documents(AllowedFolders(folders=(tmp_path.resolve(),)), workers)
