"""Claude's client with everything real behind it, and the fake of the API before it."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
