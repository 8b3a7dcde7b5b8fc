"""What OCR found on a page's picture, as values that cross from the worker and wait in the cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from witnessmark.documents.ocr.letters import unread_script
from witnessmark.documents.ocr.straightening import Straightening
from witnessmark.values import BoundingBox, Fill, PageLayout, Rule, Word

TYPE_HEIGHT = 11.0
"""Points that the usual line of a picture's text is taken to have, where the picture's own scale says nothing."""
_HEIGHTS = (6.0, 20.0)
"""Points of a usual line of text that are believed; a PDF made of photographs may claim pages of two metres."""


MOST_DOUBTFUL, LEAST_SURE = 0.35, 0.9
"""A table of a scan is left out when over a third of its words are doubtful and the mean confidence is below 0.9: real
ones had 0.97 and more, screenshots printed small 0.86."""


class PlacedWord(NamedTuple):
    """A word where it stands.

    Units:  pixels of the straightened picture; `top` and `bottom` are those of its line
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float


class PixelRule(NamedTuple):
    """A drawn line.

    Units:  pixels of the straightened picture; the middle of the stroke, and its width
    """

    x0: float
    top: float
    x1: float
    bottom: float
    width: float


class PixelFill(NamedTuple):
    """A shaded area.

    Units:  pixels of the straightened picture; `grey` 0 black to 255 white
    """

    x0: float
    top: float
    x1: float
    bottom: float
    grey: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelPage:
    """What a picture says.

    Units:  pixels of the straightened picture
    """

    straightening: Straightening
    words: tuple[PlacedWord, ...]
    rules: tuple[PixelRule, ...]
    fills: tuple[PixelFill, ...]
    unreadable: tuple[tuple[float, float, float, float], ...]
    """Where something stands that is no text the engine can read."""
    text_height: float
    """The usual height of a line, 0 without text."""

    @property
    def confidence(self) -> float:
        """Mean over the letters; 0 without any."""
        letters = sum(len(word.text) for word in self.words)
        return sum(len(word.text) * word.confidence for word in self.words) / letters if letters else 0.0

    def layout(self, page_number: int, *, points_per_pixel: float | None) -> tuple[PageLayout, float]:
        """Make a page of it that the offline engine reads like any other.

        Shapes:  the page, whose points are those of the straightened picture, and how many of them a pixel has
        Units:   `points_per_pixel` is None for a picture that has no size on paper
        """
        scale = points_per_pixel or 0.0
        if not _HEIGHTS[0] <= self.text_height * scale <= _HEIGHTS[1]:
            scale = TYPE_HEIGHT / self.text_height if self.text_height else scale or 0.36
        width, height = self.straightening.size
        layout = PageLayout(
            page_number=page_number,
            width=width * scale,
            height=height * scale,
            words=tuple(
                Word(w.text, w.x0 * scale, w.top * scale, w.x1 * scale, w.bottom * scale, self._size(w) * scale)
                for w in self.words
            ),
            rules=tuple(
                Rule(r.x0 * scale, r.top * scale, r.x1 * scale, r.bottom * scale, r.width * scale) for r in self.rules
            ),
            fills=tuple(
                Fill(f.x0 * scale, f.top * scale, f.x1 * scale, f.bottom * scale, int(f.grey)) for f in self.fills
            ),
        )
        return layout, scale

    def _size(self, word: PlacedWord) -> float:
        """Guess a type size: boxes of one size differ by their letters, and that must not look like headings."""
        height = word.bottom - word.top
        return self.text_height if 0.75 < height / self.text_height < 1.3 else height


def page_to_wire(page: PixelPage) -> dict[str, Any]:
    """Write a page as JSON values."""
    made = page.straightening
    return {
        "straightening": [made.width, made.height, made.turn, made.skew],
        "words": [
            [word.text, *(round(value, 1) for value in word[1:5]), round(word.confidence, 3)] for word in page.words
        ],
        "rules": [[round(value, 1) for value in rule] for rule in page.rules],
        "fills": [[round(value, 1) for value in fill] for fill in page.fills],
        "unreadable": [[round(value, 1) for value in box] for box in page.unreadable],
        "text_height": round(page.text_height, 1),
    }


def page_from_wire(wire: dict[str, Any]) -> PixelPage:
    """Read what `page_to_wire` wrote.

    Errors:  `KeyError`, `TypeError` or `ValueError` when it is something else
    """
    width, height, turn, skew = wire["straightening"]
    return PixelPage(
        straightening=Straightening(width=int(width), height=int(height), turn=int(turn), skew=float(skew)),
        words=tuple(PlacedWord(str(text), *map(float, rest)) for text, *rest in wire["words"]),
        rules=tuple(PixelRule(*map(float, rule)) for rule in wire["rules"]),
        fills=tuple(PixelFill(*map(float, fill)) for fill in wire["fills"]),
        unreadable=tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in wire["unreadable"]),
        text_height=float(wire["text_height"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulWord:
    """A word that was read with less confidence than the page's others.

    Units:  the page's own: points of a PDF, pixels of an image
    """

    text: str
    box: BoundingBox
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """How OCR went on one page of a document.

    Units:  boxes as the page's own: points of a PDF, pixels of an image
    """

    engine: str
    word_count: int
    confidence: float
    turn: int
    skew: float
    unreadable: tuple[BoundingBox, ...]
    doubtful: tuple[DoubtfulWord, ...]
    on_page: Callable[[BoundingBox], BoundingBox]
    """Finds on the page itself a box of the straightened layout that tables and text were read from."""
    addressed: tuple[BoundingBox, ...] = ()
    """Where words speak to a model and not to people."""
    unread: tuple[BoundingBox, ...] = ()
    """The places of `unreadable` in the straightened layout, where the words of a page's flow are."""
    scripts: tuple[str, ...] = ()
    """Scripts that OCR cannot read and of which it has written letters: those words are not as printed."""


WORDS_OF_A_SCRIPT = 3
"""Words from which a page has a script; fewer are signs of formulas."""
DOUBTFUL = 0.88
"""Confidence under which a word is shown to a person: of words read that surely or better, few are wrong."""


def reading_of(page: PixelPage, *, engine: str, layout_scale: float, page_scale: float) -> PageReading:
    """Say how the reading of a page went, in the page's own coordinates.

    Units:  `layout_scale` points of the layout a pixel; `page_scale` units of the page a pixel
    """

    def on_page(box: BoundingBox) -> BoundingBox:
        return from_pixels(*(value / layout_scale for value in (box.x0, box.top, box.x1, box.bottom)))

    def from_pixels(x0: float, top: float, x1: float, bottom: float) -> BoundingBox:
        back = page.straightening.back(x0, top, x1, bottom)
        x0, top, x1, bottom = (value * page_scale for value in back)
        return BoundingBox(x0=max(0.0, x0), top=max(0.0, top), x1=x1, bottom=bottom)

    return PageReading(
        engine=engine,
        word_count=len(page.words),
        confidence=page.confidence,
        turn=page.straightening.turn,
        skew=page.straightening.skew,
        unreadable=tuple(from_pixels(*box) for box in page.unreadable),
        doubtful=tuple(
            DoubtfulWord(text=word.text, box=from_pixels(*word[1:5]), confidence=word.confidence)
            for word in page.words
            if word.confidence < DOUBTFUL
        ),
        on_page=on_page,
        unread=tuple(_in_layout(box, layout_scale) for box in page.unreadable),
        scripts=_scripts(page),
    )


def _scripts(page: PixelPage) -> tuple[str, ...]:
    found = Counter(script for word in page.words if (script := unread_script(word.text)) is not None)
    return tuple(sorted(script for script, count in found.items() if count >= WORDS_OF_A_SCRIPT))


def _in_layout(box: tuple[float, float, float, float], scale: float) -> BoundingBox:
    x0, top, x1, bottom = (value * scale for value in box)
    return BoundingBox(x0=x0, top=top, x1=x1, bottom=bottom)


def is_legible(layout: PageLayout, page: PixelPage, box: BoundingBox) -> bool:
    """Say whether OCR is sure of most words in a place: screenshots in a page look like tables of noise.

    Shapes:  `layout` is the one that `page.layout` made
    Units:   points of `layout`
    """
    inside = [
        seen.confidence
        for word, seen in zip(layout.words, page.words, strict=True)
        if box.x0 <= (word.x0 + word.x1) / 2 <= box.x1 and box.top <= (word.top + word.bottom) / 2 <= box.bottom
    ]
    doubtful = sum(confidence < DOUBTFUL for confidence in inside)
    return not inside or doubtful < MOST_DOUBTFUL * len(inside) or sum(inside) / len(inside) >= LEAST_SURE
