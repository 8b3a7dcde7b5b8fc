"""Checks of what a request asks for besides its content: fields, model, room, thinking, effort, format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from witnessmark.testing import checks
from witnessmark.testing.models import EFFORTS, FAST_IGNORED, Model, model_named
from witnessmark.testing.schemas import check_schemas
from witnessmark.testing.shapes import Object, as_object, check_names, items, optional_text_of, part, word
from witnessmark.testing.tool_use import check_tool_choice, check_tool_results, check_tools, is_forced, strict_schemas

CURRENT = "2026-10-21"
"""The API version since which sampling parameters are refused for every model (§12)."""

_COUNTED = frozenset(
    "messages model cache_control output_config speed system thinking tool_choice tools user_profile_id".split()
)
_SENT = _COUNTED | frozenset(
    "max_tokens container diagnostics inference_geo metadata service_tier stop_sequences stream".split()
)
_SAMPLING = ("temperature", "top_p", "top_k")
_KINDS: dict[str, tuple[type, ...]] = {
    "messages": (list,),
    "model": (str,),
    "max_tokens": (int,),
    "output_config": (dict,),
    "thinking": (dict,),
    "tool_choice": (dict,),
    "tools": (list,),
    "system": (str, list),
    "stream": (bool,),
    "stop_sequences": (list,),
    "metadata": (dict,),
    "service_tier": (str,),
    "inference_geo": (str,),
    "speed": (str,),
    "cache_control": (dict,),
    "diagnostics": (dict,),
}
_THINKING_FIELDS: dict[str, tuple[str, ...]] = {
    "adaptive": ("display",),
    "enabled": ("display", "budget_tokens"),
    "disabled": (),
    "between_tools": (),
}


def check_fields(body: Object, *, is_count: bool, version: str) -> Model:
    """Check the fields of a request and find its model."""
    known = _COUNTED if is_count else _SENT
    if not is_count:
        known |= frozenset(_SAMPLING)
    for name in body:
        if name not in known:
            raise checks.UNKNOWN_FIELD(f"{name}: Extra inputs are not permitted")
    for name in ("model", "messages", *(() if is_count else ("max_tokens",))):
        if body.get(name) is None:
            raise checks.MISSING_FIELD(f"{name}: Field required")
    for name, kinds in _KINDS.items():
        value = body.get(name)
        if value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            raise checks.FIELD_TYPE(f"{name}: Input should be a valid {kinds[0].__name__}")
    model = model_named(body["model"])
    if model is None:
        raise checks.MODEL(f"model: {body['model']}")
    for name in _SAMPLING:
        if name in body and (version >= CURRENT or (model.new_tokenizer and body[name] != 1)):
            raise checks.SAMPLING(f"{name}: sampling parameters are not supported")
    return model


def check_settings(body: Object, model: Model, *, is_count: bool) -> None:
    """Check what a request asks of its model."""
    messages: list[Any] = body["messages"]
    _check_messages(messages)
    if not is_count:
        _check_max_tokens(body, model)
    _check_thinking(body, model, _effort(body, model), is_count=is_count)
    _check_geo_and_speed(body, model)
    _check_rest(body)
    check_tools(body)
    check_tool_choice(body, model)
    check_tool_results(messages)
    form = part(body, "output_config").get("format")
    _check_prefill(messages, model, has_format=form is not None)
    schemas = strict_schemas(body)
    if form is not None:
        where = "output_config.format"
        given = as_object(form, where)
        check_names(given, where, needed=("type", "schema"))
        word(given["type"], f"{where}.type", ("json_schema",))
        schemas[f"{where}.schema"] = as_object(given["schema"], f"{where}.schema")
    check_schemas(schemas)


def _check_messages(messages: Sequence[Any]) -> None:
    if not messages:
        raise checks.EMPTY_CONTENT("messages: at least one message is required")
    for number, message in enumerate(messages):
        path = f"messages.{number}"
        check_names(as_object(message, path), path, needed=("role", "content"))
        if message["role"] not in {"user", "assistant", "system"}:
            raise checks.ROLE(f"{path}.role: Input should be 'user', 'assistant' or 'system'")
    if messages[0]["role"] != "user":
        raise checks.ROLE("messages: first message must use the user role")


def _check_max_tokens(body: Object, model: Model) -> None:
    tokens: int = body["max_tokens"]
    if tokens < 0:
        raise checks.MAX_TOKENS("max_tokens: must be greater than or equal to 0")
    if tokens > model.max_output:
        raise checks.MAX_TOKENS(
            f"max_tokens: {tokens} > {model.max_output}, which is the maximum allowed number of output tokens for "
            f"{model.id}"
        )
    hindrances = {
        "stream": bool(body.get("stream")),
        "thinking.budget_tokens": part(body, "thinking").get("type") == "enabled",
        "output_config.format": part(body, "output_config").get("format") is not None,
        "tool_choice": is_forced(body),
    }
    for name, stands in hindrances.items():
        if tokens == 0 and stands:
            raise checks.PREWARM(f"max_tokens: 0 cannot be combined with {name}")


def _effort(body: Object, model: Model) -> str | None:
    config = part(body, "output_config")
    check_names(config, "output_config", optional=("effort", "format"))
    effort = config.get("effort")
    if effort is None:
        return model.default_effort
    if effort not in model.efforts:
        raise checks.EFFORT(f"output_config.effort: {effort} is not supported by {model.id}")
    return str(effort)


def _check_thinking(body: Object, model: Model, effort: str | None, *, is_count: bool) -> None:
    thinking = part(body, "thinking")
    if body.get("thinking") is None:
        return
    kind = word(thinking.get("type"), "thinking.type", _THINKING_FIELDS)
    check_names(thinking, f"thinking.{kind}", needed=("type",), optional=_THINKING_FIELDS[kind])
    if thinking.get("display") is not None:
        word(thinking["display"], f"thinking.{kind}.display", ("summarized", "omitted"))
    if kind not in model.thinking:
        raise checks.THINKING(f"thinking.type: {kind} is not supported by {model.id}")
    off_up_to = "high" if kind == "between_tools" else model.off_up_to
    if kind in {"disabled", "between_tools"} and effort in EFFORTS[EFFORTS.index(off_up_to) + 1 :]:
        raise checks.THINKING_EFFORT(f"thinking.type: {kind} is not supported at effort {effort}")
    if kind == "enabled":
        budget, most = thinking.get("budget_tokens"), body.get("max_tokens")
        if not isinstance(budget, int):
            raise checks.MISSING_FIELD("thinking.enabled.budget_tokens: Field required")
        if budget < 1024 or (not is_count and most and budget >= most):
            raise checks.THINKING_BUDGET("thinking.budget_tokens: must be at least 1024 and less than max_tokens")


def _check_geo_and_speed(body: Object, model: Model) -> None:
    geo, speed = body.get("inference_geo"), body.get("speed")
    if geo is not None and (not model.geo or geo not in {"global", "us"}):
        raise checks.GEO(f"inference_geo: {geo} is not supported by {model.id}")
    if speed is not None:
        word(speed, "speed", ("standard", "fast"))
    if speed == "fast" and not model.fast and model.id not in FAST_IGNORED:
        raise checks.SPEED(f"speed: fast is not supported by {model.id}")


def _check_rest(body: Object) -> None:
    diagnostics = part(body, "diagnostics")
    check_names(diagnostics, "diagnostics", optional=("previous_message_id",))
    optional_text_of(diagnostics, "previous_message_id", "diagnostics")
    check_names(part(body, "metadata"), "metadata", optional=("user_id",))
    if body.get("service_tier") is not None:
        word(body["service_tier"], "service_tier", ("auto", "standard_only"))
    for number, sequence in enumerate(items(body, "stop_sequences")):
        if not isinstance(sequence, str) or not sequence.strip():
            raise checks.FIELD_TYPE(f"stop_sequences.{number}: each stop sequence must contain non-whitespace")


def _check_prefill(messages: Sequence[Object], model: Model, *, has_format: bool) -> None:
    if messages[-1]["role"] != "assistant":
        return
    if not model.prefill:
        raise checks.PREFILL(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    if has_format:
        raise checks.PREFILL_WITH_FORMAT("output_config.format cannot be combined with an assistant message prefill")
