"""Tables: our engine beside a sketch and camelot, on the same documents in the same run.

    python -m benchmarks.tables                         the dev set in ../shared: ours, the sketch, camelot
    python -m benchmarks.tables --drawn                 pages we draw ourselves (drawn_tables.py), by kind
    python -m benchmarks.tables --scans                 those pages as scans: skewed, noisy, compressed
    python -m benchmarks.tables --engines ours          only ours (fast)
    python -m benchmarks.tables --cases us-004,eu-013   only these

Scored with ../shared/score_tables.py: micro is the adjacency F1 over all relations, document mean the mean of each
document's. Tables that were joined over pages are split by their parts first, each with the header it repeats,
because the truth counts pages separately. Seconds are CPU seconds a page, reading the PDF included.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from witnessmark.documents.images import read_pixels
from witnessmark.documents.ocr.engine import OcrEngine, make_engine
from witnessmark.documents.ocr.recognised import PixelPage, is_legible
from witnessmark.documents.ocr.resolution import MOST_PIXELS, ocr_side
from witnessmark.documents.pdfium import open_pdf
from witnessmark.offline.tables.find import find_tables
from witnessmark.offline.tables.join import PageEdges, join_pages, page_edges
from witnessmark.offline.tables.values import Table, first_row_number
from witnessmark.values import PageLayout

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

Prediction = list[dict[str, Any]]
Engine = Callable[[Path], Prediction]


@dataclass(frozen=True)
class Case:
    """A document and its truth."""

    name: str
    kind: str
    path: Path
    truth: dict[str, Any]


def ours(path: Path) -> Prediction:
    """Find the tables of a document with the offline engine, by OCR where a page has no words."""
    tables: list[Table] = []
    edges: list[PageEdges] = []
    for layout, page in layouts(path):
        found = [table for table in find_tables(layout) if page is None or is_legible(layout, page, table.box)]
        tables += found
        edges.append(page_edges(layout, found))
    return [part for table in join_pages(tables, edges) for part in parted(table)]


def layouts(path: Path) -> Iterator[tuple[PageLayout, PixelPage | None]]:
    """Read the pages of a document as the workers do, in this process; a scan's come with what OCR saw."""
    content = path.read_bytes()
    if path.suffix != ".pdf":
        picture = read_pixels(content, 0, most_pixels=MOST_PIXELS)
        seen = recognised(picture.width, picture.height, picture.pixels)
        yield seen.layout(1, points_per_pixel=None)[0], seen
        return
    with open_pdf(content, None) as pdf:
        for index in range(pdf.page_count):
            layout = pdf.layout(index)
            page: PixelPage | None = None
            if not layout.words:
                side = ocr_side(layout.width, layout.height)
                width, height, pixels = pdf.render(index, max_side=side, grey=True)
                page = recognised(width, height, pixels)
                layout, _ = page.layout(index + 1, points_per_pixel=layout.width / width)
            yield layout, page


def recognised(width: int, height: int, pixels: bytes) -> PixelPage:
    """Read a page's pixels."""
    import numpy as np

    from witnessmark.documents.ocr.page import read_page

    return read_page(np.frombuffer(pixels, np.uint8).reshape(height, width), _engine())


@cache
def _engine() -> OcrEngine:
    return make_engine(os.environ.get("WITNESSMARK_OCR", "faster-paddle"))  # type: ignore[arg-type]  # refused there


def scan_sketch() -> Engine:
    """Load the lab's sketch for scans by its path."""
    sys.path.insert(0, str(SHARED / "reference"))
    engine = importlib.import_module("scan").mk("faster_paddle_small")
    digital = sketch()
    return lambda path: engine(str(path)) if is_scan(path) else digital(path)


def is_scan(path: Path) -> bool:
    return path.suffix != ".pdf" or path.stem.startswith("scan") or path.stem.endswith("-scan")


def parted(table: Table) -> Prediction:
    """Split a table by the pages it stands on, each part with its header."""
    result: Prediction = []
    start = first_row_number(table.header_rows)
    texts = table.texts
    for part in table.parts:
        rows = [list(row) for row in texts[part.first_row - start : part.last_row - start + 1]]
        if part.repeats_header:
            rows = [list(row) for row in texts[: table.header_rows]] + rows
        result.append({"page": part.page_number, "headers": [], "rows": rows})
    return result


def sketch() -> Engine:
    """Load the lab's sketch by its path."""
    spec = importlib.util.spec_from_file_location("combo", SHARED / "reference" / "combo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda path: module.combo(str(path))


def camelot() -> Engine:
    """Load camelot with its automatic choice of method."""
    library = importlib.import_module("camelot")  # only there after `make bench`

    def read(path: Path) -> Prediction:
        found = library.read_pdf(str(path), flavor="auto", pages="all")
        return [{"page": int(t.page), "headers": [], "rows": t.df.values.tolist()} for t in found]

    return read


def load_score() -> Any:
    """Load the score by its path."""
    spec = importlib.util.spec_from_file_location("score_tables", SHARED / "score_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dev_cases() -> list[Case]:
    """List the dev set's documents with tables, and those with none."""
    devset = SHARED / "devset"
    index = json.loads((devset / "index.json").read_text())
    return [
        Case(case["id"], case["group"], devset / case["file"], json.loads((devset / case["truth"]).read_text()))
        for case in index["cases"]
        if case["kind"] == "tables"
    ]


def drawn_cases(folder: Path, seed: int, each: int, *, as_scans: bool = False, with_merged: bool = False) -> list[Case]:
    """Draw documents of every kind, and `with_merged` those whose tables are no plain grids."""
    from benchmarks.drawn_merged import MERGED
    from benchmarks.drawn_scans import scanned
    from benchmarks.drawn_tables import KINDS, documents

    cases: list[Case] = []
    for drawn in documents(seed, each, {**KINDS, **MERGED} if with_merged else KINDS):
        if as_scans:
            path = scanned(drawn.pdf, f"{drawn.name} {seed}", folder, drawn.name)
        else:
            path = folder / f"{drawn.name}.pdf"
            path.write_bytes(drawn.pdf)
        cases.append(Case(drawn.name, drawn.kind, path, drawn.truth))
    return cases


def page_count(path: Path) -> int:
    if path.suffix != ".pdf":
        return 1
    with open_pdf(path.read_bytes(), None) as pdf:
        return pdf.page_count


def run(engines: dict[str, Engine], cases: Sequence[Case], score: Any) -> dict[str, list[dict[str, Any]]]:
    """Score every engine on every case."""
    results: dict[str, list[dict[str, Any]]] = {name: [] for name in engines}
    for case in cases:
        pages = page_count(case.path)
        for name, engine in engines.items():
            start = time.process_time()
            try:
                predicted = engine(case.path)
            except Exception as error:  # noqa: BLE001  # another library's failure is a result, too
                print(f"{case.name}: {name} failed: {type(error).__name__}", file=sys.stderr)
                predicted = []
            seconds = (time.process_time() - start) / pages
            results[name].append(
                {
                    **score.score(predicted, case.truth),
                    "name": case.name,
                    "kind": case.kind,
                    "seconds": seconds,
                    "pages": pages,
                }
            )
    return results


def report(results: dict[str, list[dict[str, Any]]], score: Any, *, by_kind: bool) -> str:
    """Write the results as a table of text."""
    names = list(results)
    lines = [f"{'':32}" + "".join(f"{name:>28}" for name in names)]
    lines.append(f"{'':32}" + f"{'F1  grits  extra  s/page':>28}" * len(names))
    rows: Iterable[str] = dict.fromkeys(case["kind" if by_kind else "name"] for case in results[names[0]])
    for row in rows:
        text = f"{row:32}"
        for name in names:
            mine = [case for case in results[name] if case["kind" if by_kind else "name"] == row]
            text += _figures(score.combine(mine), mine, mean=by_kind)
        lines.append(text)
    for title, mean in (("micro", False), ("document mean", True)):
        text = f"{title:32}"
        for name in names:
            text += _figures(score.combine(results[name]), results[name], mean=mean)
        lines.append(text)
    return "\n".join(lines)


def _figures(combined: dict[str, Any], cases: Sequence[dict[str, Any]], *, mean: bool) -> str:
    seconds = sum(case["seconds"] * case["pages"] for case in cases) / sum(case["pages"] for case in cases)
    first = combined["adj_f_doc_mean"] if mean else combined["adj_f"]
    return f"{first:10.3f} {combined['grits']:6.3f} {combined['extra_pred']:4d} {seconds:6.3f}"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default="ours,sketch,camelot")
    parser.add_argument("--cases", default="")
    parser.add_argument("--drawn", action="store_true")
    parser.add_argument("--scans", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write every figure there")
    arguments = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit("../shared is not here")
    score = load_score()
    makers: dict[str, Callable[[], Engine]] = {"ours": lambda: ours, "sketch": scan_sketch, "camelot": camelot}
    engines = {name: makers[name]() for name in arguments.engines.split(",")}
    wanted = {name for name in arguments.cases.split(",") if name}
    with tempfile.TemporaryDirectory() as folder:
        is_drawn = arguments.drawn or arguments.scans
        cases = (
            drawn_cases(Path(folder), arguments.seed, arguments.each, as_scans=arguments.scans)
            if is_drawn
            else dev_cases()
        )
        results = run(
            engines, [case for case in cases if not wanted or case.name in wanted or case.kind in wanted], score
        )
    print(report(results, score, by_kind=is_drawn))
    if arguments.json:
        plain = {
            name: [{k: v for k, v in case.items() if not k.startswith("_")} for case in cases_of]
            for name, cases_of in results.items()
        }
        arguments.json.write_text(json.dumps(plain, indent=1))


if __name__ == "__main__":
    main()
