"""`show_evidence`: the place of a value, as a picture that a person believes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import anyio
from pydantic import Field, PrivateAttr

from witnessmark.documents.document import Document
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import PageOutOfRange
from witnessmark.documents.page_words import PageWords, page_words
from witnessmark.documents.prepared import BoxOutside, NoPicture
from witnessmark.documents.views import EvidencePicture, FramedPlace, PageView
from witnessmark.errors import InputError, UsageError, WitnessmarkError
from witnessmark_tools.arguments import Password
from witnessmark_tools.evidence_items import MOST_PLACES, ItemPlace, places_of, places_on, sides_of, usual_items
from witnessmark_tools.pages import INSTALL_OCR
from witnessmark_tools.place_words import line_height, text_of, words_in
from witnessmark_tools.remembered import (
    LIMIT_DAYS,
    RememberedPlace,
    RememberedResult,
    RememberedResults,
    kept_source,
    remembered,
)
from witnessmark_tools.results import (
    Box,
    Frozen,
    LinkedResource,
    Picture,
    Result,
    Status,
    document_read,
    pages_in_words,
    result_id_of,
)

if TYPE_CHECKING:
    from witnessmark_tools.jobs import Jobs

COMPARISON = "compare_documents"
"""The tool whose results are of two documents."""
PAGE_URI = "witnessmark://pages/{result_id}/{page}"
MOST_PAGES = 6
READING_SECONDS = 20.0
"""For the words of places; a picture comes without them rather than late."""
CHECKING_SECONDS = 5.0
"""For comparing a text layer with what is seen."""
WHOLE_PAGE_SIDE, WHOLE_PAGE_PIXELS = 1_800, 2_000_000
"""Pixels of a whole page, which nobody has to take into a context."""
MOST_ON_WHOLE_PAGE = 120
"""Places; drawing more takes longer than anybody waits."""

Boxes = Annotated[list[Box], Field(min_length=1, max_length=MOST_PLACES)]


class ResultUnknown(InputError):
    def __init__(self, result_id: str) -> None:
        super().__init__(
            f"There is no result {result_id[:60]!r} whose places are known.",
            f"Call the tool again that gave it, and pass its result_id; places are kept for {LIMIT_DAYS} days.",
        )


class SourceNotKept(InputError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"The result was made from {name!r}, which came as data and is not kept.",
            "Pass it again as `source`, together with `result_id`.",
        )


class DocumentDiffers(InputError):
    """The document is not the one that the result was made from."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} has changed since the result was made: its places may be others now.",
            "Call the tool again on the document as it is, and pass that result_id.",
        )


class NothingToShow(UsageError):
    def __init__(self) -> None:
        super().__init__(
            "show_evidence was not told what to show.",
            "Pass `result_id`, with `items` such as 't1:3:2', or `source` with `page` and `box`.",
        )


class EvidencePlace(Frozen):
    number: int = Field(description="As in the picture.")
    item: str | None = None
    page: int
    box: Box | None = Field(default=None, description="null: it stands nowhere, and is not in the picture.")
    status: Status | None = Field(default=None, description="null: not looked up.")
    value: str | None = Field(default=None, description="What the result says.")
    words: str | None = Field(default=None, description="What stands there; null: nobody could read it.")
    nearest: str | None = None
    reason: str | None = None

    def to_text(self) -> str:
        """Write it on one line."""
        where = f"page {self.page}" + (f" at {self.box}" if self.box else ", no place")
        parts = [f"{self.number}. {self.item + ', ' if self.item else ''}{where}"]
        parts += [self.status] if self.status else []
        parts += [f"the result says {self.value!r}"] if self.value is not None else []
        parts += [f"there stands {self.words!r}" if self.words else "no words stand there"] * (self.words is not None)
        parts += [f"nearest {self.nearest!r}"] if self.nearest else []
        parts += [self.reason] if self.reason else []
        return "; ".join(parts)


class PictureFacts(Frozen):
    width: int
    height: int
    media_type: str
    path: str | None = Field(default=None, description="Of its file, in the shell.")


class WholePage(Frozen):
    page: int
    uri: str


class EvidenceShown(Result):
    """Places in a picture, and the words there."""

    places: list[EvidencePlace]
    picture: PictureFacts
    whole_pages: list[WholePage] = Field(description="Resources: the page with everything of the result on it.")
    later: PictureFacts | None = Field(default=None, description="Of the other document of a comparison.")
    _content: bytes = PrivateAttr(default=b"")
    _later_content: bytes = PrivateAttr(default=b"")

    @property
    def pictures(self) -> Sequence[Picture]:
        first = Picture(content=self._content, media_type=self.picture.media_type)
        if self.later is None:
            return (first,)
        return first, Picture(content=self._later_content, media_type=self.later.media_type)

    @property
    def links(self) -> Sequence[LinkedResource]:
        name = self.documents[0].name
        return [LinkedResource(uri=page.uri, name=f"{name}, page {page.page}") for page in self.whole_pages]

    def showing(self, content: bytes) -> EvidenceShown:
        """Keep the picture's bytes."""
        self._content = content
        return self

    def beside(self, other: EvidenceShown) -> EvidenceShown:
        """Put what stands in the later document of a comparison beside this."""
        numbered = [
            place.model_copy(update={"item": f"{place.item} in {other.documents[0].name}"}) for place in other.places
        ]
        both = self.model_copy(
            update={
                "documents": [*self.documents, *other.documents],
                "places": [*self.places, *numbered],
                "warnings": [*self.warnings, *other.warnings, "The second picture has numbers of its own, from 1."],
                "whole_pages": [*self.whole_pages, *other.whole_pages],
                "later": other.picture,
            }
        )
        both._later_content = other._content
        return both.showing(self._content)

    def to_text(self) -> str:
        size = f"{self.picture.width} x {self.picture.height} pixels"
        lines = [f"{self.documents[0].name}, result {self.result_id} (picture: {size})"]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines += [place.to_text() for place in self.places]
        lines += [f"Picture: {one.path}" for one in (self.picture, self.later) if one is not None and one.path]
        lines += [f"Whole page {page.page}: {page.uri}" for page in self.whole_pages]
        return "\n".join(lines)


async def show_evidence(
    result_id: Annotated[
        str | None, Field(description="The result_id of another tool's result, or its job_id.")
    ] = None,
    items: Annotated[
        list[str] | None,
        Field(
            description="'t1' a table, 't1:3' its row 3 (0: headers), 't1:3:2' a cell (columns from 0), 'c2' a "
            "citation, 'd4' a difference, both sides, 'review:1' the first of needs_review; default what needs review."
        ),
    ] = None,
    source: Annotated[
        str | None, Field(description="Path or https URL of the document, if there is no result_id.")
    ] = None,
    page: Annotated[int | None, Field(description="Number of the page, from 1.", ge=1)] = None,
    box: Annotated[
        Box | None,
        Field(description="A place on the page: x0, top, x1, bottom, in points of a PDF or pixels of an image."),
    ] = None,
    boxes: Annotated[Boxes | None, Field(description="Several places, each like box.")] = None,
    password: Password = None,
    *,
    documents: Documents,
    results: RememberedResults,
    jobs: Jobs,
) -> EvidenceShown:
    """Show where on the page values stand: a sharp crop with each place framed, the words there, and whether the value was located, displaced or unlocated. Places by result_id and items, or by source, page and box; several in one picture. For a person to check, or a model to look again. Free, no model."""  # noqa: E501 - one line on the wire
    known = None if result_id is None else await _known(result_id, results, jobs)
    if known is not None and known.tool == COMPARISON and not (source or box or boxes or page):
        return await _both_sides(known, items, documents, results, password)
    elsewhere: list[str] = []
    if known is not None and items:
        known, items, elsewhere = await anyio.to_thread.run_sync(_in_one_document, known, items, results)
    where = source or (known.source if known is not None else None)
    if where is None:
        raise NothingToShow if known is None else SourceNotKept(known.name)
    async with documents.open(where, password) as document:
        _check(document, known, page)
        number = page or (1 if document.page_count == 1 else None)
        given = [one for one in (box, *(boxes or ())) if one is not None]
        if number is None and (given or known is None):
            raise NothingToShow
        drawn = await _on_page(given, document, documents, number or 1)
        if known is None:
            named = result_id_of("show_evidence", document, {"page": number, "boxes": given})
            known = remembered(named, "show_evidence", where, document, boxes=drawn)
            await anyio.to_thread.run_sync(results.put, known)
        asked = [ItemPlace(item=None, place=place) for place in drawn] or _asked(known, items, page)
        is_whole = not given and not items and number is not None
        evidence = _Evidence(document=document, result=known, asked=asked, page=number, is_whole=is_whole)
        shown = await _shown(evidence, documents, has_links=password is None and kept_source(where) is not None)
        # `showing` keeps the picture, which a copy would lose.
        return shown.model_copy(update={"warnings": [*shown.warnings, *elsewhere]}).showing(shown.pictures[0].content)


async def _both_sides(
    known: RememberedResult,
    items: Sequence[str] | None,
    documents: Documents,
    results: RememberedResults,
    password: str | None,
) -> EvidenceShown:
    """Show differences in both documents of a comparison, each in a picture of its own.

    Errors:  `ItemUnknown`, `ResultUnknown`, `SourceNotKept`, `DocumentDiffers`; `NoPicture` where neither can be drawn
    """
    shown: list[EvidenceShown] = []
    refused: list[NoPicture] = []
    for result_id, named in sides_of(known, items).items():
        one = known if result_id == known.result_id else await anyio.to_thread.run_sync(results.get, result_id)
        if one is None:
            raise ResultUnknown(result_id)
        if one.source is None:
            raise SourceNotKept(one.name)
        async with documents.open(one.source, password) as document:
            _check(document, one, None)
            asked = places_of(one, named)
            evidence = _Evidence(document=document, result=one, asked=asked, page=None, is_whole=False)
            try:
                shown.append(await _shown(evidence, documents, has_links=password is None))
            except NoPicture as error:
                refused.append(error)
    if not shown:
        raise refused[0]
    first = shown[0]
    if refused:
        told = [*first.warnings, *(error.message for error in refused)]
        first = first.model_copy(update={"warnings": told}).showing(first.pictures[0].content)
    return first if len(shown) == 1 else first.beside(shown[1])


async def whole_page(result_id: str, page: int, documents: Documents, results: RememberedResults) -> EvidencePicture:
    """Draw a whole page with everything that a result has on it.

    Errors:  `ResultUnknown`, `SourceNotKept`, `DocumentDiffers`, `PageOutOfRange`; as `Documents.open` and `.evidence`
    """
    known = await anyio.to_thread.run_sync(results.get, result_id)
    if known is None:
        raise ResultUnknown(result_id)
    if known.source is None:
        raise SourceNotKept(known.name)
    async with documents.open(known.source) as document:
        if document.sha256 != known.sha256:
            raise DocumentDiffers(document.name)
        if page > document.page_count:
            raise PageOutOfRange(page, page_count=document.page_count)
        places = [place for place in places_on(known, page) if place.place.box is not None][:MOST_ON_WHOLE_PAGE]
        view = PageView(page=page, places=tuple(map(_named, places)), is_whole=True)
        return await documents.evidence(document, [view], side=WHOLE_PAGE_SIDE, most_pixels=WHOLE_PAGE_PIXELS)


def _named(place: ItemPlace) -> FramedPlace:
    """Frame a place under the name of its item: a resource has no words beside it."""
    assert place.place.box is not None
    kind = place.place.status or "plain"
    return FramedPlace(box=place.place.box, kind=kind, label=place.item or "", needs_label=False)


async def _known(result_id: str, results: RememberedResults, jobs: Jobs) -> RememberedResult:
    name = await _result_of_job(result_id, jobs) if result_id.startswith("job-") else result_id
    known = await anyio.to_thread.run_sync(results.get, name)
    if known is None:
        raise ResultUnknown(result_id)
    return known


def _in_one_document(
    known: RememberedResult, items: Sequence[str], results: RememberedResults
) -> tuple[RememberedResult, list[str], list[str]]:
    """Choose the document that the first item stands in, and those items that stand in it, too.

    Shapes:  what is remembered of that document, its items, and what is to be said of the others
    Errors:  `ResultUnknown`
    """
    named = [item.strip() for item in items]
    first = known.elsewhere.get(named[0])
    chosen = known.result_id if first is None else first.result_id
    kept: list[str] = []
    others: list[str] = []
    for item in named:
        place = known.elsewhere.get(item)
        if (known.result_id if place is None else place.result_id) == chosen:
            kept.append(item if place is None else place.item)
        else:
            others.append(item)
    told = [f"A picture is of one document; ask apart for {', '.join(others[:20])}."] if others else []
    if first is None:
        return known, kept, told
    there = results.get(chosen)
    if there is None:
        raise ResultUnknown(chosen)
    return there, kept, told


async def _result_of_job(job_id: str, jobs: Jobs) -> str:
    store = jobs.store()
    job = await store.job(job_id) if store is not None else None
    return str(json.loads(job.result)["result_id"]) if job is not None and job.result else job_id


def _check(document: Document, known: RememberedResult | None, page: int | None) -> None:
    if known is not None and document.sha256 != known.sha256:
        raise DocumentDiffers(document.name)
    if page is not None and page > document.page_count:
        raise PageOutOfRange(page, page_count=document.page_count)


async def _on_page(
    boxes: Sequence[Sequence[float]], document: Document, documents: Documents, page: int
) -> list[RememberedPlace]:
    """Take the parts of boxes that lie on their page.

    Errors:  `BoxOutside`
    """
    if not boxes:
        return []
    (facts,) = await documents.facts(document, [page])
    width, height = facts.width or math.inf, facts.height or math.inf
    found: list[RememberedPlace] = []
    for x0, top, x1, bottom in boxes:
        clipped = max(0.0, x0), max(0.0, top), min(width, x1), min(height, bottom)
        if not (clipped[0] < clipped[2] and clipped[1] < clipped[3]):
            raise BoxOutside(document.name)
        found.append(RememberedPlace(page=page, box=clipped))
    return found


def _asked(known: RememberedResult, items: Sequence[str] | None, page: int | None) -> list[ItemPlace]:
    if items:
        return [place for place in places_of(known, items) if page in {None, place.place.page}]
    return places_on(known, page) if page is not None else places_of(known, usual_items(known))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What is to be shown of a document."""

    document: Document
    result: RememberedResult
    asked: Sequence[ItemPlace]
    page: int | None
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbered:
    number: int
    shown: ItemPlace

    @property
    def page(self) -> int:
        return self.shown.place.page


async def _shown(evidence: _Evidence, documents: Documents, *, has_links: bool) -> EvidenceShown:
    document = evidence.document
    places = [_Numbered(number=n, shown=shown) for n, shown in enumerate(evidence.asked[:MOST_PLACES], start=1)]
    standing = [place for place in places if place.shown.place.box is not None]
    # Of what stands nowhere, the page on which it should.
    pages = list(dict.fromkeys(place.page for place in standing or places)) or [evidence.page or 1]
    shown_pages = pages[:MOST_PAGES]
    words = await _words(document, documents, shown_pages)
    views = [
        _view(page, standing, words.get(page), count=len(standing), is_whole=evidence.is_whole or not standing)
        for page in shown_pages
    ]
    picture = await documents.evidence(document, views)
    return EvidenceShown(
        result_id=evidence.result.result_id,
        documents=[document_read(document)],
        engines=["offline"],
        warnings=[
            *document.warnings,
            *_left_out(evidence.asked, places, pages),
            *_how_read(shown_pages, words, documents),
        ],
        places=[_place(place, words.get(place.page)) for place in places],
        picture=PictureFacts(width=picture.width, height=picture.height, media_type=picture.media_type),
        whole_pages=[
            WholePage(page=page, uri=PAGE_URI.format(result_id=evidence.result.result_id, page=page))
            for page in (shown_pages if has_links else ())
        ],
    ).showing(picture.content)


async def _words(document: Document, documents: Documents, pages: Sequence[int]) -> dict[int, PageWords]:
    """Read the words of pages, as many as there is time for."""
    found: dict[int, PageWords] = {}
    check = LayerCheck(documents, document, seconds=CHECKING_SECONDS)
    with anyio.move_on_after(READING_SECONDS):
        for page in pages:
            # Without words there is still the picture.
            with suppress(WitnessmarkError):
                words = await page_words(document, documents, page, check)
                if words is not None:
                    found[page] = words.where_they_stand()
    return found


def _view(page: int, places: Sequence[_Numbered], words: PageWords | None, *, count: int, is_whole: bool) -> PageView:
    """Say what is to be seen of a page; a place has a number where there are several."""
    here = [place for place in places if place.page == page]
    framed = [(place, place.shown.place.box) for place in here if place.shown.place.box is not None]
    inside = [word for _, box in framed for word in words_in(words.words, box)] if words is not None else []
    return PageView(
        page=page,
        places=tuple(
            FramedPlace(
                box=box,
                kind=place.shown.place.status or "plain",
                label=str(place.number) if count > 1 else "",
            )
            for place, box in framed
        ),
        nearby=tuple(dict.fromkeys(box for place in here for box in place.shown.nearby)),
        text_height=line_height(inside),
        is_whole=is_whole,
    )


def _place(place: _Numbered, words: PageWords | None) -> EvidencePlace:
    remembered_place = place.shown.place
    box = remembered_place.box
    return EvidencePlace(
        number=place.number,
        item=place.shown.item,
        page=place.page,
        box=None if box is None else [round(value, 1) for value in box],
        status=remembered_place.status,
        value=remembered_place.value,
        words=None if box is None or words is None else text_of(words_in(words.words, box)),
        nearest=remembered_place.nearest,
        reason=remembered_place.reason,
    )


def _left_out(asked: Sequence[ItemPlace], places: Sequence[_Numbered], pages: Sequence[int]) -> list[str]:
    told: list[str] = []
    if len(asked) > len(places):
        told.append(f"{len(places)} of {len(asked)} places are shown; name the others as items.")
    if left := pages[MOST_PAGES:]:
        told.append(f"{pages_in_words(left)}: not in the picture, which holds {MOST_PAGES} pages; ask for them apart.")
    return told


def _how_read(pages: Sequence[int], words: Mapping[int, PageWords], documents: Documents) -> list[str]:
    told: list[str] = []
    if by_ocr := [page for page in pages if page in words and words[page].is_read_by_ocr]:
        engine = documents.recogniser.engine.name if documents.recogniser is not None else "OCR"
        told.append(f"{pages_in_words(by_ocr)}: the words were read by OCR ({engine}).")
    if unread := [page for page in pages if page not in words]:
        reason = f"for want of OCR. {INSTALL_OCR}" if documents.recogniser is None else "or not in time"
        told.append(f"{pages_in_words(unread)}: the words could not be read, {reason}.")
    return told
