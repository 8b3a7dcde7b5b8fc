"""The Files API's store: uploads of several workspaces, their end, and the form that brings them."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import Message
from typing import Any

from witnessmark.testing import checks

MOST_BYTES = 500 * checks.MB
SHORTEST_LIFE, LONGEST_LIFE = 3_600, 7_776_000
KEPT_AFTER_END = 30 * 86_400
"""Seconds for which the metadata of an expired file can still be seen."""
_BAD_NAME = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that was uploaded.

    Units:  seconds since 1970
    """

    id: str
    workspace: str
    name: str
    mime_type: str
    data: bytes
    created: float
    expires: float | None

    def as_json(self) -> dict[str, Any]:
        """Write it as `FileMetadata`."""
        return {
            "type": "file",
            "id": self.id,
            "filename": self.name,
            "mime_type": self.mime_type,
            "size_bytes": len(self.data),
            "created_at": _rfc3339(self.created),
            "expires_at": None if self.expires is None else _rfc3339(self.expires),
            "downloadable": False,
        }


@dataclass(slots=True, kw_only=True)
class FileStore:
    """All files of all workspaces; whoever asks sees those of its own."""

    clock: Callable[[], float]
    storage_bytes: int = 1_000_000 * checks.MB
    """What the organisation may store."""
    files: dict[str, StoredFile] = field(default_factory=dict[str, StoredFile])

    def add(self, upload: Upload, workspace: str) -> StoredFile:
        """Keep an upload."""
        if sum(len(file.data) for file in self.files.values()) + len(upload.data) > self.storage_bytes:
            raise checks.STORAGE("The organization's file storage quota is exhausted.")
        now = self.clock()
        stored = StoredFile(
            id=f"file_{secrets.token_hex(12)}",
            workspace=workspace,
            name=upload.name,
            mime_type=upload.mime_type,
            data=bytes(upload.data),
            created=now,
            expires=None if upload.expires_in is None else now + upload.expires_in,
        )
        self.files[stored.id] = stored
        return stored

    def find(self, file_id: str, workspace: str) -> StoredFile:
        """Look a file up whose metadata can still be seen."""
        stored = self.files.get(file_id)
        if stored is None or stored.workspace != workspace or not self._is_kept(stored):
            raise checks.FILE_UNKNOWN(f"File not found: {file_id}")
        return stored

    def content(self, file_id: str, workspace: str, where: str) -> tuple[bytes, str]:
        """Get the bytes and type of a file for a message."""
        stored = self.find(file_id, workspace)
        if stored.expires is not None and stored.expires <= self.clock():
            raise checks.FILE_EXPIRED(f"{where}: File {file_id} has expired.")
        return stored.data, stored.mime_type

    def delete(self, file_id: str, workspace: str) -> dict[str, Any]:
        """Forget a file."""
        del self.files[self.find(file_id, workspace).id]
        return {"type": "file_deleted", "id": file_id}

    def expire(self) -> None:
        """Let all files come to their end now."""
        now = self.clock()
        self.files = {name: replace(file, expires=now) for name, file in self.files.items()}

    def page(self, query: Mapping[str, Sequence[str]], workspace: str) -> dict[str, Any]:
        """List files, newest first, as a query asks: `ids[]`, or `limit` and `page`."""
        seen = [file for file in self.files.values() if file.workspace == workspace and self._is_kept(file)]
        seen.reverse()
        ids = set(query.get("ids[]", ()))
        if ids:
            if len(ids) > 100 or "page" in query or "limit" in query:
                raise checks.LIST_QUERY("ids: at most 100, and without page and limit")
            return {"data": [file.as_json() for file in seen if file.id in ids], "next_page": None}
        limit, start = limit_of(query), 0
        if cursor := query.get("page"):
            start = next((n for n, file in enumerate(seen, start=1) if f"page_{file.id}" == cursor[0]), 0)
            if not start:
                raise checks.LIST_QUERY("page: the cursor is not valid")
        shown = seen[start : start + limit]
        more = len(seen) > start + limit
        return {"data": [file.as_json() for file in shown], "next_page": f"page_{shown[-1].id}" if more else None}

    def _is_kept(self, file: StoredFile) -> bool:
        return file.expires is None or self.clock() < file.expires + KEPT_AFTER_END


def limit_of(query: Mapping[str, Sequence[str]]) -> int:
    """Read how many entries a list shall have."""
    text = query.get("limit", ["20"])[0]
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise checks.LIST_QUERY("limit: Input should be between 1 and 1000")
    return int(text)


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


# --- uploads --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The form of an upload, read."""

    name: str
    mime_type: str
    data: bytearray
    sha256: str
    expires_in: int | None


@dataclass(slots=True)
class _Part:
    name: str = ""
    filename: str | None = None
    mime_type: str | None = None
    data: bytearray = field(default_factory=bytearray)


class UploadForm:
    """Reads an upload's form as it arrives; nothing is kept twice."""

    def __init__(self, content_type: str) -> None:
        from python_multipart.multipart import MultipartParser

        form = Message()
        form["content-type"] = content_type
        boundary = form.get_param("boundary")
        if form.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
            raise checks.FILE_FORM("file: expected a multipart/form-data request")
        self._parts: list[_Part] = []
        self._header = self._value = b""
        self._is_whole = False
        self._hash = hashlib.sha256()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": lambda: self._parts.append(_Part()),
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_part_data": self._on_part_data,
                "on_end": self._on_end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the body."""
        from python_multipart.exceptions import FormParserError

        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise checks.FILE_FORM("The form is not valid multipart/form-data.") from error

    def finish(self) -> Upload:
        """Check the form when it is whole."""
        if not self._is_whole:
            raise checks.FILE_FORM("The form ends too early.")
        parts = {part.name: part for part in self._parts}
        for name in parts:
            if name not in {"file", "expires_in_seconds"}:
                raise checks.FILE_FORM(f"{name}: Extra inputs are not permitted")
        if "file" not in parts or len(self._parts) != len(parts):
            raise checks.FILE_FORM("file: Field required, once")
        file = parts["file"]
        mime_type = file.mime_type or mimetypes.guess_type(file.filename or "")[0] or "application/octet-stream"
        name = re.split(r"[/\\]", file.filename or "")[-1] or f"unnamed{mimetypes.guess_extension(mime_type) or ''}"
        if len(name) > 255 or _BAD_NAME.search(name):
            raise checks.FILE_NAME("file: the file name must have 1 to 255 characters and none that is forbidden")
        return Upload(
            name=name,
            mime_type=mime_type,
            data=file.data,
            sha256=self._hash.hexdigest(),
            expires_in=_life(parts["expires_in_seconds"].data) if "expires_in_seconds" in parts else None,
        )

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        header = Message()
        header[self._header.decode("latin-1")] = (
            self._value.decode("utf-8", "replace").replace("\r", "").replace("\n", "")
        )
        part = self._parts[-1]
        match self._header.lower():
            case b"content-disposition":
                part.name = _parameter(self._value, "name") or ""
                part.filename = _parameter(self._value, "filename")
            case b"content-type":
                part.mime_type = header.get_content_type()
            case _:
                pass
        self._header = self._value = b""

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        part = self._parts[-1]
        piece = memoryview(data)[start:end]
        part.data += piece
        if part.name == "file":
            self._hash.update(piece)
        if len(part.data) > (MOST_BYTES if part.name == "file" else 1000):
            raise checks.FILE_SIZE("file: the file exceeds the maximum size of 500 MB")

    def _on_end(self) -> None:
        self._is_whole = True


def _parameter(header: bytes, name: str) -> str | None:
    """Read a parameter as browsers and HTTP clients write it: UTF-8, quotes and line ends as percent signs."""
    found = re.search(rf'[; ]{name}="([^"]*)"', header.decode("utf-8", "replace"))
    return None if found is None else found[1].replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _life(data: bytearray) -> int:
    text = data.decode("ascii", "replace")
    if not text.isdecimal() or not SHORTEST_LIFE <= int(text) <= LONGEST_LIFE:
        raise checks.FILE_EXPIRY(f"expires_in_seconds: Input should be between {SHORTEST_LIFE} and {LONGEST_LIFE}")
    return int(text)
