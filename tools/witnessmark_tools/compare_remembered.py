"""What is remembered of a comparison: where each difference stands on either side, so that both can be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from witnessmark_tools.compare_result import DocumentDifference
from witnessmark_tools.compare_sides import ComparedSide
from witnessmark_tools.remembered import (
    Elsewhere,
    RememberedCitation,
    RememberedPlace,
    RememberedResult,
    place_of,
    remembered,
)
from witnessmark_tools.results import Box, ReviewItem, result_id_of

TOOL = "compare_documents"
AFTER = ":after"
"""Behind the name of a difference: its place in the later document."""


def remembered_comparison(
    result_id: str,
    sources: tuple[str, str],
    sides: tuple[ComparedSide, ComparedSide],
    differences: Sequence[DocumentDifference],
    review: Sequence[tuple[bool, ReviewItem]],
) -> list[RememberedResult]:
    """Keep a comparison as two results, one a document: that of the earlier names what stands in the later.

    Shapes:  `review` is the result's own list, each item with whether it is of the earlier document
    """
    other_id = result_id_of(TOOL, sides[1].document, {"of": result_id})
    elsewhere: dict[str, Elsewhere] = {}
    items: tuple[list[ReviewItem], list[ReviewItem]] = ([], [])
    for number, (is_before, item) in enumerate(review, start=1):
        of_document = items[0 if is_before else 1]
        of_document.append(item)
        place = Elsewhere(result_id if is_before else other_id, f"review:{len(of_document)}")
        elsewhere[f"review:{number}"] = place
    for one in differences:
        if one.after_page is not None:
            name = one.difference_id if one.before_page is None else one.difference_id + AFTER
            elsewhere[name] = Elsewhere(other_id, one.difference_id)
    before = [
        RememberedCitation(
            citation_id=one.difference_id,
            places=list(_places(one, one.before_page, one.before_box, one.before, one.after)),
        )
        for one in differences
        if one.before_page is not None
    ]
    after = [
        RememberedCitation(
            citation_id=one.difference_id,
            places=list(_places(one, one.after_page, one.after_box, one.after, one.before)),
        )
        for one in differences
        if one.after_page is not None
    ]
    return [
        remembered(
            result_id,
            TOOL,
            sources[0],
            sides[0].document,
            review=items[0],
            citations=before,
            elsewhere=elsewhere,
        ),
        remembered(other_id, TOOL, sources[1], sides[1].document, review=items[1], citations=after),
    ]


def _places(
    one: DocumentDifference, page: int | None, box: Box | None, text: str | None, other: str | None
) -> Iterator[RememberedPlace]:
    if page is not None:
        yield RememberedPlace(
            page=page, box=place_of(box), status=one.status, value=text, nearest=other, reason=one.kind
        )
