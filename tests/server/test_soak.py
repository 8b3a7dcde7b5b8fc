"""A short soak: what `benchmarks/soak.py` does with thousands of calls, with a few dozen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ocr_pages import needs_ocr

pytestmark = pytest.mark.anyio


@needs_ocr
@pytest.mark.skipif(sys.platform != "linux", reason="memory and open files of other processes are read from /proc")
async def test_mixed_calls_with_faults_end_well_and_leave_nothing_behind(tmp_path: Path) -> None:
    from benchmarks.soak import Options, soak  # what draws its documents comes with the extra `ocr`
    from benchmarks.soak_report import lines_of

    options = Options(
        calls=36, clients=6, seed=5, faults=4, has_slow_files=False, ends_at_work=False, waits_for_workers=False
    )
    report = await soak(options, tmp_path / "room")
    missed = [goal for goal in report.goals if not goal.is_met and not goal.is_of_long_runs]
    assert not missed, "\n".join(lines_of(report))
    assert {"right", "refused", "cancelled"} <= {ended.outcome for ended in report.ended}
    assert report.bill.asked > report.bill.lines["answered"] > 10  # some failed, and were sent again
