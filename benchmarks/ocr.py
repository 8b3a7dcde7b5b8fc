"""OCR: words found, figures found, seconds and memory, for each engine that is installed, on the dev set's images.

    python -m benchmarks.ocr                       every engine here
    python -m benchmarks.ocr --engines rapidocr    only this one

F1 counts words of the page against the truth's, each as often as it stands there, whatever their case.
Figures are words with a digit, of which the recall counts. Seconds are wall seconds of one page in the worker;
memory is the worker's largest after a page.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import anyio

from witnessmark.documents.content import Content
from witnessmark.documents.images import read_pixels
from witnessmark.documents.ocr.engine import EngineName, installed_engine
from witnessmark.documents.ocr.recognised import page_from_wire
from witnessmark.documents.ocr.resolution import MOST_PIXELS
from witnessmark.documents.worker import Workers, open_workers
from witnessmark.limits import Limits

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one image was read."""

    name: str
    f1: float
    figures: float | None
    seconds: float
    turn: int
    skew: float


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default=",".join(get_args(EngineName)))
    arguments = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit("../shared is not here")
    for name in arguments.engines.split(","):
        if installed_engine(name) is None:
            print(f"{name}: not installed")
            continue
        scores, peak = anyio.run(_run, name)
        print(f"{name}\n{'':36}   F1  figures  s/image")
        for score in scores:
            figures = f"{score.figures:7.3f}" if score.figures is not None else "      –"
            upright = f"  turned {score.turn}, skew {score.skew:+.2f}" if score.turn or score.skew else ""
            print(f"{score.name:36}{score.f1:6.3f} {figures} {score.seconds:8.2f}{upright}")
        known = [score.figures for score in scores if score.figures is not None]
        mean = sum(score.f1 for score in scores) / len(scores)
        seconds = sum(score.seconds for score in scores) / len(scores)
        print(f"{'mean':36}{mean:6.3f} {sum(known) / len(known):7.3f} {seconds:8.2f}   peak {peak:,.0f} MB\n")


async def _run(engine: str) -> tuple[list[Score], float]:
    index = json.loads((SHARED / "devset" / "index.json").read_text())
    scores: list[Score] = []
    async with open_workers(Limits().for_ocr()) as workers:
        for case in index["cases"]:
            if case["kind"] == "ocr":
                truth = json.loads((SHARED / "devset" / case["truth"]).read_text())
                scores.append(await _score(workers, engine, SHARED / "devset" / case["file"], truth))
        peak = workers.peak_bytes / 1e6
    return scores, peak


async def _score(workers: Workers, engine: str, path: Path, truth: dict[str, Any]) -> Score:
    picture = read_pixels(await anyio.Path(path).read_bytes(), 0, most_pixels=MOST_PIXELS)
    content = Content.of_bytes(path.name, picture.pixels)
    begin = time.perf_counter()
    asked = {"engine": engine, "width": picture.width, "height": picture.height}
    answer, _ = await workers.call("ocr_page", content, asked, seconds=120)
    seconds = time.perf_counter() - begin
    page = page_from_wire(answer)
    found = Counter(_plain(word.text for word in page.words))
    real = Counter(_plain(_truth_words(truth)))
    hits = (found & real).total()
    figures = Counter({word: count for word, count in real.items() if any(letter.isdigit() for letter in word)})
    return Score(
        name=path.name,
        f1=2 * hits / max(1, found.total() + real.total()),
        figures=(found & figures).total() / figures.total() if figures else None,
        seconds=seconds,
        turn=page.straightening.turn,
        skew=page.straightening.skew,
    )


def _plain(words: Iterable[str]) -> Iterator[str]:
    """Leave case and outer punctuation aside: the receipts' truth is all in capitals."""
    for word in words:
        if kernel := word.casefold().strip(".,:;!?()[]{}'\"*-–"):
            yield kernel


def _truth_words(truth: dict[str, Any]) -> list[str]:
    if "words" in truth:
        return [word if isinstance(word, str) else word["text"] for word in truth["words"]]
    lines = truth.get("lines") or [truth.get("text", "")]
    return [word for line in lines for word in (line if isinstance(line, str) else line["text"]).split()]


if __name__ == "__main__":
    main()
