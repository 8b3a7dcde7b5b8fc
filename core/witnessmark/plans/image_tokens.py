"""What an image costs a model, in tokens, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

PATCH = 28
"""Side of the square that makes one token, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTier:
    """How much of an image a model sees.

    Units:   pixels; tokens
    Source:  Claude API documentation, "Vision" and "Vision coordinates", as of 2026-08-22
    """

    long_edge: int
    max_tokens: int


STANDARD = ImageTier(long_edge=1568, max_tokens=1568)
"""Opus 4.6 and 4.5, Sonnet 4.6 and 4.5, Haiku 4.5."""
HIGH = ImageTier(long_edge=2576, max_tokens=4784)
"""Models of 4.7 and later."""


def image_tokens(width: int, height: int, tier: ImageTier) -> int:
    """Count the tokens of an image after the resize that the API itself makes."""
    return _patches(*seen_size(width, height, tier))


def page_tokens(width: float, height: float, tier: ImageTier) -> int:
    """Count the tokens of a PDF page that is sent as an image at the largest size the tier sees.

    Units:  `width` and `height` in points; any unit gives the same answer
    """
    scale = tier.long_edge / max(width, height)
    return image_tokens(max(1, round(width * scale)), max(1, round(height * scale)), tier)


def seen_size(width: int, height: int, tier: ImageTier) -> tuple[int, int]:
    """Say at which size the model sees an image.

    Shapes:  (width, height); never larger than the image
    Source:  the documented rule: the largest long edge whose aspect-preserving partner fits edge and token limit
    """
    if _fits(width, height, tier):
        return width, height
    if height > width:
        tall, wide = seen_size(height, width, tier)
        return wide, tall
    ratio = width / height
    low, high = 1, width
    while low + 1 < high:
        middle = (low + high) // 2
        if _fits(middle, _partner(middle, ratio), tier):
            low = middle
        else:
            high = middle
    return low, _partner(low, ratio)


def _partner(long_edge: int, ratio: float) -> int:
    return max(round(long_edge / ratio), 1)


def _fits(width: int, height: int, tier: ImageTier) -> bool:
    padded = max(math.ceil(width / PATCH), math.ceil(height / PATCH)) * PATCH
    return padded <= tier.long_edge and _patches(width, height) <= tier.max_tokens


def _patches(width: int, height: int) -> int:
    return math.ceil(width / PATCH) * math.ceil(height / PATCH)
