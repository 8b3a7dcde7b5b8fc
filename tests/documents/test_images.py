"""Image files: their size as seen, and damage that is told."""

from __future__ import annotations

import pytest

from tests import damage, drawing
from witnessmark.documents.images import read_facts, read_pixels

LIMIT = 10_000_000


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_picture_is_as_wide_as_it_is_seen_whatever_way_the_camera_was_held(format_: str, orientation: int) -> None:
    content = drawing.draw_image(format_, size=(300, 100), exif_orientation=orientation)
    (frame,) = read_facts(content, max_pixels=LIMIT).frames
    pixels = read_pixels(content, 0, most_pixels=LIMIT)
    seen = (100, 300) if orientation in {6, 8} else (300, 100)
    assert (frame.width, frame.height) == (pixels.width, pixels.height) == seen
    # The text was drawn in the upper left corner; the turn takes it where the camera's top was.
    rows = [pixels.pixels[y * pixels.width : (y + 1) * pixels.width] for y in range(pixels.height)]
    dark = [(x, y) for y, row in enumerate(rows) for x, value in enumerate(row) if value < 128]
    left = sum(x for x, _ in dark) / len(dark) < pixels.width / 2
    top = sum(y for _, y in dark) / len(dark) < pixels.height / 2
    assert (left, top) == {1: (True, True), 3: (False, False), 6: (False, True), 8: (True, False)}[orientation]


@pytest.mark.parametrize(
    "content",
    [damage.truncated(drawing.draw_image("PNG"), 0.6), damage.with_broken_pixels(drawing.draw_image("PNG"))],
    ids=["cut off", "broken"],
)
def test_a_damaged_picture_is_said_to_be_damaged(content: bytes) -> None:
    assert read_facts(content, max_pixels=LIMIT).is_damaged
    assert not read_facts(drawing.draw_image("PNG"), max_pixels=LIMIT).is_damaged
