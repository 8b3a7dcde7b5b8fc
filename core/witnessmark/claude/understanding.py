"""What an answer says: its `stop_reason` first, then its blocks by type; prose is never taken for JSON."""

from __future__ import annotations

import json
from typing import Any

from witnessmark.errors import ApiError, InputError
from witnessmark.store import Tokens

ANSWER_TOOL = "answer"
"""The tool that carries the answer where the endpoint has no structured outputs."""

_CATEGORIES = {
    "cyber": "it could serve an attack on computers",
    "bio": "it could serve harm by biology",
    "frontier_llm": "it could serve building a competing model",
    "reasoning_extraction": "it asks for the model's own reasoning",
    "general_harms": "it could do harm",
}


class AnswerCut(Exception):
    """The answer did not fit into `max_tokens`: more room, or smaller parts."""


class ContextExceeded(Exception):
    """Prompt and answer did not fit into the model's context: smaller parts."""


class Declined(InputError):
    """The model refuses to answer; the answer is no answer, and may be billed."""

    def __init__(self, what: str, model: str, category: str | None) -> None:
        why = f": {_CATEGORIES[category]}" if category in _CATEGORIES else ""
        super().__init__(
            f"{model} declines to read {what}{why}.",
            "Leave those pages out with `pages`, try another model, or pass model='offline'.",
        )


class NoStructuredAnswer(ApiError):
    """The answer has prose where JSON was asked for."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"{model} answered in prose and not in the form that was asked for.",
            "Call again with reuse=false, or use another model.",
        )


class NoAnswer(ApiError):
    """The answer has no text."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} answered nothing.", "Call again with reuse=false, or use another model.")


class AnswerTooLong(ApiError):
    """One page alone has a longer answer than the model may give."""

    def __init__(self, what: str, model: str) -> None:
        super().__init__(
            f"The answer for {what} is longer than {model} can write.", "Use a model with more output, or leave it out."
        )


def value_of(message: dict[str, Any], *, model: str, what: str, is_text: bool = False) -> Any:
    """Take the JSON value out of an answer, or its text where that is what was asked for.

    Errors:  `Declined`, `NoStructuredAnswer`, `NoAnswer`; `AnswerCut` and `ContextExceeded`, which a smaller request
             mends
    """
    reason = message.get("stop_reason")
    if reason == "refusal":
        raise Declined(what, model, part_of(message, "stop_details").get("category"))
    if reason == "max_tokens":
        raise AnswerCut
    if reason == "model_context_window_exceeded":
        raise ContextExceeded
    if reason not in {"end_turn", "tool_use", "stop_sequence"}:  # `pause_turn` is of tools that we do not use
        raise NoStructuredAnswer(model)
    blocks: list[dict[str, Any]] = message.get("content") or []
    texts = [block["text"] for block in blocks if block.get("type") == "text"]
    if is_text:
        if not (text := "".join(texts)).strip():
            raise NoAnswer(model)
        return text
    called = [block for block in blocks if block.get("type") == "tool_use" and block.get("name") == ANSWER_TOOL]
    written = called[0].get("input_json", "") if called else "".join(texts)
    if called and not written:
        return called[0].get("input")
    try:
        return json.loads(written)
    except ValueError as error:
        raise NoStructuredAnswer(model) from error


def part_of(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Take an object out of an object; an empty one where it is not there."""
    part: dict[str, Any] | None = value.get(name)
    return part or {}


def tokens_of(message: dict[str, Any]) -> Tokens:
    """Read what a message was billed for."""
    usage = part_of(message, "usage")
    written = usage.get("cache_creation_input_tokens") or 0
    of_an_hour = part_of(usage, "cache_creation").get("ephemeral_1h_input_tokens") or 0
    return Tokens(
        input=usage.get("input_tokens") or 0,
        output=usage.get("output_tokens") or 0,
        thinking=part_of(usage, "output_tokens_details").get("thinking_tokens") or 0,
        cache_read=usage.get("cache_read_input_tokens") or 0,
        cache_creation_5m=written - of_an_hour,
        cache_creation_1h=of_an_hour,
    )


def message_text(message: dict[str, Any]) -> str:
    """Write a message as it is kept."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
