"""The ledger: a line for every ask, written before it is sent and settled when its fate is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from witnessmark.store.answers import find_answer, keep_answer, tokens_from
from witnessmark.store.money import units, usd, usd_if_known
from witnessmark.store.processes import is_alive
from witnessmark.store.schema import TOKEN_COLUMNS
from witnessmark.store.values import LedgerEntry, Send, State, StoredAnswer, Tokens

if TYPE_CHECKING:
    from sqlite3 import Connection

STALE_SECONDS = 15 * 60.0
"""After this long, what a process that cannot be asked was doing counts as given up."""


class AskedElsewhere(Exception):
    """Another process sends the same ask just now, or has been given its answer."""

    def __init__(self, answer: StoredAnswer | None) -> None:
        super().__init__()
        self.answer = answer
        """None while it is on its way."""


_COLUMNS = (
    "id, sent_at, state, endpoint, model, tool, document, document_name, images, usd, estimated_usd, request_id, kind, "
    f"content_key, {', '.join(TOKEN_COLUMNS)}"
)


def write_intent(db: Connection, send: Send, *, process: str, now: float, reservation: int | None) -> int:
    """Write down that an ask is about to be sent.

    Shapes:  the line's number
    """
    line = _write_line(db, send, "sent", process=process, now=now)
    db.execute("UPDATE sends SET reservation = ? WHERE id = ?", (reservation, line))
    db.executemany("INSERT INTO deliveries (key, send) VALUES (?, ?)", [(key, line) for key in set(send.deliveries)])
    return line


def leave_to_others(
    db: Connection, send: Send, seen: StoredAnswer | None, *, process: str, sent_since: float, now: float
) -> None:
    """Refuse an ask that another living process has under way, or that has another answer than whoever asks has seen.

    Units:   `sent_since` is when the oldest ask was sent that may still be answered; what is later than `now`, because
             the clock was set back, counts for nothing
    Errors:  `AskedElsewhere`
    """
    found = find_answer(db, send.content_key, send.endpoint, paid_since=None)
    # Not by time: an answer that is being written while somebody looks is older than the look, and is not seen.
    if found is not None and (seen is None or (found.paid_at, found.request_id) != (seen.paid_at, seen.request_id)):
        raise AskedElsewhere(found)
    rows = db.execute(
        "SELECT process, sent_at FROM sends WHERE state = 'sent' AND content_key = ? AND endpoint = ? AND process != ? "
        "AND sent_at BETWEEN ? AND ?",
        (send.content_key, send.endpoint, process, sent_since, now),
    ).fetchall()
    for other, sent_at in rows:
        alive = is_alive(other)
        if alive or (alive is None and now - sent_at < STALE_SECONDS):
            raise AskedElsewhere(None)


def write_answer(db: Connection, line: int, answer: StoredAnswer, *, now: float) -> None:
    """Settle a line and keep its answer: both or neither."""
    _settle(
        db,
        line,
        "answered",
        now=now,
        usd=units(answer.usd),
        usd_without_cache=units(answer.usd_without_cache),
        request_id=answer.request_id,
        kind=None,
        **_columns_of(answer.tokens),
    )
    keep_answer(db, answer)


def write_refusal(db: Connection, line: int, *, kind: str, request_id: str | None, now: float) -> None:
    """Settle a line that is known not to be billed; what it had taken of its reservation goes back there."""
    db.execute(
        "UPDATE reservations SET usd = usd + (SELECT coalesce(estimated_usd, 0) FROM sends WHERE id = :line), "
        "touched_at = :now WHERE id = (SELECT reservation FROM sends WHERE id = :line AND state = 'sent')",
        {"line": line, "now": now},
    )
    _settle(db, line, "not billed", now=now, kind=kind, request_id=request_id)


def write_doubt(
    db: Connection, line: int, *, kind: str, tokens: Tokens | None, request_id: str | None, now: float
) -> None:
    """Settle a line of which nobody knows whether it is billed."""
    known = _columns_of(tokens) if tokens else {}
    _settle(db, line, "possibly billed", now=now, kind=kind, request_id=request_id, **known)


def write_reuse(db: Connection, send: Send, answer: StoredAnswer, *, process: str, now: float) -> None:
    """Write down that an ask was answered from the store; the line holds what the answer had taken."""
    line = _write_line(db, send, "reused", process=process, now=now)
    _settle(
        db, line, "reused", now=now, usd=units(answer.usd), request_id=answer.request_id, **_columns_of(answer.tokens)
    )


def give_up_dead(db: Connection, lines_of: Sequence[str], *, now: float) -> None:
    """Turn what processes that are gone had sent into possibly billed.

    Shapes:  `lines_of` as `processes_in_flight` gave them
    """
    for process in lines_of:
        alive = is_alive(process)
        sent_before = {True: None, False: float("inf"), None: now - STALE_SECONDS}[alive]
        if sent_before is not None:
            db.execute(
                "UPDATE sends SET state = 'possibly billed', settled_at = ?, kind = 'ProcessGone' "
                "WHERE state = 'sent' AND process = ? AND sent_at < ?",
                (now, process, sent_before),
            )


def processes_in_flight(db: Connection) -> list[str]:
    """List the processes that have asks on their way."""
    return [process for (process,) in db.execute("SELECT DISTINCT process FROM sends WHERE state = 'sent'")]


def times_sent(db: Connection, key: str) -> int:
    """Count the answered asks that carried a document."""
    (count,) = db.execute(
        "SELECT count(*) FROM deliveries JOIN sends ON sends.id = send WHERE key = ? AND state = 'answered'", (key,)
    ).fetchone()
    return int(count)


def entries_after(
    db: Connection, place: tuple[float, int], *, until: float, limit: int = 1_000
) -> tuple[LedgerEntry, ...]:
    """Read on from a place in the ledger, which is a time and a line's number."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM sends WHERE (sent_at, id) > (?, ?) AND sent_at < ? ORDER BY sent_at, id LIMIT ?",
        (*place, until, limit),
    )
    return tuple(map(_entry, rows))


def _write_line(db: Connection, send: Send, state: State, *, process: str, now: float) -> int:
    row: dict[str, Any] = {
        "state": state,
        "sent_at": now,
        "content_key": send.content_key,
        "endpoint": send.endpoint,
        "model": send.model,
        "tool": send.tool,
        "document": send.document,
        "document_name": clean(send.document_name),
        "images": send.images,
        "estimated_usd": units(send.estimated_usd),
        "process": process,
        "job": send.job,
    }
    names = ", ".join(row)
    line = db.execute(f"INSERT INTO sends ({names}) VALUES ({', '.join('?' * len(row))})", (*row.values(),)).lastrowid
    assert line is not None
    return line


def _settle(db: Connection, line: int, state: State, *, now: float, **columns: Any) -> None:
    row = {"state": state, "settled_at": now} | columns
    sets = ", ".join(f"{name} = ?" for name in row)
    done = db.execute(f"UPDATE sends SET {sets} WHERE id = ?", (*row.values(), line))
    if done.rowcount != 1:
        raise LookupError(f"the ledger has no line {line}")


def _columns_of(tokens: Tokens) -> dict[str, int]:
    return dict(zip(TOKEN_COLUMNS, astuple(tokens), strict=True))


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    line, at, state, endpoint, model, tool, document, name, images, amount, estimated, request_id, kind, key = row[:14]
    tokens = tokens_from(list(row[14:]))
    is_reused, nothing = state == "reused", Tokens()
    return LedgerEntry(
        id=line,
        at=at,
        state=state,
        endpoint=endpoint,
        model=model,
        tool=tool,
        document=document,
        document_name=name,
        images=images,
        tokens=nothing if is_reused else tokens,
        usd=usd(0) if state in {"reused", "not billed"} else usd_if_known(amount),
        estimated_usd=usd_if_known(estimated),
        saved_tokens=tokens if is_reused else nothing,
        saved_usd=usd_if_known(amount) if is_reused else None,
        request_id=request_id,
        kind=kind,
        content_key=key,
    )


def clean(name: str) -> str:
    """Give a file's name as the database can hold it: what is no character becomes a question mark."""
    return name.encode("utf-8", "replace").decode()
