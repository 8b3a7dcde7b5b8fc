"""The units that are aligned first: sentences, headings, items, rows of tables; and the sections they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.words import CONJUNCTIONS

MOST_ATOMS = 4_000
"""Of one unit; a text that never ends a sentence is parted where it comes."""
_ENUMERATOR = re.compile(
    r"\(?(?:\d{1,3}[a-z]?|[a-z]|[ivxl]{1,6})[.)]|\d{1,2}(?:\.\d{1,2})+[a-z]?[.)]?|\d{1,3}[a-z][.)]?|\(\d{1,3}\)|\(\w{1,4}\)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:article|section|clause|annex|appendix|schedule|exhibit|chapter|part|artikel|anlage|abschnitt|§+)"
)
_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[a-z]?|[a-z]|[ivxl]{1,6})[.:)]?", re.IGNORECASE)
_ENDS = re.compile(r"[.!?\u3002\uff01\uff1f\u061f\u0964][\"')\]\u201d\u2019\u00bb]*$")
_ABBREVIATED = frozenset(
    "no nos mr mrs ms dr prof st vs cf art sec para fig eq ref approx incl excl jr sr co corp e.g i.e z.b d.h bzw"
    " ca nr abs vgl bspw usw s p pp vol ed al".split()
)
_BEFORE_NUMBER = frozenset(
    "section sections clause clauses article articles annex appendix schedule paragraph page chapter item table"
    " figure no and to or of § artikel abschnitt ziffer nummer seite".split()
)
"""After these a number is no beginning."""
ENDING = frozenset(".,;:-\u2022")
"""Signs that end a unit."""
TITLE_ATOMS = 14
"""What runs in at the head of a clause, `4. Payment.`, is no longer."""


class Unit(NamedTuple):
    """A sentence, heading or row.

    Shapes:  atoms from `start` to before `end`; its number, such as `4.`, from `number_start` to before `start`
    """

    number_start: int
    start: int
    end: int
    is_row: bool
    paragraph: int

    @property
    def size(self) -> int:
        return self.end - self.start


class Section(NamedTuple):
    """A heading, or the title that runs in at the head of a clause."""

    atom: int
    title: str


def units_of(side: Side) -> list[Unit]:
    """Part a side into units, in order; each atom is in one, numbers of clauses included."""
    return [part for unit in _units(side) for part in _parted(unit)]


def _parted(unit: Unit) -> Iterator[Unit]:
    if unit.size <= MOST_ATOMS:
        yield unit
        return
    for start in range(unit.start, unit.end, MOST_ATOMS):
        first = unit.number_start if start == unit.start else start
        yield unit._replace(number_start=first, start=start, end=min(start + MOST_ATOMS, unit.end))


def _units(side: Side) -> Iterator[Unit]:
    starts = [*side.starts, len(side.keys)]
    open_unit: Unit | None = None  # may go on in the next paragraph
    for number, (start, end) in enumerate(pairwise(starts)):
        if start == end:
            continue
        if side.paragraphs[number].kind == "row":
            if open_unit is not None:
                yield _closed(open_unit)
                open_unit = None
            yield from _rows(side, start, end, number)
            continue
        head = enumerator_end(side, start, end)
        number_start, paragraph = start, number
        if open_unit is not None and head > start and _is_amid_sentence(side, open_unit, start, head):
            head = start
        if open_unit is not None and head == start:
            if open_unit.size == 0:  # a number that stands alone belongs to what follows
                number_start = open_unit.number_start
                open_unit = None
            elif _goes_on(side, open_unit, start):
                number_start, head, paragraph = open_unit.number_start, open_unit.start, open_unit.paragraph
                open_unit = None
        if open_unit is not None:
            yield _closed(open_unit)
        items = _items(side, head, end, number_start)
        for piece_start, piece_end in _sentences(side, head, end, items):
            begins = items.get(piece_start, piece_start)
            if piece_end < end:
                yield Unit(number_start, begins, piece_end, is_row=False, paragraph=paragraph)
                number_start, paragraph = piece_end, number
            else:
                open_unit = Unit(number_start, begins, piece_end, is_row=False, paragraph=paragraph)
    if open_unit is not None:
        yield _closed(open_unit)


def _rows(side: Side, start: int, end: int, paragraph: int) -> Iterator[Unit]:
    edges = [start, *(atom for atom in range(start + 1, end) if atom in side.row_breaks), end]
    for first, last in pairwise(edges):
        yield Unit(first, first, last, is_row=True, paragraph=paragraph)


def _closed(unit: Unit) -> Unit:
    """Take a number that nothing follows for a text of its own."""
    return unit if unit.size else unit._replace(start=unit.number_start)


def enumerator_end(side: Side, start: int, end: int) -> int:
    """Find where the number of a clause or item ends at the beginning of a paragraph; `start` where none is."""
    if start in side.numbered:
        return min(start + 1, end)
    named = _named_end(side, start, end)
    if named > start:
        return named
    word = side.first_words[start]
    text = side.words[word]
    stop = start
    while stop < end and side.last_words[stop] == word:
        stop += 1
    if stop == end or not _ENUMERATOR.fullmatch(text):
        return start
    if text[-1] not in ".)" and not side.forms[stop][:1].isupper():
        return start  # `12.5 per cent`
    return stop


def _named_end(side: Side, start: int, end: int) -> int:
    """Find where a number such as `Section 4.` ends; `start` where none is, as in `Section 4 applies`."""
    if start + 2 >= end or not _NAMED.fullmatch(side.keys[start]) or side.forms[start][:1].islower():
        return start
    word = side.first_words[start + 1]
    text = side.words[word].lstrip("\u00a7")  # `\u00a75` is one word
    stop = start + 1
    while stop < end and side.last_words[stop] == word:
        stop += 1
    if stop == end or not _NUMBER.fullmatch(text):
        return start
    if text[-1] in ".:)":
        return stop
    while side.keys[stop] in {"-", ":"} and stop + 1 < end:
        stop += 1
    return stop if side.forms[stop][:1].isupper() else start


def _goes_on(side: Side, begun: Unit, start: int) -> bool:
    """Say whether a paragraph goes on with the sentence before it."""
    if side.paragraphs[begun.paragraph].kind not in {"text", "item"} or begun.start == begun.end:
        return False
    if side.paragraphs[side.word_paragraphs[side.first_words[start]]].kind == "heading":
        return False
    if not _is_unended(side, begun):
        return False
    first = next((form for form in side.forms[start : start + 4] if form.isalpha()), "")
    is_begun = first[:1].islower() or side.keys[begun.end - 1] in _BEFORE_NUMBER
    return is_begun or _is_after_break(side, begun.end - 1, start)


def _is_after_break(side: Side, last: int, start: int) -> bool:
    """Say whether text goes on at the head of the next page or column."""
    before, word = side.last_words[last], side.first_words[start]
    if side.page_of(before) != side.page_of(word):
        return True
    return side.boxes[4 * word + 3] < side.boxes[4 * before + 1]


def _is_unended(side: Side, unit: Unit) -> bool:
    last = side.words[side.last_words[unit.end - 1]]
    return not _ENDS.search(last) and last[-1:] not in ":;"


def _is_amid_sentence(side: Side, begun: Unit, start: int, head: int) -> bool:
    """Say whether a paragraph's number is one within a sentence that a line's end parts: `under section | 9. The`."""
    if begun.size == 0 or not _is_unended(side, begun):
        return False
    if begun.size > 1 and side.keys[begun.end - 1] in CONJUNCTIONS and side.keys[begun.end - 2] in {";", ","}:
        return False  # `(a) rye; or | (b) oats`
    if side.keys[begun.end - 1] in _BEFORE_NUMBER:
        return True
    is_bracketed = side.words[side.first_words[start]][:1] == "("
    return is_bracketed and side.keys[begun.end - 1] != "," and side.forms[head][:1].islower()


def _items(side: Side, start: int, end: int, number_start: int) -> dict[int, int]:
    """Find the numbers of items that run on in a paragraph: `(a) rye; (b) oats`, `1.1 Rye is due. 1.2 Oats are not.`

    Shapes:  where each number begins, with where it ends; none where fewer than two follow each other
    """
    return _lettered_items(side, start, end) or _numbered_items(side, start, end, number_start)


def _numbered_items(side: Side, start: int, end: int, number_start: int) -> dict[int, int]:
    """Find numbers at the beginnings of sentences that count on from the number of the paragraph."""
    found: dict[int, int] = {}
    last = _values(side, number_start, start)
    if last is None:
        return found
    for atom in range(start + 1, end):
        if side.first_words[atom] == side.last_words[atom - 1] or not side.keys[atom][0].isdecimal():
            continue
        if side.keys[atom - 1] not in _SENTENCE_ENDS:
            continue
        stop = enumerator_end(side, atom, end)
        values = _values(side, atom, stop) if stop > atom else None
        if values is not None and values[:-1] == last[:-1] and values[-1] == last[-1] + 1:
            found[atom], last = stop, values
    return found


def _values(side: Side, start: int, end: int) -> tuple[int, ...] | None:
    """Read `1.2` or `3.` as numbers."""
    keys = [key for key in side.keys[start:end] if key[0].isalnum()]
    is_plain = len(keys) == 1 and all(part.isdecimal() for part in keys[0].split("."))
    return tuple(int(part) for part in keys[0].split(".")) if is_plain else None


def _lettered_items(side: Side, start: int, end: int) -> dict[int, int]:
    """Find bracketed numbers of items, of which two follow each other."""
    found: dict[int, int] = {}
    for atom in range(start, end):
        if side.keys[atom] != "(" or side.words[side.first_words[atom]][:1] != "(":
            continue
        if atom > start and side.keys[atom - 1] not in _BEFORE_ITEM:
            continue
        if (stop := enumerator_end(side, atom, end)) > atom:
            found[atom] = stop
    labels = [side.keys[atom + 1] for atom in found]
    is_counted = any(_follows(one, other) for one, other in pairwise(labels))
    return found if is_counted else {}


def _follows(one: str, other: str) -> bool:
    """Say whether a number of an item is the next one."""
    if one.isdecimal() and other.isdecimal():
        return int(other) == int(one) + 1
    if len(one) == len(other) == 1:
        return ord(other) == ord(one) + 1
    return (one, other) in _ROMAN_PAIRS


_ROMAN_PAIRS = frozenset(pairwise("i ii iii iv v vi vii viii ix x xi xii".split()))
_SENTENCE_ENDS = frozenset(".!?;:")
_BEFORE_ITEM = frozenset((":", ";", ",", ".", *CONJUNCTIONS))


def _sentences(side: Side, start: int, end: int, items: Mapping[int, int]) -> list[tuple[int, int]]:
    """Part atoms after the ends of sentences, and before items."""
    found: list[tuple[int, int]] = []
    begun = start
    for atom in range(start + 1, end):
        if atom in side.row_breaks or atom in items:
            found.append((begun, atom))
            begun = atom
            continue
        if side.first_words[atom] == side.last_words[atom - 1]:
            continue
        key = side.keys[atom - 1]
        if key.isalnum() or not _ends_sentence(side, atom, begun):
            continue
        found.append((begun, atom))
        begun = atom
    found.append((begun, end))
    return found


def _ends_sentence(side: Side, atom: int, begun: int) -> bool:
    text = side.words[side.last_words[atom - 1]]
    if not _ENDS.search(text) and text[-1:] != ";":
        return False
    following = side.words[side.first_words[atom]]
    opened = following.lstrip("\"'([\u201c\u2018\u201e\u00ab")
    if opened[:1].islower():
        return False
    plain = text.rstrip(".\"')").lstrip("(\"'").casefold()
    is_letter = len(plain) == 1 and plain.isalpha() and atom - begun > 2
    return not (text.endswith(".") and (plain in _ABBREVIATED or is_letter))


def without_end(side: Side, unit: Unit) -> range:
    """Leave out the signs that end a unit: they go with its form."""
    end = unit.end
    while not unit.is_row and end > unit.start + 1 and side.keys[end - 1] in ENDING:
        end -= 1
    return range(unit.start, end)


def sections_of(side: Side, units: Sequence[Unit]) -> list[Section]:
    """Find headings, and the titles that run in at the heads of clauses, in order."""
    found: list[Section] = []
    seen = -1
    for unit in units:
        if unit.paragraph == seen or unit.is_row:
            continue
        is_first = unit.number_start == side.starts[unit.paragraph]
        seen = unit.paragraph
        if is_first and (title := _title(side, unit)):
            found.append(Section(unit.number_start, title))
    return found


def _title(side: Side, unit: Unit) -> str | None:
    kind = side.paragraphs[unit.paragraph].kind
    first, last = side.first_words[unit.number_start], side.last_words[max(unit.end - 1, unit.number_start)]
    if kind == "heading":
        return _bare(side.text(first, last))
    if kind == "turned":
        return None
    has_number = unit.start > unit.number_start
    if not has_number:
        return _named(side, unit)
    number = side.text(first, side.last_words[unit.start - 1])
    is_clause = any(char.isdigit() for char in number) or number[:1].isupper()
    if not is_clause:
        return None
    is_whole = unit.end == _end_of_paragraph(side, unit.paragraph)
    is_short = unit.size <= TITLE_ATOMS and (not is_whole or side.keys[unit.end - 1].isalnum())
    if is_short and side.forms[unit.start][:1].isupper():
        return _bare(side.text(first, last))
    return _with_lead(side, unit, number)


def _with_lead(side: Side, unit: Unit, number: str) -> str:
    """Take what stands before a colon or dash as the title of a clause, else its number alone."""
    for atom in range(unit.start + 1, min(unit.start + TITLE_ATOMS, unit.end)):
        if side.keys[atom] == ":":
            return _bare(f"{number} {side.text(side.first_words[unit.start], side.last_words[atom])}")
    return number.rstrip(".)") if number[:1] != "(" else number


def _named(side: Side, unit: Unit) -> str | None:
    """Take `Article 5` or `Annex A - Prices` as a title where it stands at the head of a paragraph."""
    if unit.size < 2 or not _NAMED.fullmatch(side.keys[unit.start]):
        return None
    word = side.words[side.first_words[unit.start + 1]]
    if not _NUMBER.fullmatch(word) or not side.forms[unit.start][:1].isupper():
        return None
    if unit.size <= TITLE_ATOMS:
        return _bare(side.text(side.first_words[unit.start], side.last_words[unit.end - 1]))
    return _bare(side.text(side.first_words[unit.start], side.first_words[unit.start + 1]))


def _end_of_paragraph(side: Side, paragraph: int) -> int:
    return side.starts[paragraph + 1] if paragraph + 1 < len(side.starts) else len(side.keys)


def _bare(title: str) -> str:
    return title.strip().lstrip("# ").rstrip(".:; ")[:120]
