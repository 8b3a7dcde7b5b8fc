"""Generators of texts, pages and tables as documents have them at their worst."""

from __future__ import annotations

from hypothesis import strategies as st

from witnessmark.documents.flow import PageFlow, Paragraph, ParagraphKind
from witnessmark.evidence.page_index import PageIndex
from witnessmark.values import Word

TOKENS = (
    *"- ( ) . , % $ € ' * † : ; / & = + < > ≤ ~ ^ ° § ... ….. ____ •".split(),
    *"10 10- -10 (10) 10% 1,234 1.234 1,234.5 1.234,5 12 345 0 00 0.5 .5 5. 2024 1990 12^3 3^a (a)".split(),
    *"(1,234) -1,234 1,234- $5 5$ €1.000 1'000 1/2 1-2 10-14 <0.1 ≈5 5/3 3 May 03.05.2024 3/5/24 2024-05-03".split(),
    *"less than Total total New Delhi- net- ern the a x X-Ray e.g. n/a null N/A 1) a) 1. iv.".split(),
    *"– — Ünïcode Straße ẞ İstanbul ﬁne".split(),
    *"co\u00adop \u200b ² ½ ③ ٣٤ ۵ 三 株式会社 שלום مرحبا Ελλάδα Привет a\u0301 ﷽ \u202e \x1f".split(" "),
)
"""Words in which look-up, numbers and alignment have branches of their own, and characters that change under
normalisation."""

tokens = st.one_of(st.sampled_from([one for one in TOKENS if one]), st.text("ab1.,-( 9%^²\x1f", min_size=1, max_size=5))
plain_words = st.text("abcdefgh", min_size=2, max_size=6)
texts = st.lists(tokens, max_size=6).map(" ".join)
ragged_grids = st.lists(st.lists(texts, max_size=5), max_size=6)


@st.composite
def words(draw: st.DrawFn, most: int = 14) -> tuple[Word, ...]:
    """Draw words of a page: in lines and columns, some close, some overlapping, turned, flat or doubled."""
    found: list[Word] = []
    for text in draw(st.lists(tokens, max_size=most)):
        x, line, close, odd = draw(
            st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 3), st.integers(0, 40))
        )
        x0, top = 60.0 * x + 17.0 * close, 100.0 + 13.0 * line + (4.0 if odd == 1 else 0.0)
        height = {2: 0.0, 3: 60.0, 4: 5.0}.get(odd, 10.0)
        width = 0.0 if odd == 5 else 5.0 * len(text)
        angle = {6: 90, 7: 180, 8: 270}.get(odd, 0)
        found.append(Word(text, x0, top, x0 + width, top + height, angle=angle))
    return tuple(found)


def _index(page: tuple[Word, ...], *, by_ocr: bool) -> PageIndex:
    return PageIndex(page, is_read_by_ocr=by_ocr)


indexes = st.builds(_index, words(), by_ocr=st.booleans())

KINDS: tuple[ParagraphKind, ...] = ("text", "text", "text", "heading", "item", "row", "turned", "running")


@st.composite
def flows(
    draw: st.DrawFn, most: int = 5, word: st.SearchStrategy[str] = tokens, *, kinds: tuple[ParagraphKind, ...] = KINDS
) -> tuple[PageFlow, ...]:
    """Draw pages in reading order: paragraphs of lines, and rows of cells."""
    pages: list[PageFlow] = []
    lines_of_words = st.lists(st.lists(word, min_size=1, max_size=5), min_size=1, max_size=3)
    drawn = draw(st.lists(st.lists(st.tuples(st.sampled_from(kinds), lines_of_words), max_size=most), max_size=2))
    for number, blocks in enumerate(drawn, start=1):
        top = 60.0
        paragraphs: list[Paragraph] = []
        for kind, lines in blocks:
            paragraphs.append(_paragraph(kind, lines, top))
            top += 12.0 * (len(lines) + 1)
        by_ocr = draw(st.booleans())
        pages.append(PageFlow(page_number=number, paragraphs=tuple(paragraphs), is_read_by_ocr=by_ocr))
    return tuple(pages)


def _paragraph(kind: ParagraphKind, lines: list[list[str]], top: float) -> Paragraph:
    if kind == "row":
        return Paragraph(kind, tuple(_line(cell, 60.0 + 120.0 * n, top) for n, cell in enumerate(lines)))
    return Paragraph(kind, tuple(_line(line, 60.0, top + 12.0 * n) for n, line in enumerate(lines)))


def _line(texts: list[str], x: float, top: float) -> tuple[Word, ...]:
    made: list[Word] = []
    for text in texts:
        made.append(Word(text, x, top, x + 5.0 * len(text), top + 10.0))
        x += 5.0 * len(text) + 4.0
    return tuple(made)
