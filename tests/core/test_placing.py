"""Folders that are the user's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from witnessmark.exports.folder import ExportFolder
from witnessmark.placing import make_private_folder
from witnessmark.store import open_store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of folders are POSIX's")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.anyio
async def test_the_home_and_what_is_in_it_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        async with open_store(tmp_path / "new" / "home" / "store.sqlite3"):
            exported = ExportFolder(tmp_path / "new" / "home" / "exports").write("a.csv", b"1,2")
    finally:
        os.umask(before)
    folders = [tmp_path / "new", tmp_path / "new" / "home", exported.parent]
    assert [_mode(folder) for folder in folders] == [0o700] * 3
    files = [exported, *(path for path in (tmp_path / "new" / "home").iterdir() if path.is_file())]
    assert {_mode(file) for file in files} == {0o600}


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert _mode(tmp_path) == 0o755
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        make_private_folder(tmp_path / "file")
