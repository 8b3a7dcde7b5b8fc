"""How large a picture is sent, and in how many pieces: no more than the model sees, no less than the task needs."""

from __future__ import annotations

import math

from witnessmark.documents.prepared import Purpose
from witnessmark.plans.image_tokens import PATCH, ImageTier, seen_size

PAGE_DPI = 300
"""A page of a PDF is drawn at most at this: print is read at it, and small pages need no more."""
MOST_PIECES = 40
"""Beyond it a strip is refused: a request of some models carries 100 pictures."""

_CLASSIFYING = ImageTier(long_edge=784, max_tokens=784)
"""An A4 page at 67 dpi, whose headings can be read: 560 tokens, where reading takes 4,756."""
_STRIP = 3.0
"""Sides of 1 to more than this make a strip, such as a till's receipt or a web page in one picture."""
_LEGIBLE_SHRINK = 2.0
"""A strip that would be shrunk by more than this is cut into pieces."""
_PIECE = 1.5
"""Sides of a piece that has to be shrunk anyhow: those of a page."""

PixelBox = tuple[int, int, int, int]


def sent_size(width: int, height: int, purpose: Purpose, tier: ImageTier) -> tuple[int, int]:
    """Say at which size a picture is sent.

    Shapes:  (width, height); never larger than the picture, and seen by the model untouched
    """
    if purpose == "classification":
        tier = ImageTier(
            long_edge=min(tier.long_edge, _CLASSIFYING.long_edge),
            max_tokens=min(tier.max_tokens, _CLASSIFYING.max_tokens),
        )
    return seen_size(width, height, tier)


def pieces(width: int, height: int, purpose: Purpose, tier: ImageTier) -> tuple[PixelBox, ...]:
    """Cut a strip into pieces that can be read; anything else is one piece.

    Shapes:  boxes (x0, top, x1, bottom) from the top or the left, all of one size; each holds the last sixteenth of the
             strip's width of the one before, so that no line of text is cut in both
    """
    short, long = sorted((width, height))
    seen = min(sent_size(width, height, purpose, tier))
    if purpose == "classification" or long <= _STRIP * short or short <= _LEGIBLE_SHRINK * seen:
        return ((0, 0, width, height),)
    length = max(_longest_untouched(short, tier), round(_PIECE * short))
    overlap = min(max(PATCH, short // 16), length // 4)
    count = math.ceil((long - overlap) / (length - overlap))
    starts = [round(number * (long - length) / (count - 1)) for number in range(count)]
    if height > width:
        return tuple((0, start, width, start + length) for start in starts)
    return tuple((start, 0, start + length, height) for start in starts)


def _longest_untouched(short: int, tier: ImageTier) -> int:
    """Say how long a piece of this width may be to be seen in its own pixels; 0 where it is too wide for that."""
    across = math.ceil(short / PATCH)
    if across * PATCH > tier.long_edge:
        return 0
    return min(tier.long_edge // PATCH, tier.max_tokens // across) * PATCH
