"""Budgets: what is spent and promised, checked before more is, in one transaction for all processes."""

from __future__ import annotations

import time
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from witnessmark.errors import BudgetError
from witnessmark.store.ledger import STALE_SECONDS
from witnessmark.store.money import shown, units, usd
from witnessmark.store.processes import is_alive
from witnessmark.store.values import Budgets, Reservation

if TYPE_CHECKING:
    from sqlite3 import Connection

Period = Literal["day", "month"]


class BudgetReached(BudgetError):
    """A limit of the day or the month does not leave enough."""

    def __init__(self, *, price: Decimal, spent: Decimal, limit: Decimal, period: Period, resets_at: float) -> None:
        when = f"{datetime.fromtimestamp(resets_at).astimezone():%Y-%m-%d %H:%M}"
        setting = f"WITNESSMARK_MAX_USD_PER_{period.upper()}"
        super().__init__(
            f"This would cost {shown(price)} USD, and of the limit of {shown(limit)} USD a {period} {shown(spent)} USD "
            "are spent or promised to calls at work.",
            f"Wait until {when} local time, when the next {period} begins, or set {setting} to more, or to none.",
        )
        self.price, self.spent, self.limit = price, spent, limit
        self.period, self.resets_at, self.setting = period, resets_at, setting


def reserve(db: Connection, price: Decimal, budgets: Budgets, *, process: str, now: float) -> Reservation:
    """Set money aside.

    Errors:  `BudgetReached`
    """
    end_dead_reservations(db, now=now)
    check(db, price, budgets, now=now)
    made = db.execute(
        "INSERT INTO reservations (usd, process, touched_at) VALUES (?, ?, ?)", (units(price), process, now)
    )
    assert made.lastrowid is not None
    return Reservation(id=made.lastrowid, usd=price, budgets=budgets)


def take(db: Connection, reservation: Reservation, price: Decimal | None, *, now: float) -> None:
    """Move the price of an ask out of its reservation, since the ask's own line counts from now on.

    What the reservation no longer holds, because asks were sent twice, is checked anew.

    Errors:  `BudgetReached`
    """
    row = db.execute("SELECT usd FROM reservations WHERE id = ?", (reservation.id,)).fetchone()
    left, needed = int(row[0]) if row else 0, units(price) or 0
    if needed > left:
        check(db, usd(needed - left), reservation.budgets, now=now)
    db.execute(
        "UPDATE reservations SET usd = ?, touched_at = ? WHERE id = ?", (max(0, left - needed), now, reservation.id)
    )


def give_back(db: Connection, reservation: int) -> None:
    """End a reservation."""
    db.execute("DELETE FROM reservations WHERE id = ?", (reservation,))


def check(db: Connection, price: Decimal, budgets: Budgets, *, now: float) -> None:
    """Refuse a price that does not fit into what the budgets leave.

    Errors:  `BudgetReached`
    """
    for period, limit in _limits(budgets):
        if limit is None:
            continue
        begins, ends = bounds_of(period, now)
        spent = spent_since(db, begins) + _reserved(db, now)
        if spent + price > limit:
            raise BudgetReached(price=price, spent=spent, limit=limit, period=period, resets_at=ends)


def left(db: Connection, budgets: Budgets, *, now: float) -> Decimal | None:
    """Say what the budgets leave, beside what is spent and promised; None where there is none."""
    amounts = [
        limit - spent_since(db, bounds_of(period, now)[0]) - _reserved(db, now)
        for period, limit in _limits(budgets)
        if limit is not None
    ]
    return min(amounts, default=None)


def _limits(budgets: Budgets) -> tuple[tuple[Period, Decimal | None], ...]:
    return ("day", budgets.per_day_usd), ("month", budgets.per_month_usd)


def spent_since(db: Connection, since: float) -> Decimal:
    """Sum what was paid, and the estimates of what is or may be.

    There is no end to the time: lines from before the clock was set back count too.
    """
    (amount,) = db.execute(
        "SELECT coalesce(sum(coalesce(usd, estimated_usd)), 0) FROM sends "
        "WHERE sent_at >= ? AND state IN ('sent', 'answered', 'possibly billed')",
        (since,),
    ).fetchone()
    return usd(int(amount))


def bounds_of(period: Period, now: float) -> tuple[float, float]:
    """Say when the user's day or month began and ends, by the calendar and clock of this machine."""
    today = time.localtime(now)
    if period == "day":
        first, after = (today.tm_year, today.tm_mon, today.tm_mday), (today.tm_year, today.tm_mon, today.tm_mday + 1)
    else:
        first, after = (today.tm_year, today.tm_mon, 1), (today.tm_year, today.tm_mon + 1, 1)
    # mktime carries a 32nd day and a 13th month over, and knows when summer time begins.
    begins, ends = (time.mktime((*date, 0, 0, 0, 0, 0, -1)) for date in (first, after))
    return begins, ends


def end_dead_reservations(db: Connection, *, now: float) -> int:
    """Remove the reservations that no longer count.

    Shapes:  how many
    """
    rows = db.execute("SELECT id, process, touched_at FROM reservations").fetchall()
    ended = [(number,) for number, process, touched in rows if not _counts(process, touched, now)]
    db.executemany("DELETE FROM reservations WHERE id = ?", ended)
    return len(ended)


def _reserved(db: Connection, now: float) -> Decimal:
    rows = db.execute("SELECT usd, process, touched_at FROM reservations WHERE usd > 0").fetchall()
    return usd(sum(int(amount) for amount, process, touched in rows if _counts(process, touched, now)))


def _counts(process: str, touched: float, now: float) -> bool:
    """Say whether a reservation counts: while its process lives, or where that cannot be told, for a while."""
    alive = is_alive(process)
    return now - touched < STALE_SECONDS if alive is None else alive
