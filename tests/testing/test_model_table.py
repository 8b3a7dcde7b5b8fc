"""The fake's table of models beside the one that calls are priced with, and beside the fact sheet's."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from witnessmark.plans.image_tokens import HIGH, STANDARD, ImageTier, image_tokens, seen_size
from witnessmark.plans.models import models as planned_models
from witnessmark.testing import contents
from witnessmark.testing.models import EFFORTS, MODELS, Model

FACTS = Path(__file__).resolve().parents[3] / "shared" / "facts" / "models.json"


def _fake(name: str) -> Model:
    return next(model for model in MODELS if name in {model.id, model.alias})


def test_models_that_are_priced_take_and_give_what_the_fake_says() -> None:
    for planned in planned_models():
        fake = _fake(planned.id)
        assert (planned.context, planned.max_output, planned.pages_per_request) == (
            fake.context,
            fake.max_output,
            fake.pages,
        ), planned.id
        assert (planned.image_tier.long_edge, planned.image_tier.max_tokens) == (fake.image_edge, fake.image_tokens)
        assert (planned.effort_levels, planned.cache_min_tokens) == (fake.efforts, fake.cache_minimum), planned.id
        assert planned.lifecycle == fake.as_json()["lifecycle"]
        assert (planned.tokenizer == "new") == fake.new_tokenizer


@pytest.mark.parametrize("tier", [STANDARD, HIGH], ids=["standard", "high"])
def test_two_readings_of_the_image_rule_agree(tier: ImageTier) -> None:
    chance = random.Random(7)
    for _ in range(3000):
        width, height = (int(2 ** chance.uniform(0, 13.5)) for _ in range(2))
        limits: dict[str, int] = {"edge": tier.long_edge, "most": tier.max_tokens}
        assert contents.seen_size(width, height, **limits) == seen_size(width, height, tier)
        assert contents.tokens_of_picture(width, height, **limits) == image_tokens(width, height, tier)


def test_the_fake_knows_the_models_of_the_fact_sheet_as_it_describes_them() -> None:
    if not FACTS.is_file():
        pytest.skip("../shared is not here")
    facts: list[dict[str, Any]] = json.loads(FACTS.read_text())["models"]
    assert {fact["id"] for fact in facts} == {model.alias or model.id for model in MODELS}
    for fact in facts:
        model = _fake(fact["id"])
        assert set(model.thinking) == set(fact["thinking"]["accepted_types"]), model.id
        assert model.thinks_by_default == fact["thinking"]["default"].startswith("adaptive"), model.id
        assert model.shows_thinking == (fact["thinking"]["display_default"] == "summarized"), model.id
        assert (model.off_up_to == "high") == ("only at effort <= high" in fact["thinking"]["notes"]), model.id
        assert list(model.efforts) == [effort for effort in EFFORTS if effort in fact["effort_levels"]], model.id
        assert model.default_effort == fact["default_effort"], model.id
        assert (model.forced_tool, model.prefill) == (fact["forced_tool_choice"], fact["prefill"]), model.id
        assert model.geo == (fact["inference_geo_us_multiplier"] is not None), model.id
        assert model.fast == (fact["fast_mode_prices"] is not None), model.id
        assert model.tool_prompt == (fact["tool_prompt_tokens_auto"] or model.tool_prompt), model.id
        assert model.is_general == fact["access"].startswith("general"), model.id
        assert (model.deprecated_at is not None) == fact["lifecycle"].startswith("deprecated"), model.id
        if dated := re.search(r"\d{4}-\d\d-\d\d", fact["lifecycle"]):
            assert (model.deprecated_at or "")[:10] == dated[0], model.id
