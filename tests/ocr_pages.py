"""Pages drawn as pictures for OCR: what they say is known, and so is what was done to them."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Sequence

import pytest
from PIL import Image, ImageDraw, ImageFont

needs_ocr = pytest.mark.skipif(
    importlib.util.find_spec("faster_paddle") is None or importlib.util.find_spec("numpy") is None,
    reason="the extra `ocr` is not installed",
)
needs_rapidocr = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None or importlib.util.find_spec("onnxruntime") is None,
    reason="the extra `ocr-rapidocr` is not installed",
)

LINES = (
    "Harbour Authority of Saltmere",
    "Statement of dues for the second quarter",
    "Mooring of vessels up to twelve metres 1,284.50",
    "Storage of nets and lines in the eastern shed 937.25",
    "Repairs to the northern jetty and its lamps 4,018.00",
    "The total is due on the last day of September.",
)


def draw_page(
    lines: Sequence[str] = LINES,
    *,
    size: tuple[int, int] = (1240, 900),
    paper: int = 255,
    ink: int = 0,
    skew: float = 0.0,
    turn: int = 0,
) -> Image.Image:
    """Draw lines of text on grey; `turn` is how far the page then lies turned clockwise, `skew` counter-clockwise."""
    page = Image.new("L", size, paper)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(30)
    for number, line in enumerate(lines):
        draw.text((110, 100 + 70 * number), line, fill=ink, font=font)
    if skew:
        page = page.rotate(skew, Image.Resampling.BICUBIC, fillcolor=paper)
    return page.rotate(-turn, expand=True)


def draw_ruled(rows: Sequence[Sequence[str]], *, skew: float = 0.0) -> Image.Image:
    """Draw a ruled table on an A4 page at 150 dpi."""
    page = Image.new("L", (1240, 1754), 250)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(26)
    for y in range(len(rows) + 1):
        draw.line((120, 300 + 56 * y, 120 + 260 * len(rows[0]), 300 + 56 * y), fill=20, width=2)
    for x in range(len(rows[0]) + 1):
        draw.line((120 + 260 * x, 300, 120 + 260 * x, 300 + 56 * len(rows)), fill=20, width=2)
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            draw.text((134 + 260 * x, 312 + 56 * y), text, fill=20, font=font)
    return page.rotate(skew, Image.Resampling.BICUBIC, fillcolor=250) if skew else page


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:  # noqa: A002 - Pillow's word
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def scanned_pdf(*pages: Image.Image, dpi: int = 150) -> bytes:
    """Put pictures into a PDF, one a page."""
    file = io.BytesIO()
    first, *others = (page.convert("L") for page in pages)
    first.save(file, "PDF", resolution=dpi, save_all=True, append_images=others)
    return file.getvalue()


def scribble(page: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """Cover a place with strokes that look like writing and are none."""
    from random import Random

    luck = Random(5)
    marked = page.copy()
    draw = ImageDraw.Draw(marked)
    x0, top, x1, bottom = box
    for start in range(x0, x1, 16):
        points = [(start + luck.randint(-14, 26), luck.randint(top, bottom)) for _ in range(5)]
        draw.line(points, fill=30, width=4, joint="curve")
    return marked
