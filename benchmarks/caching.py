"""What the prompt cache saves: ten text questions on one drawn PDF of 100 pages, in one plan and in separate calls.

    python -m benchmarks.caching [MODEL …]

Everything is real but the API, which is the strict fake; its clock, the ledger's and the client's are one, so that
minutes pass at once. The ratios, of the input and of the whole cost, are to the ideal: one write for five minutes, and
nine reads. Goals: at most 1.05 in one plan, and 1.6 in separate calls of which none is more than five minutes later.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.claude.questions import QUESTIONS, Bill, Reader, SharedTime, answering, bill_of, open_reader
from witnessmark.testing import FakeClaudeAPI

MODELS = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-fable-5-2")
PAGES = 100
IN_ONE_PLAN = "one plan"

Way = Callable[[Reader, SharedTime], Awaitable[object]]


def main() -> None:
    """Ask in each way with each model, and print the table."""
    models = sys.argv[1:] or MODELS
    heads = f"{'input USD':>10} {'ratio':>6} {'all USD':>9} {'ratio':>6} {'no cache':>9}"
    print(f"{'model':18} {'how':30} {heads}")
    for model in models:
        bills = {how: asyncio.run(_billed(model, way)) for how, way in WAYS.items()}
        ideal = bills[IN_ONE_PLAN]
        for how, bill in bills.items():
            of_input, of_all = bill.input_usd / ideal.ideal_input_usd, bill.usd / ideal.ideal_usd
            amounts = f"{bill.input_usd:10.4f} {of_input:6.3f} {bill.usd:9.4f} {of_all:6.3f} {bill.no_cache_usd:9.4f}"
            print(f"{model:18} {how:30} {amounts}")


async def _billed(model: str, way: Way) -> Bill:
    time = SharedTime()
    with tempfile.TemporaryDirectory() as folder:
        async with FakeClaudeAPI(clock=time.now) as api:
            api.answer_with(answering)
            async with open_reader(api, Path(folder), time, pages=PAGES, model=model) as reader:
                await way(reader, time)
                return bill_of(api, reader.model)


async def _in_one_plan(reader: Reader, _: SharedTime) -> None:
    await reader.ask(*QUESTIONS)


def _apart(seconds: float) -> Way:
    async def ask(reader: Reader, time: SharedTime) -> None:
        for question in QUESTIONS:
            await reader.ask(question)
            time.passed += seconds

    return ask


async def _at_once(reader: Reader, _: SharedTime) -> None:
    await asyncio.gather(*(reader.ask(question) for question in QUESTIONS))


WAYS: dict[str, Way] = {
    IN_ONE_PLAN: _in_one_plan,
    "ten calls, 3 seconds apart": _apart(3),
    "ten calls, 4 minutes apart": _apart(240),
    "ten calls, 10 minutes apart": _apart(600),
    "ten calls, 2 hours apart": _apart(7_200),
    "ten calls at once": _at_once,
}


if __name__ == "__main__":
    main()
