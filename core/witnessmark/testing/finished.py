"""The message that the API makes of what a model says: thinking first, cut where the room ends, its tokens counted."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from witnessmark.testing.answers import Reply
from witnessmark.testing.caching import PromptTokens
from witnessmark.testing.request import Request
from witnessmark.testing.shapes import items, part
from witnessmark.testing.tokens import text_of_tokens, tokens_of_text

THINKING = "Looking at what was asked."

_Block = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """An answer as it is sent."""

    message: dict[str, Any]
    output_tokens: int
    thinking_tokens: int


def finish(reply: Reply, request: Request, prompt: PromptTokens) -> Finished:
    """Make the message of a reply."""
    model, most = request.known_model, request.max_tokens
    room = min(most, max(0, model.context - prompt.total))
    thinking, thought = _thinking(reply, request, room) if request.thinking and room else ([], 0)
    said, stop_sequence = _until_stop(_blocks(reply), items(request.body, "stop_sequences"))
    shown, spent = _cut(said, request, room - thought)
    is_cut = most == 0 or shown != said
    if is_cut:
        stop_reason = "max_tokens" if room == most else "model_context_window_exceeded"
    elif stop_sequence is not None:
        stop_reason = "stop_sequence"
    else:
        stop_reason = "tool_use" if any(block["type"] == "tool_use" for block in said) else "end_turn"
    output = reply.output_tokens if reply.output_tokens is not None else thought + spent
    message = {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": model.id,
        "content": [*thinking, *shown],
        "container": None,
        "diagnostics": None,
        "stop_reason": stop_reason if is_cut else reply.stop_reason or stop_reason,
        "stop_sequence": None if is_cut else stop_sequence,
        "stop_details": None if reply.stop_details is None else {**_NO_DETAILS, **reply.stop_details},
        "usage": _usage(prompt, output, thought, request),
    }
    return Finished(message=message, output_tokens=output, thinking_tokens=thought)


_BILLED_REFUSALS = frozenset({"bio", "frontier_llm", "reasoning_extraction"})


def is_free_refusal(message: Mapping[str, Any]) -> bool:
    """Say whether the model refused before any output for a reason that is not billed (§11)."""
    if message["stop_reason"] != "refusal" or any(block["type"] == "text" for block in message["content"]):
        return False
    return part(message, "stop_details").get("category") not in _BILLED_REFUSALS


_NO_DETAILS = {"type": "refusal", "category": None, "explanation": None}


def _thinking(reply: Reply, request: Request, room: int) -> tuple[list[_Block], int]:
    text = THINKING if reply.thinking is None else reply.thinking
    wanted = reply.thinking_tokens
    if wanted is None:
        wanted = tokens_of_text(text, request.known_model) + 4
    display = part(request.body, "thinking").get("display")
    display = display or ("summarized" if request.known_model.shows_thinking else "omitted")
    signature = base64.b64encode(f"signature of {text}".encode()).decode()
    block = {"type": "thinking", "thinking": text if display == "summarized" else "", "signature": signature}
    return [block], min(wanted, room)


def _blocks(reply: Reply) -> list[_Block]:
    if reply.blocks is not None:
        return [dict(block) for block in reply.blocks]
    texts = [reply.text] if reply.text is not None else []
    if reply.json is not None:
        texts.append(json.dumps(reply.json, ensure_ascii=False))
    calls: list[_Block] = [
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


def _until_stop(blocks: list[_Block], sequences: list[str]) -> tuple[list[_Block], str | None]:
    for number, block in enumerate(blocks):
        text = block.get("text", "")
        if found := [sequence for sequence in sequences if sequence in text]:
            first = min(found, key=text.index)
            kept = text[: text.index(first)]
            return [*blocks[:number], *([{**block, "text": kept}] if kept else [])], first
    return blocks, None


def _cut(blocks: list[_Block], request: Request, room: int) -> tuple[list[_Block], int]:
    """Keep what fits; of a text its beginning, of a tool's call nothing."""
    model = request.known_model
    kept: list[_Block] = []
    spent = 0
    for block in blocks:
        size = _size(block, request)
        if spent + size <= room:
            kept.append(block)
            spent += size
            continue
        if block["type"] == "text" and (text := text_of_tokens(block["text"], room - spent, model)):
            kept.append({**block, "text": text})
            spent += tokens_of_text(text, model)
        break
    return kept, spent


def _size(block: Mapping[str, Any], request: Request) -> int:
    text = block["text"] if block["type"] == "text" else json.dumps(block.get("input", {}), ensure_ascii=False)
    return tokens_of_text(text, request.known_model)


def _usage(prompt: PromptTokens, output: int, thought: int, request: Request) -> dict[str, Any]:
    """Write usage as the SDK types it."""
    model, body = request.known_model, request.body
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
        "inference_geo": (body.get("inference_geo") or "global") if model.geo else None,
        "speed": "fast" if body.get("speed") == "fast" and model.fast else "standard",
    }
