"""Checks of a prompt as a whole: how many images and pages, how large, which breakpoints and citations together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from witnessmark.testing import checks
from witnessmark.testing.contents import MOST_SIDE, ImageContent, PdfContent, seen_size
from witnessmark.testing.models import Model
from witnessmark.testing.prompt import ttl_of
from witnessmark.testing.request import Block
from witnessmark.testing.shapes import Object, part

MOST_SIDE_OF_MANY, MANY = 2000, 20
"""Pixels; with more than `MANY` images this bound holds for each."""
MOST_BREAKPOINTS = 4

_Images = list[tuple[Block, ImageContent]]


def check_prompt(blocks: Sequence[Block], body: Object, model: Model, *, is_count: bool) -> None:
    """Check what only all blocks together can say. Counting does not enforce limits on images and pages (§9)."""
    check_breakpoints(blocks, body)
    check_citations(blocks, has_format=bool(part(body, "output_config").get("format")))
    images: _Images = [(block, block.content) for block in blocks if isinstance(block.content, ImageContent)]
    check_oversized(images, model)
    if not is_count:
        check_dimensions(images)
        check_pages(blocks, model, images=len(images))


def check_breakpoints(blocks: Sequence[Block], body: Object) -> None:
    """Check how many cache breakpoints there are, the automatic one counted, and that long ones come first."""
    ttls: list[tuple[str, Any]] = [(block.path, block.ttl) for block in blocks if block.ttl is not None]
    if (automatic := ttl_of(body, "")) is not None:
        ttls.append(("cache_control", automatic))
    if len(ttls) > MOST_BREAKPOINTS:
        raise checks.BREAKPOINTS(
            f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {len(ttls)}."
        )
    for (_, before), (path, ttl) in pairwise(ttls):
        if before == "5m" and ttl == "1h":
            raise checks.TTL_ORDER(
                f"{path}: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
            )


def check_citations(blocks: Sequence[Block], *, has_format: bool) -> None:
    """Check that nothing is cited under a format, and that either all documents can be cited or none."""
    documents = [block for block in blocks if block.type == "document" and block.place == "user"]
    cited = [block for block in blocks if block.cites]
    if cited and has_format:
        raise checks.CITATIONS_WITH_FORMAT(
            f"{cited[0].path}: citations cannot be used together with output_config.format"
        )
    if any(block.cites for block in documents) and not all(block.cites for block in documents):
        raise checks.MIXED_CITATIONS("citations must be enabled on all documents of a request, or on none")


def check_oversized(images: _Images, model: Model) -> None:
    """Refuse images larger than the model sees that ask for that; those by URL or file without saying where."""
    for block, image in images:
        size = (image.width, image.height)
        fitting = seen_size(*size, edge=model.image_edge, most=model.image_tokens)
        if block.must_fit and fitting != size:
            where = f"{block.path}: " if block.source == "base64" else ""
            raise checks.OVERSIZED_IMAGE(
                f"{where}image dimensions {size[0]}x{size[1]} exceed the model's maximum image size; the largest "
                f"dimensions that fit are {fitting[0]}x{fitting[1]}"
            )


def check_dimensions(images: _Images) -> None:
    """Refuse images with a side too long, all of them in one error."""
    most = MOST_SIDE_OF_MANY if len(images) > MANY else MOST_SIDE
    large = [block.path for block, image in images if max(image.width, image.height) > most]
    if large:
        many = " for many-image requests" if len(images) > MANY else ""
        raise checks.IMAGE_DIMENSIONS(
            f"{large[0]}: At least one of the image dimensions exceed max allowed size{many}: {most} pixels",
            max_side_length_pixels=most,
            paths=large,
        )


def check_pages(blocks: Sequence[Block], model: Model, *, images: int) -> None:
    """Check pages and images, which draw on one allowance."""
    pages = images + sum(len(block.content.pages) for block in blocks if isinstance(block.content, PdfContent))
    if pages > model.pages:
        raise checks.PAGE_COUNT(
            f"A maximum of {model.pages} images and PDF pages may be provided in one request. Found {pages}."
        )
