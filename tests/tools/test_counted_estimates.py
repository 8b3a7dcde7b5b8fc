"""`estimate_cost` with a key: what it says is what the very call is then billed, and nothing is billed by saying it."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.drawing import draw_image, draw_scan, draw_text, encrypted
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_claude_tables import by_page
from witnessmark.claude import counting
from witnessmark.claude.client import DocumentQuarantined
from witnessmark.plans.models import ModelRetired, ModelUnknown, offered_models
from witnessmark.testing import FakeClaudeAPI, Request, faults
from witnessmark.testing import models as served
from witnessmark.testing.faults import Fault
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.estimate_cost import CostEstimate, ModelCost

pytestmark = pytest.mark.anyio

COUNT = "POST /v1/messages/count_tokens"
WORDS = "word " * 400
LONG = draw_text([f"Item {n} " + WORDS for n in range(60)])
TEXT = "\n".join(f"Item {n} has cost {n * 17} and later {n * 19}." for n in range(9_000)).encode()
DOCUMENTS: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "PDF": (draw_text(["Rent", "Power"]), "a.pdf", {}),
    "some pages": (draw_text([f"Item {n}" for n in range(9)]), "a.pdf", {"pages": "2,4-6"}),
    "locked": (encrypted(draw_text(["Rent", "Power"]), "opens"), "a.pdf", {"password": "opens"}),
    "scan": (draw_scan(pages=2), "a.pdf", {}),
    "image": (draw_image("JPEG", size=(3000, 1000), exif_orientation=6), "a.jpg", {}),
    "TIFF": (draw_image("TIFF", size=(560, 280), frames=5), "a.tif", {}),
    "text": (b"Item   2024\nRent   12\n", "a.txt", {}),
    "several parts": (LONG, "a.pdf", {}),
    "several texts": (TEXT, "a.txt", {}),
    "words to expect": (draw_text(["Rent"]), "a.pdf", {"vocabulary": ["Zürich", "Ångström"]}),
}


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        fake.answer_with(tables_of)
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


def tables_of(request: Request) -> dict[str, Any]:
    """Answer with a small table for each page, image or text."""
    table = {"title": None, "headers": ["Item"], "rows": [["Rent"]], "notes": [], "confidence": "high"}
    images = sum(block["type"] == "image" for block in request.body["messages"][0]["content"])
    return (
        by_page(request)
        if request.pages and len(request.page_text) < 500
        else {"tables": [{"page": n, **table} for n in range(1, max(1, len(request.pages), images) + 1)]}
    )


async def estimate(
    house: House, content: bytes, name: str = "a.pdf", *, models: list[str] | None = None, **arguments: Any
) -> CostEstimate:
    path = house.folder / name
    path.write_bytes(content)
    definition = BY_NAME["estimate_cost"]
    given = {"tool": "extract_tables", "arguments": {"source": str(path), **arguments}, "models": models}
    result = await definition.call(definition.parse(given), house.services)
    assert isinstance(result, CostEstimate)
    return result


def sent(api: FakeClaudeAPI, path: str) -> int:
    return sum(request.path == path for request in api.requests)


def prompt_billed(api: FakeClaudeAPI, model: str) -> int:
    tokens = api.totals.tokens[model]
    return sum(tokens[f"{kind}input_tokens"] for kind in ("", "cache_read_", "cache_creation_"))


def patient(house: House, seconds: float) -> None:
    house.services = replace(house.services, patience=seconds)


def is_counted(cost: ModelCost) -> bool:
    return cost.input_tokens.total.low == cost.input_tokens.total.high


# --- the price is that of the call ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "name", "arguments"), DOCUMENTS.values(), ids=DOCUMENTS)
async def test_what_is_estimated_is_what_the_call_is_billed_to_the_token(
    house: House, api: FakeClaudeAPI, content: bytes, name: str, arguments: dict[str, Any]
) -> None:
    models = ["claude-haiku-5-5", "claude-sonnet-5-5", "claude-haiku-4-5"]
    result = await estimate(house, content, name, models=models, **arguments)
    assert sent(api, "/v1/messages") == sent(api, "/v1/files") == api.totals.billed_messages == 0
    assert not result.warnings
    for cost in result.models:
        assert is_counted(cost)
        before = sent(api, "/v1/messages")
        found = await house.call("extract_tables", content, name, model=cost.model, max_cost_usd=9, **arguments)
        assert sent(api, "/v1/messages") - before == cost.requests
        assert prompt_billed(api, cost.model) == cost.input_tokens.total.estimate
        assert cost.usd is not None
        assert cost.usd.low <= found.cost.usd <= cost.usd.high
        assert cost.output_tokens.low <= found.cost.output_tokens <= cost.output_tokens.high


async def test_what_takes_several_requests_is_counted_request_by_request(house: House, api: FakeClaudeAPI) -> None:
    for content, name in ((LONG, "a.pdf"), (TEXT, "a.txt")):
        api.clear()
        (cost,) = (await estimate(house, content, name, models=["haiku"])).models
        assert cost.requests > 1
        assert sent(api, "/v1/messages/count_tokens") == cost.requests


async def test_a_document_that_is_kept_at_the_api_costs_its_tokens_all_the_same(
    house: House, api: FakeClaudeAPI
) -> None:
    content = draw_text(["Rent", "Power"])
    for _ in range(2):
        await house.call("extract_tables", content, reuse=False)
    assert api.totals.uploads == 1
    before = prompt_billed(api, "claude-sonnet-5-5")
    (cost,) = (await estimate(house, content, models=["sonnet"], reuse=False)).models
    await house.call("extract_tables", content, reuse=False)
    assert prompt_billed(api, "claude-sonnet-5-5") - before == cost.input_tokens.total.estimate


async def test_the_price_knows_what_the_cache_will_do(house: House, api: FakeClaudeAPI) -> None:
    """First nothing is kept, then the document is written into the cache, then read: each is said before it is paid."""
    content = draw_text(["Rent", "Power"])
    first = (await estimate(house, content, models=["sonnet"], reuse=False)).models[0]
    said: list[tuple[float, float]] = []
    notes: list[list[str]] = []
    for _ in range(3):
        (cost,) = (await estimate(house, content, models=["sonnet"], reuse=False)).models
        found = await house.call("extract_tables", content, reuse=False)
        assert cost.usd is not None
        assert found.cost.usd is not None
        of_answer = [10 * tokens / 1e6 for tokens in (cost.output_tokens.estimate, found.cost.output_tokens)]
        said.append((cost.usd.estimate - of_answer[0], found.cost.usd - of_answer[1]))
        notes.append(cost.notes)
    for before, after in said:
        assert before == pytest.approx(after, rel=0.02)
    plain, written, read = (after for _, after in said)
    assert 1.2 < written / plain < 1.26
    assert read / plain < 0.06
    assert [len(some) for some in notes] == [0, 1, 1]
    assert "kept in the cache for 5 minutes now" in notes[1][0]
    assert "it is read there" in notes[2][0]
    # What the first estimate said of the calls that followed was so.
    assert first.usd is not None
    assert first.usd_kept is not None
    assert first.usd_next_question is not None
    answer = 10 * first.output_tokens.estimate / 1e6
    assert first.usd_kept.estimate - answer == pytest.approx(written, rel=0.02)
    assert first.usd_next_question.estimate - answer == pytest.approx(read, rel=0.05)


async def test_what_was_counted_is_said_to_be(house: House) -> None:
    result = await estimate(house, draw_text(["Rent"]))
    assert [cost.model for cost in result.models] == [model.id for model in offered_models()]
    assert result.basis[0].startswith("What goes in was counted by the API;")
    assert not any("Tokens of text are estimated" in said for said in result.basis)


# --- what was answered, and what is refused -------------------------------------------------------------------------


async def test_what_was_answered_before_costs_nothing(house: House, api: FakeClaudeAPI) -> None:
    await house.call("extract_tables", draw_text(["Rent"]))
    api.clear()
    (sonnet, haiku) = (await estimate(house, draw_text(["Rent"]), models=["sonnet", "haiku"])).models
    assert (sonnet.requests, sonnet.reused, sonnet.input_tokens.total.high) == (0, 1, 0)
    assert sonnet.usd is not None
    assert sonnet.usd.high == 0
    assert sonnet.sends == "Nothing: all of it was answered before, and costs nothing."
    assert (haiku.requests, haiku.reused) == (1, 0)
    assert sent(api, "/v1/messages/count_tokens") == 1
    # Another question on the document keeps it in the cache.
    (anew,) = (await estimate(house, draw_text(["Rent"]), models=["sonnet"], reuse=False)).models
    assert (anew.requests, anew.reused) == (1, 0)
    assert anew.usd is not None
    assert sonnet.usd_kept is not None
    assert sonnet.usd_kept.low <= anew.usd.estimate <= sonnet.usd_kept.high


async def test_of_several_requests_only_those_are_priced_that_were_not_answered(
    house: House, api: FakeClaudeAPI
) -> None:
    def once_then_limited(request: Request) -> Any:
        api.fail(faults.spend_limit_reached(), share=1)
        return tables_of(request)

    api.answer_with(once_then_limited)
    (whole,) = (await estimate(house, LONG, models=["haiku"])).models
    await house.call("extract_tables", LONG, model="haiku")
    api.heal()
    api.answer_with(tables_of)
    (rest,) = (await estimate(house, LONG, models=["haiku"])).models
    assert 0 < rest.reused < whole.requests
    assert rest.requests + rest.reused == whole.requests
    assert f"{rest.reused} of {whole.requests} requests w" in " ".join(rest.notes)
    billed = prompt_billed(api, "claude-haiku-5-5")
    assert rest.input_tokens.total.estimate + billed == whole.input_tokens.total.estimate
    found = await house.call("extract_tables", LONG, model="haiku")
    assert found.cost.reused == rest.reused
    assert found.cost.input_tokens == rest.input_tokens.total.estimate


async def test_pages_that_the_api_has_refused_are_left_out_of_the_price(house: House, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: "Item 3" in request.page_text)
    pdf = draw_text([f"Item {n}" for n in range(1, 5)])
    await house.call("extract_tables", pdf)
    api.clear()
    result = await estimate(house, pdf, models=["sonnet"], reuse=False)
    assert "Page 3: refused by the API before; not sent again, and left out of the price." in result.warnings
    found = await house.call("extract_tables", pdf, reuse=False)
    cost = found.cost
    assert cost.input_tokens + cost.cache_creation_input_tokens == result.models[0].input_tokens.total.estimate
    (answered,) = (await estimate(house, pdf, models=["sonnet"])).models
    assert (answered.requests, answered.reused) == (0, result.models[0].requests)


async def test_a_document_in_quarantine_has_no_price_but_offline(house: House, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: bool(request.pages))
    with pytest.raises(Exception, match="refuses to read"):
        await house.call("extract_tables", draw_text(["Rent"]))
    with pytest.raises(DocumentQuarantined, match="was not sent"):
        await estimate(house, draw_text(["Rent"]))
    (offline,) = (await estimate(house, draw_text(["Rent"]), model="offline")).models
    assert (offline.model, offline.requests) == ("offline", 0)


async def test_a_document_that_the_api_will_not_even_count_is_named(house: House, api: FakeClaudeAPI) -> None:
    api.refuse_when(lambda request: "Item 2" in request.page_text)
    result = await estimate(house, draw_text(["Item 1", "Item 2"]), models=["sonnet"])
    assert any("invalid, and may refuse to read it" in warning for warning in result.warnings)
    assert not is_counted(result.models[0])


# --- limits on money ------------------------------------------------------------------------------------------------

LIMITS: dict[str, tuple[dict[str, str], dict[str, Any], str]] = {
    "of the caller": (
        {},
        {"max_cost_usd": 0.0001},
        r"Would be refused: the price.* is above max_cost_usd \(\$0\.000100\)\.",
    ),
    "of a call": (
        {"max_usd_per_call": "0.0001"},
        {},
        r"Would be refused: .* above WITNESSMARK_MAX_USD_PER_CALL \(\$0\.0001",
    ),
    "of a day": ({"max_usd_per_day": "0.0001"}, {}, "Would be refused: WITNESSMARK_MAX_USD_PER_DAY does not leave"),
    "to be asked": (
        {"ask_above_usd": "0.0001"},
        {},
        r"Somebody will be asked.* above WITNESSMARK_ASK_ABOVE_USD \(\$0\.0001",
    ),
}


@pytest.mark.parametrize(("settings", "arguments", "says"), LIMITS.values(), ids=LIMITS)
async def test_a_limit_below_the_price_is_said(
    api: FakeClaudeAPI, tmp_path: Path, settings: dict[str, str], arguments: dict[str, Any], says: str
) -> None:
    async with opened(house_settings(tmp_path, api, **settings), tmp_path) as house:
        (cost,) = (await estimate(house, draw_text(["Rent"]), models=["sonnet"], **arguments)).models
        with pytest.raises(Exception, match="cost"):
            await house.call("extract_tables", draw_text(["Rent"]), **arguments)
    (note,) = cost.notes
    assert re.search(says, note), note


async def test_what_does_not_matter_for_the_price_is_taken_and_ignored(house: House) -> None:
    more: dict[str, Any] = {"wait_seconds": 9, "export": ["csv"], "detail": "full", "max_cost_usd": 5}
    plain, rich = [
        (await estimate(house, draw_text(["Rent"]), models=["sonnet"], **given)).models
        for given in (dict[str, Any](), more)
    ]
    assert plain == rich


# --- models ---------------------------------------------------------------------------------------------------------


async def test_a_model_that_only_the_api_knows_is_counted_and_its_price_is_said_to_be_unknown(
    house: House, api: FakeClaudeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelUnknown):
        await estimate(house, draw_text(["Rent"]), models=["claude-next-9"])
    monkeypatch.setattr(served, "MODELS", (*served.MODELS, served.Model(id="claude-next-9")))
    (cost,) = (await estimate(house, draw_text(["Rent"]), models=["claude-next-9"])).models
    assert cost.usd is cost.usd_batch is cost.usd_kept is cost.usd_next_question is None
    assert "Its price is not known." in cost.notes
    assert is_counted(cost)
    await house.call("extract_tables", draw_text(["Rent"]), model="claude-next-9")
    assert prompt_billed(api, "claude-next-9") == cost.input_tokens.total.estimate


async def test_a_model_of_the_line_up_that_was_retired_is_left_out_and_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, *others = [model.id for model in offered_models()]
    monkeypatch.setattr(served, "MODELS", tuple(model for model in served.MODELS if model.id != gone))
    monkeypatch.setattr(served, "RETIRED", {**served.RETIRED, gone: ("", "2026-11-20T00:00:00Z")})
    result = await estimate(house, draw_text(["Rent"]))
    assert [cost.model for cost in result.models] == others
    assert any(f"The model {gone!r} was retired on 2026-11-20" in warning for warning in result.warnings)
    with pytest.raises(ModelRetired):
        await estimate(house, draw_text(["Rent"]), models=[gone])


async def test_a_model_that_the_key_does_not_open_is_estimated(house: House) -> None:
    result = await estimate(house, draw_text(["Rent"]), models=["claude-mythos-5-1", "sonnet"])
    assert list(map(is_counted, result.models)) == [False, True]
    assert "counted by the API for claude-sonnet-5-5;" in result.basis[0]
    (warning,) = result.warnings
    assert warning.startswith("What goes into 1 of 2 requests is estimated and not counted. The API has no model")


@pytest.mark.parametrize(
    "fault", [faults.status(500), faults.status(404), faults.reset(), faults.stall()], ids=lambda fault: fault.name
)
async def test_an_api_that_says_nothing_of_models_is_no_obstacle(
    house: House, api: FakeClaudeAPI, fault: Fault
) -> None:
    api.fail(fault, share=1, on="GET /v1/models/{id}")
    patient(house, 4.0)
    (cost,) = (await estimate(house, draw_text(["Rent"]), models=["sonnet"])).models
    assert cost.model == "claude-sonnet-5-5"
    assert is_counted(cost)


# --- when counting fails --------------------------------------------------------------------------------------------

FAILING: dict[str, tuple[Fault, str]] = {
    "429": (faults.rate_limited(171), "rate limit of the account"),
    "429 without a time": (faults.rate_limited(None), "rate limit of the account"),
    "529": (faults.overloaded(), "overloaded"),
    "500": (faults.status(500), "failed on its own side"),
    "stall": (faults.stall(), "no time"),
    "one byte a second": (faults.trickle(), "no time"),
    "reset": (faults.reset(), "could not be reached"),
    "no such address": (faults.status(404), "or does not count"),
    "spend limit": (faults.spend_limit_reached(), "spend limit"),
}


@pytest.mark.parametrize(("fault", "says"), FAILING.values(), ids=FAILING)
async def test_where_counting_fails_the_estimate_stands_in_time_and_says_why(
    house: House, api: FakeClaudeAPI, fault: Fault, says: str
) -> None:
    api.fail(fault, share=1, on=COUNT)
    patient(house, 4.0)
    began = time.monotonic()
    result = await estimate(house, draw_text(["Rent"]))
    assert time.monotonic() - began < 8
    (warning,) = result.warnings
    assert warning.startswith("What goes in is estimated and not counted.")
    assert says in warning
    assert any("Tokens of text are estimated" in said for said in result.basis)
    for cost in result.models:
        assert cost.usd is not None
        assert 0 < cost.usd.low < cost.usd.high
    assert sent(api, "/v1/messages") == 0


async def test_a_moment_of_overload_is_waited_for(house: House, api: FakeClaudeAPI) -> None:
    api.fail(faults.overloaded(), times=1, on=COUNT)
    api.fail(faults.rate_limited(1), times=1, on=COUNT)
    result = await estimate(house, draw_text(["Rent"]))
    assert all(map(is_counted, result.models))
    assert not result.warnings


async def test_what_is_counted_in_time_is_exact_and_the_rest_is_said_to_be_estimated(
    house: House, api: FakeClaudeAPI
) -> None:
    api.fail(faults.stall(), times=1, on=COUNT)
    patient(house, 6.0)
    result = await estimate(house, LONG, models=["haiku"])
    (cost,) = result.models
    assert f"({cost.requests - 1} of {cost.requests} requests)" in result.basis[0]
    assert f"What goes into 1 of {cost.requests} requests is estimated" in result.warnings[0]


async def test_a_request_too_large_to_be_counted_is_not_sent_to_be(house: House, api: FakeClaudeAPI) -> None:
    large = draw_text(["Rent"]) + b"\n%" + b"x" * 25_000_000
    result = await estimate(house, large, models=["sonnet"])
    assert any("larger than the 32 MB that can be counted" in warning for warning in result.warnings)
    assert sent(api, "/v1/messages/count_tokens") == 0
    assert not is_counted(result.models[0])


async def test_no_more_requests_are_counted_than_an_account_is_given(
    house: House, api: FakeClaudeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_REQUESTS", 1)
    result = await estimate(house, LONG, models=["haiku"])
    assert sent(api, "/v1/messages/count_tokens") == 1
    assert "1 requests are counted at most." in result.warnings[0]


# --- keys -----------------------------------------------------------------------------------------------------------

KEYS: dict[str, tuple[str, str]] = {
    "refused": ("sk-ant-api03-wrong", "The API refuses the key."),
    "an example's": ("sk-ant-your-key-here", "ANTHROPIC_API_KEY still holds the placeholder"),
}


@pytest.mark.parametrize(("key", "says"), KEYS.values(), ids=KEYS)
async def test_a_key_that_does_not_open_the_api_is_said_and_the_estimate_stands(
    api: FakeClaudeAPI, tmp_path: Path, key: str, says: str
) -> None:
    async with opened(house_settings(tmp_path, api, key), tmp_path) as house:
        result = await estimate(house, draw_text(["Rent"]))
    (warning,) = result.warnings
    assert says in warning
    assert key not in result.model_dump_json()
    assert len(result.models) == len(offered_models())
    assert all(cost.usd is not None for cost in result.models)


async def test_nobody_is_asked_where_the_offline_engine_alone_is_priced(house: House, api: FakeClaudeAPI) -> None:
    result = await estimate(house, draw_text(["Rent"]), model="offline")
    assert api.requests == []
    assert not result.warnings


async def test_a_tool_without_a_document_is_free(house: House, api: FakeClaudeAPI) -> None:
    definition = BY_NAME["estimate_cost"]
    given = definition.parse({"tool": "usage_report", "arguments": {}})
    result: Any = await definition.call(given, house.services)
    assert result.basis == ["usage_report is free: it runs on this machine and asks no model."]
    assert result.to_text().startswith("usage_report\n")
    assert api.requests == []
