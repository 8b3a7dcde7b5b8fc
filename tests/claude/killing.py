"""Runs plans in processes of their own, kills them, and finds out from outside what each was doing when it died.

Nothing in the product helps with it. When a process is killed, in the same breath it is written down how far the fake
of the API had come with each request; once all is quiet, the store's file is read. The two together say where each ask
under way stood, whatever moment was aimed at:

    a line in the store  at the API
    of before            -                               reading back
    none                 no file on its way              before an intent
    none                 a file's form, cut off          a file goes up
    none                 a file, of which no line tells  a file is kept there, not here
    sent                 no request                      intent written, nothing sent
    sent                 a head, its body cut off        a body goes up
    sent                 a body, no answer begun         asked, nothing answered
    sent                 an answer begun                 within an answer
    sent                 an answer sent to its end       answered, not stored
    answered             an answer sent to its end       stored, not used

Moments that pass too fast to be met are made longer as a slow world would make them: by large documents, a model that
takes its time, an answer that comes byte by byte, and another process that writes to the store just then.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from tests.claude.killed_process import name_of
from witnessmark.claude.running import AT_ONCE
from witnessmark.testing import FakeClaudeAPI, RecordedRequest, faults

Step = Literal[
    "reading back",
    "before an intent",
    "a file goes up",
    "a file is kept there, not here",
    "intent written, nothing sent",
    "a body goes up",
    "asked, nothing answered",
    "within an answer",
    "answered, not stored",
    "stored, not used",
]
STEPS: tuple[Step, ...] = get_args(Step)
Aim = Step | Literal["any"]

ROOT = Path(__file__).resolve().parents[2]
MESSAGES, FILES = "POST /v1/messages", "POST /v1/files"
_LOOK_SECONDS = 0.0005
LARGE = 500_000
"""Bytes of a body that takes a while."""
_AIM_SECONDS = 2.0
"""After this long a process is killed wherever it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the ledger."""

    key: str
    state: str
    request_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the store holds, by its file."""

    last: int
    answers: frozenset[str]
    uploads: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Life:
    """One run of a plan, from its begin to its end or its death."""

    plan: int
    before: Kept
    first: int
    """The number of its first request at the API."""
    pid: int = 0
    handle: int = -1
    """Of the process, so that no other one with its number is killed."""
    code: int | None = None
    used: dict[str, str] = field(default_factory=dict[str, str])
    """By the ask's name: the text that its answer had."""
    lines: list[Line] = field(default_factory=list[Line])
    steps: Counter[Step] = field(default_factory=Counter[Step])
    """How many asks stood where."""
    seconds: float = 0.0

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Killer:
    """The processes, the API that they ask, and the store that they share."""

    def __init__(self, process: asyncio.subprocess.Process, api: FakeClaudeAPI, store: Path, seed: int) -> None:
        self.plans: list[dict[str, str]] = []
        """Of each plan: names of asks → content keys."""
        self._process = process
        self._api = api
        self._store = store
        self._chance = random.Random(seed)
        self._told: list[list[str]] = []
        self._connection: sqlite3.Connection | None = None
        self._has_tables = False

    async def hear(self) -> None:
        """Listen to the processes, to their end."""
        assert self._process.stdout is not None
        while line := (await self._process.stdout.readline()).decode():
            if line.startswith("{"):
                self.plans.append(json.loads(line))
            else:
                self._told.append(line.rstrip("\n").split(" ", 3))

    async def run(self, plan: int, aim: Aim | None = None) -> Life:
        """Run a plan, to its end without an aim, else until the moment that is aimed at."""
        (life,) = await self.run_at_once(plan, 1, aim)
        return life

    async def run_at_once(self, plan: int, count: int, aim: Aim | None = None) -> list[Life]:
        """Run a plan in several processes, and kill the first that has begun."""
        self._told.clear()
        before = self._kept()
        lives = [Life(plan=plan, before=before, first=len(self._api.requests)) for _ in range(count)]
        if aim == "within an answer":
            self._api.fail(faults.trickle(0.0), times=AT_ONCE)
        assert self._process.stdin is not None
        self._process.stdin.write(f"{plan} {count}\n".encode())
        await self.until(lambda: len(self._heard("begun")) == count, seconds=30)
        begun = time.monotonic()
        for life, (pid,) in zip(lives, self._heard("begun"), strict=True):
            life.pid = int(pid)
            life.handle = os.pidfd_open(life.pid)
        at_kill: dict[str, tuple[int | None, bool]] = {}
        if aim is not None:
            await self._wait_for(aim, lives[0])
            at_kill = self._kill(lives[0])
        await self.until(lambda: len(self._heard("gone")) == count, seconds=120)
        for life in lives:
            os.close(life.handle)
            life.seconds = time.monotonic() - begun
            life.code = int(next(code for pid, code in self._heard("gone") if int(pid) == life.pid))
            life.used = {name: text for pid, name, text in self._heard("used") if int(pid) == life.pid}
            life.lines = self._lines(life)
        self._api.heal()
        await self._settled(lives[0])
        if lives[0].was_killed:
            lives[0].steps = self._steps(lives[0], at_kill)
        return lives

    def messages(self, life: Life) -> list[RecordedRequest]:
        return [request for request in self._api.requests[life.first :] if request.endpoint == MESSAGES]

    def uploads(self, life: Life) -> list[RecordedRequest]:
        return [request for request in self._api.requests[life.first :] if request.endpoint == FILES]

    def damage(self) -> str:
        """Let SQLite check the whole file."""
        if not self._store.exists():  # nothing is damaged where there is nothing yet
            return "ok"
        with closing(self._opened()) as db:
            (found,) = db.execute("PRAGMA integrity_check").fetchone()
            return str(found)

    # --- the moment -------------------------------------------------------------------------------------------------

    async def _wait_for(self, aim: Aim, life: Life) -> None:
        """Wait for a moment, and from there on a time that is left to chance."""
        asks, kept = self.plans[life.plan], life.before.answers
        known = sum(key in kept for key in asks.values())
        delay = 0.01
        match aim:
            case "any":
                delay = 0.6
            case "reading back":
                if not known:  # the next one will have something to read
                    await self.until(lambda: self._count(life, "answered") > 0)
                wanted = self._chance.randint(0, known)
                await self.until(lambda: len(self._heard("used")) >= wanted)
                delay = 0.005
            case "before an intent":
                await self.until(lambda: len(self._heard("used")) >= known)
                if self._chance.random() < 0.5:
                    await self.until(self._locked)
                delay = 0.1
            case "a file goes up":
                await self.until(lambda: any(request.body is None for request in self.uploads(life)))
                delay = 0.004
            case "a file is kept there, not here":
                await self.until(lambda: bool(self.uploads(life)) and self._locked())
                await self.until(lambda: any(request.status == 200 for request in self.uploads(life)))
            case "intent written, nothing sent":
                await self.until(lambda: self._count(life, "sent", "answered") > len(self.messages(life)))
                delay = 0.001
            case "a body goes up":
                await self.until(
                    lambda: any(request.body is None and size_of(request) > LARGE for request in self.messages(life))
                )
                delay = 0.004
            case "asked, nothing answered":
                await self.until(
                    lambda: any(request.body is not None and not request.status for request in self.messages(life))
                )
            case "within an answer":
                await self.until(lambda: any(request.status is not None for request in self.messages(life)))
                delay = 0.05
            case "answered, not stored":
                await self.until(lambda: any(request.body is not None for request in self.messages(life)))
                await self.until(self._locked)
                await self.until(
                    lambda: any(
                        request.seconds is not None and request.request_id not in self._paid(life)
                        for request in self.messages(life)
                    )
                )
            case "stored, not used":
                await self.until(lambda: self._count(life, "answered") > self._used_anew(life))
                delay = 0.0
        ends = time.monotonic() + delay * self._chance.random()
        await self.until(lambda: time.monotonic() >= ends)

    def _kill(self, life: Life) -> dict[str, tuple[int | None, bool]]:
        """Kill a process.

        Shapes:  of each request so far, its status and whether its answer was sent to the end
        """
        seen = {
            request.request_id: (request.status, request.seconds is not None)
            for request in self._api.requests[life.first :]
        }
        with suppress(ProcessLookupError):  # it has just ended
            signal.pidfd_send_signal(life.handle, signal.SIGKILL)
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return seen

    def _steps(self, life: Life, at_kill: dict[str, tuple[int | None, bool]]) -> Counter[Step]:
        steps = Counter[Step]()
        files = [request for request in self.uploads(life) if request.body is None]
        unknown = [
            request
            for request in self.uploads(life)
            if request.body is not None and request.body["sha256"] not in self._kept().uploads
        ]
        steps["a file goes up"] = len(files)
        steps["a file is kept there, not here"] = len(unknown)
        asked = {ask_of(request): request for request in self.messages(life) if request.body is not None}
        states = {line.key: line.state for line in life.lines}
        # Asks take their turn in the order of the plan, so these are the ones that had it.
        under_way = [(name, key) for name, key in self.plans[life.plan].items() if name not in life.used][:AT_ONCE]
        unasked = 0
        for name, key in under_way:
            state = states.get(key)
            if key in life.before.answers:
                steps["reading back"] += 1
            elif state is None:
                steps["before an intent"] += not files and not unknown
            elif state == "answered":
                steps["stored, not used"] += 1
            elif name not in asked:
                unasked += 1
            else:
                status, is_whole = at_kill.get(asked[name].request_id, (None, False))
                if status is None:
                    steps["asked, nothing answered"] += 1
                else:
                    steps["answered, not stored" if is_whole else "within an answer"] += 1
        steps["a body goes up"] = sum(request.body is None for request in self.messages(life))
        steps["intent written, nothing sent"] = unasked - steps["a body goes up"]
        return +steps

    # --- looking ----------------------------------------------------------------------------------------------------

    def _heard(self, word: str) -> list[list[str]]:
        return [rest for told, *rest in self._told if told == word]

    async def until(self, condition: Callable[[], bool], *, seconds: float = _AIM_SECONDS) -> None:
        """Look again and again: other processes can only be asked about."""
        deadline = time.monotonic() + seconds
        while not condition() and not (seconds == _AIM_SECONDS and self._heard("gone")):
            if time.monotonic() > deadline:
                assert seconds == _AIM_SECONDS, f"nothing has come within {seconds:g} seconds"
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _settled(self, life: Life) -> None:
        """Wait until the API has done all that came before: who connects after the dead is answered after them."""
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self._api.url.rpartition(":")[2]))
        writer.write(b"GET /_totals HTTP/1.1\r\nhost: fake\r\nconnection: close\r\n\r\n")
        await reader.read()
        writer.close()
        await writer.wait_closed()
        await self.until(
            lambda: all(request.seconds is not None for request in self._api.requests[life.first :]), seconds=30
        )

    def _locked(self) -> bool:
        """Try to keep the store from being written to."""
        if not self._has_store():
            return False
        db = self._looking()
        try:
            if not db.in_transaction:
                db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True

    def _count(self, life: Life, *states: str) -> int:
        if not self._has_store():
            return 0
        marks = ", ".join("?" * len(states))
        query = f"SELECT count(*) FROM sends WHERE id > ? AND state IN ({marks})"
        (count,) = self._looking().execute(query, (life.before.last, *states)).fetchone()
        return int(count)

    def _used_anew(self, life: Life) -> int:
        asks = self.plans[life.plan]
        return sum(asks[name] not in life.before.answers for _, name, _ in self._heard("used"))

    def _paid(self, life: Life) -> set[str]:
        query = "SELECT request_id FROM sends WHERE id > ? AND state = 'answered'"
        return {request_id for (request_id,) in self._looking().execute(query, (life.before.last,))}

    def _lines(self, life: Life) -> list[Line]:
        if not self._has_store():
            return []
        with closing(self._opened()) as db:
            query = "SELECT content_key, state, request_id FROM sends WHERE id > ? AND process LIKE ? ORDER BY id"
            rows = db.execute(query, (life.before.last, f"%|{life.pid}|%")).fetchall()
        return [Line(key=key, state=state, request_id=request_id) for key, state, request_id in rows]

    def _kept(self) -> Kept:
        if not self._has_store():
            return Kept(last=0, answers=frozenset(), uploads=frozenset())
        with closing(self._opened()) as db:
            (last,) = db.execute("SELECT coalesce(max(id), 0) FROM sends").fetchone()
            answers = frozenset(key for (key,) in db.execute("SELECT content_key FROM answers"))
            uploads = frozenset(key for (key,) in db.execute("SELECT key FROM uploads"))
            return Kept(last=last, answers=answers, uploads=uploads)

    def _has_store(self) -> bool:
        """Say whether a process has lived long enough to make the store: its file comes first, then all tables."""
        if not self._has_tables and self._store.exists():
            with closing(self._opened()) as db:
                self._has_tables = db.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
        return self._has_tables

    def _looking(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._opened()
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._store, timeout=0 if self._connection is None else 5, isolation_level=None)


def size_of(request: RecordedRequest) -> int:
    return int(request.headers.get("content-length", "0"))


def ask_of(request: RecordedRequest) -> str:
    """Name the ask that a request sends."""
    return name_of(request.body["messages"][0]["content"][-1]["text"])


@asynccontextmanager
async def open_killer(room: Path, api: FakeClaudeAPI, *, seed: int) -> AsyncGenerator[Killer]:
    """Start the process that all others are forks of; the folders `plan-0`, `plan-1`, … hold documents."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.claude.killed_process", str(room), api.url, api.key),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    killer = Killer(process, api, room / "home" / "store.sqlite3", seed)
    hearing = asyncio.create_task(killer.hear())
    try:
        count = len(list(room.glob("plan-*")))
        await killer.until(lambda: len(killer.plans) == count, seconds=60)
        yield killer
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), timeout=60)
        await hearing
