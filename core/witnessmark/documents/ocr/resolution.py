"""How large a page is drawn to be read."""

from __future__ import annotations

DPI = 200
"""Pixels an inch: what offices scan with."""
SMALLEST_SIDE, LARGEST_SIDE = 1400, 4000
"""Pixels of the longer side: pages of a stamp's size exist, and of a house's."""
MOST_PIXELS = 24_000_000
"""Pixels of a picture that is read: more is shrunk to that. An A3 page at 400 dpi has 31 million."""


def ocr_side(width: float, height: float) -> int:
    """Say how many pixels the longer side of a page is given.

    Units:  points in, pixels out
    """
    longer, shorter = max(width, height, 1.0), max(min(width, height), 1.0)
    # Of a long narrow page, as a till prints, the shorter side is what has to be large enough.
    side = longer * DPI / 72
    largest = LARGEST_SIDE * max(1.0, longer / shorter / 2)
    return round(min(max(side, SMALLEST_SIDE), largest))
