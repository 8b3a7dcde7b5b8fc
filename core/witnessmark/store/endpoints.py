"""What was learned of endpoints that can do less than the Claude API: kept for a day, for they are upgraded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from witnessmark.store.values import EndpointFact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

FACT_SECONDS = 24 * 3600.0
"""How long something learned holds."""

_COLUMNS = "endpoint, model, what, state, learned_at"


def keep_fact(db: Connection, fact: EndpointFact, *, now: float) -> bool:
    """Keep what was learned; what is the same as before stays as old as it is.

    Shapes:  whether it is new
    """
    before = db.execute(
        "SELECT state FROM endpoint_facts WHERE endpoint = ? AND model = ? AND what = ? AND abs(learned_at - ?) < ?",
        (fact.endpoint, fact.model, fact.what, now, FACT_SECONDS),
    ).fetchone()
    if before == (fact.state,):
        return False
    db.execute(
        f"INSERT OR REPLACE INTO endpoint_facts ({_COLUMNS}, said) VALUES (?, ?, ?, ?, ?, 0)",
        (fact.endpoint, fact.model, fact.what, fact.state, now),
    )
    return True


def facts_about(db: Connection, endpoint: str, *, now: float) -> tuple[EndpointFact, ...]:
    """List what is known of an endpoint, the oldest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM endpoint_facts WHERE endpoint = ? AND abs(learned_at - ?) < ? "
        "ORDER BY learned_at, what, model",
        (endpoint, now, FACT_SECONDS),
    )
    return tuple(_fact(row) for row in rows)


def has_unsaid(db: Connection, endpoint: str, models: Sequence[str], *, now: float) -> bool:
    """Say whether there is anything that nobody has been told yet, which is rare and found without writing."""
    marks = ", ".join("?" * len(models))
    found = db.execute(
        f"SELECT 1 FROM endpoint_facts WHERE endpoint = ? AND model IN ({marks}) AND NOT said "
        "AND abs(learned_at - ?) < ?",
        (endpoint, *models, now, FACT_SECONDS),
    )
    return found.fetchone() is not None


def take_unsaid(db: Connection, endpoint: str, models: Sequence[str], *, now: float) -> tuple[EndpointFact, ...]:
    """List what nobody has been told yet of these models, and count it as said."""
    marks = ", ".join("?" * len(models))
    rows = db.execute(
        f"UPDATE endpoint_facts SET said = 1 WHERE endpoint = ? AND model IN ({marks}) AND NOT said "
        f"AND abs(learned_at - ?) < ? RETURNING {_COLUMNS}",
        (endpoint, *models, now, FACT_SECONDS),
    ).fetchall()
    return tuple(sorted((_fact(row) for row in rows), key=lambda fact: (fact.learned_at, fact.what)))


def remove_old_facts(db: Connection, *, now: float) -> None:
    db.execute("DELETE FROM endpoint_facts WHERE abs(learned_at - ?) >= ?", (now, FACT_SECONDS))


def _fact(row: tuple[str, str, str, str, float]) -> EndpointFact:
    endpoint, model, what, state, learned_at = row
    return EndpointFact(endpoint=endpoint, model=model, what=what, state=state, learned_at=learned_at)
