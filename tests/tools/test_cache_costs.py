"""What a person who pays is told of the prompt cache: in a result, in the usage report, in the ledger's file."""

from __future__ import annotations

import csv
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.drawing import draw_text
from tests.tools.conftest import House, opened
from witnessmark.settings import settings_from
from witnessmark.testing import FakeClaudeAPI
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.usage_report import UsageReport

pytestmark = pytest.mark.anyio

PDF = draw_text([f"Item {n}" for n in range(1, 5)])


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        fake.answer_with({"tables": []})
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    environment = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
    settings = settings_from(
        environment, start=tmp_path, home=str(tmp_path / "home"), allow=[str(tmp_path)], model="claude-sonnet-5-5"
    )
    async with opened(settings, tmp_path) as made:
        yield made


async def _extract(house: House, **arguments: Any) -> Any:
    return await house.call("extract_tables", PDF, reuse=False, **arguments)


async def _report(house: House, **arguments: Any) -> UsageReport:
    definition = BY_NAME["usage_report"]
    report = await definition.call(definition.parse(arguments), house.services)
    assert isinstance(report, UsageReport)
    return report


async def test_a_document_sent_again_is_kept_and_read_and_the_report_says_what_that_saved(house: House) -> None:
    costs = [(await _extract(house)).cost for _ in range(4)]
    assert [bool(cost.cache_creation_input_tokens) for cost in costs] == [False, True, False, False]
    assert [bool(cost.cache_read_input_tokens) for cost in costs] == [False, False, True, True]
    report = await _report(house)
    assert report.total.saved_by_caching_usd > 0
    assert report.cache_misses == []
    assert "less than expected" not in report.to_text()


async def test_what_the_cache_has_lost_is_reported_by_reason(house: House, api: FakeClaudeAPI) -> None:
    for _ in range(2):
        await _extract(house)
    api.forget_cache()
    found = await _extract(house)
    assert not any("cache" in warning for warning in found.warnings), "a cent or two is not worth a warning"
    report = await _report(house, export="csv")
    (missed,) = report.cache_misses
    assert (missed.reason, missed.count) == ("unknown", 1)
    assert missed.lost_usd > 0
    assert f"The cache gave less than expected (1 unknown): about ${missed.lost_usd:.4f} more" in report.to_text()
    rows = list(csv.DictReader(Path(report.files[0].path).read_text(encoding="utf-8-sig").splitlines()))
    assert [row["cache_miss"] for row in rows] == ["", "", "unknown"]
    assert int(rows[2]["expected_read_tokens"]) == int(rows[1]["cache_creation_5m_tokens"])
    assert float(rows[2]["cache_lost_usd"]) == pytest.approx(missed.lost_usd)


async def test_a_result_warns_where_the_cache_has_lost_much(house: House, api: FakeClaudeAPI) -> None:
    model = "claude-fable-5-2"
    for _ in range(2):
        await _extract(house, model=model, max_cost_usd=5)
    api.forget_cache()
    found = await _extract(house, model=model, max_cost_usd=5)
    (warning,) = [warning for warning in found.warnings if "cache" in warning]
    assert warning.startswith("The prompt cache gave less than expected (unknown): about $0.")
