"""What a part of a document is called before the model: the same words for the same pages, however they came about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from witnessmark.documents.page_range import text_from_pages

MOST_NAME = 120
"""Characters of a file's name that stand among words of ours."""
_QUOTES = str.maketrans(dict.fromkeys('\u201c\u201d\u201e\u201f"', "'"))
_LINES = re.compile(r"(.*), lines (\d+)-(\d+)", re.DOTALL)


def pages_title(name: str, pages: Sequence[int]) -> str:
    """Name some pages of a document: `a.pdf, page 3`, `a.pdf, pages 3-5`."""
    return f"{name}, page{'s' if len(pages) > 1 else ''} {text_from_pages(pages)}"


def quoted_name(name: str) -> str:
    """Write a document's name where it stands among words of ours: in quotes that it cannot end, on one line."""
    bare = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in name.translate(_QUOTES))
    bare = " ".join(bare.split())
    return f"\u201c{bare if len(bare) <= MOST_NAME else '…' + bare[1 - MOST_NAME :]}\u201d"


def picture_label(name: str, page: int) -> str:
    """Write what stands before the picture of a page: `The file named “a.png”, page 3`."""
    return pages_title(f"The file named {quoted_name(name)}", [page])


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
