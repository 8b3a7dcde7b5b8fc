"""An ask, as the body of a request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from witnessmark.claude.understanding import ANSWER_TOOL
from witnessmark.plans.plan import Ask, Breakpoint, ImageBlock, PdfBlock, TextBlock, TextDocumentBlock

Structure = Literal["format", "tool"]
"""How JSON is asked for: `output_config.format`, or a strict tool where the endpoint has no structured outputs."""

MOST_TITLE = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CALL_THE_TOOL = f"\nAnswer by calling the tool `{ANSWER_TOOL}` once, with everything in it, and write nothing else."


def request_of(
    ask: Ask, sources: Sequence[Sequence[dict[str, Any]]], structure: Structure, *, caches: bool = True
) -> dict[str, Any]:
    """Build the body of an ask; without `caches`, as if it had no breakpoints.

    Shapes:  `sources` has a list for each block: of a PDF one source, of an image one for each of its pieces, else none
    """
    content: list[dict[str, Any]] = []
    points = {point.index: point for point in ask.breakpoints if caches}
    for index, (block, found) in enumerate(zip(ask.blocks, sources, strict=True)):
        content += _content(block, found)
        if index in points:
            content[-1]["cache_control"] = _cache_control(points[index])
    return _around(ask, content, structure)


def without_documents(ask: Ask, structure: Structure) -> dict[str, Any]:
    """Build the same request with nothing in it but our own words: what the API says of it, it says of us."""
    texts = [block for block in ask.blocks if isinstance(block, TextBlock)]
    return _around(ask, [{"type": "text", "text": block.text} for block in texts], structure)


def counting(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out of a request what counting its tokens does not take."""
    return {name: value for name, value in body.items() if name not in {"max_tokens", "stream"}}


def _around(ask: Ask, content: list[dict[str, Any]], structure: Structure) -> dict[str, Any]:
    body: dict[str, Any] = {"model": ask.model, "max_tokens": ask.max_tokens, "stream": True}
    body["system"] = ask.instructions
    told: dict[str, Any] = {}
    if ask.effort is not None:
        told["effort"] = ask.effort
    if ask.schema is not None and structure == "format":
        told["format"] = {"type": "json_schema", "schema": ask.schema}
    if told:
        body["output_config"] = told
    if ask.schema is not None and structure == "tool":
        body["system"] += _CALL_THE_TOOL
        body["tools"] = [
            {
                "name": ANSWER_TOOL,
                "description": "Takes the whole answer.",
                "input_schema": ask.schema,
                "strict": True,
            }
        ]
        body["tool_choice"] = {"type": "auto"}
    return body | {"messages": [{"role": "user", "content": content}]}


def _content(
    block: PdfBlock | ImageBlock | TextDocumentBlock | TextBlock, sources: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    match block:
        case PdfBlock():
            return [{"type": "document", "source": sources[0], "title": _title(block.title)}]
        case ImageBlock():
            return [{"type": "image", "source": source} for source in sources]
        case TextDocumentBlock():
            source = {"type": "text", "media_type": "text/plain", "data": block.text}
            return [{"type": "document", "source": source, "title": _title(block.title)}]
        case TextBlock():
            return [{"type": "text", "text": block.text}]


def _title(title: str) -> str:
    """Keep the end of a long title, where the pages stand."""
    plain = _CONTROL.sub(" ", title)
    return plain if len(plain) <= MOST_TITLE else "…" + plain[1 - MOST_TITLE :]


def _cache_control(point: Breakpoint) -> dict[str, Any]:
    return {"type": "ephemeral"} if point.ttl == "5m" else {"type": "ephemeral", "ttl": point.ttl}
