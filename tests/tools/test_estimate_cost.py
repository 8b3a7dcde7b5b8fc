"""Prices before anything is sent, through the tool."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import damage, drawing
from tests.tools.conftest import House, opened
from witnessmark.documents.opening import DocumentDamaged
from witnessmark.documents.page_range import PageOutOfRange
from witnessmark.documents.stops import WorkerStopped
from witnessmark.errors import InputError
from witnessmark.plans.image_tokens import HIGH, STANDARD, image_tokens
from witnessmark.plans.models import ModelRetired, ModelUnknown, offered_models
from witnessmark.settings import Settings
from witnessmark_server.costs_view import show_costs
from witnessmark_server.people import dollars
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.definition import UnknownArgument
from witnessmark_tools.estimate_cost import CostEstimate, ModelCost, ToolNotPriced

pytestmark = pytest.mark.anyio


async def estimated(
    house: House,
    content: bytes,
    name: str = "a.pdf",
    *,
    tool: str = "extract_tables",
    models: list[str] | None = None,
    **arguments: object,
) -> CostEstimate:
    path = house.folder / name
    path.write_bytes(content)
    definition = BY_NAME["estimate_cost"]
    given: dict[str, Any] = {"tool": tool, "arguments": {"source": str(path), **arguments}}
    result = await definition.call(definition.parse(given | {"models": models}), house.services)
    assert isinstance(result, CostEstimate)
    return result


def _usd(cost: ModelCost) -> float:
    assert cost.usd is not None
    return cost.usd.estimate


async def test_the_current_models_are_compared_where_none_are_named(house: House) -> None:
    result = await estimated(house, drawing.draw_table(rows=5))
    assert [cost.model for cost in result.models] == ["auto", *(model.id for model in offered_models())]
    assert [_usd(cost) for cost in result.models] == sorted(_usd(cost) for cost in result.models)
    assert result.cost.usd == 0
    assert result.warnings == [
        "Without a key what goes in is estimated; with one (ANTHROPIC_API_KEY) the API counts it, for free."
    ]


async def test_each_way_of_paying_has_its_price(house: House) -> None:
    (cost,) = (await estimated(house, drawing.draw_table(rows=20), models=["claude-sonnet-5-5"])).models
    assert cost.usd is not None
    assert cost.usd_batch is not None
    assert cost.usd_kept is not None
    assert cost.usd_next_question is not None
    assert cost.usd_batch.estimate == pytest.approx(cost.usd.estimate / 2, abs=1e-6)
    assert cost.usd_next_question.estimate < cost.usd.estimate < cost.usd_kept.estimate
    for band in (cost.usd, cost.usd_batch, cost.usd_kept, cost.usd_next_question):
        assert 0 < band.low < band.estimate < band.high


async def test_the_tokens_of_an_image_are_exact_and_a_turned_one_is_measured_upright(house: House) -> None:
    jpeg = drawing.draw_image("JPEG", size=(3000, 1000), exif_orientation=6)
    result = await estimated(house, jpeg, "a.jpg", models=["claude-sonnet-5-5", "claude-haiku-4-5"])
    counted = [(cost.input_tokens.images.low, cost.input_tokens.images.high) for cost in result.models]
    assert counted == [(image_tokens(1000, 3000, tier),) * 2 for tier in (HIGH, STANDARD)]
    assert "859 × 2576 pixels" in result.models[0].sends
    assert any("exact" in sentence for sentence in result.basis)
    assert any(way.startswith("Crop to the table") for way in result.cheaper)


async def test_every_page_of_a_tiff_counts(house: House) -> None:
    tiff = drawing.draw_image("TIFF", size=(560, 280), frames=5)
    (cost,) = (await estimated(house, tiff, "a.tif", models=["sonnet"])).models
    assert (cost.requests, cost.input_tokens.images.estimate) == (1, 5 * 20 * 10)


async def test_more_text_on_a_page_costs_more(house: House) -> None:
    lines = "\n".join(["Harbour operations and pilotage in the year 2025"] * 40)
    short, long = [
        (await estimated(house, drawing.draw_text([text]), models=["haiku"])).models[0] for text in ("Harbour", lines)
    ]
    assert long.input_tokens.text.estimate > short.input_tokens.text.estimate + 300
    assert long.output_tokens.estimate > short.output_tokens.estimate
    assert long.input_tokens.page_pictures == short.input_tokens.page_pictures


async def test_only_the_pages_asked_for_are_priced(house: House) -> None:
    pdf = drawing.pdf_with_pages(40)
    (whole,) = (await estimated(house, pdf, models=["sonnet"])).models
    (some,) = (await estimated(house, pdf, models=["sonnet"], pages="3-5,9")).models
    assert "PDF pages 3-5,9;" in some.sends
    assert some.input_tokens.page_pictures.estimate * 10 == whole.input_tokens.page_pictures.estimate


async def test_a_long_document_is_parted_so_that_haiku_stays_cheap(house: House) -> None:
    pdf = drawing.pdf_with_pages(60)
    haiku, sonnet = (await estimated(house, pdf, models=["haiku", "sonnet"])).models
    assert haiku.requests > sonnet.requests
    assert _usd(sonnet) > 15 * _usd(haiku)


async def test_a_scan_is_priced_and_nothing_is_read(settings: Settings, tmp_path: Path) -> None:
    async with opened(replace(settings, ocr="off"), tmp_path) as house:
        result = await estimated(house, drawing.draw_scan(pages=2), models=["sonnet"])
    assert result.models[0].input_tokens.page_pictures.estimate > 2 * 4_000
    assert not any("offline" in way for way in result.cheaper)


async def test_no_ocr_is_started(house: House) -> None:
    await estimated(house, drawing.draw_scan(), models=["sonnet"])
    assert house.ocr_processes == 0


async def test_text_is_priced_by_its_characters(house: House) -> None:
    rows = "\n".join(f"Item {number},{number * 17},{number * 19}" for number in range(6_000))
    (cost,) = (await estimated(house, rows.encode(), "a.csv", models=["claude-haiku-4-5"])).models
    assert cost.requests > 1
    assert cost.input_tokens.text.estimate > 60_000
    assert cost.input_tokens.images.high == cost.input_tokens.page_pictures.high == 0


async def test_a_text_without_a_word_sends_nothing(house: House) -> None:
    (cost,) = (await estimated(house, b"\xef\xbb\xbf", "a.txt", models=["haiku"])).models
    assert (cost.requests, _usd(cost)) == (0, 0)
    assert cost.sends.startswith("Nothing")


async def test_a_page_that_is_not_in_the_file_is_named_and_left_out(house: House) -> None:
    result = await estimated(house, damage.missing_page("Here."), models=["sonnet"])
    assert any(warning.startswith("Page 2: damaged") for warning in result.warnings)
    assert "PDF page 1;" in result.models[0].sends
    with pytest.raises(DocumentDamaged):
        await estimated(house, damage.missing_page("Here."), models=["sonnet"], pages="2")


async def test_one_damaged_page_is_named_and_costs_nothing(house: House) -> None:
    result = await estimated(house, damage.self_drawing_form(before=2, after=1), models=["sonnet"])
    assert any(warning.startswith("Page 3: damaged") for warning in result.warnings)
    (cost,) = result.models
    assert "PDF pages 1-2,4;" in cost.sends
    (good,) = (await estimated(house, drawing.draw_text(["Page is good"] * 3), models=["sonnet"])).models
    assert cost.input_tokens.page_pictures == good.input_tokens.page_pictures


async def test_a_document_none_of_whose_pages_can_be_looked_at_is_refused(house: House) -> None:
    with pytest.raises(WorkerStopped):
        await estimated(house, damage.self_drawing_form(), models=["sonnet"])


async def test_damaged_pages_are_left_out_of_the_price_and_no_others(house: House) -> None:
    bombs = damage.self_drawing_form(before=1, times=4, after=1)
    result = await estimated(house, bombs, models=["sonnet"])
    assert any(warning.startswith("Pages 2-5: damaged") for warning in result.warnings)
    assert "PDF pages 1,6;" in result.models[0].sends


async def test_what_costs_less_is_named(house: House) -> None:
    pages = drawing.draw_text(["Harbour operations in the year of the report", "", "Pilotage and traffic"])
    result = await estimated(house, pages, models=["claude-opus-5-5"])
    assert result.cheaper[0] == "model='offline' costs nothing: every page with content has a text layer."
    assert "Leave out blank pages: pages='1,3'." in result.cheaper
    assert any(way.startswith("claude-haiku-5-5: $") and "less than claude-opus-5-5" in way for way in result.cheaper)
    assert not any("batch" in way for way in result.cheaper), "this version sends none"


async def test_offline_is_priced_at_nothing_beside_a_model(house: House) -> None:
    offline, haiku = (await estimated(house, drawing.draw_table(), models=["offline", "haiku"])).models
    assert (offline.model, offline.requests, _usd(offline)) == ("offline", 0, 0)
    assert _usd(haiku) > 0


async def test_the_model_among_the_arguments_is_the_one_priced(house: House) -> None:
    (cost,) = (await estimated(house, drawing.draw_table(), model="claude-opus-5")).models
    assert cost.model == "claude-opus-5"
    (cost,) = (await estimated(house, drawing.draw_table(), model="offline")).models
    assert _usd(cost) == 0


async def test_a_model_under_two_names_is_priced_once(house: House) -> None:
    (cost,) = (await estimated(house, drawing.draw_table(), models=["haiku", "claude-haiku-5-5"])).models
    assert cost.model == "claude-haiku-5-5"


async def test_a_model_about_to_go_says_so(house: House) -> None:
    (cost,) = (await estimated(house, drawing.draw_table(), models=["claude-sonnet-4-5"])).models
    (note,) = cost.notes
    assert note.startswith("The model is deprecated")
    assert "2026-11-30" in note


async def test_text_costs_what_is_a_picture_and_nothing_else(house: House) -> None:
    mixed = drawing.document(drawing.words("one", x=60, top=60), drawing.Leaf(jpeg=drawing.draw_image(format="JPEG")))
    named, auto = (await estimated(house, mixed, tool="read_text", models=["claude-haiku-5-5", "auto"])).models[::-1]
    assert named.sends.startswith("1 request: PDF pages 1-2")
    assert auto.sends.startswith("1 request: PDF page 2")
    assert auto.usd is not None
    assert named.usd is not None
    assert auto.usd.estimate < named.usd.estimate
    result = await estimated(house, drawing.draw_text(["one"]), tool="read_text", models=["auto"])
    assert result.models[0].requests == 0
    assert result.models[0].sends == "Nothing: every page has text that is read on this machine for nothing."
    assert result.models[0].usd is not None
    assert result.models[0].usd.high == 0


@pytest.mark.parametrize("tool", ["inspect-document"])
async def test_a_free_tool_is_said_to_be_free(house: House, tool: str) -> None:
    result = await estimated(house, drawing.draw_text(["one"]), tool=tool)
    assert result.models == []
    assert result.basis == [f"{tool.replace('-', '_')} is free: it runs on this machine and asks no model."]


REFUSALS: dict[str, tuple[dict[str, Any], type[InputError], str]] = {
    "tool": ({"tool": "extract_table"}, ToolNotPriced, "Did you mean 'extract_tables'"),
    "itself": ({"tool": "estimate_cost"}, ToolNotPriced, "Known: inspect_document"),
    "argument": ({"pgaes": "1"}, UnknownArgument, "Did you mean 'pages'"),
    "pages": ({"pages": "7"}, PageOutOfRange, "1 page"),
    "model": ({"models": ["claude-hiku-5-5"]}, ModelUnknown, "Did you mean 'claude-haiku-5-5'"),
    "retired": ({"models": ["claude-opus-4"]}, ModelRetired, "Use 'claude-opus-5-5'"),
    "model in arguments": ({"model": "gpt"}, ModelUnknown, "There is no model 'gpt'"),
}


@pytest.mark.parametrize(("given", "error", "says"), REFUSALS.values(), ids=REFUSALS)
async def test_what_cannot_be_priced_is_refused_with_what_can(
    house: House, given: dict[str, Any], error: type[InputError], says: str
) -> None:
    with pytest.raises(error, match=says):
        await estimated(house, drawing.draw_table(), **given)


async def test_text_and_structure_say_the_same(house: House) -> None:
    result = await estimated(house, drawing.draw_table(), models=["haiku", "offline"])
    text = result.to_text()
    for cost in result.models:
        assert cost.model in text
        assert cost.sends in text
        assert f"{cost.input_tokens.total.estimate:,}" in text
    assert all(sentence in text for sentence in [*result.basis, *result.cheaper, *result.warnings])


async def test_a_person_sees_every_price_with_its_band(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    result = await estimated(house, drawing.draw_table(), models=["claude-opus-5-5"])
    unknown = result.models[0].model_copy(update={"model": "claude-next", "usd": None})
    show_costs(result.model_copy(update={"models": [*result.models, unknown]}))
    shown = capsys.readouterr().out
    usd = result.models[0].usd
    assert usd is not None
    assert f" {dollars(usd.estimate)} " in shown
    assert f" – {dollars(usd.high)} " in shown
    assert "unknown" in shown
    assert "nothing was billed" in shown


async def test_names_of_documents_cannot_move_the_terminal(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    show_costs(await estimated(house, drawing.draw_table(), "a\x1b[2J.pdf", models=["haiku"]))
    assert "\x1b[2J" not in capsys.readouterr().out
