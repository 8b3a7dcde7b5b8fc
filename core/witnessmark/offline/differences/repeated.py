"""Headers and footers that differ: those that changed, and those that only one document has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from witnessmark.offline.differences.atoms import Running, Side, is_roman
from witnessmark.offline.differences.ranking import has_weight
from witnessmark.offline.differences.values import Difference, Passage, Place, Significance
from witnessmark.offline.differences.words import CURRENCIES, DUTIES, SMALL_WORDS, SYMBOLS

ALIKE = 0.4
"""Share of common words from which a header of one document is a header of the other, changed."""
HEADER_OR_FOOTER = "page header or footer"
MAX_TITLE = 5
"""Words of a title, small words not counted; a longer text that is mostly lower case is a sentence."""
MIN_SENTENCE = 3
"""Words of a sentence that ends with a full stop; a shorter text may be an abbreviation."""
_SENTENCE_END = re.compile(r"[^\W\d_]{3,}[\"')\]”’»]*[.!?;][\W\d_]*$|[。！？]$")


class RepeatedTexts(NamedTuple):
    """What differs between the headers and footers of two documents."""

    differences: tuple[Difference, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    """Texts that only one document has; each is among the differences."""


def compare_repeated(a: Side, b: Side) -> RepeatedTexts:
    """Compare the headers and footers of both sides; each text counts once, however many pages have it."""
    keys_a, keys_b = ({one.key for one in side.running} for side in (a, b))
    left_a = [one for one in a.running if one.key not in keys_b]
    left_b = [one for one in b.running if one.key not in keys_a]
    changed: list[Difference] = []
    for one in list(left_a):
        rated = [(_likeness(one.text, other.text), -n) for n, other in enumerate(left_b)]
        best, place = max(rated, default=(0.0, 0))
        if best >= ALIKE or len(left_a) == len(left_b) == 1:
            changed.append(_changed(one, left_b.pop(-place)))
            left_a.remove(one)
    left_a, left_b = _once_each(left_a), _once_each(left_b)
    return RepeatedTexts(
        (
            *changed,
            *(_one_sided(one, is_after=False) for one in left_a),
            *(_one_sided(one, is_after=True) for one in left_b),
        ),
        tuple(one.text for one in left_a),
        tuple(one.text for one in left_b),
    )


def says_something(one: Running) -> bool:
    """Say whether a header or footer is content: a sentence, or a text with a figure, negation or duty.

    Numbers that count the pages are no figures of it.
    """
    atoms = [atom.casefold() for atom in one.atoms]
    if has_weight(" ".join(atoms)) or any(atom in DUTIES or atom in CURRENCIES or atom in SYMBOLS for atom in atoms):
        return True
    if any(atom[0].isdigit() for atom in atoms):
        return True
    words = [atom for atom in one.atoms if atom[0].isalpha()]
    if len(words) >= MIN_SENTENCE and _SENTENCE_END.search(one.text.strip()):
        return True
    content = [word for word in words if word.casefold() not in SMALL_WORDS]
    return len(content) > MAX_TITLE and 2 * sum(word.islower() for word in content) > len(content)


def _once_each(several: Sequence[Running]) -> list[Running]:
    """Take texts that differ only in Roman numbers, which may count pages, for one."""
    first: dict[tuple[str, ...], Running] = {}
    for one in several:
        first.setdefault(tuple(atom.casefold() for atom in one.atoms if not is_roman(atom)), one)
    return list(first.values())


def _one_sided(one: Running, *, is_after: bool) -> Difference:
    significance: Significance = "substantive" if says_something(one) else "formatting"
    passage = _passage(one)
    return Difference(
        kind="added" if is_after else "removed",
        what="words" if any(atom[0].isalpha() for atom in one.atoms) else "number",
        significance=significance,
        before=None if is_after else passage,
        after=passage if is_after else None,
    )


def _changed(one: Running, other: Running) -> Difference:
    has_figures = any(char.isdigit() for char in one.text + other.text)
    return Difference(
        kind="changed",
        what="number" if has_figures else "words",
        significance="substantive",
        before=_passage(one),
        after=_passage(other),
    )


def _passage(one: Running) -> Passage:
    return Passage(
        text=one.text,
        changed=one.text,
        places=(Place(one.page, one.box),),
        section=HEADER_OR_FOOTER,
        is_read_by_ocr=one.is_read_by_ocr,
    )


def _likeness(one: str, other: str) -> float:
    a, b = set(one.casefold().split()), set(other.casefold().split())
    return 2 * len(a & b) / (len(a) + len(b))
