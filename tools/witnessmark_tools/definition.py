"""A tool, defined once: the server's schema, the shell's options and the check of arguments all come from it.

The plain function is the definition. Its positional parameters are the tool's arguments; its keyword-only parameters
are handed in by whoever runs it and are invisible to a model.
"""

from __future__ import annotations

import inspect
import json
import logging
import time
import typing
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from witnessmark.closest import did_you_mean
from witnessmark.documents.opening import Documents
from witnessmark.errors import UsageError
from witnessmark.exports.folder import ExportFolder
from witnessmark_tools.arguments import SECRET, WHOLE
from witnessmark_tools.remembered import RememberedResults
from witnessmark_tools.results import LongResult, Result
from witnessmark_tools.terms import Terms

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude
    from witnessmark_tools.jobs import Jobs

HIDDEN = "…"

logger = logging.getLogger(__name__)


class Progress(Protocol):
    """Called with how much is done, of how much, and a short sentence; it may be called often."""

    async def __call__(self, done: float, total: float, message: str) -> None: ...


async def no_progress(done: float, total: float, message: str) -> None:
    """Progress that nobody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What tools may ask for by naming a keyword-only parameter after a field."""

    documents: Documents
    exports: ExportFolder
    opened: Callable[[], Claude]
    """Gives the client, made when it is first asked for."""
    terms: Terms
    patience: float | None
    """Seconds to wait for a result when the caller says nothing; None waits to the end."""
    jobs: Jobs
    results: RememberedResults

    @property
    def claude(self) -> Claude:
        return self.opened()


class UnknownTool(UsageError):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no tool {name[:60]!r}.", _closest(name, known, "tool"))


class UnknownArgument(UsageError):
    def __init__(self, name: str, tool: str, known: list[str]) -> None:
        super().__init__(f"{tool} has no argument {name[:60]!r}.", _closest(name, known, "argument"))


class MissingArgument(UsageError):
    def __init__(self, name: str, tool: str, meaning: str) -> None:
        super().__init__(f"{tool} needs the argument {name!r}.", f"{name}: {meaning}")


class InvalidArgument(UsageError):
    def __init__(self, name: str, tool: str, value: object, expected: str) -> None:
        shown = HIDDEN if name in SECRET or value == HIDDEN else repr(value)
        shown = shown if len(shown) <= 60 else shown[:60] + "…"
        super().__init__(f"{tool} cannot use {name}={shown}.", f"Pass {expected}.")


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


@dataclass(frozen=True, kw_only=True)
class ToolDefinition:
    """A function as a tool, with what hosts show and decide by."""

    function: Callable[..., Awaitable[Result]]
    title: str
    writes: bool = False
    """Whether it changes or writes anything that its caller can see: exported files, jobs, uploads."""
    spends: bool = False
    """Whether it may spend money, or upload a document, where there is a key."""
    destroys: bool = False
    is_idempotent: bool = True
    reaches_out: bool = True
    """Whether it may talk to the world outside this machine, as every tool does that takes a URL."""
    is_structured: bool = True
    """Whether its result goes out as structured content; long text goes out as plain content only."""

    @property
    def name(self) -> str:
        return self.function.__name__

    def is_read_only(self, *, has_key: bool) -> bool:
        return not self.writes and not (self.spends and has_key)

    @cached_property
    def description(self) -> str:
        return inspect.cleandoc(self.function.__doc__ or "")

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The arguments as a model that refuses unknown ones."""
        parameters = {
            name: parameter
            for name, parameter in inspect.signature(self.function).parameters.items()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        }
        hints = _hints(self.function, parameters)
        visible: dict[str, Any] = {
            name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in parameters.items()
        }
        return create_model(self.name, __base__=_Arguments, **visible)

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """The arguments as JSON schema, without what no reader needs."""
        schema = lean(self.arguments.model_json_schema())
        schema["properties"] = {name: _without_null(part) for name, part in schema["properties"].items()}
        return schema

    @cached_property
    def result_type(self) -> type[Result]:
        result: type[Result] = _hints(self.function, ["return"])["return"]
        return result

    @property
    def is_long(self) -> bool:
        """Whether it may take longer than anybody waits, and goes on as a job then."""
        return issubclass(self.result_type, LongResult)

    @property
    def gives_pictures(self) -> bool:
        """Whether pictures come with its result."""
        return self.result_type.pictures is not Result.pictures

    @cached_property
    def output_schema(self) -> dict[str, Any] | None:
        return lean(self.result_type.model_json_schema(mode="serialization")) if self.is_structured else None

    def parse(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Check arguments and give them their types.

        Errors:  `UnknownArgument`, `MissingArgument`, `InvalidArgument`, the first that applies
        """
        known = list(self.arguments.model_fields)
        for name in arguments:
            if name not in known:
                raise UnknownArgument(name, self.name, known)
        lenient = {name: self._as_written(name, value) for name, value in arguments.items() if value is not None}
        try:
            parsed = self.arguments.model_validate(lenient)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            raise self._refusal(str(first["loc"][0]), first["type"], arguments) from error
        return {name: getattr(parsed, name) for name in known}

    def _as_written(self, name: str, value: object) -> object:
        """Take what models and hosts write instead: a list as a word, a list or object as JSON text, `3` for `"3"`."""
        kind = self.input_schema["properties"][name].get("type")
        if kind == "string":
            return _text_of_numbers(value)
        if kind not in {"array", "object"} or not isinstance(value, str):
            return value
        if kind == "object" or value.startswith("["):
            try:
                return json.loads(value)
            except ValueError:
                return value
        return [value] if name in WHOLE else [part.strip() for part in value.split(",")]

    def _refusal(self, name: str, kind: str, arguments: Mapping[str, Any]) -> UsageError:
        schema = self.input_schema["properties"].get(name, {})
        if kind == "missing":
            return MissingArgument(name, self.name, schema.get("description", ""))
        # An object may hold anything, a password too.
        value = arguments.get(name) if schema.get("type") != "object" else HIDDEN
        return InvalidArgument(name, self.name, value, _expected_of(schema))

    async def call(self, arguments: dict[str, Any], services: Services, progress: Progress = no_progress) -> Result:
        """Run the tool on parsed arguments."""
        injected = {
            name: progress if name == "progress" else getattr(services, name)
            for name, parameter in inspect.signature(self.function).parameters.items()
            if parameter.kind is parameter.KEYWORD_ONLY
        }
        began = time.monotonic()
        logger.debug("tool called", extra={"tool": self.name})
        result = await self.function(**arguments, **injected)
        logger.debug("tool answered", extra={"tool": self.name, "seconds": round(time.monotonic() - began, 3)})
        return result


def _hints(function: Callable[..., Any], names: Iterable[str]) -> dict[str, Any]:
    """Resolve some of a function's types; those of what is handed in may be known to type checkers alone."""
    asked = type("", (), {"__annotations__": {name: function.__annotations__[name] for name in names}})
    return typing.get_type_hints(asked, globalns=function.__globals__, include_extras=True)


def _text_of_numbers(value: object) -> object:
    numbers = cast("list[object]", value) if isinstance(value, list) else [value]
    is_plain = all(isinstance(number, int) and not isinstance(number, bool) for number in numbers)
    return ",".join(map(str, numbers)) if numbers and is_plain else cast("object", value)  # type: ignore[redundant-cast]  # pyright's


def _expected_of(schema: Mapping[str, Any]) -> str:
    words = expected(schema)
    meaning = schema.get("description", "").rstrip(".")
    return f"{words} ({meaning})" if words in {"a text", "an object"} and meaning else words


def expected(schema: Mapping[str, Any]) -> str:
    """Say in words what a property's schema takes."""
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        *others, last = map(repr, choices)
        return f"{', '.join(others)} or {last}" if others else last
    if schema.get("type") == "array":
        items = expected(schema.get("items", {}))
        return f"a list of {_PLURALS.get(items, items)}"
    words = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "string": "a text",
        "object": "an object",
    }
    word = words.get(str(schema.get("type")), "another value")
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{word} from {low:g} to {high:g}"
    return word if low is None else f"{word}, at least {low:g}"


_PLURALS = {"a text": "texts", "a number": "numbers", "a whole number": "whole numbers", "an object": "objects"}


def lean(schema: dict[str, Any]) -> dict[str, Any]:
    """Drop titles and null defaults, and put definitions where they are used."""
    definitions = schema.pop("$defs", {})
    result: dict[str, Any] = _lean(schema, definitions)
    return result


def _lean(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_lean(part, definitions) for part in cast("list[Any]", node)]  # type: ignore[redundant-cast]  # pyright's
    if not isinstance(node, dict):
        return node
    schema = cast("dict[str, Any]", node)
    if "$ref" in schema:
        target = definitions[schema["$ref"].rsplit("/", 1)[1]]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _lean({**target, **beside}, definitions)
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if (key == "title" and isinstance(value, str)) or (key == "default" and value is None):
            continue
        if key == "properties":
            kept[key] = {name: _lean(part, definitions) for name, part in value.items()}
        else:
            kept[key] = _lean(value, definitions)
    return kept


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Say only what an optional value is when it is there."""
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    if len(options) != 1 or len(schema["anyOf"]) != 2:
        return schema
    only: dict[str, Any] = options[0]
    return only | {key: value for key, value in schema.items() if key != "anyOf"}


def _closest(name: str, known: list[str], what: str) -> str:
    match, listed = did_you_mean(name, known), ", ".join(known)
    return f"{match}Known: {listed}." if match else f"Known {what}s: {listed}."
