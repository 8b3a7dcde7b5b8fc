"""What is said of text layers that were compared with what their pages show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from witnessmark.documents.document import Document
from witnessmark.documents.layer_check import LayerCheck, LayerFinding
from witnessmark.documents.opening import Documents, PageTables, PageText
from witnessmark.errors import WitnessmarkError
from witnessmark_tools.pages import MOST_REVIEWED, rounded
from witnessmark_tools.results import ReviewItem, pages_in_words


async def tables_as_shown(
    document: Document, documents: Documents, page: int, read: PageTables, check: LayerCheck
) -> PageTables:
    """Read the tables of a page once more where its text layer says something else than it shows.

    Errors:  none; a page that cannot be read again stays as it was read
    """
    if read.kind != "text layer" or not read.tables:
        return read
    finding = await check.page(page)
    try:
        if finding.state == "unreadable":
            return await documents.tables(document, page, by_ocr=True)
        if finding.differences:
            return await documents.tables(document, page, shown=finding.differences)
    except WitnessmarkError:
        return read
    return read


async def text_as_shown(
    document: Document,
    documents: Documents,
    page: int,
    read: PageText,
    check: LayerCheck,
    layout: Literal["markdown", "plain"],
) -> PageText:
    """Read the text of a page once more where its text layer says something else than it shows.

    Errors:  none; a page that cannot be read again stays as it was read
    """
    if read.kind != "text layer":
        return read
    finding = await check.page(page)
    try:
        if finding.state == "unreadable":
            return await documents.text(document, page, layout, by_ocr=True)
        if finding.differences:
            return await documents.text(document, page, layout, shown=finding.differences)
    except WitnessmarkError:
        return read
    return read


def layer_warnings(findings: Sequence[LayerFinding]) -> list[str]:
    """Say which text layers differ from their pages, and which were not compared for want of time."""
    warnings: list[str] = []
    if pages := [found.page_number for found in findings if found.differences]:
        count = sum(len(found.differences) for found in findings)
        places = "a place" if count == 1 else f"{count} places"
        warnings.append(
            f"{pages_in_words(pages)}: in {places} the text layer says other figures than the page shows (it was "
            "compared with OCR of the picture). What is shown was used; needs_review has both."
        )
    if pages := [found.page_number for found in findings if found.state == "unreadable"]:
        warnings.append(
            f"{pages_in_words(pages)}: the letters of the text layer are not those that the page shows; it was read "
            "from its picture by OCR."
        )
    if pages := [found.page_number for found in findings if found.was_out_of_time]:
        warnings.append(
            f"{pages_in_words(pages)}: the text layer was not compared with the picture to the end, for want of time."
        )
    return warnings


def layer_review(findings: Sequence[LayerFinding]) -> list[ReviewItem]:
    """List the places where a text layer and its page differ, with what both say."""
    items = [
        ReviewItem(
            page=found.page_number,
            box=rounded(found.box),
            value=found.shown,
            nearest=found.layer,
            reason=f"The text layer says {found.layer!r} here, the page shows {found.shown!r}.",
        )
        for finding in findings
        for found in finding.differences
    ]
    return items[:MOST_REVIEWED]
