"""A page as a witness: its words, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from witnessmark.evidence.page_index import PageIndex
from witnessmark.values import BoundingBox, Word, enclosing


@dataclass(frozen=True, kw_only=True)
class WitnessPage:
    """The words of one page that values are looked up in.

    Units:  points from the top left corner, of an image pixels or any other unit that all words share; of a page that
            was read by OCR, those of the straightened picture, in which lines are level
    """

    page_number: int
    words: tuple[Word, ...]
    is_read_by_ocr: bool = False
    """Letters may then be mistaken for others like them; digits are taken as read all the same."""
    on_page: Callable[[BoundingBox], BoundingBox] | None = None
    """Finds on the page itself a box of the words' own coordinates; None where they are the page's. Verdicts give the
    page's. Source: `PageReading.on_page`"""

    @cached_property
    def index(self) -> PageIndex:
        """The words in order, made once for all that is looked up."""
        return PageIndex(self.words, is_read_by_ocr=self.is_read_by_ocr)

    def placed(self, box: BoundingBox) -> BoundingBox:
        """Find a box on the page itself."""
        return self.on_page(box) if self.on_page else box

    def box_of(self, words: Sequence[int]) -> BoundingBox:
        """Find the box around some of the words, of which there is at least one, on the page itself."""
        return self.placed(enclosing([self.words[word] for word in words]))
