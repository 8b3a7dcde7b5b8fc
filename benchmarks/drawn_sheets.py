"""One-page documents drawn by code, every line known: letters, receipts, invoices, columns, forms and minutes.

Units:  points from the upper left corner
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

PLACES = "Aldermoor Brackwell Carrowby Dunmere Elstow Farringford Garside Hathersage Inskip Kexby Lindale".split()
GOODS = (
    "timber granite copper linen barley mackerel saffron porcelain charcoal lanterns rope canvas paint varnish brushes "
    "hinges nails buckets gloves ladders"
).split()
NOUNS = (
    "council harbour railway hospital market library warehouse committee supervisor treasurer inspection settlement "
    "agreement meeting delivery repair budget survey record"
).split()
VERBS = "approved postponed examined published transferred accepted repeated cancelled measured recorded".split()
ADJECTIVES = "annual eastern regional public narrow spare former heavy local second common quiet".split()
LINKS = "and while although because since whenever".split()


class SheetLine(NamedTuple):
    """A printed line."""

    cells: tuple[str, ...]
    """One, or those of a table's row."""
    block: int
    """Lines of one block follow each other in whatever order a page is read."""
    x: float = 0.0
    y: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(self.cells)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A drawn page and its lines."""

    name: str
    pdf: bytes
    lines: tuple[SheetLine, ...]


@dataclass
class _Pen:
    luck: random.Random
    width: float = 595.0
    height: float = 842.0
    font: str = "Helvetica"
    size: float = 10.5
    block: int = 0
    lines: list[SheetLine] = field(default_factory=list[SheetLine])
    file: io.BytesIO = field(default_factory=io.BytesIO)

    def __post_init__(self) -> None:
        self.canvas = Canvas(self.file, (self.width, self.height))

    def write(self, text: str, x: float, y: float, *, size: float | None = None, right: bool = False) -> None:
        self.canvas.setFont(self.font, size or self.size)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, self.height - y, text)

    def line(self, text: str, x: float, y: float, *, size: float | None = None) -> None:
        self.write(text, x, y, size=size)
        self.lines.append(SheetLine((text,), self.block, x, y))

    def row(self, cells: Sequence[str], xs: Sequence[float], y: float) -> None:
        """Write cells; a negative place is where a cell ends."""
        for cell, x in zip(cells, xs, strict=True):
            self.write(cell, abs(x), y, right=x < 0)
        self.lines.append(SheetLine(tuple(cell for cell in cells if cell), self.block, abs(xs[0]), y))

    def paragraph(self, text: str, x: float, y: float, width: float) -> float:
        words, line = text.split(), ""
        for word in words:
            longer = f"{line} {word}".strip()
            if stringWidth(longer, self.font, self.size) > width:
                self.line(line, x, y)
                y += 1.3 * self.size
                line = word
            else:
                line = longer
        self.line(line, x, y)
        return y + 1.3 * self.size

    def next_block(self) -> None:
        self.block += 1

    def done(self, name: str) -> Sheet:
        self.canvas.showPage()
        self.canvas.save()
        return Sheet(name=name, pdf=self.file.getvalue(), lines=tuple(self.lines))


def sentence(luck: random.Random) -> str:
    """Write a sentence, some with a number of several digits or of one."""
    noun, other = luck.sample(NOUNS, 2)
    first, second = luck.sample(ADJECTIVES, 2)
    place, goods = luck.choice(PLACES), luck.choice(GOODS)
    number = luck.choice([str(luck.randint(2, 9)), f"{luck.randint(1, 9)},{luck.randint(100, 999)}", "all"])
    return (
        f"The {first} {noun} of {place} {luck.choice(VERBS)} {number} loads of {goods} {luck.choice(LINKS)} the "
        f"{second} {other} was {luck.choice(VERBS)} on {luck.randint(1, 28)} {luck.choice(['March', 'June', 'May'])} "
        f"{luck.randint(1990, 2025)}."
    )


def amount(luck: random.Random) -> str:
    return (
        f"{luck.randint(1, 9)},{luck.randint(100, 999)}.{luck.randint(10, 99)}"
        if luck.random() < 0.3
        else (f"{luck.randint(2, 480)}.{luck.randint(10, 99)}")
    )


def _letter(luck: random.Random, name: str) -> Sheet:
    pen = _Pen(luck, font=luck.choice(["Helvetica", "Times-Roman"]), size=luck.choice([10.5, 11.5]))
    pen.line(f"{luck.choice(PLACES)} {luck.choice(NOUNS).title()} Office", 60, 70, size=16)
    pen.next_block()
    for number, text in enumerate(
        (f"{luck.choice(PLACES)} House", f"{luck.randint(2, 99)} {luck.choice(GOODS).title()} Street", "Lindale")
    ):
        pen.line(text, 60, 110 + 15 * number)
    y = 190.0
    for _ in range(3):
        pen.next_block()
        y = pen.paragraph(" ".join(sentence(luck) for _ in range(3)), 60, y, 470) + 10
    pen.next_block()
    for number in range(1, 6):
        pen.line(f"{number}. {luck.choice(ADJECTIVES)} {luck.choice(NOUNS)}, {luck.randint(2, 9)} copies", 80, y)
        y += 16
    pen.next_block()
    pen.line("Yours faithfully,", 60, y + 20)
    pen.line(f"{luck.choice(PLACES)} Hartnell, treasurer", 60, y + 50)
    return pen.done(name)


def _receipt(luck: random.Random, name: str) -> Sheet:
    pen = _Pen(luck, width=240, height=470, font=luck.choice(["Courier", "Helvetica"]), size=9)
    pen.line(f"{luck.choice(PLACES).upper()} {luck.choice(GOODS).upper()} STORES", 30, 40, size=11)
    pen.line(f"{luck.randint(2, 99)} {luck.choice(GOODS).title()} Lane", 60, 56)
    glue = luck.choice(["", " "])
    pen.next_block()
    pen.line(f"DATE:{glue}{luck.randint(10, 28)}/0{luck.randint(1, 9)}/20{luck.randint(10, 24)}", 20, 84)
    pen.line(f"TIME:{glue}{luck.randint(10, 22)}:{luck.randint(10, 59)}", 20, 97)
    pen.line(f"RECEIPT NO:{glue}{luck.randint(10000, 99999)}", 20, 110)
    pen.next_block()
    y = 136.0
    for goods in luck.sample(GOODS, 8):
        price = amount(luck)
        pen.row(
            [str(luck.randint(1, 9)), f"{luck.choice(ADJECTIVES).upper()} {goods.upper()}", price], [20, 36, -220], y
        )
        y += 15
    pen.next_block()
    for label in ("SUBTOTAL", "TAX", "TOTAL", "CASH", "CHANGE"):
        pen.row([label, amount(luck)], [20, -220], y + 8)
        y += 15
    pen.next_block()
    pen.line("THANK YOU FOR YOUR VISIT", 40, y + 26)
    pen.line("GOODS SOLD ARE NOT RETURNABLE", 30, y + 40)
    return pen.done(name)


def _invoice(luck: random.Random, name: str) -> Sheet:
    pen = _Pen(luck, size=10)
    pen.line(f"Invoice {luck.randint(1000, 9999)}", 60, 70, size=18)
    pen.next_block()
    for number, text in enumerate((f"{luck.choice(PLACES)} Supplies Ltd", f"{luck.randint(2, 99)} Quay Road", "Kexby")):
        pen.line(text, 60, 110 + 14 * number)
    pen.next_block()
    for number, label in enumerate(("Invoice date", "Due date", "Customer number")):
        value = str(luck.randint(10000, 99999)) if number == 2 else f"{luck.randint(10, 28)}.0{luck.randint(1, 9)}.2024"
        pen.row([label, value], [340, -530], 110 + 14 * number)
    pen.next_block()
    xs = [60, 100, -380, -450, -530]
    pen.row(["No.", "Item", "Quantity", "Price", "Amount"], xs, 190)
    y = 208.0
    for number, goods in enumerate(luck.sample(GOODS, 9), start=1):
        item = f"{luck.choice(ADJECTIVES)} {goods}"
        pen.row([str(number), item, str(luck.randint(1, 9)), amount(luck), amount(luck)], xs, y)
        pen.canvas.line(58, pen.height - y - 4, 532, pen.height - y - 4)
        y += 17
    pen.next_block()
    for label in ("Net total", "Value added tax", "Amount due"):
        pen.row([label, amount(luck)], [340, -530], y + 10)
        y += 15
    pen.next_block()
    pen.paragraph(" ".join(sentence(luck) for _ in range(3)), 60, y + 40, 470)
    return pen.done(name)


def _columns(luck: random.Random, name: str) -> Sheet:
    pen = _Pen(luck, font="Times-Roman", size=10)
    pen.line(f"Notes on the {luck.choice(ADJECTIVES)} {luck.choice(NOUNS)} of {luck.choice(PLACES)}", 56, 70, size=15)
    for column in range(2):
        y = 110.0
        for _ in range(4):
            pen.next_block()
            y = pen.paragraph(" ".join(sentence(luck) for _ in range(3)), 56 + 250 * column, y, 226) + 8
    pen.next_block()
    pen.line(f"Page {luck.randint(2, 9)}", 280, 810, size=8)
    return pen.done(name)


def _form(luck: random.Random, name: str) -> Sheet:
    pen = _Pen(luck, size=10)
    pen.line(f"Application for {luck.choice(ADJECTIVES)} {luck.choice(NOUNS)}", 60, 70, size=16)
    y = 120.0
    labels = ("Name", "Street", "Town", "Persons", "Children", "Rooms", "Boats", "Number", "Since", "Deposit")
    pen.next_block()
    for label in labels:
        value = {
            "Name": f"{luck.choice(PLACES)} Hartnell",
            "Street": f"{luck.choice(GOODS).title()} Street {luck.randint(10, 99)}",
            "Town": luck.choice(PLACES),
            "Number": str(luck.randint(100000, 999999)),
            "Since": f"{luck.randint(10, 28)} May {luck.randint(1990, 2020)}",
            "Deposit": amount(luck),
        }.get(label, str(luck.randint(1, 9)))
        pen.row([f"{label}:", value], [60, 200], y)
        y += 24
    pen.next_block()
    pen.paragraph(" ".join(sentence(luck) for _ in range(4)), 60, y + 20, 470)
    return pen.done(name)


def _minutes(luck: random.Random, name: str) -> Sheet:
    pen = _Pen(luck, font="Courier", size=10)
    pen.line(f"Minutes of the {luck.choice(NOUNS)} of {luck.choice(PLACES)}", 60, 70, size=14)
    y = 110.0
    for number in range(1, 5):
        pen.next_block()
        pen.line(f"Item {number}: {luck.choice(ADJECTIVES)} {luck.choice(NOUNS)}", 60, y)
        y = pen.paragraph(sentence(luck), 60, y + 15, 470)
        pen.line(f"In favour {luck.randint(2, 9)}, against {luck.randint(2, 9)}, absent {luck.randint(2, 9)}", 60, y)
        y += 30
    return pen.done(name)


_KINDS: dict[str, Callable[[random.Random, str], Sheet]] = {
    "letter": _letter,
    "receipt": _receipt,
    "invoice": _invoice,
    "columns": _columns,
    "form": _form,
    "minutes": _minutes,
}


def draw_sheets(seed: int, each: int) -> list[Sheet]:
    """Draw every kind so many times; the same seed draws the same."""
    return [
        draw(random.Random(f"{kind} {seed} {number}"), f"{kind}-{number}")
        for kind, draw in _KINDS.items()
        for number in range(each)
    ]
