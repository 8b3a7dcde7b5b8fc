"""A body made while it is sent is the JSON that it stands for."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from pathlib import Path

import pytest

from witnessmark.claude.body import PIECE_BYTES, Attachment, JsonBody
from witnessmark.documents.content import Content, DocumentChanged

pytestmark = pytest.mark.anyio

SIZES = [0, 1, 2, 3, 1_000, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 1024 * 1024, 2_500_001]


def _bytes(size: int) -> bytes:
    return random.Random(size).randbytes(size)


async def _sent(body: JsonBody) -> bytes:
    return b"".join([piece async for piece in body])


@pytest.mark.parametrize("size", SIZES)
async def test_the_document_arrives_whole(size: int) -> None:
    content = _bytes(size)
    body = JsonBody({"a": "ü", "data": Attachment(Content.of_bytes("x", content)), "b": [Attachment(content), 1]})
    sent = await _sent(body)
    assert len(sent) == len(body)
    told = json.loads(sent)
    assert base64.b64decode(told["data"]) == content == base64.b64decode(told["b"][0])
    assert told["a"] == "ü"


async def test_it_can_be_sent_again() -> None:
    body = JsonBody({"data": Attachment(_bytes(500_000))})
    first = await _sent(body)
    assert body.was_sent
    assert await _sent(body) == first


async def test_a_body_that_was_begun_was_not_sent() -> None:
    body = JsonBody({"data": Attachment(_bytes(500_000))})
    async for _ in body:
        break
    assert not body.was_sent


async def test_a_file_that_changes_meanwhile_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(_bytes(3_000_000))
    content = Content("report.pdf", path.open("rb"))
    path.write_bytes(_bytes(3_000_001)[:-1])
    try:
        with pytest.raises(DocumentChanged):
            await _sent(JsonBody({"data": Attachment(content)}))
    finally:
        content.close()


@pytest.mark.parametrize("size", SIZES)
def test_as_a_file_it_reads_like_one(size: int) -> None:
    file = Attachment(Content.of_bytes("x", _bytes(size))).file()
    assert file.seek(0, 2) == size
    file.seek(0)
    parts: list[bytes] = []
    while part := file.read(64 * 1024):
        parts.append(part)
    assert hashlib.sha256(b"".join(parts)).digest() == hashlib.sha256(_bytes(size)).digest()
    assert all(len(part) == 64 * 1024 for part in parts[:-1])


def test_what_is_no_json_is_a_bug_of_ours() -> None:
    with pytest.raises(TypeError):
        JsonBody({"a": object()})
