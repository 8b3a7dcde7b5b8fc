"""Comparison of two readings of one table row: by the order of its cells, never by text alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from witnessmark.evidence.normal import key_of_cell

MAX_COMPARED = 400
"""Cells of a row, or texts of its second reading; a longer row is not compared."""
_UNSURE = "\x00"
"""Key of a cell in doubt while the others are aligned: no printed text has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondText:
    """What a second reading has in the place of a cell."""

    text: str
    is_same: bool = False
    """The same text in the same place."""
    is_exchanged: bool = False
    """The second reading has this cell and another one the other way round."""
    is_placed: bool = True
    """False if the row has empty cells there, so that the order does not say which column the text is in."""


class _Pair(NamedTuple):
    column: int
    text: str
    is_placed: bool


def compared(texts: Sequence[str | None], columns: Sequence[int], read: Sequence[str]) -> dict[int, SecondText]:
    """Find what a second reading of a row has for the cells in doubt.

    Shapes:  `texts` are the row's, None where a merged cell covers the place; `read` has either a text for each column,
             empty ones included, or only the texts of the cells that are not empty; a column for which the second
             reading shows nothing is left out
    """
    if max(len(texts), len(read)) > MAX_COMPARED:
        return {}
    keys = [key_of_cell(text) if text else "" for text in texts]
    asked = [column for column in columns if keys[column]]
    pairs = _pairs(texts, keys, asked, read)
    seen = {pair.column: key_of_cell(pair.text) for pair in pairs}
    found: dict[int, SecondText] = {}
    for pair in pairs:
        if pair.column not in asked or not pair.text.strip():
            continue
        own = keys[pair.column]
        found[pair.column] = SecondText(
            text=pair.text,
            is_same=pair.is_placed and seen[pair.column] == own,
            is_exchanged=seen[pair.column] != own
            and any(other == own and keys[at] == seen[pair.column] for at, other in seen.items()),
            is_placed=pair.is_placed,
        )
    return found


def _pairs(texts: Sequence[str | None], keys: Sequence[str], asked: Sequence[int], read: Sequence[str]) -> list[_Pair]:
    """Pair a row's columns with the texts of its second reading."""
    if len(read) == len(texts) and not _is_shifted(keys, asked, [key_of_cell(text) for text in read]):
        return [_Pair(column, text, is_placed=True) for column, text in enumerate(read)]
    columns = [column for column, key in enumerate(keys) if key]
    items = [text for text in read if text.strip()]
    is_empty = [text is not None and not text.strip() for text in texts]
    pairs: list[_Pair] = []
    for cells, others in _gaps(keys, columns, asked, items):
        if len(cells) == len(others) and (len(columns) != len(items) or cells == others):
            first, last = _reach(columns, cells, len(texts))
            is_placed = not any(is_empty[first:last])
            pairs += [_Pair(columns[cell], items[other], is_placed) for cell, other in zip(cells, others, strict=True)]
    return pairs


def _is_shifted(keys: Sequence[str], asked: Sequence[int], read: Sequence[str]) -> bool:
    """Claim that cells which are in no doubt are elsewhere in the second reading, other than exchanged with another."""
    moved = [at for at, key in enumerate(keys) if key and at not in asked and read[at] != key and key in read]
    return any(
        not any(keys[other] == read[at] and read[other] == keys[at] for other in range(len(keys))) for at in moved
    )


def _gaps(
    keys: Sequence[str], columns: Sequence[int], asked: Sequence[int], items: Sequence[str]
) -> Iterator[tuple[range, range]]:
    """Part a row and its second reading where both have the same sure cell, or two cells the other way round.

    Shapes:  ranges of `columns` and of `items` that lie between two such places; exchanged cells are gaps of their own
    """
    own, read = [keys[column] for column in columns], [key_of_cell(text) for text in items]
    fixed = _exchanged(own, read) if len(own) == len(read) else []
    sure = [_UNSURE if columns[at] in asked else own[at] for at in range(len(own))]
    start = 0
    for end in [*fixed, None]:
        until, other = (len(own), len(read)) if end is None else (end, end)
        yield from _between_anchors(sure, read, range(start, until), range(start, other))
        if end is not None:
            yield range(end, end + 1), range(end, end + 1)
            start = end + 1


def _exchanged(own: Sequence[str], read: Sequence[str]) -> list[int]:
    """List places whose texts two readings have the other way round."""
    return [
        at
        for at, key in enumerate(own)
        if read[at] != key
        and any(own[other] == read[at] and read[other] == key for other in range(len(own)) if other != at)
    ]


def _between_anchors(
    sure: Sequence[str], read: Sequence[str], cells: range, others: range
) -> Iterator[tuple[range, range]]:
    matcher = SequenceMatcher(None, sure[cells.start : cells.stop], read[others.start : others.stop], autojunk=False)
    start, other_start = cells.start, others.start
    for at, other, size in matcher.get_matching_blocks():
        yield range(start, cells.start + at), range(other_start, others.start + other)
        start, other_start = cells.start + at + size, others.start + other + size


def _reach(columns: Sequence[int], cells: range, width: int) -> tuple[int, int]:
    """Say between which columns the cells of a gap could be, the columns of its neighbours left out."""
    first = columns[cells.start - 1] + 1 if cells.start else 0
    last = columns[cells.stop] if cells.stop < len(columns) else width
    return first, last
