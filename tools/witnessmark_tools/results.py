"""What every result holds, and how results are shortened for hosts and written as text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from witnessmark import __version__
from witnessmark.documents.document import Document
from witnessmark.documents.page_range import count_of_pages, text_from_pages
from witnessmark.errors import UsageError

INLINE_CHARACTERS = 40_000
"""A result longer than this comes as a preview with links: Claude Code moves one of 50,000 to a file."""

Status = Literal["located", "displaced", "unlocated"]
Box = Annotated[list[float], Field(min_length=4, max_length=4)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentRead(Frozen):
    name: str
    sha256: str
    pages: int


class Cost(Frozen):
    """What the call cost; the offline engine costs nothing."""

    usd: float | None = 0.0
    estimated_usd: float | None = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    reused: int = Field(default=0, description="Answers paid for earlier and not again.")

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            usd=_sum(self.usd, other.usd),
            estimated_usd=_sum(self.estimated_usd, other.estimated_usd),
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_input_tokens=self.cache_read_input_tokens + other.cache_read_input_tokens,
            cache_creation_input_tokens=self.cache_creation_input_tokens + other.cache_creation_input_tokens,
            reused=self.reused + other.reused,
        )

    def in_words(self) -> str:
        """Write what was spent: `nothing spent`, `$0.0781 spent`."""
        if self.usd is None:
            return "price not known"
        if self.usd == 0:
            return "nothing spent, answered from what was paid for earlier" if self.reused else "nothing spent"
        return f"${self.usd:.4f} spent" + (f", {self.reused} answers reused" if self.reused else "")


def _sum(first: float | None, second: float | None) -> float | None:
    """Add amounts; what is not known makes all of it unknown."""
    return None if first is None or second is None else round(first + second, 6)


class ReviewItem(Frozen):
    """One thing that a person should look at."""

    table_id: str | None = None
    row: int | None = Field(default=None, description="0 is the headers.")
    column: int | None = None
    page: int
    box: Box | None = None
    value: str | None = None
    status: Status | None = Field(default=None, description="null: not looked up.")
    nearest: str | None = None
    reason: str

    def to_text(self) -> str:
        """Write it on one line: where, what, why."""
        at = f" at {self.box}" if self.box else ""
        return f"Needs review: {self.place_in_words()}{at}: {self.finding_in_words()}"

    def place_in_words(self) -> str:
        """Say where: `t1, row 3, column 2, page 4`; the row and column as `row` and `column` count them."""
        return f"{self.table_id}, {self.cell_in_words()}" if self.table_id else self.cell_in_words()

    def cell_in_words(self) -> str:
        """Say where within the table: `row 3, column 2, page 4`."""
        cell = [f"row {self.row}"] if self.row is not None else []
        cell += [f"column {self.column}"] if self.column is not None else []
        return ", ".join([*cell, f"page {self.page}"])

    def finding_in_words(self) -> str:
        """Say what, and why: `'1,234' (unlocated): …`."""
        status = f" ({self.status})" if self.status else ""
        value = f"{self.value!r}{status}: " if self.value else ""
        nearest = f" {self.nearest!r}" if self.nearest and self.nearest not in self.reason else ""
        return f"{value}{self.reason}{' Nearest:' + nearest + '.' if nearest else ''}"


class ExportedFile(Frozen):
    name: str
    path: str
    uri: str = Field(description="Resource that a remote client can read.")
    media_type: str


class Picture(NamedTuple):
    """A picture that goes out beside a result's text."""

    content: bytes
    media_type: str


class LinkedResource(NamedTuple):
    """A resource that a result points to."""

    uri: str
    name: str
    media_type: str | None = None


class Result(Frozen):
    """What all results have in common."""

    result_id: str
    documents: list[DocumentRead]
    engines: list[str]
    cost: Cost = Cost()
    needs_review: list[ReviewItem] = Field(default=[], description="Most doubtful first.")
    warnings: list[str] = []

    def shortened(self, limit: int) -> Self:  # noqa: ARG002 - results that can be long override this
        """Return a preview of at most about `limit` characters of JSON; the whole stands in a file."""
        return self

    def to_text(self) -> str:
        """Write the result for a reader, complete enough to stand alone."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    @property
    def exported(self) -> Sequence[ExportedFile]:
        """Files that the result points to."""
        return ()

    @property
    def pictures(self) -> Sequence[Picture]:
        """Pictures that belong to the result."""
        return ()

    @property
    def links(self) -> Sequence[LinkedResource]:
        """Resources that the result points to."""
        return [LinkedResource(uri=file.uri, name=file.name, media_type=file.media_type) for file in self.exported]


class FailedPages(Frozen):
    """Pages that could not be read for one reason."""

    error: str = Field(description="Its class.")
    pages: str
    message: str
    next: str


class LongResult(Result):
    """What a tool returns that may take longer than anybody waits."""

    status: Literal["working", "completed", "partial"] = Field(
        default="completed", description="partial: it lacks pages, see failures and continue_with."
    )
    job_id: str | None = Field(default=None, description="The work goes on: get_job gives the result.")
    failures: list[FailedPages] = Field(default=[], description="Pages tried in vain, by class of error.")
    continue_with: str | None = Field(default=None, description="Pages not tried yet: pass as `pages`.")
    # `read_pdf_with_citations` puts a document's name before them where there are several.
    is_preview: bool = Field(default=False, description="Cut to fit; the whole is in `files`.")
    files: list[ExportedFile] = Field(default=[])

    @model_validator(mode="after")
    def _called_partial(self) -> Self:
        """Call what lacks pages `partial`, whichever tool made it."""
        if self.status == "completed" and (self.failures or self.continue_with):
            object.__setattr__(self, "status", "partial")  # frozen for everybody else
        return self

    @property
    def lacking_pages(self) -> int:
        """How many pages it lacks, tried in vain or untried."""
        return sum(map(count_of_pages, [*(failed.pages for failed in self.failures), self.continue_with or ""]))

    @property
    def exported(self) -> Sequence[ExportedFile]:
        return self.files

    @classmethod
    def going_on(cls, job_id: str, how_far: str) -> Self:
        """Say that the work goes on as a job."""
        told = f"Not finished{how_far}: the work goes on as job {job_id}. {ask_get_job(job_id)}"
        return cls(result_id=job_id, documents=[], engines=[], status="working", job_id=job_id, warnings=[told])

    def page(self, cursor: str | None, limit: int) -> tuple[Self, str | None]:
        """Give as much of the result as fits, from a place in it on, and the place after that; None: that was all.

        Units:   `limit` characters of JSON, about
        Errors:  `CursorInvalid`
        """
        raise NotImplementedError


class CursorInvalid(UsageError):
    def __init__(self, cursor: str) -> None:
        super().__init__(
            f"The result has no place {cursor[:40]!r}.", "Pass the `next_cursor` of the answer before, or none."
        )


def ask_get_job(job_id: str) -> str:
    """Say how to come to a job's result."""
    return f"Call get_job with job_id={job_id!r} for the result; it waits for it. Nothing is lost if nobody waits."


def result_id_of(tool: str, document: Document | Sequence[Document], arguments: dict[str, Any]) -> str:
    """Name a result by what determines it: the same call on the same bytes has the same name."""
    sources = document.sha256 if isinstance(document, Document) else [each.sha256 for each in document]
    told = json.dumps([__version__, tool, sources, arguments], sort_keys=True, default=str)
    return "r" + hashlib.sha256(told.encode()).hexdigest()[:12]


def document_read(document: Document) -> DocumentRead:
    return DocumentRead(name=document.name, sha256=document.sha256, pages=document.page_count)


def pages_in_words(pages: Sequence[int]) -> str:
    """Write page numbers at the beginning of a sentence: `Page 3`, `Pages 3-5,9`."""
    return f"Page{'s' if len(pages) > 1 else ''} {text_from_pages(pages)}"
