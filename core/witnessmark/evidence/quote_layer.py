"""Quotes in the order of a text layer, for pages whose columns mislead the reading order.

The program that made a page usually wrote its texts one after the other. A run of words in that order counts as a text
only if no word of the page is skipped: between two words of a line, at the end of a line, or at the beginning of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from witnessmark.evidence.quote_words import DocumentWords
from witnessmark.values import Word

MIN_WORDS = 4
"""Words of a quote from which this order is tried; fewer are found in the reading order, or nowhere."""
MAX_TRIED = 40
"""Places of a quote that are looked at; one that the file has more often is no sentence."""
MIN_RUN, MIN_RUN_OF_CELLS = 2, 3
"""Words of a whole line of a quote, and of one among the cells of a table: cells below one another are no text."""
_LINE_GAP, _NEIGHBOUR_GAP = 1.6, 2.5
"""Gaps between words of one line, in heights of it: up to the first they are one text, up to the second they may be."""
_ALIGNED, _ALIGNED_WITHIN = 0.7, 8.0
"""Points by which beginnings of a column's lines may differ, and heights above and below in which they are compared."""
_MIN_ALIGNED, _ALIGNED_SHARE = 2, 0.6
"""Lines, and their share, that begin at a word's place if it begins a line of a column."""
_BAND = 12.0
"""Points of a page's height in which words are kept together."""


class LayerOrder:
    """The words of a document as they lie on their pages, to tell texts from words that only follow in the file."""

    def __init__(self, document: DocumentWords) -> None:
        self._document = document

    @cached_property
    def _bands(self) -> dict[tuple[int, int], list[int]]:
        found: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, word in enumerate(self._document.words):
            page = self._page(place)
            for band in range(int(word.top // _BAND), int(word.bottom // _BAND) + 1):
                found[page, band].append(place)
        return found

    def is_text(self, words: Sequence[int]) -> bool:
        """Say whether words, by their places in the document, are one text without a gap."""
        if len(words) < MIN_WORDS or any(self._document.words[word].angle for word in words):
            return False
        least = MIN_RUN_OF_CELLS if any(self._is_cell(word) for word in words) else MIN_RUN
        lines: list[list[int]] = [[words[0]]]
        for before, after in pairwise(words):
            if self._page(before) != self._page(after):
                return False
            if self._is_next(before, after):
                lines[-1].append(after)
            elif len(lines) > 1 and len(lines[-1]) < least:
                return False
            elif self._breaks(before, after):
                lines.append([after])
            else:
                return False
        return True

    def _is_next(self, before: int, after: int) -> bool:
        """Say whether a word is the next one in a line, with nothing between."""
        first, second = self._document.words[before], self._document.words[after]
        if not _is_level(first, second) or not _is_near(first, second):
            return False
        between = (self._document.words[place] for place in self._level_with(before) if place not in {before, after})
        return not any(first.x1 < (word.x0 + word.x1) / 2 < second.x0 for word in between)

    def _breaks(self, before: int, after: int) -> bool:
        """Say whether a text goes on from the end of a line to the beginning of another one."""
        first, second = self._document.words[before], self._document.words[after]
        if _is_level(first, second):
            return False
        is_lower = second.top > first.top + 0.5 * _height(first)
        if not is_lower and (self._is_cell(before) or self._is_cell(after)):
            return False  # from the last row of a column to the first of the next one
        return not self._goes_on(before) and not self._is_gone_on_with(after)

    def _goes_on(self, place: int) -> bool:
        """Say whether a word has a next one on its line: not the first word of another column."""
        words, word = self._document.words, self._document.words[place]
        beside = [other for other in self._level_with(place) if _is_near(word, words[other], _NEIGHBOUR_GAP)]
        following = min(beside, key=lambda other: words[other].x0, default=None)
        return following is not None and not self._begins_line(following)

    def _is_gone_on_with(self, place: int) -> bool:
        """Say whether a word has one before it on its line, and does not begin a column's line itself."""
        word = self._document.words[place]
        is_near = any(_is_near(self._document.words[other], word, _NEIGHBOUR_GAP) for other in self._level_with(place))
        return is_near and not self._begins_line(place)

    def _begins_line(self, place: int) -> bool:
        """Say whether a word begins a line of a column: most lines above and below begin at the same place."""
        word, page = self._document.words[place], self._page(place)
        reach = _ALIGNED_WITHIN * _height(word)
        bands = range(int((word.top - reach) // _BAND), int((word.bottom + reach) // _BAND) + 1)
        near = {other for band in bands for other in self._bands.get((page, band), ()) if other != place}
        others = [self._document.words[other] for other in near]
        aligned = sum(abs(other.x0 - word.x0) < _ALIGNED for other in others)
        crossing = sum(other.x0 - _ALIGNED < word.x0 + _ALIGNED < other.x1 for other in others)
        return aligned >= max(_MIN_ALIGNED, _ALIGNED_SHARE * crossing)

    def _level_with(self, place: int) -> list[int]:
        word, page = self._document.words[place], self._page(place)
        bands = range(int(word.top // _BAND), int(word.bottom // _BAND) + 1)
        near = {other for band in bands for other in self._bands.get((page, band), ())}
        return [other for other in near if other != place and _is_level(word, self._document.words[other])]

    def _page(self, place: int) -> int:
        return self._document.lines[self._document.line_of[place]].page

    def _is_cell(self, place: int) -> bool:
        return self._document.lines[self._document.line_of[place]].kind == "row"


def _height(word: Word) -> float:
    return max(word.bottom - word.top, 0.1)


def _is_near(first: Word, second: Word, gap: float = _LINE_GAP) -> bool:
    """Say whether a word begins to the right of another one, within so many heights."""
    return -0.3 * _height(first) < second.x0 - first.x1 < gap * _height(first)


def _is_level(one: Word, other: Word) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > 0.5 * min(_height(one), _height(other))
