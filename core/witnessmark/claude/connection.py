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
from witnessmark.claude.failures import AttemptFailed, OtherForm, StreamCut, UploadFailed, failure_of
from witnessmark.claude.timeouts import Timeouts
from witnessmark.claude.understanding import tokens_of
from witnessmark.errors import WitnessmarkError
from witnessmark.plans.models import Effort, ModelFacts

SMALL_SECONDS = 30.0
"""Of a request that is answered at once: a count, a model's facts, a deletion."""
UPLOAD_SECONDS = 600.0
EVENTS_AT_ONCE = 16
"""Of an answer, before others have their turn."""

_ORGANIZATION = "anthropic-organization-id"
_NOT_THERE = frozenset({404, 405, 501})
"""What is answered where an address, or a method of it, does not exist."""

_OF_ANOTHER_API = frozenset({200, 400, 422, 500})
"""What another API's list answers to a question that it does not know."""

_FORM = "X-Form"
"""Stands for Content-Type, by which the SDK would take a form that is sent for one that it has to make. Never sent."""


_OF_THE_WIRE = (
    anthropic.AnthropicError,
    httpx2.HTTPError,
    httpx2.StreamError,
    json.JSONDecodeError,
    OSError,
    OtherForm,
    StreamCut,
    TimeoutError,
)
"""What an endpoint, or the way to it, can make the SDK raise."""


_WRITTEN = ("text", "thinking", "input_json")
"""The parts of a content block that a model has written."""

OnBegun = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer as the API gave it."""

    message: dict[str, Any]
    request_id: str | None
    workspace: str | None
    is_signed: bool
    """Whether it carries the headers by which the API says whose request it has answered."""


class Connection:
    """One client of the API."""

    def __init__(self, client: anthropic.AsyncAnthropic, signature: Signature) -> None:
        self._client = client
        self._signature = signature

    @property
    def is_signed(self) -> bool | None:
        """Whether answers have carried the API's own headers, perhaps through a gateway; None: there was no answer."""
        return self._signature.is_there

    async def message(
        self,
        body: JsonBody,
        *,
        seconds: float,
        on_head: Callable[[Mapping[str, str]], None] | None = None,
        on_begun: OnBegun | None = None,
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
                    if "text/event-stream" not in headers.get("content-type", "text/event-stream"):
                        gathered.take_whole(await _json_of(stream.response))
                    else:
                        await _gather(stream, gathered, on_begun)
                if not gathered.is_complete:
                    raise StreamCut
        except Exception as error:
            raise _understood(error, was_sent=body.was_sent, gathered=gathered) from error
        return Received(
            message=gathered.message,
            request_id=headers.get("request-id"),
            workspace=headers.get("anthropic-workspace-id"),
            is_signed=_ORGANIZATION in headers,
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
            return _number(counted, "input_tokens")

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
        with _understanding(failed=UploadFailed):
            with anyio.fail_after(UPLOAD_SECONDS):
                answer = await self._client.post(
                    "/v1/files",
                    cast_to=anthropic.AsyncAPIResponse[FileMetadata],
                    content=body,
                    options={"headers": {"Content-Length": str(len(body)), _FORM: body.media_type}},
                )
                file = await answer.parse()
                if getattr(file, "type", None) != "file":
                    raise OtherForm  # other APIs have files, too, of another kind
                return file, answer.headers.get("anthropic-workspace-id")

    async def has_file(self, file_id: str) -> bool:
        """Ask whether an uploaded file is there, which is free; where that cannot be said, it is taken to be gone."""
        try:
            with _understanding():
                with anyio.fail_after(SMALL_SECONDS):
                    await self._client.files.retrieve_metadata(file_id)
        except AttemptFailed:
            return False
        return True

    async def has_files(self) -> bool:
        """Ask for the list of files, which is free, to see whether there is a Files API.

        Errors:  as `message`, where that cannot be said
        """
        listed = await self._listed("/v1/files?limit=1") or {}
        return "data" in listed and "object" not in listed  # OpenAI's lists say that they are lists

    async def models(self) -> tuple[str, ...] | None:
        """List the names of models; None: there is no such list.

        Errors:  as `message`, where that cannot be said
        """
        listed = await self._listed("/v1/models?limit=100")
        if listed is None or not isinstance(listed.get("data"), list):
            return None
        entries = cast("list[dict[str, Any]]", listed["data"])
        return tuple(str(part["id"]) for part in entries if "id" in part)

    async def _listed(self, address: str) -> dict[str, Any] | None:
        """Get a list; None where the address is another thing or none."""
        try:
            with _understanding():
                with anyio.fail_after(SMALL_SECONDS):
                    page = await self._client.get(address, cast_to=object)
        except AttemptFailed as failed:
            of_another = not failed.failure.is_of_the_api and failed.failure.status in _OF_ANOTHER_API
            if failed.failure.status in _NOT_THERE or of_another:
                return None
            raise
        return cast("dict[str, Any]", page) if isinstance(page, dict) else None

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
                return _facts(await self._client.models.retrieve(model), model)


@asynccontextmanager
async def open_connection(credentials: Credentials, timeouts: Timeouts) -> AsyncGenerator[Connection]:
    """Open a client with this key and no other; leaving the block closes its connections."""
    signature = Signature()
    async with await anyio.to_thread.run_sync(_client, credentials, timeouts, signature) as client:
        yield Connection(client, signature)


def _client(credentials: Credentials, timeouts: Timeouts, signature: Signature) -> anthropic.AsyncAnthropic:
    """Make a client; reading the certificates takes a while."""
    key = {"api_key" if credentials.kind == "api key" else "auth_token": credentials.secret}
    return anthropic.AsyncAnthropic(
        **key,  # type: ignore[arg-type]  # one of two names, each a text
        base_url=credentials.base_url,
        max_retries=0,  # the SDK's own waits know no bound
        timeout=anthropic.Timeout(timeouts.silence, connect=timeouts.connect),
        http_client=anthropic.DefaultAsyncHttpxClient(
            event_hooks={"request": [_say_form], "response": [signature.look]}
        ),
    )


class Signature:
    """Looks for the headers by which the Claude API, and nobody else, says whose request it has answered."""

    def __init__(self) -> None:
        self.is_there: bool | None = None

    async def look(self, response: httpx2.Response) -> None:
        self.is_there = bool(self.is_there) or _ORGANIZATION in response.headers


async def _say_form(request: httpx2.Request) -> None:
    if (form := request.headers.pop(_FORM, None)) is not None:
        request.headers["Content-Type"] = form


class _understanding:  # noqa: N801 - read as a statement
    """Turn whatever the SDK raises in the block into `AttemptFailed`."""

    def __init__(self, body: JsonBody | None = None, failed: type[AttemptFailed] = AttemptFailed) -> None:
        self._body = body
        self._failed = failed

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception):
            raise _understood(error, was_sent=False, failed=self._failed) from error


def _understood(
    error: Exception,
    *,
    was_sent: bool,
    gathered: _Gathered | None = None,
    failed: type[AttemptFailed] = AttemptFailed,
) -> Exception:
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
    return failed(
        failure,
        may_be_billed=has_begun or (was_sent and failure.rule.may_be_billed),
        tokens=tokens_of(gathered.message) if gathered is not None and has_begun else None,
        written=gathered.written if gathered is not None and has_begun else "",
    )


class _Gathered:
    """A message, put together from the events of its stream.

    Endpoints that are like the API leave out what it never does: blocks begin without being announced, usage comes
    late or not at all, the last event is missing where the stream ends in order.
    """

    def __init__(self) -> None:
        self.message: dict[str, Any] = {}
        self._is_stopped = False
        self._pieces: dict[tuple[int, str], list[str]] = {}
        """Of texts, by block and name: joined once, for adding to a long text copies it."""

    @property
    def is_complete(self) -> bool:
        return self._is_stopped

    @property
    def written(self) -> str:
        """What has come of the answer so far."""
        texts = [str(block.get(name) or "") for block in self.message.get("content") or () for name in _WRITTEN]
        return "".join([*texts, *(piece for pieces in self._pieces.values() for piece in pieces)])

    def take_whole(self, message: Any) -> None:
        """Take a message that comes in one piece, from an endpoint that does not stream."""
        if not isinstance(message, dict) or "content" not in message:
            raise OtherForm
        whole = cast("dict[str, Any]", message)
        self.message = whole | {"usage": whole.get("usage") or {}}
        self._is_stopped = True

    def add(self, event: Any) -> None:
        """Add an event.

        Errors:  `OtherForm`
        """
        try:
            self._add(event)
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise OtherForm from error

    def _add(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "message_start":
                self.message = event["message"]
                self.message |= {"content": [], "usage": self.message.get("usage") or {}}
            case "content_block_start":
                self.message["content"].append(event["content_block"])
            case "content_block_delta":
                self._add_delta(event["index"], event["delta"])
            case "content_block_stop":
                self._join(event["index"])
            case "message_delta":
                self.message |= event["delta"]
                usage: dict[str, Any] = event.get("usage") or {}
                self.message["usage"] |= {name: n for name, n in usage.items() if n is not None}
            case "message_stop":
                for index in range(len(self.message["content"])):
                    self._join(index)
                self._is_stopped = True
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
                block[name] = (block.get(name) or "") + "".join(pieces)


async def _gather(stream: anthropic.AsyncStream[object], gathered: _Gathered, on_begun: OnBegun | None) -> None:
    count = 0
    async for event in stream:
        gathered.add(event)
        count += 1
        if on_begun is not None and gathered.message:
            await on_begun(gathered.message)
            on_begun = None
        if not count % EVENTS_AT_ONCE:  # hundreds may have come at once
            await anyio.lowlevel.checkpoint()


async def _json_of(response: httpx2.Response) -> Any:
    """Read an answer that is no stream.

    Errors:  `OtherForm`
    """
    try:
        return json.loads(await response.aread())
    except ValueError as error:
        raise OtherForm from error


def _number(answer: object, name: str) -> int:
    """Take a number out of an answer of which the SDK does not check that it is there.

    Errors:  `OtherForm`
    """
    number = getattr(answer, name, None)
    if not isinstance(number, int):
        raise OtherForm
    return number


def _facts(info: ModelInfo, model: str) -> ModelFacts:
    """Read what the Models API says; other APIs list models, too, and say less of them.

    Errors:  `OtherForm`
    """
    if getattr(info, "id", None) != model and getattr(info, "type", None) != "model":
        raise OtherForm
    can = getattr(info, "capabilities", None)
    effort = getattr(can, "effort", None)
    levels: tuple[Effort, ...] | None = None
    if effort is not None:
        known = {name: _can(effort, name) for name in ("low", "medium", "high", "xhigh", "max")}
        levels = tuple(name for name, can_it in known.items() if can_it) if _can(can, "effort") else ()  # type: ignore[misc]  # the names stand above
    retires_at = getattr(info, "retires_at", None)
    return ModelFacts(
        id=info.id,
        lifecycle=getattr(info, "lifecycle", None),
        retires_at=retires_at.date() if retires_at else None,
        max_input_tokens=_size(info, "max_input_tokens", "max_model_len", "context_length"),
        max_tokens=_size(info, "max_tokens", "max_output_tokens"),
        structured_outputs=_can(can, "structured_outputs"),
        image_input=_can(can, "image_input"),
        pdf_input=_can(can, "pdf_input"),
        effort_levels=levels,
    )


def _can(capabilities: object, name: str) -> bool | None:
    supported = getattr(getattr(capabilities, name, None), "supported", None)
    return supported if isinstance(supported, bool) else None


def _size(info: ModelInfo, *names: str) -> int | None:
    """Read a number of tokens under whichever name it stands; the first is the Claude API's."""
    found = (getattr(info, name, None) for name in names)
    return next((number for number in found if isinstance(number, int) and number > 0), None)
