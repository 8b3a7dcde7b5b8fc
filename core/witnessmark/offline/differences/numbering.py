"""Numbers of clauses, items and rows that count on by something else: one line for all that changed in the same way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.hunks import Hunk

MAX_LISTED = 12
"""Ranges of numbers that a line names."""
MAX_COUNTED = 1_000
"""Numbers from here on, and years, are not counted as numbers of rows."""
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
_REFERRING = frozenset(
    "section sections clause clauses article articles paragraph paragraphs annex appendix schedule item items part"
    " chapter abschnitt artikel ziffer nummer anlage kapitel §".split()
)
_OF = frozenset("of des der du de la del della".split())
_OURS = frozenset("this these hereof dieses dieser diesem ce cette este esta".split())
_BETWEEN = frozenset("and or to und oder bis et ou y o , - ( ) .".split())


class Numbering(NamedTuple):
    """The number of a clause, item or row that is another on the other side, or a reference to such a number."""

    a: range
    b: range


class Counted(NamedTuple):
    """What a number counts: the numbers of `3.1`, the place of `(b)` in its alphabet."""

    kind: str
    values: tuple[int, ...]


def counted(keys: Sequence[str]) -> Counted | None:
    """Read a number as it counts; None for what does not count.

    Shapes:  `keys` such as `["section", "3.1", "."]`
    """
    parts = [key for key in keys if key[0].isalnum()]
    if len(parts) > 1 and parts[0] in _REFERRING:
        parts = parts[1:]
    if not parts:
        return None
    if all(re.fullmatch(r"\d+(?:\.\d+)*", part) for part in parts):
        return Counted("number", tuple(int(value) for part in parts for value in part.split(".")))
    if len(parts) > 1:
        return None
    if re.fullmatch(r"[ivxl]{2,}|[ivx]", parts[0]):
        return Counted("roman", (_of_roman(parts[0]),))
    if len(parts[0]) == 1:
        return Counted("letter", (ord(parts[0]),))
    return None


def _of_roman(text: str) -> int:
    values = [_ROMAN[char] for char in text]
    return sum(-one if one < after else one for one, after in pairwise([*values, 0]))


def counts(a: Side, b: Side, numbering: Numbering) -> bool:
    """Say whether both numbers are figures."""
    one, other = counted(_keys(a, numbering.a)), counted(_keys(b, numbering.b))
    return one is not None and other is not None and one.kind == other.kind == "number"


def is_renumbered(a: Side, b: Side, numbering: Numbering) -> bool:
    """Say whether a number is another one, and not only written in another way: `Section 3.` and `3)`."""
    keys_a, keys_b = _keys(a, numbering.a), _keys(b, numbering.b)
    one, other = counted(keys_a), counted(keys_b)
    if one is not None and other is not None:
        return one.values != other.values or (one.kind != other.kind and "number" in {one.kind, other.kind})
    return [key for key in keys_a if key[0].isalnum()] != [key for key in keys_b if key[0].isalnum()]


def grouped(a: Side, b: Side, numberings: Sequence[Numbering]) -> Iterator[list[Numbering]]:
    """Put numbers together that changed in the same way, wherever they are; each group in the order of its numbers."""
    groups: dict[object, list[Numbering]] = {}
    for place, numbering in enumerate(numberings):
        groups.setdefault(_way(a, b, numbering, place), []).append(numbering)
    for group in groups.values():
        values = [counted(_keys(a, one.a) if one.a else _keys(b, one.b)) for one in group]
        kinds = list(dict.fromkeys(value.kind for value in values if value is not None))
        ordered = sorted(
            zip(values, group, strict=True),
            key=lambda one: (len(kinds), ()) if one[0] is None else (kinds.index(one[0].kind), one[0].values),
        )
        yield [numbering for _, numbering in ordered]


def _way(a: Side, b: Side, numbering: Numbering, place: int) -> object:
    if not numbering.a or not numbering.b:
        return "removed" if numbering.a else "added"
    one, other = counted(_keys(a, numbering.a)), counted(_keys(b, numbering.b))
    if one is None or other is None:
        return place
    if one.kind != other.kind or len(one.values) != len(other.values):
        return one.kind, other.kind, len(one.values), len(other.values)
    return one.kind, tuple(after - before for before, after in zip(one.values, other.values, strict=True))[:1]


def as_ranges(side: Side, ranges: Sequence[range]) -> str:
    """Write numbers as a person does: `3–8`; each once, and of a section that is named no subsections."""
    texts = [side.text(side.first_words[one.start], side.last_words[one.stop - 1]) for one in ranges]
    numbers = [counted(_keys(side, one)) for one in ranges]
    tops = {number.values for number in numbers if number is not None and len(number.values) == 1}
    runs: list[tuple[int, int]] = []
    seen: set[Counted] = set()
    for place, number in enumerate(numbers):
        if number in seen:
            continue  # a reference, or the same number in another list
        seen |= {number} if number is not None else set()
        if number is not None and len(number.values) > 1 and number.values[:1] in tops:
            continue
        last = numbers[runs[-1][1]] if runs else None
        if last is not None and number is not None and (number == last or number == _next(last)):
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    written = [
        _bare(texts[first]) if numbers[first] == numbers[last] else f"{_bare(texts[first])}–{_last(texts[last])}"
        for first, last in runs
    ]
    unique = list(dict.fromkeys(written))
    return ", ".join(unique[:MAX_LISTED]) + (" …" if len(unique) > MAX_LISTED else "")


def _next(number: Counted) -> Counted:
    return Counted(number.kind, (*number.values[:-1], number.values[-1] + 1))


def _bare(text: str) -> str:
    return text if text[:1] == "(" else text.rstrip(".:)")


def _last(text: str) -> str:
    return _bare(text.rsplit(maxsplit=1)[-1])


def _keys(side: Side, atoms: range) -> list[str]:
    return side.keys[atoms.start : atoms.stop]


# --- references and rows ----------------------------------------------------------------------------------------------


def new_numbers(a: Side, b: Side, numberings: Sequence[Numbering]) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Find which numbers of clauses became which; nothing for one that became two."""
    found: dict[tuple[int, ...], tuple[int, ...]] = {}
    several: set[tuple[int, ...]] = set()
    for numbering in numberings:
        one, other = counted(_keys(a, numbering.a)), counted(_keys(b, numbering.b))
        if one is None or other is None or one.kind != "number" or other.kind != "number":
            continue
        if found.setdefault(one.values, other.values) != other.values:
            several.add(one.values)
    return {values: other for values, other in found.items() if values not in several}


def is_reference(a: Side, b: Side, hunk: Hunk, numbers: Mapping[tuple[int, ...], tuple[int, ...]]) -> bool:
    """Say whether a change only follows a renumbering: `under section 4` where section 4 became section 5."""
    keys_a, keys_b = a.keys[hunk.a_start : hunk.a_end], b.keys[hunk.b_start : hunk.b_end]
    one, other = counted(keys_a), counted(keys_b)
    if one is None or other is None or numbers.get(one.values) != other.values:
        return False
    is_ours = not (_is_of_another(a, hunk.a_end) or _is_of_another(b, hunk.b_end))
    return is_ours and _refers(a, hunk.a_start) and _refers(b, hunk.b_start)


def _is_of_another(side: Side, end: int) -> bool:
    """Say whether what is referred to is in another text, as in `section 4 of the Harbour Act`."""
    following = side.keys[end : end + 2]
    return bool(following) and following[0] in _OF and following[-1] not in _OURS


def _refers(side: Side, start: int) -> bool:
    for atom in range(start - 1, max(-1, start - 7), -1):
        key = side.keys[atom]
        if key in _REFERRING:
            return True
        if key not in _BETWEEN and not key[0].isdigit():
            return False
    return False


def counts_on(a: Side, b: Side, rows: Sequence[Numbering]) -> bool:
    """Say whether first cells only number the rows: both sides count them one by one, and one counts on."""
    values = [[_value(side, one) for one in ranges] for side, ranges in _both(a, b, rows)]
    if len(rows) < 2 or any(value is None for side in values for value in side):
        return False
    return all(
        one is not None and other is not None and other == one + 1 and one < MAX_COUNTED
        for side in values
        for one, other in pairwise(side)
    )


def _both(a: Side, b: Side, rows: Sequence[Numbering]) -> tuple[tuple[Side, list[range]], tuple[Side, list[range]]]:
    return (a, [row.a for row in rows]), (b, [row.b for row in rows])


def _value(side: Side, atoms: range) -> int | None:
    number = counted(_keys(side, atoms))
    return number.values[0] if number is not None and number.kind == "number" and len(number.values) == 1 else None
