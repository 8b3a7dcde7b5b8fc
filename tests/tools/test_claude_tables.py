"""`extract_tables` with Claude: what it returns, what it costs, and when it refuses to spend."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.drawing import draw_image, draw_scan, draw_table, draw_text
from tests.tools.conftest import House, house_settings, opened
from witnessmark.claude.client import DocumentQuarantined
from witnessmark.claude.credentials import KeyIsPlaceholder, KeyMissing
from witnessmark.claude.failures import KeyRefused, RequestRefused
from witnessmark.plans.models import ModelUnknown
from witnessmark.plans.spending import CallAboveBudget, CostAboveLimit, PriceNotApproved, PriceUnknown, SpendingLimits
from witnessmark.store import BudgetReached
from witnessmark.testing import FakeClaudeAPI, Request, faults

pytestmark = pytest.mark.anyio

SONNET = "claude-sonnet-5-5"


def table(page: int, rows: list[list[str]], **more: Any) -> dict[str, Any]:
    return {
        "page": page,
        "title": None,
        "headers": ["Item", "2024"],
        "rows": rows,
        "notes": [],
        "confidence": "high",
    } | more


def by_page(request: Request) -> dict[str, Any]:
    return {"tables": [table(n, [[page.text.strip(), f"{n}"]]) for n, page in enumerate(request.pages, start=1)]}


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        fake.answer_with(by_page)
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


def messages(api: FakeClaudeAPI) -> int:
    return sum(request.path == "/v1/messages" for request in api.requests)


async def test_the_model_of_the_settings_reads_where_nobody_says_otherwise(house: House, api: FakeClaudeAPI) -> None:
    found = await house.call("extract_tables", draw_text(["Rent", "Power"]))
    assert found.engines == ["claude-sonnet-5-5"]
    assert [(t.page, t.rows) for t in found.tables] == [(1, [["Rent", "1"], ["Power", "2"]])]
    assert found.cost.input_tokens == api.totals.billed["input_tokens"]
    assert found.cost.output_tokens == api.totals.billed["output_tokens"]
    assert found.cost.usd > 0
    assert found.pages_read == 2


async def test_offline_is_free_also_with_a_key(house: House, api: FakeClaudeAPI) -> None:
    found = await house.call("extract_tables", draw_table(), model="offline")
    assert found.engines == ["offline"]
    assert found.cost.usd == 0
    assert api.requests == []


async def test_without_a_key_it_is_offline(tmp_path: Path) -> None:
    async with opened(house_settings(tmp_path), tmp_path) as house:
        assert (await house.call("extract_tables", draw_table())).engines == ["offline"]


async def test_a_model_that_was_named_is_never_replaced_by_the_offline_engine(tmp_path: Path) -> None:
    async with opened(house_settings(tmp_path), tmp_path) as house:
        with pytest.raises(KeyMissing):
            await house.call("extract_tables", draw_table(), model="claude-sonnet-5-5")
        with pytest.raises(ModelUnknown):
            await house.call("extract_tables", draw_table(), model="claude-sonet-5-5")


async def test_the_placeholder_of_an_example_is_said_to_be_one(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with opened(house_settings(tmp_path, api, "sk-ant-your-key-here"), tmp_path) as house:
        with pytest.raises(KeyIsPlaceholder):
            await house.call("extract_tables", draw_table())
        assert (await house.call("extract_tables", draw_table(), model="offline")).table_count == 1


async def test_a_key_that_is_refused_never_falls_back_to_offline(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with opened(house_settings(tmp_path, api, "sk-ant-api03-wrong"), tmp_path) as house:
        with pytest.raises(KeyRefused):
            await house.call("extract_tables", draw_table())


async def test_the_key_is_in_nothing_that_is_kept_or_told(api: FakeClaudeAPI, tmp_path: Path) -> None:
    key = api.add_key("elsewhere")
    async with opened(house_settings(tmp_path, api, key), tmp_path) as house:
        found = await house.call("extract_tables", draw_text(["Rent"]), detail="full")
        assert key not in found.model_dump_json()
        assert key not in repr(house.services)
    for file in (tmp_path / "home").rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes()


async def test_a_second_call_pays_nothing(house: House, api: FakeClaudeAPI) -> None:
    first = await house.call("extract_tables", draw_text(["Rent"]))
    second = await house.call("extract_tables", draw_text(["Rent"]))
    assert second.tables == first.tables
    assert (second.cost.usd, second.cost.estimated_usd, second.cost.reused) == (0, 0, 1)
    assert messages(api) == 1
    await house.call("extract_tables", draw_text(["Rent"]), reuse=False)
    assert messages(api) == 2


async def test_answers_are_not_reused_for_other_words_to_expect(house: House, api: FakeClaudeAPI) -> None:
    await house.call("extract_tables", draw_text(["Rent"]))
    await house.call("extract_tables", draw_text(["Rent"]), vocabulary=["Zürich", "Ångström"])
    assert messages(api) == 2
    assert "Zürich; Ångström" in api.requests[-1].body["messages"][0]["content"][-1]["text"]


async def test_pages_are_those_of_the_document(house: House) -> None:
    found = await house.call("extract_tables", draw_text([f"Item {n}" for n in range(1, 7)]), pages="2,4-5")
    assert [[part.page for part in t.parts] for t in found.tables] == [[2], [4, 5]]


async def test_the_table_of_an_image_and_of_a_scan(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with({"tables": [table(1, [["Total", "1,284.50"]], confidence="medium")]})
    for content, name in ((draw_image(), "a.png"), (draw_scan(), "b.pdf")):
        found = await house.call("extract_tables", content, name)
        assert found.tables[0].rows == [["Total", "1,284.50"]]


async def test_a_page_that_the_api_refuses_is_named_and_not_sent_again(house: House, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: "Item 3" in request.page_text)
    pdf = draw_text([f"Item {n}" for n in range(1, 5)])
    found = await house.call("extract_tables", pdf)
    assert found.pages_read == 3
    assert [item.page for item in found.needs_review if item.reason.startswith("Not read.")] == [3]
    assert any("Page 3 could not be read" in warning for warning in found.warnings)
    before = messages(api)
    again = await house.call("extract_tables", pdf)
    assert again.tables == found.tables
    assert any("Page 3 was not sent again" in warning for warning in again.warnings)
    assert messages(api) == before
    assert again.cost.usd == 0


async def test_a_document_in_quarantine_is_not_sent(house: House, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: bool(request.pages))
    with pytest.raises(RequestRefused):
        await house.call("extract_tables", draw_text(["Rent"]))
    sent = messages(api)
    api.heal()
    with pytest.raises(DocumentQuarantined, match="refused it before"):
        await house.call("extract_tables", draw_text(["Rent"]))
    assert messages(api) == sent
    assert await house.services.claude.store.release_all() == 1
    assert (await house.call("extract_tables", draw_text(["Rent"]))).table_count == 1


async def test_a_limit_in_the_midst_brings_what_is_there_and_the_range_that_is_left(
    house: House, api: FakeClaudeAPI
) -> None:
    def once_then_limited(request: Request) -> Any:
        api.fail(faults.spend_limit_reached(), share=1)
        return by_page(request)

    api.answer_with(once_then_limited)
    pages = 130
    found = await house.call(
        "extract_tables", draw_text([f"Item {n} " + "word " * 400 for n in range(pages)]), pages="1-120", model="haiku"
    )
    assert 0 < found.pages_read < 120
    assert found.continue_with is not None
    assert any("spend limit" in warning for warning in found.warnings)


async def test_a_price_above_the_callers_limit_sends_nothing(house: House, api: FakeClaudeAPI) -> None:
    with pytest.raises(CostAboveLimit, match=r"max_cost_usd=0\.0001"):
        await house.call("extract_tables", draw_text(["Rent"]), max_cost_usd=0.0001)
    assert messages(api) == 0


async def test_a_dear_call_needs_somebody_to_agree(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with opened(house_settings(tmp_path, api, ask_above_usd="0.001"), tmp_path) as house:
        with pytest.raises(PriceNotApproved, match=r"call again with max_cost_usd=0\.0") as refusal:
            await house.call("extract_tables", draw_text(["Rent"]))
        assert messages(api) == 0
        agreed = float(refusal.value.next_step.partition("max_cost_usd=")[2].partition(";")[0])
        assert (await house.call("extract_tables", draw_text(["Rent"]), max_cost_usd=agreed)).table_count == 1
        # What was paid for is free, so that nobody need agree.
        assert (await house.call("extract_tables", draw_text(["Rent"]))).cost.reused == 1


async def test_the_operators_limit_for_a_call_cannot_be_agreed_away(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with opened(house_settings(tmp_path, api, max_usd_per_call="0.001"), tmp_path) as house:
        with pytest.raises(CallAboveBudget, match="WITNESSMARK_MAX_USD_PER_CALL"):
            await house.call("extract_tables", draw_text(["Rent"]), max_cost_usd=5)
    assert messages(api) == 0


async def twenty(house: House) -> None:
    for n in range(20):
        await house.call("extract_tables", draw_text([f"Item {n}"]), f"{n}.pdf")


@pytest.mark.parametrize("period", ["day", "month"])
async def test_a_budget_is_held_over_calls(api: FakeClaudeAPI, tmp_path: Path, period: str) -> None:
    async with opened(house_settings(tmp_path, api, **{f"max_usd_per_{period}": "0.04"}), tmp_path) as house:
        with pytest.raises(BudgetReached, match=f"MAX_USD_PER_{period.upper()}"):
            await twenty(house)
        assert 1 <= messages(api) < 20
        spent = sum([row.usd for row in await house.services.claude.store.usage(since=0, until=1e12, by="model")])
        assert spent <= Decimal("0.04")


async def test_a_price_that_is_not_known_is_refused_under_a_budget(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with opened(house_settings(tmp_path, api), tmp_path) as house:
        limited = replace(house.services.terms, spending=SpendingLimits(per_day_usd=Decimal(5)))
        unpriced = replace(await house.services.claude.model("claude-sonnet-5-5"), prices=())
        house.services.claude._models["claude-sonnet-5-5"] = unpriced  # pyright: ignore[reportPrivateUsage]  # all that the file lists have prices
        found = await house.call("extract_tables", draw_text(["Rent"]))
        assert (found.cost.usd, found.cost.estimated_usd) == (None, None)
        house.services = replace(house.services, terms=limited)
        with pytest.raises(PriceUnknown, match="MAX_USD_PER_DAY"):
            await house.call("extract_tables", draw_text(["Power"]))


async def test_text_files_are_read_too(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with({"tables": [table(1, [["Rent", "12"]])]})
    found = await house.call("extract_tables", b"Item   2024\nRent   12\n", "a.txt")
    assert found.tables[0].rows == [["Rent", "12"]]
    assert "Rent" in str(api.requests[-1].body["messages"][0]["content"][0])


async def test_tables_by_claude_are_exported_like_any_other(house: House) -> None:
    found = await house.call("extract_tables", draw_text(["Rent"]), export=["csv", "xlsx"])
    csv = await anyio.Path(found.files[0].path).read_text(encoding="utf-8")
    assert csv.splitlines() == ["Item,2024", "Rent,1"]


async def test_a_long_table_over_pages_is_one_table(house: House, api: FakeClaudeAPI) -> None:
    def going_on(request: Request) -> Any:
        return {
            "tables": [
                table(n, [[f"Row {n}", "1"]], title="Costs" if n == 1 else "(continued)")
                for n, _ in enumerate(request.pages, start=1)
            ]
        }

    api.answer_with(going_on)
    found = await house.call("extract_tables", draw_text(["a", "b", "c"]))
    assert [(t.title, t.row_count, len(t.parts)) for t in found.tables] == [("Costs", 3, 3)]
