"""The wire: Anthropic's SDK, with its retries off, its credentials ours, and every failure understood."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import anthropic
import anyio
import anyio.lowlevel
import httpx2
from anthropic.types import FileMetadata, MessageTokensCount, ModelInfo

from witnessmark.claude.body import Attachment, FormBody, JsonBody
from witnessmark.claude.credentials import Credentials
from witnessmark.claude.failures import AttemptFailed, StreamCut, failure_of
from witnessmark.claude.timeouts import Timeouts
from witnessmark.claude.understanding import tokens_of
from witnessmark.errors import WitnessmarkError
from witnessmark.plans.models import Effort, ModelFacts

SMALL_SECONDS = 30.0
"""Of a request that is answered at once: a count, a model's facts, a deletion."""
UPLOAD_SECONDS = 600.0
EVENTS_AT_ONCE = 16
"""Of an answer, before others have their turn."""

_FORM = "X-Form"
"""Stands for Content-Type, by which the SDK would take a form that is sent for one that it has to make. Never sent."""


_OF_THE_WIRE = (
    anthropic.AnthropicError,
    httpx2.HTTPError,
    httpx2.StreamError,
    json.JSONDecodeError,
    OSError,
    StreamCut,
    TimeoutError,
)
"""What an endpoint, or the way to it, can make the SDK raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer as the API gave it."""

    message: dict[str, Any]
    request_id: str | None
    workspace: str | None


class Connection:
    """One client of the API."""

    def __init__(self, client: anthropic.AsyncAnthropic) -> None:
        self._client = client

    async def message(
        self,
        body: JsonBody,
        *,
        seconds: float,
        on_head: Callable[[Mapping[str, str]], None] | None = None,
        on_begun: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
    ) -> Received:
        """Send a request and gather its streamed answer.

        Shapes:  when the response begins, `on_head` is called with its headers, then `on_begun` with the message as far
                 as it is known
        Errors:  `AttemptFailed`, and what reading the document raises
        """
        gathered = _Gathered()
        try:
            with anyio.fail_after(seconds):
                stream = await self._client.post(
                    "/v1/messages",
                    cast_to=object,
                    content=body,
                    options={"headers": body.headers},
                    stream=True,
                    stream_cls=anthropic.AsyncStream[object],  # as JSON: making values of it takes longer than all else
                )
                async with stream:
                    headers = stream.response.headers
                    if on_head is not None:
                        on_head(headers)
                    count = 0
                    async for event in stream:
                        gathered.add(cast("dict[str, Any]", event))
                        count += 1
                        if on_begun is not None and gathered.message:
                            await on_begun(gathered.message)
                            on_begun = None
                        if not count % EVENTS_AT_ONCE:  # hundreds may have come at once
                            await anyio.lowlevel.checkpoint()
                if not gathered.is_complete:
                    raise StreamCut
        except Exception as error:
            raise _understood(error, was_sent=body.was_sent, gathered=gathered) from error
        return Received(
            message=gathered.message,
            request_id=headers.get("request-id"),
            workspace=headers.get("anthropic-workspace-id"),
        )

    async def count(self, body: JsonBody) -> int:
        """Count a request's prompt; free.

        Errors:  as `message`
        """
        with _understanding(body):
            with anyio.fail_after(SMALL_SECONDS * 4):  # the whole document goes along
                counted = await self._client.post(
                    "/v1/messages/count_tokens",
                    cast_to=MessageTokensCount,
                    content=body,
                    options={"headers": body.headers},
                )
            return counted.input_tokens

    async def upload(
        self, attachment: Attachment, *, name: str, media_type: str, expires_in: int
    ) -> tuple[FileMetadata, str | None]:
        """Put a file at the API.

        Shapes:  what the API says of it, and the workspace it is in
        Units:   `expires_in` seconds, from one hour to ninety days
        Errors:  as `message`
        """
        # The SDK's own upload reads the file in the event loop, and it takes no other form.
        body = FormBody(attachment, name=name, media_type=media_type, fields={"expires_in_seconds": str(expires_in)})
        with _understanding():
            with anyio.fail_after(UPLOAD_SECONDS):
                answer = await self._client.post(
                    "/v1/files",
                    cast_to=anthropic.AsyncAPIResponse[FileMetadata],
                    content=body,
                    options={"headers": {"Content-Length": str(len(body)), _FORM: body.media_type}},
                )
                return await answer.parse(), answer.headers.get("anthropic-workspace-id")

    async def delete(self, file_id: str) -> None:
        """Delete a file at the API.

        Errors:  as `message`
        """
        with _understanding():
            with anyio.fail_after(SMALL_SECONDS):
                await self._client.files.delete(file_id)

    async def model(self, model: str) -> ModelFacts:
        """Ask what a model can do.

        Errors:  as `message`
        """
        with _understanding():
            with anyio.fail_after(SMALL_SECONDS):
                return _facts(await self._client.models.retrieve(model))


@asynccontextmanager
async def open_connection(credentials: Credentials, timeouts: Timeouts) -> AsyncGenerator[Connection]:
    """Open a client with this key and no other; leaving the block closes its connections."""
    async with await anyio.to_thread.run_sync(_client, credentials, timeouts) as client:
        yield Connection(client)


def _client(credentials: Credentials, timeouts: Timeouts) -> anthropic.AsyncAnthropic:
    """Make a client; reading the certificates takes a while."""
    key = {"api_key" if credentials.kind == "api key" else "auth_token": credentials.secret}
    return anthropic.AsyncAnthropic(
        **key,  # type: ignore[arg-type]  # one of two names, each a text
        base_url=credentials.base_url,
        max_retries=0,  # the SDK's own waits know no bound
        timeout=anthropic.Timeout(timeouts.silence, connect=timeouts.connect),
        http_client=anthropic.DefaultAsyncHttpxClient(event_hooks={"request": [_say_form]}),
    )


async def _say_form(request: httpx2.Request) -> None:
    if (form := request.headers.pop(_FORM, None)) is not None:
        request.headers["Content-Type"] = form


class _understanding:  # noqa: N801 - read as a statement
    """Turn whatever the SDK raises in the block into `AttemptFailed`."""

    def __init__(self, body: JsonBody | None = None) -> None:
        self._body = body

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception):
            raise _understood(error, was_sent=False) from error


def _understood(error: Exception, *, was_sent: bool, gathered: _Gathered | None = None) -> Exception:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, WitnessmarkError):
            return cause  # the document changed while it was being sent
        cause = cause.__cause__ or cause.__context__
    raised = error.__cause__ if isinstance(error, anthropic.APIConnectionError) and error.__cause__ else error
    if isinstance(raised, Exception) and not isinstance(raised, _OF_THE_WIRE):
        return raised  # a bug of ours, which waiting does not mend
    if isinstance(error, TimeoutError):
        error = anthropic.APITimeoutError(httpx2.Request("POST", "https://api.invalid"))
    failure = failure_of(error)
    has_begun = gathered is not None and bool(gathered.message)
    return AttemptFailed(
        failure,
        may_be_billed=has_begun or (was_sent and failure.rule.may_be_billed),
        tokens=tokens_of(gathered.message) if gathered is not None and has_begun else None,
    )


class _Gathered:
    """A message, put together from the events of its stream."""

    def __init__(self) -> None:
        self.message: dict[str, Any] = {}
        self.is_complete = False
        self._pieces: dict[tuple[int, str], list[str]] = {}
        """Of texts, by block and name: joined once, for adding to a long text copies it."""

    def add(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "message_start":
                self.message = event["message"]
                self.message["content"] = []
            case "content_block_start":
                self.message["content"].append(event["content_block"])
            case "content_block_delta":
                self._add_delta(event["index"], event["delta"])
            case "content_block_stop":
                self._join(event["index"])
            case "message_delta":
                self.message |= event["delta"]
                self.message["usage"] |= {name: n for name, n in event["usage"].items() if n is not None}
            case "message_stop":
                self.is_complete = True
            case _:
                pass

    def _add_delta(self, index: int, delta: dict[str, Any]) -> None:
        block = self.message["content"][index]
        match delta["type"]:
            case "text_delta":
                self._pieces.setdefault((index, "text"), []).append(delta["text"])
            case "thinking_delta":
                self._pieces.setdefault((index, "thinking"), []).append(delta["thinking"])
            case "signature_delta":
                block["signature"] = delta["signature"]
            case "input_json_delta":
                self._pieces.setdefault((index, "input_json"), []).append(delta["partial_json"])
            case "citations_delta":
                block["citations"] = [*(block.get("citations") or ()), delta["citation"]]
            case _:
                pass

    def _join(self, index: int) -> None:
        block = self.message["content"][index]
        for name in ("text", "thinking", "input_json"):
            if (pieces := self._pieces.pop((index, name), None)) is not None:
                block[name] = block.get(name, "") + "".join(pieces)


def _facts(info: ModelInfo) -> ModelFacts:
    can = info.capabilities
    levels: tuple[Effort, ...] | None = None
    if can is not None:
        known = {name: getattr(can.effort, name, None) for name in ("low", "medium", "high", "xhigh", "max")}
        levels = tuple(name for name, level in known.items() if level is not None and level.supported)  # type: ignore[misc]  # the names stand above
    return ModelFacts(
        id=info.id,
        lifecycle=info.lifecycle,
        retires_at=info.retires_at.date() if info.retires_at else None,
        max_input_tokens=info.max_input_tokens,
        max_tokens=info.max_tokens,
        structured_outputs=can.structured_outputs.supported if can else None,
        image_input=can.image_input.supported if can else None,
        pdf_input=can.pdf_input.supported if can else None,
        effort_levels=levels if can is None or can.effort.supported else (),
    )
