"""Whether the place of a text among its neighbours can matter: then moving it is a change of substance.

It can if the text has a number of its own, if what leads in to it speaks of an order, a rank or steps, if it or its
next neighbour refers to what comes before, or if its table has a column for ranks or steps. The order of other
sentences, paragraphs and rows under one heading is taken for layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.units import Unit

MAX_LEAD_IN = 60
"""Atoms before a text in which an order may be announced."""
MAX_HEADER = 400
"""Units above a row among which the header of its table is looked for."""
_ORDERS = frozenset(
    "order sequence sequentially precedence priority priorities prevail prevails rank ranking ranks ranked hierarchy"
    " step steps stages phases successively consecutively procedure"
    " reihenfolge rangfolge rang vorrang vorrangig nacheinander schritt schritte schritten stufen abfolge priorität"
    " ordre priorité étapes orden prioridad pasos ordine priorità".split()
)
_REFERS = frozenset(
    "thereafter hereafter following foregoing preceding aforesaid aforementioned subsequently above below"
    " vorstehend vorstehende vorstehenden vorgenannte vorgenannten nachstehend nachfolgend vorherige vorherigen"
    " obige obigen folgende folgenden".split()
)
_LEANS = frozenset(
    "this that these those it they such he she its their otherwise however therefore then next first firstly second"
    " secondly third thirdly finally lastly afterwards"
    " dies diese dieser dieses diesem diesen sie er es solche andernfalls jedoch daher deshalb ansonsten dabei dann"
    " danach zunächst zuerst zuletzt schließlich anschließend sodann".split()
)
"""First words that lean on the sentence before, or say that others follow."""
_RANK_COLUMNS = frozenset("rank step steps priority order no nr pos position # platz rang schritt stufe lfd".split())


def order_matters(side: Side, units: Sequence[Unit], first: int, last: int) -> bool:
    """Say whether it can matter where units stand among their neighbours.

    Shapes:  `first` and `last` are the places of the units, both included
    """
    start, end = units[first].start, units[last].end
    if units[first].is_row:
        return _is_ranked(side, units, first)
    if any(unit.number_start < unit.start for unit in units[first : last + 1]):
        return True
    lead_in = side.keys[max(0, units[first].number_start - MAX_LEAD_IN) : units[first].number_start]
    if _refers(side, start, end) or _ORDERS & set(lead_in):
        return True
    return _leans(side, units[first]) or (last + 1 < len(units) and _leans(side, units[last + 1]))


def _refers(side: Side, start: int, end: int) -> bool:
    """Say whether a text refers to others by their place; `above 30 degrees` does not."""
    keys = [*side.keys[start:end], ""]
    return any(key in _REFERS and not following[:1].isdigit() for key, following in pairwise(keys))


def _leans(side: Side, unit: Unit) -> bool:
    return unit.size > 1 and not unit.is_row and side.keys[unit.start] in _LEANS


def _is_ranked(side: Side, units: Sequence[Unit], row: int) -> bool:
    """Say whether the table of a row has a column of ranks or steps."""
    header = row
    while header > 0 and row - header < MAX_HEADER and units[header - 1].is_row:
        header -= 1
    cells: dict[int, list[str]] = {}
    for atom in range(units[header].start, units[header].end):
        cells.setdefault(side.word_cells[side.first_words[atom]], []).append(side.keys[atom])
    return any(words[0] in _RANK_COLUMNS and len(words) <= 2 for words in cells.values())
