"""Which files may be read."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from witnessmark.documents.allowed import (
    AllowedFolders,
    FileMissing,
    FileTooLarge,
    FileUnreadable,
    HiddenPath,
    LinkLoop,
    NotAFile,
    PathNotAllowed,
    ShareOrDevice,
    default_folders,
)
from witnessmark.documents.file_names import is_share_or_device
from witnessmark.errors import InputError

LIMIT = 1_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path.resolve() / "allowed"
    inside.mkdir()
    (inside / "report.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "outside.pdf").write_bytes(b"%PDF-1.4 secret")
    return inside


def _open(folder: Path, path: str | Path) -> bytes:
    _, file = AllowedFolders(folders=(folder,)).open(str(path), limit=LIMIT)
    with file:
        return file.read()


def test_a_file_in_an_allowed_folder_is_read(folder: Path) -> None:
    assert _open(folder, folder / "report.pdf") == b"%PDF-1.4"


def test_a_path_that_climbs_out_is_refused(folder: Path) -> None:
    with pytest.raises(PathNotAllowed):
        _open(folder, folder / ".." / "outside.pdf")


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside.pdf"], ids=["absolute", "relative"])
def test_a_link_is_judged_by_where_it_leads(folder: Path, target: str) -> None:
    (folder / "link.pdf").symlink_to(target)
    with pytest.raises(PathNotAllowed):
        _open(folder, folder / "link.pdf")


def test_a_linked_folder_is_judged_by_where_it_leads(folder: Path) -> None:
    (folder / "sub").symlink_to(folder.parent)
    with pytest.raises(PathNotAllowed):
        _open(folder, folder / "sub" / "outside.pdf")


def test_a_link_to_itself_is_refused_and_does_not_hang(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")
    with pytest.raises(LinkLoop):
        _open(folder, folder / "loop")


def test_a_folder_is_not_a_document(folder: Path) -> None:
    (folder / "dir.pdf").mkdir()
    with pytest.raises(NotAFile, match="is a folder"):
        _open(folder, folder / "dir.pdf")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_refused_without_waiting_for_a_writer(folder: Path) -> None:
    os.mkfifo(folder / "pipe.pdf")
    with pytest.raises(NotAFile, match="not a regular file"):
        _open(folder, folder / "pipe.pdf")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /dev")
def test_a_device_is_refused_even_when_a_person_named_it() -> None:
    with pytest.raises(NotAFile):
        AllowedFolders(folders=(), files=frozenset({Path("/dev/zero")})).open("/dev/zero", limit=LIMIT)


def test_a_missing_file_is_named(folder: Path) -> None:
    with pytest.raises(FileMissing, match=r"nothing\.pdf"):
        _open(folder, folder / "nothing.pdf")


def test_whether_a_file_outside_exists_is_not_told(folder: Path) -> None:
    with pytest.raises(PathNotAllowed):
        _open(folder, folder.parent / "nothing.pdf")


def test_a_hidden_part_below_an_allowed_folder_is_refused(folder: Path) -> None:
    (folder / ".secrets").mkdir()
    (folder / ".secrets" / "key.pdf").write_bytes(b"%PDF-")
    with pytest.raises(HiddenPath):
        _open(folder, folder / ".secrets" / "key.pdf")


def test_a_hidden_folder_that_was_allowed_by_name_is_read(folder: Path) -> None:
    hidden = folder / ".work"
    hidden.mkdir()
    (hidden / "a.pdf").write_bytes(b"%PDF-")
    _, file = AllowedFolders(folders=(folder, hidden)).open(str(hidden / "a.pdf"), limit=LIMIT)
    file.close()


def test_a_file_named_on_the_command_line_is_allowed_alone(folder: Path) -> None:
    outside = folder.parent / "outside.pdf"
    allowed = AllowedFolders(folders=(), files=frozenset({outside}))
    _, file = allowed.open(str(outside), limit=LIMIT)
    file.close()
    with pytest.raises(PathNotAllowed):
        allowed.open(str(folder / "report.pdf"), limit=LIMIT)


def test_a_large_file_is_refused_by_its_size(folder: Path) -> None:
    with (folder / "big.pdf").open("wb") as file:
        file.truncate(5 * 1024**3)  # sparse: takes no room
    with pytest.raises(FileTooLarge, match="5,369 MB"):
        _open(folder, folder / "big.pdf")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
def test_a_file_without_permission_is_refused() -> None:
    with tempfile.TemporaryDirectory() as name, _as_nobody(Path(name)):
        secret = Path(name).resolve() / "secret.pdf"
        secret.write_bytes(b"%PDF-")
        secret.chmod(0)
        with pytest.raises(FileUnreadable):
            _open(secret.parent, secret)


@contextmanager
def _as_nobody(folder: Path) -> Generator[None]:
    """Give up root for a while: root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(folder, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_name_with_a_null_byte_is_an_ordinary_refusal(folder: Path) -> None:
    with pytest.raises(InputError):
        _open(folder, str(folder / "a\0b.pdf"))


def test_a_folder_swapped_for_a_link_after_the_check_is_found_out(folder: Path, tmp_path: Path) -> None:
    real = folder / "sub"
    real.mkdir()
    (real / "a.pdf").write_bytes(b"%PDF-")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.pdf").write_bytes(b"%PDF- secret")

    class SwapsAfterTheCheck(AllowedFolders):
        def check(self, path: str) -> Path:
            checked = AllowedFolders.check(self, path)
            real.rename(folder / "old")
            real.symlink_to(elsewhere)
            return checked

    with pytest.raises(PathNotAllowed):
        SwapsAfterTheCheck(folders=(folder,)).open(str(real / "a.pdf"), limit=LIMIT)


def test_the_home_and_the_root_are_never_allowed_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    (home / "Documents").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for start in (home, home.parent, Path("/")):
        folders = default_folders(start)
        assert start.resolve() not in folders
        assert (home / "Documents").resolve() in folders


def test_the_folder_it_was_started_in_is_allowed_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert (tmp_path / "project").resolve() in default_folders(tmp_path / "project")


# --- names as people and hosts write them -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_disk", "asked"),
    [
        ("u\u0308bersicht.pdf", "\u00fcbersicht.pdf"),
        ("\u00fcbersicht.pdf", "u\u0308bersicht.pdf"),
        ("Screenshot 2031-05-03 at 10.15.22\u202fPM.pdf", "Screenshot 2031-05-03 at 10.15.22 PM.pdf"),
        ("no\u00a0break.pdf", "no break.pdf"),
        ("two words.pdf", '"{folder}/two words.pdf"'),
        ("two words.pdf", "'{folder}/two words.pdf'"),
        ("two words.pdf", "{folder}/two words.pdf\n"),
        ("two words.pdf", "{folder}/two\\ words.pdf"),
        ("two (1).pdf", "{folder}/two\\ \\(1\\).pdf"),
        ("two words.pdf", "@{folder}/two words.pdf"),
        ("two words.pdf", '@"{folder}/two words.pdf"'),
        ("\u201cquoted\u201d.pdf", "\u201cquoted\u201d.pdf"),
    ],
)
def test_a_file_is_found_by_its_name_as_people_write_it(folder: Path, on_disk: str, asked: str) -> None:
    (folder / on_disk).write_bytes(b"%PDF-1.7 it")
    path = asked.format(folder=folder) if "{folder}" in asked else str(folder / asked)
    assert _open(folder, path) == b"%PDF-1.7 it"


def test_a_folder_is_found_by_its_name_as_people_write_it(folder: Path) -> None:
    (folder / "Bu\u0308ro\u00a03").mkdir()
    (folder / "Bu\u0308ro\u00a03" / "a.pdf").write_bytes(b"%PDF-1.7 it")
    assert _open(folder, folder / "B\u00fcro 3" / "a.pdf") == b"%PDF-1.7 it"


def test_the_exact_name_comes_first_and_a_doubtful_one_is_not_guessed(folder: Path) -> None:
    (folder / "a b.pdf").write_bytes(b"plain")
    (folder / "a\u00a0b.pdf").write_bytes(b"no break")
    assert _open(folder, folder / "a b.pdf") == b"plain"
    assert _open(folder, folder / "a\u00a0b.pdf") == b"no break"
    with pytest.raises(FileMissing):
        _open(folder, folder / "a\u202fb.pdf")


@pytest.mark.parametrize("asked", ["Report.PDF", "report", "raport.pdf", "report.pdfs"])
def test_a_name_that_is_nearly_right_is_suggested(folder: Path, asked: str) -> None:
    with pytest.raises(FileMissing, match=r"Did you mean 'report\.pdf'"):
        _open(folder, folder / asked)


@pytest.mark.parametrize("written", ["{}", '"{}"', "@{}", "{}\n"])
def test_no_spelling_leads_outside(folder: Path, written: str) -> None:
    for target in (folder.parent / "outside.pdf", folder.parent / "outside", folder / ".." / "OUTSIDE.pdf"):
        with pytest.raises(InputError) as refused:
            _open(folder, written.format(target))
        assert "outside.pdf" not in refused.value.next_step


def test_hidden_files_are_neither_found_nor_suggested(folder: Path) -> None:
    (folder / ".key\u00a0file.pdf").write_bytes(b"secret")
    with pytest.raises(InputError) as refused:
        _open(folder, folder / ".key file.pdf")
    assert "key" not in refused.value.next_step


@pytest.mark.parametrize(
    "path",
    [
        r"\\server\share\a.pdf",
        "//server/share/a.pdf",
        r"\/server\share\a.pdf",
        r"\\.\PhysicalDrive0",
        r"\\?\C:\a.pdf",
        r"\??\C:\a.pdf",
        "CON",
        "con.pdf",
        r"C:\docs\NUL",
        r"C:\docs\nul:",
        "docs/COM1.txt",
        "LPT\u00b9 .pdf",
        "CONOUT$",
    ],
)
def test_windows_shares_and_devices_are_known_by_their_spelling(path: str) -> None:
    assert is_share_or_device(path, is_windows=True)


@pytest.mark.parametrize("path", [r"C:\docs\a.pdf", "console.pdf", "docs/con-man.pdf", "com10.pdf", "a/null.pdf", ""])
def test_other_names_are_no_shares_and_no_devices(path: str) -> None:
    assert not is_share_or_device(path, is_windows=True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' own rules are tested above")
def test_elsewhere_only_two_backslashes_name_another_machine(folder: Path) -> None:
    (folder / "nul.pdf").write_bytes(b"%PDF-1.4 nul")
    assert _open(folder, folder / "nul.pdf") == b"%PDF-1.4 nul"
    assert _open(folder, f"/{folder}/report.pdf") == b"%PDF-1.4"
    for path in (r"\\server\share\a.pdf", r'"\\server\share\a.pdf"', r"@\\?\C:\a.pdf"):
        with pytest.raises(ShareOrDevice, match="another machine or a device"):
            _open(folder, path)
