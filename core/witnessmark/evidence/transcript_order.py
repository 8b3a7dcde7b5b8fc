"""Order of a transcript's lines: which of them the page has in another place.

Columns, tables and blocks of text may be read in any order, as long as what is below something in the same block comes
after it. Only words that both sides have once say where a line is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from witnessmark.evidence.transcript_words import SeenWord, TextWord
from witnessmark.values import BoundingBox, enclosing

MAX_PLACES = 600
"""Lines and cells of a page whose order is checked; a page with more would take too long."""
_LEVEL = 0.4
"""Of a line's height: what begins higher than that above the lower end of another, or has less of its width in
common, is next to it, not below."""
_BLOCK_GAP = 0.6
"""Heights of a line: two lines that are farther apart than that, and than their own neighbours, are of two blocks."""
_WIDER = 1.4
"""Times the white between lines of a block that the white between blocks is at least."""
_BLOCK_LINES = 3
"""Lines that follow one another, from which on they are a block of their own: a note or a list, read elsewhere."""
_OTHER_LINES = 3
"""Lines of a page that has a header or footer apart from them."""
_PIECE = 0.4
"""Share of a line's words from which on they say where it is; fewer are single words that changed places."""
_FIGURES, _LETTERS = 3, 3
"""Figures in a row, or letters of a word, from which on they are a line."""
_UNIQUE_RUN = 2
"""Words in a row that say together where a line is, if each alone is there more than once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """A line of the page, or row of a table, that the transcript has elsewhere."""

    seen: tuple[int, ...]
    """Its words on the page that say so."""
    after: int | None
    """A word of the page's line above; None for the first line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCheck:
    """What the order of a transcript's lines comes to."""

    displaced: tuple[Displaced, ...] = ()
    is_checked: bool = True


@dataclass(slots=True, eq=False)
class _Place:
    """Words of one line of the page, or cell of a table's row, that follow one another in the transcript."""

    said: list[int]
    seen: list[int]
    box: BoundingBox
    at: float = 0.0
    """Where the transcript has it."""


def check_order(said: Sequence[TextWord], seen: Sequence[SeenWord]) -> OrderCheck:
    """Find lines that the page has in another place than the transcript."""
    turned = sum(word.word.angle != 0 for word in seen)
    if turned > len(seen) / 2:
        return OrderCheck(is_checked=False)
    anchors = [(at, other) for at, other in _anchors(said, seen) if seen[other].word.angle == 0]
    if all(one[1] < other[1] for one, other in pairwise(anchors)):
        return OrderCheck()
    places = _places(anchors, seen)
    if not 0 < len(places) <= MAX_PLACES:
        return OrderCheck(is_checked=not places)
    height = max(1.0, median(place.box.bottom - place.box.top for place in places))
    blocks = _Blocks(_boxes_of_lines(seen).values(), height)
    found: dict[tuple[int, int], Displaced] = {}
    moved = _moved(places)
    rest = [place for place in places if place not in moved]
    runs = list(_runs_of(moved, places))
    edges = [run for run in runs if _is_at_edge(run, rest)]
    for run in runs:
        is_header = edges == [run]  # two such are the first and the last line, exchanged
        if not is_header and not _may_be_read_there(run, rest, blocks):
            for place in run:
                line = seen[place.seen[0]].line, round((place.box.top + place.box.bottom) / (2 * height))
                words = (*found[line].seen, *place.seen) if line in found else tuple(place.seen)
                found[line] = Displaced(seen=words, after=_above(place, places))
    telling = [one for one in found.values() if _is_telling([seen[at].key for at in one.seen])]
    return OrderCheck(displaced=tuple(telling))


def _is_telling(keys: Sequence[str]) -> bool:
    """Claim that words are a line: figures of a chart's axis may be read in any order."""
    return len(keys) >= _FIGURES or any(sum(map(str.isalpha, key)) >= _LETTERS for key in keys)


def _anchors(said: Sequence[TextWord], seen: Sequence[SeenWord]) -> list[tuple[int, int]]:
    """Pair words that both sides have once, alone or with the next one of the line, in the transcript's order."""
    found: dict[int, int] = {}
    for size in (_UNIQUE_RUN, 1):
        own = _runs_of_keys([(word.key, word.line) for word in said], size)
        other = _runs_of_keys([(word.key, word.cell) for word in seen], size)
        for key, at in own.items():
            if at is not None and (where := other.get(key)) is not None:
                found |= {at + step: where + step for step in range(size)}
    return sorted(found.items())


def _runs_of_keys(words: Sequence[tuple[str, int]], size: int) -> dict[tuple[str, ...], int | None]:
    """Say where some words in a row are; None if that is more than one place. A lone letter or digit says nothing."""
    found: dict[tuple[str, ...], int | None] = {}
    for at in range(len(words) - size + 1):
        if words[at][1] == words[at + size - 1][1]:
            key = tuple(one for one, _ in words[at : at + size])
            if size > 1 or len(key[0]) > 1:
                found[key] = None if key in found else at
    return found


def _places(anchors: Sequence[tuple[int, int]], seen: Sequence[SeenWord]) -> list[_Place]:
    """Group anchors that are of one line of the page and follow one another in the transcript."""
    groups: list[list[tuple[int, int]]] = []
    for at, other in anchors:
        if groups and seen[groups[-1][-1][1]].cell == seen[other].cell:
            groups[-1].append((at, other))
        else:
            groups.append([(at, other)])
    anchored = Counter(seen[other].cell for _, other in anchors)
    times = Counter(seen[group[0][1]].cell for group in groups)
    groups = [group for group in groups if len(group) > _PIECE * anchored[seen[group[0][1]].cell]]
    boxes = _boxes_of_lines(seen)
    return [
        _Place(
            said=[at for at, _ in group],
            seen=[other for _, other in group],
            # Of a line that the transcript has in pieces, each piece has a place of its own.
            box=boxes[cell] if times[cell] == 1 else enclosing([seen[other].word for _, other in group]),
            at=median(at for at, _ in group),
        )
        for group in groups
        for cell in [seen[group[0][1]].cell]
    ]


def _is_below(one: BoundingBox, other: BoundingBox) -> bool:
    """Claim that a box is below another one, in the same column."""
    height = min(one.bottom - one.top, other.bottom - other.top)
    is_lower = one.top >= other.bottom - _LEVEL * height
    return is_lower and min(one.x1, other.x1) - max(one.x0, other.x0) > _LEVEL * height


def _moved(places: Sequence[_Place]) -> list[_Place]:
    """List the fewest places without which all others follow one another down the page."""
    against: dict[int, set[int]] = defaultdict(set)
    for one in range(len(places)):
        for other in range(one + 1, len(places)):
            if _is_below(places[one].box, places[other].box):
                against[one].add(other)
                against[other].add(one)
    top, bottom = min(place.box.top for place in places), max(place.box.bottom for place in places)
    edge = {at for at, place in enumerate(places) if place.box.top == top or place.box.bottom == bottom}
    moved: list[_Place] = []
    while against:
        worst = max(against, key=lambda at: (len(against[at]), at in edge, -len(places[at].said), at))
        for other in against.pop(worst):
            against[other].discard(worst)
            if not against[other]:
                del against[other]
        moved.append(places[worst])
    return sorted(moved, key=lambda place: place.at)


def _runs_of(moved: Sequence[_Place], places: Sequence[_Place]) -> Iterator[list[_Place]]:
    """Put together places that the transcript has moved together."""
    order = {id(place): at for at, place in enumerate(places)}
    run: list[_Place] = []
    for place in moved:
        if run and (order[id(place)] != order[id(run[-1])] + 1 or _is_below(run[-1].box, place.box)):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _may_be_read_there(run: Sequence[_Place], rest: Sequence[_Place], blocks: _Blocks) -> bool:
    """Claim that a whole block was read between two others, as captions and notes may be."""
    if _height_in_lines(run) < _BLOCK_LINES and not blocks.is_whole([place.box for place in run]):
        return False
    before = max((place for place in rest if place.at < run[0].at), key=lambda place: place.at, default=None)
    after = min((place for place in rest if place.at > run[-1].at), key=lambda place: place.at, default=None)
    return before is None or after is None or not blocks.is_one(before.box, after.box)


def _height_in_lines(run: Sequence[_Place]) -> int:
    return 1 + sum(_is_below(other.box, one.box) for one, other in pairwise(run))


def _is_at_edge(run: Sequence[_Place], rest: Sequence[_Place]) -> bool:
    """Claim that the page's first or last line was read first or last, as headers and footers may be."""
    top, bottom = min(place.box.top for place in run), max(place.box.bottom for place in run)
    if len(rest) < _OTHER_LINES:
        return False
    is_edge = all(place.box.top >= bottom for place in rest) or all(place.box.bottom <= top for place in rest)
    first, last = min(place.at for place in run), max(place.at for place in run)
    return is_edge and (all(place.at > last for place in rest) or all(place.at < first for place in rest))


def _above(place: _Place, places: Sequence[_Place]) -> int | None:
    above = [other for other in places if other is not place and _is_below(place.box, other.box)]
    return max(above, key=lambda other: other.box.bottom).seen[0] if above else None


def _boxes_of_lines(seen: Sequence[SeenWord]) -> dict[int, BoundingBox]:
    words: dict[int, list[SeenWord]] = defaultdict(list)
    for word in seen:
        words[word.cell].append(word)
    return {cell: enclosing([one.word for one in line]) for cell, line in words.items()}


class _Blocks:
    """The lines of a page by blocks: lines below each other with the same white between."""

    def __init__(self, boxes: Iterable[BoundingBox], height: float) -> None:
        self._boxes = sorted(boxes, key=lambda box: (box.top, box.x0))
        self._height = height
        self._below = self._next_lines()
        self._block = self._parted()

    def is_whole(self, boxes: Sequence[BoundingBox]) -> bool:
        """Claim that some lines are all of their blocks."""
        lines = {self._line_of(box) for box in boxes}
        blocks = {self._block[line] for line in lines}
        return all(line in lines for line, block in self._block.items() if block in blocks)

    def is_one(self, one: BoundingBox, other: BoundingBox) -> bool:
        """Claim that two lines are of one block."""
        return self._block[self._line_of(one)] == self._block[self._line_of(other)]

    def _line_of(self, box: BoundingBox) -> int:
        middle, across = (box.top + box.bottom) / 2, (box.x0 + box.x1) / 2
        return min(
            range(len(self._boxes)),
            key=lambda at: (
                abs((self._boxes[at].top + self._boxes[at].bottom) / 2 - middle)
                + max(0.0, self._boxes[at].x0 - across, across - self._boxes[at].x1)
            ),
        )

    def _next_lines(self) -> Mapping[int, int]:
        """Find for each line the one below it."""
        found: dict[int, int] = {}
        for at, box in enumerate(self._boxes):
            below = next((n for n in range(at + 1, len(self._boxes)) if _is_below(self._boxes[n], box)), None)
            if below is not None:
                found[at] = below
        return found

    def _parted(self) -> Mapping[int, int]:
        """Number the blocks."""
        white = {at: self._boxes[below].top - self._boxes[at].bottom for at, below in self._below.items()}
        above: dict[int, float] = {}
        for at, below in self._below.items():
            above[below] = min(above.get(below, white[at]), white[at])
        block = {at: at for at in range(len(self._boxes))}

        def root(at: int) -> int:
            while block[at] != at:
                at = block[at]
            return at

        for at, below in self._below.items():
            around = [gap for gap in (above.get(at), white.get(below)) if gap is not None]
            usual = min(around, default=0.0)
            if white[at] <= max(_BLOCK_GAP * self._height, _WIDER * usual):
                block[root(below)] = root(at)
        return {at: root(at) for at in block}
