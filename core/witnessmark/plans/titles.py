"""What a part of a document is called before the model: the same words for the same pages, however they came about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.documents.page_range import text_from_pages

_LINES = re.compile(r"(.*), lines (\d+)-(\d+)", re.DOTALL)


def pages_title(name: str, pages: Sequence[int]) -> str:
    """Name some pages of a document: `a.pdf, page 3`, `a.pdf, pages 3-5`."""
    return f"{name}, page{'s' if len(pages) > 1 else ''} {text_from_pages(pages)}"


def lines_title(name: str, first: int, last: int) -> str:
    """Name some lines of a text: `a.csv, lines 1-90`."""
    return f"{name}, lines {first}-{last}"


def name_of_pages(title: str, pages: Sequence[int]) -> str:
    """Find the document's name in the title of a block of these pages, which may be all of it."""
    return title.removesuffix(pages_title("", pages))


def name_and_first_line(title: str) -> tuple[str, int] | None:
    """Find the document's name and the first line in what `lines_title` made; None in another title."""
    match = _LINES.fullmatch(title)
    return (match[1], int(match[2])) if match else None
