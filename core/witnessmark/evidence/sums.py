"""Sums along lines of figures: totals, subtotals and differences, found from what holds and from what labels say.

The lines are the rows of a table, or its columns; a rule says that one line is the sum of others, with signs, and is
tried at every place across. What is not yet summed lies on a stack: a result takes its parts off it and lies down on
it, so that grand totals are found as sums of subtotals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log2

from witnessmark.evidence.relations import CellAt, Direction, Instance, Kind, Sum, bits_of, rounding_slack
from witnessmark.evidence.total_words import Label

ENOUGH_BITS = 8.0
"""A rule is believed when its chance to hold by accident is below one in a thousand."""
_BONUS: dict[Label, float] = {"total": 6.0, "result": 4.0, "average": 0.0, "blank": 5.0, "other": 0.0}
_MOST_SIGNED = 7
"""Parts of a sum whose signs are tried out."""
_MOST_GUESSED = 4
"""Places at which a line may fail to be the total it is called, and is still looked at where a cell is doubted."""
_MOST_OPEN = 80
"""Lines that a sum without a label reaches over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Rows or columns of figures.

    Shapes:  `values`, `steps`, `is_filled`, `is_percent` have an entry for each line and place across; None in `values`
             is a text, 0 where nothing stands for zero
    """

    direction: Direction
    values: tuple[tuple[int | None, ...], ...]
    steps: tuple[tuple[int, ...], ...]
    is_filled: tuple[tuple[bool, ...], ...]
    is_percent: tuple[tuple[bool, ...], ...]
    labels: tuple[Label, ...]
    is_rate: tuple[bool, ...]
    """Places across where rates stand, which hardly ever add up."""
    holds_rates: tuple[bool, ...]
    """Lines of rates, which are not added to anything else."""
    is_plain: tuple[bool, ...]
    """Whether a line's label is a total's word and hardly more."""
    numbers: tuple[int, ...]
    """Which row or column of the grid each line is."""
    places: tuple[int, ...]
    """Which column or row of the grid each place across is."""

    def cell(self, line: int, across: int) -> CellAt:
        """Say where in the grid a line and a place across meet."""
        number, place = self.numbers[line], self.places[across]
        return (number, place) if self.direction == "column" else (place, number)

    def reversed(self) -> Lines:
        """Give the lines in the opposite order, in which totals that stand first stand last."""
        return Lines(
            direction=self.direction,
            values=self.values[::-1],
            steps=self.steps[::-1],
            is_filled=self.is_filled[::-1],
            is_percent=self.is_percent[::-1],
            labels=self.labels[::-1],
            is_rate=self.is_rate,
            holds_rates=self.holds_rates[::-1],
            is_plain=self.is_plain[::-1],
            numbers=self.numbers[::-1],
            places=self.places,
        )


Part = tuple[int, int]
"""A line and its factor."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line as the sum of others, and where that holds.

    Shapes:  `holding` and `broken` list places across, `trivial` those where one part alone is the result
    """

    result: int
    parts: tuple[Part, ...]
    holding: tuple[int, ...]
    broken: tuple[int, ...]
    score: float
    bits: dict[int, float] = field(default_factory=dict[int, float])
    times: int = 1
    """How often the result stands in the sum: of an average, as often as it has parts."""
    is_guess: bool = False
    """Whether only the label says so: it holds nowhere."""


def sum_rules(lines: Lines, *, labelled_only: bool = False) -> list[Rule]:
    """Find the sums among lines, whichever end their totals stand at."""
    rules = _Search(lines, labelled_only=labelled_only).rules()
    taken = {rule.result for rule in rules if not rule.is_guess}
    last = len(lines.values) - 1
    for rule in _Search(lines.reversed(), labelled_only=labelled_only, is_backwards=True).rules():
        if last - rule.result not in taken and not rule.is_guess:
            parts = tuple((last - line, factor) for line, factor in rule.parts)
            rules.append(
                Rule(last - rule.result, parts, rule.holding, rule.broken, rule.score, rule.bits, times=rule.times)
            )
    return _distinct(rules)


def _distinct(rules: Sequence[Rule]) -> list[Rule]:
    """Keep one rule for each set of lines: a sum rather than the difference that says the same."""
    explained = {rule.result for rule in rules if not rule.is_guess}
    kept: dict[frozenset[int], Rule] = {}
    for rule in sorted(rules, key=lambda rule: (any(factor < 0 for _, factor in rule.parts), -rule.score)):
        if not rule.is_guess or rule.result not in explained:
            kept.setdefault(frozenset((rule.result, *(line for line, _ in rule.parts))), rule)
    return list(kept.values())


def instances_of(rules: Sequence[Rule], lines: Lines, first_rule: int) -> Iterator[tuple[Instance, bool]]:
    """Give every place at which a rule holds or breaks, and which of both it is."""
    as_parts = {line for rule in rules for line, _ in rule.parts}
    for number, rule in enumerate(rules, first_rule):
        kind: Kind = "subtotal" if rule.result in as_parts else "total"
        if rule.times > 1:
            kind = "average"
        elif any(factor < 0 for _, factor in rule.parts):
            kind = "difference"
        for place in sorted((*rule.holding, *rule.broken)):
            cells = tuple(lines.cell(line, place) for line, _ in rule.parts if lines.is_filled[line][place])
            factors = tuple(factor for line, factor in rule.parts if lines.is_filled[line][place])
            claim = Sum((*cells, lines.cell(rule.result, place)), (*factors, -rule.times), _slack(lines, rule, place))
            yield (
                Instance(number, kind, lines.direction, lines.places[place], claim, rule.bits.get(place, 0.0)),
                place in rule.holding,
            )


def _slack(lines: Lines, rule: Rule, place: int) -> int:
    steps = [lines.steps[line][place] for line, _ in rule.parts if lines.is_filled[line][place]]
    return rounding_slack([*steps, *[lines.steps[rule.result][place]] * rule.times])


class _Search:
    """One way through the lines, with the stack of those that no result has summed yet."""

    def __init__(self, lines: Lines, *, labelled_only: bool, is_backwards: bool = False) -> None:
        self._lines = lines
        self._labelled_only = labelled_only
        self._is_backwards = is_backwards
        self._open: list[int] = []
        self._section = 0
        """Where on the stack the lines begin that follow the last heading or result."""
        self._found: list[Rule] = []
        self._search_bits = log2(len(lines.values) + 1)
        """What it costs to take any line for a result."""

    def rules(self) -> list[Rule]:
        for line, filled in enumerate(self._lines.is_filled):
            if not any(filled):
                self._section = len(self._open)
                continue
            rule = self._best(line)
            if rule:
                self._found.append(rule)
            if rule and rule.times == 1:
                self._take_off(rule)
            if self._lines.labels[line] != "average":
                self._open.append(line)
            if rule:
                self._section = len(self._open)
        return self._found

    def _take_off(self, rule: Rule) -> None:
        parts = {line for line, _ in rule.parts}
        if parts <= set(self._open[-len(parts) :]):
            del self._open[-len(parts) :]

    def _best(self, line: int) -> Rule | None:
        label = self._lines.labels[line]
        if self._labelled_only and label not in {"total", "average"}:
            return None
        if not self._open:
            return None
        found = [*self._sums(line)]
        if label == "total" and not any(not rule.broken for rule in found):
            found += [*self._sums_of_leaves(line), *self._sums_of_lines(line)]
        if not self._is_backwards or self._lines.direction == "row":
            found += self._signed(line)
        believed = [rule for rule in found if self._is_believed(rule)]
        if believed:
            return max(believed, key=lambda rule: rule.score)
        if label == "average":
            return self._average(line)
        return None if self._is_backwards or not self._lines.is_plain[line] else self._guess(line)

    def _is_believed(self, rule: Rule) -> bool:
        holding, broken = len(rule.holding), len(rule.broken)
        if self._lines.labels[rule.result] == "other" and (holding < 2 or rule.score < ENOUGH_BITS + self._search_bits):
            return False
        is_total = self._lines.labels[rule.result] == "total"
        return rule.score >= ENOUGH_BITS and broken <= holding * (1 if is_total or holding < 3 else 0.5)

    def _sums(self, line: int) -> Iterator[Rule]:
        """Try the sums of the last lines on the stack, two or more."""
        is_labelled = self._lines.labels[line] == "total"
        upwards = self._open[::-1] if is_labelled else self._open[: -_MOST_OPEN - 1 : -1]
        cost = log2(len(upwards) + 1)
        natural = {len(self._open) - self._section, len(self._open)}
        for count in self._lengths(line, upwards):
            parts = tuple((part, 1) for part in reversed(upwards[:count]))
            yield self._tried(line, parts, 0.0 if count in natural else cost)

    def _lengths(self, line: int, upwards: Sequence[int]) -> Iterator[int]:
        """Give how many of the last lines add up to this one in some place."""
        lines = self._lines
        targets = [
            (place, value, 2 * lines.steps[line][place])
            for place, value in enumerate(lines.values[line])
            if value is not None and lines.is_filled[line][place]
        ]
        sums = dict.fromkeys((place for place, _, _ in targets), 0)
        for count, part in enumerate(upwards, 1):
            values, met = lines.values[part], False
            for place, target, step in targets:
                sums[place] = now = sums[place] + (values[place] or 0)
                if abs(now - target) <= step + (count + 1) * step // 4:
                    met = True
            if met and count > 1:
                yield count

    def _sums_of_leaves(self, line: int) -> Iterator[Rule]:
        """Try the sums of the last lines that are no results themselves, for totals beside unsummed subtotals."""
        results = {rule.result for rule in self._found}
        leaves = [
            part
            for part in range(line - 1, -1, -1)
            if part not in results
            and self._lines.labels[part] not in {"total", "average"}
            and any(self._lines.is_filled[part])
        ]
        cost = log2(len(leaves) + 1) + 1
        for count in self._lengths(line, leaves):
            yield self._tried(line, tuple((part, 1) for part in reversed(leaves[:count])), cost)

    def _sums_of_lines(self, line: int) -> Iterator[Rule]:
        """Try the sums of the last lines, whatever has summed them, for totals of what a balance was made of before."""
        lines = [part for part in range(line - 1, max(line - _MOST_SIGNED, -1), -1) if any(self._lines.is_filled[part])]
        for count in self._lengths(line, lines):
            yield self._tried(line, tuple((part, 1) for part in reversed(lines[:count])), log2(len(lines) + 1) + 1)

    def _signed(self, line: int) -> Iterator[Rule]:
        """Try the last lines on the stack with every choice of signs, the first of them positive."""
        lines = self._lines
        places = sorted(
            (
                place
                for place, value in enumerate(lines.values[line])
                if value
                and lines.is_filled[line][place]
                and all(lines.values[p][place] is not None for p in self._open[-2:])
            ),
            key=lambda place: -abs((lines.values[line][place] or 0) // lines.steps[line][place]),
        )[:2]
        seen: set[tuple[Part, ...]] = set()
        natural = {len(self._open) - self._section, len(self._open)}
        results = {rule.result for rule in self._found}
        for count in range(2, min(_MOST_SIGNED, len(self._open)) + 1):
            tail = self._open[-count:]
            # Signs can be chosen so that much comes out: a line that is not called a result has to end something.
            if lines.labels[line] == "other" and count not in natural and tail[0] not in results:
                continue
            for place in places:
                for signs in _signs(
                    [lines.values[part][place] or 0 for part in tail],
                    lines.values[line][place] or 0,
                    rounding_slack([lines.steps[part][place] for part in (*tail, line)]),
                    can_turn=count == 2,
                ):
                    parts = tuple(zip(tail, signs, strict=True))
                    if parts not in seen:
                        seen.add(parts)
                        yield self._tried(line, parts, count + 1.0)

    def _average(self, line: int) -> Rule | None:
        parts = tuple((part, 1) for part in self._open[self._section :] or self._open)
        if len(parts) < 2:
            return None
        rule = self._tried(line, parts, -3.0, times=len(parts))
        return rule if rule.score >= ENOUGH_BITS and 2 * len(rule.broken) <= len(rule.holding) else None

    def _guess(self, line: int) -> Rule | None:
        """Take a line that is called a total for one, though it holds nowhere."""
        for first in sorted({self._section, 0}, reverse=True):
            parts = tuple((part, 1) for part in self._open[first:])
            if len(parts) < 2:
                continue
            rule = self._tried(line, parts, 0.0)
            if 0 < len(rule.broken) <= _MOST_GUESSED and not rule.holding:
                return Rule(rule.result, rule.parts, (), rule.broken, 0.0, is_guess=True)
        return None

    def _tried(self, line: int, parts: tuple[Part, ...], cost: float, times: int = 1) -> Rule:
        """Try a rule at every place across, and judge it by where it holds and breaks."""
        lines = self._lines
        holding: list[int] = []
        broken: list[int] = []
        bits: dict[int, float] = {}
        unsaid = 0
        before: list[int] | None = None
        for place, target in enumerate(lines.values[line]):
            if target is not None and not lines.is_filled[line][place]:
                unsaid += sum(lines.values[part][place] != 0 for part, _ in parts) > 1
                continue
            terms = self._terms(line, parts, place, times)
            if target is None or terms is None:
                continue
            filled = [part for part, _ in parts if lines.is_filled[part][place]]
            steps = [lines.steps[part][place] for part in (*filled, *[line] * times)]
            slack = rounding_slack(steps)
            gap = sum(terms) - times * target
            if abs(gap) > slack:
                broken += [place] if 2 * slack < max(map(abs, terms)) else []
                continue
            said = bits_of([*filter(None, terms), times * target], slack, max(steps), gap=gap)
            if sum(factor for _, factor in parts) == times == 1:
                figures = [*(lines.values[part][place] or 0 for part, _ in parts), target]
                told = (
                    _apart(figures) if before is None else _apart([a - b for a, b in zip(figures, before, strict=True)])
                )
                said = min(said, bits_of(told, slack, max(steps), gap=gap))
                before = figures
            holding += [place] if said else []
            bits[place] = said
        if not any(lines.is_rate[place] for place in holding):
            broken = [place for place in broken if not lines.is_rate[place]]
        score = sum(bits.values()) - cost + _BONUS[lines.labels[line]] - 2 * (len(broken) + unsaid)
        return Rule(line, parts, tuple(holding), tuple(broken), score, bits, times=times)

    def _terms(self, line: int, parts: Sequence[Part], place: int, times: int) -> list[int] | None:
        """Give the parts with their signs; None where they cannot be meant to be added up, as rates to amounts."""
        lines = self._lines
        values = [lines.values[part][place] for part, _ in parts]
        filled = [part for part, _ in parts if lines.is_filled[part][place]]
        if None in values or len(filled) < 2 or (times > 1 and len(filled) < len(parts)):
            return None
        if len({(lines.holds_rates[part], lines.is_percent[part][place]) for part in (*filled, line)}) > 1:
            return None
        return [(value or 0) * factor for value, (_, factor) in zip(values, parts, strict=True)]


def _apart(figures: Sequence[int]) -> list[int]:
    """Say how far figures lie from their middle.

    A sum of one more added than taken off holds for the same figures, all raised by something: so of figures alike, or
    of a column that is another one raised, it says no more than their differences do.
    """
    middle = sorted(figures)[len(figures) // 2]
    return [figure - middle for figure in figures]


def _signs(values: Sequence[int], target: int, slack: int, *, can_turn: bool) -> Iterator[tuple[int, ...]]:
    """Give the choices of signs, not all positive, with which values add up to a target."""
    sums = [values[0]]
    for value in values[1:]:
        sums = [total + signed for total in sums for signed in (value, -value)]
    width = len(values) - 1
    for number, total in enumerate(sums):
        if number and abs(total - target) <= slack:
            yield (1, *(-1 if number >> (width - 1 - bit) & 1 else 1 for bit in range(width)))
        if can_turn and number and abs(-total - target) <= slack:
            yield (-1, *(1 if number >> (width - 1 - bit) & 1 else -1 for bit in range(width)))
