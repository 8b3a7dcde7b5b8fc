"""`witnessmark doctor`: is everything here that is needed, and if not, what to do."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import anyio

from witnessmark import __version__
from witnessmark.claude.client import open_claude
from witnessmark.claude.credentials import Credentials
from witnessmark.claude.survey import Survey
from witnessmark.documents.content import Content
from witnessmark.documents.ocr.engine import installed_engine
from witnessmark.documents.worker import open_workers
from witnessmark.errors import ApiError, WitnessmarkError
from witnessmark.placing import make_private_folder
from witnessmark.settings import Settings
from witnessmark.settings_doubts import doubts_about
from witnessmark.store import StoreFacts, open_store
from witnessmark_server.people import console_for_people
from witnessmark_server.tables_view import harmless

PACKAGES = ("mcp", "anthropic", "anyio", "pydantic", "pypdfium2", "pypdf", "pillow", "rich", "uvicorn", "xlsxwriter")
MOST_NAMES = 8
"""Of models at an endpoint."""
MANY_EXPORTED_BYTES = 1_000_000_000

# The smallest page with a word on it; its table of contents is left out, as readers can rebuild it.
_PAGE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 36>>stream
BT /F 12 Tf 20 50 Td (witness) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["right", "note", "wrong"]
    says: str
    next: str = ""


def run_doctor(settings: Settings, *, as_json: bool) -> int:
    """Look at the installation and print what was found.

    Shapes:  0 when nothing is wrong, else 5
    """
    findings = [check() for check in (_python, _packages, _bytecode)]
    findings += _doubts(settings)
    findings += [_home(settings), _exports(settings), _store(settings), _folders(settings), _key(settings)]
    findings += _endpoint(settings)
    findings += [_worker(settings), _ocr(settings)]
    if as_json:
        print(json.dumps({"version": __version__, "findings": [asdict(finding) for finding in findings]}))
    else:
        _show(findings)
    return 5 if any(finding.state == "wrong" for finding in findings) else 0


_MARKS = {"right": ("ok", "green"), "note": ("note", "yellow"), "wrong": ("WRONG", "red bold")}


def _show(findings: Sequence[Finding]) -> None:
    """Print a line for each finding, with what to do about it below."""
    from rich.table import Table
    from rich.text import Text

    console = console_for_people()
    console.print(Text(f"witnessmark {__version__}", "bold"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for finding in findings:
        grid.add_row(Text(*_MARKS[finding.state]), finding.what, Text(harmless(finding.says)))
        if finding.next:
            grid.add_row("", "", Text(f"→ {harmless(finding.next)}", "bold"))
    console.print(grid)
    wrong = sum(finding.state == "wrong" for finding in findings)
    notes = sum(finding.state == "note" for finding in findings)
    if not wrong:
        ends = "All is well." if not notes else f"Nothing is wrong; {notes} note{'s'[: notes != 1]} above."
    else:
        ends = f"{wrong} thing{'s'[: wrong != 1]} to put right, marked WRONG."
    console.print(Text(ends, "bold"))


def _python() -> Finding:
    system = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.platform != "linux":
        return Finding(what="Python", state="note", says=f"{system}; tested on Linux only")
    return Finding(what="Python", state="right", says=system)


def _packages() -> Finding:
    found: list[str] = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Finding(
                what="packages",
                state="wrong",
                says=f"{name} is missing",
                next="Install witnessmark again: `pip install witnessmark`.",
            )
    return Finding(what="packages", state="right", says=", ".join(found))


def _bytecode() -> Finding:
    import mcp

    cache = Path(mcp.__file__).parent / "__pycache__"
    if cache.is_dir():
        return Finding(what="start-up", state="right", says="byte code is there")
    return Finding(
        what="start-up",
        state="note",
        says="packages have no byte code, so that each start compiles them again",
        next=f"Run `{sys.executable} -m compileall -q {Path(mcp.__file__).parent.parent}` once.",
    )


def _doubts(settings: Settings) -> list[Finding]:
    found = [doubt for doubt in doubts_about(settings, os.environ) if doubt.setting != "WITNESSMARK_OCR"]  # see `_ocr`
    if not found:
        return [Finding(what="settings", state="right", says="all names are known")]
    return [Finding(what="settings", state="wrong", says=doubt.problem, next=doubt.advice) for doubt in found]


def _home(settings: Settings) -> Finding:
    try:
        make_private_folder(settings.home)
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError:
        return Finding(
            what="home",
            state="wrong",
            says=f"{settings.home} cannot be written to",
            next="Set WITNESSMARK_HOME to a folder of yours.",
        )
    if os.name == "posix" and settings.home.stat().st_mode & 0o077:
        return Finding(
            what="home",
            state="note",
            says=f"{settings.home} is open to other users of this machine",
            next=f"Run `chmod 700 {shlex.quote(str(settings.home))}`.",
        )
    return Finding(what="home", state="right", says=str(settings.home))


def _exports(settings: Settings) -> Finding:
    sizes = [path.stat().st_size for path in settings.exports.glob("*")] if settings.exports.is_dir() else []
    says = f"{len(sizes)} files, {sum(sizes) / 1e6:,.1f} MB in {settings.exports}"
    if sum(sizes) < MANY_EXPORTED_BYTES:
        return Finding(what="exported files", state="right", says=says)
    return Finding(
        what="exported files",
        state="note",
        says=says,
        next="Delete those that you no longer need; witnessmark deletes none and does not miss them.",
    )


def _store(settings: Settings) -> Finding:
    if not settings.store.exists():
        return Finding(what="store", state="right", says="not there yet; the first call that needs it makes it")
    try:
        facts = anyio.run(_facts, settings)
    except WitnessmarkError as error:
        return Finding(what="store", state="wrong", says=error.message, next=error.next_step)
    says = f"{facts.answers:,} answers, {facts.entries:,} asks in the ledger, {facts.bytes / 1e6:,.1f} MB"
    return Finding(what="store", state="right", says=f"{says} in {settings.store}")


async def _facts(settings: Settings) -> StoreFacts:
    async with open_store(settings.store) as store:
        return await store.facts()


def _folders(settings: Settings) -> Finding:
    folders = settings.allowed.folders
    if not folders:
        return Finding(
            what="allowed folders",
            state="note",
            says="none",
            next="Start the server with --allow FOLDER, or set WITNESSMARK_ALLOW.",
        )
    return Finding(
        what="allowed folders",
        state="right",
        says=", ".join(f"{folder}{'' if folder.is_dir() else ' (not there)'}" for folder in folders),
    )


def _key(settings: Settings) -> Finding:
    if settings.credentials is None:
        says = "none: tools answer offline; set ANTHROPIC_API_KEY for Claude"
        return Finding(what="API key", state="right", says=says)
    try:
        anyio.run(_ask_for_a_model, settings)
    except ApiError as error:
        return Finding(
            what="API key", state="note", says=f"there is one, not tried: {error.message}", next=error.next_step
        )
    except WitnessmarkError as error:
        return Finding(what="API key", state="wrong", says=error.message, next=error.next_step)
    return Finding(what="API key", state="right", says="there is one, and the API takes it")


async def _ask_for_a_model(settings: Settings) -> None:
    """Have the API say what a model can do, which is free."""
    async with open_store(settings.store) as store, open_claude(settings.credentials, store) as claude:
        await claude.check()


def _endpoint(settings: Settings) -> list[Finding]:
    """Say what can be done where ANTHROPIC_BASE_URL points; nothing of the Claude API itself, which can do all."""
    try:
        survey = anyio.run(_survey, settings) if isinstance(settings.credentials, Credentials) else None
    except WitnessmarkError as error:
        return [Finding(what="endpoint", state="note", says=error.message, next=error.next_step)]
    if survey is None:
        return []
    says = f"{survey.url} {'is the Claude API behind a gateway' if survey.is_claude else 'is not the Claude API'}"
    if survey.can:
        says += f"; it {', '.join(survey.can)}"
    if survey.models and not survey.is_claude:
        says += (
            f"; it lists {', '.join(survey.models[:MOST_NAMES])}{' and more'[: 9 * (len(survey.models) > MOST_NAMES)]}"
        )
    if survey.lacks:
        says += ". " + " ".join(survey.lacks).rstrip(".")
    if survey.models and survey.asked not in survey.models and not survey.is_claude:
        says += f". {survey.asked}, which is asked where no call names a model, is not among them"
        return [Finding(what="endpoint", state="note", says=says, next="Set WITNESSMARK_MODEL to one of them.")]
    if survey.is_claude or survey.is_model_known:
        return [Finding(what="endpoint", state="note" if survey.lacks else "right", says=says)]
    return [
        Finding(
            what="endpoint",
            state="note",
            says=says,
            next="What its models take and see is found out with the first call, by some requests of a few tokens.",
        )
    ]


async def _survey(settings: Settings) -> Survey | None:
    async with open_store(settings.store) as store, open_claude(settings.credentials, store) as claude:
        return await claude.survey(settings.model if settings.model not in {"auto", "offline"} else None)


def _worker(settings: Settings) -> Finding:
    try:
        words = anyio.run(_read_a_word, settings)
    except WitnessmarkError as error:
        return Finding(
            what="reader",
            state="wrong",
            says=error.message,
            next="Install pypdfium2 again; on Alpine, use a glibc image.",
        )
    if words != ["witness"]:
        return Finding(what="reader", state="wrong", says="a test page was read wrongly", next="Please report this.")
    return Finding(what="reader", state="right", says="a worker process starts and reads a page")


def _ocr(settings: Settings) -> Finding:
    engine = installed_engine(settings.ocr)
    if settings.ocr == "off":
        return Finding(what="OCR", state="note", says="switched off (WITNESSMARK_OCR); scans and images are not read")
    if engine is None:
        extra = "ocr-rapidocr" if settings.ocr == "rapidocr" else "ocr"
        return Finding(
            what="OCR",
            state="note" if settings.ocr == "auto" else "wrong",
            says="no engine is installed" if settings.ocr == "auto" else f"{settings.ocr} is not installed",
            next=f"To read scans and images, run `pip install 'witnessmark[{extra}]'`.",
        )
    try:
        anyio.run(_read_a_picture, settings, engine.name)
    except WitnessmarkError as error:
        return Finding(
            what="OCR",
            state="wrong",
            says=error.message,
            next="Install the extra again, or give it more memory with WITNESSMARK_OCR_MIB.",
        )
    return Finding(what="OCR", state="right", says=f"{engine.name} {engine.version} starts and reads")


async def _read_a_picture(settings: Settings, engine: str) -> None:
    async with open_workers(settings.limits.for_ocr()) as workers:
        content = Content.of_bytes("test picture", b"\xff\0" * 128 * 64)
        await workers.call("ocr_page", content, {"engine": engine, "width": 128, "height": 128}, seconds=60)


async def _read_a_word(settings: Settings) -> list[str]:
    async with open_workers(replace(settings.limits, workers=1)) as workers:
        content = Content.of_bytes("test page", _PAGE)
        answer, _ = await workers.call("pdf_layout", content, {"page": 1}, seconds=20)
        return [word[0] for word in answer["words"]]
