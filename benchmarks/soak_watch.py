"""What a server takes while it is soaked: memory, handles, threads, children, and whether it still answers.

    python -m benchmarks.soak_watch PID URL OUTPUT

In a process of its own, so that a busy harness is not taken for a busy server; a line of JSON each second, until it is
ended. Linux only: it reads /proc.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

EVERY_SECONDS = 1.0
LONGEST_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A server at one moment.

    Units:  seconds, bytes
    """

    at: float
    answered_in: float
    """Until `/health` was answered."""
    at_work: int
    server_bytes: int
    """Private and shared memory, each shared page divided by those who share it (PSS)."""
    worker_bytes: int
    workers: int
    handles: dict[str, int]
    """Open files by kind."""
    threads: int


def main() -> None:
    """Look until ended."""
    pid, url, output = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    with output.open("w") as file:
        while Path(f"/proc/{pid}").exists():
            begun = time.monotonic()
            print(json.dumps(asdict(look_at(pid, url))), file=file, flush=True)
            time.sleep(max(0.0, begun + EVERY_SECONDS - time.monotonic()))


def look_at(pid: int, url: str) -> Look:
    """Look once."""
    answered_in, at_work = _health(url)
    workers = children_of(pid)
    return Look(
        at=time.time(),
        answered_in=answered_in,
        at_work=at_work,
        server_bytes=_pss(pid),
        worker_bytes=sum(map(_pss, workers)),
        workers=len(workers),
        handles=handles_of(pid),
        threads=sum(1 for _ in Path(f"/proc/{pid}/task").iterdir()),
    )


def looks_in(output: Path) -> Sequence[Look]:
    """Read what was seen."""
    return [Look(**json.loads(line)) for line in output.read_text().splitlines() if line.endswith("}")]


def children_of(pid: int) -> list[int]:
    """List the living children of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:  # a thread that has ended since
            continue
    return found


def handles_of(pid: int) -> dict[str, int]:
    """Count the open files of a process by kind: files, sockets, pipes, others."""
    kinds = Counter[str]()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        kinds["files" if target.startswith("/") else target.partition(":")[0]] += 1
    return dict(kinds)


def _health(url: str) -> tuple[float, int]:
    begun = time.monotonic()
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=LONGEST_SECONDS)
    try:
        connection.request("GET", "/health")
        at_work = json.loads(connection.getresponse().read())["at_work"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return LONGEST_SECONDS, -1
    finally:
        connection.close()
    return time.monotonic() - begun, int(at_work)


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main()
