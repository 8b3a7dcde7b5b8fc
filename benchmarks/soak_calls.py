"""The calls of a soak: documents drawn for it, what is asked of them, and how each call may end."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcp.types import CallToolResult, TextContent

from benchmarks.drawn_images import photo, scan, screen
from benchmarks.drawn_pdfs import noisy
from tests import damage, drawing
from tests.ocr_pages import draw_page, encoded

MARK, ANSWER_MARK = "Saltmere", "Jetty"
"""Words that stand in every document, and in every answer of the fake: none of them may be in a log."""

SLOW = "slow.pdf"
"""Its one page takes longer to parse than a worker may."""
PAGES = (1, 1, 1, 2, 3, 1, 6, 12, 1, 2, 24, 1)
"""Of the documents with tables."""
ROWS = 6
SCANS = 60
"""Each is read by OCR once, for its words are kept."""

API_IN_TROUBLE = (
    r"The rate limit of the account is used up\. Call again in ",
    r"The API is overloaded and answers nobody well\. Call again in ",
    r"The API failed on its own side\. Call again in ",
    r"The API could not be reached, or the connection broke off\. Check the network",
    r"The API took too long to answer\. Call again in ",
)
"""What a call may be told when the API fails and time is up."""

OUR_BUG = re.compile(r"inside witnessmark|Traceback|Error executing|internal error", re.IGNORECASE)

Judge = Callable[[CallToolResult], str | None]
"""Says what is wrong with a result, None where nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, and the ways in which it may end."""

    kind: str
    tool: str
    arguments: dict[str, Any]
    judge: Judge | None
    """None: it has to be refused."""
    refusals: Sequence[str] = ()
    """Patterns of what it may be told instead of a result."""
    gives_up_after: float | None = None
    """Seconds after which its client cancels it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The documents of a soak, in one folder."""

    folder: Path
    tables: Sequence[tuple[str, int]]
    """Names of PDFs with tables, and their numbers of pages."""
    large: Sequence[str]
    pictures: Sequence[str]
    scans: Sequence[str]
    bad: Sequence[tuple[str, str]]
    """Names of files that cannot be read, and patterns of what is said of them."""


def draw_corpus(room: Path) -> Corpus:
    """Draw the documents, and write what the fake answers to them, in two folders of a new one."""
    folder, answers = room / "documents", room / "answers"
    folder.mkdir(parents=True)
    answers.mkdir()
    tables = [(f"table-{number:02}.pdf", pages) for number, pages in enumerate(PAGES)]
    for number, (name, pages) in enumerate(tables):
        leaves = [drawing.grid(texts_of(number, page), top=90) for page in range(1, pages + 1)]
        (folder / name).write_bytes(drawing.document(*leaves))
        (answers / f"{name}.json").write_text(json.dumps(_answer(f"{ANSWER_MARK} {number:02}", rows=5 * pages)))
    (answers / "default.json").write_text(json.dumps(_answer(f"{ANSWER_MARK} any", rows=4)))
    large = [f"noisy-{size // 1_000}k.pdf" for size in (400_000, 1_500_000, 6_000_000)]
    for name, size in zip(large, (400_000, 1_500_000, 6_000_000), strict=True):
        (folder / name).write_bytes(noisy(size))
    pictures = {"photo.jpg": photo(1600, 1200), "screen.png": screen(1920, 1080), "page.jpg": scan()}
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
    lines = (f"{MARK} harbour board", "Mooring of vessels 1,284.50", "Storage of nets 937.25")
    scans = [f"scan-{number:02}.png" for number in range(SCANS)]
    for number, name in enumerate(scans):
        (folder / name).write_bytes(encoded(draw_page((*lines, f"Berth {number}"), size=(900, 420))))
    return Corpus(
        folder=folder, tables=tables, large=large, pictures=list(pictures), scans=scans, bad=_draw_bad(folder)
    )


def texts_of(number: int, page: int) -> list[list[str]]:
    """Make the texts of a page's table: no two documents and no two pages have one in common."""
    head = [f"{MARK} {number:02}", f"Page {page}", "2025", "2026"]
    return [
        head,
        *([f"Berth {number:02}-{page}-{row}", *(f"{number}{page}{row}{n}" for n in "123")] for row in range(ROWS)),
    ]


def _draw_bad(folder: Path) -> list[tuple[str, str]]:
    pdf = drawing.draw_table(rows=4, columns=3)
    files: list[tuple[str, bytes, str]] = [
        ("empty.pdf", damage.zero_bytes(), "."),
        ("half.pdf", pdf[:200], "."),
        ("letter.docx", damage.office_file(), "."),
        ("noise.pdf", damage.random_bytes(), "."),
        ("no-pages.pdf", damage.no_pages(), "."),
        ("claims.png", damage.image_claiming(), "."),
        ("locked.pdf", drawing.encrypted(pdf, "harbour"), r"password"),
        (SLOW, damage.endless_parsing(), r"took longer than the limit"),
    ]
    for name, content, _ in files:
        (folder / name).write_bytes(content)
    return [("missing.pdf", r"."), *((name, said) for name, _, said in files)]


def _answer(mark: str, *, rows: int) -> dict[str, Any]:
    body = [[f"{mark} row {row}", f"{row * 31:,}.50"] for row in range(rows)]
    table = {"page": 1, "title": None, "headers": [mark, "USD"], "rows": body, "notes": [], "confidence": "high"}
    return {"tables": [table]}


# --- which calls ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Mix:
    """Draws calls by lot."""

    corpus: Corpus
    luck: random.Random
    patience: float
    """Seconds after which a call with Claude returns with what it has."""
    has_slow_files: bool = True
    has_jobs: bool = False
    """Whether a call that takes longer becomes a job."""
    kinds: list[tuple[int, Callable[[], Call]]] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = [
            (16, self._claude_shared),
            (14, self._claude_anew),
            (5, self._claude_large),
            (5, self._claude_picture),
            (8, self._claude_given_up),
            (3, self._claude_hurried),
            (4, self._too_expensive),
            (14, self._offline),
            (3, self._offline_given_up),
            (8, self._text),
            (2, self._scan),
            (6, self._inspected),
            (5, self._estimated),
            (4, self._usage),
            (3, self._uploads),
            (6, self._bad),
        ]
        if self.has_jobs:
            self.kinds.append((6, self._job))

    def calls(self, count: int) -> list[Call]:
        """Draw so many calls; every kind is among the first of them."""
        weights = [weight for weight, _ in self.kinds]
        drawn = [make for _, make in self.kinds]
        drawn += self.luck.choices([make for _, make in self.kinds], weights, k=max(0, count - len(drawn)))
        return [make() for make in drawn[:count]]

    def paid_anew(self, count: int) -> list[Call]:
        """Draw calls that send something in any case."""
        return [self._claude_anew() for _ in range(count)]

    def one_of_each(self) -> list[Call]:
        """Draw a call of every kind that nobody gives up."""
        return [call for call in (make() for _, make in self.kinds) if call.gives_up_after is None]

    def _path(self, name: str) -> str:
        return str(self.corpus.folder / name)

    def _table(self) -> tuple[int, str, int]:
        number = self.luck.randrange(len(self.corpus.tables))
        return number, *self.corpus.tables[number]

    def _claude(self, kind: str, name: str, mark: str, **more: Any) -> Call:
        gives_up_after = more.pop("gives_up_after", None)
        arguments = {"source": self._path(name), "model": "claude-sonnet-5-5", "wait_seconds": self.patience} | more
        return Call(
            kind=kind,
            tool="extract_tables",
            arguments=arguments,
            judge=lambda result: _wrong_answer(result, mark),
            refusals=API_IN_TROUBLE,
            gives_up_after=gives_up_after,
        )

    def _claude_shared(self) -> Call:
        number, name, _ = self._table()
        return self._claude("Claude, same documents", name, f"{ANSWER_MARK} {number:02}")

    def _claude_anew(self) -> Call:
        number, name, _ = self._table()
        return self._claude("Claude, paid anew", name, f"{ANSWER_MARK} {number:02}", reuse=False)

    def _claude_large(self) -> Call:
        return self._claude(
            "Claude, many bytes", self.luck.choice(self.corpus.large), ANSWER_MARK, reuse=self.luck.random() < 0.3
        )

    def _claude_picture(self) -> Call:
        name = self.luck.choice(self.corpus.pictures)
        return self._claude("Claude, pictures", name, ANSWER_MARK, reuse=self.luck.random() < 0.3)

    def _claude_given_up(self) -> Call:
        number, name, _ = self._table()
        after = self.luck.choice((0.01, 0.05, 0.1, 0.2, 0.4, 0.8))
        mark = f"{ANSWER_MARK} {number:02}"
        return self._claude("Claude, given up", name, mark, reuse=False, gives_up_after=after)

    def _claude_hurried(self) -> Call:
        number, name, _ = self._table()
        return self._claude("Claude, in a hurry", name, f"{ANSWER_MARK} {number:02}", reuse=False, wait_seconds=1)

    def _job(self) -> Call:
        number, name, _ = self._table()
        mark = f"{ANSWER_MARK} {number:02}"
        return self._claude("Claude, followed as a job", name, mark, reuse=False, wait_seconds=1)

    def _too_expensive(self) -> Call:
        _, name, _ = self._table()
        return Call(
            kind="Claude, too expensive",
            tool="extract_tables",
            arguments={"source": self._path(name), "reuse": False, "max_cost_usd": 0.0001},
            judge=lambda result: None if _structured(result)["cost"]["usd"] == 0 else "it was paid for",
            refusals=(r"This call would cost about \$[\d.]+, more than max_cost_usd=0\.0001; nothing was sent\.",),
        )

    def _offline(self) -> Call:
        number, name, pages = self._table()
        truth = [cell for page in range(1, pages + 1) for row in texts_of(number, page)[1:] for cell in row]
        return Call(
            kind="offline",
            tool="extract_tables",
            arguments={"source": self._path(name), "model": "offline", "detail": self.luck.choice(("concise", "full"))},
            judge=lambda result: _wrong_cells(result, truth),
        )

    def _offline_given_up(self) -> Call:
        return Call(
            kind="offline, given up",
            tool="extract_tables",
            arguments={"source": self._path(SLOW), "model": "offline"},
            judge=None,
            refusals=(r"took longer than the limit",),
            gives_up_after=self.luck.uniform(0.1, 2.0),
        )

    def _text(self) -> Call:
        number, name, _ = self._table()
        return Call(
            kind="text",
            tool="read_text",
            arguments={"source": self._path(name)},
            judge=lambda result: None if f"Berth {number:02}-1-0" in text_of(result) else "another text",
        )

    def _scan(self) -> Call:
        name = self.luck.choice(self.corpus.scans)
        return Call(
            kind="text of a scan",
            tool="read_text",
            arguments={"source": self._path(name), "model": "offline"},
            judge=lambda result: None if "1,284.50" in text_of(result) else "another text",
        )

    def _inspected(self) -> Call:
        _, name, pages = self._table()
        return Call(
            kind="inspection",
            tool="inspect_document",
            arguments={"source": self._path(name)},
            judge=lambda result: None if _structured(result).get("page_count") == pages else "another page count",
        )

    def _estimated(self) -> Call:
        _, name, _ = self._table()
        return Call(
            kind="estimate",
            tool="estimate_cost",
            arguments={"tool": "extract_tables", "arguments": {"source": self._path(name)}},
            judge=lambda result: None if _structured(result).get("models") else "no prices",
        )

    def _usage(self) -> Call:
        by = self.luck.choice(("day", "tool", "model", "document"))
        return Call(
            kind="usage",
            tool="usage_report",
            arguments={"period": "today", "by": by},
            judge=lambda result: None if "total" in _structured(result) else "no total",
        )

    def _uploads(self) -> Call:
        return Call(
            kind="uploads",
            tool="list_uploads",
            arguments={},
            judge=lambda result: None if "uploads" in _structured(result) else "no list",
        )

    def _bad(self) -> Call:
        name, said = self.luck.choice([one for one in self.corpus.bad if self.has_slow_files or one[0] != SLOW])
        tool = self.luck.choice(("extract_tables", "read_text", "inspect_document"))
        more = {"model": "offline"} if tool == "extract_tables" else {}
        lenient = tool == "inspect_document" or name == SLOW
        return Call(
            kind="bad input",
            tool=tool,
            arguments={"source": self._path(name)} | more,
            judge=(lambda _: None) if lenient else None,
            refusals=(said,),
        )


# --- how they end ---------------------------------------------------------------------------------------------------


def outcome_of(call: Call, result: CallToolResult) -> tuple[str, str]:
    """Judge a result.

    Shapes:  "right", "right, in part", "refused" or "wrong", and what is wrong
    """
    text = text_of(result)
    if OUR_BUG.search(text):
        return "wrong", text
    if result.is_error:
        is_known = any(re.search(pattern, text) for pattern in call.refusals)
        return ("refused", "") if is_known and len(text) < 1_000 else ("wrong", text)
    if call.judge is None:
        return "wrong", f"not refused: {text[:200]}"
    wrong = call.judge(result)
    if wrong is not None:
        return "wrong", wrong
    return ("right, in part" if _structured(result).get("continue_with") else "right"), ""


def text_of(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def _structured(result: CallToolResult) -> dict[str, Any]:
    return result.structured_content or {}


def _wrong_answer(result: CallToolResult, mark: str) -> str | None:
    """Hold an answer against what the fake says of the document; of parts of it, it says less."""
    tables = _structured(result).get("tables")
    if tables is None:
        return "no tables"
    cells = [row[0] for table in tables for row in (table["headers"], *table["rows"])]
    wrong = [cell for cell in cells if not cell.startswith((mark, f"{ANSWER_MARK} any"))]
    if wrong:
        return f"the answer of another document: {wrong[0]!r}"
    return None if cells or _structured(result).get("continue_with") else "nothing, and nothing left"


def _wrong_cells(result: CallToolResult, truth: Sequence[str]) -> str | None:
    if _structured(result).get("is_preview") or _structured(result).get("continue_with"):
        return None
    found = {
        cell for table in _structured(result)["tables"] for row in (table["headers"], *table["rows"]) for cell in row
    }
    missing = set(truth) - found
    return f"{len(missing)} cells are missing, such as {min(missing)!r}" if missing else None
