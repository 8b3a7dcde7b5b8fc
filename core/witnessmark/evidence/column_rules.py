"""Rules between columns that hold row by row: products, percentages, changes and running balances."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import pairwise, permutations
from math import log2
from typing import TypeVar

from witnessmark.evidence.figures import Figure, Figures
from witnessmark.evidence.relations import (
    MOST_BITS,
    CellAt,
    Instance,
    Ratio,
    RatioKind,
    Sum,
    Value,
    bits_of,
    rounding_slack,
    value_of,
)

_FEWEST_ROWS = 3
_ENOUGH_BITS = 24.0
"""Every three columns are tried in every order, so that more is asked of what is found than of a labelled sum."""
_SAMPLED = 8
"""Rows that decide whether a combination is worth a look at all of them."""

_Item = TypeVar("_Item")
Found = tuple[list[Instance], list[Instance]]
"""Instances of a rule that hold, and those that break."""


def column_rules(
    figures: Figures, columns: Sequence[int], rows: Sequence[int], rates: Collection[int]
) -> Iterator[Found]:
    """Find the rules between columns, each with its instances; `rule` of them is left at 0.

    Shapes:  `columns` and `rows` are those to look at; `rates` the columns of percentages and the like
    """
    value = value_of(figures)
    yield from _balances(figures, columns, rows, value)
    columns = [column for column in columns if len(_with_all(figures, rows, (column,))) >= _FEWEST_ROWS]
    said: dict[frozenset[int], Found] = {}
    for holding, broken in _believed(_ratios(figures, columns, rows, rates), value):
        compared = frozenset(column for _, column in holding[0].cells)
        if compared not in said or _is_clearer(holding[0], said[compared][0][0], figures, rows):
            said[compared] = holding, broken
    yield from said.values()
    yield from _believed(_shares(figures, columns, rows, rates), value)


def _is_clearer(one: Instance, other: Instance, figures: Figures, rows: Sequence[int]) -> bool:
    """Say whether one of two rules that say the same says it better: as a product, or of a percentage."""
    return (one.kind == "product", _is_percent(figures, one.result[1], rows)) > (
        other.kind == "product",
        _is_percent(figures, other.result[1], rows),
    )


def _believed(candidates: Iterable[Sequence[Ratio]], value: Value) -> Iterator[Found]:
    return _judged((_instances(claims, claims[0].kind, value) for claims in candidates), value)


def _judged(candidates: Iterable[Sequence[Instance]], value: Value) -> Iterator[Found]:
    for instances in candidates:
        holding = [instance for instance in instances if instance.claim.holds(value)]
        broken = [instance for instance in instances if not instance.claim.holds(value)]
        if len(holding) < _FEWEST_ROWS or len(holding) < (2 if instances[0].kind == "running balance" else 3) * len(
            broken
        ):
            continue
        if sum(instance.bits for instance in holding) < _ENOUGH_BITS:
            continue
        yield holding, broken


def _ratios(
    figures: Figures, columns: Sequence[int], rows: Sequence[int], rates: Collection[int]
) -> Iterator[list[Ratio]]:
    """Give the claims that one column is the product, percentage or change of two others, where a sample allows it."""
    values = {column: [_value(figures, row, column) for row in rows] for column in columns}
    filled = {column: frozenset(_with_all(figures, rows, (column,))) for column in columns}
    number_of = {row: number for number, row in enumerate(rows)}
    sampled: dict[frozenset[int], tuple[list[int], Sequence[int]]] = {}
    for a, b in permutations(columns, 2):
        for result in columns:
            if result in {a, b}:
                continue
            tried = _tried(a, b, is_rate=result in rates)
            common = filled[a] & filled[b] & filled[result]
            if common not in sampled:
                both = sorted(common)
                sampled[common] = both, [number_of[row] for row in _sample(both)]
            both, numbers = sampled[common]
            if len(both) < _FEWEST_ROWS:
                continue
            sample = [(values[a][n], values[b][n], values[result][n]) for n in numbers]
            unit = _figure(figures, (both[0], result)).step
            for kind, scale in tried:
                if _mostly(sample, _guess_of(kind, scale, figures.one, unit)):
                    yield [_ratio(figures, kind, scale, ((row, a), (row, b), (row, result))) for row in both]


def _tried(a: int, b: int, *, is_rate: bool) -> Sequence[tuple[RatioKind, int]]:
    if is_rate:
        return (_PERCENTAGE, _CHANGE, _QUOTIENT)
    return (_PRODUCT, _QUOTIENT) if a < b else (_QUOTIENT,)


_PERCENTAGE: tuple[RatioKind, int] = ("percentage", 100)
_QUOTIENT: tuple[RatioKind, int] = ("percentage", 1)
_CHANGE: tuple[RatioKind, int] = ("change", 100)
_PRODUCT: tuple[RatioKind, int] = ("product", 1)


def _with_all(figures: Figures, rows: Sequence[int], columns: Sequence[int]) -> list[int]:
    return [row for row in rows if all(figures.cells[row][column] for column in columns)]


def _sample(items: Sequence[_Item]) -> Sequence[_Item]:
    return items[:: max(len(items) // _SAMPLED, 1)][:_SAMPLED]


def _mostly(sample: Sequence[_Item], claim: Callable[[_Item], bool]) -> bool:
    """Say whether a claim holds for two in three of a sample; stops as soon as it cannot."""
    allowed = len(sample) // 3
    for item in sample:
        if not claim(item):
            allowed -= 1
            if allowed < 0:
                return False
    return True


def _guess_of(kind: RatioKind, scale: int, one: int, unit: int) -> Callable[[tuple[int, ...]], bool]:
    """Give a quick test of a claim, a little laxer than the claim itself."""

    def is_likely(cells: tuple[int, ...]) -> bool:
        a, b, c = cells
        if kind == "product":
            return abs(a * b - c * one) <= unit * one
        if not b:
            return False
        expected = scale * one * (a if kind == "percentage" else a - b) / b
        return abs(abs(expected) - abs(c)) <= unit + abs(expected) * 0.02

    return is_likely


def _value(figures: Figures, row: int, column: int) -> int:
    figure = figures.cells[row][column]
    return figure.value if figure else 0


def _is_percent(figures: Figures, column: int, rows: Sequence[int]) -> bool:
    cells = [figure for row in rows if (figure := figures.cells[row][column])]
    return 2 * sum(cell.is_percent for cell in cells) > len(cells)


def _ratio(figures: Figures, kind: RatioKind, scale: int, cells: tuple[CellAt, CellAt, CellAt]) -> Ratio:
    a, b, c = (_figure(figures, cell) for cell in cells)
    exact = kind == "product"
    return Ratio(
        kind,
        cells,
        (0 if exact else a.step, 0 if exact else b.step, c.unit if exact else c.step),
        scale,
        figures.one,
        is_unsigned=kind == "percentage" or (kind == "change" and (a.value < 0 or b.value < 0)),
    )


def _figure(figures: Figures, cell: CellAt) -> Figure:
    figure = figures.cells[cell[0]][cell[1]]
    assert figure is not None
    return figure


def _instances(claims: Sequence[Ratio], kind: RatioKind, value: Value) -> list[Instance]:
    """Judge how much each claim says by how far the results of all lie apart."""
    results = sorted(value(claim.cells[2]) for claim in claims)
    spread = results[-max(len(results) // 10, 1) - 1] - results[len(results) // 10] if len(results) > 2 else 0
    instances: list[Instance] = []
    for claim in claims:
        a, b, c = (abs(value(cell)) for cell in claim.cells)
        slack = claim.slack(value)
        is_trivial = not a or not b or (claim.kind == "product" and claim.one in {a, b}) or a == b or not c
        bits = 0.0 if is_trivial else min(MOST_BITS, log2(max(spread / (2 * slack + 1e-9), 1.0)))
        instances.append(Instance(0, kind, "row", claim.cells[2][0], claim, bits))
    return instances


def _shares(
    figures: Figures, columns: Sequence[int], rows: Sequence[int], rates: Collection[int]
) -> Iterator[list[Ratio]]:
    """Give the claims that a column is another one as percentages of one of its figures, which is itself 100 %."""
    hundred = 100 * figures.one
    for percent in columns:
        whole = [row for row in rows if percent in rates and _value(figures, row, percent) == hundred]
        for column in columns if whole else ():
            for base in {whole[0], whole[-1]} if column != percent else ():
                if not _value(figures, base, column):
                    continue
                both = [row for row in _with_all(figures, rows, (column, percent)) if row != base]
                claims = [_share(figures, row, base, column, percent) for row in both]
                if len(both) >= _FEWEST_ROWS and _mostly(_sample(claims), lambda c: c.holds(value_of(figures))):
                    yield claims


def _share(figures: Figures, row: int, base: int, column: int, percent: int) -> Ratio:
    return _ratio(figures, "percentage", 100, ((row, column), (base, column), (row, percent)))


def _balances(figures: Figures, columns: Sequence[int], rows: Sequence[int], value: Value) -> Iterator[Found]:
    """Find columns in which each figure is the one before plus and minus what moved, in either order of the rows."""
    for balance in columns:
        filled = [row for row in rows if figures.cells[row][balance]]
        if len(filled) < max(_FEWEST_ROWS + 1, 0.7 * len(rows)):
            continue
        others = [column for column in columns if column != balance]
        found: list[tuple[float, Found]] = []
        for order in (filled, filled[::-1]):
            pairs = list(pairwise(order))
            sample = _sample([pair for pair in pairs if any(figures.cells[pair[1]][column] for column in others)])
            for moves in _moves(others):
                if not sample or not _mostly(sample, _moved_by(figures, balance, moves)):
                    continue
                instances = [
                    Instance(0, "running balance", "column", balance, claim, _bits(claim, value))
                    for pair in pairs
                    if (claim := _balance(figures, balance, pair, moves))
                ]
                found += [(sum(i.bits for i in believed[0]), believed) for believed in _judged([instances], value)]
        if found:
            yield max(found, key=lambda item: item[0])[1]


def _moved_by(figures: Figures, balance: int, moves: Sequence[tuple[int, int]]) -> Callable[[tuple[int, int]], bool]:
    """Give a quick test whether a balance moved by what stands in other columns."""

    def is_moved(rows: tuple[int, int]) -> bool:
        before, row = rows
        moved = sum(sign * _value(figures, row, column) for column, sign in moves)
        gap = _value(figures, before, balance) + moved - _value(figures, row, balance)
        return abs(gap) <= 2 * _figure(figures, (row, balance)).step

    return is_moved


def _moves(columns: Sequence[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Give the ways in which a balance may move: by one column, or by two of opposite signs."""
    for column in columns:
        yield ((column, 1),)
        yield ((column, -1),)
    for plus, minus in permutations(columns, 2):
        yield ((plus, 1), (minus, -1))


def _balance(figures: Figures, balance: int, rows: tuple[int, int], moves: Sequence[tuple[int, int]]) -> Sum | None:
    before, row = rows
    moved = [(column, sign) for column, sign in moves if figures.cells[row][column]]
    if not moved:
        return None
    cells = ((before, balance), *((row, column) for column, _ in moved), (row, balance))
    slack = rounding_slack([_figure(figures, cell).step for cell in cells])
    return Sum(cells, (1, *(sign for _, sign in moved), -1), slack)


def _bits(claim: Sum, value: Value) -> float:
    moved = sum(factor * value(cell) for cell, factor in zip(claim.cells[1:-1], claim.factors[1:-1], strict=True))
    return bits_of(
        [value(claim.cells[0]), moved, value(claim.cells[-1])], claim.slack, max(claim.slack, 1), gap=claim.gap(value)
    )
