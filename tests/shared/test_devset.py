"""Real documents with known answers: what is found in them stays found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import differences
from benchmarks.tables import load_score
from tests.shared.conftest import SHARED
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.definition import Services
from witnessmark_tools.extract_tables import TableExtraction
from witnessmark_tools.tables_result import ExtractedTable

DEVSET = SHARED / "devset"
INDEX = DEVSET / "index.json"
CASES: list[dict[str, Any]] = (
    [case for case in json.loads(INDEX.read_text())["cases"] if case["kind"] == "tables"] if INDEX.is_file() else []
)
LEAST_F1 = 0.75
"""Of a single document; `python -m benchmarks.tables` has the figures."""

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not CASES, reason="../shared is not here")]


def by_page(table: ExtractedTable) -> list[dict[str, Any]]:
    """Split a table by the pages it stands on, as the truth counts it."""
    grid = [table.headers, *table.rows] if table.headers else table.rows
    first = 0 if table.headers else 1
    head = grid[: table.header_rows]
    parts: list[dict[str, Any]] = []
    for part in table.parts:
        rows = grid[part.first_row - first : part.last_row - first + 1]
        parts.append({"page": part.page, "headers": [], "rows": (head if part.repeats_headers else []) + rows})
    return parts


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["group"].startswith("digital")], ids=lambda case: case["id"]
)
async def test_the_tables_of_a_digital_pdf_are_found(services: Services, case: dict[str, Any]) -> None:
    tool = BY_NAME["extract_tables"]
    result = await tool.call(tool.parse({"source": str(DEVSET / case["file"])}), services)
    assert isinstance(result, TableExtraction)
    truth = json.loads((DEVSET / case["truth"]).read_text())
    predicted = [part for table in result.tables for part in by_page(table)]
    if not truth["tables"]:
        assert predicted == []
    else:
        assert load_score().score(predicted, truth)["adj_f"] >= LEAST_F1


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["group"].startswith("digital")],
    ids=lambda case: case["id"],
)
async def test_a_digital_pdf_starts_no_ocr_process(services: Services, case: dict[str, Any]) -> None:
    for name in ("extract_tables", "read_text"):
        tool = BY_NAME[name]
        await tool.call(tool.parse({"source": str(DEVSET / case["file"])}), services)
    recogniser = services.documents.recogniser
    assert recogniser is None or recogniser.workers.started == 0


@pytest.mark.skipif(not (DEVSET / "compare").is_dir(), reason="../shared is not here")
async def test_all_changes_of_a_pair_are_found_and_none_is_invented(services: Services) -> None:
    score = await differences.devset(services.documents)
    assert score.pairs == len(list((DEVSET / "truth").glob("p-*.json")))
    assert (score.found, score.invented) == (score.labels, 0), score.told


def test_every_case_has_its_file_here() -> None:
    assert [case["id"] for case in CASES if not Path(DEVSET / case["file"]).is_file()] == []
