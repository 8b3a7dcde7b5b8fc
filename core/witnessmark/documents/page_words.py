"""The words of a page that values are looked up in, wherever they come from, and what has to be said about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from witnessmark.documents.differing import Difference, corrected_words
from witnessmark.documents.document import Document
from witnessmark.documents.layer_check import LayerCheck, LayerFinding
from witnessmark.documents.opening import NEEDS_OCR, Documents
from witnessmark.values import BoundingBox, PageLayout, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """What a page says.

    Units:  `words` in points of the page, or of the straightened picture where OCR read them; `on_page` leads back
    """

    page_number: int
    words: tuple[Word, ...]
    is_read_by_ocr: bool = False
    on_page: Callable[[BoundingBox], BoundingBox] | None = None
    """None where the words' boxes are the page's."""
    finding: LayerFinding | None = None
    """How the text layer compares with what is seen; None where it was not used."""

    def where_they_stand(self) -> PageWords:
        """Give the same words with their boxes on the page as it is seen."""
        if self.on_page is None:
            return self
        boxes = map(self.on_page, (word.box for word in self.words))
        words = (
            word._replace(x0=box.x0, top=box.top, x1=box.x1, bottom=box.bottom)
            for word, box in zip(self.words, boxes, strict=True)
        )
        return replace(self, words=tuple(words), on_page=None)

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self.finding.differences if self.finding is not None else ()


async def page_words(
    document: Document, documents: Documents, page: int, check: LayerCheck | None = None
) -> PageWords | None:
    """Read the words of a page of a PDF or an image: its text layer's, as the page shows them; else OCR's.

    Shapes:  None where there are none to be had: no PDFium, or a page without a usable text layer and no OCR
    Errors:  as `Documents.layout`
    """
    if document.reader == "pdfium":
        read = await documents.read_layout(document, page)
        if read.kind not in NEEDS_OCR:
            finding = await check.page(page) if check is not None else None
            if finding is None or finding.state != "unreadable":
                return _of_layer(page, read.layout, finding)
    elif document.reader != "image":
        return None
    if documents.recogniser is None:
        return None
    recognised, reading = await documents.recognise(document, page)
    return PageWords(page_number=page, words=recognised.layout.words, is_read_by_ocr=True, on_page=reading.on_page)


def _of_layer(page: int, layout: PageLayout, finding: LayerFinding | None) -> PageWords:
    words = layout.words
    if finding is not None and finding.differences:
        words = corrected_words(words, finding.differences)
    return PageWords(page_number=page, words=words, finding=finding)
