"""What a soak found: calls by outcome, what the server took over time, and the goals it is held against."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.soak_calls import ANSWER_MARK, MARK
from benchmarks.soak_ledger import Bill
from benchmarks.soak_room import KEY
from benchmarks.soak_watch import Look

LET_IN_SECONDS = 240.0
"""How long a client may be turned away by a full server."""
WITHIN = 1.05
"""What memory may have grown from the second quarter to the last."""
ANSWERS_WITHIN = 0.5
"""Seconds for /health, at the 99th percentile, on a machine that does other work too."""
WAL_BYTES = 16_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A call that has come to its end."""

    kind: str
    outcome: str
    what: str
    seconds: float
    let_in_after: float
    """Seconds until the server was not full any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    name: str
    is_met: bool
    figure: str
    is_of_long_runs: bool = False
    """Whether a short run says nothing about it."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What a soak found."""

    ended: Sequence[Ended]
    busy: int
    """Answers that the server is full."""
    stuck_jobs: int
    """Jobs that had not ended when all was at rest."""
    looks: Sequence[Look]
    before: Look
    after: Look
    bill: Bill
    totals: dict[str, Any]
    seconds: float
    wal_bytes: int
    store_bytes: int
    log: str
    left_behind: Sequence[str]
    exit_code: int
    goals: Sequence[Goal] = field(init=False)

    def __post_init__(self) -> None:
        self.goals = tuple(_goals(self))


# --- goals ----------------------------------------------------------------------------------------------------------


def _goals(report: Report) -> Iterator[Goal]:
    outcomes = Counter(ended.outcome for ended in report.ended)
    wrong, stuck = outcomes["wrong"], outcomes["stuck"]
    yield Goal(name="every call right, refused in our words, or cancelled", is_met=not wrong, figure=f"{wrong} wrong")
    longest = max(ended.seconds for ended in report.ended)
    yield Goal(name="no job stuck", is_met=not report.stuck_jobs, figure=f"{report.stuck_jobs}")
    let_in = max(ended.let_in_after for ended in report.ended)
    yield Goal(name="no call stuck", is_met=not stuck, figure=f"{stuck}; longest {longest:.1f} s")
    yield Goal(name="a full server lets everybody in", is_met=let_in < LET_IN_SECONDS, figure=f"at most {let_in:.1f} s")
    quarrels = report.bill.quarrels
    figure = f"{report.bill.lines.get('answered', 0)} answers, {len(quarrels)} quarrels"
    yield Goal(name="the ledger is what the API has billed", is_met=not quarrels, figure=figure)
    grown = growth([look.server_bytes for look in report.looks])
    name = f"the server's memory is flat (x{WITHIN})"
    yield Goal(name=name, is_met=grown <= WITHIN, figure=f"x{grown:.3f}", is_of_long_runs=True)
    answered_in = sorted(look.answered_in for look in report.looks)
    p99 = answered_in[int(len(answered_in) * 0.99)] if answered_in else 0.0
    figure = f"p99 {p99 * 1e3:.0f} ms, longest {max(answered_in, default=0) * 1e3:.0f} ms"
    yield Goal(name=f"the event loop answers within {ANSWERS_WITHIN} s", is_met=p99 <= ANSWERS_WITHIN, figure=figure)
    before, after = report.before, report.after
    files, files_before = after.handles.get("files", 0), before.handles.get("files", 0)
    more = sum(after.handles.values()) - sum(before.handles.values())
    yield Goal(
        name="open files are back",
        is_met=files <= files_before and more <= 8,
        figure=f"{before.handles} → {after.handles}",
    )
    yield Goal(name="threads are back", is_met=after.threads <= 48, figure=f"{before.threads} → {after.threads}")
    yield Goal(
        name="workers are back", is_met=after.workers <= before.workers, figure=f"{before.workers} → {after.workers}"
    )
    yield Goal(
        name="nothing left behind", is_met=not report.left_behind, figure=", ".join(report.left_behind) or "none"
    )
    figure = f"{report.wal_bytes / 1e6:.1f} MB beside {report.store_bytes / 1e6:.1f} MB"
    yield Goal(name="the store's log of writes is bounded", is_met=report.wal_bytes <= WAL_BYTES, figure=figure)
    told = [word for word in (MARK, ANSWER_MARK, KEY, "Traceback", "tool failed") if word in report.log]
    yield Goal(name="the log is free of texts, keys and bugs", is_met=not told, figure=", ".join(told) or "clean")
    yield Goal(name="the server ends in order", is_met=report.exit_code == 0, figure=f"exit code {report.exit_code}")


def growth(figures: Sequence[int]) -> float:
    """Say how much more the last quarter has than the second, in the median."""
    quarter = len(figures) // 4
    if not quarter:
        return 1.0
    return statistics.median(figures[-quarter:]) / statistics.median(figures[quarter : 2 * quarter])


def slope(looks: Sequence[Look]) -> float:
    """Fit a line through the server's memory after the first quarter.

    Units:  bytes a minute
    """
    kept = looks[len(looks) // 4 :]
    if len(kept) < 2:
        return 0.0
    return statistics.linear_regression([look.at / 60 for look in kept], [look.server_bytes for look in kept]).slope


# --- the table ------------------------------------------------------------------------------------------------------


def lines_of(report: Report) -> Iterator[str]:
    """Print a report."""
    outcomes = ("right", "right, in part", "refused", "cancelled", "wrong", "stuck")
    yield f"{'calls':26}" + "".join(f"{outcome:>15}" for outcome in outcomes) + f"{'median s':>10}{'longest s':>10}"
    kinds = sorted({ended.kind for ended in report.ended})
    for kind in (*kinds, "all"):
        of_kind = [ended for ended in report.ended if kind in {ended.kind, "all"}]
        counts = Counter(ended.outcome for ended in of_kind)
        times = [ended.seconds for ended in of_kind]
        row = "".join(f"{counts[outcome] or '':>15}" for outcome in outcomes)
        yield f"{kind:26}{row}{statistics.median(times):10.2f}{max(times):10.2f}"
    for ended in [ended for ended in report.ended if ended.outcome in {"wrong", "stuck"}][:20]:
        yield f"{ended.outcome}: {ended.kind}: {ended.what[:600]}"
    yield ""
    calls = len(report.ended)
    yield f"{calls} calls in {report.seconds:.0f} s, {calls / report.seconds:.1f} a second; {report.busy} times full"
    yield ""
    yield f"{'quarter':10}{'server MB':>12}{'workers MB':>12}{'workers':>9}{'files':>7}{'sockets':>9}{'threads':>9}"
    quarter = max(1, len(report.looks) // 4)
    for number in range(4):
        looks = report.looks[number * quarter :][:quarter] or report.looks[-1:]
        yield (
            f"{number + 1:<10}"
            f"{statistics.median(look.server_bytes for look in looks) / 1e6:12.1f}"
            f"{statistics.median(look.worker_bytes for look in looks) / 1e6:12.1f}"
            f"{statistics.median(look.workers for look in looks):9g}"
            f"{statistics.median(look.handles.get('files', 0) for look in looks):7g}"
            f"{statistics.median(look.handles.get('socket', 0) for look in looks):9g}"
            f"{statistics.median(look.threads for look in looks):9g}"
        )
    yield f"slope after the first quarter: {slope(report.looks) / 1e3:+.0f} kB a minute"
    yield ""
    bill = report.bill
    yield f"ledger: {dict(bill.lines)}"
    yield f"the API: {bill.asked} messages, {bill.billed} billed, {bill.unheard} of them with answers that nobody heard"
    yield from (f"  {kind}: {one:,} in the ledger, {other:,} billed" for kind, (one, other) in bill.tokens.items())
    yield from (f"  quarrel: {quarrel}" for quarrel in bill.quarrels[:20])
    yield f"the API: {json.dumps(report.totals['requests'])}"
    yield ""
    yield from (f"{'met   ' if goal.is_met else 'MISSED'} {goal.name}: {goal.figure}" for goal in report.goals)
