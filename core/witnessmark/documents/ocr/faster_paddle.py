"""The engine faster-paddle: PP-OCRv6 in one wheel, models included. Runs in a worker."""

from __future__ import annotations

import importlib
import io
from typing import Any

from witnessmark.documents.ocr.engine import TextLine
from witnessmark.documents.ocr.pixels import Pixels

DETECTION_SIDE = 1600
"""Longest side in pixels at which lines are looked for; more costs time and memory and finds no more (to 2,400)."""


class FasterPaddle:
    """The small model reads, the tiny one skims."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._library = importlib.import_module("faster_paddle")  # it has no types
        self._models: dict[str, Any] = {}

    def read(self, pixels: Pixels) -> list[TextLine]:
        return self._read("small", pixels, det_max_side=DETECTION_SIDE)

    def skim(self, pixels: Pixels) -> list[TextLine]:
        return self._read("tiny", pixels)

    def _read(self, model: str, pixels: Pixels, **options: int) -> list[TextLine]:
        if model not in self._models:
            self._models[model] = self._library.OcrEngine(model_size=model, threads=self._threads, **options)
        from PIL import Image

        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "BMP")
        found = self._models[model].ocr(file.getvalue())["bounds"].values()
        lines: list[TextLine] = []
        for line in found:
            (x0, top), (x1, bottom) = line["topLeftCoord"], line["bottomRightCoord"]
            lines.append(TextLine(line["text"], x0, top, x1, bottom, line["confidence"]))
        return lines
