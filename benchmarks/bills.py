"""Bills and bands: what each tool costs at the strict fake, next to what `estimate_cost` said before.

    python -m benchmarks.bills [MODEL …]

Documents and answers are drawn: tables with all of their cells, pages without any, transcripts, cited sentences, a
sentence for each difference, each with the thinking of a model at the effort that is asked for. A call is made once,
and once more without reuse, so that the cache takes part. Goals: each bill within its band, and the upper end of a band
at most three times the lower one.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.drawing import draw_image, draw_text
from witnessmark.settings import settings_from
from witnessmark.testing import Cited, FakeClaudeAPI, Reply, Request
from witnessmark_server.services import open_services
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.estimate_cost import CostEstimate

MODELS = ("claude-haiku-5-5", "claude-haiku-4-5", "claude-sonnet-5-5", "claude-opus-5-5")
MOST_RATIO = 3.0
ROWS = [f"Item {n} of the list  {n * 317:,}  {n * 211:,}" for n in range(1, 31)]
PROSE = ["The harbour was busy in the year of the report, and pilotage went on as before. " * 3] * 8
CLAUSES = [f"Clause {n}. The tenant pays {n * 100} euros a month for room {n}, in advance." for n in range(1, 21)]
LATER = [line.replace("00 euros", "50 euros") if n % 3 else line for n, line in enumerate(CLAUSES)]
QUESTIONS = ["What does the tenant pay for room 3?", "What is due for room 9?", "What is paid in advance?"]


@dataclass(frozen=True)
class Case:
    """A call and what a model says to it."""

    name: str
    tool: str
    files: dict[str, bytes]
    arguments: Callable[[Path], dict[str, Any]]
    answer: Callable[[Request], Any]


@dataclass(frozen=True)
class Bill:
    """A call's bill and its band, in USD."""

    low: float
    estimate: float
    high: float
    usd: float

    @property
    def is_held(self) -> bool:
        return self.low <= self.usd <= self.high

    @property
    def ratio(self) -> float:
        return self.high / self.low if self.low else 0.0


def main() -> None:
    """Make each call with each model, and print the table."""
    models = sys.argv[1:] or MODELS
    print(f"{'case':28} {'model':18} {'low':>9} {'estimate':>9} {'high':>9} {'ratio':>6} {'bill':>9}  again")
    missed = wide = count = 0
    for case in CASES:
        for model in models:
            bills = asyncio.run(bills_of(case, model))
            first = bills[0]
            marks = " ".join(f"{one.usd:.5f}{'' if one.is_held else '!'}" for one in bills[1:])
            band = f"{first.low:9.5f} {first.estimate:9.5f} {first.high:9.5f} {first.ratio:6.2f}"
            print(f"{case.name:28} {model:18} {band} {first.usd:9.5f}{' ' if first.is_held else '!'} {marks}")
            missed += sum(not one.is_held for one in bills)
            wide += sum(one.ratio > MOST_RATIO + 0.01 for one in bills)
            count += len(bills)
    print(f"{count - missed} of {count} bills within their bands; {wide} bands wider than {MOST_RATIO:g}")


async def bills_of(case: Case, model: str, times: int = 2) -> list[Bill]:
    """Make a call some times in a row, each after its estimate; from the second on without reuse."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in case.files.items():
            (folder / file).write_bytes(content)
        async with FakeClaudeAPI() as api:
            api.answer_with(case.answer)
            settings = settings_from(
                {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key},
                start=folder,
                home=str(folder / "home"),
                allow=[str(folder)],
            )
            async with open_services(settings) as opened:
                services = replace(opened, patience=None)
                found: list[Bill] = []
                for time in range(times):
                    given = case.arguments(folder) | {"reuse": not time}
                    priced = BY_NAME["estimate_cost"]
                    asked = {"tool": case.tool, "arguments": given, "models": [model]}
                    estimate = await priced.call(priced.parse(asked), services)
                    assert isinstance(estimate, CostEstimate)
                    band = estimate.models[0].usd
                    tool = BY_NAME[case.tool]
                    result = await tool.call(tool.parse(given | {"model": model, "max_cost_usd": 5}), services)
                    usd = result.cost.usd
                    assert band is not None
                    assert usd is not None
                    found.append(Bill(band.low, band.estimate, band.high, usd))
                return found


# --- answers ----------------------------------------------------------------------------------------------------------


def transcribed(request: Request) -> Reply:
    """Give each page's table as it is drawn; thought of before for a while."""
    tables = [
        _table(number, ["Item", "2023", "2024"], rows)
        for number, text in _pages(request)
        if (rows := [_cells(line) for line in text.splitlines() if line.startswith("Item")])
    ]
    return Reply(json={"tables": tables}, thinking_tokens=120 * max(1, len(request.pages)))


def _cells(line: str) -> list[str]:
    return [*re.split(r"\s{2,}", line.strip()), "", ""][:3]


def _table(page: int, headers: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"page": page, "title": None, "headers": headers, "rows": rows, "notes": [], "confidence": "high"}


def transcribed_csv(request: Request) -> Reply:
    """Give a text file's table."""
    lines = [line.split(",") for line in request.page_text.splitlines() if line.count(",") == 2]
    return Reply(json={"tables": [_table(1, lines[0], lines[1:])]}, thinking_tokens=120)


def nothing_found(request: Request) -> Reply:
    return Reply(json={"tables": []}, thinking_tokens=60 * max(1, len(request.pages)))


def read(request: Request) -> Reply:
    """Give each page's text."""
    mark = re.search(r"\[\[page N (\w+)\]\]", request.text)
    word = mark[1] if mark else ""
    pages = [f"[[page {number} {word}]]\n{text}" for number, text in _pages(request)]
    return Reply(text="\n".join(pages), thinking_tokens=60 * max(1, len(pages)))


def cited(_: Request) -> Reply:
    """Answer in a sentence or two, each with its clause."""
    said = [Cited(text=f"It is as {line.partition('.')[0]} says: {line}", quote=line) for line in CLAUSES[2:4]]
    return Reply(cited=said, thinking_tokens=220)


def judged(request: Request) -> Reply:
    """Say a sentence of each difference."""
    names = list(dict.fromkeys(re.findall(r'\{"id": "(d\d+)"', request.text)))
    told = [
        {
            "id": name,
            "significance": "substantive",
            "meaning": "The tenant has to pay fifty euros more for the room each month than before.",
            "section": None,
        }
        for name in names
    ]
    return Reply(json={"differences": told, "visual": [], "others": []}, thinking_tokens=250)


def _pages(request: Request) -> Iterator[tuple[int, str]]:
    found = [page.text for page in request.pages] or ["\n".join(ROWS)] * len(request.images)
    yield from enumerate(found, start=1)


def _source(folder: Path) -> dict[str, Any]:
    return {"source": str(next(path for path in folder.iterdir() if path.is_file()))}


def _sources(folder: Path) -> dict[str, Any]:
    return {"sources": [str(folder / "a.pdf")], "questions": QUESTIONS}


def _sides(folder: Path) -> dict[str, Any]:
    return {"before": str(folder / "a.pdf"), "after": str(folder / "b.pdf")}


_TABLES = draw_text(["\n".join(ROWS)] * 4)
_TEXT = draw_text(["\n".join(PROSE)] * 4)
_CSV = "\n".join(["Item,2023,2024", *(f"Item {n},{n * 317},{n * 211}" for n in range(300))]).encode()
_LEASE = draw_text(["\n".join(CLAUSES[:10]), "\n".join(CLAUSES[10:])])
_LATER = draw_text(["\n".join(LATER[:10]), "\n".join(LATER[10:])])
CASES = (
    Case("tables of a PDF", "extract_tables", {"a.pdf": _TABLES}, _source, transcribed),
    Case("prose without tables", "extract_tables", {"a.pdf": _TEXT}, _source, nothing_found),
    Case(
        "a table of an image", "extract_tables", {"a.jpg": draw_image("JPEG", size=(1600, 2200))}, _source, transcribed
    ),
    Case("a CSV file", "extract_tables", {"a.csv": _CSV}, _source, transcribed_csv),
    Case("text of a PDF", "read_text", {"a.pdf": _TEXT}, _source, read),
    Case("text of an image", "read_text", {"a.jpg": draw_image("JPEG", size=(1600, 2200))}, _source, read),
    Case("three questions", "read_pdf_with_citations", {"a.pdf": _LEASE}, _sources, cited),
    Case(
        "three questions on 40 pages",
        "read_pdf_with_citations",
        {"a.pdf": draw_text(["\n".join(CLAUSES)] * 40)},
        _sources,
        cited,
    ),
    Case("a comparison", "compare_documents", {"a.pdf": _LEASE, "b.pdf": _LATER}, _sides, judged),
)


if __name__ == "__main__":
    main()
