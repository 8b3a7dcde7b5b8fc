"""Reads the messages of a request into blocks, and refuses what has the wrong shape or cannot be decoded."""

from __future__ import annotations

import binascii
import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from witnessmark.testing import checks
from witnessmark.testing.contents import ImageContent, PdfContent, Reader
from witnessmark.testing.request import Block, Place, SourceKind
from witnessmark.testing.shapes import (
    Object,
    as_array,
    as_object,
    check_names,
    kind_of,
    optional_text_of,
    part,
    text_of,
    word,
)

MOST_IMAGE_BASE64 = 10 * checks.MB

_IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (("text",), ("citations",)),
    "image": (("source",), ("transformations",)),
    "document": (("source",), ("citations", "context", "title")),
    "search_result": (("source", "title", "content"), ("citations",)),
    "tool_use": (("id", "name", "input"), ("caller", "toolset_name")),
    "tool_result": (("tool_use_id",), ("content", "is_error", "toolset_name")),
    "thinking": (("thinking", "signature"), ()),
    "redacted_thinking": (("data",), ()),
}
"""Of each kind of block the fields it must have, and those it may have besides `type` and `cache_control`."""
_SOURCE_FIELDS: dict[str, tuple[str, ...]] = {
    "base64": ("media_type", "data"),
    "url": ("url",),
    "file": ("file_id",),
    "text": ("media_type", "data"),
    "content": ("content",),
}
_IN_MESSAGE: dict[str, tuple[str, ...]] = {
    "user": ("text", "image", "document", "search_result", "tool_result"),
    "assistant": ("text", "thinking", "redacted_thinking", "tool_use"),
    "system": ("text",),
}
_IN_RESULT = ("text", "image", "document", "search_result")

Fetch = Callable[[Literal["file", "url"], str, str], tuple[bytes, str | None]]
"""Gets the bytes and the media type of a file or URL, given its kind, its name and where it stands in the request."""


@dataclass(slots=True, kw_only=True)
class PromptReader:
    """Reads one request; `blocks` are what it has found."""

    contents: Reader
    fetch: Fetch
    is_count: bool
    version: str
    blocks: list[Block] = field(default_factory=list[Block])

    def read(self, body: Object) -> tuple[Block, ...]:
        """Read tools, system and messages, in the order in which the model sees them."""
        for number, tool in enumerate(body.get("tools") or ()):
            self._add_tool(tool, f"tools.{number}")
        self._read_system(body.get("system"))
        for number, message in enumerate(body["messages"]):
            self._read_message(message, f"messages.{number}")
        return tuple(self.blocks)

    def _add(self, path: str, place: Place, kind: str, **more: Any) -> None:
        seen = [place, kind, *(repr(more.get(name)) for name in ("text", "title", "context", "source_name", "cites"))]
        content: ImageContent | PdfContent | None = more.get("content")
        seen.append(content.sha256 if content is not None else "")
        digest = hashlib.sha256("\0".join(seen).encode("utf-8", "surrogatepass")).hexdigest()
        self.blocks.append(Block(path=path, place=place, type=kind, digest=digest, **more))

    # --- parts of a request -----------------------------------------------------------------------------------------

    def _add_tool(self, tool: Object, path: str) -> None:
        described = {key: value for key, value in tool.items() if key != "cache_control"}
        text = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
        self._add(path, "tools", "tool", text=text, ttl=ttl_of(tool, path))

    def _read_system(self, system: Any) -> None:
        if isinstance(system, str):
            if system:
                self._add("system", "system", "text", text=system)
        elif system is not None:
            for number, block in enumerate(as_array(system, "system")):
                self._read_block(block, f"system.{number}", "system", ("text",))

    def _read_message(self, message: Object, path: str) -> None:
        place: Place = message["role"]
        content = message["content"]
        if isinstance(content, str):
            if not content:
                raise checks.EMPTY_CONTENT(f"{path}: {place} messages must have non-empty content")
            self._add(f"{path}.content", place, "text", text=content)
        else:
            self._read_blocks(content, f"{path}.content", place, _IN_MESSAGE[place])

    def _read_blocks(self, blocks: Any, path: str, place: Place, allowed: Collection[str]) -> None:
        listed = as_array(blocks, path)
        if not listed:
            raise checks.EMPTY_CONTENT(f"{path}: at least one block is required")
        for number, block in enumerate(listed):
            self._read_block(block, f"{path}.{number}", place, allowed)

    def _read_block(self, given: Any, path: str, place: Place, allowed: Collection[str]) -> None:
        kind = kind_of(given, path)
        if kind == "document" and place == "assistant" and self.version >= "2026-10-21":
            raise checks.DOCUMENT_BY_ASSISTANT(f"{path}: `document` blocks are not supported in assistant messages")
        if kind not in allowed and not (kind == "document" and place == "assistant"):
            expected = ", ".join(f"'{name}'" for name in allowed)
            raise checks.BLOCK_TYPE(f"{path}: Input tag '{kind}' found using 'type' does not match any of {expected}")
        block = as_object(given, path)
        needed, optional = _FIELDS[kind]
        check_names(block, f"{path}.{kind}", needed=needed, optional=("type", "cache_control", *optional))
        match kind:
            case "text":
                self._read_text(block, path, place)
            case "image":
                self._read_image(block, path, place)
            case "document":
                self._read_document(block, path, place)
            case "search_result":
                self._read_blocks(block["content"], f"{path}.content", place, ("text",))
                text = f"{text_of(block, 'title', path)}\n{text_of(block, 'source', path)}"
                self._add(path, place, kind, text=text, cites=_cites(block, path), ttl=ttl_of(block, path))
            case "tool_result":
                self._read_tool_result(block, path, place)
            case "tool_use":
                text = f"{text_of(block, 'name', path)} {json.dumps(block['input'], ensure_ascii=False)}"
                self._add(path, place, kind, text=text, ttl=ttl_of(block, path))
            case _:
                self._add(path, place, kind, text=str(block.get("thinking", "")))

    def _read_text(self, block: Object, path: str, place: Place) -> None:
        text = text_of(block, "text", path)
        if not text:
            raise checks.EMPTY_TEXT(f"{path.rpartition('.')[0]}: text content blocks must be non-empty")
        if block.get("citations") and place == "user" and self.version >= "2026-10-21":
            raise checks.CITED_BY_USER(f"{path}.citations: citations are not supported on text in user messages")
        self._add(path, place, "text", text=text, ttl=ttl_of(block, path))

    def _read_tool_result(self, block: Object, path: str, place: Place) -> None:
        content = block.get("content")
        text = content if isinstance(content, str) else ""
        if content is not None and not isinstance(content, str):
            self._read_blocks(content, f"{path}.content", place, _IN_RESULT)
        self._add(path, place, "tool_result", text=text, ttl=ttl_of(block, path))

    # --- images and documents ---------------------------------------------------------------------------------------

    def _read_image(self, block: Object, path: str, place: Place) -> None:
        source, kind = _source(block, path, ("base64", "url", "file"))
        wish = _oversized_wish(block, path)
        image: ImageContent | None = None
        if kind == "base64":
            declared = word(source["media_type"], f"{path}.image.source.base64.media_type", _IMAGE_TYPES)
            image = self.contents.image(self._decoded(source, path, most=MOST_IMAGE_BASE64), declared, path)
        elif not self.is_count:
            data, media_type = self._fetched(source, path)
            if kind == "file" and not (media_type or "").startswith("image/"):
                raise checks.FILE_BLOCK(f"{path}: a file of type {media_type} cannot be used in an image block")
            image = self.contents.image(data, None, path)
        self._add(
            path,
            place,
            "image",
            source=kind,
            source_name=source.get("file_id") or source.get("url"),
            content=image,
            must_fit=wish == "error",
            ttl=ttl_of(block, path),
        )

    def _read_document(self, block: Object, path: str, place: Place) -> None:
        source, kind = _source(block, path, ("base64", "url", "file", "text", "content"))
        where = f"{path}.document.source.{kind}"
        pdf: PdfContent | None = None
        text = ""
        match kind:
            case "base64":
                word(source["media_type"], f"{where}.media_type", ("application/pdf",))
                pdf = self.contents.pdf(self._decoded(source, path), path)
            case "text":
                word(source["media_type"], f"{where}.media_type", ("text/plain",))
                text = text_of(source, "data", where)
            case "content":
                if isinstance(source["content"], str):
                    text = source["content"]
                else:
                    self._read_blocks(source["content"], f"{path}.source.content", place, ("text", "image"))
            case "url" | "file":
                pdf, text = self._fetched_document(source, path)
        self._add(
            path,
            place,
            "document",
            text=text,
            title=optional_text_of(block, "title", path),
            context=optional_text_of(block, "context", path),
            source=kind,
            source_name=source.get("file_id") or source.get("url"),
            content=pdf,
            cites=_cites(block, path),
            ttl=ttl_of(block, path),
        )

    def _fetched_document(self, source: Object, path: str) -> tuple[PdfContent | None, str]:
        if self.is_count:
            return None, ""
        data, media_type = self._fetched(source, path)
        if source["type"] == "file" and media_type == "text/plain":
            return None, data.decode("utf-8", "replace")
        if source["type"] == "file" and media_type != "application/pdf":
            raise checks.FILE_BLOCK(f"{path}: a file of type {media_type} cannot be used in a document block")
        return self.contents.pdf(data, path), ""

    def _fetched(self, source: Object, path: str) -> tuple[bytes, str | None]:
        if source["type"] == "file":
            return self.fetch("file", source["file_id"], path)
        return self.fetch("url", source["url"], path)

    def _decoded(self, source: dict[str, Any], path: str, *, most: int | None = None) -> bytes:
        """Decode a source's data, and leave its hash and size in its place."""
        text = text_of(source, "data", path)
        if most is not None and len(text) > most:
            raise checks.IMAGE_BYTES(
                f"{path}.image.source.base64: image exceeds 10 MB maximum: {len(text)} bytes > {most} bytes"
            )
        try:
            data = binascii.a2b_base64(text, strict_mode=True)  # `base64` would copy the text first
        except ValueError as error:
            raise checks.BASE64(f"{path}.source.base64.data: The data is not valid base64") from error
        source["data"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        return data


# --- fields ---------------------------------------------------------------------------------------------------------


def ttl_of(whole: Object, path: str) -> Literal["5m", "1h"] | None:
    """Read the cache breakpoint of a block or of a whole request."""
    if whole.get("cache_control") is None:
        return None
    where = f"{path}.cache_control".lstrip(".")
    control = as_object(whole["cache_control"], where)
    check_names(control, where, needed=("type",), optional=("ttl",))
    word(control["type"], f"{where}.type", ("ephemeral",))
    ttl = control.get("ttl", "5m")
    if ttl not in {"5m", "1h"}:
        raise checks.TTL(f"{where}.ttl: Input should be '5m' or '1h'")
    return cast("Literal['5m', '1h']", ttl)


def _source(block: Object, path: str, kinds: Collection[str]) -> tuple[dict[str, Any], SourceKind]:
    where = f"{path}.{block['type']}.source"
    kind = kind_of(block["source"], where)
    if kind not in kinds:
        expected = ", ".join(f"'{name}'" for name in kinds)
        raise checks.BLOCK_TYPE(f"{where}: Input tag '{kind}' found using 'type' does not match any of {expected}")
    source = as_object(block["source"], where)
    check_names(source, f"{where}.{kind}", needed=_SOURCE_FIELDS[kind], optional=("type",))
    for name in _SOURCE_FIELDS[kind]:
        if name != "content":
            text_of(source, name, f"{where}.{kind}")
    return source, cast("SourceKind", kind)


def _oversized_wish(block: Object, path: str) -> str:
    wishes = part(block, "transformations")
    check_names(wishes, f"{path}.image.transformations", optional=("oversized_image",))
    where = f"{path}.image.transformations.oversized_image"
    return word(wishes.get("oversized_image", "downsize"), where, ("downsize", "error"))


def _cites(block: Object, path: str) -> bool:
    config = part(block, "citations")
    check_names(config, f"{path}.citations", optional=("enabled",))
    return bool(config.get("enabled"))
