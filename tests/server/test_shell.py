"""The command line, as people and scripts meet it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests import damage, drawing
from tests.ocr_pages import needs_ocr
from tests.processes import children_of
from witnessmark.settings import SETTINGS
from witnessmark_server.parser import objects_of
from witnessmark_tools.catalog import TOOLS

REPORT = Path(__file__).resolve().parents[2] / "examples" / "report.pdf"
DEMO = Path(__file__).with_name("snapshots") / "demo.txt"
"""All that `witnessmark demo` prints, the paths of files cut short."""


class Shell:
    """Runs `witnessmark` in a clean room: nothing in the environment but what is passed."""

    def __init__(self, home: Path, start: Path) -> None:
        self.home, self.start = home, start

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(**environment),
            cwd=self.start,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "witnessmark_server", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        room = {"PATH": os.environ["PATH"], "HOME": str(self.home), "WITNESSMARK_HOME": str(self.home / "w")}
        return room | more

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


@pytest.fixture
def shell(tmp_path: Path, folder: Path) -> Shell:
    home = tmp_path / "person"
    home.mkdir()
    return Shell(home, folder)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_is_a_command_with_help(shell: Shell, tool: Any) -> None:
    done = shell.run(tool.name.replace("_", "-"), "--help")
    assert done.returncode == 0
    required = [name for name in tool.input_schema.get("required", []) if name not in objects_of(tool)]
    assert all(name.upper().removesuffix("S") in done.stdout or name.startswith("source") for name in required)

    optional = [name for name in tool.arguments.model_fields if name not in required]
    assert all(f"--{name.replace('_', '-')}" in done.stdout for name in optional)


def test_documents_stand_without_a_name_and_questions_with_one(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["Nets are stored in the eastern shed."]))
    (folder / "b, c.pdf").write_bytes(drawing.draw_text(["Dues are paid in advance, and in crowns."]))
    asked = (
        "--questions",
        "Where are nets stored, and why?",
        "How are dues paid?",
        "--questions",
        "Who feeds penguins?",
    )
    answer = shell.json("read-pdf-with-citations", "a.pdf", "b, c.pdf", *asked)
    cited = [one["statements"][0]["citations"][0]["document"] for one in answer["answers"] if one["statements"]]
    assert cited == ["a.pdf", "b, c.pdf"]
    assert [one["outcome"] for one in answer["answers"]] == ["passages", "passages", "not_in_documents"]
    without = shell.run("read-pdf-with-citations", "a.pdf")
    assert without.returncode == 2
    assert "needs the argument --questions.\n--questions: " in without.stderr
    shown = shell.run("show-evidence", "--result-id", answer["result_id"], "--items", "c2", "--output", "shown.png")
    assert "Dues are paid" in shown.stdout
    assert (folder / "shown.png").is_file()


def test_json_is_one_complete_object_and_nothing_else(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_long_table(rows=1_500, columns=6, rows_per_page=40, total=False))
    done = shell.run("extract-tables", "a.pdf", "--json")
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    (table,) = json.loads(done.stdout)["tables"]
    assert len(table["rows"]) == table["row_count"] == 1_500


def test_text_as_json_is_pages(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one", "two"]))
    assert [(page["page"], page["text"]) for page in shell.json("read-text", "a.pdf")["pages"]] == [
        (1, "one"),
        (2, "two"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "kind", "says"),
    [
        (["extract-tables", "a.pdf", "--pgaes", "1"], 2, "UnknownArgument", "--pages"),
        (["extract-tables", "a.pdf", "--detail", "all"], 2, "InvalidArgument", "'concise' or 'full'"),
        (["extract-table", "a.pdf"], 2, "UnknownTool", "extract-tables"),
        (["extract-tables"], 2, "UsageError", "FILE"),
        (["extract-tables", "none.pdf"], 3, "FileMissing", "none.pdf"),
        (["extract-tables", "a.pdf", "--pages", "7"], 3, "PageOutOfRange", "1"),
        (["extract-tables", "a.pdf", "--pages", "x"], 3, "PageRangeInvalid", "1-3,7"),
        (["extract-tables", "a.pdf", "--log", "loud"], 5, "SettingInvalid", "debug"),
        (["extract-tables", "a.pdf", "--allow", "nowhere"], 5, "SettingInvalid", "nowhere"),
        (["estimate-cost", "extract_table", "--arguments", "a.pdf"], 2, "ToolNotPriced", "'extract-tables'"),
        (["estimate-cost", "extract_tables", "--arguments", "{a.pdf"], 2, "NotAnObject", "source=report.pdf"),
        (["estimate-cost", "extract_tables", "--arguments", "a.pdf", "1-3"], 2, "NotAnObject", "pages=2-4"),
        (["estimate-cost", "extract_tables", "a.pdf"], 2, "WordWithoutName", "--arguments a.pdf"),
        (["estimate-cost", "extract_tables"], 2, "MissingArgument", "--arguments"),
        (["estimate-cost", "extract_tables", "--arguments", "a.pdf", "--models", "hiku"], 3, "ModelUnknown", "Known"),
    ],
    ids="option choice tool file missing page range log folder priced json words stray none model".split(),
)
def test_an_error_is_two_sentences_and_an_exit_code(
    shell: Shell, folder: Path, arguments: list[str], code: int, kind: str, says: str
) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one"]))
    done = shell.run(*arguments, "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["class"]) == (code, kind)
    assert says in error["message"] + error["next"]
    for_people = shell.run(*arguments)
    assert for_people.returncode == code
    assert for_people.stdout == ""
    assert for_people.stderr == f"{error['message']}\n{error['next']}\n"


@pytest.mark.parametrize(
    "written",
    [
        ["{folder}/a.pdf", "pages=1-2"],
        ["source={folder}/a.pdf", "pages=1-2"],
        ['{{"source": "{folder}/a.pdf", "pages": "1-2"}}'],
    ],
    ids=["file", "names", "json"],
)
def test_the_arguments_to_be_priced_are_written_as_people_like(
    shell: Shell, folder: Path, tmp_path: Path, written: list[str]
) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one", "two", "three"]))
    shell.start = tmp_path  # a file that is named is allowed, wherever it is
    words = [word.format(folder=folder) for word in written]
    answer = shell.json("estimate-cost", "extract-tables", "--arguments", *words, "--models", "haiku,sonnet")
    assert [cost["model"] for cost in answer["models"]] == ["claude-haiku-5-5", "claude-sonnet-5-5"]
    assert "PDF pages 1-2;" in answer["models"][0]["sends"]


def test_prices_are_a_table_for_people(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one"]))
    done = shell.run("estimate-cost", "extract_tables", "--arguments", "a.pdf")
    assert (done.returncode, done.stderr) == (0, "")
    assert "claude-sonnet-5-5 " in done.stdout
    assert "|" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--foo"], 2, "no option '--foo'"),
        (["report.pdf"], 2, "witnessmark extract-tables report.pdf"),
        (["extract-tables", "a.pdf", "b.pdf"], 2, "one file"),
        (["inspect-document", "~nobody-of-this-name/x.pdf"], 3, "There is no file"),
        (["inspect-document", "~$lock.pdf"], 3, "There is no file"),
        (["demo", "a.pdf", "--json"], 2, "no option '--json'"),
        (["serve", "--port", "1"], 2, "--http"),
    ],
    ids="flag file two user lock demo port".split(),
)
def test_a_slip_is_answered_with_what_to_write(shell: Shell, arguments: list[str], code: int, says: str) -> None:
    (shell.start / "a.pdf").write_bytes(drawing.draw_text(["one"]))
    done = shell.run(*arguments)
    shown = done.stderr + done.stdout
    assert done.returncode == code, shown
    assert says in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("words", [["help"], ["--help"], ["-h"]], ids=lambda words: words[0])
def test_help_lists_every_command(shell: Shell, words: list[str]) -> None:
    done = shell.run(*words)
    assert done.returncode == 0
    assert all(tool.name.replace("_", "-") in done.stdout for tool in TOOLS)


def test_settings_may_stand_before_the_command_and_alone_they_are_the_servers(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.pdf").write_bytes(drawing.draw_text(["one"]))
    source = str(tmp_path / "elsewhere" / "a.pdf")
    before = shell.run("--allow", str(tmp_path / "elsewhere"), "read-text", source)
    alone = shell.run("--allow", str(tmp_path / "elsewhere"))  # its input is at its end at once
    assert (before.returncode, alone.returncode) == (0, 0)
    assert "one" in before.stdout


def test_output_is_utf8_whatever_the_locale(shell: Shell, folder: Path) -> None:
    (folder / "größe.txt").write_text("12 € für Größe", encoding="utf-8")
    done = shell.run("read-text", "größe.txt", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "12 € für Größe" in done.stdout


def test_a_file_may_be_named_by_its_uri(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "else where.pdf").write_bytes(drawing.draw_text(["one"]))
    assert shell.run("read-text", (tmp_path / "else where.pdf").as_uri()).returncode == 0


def test_every_setting_is_a_flag_and_a_variable(shell: Shell) -> None:
    shown = shell.run("serve", "--help").stdout
    assert all(item.flag in shown and item.variable in shown.replace("\n", "") for item in SETTINGS)
    for item in SETTINGS:
        if item.name != "home":
            refused = shell.run("doctor", "--json", **{item.variable: "/nowhere/x"})
            assert (refused.returncode, json.loads(refused.stdout)["error"]["class"]) == (5, "SettingInvalid")


def test_a_file_is_allowed_by_being_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.pdf").write_bytes(drawing.draw_text(["one"]))
    assert shell.run("read-text", str(tmp_path / "elsewhere.pdf")).returncode == 0
    (tmp_path / "else\u202fwhere.pdf").write_bytes(drawing.draw_text(["one"]))
    assert shell.run("read-text", f'"{tmp_path / "else where.pdf"}"').returncode == 0


def test_everything_that_is_kept_is_kept_in_the_home(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table())
    answer = shell.json("extract-tables", "a.pdf", "--export", "csv")
    assert Path(answer["files"][0]["path"]).is_relative_to(shell.home / "w")
    assert [path.name for path in shell.home.iterdir()] == ["w"]
    assert [path.name for path in folder.iterdir()] == ["a.pdf"]


def test_a_home_that_cannot_be_written_costs_the_files_and_not_the_tables(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table())
    (shell.home / "w").write_text("a file where the folder should be")
    answer = shell.json("extract-tables", "a.pdf", "--export", "csv")
    assert answer["tables"]
    assert "The tables were not exported as csv. The export folder" in " ".join(answer["warnings"])


def test_the_demo_shows_tables_and_says_where_the_csv_went(shell: Shell) -> None:
    done = shell.run("demo", str(REPORT))
    assert done.returncode == 0, done.stderr
    assert "Table 4. Income and expenses" in done.stdout
    assert "pages 4–6" in done.stdout
    files = [line.strip() for line in done.stdout.splitlines() if line.strip().endswith(".csv")]
    assert files
    assert all(Path(file).is_file() for file in files)


@needs_ocr
def test_the_demo_shows_what_was_reviewed_and_raises_no_false_alarm(shell: Shell) -> None:
    done = shell.run("demo", str(REPORT))
    shown = re.sub(r"^  .*[/\\]report-r[0-9a-f]+-", "  …/report-", done.stdout, flags=re.MULTILINE)
    shown = re.sub(r"^  /.*/", "  …/", shown, flags=re.MULTILINE)
    assert [line for line in shown.splitlines() if line.startswith(("! ", "? "))] == [
        "! Page 7: read from the picture by OCR (faster-paddle), which can take one letter or figure for another.",
        "! Page 7: a place could not be read (handwriting, noise, damage).",
        "? page 7: Something stands here that OCR cannot read.",
    ], "page 7 is a scan; the other pages are in order"
    if os.environ.get("WITNESSMARK_SNAPSHOTS") == "write":
        DEMO.write_text(shown, encoding="utf-8")
    assert shown == DEMO.read_text(encoding="utf-8"), "review the change, then run `make snapshots`"


def test_the_doctor_finds_nothing_wrong_here(shell: Shell) -> None:
    done = shell.run("doctor", "--json")
    findings = json.loads(done.stdout)["findings"]
    assert [finding for finding in findings if finding["state"] == "wrong"] == []
    assert done.returncode == 0


def test_without_a_terminal_and_words_it_serves(shell: Shell) -> None:
    done = shell.run()  # its input is at its end at once
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_an_interrupt_ends_the_work_and_its_workers(shell: Shell, folder: Path) -> None:
    (folder / "slow.pdf").write_bytes(damage.endless_parsing())
    with subprocess.Popen(
        shell.command("extract-tables", "slow.pdf"),
        env=shell.environment(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 20
        while not (workers := children_of(process.pid)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        out, err = process.communicate(timeout=10)
    assert time.monotonic() - begun < 2
    assert (process.returncode, out) == (130, "")
    assert err.startswith("Interrupted")
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_the_demo_draws_the_pages_with_their_tables_marked(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=4, columns=3, ruled=False))
    plain = shell.run("extract-tables", "a.pdf", "--json", "--detail", "full")
    first = json.loads(plain.stdout)["tables"][0]["places"][1][0]["box"]
    done = shell.run("demo", "a.pdf")
    (picture,) = [line.strip() for line in done.stdout.splitlines() if line.strip().endswith(".png")]
    with Image.open(picture) as page:
        scale = max(page.size) / 842
        inside = page.getpixel((round((first[0] - 1) * scale), round((first[1] + first[3]) / 2 * scale)))
        outside = page.getpixel((3, 3))
    assert outside == (255, 255, 255)
    assert inside != outside


def test_tables_are_exported_as_named_and_the_paths_are_printed(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    done = shell.run("extract-tables", "a.pdf", "--export", "csv,xlsx")
    assert done.returncode == 0, done.stderr
    for ending in (".csv", ".xlsx"):
        (path,) = [word for word in done.stdout.split() if word.endswith(ending)]
        assert Path(path).is_file()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://127.0.0.1/a.pdf?sig=secret", "leads to an address that is not public"),
        ("https://[::1]/a.pdf?sig=secret", "leads to an address that is not public"),
        ("https://169.254.169.254/latest/meta-data/?sig=secret", "leads to an address that is not public"),
        ("https://localhost/a.pdf?sig=secret", "names a host of this machine's own network"),
        ("http://files.example/a.pdf?sig=secret", "Write https:// instead"),
    ],
    ids=["loopback", "loopback by IPv6", "metadata", "by name", "http"],
)
def test_a_url_that_is_not_fetched_is_refused_as_input(shell: Shell, url: str, says: str) -> None:
    done = shell.run("extract-tables", url)
    assert done.returncode == 3
    assert says in done.stderr
    assert "secret" not in done.stdout + done.stderr
    assert shell.json("extract-tables", url)["error"]["class"] == "UrlNotAllowed"


def test_urls_are_switched_off_by_flag_and_by_environment(shell: Shell) -> None:
    words = ("read-text", "https://files.example/a.pdf?sig=secret", "--json")
    by_flag, by_environment = shell.run(*words, "--urls", "off"), shell.run(*words, WITNESSMARK_URLS="off")
    assert by_flag.stdout == by_environment.stdout
    assert json.loads(by_flag.stdout)["error"]["class"] == "UrlsSwitchedOff"
    assert "WITNESSMARK_URLS" in shell.run("doctor", "--urls", "maybe").stderr


@pytest.mark.parametrize(
    "words",
    [("https://files.example/a.pdf?sig=secret",), ("demo", "a.pdf", "https://files.example/a.pdf?sig=secret")],
    ids=["without a command", "one too many"],
)
def test_a_url_in_the_wrong_place_is_shown_without_its_query(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell.run(*words)
    assert done.returncode == 2
    assert "https://files.example/a.pdf" in done.stderr
    assert "secret" not in done.stderr


def test_the_demo_takes_a_url_as_it_is_written(shell: Shell) -> None:
    done = shell.run("demo", "https://localhost/a.pdf")
    assert done.returncode == 3
    assert "own network" in done.stderr


def test_evidence_is_written_as_a_picture_where_it_is_asked_for(shell: Shell, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=3, columns=3))
    truth = drawing.table_texts(rows=3, columns=3)
    result_id = shell.json("extract-tables", "a.pdf")["result_id"]
    # The result names its document, also in a folder from which it could not be read otherwise.
    there = Shell(shell.home, elsewhere)
    shown = there.json("show-evidence", "--result-id", result_id, "--items", "t1:2:1", "--output", "cell.png")
    assert shown["places"][0]["words"] == truth[2][1]
    assert shown["picture"]["path"] == str(elsewhere / "cell.png")
    with Image.open(elsewhere / "cell.png") as picture:
        assert (picture.format, *picture.size) == ("PNG", shown["picture"]["width"], shown["picture"]["height"])
    there.run("show-evidence", "--result-id", result_id, "--items", "t1", "--output", "table.jpg")
    with Image.open(elsewhere / "table.jpg") as picture:
        assert picture.format == "JPEG"
    told = shell.run("show-evidence", "a.pdf", "--box", "60,60,200,100")
    assert told.returncode == 0
    (path,) = [line.removeprefix("Picture: ") for line in told.stdout.splitlines() if line.startswith("Picture: ")]
    assert Path(path).parent == shell.home / "w" / "exports"
    assert Path(path).is_file()


def test_evidence_is_not_written_as_something_else(shell: Shell, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(drawing.draw_text(["one"]))
    asked = ["show-evidence", "--source", "a.pdf", "--json", "--output"]
    assert json.loads(shell.run(*asked, "a.gif").stdout)["error"]["class"] == "OutputNotAPicture"
    assert json.loads(shell.run(*asked, "nowhere/a.png").stdout)["error"]["class"] == "OutputUnwritable"
    assert not list(folder.glob("*.png"))
