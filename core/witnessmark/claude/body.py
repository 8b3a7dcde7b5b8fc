"""A request's body, made while it is sent: a document in it is read piece by piece and never whole in memory."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anyio

from witnessmark.documents.content import Content

PIECE_BYTES = 192 * 1024
"""Of a document at a time; divisible by three, so that pieces of base64 can be put one after the other."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Bytes that stand in a request."""

    content: Content | bytes

    @property
    def size(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    @property
    def encoded_size(self) -> int:
        return (self.size + 2) // 3 * 4

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes in pieces of `PIECE_BYTES`, the last one shorter.

        Errors:  as `Content.chunks`
        """
        if isinstance(self.content, Content):
            return self.content.chunks(PIECE_BYTES)
        content = self.content
        return (content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES))


class _Body:
    """Text with attachments in it, as bytes to be sent, as often as needed."""

    def __init__(
        self, media_type: str, between: Sequence[bytes], attachments: Sequence[Attachment], *, is_base64: bool
    ) -> None:
        self.media_type = media_type
        self._between = between
        self._attachments = attachments
        self._is_base64 = is_base64
        self.was_sent = False
        """Whether all of it was handed out at least once: from then on the API may have answered."""

    @property
    def headers(self) -> dict[str, str]:
        """What a request says of its body."""
        return {"Content-Type": self.media_type, "Content-Length": str(len(self))}

    def __len__(self) -> int:
        sizes = (one.encoded_size if self._is_base64 else one.size for one in self._attachments)
        return sum(map(len, self._between)) + sum(sizes)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.was_sent = False
        yield self._between[0]
        for attachment, after in zip(self._attachments, self._between[1:], strict=True):
            pieces = attachment.pieces()
            # Reading, hashing and encoding take longer than handing them to a thread.
            while piece := await anyio.to_thread.run_sync(self._next, pieces, abandon_on_cancel=True):
                yield piece
            yield after
        self.was_sent = True

    def _next(self, pieces: Iterator[bytes]) -> bytes:
        piece = next(pieces, b"")
        return base64.b64encode(piece) if self._is_base64 else piece


class JsonBody(_Body):
    """JSON whose attachments are base64."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        """Write everything but the attachments, which stand as values in `told`."""
        mark = secrets.token_hex(16)
        attachments: list[Attachment] = []

        def marked(value: object) -> str:
            if not isinstance(value, Attachment):
                raise TypeError(type(value))
            attachments.append(value)
            return mark

        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=marked)
        between = [part.encode() for part in text.split(mark)]
        super().__init__("application/json", between, attachments, is_base64=True)


class FormBody(_Body):
    """A form with one file, as the Files API takes it (multipart/form-data, RFC 7578)."""

    def __init__(self, attachment: Attachment, *, name: str, media_type: str, fields: Mapping[str, str]) -> None:
        """Write everything but the file; `name` and `fields` have no quotation marks and no line breaks."""
        mark = secrets.token_hex(16)
        begin = f"--{mark}\r\nContent-Disposition: form-data; name="
        head = "".join(f'{begin}"{key}"\r\n\r\n{value}\r\n' for key, value in fields.items())
        head += f'{begin}"file"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'
        between = [head.encode(), f"\r\n--{mark}--\r\n".encode()]
        super().__init__(f"multipart/form-data; boundary={mark}", between, [attachment], is_base64=False)
