"""One bucket for all processes of a key: who may ask a model now, decided and written down in one transaction.

A process has one line for each model. Asks of one line go in its order; between lines, whoever has waited longest at
the head of its own goes first, so that a large ask is not overtaken for ever by small ones of another process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from witnessmark.store.pace import AT_ONCE_UNHEARD, KINDS, SET_BACK, Kind, Level, News, Pace, Turn
from witnessmark.store.processes import is_alive

if TYPE_CHECKING:
    from sqlite3 import Connection

LOOK_AFTER = 0.5
"""Seconds after which to look whether another process has ended what it had in flight: nobody tells."""
RENEW_AFTER = 15.0
"""Seconds after which a line that waits shows that it still does."""
_AT_ONCE = 0.001
"""Seconds that are not worth a wait."""
KEPT_SECONDS = 30 * 86_400.0
"""For which a bucket is remembered that nobody asks."""

_STATE = (
    *("touched_at", "is_heard", "ratio", "spread", "factor", "at_once", "cut_at", "resumes_at"),
    *("failed_in_row", "down_since", "probes", "probe_at", "trouble"),
)
_LEVELS = tuple(f"{kind}_{name}" for kind in KINDS for name in ("limit", "left", "a_second"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketKey:
    """Whose bucket it is. The account is a hash: a key never gets into the store."""

    endpoint: str
    account: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An ask that waits for its turn.

    Units:  tokens, as estimated; seconds
    """

    prompt: float
    cached: float = 0.0
    """What of the prompt is expected to be read from the cache, and does not count."""
    output: float = 0.0
    seconds: float = 600.0
    """How long it may be in flight; after that it no longer counts, whatever became of its process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Who may go, and when to look again.

    Units:  seconds from now
    """

    given: tuple[int, ...] = ()
    """The numbers of the turns of the first that wait."""
    looks_in: float | None = None
    """None: as soon as one of this line's own turns has ended."""
    opens_in: float = 0.0
    """Before which nobody is to ask at all."""
    trouble: str = ""
    """Why not: the class of the error that somebody was told."""
    is_down: bool = False
    """Whether nothing but failures has come of late."""
    is_in_line: bool = False
    """Whether others see that this line waits, and are to be told when it does no more."""
    is_short: bool = False
    """Whether the first that waits does so for the limits to leave more."""
    probes: int = 0
    """How often in vain it was tried whether the API is back."""
    left: Mapping[Kind, float] = field(default_factory=dict[Kind, float])
    """What is left of the limits that are known."""


def take_turns(
    db: Connection,
    key: BucketKey,
    line: str,
    wanted: Sequence[Wanted],
    news: Sequence[News],
    *,
    process: str,
    now: float,
) -> Turns:
    """Take in what became of turns, then give turns to as many of those that wait as may go, the first first."""
    bucket, pace = _load(db, key, now)
    pace.refill(now)
    turns = _turns(db, bucket, now)
    for one in news:
        turn = turns.get(one.turn)
        if one.outcome == "begun":
            if turn is not None:
                turn.is_begun = True
                db.execute("UPDATE turns SET is_begun = 1 WHERE id = ?", (turn.id,))
        elif turn is not None:
            del turns[turn.id]
            db.execute("DELETE FROM turns WHERE id = ?", (turn.id,))
        pace.learn(one, turn, turns)
    since, ahead = _line_ahead(db, bucket, line, now=now)
    given: list[int] = []
    looks_in: float | None = None
    is_short = False
    for number, ask in enumerate(wanted):
        amounts = pace.needed(prompt=ask.prompt, cached=ask.cached, output=ask.output)
        # Whoever has had a turn goes to the end of the others.
        before = [theirs for their_since, theirs in ahead if number > 0 or their_since < since]
        wait, is_short = _wait(pace, amounts, turns, before, line, now)
        if wait is None or wait > _AT_ONCE:
            looks_in = wait
            _wait_in_line(db, bucket, line, process, since if number == 0 else now, now, wait, amounts)
            break
        pace.take(amounts)
        turn = _give(db, bucket, line, process, ask, amounts, now)
        turns[turn.id] = turn
        given.append(turn.id)
    else:
        db.execute("DELETE FROM lines WHERE bucket = ? AND line = ?", (bucket, line))
    _save(db, bucket, pace)
    opens_at = max(pace.resumes_at, 0.0 if pace.down_since is None else pace.probe_at)
    return Turns(
        given=tuple(given),
        looks_in=looks_in,
        opens_in=max(0.0, opens_at - now),
        trouble=pace.trouble,
        is_down=pace.down_since is not None,
        is_in_line=len(given) < len(wanted),
        is_short=looks_in is not None and is_short,
        probes=pace.probes,
        left={kind: level.left for kind, level in pace.levels.items() if level.limit is not None},
    )


def leave(db: Connection, line: str) -> None:
    """Forget a line and what it had in flight."""
    db.execute("DELETE FROM turns WHERE line = ?", (line,))
    db.execute("DELETE FROM lines WHERE line = ?", (line,))


def forget_old_buckets(db: Connection, *, now: float) -> None:
    """Remove what nobody has asked for a long time."""
    old = "SELECT id FROM buckets WHERE touched_at < ?"
    for table in ("turns", "lines"):
        db.execute(f"DELETE FROM {table} WHERE bucket IN ({old})", (now - KEPT_SECONDS,))
    db.execute("DELETE FROM buckets WHERE touched_at < ?", (now - KEPT_SECONDS,))


def _wait(
    pace: Pace,
    amounts: Mapping[Kind, float],
    turns: Mapping[int, Turn],
    before: Sequence[Mapping[Kind, float]],
    line: str,
    now: float,
) -> tuple[float | None, bool]:
    """Say for how many seconds an ask has to wait, and whether for the limits to leave more.

    Shapes:  0 is its turn, None until one of its own line's turns has ended
    """
    if pace.resumes_at > now:
        return pace.resumes_at - now, False
    if pace.down_since is not None:
        if pace.probe_at > now:
            return pace.probe_at - now, False
        probing = [turn for turn in turns.values() if turn.taken_at > pace.down_since]
        if probing:
            return None if all(turn.line == line for turn in probing) else LOOK_AFTER, False
    most = pace.at_once if pace.is_heard else AT_ONCE_UNHEARD
    if len(turns) + len(before) >= int(most):
        return None if not before and all(turn.line == line for turn in turns.values()) else LOOK_AFTER, False
    total: dict[Kind, float] = {
        kind: amount + sum(theirs[kind] for theirs in before) for kind, amount in amounts.items()
    }
    return pace.seconds_until(total), True


def _load(db: Connection, key: BucketKey, now: float) -> tuple[int, Pace]:
    names = ", ".join((*_STATE, *_LEVELS))
    identity = (key.endpoint, key.account, key.model)
    row = db.execute(
        f"SELECT id, {names} FROM buckets WHERE endpoint = ? AND account = ? AND model = ?", identity
    ).fetchone()
    if row is None:
        pace = Pace(touched_at=now)
        columns = _columns(pace)
        made = db.execute(
            f"INSERT INTO buckets (endpoint, account, model, {', '.join(columns)}) "
            f"VALUES (?, ?, ?, {', '.join('?' * len(columns))})",
            (*identity, *columns.values()),
        )
        assert made.lastrowid is not None
        return made.lastrowid, pace
    state: dict[str, Any] = dict(zip(_STATE, row[1:], strict=False)) | {"is_heard": bool(row[2])}
    told = iter(row[1 + len(_STATE) :])
    levels: dict[Kind, Level] = {
        kind: Level(limit=limit, left=left, a_second=a_second)
        for kind, (limit, left, a_second) in zip(KINDS, zip(told, told, told, strict=True), strict=True)
    }
    return int(row[0]), Pace(**state, levels=levels)


def _save(db: Connection, bucket: int, pace: Pace) -> None:
    columns = _columns(pace)
    sets = ", ".join(f"{name} = ?" for name in columns)
    db.execute(f"UPDATE buckets SET {sets} WHERE id = ?", (*columns.values(), bucket))


def _columns(pace: Pace) -> dict[str, object]:
    columns: dict[str, object] = {name: getattr(pace, name) for name in _STATE}
    for kind, level in pace.levels.items():
        columns |= {f"{kind}_limit": level.limit, f"{kind}_left": level.left, f"{kind}_a_second": level.a_second}
    return columns


def _turns(db: Connection, bucket: int, now: float) -> dict[int, Turn]:
    """Read what is in flight; what has ended by itself, or belongs to a process that is gone, is removed."""
    rows = db.execute(
        "SELECT id, line, process, taken_at, ends_at, is_begun, estimated, input, output, requests FROM turns "
        "WHERE bucket = ?",
        (bucket,),
    ).fetchall()
    alive = {process: is_alive(process) for process in {row[2] for row in rows}}
    turns: dict[int, Turn] = {}
    ended: list[tuple[int]] = []
    for number, line, process, taken_at, ends_at, is_begun, estimated, *amounts in rows:
        # What lies in the future, because the clock was set back, would count for too long.
        if alive[process] is False or now >= ends_at or taken_at > now + SET_BACK:
            ended.append((number,))
            continue
        turns[number] = Turn(
            id=number,
            amounts=dict(zip(KINDS, amounts, strict=True)),
            estimated=estimated,
            taken_at=taken_at,
            is_begun=bool(is_begun),
            line=line,
        )
    if ended:
        db.executemany("DELETE FROM turns WHERE id = ?", ended)
    return turns


def _line_ahead(
    db: Connection, bucket: int, line: str, *, now: float
) -> tuple[float, list[tuple[float, dict[Kind, float]]]]:
    """Say since when this line's first waits, and since when those of other living lines do, and for what."""
    rows = db.execute(
        "SELECT line, process, since, looks_by, input, output, requests FROM lines WHERE bucket = ?", (bucket,)
    ).fetchall()
    since, ahead = now, list[tuple[float, dict[Kind, float]]]()
    for theirs, process, their_since, looks_by, *amounts in rows:
        if theirs == line:
            since = min(since, their_since)
        elif their_since > now + SET_BACK or now > looks_by or is_alive(process) is False:
            db.execute("DELETE FROM lines WHERE bucket = ? AND line = ?", (bucket, theirs))
        else:
            ahead.append((their_since, dict(zip(KINDS, amounts, strict=True))))
    return since, ahead


def _wait_in_line(
    db: Connection,
    bucket: int,
    line: str,
    process: str,
    since: float,
    now: float,
    wait: float | None,
    amounts: Mapping[Kind, float],
) -> None:
    looks_by = now + (RENEW_AFTER if wait is None else min(wait, RENEW_AFTER)) + SET_BACK
    db.execute(
        "INSERT OR REPLACE INTO lines (bucket, line, process, since, looks_by, input, output, requests) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (bucket, line, process, since, looks_by, *(amounts[kind] for kind in KINDS)),
    )


def _give(
    db: Connection, bucket: int, line: str, process: str, ask: Wanted, amounts: dict[Kind, float], now: float
) -> Turn:
    made = db.execute(
        "INSERT INTO turns (bucket, line, process, taken_at, ends_at, is_begun, estimated, input, output, requests) "
        "VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
        (bucket, line, process, now, now + ask.seconds, ask.prompt, *(amounts[kind] for kind in KINDS)),
    )
    assert made.lastrowid is not None
    return Turn(id=made.lastrowid, amounts=amounts, estimated=ask.prompt, taken_at=now, is_begun=False, line=line)
