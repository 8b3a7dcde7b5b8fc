"""Keys come from two variables and from nowhere else, and are never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from witnessmark.claude.credentials import (
    DEFAULT_BASE_URL,
    BaseUrlInvalid,
    KeyIsPlaceholder,
    KeyMalformed,
    credentials_from,
)

KEY = "sk-ant-api03-0123456789abcdef"


def test_without_a_key_there_are_no_credentials() -> None:
    assert credentials_from({}) is None
    assert credentials_from({"ANTHROPIC_API_KEY": "  "}) is None


def test_the_api_key_wins_over_the_auth_token() -> None:
    found = credentials_from({"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_AUTH_TOKEN": "token-123456"})
    assert found is not None
    assert (found.kind, found.secret, found.base_url) == ("api key", KEY, DEFAULT_BASE_URL)


def test_an_auth_token_alone_is_enough() -> None:
    found = credentials_from({"ANTHROPIC_AUTH_TOKEN": "token-123456", "ANTHROPIC_BASE_URL": "http://127.0.0.1:8080/"})
    assert found is not None
    assert (found.kind, found.base_url) == ("auth token", "http://127.0.0.1:8080")


def test_a_profile_is_not_a_key(tmp_path: Path) -> None:
    environment = {"ANTHROPIC_PROFILE": "work", "ANTHROPIC_CONFIG_DIR": str(tmp_path), "ANTHROPIC_IDENTITY_TOKEN": "x"}
    assert credentials_from(environment) is None


@pytest.mark.parametrize(
    "text",
    ["sk-ant-your-key-here", "your-api-key", "<your key>", "${ANTHROPIC_API_KEY}", "sk-ant-...", "xxxxxxxx", "…"],
)
def test_the_placeholder_of_an_example_is_named(text: str) -> None:
    with pytest.raises(KeyIsPlaceholder, match="ANTHROPIC_API_KEY still holds the placeholder"):
        credentials_from({"ANTHROPIC_API_KEY": text})


def test_the_placeholder_of_our_own_example_is_recognised() -> None:
    example = json.loads((Path(__file__).parents[2] / "claude_desktop_config.example.json").read_text(encoding="utf-8"))
    key = example["mcpServers"]["witnessmark"]["env"]["ANTHROPIC_API_KEY"]
    with pytest.raises(KeyIsPlaceholder):
        credentials_from({"ANTHROPIC_API_KEY": key})


def test_a_key_in_two_lines_is_refused() -> None:
    with pytest.raises(KeyMalformed):
        credentials_from({"ANTHROPIC_API_KEY": "sk-ant-012\n3456"})


@pytest.mark.parametrize("url", ["api.example", "ftp://api.example", "https://", "https://a:b@c", "https://h:99999"])
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BaseUrlInvalid):
        credentials_from({"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url})


def test_the_secret_is_not_in_the_representation() -> None:
    assert KEY not in repr(credentials_from({"ANTHROPIC_API_KEY": KEY}))
