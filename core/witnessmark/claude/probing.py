"""Small requests by which is found out what an endpoint takes, and what of it a model sees.

Each is answered with a few tokens, and in the ledger like any other. They go to endpoints that are not the Claude API,
once a day for a model: before the first document, to see whether what is sent reaches the model, and where a request is
refused, to see for what. What is silently dropped adds nothing to the tokens of a prompt, whatever the tokenizer is; so
a request with it and one without it, and nothing else between them, tell.
"""

from __future__ import annotations

import base64
import struct
import time
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from witnessmark.claude.body import JsonBody
from witnessmark.claude.endpoint import Endpoint, Feature, State
from witnessmark.claude.failures import AttemptFailed, Failure, FormRefused
from witnessmark.claude.request import Caching, Form, Structure, without_documents
from witnessmark.claude.timeouts import Timeouts
from witnessmark.claude.understanding import tokens_of
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Ask
from witnessmark.plans.price import usd_of
from witnessmark.store import Send, Store, StoredAnswer

if TYPE_CHECKING:
    from witnessmark.claude.connection import Connection

TOOL = "endpoint check"
"""What the ledger says they are for."""
REFUSALS = frozenset({400, 404, 405, 415, 422, 500, 501})
"""What is answered to what an endpoint does not take; some of it is a bad day elsewhere."""
LEAST_TOKENS = 30
"""That what a model sees adds to a prompt: a page of forty words, a picture of 252 pixels a side."""
MOST_OUTPUT = 16

_WORDS = """\
The witness stands at the edge of the page and counts every line of it. Seven rows were printed in the morning, and nine
more in the afternoon; none of them was left out, and nobody wrote another figure over any of them since then."""
_QUESTION = {"type": "text", "text": "Is there anything above? Answer with one word."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Asks an endpoint small things."""

    connection: Connection
    store: Store
    endpoint: Endpoint
    timeouts: Timeouts
    paid: list[StoredAnswer]
    """What the small answers cost."""

    async def sight(self, kind: Feature, model: Model) -> State:
        """Find out whether a model sees documents, text in documents, or images.

        Errors:  `FormRefused`; `AttemptFailed`, where that cannot be said now
        """
        bare = await self.greet(model)
        try:
            shown = await self._twice(_asking(model, [_SHOWN[kind]()]), model)
        except AttemptFailed as failed:
            if failed.failure.status in REFUSALS:
                return "refused"
            raise
        if shown - bare >= LEAST_TOKENS:
            return "there"
        return "ignored" if shown else "unmeasured"

    async def greet(self, model: Model) -> int:
        """Send the smallest request, and say how many tokens its prompt had.

        Errors:  `FormRefused`, where not even that is taken; `AttemptFailed`, where nobody answers well now
        """
        try:
            return await self._tokens(_asking(model, []), model)
        except AttemptFailed as failed:
            if failed.failure.status in REFUSALS - {404, 500}:
                raise FormRefused(model.id) from failed
            raise

    async def is_taken(self, ask: Ask, model: Model, form: Form, room: int = MOST_OUTPUT) -> bool:
        """Say whether a request in this form is taken, with nothing in it but our own words.

        Units:   `room` for the answer in tokens

        Errors:  `AttemptFailed`, where that cannot be said now
        """
        body = without_documents(ask, form) | {"max_tokens": room}
        try:
            await self._twice(body, model)
        except AttemptFailed as failed:
            if failed.failure.status in REFUSALS:
                return False
            raise
        return True

    async def fitting(self, ask: Ask, model: Model, form: Form, failure: Failure) -> Form | None:
        """Find the form nearest to one that was refused which is taken; None: there is none.

        What the error names is left out first, for that is likely; what is left out in the end is what has to be.

        Errors:  `AttemptFailed`, where that cannot be said now
        """
        for other in _lesser(ask, form, failure.names):
            if await self.is_taken(ask, model, other):
                return other
        return None

    async def _twice(self, body: dict[str, Any], model: Model) -> int:
        """Send a small request, and once more where it fails on the other side: only then is it not taken."""
        try:
            return await self._tokens(body, model)
        except AttemptFailed as failed:
            if failed.failure.status != 500:
                raise
        return await self._tokens(body, model)

    async def _tokens(self, body: dict[str, Any], model: Model) -> int:
        """Send a small request, and say how many tokens its prompt had."""
        key = f"endpoint check {uuid.uuid4().hex}"
        send = Send(
            content_key=key,
            endpoint=self.endpoint.url,
            model=model.id,
            tool=TOOL,
            document="",
            document_name="",
            images=0,
            estimated_usd=None,
        )
        send_id = await self.store.begin(send)
        small = JsonBody(body)
        try:
            received = await self.connection.message(small, seconds=self.timeouts.attempt(body["max_tokens"]))
        except AttemptFailed as failed:
            request_id = failed.failure.request_id
            if failed.may_be_billed:
                await self.store.ambiguous(
                    send_id, kind=failed.failure.kind, tokens=failed.tokens, request_id=request_id
                )
            else:
                await self.store.refused(send_id, kind=failed.failure.kind, request_id=request_id)
            raise
        except BaseException:
            if small.was_sent:
                await self.store.ambiguous(send_id, kind="Cancelled", tokens=None, request_id=None)
            else:
                await self.store.refused(send_id, kind="NotSent", request_id=None)
            raise
        tokens = tokens_of(received.message)
        answer = StoredAnswer(
            content_key=key,
            endpoint=self.endpoint.url,
            model=model.id,
            message="{}",
            tokens=tokens,
            usd=usd_of(tokens, model),
            request_id=received.request_id,
            paid_at=time.time(),
        )
        await self.store.answered(send_id, answer)
        self.paid.append(answer)
        self.endpoint.signed[model.id] = received.is_signed
        return tokens.prompt


def changes(before: Form, after: Form) -> list[Feature]:
    """List what one form has and the other has not."""
    found: list[Feature] = []
    if before.caching != "none" and after.caching == "none":
        found.append("caching")
    if before.caching == "any" and after.caching == "5m":
        found.append("caching for an hour")
    if before.effort and not after.effort:
        found.append("effort")
    if before.citations and not after.citations:
        found.append("citations")
    if before.structure == "format" and after.structure != "format":
        found.append("structured outputs")
    if before.structure != "prompt" and after.structure == "prompt":
        found.append("tools")
    return found


def _lesser(ask: Ask, form: Form, names: frozenset[str]) -> Iterator[Form]:
    """List the forms that ask for less: first those without what is named, and of them those that leave out least."""
    ladder: tuple[Structure, ...] = ("format", "tool", "prompt")
    structures = ladder[ladder.index(form.structure) :] if ask.schema is not None else (form.structure,)
    efforts = (True, False) if form.effort and ask.effort is not None else (form.effort,)
    cachings: tuple[Caching, ...] = (form.caching, "none") if ask.breakpoints else (form.caching,)
    if form.caching == "any" and any(point.ttl == "1h" for point in ask.breakpoints):
        cachings = ("any", "5m", "none")
    citing = (True, False) if form.citations and ask.cites else (form.citations,)
    forms = [
        replace(form, structure=structure, effort=effort, caching=caching, citations=citations)
        for structure, effort, caching, citations in product(structures, efforts, cachings, citing)
    ]

    def order(other: Form) -> tuple[int, int]:
        left_out = changes(form, other)
        named = {"caching" if what == "caching for an hour" else what for what in left_out}
        return len(names - named), len(left_out) + ("caching" in left_out)

    yield from sorted((other for other in forms if other != form), key=order)


def _asking(model: Model, shown: list[dict[str, Any]]) -> dict[str, Any]:
    content = [*shown, _QUESTION]
    return {
        "model": model.id,
        "max_tokens": MOST_OUTPUT,
        "stream": True,
        "messages": [{"role": "user", "content": content}],
    }


def _pdf() -> dict[str, Any]:
    """Make a page with the words on it."""
    lines = " ".join(f"({line}) Tj 0 -14 Td" for line in _WORDS.splitlines())
    text = f"BT /F 9 Tf 20 160 Td {lines} ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 560 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(text)}>>stream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    data, offsets = "%PDF-1.4\n", list[int]()
    for number, written in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj{written}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{len(data)}\n%%EOF\n"
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}"
    return {"type": "document", "source": _base64(data.encode(), "application/pdf"), "title": "witness.pdf"}


def _text() -> dict[str, Any]:
    source = {"type": "text", "media_type": "text/plain", "data": _WORDS}
    return {"type": "document", "source": source, "title": "witness.txt"}


def _image() -> dict[str, Any]:
    """Make a picture of 252 by 252 pixels: a dark square on white."""
    side = 252
    light, dark = b"\0" + b"\xff" * side, b"\0" + b"\xff" * 84 + b"\0" * 84 + b"\xff" * 84
    rows = light * 84 + dark * 84 + light * 84
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part)) for name, part in parts
    )
    return {"type": "image", "source": _base64(b"\x89PNG\r\n\x1a\n" + b"".join(chunks), "image/png")}


def _base64(data: bytes, media_type: str) -> dict[str, Any]:
    return {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}


_SHOWN = {"documents": _pdf, "text documents": _text, "images": _image}
