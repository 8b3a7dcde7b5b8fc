"""Articles drawn by code: columns, parted words, notes, running heads, lists, tables; every sentence known.

Units:  points from the lower left corner of an A4 page, as reportlab has them
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
LEFT, TOP, BOTTOM, BETWEEN = 56.0, 770.0, 130.0, 24.0
SIZE, LEADING, SMALL = 10.0, 12.5, 7.5
Kind = Literal["heading", "text", "item", "row"]

NAMES = (
    "Aldermoor Brackwell Carrowby Dunmere Elstow Farringford Garside Hathersage Inskip Jervaulx Kexby Lindale".split()
)
GOODS = "timber granite copper linen barley mackerel saffron whale-oil porcelain charcoal".split()
NOUNS = (
    "administration commissioner shareholders regulations transportation warehouse negotiations committee supervisor "
    "harbourmaster registration arrangement correspondence treasurer inspection settlement"
).split()
VERBS = "approved postponed examined reorganised considered published transferred acknowledged guaranteed".split()
MODALS = "may must shall should will can".split()
UNITS = ("percent", "tonnes", "metres", "days", "hours", "crowns")


class Sentence(NamedTuple):
    """A sentence, or another text that is quoted as a whole, and the pages that it stands on."""

    text: str
    kind: Kind
    block: int
    """Sentences of the same block follow one another."""
    pages: tuple[int, ...]


@dataclass(frozen=True)
class Article:
    pdf: bytes
    sentences: tuple[Sentence, ...]
    page_count: int


@dataclass
class _Text:
    kind: Kind
    sentences: list[str]
    cells: list[list[str]] = field(default_factory=list[list[str]])


class _Drawn(NamedTuple):
    text: str
    sentence: int
    note: int | None


def draw_article(seed: int, *, columns: int = 1, blocks: int = 24, notes: bool = True) -> Article:
    """Draw an article; the same seed draws the same one."""
    return _Printer(random.Random(seed), columns, has_notes=notes).printed(blocks)


def sentence_of(rnd: random.Random) -> str:
    """Write a sentence of figures, names and words that are too long for a line."""
    number = f"{rnd.randrange(1, 999)},{rnd.randrange(100, 999)}" if rnd.random() < 0.5 else str(rnd.randrange(12, 990))
    name, other = rnd.sample(NAMES, 2)
    noun, second = rnd.sample(NOUNS, 2)
    modal, verb, unit, goods = rnd.choice(MODALS), rnd.choice(VERBS), rnd.choice(UNITS), rnd.choice(GOODS)
    day = f"{rnd.randrange(1, 29)} {rnd.choice('March June October'.split())} {rnd.randrange(1990, 2026)}"
    return rnd.choice(
        (
            f"The {noun} of {name} {verb} the {second} on {day}, and {number} {unit} of {goods} were sold.",
            f"In {rnd.randrange(1990, 2026)} the {noun} was {verb} by {name} & Sons, although {other} {modal} object.",
            f"No {noun} {modal} exceed {number} {unit} unless the {second} of {other} has {verb} it in writing.",
            f"Of the {noun}, {rnd.randrange(2, 98)} percent (n = {number}) came from {name}, the rest from {other}.",
            f"“The {noun},” said {name}, “{modal} be {verb} before {day}; the {second} is not at fault.”",
            f"Whoever {verb} the {noun} pays ${number}.{rnd.randrange(10, 99)} to the {second}, i.e. to {name}.",
        )
    )


class _Printer:
    def __init__(self, rnd: random.Random, columns: int, *, has_notes: bool) -> None:
        self._rnd, self._columns, self._has_notes = rnd, columns, has_notes
        self._width = (WIDTH - 2 * LEFT - (columns - 1) * BETWEEN) / columns
        self._file = io.BytesIO()
        self._canvas = Canvas(self._file, pagesize=(WIDTH, HEIGHT), invariant=True)
        self._page, self._column, self._y = 1, 0, TOP
        self._texts: list[tuple[str, Kind, int]] = []
        self._pages: list[set[int]] = []
        self._notes: list[int] = []
        self._note = 0

    def printed(self, blocks: int) -> Article:
        self._running()
        for block in range(blocks):
            self._print(self._block(block), block)
        self._end_page()
        self._canvas.save()
        sentences = tuple(
            Sentence(text, kind, block, tuple(sorted(pages)))
            for (text, kind, block), pages in zip(self._texts, self._pages, strict=True)
        )
        return Article(self._file.getvalue(), sentences, self._page)

    def _block(self, number: int) -> _Text:
        rnd = self._rnd
        if number % 6 == 0:
            return _Text("heading", [f"{number // 6 + 1}. The {rnd.choice(NOUNS)} of {rnd.choice(NAMES)}"])
        if number % 6 == 4:
            return _Text("item", [sentence_of(rnd)])
        if number % 12 == 5:
            head = ["Harbour", "Tonnes", "Dues"]
            rows = [
                [name, f"{rnd.randrange(10, 999)}", f"{rnd.randrange(1, 99)},{rnd.randrange(100, 999)}"]
                for name in rnd.sample(NAMES, 4)
            ]
            return _Text("row", [], [head, *rows])
        return _Text("text", [sentence_of(rnd) for _ in range(rnd.randrange(2, 7))])

    def _print(self, text: _Text, block: int) -> None:
        if text.kind == "row":
            self._table(text.cells, block)
            return
        words: list[_Drawn] = []
        for sentence in text.sentences:
            number = self._add(sentence, text.kind, block)
            parts = sentence.split()
            for place, part in enumerate(parts):
                note = None
                if self._has_notes and text.kind == "text" and place == len(parts) - 1 and self._rnd.random() < 0.15:
                    self._note += 1
                    note = self._note
                words.append(_Drawn(part, number, note))
        size, font = (13.0, "Helvetica-Bold") if text.kind == "heading" else (SIZE, "Times-Roman")
        indent = 14.0 if text.kind == "item" else 0.0
        if text.kind == "item":
            words.insert(0, _Drawn("•", words[0].sentence, None))
        self._lines(words, size, font, indent)
        self._y -= 6.0

    def _add(self, text: str, kind: Kind, block: int) -> int:
        self._texts.append((text, kind, block))
        self._pages.append(set())
        return len(self._texts) - 1

    def _lines(self, words: Sequence[_Drawn], size: float, font: str, indent: float) -> None:
        space = stringWidth(" ", font, size)
        waiting = list(words)
        is_first = True
        while waiting:
            room = self._width - (0.0 if is_first else indent)
            line: list[_Drawn] = []
            used = 0.0
            while waiting:
                word = waiting[0]
                wide = stringWidth(word.text, font, size) + _mark_width(word)
                if used + wide <= room:
                    line.append(waiting.pop(0))
                    used += wide + space
                    continue
                if len(word.text) >= 9 and word.text.isalpha() and word.note is None:
                    for cut in range(len(word.text) - 3, 2, -1):
                        head = word.text[:cut] + "-"
                        if used + stringWidth(head, font, size) <= room:
                            line.append(_Drawn(head, word.sentence, None))
                            waiting[0] = _Drawn(word.text[cut:], word.sentence, None)
                            break
                break
            self._line(line, size, font, 0.0 if is_first else indent, room, is_last=not waiting)
            is_first = False

    def _line(
        self, line: Sequence[_Drawn], size: float, font: str, indent: float, room: float, *, is_last: bool
    ) -> None:
        self._make_room(size * LEADING / SIZE)
        x = LEFT + self._column * (self._width + BETWEEN) + indent
        wide = sum(stringWidth(word.text, font, size) + _mark_width(word) for word in line)
        space = stringWidth(" ", font, size)
        if not is_last and len(line) > 1:
            space = (room - wide) / (len(line) - 1)
        for word in line:
            self._canvas.setFont(font, size)
            self._canvas.drawString(x, self._y, word.text)
            x += stringWidth(word.text, font, size)
            if word.note:
                self._canvas.setFont(font, 6)
                self._canvas.drawString(x, self._y + 3.5, str(word.note))
                self._notes.append(word.note)
                x += _mark_width(word)
            x += space
            self._pages[word.sentence].add(self._page)

    def _table(self, rows: Sequence[Sequence[str]], block: int) -> None:
        if self._y - 16 * len(rows) < BOTTOM:
            self._next_column()
        x = LEFT + self._column * (self._width + BETWEEN)
        for row in rows:
            self._make_room(16)
            number = self._add(" ".join(row), "row", block)
            self._pages[number].add(self._page)
            self._canvas.setFont("Helvetica", 9)
            for column, cell in enumerate(row):
                self._canvas.drawString(x + column * self._width / 3, self._y, cell)
            self._canvas.line(x, self._y - 4, x + self._width, self._y - 4)
        self._y -= 10

    def _make_room(self, height: float) -> None:
        if self._y - height < BOTTOM:
            self._next_column()
        self._y -= height

    def _next_column(self) -> None:
        self._y = TOP
        self._column += 1
        if self._column == self._columns:
            self._end_page()
            self._canvas.showPage()
            self._page, self._column = self._page + 1, 0
            self._running()

    def _running(self) -> None:
        self._canvas.setFont("Helvetica", 8)
        self._canvas.drawString(LEFT, 800, "Yearbook of the Northern Harbours")
        self._canvas.drawRightString(WIDTH - LEFT, 800, "Third series")
        self._canvas.drawCentredString(WIDTH / 2, 40, str(self._page))

    def _end_page(self) -> None:
        y = BOTTOM - 24.0
        for note in self._notes[:5]:
            self._canvas.setFont("Times-Roman", SMALL)
            self._canvas.drawString(LEFT, y, f"{note} See the minutes of the year {1800 + 7 * note}, volume {note}.")
            y -= 9.5
        self._notes = []


def _mark_width(word: _Drawn) -> float:
    return stringWidth(str(word.note), "Times-Roman", 6) + 0.5 if word.note else 0.0


def neighbours(article: Article) -> Iterator[tuple[Sentence, Sentence]]:
    """Give sentences that follow one another in one paragraph."""
    for first, second in zip(article.sentences, article.sentences[1:], strict=False):
        if first.block == second.block and first.kind == "text":
            yield first, second
