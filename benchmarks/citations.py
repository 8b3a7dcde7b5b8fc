"""What citations are worth and cost: their pages, as corrected, and ten questions against as many documents sent.

    python -m benchmarks.citations [--seed N] [FILE.pdf …]

The API is the strict fake, which cites what it is told to from the text that another PDF reader (pypdf) gives of the
pages, as the API does from its own: one to three sentences, a third of them claimed on a wrong page. Files are those
given, else the PDFs of the dev set where it is there, and drawn ones. Goals: 99 % of pages right; ten questions in one
call at most 1.05 times the ideal bill, which is one write of the document and nine reads.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import re
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.claude.questions import bill_of
from tests.drawing import draw_text
from witnessmark.plans.models import model_named
from witnessmark.settings import settings_from
from witnessmark.testing import FakeClaudeAPI, Reply, Request
from witnessmark_server.services import open_services
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.citations_result import Citation, CitedReading
from witnessmark_tools.definition import Services

DEVSET = Path(__file__).parents[2] / "shared" / "devset"
TOOL = "read_pdf_with_citations"
PER_PAGE = 6
"""Citations of each page at most."""
_SENTENCE = re.compile(r"[A-Z][^.!?]{30,300}[.!?](?=\s)")


def main() -> None:
    """Measure both, and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    files = given.files or sorted(
        {*DEVSET.glob("tables/*.pdf"), *DEVSET.glob("quotes/*.pdf"), *DEVSET.glob("compare/*.pdf")}
    )
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    asyncio.run(_pages(files, random.Random(given.seed)))
    asyncio.run(_ten_questions())


async def _pages(files: Sequence[Path], chance: random.Random) -> None:
    print(f"{'file':28} {'cited':>6} {'located':>8} {'page right':>11} {'boxed':>6}")
    totals = [0, 0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "drawn.pdf"
        drawn.write_bytes(draw_text([_prose(number, chance) for number in range(12)], size=10))
        for file in [drawn, *files]:
            counts = await _of_file(file, chance, Path(folder))
            if counts[0]:
                _print(file.name, counts)
                totals = [one + other for one, other in zip(totals, counts, strict=True)]
    _print("all", totals)


def _print(name: str, counts: Sequence[int]) -> None:
    cited, located, right, boxed = counts
    shares = [f"{100 * count / max(1, cited):.2f} %" for count in (located, right, boxed)]
    print(f"{name[:28]:28} {cited:6} {shares[0]:>8} {shares[1]:>11} {shares[2]:>6}")


async def _of_file(file: Path, chance: random.Random, folder: Path) -> list[int]:
    """Cite sentences of a file, and count those cited, found as they stand, on their true page, with a box."""
    truth: list[int] = []

    def answer(request: Request) -> Reply | str:
        blocks = list(_cited(request, chance, truth))
        return Reply(blocks=blocks) if blocks else "NOT IN THE DOCUMENTS"

    async with FakeClaudeAPI() as api:
        api.answer_with(answer)
        async with _opened(api, folder) as services:
            found = await _asked(services, [file], ["What does it say?"], model="claude-sonnet-5-5")
    citations = list(found.citations)
    pairs = list(zip(citations, truth, strict=True)) if len(citations) == len(truth) else []
    return [
        len(truth),
        sum(one.status in {"located", "displaced"} for one, _ in pairs),
        sum(page in _pages_of(one) for one, page in pairs),
        sum(one.box is not None for one, _ in pairs),
    ]


def _pages_of(citation: Citation) -> list[int]:
    """Give the pages that a reader is sent to: of what stands nowhere as cited, that of what resembles it."""
    if citation.status == "unlocated" and citation.nearest is not None:
        return [citation.nearest.page]
    return citation.pages or [citation.page]


def _cited(request: Request, chance: random.Random, truth: list[int]) -> Any:
    seen: set[str] = set()
    pages = request.pages
    for page in pages:
        sentences = [found for found in _SENTENCE.findall(page.text) if found not in seen]
        elsewhere = [other.text for other in pages if other is not page]
        chosen = chance.sample(sentences, min(PER_PAGE, len(sentences)))
        for sentence in chosen:
            if any(sentence in text for text in elsewhere):
                continue
            seen.add(sentence)
            truth.append(page.page_number)
            is_wrong = len(pages) > 1 and chance.random() < 1 / 3
            claimed = (
                chance.choice([other.page_number for other in pages if other is not page])
                if is_wrong
                else page.page_number
            )
            location = {"type": "page_location", "document_index": 0, "document_title": None, "file_id": None}
            location |= {"cited_text": sentence, "start_page_number": claimed, "end_page_number": claimed + 1}
            yield {"type": "text", "text": f"Statement {len(truth)}.\n", "citations": [location]}


async def _ten_questions() -> None:
    print(f"\n{'model':20} {'pages':>6} {'ten, USD':>9} {'ideal':>8} {'ratio':>6} {'each time':>10}")
    for name, count in (("claude-haiku-5-5", 12), ("claude-sonnet-5-5", 60), ("claude-opus-5-5", 60)):
        chance = random.Random(7)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "report.pdf"
            file.write_bytes(draw_text([_prose(number, chance) for number in range(count)], size=10))
            async with FakeClaudeAPI() as api:
                api.answer_with("NOT IN THE DOCUMENTS")
                async with _opened(api, Path(folder)) as services:
                    questions = [f"What is said about heap {number}, and on which page?" for number in range(10)]
                    await _asked(services, [file], questions, model=name)
                bill = bill_of(api, model_named(name))
        amounts = f"{bill.usd:9.4f} {bill.ideal_usd:8.4f} {bill.ratio:6.3f} {bill.no_cache_usd:10.4f}"
        print(f"{name:20} {count:6} {amounts}")


def _prose(page: int, chance: random.Random) -> str:
    """Write a page of sentences none of which stands twice."""
    names = ("The mill", "The bakery", "A carter", "The council", "Nobody", "The owner", "A guest", "The clerk")
    verbs = ("counted", "sold", "weighed", "wrote down", "carried off", "returned", "asked for", "mended")
    lines: list[str] = []
    for line in range(40):
        figure = f"{chance.randrange(1_000, 99_999):,}"
        lines.append(f"{chance.choice(names)} {chance.choice(verbs)} {figure} sacks on day {line + 1} of heap {page}.")
    return "\n".join(lines)


@asynccontextmanager
async def _opened(api: FakeClaudeAPI, folder: Path) -> AsyncGenerator[Services]:
    environment = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
    with tempfile.TemporaryDirectory() as home:
        allowed = [str(folder), str(DEVSET)]
        settings = settings_from(environment, start=folder, home=home, allow=allowed, ask_above_usd="100")
        async with open_services(settings) as services:
            yield services


async def _asked(services: Services, files: Sequence[Path], questions: Sequence[str], **more: Any) -> CitedReading:
    definition = BY_NAME[TOOL]
    given = definition.parse({"sources": [str(file) for file in files], "questions": list(questions), **more})
    found = await definition.call(given, replace(services, patience=None))
    assert isinstance(found, CitedReading)
    return found


if __name__ == "__main__":
    main()
