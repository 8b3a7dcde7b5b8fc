"""Both documents of a comparison, read: their pages in reading order, and what has to be said of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio

from witnessmark.documents.document import Document
from witnessmark.documents.flow import PageFlow
from witnessmark.documents.layer_check import LayerCheck, seconds_to_check
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_flow import page_flow
from witnessmark.documents.page_range import pages_from_text, text_from_pages
from witnessmark.documents.reading import PagesRead, read_pages
from witnessmark.documents.running import with_running
from witnessmark_tools.definition import Progress
from witnessmark_tools.layer_words import layer_review, layer_warnings
from witnessmark_tools.pages import (
    doubtful_places,
    failures_of,
    page_warnings,
    refuse_without_ocr,
    unread_without_ocr,
    untried_in_words,
)
from witnessmark_tools.results import FailedPages, ReviewItem

MOST_PAGES = 2_000
"""Of one document: their words stay in memory while they are compared."""


@dataclass(frozen=True, kw_only=True)
class ComparedSide:
    """One document as it was read."""

    label: str
    """`BEFORE` or `AFTER`, as messages call it."""
    document: Document
    pages: tuple[int, ...]
    """Those asked for."""
    flows: tuple[PageFlow, ...] = ()
    warnings: tuple[str, ...] = ()
    needs_review: tuple[ReviewItem, ...] = ()
    failures: tuple[FailedPages, ...] = ()
    left: tuple[int, ...] = ()
    """Pages that were not tried."""

    @property
    def is_whole(self) -> bool:
        """Whether every word of the pages asked for was read, as far as can be known."""
        return not self.failures and not self.left and not self.unread

    @property
    def unread(self) -> list[int]:
        """Pages that have something to read and gave no words: pictures without text, or without OCR."""
        return [
            flow.page_number for flow in self.flows if not flow.paragraphs and flow.kind not in {"blank", "text layer"}
        ]

    @property
    def read_by_ocr(self) -> list[int]:
        return [flow.page_number for flow in self.flows if flow.is_read_by_ocr]


async def read_sides(
    sides: tuple[ComparedSide, ComparedSide], documents: Documents, *, seconds: float | None, progress: Progress
) -> tuple[ComparedSide, ComparedSide]:
    """Read both documents, one after the other.

    Errors:  what reading raises where no page of one can be read; `NoOcr`
    """
    total = sum(len(side.pages) for side in sides)
    done_before = 0
    ends = None if seconds is None else anyio.current_time() + seconds
    read: list[ComparedSide] = []
    for side in sides:

        async def on_page(count: int, done_before: int = done_before) -> None:
            await progress(done_before + count, total, f"Read {done_before + count} of {total} pages")

        left = None if ends is None else max(1.0, ends - anyio.current_time())
        read.append(await _read(side, documents, left, on_page))
        done_before += len(side.pages)
    return read[0], read[1]


def pages_of_side(document: Document, pages: str | None) -> tuple[int, ...]:
    """Read a page range of one of the documents."""
    return pages_from_text(pages, page_count=document.page_count, limit=MOST_PAGES)


def continue_with(before: ComparedSide, after: ComparedSide) -> str | None:
    """Write the pages with which another call goes on: those that are left of either document.

    Shapes:  pages that both documents have, if there are such; None where none is left
    """
    left = sorted({*before.left, *after.left})
    shorter = min(before.document.page_count, after.document.page_count)
    return text_from_pages([page for page in left if page <= shorter] or left) or None


def _how_to_go_on(found: PagesRead[PageFlow]) -> str:
    if found.given_up is not None:
        return f"Call again without the pages that stop the reader, or for pages={text_from_pages(found.left)!r} alone."
    return f"Give it more `wait_seconds`, or call again with pages={text_from_pages(found.left)!r}."


async def _read(
    side: ComparedSide, documents: Documents, seconds: float | None, on_page: Callable[[int], Awaitable[None]]
) -> ComparedSide:
    document = side.document
    check = LayerCheck(documents, document, seconds=seconds_to_check(seconds))

    async def read(page: int) -> PageFlow:
        return await page_flow(document, documents, page, check)

    found: PagesRead[PageFlow] = await read_pages(
        side.pages, read, limits=documents.limits, seconds=seconds, on_page=on_page
    )
    seen = found.done
    refuse_without_ocr(document, seen, has_ocr=documents.recogniser is not None)
    flows = [found.done[page] for page in sorted(found.done)]
    marked = await anyio.to_thread.run_sync(with_running, flows, abandon_on_cancel=True)
    told = page_warnings(document, PagesRead(done=found.done, failed=found.failed), seen)
    told += [*untried_in_words(found, _how_to_go_on(found)), *layer_warnings(check.findings)]
    review = layer_review(check.findings) + doubtful_places(seen)
    return ComparedSide(
        label=side.label,
        document=document,
        pages=side.pages,
        flows=marked,
        warnings=tuple(f"{side.label}: {warning}" for warning in told),
        needs_review=tuple(
            item.model_copy(update={"reason": f"In {side.label} ({document.name}): {item.reason}"}) for item in review
        ),
        failures=tuple(
            failed.model_copy(update={"message": f"{side.label}: {failed.message}"})
            for failed in failures_of(found.failed) + unread_without_ocr(document, seen)
        ),
        left=tuple(found.left),
    )
