"""Starts processes that use a store, talks to them, and ends them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Child:
    """One process of `tests.store.child`."""

    def __init__(self, what: str, path: Path, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.child", what, str(path), *more],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self) -> str:
        """Wait for the next line it says; nothing when it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def tell(self) -> None:
        """Give it the word it waits for."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def rest(self) -> list[str]:
        """Wait for its end, and take what it still said."""
        assert self.process.stdout is not None
        said = self.process.stdout.read()  # not `communicate`, which forgets what `hear` has read ahead
        self.process.wait(timeout=60)
        return str(said).splitlines()

    def kill(self) -> list[str]:
        """Kill it as `kill -9` does, and take what it had said."""
        self.process.kill()
        return self.rest()


@contextmanager
def children(count: int, what: str, path: Path, *more: str) -> Generator[list[Child]]:
    """Start several; none is left afterwards."""
    started = [Child(what, path, *more) for _ in range(count)]
    try:
        yield started
    finally:
        for child in started:
            child.process.kill()
            child.rest()
            for pipe in (child.process.stdin, child.process.stdout):
                assert pipe is not None
                pipe.close()
