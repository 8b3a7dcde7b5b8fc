"""What a page says in the order in which a person reads it: paragraphs, their lines, the words with their places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

from witnessmark.documents.document import PageKind
from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.documents.text_layer import TextLayer
from witnessmark.values import BoundingBox, Word, enclosing

ParagraphKind = Literal["text", "heading", "item", "row", "turned", "running"]
"""`row`: of a table, a line for each cell that is not empty; `turned`: what stands on its side; `running`: what pages
repeat at their edges, their numbers included."""


class Paragraph(NamedTuple):
    """Lines that belong together.

    Units:  points of the page, or of whatever the flow's words share
    """

    kind: ParagraphKind
    lines: tuple[tuple[Word, ...], ...]
    """Its lines from top to bottom, or a row's cells from left to right; none is empty."""

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        """Its words with single spaces between, lines as they are: a word parted at a line's end stays parted."""
        return " ".join(word.text for line in self.lines for word in line)

    @property
    def box(self) -> BoundingBox:
        return enclosing(self.words)


@dataclass(frozen=True, kw_only=True)
class PageFlow:
    """A page in reading order, whatever its words come from: a text layer, OCR, or a text file."""

    page_number: int
    paragraphs: tuple[Paragraph, ...] = ()
    kind: PageKind = "text layer"
    """What the page is; a scan without paragraphs was not read where there is no OCR."""
    layer: TextLayer | None = None
    """What is to be said of its text layer; None where it has none."""
    is_read_by_ocr: bool = False
    reading: PageReading | None = None
    """How OCR went, where it read the page."""
    on_page: Callable[[BoundingBox], BoundingBox] | None = None
    """Finds on the page itself a box of the words' own coordinates; None where they are the page's."""
    layer_order: tuple[int, ...] | None = None
    """Of each of `words`, its place in the order of the text layer; None if that is the same order or not known."""
    has_places: bool = True
    """Whether the boxes are places that can be shown; a text file's are not, nor those of a damaged PDF."""

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for paragraph in self.paragraphs for word in paragraph.words)

    def with_paragraphs(self, paragraphs: tuple[Paragraph, ...]) -> PageFlow:
        """Give the same words in other paragraphs."""
        changed = replace(self, paragraphs=paragraphs)
        if self.layer_order is None:
            return changed
        places = {id(word): place for word, place in zip(self.words, self.layer_order, strict=True)}
        return replace(changed, layer_order=tuple(places[id(word)] for word in changed.words))

    def placed(self, box: BoundingBox) -> BoundingBox | None:
        """Find a box on the page itself; None where there is no page to see."""
        if not self.has_places:
            return None
        return self.on_page(box) if self.on_page else box
