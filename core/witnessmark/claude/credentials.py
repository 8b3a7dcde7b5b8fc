"""The key: from the environment alone, never from a profile on disk, and never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from witnessmark.errors import SetupError

DEFAULT_BASE_URL = "https://api.anthropic.com"
VARIABLES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")

PLACEHOLDERS = frozenset(
    {
        "sk-ant-your-key-here",
        "sk-ant-...",
        "sk-ant-…",
        "your-key-here",
        "your-api-key",
        "your_api_key_here",
        "my-anthropic-api-key",
    }
)
"""What stands in our examples, and in those that people copy most, where a key belongs."""


class KeyMissing(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "Asking Claude takes a key, and there is none.",
            "Set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) where witnessmark is started, or pass model='offline'.",
        )


class KeyIsPlaceholder(SetupError):
    """The key is the text of an example."""

    def __init__(self, variable: str) -> None:
        super().__init__(
            f"{variable} still holds the placeholder of an example and not a key.",
            "Put a key of yours there (console, “API keys”), or remove the variable to work offline.",
        )


class KeyMalformed(SetupError):
    """The key cannot be sent in a header."""

    def __init__(self, variable: str) -> None:
        super().__init__(
            f"{variable} holds white space or characters that no key has.", "Copy the key again, whole and in one line."
        )


class BaseUrlInvalid(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "ANTHROPIC_BASE_URL is not an address of the kind https://host or http://host:port.",
            "Correct it, or remove it to speak to the Claude API itself.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Where the API is, and what opens it."""

    kind: Literal["api key", "auth token"]
    secret: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL


def credentials_from(environment: Mapping[str, str]) -> Credentials | None:
    """Read the key; None where there is none, and tools work offline.

    Errors:  `KeyIsPlaceholder`, `KeyMalformed`, `BaseUrlInvalid`
    """
    base_url = _base_url(environment.get("ANTHROPIC_BASE_URL", "").strip())
    for variable in VARIABLES:
        secret = environment.get(variable, "").strip()
        if not secret:
            continue
        if is_placeholder(secret):
            raise KeyIsPlaceholder(variable)
        if not secret.isascii() or not secret.isprintable() or " " in secret:
            raise KeyMalformed(variable)
        kind: Literal["api key", "auth token"] = "api key" if variable == VARIABLES[0] else "auth token"
        return Credentials(kind=kind, secret=secret, base_url=base_url)
    return None


def is_placeholder(secret: str) -> bool:
    """Say whether this is an example's text, such as `sk-ant-your-key-here`, `<your key>` or `${ANTHROPIC_API_KEY}`."""
    plain = secret.lower()
    is_bracketed = plain[0] in "<[{$%" and plain[-1] in ">]}%"
    return plain in PLACEHOLDERS or is_bracketed or not plain.strip(".x*…-_") or plain.endswith("...")


def _base_url(text: str) -> str:
    if not text:
        return DEFAULT_BASE_URL
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError as error:
        raise BaseUrlInvalid from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or not has_port or parts.username:
        raise BaseUrlInvalid
    return text.rstrip("/")
