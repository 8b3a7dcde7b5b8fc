"""From a passage that somebody cites to where it stands: looked up in the words of its document, page and box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from witnessmark.values import BoundingBox, enclosing
from witnessmark_tools.citations_result import Citation, Nearest, PageBoxes
from witnessmark_tools.contained import contained
from witnessmark_tools.pages import rounded
from witnessmark_tools.results import ReviewItem
from witnessmark_tools.unread_scripts import not_read_in_words

if TYPE_CHECKING:
    from witnessmark.documents.opening import Documents
    from witnessmark.evidence.quotes import NearestPassage, QuoteVerdict
    from witnessmark_tools.citations_sources import ReadSource

SEEN = "Seen in the page's picture; the text that was read there first says something else."
NOT_READ = "Not checked: OCR cannot read {}."
LONGEST_NEAREST = 600
"""Letters of the nearest passage that a result shows."""
BLOCK_GAP = 1.2
"""Distance between lines of one block, in heights of a line."""

Boxes = Mapping[int, Sequence[BoundingBox]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCitation:
    """A passage that is said to stand in a document."""

    document: int
    """The place of its document among the sources."""
    cited_text: str
    claimed_pages: tuple[int, ...] = ()
    """From 1, both ends included; none: nobody says where."""


async def look_up(
    sources: Sequence[ReadSource],
    asked: Sequence[AskedCitation],
    *,
    first_number: int = 1,
    documents: Documents | None = None,
    seconds: float | None = None,
    faults: list[str] | None = None,
) -> list[Citation]:
    """Look up where cited passages stand. What is not found is seen again, word by word, before it is called altered.

    Shapes:  as many as `asked`, in their order, named from `c<first_number>` on; with every box. Nothing is seen again
             without `documents`
    Units:   `seconds` that seeing again may take
    Errors:  none; what stands nowhere is `unlocated`, with what resembles it. A look-up that fails gives status None
             and adds a warning to `faults`
    """
    told = [] if faults is None else faults

    def looked_up() -> list[QuoteVerdict | None]:
        return [_verdict(one, sources[one.document], told) for one in asked]

    verdicts = await anyio.to_thread.run_sync(looked_up, abandon_on_cancel=True)
    if documents is not None and documents.recogniser is not None:
        from witnessmark_tools.citations_seen import see_again  # not before there is OCR

        with contained(told, "Cited passages that the text layer lacks were not looked for in the pictures of pages"):
            await see_again(verdicts, asked, sources, documents, seconds=seconds)
    return [
        _citation(f"c{number}", one, sources[one.document], verdict)
        for number, (one, verdict) in enumerate(zip(asked, verdicts, strict=True), start=first_number)
    ]


def _verdict(asked: AskedCitation, source: ReadSource, faults: list[str]) -> QuoteVerdict | None:
    if not source.flows:
        return None
    with contained(faults, f"A passage cited from {source.name} was not looked up"):
        return source.quoted.find_quote(asked.cited_text, asked.claimed_pages)
    return None


def _citation(citation_id: str, asked: AskedCitation, source: ReadSource, verdict: QuoteVerdict | None) -> Citation:
    if verdict is not None:
        return citation_of(citation_id, asked, source.name, verdict)
    return Citation(
        citation_id=citation_id,
        document=source.name,
        page=asked.claimed_pages[0] if asked.claimed_pages else 1,
        cited_text=asked.cited_text,
        status=None,
    )


def citation_of(citation_id: str, asked: AskedCitation, name: str, verdict: QuoteVerdict) -> Citation:
    """Write what looking up found."""
    near = verdict.nearest
    claimed = asked.claimed_pages[0] if asked.claimed_pages else None
    pages = list(verdict.pages) or list(asked.claimed_pages) or ([near.page] if near is not None else [1])
    blocks = blocks_of(verdict.boxes or {})
    return Citation(
        citation_id=citation_id,
        document=name,
        page=pages[0],
        pages=pages if len(pages) > 1 else None,
        cited_text=asked.cited_text,
        status=verdict.status,
        box=first_box(blocks, pages[0]),
        boxes=blocks or None,
        claimed_page=claimed if verdict.status == "displaced" else None,
        nearest=None if near is None else _nearest(near),
        note=SEEN if verdict.is_seen else NOT_READ.format(verdict.script) if verdict.script else None,
    )


def _nearest(near: NearestPassage) -> Nearest:
    text = near.text if len(near.text) <= LONGEST_NEAREST else near.text[:LONGEST_NEAREST] + " \u2026"
    return Nearest(text=text, page=near.page, box=first_box(blocks_of(near.boxes), near.page), differs=near.differs)


def blocks_of(boxes: Boxes) -> list[PageBoxes]:
    """Put lines that stand below one another together, page by page.

    Shapes:  one box for each column or block that a passage runs through
    """
    found: list[PageBoxes] = []
    for page, lines in boxes.items():
        blocks: list[list[BoundingBox]] = []
        for line in lines:
            if blocks and _goes_on(blocks[-1][-1], line):
                blocks[-1].append(line)
            else:
                blocks.append([line])
        if blocks:
            found.append(PageBoxes(page=page, boxes=[rounded(enclosing(block)) for block in blocks]))
    return found


def _goes_on(above: BoundingBox, line: BoundingBox) -> bool:
    height = max(above.height, line.height)
    is_near = -0.6 * height < line.top - above.bottom < BLOCK_GAP * height
    return is_near and min(above.x1, line.x1) > max(above.x0, line.x0) - height


def first_box(blocks: Sequence[PageBoxes], page: int) -> list[float] | None:
    """Give the first box on a page; None where there is none."""
    return next((block.boxes[0] for block in blocks if block.page == page), None)


def in_unread_scripts(citations: Sequence[Citation]) -> list[str]:
    """Say by document which citations were not checked because OCR cannot read what they are written in."""
    before, after = NOT_READ.split("{}")
    told: list[str] = []
    for document in dict.fromkeys(one.document for one in citations):
        notes = {
            (one.page, one.cited_text): one.note.removeprefix(before).removesuffix(after)
            for one in citations
            if one.document == document and one.note is not None and one.note.startswith(before)
        }
        if notes:
            sentence = not_read_in_words({page for page, _ in notes}, "passage", len(notes), list(notes.values()))
            told.append(f"{document}: {sentence}")
    return told


def review_of_citations(citations: Sequence[Citation]) -> list[ReviewItem]:
    """List the citations that a person should look at: first what stands nowhere, then what stands elsewhere."""
    doubtful = [one for one in citations if one.status in {"unlocated", "displaced"}]
    doubtful.sort(key=lambda one: one.status != "unlocated")
    return [_review(one) for one in doubtful]


def _review(one: Citation) -> ReviewItem:
    near = one.nearest
    if one.status == "displaced":
        reason = f"{one.citation_id}, {one.document}: cited from page {one.claimed_page}, it stands on page {one.page}."
    elif near is None:
        reason = f"{one.citation_id}, {one.document}: stands nowhere, and nothing there resembles it."
    else:
        reason = f"{one.citation_id}, {one.document}: stands nowhere as cited; on page {near.page} {near.differs}."
    return ReviewItem(
        page=near.page if near is not None else one.page,
        box=near.box if near is not None else one.box,
        value=one.cited_text,
        status=one.status,
        nearest=near.text if near is not None else None,
        reason=reason,
    )
