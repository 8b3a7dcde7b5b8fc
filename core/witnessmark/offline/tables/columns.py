"""Columns from white space: the gutters that run down through many lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from witnessmark.offline.tables.lines import is_price, size_of
from witnessmark.offline.tables.tokens import is_leader
from witnessmark.values import Word

_GROUP = re.compile(r"[(\-–−]?\d{1,3}")
_THREE = re.compile(r"\d{3}(?!\d)")
_AFTER = re.compile(r"(?:%|\)|\)%|%\)|‰|\*+|[†‡§]|\([a-z\d*]\))")


class Gutter(NamedTuple):
    """White space between two columns: its sides, and how many lines have text on both."""

    start: float
    end: float
    support: int

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    @property
    def width(self) -> float:
        return self.end - self.start


class Token(NamedTuple):
    """Words that no column may part: `$ 1,234`, `15 455`, `12 %`."""

    x0: float
    x1: float
    words: tuple[Word, ...]


def tokens_of(words: Sequence[Word]) -> list[Token]:
    """Join what belongs together in one line whatever the space between."""
    tokens: list[Token] = []
    for word in words:
        if is_leader(word.text):
            continue
        if tokens and _belongs(tokens[-1].words[-1], word):
            last = tokens[-1]
            tokens[-1] = Token(last.x0, max(last.x1, word.x1), (*last.words, word))
        else:
            tokens.append(Token(word.x0, word.x1, (word,)))
    return tokens


def _belongs(left: Word, right: Word) -> bool:
    gap = (right.x0 - left.x1) / max(size_of(left), 1.0)
    if gap < 0.12:
        return True
    if is_price(left, right):
        return True
    if gap < 0.9 and _AFTER.fullmatch(right.text) and left.text[-1:].isdigit():
        return True
    return gap < 0.42 and _GROUP.fullmatch(left.text) is not None and _THREE.match(right.text) is not None


def gutters(
    lines: Sequence[Sequence[Token]],
    *,
    size: float,
    space: float,
    tolerance: float = 0.06,
    fewest: int = 2,
    heads: Sequence[Token] = (),
) -> list[Gutter]:
    """Find the white strips that (almost) no line covers.

    A strip may be narrow when many lines leave it free; a word space repeated over three lines by chance is no column.

    Units:   points; `space` in font sizes; `tolerance` is the share of lines that may cover a gutter
    Shapes:  `heads` are the headers' tokens: a column with a header needs one line less
    """
    lines = [line for line in lines if line]
    if len(lines) < 1:
        return []
    allowed = int(tolerance * len(lines))
    narrowest = max(0.8 - 0.055 * min(len(lines), 8), 1.35 * space) * size
    events: list[tuple[float, int]] = []
    for line in lines:
        end = -1e9
        start = 0.0
        for token in line:
            if token.x0 > end:
                if end > -1e9:
                    events += [(start, 1), (end, -1)]
                start, end = token.x0, token.x1
            else:
                end = max(end, token.x1)
        events += [(start, 1), (end, -1)]
    events.sort()
    found: list[Gutter] = []
    cover, free = 0, None
    for at, change in events:
        before = cover
        cover += change
        if before > allowed >= cover:
            free = at
        elif before <= allowed < cover and free is not None:
            if at - free >= narrowest:
                found.append(Gutter(free, at, 0))
            free = None
    return _supported(found, lines, heads, fewest)


def _supported(
    found: list[Gutter], lines: Sequence[Sequence[Token]], heads: Sequence[Token], fewest: int
) -> list[Gutter]:
    """Drop gutters whose column hardly a line fills: its text belongs to the neighbour it stands nearer to."""
    need = min(fewest, len(lines))
    while found:
        middles = [gutter.middle for gutter in found]
        filled = [0] * (len(found) + 1)
        both = [0] * len(found)
        for line in lines:
            columns = {sum(1 for middle in middles if (token.x0 + token.x1) / 2 > middle) for token in line}
            for column in columns:
                filled[column] += 1
            for index in range(len(found)):
                if index in columns and index + 1 in columns:
                    both[index] += 1
        edges = [-1e9, *middles, 1e9]
        for column in range(len(filled)):
            if any(edges[column] < token.x0 and token.x1 < edges[column + 1] for token in heads):
                filled[column] += 1
        weak = min(range(len(filled)), key=lambda column: filled[column])
        if filled[weak] >= need:
            return [Gutter(gutter.start, gutter.end, count) for gutter, count in zip(found, both, strict=True)]
        if weak == 0:
            drop = 0
        elif weak == len(found):
            drop = len(found) - 1
        else:
            drop = weak - 1 if found[weak - 1].width <= found[weak].width else weak
        found = found[:drop] + found[drop + 1 :]
    return []


def column_at(x: float, separators: Sequence[float]) -> int:
    """Say which column a place belongs to."""
    column = 0
    for separator in separators:
        if x > separator:
            column += 1
    return column
