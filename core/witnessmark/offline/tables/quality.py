"""How much a grid looks like a table, from the page alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.offline.tables.tokens import is_marker, is_value, letters
from witnessmark.offline.tables.values import Confidence
from witnessmark.values import BoundingBox

ACCEPTED = 2.0
"""The quality from which a grid without lines in both directions is a table; set on drawn pages."""

_EQUATION = re.compile(r"\(\d+(?:\.\d+)*[a-z]?\)")
_FIGURE = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of a grid beyond its texts.

    Units:  `rules` counts lines across the table; `leaders` is the share of rows with dots that lead to a figure
    """

    rules: int = 0
    has_caption: bool = False
    has_marked_header: bool = False
    stripes: int = 0
    leaders: float = 0.0
    alignment: float = 1.0
    worst_alignment: float = 1.0
    """Of the column of figures that keeps to a side least."""
    touches_picture: bool = False
    is_figure: bool = False
    """Whether a caption above says that it is a figure or a chart."""


def quality(texts: Sequence[Sequence[str]], header_rows: int, traits: Traits) -> float:
    """Weigh what speaks for a table (figures in columns, rules, caption, full rows) or against (prose, lists, axes)."""
    body = [row for row in texts[header_rows:] if any(row)] or [row for row in texts if any(row)]
    if len(texts) < 2 or len(texts[0]) < 2 or not body:
        return 0.0
    columns = len(texts[0])
    data = [row for row in body if sum(map(bool, row)) > 1]
    if not data:
        return 0.0
    later = [cell for row in data for cell in row[1:] if cell]
    cells = [cell for row in data for cell in row if cell]
    values = sum(map(is_value, later)) / max(1, len(later))
    fill = len(cells) / (len(data) * columns)
    long = sum(len(cell) > 45 for cell in cells) / len(cells)
    score = 2.0 * values + 0.55 * min(traits.rules, 3) + 1.0 * traits.has_caption + 0.5 * traits.has_marked_header
    score += 0.25 * min(columns - 1, 5) + 0.1 * min(len(data), 8) + 1.0 * (fill - 0.5)
    score += 0.25 * min(traits.stripes, 4)
    score -= 2.0 * long if traits.rules < 3 else 0.5 * long
    if len(data) < 2:
        score -= 0.8
    score -= 0.6 * max(0.0, 1 - traits.alignment) * 2
    score -= _against(body, data, columns, values, traits)
    return score


def stands_at(box: BoundingBox, captions: Sequence[BoundingBox]) -> bool:
    """Claim that one of the captions stands just above or just below a box."""
    return any(
        caption.x0 < box.x1
        and caption.x1 > box.x0
        and min(abs(caption.top - box.bottom), abs(box.top - caption.bottom)) < 2.2 * caption.height
        for caption in captions
    )


def _against(
    body: Sequence[Sequence[str]], data: Sequence[Sequence[str]], columns: int, values: float, traits: Traits
) -> float:
    penalty = 0.0
    first = [row[0] for row in data if row[0]]
    markers = sum(map(is_marker, first)) / max(1, len(first))
    if markers > 0.6 and columns == 2 and values < 0.5:
        penalty += 3.0  # a list: bullets and their texts
    if (traits.leaders > 0.4 or (columns == 2 and traits.rules < 2)) and _is_contents(data, traits):
        penalty += 5.0
    pairs = sum(row[0].rstrip().endswith(":") for row in data if row[0]) / max(1, len(data))
    if columns == 2 and pairs > 0.5 and traits.rules < 3:
        penalty += 2.0  # a letterhead or a form
    if _is_axes(body, columns):
        penalty += 3.0
    elif _is_scale(body, columns):
        penalty += 4.0
    if columns == 2 and sum(_EQUATION.fullmatch(row[1]) is not None for row in data) > 0.7 * len(data):
        penalty += 3.0  # equations and their numbers
    if values < 0.15 and traits.rules < 2 and not traits.has_caption:
        penalty += 0.5 + (0.8 if columns == 2 else 0.0)
    sparse = sum(map(bool, (cell for row in body for cell in row))) / (len(body) * columns)
    if sparse < 0.4:
        penalty += 1.0 if sparse > 0.3 else 1.8
    words = [cell for row in data for cell in row if letters(cell) > 0]
    if (
        columns <= 3
        and words
        and sum(cell.endswith((",", "-")) or cell[:1].islower() for cell in words) > 0.5 * len(words)
    ):
        penalty += 1.0  # sentences that run on from line to line
    if traits.worst_alignment < 0.45:
        penalty += 2.0  # figures at the ends of bars
    if traits.touches_picture:
        penalty += 1.0
    if traits.is_figure:
        penalty += 2.0
    return penalty


def _is_contents(data: Sequence[Sequence[str]], traits: Traits) -> bool:
    """Claim that rows lead from headings to page numbers that never go down."""
    pages = [row[-1] for row in data if row[-1]]
    plain = [int(page) for page in pages if page.isdigit() and len(page) < 5]
    if len(plain) < 0.7 * len(pages) or len(plain) < 3:
        return False
    rising = sum(a <= b for a, b in itertools.pairwise(plain))
    if rising < 0.9 * (len(plain) - 1):
        return False
    return traits.leaders > 0.4 or (
        plain[0] != plain[-1] and sum(letters(row[0]) > 3 for row in data) > 0.7 * len(data) and max(plain) < 1500
    )


def _is_axes(body: Sequence[Sequence[str]], columns: int) -> bool:
    """Claim that outer columns are the marks of a chart's axes: figures in equal steps with little between them."""
    for column in {0, columns - 1}:
        marks = [(index, row[column]) for index, row in enumerate(body) if row[column]]
        figures = [_plain_figure(cell) for _, cell in marks]
        held = [figure for figure in figures if figure is not None]
        if len(held) < 4 or len(held) < 0.8 * len(figures):
            continue
        steps = [round(b - a, 6) for a, b in itertools.pairwise(held)]
        usual = max(set(steps), key=steps.count)
        if usual == 0 or steps.count(usual) < 0.8 * len(steps):
            continue
        others = [cell for index, _ in marks for c, cell in enumerate(body[index]) if c != column]
        fill = sum(map(bool, others)) / max(1, len(others))
        if fill < (0.35 if usual == 1 and column == 0 else 0.6) or (columns == 2 and _all_stepped(others)):
            return True
    return False


def _is_scale(body: Sequence[Sequence[str]], columns: int) -> bool:
    """Claim that a chart's axis runs down a column, in equal steps downwards, or along the last row."""
    filled = sum(map(bool, (cell for row in body for cell in row))) / (len(body) * columns)
    if filled > 0.8:
        return False
    for column in range(columns):
        figures = [_plain_figure(row[column]) for row in body if row[column]]
        held = [figure for figure in figures if figure is not None]
        if len(held) > 3 and len(held) >= 0.7 * len(figures):
            steps = [round(b - a, 6) for a, b in itertools.pairwise(held)]
            usual = max(set(steps), key=steps.count)
            if usual < 0 and usual != -1 and steps.count(usual) >= 0.8 * len(steps):
                return True
    last = [_plain_figure(figure) for figure in " ".join(body[-1]).split()]
    held = [figure for figure in last if figure is not None]
    if len(held) < 5 or len(held) < len(last) or any(1900 < figure < 2100 for figure in held):
        return False
    above = [cell for row in body[:-1] for cell in row]
    return len({round(b - a, 6) for a, b in itertools.pairwise(held)}) == 1 and sum(map(bool, above)) < 0.6 * len(above)


def _all_stepped(cells: Sequence[str]) -> bool:
    figures = [_plain_figure(cell) for cell in cells if cell]
    held = [figure for figure in figures if figure is not None]
    if len(held) < 3 or len(held) < len(figures):
        return False
    return len({round(b - a, 6) for a, b in itertools.pairwise(held)}) == 1


def _plain_figure(cell: str) -> float | None:
    text = cell.strip("$€£%() ").replace(",", "").replace(" ", "").replace("–", "-").replace("−", "-")
    return float(text) if _FIGURE.fullmatch(text) else None


def confidence_of(score: float, *, is_ruled: bool) -> Confidence:
    """Say in a word how sure the engine is."""
    if is_ruled:
        score += 0.8
    return "high" if score >= 3.6 else "medium" if score >= 2.6 else "low"
