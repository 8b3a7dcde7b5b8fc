"""Cutting PDFs into parts: ours beside pypdf, in one run, on two files drawn here.

    python -m benchmarks.pdf_parts

Parts of 90 pages of a PDF of 1,000 pages with 3,000 internal links and an outline, and of one whose pages share one
/Resources dictionary. Each way runs in a process of its own, in turn, five times; CPU seconds (medians) include the
imports that it needs. "our cut" is what the worker does; "our call" is all of it as the server calls it: both
processes, the worker's start, the file's way there and the parts' way back. Goals: our cut takes at most 0.3 of pypdf's
CPU on the linked file; on both, the parts together have at most 1.5 times the source's bytes.
"""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PAGES, PART = 1000, 90
MOST_BYTES = 24_000_000
RUNS = 5


def main() -> None:
    """Draw the files, cut them both ways and print the table."""
    if len(sys.argv) == 3:
        _measure(sys.argv[1], Path(sys.argv[2]))
        return
    from benchmarks.drawn_pdfs import linked, with_shared_resources

    print(f"{'file':18} {'way':10} {'CPU s':>7} {'of pypdf':>9} {'parts':>6} {'bytes of source':>16} {'pages':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for name, draw in (("linked", linked), ("shared resources", with_shared_resources)):
            path = Path(folder) / f"{name.split()[0]}.pdf"
            path.write_bytes(draw())
            figures: dict[str, list[list[float]]] = {"pypdf": [], "our cut": [], "our call": []}
            for _ in range(RUNS):
                for way, runs in figures.items():
                    command = [sys.executable, "-m", "benchmarks.pdf_parts", way, str(path)]
                    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                    runs.append([float(figure) for figure in said.split()])
            for way, runs in figures.items():
                ratio = statistics.median(
                    ours[0] / theirs[0] for ours, theirs in zip(runs, figures["pypdf"], strict=True)
                )
                seconds = statistics.median(run[0] for run in runs)
                _, parts, size, pages = runs[0]
                print(f"{name:18} {way:10} {seconds:7.2f} {ratio:9.2f} {parts:6.0f} {size:16.2f} {pages:6.0f}")


def _measure(way: str, path: Path) -> None:
    """Cut once and print CPU seconds, parts, their bytes as a multiple of the source's, and pages."""
    before = _cpu_seconds()
    sizes, pages = {"pypdf": _pypdf, "our cut": _cut, "our call": _call}[way](path)
    print(_cpu_seconds() - before, len(sizes), sum(sizes) / path.stat().st_size, pages)


def _cpu_seconds() -> float:
    used = os.times()  # of this process and of the workers that have ended
    return used.user + used.system + used.children_user + used.children_system


def _pypdf(path: Path) -> tuple[list[int], int]:
    import pypdf

    reader = pypdf.PdfReader(path)
    sizes: list[int] = []
    for start in range(0, PAGES, PART):
        writer = pypdf.PdfWriter()
        writer.append(reader, pages=(start, min(PAGES, start + PART)), import_outline=False)
        target = io.BytesIO()
        writer.write(target)
        sizes.append(target.tell())
    return sizes, PAGES


def _call(path: Path) -> tuple[list[int], int]:
    import anyio

    from witnessmark.documents.allowed import AllowedFolders
    from witnessmark.documents.opening import Documents
    from witnessmark.documents.worker import open_workers
    from witnessmark.limits import Limits

    async def cut() -> tuple[list[int], int]:
        sizes: list[int] = []
        pages = 0
        async with open_workers(Limits(workers=1)) as workers:
            documents = Documents(AllowedFolders(folders=(path.parent.resolve(),)), workers)
            async with documents.open(str(path)) as document:
                wanted = range(1, document.page_count + 1)
                async for part in documents.pdf_parts(document, wanted, most_pages=PART, most_bytes=MOST_BYTES):
                    sizes.append(part.content.size)
                    pages += len(part.pages)
                    part.content.close()
        return sizes, pages

    return anyio.run(cut)


def _cut(path: Path) -> tuple[list[int], int]:
    from witnessmark.documents.pdf_parts import first_part
    from witnessmark.documents.pdfium import open_pdf

    sizes: list[int] = []
    with open_pdf(path.read_bytes()) as pdf:
        for start in range(0, PAGES, PART):
            part, _, _ = first_part(pdf, range(start + 1, min(PAGES, start + PART) + 1), most_bytes=MOST_BYTES)
            sizes.append(len(part))
    return sizes, PAGES


if __name__ == "__main__":
    main()
