"""The bytes of a document: opened once, hashed once, read as often as needed."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from typing import BinaryIO

from witnessmark.errors import InputError

CHUNK_BYTES = 256 * 1024


class DocumentChanged(InputError):
    """The file was written to while it was being read."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} changed while it was being read.", "Call again when nothing writes to it.")


class Content:
    """Bytes that stay what they were when they were hashed.

    Holds an open file and not its bytes, so that a large document costs no memory until somebody reads it; each pass
    over the chunks is hashed again, and one that differs raises `DocumentChanged` instead of mixing two files.
    """

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self._file = file
        self._lock = threading.Lock()
        self._holders = 1
        self.sha256, self.size = self._digest()

    @classmethod
    def of_bytes(cls, name: str, content: bytes) -> Content:
        """Wrap bytes that are already in memory."""
        return cls(name, io.BytesIO(content))

    def head(self, size: int = 4096) -> bytes:
        """Read the first bytes."""
        with self._lock:
            self._file.seek(0)
            return self._file.read(size)

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield the bytes in pieces of `size`, the last one shorter, and never more bytes than were hashed.

        Errors:  `DocumentChanged` at the end of a pass whose bytes are not the ones that were hashed
        """
        digest = hashlib.sha256()
        offset = 0
        while True:
            with self._lock:
                self._file.seek(offset)
                chunk = self._file.read(size)
            offset += len(chunk)
            if offset > self.size:
                raise DocumentChanged(self.name)
            if not chunk:
                break
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != self.sha256:
            raise DocumentChanged(self.name)

    def read(self) -> bytes:
        """Read everything at once."""
        return b"".join(self.chunks())

    def hold(self) -> None:
        """Keep it open for one more, who closes it too."""
        self._holders += 1

    def close(self) -> None:
        """Close the file as soon as nobody holds it any more."""
        self._holders -= 1
        if not self._holders:
            self._file.close()

    def _digest(self) -> tuple[str, int]:
        digest = hashlib.sha256()
        size = 0
        self._file.seek(0)
        while chunk := self._file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
        return digest.hexdigest(), size
