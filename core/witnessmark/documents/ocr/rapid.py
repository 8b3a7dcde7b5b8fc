"""The engine rapidocr: PP-OCRv6 on onnxruntime, models in its wheel. Runs in a worker."""

from __future__ import annotations

import importlib
from typing import Any

from witnessmark.documents.ocr.engine import TextLine
from witnessmark.documents.ocr.pixels import Pixels


class RapidOcr:
    """One model reads and skims; its own turning of lines is off, since pages come upright."""

    def __init__(self, threads: int) -> None:
        library = importlib.import_module("rapidocr")  # it has no types
        self._engine: Any = library.RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.use_cls": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, pixels: Pixels) -> list[TextLine]:
        import numpy as np

        # It asks for blue, green, red.
        found = self._engine(np.repeat(pixels[:, :, None], 3, axis=2))
        if found.boxes is None:
            return []
        lines: list[TextLine] = []
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
            (x0, top), (x1, bottom) = corners.min(axis=0), corners.max(axis=0)
            lines.append(TextLine(text, float(x0), float(top), float(x1), float(bottom), float(score)))
        return lines

    def skim(self, pixels: Pixels) -> list[TextLine]:
        return self.read(pixels)
