"""How large a picture is sent, and in how many pieces."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from witnessmark.documents.prepared import Purpose
from witnessmark.plans.image_sizes import MOST_PIECES, pieces, sent_size
from witnessmark.plans.image_tokens import HIGH, STANDARD, ImageTier, image_tokens, seen_size

TIERS = pytest.mark.parametrize("tier", [STANDARD, HIGH], ids=["standard", "high"])


@pytest.mark.parametrize(
    ("size", "purpose", "tier", "sent"),
    [
        ((1000, 1000), "reading", STANDARD, (1000, 1000)),
        ((4032, 3024), "reading", HIGH, (2212, 1659)),
        ((2480, 3508), "reading", STANDARD, (924, 1307)),
        ((2480, 3508), "classification", HIGH, (554, 784)),
        ((2480, 3508), "classification", STANDARD, (554, 784)),
        ((640, 480), "classification", HIGH, (640, 480)),
        ((1, 1), "reading", HIGH, (1, 1)),
    ],
)
def test_a_picture_is_sent_as_large_as_its_purpose_and_the_model_take(
    size: tuple[int, int], purpose: Purpose, tier: ImageTier, sent: tuple[int, int]
) -> None:
    assert sent_size(*size, purpose, tier) == sent


@TIERS
def test_what_is_sent_is_seen_untouched_and_keeps_its_shape(tier: ImageTier) -> None:
    chance = random.Random(1)
    for _ in range(2000):
        width, height = (int(2 ** chance.uniform(0, 14)) for _ in range(2))
        for purpose in ("reading", "classification"):
            sent = sent_size(width, height, purpose, tier)
            assert seen_size(*sent, tier) == sent
            assert image_tokens(*sent, tier) <= tier.max_tokens
            assert max(sent) <= min(tier.long_edge, max(width, height))
            # Where the shape cannot be kept exactly, less than a pixel is lost of the shorter side.
            shorter = min(width, height) * max(sent) / max(width, height)
            assert abs(min(sent) - shorter) < 1 or min(sent) == 1


@pytest.mark.parametrize(
    ("size", "count"),
    [
        ((2480, 3508), 1),  # a page
        ((4000, 3000), 1),  # a photo
        ((2000, 600), 1),  # a banner that is seen in its own pixels
        ((5000, 1600), 1),  # one that loses little
        ((20, 30000), 12),
        ((1000, 50000), 20),
        ((50000, 1000), 20),
        ((3000, 50000), 12),
        ((8000, 600), 4),
    ],
)
def test_a_strip_is_cut_into_pieces_and_a_page_is_not(size: tuple[int, int], count: int) -> None:
    assert len(pieces(*size, "reading", HIGH)) == count
    assert len(pieces(*size, "classification", HIGH)) == 1


@TIERS
def test_pieces_cover_all_of_a_strip_and_a_line_of_text_is_whole_in_one_of_them(tier: ImageTier) -> None:
    chance = random.Random(2)
    for _ in range(500):
        width = int(2 ** chance.uniform(5, 12))
        height = int(width * chance.uniform(3.1, 60))
        boxes = pieces(width, height, "reading", tier)
        assert pieces(height, width, "reading", tier) == tuple((y0, x0, y1, x1) for x0, y0, x1, y1 in boxes)
        assert (boxes[0][1], boxes[-1][3]) == (0, height)
        assert {(x0, x1) for x0, _, x1, _ in boxes} == {(0, width)}
        assert len({bottom - top for _, top, _, bottom in boxes}) == 1
        for above, below in pairwise(boxes):
            assert above[3] - below[1] >= width // 16 - 1
        sent = sent_size(width, boxes[0][3], "reading", tier)
        # A piece is legible: shrunk at most to what a page of this width would be.
        assert sent[0] >= min(width, sent_size(width, round(1.5 * width), "reading", tier)[0]) - 1 or len(boxes) == 1


def test_an_endless_strip_would_take_more_pieces_than_are_allowed() -> None:
    assert len(pieces(100, 1_000_000, "reading", HIGH)) > MOST_PIECES
