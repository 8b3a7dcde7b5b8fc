"""A request on its way to an answer, and its body as JSON: read in pieces, bounded, decoded, parsed."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from typing import Any, cast

from witnessmark.testing import checks
from witnessmark.testing.http import Exchange
from witnessmark.testing.records import RecordedRequest

MOST_BYTES = 32 * checks.MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request whose sender and address are known."""

    exchange: Exchange
    recorded: RecordedRequest
    workspace: str
    version: str
    name: str
    """What the address names: the id of a file or model, else nothing."""


async def read_json(exchange: Exchange, recorded: RecordedRequest) -> dict[str, Any]:
    """Read a request's body and keep it in the record."""
    raw = await read_body(exchange)
    if exchange.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise checks.CONTENT_TYPE("content-type: expected application/json")
    body = await asyncio.to_thread(_parsed, raw, exchange.headers.get("content-encoding"))
    recorded.body = body
    return body


async def read_body(exchange: Exchange) -> bytearray:
    """Read a body of at most 32 MB. A longer one is read to its end, so that its sender hears the answer."""
    length = exchange.headers.get("content-length", "")
    body = bytearray(min(int(length), MOST_BYTES) if length.isdecimal() else 0)
    start = 0
    while (piece := await exchange.read()) is not None:
        if exchange.body_bytes <= MOST_BYTES:
            body[start : exchange.body_bytes] = piece
            start = exchange.body_bytes
    if exchange.body_bytes > MOST_BYTES:
        raise checks.REQUEST_SIZE("Request exceeds the maximum size")
    return body


def _parsed(body: bytearray, encoding: str | None) -> dict[str, Any]:
    """Parse a body; no second copy of it is made on the way."""
    from pydantic_core import from_json

    try:
        value: Any = from_json(_decoded(body, encoding), allow_inf_nan=False)
    except ValueError as error:
        raise checks.JSON_BODY("The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise checks.JSON_BODY("The request body is not a JSON object.")
    return cast("dict[str, Any]", value)


def _decoded(body: bytearray, encoding: str | None) -> bytes | bytearray:
    if encoding in {None, "", "identity"}:
        return body
    if encoding not in {"gzip", "deflate"}:
        raise checks.ENCODING("The request's Content-Encoding is not supported.")
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        plain = unpacking.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise checks.ENCODED_BODY("The request body could not be decoded.") from error
    if len(plain) > MOST_BYTES:
        raise checks.DECODED_SIZE("The request body exceeds the maximum size once decoded")
    if not unpacking.eof:
        raise checks.ENCODED_BODY("The request body could not be decoded.")
    return plain
