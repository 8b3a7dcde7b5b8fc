"""Frames between us and a worker: a JSON object and, after it, raw bytes.

Never pickle: a worker that a hostile file has taken over must not be able to run code here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, BinaryIO

from witnessmark.documents.flow import Paragraph
from witnessmark.values import BoundingBox, Fill, PageLayout, Rule, Word

HEADER = struct.Struct(">II")
MAX_FRAME_BYTES = 1024 * 1024 * 1024

Message = dict[str, Any]


def pack(message: Message, payload_bytes: int = 0) -> bytes:
    """Encode a message; the caller sends `payload_bytes` of payload right after it."""
    body = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return HEADER.pack(len(body), payload_bytes) + body


def read_frame(stream: BinaryIO) -> tuple[Message, bytes] | None:
    """Read one frame from a blocking stream; None at its end."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    length, payload_bytes = HEADER.unpack(header)
    body = stream.read(length)
    payload = stream.read(payload_bytes)
    if len(body) < length or len(payload) < payload_bytes:
        return None
    return unpack(body), payload


def unpack(body: bytes) -> Message:
    message: Message = json.loads(body.decode("utf-8", "surrogatepass"))
    return message


def layout_to_wire(page: PageLayout) -> Message:
    """Turn a page into lists, which are several times smaller and faster than objects."""
    return {
        "page_number": page.page_number,
        "width": page.width,
        "height": page.height,
        "words": _words_to_wire(page.words),
        "rules": [(_r(r.x0), _r(r.top), _r(r.x1), _r(r.bottom), _r(r.width)) for r in page.rules],
        "fills": [(_r(f.x0), _r(f.top), _r(f.x1), _r(f.bottom), f.grey) for f in page.fills],
        "pictures": [asdict(picture) for picture in page.pictures],
    }


def layout_from_wire(message: Message) -> PageLayout:
    """Undo `layout_to_wire`."""
    return PageLayout(
        page_number=message["page_number"],
        width=message["width"],
        height=message["height"],
        words=_words_from_wire(message["words"]),
        rules=tuple(Rule(*values) for values in message["rules"]),
        fills=tuple(Fill(*values) for values in message["fills"]),
        pictures=tuple(BoundingBox(**values) for values in message["pictures"]),
    )


def paragraphs_to_wire(paragraphs: Iterable[Paragraph]) -> list[Any]:
    """Turn a page in reading order into lists."""
    return [(paragraph.kind, [_words_to_wire(line) for line in paragraph.lines]) for paragraph in paragraphs]


def paragraphs_from_wire(message: Iterable[Any]) -> tuple[Paragraph, ...]:
    """Undo `paragraphs_to_wire`."""
    return tuple(Paragraph(kind, tuple(_words_from_wire(line) for line in lines)) for kind, lines in message)


def _words_to_wire(words: Iterable[Word]) -> list[tuple[Any, ...]]:
    return [(w.text, _r(w.x0), _r(w.top), _r(w.x1), _r(w.bottom), _r(w.size), int(w.is_bold), w.angle) for w in words]


def _words_from_wire(words: Iterable[Any]) -> tuple[Word, ...]:
    return tuple(
        Word(text, x0, top, x1, bottom, size, bool(bold), angle)
        for text, x0, top, x1, bottom, size, bold, angle in words
    )


def _r(value: float) -> float:
    return round(value, 2)
