"""What comes in over HTTP before the protocol sees it: for whom, how large, how many, how long."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from witnessmark import __version__
from witnessmark_server.access_token import TOKEN_FILE, is_authorized

logger = logging.getLogger(__name__)

MCP_PATH = "/mcp"
HEALTH_PATH = "/health"

INVALID_REQUEST = -32600
TOO_BUSY = -32000
"""JSON-RPC error codes; the second is the first that JSON-RPC leaves to servers."""

LIGHT_BYTES = 64 * 1024
LIGHT_TOOLS = frozenset({"get_job", "cancel_job"})
"""They look at what is at work, or end it: a full server takes them, and whatever is no call, such as a client's first
words: a host that is turned away there takes the server for broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Bounds on what clients may ask of the server at once.

    Units:  bytes, requests, connections, seconds
    """

    body_bytes: int = 32 * 1024 * 1024
    """Holds a document of 24 MB as a data: URI; a larger one is saved and its path passed."""
    requests: int = 64
    """At once. Long calls take turns (`Limits.calls_at_work`), and go on as jobs when nobody waits any more."""
    connections: int = 128
    head_seconds: float = 10.0
    """From the first byte of a request, or from connecting, to the end of its headers."""
    body_seconds: float = 30.0
    write_seconds: float = 30.0
    """A client that takes next to nothing of its answer for so long is let go: the rest is in memory until then."""
    idle_seconds: int = 15
    """A connection on which nothing is asked is closed."""
    grace_seconds: int = 10
    """How long calls may go on once the server was told to end."""


class _TooLarge(Exception):
    pass


class _TooSlow(Exception):
    pass


class Gate:
    """Lets requests of this machine's own programs through to the app, and answers the others with a sentence."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        authorities: Collection[str],
        limits: HttpLimits,
        connections: Callable[[], int],
        token: str | None,
    ) -> None:
        """Guard `app`.

        Shapes:  `authorities` are what the server answers to, such as `localhost:8765`; `connections` counts those
                 open; `token` is asked of whoever calls `/mcp`; None asks for none
        """
        self._app = app
        self._connections = connections
        self._authorities = frozenset(authorities)
        self._limits = limits
        self._token = token
        self._at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        started = time.monotonic()
        status, is_whole = 0, False

        async def watched(message: Message) -> None:
            nonlocal status, is_whole
            if message["type"] == "http.response.start":
                status = message["status"]
            is_whole = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self._answer(scope, receive, watched)
        except asyncio.CancelledError:
            # By uvicorn, at the end of the time that calls are given when the server ends. It would write a traceback.
            if status and not is_whole:
                await send({"type": "http.response.body", "more_body": False})
            elif not status:
                ends = "The server ends. Call again when it runs: what was paid for is kept, and not paid for twice."
                await _error(503, ends, code=TOO_BUSY, headers={"Connection": "close"})(scope, receive, watched)
        finally:
            path = scope["path"] if scope["path"] in {MCP_PATH, HEALTH_PATH} else "other"
            facts = {"method": scope["method"], "path": path, "status": status}
            logger.info("request", extra=facts | {"seconds": round(time.monotonic() - started, 3)})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None and scope["path"] == MCP_PATH and self._at_work >= self._limits.requests:
            receive, is_light = await _looked_into(receive, headers)
            if is_light:
                return await self._pass_on(scope, receive, send)
            busy = (
                f"The server is busy: {self._limits.requests} calls are at work. Wait for one to end, then call again."
            )
            refusal = _error(503, busy, code=TOO_BUSY, headers={"Retry-After": "2"})
        if refusal:
            await _drain(receive, self._limits)
            await refusal(scope, receive, send)
        elif scope["path"] == HEALTH_PATH:
            health = {"status": "ok", "version": __version__, "at_work": self._at_work, "limit": self._limits.requests}
            await JSONResponse(health, headers={"Cache-Control": "no-store"})(scope, receive, send)
        else:
            self._at_work += 1
            try:
                await self._pass_on(scope, receive, send)
            finally:
                self._at_work -= 1
        return None

    def _refusal(self, scope: Scope, headers: Headers) -> JSONResponse | None:
        limits = self._limits
        if self._connections() > limits.connections:
            busy = (
                f"The server is busy: {limits.connections} connections are open. Wait for some to end, then call again."
            )
            return _error(503, busy, code=TOO_BUSY, headers={"Retry-After": "2", "Connection": "close"})
        if headers.get("host", "").lower() not in self._authorities:
            # Else a web page could have its own name point here, and read what this server answers.
            return _error(421, "This server answers to its own name only. Use the address that it printed.")
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin):
            return _error(403, "A web page of another origin may not use this server. Call it from a program.")
        if scope["path"] == HEALTH_PATH:
            return None if scope["method"] in {"GET", "HEAD"} else _wrong_method("GET, HEAD")
        if scope["path"] != MCP_PATH:
            return _error(404, f"There is nothing here. MCP is at {MCP_PATH}, and {HEALTH_PATH} says how it is.")
        if self._token is not None and not is_authorized(headers.get("authorization"), self._token):
            return _unauthorized(is_given="authorization" in headers)
        if scope["method"] != "POST":
            return _wrong_method("POST")
        if int(headers.get("content-length", "0")) > limits.body_bytes:  # h11 has checked that it is a number
            return _too_large(limits)
        return None

    def _is_own(self, origin: str) -> bool:
        parts = urlsplit(origin)
        return parts.scheme == "http" and parts.netloc.lower() in self._authorities

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, _bounded(receive, self._limits), send)
        except _TooLarge:
            await _drain(receive, self._limits)
            await _too_large(self._limits)(scope, receive, send)
        except ClientDisconnect:
            logger.info("a client went away within its request")
        except _TooSlow:
            await _error(408, "The request did not arrive in time. Send it again.")(scope, receive, send)


def _bounded(receive: Receive, limits: HttpLimits) -> Receive:
    """Bound the size and the time of a body that is read; the app reads it before it answers anything."""
    size = 0
    is_read = False
    deadline = anyio.current_time() + limits.body_seconds

    async def bounded() -> Message:
        nonlocal size, is_read
        if is_read:
            return await receive()
        try:
            with anyio.fail_after(deadline - anyio.current_time()):
                message = await receive()
        except TimeoutError as error:
            raise _TooSlow from error
        size += len(message.get("body", b""))
        if size > limits.body_bytes:
            raise _TooLarge
        is_read = not message.get("more_body", False)
        return message

    return bounded


async def _looked_into(receive: Receive, headers: Headers) -> tuple[Receive, bool]:
    """Find out whether a request is light: done in no time, whatever else is at work.

    Shapes:  the request, to be read again from its beginning, and what was found; one that cannot be understood is not
             light
    """
    messages: list[Message] = []
    if int(headers.get("content-length", LIGHT_BYTES + 1)) <= LIGHT_BYTES:
        with anyio.move_on_after(2):
            while not messages or messages[-1].get("more_body", False):
                messages.append(await receive())
    waiting = list(messages)

    async def again() -> Message:
        return waiting.pop(0) if waiting else await receive()

    return again, _is_light(b"".join(message.get("body", b"") for message in messages))


def _is_light(body: bytes) -> bool:
    try:
        request = json.loads(body)
        method, name = request["method"], request.get("params", {}).get("name")
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return False
    return method not in {"tools/call", "resources/read"} or (method == "tools/call" and name in LIGHT_TOOLS)


async def _drain(receive: Receive, limits: HttpLimits) -> None:
    """Read what the client still sends, within bounds: one that is cut off while it writes never sees the answer."""
    left = 2 * limits.body_bytes
    with anyio.move_on_after(2):
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if not message.get("more_body", False):
                return


def _unauthorized(*, is_given: bool) -> JSONResponse:
    problem = "The access token is wrong." if is_given else "This server asks for an access token."
    advice = f"Send the header `Authorization: Bearer TOKEN`; the token is in {TOKEN_FILE} in the server's home folder."
    return _error(401, f"{problem} {advice}", headers={"WWW-Authenticate": 'Bearer realm="witnessmark"'})


def _wrong_method(allowed: str) -> JSONResponse:
    return _error(405, f"This address takes {allowed} only.", headers={"Allow": allowed})


def _too_large(limits: HttpLimits) -> JSONResponse:
    allowed = f"{limits.body_bytes / 1e6:,.1f}".removesuffix(".0")
    text = f"The request is larger than {allowed} MB. Save the document in an allowed folder and pass its path."
    return _error(413, text)


def _error(
    status: int, text: str, *, code: int = INVALID_REQUEST, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Answer as JSON-RPC does, so that clients show the sentence."""
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": text}}
    return JSONResponse(body, status, headers)
