"""Tools at endpoints with less: what a caller is told, and that results are as good."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.claude.lesser import LOCAL_MODEL, lesser
from tests.drawing import draw_text
from tests.tools.conftest import House, opened
from witnessmark.claude.failures import PagesNotSeen
from witnessmark.plans.spending import PriceUnknown
from witnessmark.settings import settings_from
from witnessmark.testing import FakeClaudeAPI
from witnessmark_tools.catalog import BY_NAME

pytestmark = pytest.mark.anyio

PDF = draw_text(["Rent 1,284", "Heating 96"])
EVERYTHING = [
    "files=405",
    "counting=501",
    "models",
    "structured outputs",
    "effort",
    "caching",
    "tools",
    "documents=ignored",
    "usage",
    "streaming",
    "ending",
    "error form=plain",
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def house_at(api: FakeClaudeAPI, folder: Path, **more: Any) -> AsyncGenerator[House]:
    environment = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_AUTH_TOKEN": "local"}
    more = {"model": "claude-sonnet-5-5"} | more
    api.takes_any_key = True
    settings = settings_from(environment, start=folder, home=str(folder / "home"), allow=[str(folder)], **more)
    async with opened(settings, folder) as house:
        yield house


async def test_with_everything_lacking_tables_are_read_and_each_lack_is_said_once(tmp_path: Path) -> None:
    async with lesser(*EVERYTHING) as api:
        async with house_at(api, tmp_path, model=LOCAL_MODEL) as house:
            first = await house.call("extract_tables", PDF)
            assert [row[0] for table in first.tables for row in table.rows] == ["Rent 1,284", "Heating 96"]
            assert first.engines == [LOCAL_MODEL]
            assert first.cost.usd is None
            host = api.url.removeprefix("http://")
            told = " ".join(first.warnings)
            assert f"The endpoint {host} has no Models API" in told
            assert f"{LOCAL_MODEL} at {host} takes no tools: it is asked for JSON in words." in told
            assert "whether it sees PDFs cannot be told" in told
            assert len(set(first.warnings)) == len(first.warnings)
        async with house_at(api, tmp_path, model=LOCAL_MODEL) as house:
            again = await house.call("extract_tables", PDF, reuse=False)
            assert again.tables == first.tables
            assert again.warnings == [
                (
                    f"The endpoint {host} does not say how much {LOCAL_MODEL} reads: "
                    "whether it sees the pages cannot be told."
                ),
                f"What this call has cost is not known: the price of {LOCAL_MODEL} is not.",
            ]


async def test_a_limit_on_money_is_kept_where_no_price_is_known(tmp_path: Path) -> None:
    async with lesser("models") as api, house_at(api, tmp_path, model=LOCAL_MODEL) as house:
        with pytest.raises(PriceUnknown):
            await house.call("extract_tables", PDF, max_cost_usd=1.0)
        assert not any(request.path == "/v1/messages" for request in api.requests)


async def test_where_usage_is_not_said_no_cost_is_made_up(tmp_path: Path) -> None:
    async with lesser("usage") as api, house_at(api, tmp_path) as house:
        result = await house.call("extract_tables", PDF)
        assert result.cost.usd is None
        assert result.warnings[-1] == (
            "What this call has cost is not known: the endpoint does not say how many tokens it took."
        )
        again = await house.call("extract_tables", PDF)
        assert (again.cost.usd, again.cost.reused) == (0.0, 1)
        assert not any("cost" in warning for warning in again.warnings)


async def test_a_model_that_sees_nothing_is_never_heard(tmp_path: Path) -> None:
    async with (
        lesser("documents=ignored", "images=ignored") as api,
        house_at(api, tmp_path, model=LOCAL_MODEL) as house,
    ):
        with pytest.raises(PagesNotSeen):
            await house.call("extract_tables", PDF)


async def test_what_finding_out_costs_is_part_of_what_the_call_costs(tmp_path: Path) -> None:
    async with lesser("structured outputs") as api, house_at(api, tmp_path) as house:
        result = await house.call("extract_tables", PDF)
        assert result.cost.input_tokens == api.totals.billed["input_tokens"]
        assert result.cost.output_tokens == api.totals.billed["output_tokens"]
        definition = BY_NAME["usage_report"]
        report: Any = await definition.call(definition.parse({"by": "tool"}), house.services)
        assert {line.of for line in report.lines} == {"extract_tables", "endpoint check"}


@pytest.mark.parametrize("how", ["404", "405", "501", "html"])
async def test_an_estimate_without_counting_says_so_each_time_and_asks_once(tmp_path: Path, how: str) -> None:
    async with lesser(f"counting={how}") as api, house_at(api, tmp_path) as house:
        (tmp_path / "a.pdf").write_bytes(PDF)
        for _ in range(2):
            definition = BY_NAME["estimate_cost"]
            arguments = {
                "tool": "extract_tables",
                "arguments": {"source": str(tmp_path / "a.pdf")},
                "models": ["haiku"],
            }
            result = await definition.call(definition.parse(arguments), house.services)
            assert result.warnings == [
                "What goes in is estimated and not counted. The endpoint at ANTHROPIC_BASE_URL does not count tokens."
            ]
        assert sum(request.path == "/v1/messages/count_tokens" for request in api.requests) == 1


async def test_an_estimate_for_a_model_of_another_name_has_no_price(tmp_path: Path) -> None:
    async with lesser("models", "counting") as api, house_at(api, tmp_path) as house:
        (tmp_path / "a.pdf").write_bytes(PDF)
        definition = BY_NAME["estimate_cost"]
        arguments = {
            "tool": "extract_tables",
            "arguments": {"source": str(tmp_path / "a.pdf")},
            "models": [LOCAL_MODEL],
        }
        result: Any = await definition.call(definition.parse(arguments), house.services)
        (cost,) = result.models
        assert (cost.model, cost.usd) == (LOCAL_MODEL, None)
        assert any("price is not known" in note for note in cost.notes)
