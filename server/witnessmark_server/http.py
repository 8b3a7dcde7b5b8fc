"""The server over HTTP, for programs on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import signal
import socket
import sys
from collections.abc import Callable, Generator
from types import FrameType
from typing import Any

import anyio
import uvicorn
from sse_starlette.sse import AppStatus
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import HANDLED_SIGNALS

from witnessmark.errors import SetupError
from witnessmark.settings import Settings
from witnessmark_server.access_token import TOKEN_FILE, access_token
from witnessmark_server.app import build_server
from witnessmark_server.gate import MCP_PATH, Gate, HttpLimits

logger = logging.getLogger(__name__)

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8765
INTERRUPTED = 130
LEAST_TAKEN_BYTES = 16 * 1024
"""Of an answer, in `write_seconds`."""


class BindingRefused(SetupError):
    def __init__(self, host: str) -> None:
        super().__init__(
            f"witnessmark does not listen on {host!r}: other machines could reach it there, over a connection that is "
            "not encrypted.",
            "Leave out --host. From another machine, come through an SSH tunnel: "
            f"`ssh -L {DEFAULT_PORT}:127.0.0.1:{DEFAULT_PORT} THIS-MACHINE`.",
        )


class PortTaken(SetupError):
    def __init__(self, port: int) -> None:
        super().__init__(
            f"Another program listens on port {port}.",
            "End it, or choose another port with --port; 0 takes any that is free.",
        )


class PortRefused(SetupError):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"The system does not let witnessmark listen on {host} port {port}.",
            f"Choose a port from 1024 to 65535 with --port; the default is {DEFAULT_PORT}.",
        )


def run_http(
    settings: Settings, *, host: str, port: int, limits: HttpLimits | None = None, needs_token: bool = True
) -> int:
    """Serve until a signal ends it.

    Shapes:  0 after SIGTERM, 130 after Ctrl+C; calls at work have been given `grace_seconds`, and no worker is left;
             with `needs_token`, the access token of the settings' home is asked of every client
    Errors:  `BindingRefused`, `PortTaken`, `PortRefused`, `TokenUnusable`
    """
    address = _loopback(host)
    with _listening(address, port) as listener:
        token = access_token(settings.home) if needs_token else None
        return anyio.run(_serve, settings, listener, limits or HttpLimits(), token)


async def _serve(settings: Settings, listener: socket.socket, limits: HttpLimits, token: str | None) -> int:
    host, port = listener.getsockname()[:2]
    authorities = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]
    authorities += [_in_url(host) + f":{port}"]
    server = build_server(settings)
    # What this returns would route by path, and answer our own exceptions; the gate does both. It makes the manager.
    server.streamable_http_app(stateless_http=True, host=host, max_request_body_size=limits.body_bytes)
    gate = Gate(
        server.session_manager.handle_request,
        authorities=authorities,
        limits=limits,
        connections=lambda: len(web.server_state.connections),
        token=token,
    )
    config = uvicorn.Config(
        gate,
        http=_Protocol,
        ws="none",
        lifespan="off",  # the session manager is ours to open and to close: on every way out
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=limits.grace_seconds,
    )
    config.load()
    _Protocol.head_seconds, _Protocol.write_seconds = limits.head_seconds, limits.write_seconds
    # Streams of the older protocol would be cut at once, and with them the calls that were to be given time.
    AppStatus.disable_automatic_graceful_drain()  # type: ignore[no-untyped-call]  # not typed there
    url = f"http://{_in_url(host)}:{port}{MCP_PATH}"
    web = _Web(config, announce=lambda: _announce(url, settings, token))
    async with server.session_manager.run():
        await web.serve(sockets=[listener])
    return INTERRUPTED if signal.SIGINT in web.received else 0


class _Web(uvicorn.Server):
    """uvicorn, with a line that says when it is ready, and an end by signal that is an ordinary return."""

    def __init__(self, config: uvicorn.Config, *, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self.received: list[int] = []
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        self.force_exit = self.should_exit  # told twice: do not wait
        self.should_exit = True
        self.received.append(sig)


class _Protocol(H11Protocol):
    """uvicorn's HTTP, which has no bound of its own on how long a client takes to send headers or to take an answer."""

    head_seconds = 10.0
    write_seconds = 30.0

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._head_timer, self._write_timer = _Timer(self.loop), _Timer(self.loop)

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_timer.stop()
        self._write_timer.stop()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_writing()

    def resume_writing(self) -> None:
        self._write_timer.stop()
        super().resume_writing()

    def _watch_writing(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._write_timer.start(self.write_seconds, lambda: self._see_what_was_taken(left))

    def _see_what_was_taken(self, left_before: int) -> None:
        if left_before - self.transport.get_write_buffer_size() < LEAST_TAKEN_BYTES:
            self.transport.abort()  # closing would wait for the client to take the rest
        else:
            self._watch_writing()

    def _watch(self) -> None:
        if not self._waits_for_head():
            self._head_timer.stop()
        elif not self._head_timer.is_on:
            self._head_timer.start(self.head_seconds, self._give_up)

    def _waits_for_head(self) -> bool:
        return not self.cycle or self.cycle.response_complete

    def _give_up(self) -> None:
        if self._waits_for_head():
            self.transport.close()


class _Timer:
    """Does something later, unless it is stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    @property
    def is_on(self) -> bool:
        return self._handle is not None

    def start(self, seconds: float, act: Callable[[], None]) -> None:
        self.stop()
        self._handle = self._loop.call_later(seconds, act)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


def _announce(url: str, settings: Settings, token: str | None) -> None:
    """Say on stderr where the server is: to a person as sentences, to a program as a line of the log.

    The log never holds the token: it names the file.
    """
    folders = [str(folder) for folder in settings.allowed.folders]
    token_file = settings.home / TOKEN_FILE
    if not sys.stderr.isatty():
        facts = {"url": url, "folders": folders, "token_file": str(token_file) if token else None}
        logger.setLevel(logging.INFO)  # whatever the level of the others: who started the server waits for this
        logger.info("ready", extra=facts)
        return
    add = f"claude mcp add --transport http witnessmark {url}"
    if token is None:
        print(f"witnessmark serves MCP at {url} to every program of every user of this machine.", file=sys.stderr)
        print(f"Connect Claude Code with: {add}", file=sys.stderr)
    else:
        print(f"witnessmark serves MCP at {url} to clients that have the access token.", file=sys.stderr)
        print(f'Connect Claude Code with: {add} --header "Authorization: Bearer {token}"', file=sys.stderr)
        print(f"Other clients send the same header; {token_file} holds the token.", file=sys.stderr)
    print(f"It reads {', '.join(folders)}. Ctrl+C ends it.", file=sys.stderr, flush=True)


def _loopback(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        address = ipaddress.ip_address(DEFAULT_HOST if host.lower() == "localhost" else host.strip("[]"))
    except ValueError as error:  # a name: what it leads to today it need not lead to tomorrow
        raise BindingRefused(host) from error
    if not address.is_loopback:
        raise BindingRefused(host)
    return address


def _listening(address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> socket.socket:
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        return socket.create_server((str(address), port), family=family, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port) from error
        raise PortRefused(str(address), port) from error


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
