"""Pages drawn with tables of many kinds, and the truth about them, from a seed.

Every kind draws with other words, figures, fonts and sizes for every seed; the truth is what was drawn. Kinds that draw
no table are there because inventing one is an error too.

    python -m benchmarks.drawn_tables OUTPUT_DIR [--seed 7] [--each 3]      writes PDFs and their truth
"""

from __future__ import annotations

import argparse
import io
import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4, landscape, letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

Truth = dict[str, Any]

_FAMILIES = {
    "Helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    "Times": ("Times-Roman", "Times-Bold", "Times-Italic"),
    "Courier": ("Courier", "Courier-Bold", "Courier-Oblique"),
}
_NOUNS = """
budget region transport energy harbour railway research hospital farming fishing household export import wage
pension training equipment licence vehicle bridge forest water waste museum library police customs market port
service agency insurance capital reserve property school university region survey population region income""".split()
_ADJECTIVES = """
annual regional public private national rural urban average net gross total direct indirect current fixed
seasonal temporary permanent foreign domestic primary secondary higher lower general special""".split()
_PLACES = """
Austria Belgium Bulgaria Cyprus Denmark Estonia Finland France Germany Greece Hungary Ireland Italy Latvia
Lithuania Luxembourg Malta Netherlands Poland Portugal Romania Slovakia Slovenia Spain Sweden Alabama Alaska
Arizona Arkansas California Colorado Delaware Florida Georgia Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky
Maine Nevada Ohio Oregon Texas Utah Vermont Virginia Wyoming""".split()
_TWO_WORD_PLACES = [
    "New York",
    "North Dakota",
    "South Carolina",
    "Czech Republic",
    "United Kingdom",
    "New Mexico",
    "West Virginia",
]
_VERBS = "shows covers includes reports follows supports replaces measures reflects describes limits extends".split()
_LINKS = "and because while although so that which where when since".split()


@dataclass(frozen=True)
class Drawn:
    """A drawn document and the truth about it."""

    name: str
    kind: str
    pdf: bytes
    truth: Truth


@dataclass
class Cell:
    """A cell to draw; wraps to its column's width."""

    text: str
    row_span: int = 1
    column_span: int = 1
    bold: bool = False
    align: str = ""
    indent: float = 0.0
    valign: str = ""
    is_turned: bool = False
    """Whether it is read from the bottom up."""


@dataclass
class Style:
    """How a table is drawn."""

    font: str = "Helvetica"
    size: float = 9.0
    leading: float = 1.2
    padding: float = 4.0
    gap: float = 2.0
    rules: str = "none"
    head_bold: bool = True
    head_fill: float | None = None
    head_white: bool = False
    zebra: bool = False
    spanner_rules: bool = False
    valign: str = "top"
    line_width: float = 0.5


@dataclass
class Page:
    """A canvas with a pen that goes down the page, and the truth so far."""

    rng: random.Random
    size: tuple[float, float] = A4
    margin: float = 62.0
    family: str = "Helvetica"
    text_size: float = 10.0
    number: int = 1
    buffer: io.BytesIO = field(default_factory=io.BytesIO)
    tables: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        self.canvas: Any = Canvas(self.buffer, pagesize=self.size, invariant=1)
        self.y = self.size[1] - self.margin

    @property
    def width(self) -> float:
        return self.size[0] - 2 * self.margin

    def font(self, style: int = 0) -> str:
        return _FAMILIES[self.family][style]

    def new_page(self) -> None:
        self.canvas.showPage()
        self.number += 1
        self.y = self.size[1] - self.margin

    def done(self, name: str, kind: str) -> Drawn:
        self.canvas.save()
        return Drawn(name, kind, self.buffer.getvalue(), {"file": f"{name}.pdf", "tables": self.tables})

    # -- text ----------------------------------------------------------------------------------------------------------

    def sentence(self, least: int = 8, most: int = 22) -> str:
        rng = self.rng
        words = ["The", rng.choice(_ADJECTIVES), rng.choice(_NOUNS), rng.choice(_VERBS)]
        while len(words) < rng.randint(least, most):
            words += [
                "the",
                rng.choice(_ADJECTIVES),
                rng.choice(_NOUNS),
                rng.choice(_LINKS),
                "the",
                rng.choice(_NOUNS),
                rng.choice(_VERBS),
            ]
            if rng.random() < 0.3:
                words.append(
                    f"{rng.randint(2, 98)}.{rng.randint(0, 9)} %"
                    if rng.random() < 0.5
                    else str(rng.randint(1990, 2026))
                )
        return " ".join(words[:most]) + "."

    def paragraph(
        self, lines: int, x: float | None = None, width: float | None = None, *, justify: bool = False
    ) -> None:
        x, width = self.margin if x is None else x, self.width if width is None else width
        text = ""
        while True:
            wrapped = wrap(text, self.font(), self.text_size, width)
            if len(wrapped) > lines:
                break
            text = f"{text} {self.sentence()}".strip()
        for number, line in enumerate(wrapped[:lines]):
            self.y -= self.text_size * 1.22
            words = line.split()
            room = width - stringWidth(line, self.font(), self.text_size)
            self.canvas.setFont(self.font(), self.text_size)
            if justify and number < lines - 1 and len(words) > 1:
                at = x
                for word in words:
                    self.canvas.drawString(at, self.y, word)
                    at += stringWidth(word + " ", self.font(), self.text_size) + room / (len(words) - 1)
            else:
                self.canvas.drawString(x, self.y, line)
        self.y -= self.text_size * 0.8

    def line(
        self,
        text: str,
        *,
        style: int = 0,
        size: float | None = None,
        x: float | None = None,
        after: float = 0.4,
        align: str = "left",
    ) -> None:
        size = self.text_size if size is None else size
        x = self.margin if x is None else x
        self.y -= size * 1.2
        self.canvas.setFont(self.font(style), size)
        if align == "centre":
            self.canvas.drawCentredString(self.size[0] / 2, self.y, text)
        else:
            self.canvas.drawString(x, self.y, text)
        self.y -= size * after

    def furniture(self, title: str = "Annual report on regional statistics", *, ruled: bool = True) -> None:
        """Draw a page header and footer."""
        self.canvas.setFont(self.font(2), 8)
        self.canvas.drawString(self.margin, self.size[1] - 34, title)
        self.canvas.drawRightString(self.size[0] - self.margin, 30, str(self.number + 11))
        if ruled:
            self.canvas.setLineWidth(0.4)
            self.canvas.line(self.margin, self.size[1] - 38, self.size[0] - self.margin, self.size[1] - 38)

    # -- tables --------------------------------------------------------------------------------------------------------

    def table(
        self,
        rows: Sequence[Sequence[Cell | None]],
        widths: Sequence[float],
        aligns: Sequence[str],
        style: Style,
        *,
        header_rows: int = 1,
        x: float | None = None,
        totals: Sequence[int] = (),
        group_gap: Sequence[int] = (),
        record: bool = True,
    ) -> None:
        """Draw a grid with its top at the pen and leave the pen below it.

        Shapes:  `None` is a place that a merged cell covers
        """
        x = self.margin if x is None else x
        lefts = [x]
        for width in widths:
            lefts.append(lefts[-1] + width)
        heights = self._heights(rows, widths, style)
        for index in group_gap:
            heights[index] += style.size * 0.9
        tops = [self.y]
        for height in heights:
            tops.append(tops[-1] - height)
        self._backgrounds(style, lefts, tops, header_rows, len(rows))
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell is not None:
                    self._cell(cell, r, c, lefts, tops, aligns, style, header_rows, group_gap)
        self._rules(rows, style, lefts, tops, header_rows, totals)
        self.y = tops[-1] - 2
        if record:
            self.tables.append(truth_of(self.number, rows))

    def _heights(self, rows: Sequence[Sequence[Cell | None]], widths: Sequence[float], style: Style) -> list[float]:
        heights: list[float] = []
        for row in rows:
            most = 1
            for c, cell in enumerate(row):
                if cell is not None and cell.is_turned:
                    longest = max(stringWidth(line, self._font(style, cell), style.size) for line in _lines(cell))
                    most = max(most, math.ceil((longest + 4) / (style.size * style.leading)))
                elif cell is not None and cell.row_span == 1:
                    width = sum(widths[c : c + cell.column_span]) - 2 * style.padding - cell.indent
                    most = max(most, len(wrap(cell.text, self._font(style, cell), style.size, width)))
            heights.append(most * style.size * style.leading + 2 * style.gap)
        return heights

    def _font(self, style: Style, cell: Cell) -> str:
        return _FAMILIES[style.font][1 if cell.bold else 0]

    def _cell(
        self,
        cell: Cell,
        r: int,
        c: int,
        lefts: Sequence[float],
        tops: Sequence[float],
        aligns: Sequence[str],
        style: Style,
        header_rows: int,
        group_gap: Sequence[int],
    ) -> None:
        x0, x1 = lefts[c] + style.padding + cell.indent, lefts[c + cell.column_span] - style.padding
        top, bottom = tops[r], tops[r + cell.row_span]
        if r in group_gap:
            top -= style.size * 0.9
        if r < header_rows and style.head_bold:
            cell.bold = True
        font = self._font(style, cell)
        if cell.is_turned:
            self._turned(_lines(cell), (x0 + x1) / 2, bottom + style.gap + 2, font, style)
            return
        lines = wrap(cell.text, font, style.size, x1 - x0)
        block = len(lines) * style.size * style.leading
        valign = "middle" if cell.row_span > 1 and style.valign != "bottom" else style.valign
        if r < header_rows and style.valign == "top" and cell.row_span == 1:
            valign = "bottom" if header_rows == 1 else "top"
        valign = cell.valign or valign
        if valign == "middle":
            y = (top + bottom) / 2 + block / 2
        elif valign == "bottom":
            y = bottom + style.gap + block
        else:
            y = top - style.gap
        align = cell.align or aligns[c]
        if cell.column_span > 1 and not cell.align:
            align = "centre"
        self.canvas.setFillGray(1 if style.head_white and r < header_rows else 0)
        self.canvas.setFont(font, style.size)
        for line in lines:
            y -= style.size * style.leading
            base = y + style.size * 0.25
            if align == "right":
                self.canvas.drawRightString(x1, base, line)
            elif align == "centre":
                self.canvas.drawCentredString((x0 + x1) / 2, base, line)
            else:
                self.canvas.drawString(x0, base, line)
        self.canvas.setFillGray(0)

    def _turned(self, lines: Sequence[str], middle: float, bottom: float, font: str, style: Style) -> None:
        """Draw lines that are read from the bottom up, side by side around a middle."""
        self.canvas.setFont(font, style.size)
        leading = style.size * style.leading
        for number, line in enumerate(lines):
            self.canvas.saveState()
            self.canvas.translate(middle + (number - len(lines) / 2 + 0.75) * leading, bottom)
            self.canvas.rotate(90)
            self.canvas.drawString(0, 0, line)
            self.canvas.restoreState()

    def _backgrounds(
        self, style: Style, lefts: Sequence[float], tops: Sequence[float], header_rows: int, count: int
    ) -> None:
        canvas = self.canvas
        if style.head_fill is not None:
            canvas.setFillGray(style.head_fill)
            canvas.rect(
                lefts[0], tops[header_rows], lefts[-1] - lefts[0], tops[0] - tops[header_rows], stroke=0, fill=1
            )
        if style.zebra:
            canvas.setFillGray(0.9)
            for r in range(header_rows, count, 2):
                canvas.rect(lefts[0], tops[r + 1], lefts[-1] - lefts[0], tops[r] - tops[r + 1], stroke=0, fill=1)
        if style.rules == "fills":
            for r in range(count):
                for c in range(len(lefts) - 1):
                    canvas.setFillGray(0.75 if r < header_rows else 0.88 if r % 2 else 0.93)
                    canvas.rect(
                        lefts[c] + 0.6,
                        tops[r + 1] + 0.6,
                        lefts[c + 1] - lefts[c] - 1.2,
                        tops[r] - tops[r + 1] - 1.2,
                        stroke=0,
                        fill=1,
                    )
        canvas.setFillGray(0)

    def _rules(
        self,
        rows: Sequence[Sequence[Cell | None]],
        style: Style,
        lefts: Sequence[float],
        tops: Sequence[float],
        header_rows: int,
        totals: Sequence[int],
    ) -> None:
        canvas, rules = self.canvas, style.rules
        canvas.setLineWidth(style.line_width)
        left, right, top, bottom = lefts[0], lefts[-1], tops[0], tops[-1]

        def across(y: float) -> None:
            canvas.line(left, y, right, y)

        if rules in {"grid", "open"}:
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if cell is None:
                        continue
                    x0, x1 = lefts[c], lefts[c + cell.column_span]
                    y0, y1 = tops[r + cell.row_span], tops[r]
                    if rules == "grid":
                        canvas.rect(x0, y0, x1 - x0, y1 - y0, stroke=1, fill=0)
                    else:
                        canvas.line(x0, y0, x1, y0)
                        if r == 0:
                            canvas.line(x0, y1, x1, y1)
                        if c > 0:
                            canvas.line(x0, y0, x0, y1)
        if rules in {"book", "rows", "head", "frame", "stub"}:
            if rules != "head":
                across(top)
                across(bottom)
            if header_rows:
                across(tops[header_rows])
        if rules == "rows":
            for y in tops[header_rows:]:
                across(y)
        if rules == "shaded head":  # a grid without the line under its header
            for y in (top, *tops[header_rows + 1 :]):
                across(y)
        if rules in {"frame", "shaded head"}:
            canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)
            for x in lefts[1:-1]:
                canvas.line(x, top, x, bottom)
        if rules == "columns":
            for x in lefts[1:-1]:
                canvas.line(x, top, x, bottom)
        if rules == "stub":
            canvas.line(lefts[1], top, lefts[1], bottom)
        if style.spanner_rules:
            for r, row in enumerate(rows[: header_rows - 1]):
                for c, cell in enumerate(row):
                    if cell is not None and cell.column_span > 1:
                        canvas.line(lefts[c] + 4, tops[r + 1], lefts[c + cell.column_span] - 4, tops[r + 1])
        for r in totals:
            for c in range(1, len(lefts) - 1):
                canvas.line(lefts[c] + 12, tops[r], lefts[c + 1] - style.padding, tops[r])


def _lines(cell: Cell) -> list[str]:
    """Part the text of a turned cell into two lines where it has three words and more."""
    words = cell.text.split()
    middle = (len(words) + 1) // 2
    return [" ".join(words[:middle]), " ".join(words[middle:])] if len(words) > 2 else [cell.text]


def wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Break a text where the next word does not fit."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        trial = f"{line} {word}".strip()
        if line and stringWidth(trial, font, size) > width:
            lines.append(line)
            line = word
        else:
            line = trial
    return [*lines, line] if line or not lines else lines


def truth_of(page: int, rows: Sequence[Sequence[Cell | None]]) -> dict[str, Any]:
    """Write the truth of one table in the score's format."""
    return {
        "page": page,
        "n_rows": len(rows),
        "n_cols": len(rows[0]),
        "cells": [
            {
                "row": r,
                "col": c,
                "row_end": r + cell.row_span - 1,
                "col_end": c + cell.column_span - 1,
                "text": cell.text,
            }
            for r, row in enumerate(rows)
            for c, cell in enumerate(row)
            if cell is not None and cell.text
        ],
    }


# --- words and figures ------------------------------------------------------------------------------------------------


_SWAPPED = str.maketrans(".,", ",.")
_WRITTEN: dict[str, Callable[[int], str]] = {
    "german": lambda whole: f"{whole:,}".translate(_SWAPPED),
    "german money": lambda whole: f"{whole / 7:,.2f}".translate(_SWAPPED),
    "french money": lambda whole: f"{whole / 7:,.2f}".translate(_SWAPPED).replace(".", " "),
    "swiss money": lambda whole: f"{whole / 7:,.2f}".replace(",", "'"),
    "rates": lambda whole: f"{whole / 9001:.4f}",
    "three decimals": lambda whole: f"{whole / 4001:.3f}",
    "kilograms": lambda whole: f"{whole / 4001:.3f}".translate(_SWAPPED),
    "indian": lambda whole: _in_lakhs(whole * 97),
}
"""How other countries and trades write figures."""


def _in_lakhs(whole: int) -> str:
    rest, last = divmod(whole, 1000)
    groups: list[str] = []
    while rest > 99:
        rest, group = divmod(rest, 100)
        groups.insert(0, f"{group:02d}")
    return ",".join([str(rest), *groups, f"{last:03d}"]) if rest else str(last)


def figure(rng: random.Random, kind: str) -> str:
    """Write one figure of a kind."""
    whole = int(10 ** rng.uniform(0.5, 5.5))
    if kind == "decimal":
        return f"{rng.uniform(0, 120):.1f}"
    if kind == "percent":
        return f"{rng.uniform(0, 100):.1f}%"
    if kind == "spaced":
        return f"{whole:,}".replace(",", " ")
    if kind == "money":
        return f"{whole / 7:,.2f}"
    if kind == "signed":
        return f"({whole:,})" if rng.random() < 0.35 else f"{whole:,}"
    if kind == "dash":
        return rng.choice(["–", "n/a", "-"]) if rng.random() < 0.15 else f"{whole:,}"
    if kind in _WRITTEN:
        return _WRITTEN[kind](whole)
    if kind == "bracket":
        return f"({rng.uniform(0, 9):.2f})"
    return f"{whole:,}"


def label(rng: random.Random, least: int = 1, most: int = 4) -> str:
    """Write a row label."""
    if rng.random() < 0.3:
        return rng.choice(_PLACES + _TWO_WORD_PLACES)
    words = [rng.choice(_ADJECTIVES).capitalize()] + [rng.choice(_NOUNS) for _ in range(rng.randint(least, most) - 1)]
    return " ".join(words)


def numbers(rng: random.Random, count: int, columns: int, kind: str, **extra: Any) -> list[list[Cell | None]]:
    """Write rows of a label and figures."""
    return [[Cell(label(rng, **extra)), *(Cell(figure(rng, kind)) for _ in range(columns))] for _ in range(count)]


def heads(rng: random.Random, columns: int, first: str | None = None) -> list[Cell | None]:
    """Write a row of column headers."""
    start = rng.choice(["Region", "Item", "Country", "Characteristic", ""]) if first is None else first
    kind = rng.random()
    if kind < 0.4:
        year = rng.randint(1990, 2015)
        return [Cell(start), *(Cell(str(year + i)) for i in range(columns))]
    if kind < 0.6:
        year = rng.randint(1998, 2015)
        return [Cell(start), *(Cell(f"FY {year + i}") for i in range(columns))]
    return [
        Cell(start),
        *(Cell(f"{rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}") for _ in range(columns)),
    ]


def spanning_heads(rng: random.Random, groups: Sequence[int]) -> list[list[Cell | None]]:
    """Write two header rows: headings over groups of columns, and the columns under them."""
    top: list[Cell | None] = [Cell(rng.choice(["Region", "Sector", "Group"]), row_span=2)]
    low: list[Cell | None] = [None]
    for number, group in enumerate(groups):
        top += [
            Cell(
                f"{rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}" if number % 2 else str(2007 + number),
                column_span=group,
            ),
            *([None] * (group - 1)),
        ]
        low += [Cell(rng.choice(["No.", "%", "Total", "Men", "Women", "Value", "Share", "Rate"])) for _ in range(group)]
    return [top, low]


def new_page(rng: random.Random, **extra: Any) -> Page:
    """Start a page in a style of its own."""
    chosen: dict[str, Any] = {
        "size": rng.choice([A4, letter]),
        "family": rng.choice(["Helvetica", "Times", "Times", "Helvetica"]),
        "text_size": rng.choice([9.0, 10.0, 11.0, 12.0]),
        **extra,
    }
    return Page(rng, **chosen)


def style_of(rng: random.Random, page: Page, **extra: Any) -> Style:
    """Choose a table's type and spacing."""
    chosen: dict[str, Any] = {
        "font": rng.choice([page.family, "Helvetica"]),
        "size": rng.choice([7.0, 8.0, 9.0, 10.0]),
        "leading": rng.choice([1.1, 1.2]),
        "gap": rng.choice([0.8, 2.0, 3.5]),
        "padding": rng.choice([3.0, 5.0]),
        "line_width": rng.choice([0.3, 0.5, 1.0]),
        "head_bold": rng.random() < 0.7,
        **extra,
    }
    return Style(**chosen)


def even(page: Page, columns: int, share: float = 0.3, width: float | None = None) -> list[float]:
    """Share the width: a wide first column and equal others."""
    width = page.width if width is None else width
    return [width * share, *([width * (1 - share) / columns] * columns)]


def caption(page: Page, number: int | None = None) -> None:
    """Draw a table's title."""
    rng = page.rng
    number = rng.randint(1, 30) if number is None else number
    words = f"{rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)} by {rng.choice(_NOUNS)}, {rng.randint(1995, 2020)}"
    page.line(
        rng.choice([f"Table {number}. {words.capitalize()}", f"Table {number}: {words}", f"TABLE {number} – {words}"]),
        style=1,
        after=0.6,
    )


def surround(draw: Callable[[Page], None], page: Page, *, title: bool | None = None) -> None:
    """Draw prose, a table, prose."""
    page.furniture()
    page.paragraph(page.rng.randint(2, 6))
    if title if title is not None else page.rng.random() < 0.6:
        caption(page)
    draw(page)
    page.y -= page.text_size
    page.paragraph(page.rng.randint(2, 5), justify=page.rng.random() < 0.4)


# --- the kinds --------------------------------------------------------------------------------------------------------


def _simple(rules: str, kind: str = "plain", **extra: Any) -> Callable[[random.Random], Page]:
    def draw(rng: random.Random) -> Page:
        page = new_page(rng)
        columns = rng.randint(2, 6)
        style = style_of(rng, page, rules=rules, **extra)

        def body(page: Page) -> None:
            rows = [heads(rng, columns), *numbers(rng, rng.randint(4, 18), columns, kind)]
            page.table(rows, even(page, columns), ["left", *(["right"] * columns)], style)

        surround(body, page)
        return page

    return draw


def _spanning(rules: str, **extra: Any) -> Callable[[random.Random], Page]:
    def draw(rng: random.Random) -> Page:
        page = new_page(rng)
        groups = [rng.randint(2, 4) for _ in range(rng.randint(1, 3))]
        style = style_of(rng, page, rules=rules, size=8.0, **extra)

        def body(page: Page) -> None:
            head = spanning_heads(rng, groups)
            rows = [*head, *numbers(rng, rng.randint(5, 14), sum(groups), "decimal")]
            page.table(
                rows,
                even(page, sum(groups)),
                ["left", *([rng.choice(["right", "centre"])] * sum(groups))],
                style,
                header_rows=2,
            )

        surround(body, page)
        return page

    return draw


def dense(rng: random.Random) -> Page:
    """A landscape page of more than twenty columns of figures."""
    page = new_page(rng, size=landscape(A4), margin=36.0)
    columns = rng.randint(18, 23)
    style = style_of(rng, page, rules=rng.choice(["book", "none", "head"]), size=6.0, padding=1.5, gap=0.8)
    page.furniture()
    caption(page)
    year = 1990
    rows: list[list[Cell | None]] = [
        [Cell(""), *(Cell(str(year + i)) for i in range(columns))],
        *numbers(rng, rng.randint(15, 32), columns, "decimal", most=2),
    ]
    page.table(rows, even(page, columns, 0.14), ["left", *(["right"] * columns)], style)
    return page


def dense_sparse(rng: random.Random) -> Page:
    """Many narrow columns with many empty places."""
    page = new_page(rng, margin=44.0)
    columns = rng.randint(9, 13)
    style = style_of(rng, page, rules=rng.choice(["book", "none"]), size=7.0, padding=2.0, gap=1.0)
    page.furniture()
    caption(page)
    rows: list[list[Cell | None]] = [
        [
            Cell("Country"),
            *(Cell(f"{a}{b}") for a, b in zip("ABCDEFGHIJKLMNO"[:columns], "123456789012345", strict=False)),
        ],
        *numbers(rng, rng.randint(14, 28), columns, "decimal", most=2),
    ]
    for row in rows[1:]:
        for c in range(1, columns + 1):
            if rng.random() < 0.25:
                row[c] = Cell("")
    page.table(rows, even(page, columns, 0.2), ["left", *(["right"] * columns)], style)
    return page


def invoice(rng: random.Random) -> Page:
    """An invoice with wrapped descriptions and a total outside the table."""
    page = new_page(rng)
    page.line("INVOICE", style=1, size=18)
    page.line(f"Invoice no. {rng.randint(10000, 99999)}   Date: {rng.randint(1, 28)} May 2025")
    page.line(f"Bill to: {rng.choice(_PLACES)} Works Ltd, {rng.randint(1, 90)} Mill Lane", after=3)
    style = style_of(rng, page, rules=rng.choice(["none", "head", "rows", "grid"]), zebra=rng.random() < 0.4)
    rows: list[list[Cell | None]] = [[Cell(t) for t in ("Item", "Description", "Qty", "Unit price", "Amount")]]
    for _ in range(rng.randint(3, 11)):
        text = f"{rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)} {rng.choice(_NOUNS)}"
        text += f", type {rng.randint(10, 999)}"
        if rng.random() < 0.3:
            text += f" with {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)} kit and {rng.choice(_NOUNS)}"
        rows.append(
            [
                Cell(f"{rng.choice('ABKLMPQ')}{rng.randint(1000, 9999)}"),
                Cell(text),
                Cell(str(rng.randint(1, 60))),
                Cell(figure(rng, "money")),
                Cell(figure(rng, "money")),
            ]
        )
    widths = [page.width * share for share in (0.14, 0.4, 0.1, 0.18, 0.18)]
    page.table(rows, widths, ["left", "left", "right", "right", "right"], style)
    page.y -= 10
    page.canvas.setFont(page.font(1), 11)
    page.canvas.drawRightString(page.size[0] - page.margin, page.y - 11, f"Total due: EUR {figure(rng, 'money')}")
    page.canvas.setFont(page.font(), 8)
    page.canvas.drawString(page.margin, 60, "Payment within 30 days. Late payment is charged at 1.5 % per month.")
    return page


def bank(rng: random.Random) -> Page:
    """A bank statement: dates, texts, amounts in one of two columns, a balance."""
    page = new_page(rng)
    page.line("Statement of account", style=1, size=15)
    page.line(f"Account 0{rng.randint(100000, 999999)} · {rng.choice(_PLACES)} branch", after=2)
    style = style_of(rng, page, rules=rng.choice(["none", "head", "book"]))
    rows: list[list[Cell | None]] = [[Cell(t) for t in ("Date", "Details", "Paid out", "Paid in", "Balance")]]
    for day in sorted(rng.randint(1, 28) for _ in range(rng.randint(8, 26))):
        out = rng.random() < 0.7
        rows.append(
            [
                Cell(f"{day:02d} Mar 2025"),
                Cell(f"{rng.choice(['Card payment', 'Transfer', 'Direct debit'])} {rng.choice(_PLACES)}"),
                Cell(figure(rng, "money") if out else ""),
                Cell("" if out else figure(rng, "money")),
                Cell(figure(rng, "money")),
            ]
        )
    widths = [page.width * share for share in (0.16, 0.36, 0.16, 0.16, 0.16)]
    page.table(rows, widths, ["left", "left", "right", "right", "right"], style)
    return page


def _side_by_side(rules: str, *, titles: bool, same_rows: bool) -> Callable[[random.Random], Page]:
    def draw(rng: random.Random) -> Page:
        page = new_page(rng, text_size=10.0)
        page.furniture()
        page.paragraph(4)
        gap = rng.choice([24.0, 36.0])
        width = (page.width - gap) / 2
        start, lowest = page.y, page.y
        count = rng.randint(5, 10)
        for side in range(2):
            page.y = start
            x = page.margin + side * (width + gap)
            if titles:
                page.line(
                    f"Table {side + 4}. {rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}",
                    style=1,
                    size=9,
                    x=x,
                    after=0.8,
                )
            columns = rng.randint(2, 3)
            style = style_of(rng, page, rules=rules, size=8.0, gap=2.0, leading=1.2)
            rows = [
                heads(rng, columns, first="Region")[: columns + 1],
                *numbers(rng, count if same_rows else count + side * 3, columns, "decimal", most=2),
            ]
            for c in range(1, columns + 1):
                rows[0][c] = Cell(str(2001 + c + side * 4))
            page.table(rows, even(page, columns, 0.46, width), ["left", *(["right"] * columns)], style, x=x)
            lowest = min(lowest, page.y)
        page.y = lowest - 14
        page.paragraph(4)
        return page

    return draw


def in_column(rng: random.Random) -> Page:
    """A table inside one column of a two-column page."""
    page = new_page(rng, text_size=rng.choice([9.0, 10.0]))
    page.furniture()
    gap = 20.0
    width = (page.width - gap) / 2
    start = page.y
    side = rng.randint(0, 1)
    for column in range(2):
        page.y = start
        x = page.margin + column * (width + gap)
        page.paragraph(rng.randint(8, 14), x, width, justify=True)
        if column == side:
            page.line(
                f"Table {rng.randint(1, 9)}. {rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}",
                style=1,
                size=9,
                x=x,
                after=0.7,
            )
            columns = rng.randint(2, 3)
            style = style_of(rng, page, rules=rng.choice(["book", "none", "rows", "grid"]), size=8.0, padding=2.0)
            rows = [heads(rng, columns, first="Group"), *numbers(rng, rng.randint(5, 10), columns, "decimal", most=2)]
            for c in range(1, columns + 1):
                rows[0][c] = Cell(str(2001 + c))
            page.table(rows, even(page, columns, 0.45, width), ["left", *(["right"] * columns)], style, x=x)
            page.y -= 10
        while page.y > 160:
            page.paragraph(rng.randint(4, 9), x, width, justify=True)
    return page


def above_columns(rng: random.Random) -> Page:
    """A table over the full width above two columns of text."""
    page = new_page(rng, text_size=10.0)
    page.furniture()
    caption(page)
    columns = rng.choice([3, 5, 7])
    style = style_of(rng, page, rules=rng.choice(["book", "none", "rows"]), size=8.0)
    page.table(
        [heads(rng, columns), *numbers(rng, rng.randint(6, 12), columns, "plain", most=2)],
        even(page, columns, 0.25),
        ["left", *(["right"] * columns)],
        style,
    )
    page.y -= 16
    gap = 20.0
    width = (page.width - gap) / 2
    start = page.y
    for column in range(2):
        page.y = start
        while page.y > 200:
            page.paragraph(rng.randint(5, 10), page.margin + column * (width + gap), width, justify=True)
    return page


def _long_text(rules: str) -> Callable[[random.Random], Page]:
    def draw(rng: random.Random) -> Page:
        page = new_page(rng, text_size=10.0)
        columns = rng.randint(2, 3)
        style = style_of(rng, page, rules=rules, size=8.0, gap=3.5, head_bold=True)

        def body(page: Page) -> None:
            rows: list[list[Cell | None]] = [[Cell(t) for t in ("Measure", "Purpose", "Result")[:columns]]]
            rows += [  # pyright: ignore[reportAssignmentType]  # a list of cells is a row
                [Cell(label(rng, 2, 4)), *(Cell(page.sentence(6, rng.randint(8, 24))) for _ in range(columns - 1))]
                for _ in range(rng.randint(3, 6))
            ]
            widths = [page.width * s for s in ((0.25, 0.75) if columns == 2 else (0.2, 0.4, 0.4))]
            page.table(rows, widths, ["left"] * columns, style)

        surround(body, page)
        return page

    return draw


def _wrapped_labels(rules: str, valign: str) -> Callable[[random.Random], Page]:
    def draw(rng: random.Random) -> Page:
        page = new_page(rng, text_size=10.0)
        columns = rng.randint(3, 6)
        style = style_of(rng, page, rules=rules, size=8.0, valign=valign, gap=rng.choice([1.0, 2.5]))

        def body(page: Page) -> None:
            rows = [heads(rng, columns), *numbers(rng, rng.randint(7, 14), columns, "plain", most=2)]
            for row in rows[1:]:
                if rng.random() < 0.4:
                    row[0] = Cell(
                        f"{label(rng, 3, 4)} of {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)} and {rng.choice(_NOUNS)}"
                    )
            page.table(rows, even(page, columns, 0.27), ["left", *(["right"] * columns)], style)

        surround(body, page)
        return page

    return draw


def sections(rng: random.Random) -> Page:
    """Rows that are headings inside the table, their items set in."""
    page = new_page(rng, text_size=10.0)
    columns = rng.randint(2, 5)
    style = style_of(rng, page, rules=rng.choice(["book", "none", "rows", "head"]), size=8.0)
    bold = rng.random() < 0.6

    def body(page: Page) -> None:
        rows: list[list[Cell | None]] = [heads(rng, columns, first="Characteristic")]
        for _ in range(rng.randint(2, 4)):
            rows.append([Cell(label(rng, 1, 3), bold=bold), *(Cell("") for _ in range(columns))])
            for row in numbers(rng, rng.randint(2, 5), columns, "decimal", most=2):
                if isinstance(row[0], Cell):
                    row[0].indent = 9
                rows.append(row)
        page.table(rows, even(page, columns, 0.34), ["left", *(["right"] * columns)], style)

    surround(body, page)
    return page


def repeated_labels(rng: random.Random) -> Page:
    """Sections with the same labels in each, and small figures that occur again and again."""
    page = new_page(rng)
    columns = rng.randint(2, 5)
    style = style_of(rng, page, rules=rng.choice(["none", "book", "rows"]))
    labels = [*rng.choice([["Male", "Female"], ["Urban", "Rural"], ["Owners", "Tenants", "Others"]]), "Total"]

    def body(page: Page) -> None:
        rows: list[list[Cell | None]] = [heads(rng, columns)]
        for place in rng.sample(_PLACES, rng.randint(2, 5)):
            section: list[list[Cell | None]] = [[Cell(place), *(Cell("") for _ in range(columns))]]
            for text in labels:
                figures = [Cell(str(rng.randint(0, 30))) for _ in range(columns)]
                section.append([Cell(text, indent=8), *figures])
            rows += section
        page.table(rows, even(page, columns), ["left", *(["right"] * columns)], style)

    surround(body, page)
    return page


def roster(rng: random.Random) -> Page:
    """Names with codes of a few kinds in every column, and dashes."""
    page = new_page(rng)
    columns = rng.randint(5, 7)
    style = style_of(rng, page, rules=rng.choice(["grid", "none", "rows"]))
    codes = rng.choice([["E", "L", "N", "F", "U", "–"], ["x", "–"], ["yes", "no"]])

    def body(page: Page) -> None:
        names = rng.sample(_PLACES, rng.randint(6, 12))
        rows: list[list[Cell | None]] = [heads(rng, columns, first="Post")]
        codes_of: list[list[Cell | None]] = [
            [Cell(name), *(Cell(rng.choice(codes)) for _ in range(columns))] for name in names
        ]
        rows += codes_of
        page.table(rows, even(page, columns), ["left", *(["centre"] * columns)], style)

    surround(body, page)
    return page


def groups_apart(rng: random.Random) -> Page:
    """One borderless table whose rows stand in blocks set apart."""
    page = new_page(rng)
    columns = rng.randint(3, 6)
    style = style_of(rng, page, rules=rng.choice(["none", "book"]), size=8.0, gap=1.0)
    page.furniture()
    caption(page)
    rows = [heads(rng, columns), *numbers(rng, rng.randint(20, 40), columns, "plain", most=2)]
    page.table(
        rows, even(page, columns, 0.26), ["left", *(["right"] * columns)], style, group_gap=range(6, len(rows), 5)
    )
    return page


def leaders(rng: random.Random) -> Page:
    """Rows whose labels lead to their figures by dots."""
    page = new_page(rng)
    columns = rng.randint(2, 4)
    size = rng.choice([8.0, 9.0])
    style = style_of(rng, page, rules=rng.choice(["book", "none"]), size=size, font=page.family)

    def body(page: Page) -> None:
        rows = [heads(rng, columns), *numbers(rng, rng.randint(6, 14), columns, "plain")]
        widths = even(page, columns, 0.45)
        start = page.y
        page.table(rows, widths, ["left", *(["right"] * columns)], style)
        y = start
        page.canvas.setFont(page.font(), size)
        for number, row in enumerate(rows):
            y -= size * style.leading + 2 * style.gap
            if number and isinstance(row[0], Cell):
                used = stringWidth(row[0].text, page.font(), size) + style.padding + 3
                room = widths[0] - used - 4
                dots = "." * int(room / stringWidth(".", page.font(), size))
                page.canvas.drawRightString(page.margin + widths[0], y + style.gap + size * 0.25, dots)

    surround(body, page)
    return page


def currency(rng: random.Random) -> Page:
    """Currency signs that stand apart from the first and last figures of a column."""
    page = new_page(rng, text_size=10.0)
    columns = rng.randint(2, 4)
    style = style_of(rng, page, rules="none", size=9.0)

    def body(page: Page) -> None:
        rows: list[list[Cell | None]] = [
            [Cell("(in thousands)"), *(Cell(str(2010 - i)) for i in range(columns))],
            *numbers(rng, rng.randint(6, 12), columns, "signed"),
        ]
        widths = even(page, columns, 0.45)
        height = style.size * style.leading + 2 * style.gap
        start = page.y
        last = len(rows) - 1
        page.table(rows, widths, ["left", *(["right"] * columns)], style, totals=[last], record=False)
        page.canvas.setFont(_FAMILIES[style.font][0], style.size)
        for r in (1, last):
            for c in range(1, columns + 1):
                x = page.margin + widths[0] + (c - 1) * widths[1] + widths[1] * 0.25
                page.canvas.drawString(x, start - (r + 1) * height + style.gap + style.size * 0.25, "$")
                cell = rows[r][c]
                if isinstance(cell, Cell):
                    cell.text = f"$ {cell.text}"
        page.tables.append(truth_of(page.number, rows))

    surround(body, page)
    return page


def with_notes(rng: random.Random) -> Page:
    """A table with notes and a source under it."""
    page = new_page(rng, text_size=10.0)
    columns = rng.randint(3, 6)
    style = style_of(rng, page, rules=rng.choice(["book", "none", "grid"]), size=8.0)

    def body(page: Page) -> None:
        page.table(
            [heads(rng, columns), *numbers(rng, rng.randint(5, 12), columns, "dash")],
            even(page, columns),
            ["left", *(["right"] * columns)],
            style,
        )
        page.line(f"1 {page.sentence(8, 14)}", size=7, after=0.1)
        page.line(f"* {page.sentence(6, 10)}", size=7, after=0.1)
        page.line("Source: national statistical offices.", size=7, after=0.5)

    surround(body, page)
    return page


def statement(rng: random.Random) -> Page:
    """A financial statement: rules only over the totals."""
    page = new_page(rng, text_size=10.0)
    page.line(f"{rng.choice(_PLACES)} Holdings plc", style=1, size=14, align=rng.choice(["left", "centre"]))
    page.paragraph(2)
    columns = rng.randint(2, 4)
    style = style_of(rng, page, rules="none", size=9.0)
    rows: list[list[Cell | None]] = [[Cell(""), *(Cell(str(2012 - i)) for i in range(columns))]]
    totals: list[int] = []
    for _ in range(rng.randint(2, 4)):
        rows += numbers(rng, rng.randint(2, 5), columns, "signed")
        totals.append(len(rows))
        rows.append(
            [
                Cell(f"Total {rng.choice(_NOUNS)}", bold=True),
                *(Cell(figure(rng, "signed"), bold=True) for _ in range(columns)),
            ]
        )
    page.table(rows, even(page, columns, 0.5), ["left", *(["right"] * columns)], style, totals=totals)
    page.y -= 12
    page.paragraph(3)
    return page


def merged_stub(rng: random.Random) -> Page:
    """A ruled grid whose first column has cells over several rows."""
    page = new_page(rng, text_size=10.0)
    columns = rng.randint(2, 4)
    style = style_of(rng, page, rules="grid", size=9.0, gap=3.5)

    def body(page: Page) -> None:
        rows: list[list[Cell | None]] = [
            [Cell("Site"), Cell("Method"), *(Cell(f"Run {i}") for i in range(1, columns + 1))]
        ]
        for _ in range(rng.randint(3, 5)):
            count = rng.randint(1, 3)
            for number in range(count):
                first = Cell(rng.choice(_PLACES), row_span=count) if number == 0 else None
                rows.append(
                    [
                        first,
                        Cell(rng.choice(["Wet 4a", "Dry 8b", "Optical 3a"])),
                        *(Cell(figure(rng, "decimal") if rng.random() < 0.85 else "") for _ in range(columns)),
                    ]
                )
        page.table(
            rows,
            [page.width * 0.22, page.width * 0.2, *([page.width * 0.58 / columns] * columns)],
            ["left", "left", *(["right"] * columns)],
            style,
        )

    surround(body, page)
    return page


def small(rng: random.Random) -> Page:
    """A table of two or three rows."""
    page = new_page(rng)
    columns = rng.randint(3, 5)
    style = style_of(rng, page, rules=rng.choice(["grid", "open", "book"]), size=9.0)

    def body(page: Page) -> None:
        page.table(
            [heads(rng, columns), *numbers(rng, rng.randint(1, 2), columns, "spaced")],
            even(page, columns),
            ["left", *(["centre"] * columns)],
            style,
        )

    surround(body, page, title=True)
    return page


def text_columns(rng: random.Random) -> Page:
    """Short texts in columns: who, what, where."""
    page = new_page(rng, text_size=10.0)
    style = style_of(rng, page, rules=rng.choice(["book", "rows", "grid"]), size=9.0, head_bold=True)

    def body(page: Page) -> None:
        rows: list[list[Cell | None]] = [[Cell(t) for t in ("Member", "Office", "Region", "Since")]]
        rows += [  # pyright: ignore[reportAssignmentType]  # rows of both kinds
            [
                Cell(f"{rng.choice('ABCDEFG')}. {rng.choice(_NOUNS).capitalize()}"),
                Cell(f"{rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}"),
                Cell(rng.choice(_PLACES)),
                Cell(str(rng.randint(1990, 2020))),
            ]
            for _ in range(rng.randint(4, 10))
        ]
        page.table(rows, [page.width * s for s in (0.25, 0.35, 0.25, 0.15)], ["left"] * 4, style)

    surround(body, page, title=True)
    return page


def stacked(rng: random.Random) -> Page:
    """Two tables under each other with their own titles."""
    page = new_page(rng, text_size=10.0)
    page.furniture()
    style = style_of(rng, page, rules=rng.choice(["book", "none", "grid", "rows"]), size=8.0)
    for number in (1, 2):
        columns = rng.randint(2, 5)
        caption(page, number)
        page.table(
            [heads(rng, columns), *numbers(rng, rng.randint(4, 8), columns, "plain")],
            even(page, columns),
            ["left", *(["right"] * columns)],
            style,
        )
        page.y -= 18
    page.paragraph(3)
    return page


def continued(rng: random.Random) -> Page:
    """A table that runs over two pages, its header repeated; the truth counts the pages apart."""
    page = new_page(rng, text_size=10.0)
    columns = rng.randint(3, 5)
    style = style_of(rng, page, rules=rng.choice(["book", "grid", "rows", "none"]), size=9.0, gap=2.0, leading=1.2)
    page.furniture()
    page.paragraph(4)
    caption(page)
    head = heads(rng, columns)
    widths, aligns = even(page, columns), ["left", *(["right"] * columns)]
    room = int((page.y - 70) / (style.size * style.leading + 2 * style.gap)) - 2
    page.table([head, *numbers(rng, room, columns, "plain", most=2)], widths, aligns, style)
    page.new_page()
    page.furniture()
    page.table([head, *numbers(rng, rng.randint(6, 15), columns, "plain", most=2)], widths, aligns, style)
    page.y -= 14
    page.paragraph(4)
    return page


def turned(rng: random.Random) -> Page:
    """A table set sideways on an upright page."""
    page = new_page(rng, size=A4)
    page.canvas.translate(page.size[0], 0)
    page.canvas.rotate(90)
    page.size = (A4[1], A4[0])
    page.y = page.size[1] - page.margin
    caption(page)
    columns = rng.randint(6, 9)
    style = style_of(rng, page, rules=rng.choice(["book", "grid", "none"]), size=8.0)
    page.table(
        [heads(rng, columns), *numbers(rng, rng.randint(8, 16), columns, "decimal", most=2)],
        even(page, columns, 0.2),
        ["left", *(["right"] * columns)],
        style,
    )
    return page


def no_prose(rng: random.Random) -> Page:
    """Two columns of text and no table."""
    page = new_page(rng)
    page.furniture()
    page.line("Minutes of the meeting", style=1, size=15)
    gap = 18.0
    width = (page.width - gap) / 2
    start = page.y
    for column in range(2):
        page.y = start
        while page.y > 130:
            page.paragraph(rng.randint(3, 12), page.margin + column * (width + gap), width, justify=rng.random() < 0.5)
    return page


def no_lists(rng: random.Random) -> Page:
    """Lists with bullets and numbers."""
    page = new_page(rng)
    page.furniture()
    page.paragraph(4)
    count = rng.randint(5, 12)
    mark = rng.choice(["•", "1.", "(a)"])
    for number in range(count):
        own = {"•": "•", "1.": f"{number + 1}.", "(a)": f"({chr(97 + number)})"}[mark]
        page.canvas.setFont(page.font(), page.text_size)
        page.canvas.drawString(page.margin + 10, page.y - page.text_size * 1.22, own)
        page.paragraph(rng.randint(1, 3), page.margin + 34, page.width - 34)
    return page


def no_contents(rng: random.Random) -> Page:
    """A table of contents, which is no table."""
    page = new_page(rng)
    numbered, spaced = rng.random() < 0.5, rng.random() < 0.4
    page.line("Contents", style=1, size=16, after=1)
    at = 1
    for number in range(rng.randint(12, 26)):
        text = label(rng, 2, 4) if numbered else f"{number + 1}  {label(rng, 2, 4)}"
        page.y -= page.text_size * 1.5
        page.canvas.setFont(page.font(), page.text_size)
        if numbered:
            page.canvas.drawString(page.margin, page.y, f"{number + 1}.")
        page.canvas.drawString(page.margin + (30 if numbered else 0), page.y, text)
        at += rng.randint(0, 6)
        right = page.size[0] - page.margin
        page.canvas.drawRightString(right, page.y, str(at))
        if rng.random() < 0.9:
            room = right - page.margin - stringWidth(text, page.font(), page.text_size) - 30
            dot = ". " if spaced else "."
            page.canvas.drawRightString(
                right - 16, page.y, (dot * int((room - 30) / stringWidth(dot, page.font(), page.text_size))).rstrip()
            )
    return page


def no_chart(rng: random.Random) -> Page:
    """A line chart with marked axes, grid lines and a legend."""
    page = new_page(rng, text_size=10.0)
    page.furniture()
    page.paragraph(5)
    page.line(f"Figure {rng.randint(1, 9)}. {rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}", style=1)
    left, top, width, height = page.margin + 40, page.y - 12, page.width - 90, 190.0
    canvas = page.canvas
    canvas.setLineWidth(0.4)
    steps = rng.randint(5, 8)
    step = rng.choice([10, 50, 1000, 2.5])
    canvas.setFont(page.font(), 8)
    for i in range(steps + 1):
        y = top - height + i * height / steps
        canvas.line(left, y, left + width, y)
        canvas.drawRightString(left - 5, y - 3, f"{i * step:,}")
        if steps % 2:
            canvas.drawString(left + width + 5, y - 3, f"{i * 0.05:.2f}")
    years = rng.randint(6, 12)
    last = (0.0, 0.0)
    for i in range(years):
        x = left + (i + 0.5) * width / years
        canvas.drawCentredString(x, top - height - 12, str(2000 + i))
        point = (x, top - height * rng.uniform(0.1, 0.9))
        if i:
            canvas.line(*last, *point)
        last = point
    canvas.line(left, top, left, top - height)
    canvas.drawString(left + 60, top - height - 28, f"{rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}")
    canvas.drawString(left + 220, top - height - 28, f"{rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}")
    page.y = top - height - 44
    page.paragraph(6)
    return page


def no_bars(rng: random.Random) -> Page:
    """A bar chart with labels and figures at the bars."""
    page = new_page(rng, text_size=10.0)
    page.furniture()
    page.line(f"Chart {rng.randint(1, 9)}. {rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}", style=1)
    canvas = page.canvas
    canvas.setFont(page.font(), 8)
    y = page.y - 20
    for _ in range(rng.randint(5, 9)):
        canvas.drawRightString(page.margin + 90, y + 3, rng.choice(_PLACES))
        length = rng.uniform(40, page.width - 160)
        canvas.setFillGray(0.5)
        canvas.rect(page.margin + 96, y, length, 11, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(page.margin + 100 + length, y + 3, f"{length / 5:.1f}")
        y -= 20
    for i in range(6):
        canvas.drawCentredString(page.margin + 96 + i * (page.width - 160) / 5, y, str(i * 20))
    page.y = y - 20
    page.paragraph(8)
    return page


def no_letter(rng: random.Random) -> Page:
    """A letter with a head of names and values."""
    page = new_page(rng)
    page.line(f"{rng.choice(_PLACES)} Department of {rng.choice(_NOUNS).capitalize()}", style=1, size=14)
    for name, value in (
        ("To:", "All regional offices"),
        ("From:", "The secretary"),
        ("Date:", "12 June 2019"),
        ("Subject:", f"{rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}"),
    ):
        page.y -= page.text_size * 1.4
        page.canvas.setFont(page.font(1), page.text_size)
        page.canvas.drawString(page.margin, page.y, name)
        page.canvas.setFont(page.font(), page.text_size)
        page.canvas.drawString(page.margin + 70, page.y, value)
    page.y -= 20
    for _ in range(4):
        page.paragraph(rng.randint(3, 6), justify=rng.random() < 0.5)
    page.line("Yours sincerely,", after=3)
    page.line("A. Harbour")
    return page


def no_maths(rng: random.Random) -> Page:
    """Numbered formulas between paragraphs."""
    page = new_page(rng)
    page.furniture()
    for number in range(1, 5):
        page.paragraph(rng.randint(2, 4))
        page.y -= 14
        page.canvas.setFont(page.font(2), page.text_size)
        page.canvas.drawCentredString(
            page.size[0] / 2,
            page.y,
            rng.choice(["y = a + b x + c z", "r = (p - q) / (p + q)", "v(t) = v(0) + g t", "S = x + 2 y - 3 z"]),
        )
        page.canvas.drawRightString(page.size[0] - page.margin, page.y, f"({number})")
        page.y -= 8
    return page


def no_references(rng: random.Random) -> Page:
    """A list of references with years and pages, and footnotes."""
    page = new_page(rng, text_size=9.0)
    page.line("References", style=1, size=13)
    for number in range(rng.randint(9, 16)):
        page.canvas.setFont(page.font(), 9)
        page.canvas.drawString(page.margin, page.y - 11, f"[{number + 1}]")
        page.paragraph(rng.randint(1, 3), page.margin + 26, page.width - 26)
    return page


KINDS: dict[str, Callable[[random.Random], Page]] = {
    "grid": _simple("grid"),
    "grid spanning": _spanning("grid"),
    "open grid": _simple("open", "spaced"),
    "book": _simple("book", "dash"),
    "book spanning": _spanning("book", spanner_rules=True),
    "book spanning, no rule under": _spanning("book"),
    "unruled": _simple("none"),
    "unruled spanning": _spanning("none", spanner_rules=True),
    "unruled percent": _simple("none", "percent"),
    "unruled spaced figures": _simple("none", "spaced"),
    "head rule only": _simple("head", "signed"),
    "row rules": _simple("rows", "money"),
    "column rules": _simple("columns"),
    "frame and columns": _simple("frame", "dash"),
    "stub rule": _simple("stub"),
    "shaded head": _simple("shaded head", head_fill=0.8),
    "shaded cells": _simple("fills"),
    "zebra": _simple("none", "plain", zebra=True, head_fill=0.3, head_white=True),
    "typewriter": _simple("none", "plain", font="Courier", size=8.0),
    "dense": dense,
    "dense with holes": dense_sparse,
    "invoice": invoice,
    "bank": bank,
    "side by side, titles": _side_by_side("none", titles=True, same_rows=True),
    "side by side, unlike": _side_by_side("none", titles=True, same_rows=False),
    "side by side, book": _side_by_side("book", titles=False, same_rows=True),
    "side by side, grid": _side_by_side("grid", titles=True, same_rows=False),
    "in a text column": in_column,
    "above text columns": above_columns,
    "long text, grid": _long_text("grid"),
    "long text, rows": _long_text("rows"),
    "long text, book": _long_text("book"),
    "wrapped labels, top": _wrapped_labels("book", "top"),
    "wrapped labels, middle": _wrapped_labels("none", "middle"),
    "wrapped labels, bottom": _wrapped_labels("book", "bottom"),
    "sections": sections,
    "groups apart": groups_apart,
    "leaders": leaders,
    "currency": currency,
    "notes": with_notes,
    "statement": statement,
    "merged stub": merged_stub,
    "small": small,
    "text columns": text_columns,
    "stacked": stacked,
    "continued": continued,
    "turned": turned,
    "German figures": _simple("none", "german"),
    "German money": _simple("book", "german money"),
    "French money": _simple("rows", "french money"),
    "Swiss money": _simple("none", "swiss money"),
    "exchange rates": _simple("head", "rates"),
    "three decimals": _simple("none", "three decimals"),
    "kilograms": _simple("grid", "kilograms"),
    "Indian figures": _simple("none", "indian"),
    "labels repeat": repeated_labels,
    "roster": roster,
    "none: columns": no_prose,
    "none: lists": no_lists,
    "none: contents": no_contents,
    "none: line chart": no_chart,
    "none: bars": no_bars,
    "none: letter": no_letter,
    "none: maths": no_maths,
    "none: references": no_references,
}


def documents(
    seed: int = 7, each: int = 3, kinds: Mapping[str, Callable[[random.Random], Page]] = KINDS
) -> Iterator[Drawn]:
    """Draw `each` documents of every kind; the same seed draws the same pages."""
    for kind, draw in kinds.items():
        for number in range(each):
            rng = random.Random(f"{seed}/{kind}/{number}")
            name = "".join(c if c.isalnum() else "-" for c in kind) + f"-{number}"
            yield draw(rng).done(name, kind)


def main() -> None:
    """Write drawn documents and their truth to a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=3)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for drawn in documents(arguments.seed, arguments.each):
        (arguments.output / f"{drawn.name}.pdf").write_bytes(drawn.pdf)
        (arguments.output / f"{drawn.name}.json").write_text(json.dumps(drawn.truth, indent=1))


if __name__ == "__main__":
    main()
