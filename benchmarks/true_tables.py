"""Tables whose truth is known, with the words of their pages: read from the text layer, and by OCR."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from benchmarks.tables import Case, is_scan, recognised
from witnessmark.documents.images import read_pixels
from witnessmark.documents.ocr.cache import WordCache
from witnessmark.documents.ocr.recognised import PixelPage
from witnessmark.documents.ocr.resolution import MOST_PIXELS, ocr_side
from witnessmark.documents.pdfium import PdfFile, open_pdf
from witnessmark.evidence.normal import key_of
from witnessmark.evidence.numbers import decimal_mark
from witnessmark.evidence.witness import WitnessPage

Group = Literal["digital", "OCR"]

READINGS = Path(tempfile.gettempdir()) / "witnessmark-benchmarks" / "readings"
RENDER_DPI = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueCell:
    """A cell as printed, over the rows and columns it spans, both ends included."""

    text: str
    row: int
    column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, kw_only=True)
class TrueTable:
    """A table and the pages it stands on, as one witness has them."""

    document: str
    number: int
    group: Group
    cells: tuple[TrueCell, ...]
    pages: tuple[WitnessPage, ...]

    @property
    def name(self) -> str:
        return f"{self.document} p{self.pages[0].page_number} t{self.number}"

    @cached_property
    def height(self) -> int:
        return 1 + max(cell.last_row for cell in self.cells)

    @cached_property
    def width(self) -> int:
        return 1 + max(cell.last_column for cell in self.cells)

    @cached_property
    def owners(self) -> dict[tuple[int, int], int]:
        """Which cell covers a place; places that none covers are empty."""
        return {
            (row, column): number
            for number, cell in enumerate(self.cells)
            for row in range(cell.row, cell.last_row + 1)
            for column in range(cell.column, cell.last_column + 1)
        }

    @cached_property
    def header_rows(self) -> int:
        """Count the header rows: the first, those its cells reach into, and those below what spans columns."""
        rows = 1
        while deeper := [
            reach
            for cell in self.cells
            if cell.row < rows and (reach := cell.last_row + (2 if cell.last_column > cell.column else 1)) > rows
        ]:
            rows = max(deeper)
        return min(rows, self.height - 1)

    @cached_property
    def mark(self) -> str:
        """What stands before decimals: in the table, else on its pages; a point where neither says it."""
        keys = [key_of(cell.text) for cell in self.cells]
        if said := decimal_mark(keys):
            return said
        has_thousands = any(re.fullmatch(r"\d{1,3}(\.\d{3})+", key) for key in keys)
        if has_thousands and any(re.fullmatch(r"[1-9]\d{0,2}", key) for key in keys):
            return ","
        return decimal_mark(self.words_of_page) or "."

    @cached_property
    def words_of_page(self) -> tuple[str, ...]:
        return tuple(word.text for page in self.pages for word in page.words)


def true_tables(cases: Sequence[Case], groups: Sequence[Group]) -> Iterator[TrueTable]:
    """Give every table of the cases, once for each witness that its page has: scans have OCR alone."""
    for case in cases:
        tables: list[dict[str, Any]] = case.truth["tables"]
        numbers = sorted({int(table["page"]) for table in tables})
        for group in groups:
            if group == "digital" and is_scan(case.path):
                continue
            pages = {page.page_number: page for page in witnesses(case.path, numbers, group)}
            for number, table in enumerate(tables, start=1):
                yield TrueTable(
                    document=case.name,
                    number=number,
                    group=group,
                    cells=tuple(map(_cell, table["cells"])),
                    pages=(pages[int(table["page"])],),
                )


def _cell(told: dict[str, Any]) -> TrueCell:
    row, column = int(told["row"]), int(told["col"])
    return TrueCell(
        text=str(told["text"]),
        row=row,
        column=column,
        last_row=int(told.get("row_end", row)),
        last_column=int(told.get("col_end", column)),
    )


def witnesses(path: Path, pages: Sequence[int], group: Group) -> Iterator[WitnessPage]:
    """Read the words of some pages."""
    if path.suffix != ".pdf":
        picture = read_pixels(path.read_bytes(), 0, most_pixels=MOST_PIXELS)
        yield _read(picture.width, picture.height, picture.pixels, page=1, points_per_pixel=None)
        return
    with open_pdf(path.read_bytes(), None) as pdf:
        for page in pages:
            if group == "digital":
                yield WitnessPage(page_number=page, words=pdf.layout(page - 1).words)
            else:
                yield _rendered(pdf, page, is_scan=is_scan(path))


def _rendered(pdf: PdfFile, page: int, *, is_scan: bool) -> WitnessPage:
    facts = pdf.page_facts(page - 1)
    side = round(max(facts.width, facts.height) * RENDER_DPI / 72)
    if is_scan:
        side = ocr_side(facts.width, facts.height)
    width, height, pixels = pdf.render(page - 1, max_side=side, grey=True)
    return _read(width, height, pixels, page=page, points_per_pixel=facts.width / width)


def _read(width: int, height: int, pixels: bytes, *, page: int, points_per_pixel: float | None) -> WitnessPage:
    layout, _ = _reading(width, height, pixels).layout(page, points_per_pixel=points_per_pixel)
    return WitnessPage(page_number=page, words=layout.words, is_read_by_ocr=True)


def _reading(width: int, height: int, pixels: bytes) -> PixelPage:
    """Read a picture, or take what was read of it in a run before."""
    cache = WordCache(READINGS)
    key = hashlib.sha256(f"{width}x{height}".encode() + pixels).hexdigest()
    page = cache.get(key)
    if page is None:
        page = recognised(width, height, pixels)
        cache.put(key, page)
    return page
