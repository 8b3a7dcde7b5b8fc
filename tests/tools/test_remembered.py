"""What is remembered of a result: written in small pieces, and read back as it was."""

from __future__ import annotations

import json
from pathlib import Path

from witnessmark_tools.remembered import (
    RememberedPlace,
    RememberedResult,
    RememberedResults,
    RememberedReview,
    RememberedTable,
    pieces_of,
)


def result(*rows: int) -> RememberedResult:
    def place(row: int, column: int) -> RememberedPlace:
        return RememberedPlace(page=1, box=(1.5, 2.0, 3.25, row + 4.0), status="located", value=f"{row} × {column}")

    tables = [
        RememberedTable(
            table_id=f"t{number}",
            header_rows=1,
            rows=[[place(row, column) for column in range(3)] for row in range(count)],
        )
        for number, count in enumerate(rows)
    ]
    return RememberedResult(
        result_id="r1",
        tool="extract_tables",
        source="/a.pdf",
        name="a.pdf",
        sha256="0" * 64,
        tables=tables,
        review=[RememberedReview(place=place(1, 1), table_id="t0", row=1, column=1)],
        boxes=[],
    )


def test_a_result_is_read_back_as_it_was(tmp_path: Path) -> None:
    kept = RememberedResults(tmp_path)
    for remembered in (result(), result(0), result(1, 450, 200)):
        kept.put(remembered)
        assert kept.get("r1") == remembered


def test_a_long_table_is_written_in_small_pieces() -> None:
    pieces = list(pieces_of(result(6_000)))
    assert len(json.loads(b"".join(pieces))["tables"][0]["rows"]) == 6_000
    assert max(map(len, pieces)) < 100_000
