"""A document as read: what it is, and what each of its pages is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from witnessmark.documents.content import Content
from witnessmark.documents.images import ImageFacts
from witnessmark.documents.losses import Losses
from witnessmark.documents.media_types import Kind, kind_of
from witnessmark.documents.text_size import TextSize

PageKind = Literal["text layer", "broken text layer", "scan", "blank", "unknown"]
"""What a page gives to read.

`broken text layer`: letters that mean nothing, or not what is seen; `scan`: no text layer but a picture, or a stamp on
one; `blank`: neither.
"""
Reader = Literal["pdfium", "pypdf", "image", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that was opened, hashed and understood. `Documents.open` makes it and closes it."""

    name: str
    content: Content
    media_type: str
    page_count: int
    reader: Reader
    """Who reads its pages: pypdf only where PDFium cannot."""
    password: str | None = field(default=None, repr=False)
    url: str | None = field(default=None, repr=False)
    """The https URL that led straight to it, from which others could fetch the same; it may hold a key."""
    image: ImageFacts | None = None
    warnings: tuple[str, ...] = ()
    losses: Losses = field(default_factory=Losses, repr=False, compare=False)
    """What its pages have cost the call that opened it."""

    @property
    def kind(self) -> Kind:
        return kind_of(self.media_type)

    @property
    def sha256(self) -> str:
        return self.content.sha256


MANY_HIDDEN = 3
"""Words of a page that nobody sees from which they may say something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What can be said of a page without reading it.

    Units:  points for a PDF, pixels for an image, upright; None where the reader cannot tell
    """

    page_number: int
    width: float | None
    height: float | None
    rotation: int = 0
    """How far the page is turned to stand upright, clockwise; for an image, its EXIF orientation does the turning."""
    text: PageKind = "unknown"
    is_tried: bool = True
    """False where nobody looked at it: pages before it had stopped the reader too often."""
    hidden_words: int = 0
    """Words in the text layer that nobody sees."""
    is_from_scanner: bool = False
    """The text layer is what OCR software left under a picture."""
    text_size: TextSize | None = None
    """How much text its text layer has, hidden words included; None where the reader cannot tell."""

    @property
    def hides_words(self) -> bool:
        """Whether so many words lie on it that nobody sees that a model is to see its picture alone."""
        return self.hidden_words >= MANY_HIDDEN
