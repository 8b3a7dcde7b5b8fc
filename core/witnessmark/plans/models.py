"""Claude's models as values: what each takes, gives and costs. The facts stand in `models.json`."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

from witnessmark.errors import InputError
from witnessmark.plans.image_tokens import HIGH, STANDARD, ImageTier

Tokenizer = Literal["old", "new"]
"""`new` from 4.7 on: about 30 % more tokens for the same text."""
Effort = Literal["low", "medium", "high", "xhigh", "max"]

_DATE = re.compile(r"-(\d{8}|latest)$")


class ModelUnknown(InputError):
    def __init__(self, name: str, known: list[str]) -> None:
        match = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"Did you mean {match[0]!r}? " if match else ""
        super().__init__(f"There is no model {name[:60]!r}.", f"{hint}Known: {', '.join(known)}.")


class ModelRetired(InputError):
    def __init__(self, name: str, *, retired: str | None, instead: str) -> None:
        when = f" on {retired}" if retired else ""
        super().__init__(
            f"The model {name!r} was retired{when}: the API does not answer for it any more.", f"Use {instead!r}."
        )


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


def models() -> tuple[Model, ...]:
    """List the models that can be called, cheapest line first and newest first in each."""
    return _catalog()[0]


def offered_models() -> tuple[Model, ...]:
    """List the current line-up, cheapest first."""
    return tuple(model for model in models() if model.is_offered)


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
    raise ModelUnknown(name, [model.id for model in known])


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
