"""Words of pages that were read before."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from witnessmark.documents.ocr.recognised import PixelPage, page_from_wire, page_to_wire
from witnessmark.kept import KeptFiles

CACHE_BYTES = 200 * 1024 * 1024
"""Some 10,000 pages: one has 20 KB."""


class WordCache:
    """Keeps pages in a folder of its own. It may vanish at any time, and costs time only."""

    def __init__(self, folder: Path, *, limit_bytes: int = CACHE_BYTES) -> None:
        self._files = KeptFiles(folder, limit_bytes=limit_bytes)

    def get(self, key: str) -> PixelPage | None:
        """Find a page; a damaged entry is as good as none."""
        body = self._files.get(key)
        try:
            told: dict[str, Any] = json.loads(body or b"")
            page = page_from_wire(told["page"])
            return page if told["digest"] == _digest(told["page"]) else None
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def put(self, key: str, page: PixelPage) -> None:
        """Keep a page; a folder that cannot be written to keeps nothing."""
        wire = page_to_wire(page)
        body = json.dumps({"digest": _digest(wire), "page": wire}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self._files.put(key, body)


def _digest(wire: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(wire, sort_keys=True).encode()).hexdigest()[:16]
