"""Memory of a long scan: a PDF of many scanned pages read from beginning to end, and what is left afterwards.

    python -m benchmarks.memory_scan [--pages 300] [--dense]

Prints the resident memory of our own process and of the workers as pages go by, the largest of each, and that of the
workers once they were idle, which must be nothing. Without `--dense` pages carry a few lines, so that 300 take minutes.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
from PIL import Image, ImageDraw, ImageFont

from witnessmark.settings import settings_from
from witnessmark_server.services import open_services
from witnessmark_tools.catalog import BY_NAME

LINES, DENSE_LINES = 8, 45


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--dense", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan.pdf"
        with ProcessPoolExecutor(1) as drawer:  # what drawing takes is not to be measured
            drawer.submit(_write, path, arguments.pages, DENSE_LINES if arguments.dense else LINES).result()
        print(f"{arguments.pages} pages, {path.stat().st_size / 1e6:.0f} MB")
        anyio.run(_measure, path, Path(folder), arguments.pages)


def _write(path: Path, pages: int, lines: int) -> None:
    path.write_bytes(_scan(pages, lines))


def _scan(pages: int, lines: int) -> bytes:
    font = ImageFont.load_default(30)

    def page(number: int) -> Image.Image:
        image = Image.effect_noise((1654, 2339), 12).point([min(255, value + 110) for value in range(256)])
        draw = ImageDraw.Draw(image)
        for line in range(lines):
            text = f"Page {number}, line {line}: berth {number * 7 + line}, dues {number * 31 + line * 17:,}.50"
            draw.text((150, 150 + 46 * line), text, fill=30, font=font)
        return image

    file = io.BytesIO()
    page(1).save(
        file,
        "PDF",
        resolution=200,
        quality=45,
        save_all=True,
        append_images=(page(number) for number in range(2, pages + 1)),
    )
    return file.getvalue()


async def _measure(path: Path, folder: Path, pages: int) -> None:
    settings = settings_from({}, start=folder, home=str(folder / "home"), allow=[str(folder)])
    begin = time.perf_counter()
    async with open_services(settings) as services:
        recogniser = services.documents.recogniser
        assert recogniser is not None, "the extra `ocr` is not installed"

        async def progress(done: float, total: float, message: str) -> None:  # noqa: ARG001 - the pages are known
            if done % max(1, pages // 10) == 0:
                print(
                    f"{message}: we {_resident():4.0f} MB, OCR {recogniser.workers.peak_bytes / 1e6:5.0f} MB at most",
                    flush=True,
                )

        tool = BY_NAME["read_text"]
        given = tool.parse({"source": str(path), "pages": f"1-{pages}"})
        result: Any = await tool.call(given, replace(services, patience=None), progress)
        seconds = time.perf_counter() - begin
        read = sum(f"Page {page.page}," in page.text for page in result.pages)
        print(
            f"{read} of {pages} pages read, {seconds / pages:.2f} s a page, {recogniser.workers.started} OCR processes"
        )
        await recogniser.workers.end_idle()
        print(f"afterwards: we {_resident():.0f} MB, {recogniser.workers.running} OCR processes")


def _resident() -> float:
    """Measure our own resident memory, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


if __name__ == "__main__":
    main()
