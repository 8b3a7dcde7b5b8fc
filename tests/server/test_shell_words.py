"""What people type at the shell and what goes wrong there: options, names of files, passwords, disks, hosts."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, cast

import pytest

from tests import drawing
from tests.server.test_shell import Shell
from witnessmark.closest import closest
from witnessmark_server.shell_names import in_shell_words
from witnessmark_tools.catalog import COMMANDS


@pytest.fixture
def shell(tmp_path: Path, folder: Path) -> Shell:
    home = tmp_path / "person"
    home.mkdir()
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=2, columns=2))
    return Shell(home, folder)


def _run(shell: Shell, *words: str | bytes, **given: Any) -> subprocess.CompletedProcess[str]:
    options: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "encoding": "utf-8",
        "errors": "backslashreplace",
    }
    if "input" in given:
        del options["stdin"]
    command: list[str | bytes] = [*shell.command(), *words]
    options |= {"env": shell.environment(), "cwd": shell.start, "timeout": 60} | given
    return cast("subprocess.CompletedProcess[str]", subprocess.run(command, check=False, **options))


@pytest.mark.parametrize(
    "words",
    [
        ("a.pdf", "--export", "xlsx", "--export", "csv"),
        ("a.pdf", "--export", "xlsx", "csv"),
        ("--export", "xlsx", "csv", "a.pdf"),
        ("a.pdf", "--export=xlsx", "csv"),
        ("--export", "xlsx,csv", "a.pdf"),
        ("a.pdf", "--export", '["xlsx", "csv"]'),
    ],
    ids=" ".join,
)
def test_several_kinds_of_files_are_written_however_they_are_listed(shell: Shell, words: tuple[str, ...]) -> None:
    files = shell.json("extract-tables", *words)["files"]
    assert [Path(file["path"]).suffix for file in files] == [".xlsx", ".csv"]
    with zipfile.ZipFile(files[0]["path"]) as workbook:
        assert re.findall(r'<sheet name="(\w+)"', workbook.read("xl/workbook.xml").decode()) == [
            "t1",
            "Contents",
            "Check",
        ]


def test_a_second_value_of_an_option_that_takes_one_is_not_dropped_in_silence(shell: Shell) -> None:
    done = _run(shell, "extract-tables", "a.pdf", "--pages", "1", "--pages", "2")
    assert (done.returncode, done.stderr) == (2, "--pages is given twice.\nGive it once.\n")


def test_vocabulary_may_be_repeated(shell: Shell) -> None:
    done = _run(shell, "extract-tables", "a.pdf", "--vocabulary", "Ahab", "--vocabulary", "Moby, Dick")
    assert done.returncode == 0


def test_a_password_is_read_from_standard_input(shell: Shell, folder: Path) -> None:
    (folder / "locked.pdf").write_bytes(drawing.encrypted(drawing.draw_text(["one"]), "open sesame"))
    done = _run(shell, "read-text", "locked.pdf", "--password", "-", input="open sesame\n")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("stdin", ["empty", "closed"])
def test_a_password_that_nobody_can_give_is_a_sentence(shell: Shell, stdin: str) -> None:
    command = " ".join([*shell.command("extract-tables", "a.pdf", "--password", "-"), "<&-"])
    if stdin == "empty":
        done = _run(shell, "extract-tables", "a.pdf", "--password", "-")
    else:
        done = subprocess.run(
            ["sh", "-c", command],
            env=shell.environment(),
            cwd=shell.start,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("A password was to be read from standard input, which is empty.\n")
    assert done.stderr.count("\n") == 2


@pytest.mark.parametrize("wants_json", [False, True], ids=["people", "json"])
def test_a_name_that_is_not_utf8_is_shown_and_what_to_do(shell: Shell, folder: Path, wants_json: bool) -> None:
    name = b"caf\xe9.pdf"
    Path(os.fsdecode(bytes(folder) + b"/" + name)).write_bytes(drawing.draw_text(["one"]))
    done = _run(shell, "read-text", name, *(["--json"] if wants_json else []))
    assert done.returncode == 3
    said = json.loads(done.stdout)["error"]["message"] if wants_json else done.stderr
    assert said.startswith("The name 'caf\\xe9.pdf' is not valid UTF-8")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names of files that are not Unicode")
def test_a_folder_that_is_not_utf8_is_written_to_and_named(shell: Shell) -> None:
    folder = Path(os.fsdecode(bytes(shell.start) + b"/caf\xe9"))
    folder.mkdir()
    words = ("../a.pdf", "--page", "1", "--box", "1,1,99,99", "--output", "shown.png")
    done = _run(shell, "show-evidence", *words, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["picture"]["path"]) == folder / "shown.png"
    assert _run(shell, "show-evidence", *words, cwd=folder).stdout.count("shown.png") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("extract-tables", "a.pdf", "--export", "xls"), "Pass a list of 'csv', 'xlsx', 'html' or 'markdown'."),
        (("extract-tables", "a.pdf", "--vocabulary", '["a"'), "Pass a list of texts."),
        (("extract-tables", "a.pdf", "--max-cost-usd", "-1"), "Pass a number, at least 0."),
        (("estimate-cost", "inspect", "--arguments", "a.pdf"), "Did you mean 'inspect-document'?"),
    ],
    ids="choice texts number tool".split(),
)
def test_what_may_be_passed_is_said_in_words(shell: Shell, words: tuple[str, ...], says: str) -> None:
    assert says in _run(shell, *words).stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize(
    "words",
    [("read-text", "a.pdf"), ("extract-tables", "a.pdf", "--json"), ("--help",), ("store",)],
    ids=" ".join,
)
def test_a_full_disk_behind_the_output_is_a_sentence(shell: Shell, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = _run(shell, *words, stdout=full)
    assert done.returncode == 5
    assert done.stderr.splitlines()[0] == "The output could not be written: no space left on device."
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_an_error_that_the_output_cannot_take_is_still_said(shell: Shell) -> None:
    with Path("/dev/full").open("wb") as full:
        done = _run(shell, "read-text", "none.pdf", "--json", stdout=full)
    assert done.returncode == 3
    assert done.stderr.startswith("There is no file at 'none.pdf'.\n")


def test_a_disk_that_takes_no_file_costs_the_file_and_not_the_tables(shell: Shell) -> None:
    done = _run(
        shell,
        "extract-tables",
        "a.pdf",
        "--export",
        "xlsx",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert done.returncode == 0
    assert "Warning: The tables were not exported as xlsx." in done.stdout
    assert "| Salaries 1 |" in done.stdout
    assert done.stderr == ""


def test_a_folder_that_cannot_be_written_costs_the_files_and_not_the_tables(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "in the way").write_bytes(b"a file, no folder")
    done = _run(
        shell, "extract-tables", "a.pdf", "--export", "csv", "html", "--home", str(tmp_path / "in the way" / "home")
    )
    assert done.returncode == 0
    assert done.stdout.count("cannot be written to") == 2
    assert "| Salaries 1 |" in done.stdout
    assert done.stderr == ""


CALL = {
    "jsonrpc": "2.0",
    "id": 2,
    "method": "tools/call",
    "params": {"name": "extract_tables", "arguments": {"source": "a.pdf"}},
}
BEGIN = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "a host", "version": "1"},
    },
}


@pytest.mark.parametrize("keeps_writing", [False, True], ids=["it is gone", "it no longer reads"])
def test_a_host_that_goes_away_ends_the_server_with_a_sentence(shell: Shell, keeps_writing: bool) -> None:
    server = subprocess.Popen(
        shell.command("serve", "--allow", str(shell.start)),
        env=shell.environment(),
        cwd=shell.start,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stderr is not None
    with server:
        server.stdin.write(json.dumps(BEGIN).encode() + b"\n")
        server.stdin.flush()
        server.stdout.readline()
        server.stdin.write(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n')
        server.stdin.write(json.dumps(CALL).encode() + b"\n")
        server.stdin.flush()
        server.stdout.close()
        if not keeps_writing:
            server.stdin.close()
        says = server.stderr.read().decode()
        assert server.wait(timeout=30) == 0
    assert "Traceback" not in says
    assert says in {
        "",
        "The host went away: what the server writes reaches no one. The server ends; answers paid for are kept.\n",
    }
    assert says or not keeps_writing


def test_debug_logs_what_is_done_and_no_text_of_the_document(shell: Shell) -> None:
    done = _run(shell, "extract-tables", "a.pdf", "--log", "debug")
    logged = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"tool called", "worker answered", "page read", "tool answered"} <= {line["message"] for line in logged}
    assert {line["level"] for line in logged} == {"debug"}
    assert "Salaries" not in done.stderr
    assert _run(shell, "extract-tables", "a.pdf").stderr == ""


@pytest.mark.parametrize("name", ["-x.pdf", "-report", "-o.png"])
def test_a_file_that_begins_like_an_option_gets_the_way_to_write_it(shell: Shell, folder: Path, name: str) -> None:
    (folder / name).write_bytes(drawing.draw_text(["one"]))
    done = _run(shell, "read-text", name)
    assert done.returncode == 2
    assert f"./{name}" in done.stderr
    assert f"witnessmark read-text -- {name}" in done.stderr
    for words in ((f"./{name}",), ("--", name)):
        assert _run(shell, "read-text", *words).stdout.startswith(name)


def test_an_unknown_option_is_answered_with_options_and_no_far_fetched_guess(shell: Shell) -> None:
    said = _run(shell, "extract-tables", "a.pdf", "--colour", "red").stderr
    assert said.startswith("witnessmark extract-tables has no option '--colour'.\n")
    assert "Did you mean" not in said
    assert "--pages, --password" in said
    assert "Did you mean '--pages'?" in _run(shell, "extract-tables", "a.pdf", "--pgaes", "1").stderr


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("colour", ["source", "pages"], None),
        ("--colour", ["--ocr", "--pages"], None),
        ("pgaes", ["pages", "password"], "pages"),
        ("pasword", ["pages", "password"], "password"),
        ("extract", ["extract_tables", "read_text"], "extract_tables"),
        ("read", ["read_text", "read_pdf_with_citations"], None),
        ("tables", ["extract_tables", "read_text"], "extract_tables"),
        ("Extract-Tables", ["extract_tables"], "extract_tables"),
        ("xyz", ["pages"], None),
        ("", ["pages"], None),
    ],
)
def test_a_suggestion_is_what_was_meant_or_none(name: str, known: list[str], found: str | None) -> None:
    assert closest(name, known) == found


@pytest.mark.parametrize(
    ("pages", "says"), [("9", "Pass --pages 1."), ("1,x", "such as '1-3,7'")], ids=["too far", "no range"]
)
def test_a_page_that_does_not_exist_is_answered_with_those_that_do(shell: Shell, pages: str, says: str) -> None:
    assert says in _run(shell, "read-text", "a.pdf", "--pages", pages).stderr


SENTENCES = {
    "Pass pages='1-3'.": "Pass --pages 1-3.",
    "Leave the page out with `pages`.": "Leave the page out with `--pages`.",
    "Call again with pages='1-3,7' for them.": "Call again with --pages 1-3,7 for them.",
    "Save it, or pass model='offline'.": "Save it, or pass --model offline.",
    "Pass a higher max_cost_usd, fewer pages or a cheaper model; estimate_cost compares them.": (
        "Pass a higher --max-cost-usd, fewer pages or a cheaper model; estimate-cost compares them."
    ),
    "Pass max_cost_usd=0.25 to agree.": "Pass --max-cost-usd 0.25 to agree.",
    "Give it more `wait_seconds`, or pass all=true.": "Give it more `--wait-seconds`, or pass --all true.",
    "extract_tables needs the argument 'source'.": "extract-tables needs the argument FILE.",
    "extract_tables cannot use detail='all'.": "extract-tables cannot use --detail all.",
    "Did you mean 'read_text'? Known: read_text.": "Did you mean 'read-text'? Known: read-text.",
    "There is no file at 'pages=1 max_cost_usd.pdf'.": "There is no file at 'pages=1 max_cost_usd.pdf'.",
    "The document's password doesn't fit; it has pages.": "The document's password doesn't fit; it has pages.",
    "Set WITNESSMARK_HOME to a folder.": "Set WITNESSMARK_HOME to a folder.",
    "See /home/me/max_cost_usd/estimate_cost.pdf.": "See /home/me/max_cost_usd/estimate_cost.pdf.",
}


@pytest.mark.parametrize(("written", "shown"), SENTENCES.items(), ids=range(len(SENTENCES)))
def test_the_shell_names_its_options_where_the_server_names_arguments(written: str, shown: str) -> None:
    assert in_shell_words(written, COMMANDS["extract_tables"]) == shown


def test_warnings_of_a_result_name_options_too(shell: Shell, folder: Path) -> None:
    (folder / "long.pdf").write_bytes(drawing.draw_text(["page"] * 230))
    shown = shell.json("inspect-document", "long.pdf")
    assert any("`--pages`" in warning for warning in shown["warnings"])


@pytest.mark.parametrize("command", [*(name.replace("_", "-") for name in COMMANDS), "serve", "doctor", "store"])
def test_help_stands_on_its_own(shell: Shell, command: str) -> None:
    said = " ".join(_run(shell, command, "--help").stdout.split())
    assert "see above" not in said
    assert "--allow FOLDER" in said
    assert "_cost " not in said.replace("WITNESSMARK_", "")


def test_help_says_what_waiting_and_detail_mean_for_each_tool(shell: Shell) -> None:
    def help_of(command: str) -> str:
        return " ".join(_run(shell, command, "--help").stdout.split())

    assert "--wait-seconds SECONDS Without effect: the shell waits until the work is done." in help_of("read-text")
    assert "--wait-seconds SECONDS Seconds to wait for the job; default: until it ends." in help_of("get-job")
    assert "wait-seconds" not in help_of("show-evidence")
    assert "full: also the place of every cell." in help_of("extract-tables")
    assert "full: also the boxes of all parts of a citation." in help_of("read-pdf-with-citations")
