"""Cache diagnostics of the fake: how a request differs from an earlier one, whatever the cache did."""

from __future__ import annotations

from typing import Any

import pytest
from anthropic import AsyncAnthropic
from anthropic.types import CacheMissSystemChanged

from tests.testing.asking import Json, ask, text, tool
from tests.testing.conftest import Endpoint

pytestmark = pytest.mark.anyio


LONG = text("A long instruction. " * 200, cache_control={"type": "ephemeral"})


async def _reason(
    client: AsyncAnthropic, previous: str | None, *blocks: Json | str, **more: Any
) -> tuple[str, str | None]:
    """Ask with diagnostics: the message's id, and the reason."""
    message = await ask(client, *blocks, diagnostics={"previous_message_id": previous}, **more)
    reason = message.diagnostics.cache_miss_reason if message.diagnostics else None
    return message.id, reason.type if reason else None


async def test_a_request_is_compared_with_an_earlier_one_that_asked_for_it(endpoint: Endpoint) -> None:
    client = endpoint.client
    first, nothing = await _reason(client, None, "Hello.")
    assert nothing is None
    assert (await _reason(client, first, "Hello."))[1] is None
    assert (await _reason(client, first, "Goodbye."))[1] == "messages_changed"
    assert (await _reason(client, first, "Hello.", system="Be kind."))[1] == "system_changed"
    assert (await _reason(client, first, "Hello.", tools=[tool()]))[1] == "tools_changed"
    assert (await _reason(client, first, "Hello.", model="claude-sonnet-5-5"))[1] == "model_changed"
    assert (await _reason(client, "msg_unknown", "Hello."))[1] == "previous_message_not_found"


async def test_only_requests_that_asked_are_remembered(client: AsyncAnthropic) -> None:
    silent = await ask(client, "Hello.")
    assert silent.diagnostics is None
    assert (await _reason(client, silent.id, "Hello."))[1] == "previous_message_not_found"


async def test_of_what_else_bears_on_the_cache_it_says_nothing(client: AsyncAnthropic) -> None:
    first, _ = await _reason(client, None, "Hello.")
    assert (await _reason(client, first, "Hello.", output_config={"effort": "low"}))[1] == "unavailable"


async def test_what_was_missed_is_told_in_tokens(client: AsyncAnthropic) -> None:
    first = await ask(client, LONG, "?", diagnostics={"previous_message_id": None})
    second = await ask(client, LONG, "?", system="Other.", diagnostics={"previous_message_id": first.id})
    assert second.diagnostics is not None
    reason = second.diagnostics.cache_miss_reason
    assert isinstance(reason, CacheMissSystemChanged)
    assert reason.cache_missed_input_tokens == first.usage.cache_creation_input_tokens
