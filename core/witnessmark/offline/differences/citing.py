"""Differences as a person would cite them: the words, where they stand, in which section, row and column."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.numbering import as_ranges
from witnessmark.offline.differences.units import Section, Unit, sections_of
from witnessmark.offline.differences.values import Passage, Place
from witnessmark.values import BoundingBox, enclosing

CONTEXT = 3
"""Words on either side of what changed."""
WHOLE = 14
"""Words of a sentence that is cited whole."""
MOST_OF_ROW = 60
"""Atoms of a row that is cited whole."""
MOST_PLACES = 40
HEADER_ROWS = 400
"""Rows above a row among which the header of its table is looked for."""


class Citing:
    """Cites passages of one side."""

    def __init__(self, side: Side, units: Sequence[Unit]) -> None:
        self.side = side
        self._sections: list[Section] = sections_of(side, units)
        self._section_atoms = [section.atom for section in self._sections]

    def whole(self, *ranges: range) -> Passage:
        """Cite atoms as they are: sentences, paragraphs, rows."""
        side = self.side
        first, last = side.first_words[ranges[0].start], side.last_words[ranges[-1].stop - 1]
        text = self._text(first, last)
        is_row = side.paragraph_of(ranges[0].start).kind == "row"
        return Passage(
            text=text,
            changed=text,
            places=self._places(first, last),
            section=self.section(ranges[0].start),
            row=self._row(ranges[0].start) if is_row else None,
            is_read_by_ocr=self._is_read_by_ocr(ranges),
            atoms=tuple(ranges),
        )

    def numbers(self, ranges: Sequence[range]) -> Passage:
        """Cite the numbers of clauses, those that follow each other as one range."""
        side = self.side
        text = as_ranges(side, ranges)
        places = [
            place
            for one in ranges[:MOST_PLACES]
            for place in self._places(side.first_words[one.start], side.last_words[one.stop - 1])
        ]
        return Passage(
            text=text,
            changed=text,
            places=tuple(places),
            section=self.section(ranges[0].start),
            is_read_by_ocr=self._is_read_by_ocr(ranges),
            atoms=tuple(ranges),
        )

    def part(self, changed: range, within: range) -> Passage:
        """Cite what changed within a sentence, with some words around it; the sentence where it is short."""
        side = self.side
        low, high = side.first_words[within.start], side.last_words[within.stop - 1]
        if changed:
            first, last = side.first_words[changed.start], side.last_words[changed.stop - 1]
        else:  # nothing of this side: the words between which it would stand
            at = min(max(changed.start, within.start), within.stop - 1)
            first = last = side.first_words[at]
        start, end = low, high
        if high - low >= WHOLE:
            start, end = max(low, first - CONTEXT), min(high, last + CONTEXT)
        return Passage(
            text=self._text(start, end),
            changed=self._text(first, last) if changed else "",
            places=self._places(first, last) if changed else self._places(max(low, first - 1), last),
            section=self.section(within.start),
            is_read_by_ocr=self._is_read_by_ocr((within,)),
            marks=self._marks(self._text(start, end), start, first, last) if changed else (),
            atoms=(changed,) if changed else (),
        )

    def marks(self, passage: Passage, words: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Find where words of a passage that is cited whole are in its text.

        Shapes:  `words` as first and last ones, in order
        """
        first = self.side.first_words[passage.atoms[0].start]
        return tuple(mark for one in words for mark in self._marks(passage.text, first, *one))

    def _marks(self, text: str, start: int, first: int, last: int) -> tuple[tuple[int, int], ...]:
        """Find where words are in a text that begins with the word `start`."""
        before = self._text(start, first - 1) if first > start else ""
        changed = self._text(first, last)
        place = text.find(changed, max(0, len(before) - 1)) if changed else -1
        return ((place, place + len(changed)),) if place >= 0 else ()

    def cell(self, changed: range, row: range) -> Passage:
        """Cite the cells of a row in which something changed, with the row's label and the column's header."""
        side = self.side
        cells = {side.word_cells[side.first_words[atom]] for atom in changed}
        atoms = [atom for atom in row if side.word_cells[side.first_words[atom]] in cells]
        label = self._row(row.start)
        if not atoms and len(row) > MOST_OF_ROW:
            return self.part(changed, row)
        if not atoms:
            return Passage(
                text=self._text(side.first_words[row.start], side.last_words[row.stop - 1]),
                changed="",
                places=self._places(side.first_words[row.start], side.last_words[row.stop - 1]),
                section=self.section(row.start),
                row=label,
                is_read_by_ocr=self._is_read_by_ocr((row,)),
            )
        first, last = side.first_words[atoms[0]], side.last_words[atoms[-1]]
        changed_first, changed_last = side.first_words[changed.start], side.last_words[changed.stop - 1]
        return Passage(
            text=self._text(first, last),
            changed=self._text(changed_first, changed_last),
            places=self._places(first, last),
            section=self.section(row.start),
            row=label,
            column=self._column(first) if len(cells) == 1 else None,
            is_read_by_ocr=self._is_read_by_ocr((row,)),
            marks=self._marks(self._text(first, last), first, changed_first, changed_last),
            atoms=(changed,),
        )

    def column(self, cells: Sequence[range]) -> Passage:
        """Cite a column: its cells one after the other, the header first."""
        side = self.side
        words = [(side.first_words[cell.start], side.last_words[cell.stop - 1]) for cell in cells]
        texts = [self._text(first, last) for first, last in words]
        text = " | ".join(texts)
        return Passage(
            text=text,
            changed=text,
            places=tuple(place for one in words[:MOST_PLACES] for place in self._places(*one)),
            section=self.section(cells[0].start),
            column=texts[0][:80],
            is_read_by_ocr=self._is_read_by_ocr(cells),
            atoms=tuple(cells),
        )

    def section(self, atom: int) -> str | None:
        """Find the nearest heading above, or at, an atom."""
        place = bisect_right(self._section_atoms, atom)
        return self._sections[place - 1].title if place else None

    def _text(self, first: int, last: int) -> str:
        """Write words; cells and paragraphs of a table apart."""
        side = self.side
        parts: list[str] = []
        start = first
        for word in range(first, last + 1):
            is_last = word == last
            if is_last or self._begins_cell(word + 1):
                parts.append(side.text(start, word))
                start = word + 1
        return " | ".join(part for part in parts if part)

    def _begins_cell(self, word: int) -> bool:
        side = self.side
        paragraph = side.word_paragraphs[word]
        if side.paragraphs[paragraph].kind != "row" and side.paragraphs[side.word_paragraphs[word - 1]].kind != "row":
            return False
        return paragraph != side.word_paragraphs[word - 1] or side.word_cells[word] != side.word_cells[word - 1]

    def _row(self, atom: int) -> str | None:
        """Find the label of a row: what stands in its first cell."""
        side = self.side
        word = side.first_words[atom]
        paragraph, cell = side.word_paragraphs[word], side.word_cells[word]
        last = word
        while last + 1 < len(side.words) and (side.word_paragraphs[last + 1], side.word_cells[last + 1]) == (
            paragraph,
            cell,
        ):
            last += 1
        return side.text(word, last)[:80] or None

    def _column(self, word: int) -> str | None:
        """Find the header over a cell: what stands over it in the first row of its table."""
        side = self.side
        paragraph = side.word_paragraphs[word]
        first = paragraph
        while first > 0 and paragraph - first < HEADER_ROWS and side.paragraphs[first - 1].kind == "row":
            first -= 1
        if first == paragraph:
            return None
        cells = self._cells(first)
        if side.paragraphs[paragraph].has_places and side.page_of(word) != side.paragraphs[first].page:
            place = side.word_cells[word]
            found = cells[place] if place < len(cells) else None
            return self._header(found)
        box = enclosing([side.box_of(n) for n in self._words_of_cell(word)])
        return self._header(
            min(cells, key=lambda cell: _apart(box, enclosing([side.box_of(n) for n in cell])), default=None)
        )

    def _header(self, cell: Sequence[int] | None) -> str | None:
        if not cell:
            return None
        text = self.side.text(cell[0], cell[-1])
        return text[:80] if any(char.isalpha() for char in text) or (text.isdigit() and len(text) == 4) else None

    def _cells(self, paragraph: int) -> list[list[int]]:
        side = self.side
        word = side.first_words[side.starts[paragraph]]
        cells: dict[int, list[int]] = {}
        while word < len(side.words) and side.word_paragraphs[word] == paragraph:
            cells.setdefault(side.word_cells[word], []).append(word)
            word += 1
        return list(cells.values())

    def _words_of_cell(self, word: int) -> list[int]:
        side = self.side
        found = [word]
        while found[-1] + 1 < len(side.words) and (
            side.word_paragraphs[found[-1] + 1],
            side.word_cells[found[-1] + 1],
        ) == (side.word_paragraphs[word], side.word_cells[word]):
            found.append(found[-1] + 1)
        return found

    def _places(self, first: int, last: int) -> tuple[Place, ...]:
        """Find where words stand: a box for each page and column."""
        side = self.side
        groups: list[list[int]] = []
        for word in range(first, last + 1):
            before = groups[-1][-1] if groups else None
            if before is not None and side.page_of(before) == side.page_of(word) and not self._is_up(before, word):
                groups[-1].append(word)
            else:
                groups.append([word])
        return tuple(
            Place(
                side.page_of(group[0]),
                enclosing([side.box_of(word) for word in group])
                if side.paragraphs[side.word_paragraphs[group[0]]].has_places
                else None,
            )
            for group in groups[:MOST_PLACES]
        )

    def _is_up(self, before: int, word: int) -> bool:
        """Say whether a word stands above the one before it, as at the head of the next column."""
        boxes = self.side.boxes
        return boxes[4 * word + 3] < boxes[4 * before + 1]

    def _is_read_by_ocr(self, ranges: Sequence[range]) -> bool:
        side = self.side
        return any(one and side.paragraph_of(one.start).is_read_by_ocr for one in ranges)


def _apart(one: BoundingBox, other: BoundingBox) -> tuple[float, float]:
    """Say how far two boxes are apart from left to right."""
    gap = max(one.x0 - other.x1, other.x0 - one.x1, 0.0)
    return gap, abs((one.x0 + one.x1) - (other.x0 + other.x1))
