"""`witnessmark demo`, from the installed wheel and at the widths of terminals."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import sysconfig
import termios
import zipfile
from pathlib import Path

import pytest

from tests import drawing
from tests.server.test_shell import Shell
from witnessmark_server.shell import demo_report

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it, as pip does; its dependencies are those of the tests."""
    if not (ROOT / "core").is_dir():
        pytest.skip("the sources of witnessmark are not here")
    room = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(room / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (room / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(room / "site")
    return room / "site"


@pytest.mark.parametrize("folder_is_writable", [True, False], ids=["writable", "read-only"])
def test_the_installed_wheel_brings_the_report_and_reads_it_in_any_folder(
    installed: Path, tmp_path: Path, folder_is_writable: bool
) -> None:
    home, start = tmp_path / "person", tmp_path / "empty"
    home.mkdir()
    start.mkdir(mode=0o755 if folder_is_writable else 0o555)
    code = "import witnessmark_server.cli as cli, sys; print(cli.__file__, file=sys.stderr); cli.main(['demo'])"
    dependencies = sysconfig.get_paths()["purelib"]
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[1:1] = {[str(installed), dependencies]!r}; {code}"],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "WITNESSMARK_OCR": "off"},
        cwd=start,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(installed) in done.stderr, "it ran the wheel, and not the checkout"
    assert "Table 4. Income and expenses" in done.stdout
    assert list(start.iterdir()) == []
    folder = home / ".local" / "share" / "witnessmark" / "exports"
    assert f"  {folder}: files for you" in done.stdout.splitlines()
    assert len(list(folder.glob("*.png"))) >= 5


def test_the_demo_names_each_folder_that_it_writes_to(shell: Shell) -> None:
    done = shell.run("demo", "a.pdf")
    named = {line.strip().partition(":")[0] for line in done.stdout.splitlines() if line.startswith("  /")}
    written = {path.parent for path in shell.home.rglob("*") if path.is_file()}
    assert written
    assert all(any(folder.is_relative_to(one) for one in named) for folder in written)


def _at_a_terminal(shell: Shell, columns: int, *words: str) -> str:
    """Run a command at a terminal of a width, and give what it shows."""
    own, others = pty.openpty()
    fcntl.ioctl(others, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        shell.command(*words),
        env=shell.environment(TERM="xterm", NO_COLOR="1"),
        cwd=shell.start,
        stdin=subprocess.DEVNULL,
        stdout=others,
        stderr=subprocess.PIPE,
    )
    os.close(others)
    shown = io.BytesIO()
    with process, os.fdopen(own, "rb", buffering=0) as terminal:
        while chunk := _read(terminal):
            shown.write(chunk)
        assert process.wait(timeout=60) == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.getvalue().decode().replace("\r\n", "\n"))


def _read(terminal: io.FileIO) -> bytes:
    try:
        return terminal.read(65536) or b""
    except OSError:  # Linux says so at the end of a terminal
        return b""


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_figure_of_the_report_is_broken_and_no_line_of_a_table_is_too_long(shell: Shell, columns: int) -> None:
    with demo_report() as report:
        shown = _at_a_terminal(shell, columns, "demo", str(report))
        whole = shell.run("demo", str(report)).stdout
    lines = [line for line in shown.splitlines() if not line.startswith("  /")]
    assert max(map(len, lines)) <= columns
    assert _figures(lines) - _figures(whole.splitlines()) == set(), "a part of a figure is none"
    assert {"3,573,860.08", "28,150", "29,657"} <= _figures(lines)
    assert ("columns do not fit and are not shown" in shown) == (columns < 100)


def _figures(lines: list[str]) -> set[str]:
    return {figure.strip(".,") for line in lines for figure in re.findall(r"\d[\d.,]*", line)}


@pytest.fixture
def shell(tmp_path: Path, folder: Path) -> Shell:
    home = tmp_path / "person"
    home.mkdir()
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=2, columns=2))
    return Shell(home, folder)
