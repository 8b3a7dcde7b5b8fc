"""The ledger: a line for every ask, written before it is sent and settled when its fate is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from decimal import Decimal
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

WRITING_SECONDS = 60.0
"""How long others wait for the response to a request that writes into the prompt cache."""


class AskedElsewhere(Exception):
    """Another process sends the same ask just now, or has been given its answer."""

    def __init__(self, send: Send, answer: StoredAnswer | None) -> None:
        super().__init__()
        self.send = send
        self.answer = answer
        """None while it is on its way."""


ATTEMPTS_SECONDS = 3_600.0
"""Within which attempts at the same request belong together."""
MAX_COMPARED = 50
"""Answered requests by which the estimate of one without an answer is corrected."""

_COLUMNS = (
    "id, sent_at, state, endpoint, model, tool, document, document_name, images, usd, estimated_usd, request_id, kind, "
    f"content_key, expected_read_tokens, cache_miss, cache_lost_usd, {', '.join(TOKEN_COLUMNS)}"
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

    So is one that would read from the prompt cache what another process is writing there, for a minute.

    Units:   `sent_since` is when the oldest ask was sent that may still be answered; what is later than `now`, because
             the clock was set back, counts for nothing
    Errors:  `AskedElsewhere`
    """
    found = find_answer(db, send.content_key, send.endpoint, paid_since=None)
    # Not by time: an answer that is being written while somebody looks is older than the look, and is not seen.
    if found is not None and (seen is None or (found.paid_at, found.request_id) != (seen.paid_at, seen.request_id)):
        raise AskedElsewhere(send, found)
    rows = db.execute(
        "SELECT process, sent_at FROM sends WHERE state = 'sent' AND content_key = ? AND endpoint = ? AND process != ? "
        "AND sent_at BETWEEN ? AND ?",
        (send.content_key, send.endpoint, process, sent_since, now),
    ).fetchall()
    if send.prefix is not None and send.prefix.kept is not None:
        rows += db.execute(
            "SELECT process, sent_at FROM sends WHERE state = 'sent' AND is_writing AND kept_prefix = ? "
            "AND endpoint = ? AND process != ? AND sent_at BETWEEN ? AND ?",
            (send.prefix.kept, send.endpoint, process, now - WRITING_SECONDS, now),
        ).fetchall()
    for other, sent_at in rows:
        alive = is_alive(other)
        if alive or (alive is None and now - sent_at < STALE_SECONDS):
            raise AskedElsewhere(send, None)


def write_begun(db: Connection, line: int) -> None:
    """Let the others go that wait for what a line writes into the prompt cache."""
    db.execute("UPDATE sends SET is_writing = 0 WHERE id = ?", (line,))


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
        message_id=answer.message_id,
        cache_miss=answer.cache_miss.reason if answer.cache_miss else None,
        cache_lost_usd=units(answer.cache_miss.lost_usd) if answer.cache_miss else None,
        **_columns_of(answer.tokens),
    )
    settle_doubts(db, line, units(answer.usd), now=now)
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
    db: Connection,
    line: int,
    *,
    kind: str,
    tokens: Tokens | None,
    request_id: str | None,
    usd: Decimal | None,
    now: float,
) -> Decimal | None:
    """Settle a line of which nobody knows whether it is billed, with the best estimate of what it costs then.

    Shapes:  that estimate; None where no price is known. `usd` is what the caller estimates from the part that came
    """
    known: dict[str, Any] = dict(_columns_of(tokens)) if tokens else {}
    amount = _likely_cost(db, line) if usd is None else units(usd)
    _settle(db, line, "possibly billed", now=now, kind=kind, request_id=request_id, **known, estimated_usd=amount)
    return usd_if_known(amount)


def _likely_cost(db: Connection, line: int) -> int | None:
    """Estimate what a line costs: as the same request before, else by how far estimates of its kind were off."""
    found = db.execute(
        "SELECT other.usd FROM sends AS line JOIN sends AS other USING (content_key, endpoint) "
        "WHERE line.id = ? AND other.state = 'answered' AND other.usd > 0 ORDER BY other.id DESC LIMIT 1",
        (line,),
    ).fetchone()
    if found is not None:
        return int(found[0])
    estimated, tool, model = db.execute("SELECT estimated_usd, tool, model FROM sends WHERE id = ?", (line,)).fetchone()
    if estimated is None:
        return None
    spent, thought = db.execute(
        "SELECT sum(usd), sum(estimated_usd) FROM (SELECT usd, estimated_usd FROM sends WHERE state = 'answered' "
        "AND tool = ? AND model = ? AND usd > 0 AND estimated_usd > 0 ORDER BY id DESC LIMIT ?)",
        (tool, model, MAX_COMPARED),
    ).fetchone()
    return int(estimated * spent / thought) if thought else int(estimated)


def settle_doubts(db: Connection, line: int, amount: int | None, *, now: float) -> None:
    """Let the attempts before an answered one, of which nothing came, count as much as it has cost."""
    if amount:
        db.execute(
            "UPDATE sends SET estimated_usd = ? WHERE sent_at BETWEEN ? AND ? AND state = 'possibly billed' "
            "AND input_tokens = 0 AND (content_key, endpoint) = (SELECT content_key, endpoint FROM sends WHERE id = ?)",
            (amount, now - ATTEMPTS_SECONDS, now, line),
        )


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
    if send.prefix is not None:
        row |= {
            "call": send.prefix.call,
            "documents_prefix": send.prefix.documents,
            "kept_prefix": send.prefix.kept,
            "ttl": send.prefix.ttl,
            "way": send.prefix.way,
            "expected_read_tokens": send.prefix.expected_read_tokens,
            "is_writing": send.prefix.is_writing,
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
    expected, miss, lost = row[14:17]
    tokens = tokens_from(list(row[17:]))
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
        expected_read_tokens=expected,
        cache_miss=miss,
        cache_lost_usd=usd_if_known(lost),
    )


def clean(name: str) -> str:
    """Give a file's name as the database can hold it: what is no character becomes a question mark."""
    return name.encode("utf-8", "replace").decode()
