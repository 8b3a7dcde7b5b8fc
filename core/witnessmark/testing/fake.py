"""The fake itself: what a test sets, what it can look at afterwards, and the way of a request through it."""

from __future__ import annotations

import json
import re
import secrets
import time
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from email.utils import formatdate
from functools import partial
from types import TracebackType
from typing import Any, Self, cast

from witnessmark.testing import catalogue, checks
from witnessmark.testing.answers import Answer, Answering
from witnessmark.testing.bodies import Asked, read_body, read_json
from witnessmark.testing.checks import ApiError
from witnessmark.testing.delivery import Response, deliver
from witnessmark.testing.faults import MESSAGES, Fault, Faults, add_from_text
from witnessmark.testing.files import FileStore
from witnessmark.testing.http import Exchange, Gone, Server
from witnessmark.testing.lacks import Lacks
from witnessmark.testing.latency import Latency
from witnessmark.testing.messages import Messages, Refusing
from witnessmark.testing.rates import Rates, RetryAfter, limit_from_text, limit_of
from witnessmark.testing.records import RecordedRequest, Totals
from witnessmark.testing.shapes import is_array

ORGANIZATION = "org_fake"
WORKSPACE = "wrkspc_fake"
VERSIONS = ("2023-06-01", "2026-10-21")
_SECRET_HEADERS = ("authorization", "x-api-key", "cookie")


class FakeClaudeAPI:
    """A strict fake of the Claude API on a loopback port of this process; it runs while its block does.

    `keys` maps each key that is accepted to its workspace, and `key` is the first of them. `clock` says the time, in
    seconds since 1970, by which files expire, caches are forgotten and rate limits refill. `clock_speed` lets it run
    faster than `clock` does, and latency pass as much faster, so that minutes take seconds. `lacks` makes it one with
    less, such as `("files", "documents=ignored")`, and `models` one that knows models of other names.
    """

    def __init__(
        self,
        *,
        keys: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
        clock_speed: float = 1.0,
        port: int = 0,
        lacks: Mapping[str, str] | Iterable[str] = (),
        models: Iterable[str] = (),
    ) -> None:
        begun = clock()
        self._clock = clock if clock_speed == 1 else lambda: begun + (clock() - begun) * clock_speed
        self.takes_any_key = False
        """Whether keys that are not in `keys` are accepted too, as of one workspace."""
        self.keys = dict(keys or {f"sk-ant-api03-fake-{secrets.token_hex(8)}": WORKSPACE})
        self.url = ""
        self.requests: list[RecordedRequest] = []
        self.totals = Totals()
        self.files = FileStore(clock=self._clock)
        self.faults = Faults()
        self._port = port
        self._crash: Exception | None = None
        self.rates = Rates()
        latency = Latency(clock_speed=clock_speed)
        self.lacks = Lacks.of(lacks, models)
        self._messages = Messages(
            files=self.files, clock=self._clock, rates=self.rates, latency=latency, lacks=self.lacks
        )
        self._routes: list[tuple[str, str, Callable[[Asked], Awaitable[Response]]]] = [
            ("POST", "/v1/messages", self._messages.answer),
            ("POST", "/v1/messages/count_tokens", self._messages.count),
            ("POST", "/v1/files", partial(catalogue.upload, self.files)),
            ("GET", "/v1/files", partial(catalogue.list_files, self.files)),
            ("GET", "/v1/files/([^/]+)", partial(catalogue.file, self.files)),
            ("DELETE", "/v1/files/([^/]+)", partial(catalogue.delete_file, self.files)),
            ("GET", "/v1/files/([^/]+)/content", partial(catalogue.file_content, self.files)),
            ("GET", "/v1/models", catalogue.list_models),
            ("GET", "/v1/models/([^/]+)", catalogue.model),
        ]
        self._server = Server(self._handle, self._cuts_off)

    @property
    def key(self) -> str:
        return next(iter(self.keys))

    def add_key(self, workspace: str) -> str:
        """Make another key, of the same or another workspace."""
        key = f"sk-ant-api03-fake-{secrets.token_hex(8)}"
        self.keys[key] = workspace
        return key

    async def __aenter__(self) -> Self:
        port = await self._server.start(self._port)
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop()
        if self._crash is not None and error is None:
            raise self._crash

    # --- what a test sets -------------------------------------------------------------------------------------------

    def answer_with(self, answer: Answer | Answering) -> None:
        """Say what messages are answered from now on.

        It is a text, a JSON value, a `Reply`, an error, or a function of the request that returns one of those or an
        awaitable of one. A list of them is answered in turn, its last for good. None is the default: the simplest
        value that satisfies the request's schema.
        """
        self._messages.answers = [*answer] if is_array(answer) else [answer]

    def refuse_when(self, refuses: Refusing) -> None:
        """Refuse messages, and to count them, for what they carry: by the error returned, or an ordinary 400 for True.

        A page is recognised by its text, as in `lambda request: "Page 7" in request.page_text`.
        """
        self._messages.refusals.append(refuses)

    def fail(
        self, fault: Fault, *, times: int | None = None, share: float | None = None, seed: int = 0, on: str = MESSAGES
    ) -> None:
        """Let the next `times` requests fail (1 where no share is given), or a share of all, drawn with a seed.

        `on` is the endpoint, such as "POST /v1/files", or "*" for any.
        """
        self.faults.add(fault, times=times, share=share, seed=seed, on=on)

    def limit(
        self,
        *,
        input_tokens_per_minute: int | None = None,
        output_tokens_per_minute: int | None = None,
        requests_per_minute: int | None = None,
        burst: int | None = None,
        retry_after: RetryAfter | None = "fits",
        stranger: float = 0.0,
    ) -> None:
        """Refuse from now on what exceeds these limits of each model, out of token buckets that are full.

        `burst` is how many input tokens a full bucket holds, by default a minute's. `retry_after` names the seconds
        until the refused request fits, until the bucket is full (`"full"`), or nothing (`None`). A `stranger` takes a
        share of every limit. Without a figure limits are told and refuse nobody, as from the start.
        """
        self.rates.enforce(
            limit_of(
                input_tokens_per_minute=input_tokens_per_minute,
                output_tokens_per_minute=output_tokens_per_minute,
                requests_per_minute=requests_per_minute,
                burst=burst,
                retry_after=retry_after,
                stranger=stranger,
            )
        )

    def take_time(self, least: float, most: float | None = None, *, seed: int = 0) -> None:
        """Let messages take so many seconds of the clock before their first token, or as many as lie between two."""
        self._messages.latency.set(least, least if most is None else most, seed)

    def heal(self) -> None:
        """Take all faults, refusals, limits and latency away."""
        self.faults.rules.clear()
        self._messages.refusals.clear()
        self.limit()
        self.take_time(0.0)

    def serve_url(self, url: str, data: bytes) -> None:
        """Let the API be able to fetch a URL. It can fetch no other, and never asks the internet."""
        self._messages.urls[url] = data

    def forget_cache(self) -> None:
        """Let the API lose what it keeps of prompts, as it may at any time."""
        self._messages.cache.entries.clear()

    def clear(self) -> None:
        """Forget the requests and the totals so far."""
        self.requests, self.totals = [], Totals()

    # --- one request ------------------------------------------------------------------------------------------------

    def _cuts_off(self) -> bool:
        if (fault := self.faults.strike_connection()) is None:
            return False
        recorded = RecordedRequest(method="", path="", query={}, headers={}, fault=fault.name, seconds=0.0)
        self.requests.append(recorded)
        self.totals.count(recorded)
        return True

    async def _handle(self, exchange: Exchange) -> None:
        if exchange.path.startswith("/_"):
            return await self._control(exchange)
        begun = time.monotonic()
        recorded = RecordedRequest(
            method=exchange.method,
            path=exchange.path,
            query=exchange.query,
            headers={name: value for name, value in exchange.headers.items() if name not in _SECRET_HEADERS},
            request_id=f"req_{secrets.token_hex(12)}",
            at=self._clock(),
        )
        self.requests.append(recorded)
        fault = self.faults.strike(recorded.endpoint)
        recorded.fault = fault.name if fault else None
        try:
            if fault is not None and fault.billed == "no" and fault.kind != "error":
                await _break_early(exchange, fault)
            response = await self._respond(exchange, recorded, fault)
            if recorded.endpoint == "POST /v1/files" and response.status == 200 and recorded.body is not None:
                self.totals.count_upload(recorded)
            await deliver(exchange, response, fault, recorded, self.totals)
        except Gone:
            if recorded.status is None:
                self.totals.count(recorded)
            raise
        finally:
            recorded.body_bytes = exchange.body_bytes
            recorded.seconds = time.monotonic() - begun
        return None

    async def _respond(self, exchange: Exchange, recorded: RecordedRequest, fault: Fault | None) -> Response:
        headers = {"request-id": recorded.request_id, "anthropic-organization-id": ORGANIZATION}
        if self.lacks:
            headers.clear()
        try:
            workspace = recorded.workspace = self._workspace(exchange)
            if not self.lacks:
                headers["anthropic-workspace-id"] = workspace
            version = _version(exchange)
            if fault is not None and fault.error is not None and fault.kind == "error":
                if recorded.endpoint == MESSAGES:
                    await read_json(exchange, recorded)
                await exchange.drain()
                raise fault.error.anew()
            response = self.lacks.instead(exchange.path)
            if response is None:
                response = await self._route(exchange, recorded, workspace, version)
            else:
                await exchange.drain()
        except ApiError as error:
            if error.check is not None:
                recorded.refused_by = error.check.name
            body, media_type = self.lacks.error(error, recorded.request_id)
            response = Response(status=error.status, body=body, headers={"content-type": media_type, **error.headers})
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - ours or of a test's function: answered, and raised by the block's end
            traceback.print_exception(error)
            self._crash = self._crash or error
            shown = ApiError(500, "api_error", f"The fake of the API failed: {type(error).__name__}")
            response = Response(status=500, body=json.dumps(shown.as_json(recorded.request_id)).encode())
        date = formatdate(self._clock(), usegmt=True)
        response.headers = {"date": date, **headers, **response.headers}
        return response

    def _workspace(self, exchange: Exchange) -> str:
        key = exchange.headers.get("x-api-key")
        scheme, _, token = exchange.headers.get("authorization", "").partition(" ")
        if key is None and scheme.lower() == "bearer":
            key = token.strip()
        if key is None:
            raise checks.KEY("x-api-key header is required")
        if key and self.takes_any_key:
            return self.keys.get(key, WORKSPACE)
        if key not in self.keys:
            raise checks.KEY("invalid x-api-key")
        return self.keys[key]

    async def _route(self, exchange: Exchange, recorded: RecordedRequest, workspace: str, version: str) -> Response:
        methods: set[str] = set()
        for method, pattern, answer in self._routes:
            if found := re.fullmatch(pattern, exchange.path):
                methods.add(method)
                if method == exchange.method:
                    name = found[1] if found.re.groups else ""
                    return await answer(
                        Asked(exchange=exchange, recorded=recorded, workspace=workspace, version=version, name=name)
                    )
        raise checks.METHOD("Method Not Allowed") if methods else checks.PATH("Not Found")

    # --- for a test in another process ------------------------------------------------------------------------------

    async def _control(self, exchange: Exchange) -> None:
        status, answer = 200, cast("Any", None)
        match exchange.method, exchange.path:
            case "GET", "/_totals":
                answer = self.totals.as_json()
            case "GET", "/_requests":
                answer = [recorded.as_json() for recorded in self.requests]
            case "POST", "/_fail":
                text = bytes(await read_body(exchange)).decode()
                try:
                    add_from_text(self.faults, text)
                except ValueError as error:
                    status, answer = 400, {"error": str(error)}
            case "POST", "/_limit":
                try:
                    self.rates.enforce(limit_from_text(bytes(await read_body(exchange)).decode()))
                except ValueError as error:
                    status, answer = 400, {"error": str(error)}
            case "POST", "/_heal":
                self.heal()
            case "POST", "/_expire":
                self.files.expire()
            case "POST", "/_clear":
                self.clear()
            case _:
                status = 404
        await exchange.drain()
        body = json.dumps(answer, indent=1).encode()
        await exchange.begin(status, {"content-type": "application/json", "content-length": str(len(body))})
        await exchange.send(body)
        await exchange.end()


async def _break_early(exchange: Exchange, fault: Fault) -> None:
    """Break the connection, or fall silent, before the body was read to its end."""
    if fault.stage == "within_body":
        while exchange.body_bytes <= fault.after and await exchange.read() is not None:
            pass
    if fault.kind == "stall":
        await exchange.wait_until_given_up()
    raise exchange.reset()


def _version(exchange: Exchange) -> str:
    version = exchange.headers.get("anthropic-version")
    if version is None:
        raise checks.VERSION("anthropic-version: header is required")
    if version not in VERSIONS:
        raise checks.VERSION(f"anthropic-version: {version} is not a valid version")
    return version
