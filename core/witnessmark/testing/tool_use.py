"""Checks of tools: their definitions, the choice among them, and that calls and results match."""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.testing import checks
from witnessmark.testing.models import Model
from witnessmark.testing.schemas import Schema
from witnessmark.testing.shapes import Object, as_object, check_names, is_object, items, part, word

MOST_STRICT_TOOLS = 20

_OPTIONAL = (
    "description",
    "type",
    "strict",
    "cache_control",
    "allowed_callers",
    "defer_loading",
    "eager_input_streaming",
    "input_examples",
)
_CHOICE_FIELDS: dict[str, tuple[str, ...]] = {
    "auto": ("disable_parallel_tool_use",),
    "any": ("disable_parallel_tool_use",),
    "tool": ("disable_parallel_tool_use", "name"),
    "none": (),
}
_NAME = r"[a-zA-Z0-9_-]{1,128}"


def is_forced(body: Object) -> bool:
    return part(body, "tool_choice").get("type") in {"any", "tool"}


def check_tools(body: Object) -> None:
    """Check the tools' definitions."""
    names: set[str] = set()
    strict = 0
    for number, given in enumerate(items(body, "tools")):
        path = f"tools.{number}"
        tool = as_object(given, path)
        if tool.get("type") not in {None, "custom"}:
            raise checks.BLOCK_TYPE(f"{path}.type: the fake of the API has no tools of the server's own")
        check_names(tool, f"{path}.custom", needed=("name", "input_schema"), optional=_OPTIONAL)
        name = str(tool["name"])
        if not re.fullmatch(_NAME, name):
            raise checks.TOOL_NAME(f"{path}.custom.name: String should match pattern '^{_NAME}$'")
        if name in names:
            raise checks.TOOL_NAME("tools: Tool names must be unique.")
        names.add(name)
        schema = as_object(tool["input_schema"], f"{path}.custom.input_schema")
        word(schema.get("type"), f"{path}.custom.input_schema.type", ("object",))
        strict += bool(tool.get("strict"))
    if strict > MOST_STRICT_TOOLS:
        raise checks.STRICT_TOOLS(f"tools: at most {MOST_STRICT_TOOLS} strict tools are supported, found {strict}")


def check_tool_choice(body: Object, model: Model) -> None:
    """Check which tool is to be called."""
    if body.get("tool_choice") is None:
        return
    choice = part(body, "tool_choice")
    kind = word(choice.get("type"), "tool_choice.type", _CHOICE_FIELDS)
    check_names(choice, f"tool_choice.{kind}", needed=("type",), optional=_CHOICE_FIELDS[kind])
    if is_forced(body) and not model.forced_tool:
        raise checks.FORCED_TOOL('tool_choice: types "tool" and "any" are not supported by this model')
    if is_forced(body) and part(body, "thinking").get("type") == "enabled":
        raise checks.FORCED_TOOL_THINKING("Thinking may not be enabled when tool_choice forces tool use.")
    names = {tool["name"] for tool in items(body, "tools")}
    if not names:
        raise checks.TOOL_CHOICE("tool_choice may only be specified while providing tools.")
    if kind == "tool" and choice.get("name") not in names:
        raise checks.TOOL_CHOICE("tool_choice.tool.name: not found in provided tools")


def check_tool_results(messages: Sequence[Object]) -> None:
    """Check that each call of a tool is followed by its result, and each result preceded by its call."""
    called: set[str] = set()
    for number, message in enumerate(messages):
        blocks = [block for block in items(message, "content") if is_object(block)]
        answered = {str(block.get("tool_use_id")) for block in blocks if block.get("type") == "tool_result"}
        if message["role"] == "user" and answered != called:
            raise checks.TOOL_RESULT(
                f"messages.{number}: `tool_use` blocks and `tool_result` blocks of two messages in a row must match"
            )
        called = {str(block.get("id")) for block in blocks if block.get("type") == "tool_use"}


def strict_schemas(body: Object) -> dict[str, Schema]:
    """Name the schemas that are compiled together with that of `output_config.format`."""
    return {
        f"tools.{number}.custom.input_schema": tool["input_schema"]
        for number, tool in enumerate(items(body, "tools"))
        if tool.get("strict")
    }
