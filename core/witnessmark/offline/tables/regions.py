"""Columns of a page: where running text stands side by side, the page is read column by column."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.offline.tables.lines import Line, Segment, lines_from_segments
from witnessmark.offline.tables.ruling import Stroke
from witnessmark.offline.tables.tokens import is_value, letters

_DEEPEST = 5
"""Columns within columns: more than this many cuts is no page layout."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of running text under each other."""

    segments: tuple[Segment, ...]
    x0: float
    top: float
    x1: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class _Cut:
    start: float
    end: float
    weight: float


def paragraphs(segments: Sequence[Segment]) -> list[Paragraph]:
    """Find running text: wide segments of words under each other, at the same left side, set tightly."""
    chains: list[list[Segment]] = []
    open_chains: list[list[Segment]] = []
    for item in sorted(segments, key=lambda s: (s.top, s.x0)):
        best: list[Segment] | None = None
        still: list[list[Segment]] = []
        for chain in open_chains:
            last = chain[-1]
            if item.top - last.bottom > 1.2 * last.size:
                continue
            still.append(chain)
            if best is None and _follows(chain, item):
                best = chain
        open_chains = still
        if best is not None:
            best.append(item)
        else:
            chain = [item]
            chains.append(chain)
            open_chains.append(chain)
    return [_paragraph(chain) for chain in chains if _is_running_text(chain)]


def _follows(chain: Sequence[Segment], item: Segment) -> bool:
    last = chain[-1]
    size = last.size
    if not 0.85 < item.size / size < 1.18 or not 0.5 * size < item.middle - last.middle < 2.1 * size:
        return False
    indent = item.x0 - last.x0
    if len(chain) == 1:
        aligned = -3.2 * size <= indent <= 0.6 * size or (0 < indent < 3.2 * size)
    else:
        aligned = abs(indent) < 0.6 * size or abs(item.x0 - min(s.x0 for s in chain[1:])) < 0.6 * size
    overlap = min(item.x1, last.x1) - max(item.x0, last.x0)
    return aligned and overlap > 0


def _is_running_text(chain: Sequence[Segment]) -> bool:
    if len(chain) < 2:
        return False
    width = max(s.x1 for s in chain) - min(s.x0 for s in chain)
    size = chain[0].size
    if width < 11 * size:
        return False
    # items of a list begin with capitals, the lines of a sentence mostly do not
    small = sum(s.words[0].text[:1].islower() for s in chain[1:])
    if _broken_by_width(chain) < 0.7 or small < 0.3 * (len(chain) - 1):
        return False
    full = sum(s.x1 - s.x0 > 0.72 * width for s in chain)
    words = [len(s.words) for s in chain]
    text = "".join(s.text for s in chain)
    if letters(text) < 0.6 * len(text):
        return False
    if full < 0.55 * len(chain) or (len(chain) == 2 and full < 1):
        return False
    figures = sum(is_value(word.text) for s in chain for word in s.words)
    return sum(words) / len(chain) >= (3.2 if len(chain) > 3 else 4.5) and figures < 0.25 * sum(words)


def _broken_by_width(chain: Sequence[Segment]) -> float:
    """Say what share of the lines ends only because the next word did not fit."""
    right = max(s.x1 for s in chain)
    broken = 0
    for above, below in itertools.pairwise(chain):
        first = below.words[0]
        broken += above.x1 + 0.2 * above.size + (first.x1 - first.x0) > right - 0.3 * above.size
    return broken / (len(chain) - 1)


def _paragraph(chain: Sequence[Segment]) -> Paragraph:
    return Paragraph(
        tuple(chain),
        min(s.x0 for s in chain),
        min(s.top for s in chain),
        max(s.x1 for s in chain),
        max(s.bottom for s in chain),
        chain[0].size,
    )


def regions(
    segments: Sequence[Segment],
    texts: Sequence[Paragraph],
    across: Sequence[Stroke],
    depth: int = 0,
    *,
    has_tables: bool = True,
) -> list[list[Segment]]:
    """Part a page into the regions that are read one after the other.

    Shapes:  every segment is in exactly one region; `across` are the horizontal lines, which may hold a table together;
             without `has_tables` each table is one segment, and short lines side by side are of columns
    """
    if len(segments) < 4 or depth >= _DEEPEST:
        return [list(segments)] if segments else []
    for cut in _cuts(segments, texts):
        bands = _bands(segments, texts, across, cut, has_tables=has_tables)
        if bands is None:
            continue
        result: list[list[Segment]] = []
        for is_cut, band in bands:
            if is_cut:
                left = [s for s in band if (s.x0 + s.x1) / 2 < (cut.start + cut.end) / 2]
                right = [s for s in band if (s.x0 + s.x1) / 2 >= (cut.start + cut.end) / 2]
                for side in (left, right):
                    result += regions(side, _own(texts, side), across, depth + 1, has_tables=has_tables)
            else:
                result += regions(band, _own(texts, band), across, depth + 1, has_tables=has_tables)
        return result
    return [list(segments)]


def _own(texts: Sequence[Paragraph], segments: Sequence[Segment]) -> list[Paragraph]:
    mine = set(map(id, segments))
    return [p for p in texts if sum(id(s) in mine for s in p.segments) > 0.5 * len(p.segments)]


def _cuts(segments: Sequence[Segment], texts: Sequence[Paragraph]) -> list[_Cut]:
    """Find the white strips beside running text, the one with most text beside it first."""
    strips: list[_Cut] = []
    for text in texts:
        if len(text.segments) < 3:
            continue
        beside = [s for s in segments if s.bottom > text.top and s.top < text.bottom]
        rights = [s.x0 for s in beside if s.x0 > text.x1]
        lefts = [s.x1 for s in beside if s.x1 < text.x0]
        height = text.bottom - text.top
        if rights and min(rights) - text.x1 > 0.7 * text.size:
            strips.append(_Cut(text.x1, min(rights), height))
        if lefts and text.x0 - max(lefts) > 0.7 * text.size:
            strips.append(_Cut(max(lefts), text.x0, height))
    merged: list[_Cut] = []
    for strip in sorted(strips, key=lambda s: -s.weight):
        for index, other in enumerate(merged):
            start, end = max(strip.start, other.start), min(strip.end, other.end)
            if end - start > 3:
                merged[index] = _Cut(start, end, other.weight + strip.weight)
                break
        else:
            merged.append(strip)
    return sorted(merged, key=lambda s: -s.weight)[:6]


def _bands(
    segments: Sequence[Segment], texts: Sequence[Paragraph], across: Sequence[Stroke], cut: _Cut, *, has_tables: bool
) -> list[tuple[bool, list[Segment]]] | None:
    """Part lines, top to bottom, into those the cut runs through and those that stand across it."""
    lines = lines_from_segments(segments)
    prose = {id(s) for p in texts if len(p.segments) > 2 for s in p.segments}
    middle = (cut.start + cut.end) / 2
    kinds: list[str] = []
    for line in lines:
        if any(s.x0 < middle - 1 and s.x1 > middle + 1 for s in line.segments):
            kinds.append("across")
            continue
        left = [s for s in line.segments if s.x1 <= middle + 1]
        right = [s for s in line.segments if s.x0 >= middle - 1]
        if any(id(s) in prose and _beside(s, cut) for s in line.segments):
            kinds.append("text")
        elif left and right:
            kinds.append("both")
        else:
            kinds.append("left" if left else "right")
    _hold_tables(lines, kinds, across, middle)
    _keep_text_runs(kinds, has_tables=has_tables)
    if not any(kind != "across" for kind in kinds):
        return None
    bands: list[tuple[bool, list[Segment]]] = []
    for line, kind in zip(lines, kinds, strict=True):
        is_cut = kind != "across"
        if not bands or bands[-1][0] is not is_cut:
            bands.append((is_cut, []))
        bands[-1][1].extend(line.segments)
    useful = any(
        is_cut and any((s.x0 + s.x1) / 2 < middle for s in band) and any((s.x0 + s.x1) / 2 >= middle for s in band)
        for is_cut, band in bands
    )
    return bands if useful else None


def _beside(item: Segment, cut: _Cut) -> bool:
    """Claim that a segment stands in the column next to the cut, not further off."""
    width = item.x1 - item.x0
    return abs(item.x1 - cut.start) < max(3 * item.size, 0.5 * width) or abs(item.x0 - cut.end) < 3 * item.size


def _hold_tables(lines: Sequence[Line], kinds: list[str], across: Sequence[Stroke], middle: float) -> None:
    """Mark the lines between two rules that run across the cut, when no running text stands there: a table."""
    crossing = sorted(s.at for s in across if s.start < middle - 20 and s.end > middle + 20)
    for top, bottom in itertools.pairwise(crossing):
        inside = [i for i, line in enumerate(lines) if top - 1 < line.middle < bottom + 1]
        if inside and not any(kinds[i] == "text" for i in inside):
            for i in inside:
                kinds[i] = "across"


def _keep_text_runs(kinds: list[str], *, has_tables: bool) -> None:
    """Give the lines that are beside no running text back to the full width.

    A run of lines between two that stand across is cut as far as its running text goes; a table above or below the text
    is cut too when it stands on one side only, and is left whole when it stands on both.
    """
    start = 0
    while start < len(kinds):
        if kinds[start] == "across":
            start += 1
            continue
        end = start
        while end < len(kinds) and kinds[end] != "across":
            end += 1
        run = range(start, end)
        texts = [i for i in run if kinds[i] == "text"]
        if len(texts) < 3:
            for i in run:
                kinds[i] = "across"
        elif has_tables:
            _release(kinds, start, texts[0])
            _release(kinds, texts[-1] + 1, end)
        start = end


def _release(kinds: list[str], start: int, end: int) -> None:
    both = sum(kinds[i] == "both" for i in range(start, end))
    if end - start >= 3 and both >= 0.7 * (end - start):
        for i in range(start, end):
            kinds[i] = "across"
