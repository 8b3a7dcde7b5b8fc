"""Pages whose columns are hard to tell: notes under tables, texts across columns, boxes; every sentence is known.

Units:  points from the lower left corner of an A4 page, as reportlab has them
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from benchmarks.drawn_articles import NAMES, sentence_of

WIDTH, HEIGHT, LEFT, TOP = 595.0, 842.0, 56.0, 780.0
ROOM = WIDTH - 2 * LEFT
FONT = "Times-Roman"

Layout = Literal[
    "note under a table",
    "note close under a table",
    "note inside a table's frame",
    "note between two tables",
    "note under columns",
    "note between columns",
    "note over two of three columns",
    "heading across columns",
    "table beside a text and a note under both",
    "narrow gutter",
    "box in a text",
    "source line beside a figure",
]


Written = Literal["text by text", "line by line", "some words later"]
"""In which order the file has what the page shows."""
LATE = 0.04
"""Share of words that an editor put in later."""


class Drawn(NamedTuple):
    """A word on its place."""

    x: float
    y: float
    text: str
    size: float
    of: int
    """Which of the page's texts it belongs to."""


@dataclass(frozen=True)
class LaidOut:
    """A drawn page and the texts that a person reads there, each with a kind."""

    pdf: bytes
    texts: tuple[tuple[str, str], ...]
    altered: tuple[str, ...]
    """Texts that the page does not have, though the file has their words one after the other."""


@dataclass
class _Page:
    rnd: random.Random
    file: io.BytesIO = field(default_factory=io.BytesIO)
    texts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    lines: list[list[Drawn]] = field(default_factory=list[list[Drawn]])

    def __post_init__(self) -> None:
        self.canvas = Canvas(self.file, pagesize=(WIDTH, HEIGHT), invariant=True)

    def text(
        self,
        kind: str,
        x: float,
        y: float,
        width: float,
        *,
        lines: int,
        size: float = 10,
        leading: float = 1.25,
        justified: bool = True,
    ) -> float:
        """Set sentences in a column of at most so many lines, and give where the next line would be."""
        words: list[tuple[str, int]] = []
        while True:
            sentence = sentence_of(self.rnd)
            more = [*words, *((word, len(self.texts)) for word in sentence.split())]
            if len(_lines(more, width, size)) > lines and words:
                break
            words = more
            self.texts.append((kind, sentence))
        set_lines = _lines(words, width, size)
        for number, line in enumerate(set_lines):
            self._line(line, x, y, width if justified and number + 1 < len(set_lines) else None, size)
            y -= leading * size
        return y

    def _line(self, words: Sequence[tuple[str, int]], x: float, y: float, width: float | None, size: float) -> None:
        line: list[Drawn] = []
        space = stringWidth(" ", FONT, size)
        if width is not None and len(words) > 1:
            used = sum(stringWidth(word, FONT, size) for word, _ in words)
            wide = (width - used) / (len(words) - 1)
            space = wide if wide < size else space  # wider ones would look like gaps between columns
        for word, of in words:
            line.append(Drawn(x, y, word, size, of))
            x += stringWidth(word, FONT, size) + space
        self.lines.append(line)

    def heading(self, y: float, *, size: float = 13) -> float:
        text = f"What the harbours of {self.rnd.choice(NAMES)} and {self.rnd.choice(NAMES)} owe to their towns"
        self.texts.append(("heading", text))
        self.canvas.setFont("Helvetica-Bold", size)
        self.canvas.drawString(LEFT, y, text)
        return y - 1.6 * size

    def table(self, x: float, y: float, width: float, *, rows: int, ruled: bool, pitch: float = 14) -> float:
        rnd = self.rnd
        self.canvas.setFont("Helvetica", 9)
        steps = [0.0, 0.55, 0.78, 1.0]
        head = ["Harbour", "2023", "2024", "Change"]
        body = [[name, *(f"{rnd.randrange(1, 99)},{rnd.randrange(100, 999)}" for _ in range(3))] for name in NAMES]
        for texts in [head, *body[:rows]]:
            self.canvas.drawString(x, y, texts[0])
            for text, step in zip(texts[1:], steps[1:], strict=True):
                self.canvas.drawRightString(x + step * width, y, text)
            if ruled:
                self.canvas.line(x, y - 4, x + width, y - 4)
            y -= pitch
        return y

    def done(self, written: Written) -> LaidOut:
        words = [word for line in self.lines for word in line]
        altered: list[str] = []
        match written:
            case "text by text":
                pass
            case "line by line":
                words.sort(key=lambda word: (-round(word.y), word.x))
            case "some words later":
                late = {id(word) for word in words if self.rnd.random() < LATE}
                altered = list(_without(words, late))
                words = [*(w for w in words if id(w) not in late), *(w for w in words if id(w) in late)]
        for word in words:
            self.canvas.setFont(FONT, word.size)
            self.canvas.drawString(word.x, word.y, word.text)
        self.canvas.save()
        return LaidOut(self.file.getvalue(), tuple(self.texts), tuple(altered))


def draw_layout(layout: Layout, seed: int, written: Written = "text by text") -> LaidOut:
    """Draw a page of one layout; the same seed draws the same one."""
    page = _Page(random.Random(f"{layout} {seed}"))
    _DRAWN[layout](page)
    return page.done(written)


def _without(words: Sequence[Drawn], late: Container[int]) -> Iterator[str]:
    """Give the texts of which a word within was put in later, without such words."""
    texts: dict[int, list[Drawn]] = {}
    for word in words:
        texts.setdefault(word.of, []).append(word)
    for several in texts.values():
        whole, kept = (
            " ".join(word.text for word in words if id(word) not in left_out)
            for words, left_out in ((several, ()), (several, late))
        )
        if kept not in whole:
            yield kept


def _lines(words: Sequence[tuple[str, int]], width: float, size: float) -> list[list[tuple[str, int]]]:
    space = stringWidth(" ", FONT, size)
    lines: list[list[tuple[str, int]]] = [[]]
    used = 0.0
    for word in words:
        wide = stringWidth(word[0], FONT, size)
        if lines[-1] and used + wide > width:
            lines.append([])
            used = 0.0
        lines[-1].append(word)
        used += wide + space
    return lines


def _columns(page: _Page, y: float, *, count: int, lines: int, gutter: float = 24, kind: str = "column") -> float:
    width = (ROOM - (count - 1) * gutter) / count
    return min(page.text(kind, LEFT + n * (width + gutter), y, width, lines=lines) for n in range(count))


def _note_under_table(page: _Page, *, near: float) -> None:
    y = page.text("text", LEFT, TOP, ROOM, lines=5)
    ruled = page.rnd.random() < 0.5
    pitch = page.rnd.choice((12, 14, 18))
    y = page.table(LEFT, y - 14, ROOM, rows=page.rnd.randrange(4, 9), ruled=ruled, pitch=pitch)
    y = page.text("note", LEFT, y + pitch - near, ROOM, lines=page.rnd.randrange(2, 5), size=7.5)
    page.text("text", LEFT, y - 12, ROOM, lines=6)


def _note_in_frame(page: _Page) -> None:
    """Set a note of the table's own size as its last row, over all columns, inside the rules."""
    y = page.text("text", LEFT, TOP, ROOM, lines=5)
    top = y - 4
    y = page.table(LEFT, y - 14, ROOM, rows=page.rnd.randrange(4, 9), ruled=True)
    y = page.text("note", LEFT, y, ROOM, lines=page.rnd.randrange(2, 5), size=page.rnd.choice((8, 9)))
    page.canvas.rect(LEFT - 2, y + 4, ROOM + 4, top - y - 4, stroke=1, fill=0)
    if page.rnd.random() < 0.5:
        for step in (0.45, 0.67, 0.88):
            page.canvas.line(LEFT + step * ROOM, top, LEFT + step * ROOM, y + 4)
    page.text("text", LEFT, y - 18, ROOM, lines=6)


def _note_between_tables(page: _Page) -> None:
    y = page.table(LEFT, TOP, ROOM, rows=5, ruled=False)
    y = page.text("note", LEFT, y + 2, ROOM, lines=2, size=9)
    page.table(LEFT, y - 1, ROOM, rows=6, ruled=False)


def _note_under_columns(page: _Page) -> None:
    y = _columns(page, TOP, count=2, lines=page.rnd.randrange(8, 24))
    page.text("note", LEFT, y - page.rnd.choice((2, 8, 14)), ROOM, lines=3, size=8)


def _note_between_columns(page: _Page) -> None:
    count = page.rnd.choice((2, 3))
    y = _columns(page, TOP, count=count, lines=page.rnd.randrange(6, 14))
    y = page.text("note", LEFT, y - page.rnd.choice((2, 8)), ROOM, lines=3, size=page.rnd.choice((8, 10)))
    _columns(page, y - page.rnd.choice((2, 8)), count=count, lines=10)


def _note_over_two(page: _Page) -> None:
    gutter = 18.0
    width = (ROOM - 2 * gutter) / 3
    page.text("column", LEFT + 2 * (width + gutter), TOP, width, lines=30)
    y = min(page.text("column", LEFT + n * (width + gutter), TOP, width, lines=16) for n in range(2))
    page.text("note", LEFT, y - page.rnd.choice((2, 6)), 2 * width + gutter, lines=3, size=8)


def _heading_across(page: _Page) -> None:
    y = _columns(page, TOP, count=2, lines=page.rnd.randrange(6, 12))
    y = page.heading(y - page.rnd.choice((4, 12)))
    _columns(page, y, count=2, lines=12)


def _table_beside(page: _Page) -> None:
    gutter = page.rnd.choice((10.0, 16.0, 24.0))
    width = (ROOM - gutter) / 2
    rows = page.rnd.randrange(4, 9)
    text = page.text("column", LEFT, TOP, width, lines=page.rnd.randrange(6, 14))
    below = page.table(LEFT + width + gutter, TOP, width, rows=rows, ruled=page.rnd.random() < 0.5)
    page.text("note", LEFT, min(text, below) - page.rnd.choice((0, 6)), ROOM, lines=3, size=8)


def _narrow_gutter(page: _Page) -> None:
    count = page.rnd.choice((2, 3))
    y = _columns(page, TOP, count=count, lines=14, gutter=page.rnd.choice((7.0, 9.0, 12.0)))
    page.text("text", LEFT, y - 6, ROOM, lines=4)


def _box(page: _Page) -> None:
    y = page.text("text", LEFT, TOP, ROOM, lines=5)
    width = ROOM * 0.36
    bottom = page.text("box", LEFT + ROOM - width + 6, y - 10, width - 12, lines=8, size=8.5)
    page.canvas.rect(LEFT + ROOM - width, bottom + 2, width, y - bottom, stroke=1, fill=0)
    page.text("column", LEFT, y - 4, ROOM - width - page.rnd.choice((10, 16)), lines=14)


def _source_line(page: _Page) -> None:
    y = page.text("text", LEFT, TOP, ROOM, lines=5)
    page.canvas.rect(LEFT, y - 150, 0.6 * ROOM, 140, stroke=1, fill=0)
    page.text("source", LEFT + 0.6 * ROOM + 10, y - 22, 0.4 * ROOM - 10, lines=6, size=8, justified=False)
    page.text("text", LEFT, y - 166, ROOM, lines=6)


_DRAWN: dict[Layout, Callable[[_Page], None]] = {
    "note under a table": lambda page: _note_under_table(page, near=14),
    "note close under a table": lambda page: _note_under_table(page, near=9),
    "note inside a table's frame": _note_in_frame,
    "note between two tables": _note_between_tables,
    "note under columns": _note_under_columns,
    "note between columns": _note_between_columns,
    "note over two of three columns": _note_over_two,
    "heading across columns": _heading_across,
    "table beside a text and a note under both": _table_beside,
    "narrow gutter": _narrow_gutter,
    "box in a text": _box,
    "source line beside a figure": _source_line,
}
LAYOUTS: tuple[Layout, ...] = tuple(_DRAWN)
ORDERS: tuple[Written, ...] = ("text by text", "line by line", "some words later")
