"""Page ranges as people write them: `1-3,7`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from witnessmark.errors import InputError

_NOT_GIVEN = frozenset({"", "all", "null", "none"})
_PART = re.compile(r"(\d{1,9})(?:-(\d{1,9})?)?")


class PageRangeInvalid(InputError):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:60]!r} is not a page range.",
            "Pages count from 1 and both ends are included, such as '1-3,7' or '5-'.",
        )


class PageOutOfRange(InputError):
    def __init__(self, page_number: int, *, page_count: int) -> None:
        pages = "1 page" if page_count == 1 else f"{page_count:,} pages"
        super().__init__(
            f"Page {page_number} does not exist: the document has {pages}.", f"Pass pages='{_range(1, page_count)}'."
        )


class TooManyPages(InputError):
    """More pages were asked for than one call reads."""

    def __init__(self, asked: int, *, limit: int, first: int, last: int) -> None:
        super().__init__(
            f"{asked:,} pages were asked for, and one call reads at most {limit:,}.",
            f"Call it for parts, beginning with pages='{_range(first, last)}'.",
        )


def pages_from_text(text: str | None, *, page_count: int, limit: int) -> tuple[int, ...]:
    """Read a page range.

    Shapes:  sorted page numbers without repeats; all pages where `text` is None, `all`, empty or a model's `null`
    Units:   pages, from 1
    Errors:  `PageRangeInvalid`, `PageOutOfRange`, `TooManyPages` (the answer would have more than `limit` pages)
    """
    is_all = text is None or text.strip().lower() in _NOT_GIVEN
    numbers = range(1, page_count + 1) if text is None or is_all else _numbers(text, page_count)
    if len(numbers) > limit:
        raise TooManyPages(len(numbers), limit=limit, first=numbers[0], last=numbers[limit - 1])
    return tuple(numbers)


def count_of_pages(text: str) -> int:
    """Count the pages of ranges as `text_from_pages` writes them, those of several documents with names before them."""
    ranges = (part for named in text.split("; ") for part in named.rpartition(": ")[2].split(",") if part)
    ends = (tuple(map(int, part.split("-"))) for part in ranges)
    return sum(end[-1] - end[0] + 1 for end in ends)


def _numbers(text: str, page_count: int) -> list[int]:
    found: set[int] = set()
    for part in text.replace("–", "-").replace(" ", "").removesuffix(",").split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise PageRangeInvalid(text)
        first = int(match[1])
        last = page_count if part.endswith("-") else int(match[2] or first)
        if first < 1 or (last < first and not part.endswith("-")):
            raise PageRangeInvalid(text)
        for end in (first, last):
            if end > page_count:
                raise PageOutOfRange(end, page_count=page_count)
        found.update(range(first, last + 1))
    return sorted(found)


def text_from_pages(pages: Iterable[int]) -> str:
    """Write page numbers as a range: 1, 2, 3, 7 → `1-3,7`."""
    runs: list[tuple[int, int]] = []
    for page in sorted(set(pages)):
        if runs and runs[-1][1] == page - 1:
            runs[-1] = (runs[-1][0], page)
        else:
            runs.append((page, page))
    return ",".join(_range(first, last) for first, last in runs)


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
