"""`witnessmark check-tables` at a terminal and for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import drawing
from tests.server.test_shell import Shell

TEXTS = drawing.table_texts(rows=3, columns=3)


@pytest.fixture
def shell(tmp_path: Path, folder: Path) -> Shell:
    home = tmp_path / "person"
    home.mkdir()
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    return Shell(home, folder)


def answer(folder: Path, told: object) -> str:
    path = folder / "answer.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told))
    return str(path)


def test_json_has_every_cells_verdict_and_nothing_else(shell: Shell, folder: Path) -> None:
    wrong = [list(row) for row in TEXTS]
    wrong[2][1] = "7,777,777"
    told = answer(folder, [{"page": 1, "headers": wrong[0], "rows": wrong[1:]}])
    done = shell.run("check-tables", str(folder / "a.pdf"), told, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (table,) = json.loads(done.stdout)["tables"]
    statuses = [[place["status"] for place in row] for row in table["places"]]
    assert statuses.pop(2) == ["located", "unlocated", "located"]
    assert statuses == [["located"] * 3] * 3
    assert table["evidence"] == {"cells": 12, "located": 11, "displaced": 0, "unlocated": 1, "sums": None}


def test_people_read_the_counts_and_the_doubtful_cells(shell: Shell, folder: Path) -> None:
    wrong = [list(row) for row in TEXTS]
    wrong[2][1] = "7,777,777"
    told = answer(folder, {"tables": [{"rows": wrong}]})
    done = shell.run("check-tables", str(folder / "a.pdf"), told)
    assert done.returncode == 0
    assert "11 of 12 values located, 1 unlocated" in done.stdout
    assert "'7,777,777' (unlocated)" in done.stdout
    assert TEXTS[2][1] in done.stdout


def test_the_answer_may_lie_anywhere_because_a_person_named_it(shell: Shell, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    told = answer(elsewhere, [])
    assert shell.run("check-tables", str(folder / "a.pdf"), told).returncode == 0


@pytest.mark.parametrize(
    ("told", "kind", "code"),
    [
        ("Berth;Dues", "AnswerNotJson", 3),
        ('{"a": 1}', "AnswerWithoutTables", 3),
        ('[{"page": 1}]', "TableUnusable", 3),
        (None, "FileMissing", 3),
    ],
)
def test_an_unusable_answer_is_two_sentences_and_an_exit_code(
    shell: Shell, folder: Path, told: str | None, kind: str, code: int
) -> None:
    path = str(folder / "none.json") if told is None else answer(folder, told)
    done = shell.run("check-tables", str(folder / "a.pdf"), path, "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["class"]) == (code, kind)
    assert error["message"]
    assert error["next"]


def test_a_file_or_an_answer_too_few_is_a_mistake_of_usage(shell: Shell, folder: Path) -> None:
    assert shell.run("check-tables", str(folder / "a.pdf"), "--json").returncode == 2
    assert shell.run("check-tables", str(folder / "a.pdf"), "b.json", "c.json", "--json").returncode == 2
    assert shell.run("check-tables", "--json").returncode == 2
