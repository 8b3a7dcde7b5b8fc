"""Checks of what a request asks for besides its messages: model, thinking, effort, tools, format, and their combinations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from witnessmark.testing import checks
from witnessmark.testing.models import EFFORTS, FAST_IGNORED, Model, model_named
from witnessmark.testing.request import Block
from witnessmark.testing.schemas import Schema, check_schemas

_COUNTED = {
    "messages",
    "model",
    "cache_control",
    "output_config",
    "speed",
    "system",
    "thinking",
    "tool_choice",
    "tools",
    "user_profile_id",
}
_SENT = _COUNTED | {
    "max_tokens",
    "container",
    "diagnostics",
    "inference_geo",
    "metadata",
    "service_tier",
    "stop_sequences",
    "stream",
}
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
}
_THINKING_FIELDS = {
    "adaptive": {"display"},
    "enabled": {"display", "budget_tokens"},
    "disabled": set[str](),
    "between_tools": set[str](),
}
_CHOICE_FIELDS = {
    "auto": {"disable_parallel_tool_use"},
    "any": {"disable_parallel_tool_use"},
    "tool": {"disable_parallel_tool_use", "name"},
    "none": set[str](),
}
_TOOL_FIELDS = {
    "name",
    "input_schema",
    "description",
    "type",
    "strict",
    "cache_control",
    "allowed_callers",
    "defer_loading",
    "eager_input_streaming",
    "input_examples",
}
MOST_STRICT_TOOLS = 20


def check_fields(body: Mapping[str, Any], *, is_count: bool, version: str) -> Model:
    """Check the fields of a request and find its model."""
    for name in _SAMPLING:
        if name in body and not is_count and version >= "2026-10-21":
            raise checks.SAMPLING(f"{name}: sampling parameters are not supported")
    known = (_COUNTED if is_count else _SENT) | (set[str]() if version >= "2026-10-21" else set(_SAMPLING))
    for name in body:
        if name not in known:
            raise checks.UNKNOWN_FIELD(f"{name}: Extra inputs are not permitted")
    for name in ("model", "messages", *(() if is_count else ("max_tokens",))):
        if name not in body:
            raise checks.MISSING_FIELD(f"{name}: Field required")
    for name, kinds in _KINDS.items():
        value = body.get(name)
        if name in body and not _is_kind(value, kinds) and not (value is None and name not in {"model", "messages"}):
            raise checks.FIELD_TYPE(f"{name}: Input should be a valid {kinds[0].__name__}")
    model = model_named(body["model"])
    if model is None:
        raise checks.MODEL(f"model: {body['model']}")
    if version < "2026-10-21" and model.new_tokenizer and any(body.get(name) not in {None, 1} for name in _SAMPLING):
        raise checks.SAMPLING("sampling parameters are not supported by this model")
    return model


def check_settings(body: Mapping[str, Any], model: Model, *, is_count: bool) -> None:
    """Check what a request asks of its model."""
    _check_messages(body["messages"])
    if not is_count:
        _check_max_tokens(body, model)
    effort = _check_effort(body, model)
    _check_thinking(body, model, effort, is_count=is_count)
    _check_geo_and_speed(body, model)
    _check_tools(body)
    _check_tool_choice(body, model)
    _check_tool_results(body["messages"])
    form = (body.get("output_config") or {}).get("format")
    _check_prefill(body["messages"], model, has_format=form is not None)
    schemas = _strict_schemas(body)
    if form is not None:
        _only(form, "output_config.format", {"type", "schema"})
        if form.get("type") != "json_schema" or not isinstance(form.get("schema"), dict):
            raise checks.FIELD_TYPE("output_config.format: Input should be of type 'json_schema' with a 'schema'")
        schemas["output_config.format.schema"] = form["schema"]
    check_schemas(schemas)


def check_citations(blocks: Sequence[Block], *, has_format: bool) -> None:
    """Check citations against the format, and that either all documents can be cited or none."""
    documents = [block for block in blocks if block.type == "document" and block.place == "user"]
    cited = [block for block in blocks if block.cites]
    if cited and has_format:
        raise checks.CITATIONS_WITH_FORMAT(
            f"{cited[0].path}: citations cannot be used together with output_config.format"
        )
    if any(block.cites for block in documents) and not all(block.cites for block in documents):
        raise checks.MIXED_CITATIONS("citations must be enabled on all documents of a request, or on none")


def _is_kind(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)


def _only(part: Mapping[str, Any], path: str, known: set[str]) -> None:
    for name in part:
        if name not in known:
            raise checks.UNKNOWN_FIELD(f"{path}.{name}: Extra inputs are not permitted")


def _check_messages(messages: Sequence[Any]) -> None:
    if not messages:
        raise checks.EMPTY_CONTENT("messages: at least one message is required")
    for number, message in enumerate(messages):
        path = f"messages.{number}"
        if not isinstance(message, dict):
            raise checks.FIELD_TYPE(f"{path}: Input should be a valid dictionary")
        for name in ("role", "content"):
            if name not in message:
                raise checks.MISSING_FIELD(f"{path}.{name}: Field required")
        _only(message, path, {"role", "content"})
        if message["role"] not in {"user", "assistant"}:
            raise checks.ROLE(f"{path}.role: Input should be 'user' or 'assistant'")
    if messages[0]["role"] != "user":
        raise checks.ROLE("messages: first message must use the user role")


def _check_max_tokens(body: Mapping[str, Any], model: Model) -> None:
    tokens = body["max_tokens"]
    if tokens is None or tokens < 0:
        raise checks.MAX_TOKENS("max_tokens: must be greater than or equal to 0")
    if tokens > model.max_output:
        raise checks.MAX_TOKENS(
            f"max_tokens: {tokens} > {model.max_output}, which is the maximum allowed number of output tokens for "
            f"{model.id}"
        )
    hindrances = {
        "stream": bool(body.get("stream")),
        "thinking.budget_tokens": (body.get("thinking") or {}).get("type") == "enabled",
        "output_config.format": (body.get("output_config") or {}).get("format") is not None,
        "tool_choice": _is_forced(body),
    }
    if tokens == 0 and any(hindrances.values()):
        name = next(name for name, stands in hindrances.items() if stands)
        raise checks.PREWARM(f"max_tokens: 0 cannot be combined with {name}")


def _check_effort(body: Mapping[str, Any], model: Model) -> str | None:
    config = body.get("output_config") or {}
    _only(config, "output_config", {"effort", "format"})
    effort = config.get("effort")
    if effort is None:
        return model.default_effort
    if effort not in EFFORTS:
        raise checks.EFFORT(f"output_config.effort: Input should be {', '.join(EFFORTS)}")
    if effort not in model.efforts:
        raise checks.EFFORT(f"output_config.effort: {effort} is not supported by {model.id}")
    return str(effort)


def _check_thinking(body: Mapping[str, Any], model: Model, effort: str | None, *, is_count: bool) -> None:
    thinking = body.get("thinking")
    if thinking is None:
        return
    kind = thinking.get("type")
    if kind not in _THINKING_FIELDS:
        raise checks.FIELD_TYPE(f"thinking.type: Input should be {', '.join(_THINKING_FIELDS)}")
    _only(thinking, f"thinking.{kind}", {"type", *_THINKING_FIELDS[kind]})
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


def _check_geo_and_speed(body: Mapping[str, Any], model: Model) -> None:
    geo, speed = body.get("inference_geo"), body.get("speed")
    if geo is not None and (not model.geo or geo not in {"global", "us"}):
        raise checks.GEO(f"inference_geo: {geo} is not supported by {model.id}")
    if speed not in {None, "standard", "fast"}:
        raise checks.FIELD_TYPE("speed: Input should be 'standard' or 'fast'")
    if speed == "fast" and not model.fast and model.id not in FAST_IGNORED:
        raise checks.SPEED(f"speed: fast is not supported by {model.id}")


def _check_tools(body: Mapping[str, Any]) -> None:
    tools: list[Any] = body.get("tools") or []
    names: set[str] = set()
    for number, tool in enumerate(tools):
        path = f"tools.{number}"
        if not isinstance(tool, dict):
            raise checks.FIELD_TYPE(f"{path}: Input should be a valid dictionary")
        if tool.get("type") not in {None, "custom"}:
            raise checks.BLOCK_TYPE(f"{path}.type: the fake of the API has no tools of the server's own")
        _only(tool, f"{path}.custom", _TOOL_FIELDS)
        for name in ("name", "input_schema"):
            if name not in tool:
                raise checks.MISSING_FIELD(f"{path}.custom.{name}: Field required")
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", str(tool["name"])):
            raise checks.TOOL_NAME(f"{path}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
        if tool["name"] in names:
            raise checks.TOOL_NAME("tools: Tool names must be unique.")
        names.add(tool["name"])
        if not isinstance(tool["input_schema"], dict) or tool["input_schema"].get("type") != "object":
            raise checks.FIELD_TYPE(f"{path}.custom.input_schema.type: Input should be 'object'")
    strict = sum(bool(tool.get("strict")) for tool in tools)
    if strict > MOST_STRICT_TOOLS:
        raise checks.STRICT_TOOLS(f"tools: at most {MOST_STRICT_TOOLS} strict tools are supported, found {strict}")


def _is_forced(body: Mapping[str, Any]) -> bool:
    return (body.get("tool_choice") or {}).get("type") in {"any", "tool"}


def _check_tool_choice(body: Mapping[str, Any], model: Model) -> None:
    choice = body.get("tool_choice")
    if choice is None:
        return
    kind = choice.get("type")
    if kind not in _CHOICE_FIELDS:
        raise checks.FIELD_TYPE(f"tool_choice.type: Input should be {', '.join(_CHOICE_FIELDS)}")
    _only(choice, f"tool_choice.{kind}", {"type", *_CHOICE_FIELDS[kind]})
    if _is_forced(body) and not model.forced_tool:
        raise checks.FORCED_TOOL('tool_choice: types "tool" and "any" are not supported by this model')
    if _is_forced(body) and (body.get("thinking") or {}).get("type") == "enabled":
        raise checks.FORCED_TOOL_THINKING("Thinking may not be enabled when tool_choice forces tool use.")
    names = {tool["name"] for tool in body.get("tools") or ()}
    if not names:
        raise checks.TOOL_CHOICE("tool_choice may only be specified while providing tools.")
    if kind == "tool" and choice.get("name") not in names:
        raise checks.TOOL_CHOICE(f"Tool '{choice.get('name')}' not found in provided tools")


def _check_tool_results(messages: Sequence[Mapping[str, Any]]) -> None:
    asked: set[str] = set()
    for number, message in enumerate(messages):
        content: Any = message["content"]
        blocks = [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []
        answered = {block.get("tool_use_id") for block in blocks if block.get("type") == "tool_result"}
        if message["role"] == "user" and answered != asked:
            raise checks.TOOL_RESULT(
                f"messages.{number}: `tool_use` blocks and `tool_result` blocks of two messages in a row must match"
            )
        asked = {block.get("id", "") for block in blocks if block.get("type") == "tool_use"}


def _check_prefill(messages: Sequence[Mapping[str, Any]], model: Model, *, has_format: bool) -> None:
    if messages[-1]["role"] != "assistant":
        return
    if not model.prefill:
        raise checks.PREFILL(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    if has_format:
        raise checks.PREFILL_WITH_FORMAT("output_config.format cannot be combined with an assistant message prefill")


def _strict_schemas(body: Mapping[str, Any]) -> dict[str, Schema]:
    return {
        f"tools.{number}.custom.input_schema": tool["input_schema"]
        for number, tool in enumerate(body.get("tools") or ())
        if tool.get("strict")
    }
