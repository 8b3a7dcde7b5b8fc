"""Cases of property tests, counted by kind: one drawn example gives several, since drawing takes longest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from witnessmark.documents.flow import PageFlow, Paragraph

counted: Counter[str] = Counter()

Grid = list[list[str]]


def grids_like(grid: Grid) -> Iterator[Grid]:
    """Give a table and tables that models make of it: rows lost, doubled, swapped, shifted, cells cut and joined."""
    yield grid
    yield grid[1:] + grid[:1]
    yield grid[::-1]
    yield [row[::-1] for row in grid]
    yield [*grid, *grid]
    for number in range(len(grid)):
        yield grid[:number] + grid[number + 1 :]
        yield [*grid[:number], ["", *grid[number]], *grid[number + 1 :]]
        yield [*grid[:number], [" ".join(grid[number])], *grid[number + 1 :]]
        yield [*grid[:number], [text[:-1] for text in grid[number]], *grid[number + 1 :]]
        yield [*grid[:number], [f"{text}-" for text in grid[number]], *grid[number + 1 :]]


def flows_like(pages: tuple[PageFlow, ...]) -> Iterator[tuple[PageFlow, ...]]:
    """Give documents made of another: paragraphs lost, moved and joined, pages lost and swapped."""
    yield pages[::-1]
    for number, page in enumerate(pages):
        blocks = page.paragraphs
        yield pages[:number] + pages[number + 1 :]
        for changed in (
            blocks[1:],
            blocks[:-1],
            blocks[::-1],
            blocks[1:] + blocks[:1],
            (*blocks, *map(_lower, blocks[:1])),
        ):
            yield (
                *pages[:number],
                PageFlow(page_number=page.page_number, paragraphs=changed, is_read_by_ocr=page.is_read_by_ocr),
                *pages[number + 1 :],
            )


def _lower(paragraph: Paragraph) -> Paragraph:
    """Print a paragraph once more, below everything else."""
    lines = (
        tuple(word._replace(top=word.top + 600, bottom=word.bottom + 600) for word in line) for line in paragraph.lines
    )
    return paragraph._replace(lines=tuple(lines))
