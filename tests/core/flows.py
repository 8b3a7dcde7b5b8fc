"""Pages in reading order, made by hand: paragraphs as texts, lines parted by line breaks, cells by bars."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.documents.flow import PageFlow, Paragraph, ParagraphKind
from witnessmark.values import Word

LETTER, SIZE, LEADING = 5.0, 10.0, 12.0
COLUMN = 100.0


def line_of(text: str, *, x: float = 60, top: float = 60, size: float = SIZE) -> tuple[Word, ...]:
    """Place the words of a line; one that begins with `^` is set small and raised, as a footnote's number is."""
    words: list[Word] = []
    for part in text.split():
        plain, height, rise = (part[1:], 0.6 * size, 0.1) if part.startswith("^") and len(part) > 1 else (part, size, 0)
        width = len(plain) * LETTER * height / SIZE
        words.append(Word(plain, x, top - rise, x + width, top - rise + height, height))
        x += width + (0 if rise else LETTER)
    return tuple(words)


def block(text: str, kind: ParagraphKind = "text", *, x: float = 60, top: float = 60, size: float = SIZE) -> Paragraph:
    """Make a paragraph of lines, or a row of cells parted by bars."""
    if kind == "row":
        cells = enumerate(text.split("|"))
        return Paragraph(kind, tuple(line_of(cell, x=x + COLUMN * n, top=top) for n, cell in cells if cell.strip()))
    lines = enumerate(text.splitlines())
    return Paragraph(kind, tuple(line_of(line, x=x, top=top + LEADING * n, size=size) for n, line in lines if line))


def page(number: int, *blocks: str | Paragraph, ocr: bool = False, has_places: bool = True) -> PageFlow:
    """Make a page of paragraphs, one below the other; `# ` begins a heading, `- ` an item, bars make a row."""
    made: list[Paragraph] = []
    top = 60.0
    for one in blocks:
        if isinstance(one, Paragraph):
            made.append(one)
            continue
        kind: ParagraphKind = "text"
        text = one
        if one.startswith("# "):
            kind, text = "heading", one[2:]
        elif one.startswith("- "):
            kind = "item"
        elif one.startswith("~ "):
            kind, text = "running", one[2:]
        elif "|" in one:
            kind = "row"
        made.append(block(text, kind, top=top))
        top += LEADING * (text.count("\n") + 2)
    return PageFlow(page_number=number, paragraphs=tuple(made), is_read_by_ocr=ocr, has_places=has_places)


def pages(*texts: Sequence[str]) -> list[PageFlow]:
    return [page(number, *blocks) for number, blocks in enumerate(texts, start=1)]
