"""All words of a document in reading order, and the texts that they make put together: there quotes are looked for."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from witnessmark.documents.flow import PageFlow, ParagraphKind
from witnessmark.evidence.likeness import key_as_read
from witnessmark.evidence.normal import key_of
from witnessmark.evidence.quote_keys import is_unspaced, text_of_keys, with_signs_for_brackets, without_mark, word_key
from witnessmark.values import BoundingBox, Word, enclosing

FROM_RIGHT = 0.5
"""Share of a line's letters that are written from the right from which the line is."""
MARK_HEIGHT = 0.8
"""Of the height of the word before: a smaller figure after it is a footnote's number."""
_CELL_IN_BRACKETS = re.compile(r"\([$\u20ac\u00a3\u00a5]?\d[\d.,']*%?\)")
_MAY_HOLD_MARK = re.compile(r"[\d*\u2020\u2021\u00b9\u00b2\u00b3\u2070-\u2079]|\([a-z]\)").search
_MARK = re.compile(r"\[?\d{1,3}(?:[,;\u2013-]\d{1,3})*\]?|[*\u2020\u2021]{1,3}|\([a-z\d]\)")


class DocumentLine(NamedTuple):
    """A line of a paragraph, or a cell of a row, by its words' places among all words."""

    page: int
    """The index of its page among the flows."""
    paragraph: int
    """The number of its paragraph among those of all pages."""
    kind: ParagraphKind
    first: int
    end: int
    is_first: bool
    """Whether it begins its paragraph."""
    is_last: bool


class Hit(NamedTuple):
    """Words that say a quote, from the first to the last, and how much of those two."""

    words: tuple[int, ...]
    """Places among all words, in their order."""
    from_letter: float = 0.0
    """Share of the first word that comes before the quote; of scripts without spaces, words are as long as lines."""
    to_letter: float = 1.0


class Stream:
    """Words put together as one text, so that a quote is found in it however its words are parted."""

    def __init__(
        self,
        words: Sequence[int],
        keys: Sequence[str],
        pages: Sequence[int],
        page_count: int,
        printed: Callable[[int], str],
    ) -> None:
        """Put `words` together by their `keys`; `pages` are the indexes of their pages, in order."""
        self._printed = printed
        self._breaks: dict[int, set[int]] = {}
        self.text, starts = text_of_keys(keys)
        kept = [place for place, key in enumerate(keys) if key and not key.startswith("\x1e")]
        self.words = array("L", [words[place] for place in kept])
        self.starts = array("L", [starts[place] for place in kept])
        ends = [bisect_left(pages, page) for page in range(page_count + 1)]
        self._page_offsets = [starts[end] if end < len(starts) else len(self.text) for end in ends]

    def range_of(self, page: int) -> tuple[int, int]:
        """Say where in the text a page begins and ends."""
        return self._page_offsets[page], self._page_offsets[page + 1]

    def place_at(self, offset: int) -> int:
        """Find the word, by its place in `words`, to which a letter belongs."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def key_at(self, place: int) -> str:
        """Give a word's key as it stands in the text."""
        end = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[place] : end].rstrip("\x1f")

    def is_broken_at(self, place: int, offset: int) -> bool:
        """Say whether a sign that is not compared parts a word after so many letters, as in `non-fish`, `and/or`."""
        word = self.words[place]
        if word not in self._breaks:
            found: set[int] = set()
            count = 0
            for letter in key_of(self._printed(word)):
                if letter.isalnum():
                    count += 1
                else:
                    found.add(count)
            self._breaks[word] = found
        return offset in self._breaks[word]

    def hit(self, begin: int, end: int) -> Hit:
        """Name the words of a part of the text."""
        first, last = self.place_at(begin), self.place_at(end - 1)
        head, tail = len(self.key_at(first)), len(self.key_at(last))
        return Hit(
            words=tuple(self.words[first : last + 1]),
            from_letter=(begin - self.starts[first]) / max(head, 1),
            to_letter=min(1.0, (end - self.starts[last]) / max(tail, 1)),
        )


class DocumentWords:
    """A document's words in reading order. Made once; what only some quotes need is made when the first one does."""

    def __init__(self, flows: Sequence[PageFlow]) -> None:
        self.flows = tuple(flows)
        self.words: list[Word] = []
        self.lines: list[DocumentLine] = []
        self.line_of = array("L")
        """Of each word, the place of its line in `lines`."""
        self._index_of_page = {flow.page_number: index for index, flow in enumerate(flows)}
        self._add_lines()

    def _add_lines(self) -> None:
        paragraph = 0
        words, lines, line_of = self.words, self.lines, self.line_of
        for page, flow in enumerate(self.flows):
            for block in flow.paragraphs:
                last = len(block.lines) - 1
                for number, line in enumerate(block.lines):
                    first = len(words)
                    words.extend(_in_order(line) if flow.has_places else line)
                    line_of.extend([len(lines)] * (len(words) - first))
                    lines.append(
                        DocumentLine(
                            page, paragraph, block.kind, first, len(words), number == 0, is_last=number == last
                        )
                    )
                paragraph += 1

    @cached_property
    def keys(self) -> list[str]:
        return [word_key(word.text) for word in self.words]

    @cached_property
    def is_read_by_ocr(self) -> bool:
        return any(flow.is_read_by_ocr for flow in self.flows)

    @cached_property
    def body(self) -> Stream:
        """All words but those that pages repeat at their edges."""
        return self._stream(self.keys)

    @cached_property
    def everything(self) -> Stream:
        return self._stream(self.keys, has_running=True)

    @cached_property
    def as_layered(self) -> Stream | None:
        """The body in the order of the pages' text layers; None if that is the reading order on every page."""
        if all(flow.layer_order is None for flow in self.flows):
            return None
        places: dict[int, int] = {}
        for flow in self.flows:
            order = flow.layer_order or range(len(flow.words))
            places |= {id(word): place for word, place in zip(flow.words, order, strict=True)}
        words = [word for word in range(len(self.words)) if self._line(word).kind != "running"]
        words.sort(key=lambda word: (self._line(word).page, places[id(self.words[word])]))
        return self._stream_of(words, self.keys)

    @cached_property
    def without_marks(self) -> Stream | None:
        """The body without what may be a footnote's number; None where there is none."""
        keys = [self.key_without_mark(place) for place in range(len(self.words))]
        return self._stream(keys) if keys != self.keys else None

    def key_without_mark(self, place: int) -> str:
        """Give a word's key without what may be a footnote's number; of one that is nothing else, an empty one."""
        text = self.words[place].text
        if not _MAY_HOLD_MARK(text):
            return self.keys[place]
        plain = without_mark(text)
        if plain != text:
            return word_key(plain)
        return "" if self._is_mark(place) else self.keys[place]

    @cached_property
    def as_read(self) -> Stream:
        """The body with letters that OCR takes for one another made one, where OCR read the page."""
        by_ocr = [flow.is_read_by_ocr for flow in self.flows]
        return self._stream(
            [
                key_as_read(key) if by_ocr[self.lines[line].page] else key
                for key, line in zip(self.keys, self.line_of, strict=True)
            ]
        )

    @cached_property
    def negative_cells(self) -> frozenset[int]:
        """Words that are a cell's figure in brackets, which makes it a negative one."""
        return frozenset(place for place in range(len(self.words)) if self._is_negative_cell(place))

    @cached_property
    def with_negatives(self) -> Stream | None:
        """The body with figures in brackets that fill cells as negative ones; None where there are none."""
        if not self.negative_cells:
            return None
        keys = list(self.keys)
        for place in self.negative_cells:
            keys[place] = word_key(with_signs_for_brackets(self.words[place].text))
        return self._stream(keys)

    @cached_property
    def places_of_key(self) -> dict[str, list[int]]:
        """Where in the document a key stands."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(self.keys):
            if key:
                found[key].append(place)
        return found

    def _stream(self, keys: Sequence[str], *, has_running: bool = False) -> Stream:
        words = range(len(self.words))
        kept = words if has_running else [word for word in words if self._line(word).kind != "running"]
        return self._stream_of(kept, keys)

    def _stream_of(self, words: Sequence[int], keys: Sequence[str]) -> Stream:
        pages = [self._line(word).page for word in words]
        return Stream(words, [keys[word] for word in words], pages, len(self.flows), self._printed)

    def _line(self, word: int) -> DocumentLine:
        return self.lines[self.line_of[word]]

    def _printed(self, word: int) -> str:
        return self.words[word].text

    def _is_mark(self, place: int) -> bool:
        word = self.words[place]
        line = self.lines[self.line_of[place]]
        if _MARK.fullmatch(word.text) is None or place == line.first:
            return False
        if word.text.startswith("["):
            return True
        before = self.words[place - 1]
        is_power = before.text in {"10", "x10", "\u00d710"} or (before.text.isalpha() and len(before.text) == 1)
        is_small = word.bottom - word.top < MARK_HEIGHT * (before.bottom - before.top)
        return is_small and not is_power and word.bottom < before.bottom

    def _is_negative_cell(self, place: int) -> bool:
        line = self.lines[self.line_of[place]]
        return (
            line.kind == "row"
            and line.end - line.first == 1
            and _CELL_IN_BRACKETS.fullmatch(self.words[place].text) is not None
        )

    def page_number(self, word: int) -> int:
        return self.flows[self.lines[self.line_of[word]].page].page_number

    def index_of_page(self, page_number: int) -> int | None:
        return self._index_of_page.get(page_number)

    def text(self, words: Sequence[int]) -> str:
        """Write words as they stand, with spaces between; a word parted at a line's end is put together."""
        parts: list[str] = []
        for before, word in zip([None, *words], words, strict=False):
            own = self.words[word].text
            ends_line = before is not None and self.line_of[before] != self.line_of[word]
            if ends_line and parts[-1][-1:] in {"-", "\u00ad"} and parts[-1][-2:-1].isalpha() and own[:1].islower():
                parts[-1] = parts[-1][:-1] + own
                continue
            parts.append(own)
        return " ".join(parts)

    def boxes(self, hit: Hit) -> dict[int, tuple[BoundingBox, ...]]:
        """Find the boxes of words by page number, one for each line; none on pages without places."""
        found: dict[int, list[BoundingBox]] = {}
        groups: dict[int, list[int]] = {}
        for word in hit.words:
            groups.setdefault(self.line_of[word], []).append(word)
        for line, words in groups.items():
            flow = self.flows[self.lines[line].page]
            if not flow.has_places:
                continue
            parts = [self._part(word, hit) for word in words]
            box = enclosing(parts)
            found.setdefault(flow.page_number, []).append(flow.on_page(box) if flow.on_page else box)
        return {page: tuple(boxes) for page, boxes in found.items()}

    def _part(self, word: int, hit: Hit) -> BoundingBox:
        """Cut a box where a quote begins or ends within a word of a script that has no spaces."""
        box = self.words[word].box
        if not any(map(is_unspaced, self.words[word].text)) or self.words[word].angle:
            return box
        x0 = box.x0 + box.width * hit.from_letter if word == hit.words[0] else box.x0
        x1 = box.x0 + box.width * hit.to_letter if word == hit.words[-1] else box.x1
        return BoundingBox(x0=min(x0, x1), top=box.top, x1=max(x0, x1), bottom=box.bottom)


def _in_order(line: Sequence[Word]) -> Sequence[Word]:
    """Put the words of a line in the order in which they are read: of Arabic and Hebrew from the right."""
    if all(word.text.isascii() for word in line):
        return line
    letters = from_right = 0
    for word in line:
        for letter in word.text:
            if letter.isalpha():
                letters += 1
                from_right += unicodedata.bidirectional(letter) in {"R", "AL"}
    if not from_right > FROM_RIGHT * letters or any(word.angle for word in line):
        return line
    return _from_right(sorted(line, key=lambda word: -word.x1))


def _from_right(words: Sequence[Word]) -> list[Word]:
    """Turn runs of words that are written from the left back, such as names in Latin letters."""
    ordered: list[Word] = []
    run: list[Word] = []
    for word in words:
        if _is_from_left(word.text):
            run.append(word)
            continue
        ordered += reversed(run)
        run = []
        ordered.append(word)
    return [*ordered, *reversed(run)]


def _is_from_left(text: str) -> bool:
    return any(letter.isalpha() for letter in text) and not any(
        unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text
    )
