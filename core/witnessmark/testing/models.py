"""The models that the fake knows, made from the fact sheet's table (§1), and the Models API's view of them.

It is a table of its own: the code under test has another, and where the two differ one of them is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Effort = Literal["low", "medium", "high", "xhigh", "max"]
EFFORTS: tuple[Effort, ...] = ("low", "medium", "high", "xhigh", "max")
_UP_TO_HIGH = EFFORTS[:3]
_NO_XHIGH: tuple[Effort, ...] = ("low", "medium", "high", "max")
EPOCH = "1970-01-01T00:00:00Z"
"""The API's own word for a release date that is not known; the fact sheet has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What one model takes and gives.

    Units:  tokens, pixels
    """

    id: str
    """The whole id, as the API names it in answers."""
    alias: str | None = None
    context: int = 1_000_000
    max_output: int = 128_000
    image_edge: int = 2576
    image_tokens: int = 4784
    pages: int = 600
    """PDF pages and images of one request together."""
    cache_minimum: int = 512
    thinking: tuple[str, ...] = ("adaptive",)
    thinks_by_default: bool = True
    shows_thinking: bool = False
    """Whether thinking is summarised where nobody says how to show it."""
    efforts: tuple[Effort, ...] = EFFORTS
    default_effort: Effort | None = "high"
    off_up_to: Effort = "max"
    """The highest effort at which thinking may be switched off."""
    forced_tool: bool = True
    prefill: bool = False
    geo: bool = True
    fast: bool = False
    new_tokenizer: bool = True
    tool_prompt: int = 286
    """Tokens of what the API says about tools to the model."""
    deprecated_at: str | None = None
    retires_at: str | None = None
    is_general: bool = True
    """Whether every organisation may call it."""

    @property
    def line(self) -> str:
        return self.id.split("-")[1]

    def as_json(self) -> dict[str, Any]:
        """Write it as `ModelInfo`."""
        return {
            "type": "model",
            "id": self.id,
            "display_name": _display_name(self.alias or self.id),
            "created_at": EPOCH,
            "lifecycle": "deprecated" if self.deprecated_at else "active",
            "deprecated_at": self.deprecated_at,
            "retires_at": self.retires_at,
            "line": self.line,
            "max_input_tokens": self.context,
            "max_tokens": self.max_output,
            "capabilities": _capabilities(self),
        }


def _display_name(name: str) -> str:
    _, line, *version = name.split("-")
    return f"Claude {line.capitalize()} {'.'.join(version)}"


def _capabilities(model: Model) -> dict[str, Any]:
    yes, no = {"supported": True}, {"supported": False}
    thinking = {kind: yes if kind in model.thinking else no for kind in _THINKING_TYPES}
    strategies = ("clear_thinking_20251015", "clear_tool_uses_20250919", "compact_20260112")
    return {
        "batch": yes,
        "citations": yes,
        "code_execution": yes,
        "context_management": {**yes, **dict.fromkeys(strategies, yes)},
        "effort": {
            "supported": bool(model.efforts),
            **{effort: yes if effort in model.efforts else no for effort in EFFORTS},
        },
        "image_input": yes,
        "pdf_input": yes,
        "server_tools": {**yes, "web_search": yes, "code_execution": yes},
        "structured_outputs": yes,
        "thinking": {**yes, "types": thinking},
    }


_THINKING_TYPES = ("adaptive", "between_tools", "disabled", "enabled")


def _fable(version: str, *, line: str = "fable", forced_tool: bool = False) -> Model:
    return Model(id=f"claude-{line}-{version}", forced_tool=forced_tool, is_general=line == "fable")


def _of_4_6(line: str, *, cache_minimum: int) -> Model:
    return Model(
        id=f"claude-{line}-4-6",
        image_edge=1568,
        image_tokens=1568,
        cache_minimum=cache_minimum,
        thinking=("adaptive", "enabled", "disabled"),
        thinks_by_default=False,
        shows_thinking=True,
        efforts=_NO_XHIGH,
        new_tokenizer=False,
        tool_prompt=497,
    )


def _of_4_5(line: str, date: str, *, cache_minimum: int, efforts: tuple[Effort, ...] = (), **more: Any) -> Model:
    return Model(
        id=f"claude-{line}-4-5-{date}",
        alias=f"claude-{line}-4-5",
        context=200_000,
        max_output=64_000,
        image_edge=1568,
        image_tokens=1568,
        pages=100,
        cache_minimum=cache_minimum,
        thinking=("enabled", "disabled"),
        thinks_by_default=False,
        shows_thinking=True,
        efforts=efforts,
        default_effort="high" if efforts else None,
        prefill=True,
        geo=False,
        new_tokenizer=False,
        tool_prompt=496,
        **more,
    )


_ADAPTIVE_OR_OFF = ("adaptive", "disabled")

MODELS: tuple[Model, ...] = (
    _fable("5-2"),
    _fable("5-2", line="mythos"),
    Model(id="claude-haiku-5-5", thinking=_ADAPTIVE_OR_OFF, default_effort="medium", off_up_to="high"),
    Model(id="claude-sonnet-5-5", thinking=("adaptive", "between_tools"), forced_tool=False),
    _fable("5-1"),
    Model(id="claude-opus-5-5", default_effort="medium", forced_tool=False, fast=True),
    _fable("5-1", line="mythos"),
    Model(id="claude-sonnet-5", cache_minimum=1024, thinking=_ADAPTIVE_OR_OFF, tool_prompt=354),
    _fable("5", forced_tool=True),
    _fable("5", line="mythos", forced_tool=True),
    Model(id="claude-opus-5", thinking=_ADAPTIVE_OR_OFF, off_up_to="high", fast=True),
    Model(
        id="claude-opus-4-8",
        cache_minimum=1024,
        thinking=_ADAPTIVE_OR_OFF,
        thinks_by_default=False,
        fast=True,
        tool_prompt=290,
    ),
    Model(
        id="claude-opus-4-7", cache_minimum=2048, thinking=_ADAPTIVE_OR_OFF, thinks_by_default=False, tool_prompt=675
    ),
    _of_4_6("opus", cache_minimum=4096),
    _of_4_6("sonnet", cache_minimum=1024),
    _of_4_5("haiku", "20251001", cache_minimum=4096),
    _of_4_5(
        "opus",
        "20251101",
        cache_minimum=4096,
        efforts=_UP_TO_HIGH,
        deprecated_at="2026-11-23T00:00:00Z",  # the day is assumed: sixty days before it retires
        retires_at="2027-01-22T00:00:00Z",
    ),
    _of_4_5(
        "sonnet",
        "20250929",
        cache_minimum=1024,
        deprecated_at="2026-09-30T00:00:00Z",
        retires_at="2026-11-30T00:00:00Z",
    ),
)
"""Newest first, as the API lists them. Fable 5.2's cache minimum and image tier are carried over from 5.1."""

RETIRED: dict[str, tuple[str, str]] = {
    "claude-opus-4-1-20250805": ("claude-opus-4-1", "2026-08-05T00:00:00Z"),
    "claude-opus-4-20250514": ("claude-opus-4-0", "2026-06-15T00:00:00Z"),
    "claude-sonnet-4-20250514": ("claude-sonnet-4-0", "2026-06-15T00:00:00Z"),
}
"""Id → alias and date: named in the catalogue when asked for, and not answered for."""

FAST_IGNORED = ("claude-opus-4-6",)
"""Takes `speed: fast` and is as fast as ever."""


def model_named(name: str) -> Model | None:
    """Find a model that can be called, by id or alias."""
    return next((model for model in MODELS if name in {model.id, model.alias} and model.is_general), None)


def listed(lifecycles: tuple[str, ...] = ("active", "deprecated")) -> list[dict[str, Any]]:
    """List models as the Models API does: retired ones only when asked for."""
    callable_ones = [model.as_json() for model in MODELS if model.is_general]
    retired = [_retired_json(name) for name in RETIRED]
    return [entry for entry in (*callable_ones, *retired) if entry["lifecycle"] in lifecycles]


def info(name: str) -> dict[str, Any] | None:
    """Look a model up by id or alias, retired ones included."""
    if (model := model_named(name)) is not None:
        return model.as_json()
    return next((_retired_json(id_) for id_, (alias, _) in RETIRED.items() if name in {id_, alias}), None)


def _retired_json(name: str) -> dict[str, Any]:
    alias, date = RETIRED[name]
    plain = Model(id=name, alias=alias, context=200_000, max_output=32_000, thinking=("enabled", "disabled"))
    return {**plain.as_json(), "lifecycle": "retired", "deprecated_at": date, "retires_at": date}
