"""OCR as the rest of the house calls it: a picture's pixels in, a page of words out, from the cache or a worker."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from witnessmark.documents.content import Content
from witnessmark.documents.ocr.cache import WordCache
from witnessmark.documents.ocr.engine import InstalledEngine
from witnessmark.documents.ocr.recognised import PixelPage, page_from_wire
from witnessmark.documents.ocr.sheet import SeenPlace
from witnessmark.documents.worker import Workers

PREPARATION = 3
"""Changes when the same pixels would be read differently, so that older answers are not used again."""


class Recogniser:
    """Reads pictures with one engine, in a worker of its own kind, and remembers what they said."""

    def __init__(self, workers: Workers, engine: InstalledEngine, cache: WordCache) -> None:
        self.workers = workers
        self.engine = engine
        self._cache = cache

    async def read(self, pixels: Content, width: int, height: int) -> PixelPage:
        """Read a page's picture.

        Shapes:  `pixels` has `width` × `height` grey bytes, row by row; its name is the document's, for errors
        Errors:  `WorkerStopped` kinds
        """
        key = f"{pixels.sha256} {width} {height} {self.engine.name} {self.engine.version} {PREPARATION}"
        known = await anyio.to_thread.run_sync(self._cache.get, key)
        if known is not None:
            return known
        answer, _ = await self.workers.call(
            "ocr_page",
            pixels,
            {"engine": self.engine.name, "width": width, "height": height},
            seconds=self.workers.limits.page_seconds,
        )
        page = page_from_wire(answer)
        await anyio.to_thread.run_sync(self._cache.put, key, page)
        return page

    async def read_sheet(
        self, sheet: Content, width: int, height: int, slots: Sequence[Sequence[int]], *, careful: bool
    ) -> list[SeenPlace]:
        """Read places that were set side by side (`ocr/sheet.py`).

        Shapes:  as many as `slots`, in their order
        Errors:  `WorkerStopped` kinds
        """
        answer, _ = await self.workers.call(
            "ocr_sheet",
            sheet,
            {"engine": self.engine.name, "width": width, "height": height, "slots": slots, "careful": careful},
            seconds=self.workers.limits.page_seconds,
        )
        return [SeenPlace(text, confidence) for text, confidence in answer["seen"]]
