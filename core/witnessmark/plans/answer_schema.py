"""A JSON schema within what the API compiles for structured answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

MOST_UNIONS = 16
"""Parameters with more than one type in one request. Source: Claude API documentation, "Structured outputs"."""
_UNSUPPORTED = frozenset(
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems "
    "uniqueItems title default".split()
)


class SchemaNotSupported(ValueError):
    """A result type of ours asks for what the API refuses: a bug, found by the type's test."""


def answer_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Bring a schema without references into the form the API takes: closed objects, everything required.

    Errors:  `SchemaNotSupported`
    """
    made: dict[str, Any] = _strict(schema)
    nodes = list(_nodes(made))
    if any("$ref" in node or "allOf" in node for node in nodes):
        raise SchemaNotSupported("references are not resolved")
    if any(node.get("additionalProperties", False) is not False for node in nodes):
        raise SchemaNotSupported("an object has names that are not known before")
    unions = sum("anyOf" in node or isinstance(node.get("type"), list) for node in nodes)
    if unions > MOST_UNIONS:
        raise SchemaNotSupported(f"{unions} parameters have more than one type; {MOST_UNIONS} may")
    return made


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(part) for part in cast("list[Any]", node)]  # type: ignore[redundant-cast]  # pyright's
    if not isinstance(node, Mapping):
        return node
    schema = cast("Mapping[str, Any]", node)
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {name: _strict(part) for name, part in value.items()}
        elif key not in _UNSUPPORTED:
            kept[key] = _strict(value)
    if kept.get("type") == "object" and "properties" in kept:
        kept["additionalProperties"] = False
        kept["required"] = list(kept["properties"])  # at most 24 may be optional; none is
    return kept


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for part in cast("list[Any]", node):  # type: ignore[redundant-cast]  # pyright's
            yield from _nodes(part)
    elif isinstance(node, dict):
        schema = cast("dict[str, Any]", node)
        yield schema
        for key, value in schema.items():
            parts = list(value.values()) if key == "properties" else [value]
            for part in parts:
                yield from _nodes(part)
