"""Words with boxes: our reader beside pdfplumber's, in one run.

    python -m benchmarks.words [PDF …]

Without arguments: two pages drawn here (about 970 words of prose; a table of 24 number columns), the report that comes
along, and the digital PDFs of ../shared/devset where that is. Prints CPU milliseconds a page (medians), the ratio, and
the share of pdfplumber's words that ours agree with, letter for letter. Goals: at most 8 ms on the prose page, at least
20 times as fast.
"""

from __future__ import annotations

import importlib
import io
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from witnessmark.documents.pdfium import open_pdf
from witnessmark.values import Word

ROOT = Path(__file__).parent.parent
DEVSET = ROOT.parent / "shared" / "devset" / "tables"
SENTENCE = "The board met in March, and approved 1,284 of the (27) requests that the harbour's tenants had made; "


def prose_page() -> bytes:
    """Draw a page of about 970 words."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=True)
    text = canvas.beginText(50, 790)
    text.setFont("Times-Roman", 8.5)
    text.setLeading(11.2)
    words = (SENTENCE * 60).split()[:970]
    for begin in range(0, len(words), 15):
        text.textLine(" ".join(words[begin : begin + 15]))
    canvas.drawText(text)
    canvas.save()
    return target.getvalue()


def table_page() -> bytes:
    """Draw a page of 40 rows and 24 number columns."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(842, 595), invariant=True)
    canvas.setFont("Helvetica", 6)
    for row in range(40):
        canvas.drawString(30, 560 - 13 * row, f"Region {row + 1}")
        for column in range(24):
            canvas.drawRightString(110 + 30 * column, 560 - 13 * row, f"{(row * 37 + column * 91) % 9000 + 1000:,}")
    canvas.save()
    return target.getvalue()


def cpu_ms(work: Callable[[], object], runs: int) -> float:
    """Measure a piece of work: the median of its CPU milliseconds."""
    work()
    taken: list[float] = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return statistics.median(taken) * 1e3


def compare(name: str, content: bytes) -> tuple[float, float]:
    """Measure the first pages of a document both ways and print a line."""
    pdfplumber: Any = importlib.import_module("pdfplumber")  # only there after `make bench`
    ours: list[float] = []
    theirs: list[float] = []
    same = words = 0
    with open_pdf(content) as pdf, pdfplumber.open(io.BytesIO(content)) as plumber:
        for index in range(min(3, pdf.page_count)):
            page: Any = plumber.pages[index]

            def theirs_of_page(page: Any = page) -> list[dict[str, object]]:
                page.flush_cache()  # pdfplumber keeps what it has read
                return list(page.extract_words(x_tolerance=1.5, y_tolerance=2))

            def ours_of_page(index: int = index) -> tuple[Word, ...]:
                return pdf.words(index)

            ours.append(cpu_ms(ours_of_page, 11))
            theirs.append(cpu_ms(theirs_of_page, 3))
            found = Counter(word.text for word in ours_of_page())
            wanted = Counter(str(word["text"]) for word in theirs_of_page())
            same += (found & wanted).total()
            words += wanted.total()
    mine, other = statistics.mean(ours), statistics.mean(theirs)
    print(
        f"{name:24} {words / len(ours):7.0f} {mine:9.2f} {other:11.1f} {other / mine:7.1f} {same / max(1, words):8.3f}"
    )
    return mine, other


def main() -> None:
    """Compare on everything and print the table."""
    print(f"{'document':24} {'words/p':>7} {'ours ms':>9} {'plumber ms':>11} {'ratio':>7} {'agree':>8}")
    if len(sys.argv) > 1:
        for path in map(Path, sys.argv[1:]):
            compare(path.name, path.read_bytes())
        return
    compare("prose page (drawn)", prose_page())
    compare("table page (drawn)", table_page())
    compare("examples/report.pdf", (ROOT / "examples" / "report.pdf").read_bytes())
    rest = [compare(path.stem, path.read_bytes()) for path in sorted(DEVSET.glob("*.pdf")) if "scan" not in path.stem]
    if rest:
        mine, other = (statistics.mean(values) for values in zip(*rest, strict=True))
        print(f"{'devset, mean':24} {'':7} {mine:9.2f} {other:11.1f} {other / mine:7.1f}")


if __name__ == "__main__":
    main()
