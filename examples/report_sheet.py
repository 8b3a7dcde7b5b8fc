"""A sheet of A4 to draw the example report on: text, rules, tables, measured in points from the top left corner."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# reportlab ships no types.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from examples.report_data import Part, ReportTable, Role, Row

WIDTH, HEIGHT = 595.28, 841.89
"""A4."""

Colour = tuple[float, float, float]
INK: Colour = (0.11, 0.15, 0.19)
MUTED: Colour = (0.38, 0.44, 0.49)
NAVY: Colour = (0.07, 0.21, 0.32)
TEAL: Colour = (0.10, 0.46, 0.54)
HAIR: Colour = (0.72, 0.77, 0.80)
PALE: Colour = (0.945, 0.96, 0.965)
BAND: Colour = (0.88, 0.92, 0.935)
WHITE: Colour = (1.0, 1.0, 1.0)

SERIF, SERIF_ITALIC = "Times-Roman", "Times-Italic"
SANS, SANS_BOLD = "Helvetica", "Helvetica-Bold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a table is dressed.

    Units:  points
    """

    kind: Literal["ruled", "statement", "ledger", "light"]
    row_height: float
    size: float
    left_columns: frozenset[int]
    """Columns set from the left; all others are numbers, set from the right."""
    pad: float = 6.0


class Sheet:
    """A PDF in the making."""

    def __init__(self, *, title: str, author: str, subject: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self._file = BytesIO()
        # Invariant: no clock, no random id. Uncompressed: the bytes do not depend on the zlib at hand.
        self.canvas: Any = Canvas(self._file, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=0)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)

    def next_page(self) -> None:
        """End the page and begin the next."""
        self.canvas.showPage()

    def finish(self) -> bytes:
        """End the document and return it."""
        self.canvas.save()
        return self._file.getvalue()

    # --- strokes ------------------------------------------------------------------------------------------------

    def rule(self, x0: float, top: float, x1: float, bottom: float, width: float = 0.5, colour: Colour = INK) -> None:
        """Draw a straight line."""
        self.canvas.setStrokeColorRGB(*colour)
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, HEIGHT - top, x1, HEIGHT - bottom)

    def fill(self, x0: float, top: float, x1: float, bottom: float, colour: Colour, *, radius: float = 0) -> None:
        """Fill a rectangle."""
        self.canvas.setFillColorRGB(*colour)
        if radius:
            self.canvas.roundRect(x0, HEIGHT - bottom, x1 - x0, bottom - top, radius, stroke=0, fill=1)
        else:
            self.canvas.rect(x0, HEIGHT - bottom, x1 - x0, bottom - top, stroke=0, fill=1)

    def shape(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon."""
        path = self.canvas.beginPath()
        path.moveTo(points[0][0], HEIGHT - points[0][1])
        for x, top in points[1:]:
            path.lineTo(x, HEIGHT - top)
        path.close()
        self.canvas.setFillColorRGB(*colour)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def picture(self, jpeg: bytes) -> None:
        """Cover the whole page with a picture."""
        from reportlab.lib.utils import ImageReader

        self.canvas.drawImage(ImageReader(BytesIO(jpeg)), 0, 0, WIDTH, HEIGHT)

    # --- words --------------------------------------------------------------------------------------------------

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        *,
        font: str = SERIF,
        size: float = 10.5,
        colour: Colour = INK,
        align: Literal["left", "right", "centre"] = "left",
    ) -> None:
        """Write one line; `x` is its left edge, right edge or middle."""
        self.canvas.setFillColorRGB(*colour)
        self.canvas.setFont(font, size)
        write = {
            "left": self.canvas.drawString,
            "right": self.canvas.drawRightString,
            "centre": self.canvas.drawCentredString,
        }[align]
        write(x, HEIGHT - baseline, text)

    def heading(self, x: float, baseline: float, text: str, *, size: float = 17) -> None:
        """Write a heading."""
        self.text(x, baseline, text, font=SANS_BOLD, size=size, colour=NAVY)

    def paragraph(
        self,
        x: float,
        top: float,
        width: float,
        text: str,
        *,
        font: str = SERIF,
        size: float = 10.5,
        leading: float = 14.5,
        colour: Colour = INK,
    ) -> float:
        """Write lines broken at `width` and return where the next paragraph may begin."""
        lines = broken(text, width, font=font, size=size)
        for number, line in enumerate(lines):
            self.text(x, top + size + leading * number, line, font=font, size=size, colour=colour)
        return top + leading * (len(lines) + 0.45)

    def prose(
        self, x: float, top: float, width: float, text: str, *, size: float = 10.5, leading: float = 14.5
    ) -> float:
        """Write paragraphs, which blank lines part, and return where the next may begin."""
        for paragraph in text.strip().split("\n\n"):
            top = self.paragraph(x, top, width, paragraph, size=size, leading=leading)
        return top

    # --- tables -------------------------------------------------------------------------------------------------

    def table(
        self,
        table: ReportTable,
        part: Part,
        *,
        x: float,
        top: float,
        widths: Sequence[float],
        look: Look,
        caption: bool = True,
    ) -> float:
        """Draw one part of a table, its caption above and, after the last row, its notes below; return the bottom."""
        edges = [x]
        for width in widths:
            edges.append(edges[-1] + width)
        if caption:
            continued = "" if part.first_row == 1 else ", continued"
            caption_lines = broken(table.caption + continued, sum(widths), font=SANS_BOLD, size=look.size + 0.8)
            for number, line in enumerate(caption_lines):
                baseline = top + look.size + 0.8 + 12 * number
                self.text(x, baseline, line, font=SANS_BOLD, size=look.size + 0.8, colour=NAVY)
            top += 12 * len(caption_lines) + 5
        top = self._headers(table, edges, top, look)
        for number in range(part.first_row, part.last_row + 1):
            top = self._row(table.rows[number - 1], table.roles[number - 1], number, edges, top, look)
        if part.last_row < len(table.rows):
            self.rule(edges[0], top, edges[-1], top, 0.8, NAVY)
            onward = f"continued on page {part.page + 1}"
            self.text(edges[-1], top + 12, onward, font=SERIF_ITALIC, size=9, colour=MUTED, align="right")
            return top + 14
        if look.kind == "light":
            self.rule(edges[0], top, edges[-1], top, 0.8, NAVY)
        top += 4
        for note in table.notes:
            top = self.paragraph(x, top, sum(widths), note, size=8.6, leading=11.4, colour=MUTED) - 4.2
        return top

    def _headers(self, table: ReportTable, edges: Sequence[float], top: float, look: Look) -> float:
        """Draw the header rows, merged cells centred over what they head."""
        height = look.row_height + 1
        bottom = top + height * len(table.headers)
        dark = look.kind == "ledger"
        if look.kind in {"ruled", "ledger"}:
            self.fill(edges[0], top, edges[-1], bottom, NAVY if dark else BAND)
        merged = {(span.row, span.column): span for span in table.spans}
        hidden = {
            (row, column)
            for span in table.spans
            for row in range(span.row, span.row + span.row_span)
            for column in range(span.column, span.column + span.column_span)
        }
        for row, texts in enumerate(table.headers):
            for column, text in enumerate(texts):
                span = merged.get((row, column))
                if span is None and (row, column) in hidden:
                    continue
                x0, x1 = edges[column], edges[column + (span.column_span if span else 1)]
                y0, y1 = top + height * row, top + height * (row + (span.row_span if span else 1))
                if look.kind == "ruled":
                    self._frame(x0, y0, x1, y1)
                baseline = (y0 + y1) / 2 + 0.36 * look.size
                colour = WHITE if dark else NAVY
                if span is not None and span.column_span > 1:
                    self.text(
                        (x0 + x1) / 2, baseline, text, font=SANS_BOLD, size=look.size, colour=colour, align="centre"
                    )
                elif column in look.left_columns:
                    self.text(x0 + look.pad, baseline, text, font=SANS_BOLD, size=look.size, colour=colour)
                else:
                    self.text(
                        x1 - look.pad, baseline, text, font=SANS_BOLD, size=look.size, colour=colour, align="right"
                    )
        if look.kind in {"statement", "light"}:
            self.rule(edges[0], top, edges[-1], top, 1.2, NAVY)
            self.rule(edges[0], bottom, edges[-1], bottom, 0.6, NAVY)
        return bottom

    def _row(self, row: Row, role: Role, number: int, edges: Sequence[float], top: float, look: Look) -> float:
        """Draw one row and return its bottom; a text that is too wide makes the row taller."""
        font = SANS if role == "item" else SANS_BOLD
        lines = [
            broken(text, edges[column + 1] - edges[column] - 2 * look.pad, font=font, size=look.size)
            if column in look.left_columns and role != "section"
            else [text]
            for column, text in enumerate(row)
        ]
        leading = look.size + 2
        bottom = top + look.row_height + leading * (max(len(cell) for cell in lines) - 1)
        if look.kind == "ledger" and role == "item" and number % 2 == 0:
            self.fill(edges[0], top, edges[-1], bottom, PALE)
        if look.kind == "ruled" and role == "total":
            self.fill(edges[0], top, edges[-1], bottom, PALE)
        if look.kind != "ruled" and role in {"subtotal", "total"}:
            self.rule(edges[0], top, edges[-1], top, 0.5 if role == "subtotal" else 0.9, NAVY)
        if look.kind in {"statement", "ledger"} and role == "total":
            self.rule(edges[0], bottom, edges[-1], bottom, 0.9, NAVY)
        for column, cell in enumerate(lines):
            if look.kind == "ruled":
                self._frame(edges[column], top, edges[column + 1], bottom)
            baseline = top + look.row_height / 2 + 0.36 * look.size
            for text in filter(None, cell):
                if column in look.left_columns:
                    indent = 8 if look.kind == "statement" and role == "item" and column == 0 else 0
                    self.text(edges[column] + look.pad + indent, baseline, text, font=font, size=look.size)
                else:
                    # A closing parenthesis hangs over, so that the digits stand below one another.
                    hang = text_width(")", font=font, size=look.size) if text.endswith(")") else 0
                    self.text(
                        edges[column + 1] - look.pad + hang, baseline, text, font=font, size=look.size, align="right"
                    )
                baseline += leading
        return bottom

    def _frame(self, x0: float, top: float, x1: float, bottom: float) -> None:
        """Rule the four sides of a cell."""
        self.canvas.setStrokeColorRGB(*MUTED)
        self.canvas.setLineWidth(0.6)
        self.canvas.rect(x0, HEIGHT - bottom, x1 - x0, bottom - top, stroke=1, fill=0)


def text_width(text: str, *, font: str, size: float) -> float:
    """Measure a line of text in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, font, size))


def broken(text: str, width: float, *, font: str, size: float) -> list[str]:
    """Break a text into lines no wider than `width` points."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, font=font, size=size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
