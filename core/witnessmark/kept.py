"""Small files named by what determines them, written whole or not at all, the oldest leaving first."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from witnessmark.placing import make_private_folder


class KeptFiles:
    """Files in a folder of their own, for this user alone. They may vanish at any time."""

    def __init__(self, folder: Path, *, limit_bytes: int, limit_days: float | None = None) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._days = limit_days
        # A process that writes once must see to it, too, that nothing grows too old.
        self._written = 0 if limit_days is None else limit_bytes

    def get(self, key: str) -> bytes | None:
        """Read a file, which is then the last to leave."""
        path = self._path(key)
        try:
            body = path.read_bytes()
            path.touch()
        except OSError:
            return None
        return body

    def put(self, key: str, body: bytes) -> bool:
        """Keep a file; a folder that cannot be written to keeps nothing.

        Shapes:  whether it was kept
        """
        try:
            make_private_folder(self._folder)
            # Written beside and renamed, so that another process never sees half of it.
            descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(body)
                Path(name).replace(self._path(key))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._written += len(body)
            if self._written > self._limit / 20:
                self._written = 0
                self._shrink()
        except OSError:
            return False
        return True

    def _path(self, key: str) -> Path:
        return self._folder / self.name_of(key)

    @staticmethod
    def name_of(key: str) -> str:
        """Name the file of a key: whatever is in the key, nothing leads elsewhere."""
        return hashlib.sha256(key.encode()).hexdigest()[:40] + ".json"

    def _shrink(self) -> None:
        """Drop what is too old, then what has not been used for longest, until nine tenths of the limit are left."""
        entries: list[tuple[float, int, Path]] = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                facts = path.stat()
                entries.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in entries)
        oldest = time.time() - self._days * 86_400 if self._days is not None else 0.0
        for used_at, size, path in sorted(entries):
            if total <= self._limit * 0.9 and used_at >= oldest:
                return
            with suppress(OSError):
                path.unlink()
                total -= size
