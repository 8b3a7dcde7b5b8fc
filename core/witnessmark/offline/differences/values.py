"""What comparing two documents gives, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from witnessmark.values import BoundingBox

Kind = Literal["changed", "added", "removed", "moved"]
What = Literal["number", "date", "negation", "obligation", "name", "words", "order", "numbering", "case", "punctuation"]
"""What of a text changed: the first of these that applies."""
Significance = Literal["substantive", "formatting"]


class Place(NamedTuple):
    """Where a part of a passage stands.

    Units:  points of the page; no box where the page cannot be seen
    """

    page: int
    box: BoundingBox | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One side of a difference."""

    text: str
    """As a person would cite it: what changed with some words around it, or the whole sentence, paragraph, row."""
    changed: str
    """The words of it that changed; `""` where nothing of this side did."""
    places: tuple[Place, ...]
    """Of what changed, in reading order; at least one. Of a side that lacks it, of the words around it."""
    section: str | None = None
    """The nearest heading, or the number and title of the clause."""
    row: str | None = None
    """In a table: the first cell of the row."""
    column: str | None = None
    """In a table: the header of the column."""
    is_read_by_ocr: bool = False
    marks: tuple[tuple[int, int], ...] = ()
    """Where in `text` the changed words are: first character, and the one after the last. None where all of it is."""
    atoms: tuple[range, ...] = ()
    """Which atoms of the side they are that changed."""

    @property
    def page(self) -> int:
        return self.places[0].page


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One change.

    Shapes:  `before` is None for what was added, `after` for what was removed
    """

    kind: Kind
    what: What
    significance: Significance
    before: Passage | None
    after: Passage | None
    is_doubtful: bool = False
    """OCR read it on one side, and may have taken some letters for others: nothing else differs."""

    @property
    def section(self) -> str | None:
        sides = [side.section for side in (self.after, self.before) if side is not None and side.section]
        return sides[0] if sides else None


class PagePair(NamedTuple):
    """A page of each document that say much the same.

    Units:  points, by which most words stand further right and down in the document after
    """

    before: int
    after: int
    share: float
    """Of the words of both that are the same and within `NEAR` of where they would stand if the page was only moved."""
    right: float
    down: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between two documents' texts."""

    differences: tuple[Difference, ...]
    """In the order of `ranking`, those of one rank by their place."""
    before_words: int
    after_words: int
    same_words: int
    """Of the document before that stand in the one after, in the same order or moved."""
    running_before: tuple[str, ...] = ()
    running_after: tuple[str, ...] = ()
    """Headers and footers that only one document has; each is one of the differences."""
    pages: tuple[PagePair, ...] = ()

    @property
    def texts_agree(self) -> bool:
        return not self.differences
