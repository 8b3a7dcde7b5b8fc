"""`witnessmark store`, as people and scripts meet it."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest

from witnessmark.store import Quarantined, Send, Store, StoredAnswer, Tokens, open_store

BAD = Quarantined(
    sha256="abcdef12" + "0" * 56,
    page=3,
    kind="DocumentRefused",
    message="The API cannot read it.",
    next_step="Repair it.",
    model=None,
    document_name="\x1b[31mreport.pdf",
    since=time.time(),
)


class Room:
    """A clean room with a home of its own, and a store in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "w" / "store.sqlite3"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "WITNESSMARK_HOME": str(home / "w")}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "witnessmark_server", "store", *words],
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def json(self, *words: str) -> dict[str, Any]:
        done = self.run(*words, "--json")
        assert done.stderr == ""
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def spend(self, *usd: str, days_ago: float = 0) -> None:
        """Pay answers, one for each amount."""

        async def pay(store: Store) -> None:
            for number, amount in enumerate(usd):
                send = Send(
                    content_key=f"ask-{days_ago}-{number}",
                    endpoint="https://api.example",
                    model="claude-sonnet-5-5",
                    tool="extract_tables",
                    document="d0c" + "0" * 61,
                    document_name='=cmd|"x"!A1',
                    images=1,
                    estimated_usd=Decimal(amount),
                )
                answer = StoredAnswer(
                    content_key=send.content_key,
                    endpoint=send.endpoint,
                    model=send.model,
                    message="{}",
                    tokens=Tokens(input=100, output=20, cache_read=5),
                    usd=Decimal(amount),
                    request_id="req_1",
                    paid_at=time.time() - days_ago * 86_400,
                )
                await store.answered(await store.begin(send), answer)

        self.do(pay)

    def do(self, work: Callable[[Store], Awaitable[object]]) -> None:
        async def run() -> None:
            async with open_store(self.path) as store:
                await work(store)

        anyio.run(run)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_show_says_what_is_kept_and_spent(room: Room) -> None:
    room.spend("0.10", "0.25")
    told = room.json("show")
    assert (told["spent_today_usd"], told["spent_this_month_usd"]) == (0.35, 0.35)
    assert (told["entries"], told["answers"], told["uploads"], told["quarantined"]) == (2, 2, 0, 0)
    plain = room.run().stdout
    assert "$0.35" in plain
    assert str(room.path) in plain
    assert room.run("show").stdout == plain


def test_show_is_drawn_on_a_terminal(room: Room) -> None:
    room.spend("0.10")
    parent, terminal = pty.openpty()
    command = [sys.executable, "-m", "witnessmark_server", "store", "ledger"]
    subprocess.run(command, env=room.environment | {"COLUMNS": "140"}, stdout=terminal, timeout=60, check=True)
    os.close(terminal)
    shown = os.read(parent, 100_000).decode()
    os.close(parent)
    assert "─" in shown
    assert "claude-sonnet-5-5" in shown


def test_prune_removes_what_is_older_than_asked_for(room: Room) -> None:
    room.spend("0.10", days_ago=40)
    room.spend("0.10", days_ago=20)
    assert room.json("prune")["answers"] == 1
    assert room.json("prune", "--older-than", "10")["answers"] == 1
    assert room.json("show")["entries"] == 2


def test_backup_writes_a_whole_copy_and_never_over_a_file(room: Room) -> None:
    room.spend("0.10")
    told = room.json("backup", "copy.sqlite3")
    assert told == {
        "path": str(room.home / "copy.sqlite3"),
        "bytes": (room.home / "copy.sqlite3").stat().st_size,
    }
    again = room.run("backup", "copy.sqlite3", "--json")
    assert again.returncode == 3
    assert json.loads(again.stdout)["error"]["class"] == "BackupExists"


def test_a_document_in_quarantine_is_listed_and_released(room: Room) -> None:
    room.do(lambda store: store.quarantine(BAD))
    (listed,) = room.json("quarantine")["quarantined"]
    assert (listed["sha256"], listed["page"], listed["kind"]) == (BAD.sha256, 3, "DocumentRefused")
    plain = room.run("quarantine").stdout
    assert "abcdef120000" in plain
    assert "\x1b" not in plain
    assert room.json("release", "abcdef12") == {"released": 1}
    assert room.run("quarantine").stdout == "No document is in quarantine.\n"


def test_all_are_released(room: Room) -> None:
    room.do(lambda store: store.quarantine(BAD))
    assert room.json("release", "all") == {"released": 1}
    assert room.json("release", "all") == {"released": 0}


def test_the_ledger_is_written_as_csv_for_a_spreadsheet(room: Room) -> None:
    room.spend("0.10", "0.000000000055")
    done = room.run("ledger", "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["usd"] for row in rows] == ["0.1", "0.000000000055"]
    assert {(row["input_tokens"], row["output_tokens"], row["cache_read_tokens"]) for row in rows} == {
        ("100", "20", "5")
    }
    assert {row["document_name"] for row in rows} == {'\'=cmd|"x"!A1'}  # no formula
    assert room.json("ledger", "--csv", "ledger.csv") == {"path": str(room.home / "ledger.csv"), "entries": 2}
    assert (room.home / "ledger.csv").read_text() == done.stdout
    assert room.run("ledger", "--csv", "ledger.csv").returncode == 3
    assert [entry["usd"] for entry in room.json("ledger")["entries"]] == [0.1, 5.5e-11]


def test_the_ledger_begins_where_it_is_asked_to(room: Room) -> None:
    room.spend("0.10")
    assert len(room.json("ledger", "--since", "2020-01-01")["entries"]) == 1
    assert room.json("ledger", "--since", "2120-01-01") == {"entries": []}


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (["shwo"], 2, "UsageError"),
        (["show", "more"], 2, "WordTooMany"),
        (["show", "--jsno"], 2, "UnknownArgument"),
        (["prune", "--older-than", "soon"], 2, "UsageError"),
        (["prune", "--older-than", "nan"], 2, "UsageError"),
        (["ledger", "--since", "yesterday"], 2, "UsageError"),
        (["ledger", "--csv", "-"], 2, "CsvAndJson"),
        (["ledger", "--csv", "nowhere/file.csv"], 5, "FileUnwritable"),
        (["backup"], 2, "UsageError"),
        (["backup", "nowhere/copy"], 5, "BackupUnwritable"),
        (["release", "report.pdf"], 3, "NotAHash"),
        (["release", "12345678"], 3, "NothingInQuarantine"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_exit_code(room: Room, words: list[str], code: int, kind: str) -> None:
    done = room.run(*words, "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["class"]) == (code, kind)


def test_a_damaged_store_is_a_set_up_error(room: Room) -> None:
    room.path.parent.mkdir()
    room.path.write_bytes(b"no database" * 1_000)
    done = room.run("show")
    assert done.returncode == 5
    assert done.stderr.splitlines()[0].endswith("is damaged.")


def test_settings_may_stand_before_and_after_the_action(room: Room, tmp_path: Path) -> None:
    for number, words in enumerate((["--home", "{}", "show"], ["show", "--home", "{}"], ["--home={}", "show"])):
        home = tmp_path / f"home-{number}"
        told = room.json(*(word.format(home) for word in words))
        assert told["path"] == str(home / "store.sqlite3")


def test_the_doctor_looks_at_the_store(room: Room) -> None:
    def finding() -> dict[str, str]:
        command = [sys.executable, "-m", "witnessmark_server", "doctor", "--json"]
        done = subprocess.run(
            command, env=room.environment, cwd=room.home, capture_output=True, timeout=60, check=False
        )
        return next(found for found in json.loads(done.stdout)["findings"] if found["what"] == "store")

    assert finding()["state"] == "right"
    assert not room.path.exists()
    room.spend("0.10")
    assert finding()["says"].startswith("1 answers, 1 asks in the ledger")
    room.path.write_bytes(b"no database" * 1_000)
    assert finding()["state"] == "wrong"
