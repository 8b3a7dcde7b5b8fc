"""Reads the messages of a request into blocks, and refuses what has the wrong shape or cannot be decoded."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from witnessmark.testing import checks
from witnessmark.testing.contents import ImageContent, PdfContent, Reader, seen_size
from witnessmark.testing.models import Model
from witnessmark.testing.request import Block, Place, SourceKind

MOST_IMAGE_BASE64 = 10 * checks.MB
MOST_SIDE, MOST_SIDE_OF_MANY, MANY = 8000, 2000, 20
"""Pixels; with more than `MANY` images the second bound holds."""
MOST_BREAKPOINTS = 4

_IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "text": ({"text"}, {"citations"}),
    "image": ({"source"}, {"transformations"}),
    "document": ({"source"}, {"citations", "context", "title"}),
    "search_result": ({"source", "title", "content"}, {"citations"}),
    "tool_use": ({"id", "name", "input"}, {"caller", "toolset_name"}),
    "tool_result": ({"tool_use_id"}, {"content", "is_error", "toolset_name"}),
    "thinking": ({"thinking", "signature"}, set()),
    "redacted_thinking": ({"data"}, set()),
}
"""Of each kind of block the fields it must have and those it may have."""
_SOURCE_FIELDS = {
    "base64": {"media_type", "data"},
    "url": {"url"},
    "file": {"file_id"},
    "text": {"media_type", "data"},
    "content": {"content"},
}
_IN_USER = {"text", "image", "document", "search_result", "tool_result", "thinking", "redacted_thinking", "tool_use"}
_IN_ASSISTANT = {"text", "thinking", "redacted_thinking", "tool_use"}
_IN_RESULT = {"text", "image", "document", "search_result"}

Fetch = Callable[[Literal["file", "url"], str, str], tuple[bytes, str | None]]
"""Gets the bytes and the media type of a file or URL, given its kind, its name and where it stands in the request."""


@dataclass(slots=True)
class PromptReader:
    """Reads one request; `blocks` are what it has found."""

    model: Model
    contents: Reader
    fetch: Fetch
    is_count: bool
    version: str
    blocks: list[Block] = field(default_factory=list[Block])

    def read(self, body: Mapping[str, Any]) -> tuple[Block, ...]:
        """Read tools, system and messages, in the order in which the model sees them."""
        for number, tool in enumerate(body.get("tools") or ()):
            self._add_tool(tool, f"tools.{number}")
        self._read_system(body.get("system"))
        for number, message in enumerate(body["messages"]):
            self._read_message(message, f"messages.{number}")
        self._check_breakpoints(body.get("cache_control"))
        if not self.is_count:
            self._check_images()
        return tuple(self.blocks)

    # --- parts of a request -----------------------------------------------------------------------------------------

    def _add_tool(self, tool: Mapping[str, Any], path: str) -> None:
        described = {key: value for key, value in tool.items() if key != "cache_control"}
        text = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
        self._add(path, "tools", "tool", text=text, ttl=_ttl(tool, path))

    def _read_system(self, system: Any) -> None:
        if system is None:
            return
        if isinstance(system, str):
            if system:
                self._add("system", "system", "text", text=system)
            return
        for number, block in enumerate(_list(system, "system")):
            path = f"system.{number}"
            if _kind(block, path) != "text":
                raise checks.BLOCK_TYPE(f"{path}.type: Input should be 'text'")
            self._read_text(block, path, "system")

    def _read_message(self, message: Mapping[str, Any], path: str) -> None:
        place: Place = "assistant" if message["role"] == "assistant" else "user"
        content = message["content"]
        if isinstance(content, str):
            if not content:
                raise checks.EMPTY_CONTENT(f"{path}: user messages must have non-empty content")
            self._add(f"{path}.content", place, "text", text=content)
            return
        self._read_blocks(content, f"{path}.content", place, _IN_ASSISTANT if place == "assistant" else _IN_USER)

    def _read_blocks(self, blocks: Any, path: str, place: Place, allowed: set[str]) -> None:
        listed = _list(blocks, path)
        if not listed:
            raise checks.EMPTY_CONTENT(f"{path}: at least one block is required")
        for number, block in enumerate(listed):
            self._read_block(block, f"{path}.{number}", place, allowed)

    def _read_block(self, block: Any, path: str, place: Place, allowed: set[str]) -> None:
        kind = _kind(block, path)
        if kind == "document" and place == "assistant" and self.version >= "2026-10-21":
            raise checks.DOCUMENT_BY_ASSISTANT(f"{path}: `document` blocks are not supported in assistant messages")
        if kind not in _FIELDS or kind not in allowed | ({"document"} if place == "assistant" else set[str]()):
            expected = ", ".join(f"'{name}'" for name in sorted(allowed))
            raise checks.BLOCK_TYPE(f"{path}: Input tag '{kind}' found using 'type' does not match any of {expected}")
        _fields(block, f"{path}.{kind}", *_FIELDS[kind], also={"type", "cache_control"})
        match kind:
            case "text":
                self._read_text(block, path, place)
            case "image":
                self._read_image(block, path, place)
            case "document":
                self._read_document(block, path, place)
            case "search_result":
                self._read_blocks(block["content"], f"{path}.content", place, {"text"})
                text = f"{_text(block, 'title', path)}\n{_text(block, 'source', path)}"
                self._add(path, place, kind, text=text, cites=_cites(block, path), ttl=_ttl(block, path))
            case "tool_result":
                self._read_tool_result(block, path, place)
            case "tool_use":
                text = f"{_text(block, 'name', path)} {json.dumps(block['input'], ensure_ascii=False)}"
                self._add(path, place, kind, text=text, ttl=_ttl(block, path))
            case _:
                self._add(path, place, kind, text=str(block.get("thinking", "")))

    def _read_text(self, block: Mapping[str, Any], path: str, place: Place) -> None:
        _fields(block, f"{path}.text", *_FIELDS["text"], also={"type", "cache_control"})
        text = _text(block, "text", path)
        if not text:
            raise checks.EMPTY_TEXT(f"{path.rpartition('.')[0]}: text content blocks must be non-empty")
        if block.get("citations") and place == "user" and self.version >= "2026-10-21":
            raise checks.CITED_BY_USER(f"{path}.citations: citations are not supported on text in user messages")
        self._add(path, place, "text", text=text, ttl=_ttl(block, path))

    def _read_tool_result(self, block: Mapping[str, Any], path: str, place: Place) -> None:
        content = block.get("content")
        text = content if isinstance(content, str) else ""
        if content is not None and not isinstance(content, str):
            self._read_blocks(content, f"{path}.content", place, _IN_RESULT)
        self._add(path, place, "tool_result", text=text, ttl=_ttl(block, path))

    # --- images and documents ---------------------------------------------------------------------------------------

    def _read_image(self, block: Mapping[str, Any], path: str, place: Place) -> None:
        source, kind = _source(block, path, {"base64", "url", "file"})
        wish = _oversized_wish(block, path)
        image: ImageContent | None = None
        if kind == "base64":
            if source["media_type"] not in _IMAGE_TYPES:
                expected = ", ".join(f"'{name}'" for name in _IMAGE_TYPES)
                raise checks.FIELD_TYPE(f"{path}.image.source.base64.media_type: Input should be {expected}")
            image = self.contents.image(self._decoded(source, path, MOST_IMAGE_BASE64), source["media_type"], path)
        elif not self.is_count:
            data, media_type = self.fetch(kind, source["file_id" if kind == "file" else "url"], path)
            if kind == "file" and not (media_type or "").startswith("image/"):
                raise checks.FILE_BLOCK(f"{path}: a file of type {media_type} cannot be used in an image block")
            image = self.contents.image(data, None, path)
        is_error = wish == "error" and (kind == "base64" or not self.is_count)
        self._add(
            path,
            place,
            "image",
            source=kind,
            source_name=source.get("file_id") or source.get("url"),
            content=image,
            is_oversized_error=is_error,
            ttl=_ttl(block, path),
        )

    def _read_document(self, block: Mapping[str, Any], path: str, place: Place) -> None:
        source, kind = _source(block, path, {"base64", "url", "file", "text", "content"})
        title, context = _optional_text(block, "title", path), _optional_text(block, "context", path)
        pdf: PdfContent | None = None
        text = ""
        match kind:
            case "base64":
                if source["media_type"] != "application/pdf":
                    raise checks.FIELD_TYPE(
                        f"{path}.document.source.base64.media_type: Input should be 'application/pdf'"
                    )
                pdf = self.contents.pdf(self._decoded(source, path, None), path)
            case "text":
                if source["media_type"] != "text/plain":
                    raise checks.FIELD_TYPE(f"{path}.document.source.text.media_type: Input should be 'text/plain'")
                text = _text(source, "data", f"{path}.document.source")
            case "content":
                if isinstance(source["content"], str):
                    text = source["content"]
                else:
                    self._read_blocks(source["content"], f"{path}.source.content", place, {"text", "image"})
            case _ if not self.is_count:
                data, media_type = self.fetch(kind, source["file_id" if kind == "file" else "url"], path)
                if kind == "file" and media_type == "text/plain":
                    text = data.decode("utf-8", "replace")
                elif kind == "file" and media_type != "application/pdf":
                    raise checks.FILE_BLOCK(f"{path}: a file of type {media_type} cannot be used in a document block")
                else:
                    pdf = self.contents.pdf(data, path)
            case _:
                pass
        self._add(
            path,
            place,
            "document",
            text=text,
            title=title,
            context=context,
            source=kind,
            source_name=source.get("file_id") or source.get("url"),
            content=pdf,
            cites=_cites(block, path),
            ttl=_ttl(block, path),
        )

    def _decoded(self, source: dict[str, Any], path: str, most: int | None) -> bytes:
        """Decode a source's data, and leave its hash and size in its place."""
        text = _text(source, "data", path)
        if most is not None and len(text) > most:
            raise checks.IMAGE_BYTES(
                f"{path}.image.source.base64: image exceeds 10 MB maximum: {len(text)} bytes > {most} bytes"
            )
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise checks.BASE64(f"{path}.source.base64.data: The data is not valid base64") from error
        source["data"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        return data

    # --- all blocks together ----------------------------------------------------------------------------------------

    def _add(self, path: str, place: Place, kind: str, **more: Any) -> None:
        seen = [place, kind, *(repr(more.get(name)) for name in ("text", "title", "context", "source_name", "cites"))]
        content: ImageContent | PdfContent | None = more.get("content")
        seen.append(content.sha256 if content is not None else "")
        digest = hashlib.sha256("\0".join(seen).encode("utf-8", "surrogatepass")).hexdigest()
        self.blocks.append(Block(path=path, place=place, type=kind, digest=digest, **more))

    def _check_breakpoints(self, automatic: Any) -> None:
        ttls = [(block.path, block.ttl) for block in self.blocks if block.ttl is not None]
        if automatic is not None:
            ttls.append(("cache_control", cast("Any", _ttl({"cache_control": automatic}, ""))))
        if len(ttls) > MOST_BREAKPOINTS:
            raise checks.BREAKPOINTS(
                f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {len(ttls)}."
            )
        short = False
        for path, ttl in ttls:
            if short and ttl == "1h":
                raise checks.TTL_ORDER(
                    f"{path}: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
                )
            short = short or ttl == "5m"

    def _check_images(self) -> None:
        images = [(block, block.content) for block in self.blocks if isinstance(block.content, ImageContent)]
        most = MOST_SIDE_OF_MANY if len(images) > MANY else MOST_SIDE
        large = [block.path for block, image in images if max(image.width, image.height) > most]
        if large:
            many = " for many-image requests" if len(images) > MANY else ""
            raise checks.IMAGE_DIMENSIONS(
                f"{large[0]}: At least one of the image dimensions exceed max allowed size{many}: {most} pixels",
                max_side_length_pixels=most,
                paths=large,
            )
        pages = len(images) + sum(
            len(block.content.pages) for block in self.blocks if isinstance(block.content, PdfContent)
        )
        if pages > self.model.pages:
            raise checks.PAGE_COUNT(
                f"A maximum of {self.model.pages} images and PDF pages may be provided in one request. Found {pages}."
            )


def check_oversized(blocks: Sequence[Block], model: Model) -> None:
    """Refuse images above the model's size that ask for it; those by URL or file are named without their place."""
    for block in blocks:
        if not block.is_oversized_error or not isinstance(block.content, ImageContent):
            continue
        size = (block.content.width, block.content.height)
        fitting = seen_size(*size, edge=model.image_edge, most=model.image_tokens)
        if fitting != size:
            where = f"{block.path}: " if block.source == "base64" else ""
            raise checks.OVERSIZED_IMAGE(
                f"{where}image dimensions {size[0]}x{size[1]} exceed the model's maximum image size; the largest "
                f"dimensions that fit are {fitting[0]}x{fitting[1]}"
            )


# --- shapes ---------------------------------------------------------------------------------------------------------


def _kind(block: Any, path: str) -> str:
    if not isinstance(block, dict):
        raise checks.FIELD_TYPE(f"{path}: Input should be a valid dictionary")
    kind = cast("dict[str, Any]", block).get("type")
    if not isinstance(kind, str):
        raise checks.MISSING_FIELD(f"{path}.type: Field required")
    return kind


def _fields(part: Mapping[str, Any], path: str, needed: set[str], optional: set[str], also: set[str]) -> None:
    for name in sorted(needed - part.keys()):
        raise checks.MISSING_FIELD(f"{path}.{name}: Field required")
    for name in part:
        if name not in needed | optional | also:
            raise checks.UNKNOWN_FIELD(f"{path}.{name}: Extra inputs are not permitted")


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise checks.FIELD_TYPE(f"{path}: Input should be a valid list")
    return cast("list[Any]", value)


def _text(part: Mapping[str, Any], name: str, path: str) -> str:
    value = part[name]
    if not isinstance(value, str):
        raise checks.FIELD_TYPE(f"{path}.{name}: Input should be a valid string")
    return value


def _optional_text(part: Mapping[str, Any], name: str, path: str) -> str | None:
    return None if part.get(name) is None else _text(part, name, path)


def _source(block: Mapping[str, Any], path: str, kinds: set[str]) -> tuple[dict[str, Any], SourceKind]:
    source = block["source"]
    where = f"{path}.{block['type']}.source"
    kind = _kind(source, where)
    if kind not in kinds:
        expected = ", ".join(f"'{name}'" for name in sorted(kinds))
        raise checks.BLOCK_TYPE(f"{where}: Input tag '{kind}' found using 'type' does not match any of {expected}")
    _fields(source, f"{where}.{kind}", _SOURCE_FIELDS[kind], set(), also={"type"})
    for name in _SOURCE_FIELDS[kind] - {"content"}:
        _text(source, name, f"{where}.{kind}")
    return source, cast("SourceKind", kind)


def _oversized_wish(block: Mapping[str, Any], path: str) -> str:
    wishes = block.get("transformations") or {}
    _fields(wishes, f"{path}.image.transformations", set(), {"oversized_image"}, also=set())
    wish = wishes.get("oversized_image", "downsize")
    if wish not in {"downsize", "error"}:
        raise checks.FIELD_TYPE(f"{path}.image.transformations.oversized_image: Input should be 'downsize' or 'error'")
    return wish


def _cites(block: Mapping[str, Any], path: str) -> bool:
    config = block.get("citations") or {}
    _fields(config, f"{path}.citations", set(), {"enabled"}, also=set())
    return bool(config.get("enabled"))


def _ttl(part: Mapping[str, Any], path: str) -> Literal["5m", "1h"] | None:
    control = part.get("cache_control")
    if control is None:
        return None
    _fields(control, f"{path}.cache_control", {"type"}, {"ttl"}, also=set())
    if control["type"] != "ephemeral":
        raise checks.FIELD_TYPE(f"{path}.cache_control.type: Input should be 'ephemeral'")
    ttl = control.get("ttl", "5m")
    if ttl not in {"5m", "1h"}:
        raise checks.TTL(f"{path}.cache_control.ttl: Input should be '5m' or '1h'")
    return cast("Literal['5m', '1h']", ttl)
