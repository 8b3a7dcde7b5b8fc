"""Text layers compared with their pages: who is accused, and what it costs beside finding the tables.

    python -m benchmarks.layers [PDF …]

Without arguments: a table of our own in fonts that lie in each way a figure can (every figure taken for every other),
the fonts of `drawn_fonts`, which lie by their text maps and by their outlines, and, where they are, the PDFs of
../shared, of which none lies. Prints the words that OCR compared, the places that differ, and seconds for the tables of
all pages and for comparing them, both with workers that are already there. Goals: each lying font found, no honest page
accused, and no word of an honest drawn font left to OCR.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from benchmarks import drawn_fonts
from tests import drawing
from witnessmark.documents.allowed import AllowedFolders
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.ocr.cache import WordCache
from witnessmark.documents.ocr.engine import installed_engine
from witnessmark.documents.ocr.recogniser import Recogniser
from witnessmark.documents.opening import Documents
from witnessmark.documents.worker import open_workers
from witnessmark.limits import Limits

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
MOST_PAGES = 12


def lying_fonts() -> Iterator[tuple[str, bytes]]:
    """Draw a table in a font that says of one figure that it is another, for every two."""
    for drawn in "0123456789":
        for said in "0123456789":
            if drawn != said:
                lines = [
                    drawing.words(text, x=60 + 90 * column, top=100 + 18 * row, size=9, font="F3")
                    for row, texts in enumerate(drawing.table_texts(5, 4))
                    for column, text in enumerate(texts)
                ]
                yield f"{drawn} as {said}", drawing.mapped_document(b"".join(lines), says={drawn: said})


def lying_embedded_fonts() -> Iterator[tuple[str, bytes]]:
    """Draw pages in embedded fonts that exchange two figures, two letters, or commas and full stops."""
    for kind in drawn_fonts.KINDS:
        for pair in drawn_fonts.SIMILAR:
            yield f"{kind}: {pair[0]} and {pair[1]}", drawn_fonts.figures(kind, drawn_fonts.swapped(pair))
        yield f"{kind}: e and o", drawn_fonts.sentences(kind, drawn_fonts.swapped("eo"))
        yield f"{kind}: . and ,", drawn_fonts.figures(kind, drawn_fonts.swapped(".,"))


def honest_fonts() -> Iterator[tuple[str, bytes]]:
    """Draw pages in the same fonts, which say what they draw."""
    for kind in drawn_fonts.KINDS:
        yield f"{kind}: figures", drawn_fonts.figures(kind, {})
        yield f"{kind}: sentences", drawn_fonts.sentences(kind, {})


@asynccontextmanager
async def opened(folder: Path, given: Sequence[Path]) -> AsyncGenerator[Documents]:
    """Open workers of both kinds, and start them."""
    engine = installed_engine()
    assert engine is not None, "the extra `ocr` is not installed"
    async with open_workers(Limits(workers=1)) as workers, open_workers(Limits().for_ocr()) as readers:
        recogniser = Recogniser(readers, engine, WordCache(folder / "cache"))
        documents = Documents(
            AllowedFolders(folders=(folder, SHARED, *(path.parent for path in given))), workers, recogniser
        )
        await measure(documents, next(lying_fonts())[1], folder)
        yield documents


async def measure(documents: Documents, source: Path | bytes, folder: Path) -> tuple[int, int, int, float, float]:
    """Find the tables of a document and compare its pages.

    Shapes:  pages, words compared, pages accused, seconds for tables, seconds for comparing
    """
    path = source if isinstance(source, Path) else folder / "drawn.pdf"
    if isinstance(source, bytes):
        path.write_bytes(source)
    async with documents.open(str(path)) as document:
        pages = range(1, min(document.page_count, MOST_PAGES) + 1)
        begin = time.perf_counter()
        for page in pages:
            await documents.tables(document, page)
        middle = time.perf_counter()
        check = LayerCheck(documents, document, seconds=600)
        found = [await check.page(page) for page in pages]
        end = time.perf_counter()
    accused = sum(page.state in {"differs", "unreadable"} for page in found)
    return len(found), sum(page.compared for page in found), accused, middle - begin, end - middle


async def compare(given: Sequence[Path], folder: Path) -> None:
    """Measure what was given, or everything, and print it."""
    honest = given or [
        path for kind in ("tables", "quotes", "compare") for path in sorted((SHARED / "devset" / kind).glob("*.pdf"))
    ]
    print(f"{'document':32} {'pages':>5} {'words':>6} {'accused':>8} {'tables s':>9} {'layer s':>8} {'ratio':>6}")
    async with opened(folder, given) as documents:
        for path in honest:
            pages, words, accused, tables, layer = await measure(documents, path, folder)
            ratio = layer / max(tables, 1e-9)
            print(f"{path.stem:32} {pages:5} {words:6} {accused:8} {tables:9.2f} {layer:8.2f} {ratio:6.1f}")
        if not given:
            for name, fonts in (("lying fonts", lying_fonts()), ("lying embedded fonts", lying_embedded_fonts())):
                found = [(what, (await measure(documents, pdf, folder))[2]) for what, pdf in fonts]
                missed = [what for what, accused in found if not accused]
                print(f"{name}: {len(found)}, missed: {len(missed)} {', '.join(missed)}")
            drawn = [(what, await measure(documents, pdf, folder)) for what, pdf in honest_fonts()]
            wronged = [what for what, measured in drawn if measured[2]]
            unproven = [what for what, measured in drawn if measured[1]]
            print(f"honest drawn fonts: {len(drawn)}, accused: {len(wronged)} {', '.join(wronged)}")
            print(f"honest drawn fonts left to OCR: {len(unproven)} {', '.join(unproven)}")


def main() -> None:
    given = [Path(name).resolve() for name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as name:
        anyio.run(compare, given, Path(name).resolve())


if __name__ == "__main__":
    main()
