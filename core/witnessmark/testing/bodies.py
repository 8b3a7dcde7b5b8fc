"""The body of a JSON request: read in pieces, bounded, decoded, parsed."""

from __future__ import annotations

import zlib
from typing import Any, cast

from witnessmark.testing import checks
from witnessmark.testing.http import Exchange

MOST_BYTES = 32 * checks.MB


async def read_body(exchange: Exchange) -> bytearray:
    """Read a body of at most 32 MB. A longer one is read to its end, so that its sender hears the answer."""
    body = bytearray()
    while (piece := await exchange.read()) is not None:
        if exchange.body_bytes <= MOST_BYTES:
            body += piece
    if exchange.body_bytes > MOST_BYTES:
        raise checks.REQUEST_SIZE("Request exceeds the maximum size")
    return body


def parsed(body: bytearray, encoding: str | None) -> dict[str, Any]:
    """Parse a body; no second copy of it is made on the way."""
    from pydantic_core import from_json

    try:
        value: Any = from_json(_decoded(body, encoding))
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
