"""Words of pages that were read before: small files named by what determines them, the oldest leaving first."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from witnessmark.documents.ocr.recognised import PixelPage, page_from_wire, page_to_wire

CACHE_BYTES = 200 * 1024 * 1024
"""Some 10,000 pages: one has 20 KB."""


class WordCache:
    """Keeps pages in a folder of its own. It may vanish at any time, and costs time only."""

    def __init__(self, folder: Path, *, limit_bytes: int = CACHE_BYTES) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._written = 0

    def get(self, key: str) -> PixelPage | None:
        """Find a page; a damaged entry is as good as none."""
        path = self._path(key)
        try:
            told: dict[str, Any] = json.loads(path.read_bytes())
            page = page_from_wire(told["page"])
            if told["digest"] != _digest(told["page"]):
                return None
            path.touch()
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return page

    def put(self, key: str, page: PixelPage) -> None:
        """Keep a page; a folder that cannot be written to keeps nothing."""
        wire = page_to_wire(page)
        body = json.dumps({"digest": _digest(wire), "page": wire}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
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

    def _path(self, key: str) -> Path:
        return self._folder / (hashlib.sha256(key.encode()).hexdigest()[:40] + ".json")

    def _shrink(self) -> None:
        """Drop what has not been used for longest until nine tenths of the limit are left."""
        entries: list[tuple[float, int, Path]] = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                facts = path.stat()
                entries.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self._limit * 0.9:
                return
            with suppress(OSError):
                path.unlink()
                total -= size


def _digest(wire: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(wire, sort_keys=True).encode()).hexdigest()[:16]
