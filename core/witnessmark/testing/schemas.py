"""Which JSON schemas structured outputs take, and the simplest value that satisfies one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from witnessmark.testing import checks
from witnessmark.testing.shapes import as_object, is_array, is_object

Schema = Mapping[str, Any]

MOST_OPTIONAL = 24
MOST_UNIONS = 16
FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
_KEYWORDS = frozenset(
    "$defs $id $ref $schema additionalProperties allOf anyOf const default definitions description enum examples "
    "format items minItems oneOf pattern properties required title type".split()
)
_TOO_COMPLEX = "Schema is too complex for compilation"
_NOT_SIMPLE = re.compile(r"\(\?|\\[1-9bBpP]")
"""Looking around, references back, word boundaries, classes of Unicode."""


def check_schemas(schemas: Mapping[str, Schema]) -> None:
    """Refuse what cannot be compiled; the counts are of all schemas of a request together.

    Shapes:  `schemas` maps where a schema stands in the request to the schema
    Source:  fact sheet §5.2
    """
    optional = unions = 0
    for where, schema in schemas.items():
        for path, part in _parts(schema, schema, where):
            _check_part(part, path)
            properties: Mapping[str, Any] = part.get("properties", {})
            optional += len(properties.keys() - set(part.get("required", ())))
            unions += isinstance(part.get("type"), list) or "anyOf" in part or "oneOf" in part
    if optional > MOST_OPTIONAL:
        raise checks.OPTIONAL_COUNT(f"{_TOO_COMPLEX}: {optional} optional parameters, and at most {MOST_OPTIONAL}")
    if unions > MOST_UNIONS:
        raise checks.UNION_COUNT(f"{_TOO_COMPLEX}: {unions} parameters with union types, and at most {MOST_UNIONS}")


def _parts(root: Schema, part: Any, path: str, inside: tuple[str, ...] = ()) -> Iterator[tuple[str, Schema]]:
    """Walk a schema, references followed."""
    if isinstance(part, bool):
        return
    here = as_object(part, path)
    if (reference := here.get("$ref")) is not None:
        if reference in inside or reference == "#":
            raise checks.RECURSION(f"{path}: recursive schemas are not supported")
        yield from _parts(root, resolve(root, reference, path), path, (*inside, reference))
        return
    yield path, here
    for keyword in ("anyOf", "oneOf", "allOf"):
        for number, option in enumerate(here.get(keyword, ())):
            yield from _parts(root, option, f"{path}.{keyword}.{number}", inside)
    for name, child in here.get("properties", {}).items():
        yield from _parts(root, child, f"{path}.properties.{name}", inside)
    if "items" in here:
        yield from _parts(root, here["items"], f"{path}.items", inside)


def resolve(root: Schema, reference: Any, path: str) -> Any:
    """Follow a reference inside of the schema."""
    found: Any = root
    if not isinstance(reference, str) or not reference.startswith("#/"):
        raise checks.EXTERNAL_REF(f"{path}: $ref: external references are not supported")
    for step in reference[2:].split("/"):
        if not is_object(found) or step not in found:
            raise checks.EXTERNAL_REF(f"{path}: $ref: {reference} does not exist")
        found = found[step]
    return found


def _check_part(part: Schema, path: str) -> None:
    for keyword in part:
        if keyword not in _KEYWORDS:
            raise checks.KEYWORD(f"{path}: For '{part.get('type')}' type, property '{keyword}' is not supported")
    if (part.get("type") == "object" or "properties" in part) and part.get("additionalProperties") is not False:
        raise checks.OPEN_OBJECT(f"{path}: For 'object' type, 'additionalProperties' must be explicitly set to false")
    if part.get("minItems", 0) not in {0, 1}:
        raise checks.MIN_ITEMS(f"{path}: For 'array' type, 'minItems' values other than 0 or 1 are not supported")
    if any("$ref" in option for option in part.get("allOf", ())):
        raise checks.ALL_OF_REF(f"{path}: 'allOf' with '$ref' is not supported")
    values = (*part.get("enum", ()), *((part["const"],) if "const" in part else ()))
    if any(isinstance(value, dict | list) for value in values):
        raise checks.ENUM(f"{path}: enum values must be plain values")
    if "format" in part and part["format"] not in FORMATS:
        raise checks.FORMAT(f"{path}: For 'string' type, format '{part['format']}' is not supported")
    if "pattern" in part and not _is_simple(part["pattern"]):
        raise checks.PATTERN(f"{path}: For 'string' type, this pattern is not supported")


def _is_simple(pattern: Any) -> bool:
    if not isinstance(pattern, str) or _NOT_SIMPLE.search(pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def violation(schema: Schema, value: Any) -> str | None:
    """Say where a value does not satisfy a schema; None where it does."""
    return _violation(schema, schema, value, "the answer")


def _violation(root: Schema, part: Any, value: Any, path: str) -> str | None:
    if isinstance(part, bool) or not part:
        return None
    if "$ref" in part:
        return _violation(root, resolve(root, part["$ref"], path), value, path)
    for keyword in ("anyOf", "oneOf"):
        found = [_violation(root, option, value, path) for option in part.get(keyword, ())]
        if found and None not in found:
            return found[0]
    if ("enum" in part and value not in part["enum"]) or ("const" in part and value != part["const"]):
        return f"{path} is none of the values allowed"
    kinds = part.get("type", [])
    if kinds and not any(_is_of(value, kind) for kind in (kinds if is_array(kinds) else [kinds])):
        return f"{path} is not of type {kinds}"
    if is_object(value):
        properties: Mapping[str, Any] = part.get("properties", {})
        if missing := set(part.get("required", ())) - value.keys():
            return f"{path} lacks {sorted(missing)}"
        if more := value.keys() - properties.keys():
            return f"{path} has {sorted(more)} too many"
        inner = [(properties[name], child, f"{path}.{name}") for name, child in value.items()]
    else:
        inner = [(part.get("items"), child, f"{path}[{n}]") for n, child in enumerate(value if is_array(value) else [])]
    return next(filter(None, (_violation(root, *one) for one in inner)), None)


def _is_of(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _PYTHON_TYPES[kind])


_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


# --- values ---------------------------------------------------------------------------------------------------------

_OF_FORMAT = {
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "date": "2026-01-31",
    "duration": "P1D",
    "email": "name@example.com",
    "hostname": "example.com",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_OF_PATTERN = ("text", "", "a", "A", "1", "12", "123", "2026-01-31", "2026", "A1", "1.0", "#ffffff", "a-b", "1-3")


def value_of(schema: Schema) -> Any:
    """Make the simplest value that satisfies a schema: one item in arrays, short texts, required properties first."""
    return _value(schema, schema, depth=0)


def _value(root: Schema, part: Any, depth: int) -> Any:
    if isinstance(part, bool) or not part or depth > 32:
        return "text"
    if "$ref" in part:
        return _value(root, resolve(root, part["$ref"], ""), depth + 1)
    if "const" in part:
        return part["const"]
    if "enum" in part:
        return part["enum"][0]
    for keyword in ("anyOf", "oneOf"):
        if keyword in part:
            options = [option for option in part[keyword] if option.get("type") != "null"]
            return _value(root, options[0] if options else {"type": "null"}, depth + 1)
    if "allOf" in part:
        return _value(root, {**{key: value for option in part["allOf"] for key, value in option.items()}}, depth + 1)
    kind = part.get("type", "object" if "properties" in part else "string")
    if is_array(kind):
        kind = next((name for name in kind if name != "null"), "null")
    match kind:
        case "object":
            return _object(root, part, depth)
        case "array":
            return [_value(root, part.get("items", {}), depth + 1)]
        case _:
            return _PLAIN[kind] if kind in _PLAIN else _text(part)


def _object(root: Schema, part: Schema, depth: int) -> dict[str, Any]:
    properties: Mapping[str, Any] = part.get("properties", {})
    required = [name for name in properties if name in part.get("required", ())]
    names = required + [name for name in properties if name not in required]
    return {name: _value(root, properties[name], depth + 1) for name in names}


def _text(part: Schema) -> str:
    if "format" in part:
        return _OF_FORMAT.get(part["format"], "text")
    if "pattern" in part:
        return next((text for text in _OF_PATTERN if re.search(part["pattern"], text)), "text")
    return "text"


_PLAIN = {"integer": 1, "number": 1.5, "boolean": True, "null": None}
