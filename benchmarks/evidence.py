"""Evidence: how many wrong values of tables are flagged, and how many true ones, by kind of mistake.

    python -m benchmarks.evidence                              the dev set in ../shared, from text layers and by OCR
    python -m benchmarks.evidence --drawn                      pages that we draw (drawn_tables.py, drawn_merged.py)
    python -m benchmarks.evidence --groups digital             text layers alone, which takes no OCR
    python -m benchmarks.evidence --cases us-004 --kinds 'row dropped' --show 20     what was missed there, and what
                                                               was flagged though it is true

A value is flagged when its verdict is `displaced` or `unlocated`. Wrong values are those that a mistake touched; what
it left alone is true and must not be flagged, and nor may any value of an answer that is only written differently.
Digital: words of the text layer; OCR: scans, and digital pages drawn at 150 dpi. Readings by OCR are kept in the
temporary folder. Milliseconds are those of checking all tables of a page as printed, CPU time, the words given.
Ends with 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from benchmarks.tables import SHARED, dev_cases, drawn_cases
from benchmarks.true_answers import Answer, Place, as_printed, joined_answers, true_answers
from benchmarks.true_tables import Group, TrueTable, true_tables
from benchmarks.wrong_answers import wrong_answers
from witnessmark.evidence.check import check_table
from witnessmark.evidence.normal import is_nothing, key_of
from witnessmark.evidence.verdicts import TableEvidence, Verdict

LEAST_FLAGGED: dict[Group, float] = {"digital": 0.995, "OCR": 0.975}
MOST_FALSE: dict[Group, float] = {"digital": 0.003, "OCR": 0.015}
MOST_MILLISECONDS = 10.0
"""A digital page."""
RUNS = 7
LEAST_OF_ROW = 0.5
"""Share of a lost row's words that what is left over has to have to be that row."""


@dataclass(slots=True, kw_only=True)
class Count:
    """What became of the answers of one kind."""

    answers: int = 0
    wrong: int = 0
    wrong_flagged: int = 0
    true: int = 0
    true_flagged: int = 0
    unchecked: int = 0
    """Values with text and without a verdict."""
    misses: list[str] = field(default_factory=list[str])
    false_alarms: list[str] = field(default_factory=list[str])

    def add(self, answer: Answer, evidence: TableEvidence) -> None:
        """Hold verdicts against what is known."""
        self.answers += 1
        if answer.lost_row:
            is_found = any(_is_row(answer, left.text) for left in evidence.left_over if left.is_row)
            self._wrong(is_found, answer, f"lost row {' | '.join(answer.lost_row)!r}")
        either = set(answer.repeated) | set(answer.repeated.values())
        for place, original in answer.repeated.items():
            verdicts = [evidence.verdicts[row][column] for row, column in (place, original)]
            self._wrong(any(map(_is_flagged, verdicts)), answer, _told(answer, place, verdicts[0]))
        for place, text in answer.places():
            verdict = evidence.verdicts[place[0]][place[1]]
            self.unchecked += (verdict is None and not is_nothing(key_of(text))) or _is_not_looked_up(verdict)
            if place in answer.wrong:
                self._wrong(_is_flagged(verdict), answer, _told(answer, place, verdict))
            elif place not in answer.undecided and place not in either:
                self.true += 1
                if _is_flagged(verdict):
                    self.true_flagged += 1
                    self.false_alarms.append(_told(answer, place, verdict))

    def _wrong(self, is_flagged: bool, answer: Answer, told: str) -> None:
        self.wrong += 1
        self.wrong_flagged += is_flagged
        if not is_flagged:
            self.misses.append(told if told.startswith(answer.table.name) else f"{answer.table.name}: {told}")


def _is_flagged(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.status in {"displaced", "unlocated"}


def _is_not_looked_up(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.status is None


def _is_row(answer: Answer, left: str) -> bool:
    lost = Counter(_tokens(" ".join(answer.lost_row)))
    return (lost & Counter(_tokens(left))).total() >= LEAST_OF_ROW * lost.total()


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold()) or text.split()


def _told(answer: Answer, place: Place, verdict: Verdict | None) -> str:
    """Say where a verdict was given, on what, and which."""
    row, column = place
    text = answer.grid[row][column]
    if verdict is None:
        return f"{answer.table.name}: r{row} c{column} {text!r}: no verdict"
    nearest = f", nearest {verdict.nearest!r}" if verdict.nearest is not None else ""
    return f"{answer.table.name}: r{row} c{column} {text!r}: {verdict.status}{nearest}. {verdict.reason}"


def answers_of(tables: Sequence[TrueTable], seed: int) -> Iterator[Answer]:
    """Give true answers and wrong ones; the same seed gives the same, whichever tables come before."""
    for table in tables:
        luck = random.Random(f"{seed}/{table.name}")
        yield from true_answers(table, luck)
        yield from wrong_answers(table, luck)
    yield from joined_answers(tables)


def counted(answers: Iterable[Answer], kinds: Sequence[str]) -> dict[str, Count]:
    """Check answers and count what was flagged, by kind."""
    counts: dict[str, Count] = {}
    for answer in answers:
        if kinds and not any(kind in answer.kind for kind in kinds):
            continue
        evidence = check_table(answer.grid, answer.pages, header_rows=answer.header_rows)
        counts.setdefault(answer.kind, Count()).add(answer, evidence)
    return counts


def milliseconds_by_page(tables: Sequence[TrueTable]) -> dict[str, float]:
    """Measure the checking of all tables of each page: the median of its runs."""
    pages: dict[str, list[Answer]] = {}
    for table in tables:
        pages.setdefault(table.name.rpartition(" ")[0], []).append(as_printed(table))
    return {page: _milliseconds(answers) for page, answers in pages.items()}


def _milliseconds(answers: Sequence[Answer]) -> float:
    taken: list[float] = []
    for _ in range(RUNS):
        begin = time.process_time()
        for answer in answers:
            check_table(answer.grid, answer.pages, header_rows=answer.header_rows)
        taken.append(time.process_time() - begin)
    return statistics.median(taken) * 1e3


def report(counts: dict[str, Count], group: Group) -> Iterator[str]:
    """Write the figures of a group, kinds below their goal marked."""
    yield f"{group:40} answers   wrong  flagged      true  flagged  unchecked"
    kinds = sorted(counts, key=lambda kind: counts[kind].wrong > 0)
    for kind in kinds:
        yield _line(kind, counts[kind], group)
    written = [count for count in counts.values() if not count.wrong]
    mistaken = [count for count in counts.values() if count.wrong]
    yield _line("ALL written differently", _sum(written), group)
    yield _line("ALL mistaken", _sum(mistaken), group)


def _line(kind: str, count: Count, group: Group) -> str:
    wrong = _share(count.wrong_flagged, count.wrong)
    true = _share(count.true_flagged, count.true)
    is_below = wrong is not None and wrong < LEAST_FLAGGED[group]
    is_above = true is not None and true > MOST_FALSE[group]
    return (
        f"  {kind:38} {count.answers:7d} {count.wrong:7d} {_per_cent(wrong)}{'!' if is_below else ' '}"
        f" {count.true:8d} {_per_cent(true)}{'!' if is_above else ' '} {count.unchecked:9d}"
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _per_cent(share: float | None) -> str:
    return "      –" if share is None else f"{share:7.2%}"


def _sum(counts: Sequence[Count]) -> Count:
    return Count(
        answers=sum(count.answers for count in counts),
        wrong=sum(count.wrong for count in counts),
        wrong_flagged=sum(count.wrong_flagged for count in counts),
        true=sum(count.true for count in counts),
        true_flagged=sum(count.true_flagged for count in counts),
        unchecked=sum(count.unchecked for count in counts),
    )


def missed_goals(counts: dict[str, Count], group: Group) -> Iterator[str]:
    """Hold the sums against the goals: wrong values, true values of true answers and of wrong ones."""
    mistaken = _sum([count for count in counts.values() if count.wrong])
    written = _sum([count for count in counts.values() if not count.wrong])
    share = _share(mistaken.wrong_flagged, mistaken.wrong)
    if share is not None and share < LEAST_FLAGGED[group]:
        yield f"{group}: {share:.2%} of the wrong values are flagged; the goal is {LEAST_FLAGGED[group]:.1%}"
    for where, count in (("answers written differently", written), ("answers with mistakes", mistaken)):
        share = _share(count.true_flagged, count.true)
        if share is not None and share > MOST_FALSE[group]:
            yield f"{group}: {share:.2%} of the true values of {where} are flagged; the goal is {MOST_FALSE[group]:.1%}"


def show(counts: dict[str, Count], most: int) -> Iterator[str]:
    """List what was missed and what was flagged though it is true, the same place once."""
    for kind, count in counts.items():
        for what, all_told in (("missed", count.misses), ("flagged though true", count.false_alarms)):
            told = Counter(all_told)
            for line, times in told.most_common(most):
                yield f"{kind}, {what}{f' {times} times' if times > 1 else ''}: {line}"
            if len(told) > most:
                yield f"{kind}, {what}: {len(told) - most} more places"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", default=",".join(get_args(Group)))
    parser.add_argument("--cases", default="", help="only these documents, or kinds of drawn ones")
    parser.add_argument("--kinds", default="", help="only kinds of answers that hold one of these")
    parser.add_argument("--drawn", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=1, help="drawn documents of each kind")
    parser.add_argument("--show", type=int, default=0, help="places to list of each kind")
    parser.add_argument("--json", type=Path, help="also write every figure there")
    arguments = parser.parse_args()
    if not SHARED.is_dir() and not arguments.drawn:
        sys.exit("../shared is not here: --drawn needs nothing")
    wanted = {name for name in arguments.cases.split(",") if name}
    kinds = [kind for kind in arguments.kinds.split(",") if kind]
    missed: list[str] = []
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        seed, each = arguments.seed, arguments.each
        cases = drawn_cases(Path(folder), seed, each, with_merged=True) if arguments.drawn else dev_cases()
        cases = [case for case in cases if not wanted or case.name in wanted or case.kind in wanted]
        for group in get_args(Group):
            if group not in arguments.groups.split(","):
                continue
            tables = list(true_tables(cases, [group]))
            counts = counted(answers_of(tables, arguments.seed), kinds)
            print("\n".join(report(counts, group)))
            missed += missed_goals(counts, group)
            if group == "digital" and tables:
                taken = milliseconds_by_page(tables)
                slowest = max(taken, key=taken.__getitem__)
                middle, mean = statistics.median(taken.values()), statistics.mean(taken.values())
                most = f"{taken[slowest]:.1f} ms at most ({slowest})"
                print(f"  checking a page: {mean:.1f} ms in the mean, {middle:.1f} ms in the median, {most}")
                if mean >= MOST_MILLISECONDS:
                    missed.append(f"digital: a page takes {mean:.1f} ms in the mean; the goal is less than 10 ms")
                figures["milliseconds"] = taken
            figures[group] = {
                kind: {
                    name: getattr(count, name) for name in ("answers", "wrong", "wrong_flagged", "true", "true_flagged")
                }
                for kind, count in counts.items()
            }
            if arguments.show:
                print("\n".join(show(counts, arguments.show)))
            print()
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))
    print("\n".join(missed) or "All goals are met.")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
