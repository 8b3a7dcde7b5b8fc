"""Bytes that stay what they were."""

from __future__ import annotations

import hashlib
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
