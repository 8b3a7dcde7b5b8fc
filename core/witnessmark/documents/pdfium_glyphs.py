"""Glyphs of a PDF's pages, drawn and compared with known letter shapes: proves most fonts without OCR.

A font may map two glyphs to one letter, so a glyph is told by its letter and by where its ink lies in its line box.
Each is drawn where it is used, since only the page shows what is seen. Runs in a worker.
"""

from __future__ import annotations

import ctypes
import struct
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from witnessmark.documents.letter_shapes import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    Shape,
    Verdict,
    filled,
    inked,
    judged,
    shape_of,
    without_neighbours,
)
from witnessmark.documents.pdfium_words import by_address
from witnessmark.documents.placement import Placement
from witnessmark.documents.sampling import SEPARATORS, FontWord
from witnessmark.values import Word

MAX_DRAWN = 1_000
"""Glyphs that are drawn on one page; a font has some sixty letters. What is not drawn is not proven."""
MAX_TRIES = 3
"""Places in which a glyph is drawn until it agrees: another letter or a rule may reach into the first."""
AGREEING_DRAWINGS = 2
"""Places in which a digit has to agree, where it is used so often."""
LETTERS_LOOKED_AT = 2
"""Times that a letter of a font is looked at on each page; digits are looked at wherever they are."""
MIN_AGREEING = 0.5
"""Share of a font's letters that have to agree where none contradicts: of fonts with other letters nearly none does."""
MIN_SIZE = 0.05
"""Points of a glyph's width and height under which there is nothing to draw."""

HANGING = 0.035
"""Share of a line box's height that a comma reaches below its line: full stops 0 to 0.02, commas 0.055 and more."""

_Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points of the page as PDFium has it."""
_STEPS = 1_000
"""Steps of a line box's height to which a glyph's box is rounded."""


class GlyphPage:
    """Draws glyphs of a loaded page."""

    def __init__(self, raw: Any, page: Any, text: Any, placement: Placement) -> None:
        self._raw, self._page, self._text = raw, page, text
        self._placement = placement
        self._drawn = 0
        self.contradicting: set[int] = set()
        """Characters that were drawn and look like others."""
        sides, line = (ctypes.c_double * 4)(), raw.FS_RECTF()
        get_box = by_address(raw.FPDFText_GetCharBox, *[ctypes.c_void_p] * 4)
        get_line = by_address(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p)
        address = ctypes.cast(text, ctypes.c_void_p).value
        sides_at, line_at = [ctypes.addressof(sides) + 8 * place for place in range(4)], ctypes.addressof(line)
        four_doubles, four_floats = struct.Struct("4d").unpack_from, struct.Struct("4f").unpack_from

        def box(index: int) -> _Box:
            get_box(address, index, *sides_at)
            left, right, bottom, top = four_doubles(sides)
            return left, bottom, right, top

        def line_box(index: int) -> _Box:
            get_line(address, index, line_at)
            left, top, right, bottom = four_floats(line)
            return left, bottom, right, top

        self.box: Callable[[int], _Box] = box
        """Find the box of a character's ink; a font of Type 3 says itself how large it is."""
        self._line_box: Callable[[int], _Box] = line_box
        self._kept = (sides, line)  # the calls write to their addresses

    def place(self, index: int, box: _Box) -> tuple[int, ...]:
        """Say where a character's ink lies in its line box, and how wide that is."""
        start, base, end, upper = self._line_box(index)
        step = max(upper - base, MIN_SIZE) / _STEPS
        left, bottom, right, top = box
        return (
            round((left - start) / step),
            round((bottom - base) / step),
            round((right - start) / step),
            round((top - base) / step),
            round((end - start) / step),
        )

    def hangs(self, index: int, box: _Box) -> bool:
        """Say whether a separator's ink reaches below the line that letters stand on, as a comma's does."""
        across, base = ctypes.c_double(), ctypes.c_double()
        self._raw.FPDFText_GetCharOrigin(self._text, index, across, base)
        _, lower, _, upper = self._line_box(index)
        return base.value - box[1] > HANGING * (upper - lower)

    def verdict(self, index: int, box: _Box, letter: str) -> Verdict:
        """Draw a character and compare it with its letter; without its neighbours, if they are seen, too."""
        if self._drawn == MAX_DRAWN:
            return "unknown"
        self._drawn += 1
        shape = self.shape(index, box)
        verdict: Verdict = judged(letter, shape) if shape is not None else "unknown"
        if verdict != "agrees" and (shape := self.shape(index, box, has_neighbours=False)) is not None:
            verdict = judged(letter, shape)
        if verdict == "contradicts":
            self.contradicting.add(index)
        return verdict

    def shape(self, index: int, box: _Box, *, has_neighbours: bool = True) -> Shape | None:
        """Draw a character; None where nothing can be seen."""
        x0, top, x1, bottom = self._placement.upright(*box)
        for _ in range(2):
            if x1 - x0 < MIN_SIZE or bottom - top < MIN_SIZE:
                return None
            ink = inked(self._pixels(x0, top, x1, bottom), text_grey=self._grey(index))
            if ink is not None and not has_neighbours:
                ink = without_neighbours(ink)
            if ink is None:
                return None
            first, upper, last, lower = filled(ink)
            is_filled = first <= 1 and upper <= 1 and last >= FRAME_WIDTH - 1 and lower >= FRAME_HEIGHT - 1
            if is_filled:
                return shape_of(ink, width=x1 - x0, height=bottom - top)
            across, down = (x1 - x0) / FRAME_WIDTH, (bottom - top) / FRAME_HEIGHT
            x0, x1 = x0 + first * across, x0 + last * across
            top, bottom = top + upper * down, top + lower * down
        return None

    def _grey(self, index: int) -> int:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        self._raw.FPDFText_GetFillColor(self._text, index, red, green, blue, alpha)
        return (red.value * 30 + green.value * 59 + blue.value * 11) // 100

    def _pixels(self, x0: float, top: float, x1: float, bottom: float) -> bytes:
        raw = self._raw
        buffer = (ctypes.c_ubyte * (FRAME_WIDTH * FRAME_HEIGHT))()
        bitmap = raw.FPDFBitmap_CreateEx(FRAME_WIDTH, FRAME_HEIGHT, raw.FPDFBitmap_Gray, buffer, FRAME_WIDTH)
        across, down = FRAME_WIDTH / (x1 - x0), FRAME_HEIGHT / (bottom - top)
        matrix = raw.FS_MATRIX(across, 0, 0, down, -x0 * across, -top * down)
        clip = raw.FS_RECTF(0, 0, FRAME_WIDTH, FRAME_HEIGHT)
        try:
            raw.FPDFBitmap_FillRect(bitmap, 0, 0, FRAME_WIDTH, FRAME_HEIGHT, 0xFFFFFFFF)
            raw.FPDF_RenderPageBitmapWithMatrix(bitmap, self._page, matrix, clip, raw.FPDF_ANNOT)
        finally:
            raw.FPDFBitmap_Destroy(bitmap)
        return bytes(buffer)


@dataclass(slots=True)
class _Seen:
    """What was found of one glyph."""

    verdict: Verdict = "unknown"
    tries: int = 0
    agreeing: int = 0


class _Placed(NamedTuple):
    """A glyph on a page: its character's index, its font, what it is said to be, its box, and where that lies."""

    at: int
    font: str
    letter: str
    box: _Box
    place: tuple[int, ...]


class GlyphProof:
    """What is known of the glyphs of one open document."""

    def __init__(self) -> None:
        self._fonts: dict[str, dict[str, dict[tuple[int, ...], _Seen]]] = {}
        self._digits_at: dict[tuple[str, tuple[int, ...]], set[str]] = {}

    def look(
        self, page: GlyphPage, words: Sequence[tuple[Word, int]], characters: str, font_at: Callable[[int], str]
    ) -> None:
        """Draw the glyphs of a page's level words that are not known to agree.

        Shapes:  words with the index of their first character; `characters` of the whole page
        """
        looked_at = Counter[tuple[str, str]]()
        found: list[_Placed] = []
        for word, start in words:
            if not _is_as_written(word, start, characters):
                continue
            fonts: tuple[str, ...] = ()
            for offset, letter in enumerate(word.text):
                is_separator = letter in SEPARATORS
                if not letter.isalnum() and not is_separator:
                    continue
                fonts = fonts or _fonts_of(word, start, font_at)
                font = fonts[offset % len(fonts)]
                if letter.isalpha():
                    looked_at[font, letter] += 1
                    if looked_at[font, letter] > LETTERS_LOOKED_AT:
                        continue
                found.append(self._placed(page, start + offset, font, letter))
        for glyph in found:
            self._look_at(page, glyph)

    def shows(self, page: GlyphPage, word: Word, start: int, characters: str) -> bool:
        """Say whether the page shows the digits of a word where it has them, whatever lies over or under them."""
        return _is_as_written(word, start, characters) and all(
            page.verdict(start + offset, page.box(start + offset), letter) == "agrees"
            for offset, letter in enumerate(word.text)
            if letter.isdecimal()
        )

    def _placed(self, page: GlyphPage, index: int, font: str, letter: str) -> _Placed:
        box = page.box(index)
        place = page.place(index, box)
        if letter.isdecimal():
            self._digits_at.setdefault((font, place), set()).add(letter)
        return _Placed(index, font, letter, box, place)

    def _look_at(self, page: GlyphPage, glyph: _Placed) -> None:
        index, font, letter, box, place = glyph
        seen = self._fonts.setdefault(font, {}).setdefault(letter, {}).setdefault(place, _Seen())
        if letter in SEPARATORS:
            seen.verdict = "contradicts" if page.hangs(index, box) != (letter == ",") else "agrees"
            return
        # Where other digits have the same place, as in fonts that only claim one, a place does not tell glyphs apart.
        is_told = len(self._digits_at.get((font, place), ())) <= 1
        wanted = AGREEING_DRAWINGS if letter.isdecimal() else 1
        is_settled = seen.agreeing == wanted or seen.tries == MAX_TRIES
        if is_settled if is_told else seen.agreeing < seen.tries:
            return
        seen.tries += 1
        verdict = page.verdict(index, box, letter)
        seen.agreeing += verdict == "agrees"
        # A place that shows another letter outweighs those that agree, and these outweigh one that shows nothing.
        if verdict == "contradicts" or (verdict == "agrees" and seen.verdict == "unknown" and is_told):
            seen.verdict = verdict
        elif not is_told:
            seen.verdict = verdict if seen.agreeing == seen.tries else "unknown"

    def has_proven(self, font: str, digits: str) -> bool:
        """Say whether each glyph that a font draws for these digits looks like its digit."""
        letters = self._fonts.get(font, {})
        return all(
            digit in letters and all(seen.verdict == "agrees" for seen in letters[digit].values()) for digit in digits
        )

    def has_proven_letters(self, font: str) -> bool:
        """Say whether most letters of a font look like theirs, and none like another."""
        verdicts = [
            seen.verdict
            for letter, glyphs in self._fonts.get(font, {}).items()
            if letter.isalpha()
            for seen in glyphs.values()
        ]
        agreeing = verdicts.count("agrees")
        return "contradicts" not in verdicts and agreeing >= MIN_AGREEING * len(verdicts)

    def contradicted(self, font: str) -> frozenset[str]:
        """List the letters and separators for which a font draws others."""
        return frozenset(
            letter
            for letter, glyphs in self._fonts.get(font, {}).items()
            if any(seen.verdict == "contradicts" for seen in glyphs.values())
        )


class PageProof:
    """A document's glyphs as one of its pages shows them: what `sampling.Proof` asks for."""

    def __init__(self, glyphs: GlyphProof, page: GlyphPage, characters: str) -> None:
        self._glyphs, self._page, self._characters = glyphs, page, characters

    def look(self, words: Sequence[tuple[Word, int]], font_at: Callable[[int], str]) -> None:
        self._glyphs.look(self._page, words, self._characters, font_at)

    def has_proven(self, font: str, digits: str) -> bool:
        return self._glyphs.has_proven(font, digits)

    def has_proven_letters(self, font: str) -> bool:
        return self._glyphs.has_proven_letters(font)

    def contradicted(self, font: str) -> frozenset[str]:
        return self._glyphs.contradicted(font)

    def is_doubtful(self, item: FontWord) -> bool:
        return not self._page.contradicting.isdisjoint(range(item.start, item.start + len(item.word.text)))

    def shows(self, item: FontWord) -> bool:
        return self._glyphs.shows(self._page, item.word, item.start, self._characters)


def _is_as_written(word: Word, start: int, characters: str) -> bool:
    """Say whether a level word has one ASCII letter for each glyph: ligatures and spaced letters do not."""
    return word.angle == 0 and word.text.isascii() and characters.startswith(word.text, start)


def _fonts_of(word: Word, start: int, font_at: Callable[[int], str]) -> tuple[str, ...]:
    """Name the font of each letter of a word; one name where the first and the last share it."""
    first, last = font_at(start), font_at(start + len(word.text) - 1)
    if first == last:
        return (first,)
    return tuple(font_at(start + offset) for offset in range(len(word.text)))
