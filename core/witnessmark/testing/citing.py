"""Answers that cite: what a test wants to be quoted is found in the request, and pointed to as the API does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from witnessmark.testing.request import Block, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A piece of an answer, and the words of a document that it rests on."""

    text: str
    quote: str
    """As it stands in the document, white space aside; of custom content, all lines that it touches are cited."""
    document: int | None = None
    """Which document of the request, counted from 0; None: the first in which it stands."""


class NothingToCite(ValueError):
    """A test cites what stands in no document that may be cited; the API's citations always point to something."""

    def __init__(self, quote: str) -> None:
        super().__init__(f"No document of the request with citations has these words: {quote!r}.")


def cited_blocks(said: Sequence[str | Cited], request: Request) -> list[dict[str, Any]]:
    """Make content blocks of pieces of an answer.

    Errors:  `NothingToCite`
    """
    return [
        {"type": "text", "text": piece, "citations": None}
        if isinstance(piece, str)
        else {"type": "text", "text": piece.text, "citations": [_citation(piece, request)]}
        for piece in said
    ]


def _citation(piece: Cited, request: Request) -> dict[str, Any]:
    wanted = re.compile(r"\s+".join(map(re.escape, piece.quote.split())))
    for index, document in enumerate(request.documents):
        if document.cites and piece.document in {None, index}:
            for place in _places(document, wanted, request):
                return {
                    **place,
                    "document_index": index,
                    "document_title": document.title,
                    "file_id": document.source_name if document.source == "file" else None,
                }
    raise NothingToCite(piece.quote)


def _places(document: Block, wanted: re.Pattern[str], request: Request) -> Iterator[dict[str, Any]]:
    lines = request.lines_of(document)
    if lines:
        yield from _of_lines(lines, wanted)
    elif document.content is not None:
        pages = [(page.page_number, page.text) for page in request.pages_of(document)]
        yield from _of_pages(pages, wanted)
    elif found := wanted.search(document.text):
        yield {
            "type": "char_location",
            "cited_text": found[0],
            "start_char_index": found.start(),
            "end_char_index": found.end(),
        }


def _of_pages(pages: Sequence[tuple[int, str]], wanted: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    """Find words on a page, else over the end of one; the last page is excluded, as in the API."""
    for count in (1, 2):
        for start in range(len(pages) - count + 1):
            some = pages[start : start + count]
            if found := wanted.search("\n".join(text for _, text in some)):
                yield {
                    "type": "page_location",
                    "cited_text": found[0],
                    "start_page_number": some[0][0],
                    "end_page_number": some[-1][0] + 1,
                }


def _of_lines(lines: Sequence[str], wanted: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    whole = "\n".join(lines)
    if found := wanted.search(whole):
        first, last = (whole.count("\n", 0, place) for place in (found.start(), found.end() - 1))
        yield {
            "type": "content_block_location",
            "cited_text": "".join(lines[first : last + 1]),
            "start_block_index": first,
            "end_block_index": last + 1,
        }
