"""A page's words in the order in which a person reads them: column by column, by paragraphs, tables by rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from witnessmark.documents.flow import Paragraph, ParagraphKind
from witnessmark.offline.tables.find import upright_page
from witnessmark.offline.tables.lines import (
    Line,
    Segment,
    base_lines,
    lines_from_segments,
    segment,
    segment_of,
    size_of,
    word_space,
)
from witnessmark.offline.tables.regions import paragraphs, regions
from witnessmark.offline.tables.ruling import ruling_of
from witnessmark.offline.tables.tokens import is_marker
from witnessmark.offline.tables.values import Cell, Table
from witnessmark.offline.text_tables import fields_of_text
from witnessmark.values import BoundingBox, PageLayout, Word

MOST_WORDS = 12_000
"""Words of a page whose columns are looked for; more are read line by line."""
HEADING_SIZE = 1.12
"""Times the size of the body's type, from which a line is a heading."""
LONGEST_HEADING = 200
BULLETS = frozenset("•●○▪■□◦‣➢►·\uf0b7\uf0a7")
COLUMN_WIDTH, LINE_HEIGHT, CHARACTER_WIDTH = 1000.0, 20.0, 8.0
"""Of a text file, in no unit: fields stand below each other, however long they are."""
_FAR_FROM_MARK = 6.0
"""Times the size of an item's type, as far as its text stands from its bullet or number."""
_BAND = 12.0
"""Points of a page's height in which the cells are kept together that a word there may be of."""


class Group(NamedTuple):
    """Lines of one paragraph, or a table in their place."""

    lines: tuple[Line, ...] = ()
    table: int | None = None
    """Which of the page's tables."""


class ReadingOrder(NamedTuple):
    """What stands on a page that is turned upright, from the first to the last."""

    groups: tuple[Group, ...]
    turned: tuple[Word, ...]
    """What stands on its side."""
    body_size: float
    """The usual type size, in points."""


def page_flow(page: PageLayout, tables: Sequence[Table] = ()) -> tuple[Paragraph, ...]:
    """Read a page in order.

    Shapes:  `tables` are the page's own, as `find_tables` gives them. Each word of the page is in one paragraph, rows
             of dots apart
    """
    upright, turned_tables = upright_page(page, tables)
    original = {id(turned): word for turned, word in zip(upright.words, page.words, strict=True)}

    def own(words: Sequence[Word]) -> tuple[Word, ...]:
        return tuple(original[id(word)] for word in words)

    order = reading_order(upright, turned_tables)
    found: list[Paragraph] = []
    in_tables = words_of_tables(upright, turned_tables)
    for group in order.groups:
        if group.table is not None:
            rows = _rows(turned_tables[group.table], in_tables[group.table])
            found += [Paragraph("row", tuple(own(cell) for cell in row)) for row in rows]
        elif lines := tuple(own(line.words) for line in group.lines):
            found.append(Paragraph(_kind(group.lines, order.body_size), lines))
    if order.turned:
        found.append(Paragraph("turned", (own(order.turned),)))
    return tuple(found)


def text_flow(text: str, media_type: str) -> tuple[Paragraph, ...]:
    """Read a text file: paragraphs between empty lines, headings of Markdown, rows of CSV and of pipe tables.

    Units:   none: lines stand below each other, the fields of a row in columns
    """
    found: list[Paragraph] = []
    paragraph: list[tuple[Word, ...]] = []

    def flush() -> None:
        if paragraph:
            found.append(Paragraph(_kind_of_text(paragraph), tuple(paragraph)))
            paragraph.clear()

    for number, fields in enumerate(fields_of_text(text, media_type)):
        cells = [words for column, field in enumerate(fields) if (words := _words_of_field(field, number, column))]
        if not cells:
            flush()
        elif len(fields) > 1:
            flush()
            if not _is_rule(fields):
                found.append(Paragraph("row", tuple(cells)))
        else:
            if paragraph and (_begins_anew(cells[0]) or _kind_of_text(paragraph) == "heading"):
                flush()
            paragraph.append(cells[0])
    flush()
    return tuple(found)


def reading_order(page: PageLayout, tables: Sequence[Table]) -> ReadingOrder:
    """Put what stands on an upright page in order: its columns one after the other, tables where they stand."""
    boxes = [table.box for table in tables]
    words = [word for word in page.words if word.text.strip() and _table_of(word, boxes) is None]
    upright = [word for word in words if word.angle == 0]
    lines = base_lines(upright)
    body = _body_size(upright)
    if len(upright) > MOST_WORDS:
        groups = tuple(Group((line,)) for line in _plain_lines(lines))
    else:
        groups = tuple(_groups(page, lines, tables, body))
    return ReadingOrder(groups, tuple(word for word in words if word.angle != 0), body)


def is_heading(lines: Sequence[Line], body_size: float) -> bool:
    """Say whether lines of one paragraph are set larger than the body."""
    text = " ".join(line.text for line in lines)
    is_large = lines[0].size / body_size > HEADING_SIZE
    return is_large and len(text) < LONGEST_HEADING and any(char.isalpha() for char in text)


def is_item(line: Line) -> bool:
    """Say whether a line begins with a bullet or a number, as items of lists do."""
    first = line.segments[0].words[0].text
    return first[:1] in BULLETS or (is_marker(first) and len(line.words) > 1 and first[-1:] in ".)")


def _kind(lines: Sequence[Line], body_size: float) -> ParagraphKind:
    if is_heading(lines, body_size):
        return "heading"
    return "item" if is_item(lines[0]) else "text"


def _plain_lines(lines: Sequence[Sequence[Word]]) -> Iterator[Line]:
    for words in lines:
        yield from lines_from_segments(segment(words, float("inf")))


def _groups(page: PageLayout, lines: Sequence[Sequence[Word]], tables: Sequence[Table], body: float) -> Iterator[Group]:
    gap = max(0.9, 2.4 * word_space(lines))
    segments = [item for line in lines for item in _with_marks(segment(line, gap, has_tables=False))]
    marks: dict[int, int] = {}
    for number, table in enumerate(tables):  # a table stands in the order as one segment
        box = table.box
        mark = Word("\x00", box.x0, box.top, box.x1, box.bottom, 10.0)
        marks[id(mark)] = number
        segments.append(Segment((mark,), box.x0, box.top, box.x1, box.bottom, 10.0))
    texts = paragraphs([item for item in segments if id(item.words[0]) not in marks])
    across = ruling_of(page.rules).horizontal
    for region in regions(segments, texts, across, has_tables=False):
        ordered = sorted(lines_from_segments(region), key=lambda line: (line.top, line.x0))
        yield from _grouped(ordered, marks, body)


def _with_marks(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Put bullets and numbers of items together with their texts: by themselves they would be a column."""
    mark: Segment | None = None
    for item in segments:
        if mark is not None and item.x0 - mark.x1 < _FAR_FROM_MARK * item.size:
            yield segment_of((*mark.words, *item.words), leads=item.leads)
            mark = None
            continue
        if mark is not None:
            yield mark
        mark = item if _is_mark(item) else None
        if mark is None:
            yield item
    if mark is not None:
        yield mark


def _is_mark(item: Segment) -> bool:
    text = item.words[0].text
    return len(item.words) == 1 and (text in BULLETS or (is_marker(text) and text[-1] in ".)"))


def _grouped(lines: Sequence[Line], marks: dict[int, int], body: float) -> Iterator[Group]:
    paragraph: list[Line] = []
    for line in lines:
        numbers = [marks[id(item.words[0])] for item in line.segments if id(item.words[0]) in marks]
        if paragraph and (numbers or not _goes_on(paragraph, line, body)):
            yield Group(tuple(paragraph))
            paragraph = []
        if not numbers:
            paragraph.append(line)
            continue
        yield from (Group(table=number) for number in numbers)
        beside = [item for item in line.segments if id(item.words[0]) not in marks]
        yield from (Group((rest,)) for rest in lines_from_segments(beside))
    if paragraph:
        yield Group(tuple(paragraph))


def _goes_on(paragraph: Sequence[Line], line: Line, body: float) -> bool:
    last = paragraph[-1]
    size = max(last.size, line.size)
    if line.top - last.bottom > 0.55 * size or line.middle - last.middle > 1.75 * size:
        return False
    if not 0.9 < line.size / last.size < 1.11 or is_item(line):
        return False
    if len(line.segments) > 1 or len(last.segments) > 1:
        return False
    if is_item(paragraph[0]) and len(paragraph) > 1 and last.x0 - line.x0 > 0.8 * size:
        return False
    if last.size > HEADING_SIZE * body:
        return True
    if last.is_bold != line.is_bold and len(paragraph) == 1:
        return False
    return not line.x0 - last.x0 > 0.8 * size or (len(paragraph) == 1 and is_item(paragraph[0]))


def _body_size(words: Sequence[Word]) -> float:
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(size_of(word) * 2) / 2] += len(word.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _table_of(word: Word, boxes: Sequence[BoundingBox]) -> int | None:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    for number, box in enumerate(boxes):
        if box.x0 - 1 <= x <= box.x1 + 1 and box.top - 1 <= y <= box.bottom + 1:
            return number
    return None


def words_of_tables(page: PageLayout, tables: Sequence[Table]) -> list[list[Word]]:
    """List the words that lie in each table."""
    found: list[list[Word]] = [[] for _ in tables]
    boxes = [table.box for table in tables]
    for word in page.words if tables else ():
        number = _table_of(word, boxes) if word.text.strip() else None
        if number is not None:
            found[number].append(word)
    return found


def _rows(table: Table, words: Sequence[Word]) -> list[list[list[Word]]]:
    """Deal a table's words to its cells; a merged cell's belong to its first row.

    Shapes:  rows, of which none is empty, of cells from the left, of which none is empty, of words
    """
    cells = [cell for row in table.rows for cell in row if cell is not None]
    bands: dict[int, list[Cell]] = {}
    for cell in cells:
        for band in range(int(cell.box.top // _BAND), int(cell.box.bottom // _BAND) + 1):
            bands.setdefault(band, []).append(cell)
    dealt: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        near = bands.get(int((word.top + word.bottom) / 2 // _BAND), cells)
        nearest = min(near, key=lambda cell: _distance(word, cell), default=None)
        dealt.setdefault((nearest.row, nearest.column) if nearest else (0, 0), []).append(word)
    rows: dict[int, list[list[Word]]] = {}
    for (row, _), several in sorted(dealt.items()):
        rows.setdefault(row, []).append([word for line in base_lines(several) for word in line])
    return list(rows.values())


def _distance(word: Word, cell: Cell) -> tuple[float, float]:
    """Say how far a word's middle is from a cell, and how far from the cell's own middle."""
    x, y, box = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2, cell.box
    away = max(box.x0 - x, x - box.x1, 0.0) + max(box.top - y, y - box.bottom, 0.0)
    return away, abs((box.top + box.bottom) / 2 - y)


def _words_of_field(field: str, line: int, column: int) -> tuple[Word, ...]:
    x, top = column * COLUMN_WIDTH, line * LINE_HEIGHT
    words: list[Word] = []
    for part in field.split():
        width = len(part) * CHARACTER_WIDTH
        words.append(Word(part, x, top, x + width, top + LINE_HEIGHT * 0.6, LINE_HEIGHT * 0.6))
        x += width + CHARACTER_WIDTH
    return tuple(words)


def _kind_of_text(lines: Sequence[Sequence[Word]]) -> ParagraphKind:
    first = lines[0][0].text
    if first.strip("#") == "" and len(first) <= 6 and len(lines[0]) > 1:
        return "heading"
    return "item" if _begins_item(lines[0]) else "text"


def _begins_item(line: Sequence[Word]) -> bool:
    first = line[0].text
    is_numbered = is_marker(first) and first[-1:] in ".)"
    return len(line) > 1 and (first[:1] in BULLETS or first in {"-", "*", "+"} or is_numbered)


def _begins_anew(line: Sequence[Word]) -> bool:
    return _begins_item(line) or _kind_of_text([line]) == "heading"


def _is_rule(fields: Sequence[str]) -> bool:
    """Say whether a line of a pipe table is the one under its headers."""
    return all(set(field.strip()) <= set(":-") for field in fields)
