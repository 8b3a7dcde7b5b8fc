"""A page's words put in lines, with what they are looked up by."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from statistics import median
from typing import NamedTuple

from witnessmark.evidence.normal import (
    BREAK,
    core_of,
    is_leader,
    is_mark,
    key_of,
    without_brackets,
    without_left,
)
from witnessmark.evidence.numbers import BOUNDS, Amount, amount_of, day_order, decimal_mark, has_digit
from witnessmark.values import Word

UNIT_GAP = 0.75
"""Gap between words of one text, in heights of their line; wider ones part columns."""
GROUP_GAP = 0.45
"""Gap between groups of digits of one number, in heights of their line."""
SIGN_GAP = 0.35
"""Gap between a sign or bracket and its number, in heights of their line, within which they are one."""
FROM_RIGHT = 0.2
"""Share of words in letters that are written from the right from which the page is."""
LARGE = 3.0
"""Heights of a usual word by which a word is both wider and taller that is drawn across the page, as `DRAFT` is."""
ACROSS = 3.0
"""Heights of a usual word that both sides of a word's box measure which is drawn across the page, as `DRAFT` is."""
FAR_SIGN_GAP = 8.0
"""The same for a currency sign, which may stand at the edge of its column."""


_Placed = tuple[int, str, float, float, float, float]
"""A word's index, its key and its box."""


class Token(NamedTuple):
    """A word as it is looked up, in reading coordinates: text that is turned is turned upright."""

    key: str
    x0: float
    top: float
    x1: float
    bottom: float
    line: int
    order: int
    """Its place in its line."""
    unit: int
    """Number of the run of words that it belongs to, between two wide gaps."""


class Run(NamedTuple):
    """Words that together say what was looked for."""

    words: tuple[int, ...]
    x0: float
    top: float
    x1: float
    bottom: float
    first_line: int
    last_line: int
    is_loose: bool = False
    """Whether it goes from line to line where texts seldom do."""


class PageIndex:
    """A page's words in lines from the top, each from the left."""

    def __init__(self, words: Sequence[Word], *, is_read_by_ocr: bool = False) -> None:
        self.source = words
        self._is_read_by_ocr = is_read_by_ocr
        self.angle = _direction(words)
        placed = [
            (index, key, *_turned(word, self.angle))
            for index, word in enumerate(words)
            if not is_leader(word.text) and (key := key_of(word.text))
        ]
        self.tokens: dict[int, Token] = {}
        """By the word's place among `source`; leaders are left out."""
        self.lines: list[list[int]] = []
        self._put_in_lines(placed)
        self.sideways: dict[int, tuple[int, int]] = {}
        """Words that are written in another direction than most, with their line and place among those of theirs."""
        self.turned = self._turned_otherwise()
        """An index for each other direction, such as that of headers that are turned to save room, and its words."""
        self.by_key: dict[str, list[int]] = defaultdict(list)
        """Words by their whole key and, where signs stand around it, by what is left without them."""
        self.beginnings: dict[str, list[int]] = defaultdict(list)
        """Words by their key, without what stands before it that is no part of it: how a run begins."""
        self.bracketed: dict[str, list[int]] = defaultdict(list)
        """Words in brackets by what stands between them."""
        self.bound: set[int] = set()
        """Figures whose sign or brackets are words of their own, without which they mean another number; filled by
        `amounts`."""
        self._put_by_key()

    def _put_in_lines(self, placed: list[_Placed]) -> None:
        placed.sort(key=lambda one: one[3] + one[5])
        lines: list[list[_Placed]] = []
        middle, height = -1e9, 0.0
        usual = median([one[5] - one[3] for one in placed]) if placed else 0.0
        across = [one for one in placed if min(one[5] - one[3], one[4] - one[2]) > ACROSS * usual]
        self.across = frozenset(one[0] for one in across)
        """Words that are drawn across others: they are in no line with them."""
        for one in placed:
            if one[0] in self.across:
                continue
            own_middle, own_height = (one[3] + one[5]) / 2, one[5] - one[3]
            lower = own_middle - middle
            is_same = lower < 0.5 * max(height, own_height) and lower < 0.6 * height
            if lines and is_same and not (lower > 0.15 * height and _is_under(one, lines[-1])):
                lines[-1].append(one)
                if own_height > height:  # a raised figure does not say where its line is
                    middle, height = own_middle, own_height
            else:
                lines.append([one])
                middle, height = own_middle, own_height
        if across:
            lines = sorted([*lines, *([one] for one in across)], key=lambda line: line[0][3] + line[0][5])
        unit = -1
        self._unit_sizes: list[int] = []
        for number, line in enumerate(lines):
            line.sort(key=lambda one: one[2])
            right = -1e9
            for order, (index, key, x0, top, x1, bottom) in enumerate(line):
                if x0 - right > UNIT_GAP * (bottom - top) or order == 0:
                    unit += 1
                    self._unit_sizes.append(0)
                self._unit_sizes[unit] += 1
                right = x1
                self.tokens[index] = Token(key, x0, top, x1, bottom, number, order, unit)
            self.lines.append([one[0] for one in line])

    def _turned_otherwise(self) -> list[tuple[PageIndex, list[int]]]:
        """Put the words of each other direction in lines of their own, and give them the texts found there.

        Shapes:  an index for each direction, and the places of its words among `source`
        """
        by_angle: dict[int, list[int]] = defaultdict(list)
        for index in self.tokens:
            if (angle := self.source[index].angle) != self.angle:
                by_angle[angle].append(index)
        turned: list[tuple[PageIndex, list[int]]] = []
        for words in by_angle.values():
            own = PageIndex([self.source[word] for word in words], is_read_by_ocr=self._is_read_by_ocr)
            first = len(self._unit_sizes)
            self._unit_sizes += own._unit_sizes
            for place, token in own.tokens.items():
                self.tokens[words[place]] = self.tokens[words[place]]._replace(unit=first + token.unit)
                self.sideways[words[place]] = token.line, token.order
            turned.append((own, words))
        return turned

    def _put_by_key(self) -> None:
        for index, token in self.tokens.items():
            key = token.key
            self.by_key[key].append(index)
            self.beginnings[key].append(index)
            if key.isalnum():
                continue
            core = core_of(key)
            if core != key:
                self.by_key[core].append(index)
            if key[0] in "([{" or key[-1] in ")]}":
                self.bracketed[without_brackets(core)].append(index)
            begun = without_left(key)
            if begun != key:
                self.beginnings[begun].append(index)

    @cached_property
    def longest(self) -> int:
        """Length of the longest key."""
        return max(map(len, self.beginnings), default=0)

    @cached_property
    def mark(self) -> str | None:
        """What most numbers of this page have before decimals; None where it does not say it."""
        return decimal_mark(token.key for token in self.tokens.values())

    @cached_property
    def is_day_first(self) -> bool | None:
        """Whether dates in figures begin with the day; None where the page does not say it."""
        return day_order(token.key for token in self.tokens.values() if not token.key.isalnum())

    @cached_property
    def is_from_right(self) -> bool:
        """Whether the page is written from the right, as Arabic and Hebrew are."""
        keys = [token.key for token in self.tokens.values() if not token.key.isascii()]
        from_right = sum(unicodedata.bidirectional(key[0]) in {"R", "AL"} for key in keys)
        return from_right > FROM_RIGHT * len(self.tokens)

    @cached_property
    def units_of_measure(self) -> frozenset[str]:
        """Currencies and per cent signs that stand anywhere on the page."""
        text = " ".join(token.key for token in self.tokens.values() if not token.key.isdigit())
        signs = {sign for sign in "$\u20ac\u00a3\u00a5%\u20b9\u2030" if sign in text}
        words = set(text.replace("(", " ").replace(")", " ").replace(",", " ").split())
        return frozenset(signs | words)

    @cached_property
    def amounts(self) -> dict[str, list[tuple[Run, Amount]]]:
        """Numbers by what they may be worth, their sign included."""
        found: dict[str, list[tuple[Run, Amount]]] = defaultdict(list)
        for line in self.lines:
            for place, index in enumerate(line):
                if has_digit(self.tokens[index].key):
                    for run, amount in self._amounts_at(line, place):
                        for value in amount.signed:
                            found[value].append((run, amount))
        return found

    def _amounts_at(self, line: Sequence[int], place: int) -> list[tuple[Run, Amount]]:
        """Read the numbers whose first digits are in a word of a line, with the signs around them."""
        key = self.tokens[line[place]].key
        found: list[tuple[Run, Amount]] = []
        ends = [place]
        if key.lstrip("(-+$\u20ac\u00a3").isdigit() and len(key) <= 5:
            ends += self._group_ends(line, place)
        for end in ends:
            found += self._with_signs(line, place, end)
        return found

    def _group_ends(self, line: Sequence[int], place: int) -> list[int]:
        """Find where a number may end that is printed in groups of three digits."""
        ends: list[int] = []
        for following in range(place + 1, min(place + 5, len(line))):
            before, token = self.tokens[line[following - 1]], self.tokens[line[following]]
            is_near = token.x0 - before.x1 < GROUP_GAP * (token.bottom - token.top)
            if not is_near or not token.key[:3].isdigit() or token.key[3:4].isdigit() or len(token.key) < 3:
                break
            ends.append(following)
            if not token.key.isdigit():
                break
        return ends

    def _with_signs(self, line: Sequence[int], first: int, last: int) -> list[tuple[Run, Amount]]:
        tokens = [self.tokens[index] for index in line]
        key = BREAK.join(token.key for token in tokens[first : last + 1])
        begin, end, is_bound = first, last, False
        while begin > 0 and last - begin < 8:
            near = (tokens[begin].x0 - tokens[begin - 1].x1) / max(tokens[begin].bottom - tokens[begin].top, 0.1)
            before = tokens[begin - 1].key
            is_sign = before in {"(", "-", "+", "(-", "-("} and near < SIGN_GAP and self._is_sign(line[begin - 1])
            is_sign |= not before.strip(BOUNDS) and near < UNIT_GAP
            is_wide_bracket = before in {"(", "($", "(\u20ac", "$("} and near < FAR_SIGN_GAP
            if not (is_sign or is_wide_bracket or (before in _SIGNS_BEFORE and near < FAR_SIGN_GAP)):
                break
            key, begin = before + key, begin - 1
            is_bound = is_bound or is_sign or is_wide_bracket
        while end + 1 < len(tokens):
            near = (tokens[end + 1].x0 - tokens[end].x1) / max(tokens[end].bottom - tokens[end].top, 0.1)
            after = tokens[end + 1].key
            if not ((after in _CLOSING and near < 1.5) or (after in _SIGNS_AFTER and near < 1.5)):
                break
            key, end = key + after, end + 1
            is_bound = is_bound or after in _CLOSING
        found: list[tuple[Run, Amount]] = []
        whole = amount_of(key, self.mark)
        if whole is not None:
            found.append((self.run(line[begin : end + 1]), whole))
            if is_bound:
                self.bound.update(line[first : last + 1])
        if (begin, end) != (first, last) and not (is_bound and whole is not None):
            bare = amount_of(BREAK.join(token.key for token in tokens[first : last + 1]), self.mark)
            if bare is not None and (whole is None or bare.signed != whole.signed):
                found.append((self.run(line[first : last + 1]), bare))
        if not found and first == last:
            stripped = amount_of(core_of(tokens[first].key), self.mark)
            if stripped is not None:
                found.append((self.run((line[first],)), stripped))
        return found

    def _is_sign(self, word: int) -> bool:
        """Say whether a word may be the sign of a number: a long dash stands for nothing."""
        return "\u2014" not in self.source[word].text

    def units_of(self, words: Sequence[int]) -> list[list[int]]:
        """Part words of a line, in their order, into those that stand together: wide gaps part them."""
        units: dict[int, list[int]] = {}
        for word in words:
            units.setdefault(self.tokens[word].unit, []).append(word)
        return list(units.values())

    def unit_size(self, word: int) -> int:
        """Count the words that stand together with one."""
        return self._unit_sizes[self.tokens[word].unit]

    def run(self, words: Sequence[int]) -> Run:
        """Make a run of words, of which there is at least one."""
        if len(words) == 1:
            token = self.tokens[words[0]]
            return Run(tuple(words), token.x0, token.top, token.x1, token.bottom, token.line, token.line)
        tokens = [self.tokens[index] for index in words]
        return Run(
            tuple(words),
            min([token.x0 for token in tokens]),
            min([token.top for token in tokens]),
            max([token.x1 for token in tokens]),
            max([token.bottom for token in tokens]),
            min([token.line for token in tokens]),
            max([token.line for token in tokens]),
        )

    def is_part(self, run: Run) -> bool:
        """Say whether a run is a part of a longer text beside it, or put together in an unusual way."""
        first, last = self.tokens[run.words[0]], self.tokens[run.words[-1]]
        if run.is_loose:
            return True
        if run.words[0] in self.sideways:
            sizes = Counter(self.tokens[word].unit for word in run.words)
            return any(self._unit_sizes[unit] > size for unit, size in sizes.items())
        if self._unit_sizes[first.unit] == len(run.words) and first.unit == last.unit:
            return False
        if first.line == last.line and first.order > last.order:
            first, last = last, first  # written from the right
        before, after = self.lines[first.line][: first.order], self.lines[last.line][last.order + 1 :]
        beside = [(word, first.unit) for word in before[-1:]] + [(word, last.unit) for word in after[:1]]
        return any(self.tokens[word].unit == unit and not self.is_small_mark(word) for word, unit in beside)

    def in_order(self, words: Sequence[int]) -> list[int]:
        """Put words in reading order: those that are turned after the others, each line of theirs by itself."""
        level = [word for word in words if word not in self.sideways]
        level.sort(key=lambda word: (self.tokens[word].line, self.tokens[word].order))
        return level + sorted([word for word in words if word in self.sideways], key=self.sideways.__getitem__)

    def key(self, words: Sequence[int]) -> str:
        """Write words as they are compared."""
        return "".join([self.tokens[word].key for word in words])

    def text(self, words: Sequence[int]) -> str:
        """Write words as they are printed."""
        return " ".join(self.source[index].text for index in words)

    def is_small_mark(self, index: int) -> bool:
        """Say whether a word is a footnote's mark: a sign, or a figure or letter raised above its line."""
        token = self.tokens[index]
        if is_mark(token.key) and not token.key.isdigit():
            return True
        line = self.lines[token.line]
        tallest = max([self.tokens[other].bottom - self.tokens[other].top for other in line])
        return len(token.key) <= 3 and token.bottom - token.top < 0.8 * tallest


_SIGNS_BEFORE = frozenset(
    {"$", "\u20ac", "\u00a3", "\u00a5", "us$", "usd", "eur", "gbp", "chf", "\u20b9", "rm", "($", "-$"}
)
_CLOSING = frozenset({")", ")%", "%)"})
_SIGNS_AFTER = frozenset({"%", "\u20ac", "\u2030", "eur", "usd", "chf", "\u00a3"})


def _is_under(one: _Placed, line: Sequence[_Placed]) -> bool:
    """Say whether a word stands under words of a line, and so in the next: lines of a cell may be set tight."""
    x0, x1 = one[2], one[4]
    return any(min(x1, other[4]) - max(x0, other[2]) > 0.3 * min(x1 - x0, other[4] - other[2]) for other in line)


def _direction(words: Sequence[Word]) -> int:
    """Find in which direction most words are written."""
    angles = Counter(word.angle for word in words)
    return angles.most_common(1)[0][0] if angles else 0


def _turned(word: Word, angle: int) -> tuple[float, float, float, float]:
    """Find a word's box after the page is turned so that `angle` reads upright."""
    match angle:
        case 90:
            return word.top, -word.x1, word.bottom, -word.x0
        case 180:
            return -word.x1, -word.bottom, -word.x0, -word.top
        case 270:
            return -word.bottom, word.x0, -word.top, word.x1
        case _:
            return word.x0, word.top, word.x1, word.bottom
