"""Arithmetic as a witness: tables accused though they are right, and wrong digits that sums give away.

    python -m benchmarks.arithmetic                  tables of drawn_statements.py and the true ones of ../shared/devset
    python -m benchmarks.arithmetic --each 40        so many of each kind
    python -m benchmarks.arithmetic --timed          how long tables take, up to 200,000 cells

`accused`: tables with true figures in which a sum is said to break. `sums`: those in which sums were found. Then one
digit is changed in a figure that takes part in a sum that held: `flagged`: a sum is said to break; `among`: the changed
cell is one of those said to be wrong, `first` the likeliest, `named` the only one. `looked up`: a sum that is said to
break holds it where the cell is also said to stand nowhere on the page.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.drawn_statements import DrawnGrid, drawn_grids
from witnessmark.evidence.arithmetic import arithmetic_of
from witnessmark.evidence.relations import CellAt
from witnessmark.evidence.verdicts import TableEvidence, Verdict

DEVSET = Path(__file__).resolve().parent.parent.parent / "shared" / "devset"
_CHANGES = 4
_COLUMNS = ("tables", "accused", "sums", "changed", "flagged", "among", "first", "named", "looked up")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--each", type=int, default=25)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--timed", action="store_true")
    arguments = parser.parse_args()
    if arguments.timed:
        timed()
        return
    drawn = [*drawn_grids(arguments.seed, arguments.each), *true_grids()]
    print(f"{'kind':<22}" + "".join(f"{name:>10}" for name in _COLUMNS))
    total = Counter[str]()
    for kind in dict.fromkeys(grid.kind for grid in drawn):
        counts = Counter[str]()
        for number, grid in enumerate(grid for grid in drawn if grid.kind == kind):
            counts += measured(grid, random.Random(f"{kind} {arguments.seed} {number}"))
        total += counts
        print_line(kind, counts)
    print_line("all", total)


def print_line(kind: str, counts: Counter[str]) -> None:
    shares = [f"{counts[name] / counts['changed']:.1%}" if counts["changed"] else "" for name in _COLUMNS[4:]]
    print(f"{kind:<22}" + "".join(f"{text:>10}" for text in [*(str(counts[name]) for name in _COLUMNS[:4]), *shares]))


def measured(drawn: DrawnGrid, rng: random.Random) -> Counter[str]:
    """Look at a table as it is, then with single digits changed."""
    found = arithmetic_of(drawn.grid, header_rows=drawn.header_rows)
    counts = Counter(tables=1, accused=int(bool(found.broken)), sums=int(bool(found.holding)))
    parts = sorted({cell for relation in found.holding for cell in (*relation.parts, relation.result)})
    for cell in rng.sample(parts, min(len(parts), _CHANGES)):
        grid = with_other_digit(drawn.grid, cell, rng)
        if grid is None:
            continue
        broken = arithmetic_of(grid, header_rows=drawn.header_rows).broken
        evidence = located_but(grid, cell)
        sure = arithmetic_of(grid, header_rows=drawn.header_rows, evidence=evidence).broken
        counts += Counter(
            changed=1,
            flagged=int(bool(broken)),
            among=int(any(cell in one.suspects for one in broken)),
            first=int(any(cell == one.suspects[0] for one in broken)),
            named=int(any(cell == one.cell for one in broken)),
        )
        counts["looked up"] += any(cell in one.doubted for one in sure)
    return counts


def with_other_digit(grid: Sequence[Sequence[str]], cell: CellAt, rng: random.Random) -> list[list[str]] | None:
    """Change one digit of a cell, its first not to nought."""
    row, column = cell
    text = grid[row][column]
    places = [place for place, character in enumerate(text) if character.isdecimal()]
    if not places:
        return None
    place = rng.choice(places)
    others = [digit for digit in "0123456789" if digit != text[place] and (digit != "0" or place != places[0])]
    changed = [list(texts) for texts in grid]
    changed[row][column] = text[:place] + rng.choice(others) + text[place + 1 :]
    return changed


def located_but(grid: Sequence[Sequence[str]], cell: CellAt) -> TableEvidence:
    """Give the evidence of a table of which one cell stands nowhere."""
    return TableEvidence(
        verdicts=tuple(
            tuple(
                Verdict(status="unlocated" if (row, column) == cell else "located", page=1) if text.strip() else None
                for column, text in enumerate(texts)
            )
            for row, texts in enumerate(grid)
        )
    )


def true_grids() -> Iterator[DrawnGrid]:
    """Give the tables of the dev set, where it is there."""
    for path in sorted((DEVSET / "truth").glob("*.json")):
        for table in json.loads(path.read_text(encoding="utf-8")).get("tables") or ():
            grid = [[""] * table["n_cols"] for _ in range(table["n_rows"])]
            for cell in table["cells"]:
                grid[cell["row"]][cell["col"]] = cell["text"]
            header_rows = 1
            while header_rows < min(3, len(grid) - 1) and not grid[header_rows][0].strip():
                header_rows += 1
            yield DrawnGrid("dev set", grid, header_rows, has_sums=False)


def timed() -> None:
    """Print how long tables of several sizes take, sums and noise alike."""
    rng = random.Random(3)
    for rows, columns in ((10, 4), (40, 8), (200, 8), (1_000, 10), (20_000, 10)):
        noise = [[f"{rng.randint(100, 99_999):,}" for _ in range(columns)] for _ in range(rows)]
        values = [[rng.randint(100, 99_999) for _ in range(columns - 1)] for _ in range(rows - 1)]
        values = [[*row, sum(row)] for row in values]
        sums = [
            [f"{value:,}" for value in row] for row in [*values, [sum(column) for column in zip(*values, strict=True)]]
        ]
        for name, cells in (("noise", noise), ("sums", sums)):
            grid = [[""] + [f"Column {n}" for n in range(columns - 1)] + ["Total"]]
            grid += [[f"Item {number}", *row] for number, row in enumerate(cells)]
            grid[-1][0] = "Total"
            seconds: list[float] = []
            for _ in range(3 if rows > 1_000 else 9):
                start = time.process_time()
                arithmetic_of(grid)
                seconds.append(time.process_time() - start)
            print(f"{rows:>7} x {columns:<3} {name:<6} {1000 * min(seconds):9.1f} ms")


if __name__ == "__main__":
    main()
