"""What pages repeat at their upper and lower edges: running headers and footers, page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.values import Word, enclosing

EDGE_LINES = 4
"""Lines at the upper and the lower edge of a page that may be repeated."""
NEIGHBOURS = 4
"""How many pages further on a line is looked for: left and right pages, and the first of a chapter, differ."""
NEAR = 6.0
"""Points by which a repeated line's height on the page may differ."""
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class _Edge(NamedTuple):
    """A line at a page's edge."""

    paragraph: int
    line: int
    words: tuple[str, ...]
    numbers: tuple[int | None, ...]
    """Of each word that is a number, less the page's number."""
    middle: float


def with_running(flows: Sequence[PageFlow]) -> tuple[PageFlow, ...]:
    """Mark as `running` what pages repeat at their edges, their numbers included.

    A line is repeated where another page has the same words at the same height, or such as differ in numbers only that
    count on with the pages. Text files have no pages, and are left as they are.

    Shapes:  pages of one document, in order; as many come back, with every word that they had
    """
    edges = [_edges(flow) if flow.has_places else [] for flow in flows]
    least = 1 if len(flows) < 2 * NEIGHBOURS else 2
    marked: list[PageFlow] = []
    for index, flow in enumerate(flows):
        near = range(max(0, index - NEIGHBOURS), min(len(flows), index + NEIGHBOURS + 1))
        found = {
            (edge.paragraph, edge.line)
            for edge in edges[index]
            if sum(other != index and any(_repeats(edge, twin) for twin in edges[other]) for other in near) >= least
        }
        found = _without_cells(flow.paragraphs, found)
        marked.append(flow.with_paragraphs(_parted(flow.paragraphs, found)) if found else flow)
    return tuple(marked)


def _without_cells(paragraphs: Sequence[Paragraph], found: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Leave single cells in their rows: that two tables end on the same figure repeats nothing."""
    return {
        (number, place)
        for number, place in found
        if paragraphs[number].kind != "row"
        or all((number, other) in found for other in range(len(paragraphs[number].lines)))
    }


def _edges(flow: PageFlow) -> list[_Edge]:
    lines: list[tuple[float, int, int, tuple[Word, ...]]] = []
    for number, paragraph in enumerate(flow.paragraphs):
        if paragraph.kind == "turned":
            continue
        for place, line in enumerate(paragraph.lines):
            box = enclosing(line)
            lines.append(((box.top + box.bottom) / 2, number, place, line))
    lines.sort(key=lambda one: one[0])
    outer = lines if len(lines) <= 2 * EDGE_LINES else [*lines[:EDGE_LINES], *lines[-EDGE_LINES:]]
    return [
        _Edge(
            number,
            place,
            tuple(word.text.casefold() for word in line),
            tuple(_less(_number(word.text), flow.page_number) for word in line),
            middle,
        )
        for middle, number, place, line in outer
    ]


def _repeats(edge: _Edge, other: _Edge) -> bool:
    if abs(edge.middle - other.middle) > NEAR or len(edge.words) != len(other.words):
        return False
    return all(
        one == two or (first is not None and first == second)
        for one, two, first, second in zip(edge.words, other.words, edge.numbers, other.numbers, strict=True)
    )


def _number(text: str) -> int | None:
    """Read what may be a page's number: `12`, `12/30`, `- 12 -`, `A-12`, `xii`."""
    plain = text.strip(".,;:()[]|-–—").casefold()
    first = plain.partition("/")[0].rpartition("-")[2]
    if first.isdecimal() and len(first) <= 5:
        return int(first)
    if not plain or set(plain) - set(_ROMAN):
        return None
    values = [_ROMAN[letter] for letter in plain]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def _less(number: int | None, page_number: int) -> int | None:
    return None if number is None else number - page_number


def _parted(paragraphs: Sequence[Paragraph], found: set[tuple[int, int]]) -> tuple[Paragraph, ...]:
    """Take the lines that were found out of their paragraphs; what stood around them stays together."""
    parted: list[Paragraph] = []
    for number, paragraph in enumerate(paragraphs):
        is_found = [(number, place) in found for place in range(len(paragraph.lines))]
        kept = tuple(line for line, gone in zip(paragraph.lines, is_found, strict=True) if not gone)
        first = is_found.index(False) if kept else len(is_found)
        below = tuple(line for line, gone in zip(paragraph.lines[first:], is_found[first:], strict=True) if gone)
        if first:
            parted.append(Paragraph("running", paragraph.lines[:first]))
        if kept:
            parted.append(paragraph._replace(lines=kept))
        if below:
            parted.append(Paragraph("running", below))
    return tuple(parted)
