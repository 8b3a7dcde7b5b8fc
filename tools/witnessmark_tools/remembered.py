"""Results as they are remembered: of which file, and where on its pages everything stands, so that it can be shown.

Passwords are not in them, nor the bytes of the document: it is opened again, and has to be the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from witnessmark.documents.allowed import absolute, local_path
from witnessmark.documents.document import Document
from witnessmark.documents.web.url import is_url
from witnessmark.kept import KeptFiles
from witnessmark_tools.results import Frozen, ReviewItem, Status

FOLDER = "results"
"""Below the cache."""
LIMIT_BYTES = 100 * 1024 * 1024
LIMIT_DAYS = 30
ROWS_AT_ONCE = 200
"""Rows that are written in one piece, in some tenths of a millisecond."""
_LONGEST_SOURCE = 4_000
"""Characters; what is longer is the document itself."""


class RememberedPlace(NamedTuple):
    """Where a value stands.

    Units:  points of the page, of an image pixels
    """

    page: int
    box: tuple[float, float, float, float] | None
    status: Status | None = None
    value: str | None = None
    nearest: str | None = None
    reason: str | None = None


class RememberedTable(Frozen):
    table_id: str
    header_rows: int
    rows: list[list[RememberedPlace]]
    """Row 0 is the headers, of a table without them empty."""

    def cells(self) -> Iterator[tuple[str, RememberedPlace]]:
        """Give every cell that holds something, with its name."""
        for row, places in enumerate(self.rows):
            for column, place in enumerate(places):
                if place.value:
                    yield f"{self.table_id}:{row}:{column}", place


class RememberedReview(NamedTuple):
    """A place that a person should look at, and where in which table it is."""

    place: RememberedPlace
    table_id: str | None = None
    row: int | None = None
    column: int | None = None


class RememberedCitation(Frozen):
    citation_id: str
    places: list[RememberedPlace]
    """The parts of what is cited, in their order; of what stands nowhere, what resembles it."""


class Elsewhere(NamedTuple):
    """Where an item is kept that stands in another document."""

    result_id: str
    item: str


class RememberedResult(Frozen):
    result_id: str
    tool: str
    source: str | None
    """Absolute path or URL; None where that was the document itself."""
    name: str
    sha256: str
    tables: list[RememberedTable]
    review: list[RememberedReview]
    boxes: list[RememberedPlace]
    """Places that somebody asked for by page and box."""
    citations: list[RememberedCitation] = Field(default=[])
    elsewhere: dict[str, Elsewhere] = Field(default={})
    """Items of this result that stand in other documents, each of which has a result of its own."""


class RememberedResults:
    """Keeps results in a folder of their own. They may vanish at any time; then the tool is called again."""

    def __init__(self, folder: Path) -> None:
        self._files = KeptFiles(folder / FOLDER, limit_bytes=LIMIT_BYTES, limit_days=LIMIT_DAYS)

    def get(self, result_id: str) -> RememberedResult | None:
        """Find a result; one that another version wrote differently is as good as none."""
        body = self._files.get(result_id)
        if body is None:
            return None
        try:
            found = RememberedResult.model_validate(json.loads(body))
        except ValueError:
            return None
        return found if found.result_id == result_id else None

    def put(self, result: RememberedResult) -> None:
        """Keep a result; where that cannot be, its places cannot be shown, and nothing else."""
        self._files.put(result.result_id, b"".join(pieces_of(result)))


def pieces_of(result: RememberedResult) -> Iterator[bytes]:
    """Write a result as JSON, some rows at a time: in one piece, a long table holds up all other threads."""
    head = json.dumps(result.model_dump(mode="json", exclude={"tables"}))
    yield head[:-1].encode() + b', "tables": ['
    for number, table in enumerate(result.tables):
        facts = json.dumps(table.model_dump(mode="json", exclude={"rows"}))
        yield (b", " if number else b"") + facts[:-1].encode() + b', "rows": ['
        for first in range(0, len(table.rows), ROWS_AT_ONCE):
            rows = json.dumps(table.rows[first : first + ROWS_AT_ONCE])[1:-1]
            yield (b", " if first else b"") + rows.encode()
        yield b"]}"
    yield b"]}"


def remembered(
    result_id: str,
    tool: str,
    source: str,
    document: Document,
    *,
    tables: Sequence[RememberedTable] = (),
    review: Sequence[ReviewItem] = (),
    boxes: Sequence[RememberedPlace] = (),
    citations: Sequence[RememberedCitation] = (),
    elsewhere: Mapping[str, Elsewhere] | None = None,
) -> RememberedResult:
    """Make of a result what is remembered of it."""
    return RememberedResult(
        result_id=result_id,
        tool=tool,
        source=kept_source(source),
        name=document.name,
        sha256=document.sha256,
        tables=list(tables),
        review=[_review(item) for item in review],
        boxes=list(boxes),
        citations=list(citations),
        elsewhere=dict(elsewhere or {}),
    )


def kept_source(source: str) -> str | None:
    """Give a source by which the document is found again from any folder; None where it is the document itself."""
    if source.startswith("data:") or len(source) > _LONGEST_SOURCE:
        return None
    if is_url(source):
        return source
    local = local_path(source)
    return None if local is None else str(absolute(local))


def place_of(box: Sequence[float] | None) -> tuple[float, float, float, float] | None:
    """Take a box as results write it."""
    if box is None:
        return None
    x0, top, x1, bottom = box
    return x0, top, x1, bottom


def _review(item: ReviewItem) -> RememberedReview:
    place = RememberedPlace(
        page=item.page,
        box=place_of(item.box),
        status=item.status,
        value=item.value,
        nearest=item.nearest,
        reason=item.reason,
    )
    return RememberedReview(place=place, table_id=item.table_id, row=item.row, column=item.column)
