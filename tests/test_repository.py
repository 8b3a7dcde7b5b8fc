"""What holds for the repository as a whole: what is written into it, what it asks for, and what it hands out."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import witnessmark
from scripts.readme import with_tables
from witnessmark_tools.catalog import TOOLS

ROOT = Path(__file__).resolve().parent.parent

# Written so that this file does not match itself.
ADDRESS_OR_MACHINE_PATH = re.compile(
    r"/wor[k]/|/far[m]/|/roo[t]/|/tmp/la[b]|site-packag[e]s/|py[p]i[.]org|pythonhoste[d]|registry[.]np[m]js|deb[.]deb[i]an"
)

HEAVY = ("PIL", "anthropic", "pypdf", "pypdfium2", "rich", "sqlite3", "xlsxwriter")
"""Libraries that are imported where they are used, never by starting the server."""


def _files() -> list[Path]:
    """List what is tracked, or would be."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("git is not here, or this is no clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _pins(lock: str) -> set[tuple[str, str]]:
    """Read the names and versions of a lock; a name can stand there twice, for an older and a newer Python."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return {
        (canonicalize_name(name), version) for name, version in re.findall(r"^([\w.-]+)==([^ ]+)", text, re.MULTILINE)
    }


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line[:120]}"
        for path in _files()
        for number, line in enumerate(path.read_bytes().decode(errors="replace").splitlines(), start=1)
        if ADDRESS_OR_MACHINE_PATH.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").iterdir()), ids=lambda path: path.name)
def test_a_lock_carries_names_versions_and_hashes_only(path: Path) -> None:
    pin = re.compile(r"[a-z0-9-]+==[0-9a-z.]+( ; [\w .<>=!'()-]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in path.read_text().splitlines() if not pin.fullmatch(line)] == []


@pytest.mark.parametrize(("lock", "groups"), [("runtime", []), ("dev", ["dev"]), ("bench", ["dev", "bench"])])
def test_a_lock_fits_what_the_project_asks_for(lock: str, groups: list[str]) -> None:
    pyproject = _pyproject()
    asked = [*pyproject["project"]["dependencies"], *chain(*(pyproject["dependency-groups"][name] for name in groups))]
    pins = _pins(lock)
    unmet = [
        str(requirement)
        for requirement in map(Requirement, asked)
        if not any(
            name == canonicalize_name(requirement.name) and version in requirement.specifier for name, version in pins
        )
    ]
    assert unmet == [], "run `make lock`"


def test_the_larger_locks_hold_the_smaller_ones_unchanged() -> None:
    assert _pins("runtime") <= _pins("dev") <= _pins("bench")


def test_every_dependency_is_bounded_above() -> None:
    pyproject = _pyproject()
    asked = [
        *pyproject["build-system"]["requires"],
        *pyproject["project"]["dependencies"],
        *chain(*pyproject["dependency-groups"].values()),
    ]
    bounds = {str(r): {clause.operator for clause in r.specifier} for r in map(Requirement, asked)}
    assert [requirement for requirement, operators in bounds.items() if not operators & {"<", "<=", "==", "~="}] == []


def test_the_version_is_the_same_everywhere() -> None:
    assert importlib.metadata.version("witnessmark") == witnessmark.__version__, "run `make env`"
    shown = subprocess.run(
        [sys.executable, "-m", "witnessmark_server", "--version"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == ["witnessmark", witnessmark.__version__]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_carries_the_licence(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith("/licenses/LICENSE")]
    assert wheel.read(name) == (ROOT / "LICENSE").read_bytes()


def test_the_wheel_installs_our_three_packages_with_their_types_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    packages = {"witnessmark", "witnessmark_tools", "witnessmark_server"}
    names = wheel.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == packages
    assert {f"{package}/py.typed" for package in packages} <= set(names)
    assert "witnessmark/plans/models.json" in names


def test_the_sdist_carries_nothing_that_is_not_in_the_repository(tmp_path: Path) -> None:
    tracked = {path.relative_to(ROOT).as_posix() for path in _files()}
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert names - tracked == {"PKG-INFO"}
    assert {"LICENSE", "README.md", "core/witnessmark/__init__.py"} <= names


def test_starting_the_server_imports_nothing_heavy() -> None:
    program = (
        "import json, sys, witnessmark_server.app, witnessmark_server.cli\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    imported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert json.loads(imported) == []


def test_the_readme_lists_the_tools_as_they_are() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == with_tables(readme), "run `make snapshots`"
    assert all(f"| `{tool.name}` |" in readme for tool in TOOLS)


def test_the_readme_and_the_example_start_claude_desktop_alike() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = json.loads(readme.partition("```json\n")[2].partition("```")[0])
    example = json.loads(
        (ROOT / "claude_desktop_config.example.json")
        .read_text()
        .replace("/ABSOLUTE/PATH/TO/YOUR/DOCUMENTS", "/path/to/your/documents")
        .replace("/ABSOLUTE/PATH/TO", "/path/to")
    )
    assert shown == example


def test_every_link_and_picture_of_the_documents_leads_to_a_file() -> None:
    for document in ROOT.glob("*.md"):
        targets = re.findall(r"\]\(([^)#\s]+)\)", document.read_text(encoding="utf-8"))
        missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
        assert missing == [], document.name


def test_every_make_target_that_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ROOT.glob("*.md"):
        named = set(re.findall(r"`make ([a-z]+)", document.read_text(encoding="utf-8")))
        assert named <= targets, document.name
