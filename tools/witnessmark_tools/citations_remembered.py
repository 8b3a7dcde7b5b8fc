"""Citations as they are remembered, document by document, so that their places can be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from witnessmark_tools.remembered import (
    Elsewhere,
    RememberedCitation,
    RememberedPlace,
    RememberedResult,
    place_of,
    remembered,
)
from witnessmark_tools.results import ReviewItem

if TYPE_CHECKING:
    from witnessmark_tools.citations_result import Citation
    from witnessmark_tools.citations_sources import OpenedSource


def remembered_citations(
    result_id: str,
    tool: str,
    sources: Sequence[OpenedSource],
    citations: Mapping[int, Sequence[Citation]],
    review: Sequence[ReviewItem] = (),
) -> list[RememberedResult]:
    """Make of a reading what is remembered of it: one result a document, the first under the reading's own name.

    Shapes:  `citations` by the place of their document among `sources`, with every box; `review` as the reading lists
             it, those of citations beginning with the citation's name
    """
    names = [result_id if number == 0 else f"{result_id}-{number + 1}" for number in range(len(sources))]
    owner = {one.citation_id: number for number, several in citations.items() for one in several}
    elsewhere = {item: Elsewhere(names[number], item) for item, number in owner.items() if number}
    own: list[ReviewItem] = []
    for place, item in enumerate(review, start=1):
        cited = item.reason.partition(",")[0]
        if owner.get(cited, 0):
            elsewhere[f"review:{place}"] = Elsewhere(names[owner[cited]], cited)
        own.append(item)
    return [
        remembered(
            name,
            tool,
            source.source,
            source.document,
            review=own if number == 0 else (),
            citations=[_remembered(one) for one in citations.get(number, ())],
            elsewhere=elsewhere if number == 0 else None,
        )
        for number, (name, source) in enumerate(zip(names, sources, strict=True))
    ]


def _remembered(one: Citation) -> RememberedCitation:
    places: list[tuple[int, Sequence[float] | None]] = [
        (block.page, box) for block in one.boxes or () for box in block.boxes
    ]
    nearest = one.nearest
    if not places and nearest is not None:
        places = [(nearest.page, nearest.box)] if nearest.box is not None else []
    return RememberedCitation(
        citation_id=one.citation_id,
        places=[
            RememberedPlace(
                page=page,
                box=place_of(box),
                status=one.status,
                value=one.cited_text,
                nearest=None if nearest is None else nearest.text,
                reason=None if nearest is None else nearest.differs,
            )
            for page, box in places or [(one.page, None)]
        ],
    )
