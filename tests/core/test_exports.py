"""Files that people take away."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from witnessmark.exports.csv import csv_from_rows
from witnessmark.exports.folder import ExportFolder, ExportFolderUnwritable, ExportMissing, file_name


def test_rows_survive_a_round_trip() -> None:
    rows = [["Name", "Betrag"], ['Müller, "Hans"', "1,284.50"], ["two\nlines", ""]]
    assert list(csv.reader(io.StringIO(csv_from_rows(rows).decode(), newline=""))) == rows


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "@SUM(A1)", "-of which", "\tx", "\r=1", "\n=1", "  =1", "\u00a0@x", "＝1+1", "-1+1"]
)
def test_no_cell_becomes_a_formula(cell: str) -> None:
    assert next(csv.reader(io.StringIO(csv_from_rows([[cell, "x"]]).decode(), newline=""))) == ["'" + cell, "x"]


def test_csv_begins_with_its_first_cell() -> None:
    assert csv_from_rows([["größe"]]) == "größe\r\n".encode()


@pytest.mark.parametrize("cell", ["-12.5", "+3%", "-$1,200", "-", "−7", "(1,234)", "- 4"])
def test_a_number_stays_a_number(cell: str) -> None:
    assert next(csv.reader(io.StringIO(csv_from_rows([[cell]]).decode()))) == [cell]


def test_the_same_bytes_are_written_once_and_others_get_a_number(tmp_path: Path) -> None:
    folder = ExportFolder(tmp_path / "exports")
    first = folder.write("a.csv", b"1")
    assert folder.write("a.csv", b"1") == first
    second = folder.write("a.csv", b"2")
    assert (first.name, second.name) == ("a.csv", "a-2.csv")
    assert first.read_bytes() == b"1"


def test_a_file_somebody_else_put_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"mine")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    folder = ExportFolder(tmp_path)
    folder.write("a.csv", b"yours")
    folder.write("b.csv", b"yours")
    assert (tmp_path / "a.csv").read_bytes() == b"mine"
    assert not list(tmp_path.glob(".writing-*"))


def test_a_folder_that_cannot_be_made_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ExportFolderUnwritable):
        ExportFolder(tmp_path / "file" / "exports").write("a.csv", b"1")


@pytest.mark.parametrize("name", ["../secret", "a/b", ".hidden", "missing.csv", ""])
def test_only_files_in_the_folder_are_read_back(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_bytes(b"")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / ".hidden").write_bytes(b"")
    with pytest.raises(ExportMissing):
        ExportFolder(tmp_path / "exports").read(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [("a/b:c?.csv", "a-b-c-.csv"), ("..", "document"), (".bashrc", "bashrc"), ("x" * 300 + ".csv", "x" * 116 + ".csv")],
)
def test_names_are_made_safe(text: str, name: str) -> None:
    assert file_name(text) == name
