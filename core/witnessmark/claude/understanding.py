"""What an answer says: its `stop_reason` first, then its blocks by type.

Prose is never taken for JSON; but where an endpoint does not hold a model to JSON, one value may stand in prose or in a
fence, and is taken out of it. Whether it is what was asked for is for the tool to say, as ever.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal, NamedTuple

from witnessmark.errors import ApiError, InputError
from witnessmark.store import Tokens

AnswerForm = Literal["json", "text", "cited"]


class CitedText(NamedTuple):
    """A piece of an answer's text, and the places in documents that it points to, as the API writes them."""

    text: str
    citations: tuple[dict[str, Any], ...]


MAX_TAIL = 8_000
MIN_REPEATED = 600
MIN_REPEATS = 4
"""A table may well hold three equal rows; what is written four times over hundreds of characters is a loop."""
LEAST_CITING = 100
"""Characters of an answer below which it may well be that nothing is there to cite."""
ANSWER_TOOL = "answer"
"""The tool that carries the answer where the endpoint has no structured outputs."""

_CATEGORIES = {
    "cyber": "it could serve an attack on computers",
    "bio": "it could serve harm by biology",
    "frontier_llm": "it could serve building a competing model",
    "reasoning_extraction": "it asks for the model's own reasoning",
    "general_harms": "it could do harm",
}


_BILLED_CATEGORIES = frozenset({"bio", "frontier_llm", "reasoning_extraction"})
"""A refusal for one of these is billed, also before any output."""


class AnswerCut(Exception):
    """The answer did not fit into `max_tokens`: more room, or smaller parts."""

    def __init__(self, *, is_repeating: bool) -> None:
        super().__init__()
        self.is_repeating = is_repeating
        """Whether it ends in the same text over and over: then more room would only hold more of that."""


class ContextExceeded(Exception):
    """Prompt and answer did not fit into the model's context: smaller parts."""


class Declined(InputError):
    """The model refuses to answer; the answer is no answer, and may be billed."""

    def __init__(self, what: str, model: str, category: str | None) -> None:
        why = f": {_CATEGORIES[category]}" if category in _CATEGORIES else ""
        super().__init__(
            f"{model} was asked about {what} and refused{why}.",
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

    reason = "it had no text"

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} answered nothing.", "Call again with reuse=false, or use another model.")


class AnswerTooLong(ApiError):
    """The answer about one page alone takes more room than it may."""

    def __init__(self, what: str, model: str) -> None:
        super().__init__(
            f"The answer of {model} for {what} does not fit into the room that it may take.",
            "Leave it out with `pages`, or use another model.",
        )


class AnswerRepeats(ApiError):
    """The model writes the same over and over, and more room would not end it."""

    def __init__(self, what: str, model: str) -> None:
        super().__init__(
            f"The answer of {model} for {what} repeats itself and does not end.",
            "Use another model, or leave it out with `pages`.",
        )


_ENDINGS = frozenset({"end_turn", "tool_use", "stop_sequence"})
_OTHER_ENDINGS = frozenset({None, "", "stop", "tool_calls"})
"""What endpoints say at the end that are only like the API; whether the answer is whole, its JSON says."""
_FENCE = re.compile(r"```[ \t]*(?:json|JSON)?[ \t]*\r?\n(.*?)\r?\n?[ \t]*```", re.DOTALL)
_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
"""What some local models write before they answer, where their server does not take it apart."""


def value_of(
    message: dict[str, Any], *, model: str, what: str, is_bound: bool = True, form: AnswerForm = "json"
) -> Any:
    """Take the JSON value out of an answer, or its text, or its pieces of text with what each cites.

    Shapes:  `is_bound` says that the endpoint holds models to JSON, so that nothing else can be an answer; `cited`
             gives a tuple of `CitedText`
    Errors:  `Declined`, `NoStructuredAnswer`, `NoAnswer`; `AnswerCut` and `ContextExceeded`, which a smaller request
             mends
    """
    reason = message.get("stop_reason")
    if reason == "refusal":
        raise Declined(what, model, part_of(message, "stop_details").get("category"))
    if reason in {"max_tokens", "length"}:
        raise AnswerCut(is_repeating=is_repeating(_text(message)))
    if reason == "model_context_window_exceeded":
        raise ContextExceeded
    if reason not in (_ENDINGS if is_bound else _ENDINGS | _OTHER_ENDINGS):  # `pause_turn` is of tools we do not use
        raise NoStructuredAnswer(model)
    if form != "json":
        if not (text := _text(message)).strip():
            raise NoAnswer(model)
        return text if form == "text" else cited_text(message)
    called = _called(message)
    if called is None and not _text(message).strip():
        raise NoAnswer(model)
    if called is not None and not called.get("input_json"):
        return called.get("input")
    try:
        return _loaded(_text(message) if called is None else called["input_json"], is_bound)
    except ValueError as error:
        raise NoStructuredAnswer(model) from error


def is_repeating(text: str) -> bool:
    """Say whether a text ends in one passage that is written again and again, without anything between.

    Shapes:  at least `MIN_REPEATS` times and `MIN_REPEATED` characters in all, of the last `MAX_TAIL`
    Source:  the prefix function of Knuth, Morris and Pratt gives the period of each ending
    """
    tail = text[: -MAX_TAIL - 1 : -1]
    borders = [0] * len(tail)
    for end in range(1, len(tail)):
        length = borders[end - 1]
        while length and tail[end] != tail[length]:
            length = borders[length - 1]
        borders[end] = length + (tail[end] == tail[length])
        size = end + 1
        if size >= MIN_REPEATED and size >= MIN_REPEATS * (size - borders[end]):
            return True
    return False


def cited_text(message: dict[str, Any]) -> tuple[CitedText, ...]:
    """Take the pieces of text out of an answer, with what each cites; most cite nothing and join those that do."""
    return tuple(
        CitedText(block.get("text") or "", tuple(block.get("citations") or ()))
        for block in _blocks(message)
        if block.get("type") == "text"
    )


def is_json(message: dict[str, Any]) -> bool:
    """Say whether an answer's text is one JSON value and nothing else, as where the endpoint holds models to that."""
    try:
        json.loads(_text(message))
    except ValueError:
        return False
    return True


def cites(message: dict[str, Any]) -> bool:
    """Say whether an answer points to anything in the documents, or is too short for that to tell anything."""
    return len(_text(message)) < LEAST_CITING or any(piece.citations for piece in cited_text(message))


def calls_the_tool(message: dict[str, Any]) -> bool:
    """Say whether an answer is a call of the tool that takes answers."""
    return _called(message) is not None


def is_whole(message: dict[str, Any]) -> bool:
    """Say whether a model has come to its end, so that it is known how it answers."""
    return message.get("stop_reason") in _ENDINGS | _OTHER_ENDINGS


def _called(message: dict[str, Any]) -> dict[str, Any] | None:
    return next(
        (block for block in _blocks(message) if block.get("type") == "tool_use" and block.get("name") == ANSWER_TOOL),
        None,
    )


def _text(message: dict[str, Any]) -> str:
    return "".join(block.get("text") or "" for block in _blocks(message) if block.get("type") == "text")


def _blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = message.get("content") or []
    return blocks


def _loaded(written: str, is_bound: bool) -> Any:
    """Read JSON: the text as a whole; where nothing binds the model, the one fence in it, or the one object in prose.

    Errors:  `ValueError`, also where there are several: which is meant nobody can tell
    """
    try:
        return json.loads(written)
    except ValueError:
        if is_bound:
            raise
    text = _THOUGHT.sub("", written)
    fences = _FENCE.findall(text)
    if fences:
        if len(fences) > 1:
            raise ValueError("several fences")
        return json.loads(fences[0])
    begin = text.find("{")
    if begin < 0:
        raise ValueError("no object")
    value, end = json.JSONDecoder().raw_decode(text, begin)
    if "{" in text[end:]:
        raise ValueError("several objects")
    return value


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


def is_free_refusal(message: dict[str, Any]) -> bool:
    """Say whether a model refused before it wrote anything, for a reason for which the API bills nothing.

    Source:  Claude API release notes, 24 September 2026
    """
    return (
        message.get("stop_reason") == "refusal"
        and not _text(message)
        and part_of(message, "stop_details").get("category") not in _BILLED_CATEGORIES
    )


def message_text(message: dict[str, Any]) -> str:
    """Write a message as it is kept."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
