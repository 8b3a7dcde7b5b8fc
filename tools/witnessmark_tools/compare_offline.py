"""`compare_documents` on this machine: the texts aligned, and where pages are alike, their pictures held together."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import anyio

from witnessmark.documents.opening import Documents
from witnessmark.errors import WitnessmarkError
from witnessmark.offline.differences.compare import compare_flows
from witnessmark.offline.differences.pictures import SIDE, DrawnPage, differing_places, has_marks
from witnessmark.offline.differences.values import Comparison, Difference, PagePair, Passage
from witnessmark.values import BoundingBox
from witnessmark_tools.compare_counts import Basis, with_differences
from witnessmark_tools.compare_result import DocumentComparison, DocumentDifference
from witnessmark_tools.compare_sides import ComparedSide, continue_with
from witnessmark_tools.contained import contained
from witnessmark_tools.pages import MOST_REVIEWED, rounded
from witnessmark_tools.results import DocumentRead, ReviewItem, document_read, pages_in_words

LIKE_LAYOUT = 0.6
"""Of the words of two pages, which stand where they stood: then their pictures can be held against each other."""
MAX_OVERHANG = 0.5
"""Of a line's height, by which ink of words may be outside the box that OCR gives them."""
MIN_COVERED = 0.6
SECONDS = 20.0
"""For looking at pictures; what is not looked at is said."""


@dataclass(frozen=True, kw_only=True)
class VisualDifference:
    """A place where pages differ in something other than text."""

    pages: PagePair
    before: BoundingBox
    after: BoundingBox


@dataclass(frozen=True, kw_only=True)
class LooksCompared:
    """What holding pictures together gave."""

    found: tuple[VisualDifference, ...] = ()
    marked_before: tuple[int, ...] = ()
    marked_after: tuple[int, ...] = ()
    """Pages that could not be compared as pictures and show something other than text."""
    compared: tuple[PagePair, ...] = ()
    """Pages that were held together."""
    warnings: tuple[str, ...] = ()


def same_files(result_id: str, before: DocumentRead, after: DocumentRead) -> DocumentComparison:
    """Say that there is nothing to compare: both sources are the same file."""
    return DocumentComparison(
        result_id=result_id,
        documents=[before, after],
        engines=["offline"],
        identical=True,
        texts_agree=True,
        conclusion="The documents are the same file, byte for byte: nothing was read, and nothing differs.",
    )


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A comparison, and of which document each place to review is."""

    result: DocumentComparison
    review: tuple[tuple[bool, ReviewItem], ...]
    """The result's own list, each item with whether it is of the earlier document."""

    def saying(self, warnings: Sequence[str]) -> Compared:
        """Add warnings."""
        result = self.result.model_copy(update={"warnings": [*warnings, *self.result.warnings]})
        return replace(self, result=result)


@dataclass(frozen=True, kw_only=True)
class Aligned:
    """Both documents, their texts aligned and their pages held together."""

    before: ComparedSide
    after: ComparedSide
    comparison: Comparison
    looks: LooksCompared

    @property
    def is_read(self) -> bool:
        """Whether every page gave its words."""
        return self.before.is_whole and self.after.is_whole

    @property
    def basis(self) -> Basis:
        """What the conclusion may say."""
        comparison = self.comparison
        return Basis(
            is_whole=self.is_read,
            texts_agree=comparison.texts_agree,
            doubtful=sum(one.is_doubtful for one in comparison.differences),
            share=comparison.same_words / max(1, comparison.before_words),
        )

    @property
    def left_out(self) -> list[DocumentDifference]:
        """What differs and is not among the differences: what OCR may have misread."""
        return [_shaped("", one) for one in self.comparison.differences if one.is_doubtful]

    @cached_property
    def differences(self) -> list[DocumentDifference]:
        """What differs, with names, in the order in which a person should look at it."""
        texts = found_differences(self.comparison)
        ordered = [one for one in texts if one.significance == "substantive"]
        ordered += visual_differences(self._untold_looks())
        ordered += [one for one in texts if one.significance != "substantive"]
        return [one.model_copy(update={"difference_id": f"d{number}"}) for number, one in enumerate(ordered, start=1)]

    def _untold_looks(self) -> LooksCompared:
        """Leave out ink on scans that is of words whose difference is listed: OCR boxes words a little too tightly."""
        by_ocr = set(self.before.read_by_ocr), set(self.after.read_by_ocr)
        told = [
            (is_before, place.page, place.box)
            for one in self.comparison.differences
            for is_before, side in ((True, one.before), (False, one.after))
            if side is not None
            for place in side.places
            if place.box is not None and place.page in by_ocr[not is_before]
        ]
        found = [
            one
            for one in self.looks.found
            if not any(
                page == (one.pages.before if is_before else one.pages.after)
                and _covers(box, one.before if is_before else one.after)
                for is_before, page, box in told
            )
        ]
        return replace(self.looks, found=tuple(found))


def _covers(words: BoundingBox, ink: BoundingBox) -> bool:
    """Say whether most of some ink is within, or just around, the box of words."""
    slack = MAX_OVERHANG * (words.bottom - words.top)
    width = min(ink.x1, words.x1 + slack) - max(ink.x0, words.x0 - slack)
    height = min(ink.bottom, words.bottom + slack) - max(ink.top, words.top - slack)
    area = (ink.x1 - ink.x0) * (ink.bottom - ink.top)
    return width > 0 and height > 0 and width * height >= MIN_COVERED * area


async def aligned(before: ComparedSide, after: ComparedSide, documents: Documents) -> Aligned:
    """Align the texts of two documents that were read, and hold their pages together."""
    comparison = await anyio.to_thread.run_sync(compare_flows, before.flows, after.flows, abandon_on_cancel=True)
    faults: list[str] = []
    looks = LooksCompared()
    with contained(faults, "The pictures of pages were not compared"):
        looks = await compare_looks(before, after, comparison, documents)
    if faults:
        looks = LooksCompared(warnings=tuple(faults))
    return Aligned(before=before, after=after, comparison=comparison, looks=looks)


def compared(one: Aligned, result_id: str) -> Compared:
    """Shape what was found on this machine."""
    before, after, comparison = one.before, one.after, one.comparison
    review = (
        *review_of(comparison),
        *((True, item) for item in before.needs_review),
        *((False, item) for item in after.needs_review),
    )
    result = DocumentComparison(
        result_id=result_id,
        documents=[document_read(before.document), document_read(after.document)],
        engines=["offline"],
        needs_review=[item for _, item in review],
        warnings=[*side_warnings(before, after, comparison), *one.looks.warnings],
        failures=[*before.failures, *after.failures],
        continue_with=continue_with(before, after),
    )
    return Compared(result=with_differences(result, one.differences, one.basis), review=review)


async def compare_looks(
    before: ComparedSide, after: ComparedSide, comparison: Comparison, documents: Documents
) -> LooksCompared:
    """Hold the pictures of pages together that are laid out alike.

    Errors:  none; what cannot be drawn is not compared, and said
    """
    if "text" in {before.document.kind, after.document.kind} or "pypdf" in {
        before.document.reader,
        after.document.reader,
    }:
        return LooksCompared()
    drawing = _Drawing(documents)
    alike = [pair for pair in _pairs(before, after, comparison) if pair.share >= LIKE_LAYOUT]
    found: list[VisualDifference] = []
    done: list[PagePair] = []
    marked: tuple[list[int], list[int]] = ([], [])
    left = {id(side): {flow.page_number for flow in side.flows} for side in (before, after)}
    with anyio.move_on_after(SECONDS):
        for pair in alike:
            try:
                one, other = await drawing.page(before, pair.before), await drawing.page(after, pair.after)
            except WitnessmarkError:
                continue
            compare = functools.partial(differing_places, one, other, right=pair.right, down=pair.down)
            looks = await anyio.to_thread.run_sync(compare, abandon_on_cancel=True)
            done.append(pair)
            found += [
                VisualDifference(pages=pair, before=here, after=there)
                for here, there in zip(looks.before, looks.after, strict=True)
            ]
        left[id(before)] -= {pair.before for pair in done}
        left[id(after)] -= {pair.after for pair in done}
        for side, pages in zip((before, after), marked, strict=True):
            for page in sorted(left[id(side)]):
                try:
                    drawn = await drawing.page(side, page)
                except WitnessmarkError:
                    continue
                if await anyio.to_thread.run_sync(has_marks, drawn, abandon_on_cancel=True):
                    pages.append(page)
                left[id(side)].discard(page)
    return LooksCompared(
        found=tuple(found),
        marked_before=tuple(marked[0]),
        marked_after=tuple(marked[1]),
        compared=tuple(done),
        warnings=(*_marks_in_words(marked), *_unseen_in_words(left[id(before)], left[id(after)])),
    )


def _marks_in_words(marked: tuple[list[int], list[int]]) -> list[str]:
    """Say where pictures stay that were not held together."""
    where = [
        f"{pages_in_words(pages).lower()} of {label}"
        for label, pages in zip(("BEFORE", "AFTER"), marked, strict=True)
        if pages
    ]
    if not where:
        return []
    there = " and ".join(where)
    told = f"The layout changed, so pictures, stamps and signatures were not compared: {there}."
    return [f"{told} Look at these pages yourself."]


def _unseen_in_words(before: set[int], after: set[int]) -> list[str]:
    if not (before or after):
        return []
    where = [
        f"{pages_in_words(sorted(pages)).lower()} of {label}"
        for label, pages in (("BEFORE", before), ("AFTER", after))
        if pages
    ]
    return [
        f"The pictures of {' and '.join(where)} were not compared, for want of time or because they cannot be drawn."
    ]


class _Drawing:
    """Draws pages small, each once."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def page(self, side: ComparedSide, page: int) -> DrawnPage:
        """Draw a page of one of the documents.

        Errors:  as `Documents.picture`
        """
        flow = next(flow for flow in side.flows if flow.page_number == page)
        (facts,) = await self._documents.facts(side.document, [page])
        png = await self._documents.picture(side.document, page, [], max_side=SIDE)
        boxes = [box for word in flow.words if (box := flow.placed(word.box)) is not None]
        return DrawnPage(png, facts.width or 1.0, boxes)


def _pairs(before: ComparedSide, after: ComparedSide, comparison: Comparison) -> list[PagePair]:
    """Pair pages by their words, and those without words by their order where both documents have as many pages."""
    pairs = list(comparison.pages)
    if len(before.flows) == len(after.flows):
        taken_a, taken_b = {pair.before for pair in pairs}, {pair.after for pair in pairs}
        pairs += [
            PagePair(one.page_number, other.page_number, 1.0, 0.0, 0.0)
            for one, other in zip(before.flows, after.flows, strict=True)
            if one.page_number not in taken_a and other.page_number not in taken_b and not (one.words or other.words)
        ]
    return sorted(pairs)


def found_differences(comparison: Comparison) -> list[DocumentDifference]:
    """Shape what the alignment found; what OCR may have misread is left to people."""
    certain = [difference for difference in comparison.differences if not difference.is_doubtful]
    return [_shaped("d", difference) for difference in certain]


def _shaped(name: str, difference: Difference) -> DocumentDifference:
    before, after = difference.before, difference.after
    cell = after if after is not None and after.row else before
    return DocumentDifference(
        difference_id=name,
        kind=difference.kind,
        what=difference.what,
        section=difference.section,
        before=before.text if before else None,
        after=after.text if after else None,
        removed=before.changed or None if before else None,
        added=after.changed or None if after else None,
        removed_at=[list(mark) for mark in before.marks] if before else [],
        added_at=[list(mark) for mark in after.marks] if after else [],
        significance=difference.significance,
        before_page=before.page if before else None,
        after_page=after.page if after else None,
        before_box=box_of(before),
        after_box=box_of(after),
        row=cell.row if cell else None,
        column=(before.column if before else None) or (after.column if after else None),
        status="located",
        read_by_ocr=_is_by_ocr(difference),
    )


def box_of(passage: Passage | None) -> list[float] | None:
    """Give the first place of a passage as results write it."""
    if passage is None or passage.places[0].box is None:
        return None
    return rounded(passage.places[0].box)


def review_of(comparison: Comparison) -> list[tuple[bool, ReviewItem]]:
    """List for people what OCR has a part in: what it may have misread, and pages that differences rest on.

    A difference itself is listed once, among the differences.

    Shapes:  each item with whether it is of the earlier document
    """
    doubtful = [_review(one) for one in comparison.differences if one.is_doubtful]
    by_ocr = [
        one
        for one in comparison.differences
        if not one.is_doubtful and one.significance == "substantive" and _is_by_ocr(one)
    ]
    return [*_pages_by_ocr(by_ocr)[:MOST_REVIEWED], *doubtful[:MOST_REVIEWED]]


def _pages_by_ocr(differences: Sequence[Difference]) -> list[tuple[bool, ReviewItem]]:
    """Name each page that OCR read, with how many differences rest on it."""
    pages = Counter(
        (is_before, side.page)
        for one in differences
        for is_before, side in ((False, one.after), (True, one.before))
        if side is not None and side.is_read_by_ocr
    )
    found: list[tuple[bool, ReviewItem]] = []
    for (is_before, page), count in sorted(pages.items()):
        rest = "1 difference rests" if count == 1 else f"{count} differences rest"
        reason = (
            f"In {'BEFORE' if is_before else 'AFTER'}: {rest} on what OCR read here: look whether the page says so."
        )
        found.append((is_before, ReviewItem(page=page, reason=reason)))
    return found


_MISREAD = "differs only by letters or signs that OCR takes for one another"


def _is_by_ocr(difference: Difference) -> bool:
    return any(side is not None and side.is_read_by_ocr for side in (difference.before, difference.after))


def _review(difference: Difference) -> tuple[bool, ReviewItem]:
    """Name the side that OCR read, and beside it what the other says."""
    before, after = difference.before, difference.after
    is_after = after is not None and (after.is_read_by_ocr or before is None)
    read, other = (after, before) if is_after else (before, after)
    assert read is not None
    return not is_after, ReviewItem(
        page=read.page,
        box=box_of(read),
        value=read.text,
        nearest=other.text if other is not None else None,
        reason=f"In {'AFTER' if is_after else 'BEFORE'}: {_MISREAD}.",
    )


def visual_differences(looks: LooksCompared) -> list[DocumentDifference]:
    """Shape where pictures differ; what it is nobody has said yet."""
    return [
        DocumentDifference(
            difference_id="d",
            kind="visual",
            what=None,
            significance="unclassified",
            meaning="Something other than text differs here, such as a stamp, a signature, a figure or a line.",
            before_page=one.pages.before,
            after_page=one.pages.after,
            before_box=rounded(one.before),
            after_box=rounded(one.after),
            status="located",
        )
        for one in looks.found
    ]


def side_warnings(before: ComparedSide, after: ComparedSide, comparison: Comparison) -> list[str]:
    """Say how both sides were read, which differences stand for several pages, and what is not a difference."""
    told = [*before.warnings, *after.warnings]
    for label, texts in (("BEFORE", comparison.running_before), ("AFTER", comparison.running_after)):
        if texts:
            shown = "; ".join(repr(text[:80]) for text in texts[:3])
            told.append(
                f"Only {label} repeats at its pages' edges: {shown}. Each text is listed once, "
                "at the first page that has it."
            )
    doubtful = sum(difference.is_doubtful for difference in comparison.differences)
    if doubtful:
        places = "a place" if doubtful == 1 else f"{doubtful} places"
        told.append(
            f"At {places} only letters or signs differ that OCR takes for one another; they are in needs_review and "
            "not among the differences."
        )
    return told
