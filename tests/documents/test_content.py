"""Bytes that stay what they were."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from witnessmark.documents.content import Content, DocumentChanged


def test_content_is_named_by_its_hash() -> None:
    content = Content.of_bytes("a", b"bytes")
    assert content.sha256 == hashlib.sha256(b"bytes").hexdigest()
    assert content.size == 5
    assert content.read() == b"bytes"


def test_a_file_written_to_after_it_was_opened_is_refused_not_mixed(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"before" * 500_000)
    content = Content("a.pdf", path.open("rb"))
    try:
        path.write_bytes(b"after." * 500_000)
        with pytest.raises(DocumentChanged):
            content.read()
    finally:
        content.close()


def test_a_file_replaced_by_another_is_read_as_it_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"before")
    content = Content("a.pdf", path.open("rb"))
    try:
        (tmp_path / "b.pdf").write_bytes(b"after")
        (tmp_path / "b.pdf").replace(path)
        assert content.read() == b"before"
    finally:
        content.close()


def test_a_file_that_grows_gives_no_byte_more_than_it_had(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" * 300_000)
    with closing(Content("a.csv", path.open("rb"))) as content:
        with path.open("ab") as file:
            file.write(b"c,d\n")
        given: list[bytes] = []
        with pytest.raises(DocumentChanged):
            given.extend(content.chunks())
        assert 0 < sum(map(len, given)) <= content.size


def test_content_stays_open_for_whoever_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"bytes")
    content = Content("a.pdf", path.open("rb"))
    content.hold()
    content.close()
    assert content.read() == b"bytes"
    content.close()
    with pytest.raises(ValueError, match="closed"):
        content.read()
