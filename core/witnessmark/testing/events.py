"""A message as the events of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from witnessmark.testing.finished import Finished
from witnessmark.testing.request import Request
from witnessmark.testing.tokens import tokens_of_text

_CHARACTERS = 24
"""Of each piece of text."""

_IN_DELTA = (
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "output_tokens_details",
    "server_tool_use",
)
"""What of the usage the last event but one repeats."""

Event = dict[str, Any]


def events_of(finished: Finished, request: Request) -> list[tuple[Event, int]]:
    """Write the events, each with the output tokens that have been generated, and so billed, when it is sent.

    Shapes:  at least four: `message_start`, `ping`, `message_delta`, `message_stop`
    """
    message, usage = finished.message, finished.message["usage"]
    start: Event = {
        **message,
        "content": [],
        "stop_reason": None,
        "stop_details": None,
        "stop_sequence": None,
        "usage": {
            **usage,
            "output_tokens": min(1, finished.output_tokens),
            "output_tokens_details": {"thinking_tokens": 0},
        },
    }
    events: list[tuple[Event, int]] = [({"type": "message_start", "message": start}, 0), ({"type": "ping"}, 0)]
    so_far = 0
    for index, block in enumerate(message["content"]):
        for event, size in _events_of_block(block, index, finished, request):
            so_far = min(so_far + size, finished.output_tokens)
            events.append((event, so_far))
    delta = {name: message[name] for name in ("container", "stop_reason", "stop_sequence", "stop_details")}
    events.append(
        (
            {"type": "message_delta", "delta": delta, "usage": {name: usage[name] for name in _IN_DELTA}},
            finished.output_tokens,
        )
    )
    events.append(({"type": "message_stop"}, finished.output_tokens))
    return events


def encoded(event: Event) -> bytes:
    """Write an event as the stream carries it."""
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode("utf-8", "surrogatepass")


def _events_of_block(block: Event, index: int, finished: Finished, request: Request) -> Iterator[tuple[Event, int]]:
    model = request.known_model
    deltas: list[tuple[Event, int]]
    empty: Event
    match block["type"]:
        case "thinking":
            empty = {**block, "thinking": "", "signature": ""}
            deltas = [({"type": "thinking_delta", "thinking": text}, 0) for text in _pieces(block["thinking"])]
            deltas.append(({"type": "signature_delta", "signature": block["signature"]}, finished.thinking_tokens))
        case "text":
            empty = {**block, "text": "", "citations": None}
            deltas = [
                ({"type": "text_delta", "text": text}, tokens_of_text(text, model)) for text in _pieces(block["text"])
            ]
            deltas += [({"type": "citations_delta", "citation": made}, 0) for made in block.get("citations") or ()]
        case _:
            empty = {**block, "input": {}}
            written = json.dumps(block["input"], ensure_ascii=False)
            deltas = [
                ({"type": "input_json_delta", "partial_json": text}, tokens_of_text(text, model))
                for text in _pieces(written)
            ]
    yield {"type": "content_block_start", "index": index, "content_block": empty}, 0
    for delta, size in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}, size
    yield {"type": "content_block_stop", "index": index}, 0


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _CHARACTERS):
        yield text[start : start + _CHARACTERS]
