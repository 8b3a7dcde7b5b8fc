"""Claude's models as values: what each takes, gives and costs. The facts stand in `models.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from witnessmark.closest import did_you_mean
from witnessmark.errors import InputError
from witnessmark.plans.image_tokens import HIGH, STANDARD, ImageTier

Tokenizer = Literal["old", "new"]
"""`new` from 4.7 on: about 30 % more tokens for the same text."""
Effort = Literal["low", "medium", "high", "xhigh", "max"]

_DATE = re.compile(r"-(\d{8}|latest)$")
_MILLION = 1_000_000
_FOREIGN_CONTEXT, _FOREIGN_OUTPUT, _FOREIGN_PAGES = 32_768, 8_192, 20
"""What a model of another kind is trusted with where nobody says: what local servers give it without being told."""
_LEAST_CONTEXT, _LEAST_OUTPUT = 200_000, 64_000
"""What the smallest current model takes and gives: all that is sure of one that nobody knows."""


class ModelUnknown(InputError):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no model {name[:60]!r}.", f"{did_you_mean(name, known)}Known: {', '.join(known)}.")


class ModelRetired(InputError):
    def __init__(self, name: str, *, retired: str | None, instead: str) -> None:
        when = f" on {retired}" if retired else ""
        super().__init__(
            f"The model {name!r} was retired{when}: the API does not answer for it any more.", f"Use {instead!r}."
        )


class ModelCannotSee(InputError):
    def __init__(self, name: str, what: str, *, instead: Sequence[str]) -> None:
        super().__init__(f"The model {name!r} takes no {what}.", f"Use one that does: {', '.join(instead)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What tokens cost.

    Units:  USD per million tokens
    """

    up_to_prompt_tokens: int | None
    """The largest prompt (cached tokens included) that pays this; None: any. A larger one pays the next, in whole."""
    input: Decimal
    output: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    cache_read: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What one model takes, gives and costs."""

    id: str
    aliases: tuple[str, ...] = ()
    is_offered: bool
    """Whether it is in the current line-up, compared where nobody names models."""
    is_in_ladder: bool = False
    """Whether `auto` may choose it: not one that keeps what it is sent for a month, which has to be asked for."""
    lifecycle: Literal["active", "deprecated"]
    retires: str | None
    """An announced date."""
    context: int
    """Tokens of prompt and answer together."""
    max_output: int
    pages_per_request: int
    """PDF pages and images together."""
    image_tier: ImageTier
    tokenizer: Tokenizer
    effort_levels: tuple[Effort, ...]
    """Empty where effort cannot be chosen."""
    structured_outputs: bool
    image_input: bool = True
    pdf_input: bool = True
    cache_min_tokens: int
    """A shorter prefix is not cached, silently."""
    batch_multiplier: Decimal | None
    prices: tuple[Prices, ...]
    """By the size of the prompt, smallest first; empty where the price is not known."""
    note: str | None = None
    source: str
    date: str

    def prices_for(self, prompt_tokens: int) -> Prices | None:
        """Choose the prices of a prompt of that size."""
        return next(
            (p for p in self.prices if p.up_to_prompt_tokens is None or prompt_tokens <= p.up_to_prompt_tokens), None
        )

    @property
    def first_price_step(self) -> int | None:
        """The prompt size above which everything costs more; None: there is none."""
        return self.prices[0].up_to_prompt_tokens if self.prices else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What the Models API says of a model; None: it does not say."""

    id: str
    lifecycle: Literal["active", "deprecated", "retired"] | None = None
    retires_at: date | None = None
    max_input_tokens: int | None = None
    max_tokens: int | None = None
    structured_outputs: bool | None = None
    image_input: bool | None = None
    pdf_input: bool | None = None
    effort_levels: tuple[Effort, ...] | None = None


def models() -> tuple[Model, ...]:
    """List the models that can be called, cheapest line first and newest first in each."""
    return _catalog()[0]


def models_to_name(today: date | None = None) -> tuple[Model, ...]:
    """List the models that an error or a price may recommend: those that can be called and have not ended."""
    day = (today or datetime.now(UTC).date()).isoformat()
    return tuple(model for model in models() if model.retires is None or model.retires >= day)


def offered_models() -> tuple[Model, ...]:
    """List the current line-up, cheapest first."""
    return tuple(model for model in models() if model.is_offered)


def ladder() -> tuple[Model, ...]:
    """List the models that `auto` goes through, cheapest first: current, active, of a known price."""
    return tuple(model for model in models() if model.is_in_ladder and model.lifecycle == "active" and model.prices)


def model_named(name: str) -> Model:
    """Find a model by its id, a dated id, or the name of its line (`haiku`: the current one).

    Errors:  `ModelRetired`, `ModelUnknown`
    """
    wanted = name.strip().lower()
    known, retired = _catalog()
    for model in known:
        if wanted in {model.id, *model.aliases}:
            return model
    for entry in retired:
        if _DATE.sub("", wanted) == entry["id"]:
            raise ModelRetired(entry["id"], retired=entry["retired"], instead=entry["instead"])
    raise ModelUnknown(name, [model.id for model in models_to_name()])


def model_listed(name: str, listed: Sequence[ModelFacts]) -> Model:
    """Find a model as `model_named` does, in the state in which the Models API lists it, or among its models alone.

    Shapes:  `listed` is empty where nobody asked the API
    Errors:  `ModelRetired`, `ModelUnknown`
    """
    wanted = name.strip().lower()
    by_id = {facts.id: facts for facts in listed}
    try:
        model = model_named(name)
    except (ModelRetired, ModelUnknown):
        if wanted in by_id:
            return unlisted(by_id[wanted])
        raise
    facts = next((by_id[one] for one in (wanted, model.id, *model.aliases) if one in by_id), None)
    return completed(model, facts) if facts is not None else model


def completed(model: Model, facts: ModelFacts) -> Model:
    """Take over what the Models API says of a model; prices, image tier and cache it says nothing about.

    Errors:  `ModelRetired`
    """
    if facts.lifecycle == "retired":
        raise ModelRetired(facts.id, retired=_day(facts.retires_at), instead=_successor(facts.id))
    context = facts.max_input_tokens or model.context
    is_same_context = context == model.context
    return replace(
        model,
        lifecycle=facts.lifecycle or model.lifecycle,
        retires=_day(facts.retires_at) or (None if facts.lifecycle == "active" else model.retires),
        context=context,
        max_output=facts.max_tokens or model.max_output,
        pages_per_request=model.pages_per_request if is_same_context else _pages_per_request(context),
        effort_levels=model.effort_levels if facts.effort_levels is None else _in_order(facts.effort_levels),
        structured_outputs=_said(facts.structured_outputs, model.structured_outputs),
        image_input=_said(facts.image_input, model.image_input),
        pdf_input=_said(facts.pdf_input, model.pdf_input),
    )


def unlisted(facts: ModelFacts) -> Model:
    """Make a model of what the Models API says alone: its price is not known, and the rest is taken from current ones.

    Errors:  `ModelRetired`
    """
    context = facts.max_input_tokens or _LEAST_CONTEXT
    guessed = Model(
        id=facts.id,
        is_offered=False,
        lifecycle="active",
        retires=None,
        context=context,
        max_output=_LEAST_OUTPUT,
        pages_per_request=_pages_per_request(context),
        image_tier=HIGH,
        tokenizer="new",
        effort_levels=(),
        structured_outputs=True,
        cache_min_tokens=512,
        batch_multiplier=None,
        prices=(),
        note="A model that this version does not know: how it sees images and counts text is taken from current ones.",
        source="Models API",
        date="",
    )
    return completed(guessed, facts)


def foreign_model(name: str, facts: ModelFacts | None) -> Model:
    """Make a model of another kind than Claude's, behind an endpoint that speaks Claude's API: its price is not known.

    What nobody says of it is taken to be little: servers of such models refuse or cut what is too long for them.
    """
    model = Model(
        id=name,
        is_offered=False,
        lifecycle="active",
        retires=None,
        context=_FOREIGN_CONTEXT,
        max_output=_FOREIGN_OUTPUT,
        pages_per_request=_FOREIGN_PAGES,
        image_tier=STANDARD,
        tokenizer="new",
        effort_levels=(),
        structured_outputs=True,
        cache_min_tokens=1024,
        batch_multiplier=None,
        prices=(),
        note="A model that is not Claude: what it takes, and how it counts, is taken to be little.",
        source="the endpoint",
        date="",
    )
    if facts is None:
        return model
    context = facts.max_input_tokens or model.context
    return replace(
        model,
        context=context,
        max_output=min(facts.max_tokens or model.max_output, max(context // 2, 1)),
        structured_outputs=_said(facts.structured_outputs, known=True),
        image_input=_said(facts.image_input, known=True),
        # Pages can go as pictures where PDFs cannot.
        pdf_input=_said(facts.pdf_input, known=True) or _said(facts.image_input, known=True),
    )


def lifecycle_note(model: Model, today: date) -> str | None:
    """Say that a model is about to go; None where it is not.

    A date that has passed does not say that the model is gone: the API's own list does, as `retired`.
    """
    if model.lifecycle == "active":
        return None
    if model.retires is None:
        return "The model is deprecated."
    if model.retires < today.isoformat():
        return f"The model is deprecated and was to be retired on {model.retires}: it may stop answering any day."
    return f"The model is deprecated; it is retired on {model.retires}."


def _day(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()[:10]


def _said(said: bool | None, known: bool) -> bool:
    return known if said is None else said


def _in_order(levels: Sequence[Effort]) -> tuple[Effort, ...]:
    known: tuple[Effort, ...] = get_args(Effort)
    return tuple(level for level in known if level in levels)


def _pages_per_request(context: int) -> int:
    """Source: Claude API documentation, "PDF support" and "Context windows"."""
    return 600 if context >= _MILLION else 100


def _successor(name: str) -> str:
    """Choose the current model of the same line, else the one in the middle."""
    offered = offered_models()
    return next((model.id for model in offered if set(model.aliases) & set(name.split("-"))), offered[1].id)


@cache
def _catalog() -> tuple[tuple[Model, ...], list[dict[str, Any]]]:
    file = resources.files("witnessmark.plans").joinpath("models.json")
    facts = json.loads(file.read_text(encoding="utf-8"))
    return tuple(_model(entry) for entry in facts["models"]), facts["retired"]


def _model(entry: dict[str, Any]) -> Model:
    multiplier = entry["batch_multiplier"]
    made: dict[str, Any] = {
        "aliases": tuple(entry["aliases"]),
        "image_tier": {"high": HIGH, "standard": STANDARD}[entry["image_tier"]],
        "effort_levels": tuple(entry["effort_levels"]),
        "batch_multiplier": None if multiplier is None else Decimal(multiplier),
        "prices": tuple(_prices(prices) for prices in entry["prices"] or ()),
    }
    return Model(**entry | made)


def _prices(entry: dict[str, Any]) -> Prices:
    amounts = {name: Decimal(text) for name, text in entry.items() if name != "up_to_prompt_tokens"}
    return Prices(up_to_prompt_tokens=entry["up_to_prompt_tokens"], **amounts)
