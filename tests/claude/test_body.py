"""A body made while it is sent is the JSON that it stands for."""

from __future__ import annotations

import base64
import json
import random
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path

import pytest

from tests.claude.conftest import Desk
from witnessmark.claude.body import PIECE_BYTES, Attachment, FormBody, JsonBody
from witnessmark.documents.content import Content, DocumentChanged
from witnessmark.testing import FakeClaudeAPI

pytestmark = pytest.mark.anyio

SIZES = [0, 1, 2, 3, 1_000, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 1024 * 1024, 2_500_001]


def _bytes(size: int) -> bytes:
    return random.Random(size).randbytes(size)


async def _sent(body: JsonBody | FormBody) -> bytes:
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
async def test_a_form_has_the_file_and_the_fields(size: int) -> None:
    content = _bytes(size)
    attachment = Attachment(Content.of_bytes("x", content))
    body = FormBody(attachment, name="Überblick.pdf", media_type="application/pdf", fields={"days": "7"})
    sent = await _sent(body)
    assert len(sent) == len(body) == int(body.headers["Content-Length"])
    head = f"Content-Type: {body.headers['Content-Type']}\r\n\r\n".encode()
    days, file = message_from_bytes(head + sent, policy=HTTP).iter_parts()
    assert (days["Content-Disposition"].params["name"], days.get_content().strip()) == ("days", "7")
    assert file["Content-Disposition"].params["name"] == "file"
    assert (file.get_filename(), file.get_content_type()) == ("Überblick.pdf", "application/pdf")
    assert file.get_content() == content


@pytest.mark.parametrize("kind", ["json", "form"])
async def test_a_large_file_is_never_whole_in_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(64_000_000)
    tracemalloc.start()
    try:
        with closing(Content("large.pdf", path.open("rb"))) as content:
            attachment = Attachment(content)
            form = FormBody(attachment, name="a", media_type="application/pdf", fields={})
            body = JsonBody({"data": attachment}) if kind == "json" else form
            assert sum([len(piece) async for piece in body]) == len(body) > 64_000_000
        assert tracemalloc.get_traced_memory()[1] < 0.1 * 64_000_000
    finally:
        tracemalloc.stop()


def test_what_is_no_json_is_a_bug_of_ours() -> None:
    with pytest.raises(TypeError):
        JsonBody({"a": object()})


async def test_a_bug_of_ours_is_not_taken_for_trouble_of_the_network(desk: Desk, api: FakeClaudeAPI) -> None:
    class Odd(Content):
        def chunks(self, size: int = 1) -> Iterator[bytes]:
            raise TypeError

    connection = await desk.claude._connected()  # pyright: ignore[reportPrivateUsage]  # below every door
    with pytest.raises(TypeError):
        await connection.message(JsonBody({"a": Attachment(Odd.of_bytes("x", b"1"))}), seconds=5)
