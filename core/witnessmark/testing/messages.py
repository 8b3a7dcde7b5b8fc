"""Answers messages and counts their tokens: reads a request, checks it, and makes a response of what is answered."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from witnessmark.testing import checks
from witnessmark.testing.answers import Reply, reply_of
from witnessmark.testing.bodies import Asked, read_json
from witnessmark.testing.caching import Cache, prompt_of
from witnessmark.testing.checks import ApiError
from witnessmark.testing.contents import Reader
from witnessmark.testing.delivery import Response, Work
from witnessmark.testing.diagnostics import Diagnostics
from witnessmark.testing.events import events_of
from witnessmark.testing.files import FileStore
from witnessmark.testing.finished import finish, is_free_refusal
from witnessmark.testing.lacks import Lacks
from witnessmark.testing.latency import Latency
from witnessmark.testing.limits import check_prompt
from witnessmark.testing.prompt import PromptReader
from witnessmark.testing.rates import Rates
from witnessmark.testing.request import Request
from witnessmark.testing.settings import check_fields, check_settings

Refusing = Callable[[Request], ApiError | bool | None]
REFUSED = ApiError(400, checks.INVALID, "Could not process PDF")
"""What a message is answered that is refused without saying how."""


@dataclass(slots=True, kw_only=True)
class Messages:
    """What messages are answered, and what is remembered between them."""

    files: FileStore
    clock: Callable[[], float]
    rates: Rates
    latency: Latency
    lacks: Lacks = field(default_factory=Lacks)
    answers: list[Any] = field(default_factory=list[Any])
    """In turn, the last one for good."""
    refusals: list[Refusing] = field(default_factory=list[Refusing])
    urls: dict[str, bytes] = field(default_factory=dict[str, bytes])
    cache: Cache = field(default_factory=Cache)
    _diagnostics: Diagnostics = field(default_factory=Diagnostics)
    _reader: Reader = field(default_factory=Reader)

    async def answer(self, asked: Asked) -> Response:
        """Answer `POST /v1/messages`."""
        request = await self._request(asked, is_count=False)
        prompt = prompt_of(request)
        if prompt.total > request.known_model.context:
            raise checks.PROMPT_LENGTH(
                f"prompt is too long: {prompt.total} tokens > {request.known_model.context} maximum"
            )
        self._refuse(request)
        sent_at = self.clock()
        tokens = self.cache.look_up(prompt, now=sent_at)
        account = (request.workspace, request.known_model.id)
        self.rates.admit(*account, now=sent_at, input_tokens=tokens.total - tokens.read)
        await self.latency.pass_by()
        finished = finish(await self._said(request), request, tokens)
        message_id = finished.message["id"]
        finished.message["diagnostics"] = self._diagnostics.say(request, message_id, prompt, tokens)
        self.rates.write(*account, now=self.clock(), output_tokens=finished.output_tokens)
        rates = self.rates.headers(*account, now=self.clock())
        work: Work | None = None
        if not is_free_refusal(finished.message):
            work = Work(
                model=request.model,
                prompt=tokens,
                output_tokens=finished.output_tokens,
                begin=lambda: self.cache.write(prompt, tokens, sent_at=sent_at),
            )
        if self.lacks:
            rates = {}
        if request.is_stream and self.lacks.streams:
            events = [(self.lacks.told(event), tokens) for event, tokens in events_of(finished, request)]
            return Response(status=200, events=events, headers=rates, work=work)
        message = self.lacks.said(finished.message)
        body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return Response(status=200, body=body, headers=rates, work=work)

    async def count(self, asked: Asked) -> Response:
        """Answer `POST /v1/messages/count_tokens`."""
        request = await self._request(asked, is_count=True)
        self._refuse(request)
        return Response.of_json({"input_tokens": prompt_of(request).total})

    def _refuse(self, request: Request) -> None:
        for refuses in self.refusals:
            if refusal := refuses(request):
                raise (refusal if isinstance(refusal, ApiError) else REFUSED).anew()

    async def _request(self, asked: Asked, *, is_count: bool) -> Request:
        body = await read_json(asked.exchange, asked.recorded)
        return await asyncio.to_thread(self._checked, self.lacks.taken(body), asked, is_count)

    def _checked(self, body: dict[str, Any], asked: Asked, is_count: bool) -> Request:
        """Check a request and read what it carries. It runs in a thread, and changes nothing but `body`."""

        def fetch(kind: Literal["file", "url"], name: str, where: str) -> tuple[bytes, str | None]:
            return self.files.content(name, asked.workspace, where) if kind == "file" else self._fetched(name, where)

        model = check_fields(body, is_count=is_count, version=asked.version)
        check_settings(body, model, is_count=is_count)
        reader = PromptReader(contents=self._reader, fetch=fetch, is_count=is_count, version=asked.version)
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

    def _fetched(self, url: str, where: str) -> tuple[bytes, None]:
        if not url.startswith("https://"):
            raise checks.URL_SCHEME(f"{where}: Only HTTPS URLs are supported.")
        if url not in self.urls:
            raise checks.URL_FETCH(f"{where}: Unable to download the file. Please verify the URL and try again.")
        return self.urls[url], None

    async def _said(self, request: Request) -> Reply:
        answer: Any = self.answers[0] if self.answers else None
        if len(self.answers) > 1:
            self.answers.pop(0)
        if callable(answer):
            answer = answer(request)
            if inspect.isawaitable(answer):
                answer = await answer
        if isinstance(answer, ApiError):
            raise answer.anew()
        return reply_of(answer, request)
