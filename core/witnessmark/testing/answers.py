"""Answers: what a test wants the model to say, and what it says where a test does not care."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from witnessmark.testing.checks import ApiError
from witnessmark.testing.citing import Cited, cited_blocks
from witnessmark.testing.request import Request
from witnessmark.testing.schemas import value_of, violation

SENTENCE = "This is the fake of the Claude API, and it has read the request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model says; whatever is not given follows from the request.

    `text` may be any text, JSON that fits no schema included. `json` is written as text. `tool_use` maps the names of
    tools to their inputs. `blocks` are content blocks of the API, sent as they are; `cited` are made into such. An
    answer of more than `max_tokens` tokens is cut.
    """

    text: str | None = None
    json: Any = None
    tool_use: Mapping[str, Mapping[str, Any]] | None = None
    blocks: Sequence[Mapping[str, Any]] | None = None
    cited: Sequence[str | Cited] | None = None
    """Pieces of text, some of which cite a document of the request."""
    thinking: str | None = None
    """What was thought, where thinking is on; shown only where the request or the model's default says so."""
    stop_reason: str | None = None
    stop_details: Mapping[str, Any] | None = None
    """`{"category": …, "explanation": …}` of a refusal."""
    output_tokens: int | None = None
    """To be billed, thinking included; else counted."""
    thinking_tokens: int | None = None


Said = Reply | str | Mapping[str, Any] | Sequence[Any] | int | float | bool | None
"""A text, a JSON value that is written as one, or a whole reply."""
Answer = Said | ApiError
"""An error is answered as one."""
Answering = Callable[[Request], Answer | Awaitable[Answer]]
"""Says what a request is answered; an awaitable keeps the request waiting."""


class ImpossibleAnswer(ValueError):
    """A test answers with JSON that the API's grammar would not let a model say; as a text it may be anything."""


def reply_of(said: Said, request: Request) -> Reply:
    """Make a reply of whatever a test gave; None is the default answer."""
    if said is None:
        return default_reply(request)
    if isinstance(said, str):
        return Reply(text=said)
    reply = said if isinstance(said, Reply) else Reply(json=said)
    if reply.cited is not None:
        reply = replace(reply, blocks=cited_blocks(reply.cited, request), cited=None)
    is_bound = reply.json is not None and request.schema is not None and reply.stop_reason in {None, "end_turn"}
    if is_bound and (wrong := violation(request.schema or {}, reply.json)) is not None:
        raise ImpossibleAnswer(f"No model can answer this under the request's schema: {wrong}.")
    return reply


def default_reply(request: Request) -> Reply:
    """Answer without being told what: the schema's simplest value, else a tool's simplest call, else a sentence."""
    if request.schema is not None:
        return Reply(json=value_of(request.schema))
    choice = request.tool_choice
    if request.tools and choice["type"] != "none":
        tool = next((tool for tool in request.tools if choice.get("name") in {None, tool["name"]}), request.tools[0])
        return Reply(tool_use={tool["name"]: value_of(tool["input_schema"])})
    return Reply(text=SENTENCE)
