"""The atoms in which two paired passages differ: as few as a person would cite, and no less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.sequences import common_runs
from witnessmark.offline.differences.whole_values import Stretch, whole_values
from witnessmark.offline.differences.words import NEGATIONS, SMALL_WORDS

REWRITTEN = 0.4
"""Of a sentence; where less of it stays, it is one change."""
MOST_SLID = 200
"""Atoms by which an addition may be moved to where it reads best."""


class Hunk(NamedTuple):
    """Atoms that stand for each other and differ: before `a_start` to `a_end`, after `b_start` to `b_end`."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


def hunks_of(a: Side, a_range: range, b: Side, b_range: range, *, are_rows: bool) -> list[Hunk]:
    """Find where two passages differ, case included.

    Shapes:  hunks in order, apart from each other; atoms that are in none are the same on both sides, white space aside
    """
    keys_a, keys_b = a.keys[a_range.start : a_range.stop], b.keys[b_range.start : b_range.stop]
    found: list[Hunk] = []
    last_a, last_b = a_range.start, b_range.start
    for run in [*common_runs(keys_a, keys_b), None]:
        i, j = (a_range.start + run.a_start, b_range.start + run.b_start) if run else (a_range.stop, b_range.stop)
        if i > last_a or j > last_b:
            found.append(Hunk(last_a, i, last_b, j))
        if run:
            found += _cases(a, b, i, j, run.size)
            last_a, last_b = i + run.size, j + run.size
    apart = [Stretch(*hunk) for hunk in _apart(_slid_apart(a, b, found, a_range, b_range))]
    whole = [Hunk(*one) for one in whole_values(a, a_range, b, b_range, apart)] if apart else []
    found = [hunk for hunk in whole if not is_spacing(a, b, hunk)]
    merged = _merged_in_cells(a, b, found) if are_rows else _merged(a, b, found)
    if not are_rows and len(merged) > 1 and _is_rewritten(a, b, merged, a_range, b_range):
        first, last = merged[0], merged[-1]
        return [Hunk(first.a_start, last.a_end, first.b_start, last.b_end)]
    return merged


def _cases(a: Side, b: Side, i: int, j: int, size: int) -> Iterator[Hunk]:
    """Find atoms that are the same but for their case."""
    begun: int | None = None
    for n in range(size + 1):
        differs = n < size and a.forms[i + n] != b.forms[j + n]
        if differs and begun is None:
            begun = n
        elif not differs and begun is not None:
            yield Hunk(i + begun, i + n, j + begun, j + n)
            begun = None


def is_spacing(a: Side, b: Side, hunk: Hunk) -> bool:
    """Say whether only white space differs, and neither between figures nor in a negation.

    `12 34` is not `1234`; `can not` and `cannot` say the same, and a reader wants to see it.
    """
    forms_a, forms_b = a.forms[hunk.a_start : hunk.a_end], b.forms[hunk.b_start : hunk.b_end]
    if not forms_a or "".join(forms_a) != "".join(forms_b):
        return False
    return _figures(forms_a) == _figures(forms_b) and _negations(forms_a) == _negations(forms_b)


def _negations(forms: Sequence[str]) -> list[str]:
    return [key for form in forms if (key := form.casefold()) in NEGATIONS]


def _figures(forms: Sequence[str]) -> list[str]:
    return [form for form in forms if form[0].isdigit()]


def _slid_apart(a: Side, b: Side, hunks: Sequence[Hunk], a_range: range, b_range: range) -> list[Hunk]:
    """Move what was added or removed to where it reads best, each between its neighbours."""
    found = sorted(hunks)
    for place, hunk in enumerate(found):
        before = found[place - 1] if place else Hunk(0, a_range.start, 0, b_range.start)
        after = found[place + 1] if place + 1 < len(found) else Hunk(a_range.stop, 0, b_range.stop, 0)
        room = min(hunk.a_start - before.a_end, hunk.b_start - before.b_end)
        more = min(after.a_start - hunk.a_end, after.b_start - hunk.b_end)
        if hunk.a_start == hunk.a_end:
            step = _best_step(b, hunk.b_start, hunk.b_end, b_range, room, more)
        elif hunk.b_start == hunk.b_end:
            step = _best_step(a, hunk.a_start, hunk.a_end, a_range, room, more)
        else:
            continue
        found[place] = Hunk(hunk.a_start + step, hunk.a_end + step, hunk.b_start + step, hunk.b_end + step)
    return found


def _best_step(side: Side, start: int, end: int, limits: range, room: int, more: int) -> int:
    low = 0
    while low > -min(MOST_SLID, room) and _same(side, start + low - 1, end + low - 1):
        low -= 1
    high = 0
    while high < min(MOST_SLID, more) and _same(side, start + high, end + high):
        high += 1
    if low == high == 0:
        return 0
    return max(range(low, high + 1), key=lambda step: (_reads(side, start + step, end + step, limits), -abs(step)))


def _same(side: Side, one: int, other: int) -> bool:
    return side.forms[one] == side.forms[other]


def _reads(side: Side, start: int, end: int, limits: range) -> int:
    """Rate the edges of what was added: at best it begins after, and ends with, the end of a sentence or cell."""
    rating = 0
    for edge in (start, end):
        if edge in {limits.start, limits.stop} or side.keys[edge - 1] in {".", "!", "?", ";", ":"}:
            rating += 3
        elif side.word_cells[side.first_words[edge]] != side.word_cells[side.last_words[edge - 1]]:
            rating += 1
        elif side.keys[edge - 1] == ",":
            rating += 2
        if edge < limits.stop and edge > limits.start and side.first_words[edge] == side.last_words[edge - 1]:
            rating -= 4  # within a word
    return rating


def _apart(hunks: Sequence[Hunk]) -> list[Hunk]:
    """Put hunks in order, and those together that touch."""
    found: list[Hunk] = []
    for hunk in sorted(hunks):
        last = found[-1] if found else None
        if last and (hunk.a_start <= last.a_end and hunk.b_start <= last.b_end):
            found[-1] = Hunk(last.a_start, max(last.a_end, hunk.a_end), last.b_start, max(last.b_end, hunk.b_end))
        else:
            found.append(hunk)
    return found


def _merged(a: Side, b: Side, hunks: Sequence[Hunk]) -> list[Hunk]:
    """Put changes together between which a reader would not stop."""
    merged: list[Hunk] = []
    for hunk in hunks:
        last = merged[-1] if merged else None
        if last and _reads_as_one(a, b, last, hunk):
            merged[-1] = Hunk(last.a_start, hunk.a_end, last.b_start, hunk.b_end)
        else:
            merged.append(hunk)
    return merged


def _reads_as_one(a: Side, b: Side, one: Hunk, other: Hunk) -> bool:
    between = a.keys[one.a_end : other.a_start]
    if _are_in_one_word(a, one.a_end, other.a_start) or _are_in_one_word(b, one.b_end, other.b_start):
        return True  # `01/03/2026`
    if any(key in {".", ";", "!", "?"} for key in between[:-1]):
        return False
    words = [key for key in between if _is_word(key)]
    if not words:
        return True
    sizes = [max(_words(a, hunk.a_start, hunk.a_end), _words(b, hunk.b_start, hunk.b_end)) for hunk in (one, other)]
    if min(sizes) == 0:
        return False
    heavy = [key for key in words if key not in SMALL_WORDS]
    return (not heavy and len(words) <= 2) or len(words) < min(sizes) or (len(words) == 1 and max(sizes) > 1)


def _are_in_one_word(side: Side, end: int, start: int) -> bool:
    """Say whether what ends before `end` and what begins at `start` are parts of one word."""
    if not 0 < end <= start < len(side.keys):
        return False
    return side.first_words[end - 1] == side.last_words[start]


def _merged_in_cells(a: Side, b: Side, hunks: Sequence[Hunk]) -> list[Hunk]:
    """Put changes of one cell together, and no others."""
    merged: list[Hunk] = []
    for hunk in hunks:
        last = merged[-1] if merged else None
        if last and _share_cell(a, b, last, hunk):
            merged[-1] = Hunk(last.a_start, hunk.a_end, last.b_start, hunk.b_end)
        else:
            merged.append(hunk)
    return merged


def _share_cell(a: Side, b: Side, one: Hunk, other: Hunk) -> bool:
    if _cells(a, one.a_start, one.a_end) & _cells(a, other.a_start, other.a_end):
        return True
    return bool(_cells(b, one.b_start, one.b_end) & _cells(b, other.b_start, other.b_end))


def _cells(side: Side, start: int, end: int) -> set[int]:
    return {side.word_cells[side.first_words[atom]] for atom in range(start, end)}


def _is_rewritten(a: Side, b: Side, hunks: Sequence[Hunk], a_range: range, b_range: range) -> bool:
    changed = sum(_words(a, hunk.a_start, hunk.a_end) + _words(b, hunk.b_start, hunk.b_end) for hunk in hunks)
    total = _words(a, a_range.start, a_range.stop) + _words(b, b_range.start, b_range.stop)
    return total > 0 and 1 - changed / total < REWRITTEN


def _words(side: Side, start: int, end: int) -> int:
    return sum(_is_word(key) for key in side.keys[start:end])


def _is_word(key: str) -> bool:
    return key[0].isalnum() or len(key) > 1
