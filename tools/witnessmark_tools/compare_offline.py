"""`compare_documents` on this machine: the texts aligned, and where pages are alike, their pictures held together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from witnessmark.documents.flow import PageFlow
from witnessmark.documents.opening import Documents
from witnessmark.errors import WitnessmarkError
from witnessmark.offline.differences.compare import compare_flows
from witnessmark.offline.differences.pictures import SIDE, DrawnPage, Looks, differing_places
from witnessmark.offline.differences.values import Comparison, Difference, PagePair, Passage
from witnessmark.values import BoundingBox
from witnessmark_tools.compare_result import DocumentComparison, DocumentDifference
from witnessmark_tools.compare_sides import ComparedSide
from witnessmark_tools.pages import MOST_REVIEWED, rounded
from witnessmark_tools.results import DocumentRead, ReviewItem, document_read, pages_in_words

LIKE_LAYOUT = 0.6
"""Of the words of two pages, which stand where they stood: then their pictures can be held against each other."""
SECONDS = 20.0
"""For looking at pictures; what is not looked at is said."""


@dataclass(frozen=True, kw_only=True)
class VisualDifference:
    """A place where pages differ beside their words."""

    pages: PagePair
    before: BoundingBox
    after: BoundingBox


@dataclass(frozen=True, kw_only=True)
class LooksCompared:
    """What holding pictures together gave."""

    found: tuple[VisualDifference, ...] = ()
    compared: tuple[PagePair, ...] = ()
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


async def compared(before: ComparedSide, after: ComparedSide, documents: Documents, result_id: str) -> Compared:
    """Compare two documents that were read."""
    comparison = await compare_texts(before, after)
    looks = await compare_looks(before, after, comparison, documents)

    def shaped() -> Compared:
        texts = found_differences(comparison)
        visual = visual_differences(looks, len(texts) + 1)
        differences = [one for one in texts if one.significance == "substantive"] + visual
        differences += [one for one in texts if one.significance != "substantive"]
        differences = [
            one.model_copy(update={"difference_id": f"d{number}"}) for number, one in enumerate(differences, start=1)
        ]
        is_read = before.is_whole and after.is_whole
        review = (
            *review_of(comparison),
            *((False, item) for item in visual_review(looks)),
            *((True, item) for item in before.needs_review),
            *((False, item) for item in after.needs_review),
        )
        result = DocumentComparison(
            result_id=result_id,
            documents=[document_read(before.document), document_read(after.document)],
            engines=["offline"],
            needs_review=[item for _, item in review],
            warnings=[*side_warnings(before, after, comparison), *looks.warnings],
            failures=[*before.failures, *after.failures],
            identical=is_read and comparison.texts_agree and not visual,
            texts_agree=is_read and comparison.texts_agree,
            differences=differences,
            difference_count=len(differences),
            substantive_count=sum(one.significance != "formatting" for one in differences),
            conclusion=conclusion(before, after, comparison, differences),
        )
        return Compared(result=result, review=review)

    return await anyio.to_thread.run_sync(shaped, abandon_on_cancel=True)


async def compare_texts(before: ComparedSide, after: ComparedSide) -> Comparison:
    """Align the texts, in a thread."""
    return await anyio.to_thread.run_sync(compare_flows, before.flows, after.flows, abandon_on_cancel=True)


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
    alike = [pair for pair in _pairs(before, after, comparison) if pair.share >= LIKE_LAYOUT]
    flows_a = {flow.page_number: flow for flow in before.flows}
    flows_b = {flow.page_number: flow for flow in after.flows}
    found: list[VisualDifference] = []
    compared: list[PagePair] = []
    with anyio.move_on_after(SECONDS):
        for pair in alike:
            try:
                looks = await _looks(pair, flows_a[pair.before], flows_b[pair.after], before, after, documents)
            except WitnessmarkError:
                continue
            compared.append(pair)
            found += [
                VisualDifference(pages=pair, before=one, after=other)
                for one, other in zip(looks.before, looks.after, strict=True)
            ]
    done = {pair.before for pair in compared}
    left = [page for page in before.pages if page not in done]
    warnings: list[str] = []
    if left and done:
        warnings.append(
            f"{pages_in_words(left)} of BEFORE: laid out anew, or without a counterpart; pictures, stamps and "
            "signatures there were not compared."
        )
    elif left:
        warnings.append(
            "The pages are laid out too differently for their pictures to be held together: stamps, signatures and "
            "figures were not compared."
        )
    return LooksCompared(found=tuple(found), compared=tuple(compared), warnings=tuple(warnings))


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


async def _looks(
    pair: PagePair,
    flow_a: PageFlow,
    flow_b: PageFlow,
    before: ComparedSide,
    after: ComparedSide,
    documents: Documents,
) -> Looks:
    facts_a = (await documents.facts(before.document, [pair.before]))[0]
    facts_b = (await documents.facts(after.document, [pair.after]))[0]
    png_a = await documents.picture(before.document, pair.before, [], max_side=SIDE)
    png_b = await documents.picture(after.document, pair.after, [], max_side=SIDE)

    def compare() -> Looks:
        return differing_places(
            DrawnPage(png_a, facts_a.width or 1.0, _boxes(flow_a)),
            DrawnPage(png_b, facts_b.width or 1.0, _boxes(flow_b)),
            right=pair.right,
            down=pair.down,
        )

    return await anyio.to_thread.run_sync(compare, abandon_on_cancel=True)


def _boxes(flow: PageFlow) -> list[BoundingBox]:
    return [box for word in flow.words if (box := flow.placed(word.box)) is not None]


def found_differences(comparison: Comparison) -> list[DocumentDifference]:
    """Shape what the alignment found; what OCR may have misread is left to people."""
    certain = [difference for difference in comparison.differences if not difference.is_doubtful]
    return [_shaped(f"d{number}", difference) for number, difference in enumerate(certain, start=1)]


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
        significance=difference.significance,
        before_page=before.page if before else None,
        after_page=after.page if after else None,
        before_box=box_of(before),
        after_box=box_of(after),
        row=cell.row if cell else None,
        column=(before.column if before else None) or (after.column if after else None),
        status="located",
    )


def box_of(passage: Passage | None) -> list[float] | None:
    """Give the first place of a passage as results write it."""
    if passage is None or passage.places[0].box is None:
        return None
    return rounded(passage.places[0].box)


def review_of(comparison: Comparison) -> list[tuple[bool, ReviewItem]]:
    """List for people what OCR has a part in: what it read and differs, and what it may have misread.

    Shapes:  each item with whether it is of the earlier document
    """
    doubtful = [_review(one, _MISREAD) for one in comparison.differences if one.is_doubtful]
    by_ocr = [
        _review(one, _BY_OCR)
        for one in comparison.differences
        if not one.is_doubtful and one.significance == "substantive" and _is_by_ocr(one)
    ]
    return by_ocr[:MOST_REVIEWED] + doubtful[:MOST_REVIEWED]


_MISREAD = "differs only by letters or signs that OCR takes for one another"
_BY_OCR = "OCR read it: look whether the page says so"


def _is_by_ocr(difference: Difference) -> bool:
    return any(side is not None and side.is_read_by_ocr for side in (difference.before, difference.after))


def _review(difference: Difference, reason: str) -> tuple[bool, ReviewItem]:
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
        reason=f"In {'AFTER' if is_after else 'BEFORE'}: {reason}.",
    )


def visual_review(looks: LooksCompared) -> list[ReviewItem]:
    """List for people where pictures differ."""
    return [
        ReviewItem(
            page=one.pages.after,
            box=rounded(one.after),
            reason=f"The page looks different here than page {one.pages.before} of BEFORE, beside its words: a stamp, "
            "a signature, a figure, a line.",
        )
        for one in looks.found[:MOST_REVIEWED]
    ]


def visual_differences(looks: LooksCompared, first: int) -> list[DocumentDifference]:
    """Shape where pictures differ; what it is nobody has said yet."""
    return [
        DocumentDifference(
            difference_id=f"d{number}",
            kind="visual",
            what=None,
            significance="unclassified",
            meaning="Something beside the words differs here: a stamp, a signature, a figure, a line.",
            before_page=one.pages.before,
            after_page=one.pages.after,
            before_box=rounded(one.before),
            after_box=rounded(one.after),
            status="located",
        )
        for number, one in enumerate(looks.found, start=first)
    ]


def side_warnings(before: ComparedSide, after: ComparedSide, comparison: Comparison) -> list[str]:
    """Say how both sides were read, and what is not a change of the text."""
    told = [*before.warnings, *after.warnings]
    for label, texts in (("BEFORE", comparison.running_before), ("AFTER", comparison.running_after)):
        if texts:
            shown = "; ".join(repr(text[:80]) for text in texts[:3])
            told.append(f"Only {label} repeats at its pages' edges: {shown}. That is no change of the text.")
    doubtful = sum(difference.is_doubtful for difference in comparison.differences)
    if doubtful:
        places = "a place" if doubtful == 1 else f"{doubtful} places"
        told.append(
            f"At {places} only letters or signs differ that OCR takes for one another; they are in needs_review and "
            "not among the differences."
        )
    return told


def conclusion(
    before: ComparedSide, after: ComparedSide, comparison: Comparison, differences: Sequence[DocumentDifference]
) -> str:
    """Say in a sentence what was found, and never more than is known."""
    is_whole = before.is_whole and after.is_whole
    doubtful = sum(difference.is_doubtful for difference in comparison.differences)
    texts = [one for one in differences if one.kind != "visual"]
    seen = len(differences) - len(texts)
    looks = f" {seen} place{'s'[: seen != 1]} differ{'s'[: seen == 1]} beside the words." if seen else ""
    if not is_whole:
        rest = "Not every page could be read: there may be other changes."
        return f"{_counted(texts)}{looks} {rest}" if texts else f"What was read of the texts agrees.{looks} {rest}"
    if doubtful:
        return f"{_counted(texts)}{looks} Beside these, only what OCR may have misread differs."
    if not texts:
        return f"The texts agree, word for word.{looks}"
    if all(one.significance == "formatting" for one in texts):
        return f"The texts say the same; {len(texts)} difference{'s'[: len(texts) != 1]} of formatting.{looks}"
    share = comparison.same_words / max(1, comparison.before_words)
    if share < 0.1:
        return f"{_counted(texts)}{looks} The documents share hardly any text ({share:.0%})."
    return f"{_counted(texts)}{looks} No other changes: the rest of the texts agrees, word for word."


def _counted(texts: Sequence[DocumentDifference]) -> str:
    if not texts:
        return "No difference is certain."
    formatting = sum(one.significance == "formatting" for one in texts)
    words = f"{len(texts)} difference{'s'[: len(texts) != 1]}"
    return f"{words}, {formatting} of them formatting." if formatting else f"{words}."
