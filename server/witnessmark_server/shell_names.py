"""Our sentences in the words of the shell: its options and commands, where hosts have arguments and tools."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from witnessmark_tools.catalog import COMMANDS
from witnessmark_tools.definition import ToolDefinition

_VALUE = r"(?:'[^']*'|\"[^\"]*\"|[^\s,;:.()]+(?:\.\d+)?)"


def in_shell_words(sentence: str, tool: ToolDefinition | None = None) -> str:
    """Write the arguments in a sentence as options, and tools as commands; what is in quotes stays as it is.

    Shapes:  `pages='1-3'` becomes `--pages 1-3`, `` `pages` `` `--pages`, max_cost_usd --max-cost-usd and estimate_cost
             estimate-cost; an argument that `tool` takes as a word of its own has its place in capitals
    """
    return _pattern().sub(lambda found: _replaced(found, tool), sentence)


@functools.cache
def _pattern() -> re.Pattern[str]:
    names = {name for tool in COMMANDS.values() for name in tool.arguments.model_fields}
    any_name, long_name = _one_of(names), _one_of(name for name in names if "_" in name)
    return re.compile(
        rf"(?P<tick>`?)(?<![\w'-])(?P<given>{any_name})=(?P<value>{_VALUE})(?P=tick)"
        rf"|`(?P<marked>{any_name})`"
        rf"|\A(?P<head>{any_name})(?=: )"
        rf"|(?<=argument )'(?P<argument>{any_name})'"
        rf"|(?<=Did you mean )'(?P<meant>{_one_of(COMMANDS)})'"
        r"|'[^'\n]*'(?!\w)|\"[^\"\n]*\""
        rf"|(?<![\w'/.=-])(?P<named>{long_name})(?![\w'/=.-]\w)"
        rf"|(?<![\w'/.-])(?P<tool>{_one_of(COMMANDS)})(?![\w/-])"
    )


def _one_of(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def _replaced(found: re.Match[str], tool: ToolDefinition | None) -> str:
    if name := found["given"]:
        tick = found["tick"]
        return f"{tick}{written(name, tool)} {_bare(found['value'])}{tick}"
    if name := found["marked"]:
        return f"`{written(name, tool)}`"
    if name := found["argument"] or found["named"] or found["head"]:
        return written(name, tool)
    if name := found["meant"]:
        return repr(name.replace("_", "-"))
    if name := found["tool"]:
        return name.replace("_", "-")
    return found[0]


def written(name: str, tool: ToolDefinition | None = None) -> str:
    """Write the name of an argument as the command line takes it."""
    is_word = tool is not None and is_required_word(tool, name)
    if name == "sources" or (is_word and name == "source"):
        return "FILE"
    return name.upper() if is_word else "--" + name.replace("_", "-")


def is_required_word(tool: ToolDefinition, name: str) -> bool:
    """Say whether an argument is a word of its own, without the name of an option before it."""
    schema = tool.input_schema
    kind = schema["properties"].get(name, {}).get("type")
    return name in schema.get("required", []) and kind not in {"array", "object"}


def _bare(value: str) -> str:
    """Leave out the quotes that a shell does not need."""
    inner = value[1:-1] if value[:1] in {"'", '"'} else value
    return inner if re.fullmatch(r"[\w.,:/@%+-]+", inner) else value
