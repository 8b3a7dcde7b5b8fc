"""Words into lines, lines into segments: the text of one line that stands together."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from witnessmark.offline.tables.tokens import is_leader
from witnessmark.values import Word

CURRENCY = frozenset({"$", "€", "£", "¥", "US$", "EUR", "USD", "GBP", "CHF", "Rs.", "R$", "C$", "A$"})


@dataclass(frozen=True, slots=True)
class Segment:
    """Neighbouring words of one line with no more than a word space between them."""

    words: tuple[Word, ...]
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    leads: bool = False
    """Whether a row of dots leads on from it."""

    @property
    def text(self) -> str:
        return " ".join([word.text for word in self.words])

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def is_bold(self) -> bool:
        return all(word.is_bold for word in self.words)


@dataclass(frozen=True, slots=True)
class Line:
    """Segments on one base line, left to right."""

    segments: tuple[Segment, ...]
    x0: float
    top: float
    x1: float
    bottom: float
    size: float

    @property
    def first(self) -> Segment:
        return self.segments[0]

    @property
    def words(self) -> list[Word]:
        return [word for segment in self.segments for word in segment.words]

    @property
    def text(self) -> str:
        return " ".join([segment.text for segment in self.segments])

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def is_bold(self) -> bool:
        return all(segment.is_bold for segment in self.segments)


def size_of(word: Word) -> float:
    """Say how large a word is set, from its box when the font does not tell."""
    height = word.bottom - word.top
    return min(word.size, height * 1.3) if word.size > 0 else height * 0.85


def base_lines(words: Iterable[Word]) -> list[list[Word]]:
    """Group words by their base line over the whole width, top to bottom, each line left to right.

    A smaller word that overlaps a line by 40 % of its own height belongs to it: a footnote mark or an index.
    """
    open_lines: list[_OpenLine] = []
    closed: list[_OpenLine] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom, word.x0)):
        middle, size = (word.top + word.bottom) / 2, size_of(word)
        best: _OpenLine | None = None
        distance = 0.0
        for line in open_lines:
            off = abs(middle - line.middle)
            limit = 0.32 * min(size, line.size) if 0.75 < size / line.size < 1.34 else 0.45 * max(size, line.size)
            if off <= limit and (best is None or off < distance):
                best, distance = line, off
        if best is None:
            open_lines.append(_OpenLine([word], middle, size))
        else:
            best.take(word, middle, size)
        if len(open_lines) > 12:
            closed.append(open_lines.pop(0))
    lines = [*closed, *open_lines]
    for line in lines:
        line.words.sort(key=lambda word: word.x0)
    lines.sort(key=lambda line: line.middle)
    return [line.words for line in lines]


class _OpenLine:
    __slots__ = ("middle", "size", "words")

    def __init__(self, words: list[Word], middle: float, size: float) -> None:
        self.words, self.middle, self.size = words, middle, size

    def take(self, word: Word, middle: float, size: float) -> None:
        self.words.append(word)
        # a line is where its ordinary letters are, not where a raised mark that came first is
        if size > self.size * 1.2:
            self.middle, self.size = middle, size


def word_space(lines: Sequence[Sequence[Word]]) -> float:
    """Measure the usual space between words, in font sizes; 0.28 when there is too little text to tell."""
    gaps = [
        (right.x0 - left.x1) / size_of(left)
        for line in lines[:400]
        for left, right in itertools.pairwise(line)
        if 0.05 < (right.x0 - left.x1) / max(size_of(left), 0.1) < 0.8
    ]
    return min(0.65, median(gaps)) if len(gaps) >= 12 else 0.28


def typewriter_space(words: Sequence[Word]) -> float:
    """Measure the space between words where all letters are equally wide, in font sizes; 0 where they are not."""
    widths = [(word.x1 - word.x0) / len(word.text) for word in words if len(word.text) > 2]
    if len(widths) < 2:
        return 0.0
    widths.sort()
    usual, size = widths[len(widths) // 2], size_of(words[0])
    return usual / size if widths[-1] - widths[0] < 0.02 * size and usual > 0.55 * size else 0.0


def segment(words: Sequence[Word], gap: float, *, has_tables: bool = True) -> list[Segment]:
    """Cut a line wherever the space is wider than `gap` font sizes.

    Rows of dots that lead to a figure are white space: they end a segment and belong to none. A typewriter's space is
    as wide as a letter. Without tables a currency that ends a line of one column keeps no figure of the next.
    """
    gap = max(gap, 1.5 * typewriter_space(words))
    segments: list[Segment] = []
    run: list[Word] = []
    end = 0.0
    for before, word, after in zip((None, *words), words, (*words[1:], None), strict=False):
        if _is_dotted(before, word, after):
            if run:
                segments.append(segment_of(run, leads=True))
            run = []
            continue
        is_wide = bool(run) and word.x0 - end > gap * max(size_of(word), size_of(run[-1]))
        if is_wide and not (is_price(run[-1], word) and (has_tables or len(run) == 1)):
            segments.append(segment_of(run))
            run = []
        end = max(end, word.x1) if run else word.x1
        run.append(word)
    if run:
        segments.append(segment_of(run))
    return segments


def _is_dotted(before: Word | None, word: Word, after: Word | None) -> bool:
    """Claim that a word belongs to a row of dots, set close or apart."""
    if word.text == ".":
        return (before is not None and before.text == ".") or (after is not None and after.text == ".")
    return is_leader(word.text)


def is_price(sign: Word, word: Word) -> bool:
    """Claim that a currency sign set at the left side of its column belongs to the figure at the right side."""
    return (
        sign.text in CURRENCY
        and word.text[:1] in "0123456789(.-–−—"
        and word.x0 - sign.x1 < 14 * max(size_of(word), 1.0)
    )


def segment_of(words: Sequence[Word], *, leads: bool = False) -> Segment:
    """Put words that stand together into one segment."""
    return Segment(
        tuple(words),
        min(word.x0 for word in words),
        min(word.top for word in words),
        max(word.x1 for word in words),
        max(word.bottom for word in words),
        max(size_of(word) for word in words),
        leads,
    )


def set_alike(one: Segment, other: Segment) -> bool:
    """Claim that two segments begin, end or have their middle at one place."""
    ends = (abs(one.x0 - other.x0), abs(one.x1 - other.x1), abs(one.x0 + one.x1 - other.x0 - other.x1) / 2)
    return min(ends) < 0.6 * one.size


def line_of(segments: Sequence[Segment]) -> Line:
    """Put segments of one base line into a line."""
    ordered = tuple(sorted(segments, key=lambda segment: segment.x0))
    size = ordered[0].size if len(ordered) == 1 else median(segment.size for segment in ordered)
    return Line(
        ordered,
        ordered[0].x0,
        min(segment.top for segment in ordered),
        max(segment.x1 for segment in ordered),
        max(segment.bottom for segment in ordered),
        size,
    )


def lines_from_segments(segments: Iterable[Segment]) -> list[Line]:
    """Put segments that share a base line into lines, top to bottom."""
    lines: list[list[Segment]] = []
    middles: list[float] = []
    for item in sorted(segments, key=lambda item: (item.middle, item.x0)):
        best = -1
        for index in range(len(lines) - 1, max(-1, len(lines) - 6), -1):
            first = lines[index][0]
            if abs(item.middle - middles[index]) <= 0.35 * min(item.size, first.size) or (
                not 0.75 < item.size / first.size < 1.34
                and abs(item.middle - middles[index]) <= 0.45 * max(item.size, first.size)
            ):
                best = index
                break
        if best < 0:
            lines.append([item])
            middles.append(item.middle)
        else:
            lines[best].append(item)
    return [line_of(line) for line in lines]


def text_of(words: Sequence[Word]) -> str:
    """Read words line by line, left to right, joined by spaces; turned words are read the way they are turned."""
    if len(words) == 1:
        return words[0].text
    upright = [word for word in words if word.angle == 0]
    parts = [" ".join([word.text for word in line]) for line in base_lines(upright)]
    for angle in (270, 90, 180):
        turned = [word for word in words if word.angle == angle]
        if turned:
            parts.append(_turned_text(turned, angle))
    return " ".join(parts)


def _turned_text(words: Sequence[Word], angle: int) -> str:
    return " ".join(
        " ".join(word.text for word in line) for line in base_lines([turned(word, angle) for word in words])
    )


def turned(word: Word, angle: int) -> Word:
    """Turn a word so that text read at `angle` (clockwise) becomes upright; distances stay, the origin does not."""
    x0, top, x1, bottom = turned_box(word.x0, word.top, word.x1, word.bottom, angle)
    return Word(word.text, x0, top, x1, bottom, word.size, word.is_bold, (word.angle - angle) % 360)


def turned_box(x0: float, top: float, x1: float, bottom: float, angle: int) -> tuple[float, float, float, float]:
    """Turn a rectangle about the origin, anticlockwise by `angle`."""
    if angle == 90:  # text runs downwards: down becomes right, left becomes down
        return top, -x1, bottom, -x0
    if angle == 270:  # text runs upwards: up becomes right, right becomes down
        return -bottom, x0, -top, x1
    if angle == 180:
        return -x1, -bottom, -x0, -top
    return x0, top, x1, bottom
