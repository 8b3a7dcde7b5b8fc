"""What is ranked as one passage: a paragraph, some sentences of a long one, a list's items, a table's row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.values import BoundingBox, Word, enclosing

MOST_WORDS = 130
"""Of a passage; longer paragraphs are parted between sentences."""
USUAL_WORDS = 90
SHORT_WORDS = 12
"""Items of a list below this go together, as far as they fit."""
MOST_UNSPACED = 400
"""Letters of a passage in a script without spaces."""
_SENTENCE_END = re.compile(r"[.!?\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*$")
_ABBREVIATION = re.compile(
    r"(?:[A-Za-z]|No|Nr|Art|Abs|Sec|Fig|Mr|Mrs|Ms|Dr|St|vs|cf|ca|bzw|Inc|Ltd|Co|e\.g|i\.e|z\.B)\.$"
)
_ENDS = (".", "!", "?", ":", ";", "\u3002", "\uff01", "\uff1f", "\u201d", '"')
_MOST_CONTEXT = 60


class PlacedLine(NamedTuple):
    """A line's words, or some of them, and the page that they stand on."""

    flow: PageFlow
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class PassageUnit:
    """A passage before anybody asks for it."""

    lines: tuple[PlacedLine, ...]
    heading: str = ""
    lead: str = ""
    """What leads to it and is shown with nothing: the sentence before a list, a table's title."""
    is_row: bool = False

    @property
    def words(self) -> Iterator[Word]:
        return (word for line in self.lines for word in line.words)

    @property
    def context(self) -> list[str]:
        return f"{self.heading} {self.lead}".split()[:_MOST_CONTEXT]

    @property
    def pages(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(line.flow.page_number for line in self.lines))

    @property
    def text(self) -> str:
        """Its text as printed, words parted at line ends put together; the cells of a row parted by bars."""
        if self.is_row:
            return " | ".join(" ".join(word.text for word in line.words) for line in self.lines)
        return text_of_lines([line.words for line in self.lines])

    def boxes(self) -> dict[int, tuple[BoundingBox, ...]]:
        """Find its boxes by page, one for each line."""
        found: dict[int, list[BoundingBox]] = {}
        for line in self.lines:
            if line.flow.has_places:
                box = enclosing(line.words)
                found.setdefault(line.flow.page_number, []).append(line.flow.on_page(box) if line.flow.on_page else box)
        return {page: tuple(boxes) for page, boxes in found.items()}


def text_of_lines(lines: Sequence[Sequence[Word]]) -> str:
    """Write lines as one text; a word parted by a hyphen at a line's end is put together."""
    text = ""
    for line in lines:
        own = " ".join(word.text for word in line)
        if text.endswith("\u00ad") or (text.endswith("-") and text[-2:-1].isalpha() and own[:1].islower()):
            text = text[:-1] + own
        else:
            text = f"{text} {own}" if text else own
    return text


def units_of(flows: Sequence[PageFlow]) -> Iterator[PassageUnit]:
    """Part a document into passages, in reading order."""
    headings: list[str] = []
    lead = header = ""
    items: list[PlacedLine] = []
    alone: list[list[PlacedLine]] = []  # headings since the last text
    previous = ""
    for lines, paragraph in _paragraphs(flows):
        is_short_item = paragraph.kind == "item" and _word_count(lines) < SHORT_WORDS
        if items and (not is_short_item or _word_count(items) + _word_count(lines) > USUAL_WORDS):
            yield PassageUnit(tuple(items), " \u203a ".join(headings), lead)
            items = []
        text = text_of_lines([line.words for line in lines])
        if paragraph.kind == "heading":
            alone.append(lines)
            headings = [text] if previous != "heading" else [*headings[-1:], text]
            lead = ""
            previous = "heading"
            continue
        yield from _titles(alone[:-1])
        alone = []
        if paragraph.kind == "row":
            if previous != "row":
                header = " ".join(word.text for line in lines for word in line.words)
            yield PassageUnit(tuple(lines), " \u203a ".join(headings), f"{lead} {header}", is_row=True)
        elif is_short_item:
            items += lines
        else:
            for part in _windows(lines):
                yield PassageUnit(tuple(part), " \u203a ".join(headings), lead if paragraph.kind == "item" else "")
            if paragraph.kind == "text":
                lead = text[-300:]
        previous = paragraph.kind
    if items:
        yield PassageUnit(tuple(items), " \u203a ".join(headings), lead)
    yield from _titles(alone)


def _titles(headings: Sequence[Sequence[PlacedLine]]) -> Iterator[PassageUnit]:
    """Give headings with nothing below them, as on a title page, as one passage."""
    if headings:
        yield PassageUnit(tuple(line for lines in headings for line in lines))


def _paragraphs(flows: Sequence[PageFlow]) -> Iterator[tuple[list[PlacedLine], Paragraph]]:
    """Give paragraphs, with those put together that go on over a page's end."""
    waiting: tuple[list[PlacedLine], Paragraph] | None = None
    for flow in flows:
        for paragraph in flow.paragraphs:
            if paragraph.kind == "running":
                continue
            lines = [PlacedLine(flow, line) for line in paragraph.lines]
            if waiting is not None and _goes_on(waiting, lines, paragraph):
                waiting[0].extend(lines)
                continue
            if waiting is not None:
                yield waiting
            waiting = lines, paragraph
    if waiting is not None:
        yield waiting


def _goes_on(waiting: tuple[list[PlacedLine], Paragraph], lines: Sequence[PlacedLine], paragraph: Paragraph) -> bool:
    before, kind = waiting[0][-1], waiting[1].kind
    if before.flow.page_number == lines[0].flow.page_number or kind not in {"text", "item"} or paragraph.kind != "text":
        return False
    return not before.words[-1].text.endswith(_ENDS) and lines[0].words[0].text[:1].islower()


def _word_count(lines: Sequence[PlacedLine]) -> int:
    return sum(len(line.words) for line in lines)


def _windows(lines: Sequence[PlacedLine]) -> Iterator[list[PlacedLine]]:
    """Part a long paragraph between sentences."""
    letters = sum(len(word.text) for line in lines for word in line.words)
    count = _word_count(lines)
    if count <= MOST_WORDS and (letters <= MOST_UNSPACED or letters < 20 * count):
        yield list(lines)
        return
    part: list[PlacedLine] = []
    size = weight = 0
    for line in lines:
        begin = 0
        for place, word in enumerate(line.words):
            size += 1
            weight += len(word.text)
            is_full = size >= USUAL_WORDS or (weight >= MOST_UNSPACED and weight >= 20 * size)
            if (is_full and _ends_sentence(word.text)) or size >= 2 * MOST_WORDS:
                part.append(PlacedLine(line.flow, line.words[begin : place + 1]))
                yield part
                part, size, weight, begin = [], 0, 0, place + 1
        if begin < len(line.words):
            part.append(PlacedLine(line.flow, line.words[begin:]))
    if part:
        yield part


def _ends_sentence(word: str) -> bool:
    return _SENTENCE_END.search(word) is not None and _ABBREVIATION.fullmatch(word) is None
