"""Signs, capitals and conjunctions that go with the form of a paragraph, where it begins or ends on one side only."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.hunks import Hunk
from witnessmark.offline.differences.units import Unit
from witnessmark.offline.differences.words import CONJUNCTIONS

JOINTS = frozenset(".,;:-\u2022")
"""Signs that end a heading, an item or a sentence."""


class Edges:
    """The places where a paragraph begins or ends on one side only."""

    def __init__(self, a: Side, units_a: Sequence[Unit], b: Side, units_b: Sequence[Unit]) -> None:
        self._a, self._b = a, b
        self._edges_a, self._edges_b = _edges(a, units_a), _edges(b, units_b)

    def explain(self, hunk: Hunk) -> bool:
        """Say whether a change is only what layout does: the heading `4. Payment` runs in as `4. Payment.`"""
        keys_a, keys_b = self._keys(hunk)
        if _are_joints(keys_a) and _are_joints(keys_b) and self._is_at_moved_edge(hunk):
            return not (_leads_figure(self._a, hunk.a_end) or _leads_figure(self._b, hunk.b_end))  # a minus
        if keys_a == keys_b and self._moves_start(hunk):
            forms = self._a.forms[hunk.a_start : hunk.a_end], self._b.forms[hunk.b_start : hunk.b_end]
            return _uncapitalised(forms[0]) == _uncapitalised(forms[1])
        return False

    def join(self, hunk: Hunk) -> bool:
        """Say whether a conjunction joins items which a list has on lines of their own."""
        keys_a, keys_b = self._keys(hunk)
        words = [key for key in (*keys_a, *keys_b) if key not in JOINTS]
        if len(words) != 1 or words[0] not in CONJUNCTIONS:
            return False
        return self._is_at_moved_edge(hunk)

    def _is_at_moved_edge(self, hunk: Hunk) -> bool:
        """Say whether a paragraph of one side begins or ends with a change, or ends after the `and` that follows it."""
        ends = [self._moves_end(hunk._replace(a_end=hunk.a_end + n, b_end=hunk.b_end + n)) for n in (0, 1)]
        follows = self._a.keys[hunk.a_end : hunk.a_end + 1], self._b.keys[hunk.b_end : hunk.b_end + 1]
        if ends[0] or (follows[0] == follows[1] and CONJUNCTIONS.issuperset(follows[0]) and ends[1]):
            return True
        return self._moves_start(hunk) and hunk.a_end not in self._edges_a

    def _keys(self, hunk: Hunk) -> tuple[list[str], list[str]]:
        return self._a.keys[hunk.a_start : hunk.a_end], self._b.keys[hunk.b_start : hunk.b_end]

    def _moves_start(self, hunk: Hunk) -> bool:
        return self._differ(hunk.a_start, hunk.b_start)

    def _moves_end(self, hunk: Hunk) -> bool:
        return self._differ(hunk.a_end, hunk.b_end)

    def _differ(self, one: int, other: int) -> bool:
        """Say whether a paragraph ends on one side only; where a page ends, the paragraph may go on."""
        if (one in self._edges_a) != (other in self._edges_b):
            return True
        return one in self._edges_a and (_is_page_break(self._a, one) or _is_page_break(self._b, other))


def _edges(side: Side, units: Sequence[Unit]) -> frozenset[int]:
    starts = {*side.starts, len(side.keys)}
    return frozenset(starts | {unit.start for unit in units if unit.number_start in starts})


def _is_page_break(side: Side, start: int) -> bool:
    """Say whether only a page ends here, within a sentence."""
    if not 0 < start < len(side.keys) or side.keys[start - 1] in {".", "!", "?", ":", ";"}:
        return False
    return side.page_of(side.last_words[start - 1]) != side.page_of(side.first_words[start])


def _are_joints(keys: Sequence[str]) -> bool:
    return all(key in JOINTS for key in keys)


def _leads_figure(side: Side, atom: int) -> bool:
    return 0 < atom < len(side.keys) and side.keys[atom - 1] == "-" and side.keys[atom][0].isdigit()


def _uncapitalised(forms: Sequence[str]) -> list[str]:
    return [form[:1].casefold() + form[1:] if n == 0 else form for n, form in enumerate(forms)]
