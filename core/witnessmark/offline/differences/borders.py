"""Units parted alike on both sides: where one side ends a sentence, item or heading, so does the other.

Layout moves borders: a heading that runs in moves to a line of its own, a list joins a paragraph, a paragraph is split.
The words of both sides are aligned across all borders, and each border that the words around it confirm is drawn on the
other side too. What is then compared has the same extent on both sides.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.sequences import Run, common_runs, heaviest_chain
from witnessmark.offline.differences.units import Unit, enumerator_end
from witnessmark.offline.differences.words import CONJUNCTIONS

SHINGLE = 5
"""Words that are found elsewhere by their order."""
MAX_WORDS = 400_000
"""Of one side that are aligned; beyond that units stay as they are."""
MIN_CONTEXT = 4
"""Aligned words around a border that confirm it."""
MIN_MOVED = 6
"""Words of a sentence or item that is known elsewhere, within another sentence."""
_CLOSING = frozenset(".,;:!?)]\"'-\u2022")


class _Words(NamedTuple):
    """The words of one side which are aligned, in order, without the numbers of clauses.

    Shapes:  an atom and a part for each; words of one part follow each other
    """

    atoms: array[int]
    parts: array[int]


def with_shared_borders(
    a: Side, units_a: Sequence[Unit], b: Side, units_b: Sequence[Unit]
) -> tuple[list[Unit], list[Unit]]:
    """Part the units of each side where the other side parts the same words.

    Shapes:  units in order; each atom is in one, as before
    """
    parts = _parts(a, units_a, b, units_b)
    words_a = _words(a, units_a, [(part.a0, part.a1) for part in parts])
    words_b = _words(b, units_b, [(part.b0, part.b1) for part in parts])
    if max(len(words_a.atoms), len(words_b.atoms)) > MAX_WORDS or not (words_a.atoms and words_b.atoms):
        return list(units_a), list(units_b)
    to_b = _aligned(a, words_a, b, words_b)
    to_a = array("l", [-1]) * len(words_b.atoms)
    for place, other in enumerate(to_b):
        if other >= 0:
            to_a[other] = place
    cuts_b = _projected(units_a, words_a, to_b, b, words_b) | _whole_elsewhere(units_a, words_a, to_b, b, words_b)
    cuts_a = _projected(units_b, words_b, to_a, a, words_a) | _whole_elsewhere(units_b, words_b, to_a, a, words_a)
    return _cut(a, units_a, cuts_a), _cut(b, units_b, cuts_b)


# --- alignment --------------------------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """Units of both sides between units that are the same."""

    a0: int
    a1: int
    b0: int
    b1: int


def _parts(a: Side, units_a: Sequence[Unit], b: Side, units_b: Sequence[Unit]) -> list[_Part]:
    """Find the units between those that both sides have once, in the same order."""
    places_a, places_b = _only_places(a, units_a), _only_places(b, units_b)
    pairs = sorted((i, j) for key, i in places_a.items() if i >= 0 and (j := places_b.get(key, -1)) >= 0)
    anchors = heaviest_chain(pairs, [float(units_a[i].size) for i, _ in pairs])
    found: list[_Part] = []
    last_a = last_b = 0
    for i, j in [*anchors, (len(units_a), len(units_b))]:
        if i > last_a or j > last_b:
            found.append(_Part(last_a, i, last_b, j))
        last_a, last_b = i + 1, j + 1
    return found


def _only_places(side: Side, units: Sequence[Unit]) -> dict[tuple[str, ...], int]:
    """Find where each unit stands that is the only such; -1 for those that are not."""
    found: dict[tuple[str, ...], int] = {}
    for place, unit in enumerate(units):
        key = tuple(side.keys[unit.start : unit.end])
        found[key] = -1 if key in found else place
    return found


def _words(side: Side, units: Sequence[Unit], parts: Sequence[tuple[int, int]]) -> _Words:
    words = _Words(array("L"), array("L"))
    for number, (first, last) in enumerate(parts):
        for unit in units[first:last]:
            atoms = [atom for atom in range(unit.start, unit.end) if is_word(side.keys[atom])]
            words.atoms.extend(atoms)
            words.parts.extend([number] * len(atoms))
    return words


def is_word(key: str) -> bool:
    """Say whether an atom is a word or figure, and no sign."""
    return key[0].isalnum() or len(key) > 1


def _aligned(a: Side, words_a: _Words, b: Side, words_b: _Words) -> array[int]:
    """Align words part by part in order, then what is left of all parts wherever it is.

    Shapes:  for each word of a its word of b, -1 for none
    """
    keys_a, keys_b = [a.keys[atom] for atom in words_a.atoms], [b.keys[atom] for atom in words_b.atoms]
    to_b = array("l", [-1]) * len(keys_a)
    ranges_a, ranges_b = _ranges(words_a), _ranges(words_b)
    taken = bytearray(len(keys_b))
    for part, (a0, a1) in ranges_a.items():
        b0, b1 = ranges_b.get(part, (0, 0))
        if b0 == b1:
            continue
        for run in _runs(keys_a[a0:a1], keys_b[b0:b1]):
            _enter(to_b, taken, Run(a0 + run.a_start, b0 + run.b_start, run.size))
    for run in _elsewhere(keys_a, keys_b, to_b, taken):
        _enter(to_b, taken, run)
    return to_b


def _enter(to_b: array[int], taken: bytearray, run: Run) -> None:
    for n in range(run.size):
        to_b[run.a_start + n] = run.b_start + n
        taken[run.b_start + n] = 1


def _ranges(words: _Words) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for place, part in enumerate(words.parts):
        found[part] = (found[part][0] if part in found else place, place + 1)
    return found


def _runs(a: Sequence[str], b: Sequence[str]) -> Iterator[Run]:
    """Align two sequences of words: by phrases that both have once, then by words between those."""
    places_a, places_b = _phrases(a, range(len(a))), _phrases(b, range(len(b)))
    pairs = sorted((i, j) for key, i in places_a.items() if i >= 0 and (j := places_b.get(key, -1)) >= 0)
    last_a = last_b = 0
    for i, j in [*heaviest_chain(pairs, [1.0] * len(pairs)), (len(a), len(b))]:
        if i < last_a or j < last_b:
            continue
        for run in common_runs(a[last_a:i], b[last_b:j]):
            yield Run(last_a + run.a_start, last_b + run.b_start, run.size)
        last_a, last_b = i, j
        while last_a < len(a) and last_b < len(b) and a[last_a] == b[last_b]:
            last_a, last_b = last_a + 1, last_b + 1
        if last_a > i:
            yield Run(i, j, last_a - i)


def _phrases(keys: Sequence[str], starts: Sequence[int]) -> dict[tuple[str, ...], int]:
    """Find where each phrase begins that is the only such; -1 for those that are not."""
    found: dict[tuple[str, ...], int] = {}
    for start in starts:
        key = tuple(keys[start : start + SHINGLE])
        if len(key) == SHINGLE:
            found[key] = -1 if key in found else start
    return found


def _elsewhere(keys_a: Sequence[str], keys_b: Sequence[str], to_b: array[int], taken: bytearray) -> Iterator[Run]:
    """Find phrases that neither side has aligned yet, each once on both; as long as they are the same."""
    left_a, left_b = bytes(other >= 0 for other in to_b), bytes(taken)
    places_a = _phrases(keys_a, [i for i in range(len(keys_a)) if not any(left_a[i : i + SHINGLE])])
    places_b = _phrases(keys_b, [j for j in range(len(keys_b)) if not any(left_b[j : j + SHINGLE])])
    end_a = 0
    used_b: set[int] = set()
    for key, i in places_a.items():
        j = places_b.get(key, -1)
        if i < end_a or i < 0 or j < 0:
            continue
        size = 0
        while (
            i + size < len(keys_a)
            and j + size < len(keys_b)
            and keys_a[i + size] == keys_b[j + size]
            and not left_a[i + size]
            and not left_b[j + size]
            and j + size not in used_b
        ):
            used_b.add(j + size)
            size += 1
        if size:
            end_a = i + size
            yield Run(i, j, size)


# --- borders ----------------------------------------------------------------------------------------------------------


def _projected(
    units: Sequence[Unit], words: _Words, to_other: array[int], other: Side, other_words: _Words
) -> set[int]:
    """Find where the borders of one side's units are on the other.

    Shapes:  atoms of the other side, before each of which a unit is to begin
    """
    firsts = {unit.start for unit in units}
    rows = {unit.start for unit in units if unit.is_row}
    found: set[int] = set()
    ends: set[int] = set()
    starts: set[int] = set()
    is_begun = True
    for place, atom in enumerate(words.atoms):
        begins = atom in firsts or (place > 0 and _begins_between(firsts, words.atoms[place - 1], atom))
        if not begins or is_begun:
            is_begun = False
            continue
        for cut in _cuts_at(words, place, to_other, other, other_words):
            if cut.atom is None or (not cut.is_sure and atom in rows and _is_in_row(other, cut.atom)):
                continue  # a row may have more cells on the other side
            if cut.is_sure or _is_joint(other, cut.atom):
                found.add(cut.atom)
            else:
                (ends if cut.ends else starts).add(cut.atom)
    starts |= {cut - 1 for cut in starts if other.keys[cut - 1] in CONJUNCTIONS}
    found |= ends & starts  # one text ends and another begins here, though no sign parts them
    return {cut for cut in found if 0 < cut < len(other.keys)}


class _Cut(NamedTuple):
    """Where the other side may have a border.

    Shapes:  `is_sure` where the words on both sides of it say so, else `ends` where those before it do
    """

    atom: int | None
    is_sure: bool = False
    ends: bool = False


def _whole_elsewhere(
    units: Sequence[Unit], words: _Words, to_other: array[int], other: Side, other_words: _Words
) -> set[int]:
    """Find where whole units are on the other side that moved into another sentence."""
    ends = {unit.start: unit.end for unit in units if not unit.is_row}
    found: set[int] = set()
    place = 0
    while place < len(words.atoms):
        first = to_other[place]
        end = ends.get(words.atoms[place])
        if end is None or first < 0 or words.parts[place] == other_words.parts[first]:
            place += 1
            continue
        size = 1
        while place + size < len(words.atoms) and words.atoms[place + size] < end:
            size += 1
        is_whole = all(to_other[place + n] == first + n for n in range(size))
        if is_whole and size >= MIN_MOVED:
            cuts = (
                _before(other, other_words.atoms[first]),
                _after(other, other_words.atoms[first + size - 1], len(other.keys)),
            )
            found |= {cut for cut in cuts if cut is not None and 0 < cut < len(other.keys)}
        place += size
    return found


def _begins_between(firsts: set[int], last: int, atom: int) -> bool:
    """Say whether a unit begins with a sign before its first word."""
    return atom - last <= 40 and any(place in firsts for place in range(last + 1, atom))


def _cuts_at(words: _Words, place: int, to_other: array[int], other: Side, other_words: _Words) -> Iterator[_Cut]:
    """Find where the other side has the border before a word of this."""
    if words.parts[place - 1] != words.parts[place]:
        return
    before, after = to_other[place - 1], to_other[place]
    left = _context(words, place - 1, -1, to_other) if before >= 0 else 0
    right = _context(words, place, 1, to_other) if after >= 0 else 0
    if before >= 0 and after > before and _are_neighbours(other, other_words, before, after):
        if left + right >= MIN_CONTEXT:
            yield _Cut(_after(other, other_words.atoms[before], other_words.atoms[after]), is_sure=True)
        return
    if left >= MIN_CONTEXT:
        yield _Cut(_after(other, other_words.atoms[before], len(other.keys)), ends=True)
    if right >= MIN_CONTEXT:
        yield _Cut(_before(other, other_words.atoms[after]))


def _context(words: _Words, place: int, step: int, to_other: array[int]) -> int:
    """Count the words from a place on that are aligned one after the other; an end of the part confirms as much."""
    count = 1
    while count < MIN_CONTEXT:
        following = place + step
        if not 0 <= following < len(words.atoms) or words.parts[following] != words.parts[place]:
            return MIN_CONTEXT
        if to_other[following] != to_other[place] + step:
            return count
        place = following
        count += 1
    return count


def _are_neighbours(side: Side, words: _Words, before: int, after: int) -> bool:
    """Say whether nothing lies between two words but signs, an item's number, `and` or `or`."""
    if after == before + 1:
        return True
    if after - before > 3:
        return False
    between = [words.atoms[n] for n in range(before + 1, after)]
    return all(
        side.keys[atom] in CONJUNCTIONS
        or (enumerator_end(side, _word_start(side, atom), words.atoms[after] + 1) > atom)
        for atom in between
    )


def _word_start(side: Side, atom: int) -> int:
    while atom > 0 and side.first_words[atom - 1] == side.first_words[atom]:
        atom -= 1
    return atom


def _after(side: Side, last: int, limit: int) -> int | None:
    """Find where a unit begins whose words follow those up to `last`: signs that close belong to what they close."""
    cut = last + 1
    while cut < limit and (_splits_word(side, cut) or side.keys[cut] in _CLOSING):
        cut += 1
    return None if cut >= len(side.keys) or _splits_word(side, cut) else cut


def _before(side: Side, first: int) -> int | None:
    """Find where a unit begins whose first word is `first`: with its brackets, quotes and number."""
    cut = _word_start(side, first)
    if any(is_word(side.keys[atom]) for atom in range(cut, first)):
        return None
    if cut > 0:
        number = _word_start(side, cut - 1)
        if enumerator_end(side, number, first + 1) == cut:
            return number
    return cut


def _splits_word(side: Side, atom: int) -> bool:
    return 0 < atom < len(side.keys) and side.last_words[atom - 1] == side.first_words[atom]


def _is_joint(side: Side, cut: int) -> bool:
    """Say whether a sign or another line parts what is before from what is after."""
    if side.keys[cut - 1] in _CLOSING:
        return True
    last, first = side.last_words[cut - 1], side.first_words[cut]
    return (side.word_paragraphs[last], side.word_cells[last]) != (side.word_paragraphs[first], side.word_cells[first])


def _is_in_row(side: Side, atom: int) -> bool:
    """Say whether a border before an atom would be within a row."""
    if not 0 < atom < len(side.keys) or atom in side.row_breaks:
        return False
    paragraph = side.word_paragraphs[side.first_words[atom]]
    return side.paragraphs[paragraph].kind == "row" and paragraph == side.word_paragraphs[side.last_words[atom - 1]]


def _cut(side: Side, units: Sequence[Unit], cuts: set[int]) -> list[Unit]:
    if not cuts:
        return list(units)
    ordered = sorted(cuts)
    found: list[Unit] = []
    at = 0
    for unit in units:
        rest = unit
        while at < len(ordered) and ordered[at] <= rest.start:
            at += 1
        while at < len(ordered) and ordered[at] < rest.end:
            cut = ordered[at]
            at += 1
            if cut <= rest.start or (unit.is_row and not _is_joint_of_row(side, cut)):
                continue
            head = cut if unit.is_row else enumerator_end(side, cut, rest.end)
            if head >= rest.end:
                continue
            paragraph = unit.paragraph if unit.is_row else side.word_paragraphs[side.first_words[cut]]
            found.append(rest._replace(end=cut))
            rest = Unit(cut, head, rest.end, is_row=unit.is_row, paragraph=paragraph)
        found.append(rest)
    return found


def _is_joint_of_row(side: Side, cut: int) -> bool:
    return side.word_cells[side.first_words[cut]] != side.word_cells[side.last_words[cut - 1]]
