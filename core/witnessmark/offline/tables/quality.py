"""How much a grid looks like a table, from the page alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.offline.tables.tokens import is_marker, is_number, is_value, letters
from witnessmark.offline.tables.values import Confidence

ACCEPTED = 2.0
"""The quality from which a grid without lines in both directions is a table; set on drawn pages."""

_FIGURE = re.compile(r"-?\d+(?:[.,]\d+)*")


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
    touches_picture: bool = False


def quality(texts: Sequence[Sequence[str]], header_rows: int, traits: Traits) -> float:
    """Weigh what speaks for a table: figures in columns, lines, a caption, filled rows; and against: prose, lists, axes."""
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


def _against(
    body: Sequence[Sequence[str]], data: Sequence[Sequence[str]], columns: int, values: float, traits: Traits
) -> float:
    penalty = 0.0
    first = [row[0] for row in data if row[0]]
    markers = sum(map(is_marker, first)) / max(1, len(first))
    if markers > 0.6 and columns == 2 and values < 0.5:
        penalty += 3.0  # a list: bullets and their texts
    if columns == 2 and traits.rules < 2 and _is_contents(data, traits):
        penalty += 3.0
    pairs = sum(row[0].rstrip().endswith(":") for row in data if row[0]) / max(1, len(data))
    if columns == 2 and pairs > 0.5 and traits.rules < 3:
        penalty += 2.0  # a letterhead or a form
    if _is_axes(data, columns):
        penalty += 3.0
    if values < 0.15 and traits.rules < 2 and not traits.has_caption:
        penalty += 0.5 + (0.8 if columns == 2 else 0.0)
    sparse = sum(map(bool, (cell for row in body for cell in row))) / (len(body) * columns)
    if sparse < 0.3:
        penalty += 1.0
    words = [cell for row in data for cell in row if letters(cell) > 0]
    if columns <= 3 and words and sum(cell.endswith((",", "-")) or cell[:1].islower() for cell in words) > 0.5 * len(words):
        penalty += 1.0  # sentences that run on from line to line
    if traits.touches_picture:
        penalty += 1.0
    return penalty


def _is_contents(data: Sequence[Sequence[str]], traits: Traits) -> bool:
    """Claim that rows lead from headings to page numbers that never go down."""
    pages = [row[-1] for row in data if row[-1]]
    plain = [int(page) for page in pages if page.isdigit() and len(page) < 5]
    if len(plain) < 0.7 * len(pages) or len(plain) < 3:
        return False
    rising = sum(a <= b for a, b in zip(plain, plain[1:], strict=False))
    if rising < 0.9 * (len(plain) - 1) or plain[0] == plain[-1]:
        return False
    return traits.leaders > 0.4 or (sum(letters(row[0]) > 3 for row in data) > 0.7 * len(data) and max(plain) < 1500)


def _is_axes(data: Sequence[Sequence[str]], columns: int) -> bool:
    """Claim that the columns are the marks of a chart's axes: figures in equal steps and nothing else."""
    if columns > 3:
        return False
    stepped = 0
    for column in range(columns):
        cells = [row[column] for row in data if row[column]]
        figures = [float(_FIGURE.search(cell.replace(",", "")).group()) for cell in cells if is_number(cell) and _FIGURE.fullmatch(cell.strip("$%()").replace(",", ""))]  # type: ignore[union-attr]  # fullmatch above says there is one
        if len(figures) < 3 or len(figures) < len(cells):
            return False
        steps = {round(b - a, 6) for a, b in zip(figures, figures[1:], strict=False)}
        stepped += len(steps) == 1
    return stepped == columns


def confidence_of(score: float, *, is_ruled: bool) -> Confidence:
    """Say in a word how sure the engine is."""
    if is_ruled:
        score += 0.8
    return "high" if score >= 3.6 else "medium" if score >= 2.6 else "low"
