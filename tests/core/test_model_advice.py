"""Advice about models: whatever an error recommends exists and has not ended."""

from __future__ import annotations

from datetime import date

import pytest

from witnessmark.plans.models import (
    ModelRetired,
    ModelUnknown,
    model_named,
    models,
    models_to_name,
    offered_models,
)


def test_a_model_is_recommended_to_the_day_on_which_it_retires() -> None:
    ending = [model for model in models() if model.retires is not None]
    assert ending
    for model in ending:
        last = date.fromisoformat(model.retires or "")
        assert model in models_to_name(last)
        assert model not in models_to_name(date.fromordinal(last.toordinal() + 1))


def test_an_unknown_model_is_answered_with_models_that_can_be_called() -> None:
    with pytest.raises(ModelUnknown) as raised:
        model_named("claude-sonet")
    known = [model.id for model in models_to_name()]
    named = raised.value.next_step.rpartition("Known: ")[2].rstrip(".").split(", ")
    assert named == known


@pytest.mark.parametrize("name", ["claude-opus-4", "claude-3-haiku", "claude-mythos-preview"])
def test_a_retired_model_has_a_successor_that_is_offered(name: str) -> None:
    with pytest.raises(ModelRetired) as raised:
        model_named(name)
    assert any(f"{model.id!r}" in raised.value.next_step for model in offered_models())
