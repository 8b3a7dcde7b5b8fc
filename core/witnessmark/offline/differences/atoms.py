"""A document's words taken apart into what is compared: words, numbers, single signs.

White space, lines, columns and pages are no part of it, nor are rows of dots, bars between cells and bullets: they
differ between two prints of one text. A side holds its words in arrays, for a document may have a million.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from witnessmark.documents.flow import PageFlow, Paragraph, ParagraphKind
from witnessmark.glyphs import one_glyph
from witnessmark.offline.flow import COLUMN_WIDTH
from witnessmark.values import BoundingBox, Word, enclosing

_ATOM = re.compile(
    r"\d+(?:[.,']\d+)*"  # a number with its separators
    r"|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"  # scripts without spaces: a character each
    r"|(?:(?![\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])[^\W\d_])+(?:'[^\W\d_]+)*"  # a word, `don't` whole
    r"|\S"
)
_ORNAMENT = re.compile(r"[|\-_=.\u00b7\u2022*~+:]{3,}|[|:+\-]*\|[|:+\-]*|-{2,}|_{2,}|\.{2,}")
"""Rows of dots and dashes, and bars between cells: they lead the eye."""
_BULLETS = frozenset("\u2022\u25cb\u25a1\u25e6\u2023\u27a2\u25ba\u2013-*+>\u2013\u2014")
_EMPHASIS = re.compile(r"\*\*|__|~~")
_HYPHENS = ("-", "\u00ad", "\u2010")
_DASHES = re.compile(r"-{2,}")


LONGEST_RUNNING = 40
"""Words of a header or footer."""


MAX_HEADING = 14
"""Atoms of a line that may be a heading."""
LEAST_CELLS = 8
"""Of a line that may be a whole table."""


class ParagraphFacts(NamedTuple):
    """What is kept of a paragraph."""

    kind: ParagraphKind
    page: int
    is_read_by_ocr: bool
    has_places: bool


class Running(NamedTuple):
    """A header or footer, as it stands on one page."""

    text: str
    page: int
    box: BoundingBox | None
    key: str = ""
    """What is compared: without the numbers of pages."""
    atoms: tuple[str, ...] = ()
    """The same in parts, with its case."""
    is_read_by_ocr: bool = False


class LineEnd(NamedTuple):
    """A hyphen at a line's end, which may part a word or belong to it."""

    atom: int
    left: str
    right: str


@dataclass(slots=True)
class Side:
    """One of the two documents, as it is compared.

    Shapes:  a key and a form for each atom, and the words that it stands in: more than one where a line's end parts it;
             `word_paragraphs`, `word_cells` and four `boxes` for each word
    """

    keys: list[str] = field(default_factory=list[str])
    """What is compared: one kind of dash and quote, no case."""
    forms: list[str] = field(default_factory=list[str])
    """The same with its case."""
    first_words: array[int] = field(default_factory=lambda: array("L"))
    last_words: array[int] = field(default_factory=lambda: array("L"))
    words: list[str] = field(default_factory=list[str])
    word_paragraphs: array[int] = field(default_factory=lambda: array("L"))
    word_cells: array[int] = field(default_factory=lambda: array("L"))
    """In a row the number of its cell, else the number of its line."""
    boxes: array[float] = field(default_factory=lambda: array("f"))
    """Points of the page."""
    paragraphs: list[ParagraphFacts] = field(default_factory=list[ParagraphFacts])
    starts: list[int] = field(default_factory=list[int])
    """The first atom of each paragraph."""
    row_breaks: set[int] = field(default_factory=set[int])
    """Atoms before which a bar follows a bar: a row of a pipe table begins, wherever its lines break."""
    numbered: set[int] = field(default_factory=set[int])
    """Atoms that number a heading without a sign, such as `4 Payment`."""
    glued: set[int] = field(default_factory=set[int])
    """Words that go on in the next one without their hyphen."""
    running: list[Running] = field(default_factory=list["Running"])
    """Headers and footers that pages repeat, each as it stands where it first does."""

    def paragraph_of(self, atom: int) -> ParagraphFacts:
        return self.paragraphs[self.word_paragraphs[self.first_words[atom]]]

    def page_of(self, word: int) -> int:
        return self.paragraphs[self.word_paragraphs[word]].page

    def box_of(self, word: int) -> BoundingBox:
        x0, top, x1, bottom = self.boxes[4 * word : 4 * word + 4]
        return BoundingBox(x0=x0, top=top, x1=x1, bottom=bottom)

    def text(self, first_word: int, last_word: int) -> str:
        """Write words as they are read: a word that a line's end parts is one."""
        parts: list[str] = []
        for word in range(first_word, last_word + 1):
            text = self.words[word]
            if word in self.glued and word < last_word:
                parts.append(text.rstrip("".join(_HYPHENS)))
            elif text == "|" or not _ORNAMENT.fullmatch(text):
                parts.append(text + " ")
        return "".join(parts).strip()


def sides_of(before: Sequence[PageFlow], after: Sequence[PageFlow]) -> tuple[Side, Side]:
    """Take both documents apart; a word that a line's end parts in one is put together as the other has it."""
    running = _running_keys(before) | _running_keys(after)
    texts = _content_keys(before, running), _content_keys(after, running)
    first = _Reading(before, running, texts[1] - texts[0])
    second = _Reading(after, running, texts[0] - texts[1])
    vocabulary = first.vocabulary | second.vocabulary
    compounds = first.compounds | second.compounds
    a, b = first.joined(vocabulary, compounds), second.joined(vocabulary, compounds)
    titles = _titles(a), _titles(b)
    a.numbered |= _run_in(a, titles[1])
    b.numbered |= _run_in(b, titles[0])
    return a, b


def key_of_running(text: str) -> str:
    """Write a header or footer without its numbers, some of which may be those of pages."""
    return "".join(part for part in _ATOM.findall(one_glyph(text).casefold()) if not part.isdigit())


def _as_compared(several: Sequence[Running]) -> list[Running]:
    """Leave out the numbers of headers and footers that count the pages, and what only does that.

    Shapes:  `several` differ in their numbers alone; one comes back, or none
    """
    atoms = [_ATOM.findall(one_glyph(one.text)) for one in several]
    kept: list[str] = []
    is_counted = False
    for place, atom in enumerate(atoms[0]):
        if not atom.isdigit():
            kept.append(atom)
            is_counted = is_counted and (atom.casefold() in _OF or not atom.isalnum())
            continue
        values = {numbers[place] for numbers in atoms if place < len(numbers)}
        if len(values) > 1 or is_counted or (len(several) == 1 and atom == str(several[0].page)):
            is_counted = True
        else:
            kept.append(atom)
    if all(_only_counts(atom) for atom in kept):
        return []
    return [several[0]._replace(key="".join(kept).casefold(), atoms=tuple(kept))]


def _only_counts(atom: str) -> bool:
    return atom.casefold() in _OF or atom.casefold() in _PAGE or not atom.isalnum() or is_roman(atom)


def is_roman(atom: str) -> bool:
    """Say whether an atom is a Roman number, as prefaces number their pages."""
    return _ROMAN.fullmatch(atom.casefold()) is not None


_ROMAN = re.compile(r"(?=.)c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_OF = frozenset("of von de di sur out".split())
_PAGE = frozenset("page pages seite seiten p s página páginas pagina pagine pag blatt sheet 第 共 页 頁".split())


def _content_keys(flows: Sequence[PageFlow], running: Container[str]) -> set[str]:
    """Find what one document repeats at its edges and the other says as a part of its text."""
    return {
        key
        for flow in flows
        for place, paragraph in enumerate(flow.paragraphs)
        if paragraph.kind != "running"
        and len(paragraph.words) <= LONGEST_RUNNING
        and not _is_at_edge(flow, place)
        and (key := key_of_running(paragraph.text)) in running
    }


def _is_at_edge(flow: PageFlow, place: int) -> bool:
    return flow.has_places and place in {0, 1, len(flow.paragraphs) - 2, len(flow.paragraphs) - 1}


def _running_keys(flows: Sequence[PageFlow]) -> set[str]:
    return {
        key_of_running(paragraph.text) for flow in flows for paragraph in flow.paragraphs if paragraph.kind == "running"
    }


class _Reading:
    """A side in the making."""

    def __init__(self, flows: Sequence[PageFlow], running: set[str], texts: set[str]) -> None:
        """Read pages; of what they repeat, `texts` is a part of the other document's text, and of this once."""
        self.side = Side()
        self.line_ends: list[LineEnd] = []
        self._open: tuple[int, str] | None = None
        """The hyphen that the words before ended with, and the letters before it."""
        running_texts: dict[str, list[Running]] = {}
        table = _OpenTable()
        for flow in flows:
            for place, paragraph in enumerate(_with_rows(flow.paragraphs)):
                if paragraph.kind == "row":
                    if not table.repeats_headers(flow.page_number, paragraph):
                        self._add(flow, paragraph)
                    continue
                is_edge = _is_at_edge(flow, place)
                if paragraph.kind == "running" or (is_edge and _is_running(paragraph, running, flow.page_number)):
                    key = key_of_running(paragraph.text)
                    several = running_texts.setdefault(key, [])
                    if not several and key in texts:
                        self._add(flow, paragraph._replace(kind="text"))
                    box = flow.placed(paragraph.box)
                    several.append(Running(paragraph.text, flow.page_number, box, is_read_by_ocr=flow.is_read_by_ocr))
                    continue
                table = _OpenTable()
                self._add(flow, paragraph)
        self.side.running = [
            running for key, several in running_texts.items() if key not in texts for running in _as_compared(several)
        ]
        self.vocabulary = {key for key in self.side.keys if len(key) > 1}
        keys = self.side.keys
        ends = {end.atom for end in self.line_ends}
        self.compounds = {
            (keys[n - 1], keys[n + 1])
            for n in range(1, len(keys) - 1)
            if keys[n] == "-" and n not in ends and self.side.last_words[n - 1] == self.side.first_words[n + 1]
        }

    def _add(self, flow: PageFlow, paragraph: Paragraph) -> None:
        side = self.side
        number = len(side.paragraphs)
        begins = len(side.keys)
        is_bar = False
        rows = _rows_on_one_line(flow, paragraph)
        for place, line in enumerate(paragraph.lines):
            if place in rows:
                side.row_breaks.add(len(side.keys))
            for position, word in enumerate(line):
                index = len(side.words)
                is_first = place == 0 and position == 0
                self._word(flow, word, number, place)
                text = word.text
                if "|" in text and _ORNAMENT.fullmatch(text):
                    if is_bar and begins < len(side.keys):
                        side.row_breaks.add(len(side.keys))
                    is_bar = True
                    continue
                if is_first and paragraph.kind != "row" and len(paragraph.words) > 1 and _is_bullet(text, paragraph):
                    continue
                is_bar = False
                self._atoms(index, text, ends_line=position == len(line) - 1 and paragraph.kind != "row")
        if len(side.keys) > begins:
            side.starts.append(begins)
            side.paragraphs.append(
                ParagraphFacts(paragraph.kind, flow.page_number, flow.is_read_by_ocr, flow.has_places)
            )
        else:  # nothing but ornaments
            count = len(paragraph.words)
            del side.words[-count:], side.word_paragraphs[-count:], side.word_cells[-count:], side.boxes[-4 * count :]

    def _word(self, flow: PageFlow, word: Word, paragraph: int, cell: int) -> None:
        side = self.side
        side.words.append(sys.intern(word.text))
        side.word_paragraphs.append(paragraph)
        side.word_cells.append(cell)
        if flow.on_page is None:
            side.boxes.extend((word.x0, word.top, word.x1, word.bottom))
        else:
            box = flow.on_page(word.box)
            side.boxes.extend((box.x0, box.top, box.x1, box.bottom))

    def _atoms(self, index: int, text: str, *, ends_line: bool) -> None:
        side = self.side
        if _ORNAMENT.fullmatch(text):
            return
        is_soft = text.endswith("\u00ad")
        plain = one_glyph(text)
        if "|" in plain or "*" in plain or "_" in plain or "~" in plain:
            plain = _EMPHASIS.sub("", plain.replace("|", ""))
        plain = _DASHES.sub("-", plain).replace("''", '"')
        if is_soft and ends_line:
            plain += "-"
        forms = _atoms_of(plain)
        if not forms:
            return
        if self._open is not None:
            atom, left = self._open
            self._open = None
            if forms[0][0].islower():
                self.line_ends.append(LineEnd(atom, left, forms[0].casefold()))
        for form in forms:
            side.forms.append(sys.intern(form))
            side.keys.append(sys.intern(form.casefold()))
            side.first_words.append(index)
            side.last_words.append(index)
        if ends_line and len(forms) > 1 and forms[-1] == "-" and forms[-2][-1].isalpha():
            self._open = len(side.keys) - 1, forms[-2].casefold()

    def joined(self, vocabulary: set[str], compounds: set[tuple[str, str]]) -> Side:
        """Put words together that a line's end parts; a hyphen stays where somebody writes it within a line."""
        side = self.side
        gone: dict[int, LineEnd] = {
            end.atom: end
            for end in self.line_ends
            if end.left + end.right in vocabulary or (end.left, end.right) not in compounds
        }
        if not gone:
            side.numbered = _numbered_headings(side)
            return side
        keys, forms = side.keys, side.forms
        first, last = side.first_words, side.last_words
        side.keys, side.forms = [], []
        side.first_words, side.last_words = array("L"), array("L")
        moved: list[int] = []
        is_open = False
        for atom, key in enumerate(keys):
            moved.append(len(side.keys))
            if atom in gone:
                is_open = True
                side.glued.add(first[atom])
                continue
            if is_open:
                is_open = False
                side.keys[-1] = sys.intern(side.keys[-1] + key)
                side.forms[-1] = sys.intern(side.forms[-1] + forms[atom])
                side.last_words[-1] = last[atom]
                moved[-1] -= 1
                continue
            side.keys.append(key)
            side.forms.append(forms[atom])
            side.first_words.append(first[atom])
            side.last_words.append(last[atom])
        moved.append(len(side.keys))
        _move(side, moved)
        side.numbered = _numbered_headings(side)
        return side


class _OpenTable:
    """The table that the last row was of."""

    def __init__(self) -> None:
        self._headers: str | None = None
        self._page = 0
        self._top = 0.0

    def repeats_headers(self, page: int, row: Paragraph) -> bool:
        """Take the next row; say whether it is the table's headers again, at the head of the next page or column."""
        key, top = one_glyph(row.text).casefold(), row.box.top
        is_repeated = key == self._headers and (page != self._page or top < self._top)
        self._headers = self._headers or key
        self._page, self._top = page, top
        return is_repeated


def _with_rows(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Take headers of tables, which pages may repeat at their heads, for rows again."""
    for place, paragraph in enumerate(paragraphs):
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
        is_header = paragraph.kind == "running" and len(paragraph.lines) > 1
        if is_header and following is not None and following.kind == "row" and _is_one_line(paragraph):
            yield paragraph._replace(kind="row")
        else:
            yield paragraph


def _is_one_line(paragraph: Paragraph) -> bool:
    """Say whether lines stand beside each other, as the cells of a row do."""
    boxes = [enclosing(line) for line in paragraph.lines]
    return max(box.top for box in boxes) < min(box.bottom for box in boxes)


def _rows_on_one_line(flow: PageFlow, paragraph: Paragraph) -> set[int]:
    """Find the cells that begin a row where a text file has a whole table on one line, rows parted by empty cells.

    Shapes:  numbers of cells; none where the line is one row
    """
    if flow.has_places or paragraph.kind != "row" or len(paragraph.lines) < LEAST_CELLS:
        return set()
    columns = [round(line[0].x0 / COLUMN_WIDTH) for line in paragraph.lines]
    starts = [place for place in range(1, len(columns)) if columns[place] - columns[place - 1] == 2]
    edges = [0, *starts, len(columns)]
    widths = [last - first for first, last in pairwise(edges)]
    usual = max(set(widths), key=widths.count)
    is_table = len(widths) >= 3 and usual >= 2 and widths.count(usual) >= 0.8 * len(widths)
    return set(starts) if is_table else set()


def _numbered_headings(side: Side) -> set[int]:
    """Find headings whose first word counts on from one to the next, such as `4 Payment`, `5 Courts`."""
    counted: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(pairwise((*side.starts, len(side.keys)))):
        is_short = end - start <= MAX_HEADING and (end > start and side.keys[end - 1].isalnum())
        kind = side.paragraphs[number].kind
        if not (end - start >= 2 and (kind == "heading" or (kind in {"text", "item"} and is_short))):
            continue
        key = side.keys[start]
        is_whole = side.first_words[start + 1] != side.last_words[start]
        if key.isdecimal() and len(key) <= 2 and is_whole and side.forms[start + 1][:1].isupper():
            counted.append((int(key), start))
    following = {after for (one, _), (other, after) in pairwise(counted) if other == one + 1}
    leading = {before for (one, before), (other, _) in pairwise(counted) if other == one + 1}
    return following | leading


def _titles(side: Side) -> frozenset[tuple[str, ...]]:
    """Give the headings with a bare number, such as `4 Payment`."""
    ends = dict(pairwise((*side.starts, len(side.keys))))
    return frozenset(tuple(side.keys[start : ends[start]]) for start in side.numbered)


def _run_in(side: Side, titles: frozenset[tuple[str, ...]]) -> set[int]:
    """Find paragraphs and sentences that begin with a heading which the other side has on a line of its own."""
    if not titles:
        return set()
    sizes = sorted({len(title) for title in titles})
    starts = {*side.starts}
    return {
        atom
        for atom, key in enumerate(side.keys)
        if key.isdecimal()
        and (atom in starts or side.keys[atom - 1] in {".", "!", "?", ";"})
        and any(tuple(side.keys[atom : atom + size]) in titles for size in sizes)
    }


def _move(side: Side, moved: Sequence[int]) -> None:
    """Let paragraphs begin where their first atoms are now; one whose only atom went is no more."""
    starts: list[int] = []
    for number, start in enumerate(side.starts):
        atom = moved[start]
        went = atom < len(side.keys) and side.word_paragraphs[side.first_words[atom]] < number
        starts.append(atom + went)
    side.starts = starts
    side.row_breaks = {moved[atom] for atom in side.row_breaks}


def _atoms_of(plain: str) -> list[str]:
    if plain.isascii():
        return _ATOM.findall(plain)
    found: list[str] = []
    for atom in _ATOM.findall(plain):  # vowel signs and accents that stand alone belong to the letters around them
        is_mark = len(atom) == 1 and unicodedata.category(atom) in {"Mn", "Mc"}
        if found and (is_mark or (_ends_in_mark(found[-1]) and atom[0].isalpha())):
            found[-1] += atom
        else:
            found.append(atom)
    return found


def _ends_in_mark(atom: str) -> bool:
    return unicodedata.category(atom[-1]) in {"Mn", "Mc"}


def _is_bullet(text: str, paragraph: Paragraph) -> bool:
    if text.strip("#") == "" and len(text) <= 6:
        return True
    plain = one_glyph(text)
    return plain in _BULLETS or (
        paragraph.kind == "item" and plain in {"o", "\u00a7", "v"} and len(paragraph.words) > 1
    )


def _is_running(paragraph: Paragraph, running: Container[str], page_number: int) -> bool:
    """Say whether what stands at a page's edge is what the other document repeats there, or a page's number."""
    if len(paragraph.words) > LONGEST_RUNNING:
        return False
    text = paragraph.text
    key = key_of_running(text)
    if key in running and any(char.isalpha() for char in key):
        return True
    if paragraph.kind != "row" and text.strip() == str(page_number):
        return True
    return _PAGE_NUMBER.fullmatch(one_glyph(text).strip().casefold()) is not None


_PAGE_NUMBER = re.compile(
    r"-\s*\d{1,4}\s*-|\d{1,4}\s*/\s*\d{1,4}|(?:page|seite|p\.|s\.|página|pagina|pag\.)\s*\d{1,4}"
    r"(?:\s*(?:of|von|de|di|sur|/)\s*\d{1,4})?|\d{1,4}\s+(?:of|von|de|di|sur)\s+\d{1,4}"
)
"""What only numbers pages. A bare number may be a value, and is a page's where it is the number of its page."""
