"""Which lines are one row: cells whose text wraps, labels over several lines, figures set half a line lower."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.offline.tables.lines import size_of, text_of
from witnessmark.offline.tables.tokens import is_marker, is_value, letters, without_leaders
from witnessmark.values import Word

_OPEN_ENDS = (
    ",",
    "-",
    "–",
    "/",
    "(",
    "&",
    " and",
    " or",
    " of",
    " the",
    " for",
    " in",
    " to",
    " by",
    " with",
    " on",
    " from",
    " at",
    " per",
    " than",
)


@dataclass(frozen=True, slots=True)
class DealtLine:
    """The words of one line, dealt out to columns.

    Shapes:  `cells` maps a column to its words, left to right
    """

    cells: dict[int, tuple[Word, ...]]
    top: float
    bottom: float
    size: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def dealt_line(cells: dict[int, tuple[Word, ...]]) -> DealtLine:
    """Measure a line from its words."""
    words = [word for cell in cells.values() for word in cell]
    size = max(size_of(word) for word in words)
    large = [word for word in words if size_of(word) > 0.8 * size]
    return DealtLine(cells, min(word.top for word in large), max(word.bottom for word in large), size)


def value_columns(lines: Sequence[DealtLine], count: int) -> frozenset[int]:
    """Find the columns of figures: more than half of what stands there is a value."""
    found: set[int] = set()
    for column in range(count):
        texts = [cell_text(line.cells[column]) for line in lines if column in line.cells]
        if texts and sum(map(is_value, texts)) > 0.5 * len(texts):
            found.add(column)
    return frozenset(found)


def cell_text(words: Sequence[Word]) -> str:
    """Read the words of a cell, without the dots that lead to the next."""
    return without_leaders(text_of(words))


def group_rows(
    lines: Sequence[DealtLine],
    *,
    count: int,
    rules: Sequence[float] = (),
    space: float = 0.28,
) -> list[list[int]]:
    """Say which lines make up each row, top to bottom.

    Rules between rows settle it where they stand between most rows; else wider spacing between rows does, where it is
    plainly of two kinds; else each pair of lines is judged by what wraps.

    Units:   `rules` are the y of lines across the table; `space` is a word space in font sizes
    """
    if not lines:
        return []
    values = value_columns(lines, count)
    ruled = _is_banded(lines, rules, values)
    loose = None if ruled else _row_gap(lines, values)
    context = _Context(lines, values, _right_edges(lines, count), space, rules, loose, ruled)
    groups: list[list[int]] = [[0]]
    for index in range(1, len(lines)):
        if context.joins(groups[-1], index):
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _is_banded(lines: Sequence[DealtLine], rules: Sequence[float], values: frozenset[int]) -> bool:
    """Claim that rules stand between the rows, so that a band between two rules is a row."""
    if len(rules) < 2:
        return False
    bands: dict[int, list[DealtLine]] = {}
    for line in lines:
        bands.setdefault(sum(1 for y in rules if y < line.middle), []).append(line)
    if len(bands) < 2 or len(lines) > 5 * len(bands):
        return False
    several = sum(1 for band in bands.values() if _is_several(band, values))
    return several <= 0.15 * len(bands)


def _is_several(band: Sequence[DealtLine], values: frozenset[int]) -> bool:
    """Claim that a band holds several rows: a column of figures has one on several of its lines."""
    data = [line for line in band if any(column in values for column in line.cells)]
    if len(data) < 2:
        return False
    repeated = [column for column in values if sum(column in line.cells for line in data) > 1]
    return bool(repeated) and sum(len(line.cells) > 1 for line in data) > 1


def _row_gap(lines: Sequence[DealtLine], values: frozenset[int]) -> float | None:
    """Find the pitch that parts rows from wrapped lines; None where spacing does not tell.

    Units:  font sizes from middle to middle
    """
    pitches = [
        (below.middle - above.middle) / max(above.size, below.size) for above, below in itertools.pairwise(lines)
    ]
    if len(pitches) < 3:
        return None
    ordered = sorted(pitches)
    best, cut = 1.16, None
    for low, high in itertools.pairwise(ordered):
        if low <= 1.5 and low > 0.3 and high / low > best:
            best, cut = high / low, (low + high) / 2
    if cut is None:
        return None
    loose = sum(pitch > cut for pitch in pitches)
    if loose < max(2, 0.2 * len(pitches)) or loose == len(pitches):
        return None
    # blocks of rows set apart from each other are no wrapped cells: figures stand on every line of them
    wrong = sum(
        1
        for above, below, pitch in zip(lines, lines[1:], pitches, strict=False)
        if pitch <= cut and _both_hold_values(above, below, values)
    )
    clashes = sum(
        1
        for above, below, pitch in zip(lines, lines[1:], pitches, strict=False)
        if pitch <= cut and pitch > 0.75 and len(above.cells) > 1 and len(below.cells) > 1 and not values
    )
    tight = len(pitches) - loose
    return cut if wrong <= 0.1 * tight and (clashes <= 0.9 * tight or best > 1.3) else None


def _both_hold_values(above: DealtLine, below: DealtLine, values: frozenset[int]) -> bool:
    return any(column in above.cells and column in below.cells for column in values)


def _right_edges(lines: Sequence[DealtLine], count: int) -> list[float]:
    edges = [-1e9] * count
    for line in lines:
        for column, words in line.cells.items():
            edges[column] = max(edges[column], words[-1].x1)
    return edges


class _Context:
    """What the judgement of one pair of lines needs to know of the whole table."""

    def __init__(
        self,
        lines: Sequence[DealtLine],
        values: frozenset[int],
        right: list[float],
        space: float,
        rules: Sequence[float],
        loose: float | None,
        ruled: bool,
    ) -> None:
        self.lines, self.values, self.right, self.space = lines, values, right, space
        self.rules, self.loose, self.ruled = rules, loose, ruled

    def joins(self, group: list[int], index: int) -> bool:
        above, below = self.lines[index - 1], self.lines[index]
        if any(above.middle < y < below.middle and y > above.bottom - 0.45 * above.size for y in self.rules):
            return False
        row = self._merged(group)
        size = max(above.size, below.size)
        pitch = (below.middle - above.middle) / size
        clash = any(column in row and column in below.cells for column in self.values)
        if self.ruled:
            return True
        if clash:
            return False
        if pitch < 0.75:  # figures set between the two lines of their label
            return True
        if self.loose is not None:
            if pitch > self.loose:
                return False
            return not self._is_section(group, index)
        if pitch > 1.9:
            return False
        if not any(column in self.values for column in below.cells):
            return self._continues(row, index, pitch)
        # the figures come with the last line of a label that began above
        if any(column in self.values for column in row):
            return False
        return self._label_goes_on(row, below)

    def _merged(self, group: list[int]) -> dict[int, tuple[Word, ...]]:
        row: dict[int, tuple[Word, ...]] = {}
        for index in group:
            row.update(self.lines[index].cells)
        return row

    def _is_section(self, group: list[int], index: int) -> bool:
        """Claim that a line begins a section or heads one, however tightly it stands: by bold type or less indent."""
        row, below = self._merged(group), self.lines[index]
        if 0 not in row or 0 not in below.cells:
            return False
        head, label = row[0], below.cells[0]
        bold, other = (all(word.is_bold for word in cell) for cell in (head, label))
        if len(row) == 1 and bold and not other:
            return True
        first = self.lines[group[0]].cells.get(0, head)[0]
        size = size_of(label[0])
        return list(below.cells) == [0] and (
            (other and not bold) or (label[0].x0 < first.x0 - 0.4 * size and not label[0].text[:1].islower())
        )

    def _continues(self, row: dict[int, tuple[Word, ...]], index: int, pitch: float) -> bool:
        """Claim that a line without figures goes on with the row above."""
        below = self.lines[index]
        if 0 not in below.cells:
            return pitch < 1.6 and all(column in row or column == min(below.cells) for column in below.cells)
        if 0 not in row:
            return False
        if list(below.cells) == [0]:
            return not self._heads_what_follows(row, index) and self._wraps(row, below, 0)
        # text columns beside a label: every cell of the line must be the rest of the one above
        return all(column in row and self._wraps(row, below, column) for column in below.cells)

    def _heads_what_follows(self, row: dict[int, tuple[Word, ...]], index: int) -> bool:
        """Claim that a label stands over lines that are set in from it."""
        label = self.lines[index].cells[0][0]
        if index + 1 >= len(self.lines) or len(row) < 2 or label.text[:1].islower():
            return False
        after = self.lines[index + 1].cells.get(0)
        size = size_of(label)
        return after is not None and label.x0 < row[0][0].x0 + 0.3 * size and after[0].x0 > label.x0 + 0.5 * size

    def _label_goes_on(self, row: dict[int, tuple[Word, ...]], below: DealtLine) -> bool:
        if list(row) != [0] or 0 not in below.cells:
            return False
        upper, lower = row[0][0], below.cells[0][0]
        if lower.x0 > upper.x0 + 0.5 * size_of(lower) and not lower.text[:1].islower():
            return False
        return self._wraps(row, below, 0)

    def _wraps(self, row: dict[int, tuple[Word, ...]], below: DealtLine, column: int) -> bool:
        """Claim that a cell's text was broken only because its next word did not fit."""
        upper, lower = row[column], below.cells[column]
        last = [word for word in upper if word.top > upper[-1].top - 0.5 * size_of(upper[-1])]
        if all(word.is_bold for word in upper) != all(word.is_bold for word in lower):
            return False
        first = lower[0]
        size = size_of(first)
        ending, beginning = upper[-1].text, cell_text(lower)
        if is_marker(first.text) and len(lower) > 1 and not beginning[:1].islower():
            return False
        if ending.endswith((":", ";")) or first.x0 < last[0].x0 - 0.6 * size:
            return False
        if is_value(cell_text(upper)) and letters(cell_text(upper)) == 0:
            return False
        fits = upper[-1].x1 + self.space * size + (first.x1 - first.x0) <= self.right[column] + 0.05 * size
        if not fits:
            return True
        return beginning[:1].islower() or f" {ending}".endswith(_OPEN_ENDS) or (beginning[:1] == "(" and len(lower) < 4)
