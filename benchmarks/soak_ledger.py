"""The bill of a soak: the ledger's lines held against what the fake of the API has billed, request by request."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
_ENDING = ("reservations", "upload_leases")


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


def left_open(store: Path) -> list[str]:
    """List what should have ended with the calls: reserved money, rights to upload."""
    with closing(_opened(store)) as db:
        counts = {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _ENDING}
    return [f"{count} {name}" for name, count in counts.items() if count]


def hold_against(store: Path, requests: Sequence[Mapping[str, Any]], totals: Mapping[str, Any]) -> Bill:
    """Compare the ledger with the fake's requests and its totals.

    Every answered line names a request of its own, billed to the token as the line says. Every other billed request has
    a possibly billed line of its own; such lines are left over only for requests and errors that broke off on their
    way. A line that says not billed is of a request that was not. Together they are as many as the requests.
    """
    with closing(_opened(store)) as db:
        columns = ", ".join(KINDS.values())
        rows = db.execute(f"SELECT state, request_id, {columns} FROM sends WHERE state != 'reused'").fetchall()
    lines = [_Line(state, request_id, dict(zip(KINDS, tokens, strict=True))) for state, request_id, *tokens in rows]
    messages = [one for one in requests if (one["method"], one["path"]) == ("POST", "/v1/messages")]
    billed = {one["request_id"]: one["billed"] for one in messages if one["billed"]}
    answered = [line for line in lines if line.state == "answered"]
    states = Counter(line.state for line in lines)
    unheard = len(billed.keys() - {line.request_id for line in answered})
    return Bill(
        lines=dict(states),
        asked=len(messages),
        billed=int(totals["billed_messages"]),
        unheard=unheard,
        tokens={
            kind: (
                sum(line.tokens[kind] for line in answered),
                sum(billed.get(line.request_id, {}).get(kind, 0) for line in answered),
            )
            for kind in KINDS
        },
        quarrels=(
            *_of_answers(answered, billed),
            *_of_others(states, messages, unheard),
            *(f"{one.request_id}: billed, and not in the ledger" for one in lines if one.is_wrongly_free(billed)),
            *_of_totals(billed, totals),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    state: str
    request_id: str
    tokens: Mapping[str, int]

    def is_wrongly_free(self, billed: Mapping[str, Mapping[str, int]]) -> bool:
        return self.state == "not billed" and self.request_id in billed


def _of_answers(answered: Sequence[_Line], billed: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    if twice := len(answered) - len({line.request_id for line in answered}):
        yield f"{twice} answered lines name a request that another line names"
    for line in answered:
        for kind, count in line.tokens.items():
            if count != (told := billed.get(line.request_id, {}).get(kind, 0)):
                yield f"{line.request_id}: {count} {kind} in the ledger, {told} billed"


def _of_others(states: Mapping[str, int], messages: Sequence[Mapping[str, Any]], unheard: int) -> Iterator[str]:
    # An error, too, may break off on its way, and whoever hears half of it cannot know that it was one.
    torn = sum(not one["billed"] and _broke_off(one) for one in messages)
    refused = sum(not one["billed"] and not _broke_off(one) for one in messages)
    answered, doubtful, free = (states.get(state, 0) for state in ("answered", "possibly billed", "not billed"))
    if not unheard <= doubtful <= unheard + torn:
        yield f"{doubtful} lines are possibly billed; {unheard} answers were not heard, {torn} requests broke off"
    if not refused <= free <= refused + torn:
        yield f"{free} lines are not billed; {refused} requests were refused, {torn} broke off"
    if answered + doubtful + free != len(messages):
        yield f"{answered + doubtful + free} lines, and {len(messages)} requests"
    if states.get("sent"):
        yield f"{states['sent']} lines are not settled"


def _of_totals(billed: Mapping[str, Mapping[str, int]], totals: Mapping[str, Any]) -> Iterator[str]:
    for kind in KINDS:
        if (told := sum(tokens.get(kind, 0) for tokens in billed.values())) != (
            of_all := totals["billed"].get(kind, 0)
        ):
            yield f"{kind}: the fake's requests say {told}, its totals {of_all}"


def _broke_off(request: Mapping[str, Any]) -> bool:
    return request["status"] is None or str(request["fault"]).startswith(("reset", "truncated", "stream cut", "stall"))


def _opened(store: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)
