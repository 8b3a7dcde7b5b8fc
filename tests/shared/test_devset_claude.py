"""Real documents by way of Claude: what a model answers arrives, on the right page, as it was answered."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tables import load_score
from tests.shared.conftest import SHARED
from tests.shared.test_devset import CASES, DEVSET, by_page
from witnessmark.limits import Limits
from witnessmark.settings import settings_from
from witnessmark.testing import FakeClaudeAPI, Request
from witnessmark_server.services import open_services
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.definition import Services
from witnessmark_tools.extract_tables import TableExtraction

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not CASES, reason="../shared is not here")]


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def services(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[Services]:
    environment = {"ANTHROPIC_API_KEY": api.key, "ANTHROPIC_BASE_URL": api.url}
    home = str(tmp_path / "home")
    settings = settings_from(
        environment, start=tmp_path, home=home, allow=[str(SHARED)], ask_above_usd="100", model="claude-sonnet-5-5"
    )
    async with open_services(settings, Limits()) as opened:
        yield opened


def _rows(table: dict[str, Any]) -> list[list[str]]:
    rows = [[""] * table["n_cols"] for _ in range(table["n_rows"])]
    for cell in table["cells"]:
        rows[cell["row"]][cell["col"]] = cell["text"]
    return rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
async def test_what_is_answered_arrives_on_its_page(
    services: Services, api: FakeClaudeAPI, case: dict[str, Any]
) -> None:
    truth = json.loads((DEVSET / case["truth"]).read_text())

    def answer(request: Request) -> dict[str, Any]:
        count = max(1, len(request.pages))
        tables = [
            {"page": t["page"], "title": None, "headers": [], "rows": _rows(t), "notes": [], "confidence": "high"}
            for t in truth["tables"]
            if t["page"] <= count
        ]
        return {"tables": tables}

    api.answer_with(answer)
    tool = BY_NAME["extract_tables"]
    result = await tool.call(tool.parse({"source": str(DEVSET / case["file"])}), services)
    assert isinstance(result, TableExtraction)
    assert result.engines == ["claude-sonnet-5-5"]
    predicted = [part for table in result.tables for part in by_page(table)]
    assert [request.status for request in api.requests if request.path == "/v1/messages"] == [200]
    if truth["tables"]:
        assert load_score().score(predicted, truth)["adj_f"] == 1
    else:
        assert predicted == []
