"""Processes that run plans with the real client and store, to be killed: `python -m tests.claude.killed_process`.

Importing the SDK takes seconds, so one process imports everything, opens the documents and plans what is asked about
them, and then makes a fork of itself for each run: no thread and no event loop is there when it forks. It is told
`PLAN COUNT` a line, how often to run which plan at once, and says one line for each thing that happens:

    {"ask-0-1": "content key", …}   what each ask of a plan is named by; one line a plan, before anything is run
    begun PID                       everything is open, and the plan is run from now on
    used PID ASK TEXT               an answer has come as far as whoever understands it
    gone PID CODE                   its end; -9 is a kill
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import threading
import traceback
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from witnessmark.claude.client import CONNECTION_MODULE, Work, open_claude
from witnessmark.claude.credentials import Credentials
from witnessmark.documents.allowed import AllowedFolders
from witnessmark.documents.content import Content
from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.documents.worker import open_workers
from witnessmark.limits import Limits
from witnessmark.plans.models import model_named
from witnessmark.plans.plan import Plan
from witnessmark.settings import settings_from
from witnessmark.store import open_store
from witnessmark_tools.tables_plan import plan_tables

MODEL = model_named("claude-sonnet-5-5")
LIMITS = Limits(workers=1)
Planned = tuple[Plan, tuple[Document, ...]]


def main() -> None:
    room, url, key = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    plans = anyio.run(_planned, room)
    importlib.import_module(CONNECTION_MODULE)
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(timeout=10)
    gc.collect()
    gc.freeze()
    for plan, _ in plans:
        _say(json.dumps({name_of(ask.blocks[-1].text): ask.content_key for ask in plan.asks}))  # type: ignore[union-attr]  # the question, which is a text
    for line in sys.stdin:
        number, count = map(int, line.split())
        running = [_forked(partial(_run, room, url, key, plans[number])) for _ in range(count)]
        while running:
            pid, status = os.wait()
            running.remove(pid)
            _say(f"gone {pid} {os.waitstatus_to_exitcode(status)}")


def name_of(question: str) -> str:
    """Find an ask's name, which is the word that its question says to expect."""
    return next(word.strip(".") for word in question.split() if word.startswith("ask-"))


def _forked(run: partial[Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        anyio.run(run)
        code = 0
    except BaseException:  # noqa: BLE001 - what is above in the stack is another process's work
        traceback.print_exc()
    os._exit(code)


async def _planned(room: Path) -> list[Planned]:
    """Plan each folder's documents: one ask for each of them, a second one where its name says `twice`."""
    async with open_workers(Limits()) as workers:
        documents = Documents(_allowed(room), workers)
        folders = sorted(room.glob("plan-*"), key=lambda folder: int(folder.name.removeprefix("plan-")))
        return [await _planned_of(folder, documents) for folder in folders]


async def _planned_of(folder: Path, documents: Documents) -> Planned:
    number = folder.name.removeprefix("plan-")
    asks: list[Any] = []
    opened: list[Document] = []
    for path in sorted(folder.iterdir()):
        async with documents.open(str(path)) as document:
            facts = await documents.facts(document, [1])
            for _ in range(1 + ("twice" in path.name)):
                asks += plan_tables(document, facts, MODEL, vocabulary=[f"ask-{number}-{len(asks)}"]).asks
            opened.append(replace(document, content=Content.of_bytes(path.name, document.content.read())))
    return Plan(asks=tuple(asks)), tuple(opened)


async def _run(room: Path, url: str, key: str, planned: Planned) -> None:
    plan, sources = planned
    pid = os.getpid()

    def parse(value: Any) -> Any:
        text, name = value["tables"][0]["rows"][0]
        _say(f"used {pid} {name} {text}")
        return value

    async with (
        open_workers(LIMITS) as workers,
        open_store(settings_from({}, start=room, home=str(room / "home")).store) as store,
        open_claude(Credentials(kind="api key", secret=key, base_url=url), store) as claude,
    ):
        documents = Documents(_allowed(room), workers)
        work = Work(tool="extract_tables", model=MODEL, documents=documents, sources=sources, parse=parse)
        _say(f"begun {pid}")
        run = await claude.run(plan, work)
    for failed in run.failed:
        raise failed.error


def _allowed(room: Path) -> AllowedFolders:
    return settings_from({}, start=room, home=str(room / "home"), allow=[str(room)]).allowed


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # in one piece, and nothing of it stays behind in a process that is killed


if __name__ == "__main__":
    main()
