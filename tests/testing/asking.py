"""Bodies of requests, made short: whatever a test does not care about is right."""

from __future__ import annotations

import base64
from typing import Any

from anthropic import AsyncAnthropic
from anthropic.types import Message

MODEL = "claude-haiku-5-5"
"""The cheapest one, for `-m live`."""

Json = dict[str, Any]


def asking(*blocks: Json | str, **more: Any) -> Json:
    """Ask about content blocks, or say hello; `more` are further fields of the request."""
    content: Any = [text(block) if isinstance(block, str) else block for block in blocks] or "Say hello."
    return {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": content}], **more}


def text(text: str, **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def inline(data: bytes, media_type: str) -> Json:
    return {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}


def pdf(data: bytes, **more: Any) -> Json:
    return {"type": "document", "source": inline(data, "application/pdf"), **more}


def image(data: bytes, media_type: str = "image/png", **more: Any) -> Json:
    return {"type": "image", "source": inline(data, media_type), **more}


def from_file(file_id: str, kind: str = "document") -> Json:
    return {"type": kind, "source": {"type": "file", "file_id": file_id}}


def from_url(url: str, kind: str = "document", **more: Any) -> Json:
    return {"type": kind, "source": {"type": "url", "url": url, **more}}


def shaped(schema: Json, **more: Any) -> Json:
    """Write `output_config` with a schema."""
    return {"format": {"type": "json_schema", "schema": schema}, **more}


def closed(properties: Json, *, required: list[str] | None = None) -> Json:
    """Write a schema of an object; all properties are required unless said."""
    needed = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def tool(name: str = "look_up", **more: Any) -> Json:
    return {"name": name, "input_schema": closed({"word": {"type": "string"}}), **more}


async def ask(client: AsyncAnthropic, *blocks: Json | str, **more: Any) -> Message:
    """Send what `asking` makes."""
    create: Any = client.messages.create  # typed for literal arguments
    message: Message = await create(**asking(*blocks, **more))
    return message


def texts_of(message: Message) -> list[str]:
    return [block.text for block in message.content if block.type == "text"]
