"""Files that are kept for a while: whole, private, and never too many."""

from __future__ import annotations

import os
import time
from pathlib import Path

from witnessmark.kept import KeptFiles


def test_what_was_kept_is_found_by_its_key_and_by_nothing_else(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path / "kept", limit_bytes=1_000_000)
    assert files.put("one", b"first")
    assert files.put("one", b"second")
    assert (files.get("one"), files.get("two"), files.get("../one")) == (b"second", None, None)
    (path,) = (tmp_path / "kept").iterdir()
    assert path.stat().st_mode & 0o077 == 0


def test_the_least_used_leave_first(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path, limit_bytes=10_000)
    for number in range(30):
        files.put(str(number), bytes(600))
        os.utime(tmp_path / files.name_of(str(number)), (number, number))
        files.get("0")  # used again and again
    assert files.get("0") is not None
    assert files.get("29") is not None
    assert files.get("1") is None
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10_000


def test_what_is_too_old_leaves_with_the_first_that_is_kept(tmp_path: Path) -> None:
    KeptFiles(tmp_path, limit_bytes=1_000_000).put("old", b"old")
    KeptFiles(tmp_path, limit_bytes=1_000_000).put("new", b"new")
    long_ago = time.time() - 31 * 86_400
    os.utime(tmp_path / KeptFiles.name_of("old"), (long_ago, long_ago))
    files = KeptFiles(tmp_path, limit_bytes=1_000_000, limit_days=30)
    files.put("newest", b"newest")
    assert (files.get("old"), files.get("new"), files.get("newest")) == (None, b"new", b"newest")


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    files = KeptFiles(tmp_path / "file" / "folder", limit_bytes=1_000)
    assert not files.put("one", b"first")
    assert files.get("one") is None
