"""A page as a witness: its words, and how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from witnessmark.values import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessPage:
    """The words of one page that values are looked up in.

    Units:  points from the top left corner, of an image pixels or any other unit that all words share
    """

    page_number: int
    words: tuple[Word, ...]
    is_read_by_ocr: bool = False
    """Letters may then be mistaken for others like them; digits are taken as read all the same."""
