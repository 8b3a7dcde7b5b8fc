"""A page in reading order, its text layer's words as the page shows them."""

from __future__ import annotations

from witnessmark.documents.document import Document
from witnessmark.documents.flow import PageFlow
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.opening import Documents
from witnessmark.errors import WitnessmarkError


async def page_flow(document: Document, documents: Documents, page: int, check: LayerCheck | None = None) -> PageFlow:
    """Read a page as `Documents.flow`, and once more where its text layer says something else than it shows.

    Errors:  as `Documents.flow`; a page that cannot be read again stays as it was read
    """
    flow = await documents.flow(document, page)
    if check is None or document.reader != "pdfium" or flow.kind != "text layer":
        return flow
    finding = await check.page(page)
    try:
        if finding.state == "unreadable":
            return await documents.flow(document, page, by_ocr=True)
        if finding.differences:
            return await documents.flow(document, page, shown=finding.differences)
    except WitnessmarkError:
        return flow
    return flow
