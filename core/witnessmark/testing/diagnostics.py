"""Cache diagnostics: how a request differs from an earlier one that asked for them, too; the cache is not looked at."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from witnessmark.testing.caching import Prompt, PromptTokens
from witnessmark.testing.request import Request
from witnessmark.testing.shapes import is_array, is_object, part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fingerprint:
    model: str
    system: str
    tools: str
    messages: tuple[str, ...]
    rest: str
    """What else bears on the prompt: of a difference there the API says no more than that it cannot say."""
    kept: int
    """Tokens up to the last breakpoint."""


@dataclass(slots=True)
class Diagnostics:
    """The requests that may be compared with: those that had `diagnostics` themselves, by workspace and message."""

    _known: dict[tuple[str, str], _Fingerprint] = field(default_factory=dict[tuple[str, str], _Fingerprint])

    def say(self, request: Request, message_id: str, prompt: Prompt, tokens: PromptTokens) -> dict[str, Any] | None:
        """Remember a request, and compare it with the one it names; None: it asks for nothing, or nothing differs.

        Source:  SDK, `DiagnosticsParam` and the `CacheMiss…` types
        """
        if request.body.get("diagnostics") is None:
            return None
        now = _fingerprint(request, prompt)
        self._known[request.workspace, message_id] = now
        previous = part(request.body, "diagnostics").get("previous_message_id")
        if previous is None:
            return None
        then = self._known.get((request.workspace, previous))
        reason = "previous_message_not_found" if then is None else _difference(then, now)
        if reason is None:
            return None
        told: dict[str, Any] = {"type": reason}
        if then is not None and reason != "unavailable":
            told["cache_missed_input_tokens"] = max(0, then.kept - tokens.read)
        return {"cache_miss_reason": told}


def _difference(then: _Fingerprint, now: _Fingerprint) -> str | None:
    for name in ("model", "system", "tools"):
        if getattr(then, name) != getattr(now, name):
            return f"{name}_changed"
    if now.messages[: len(then.messages)] != then.messages:
        return "messages_changed"
    return None if then.rest == now.rest else "unavailable"


def _fingerprint(request: Request, prompt: Prompt) -> _Fingerprint:
    body = request.body
    return _Fingerprint(
        model=_hash([request.known_model.id, body.get("speed")]),
        system=_hash(body.get("system")),
        tools=_hash(body.get("tools")),
        messages=tuple(_hash(message) for message in body["messages"]),
        rest=_hash([request.tool_choice, request.thinking, request.effort, request.schema]),
        kept=max((prompt.sizes[position] for position, _ in prompt.breakpoints), default=0),
    )


def _hash(value: Any) -> str:
    text = json.dumps(_without_breakpoints(value), sort_keys=True, default=dict)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _without_breakpoints(value: Any) -> Any:
    if is_object(value):
        return {name: _without_breakpoints(part) for name, part in value.items() if name != "cache_control"}
    return [_without_breakpoints(part) for part in value] if is_array(value) else value
