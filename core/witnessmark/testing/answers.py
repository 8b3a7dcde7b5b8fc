"""Answers: what a test wants the model to say, and the message that the API makes of it."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from witnessmark.testing.caching import PromptTokens
from witnessmark.testing.checks import ApiError
from witnessmark.testing.request import Request
from witnessmark.testing.schemas import value_of
from witnessmark.testing.shapes import part
from witnessmark.testing.tokens import text_of_tokens, tokens_of_text

SENTENCE = "This is the fake of the Claude API, and it has read the request."
THINKING = "Looking at what was asked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model says; whatever is not given follows from the request.

    `text` may be any text, JSON that fits no schema included. `json` is written as text. `tool_use` maps the names of
    tools to their inputs. `blocks` are content blocks of the API, sent as they are. An answer of more than `max_tokens`
    tokens is cut.
    """

    text: str | None = None
    json: Any = None
    tool_use: Mapping[str, Mapping[str, Any]] | None = None
    blocks: Sequence[Mapping[str, Any]] | None = None
    thinking: str | None = None
    """What was thought, where thinking is on; shown only where the request or the model's default says so."""
    stop_reason: str | None = None
    stop_details: Mapping[str, Any] | None = None
    """`{"category": …, "explanation": …}` of a refusal."""
    stop_sequence: str | None = None
    output_tokens: int | None = None
    """To be billed, thinking included; else counted."""
    thinking_tokens: int | None = None


Said = Reply | str | Mapping[str, Any] | Sequence[Any] | int | float | bool | None
"""A text, a JSON value that is written as one, or a whole reply."""
Answer = Said | ApiError
"""An error is answered as one."""
Answering = Callable[[Request], Answer | Awaitable[Answer]]
"""Says what a request is answered; an awaitable keeps the request waiting."""


def reply_of(said: Said, request: Request) -> Reply:
    """Make a reply of whatever a test gave; None is the default answer."""
    if isinstance(said, Reply):
        return said
    if said is None:
        return default_reply(request)
    return Reply(text=said) if isinstance(said, str) else Reply(json=said)


def default_reply(request: Request) -> Reply:
    """Answer without being told what: the schema's simplest value, else a tool's simplest call, else a sentence."""
    if request.schema is not None:
        return Reply(json=value_of(request.schema))
    choice = request.tool_choice
    if request.tools and choice["type"] != "none":
        tool = next((tool for tool in request.tools if choice.get("name") in {None, tool["name"]}), request.tools[0])
        return Reply(tool_use={tool["name"]: value_of(tool["input_schema"])})
    return Reply(text=SENTENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """An answer as it is sent."""

    message: dict[str, Any]
    output_tokens: int
    thinking_tokens: int


def finish(reply: Reply, request: Request, prompt: PromptTokens) -> Finished:
    """Make the message of a reply: thinking first, cut to the room there is, its tokens counted."""
    model = request.known_model
    most = request.max_tokens
    room = min(most, max(0, model.context - prompt.total))
    thinking = reply.thinking if reply.thinking is not None else THINKING
    thought = 0
    content: list[dict[str, Any]] = []
    if request.thinking and room:
        wanted = reply.thinking_tokens if reply.thinking_tokens is not None else tokens_of_text(thinking, model) + 4
        thought = min(wanted, room)
        content.append({"type": "thinking", "thinking": _shown(thinking, request), "signature": _signature(thinking)})
    left = room - thought
    whole = _blocks(reply)
    spent, is_cut = 0, most == 0
    for block in whole:
        size = _size(block, request)
        if spent + size > left:
            is_cut = True
            if block["type"] == "text" and (text := text_of_tokens(block["text"], left - spent, model)):
                content.append({**block, "text": text})
                spent += tokens_of_text(text, model)
            break
        content.append(block)
        spent += size
    stop_reason = reply.stop_reason or (
        "tool_use" if any(block["type"] == "tool_use" for block in whole) else "end_turn"
    )
    if is_cut:
        stop_reason = "max_tokens" if room == most else "model_context_window_exceeded"
    output = reply.output_tokens if reply.output_tokens is not None else thought + spent
    details = (
        {"type": "refusal", "category": None, "explanation": None, **reply.stop_details} if reply.stop_details else None
    )
    message = {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": model.id,
        "content": content,
        "container": None,
        "diagnostics": None,
        "stop_reason": stop_reason,
        "stop_sequence": reply.stop_sequence,
        "stop_details": details,
        "usage": usage_json(prompt, output, thought, request),
    }
    return Finished(message=message, output_tokens=output, thinking_tokens=thought)


def usage_json(prompt: PromptTokens, output: int, thought: int, request: Request) -> dict[str, Any]:
    """Write usage as the SDK types it."""
    return {
        "input_tokens": prompt.input,
        "cache_read_input_tokens": prompt.read,
        "cache_creation_input_tokens": prompt.written_5m + prompt.written_1h,
        "cache_creation": {
            "ephemeral_5m_input_tokens": prompt.written_5m,
            "ephemeral_1h_input_tokens": prompt.written_1h,
        },
        "output_tokens": output,
        "output_tokens_details": {"thinking_tokens": thought},
        "server_tool_use": None,
        "service_tier": "standard",
        "inference_geo": (request.body.get("inference_geo") or "global") if request.known_model.geo else None,
        "speed": "fast" if request.body.get("speed") == "fast" and request.known_model.fast else "standard",
    }


def _blocks(reply: Reply) -> list[dict[str, Any]]:
    if reply.blocks is not None:
        return [dict(block) for block in reply.blocks]
    texts = [reply.text] if reply.text is not None else []
    if reply.json is not None:
        texts.append(json.dumps(reply.json, ensure_ascii=False))
    calls = [
        {
            "type": "tool_use",
            "id": f"toolu_{secrets.token_hex(12)}",
            "name": name,
            "input": dict(given),
            "caller": {"type": "direct"},
        }
        for name, given in (reply.tool_use or {}).items()
    ]
    return [*({"type": "text", "text": text, "citations": None} for text in texts if text), *calls]


def _size(block: Mapping[str, Any], request: Request) -> int:
    text = block["text"] if block["type"] == "text" else json.dumps(block.get("input", {}), ensure_ascii=False)
    return tokens_of_text(text, request.known_model)


def _shown(thinking: str, request: Request) -> str:
    display = part(request.body, "thinking").get("display")
    shown = display or ("summarized" if request.known_model.shows_thinking else "omitted")
    return thinking if shown == "summarized" else ""


def _signature(thinking: str) -> str:
    return base64.b64encode(f"signature of {thinking}".encode()).decode()
