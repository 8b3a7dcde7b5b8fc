"""What an OCR engine is to us, and which one is here.

An engine finds lines of text; where the words of a line stand is found in the pixels (`words.py`), for all alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from witnessmark.documents.ocr.pixels import Pixels

EngineName = Literal["faster-paddle", "rapidocr"]
EngineChoice = Literal["auto", "faster-paddle", "rapidocr", "off"]

_MODULES: dict[EngineName, tuple[str, ...]] = {
    "faster-paddle": ("faster_paddle", "numpy"),
    "rapidocr": ("rapidocr", "onnxruntime", "numpy"),
}


class TextLine(NamedTuple):
    """A line of text as an engine finds it.

    Units:  pixels of what was read; `confidence` 0 to 1, the mean over the line's characters
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float


class OcrEngine(Protocol):
    """Reads pixels; made once in a worker, since it holds its models."""

    def read(self, pixels: Pixels) -> list[TextLine]:
        """Find the lines of text, in any order; none in a picture without text."""
        ...

    def skim(self, pixels: Pixels) -> list[TextLine]:
        """Read as fast as the engine can, well enough to tell text from noise."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledEngine:
    """An engine that can be started here."""

    name: EngineName

    @property
    def version(self) -> str:
        """Its version; `unknown` where it was not installed as a package."""
        from importlib.metadata import PackageNotFoundError, version  # loads a mail parser, which takes a while

        try:
            return version(self.name)
        except PackageNotFoundError:
            return "unknown"


def installed_engine(choice: EngineChoice = "auto") -> InstalledEngine | None:
    """Say which engine a choice comes to on this machine, without importing it; None when it is not installed."""
    names: tuple[EngineName, ...] = ("faster-paddle", "rapidocr")
    for name in names:
        if choice in {"auto", name} and all(find_spec(module) for module in _MODULES[name]):
            return InstalledEngine(name=name)
    return None


def make_engine(name: EngineName, *, threads: int = 2) -> OcrEngine:
    """Load an engine and its models."""
    if name == "rapidocr":
        from witnessmark.documents.ocr.rapid import RapidOcr

        return RapidOcr(threads)
    from witnessmark.documents.ocr.faster_paddle import FasterPaddle

    return FasterPaddle(threads)
