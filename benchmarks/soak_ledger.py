"""The bill of a soak: the ledger's lines held against what the fake of the API has billed, request by request."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "ephemeral_5m_input_tokens": "cache_creation_5m_tokens",
    "ephemeral_1h_input_tokens": "cache_creation_1h_tokens",
}
"""The fake's names of tokens, and the ledger's columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Both sides, and what does not agree."""

    lines: Mapping[str, int]
    """Of the ledger, by state."""
    asked: int
    """Messages that reached the fake."""
    billed: int
    """Messages that the fake has billed."""
    unheard: int
    """Billed ones whose answer did not arrive whole."""
    tokens: Mapping[str, tuple[int, int]]
    """By kind: in answered lines, and in the requests that they name."""
    quarrels: Sequence[str]


def lines_under_way(store: Path) -> int:
    """Count the lines that are not settled."""
    with closing(_opened(store)) as db:
        return int(db.execute("SELECT count(*) FROM sends WHERE state = 'sent'").fetchone()[0])


def hold_against(store: Path, requests: Sequence[Mapping[str, Any]], totals: Mapping[str, Any]) -> Bill:
    """Compare the ledger with the fake's requests and its totals.

    Every answered line names a request of its own, billed to the token as the line says. Every other billed request has
    a possibly billed line of its own; such lines are left over only for connections that broke off before the fake had
    read all. A line that says not billed is of a request that was not.
    """
    with closing(_opened(store)) as db:
        columns = ", ".join(KINDS.values())
        rows = db.execute(f"SELECT state, request_id, {columns} FROM sends WHERE state != 'reused'").fetchall()
    messages = [one for one in requests if (one["method"], one["path"]) == ("POST", "/v1/messages")]
    by_id = {one["request_id"]: one for one in messages}
    answered = {row[1]: row for row in rows if row[0] == "answered"}
    states = Counter(str(row[0]) for row in rows)
    quarrels: list[str] = []
    sums = {kind: [0, 0] for kind in KINDS}
    for request_id, row in answered.items():
        billed = (by_id.get(request_id) or {}).get("billed") or {}
        for kind, in_ledger in zip(KINDS, row[2:], strict=True):
            sums[kind][0] += in_ledger
            sums[kind][1] += billed.get(kind, 0)
            if in_ledger != billed.get(kind, 0):
                quarrels.append(f"{request_id}: {in_ledger} {kind} in the ledger, {billed.get(kind, 0)} billed")
    if len(answered) != states["answered"]:
        quarrels.append(f"{states['answered'] - len(answered)} answered lines name a request that another line names")
    unheard = [one for one in messages if one["billed"] and one["request_id"] not in answered]
    refused = [one for one in messages if not one["billed"] and one["status"] is not None]
    torn = [one for one in messages if not one["billed"] and one["status"] is None]
    for row in rows:
        if row[0] == "not billed" and (by_id.get(row[1]) or {}).get("billed"):
            quarrels.append(f"{row[1]}: not billed in the ledger, billed by the API")
    doubtful, spared = states["possibly billed"], states["not billed"]
    if not len(unheard) <= doubtful <= len(unheard) + len(torn):
        quarrels.append(
            f"{doubtful} lines are possibly billed; {len(unheard)} answers were billed and not heard, and {len(torn)} "
            "requests broke off before"
        )
    if len(answered) + doubtful + spared != len(messages):
        quarrels.append(f"{len(answered) + doubtful + spared} lines, and {len(messages)} requests")
    if not len(refused) <= spared <= len(refused) + len(torn):
        quarrels.append(f"{spared} lines are not billed; {len(refused)} requests were refused, {len(torn)} broke off")
    for kind, of_all in totals["billed"].items():
        if kind in KINDS and (told := sum((one["billed"] or {}).get(kind, 0) for one in messages)) != of_all:
            quarrels.append(f"{kind}: the fake's requests say {told}, its totals {of_all}")
    if states["sent"]:
        quarrels.append(f"{states['sent']} lines are not settled")
    return Bill(
        lines=dict(states),
        asked=len(messages),
        billed=int(totals["billed_messages"]),
        unheard=len(unheard),
        tokens={kind: (one, other) for kind, (one, other) in sums.items()},
        quarrels=quarrels,
    )


def _opened(store: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)
