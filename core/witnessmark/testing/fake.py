"""The fake itself: what a test sets, what it can look at afterwards, and how each address answers."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import secrets
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self, cast

from witnessmark.testing import checks, models
from witnessmark.testing.answers import Answer, Answering, finish, reply_of
from witnessmark.testing.bodies import parsed, read_body
from witnessmark.testing.caching import Cache, prompt_of
from witnessmark.testing.checks import ApiError
from witnessmark.testing.contents import Reader
from witnessmark.testing.delivery import Response, Work, deliver
from witnessmark.testing.events import events_of
from witnessmark.testing.faults import MESSAGES, Fault, Faults, add_from_text
from witnessmark.testing.files import FileStore, UploadForm, limit_of
from witnessmark.testing.http import Exchange, Gone, Server
from witnessmark.testing.limits import check_prompt
from witnessmark.testing.prompt import PromptReader
from witnessmark.testing.rates import Rates
from witnessmark.testing.records import RecordedRequest, Totals
from witnessmark.testing.request import Request
from witnessmark.testing.settings import check_fields, check_settings
from witnessmark.testing.shapes import is_array

ORGANIZATION = "org_fake"
WORKSPACE = "wrkspc_fake"
VERSIONS = ("2023-06-01", "2026-10-21")
REFUSED = ApiError(400, checks.INVALID, "Could not process PDF")
"""What a message is answered that `refuse_when` refuses without saying how."""
_SECRET_HEADERS = ("authorization", "x-api-key", "cookie")


class FakeClaudeAPI:
    """A strict fake of the Claude API on a loopback port of this process; it runs while its block does.

    `keys` maps each key that is accepted to its workspace, and `key` is the first of them. `clock` says the time, in
    seconds since 1970, by which files expire and caches are forgotten.
    """

    def __init__(
        self, *, keys: Mapping[str, str] | None = None, clock: Callable[[], float] = time.time, port: int = 0
    ) -> None:
        self.keys = dict(keys or {f"sk-ant-api03-fake-{secrets.token_hex(8)}": WORKSPACE})
        self.url = ""
        self.requests: list[RecordedRequest] = []
        self.totals = Totals()
        self.files = FileStore(clock=clock)
        self.faults = Faults()
        self._clock, self._port = clock, port
        self._crash: Exception | None = None
        self._answers: list[Any] = []
        self._refusals: list[Callable[[Request], ApiError | bool | None]] = []
        self._urls: dict[str, tuple[bytes, str | None]] = {}
        self._cache, self._reader, self._rates = Cache(), Reader(), Rates()
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
        self._answers = [*answer] if is_array(answer) else [answer]

    def refuse_when(self, refuses: Callable[[Request], ApiError | bool | None]) -> None:
        """Refuse messages for what they carry: `refuses` returns the error, True for an ordinary 400, or None.

        A page is recognised by its text, as in `lambda request: "Page 7" in request.page_text`.
        """
        self._refusals.append(refuses)

    def fail(
        self, fault: Fault, *, times: int | None = None, share: float | None = None, seed: int = 0, on: str = MESSAGES
    ) -> None:
        """Let the next `times` requests fail (1 where no share is given), or a share of all, drawn with a seed.

        `on` is the endpoint, such as "POST /v1/files", or "*" for any.
        """
        self.faults.add(fault, times=times, share=share, seed=seed, on=on)

    def heal(self) -> None:
        """Take all faults and refusals away."""
        self.faults.rules.clear()
        self._refusals.clear()

    def serve_url(self, url: str, data: bytes, media_type: str | None = None) -> None:
        """Let the API be able to fetch a URL. It can fetch no other, and never asks the internet."""
        self._urls[url] = (data, media_type)

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
        )
        self.requests.append(recorded)
        fault = self.faults.strike(recorded.endpoint)
        recorded.fault = fault.name if fault else None
        try:
            if fault is not None and fault.billed == "no" and fault.kind != "error":
                await _break_early(exchange, fault)
            response = await self._respond(exchange, recorded, fault)
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
        try:
            workspace = recorded.workspace = self._workspace(exchange)
            headers["anthropic-workspace-id"] = workspace
            version = _version(exchange)
            if fault is not None and fault.error is not None and fault.kind == "error":
                if recorded.endpoint == MESSAGES:
                    await self._read_json(exchange, recorded)
                await exchange.drain()
                raise fault.error
            response = await self._route(exchange, recorded, workspace, version)
        except ApiError as error:
            if error.check is not None:
                recorded.refused_by = error.check.name
            body = json.dumps(error.as_json(recorded.request_id)).encode()
            response = Response(status=error.status, body=body, headers=error.headers)
        except Gone:
            raise
        except Exception as error:
            # Ours, or of a test's own function: the client gets an answer, and the block of the fake ends with it.
            traceback.print_exception(error)
            self._crash = self._crash or error
            shown = ApiError(500, "api_error", f"The fake of the API failed: {type(error).__name__}")
            response = Response(status=500, body=json.dumps(shown.as_json(recorded.request_id)).encode())
        response.headers = {**headers, **response.headers}
        return response

    def _workspace(self, exchange: Exchange) -> str:
        key = exchange.headers.get("x-api-key")
        scheme, _, token = exchange.headers.get("authorization", "").partition(" ")
        if key is None and scheme.lower() == "bearer":
            key = token.strip()
        if key is None:
            raise checks.KEY("x-api-key header is required")
        if key not in self.keys:
            raise checks.KEY("invalid x-api-key")
        return self.keys[key]

    async def _route(self, exchange: Exchange, recorded: RecordedRequest, workspace: str, version: str) -> Response:
        for method, pattern, answers in self._routes:
            if (found := re.fullmatch(pattern, exchange.path)) and exchange.method == method:
                return await answers(self, _Asked(exchange, recorded, workspace, version, *found.groups()))
        if any(re.fullmatch(pattern, exchange.path) for _, pattern, _ in self._routes):
            raise checks.METHOD("Method Not Allowed")
        raise checks.PATH("Not Found")

    # --- messages ---------------------------------------------------------------------------------------------------

    async def _messages(self, asked: _Asked) -> Response:
        request = await self._request(asked, is_count=False)
        prompt = prompt_of(request)
        if prompt.total > request.known_model.context:
            raise checks.PROMPT_LENGTH(
                f"prompt is too long: {prompt.total} tokens > {request.known_model.context} maximum"
            )
        for refuses in self._refusals:
            if refusal := refuses(request):
                raise (refusal if isinstance(refusal, ApiError) else REFUSED)
        tokens = self._cache.look_up(prompt, now=self._clock())
        finished = finish(await self._said(request), request, tokens)
        rates = self._rates.charge(
            request.workspace,
            request.known_model.id,
            now=self._clock(),
            input_tokens=tokens.total - tokens.read,
            output_tokens=finished.output_tokens,
        )
        work = Work(
            model=request.model,
            prompt=tokens,
            output_tokens=finished.output_tokens,
            begin=lambda: self._cache.write(prompt, now=self._clock()),
        )
        if request.is_stream:
            return Response(status=200, events=events_of(finished, request), headers=rates, work=work)
        return Response(status=200, body=_json(finished.message), headers=rates, work=work)

    async def _count_tokens(self, asked: _Asked) -> Response:
        request = await self._request(asked, is_count=True)
        return Response(status=200, body=_json({"input_tokens": prompt_of(request).total}))

    async def _request(self, asked: _Asked, *, is_count: bool) -> Request:
        body = await self._read_json(asked.exchange, asked.recorded)
        return await asyncio.to_thread(self._checked, body, asked, is_count)

    async def _read_json(self, exchange: Exchange, recorded: RecordedRequest) -> dict[str, Any]:
        raw = await read_body(exchange)
        if exchange.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise checks.CONTENT_TYPE("content-type: expected application/json")
        body = await asyncio.to_thread(parsed, raw, exchange.headers.get("content-encoding"))
        recorded.body = body
        return body

    def _checked(self, body: dict[str, Any], asked: _Asked, is_count: bool) -> Request:
        """Check a request and read what it carries. It runs in a thread, and changes nothing but `body`."""
        version = asked.version

        def fetch(kind: Literal["file", "url"], name: str, where: str) -> tuple[bytes, str | None]:
            if kind == "file":
                return self.files.content(name, asked.workspace, where)
            if not name.startswith("https://"):
                raise checks.URL_SCHEME(f"{where}: Only HTTPS URLs are supported.")
            if name not in self._urls:
                raise checks.URL_FETCH(f"{where}: Unable to download the file. Please verify the URL and try again.")
            return self._urls[name]

        model = check_fields(body, is_count=is_count, version=version)
        check_settings(body, model, is_count=is_count)
        reader = PromptReader(contents=self._reader, fetch=fetch, is_count=is_count, version=version)
        blocks = reader.read(body)
        check_prompt(blocks, body, model, is_count=is_count)
        return Request(
            model=body["model"],
            known_model=model,
            body=body,
            blocks=blocks,
            workspace=asked.workspace,
            headers=asked.recorded.headers,
        )

    async def _said(self, request: Request) -> Any:
        answer: Any = self._answers[0] if self._answers else None
        if len(self._answers) > 1:
            self._answers.pop(0)
        if callable(answer):
            answer = answer(request)
            if inspect.isawaitable(answer):
                answer = await answer
        if isinstance(answer, ApiError):
            raise answer
        return reply_of(answer, request)

    # --- files and models -------------------------------------------------------------------------------------------

    async def _upload(self, asked: _Asked) -> Response:
        form = UploadForm(asked.exchange.headers.get("content-type", ""))
        try:
            while (piece := await asked.exchange.read()) is not None:
                form.feed(piece)
            upload = form.finish()
        finally:
            await asked.exchange.drain()
        asked.recorded.body = {
            "filename": upload.name,
            "mime_type": upload.mime_type,
            "sha256": upload.sha256,
            "size": len(upload.data),
            "expires_in_seconds": upload.expires_in,
        }
        stored = self.files.add(upload, asked.workspace)
        self.totals.uploads += 1
        self.totals.uploaded_bytes += len(upload.data)
        return Response(status=200, body=_json(stored.as_json()))

    async def _list_files(self, asked: _Asked) -> Response:
        return Response(status=200, body=_json(self.files.page(asked.exchange.query, asked.workspace)))

    async def _file(self, asked: _Asked) -> Response:
        return Response(status=200, body=_json(self.files.find(asked.name, asked.workspace).as_json()))

    async def _delete_file(self, asked: _Asked) -> Response:
        return Response(status=200, body=_json(self.files.delete(asked.name, asked.workspace)))

    async def _file_content(self, asked: _Asked) -> Response:
        self.files.find(asked.name, asked.workspace)
        raise checks.FILE_DOWNLOAD("File is not downloadable.")

    async def _list_models(self, asked: _Asked) -> Response:
        query = asked.exchange.query
        lifecycles = tuple(query.get("lifecycle[]", ("active", "deprecated")))
        listed = models.listed(lifecycles)
        ids = [entry["id"] for entry in listed]
        limit, start = limit_of(query), 0
        for name in ("after_id", "before_id"):
            if name in query and query[name][0] not in ids:
                raise checks.LIST_QUERY(f"{name}: there is no such model in the list")
        if "after_id" in query:
            start = ids.index(query["after_id"][0]) + 1
        elif "before_id" in query:
            end = ids.index(query["before_id"][0])
            start, limit = max(0, end - limit), min(limit, end)
        shown = listed[start : start + limit]
        more = start > 0 if "before_id" in query else len(listed) > start + limit
        page = {
            "data": shown,
            "has_more": more,
            "first_id": shown[0]["id"] if shown else None,
            "last_id": shown[-1]["id"] if shown else None,
        }
        return Response(status=200, body=_json(page))

    async def _model(self, asked: _Asked) -> Response:
        if (found := models.info(asked.name)) is None:
            raise checks.MODEL(f"model: {asked.name}")
        return Response(status=200, body=_json(found))

    _routes = (
        ("POST", "/v1/messages", _messages),
        ("POST", "/v1/messages/count_tokens", _count_tokens),
        ("POST", "/v1/files", _upload),
        ("GET", "/v1/files", _list_files),
        ("GET", "/v1/files/([^/]+)", _file),
        ("DELETE", "/v1/files/([^/]+)", _delete_file),
        ("GET", "/v1/files/([^/]+)/content", _file_content),
        ("GET", "/v1/models", _list_models),
        ("GET", "/v1/models/([^/]+)", _model),
    )

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
            case "POST", "/_heal":
                self.heal()
            case "POST", "/_clear":
                self.clear()
            case _:
                status = 404
        await exchange.drain()
        body = _json(answer)
        await exchange.begin(status, {"content-type": "application/json", "content-length": str(len(body))})
        await exchange.send(body)
        await exchange.end()


@dataclass(frozen=True, slots=True)
class _Asked:
    exchange: Exchange
    recorded: RecordedRequest
    workspace: str
    version: str
    name: str = ""


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


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
