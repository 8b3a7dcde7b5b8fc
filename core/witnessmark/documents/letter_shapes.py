"""Letter shapes: does a glyph look like the letter that its font says it is? Bit arithmetic on small drawings.

A glyph is drawn so that its ink fills a frame of 32 x 48 pixels. Its shape is the ink on a frame of half that size, its
Euler number (parts less holes, which tells 3 from 8 however bold they are) and its width for its height. The table
`letter_shapes.bin` holds such shapes of many fonts; `scripts/draw_letter_shapes.py` draws it.

A digit agrees when a known drawing of it is near, and drawings of all other digits are clearly further away. What is
near to nothing is unknown: the page's picture has to tell.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

FRAME_WIDTH, FRAME_HEIGHT = 32, 48
"""Pixels of a glyph as it is drawn."""
WIDTH, HEIGHT = FRAME_WIDTH // 2, FRAME_HEIGHT // 2
"""Pixels of a shape."""
MAX_DISTANCE = 16.0
"""Pixels that a glyph may differ from a known shape of its letter, of 384; other fonts' letters lie 0 to 10 away."""
MAX_CONTRADICTING = 8.0
"""Pixels within which a shape of another letter contradicts."""
MIN_RATIO, MIN_LEAD, MIN_LETTER_LEAD = 1.5, 4.0, 2.0
"""How much further away every other letter has to be: times the distance, plus pixels."""
ASPECT_WEIGHT = 10.0
"""Pixels that a width e times as large counts for."""
EULER_WEIGHT = 7.0
"""Pixels that another Euler number counts for in another digit; a glyph agrees only with shapes of its own number."""

MAX_NEIGHBOUR = 0.15
"""Share of a drawing's ink that a piece of another letter may have."""
MIN_CONTRAST = 60
"""Steps of grey, of 255, between a glyph and what it is drawn on."""

Verdict = Literal["agrees", "contradicts", "unknown"]

ALIKE_LEAD = 6.0
"""How much further away a letter has to be than one that is drawn like it to be contradicted, in pixels."""
_ALIKE = ("oqad", "lij", "gq", "uv", "vy", "cg", "hn", "rt", "ft", "rn", "mn")
"""Letters that some fonts draw alike: one speaks against another only where it is much nearer. No digits are alike."""
MAYBE_OPEN = "469"
"""Digits whose ring some fonts leave open."""

_FULL = (1 << (WIDTH * HEIGHT)) - 1
_NOT_FIRST = int(("0" + "1" * (WIDTH - 1)) * HEIGHT, 2)
_NOT_LAST = int(("1" * (WIDTH - 1) + "0") * HEIGHT, 2)
_FRAME_NOT_FIRST = int(("0" + "1" * (FRAME_WIDTH - 1)) * FRAME_HEIGHT, 2)
_FRAME_NOT_LAST = int(("1" * (FRAME_WIDTH - 1) + "0") * FRAME_HEIGHT, 2)
_SIDE_FIRST = ~_FRAME_NOT_FIRST & ((1 << (FRAME_WIDTH * FRAME_HEIGHT)) - 1)
_SIDE_LAST = ~_FRAME_NOT_LAST & ((1 << (FRAME_WIDTH * FRAME_HEIGHT)) - 1)
_FRAME_NOT_BOTTOM = ((1 << (FRAME_WIDTH * FRAME_HEIGHT)) - 1) >> FRAME_WIDTH << FRAME_WIDTH
_RECORD = struct.Struct(f">cbh{WIDTH * HEIGHT // 8}s")


class Shape(NamedTuple):
    """A glyph's ink, stretched to a frame."""

    ink: int
    """A bit for each pixel, row by row."""
    grown: int
    """The same with each pixel's eight neighbours."""
    euler: int
    """Parts less holes."""
    thin_euler: int
    """The same where thin strokes are ink, too: hairlines of a small letter close its holes."""
    aspect: float
    """Logarithm of width by height."""


class Ink(NamedTuple):
    """A drawing of `FRAME_WIDTH` x `FRAME_HEIGHT` pixels in ones, where its ink is, and zeros."""

    plain: bytes
    with_thin: bytes
    """With pixels of which a quarter is ink."""


def inked(grey: bytes, *, text_grey: int = 0) -> Ink | None:
    """Find the ink in a drawing of grey pixels; None where nothing contrasts.

    Units:  `text_grey` is what the text is set in: 0 black to 255 white
    """
    lowest, highest = min(grey), max(grey)
    contrast = highest - lowest
    if contrast < MIN_CONTRAST:
        return None
    if text_grey < (lowest + highest) / 2:
        tables = _ink_below(lowest + (contrast + 1) // 2), _ink_below(highest - contrast // 4)
    else:
        tables = _ink_from(lowest + (contrast + 1) // 2), _ink_from(lowest + contrast // 4)
    return Ink(grey.translate(tables[0]), grey.translate(tables[1]))


def shape_of(ink: Ink, *, width: float, height: float) -> Shape:
    """Make a shape of a drawing that the glyph fills.

    Units:  `width` and `height` of the glyph itself, in any unit
    """
    small = _halved(ink.plain)
    euler, thin_euler = _euler(int(ink.plain, 2)), _euler(int(ink.with_thin, 2))
    return Shape(small, _grown(small), euler, thin_euler, math.log(width / height))


def without_neighbours(ink: Ink) -> Ink | None:
    """Leave out small parts at the sides of a drawing: pieces of the letters to its left and right.

    Shapes:  None where there are none
    """
    plain, with_thin = int(ink.plain, 2), int(ink.with_thin, 2)
    neighbour = 0
    for side in (_SIDE_FIRST, _SIDE_LAST):
        left = with_thin & side
        while left:
            part = _joined(left & -left, with_thin)
            left &= ~part
            if part.bit_count() <= MAX_NEIGHBOUR * with_thin.bit_count():
                neighbour |= part
    if not neighbour or not with_thin & ~neighbour:
        return None
    size = FRAME_WIDTH * FRAME_HEIGHT
    return Ink(
        format(plain & ~neighbour, f"0{size}b").encode(),
        format(with_thin & ~neighbour, f"0{size}b").encode(),
    )


def filled(ink: Ink) -> tuple[int, int, int, int]:
    """Find the part of a drawing that its ink fills.

    Units:  left, top, right, bottom in pixels
    """
    pixels = ink.with_thin
    first, last = pixels.find(b"1"), pixels.rfind(b"1")
    columns = [column for column in range(FRAME_WIDTH) if b"1" in pixels[column::FRAME_WIDTH]]
    return columns[0], first // FRAME_WIDTH, columns[-1] + 1, last // FRAME_WIDTH + 1


def judged(said: str, shape: Shape) -> Verdict:
    """Compare a glyph with the known shapes of the letter, an ASCII letter or digit, that its font says it is."""
    letter = said.lower()
    shapes = _known()
    of_digit = letter.isdecimal()
    own = distance(shape, shapes.get(letter, ()), euler_weight=EULER_WEIGHT if letter in MAYBE_OPEN else None)
    lead = MIN_LEAD if of_digit else MIN_LETTER_LEAD
    weight = EULER_WEIGHT if of_digit else None
    # Others need to be known no further than they can decide anything: for most glyphs that leaves few to compare.
    wanted = own * MIN_RATIO + lead if own <= MAX_DISTANCE else MAX_DISTANCE
    nearest = nearest_alike = wanted
    for other, is_alike in _against(letter):
        apart = distance(shape, shapes[other], euler_weight=weight, at_most=nearest)
        if is_alike:
            nearest_alike = min(nearest_alike, apart)
        else:
            nearest = apart
    if nearest <= MAX_CONTRADICTING and nearest * MIN_RATIO + lead <= own:
        return "contradicts"
    if nearest_alike <= MAX_CONTRADICTING and nearest_alike * MIN_RATIO + ALIKE_LEAD <= own:
        return "contradicts"
    return "agrees" if own <= MAX_DISTANCE and nearest == wanted else "unknown"


def distance(
    shape: Shape, known: Iterable[Shape], *, euler_weight: float | None = None, at_most: float = math.inf
) -> float:
    """Say how far the nearest of known shapes is from a glyph; without a weight, of those with its Euler number.

    Shapes:  `at_most` where none is nearer
    Units:   pixels of ink that the other one lacks, even at a pixel's distance, and what the widths count for
    """
    ink, grown, euler, thin_euler, aspect = shape
    nearest = at_most
    for other_ink, other_grown, other_euler, _, other_aspect in known:
        apart = ASPECT_WEIGHT * abs(aspect - other_aspect)
        if other_euler not in (euler, thin_euler):
            if euler_weight is None:
                continue
            apart += euler_weight
        if apart < nearest:
            apart += (ink & ~other_grown).bit_count() + (other_ink & ~grown).bit_count()
            nearest = min(nearest, apart)
    return nearest


def packed(shapes: Iterable[tuple[str, Shape]]) -> bytes:
    """Write shapes and the letters, in lower case, that they are of, as the table holds them."""
    return zlib.compress(
        b"".join(
            _RECORD.pack(
                letter.encode(), shape.euler, round(100 * shape.aspect), shape.ink.to_bytes(WIDTH * HEIGHT // 8)
            )
            for letter, shape in shapes
        ),
        9,
    )


@cache
def _known() -> Mapping[str, Sequence[Shape]]:
    table = zlib.decompress(Path(__file__).with_name("letter_shapes.bin").read_bytes())
    shapes: dict[str, list[Shape]] = {}
    for letter, euler, aspect, ink in _RECORD.iter_unpack(table):
        bits = int.from_bytes(ink)
        shapes.setdefault(letter.decode(), []).append(Shape(bits, _grown(bits), euler, euler, aspect / 100))
    return shapes


@cache
def _against(letter: str) -> tuple[tuple[str, bool], ...]:
    """List what a letter is not, digits for a digit, letters for a letter, and whether some fonts draw both alike."""
    alike = {other for group in _ALIKE if letter in group for other in group}
    kind = str.isdecimal if letter.isdecimal() else str.isalpha
    return tuple((other, other in alike) for other in _known() if kind(other) and other != letter)


@cache
def _ink_below(middle: int) -> bytes:
    return b"1" * middle + b"0" * (256 - middle)


@cache
def _ink_from(middle: int) -> bytes:
    return b"0" * middle + b"1" * (256 - middle)


def _halved(ink: bytes) -> int:
    """Halve a drawing, written in zeros and ones: a pixel is ink where two of its four are."""
    parts: list[int] = []
    for columns in (ink[0::2], ink[1::2]):
        for first in (0, WIDTH):
            rows = b"".join(columns[row : row + WIDTH] for row in range(first, len(columns), 2 * WIDTH))
            parts.append(int(rows, 2))
    a, b, c, d = parts
    return (a & b) | (c & d) | ((a | b) & (c | d))


def _grown(ink: int) -> int:
    wide = ink | ((ink << 1) & _NOT_LAST) | ((ink >> 1) & _NOT_FIRST)
    return (wide | (wide << WIDTH) | (wide >> WIDTH)) & _FULL


def _joined(seed: int, ink: int) -> int:
    """Find the part of a drawing of the frame's size that holds a pixel."""
    part = 0
    while seed != part:
        part = seed
        wide = part | ((part << 1) & _FRAME_NOT_LAST) | ((part >> 1) & _FRAME_NOT_FIRST)
        seed = (wide | (wide << FRAME_WIDTH) | (wide >> FRAME_WIDTH)) & ink
    return part


def _euler(ink: int) -> int:
    """Count parts less holes in a drawing of the frame's size; corners join parts, and single pixels are no holes.

    Shapes:  pixels, less pairs side by side and above one another, plus squares of four, less pairs at a corner only
    """
    left, right = (ink << 1) & _FRAME_NOT_LAST, (ink >> 1) & _FRAME_NOT_FIRST
    ink |= left & right & (ink << FRAME_WIDTH) & (ink >> FRAME_WIDTH)
    right = (ink << 1) & _FRAME_NOT_LAST  # what is to a pixel's right
    below = ink << FRAME_WIDTH & _FRAME_NOT_BOTTOM
    corner = right << FRAME_WIDTH & _FRAME_NOT_BOTTOM
    pairs = (ink & right).bit_count() + (ink & below).bit_count()
    squares = (ink & right & below & corner).bit_count()
    falling = ink & corner & ~right & ~below
    rising = right & below & ~ink & ~corner
    return ink.bit_count() - pairs + squares - falling.bit_count() - rising.bit_count()
