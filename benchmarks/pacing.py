"""Four hundred asks through a rate limit: how many are answered, how fast, and how often the API had to refuse.

    python -m benchmarks.pacing [--only WORDS] [--speed 20]

The API is the fake in a process of its own: 60,000 input tokens a minute out of a bucket that is full at the start,
2 % of the requests answered 529, half a second to two seconds before each answer, on a clock that runs twenty times as
fast. Anthropic's client in threads, with its own retries, is beside witnessmark's whole way from a plan to kept
answers, whose estimates of tokens are off by up to a quarter. Goodput is a share of the ideal, (tokens - a full
bucket) / rate, and says little where not all was finished. CPU is the clients', per ask, imports left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import anyio

from witnessmark.claude.attempts import Clock, Errand, Patience
from witnessmark.claude.client import Work, open_claude
from witnessmark.claude.credentials import Credentials
from witnessmark.claude.delivery import Delivery
from witnessmark.claude.pacing import Pacing
from witnessmark.claude.request import Form, request_of
from witnessmark.documents.opening import Documents
from witnessmark.documents.text_size import text_size
from witnessmark.documents.worker import open_workers
from witnessmark.limits import Limits
from witnessmark.plans.models import model_named
from witnessmark.plans.plan import Ask, Plan, TextBlock, TextDocumentBlock
from witnessmark.plans.tokens import Count
from witnessmark.settings import settings_from
from witnessmark.store import Tokens, open_store

ASKS, CALLS, PER_MINUTE, FAILING, TURNS = 400, 10, 60_000, 0.02, 1_000
MODEL = model_named("claude-sonnet-5-5")
REPORT = b"a report"
KEY = "sk-ant-api03-benchmark"
SCHEMA = {
    "type": "object",
    "properties": {"total": {"type": "string"}},
    "required": ["total"],
    "additionalProperties": False,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str
    client: str
    """`sdk`, or `ours`."""
    processes: int = 1
    threads: int = 1
    stranger: float = 0.0
    retry_after: str = "fits"


ROWS = (
    Row(name="SDK, 4 threads", client="sdk", threads=4),
    Row(name="SDK, 20 threads", client="sdk", threads=20),
    Row(name="witnessmark", client="ours"),
    Row(name="witnessmark, 4 processes", client="ours", processes=4),
    Row(name="witnessmark, a stranger takes 30 %", client="ours", stranger=0.3),
    Row(name="SDK, 20 threads, retry-after full", client="sdk", threads=20, retry_after="full"),
    Row(name="witnessmark, retry-after full", client="ours", retry_after="full"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="rows whose name has these words")
    parser.add_argument("--speed", type=float, default=20.0)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--child", nargs=6, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        _child(*arguments.child)
        return
    print(f"{'':36}{'finished':>10}{'goodput':>9}{'refused':>9}{'requests':>10}{'CPU/ask':>10}{'minutes':>9}")
    for row in ROWS:
        if arguments.only in row.name:
            print(_measured(row, arguments.speed, is_verbose=arguments.verbose), flush=True)
    if not arguments.only:
        with tempfile.TemporaryDirectory() as folder:
            anyio.run(_turns, Path(folder))


def _measured(row: Row, speed: float, *, is_verbose: bool) -> str:
    limit = f"input_tokens_per_minute={PER_MINUTE},retry_after={row.retry_after},stranger={row.stranger}"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url = stack.enter_context(_fake(limit, speed))
        children = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "benchmarks.pacing", "--child", row.client, url, folder),
                    *(str(speed), f"{number}/{row.processes}", str(row.threads)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(row.processes)
        ]
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()  # it is ready
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        said = [json.loads(child.communicate()[0]) for child in children]
        requests = [one for one in _asked(url, "/_requests") if one["path"] == "/v1/messages"]
    if is_verbose:
        _tell(requests)
    answered = [one for one in requests if one["status"] == 200]
    tokens = sum(one["billed"]["input_tokens"] for one in answered)
    span = max(one["at"] + one["seconds"] * speed for one in answered) - requests[0]["at"]
    ideal = (tokens - PER_MINUTE) / (PER_MINUTE / 60 * (1 - row.stranger))
    refused = sum(one["refused_by"] == "rate_limit" for one in requests) / len(requests)
    finished = sum(one["finished"] for one in said) / ASKS
    cpu = 1e3 * sum(one["cpu"] for one in said) / ASKS
    figures = f"{finished:10.1%}{ideal / span:9.1%}{refused:9.1%}{len(requests):10,}{cpu:7.1f} ms{span / 60:9.1f}"
    return f"{row.name:36}{figures}"


def _tell(requests: list[dict[str, Any]]) -> None:
    begun = requests[0]["at"]
    for one in requests:
        print(f"{one['at'] - begun:8.2f} {one['status']} {one['fault'] or ''} {one['billed'] or ''}", file=sys.stderr)


@contextmanager
def _fake(limit: str, speed: float) -> Generator[str]:
    command = [
        *(sys.executable, "-m", "witnessmark.testing", "--limit", limit, "--latency", "0.5-2"),
        *("--clock-speed", str(speed), "--fault", f"overloaded:share={FAILING},seed=1"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as fake:
        assert fake.stdout is not None
        try:
            yield fake.stdout.readline().strip()
        finally:
            fake.terminate()


def _asked(url: str, path: str) -> Any:
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


async def _turns(folder: Path) -> None:
    """Take turns while nothing is limited, and do nothing with them: what pacing adds to an ask."""
    took: list[float] = []
    patience = Patience(deadline=float("inf"))
    async with open_store(folder / "store.sqlite3") as store, anyio.create_task_group() as tasks:
        pacing = Pacing(store, Clock(), tasks, endpoint="https://api.example", secret=KEY)
        errand = Errand(tool="benchmark", model=MODEL, delivery=cast("Delivery", None))
        for ask in (asks := _asks()[:50]):
            _ = ask.content_key  # worked out once, as it is anyway
        loop_before, cpu_before = time.thread_time(), time.process_time()
        for number in range(TURNS):
            begun = time.perf_counter()
            place = pacing.place(asks[number % 50], errand, patience, seconds=600)
            async with place.taken() as turn:
                took.append(time.perf_counter() - begun)
                turn.begun({})
                turn.answered(Tokens(input=2_000, output=50))
        loop, cpu = (time.thread_time() - loop_before) / TURNS, (time.process_time() - cpu_before) / TURNS
        took.sort()
        print(
            f"a turn while nothing is limited: {1e3 * took[TURNS // 2]:.2f} ms in the median, "
            f"{1e3 * took[-TURNS // 100]:.2f} ms at the 99th percentile; CPU {1e3 * cpu:.2f} ms, of it "
            f"{1e3 * loop:.2f} ms of the event loop"
        )
        await pacing.close()
        tasks.cancel_scope.cancel()


# --- in a process of its own -----------------------------------------------------------------------------------------


def _child(client: str, url: str, folder: str, speed: str, share: str, threads: str) -> None:
    number, of = map(int, share.split("/"))
    asks = _asks()[number::of]
    if client == "sdk":
        finished, cpu = _by_threads(asks, url, float(speed), int(threads))
    else:
        finished, cpu = anyio.run(_by_ours, asks, url, Path(folder), float(speed))
    print(json.dumps({"finished": finished, "cpu": cpu}))


def _asks() -> list[Ask]:
    """Make asks of 900 to 3,200 tokens: letters and digits, which are estimated one by one, in changing shares."""
    chance = random.Random(7)
    asks: list[Ask] = []
    for number in range(ASKS):
        digits = chance.uniform(0, 0.25)
        size, text = int(chance.uniform(900, 3_200) / 1.3 * 4), f"Part {number}."
        text += "".join(
            "".join(chance.choice("0123456789" if chance.random() < digits else "etaoinshrdlu") for _ in range(5)) + " "
            for _ in range(max(1, (size - 1_400) // 6))
        )
        sha256 = hashlib.sha256(REPORT).hexdigest()
        document = TextDocumentBlock(title=f"part {number}", text=text, size=text_size(text), sha256=sha256)
        asks.append(
            Ask(
                model=MODEL.id,
                instructions="Find the total. " + "Copy it as printed. " * 50,
                blocks=(document, TextBlock(text="What is the total?")),
                schema=SCHEMA,
                effort="low",
                max_tokens=1_000,
                expected_output=Count.exactly(50),
            )
        )
    return asks


def _wait_for_word() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def _by_threads(asks: list[Ask], url: str, speed: float, threads: int) -> tuple[int, float]:
    import anthropic

    class Hurried(anthropic.Anthropic):
        """Waits as long as the SDK does, by the fast clock."""

        def _calculate_retry_timeout(self, *given: Any, **named: Any) -> float:
            return super()._calculate_retry_timeout(*given, **named) / speed

    client = Hurried(api_key=KEY, base_url=url)
    lock, finished = threading.Lock(), 0

    def ask_one(ask: Ask) -> None:
        nonlocal finished
        body = request_of(ask, [[] for _ in ask.blocks], Form(structure="format"))
        del body["stream"]
        try:
            client.messages.create(**body)
        except anthropic.APIError:
            return
        with lock:
            finished += 1

    _wait_for_word()
    begun = time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask_one, asks))
    return finished, time.process_time() - begun


async def _by_ours(asks: list[Ask], url: str, folder: Path, speed: float) -> tuple[int, float]:
    """Run some calls at a time, each with a part of the asks; a call has four of its own under way."""

    async def sleep(seconds: float) -> None:
        await anyio.sleep(seconds / speed)

    clock = Clock(now=lambda: time.monotonic() * speed, sleep=sleep, wall=lambda: time.time() * speed)
    settings = settings_from({}, start=folder, home=str(folder / "home"), allow=[str(folder)])
    (folder / "report.txt").write_bytes(REPORT)
    finished, calls = 0, max(1, CALLS * len(asks) // ASKS)
    async with (
        open_workers(Limits()) as workers,
        open_store(settings.store) as store,
        open_claude(Credentials(kind="api key", secret=KEY, base_url=url), store, clock) as claude,
    ):
        documents = Documents(settings.allowed, workers)
        await claude.warm_up()
        async with documents.open(str(folder / "report.txt")) as document:
            work = Work(tool="benchmark", model=MODEL, documents=documents, sources=(document,))

            async def call(part: list[Ask]) -> None:
                nonlocal finished
                run = await claude.run(Plan(asks=tuple(part)), work)
                finished += len(run.answered)
                for failed in run.failed:
                    print(failed.error, file=sys.stderr)

            await anyio.to_thread.run_sync(_wait_for_word)
            begun = time.process_time()
            async with anyio.create_task_group() as tasks:
                for number in range(calls):
                    tasks.start_soon(call, asks[number::calls])
    return finished, time.process_time() - begun


if __name__ == "__main__":
    main()
