"""Quotes whose lines another reader has put in another order: found piece by piece, with every word accounted for.

A page's lines are put in order anew by whoever reads it: columns one after the other or line by line, footnotes and
page numbers in the midst. A quote is therefore followed from the end of one line to the beginning of another that may
come next on the page as it is seen; where a line, a cell or a paragraph of the same text would be left out, it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from statistics import median
from typing import NamedTuple

from witnessmark.documents.flow import ParagraphKind
from witnessmark.evidence.likeness import key_as_read
from witnessmark.evidence.normal import BREAK
from witnessmark.evidence.quote_keys import text_of_keys, with_signs_for_brackets, word_key
from witnessmark.evidence.quote_words import DocumentWords, Hit
from witnessmark.values import BoundingBox, enclosing

MOST_LETTERS = 30_000
"""Of a quote that is followed; more is no quote any more."""
MOST_STEPS = 400
"""Ends of pieces from which it is followed on."""
MOST_PIECES = 6_000
"""Of the pages on which it is followed; drawings and maps have more."""
GAP = 1.6
"""Between words of one piece of a line, in heights of it: wider ones may part columns."""
MOST_FITTING = 12
"""Pieces that go on with a quote in the same letters; of more, nobody could say which one is meant."""
MOST_BESIDE = 8
MOST_BEGINNINGS = 200
UNDER = 2.0
"""Distance between the middles of lines that follow each other, in heights of a line."""
WORDS_ACROSS = 3
"""Of a line in another column that a text may go on in: a word or two stand there by chance."""
SMALLER = 0.93
"""Of the type size of the text: notes and captions are set smaller."""
_ENDS = (".", "!", "?", ":", "\u3002", "\uff01", "\uff1f", "\u201d", '"', ")")


_NEXT, _UNDER, _ACROSS, _ELSEWHERE = range(4)


class Piece(NamedTuple):
    """A run of words of one line, without wide gaps."""

    place: int
    """Its place among the pieces of its part of the document."""
    page: int
    paragraph: int
    kind: ParagraphKind
    words: range
    texts: tuple[str, ...]
    """Its words put together: as printed and, where they differ, without numbers of footnotes."""
    box: BoundingBox
    begins: bool
    """Whether it begins its paragraph."""
    ends: bool
    size: float


@dataclass(frozen=True)
class Pieces:
    """Some pages of a document as pieces, in reading order."""

    document: DocumentWords
    pages: tuple[int, ...]
    """Indexes of pages."""
    is_read_by_ocr: bool = False
    """Whether letters that OCR takes for one another are made one; then those of the quote have to be, too."""
    _under_of: dict[int, list[Piece]] = field(default_factory=dict[int, "list[Piece]"])
    _across_from: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])
    """What was found out about pieces, by their place."""

    @cached_property
    def all(self) -> tuple[Piece, ...]:
        found: list[Piece] = []
        wanted = set(self.pages)
        for line in self.document.lines:
            if line.page not in wanted:
                continue
            runs = list(self._runs(range(line.first, line.end)))
            for number, run in enumerate(runs):
                begins, ends = line.is_first and number == 0, line.is_last and number == len(runs) - 1
                if texts := self._texts(run):
                    words = [self.document.words[word] for word in run]
                    size = median(word.bottom - word.top for word in words)
                    piece = Piece(
                        len(found),
                        line.page,
                        line.paragraph,
                        line.kind,
                        run,
                        texts,
                        enclosing(words),
                        begins,
                        ends,
                        size,
                    )
                    found.append(piece)
        return tuple(found)

    def _runs(self, words: range) -> Iterator[range]:
        begin = words.start
        source = self.document.words
        for word in words[1:]:
            before, own = source[word - 1], source[word]
            if own.angle == 0 and own.x0 - before.x1 > GAP * max(own.bottom - own.top, 0.1):
                yield range(begin, word)
                begin = word
        yield range(begin, words.stop)

    def _texts(self, run: range) -> tuple[str, ...]:
        keys = [self.key(word) for word in run]
        bare = [self.bare_key(word) for word in run]
        texts = dict.fromkeys((self._joined(keys), self._joined(bare)))
        return tuple(text for text in texts if text)

    def key(self, word: int) -> str:
        """Give a word's key; of a cell's figure in brackets, that of a negative one."""
        if word in self.document.negative_cells:
            return word_key(with_signs_for_brackets(self.document.words[word].text))
        return self.document.keys[word]

    def bare_key(self, word: int) -> str:
        """Give a word's key without the number of a footnote."""
        if word in self.document.negative_cells:
            return self.key(word)
        return self.document.key_without_mark(word)

    def as_read(self, key: str) -> str:
        return key_as_read(key) if self.is_read_by_ocr else key

    def _joined(self, keys: Sequence[str]) -> str:
        return text_of_keys(map(self.as_read, keys))[0]

    @cached_property
    def _of_page(self) -> dict[int, list[Piece]]:
        found: dict[int, list[Piece]] = {}
        for piece in self.all:
            found.setdefault(piece.page, []).append(piece)
        return found

    def after(self, piece: Piece, fits: Callable[[Piece], bool]) -> list[tuple[Piece, bool]]:
        """Give the pieces that fit and may come next after one, the likeliest first.

        Shapes:  with each whether it stands across a gap, in another column
        """
        found: list[tuple[int, Piece]] = []
        # Few do, and to say how two pieces stand to each other takes longer.
        for other in islice(filter(fits, self.all), MOST_FITTING):
            rank = self._rank(piece, other)
            if rank is not None:
                found.append((rank, other))
        found.sort()
        return [(other, rank == _ACROSS) for rank, other in found]

    def _rank(self, piece: Piece, other: Piece) -> int | None:
        """Say how likely one piece comes next after another; None where it cannot."""
        may_follow = self._may_follow(piece, other)
        if other.place == piece.place + 1 and may_follow:
            return _NEXT
        if piece.page == other.page and piece.kind != "row" and other.kind != "row":
            if any(other.place == one.place for one in self._under(piece)):
                return _UNDER
            if len(other.words) >= WORDS_ACROSS and self._is_across(piece, other):
                return _ACROSS
        return _ELSEWHERE if may_follow else None

    def _is_across(self, piece: Piece, other: Piece) -> bool:
        """Say whether a piece is the next one in the same visible line, or begins the next line of another column."""
        if piece.place not in self._across_from:
            beside = [one for one in self._of_page[piece.page] if _is_beside(piece, one)]
            right = sorted((one for one in beside if one.box.x0 > piece.box.x1), key=lambda one: one.box.x0)[:1]
            lower = [under for one in beside[:MOST_BESIDE] for under in self._under(one)]
            self._across_from[piece.place] = frozenset(one.place for one in (*right, *lower))
        return other.place in self._across_from[piece.place]

    def _under(self, piece: Piece) -> list[Piece]:
        """Find the piece directly below one, in its column."""
        if piece.place not in self._under_of:
            lower = [other for other in self._of_page[piece.page] if _is_under(piece, other)]
            lower.sort(key=lambda one: one.box.top)
            self._under_of[piece.place] = lower[:1]
        return self._under_of[piece.place]

    def _may_follow(self, piece: Piece, other: Piece) -> bool:
        """Say whether from the end of a paragraph a text may go on at the beginning of another one."""
        if piece.paragraph == other.paragraph:
            return other.place == piece.place + 1
        if "running" in {piece.kind, other.kind}:
            return other.page - piece.page in {0, 1} and (piece.ends or piece.kind == "running") and other.begins
        if not (piece.ends and other.begins):
            return False
        if other.page == piece.page and other.place < piece.place:
            return piece.kind != "row" and other.kind != "row"
        if other.page - piece.page not in {0, 1}:
            return False
        between = self.all[piece.place + 1 : other.place]
        return all(self._interrupts(one, piece, other) for one in between)

    def _interrupts(self, one: Piece, before: Piece, after: Piece) -> bool:
        """Say whether a piece is no part of the text that stands before and after it."""
        if one.kind in {"running", "turned"}:
            return True
        if one.kind == "row":
            return "row" not in {before.kind, after.kind}
        if one.size < SMALLER * min(before.size, after.size):
            return True
        if before.page != after.page and not self._ends_sentence(before):
            return one.kind == "heading" or one.size < SMALLER * before.size
        return one.page == before.page == after.page and _is_apart(one, before) and _is_apart(one, after)

    def _ends_sentence(self, piece: Piece) -> bool:
        return self.document.words[piece.words[-1]].text.endswith(_ENDS)


def _is_beside(piece: Piece, other: Piece) -> bool:
    """Say whether another piece stands on the same visible line."""
    low, high = max(piece.box.top, other.box.top), min(piece.box.bottom, other.box.bottom)
    height = min(piece.box.height, other.box.height)
    return other.place != piece.place and high - low > 0.5 * height and _is_apart(piece, other)


def _is_apart(piece: Piece, other: Piece) -> bool:
    """Say whether two pieces share no part of the page's width."""
    return piece.box.x1 <= other.box.x0 or other.box.x1 <= piece.box.x0


def _is_under(piece: Piece, other: Piece) -> bool:
    distance = (other.box.top + other.box.bottom - piece.box.top - piece.box.bottom) / 2
    height = max(piece.box.height, other.box.height)
    shared = min(piece.box.x1, other.box.x1) - max(piece.box.x0, other.box.x0)
    return 0.5 * height < distance < UNDER * height and shared > 0.3 * min(piece.box.width, other.box.width)


class _State(NamedTuple):
    """A quote followed so far: how many of its letters, and the piece whose end that is."""

    done: int
    piece: int


def followed(quote: str, pieces: Pieces) -> Hit | None:
    """Follow a quote from piece to piece.

    Shapes:  `quote` as `text_of_keys` writes it
    """
    if not quote or len(quote) > MOST_LETTERS or len(pieces.all) > MOST_PIECES:
        return None
    came_from: dict[_State, tuple[_State | None, tuple[int, ...]]] = {}
    waiting: list[_State] = []
    for piece in reversed(pieces.all):
        if len(waiting) > MOST_STEPS:
            break
        for text in piece.texts:
            for offset in _suffixes(quote, text):
                if (words := _words_from(piece, text, offset, pieces)) is not None:
                    state = _State(len(text) - offset, piece.place)
                    if state not in came_from:
                        came_from[state] = (None, words)
                        waiting.append(state)
    steps = MOST_STEPS
    while waiting and steps > 0:
        state = waiting.pop()
        found: list[_State] = []
        steps -= 1
        begins = _joints(quote, state.done)
        for other, is_across in pieces.after(pieces.all[state.piece], partial(_fits, quote, begins)):
            if is_across and len(came_from[state][1]) < WORDS_ACROSS:
                continue
            for text in other.texts:
                for begin in begins:
                    if quote.startswith(text, begin):
                        following = _State(begin + len(text), other.place)
                        if following in came_from:
                            continue
                        came_from[following] = (state, tuple(other.words))
                        if following.done == len(quote):
                            return Hit(_path(came_from, following))
                        found.append(following)
                    elif (words := _words_to(quote, begin, other, text, pieces)) is not None and (
                        not is_across or len(words) >= WORDS_ACROSS
                    ):
                        return Hit((*_path(came_from, state), *words))
        waiting += reversed(found)
    return None


def _fits(quote: str, begins: Sequence[int], piece: Piece) -> bool:
    """Say whether a quote goes on with a piece, or ends with its beginning."""
    for text in piece.texts:
        for begin in begins:
            if quote.startswith(text, begin) or (len(quote) - begin < len(text) and text.startswith(quote[begin:])):
                return begin < len(quote)
    return False


def _joints(quote: str, done: int) -> tuple[int, ...]:
    """Say where in a quote the next piece may begin: what parts two figures is no letter of either."""
    if done < len(quote) and quote[done] in {BREAK, "-", "/"}:
        return done + 1, done
    is_within_figure = 0 < done < len(quote) and quote[done - 1].isdigit() and quote[done].isdigit()
    return () if is_within_figure else (done,)


def _suffixes(quote: str, text: str) -> Iterator[int]:
    """Find from where on a piece says how a quote begins; not all of the quote."""
    begin = max(0, len(text) - len(quote) + 1)
    offset = text.find(quote[:2], begin)
    for _ in range(MOST_BEGINNINGS):
        if offset < 0:
            break
        if len(text) - offset < len(quote) and quote.startswith(text[offset:]):
            yield offset
        offset = text.find(quote[:2], offset + 1)
    if text[-1] == quote[0] and len(quote) > 1:
        yield len(text) - 1


def _words_from(piece: Piece, text: str, offset: int, pieces: Pieces) -> tuple[int, ...] | None:
    """Name the words of a piece from a letter on; None where a word does not begin there."""
    if offset == 0:
        return tuple(piece.words)
    for word, start in _starts(piece, text, pieces):
        if start == offset:
            return tuple(other for other in piece.words if other >= word)
    return None


def _words_to(quote: str, begin: int, piece: Piece, text: str, pieces: Pieces) -> tuple[int, ...] | None:
    """Name the words of a piece with which a quote ends; None where it does not, or within a word."""
    rest = quote[begin:]
    if not rest or len(rest) >= len(text) or not text.startswith(rest):
        return None
    for word, start in _starts(piece, text, pieces):
        if (
            start in {len(rest), len(rest) + 1}
            and start
            and (start == len(rest) or text[len(rest)] in {BREAK, "-", "/"})
        ):
            return tuple(other for other in piece.words if other < word)
    return None


def _starts(piece: Piece, text: str, pieces: Pieces) -> list[tuple[int, int]]:
    """Say where in a piece's text its words begin."""
    for key_of in (pieces.key, pieces.bare_key):
        keys = [pieces.as_read(key_of(word)) for word in piece.words]
        joined, starts = text_of_keys(keys)
        if joined == text:
            return [(word, start) for word, start, key in zip(piece.words, starts, keys, strict=True) if key]
    return []


def _path(came_from: dict[_State, tuple[_State | None, tuple[int, ...]]], last: _State) -> tuple[int, ...]:
    parts: list[tuple[int, ...]] = []
    state: _State | None = last
    while state is not None:
        state, words = came_from[state]
        parts.append(words)
    return tuple(word for part in reversed(parts) for word in part)
