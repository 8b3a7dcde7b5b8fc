"""The shape of JSON: what is an object, a list, a text, and which fields it has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeGuard

from witnessmark.testing import checks

Object = Mapping[str, Any]


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def part(whole: Object, name: str) -> Object:
    """Look into a field that holds an object; an empty one where there is none."""
    value = whole.get(name)
    return value if is_object(value) else {}


def items(whole: Object, name: str) -> list[Any]:
    """Look into a field that holds a list; an empty one where there is none."""
    value = whole.get(name)
    return value if is_array(value) else []


def as_object(value: Any, path: str) -> dict[str, Any]:
    """Take only an object."""
    if not is_object(value):
        raise checks.FIELD_TYPE(f"{path}: Input should be a valid dictionary")
    return value


def as_array(value: Any, path: str) -> list[Any]:
    """Take only a list."""
    if not is_array(value):
        raise checks.FIELD_TYPE(f"{path}: Input should be a valid list")
    return value


def text_of(whole: Object, name: str, path: str) -> str:
    """Read a field that holds a text."""
    value = whole[name]
    if not isinstance(value, str):
        raise checks.FIELD_TYPE(f"{path}.{name}: Input should be a valid string")
    return value


def optional_text_of(whole: Object, name: str, path: str) -> str | None:
    """Read a field that may hold a text, null or nothing."""
    return None if whole.get(name) is None else text_of(whole, name, path)


def kind_of(value: Any, path: str) -> str:
    """Read an object's `type`."""
    kind = as_object(value, path).get("type")
    if not isinstance(kind, str):
        raise checks.MISSING_FIELD(f"{path}.type: Field required")
    return kind


def word(value: Any, path: str, known: Collection[str]) -> str:
    """Take only one of a few words."""
    if value not in known:
        raise checks.FIELD_TYPE(f"{path}: Input should be {', '.join(repr(word) for word in known)}")
    return str(value)


def check_names(whole: Object, path: str, *, needed: Collection[str] = (), optional: Collection[str] = ()) -> None:
    """Refuse an object that lacks a field or has one too many."""
    for name in needed:
        if name not in whole:
            raise checks.MISSING_FIELD(f"{path}.{name}: Field required")
    for name in whole:
        if name not in needed and name not in optional:
            raise checks.UNKNOWN_FIELD(f"{path}.{name}: Extra inputs are not permitted")
