"""A request's body, made while it is sent: JSON with documents in it as base64, none of them ever whole in memory."""

from __future__ import annotations

import base64
import io
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

import anyio

from witnessmark.documents.content import Content

PIECE_BYTES = 192 * 1024
"""Of a document at a time; divisible by three, so that pieces of base64 can be put one after the other."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Bytes that stand in a request as base64."""

    content: Content | bytes

    @property
    def size(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    @property
    def encoded_size(self) -> int:
        return (self.size + 2) // 3 * 4

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes in pieces of `PIECE_BYTES`, the last one shorter."""
        return _regrouped([self.content] if isinstance(self.content, bytes) else self.content.chunks())

    def file(self) -> IO[bytes]:
        """Give the bytes as a file to be read once from its beginning to its end."""
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        return cast("IO[bytes]", _ContentFile(self.content))


class JsonBody:
    """JSON with attachments in it, as bytes to be sent, as often as needed."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        """Write everything but the attachments, which stand as values in `told`."""
        mark = secrets.token_hex(16)
        self._attachments: list[Attachment] = []

        def marked(value: object) -> str:
            if not isinstance(value, Attachment):
                raise TypeError(type(value))
            self._attachments.append(value)
            return mark

        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=marked)
        self._between = [part.encode() for part in text.split(mark)]
        self.was_sent = False
        """Whether all of it was handed out at least once: from then on the API may have answered."""

    def __len__(self) -> int:
        return sum(map(len, self._between)) + sum(attachment.encoded_size for attachment in self._attachments)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.was_sent = False
        yield self._between[0]
        for attachment, after in zip(self._attachments, self._between[1:], strict=True):
            pieces = attachment.pieces()
            while encoded := await anyio.to_thread.run_sync(_next_encoded, pieces, abandon_on_cancel=True):
                yield encoded
            yield after
        self.was_sent = True


def _next_encoded(pieces: Iterator[bytes]) -> bytes:
    return base64.b64encode(next(pieces, b""))


def _regrouped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        view = rest + chunk if rest else chunk
        whole = len(view) // PIECE_BYTES * PIECE_BYTES
        for start in range(0, whole, PIECE_BYTES):
            yield view[start : start + PIECE_BYTES]
        rest = view[whole:]
    if rest:
        yield rest


class _ContentFile(io.BufferedIOBase):
    """Content as a file that is read from its beginning to its end; it can be asked for its size."""

    def __init__(self, content: Content) -> None:
        super().__init__()
        self._content = content
        self.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to the beginning or the end: what asks for the size does no more."""
        if offset or whence not in {io.SEEK_SET, io.SEEK_END}:
            raise io.UnsupportedOperation
        self._pieces = _regrouped(self._content.chunks()) if whence == io.SEEK_SET else iter(())
        self._rest = b""
        self._position = 0 if whence == io.SEEK_SET else self._content.size
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self._content.size if size is None or size < 0 else size
        read = bytearray(self._rest[:wanted])
        self._rest = self._rest[wanted:]
        while len(read) < wanted and (piece := next(self._pieces, b"")):
            missing = wanted - len(read)
            read += piece[:missing]
            self._rest = piece[missing:]
        self._position += len(read)
        return bytes(read)
