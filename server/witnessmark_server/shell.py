"""Tools at a terminal: progress while they run, tables that a person enjoys reading, or one JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import anyio

from witnessmark.settings import Settings
from witnessmark_server.costs_view import show_costs
from witnessmark_server.marked_pages import draw_marked_pages
from witnessmark_server.picture_files import allowing_its_document, check_output, with_file
from witnessmark_server.services import open_services
from witnessmark_server.shell_names import in_shell_words
from witnessmark_server.tables_view import harmless, show_files, show_folders, show_tables
from witnessmark_server.usage_view import show_usage
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.contained import contained
from witnessmark_tools.definition import Progress, ToolDefinition, no_progress
from witnessmark_tools.estimate_cost import CostEstimate
from witnessmark_tools.extract_tables import TableExtraction
from witnessmark_tools.results import Result
from witnessmark_tools.show_evidence import EvidenceShown
from witnessmark_tools.usage_report import UsageReport


def run_tool(
    tool: ToolDefinition, arguments: dict[str, Any], settings: Settings, *, as_json: bool, output: str | None = None
) -> int:
    """Run a tool to its end and print its result.

    Shapes:  `output` is the file for the result's picture; None: one in the export folder
    """
    check_output(output)
    settings = allowing_its_document(settings, arguments)
    result = _in_shell_words(anyio.run(_call, tool, arguments, settings, not as_json and sys.stderr.isatty()), tool)
    if isinstance(result, EvidenceShown):
        result = with_file(result, output, settings)
    if as_json:
        sys.stdout.buffer.write(_json_line(result))
    else:
        _show(result)
    return 0


def _json_line(result: Result) -> bytes:
    """Write a result as a line of JSON; a path that is not UTF-8 as escapes, which JSON reads back."""
    return json.dumps(result.to_json(), ensure_ascii=False).encode(errors="backslashreplace") + b"\n"


def _in_shell_words(result: Result, tool: ToolDefinition) -> Result:
    """Write the sentences that we made of a result, and no text of a document, in the words of the shell."""
    update: dict[str, list[str]] = {}
    for name in ("warnings", "cheaper", "basis"):
        sentences: list[str] = getattr(result, name, [])
        if sentences:
            update[name] = [in_shell_words(sentence, tool) for sentence in sentences]
    return result.model_copy(update=update) if update else result


def run_demo(source: str | None, settings: Settings) -> int:
    """Run the main job on a document, draw its pages with the tables marked, and say where the files went."""
    with demo_report() as report:
        if not source:
            source = str(report)
            settings = replace(settings, allowed=replace(settings.allowed, files=frozenset({report.resolve()})))
        result, pictures = anyio.run(_demo, source, settings, sys.stderr.isatty())
    _show_as(lambda: show_tables(result), result)
    show_files("Pictures, with every table and cell marked:", pictures)
    show_folders(settings)
    return 0


async def _demo(source: str, settings: Settings, shows_progress: bool) -> tuple[TableExtraction, list[Path]]:
    arguments = {"source": source, "export": ["csv"], "detail": "full", "model": "offline"}  # a demo costs nothing
    async with open_services(settings) as services, _progress_bar(shown=shows_progress) as progress:
        tool = BY_NAME["extract_tables"]
        result = await tool.call(tool.parse(arguments), replace(services, patience=None), progress)
        assert isinstance(result, TableExtraction)
        faults: list[str] = []
        pictures: list[Path] = []
        with contained(faults, "The pages were not drawn with their tables marked"):
            pictures, not_drawn = await draw_marked_pages(result, source, services)
            faults += not_drawn
        return result.model_copy(update={"warnings": [*result.warnings, *faults]}), pictures


@contextmanager
def demo_report() -> Generator[Path]:
    """Give the report that comes along: in the package, or next to it where the code is edited."""
    packaged = resources.files("witnessmark_server") / "report.pdf"
    if packaged.is_file():
        with resources.as_file(packaged) as path:
            yield path
    else:
        yield Path(__file__).resolve().parents[2] / "examples" / "report.pdf"


async def _call(tool: ToolDefinition, arguments: dict[str, Any], settings: Settings, shows_progress: bool) -> Result:
    async with open_services(settings) as services, _progress_bar(shown=shows_progress) as progress:
        # The shell waits to the end, so that nothing is paid for and then left; only a host has to be answered in time.
        given = tool.parse(arguments)
        if tool.is_long and "wait_seconds" in given:
            given["wait_seconds"] = None
        return await tool.call(given, replace(services, patience=None), progress)


@asynccontextmanager
async def _progress_bar(*, shown: bool) -> AsyncGenerator[Progress]:
    if not shown:
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        async def progress(done: float, total: float, message: str) -> None:  # noqa: ARG001 - the bar says it
            bar.update(task, completed=done, total=total)

        yield progress


def _show(result: Result) -> None:
    """Print a result for a person."""
    if isinstance(result, TableExtraction) and sys.stdout.isatty():
        _show_as(lambda: show_tables(result), result)
    elif isinstance(result, CostEstimate):
        _show_as(lambda: show_costs(result), result)
    elif isinstance(result, UsageReport):
        _show_as(lambda: show_usage(result), result)
    else:
        text = result.to_text()
        print(harmless(text) if sys.stdout.isatty() else text)


def _show_as(show: Callable[[], None], result: Result) -> None:
    """Draw a result; where that fails, print it as text."""
    faults: list[str] = []
    with contained(faults, "The table could not be drawn; here it is as text"):
        show()
        return
    print(harmless("\n".join([*faults, result.to_text()])))
