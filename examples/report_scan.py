"""The scanned page of the example report: a signed and stamped certificate, drawn as grey pixels.

Drawn twice as large as it is delivered, then shrunk, turned a little, shaded and sprinkled, as an office scanner would.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from examples.report_data import NAME, YEAR, ReportTable, certificate_table

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

DPI = 110
WIDTH, HEIGHT = 909, 1286
"""Pixels of an A4 page at `DPI`."""

_INK = 38
_PAPER = 243
_SIGNATURE = (
    # two strokes of the pen, in points
    (
        *(
            (0, 2),
            (6, -22),
            (12, -30),
            (14, -18),
            (10, 6),
            (8, 16),
            (14, 4),
            (22, -12),
            (28, -6),
            (27, 4),
            (33, -6),
            (39, -10),
        ),
        *(
            (40, 0),
            (44, 2),
            (50, -8),
            (54, -26),
            (57, -30),
            (56, -14),
            (55, 3),
            (62, 0),
            (68, -8),
            (73, -4),
            (72, 3),
            (80, -2),
        ),
        *((90, -6), (104, -4), (124, -10), (138, -14)),
    ),
    ((-4, 12), (40, 7), (90, 8), (128, 2), (96, 12), (70, 16)),
)
_SCALE = 2 * DPI / 72
"""Pixels of the large drawing in one point."""


def draw_scan() -> bytes:
    """Draw the certificate as a greyscale JPEG of an A4 page."""
    from PIL import Image, ImageChops, ImageDraw

    page = Image.new("L", (2 * WIDTH, 2 * HEIGHT), _PAPER)
    draw = ImageDraw.Draw(page)
    _letter(draw, certificate_table())
    page = ImageChops.multiply(page, _stamp(page.size))
    page = page.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)  # pyright: ignore[reportUnknownMemberType]  # half-typed there
    page = page.rotate(-0.45, Image.Resampling.BICUBIC, fillcolor=_PAPER)
    page = ImageChops.multiply(page, _shade())
    page = ImageChops.add(page, _noise(), offset=-8)
    jpeg = io.BytesIO()
    page.save(jpeg, "JPEG", quality=58, dpi=(DPI, DPI))
    return jpeg.getvalue()


def _letter(draw: ImageDraw.ImageDraw, table: ReportTable) -> None:
    """Draw the letter: head, wording, table, signature."""
    _text(draw, 72, 92, "TARRANT & VOSS", 19, bold=True)
    _text(draw, 72, 109, "Chartered auditors, 4 Customs Lane, Saltmere", 9.5)
    _line(draw, 72, 121, 523, 121, 1.4)
    _text(draw, 523, 150, "10 March 2026", 11, align="right")
    _text(draw, 72, 184, "Certificate of balances no. 2026/017", 15.5, bold=True)
    wording = (
        f"To the Board of the {NAME}",
        "",
        f"We have compared the balances of the three funds on 31 December {YEAR}",
        "with the statements of the banks that hold them. The balances in the schedule",
        "below were confirmed to us in writing. No differences were found.",
        "",
        "This certificate is given for the annual report and for no other purpose.",
    )
    for number, line in enumerate(wording):
        _text(draw, 72, 218 + 18 * number, line, 12)
    bottom = _table(draw, 376, table)
    _text(draw, 72, bottom + 52, "For Tarrant & Voss", 12)
    _signature(draw, 84, bottom + 98)
    _line(draw, 72, bottom + 122, 250, bottom + 122, 0.8)
    _text(draw, 72, bottom + 138, "Partner in charge", 10)
    _text(draw, 72, 786, "Original kept by the Board's secretary. Copy 2 of 3.", 8.5)
    for top in (300, 527):  # the holes of a ring binder
        _circle(draw, 26, top, 8, fill=208)


def _table(draw: ImageDraw.ImageDraw, top: float, table: ReportTable) -> float:
    """Draw the ruled schedule and return where it ends, in points."""
    _text(draw, 72, top - 9, table.caption, 11, bold=True)
    edges = (72.0, 283.0, 403.0, 523.0)
    height = 22.0
    grid = (*table.headers, *table.rows)
    for number, row in enumerate(grid):
        bold = number in {0, len(grid) - 1}
        baseline = top + height * number + 15
        _text(draw, edges[0] + 7, baseline, row[0], 11, bold=bold)
        for column in (1, 2):
            _text(draw, edges[column + 1] - 7, baseline, row[column], 11, bold=bold, align="right")
    bottom = top + height * len(grid)
    for number in range(len(grid) + 1):
        _line(draw, edges[0], top + height * number, edges[-1], top + height * number, 0.9)
    for edge in edges:
        _line(draw, edge, top, edge, bottom, 0.9)
    return bottom


def _signature(draw: ImageDraw.ImageDraw, x: float, top: float) -> None:
    """Draw a signature that no one can read."""
    for stroke in _SIGNATURE:
        points = [((x + dx) * _SCALE, (top + dy) * _SCALE) for dx, dy in _smooth(stroke)]
        draw.line(points, fill=62, width=round(1.15 * _SCALE), joint="curve")


def _smooth(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Walk a Catmull-Rom spline through `points`."""
    padded = (points[0], *points, points[-1])
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(12):
            t = step / 12
            yield _spline(ax, bx, cx, dx, t), _spline(ay, by, cy, dy, t)


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def _stamp(size: tuple[int, int]) -> Image.Image:
    """Draw a round office stamp on white, to be multiplied onto the page."""
    from PIL import Image, ImageDraw

    side = round(124 * _SCALE)
    middle = side / 2
    ink = 120
    stamp = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(stamp)
    for radius, width in ((60, 2.2), (42, 1.1)):
        reach = radius * _SCALE
        draw.ellipse(
            (middle - reach, middle - reach, middle + reach, middle + reach), outline=ink, width=round(width * _SCALE)
        )
    ring = "TARRANT & VOSS · CHARTERED AUDITORS · "
    for number, letter in enumerate(ring):
        tile = Image.new("L", (side, side), 0)
        ImageDraw.Draw(tile).text((middle, middle - 51 * _SCALE), letter, font=_font(10), fill=255, anchor="mm")
        turned = tile.rotate(-360 * number / len(ring), Image.Resampling.BICUBIC)
        stamp.paste(ink, mask=turned)
    draw.text((middle, middle - 9 * _SCALE), "10 MAR", font=_font(15), fill=ink, anchor="mm", stroke_width=1)
    draw.text((middle, middle + 10 * _SCALE), "2026", font=_font(15), fill=ink, anchor="mm", stroke_width=1)
    stamp = stamp.rotate(11, Image.Resampling.BICUBIC, fillcolor=255)
    page = Image.new("L", size, 255)
    page.paste(stamp, (round(360 * _SCALE), round(520 * _SCALE)))
    return page


def _shade() -> Image.Image:
    """Make the lid's shadow: darker towards the left edge and the foot."""
    from PIL import Image, ImageChops

    across = bytes(255 - round(46 * math.exp(-column / 26)) for column in range(WIDTH))
    down = bytes(255 - round(12 * (row / HEIGHT) ** 3) for row in range(HEIGHT))
    left = Image.frombytes("L", (WIDTH, 1), across).resize((WIDTH, HEIGHT))  # pyright: ignore[reportUnknownMemberType]  # half-typed there
    foot = Image.frombytes("L", (1, HEIGHT), down).resize((WIDTH, HEIGHT))  # pyright: ignore[reportUnknownMemberType]  # half-typed there
    return ImageChops.multiply(left, foot)


def _noise() -> Image.Image:
    """Make grain from 0 to 16 around 8, the same every time."""
    from PIL import Image

    table = [round(8 + 8 * ((value - 127.5) / 127.5) ** 3) for value in range(256)]
    return Image.frombytes("L", (WIDTH, HEIGHT), random.Random(YEAR).randbytes(WIDTH * HEIGHT)).point(table)  # pyright: ignore[reportUnknownMemberType]  # half-typed there


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Load the typeface that comes with Pillow, `size` in points."""
    from PIL import ImageFont

    return ImageFont.load_default(size * _SCALE)


def _text(
    draw: ImageDraw.ImageDraw,
    x: float,
    baseline: float,
    text: str,
    size: float,
    *,
    bold: bool = False,
    align: str = "left",
) -> None:
    anchor = "rs" if align == "right" else "ls"
    draw.text((x * _SCALE, baseline * _SCALE), text, font=_font(size), fill=_INK, anchor=anchor)
    if bold:  # the typeface has one weight: a second strike makes it heavier
        draw.text((x * _SCALE + 1.4, baseline * _SCALE), text, font=_font(size), fill=_INK, anchor=anchor)


def _line(draw: ImageDraw.ImageDraw, x0: float, top: float, x1: float, bottom: float, width: float) -> None:
    draw.line((x0 * _SCALE, top * _SCALE, x1 * _SCALE, bottom * _SCALE), fill=_INK, width=round(width * _SCALE))


def _circle(draw: ImageDraw.ImageDraw, x: float, top: float, radius: float, *, fill: int) -> None:
    box = ((x - radius) * _SCALE, (top - radius) * _SCALE, (x + radius) * _SCALE, (top + radius) * _SCALE)
    draw.ellipse(box, fill=fill)
