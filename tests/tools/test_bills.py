"""Bills at the strict fake, next to the bands that `estimate_cost` gave before: every tool, caches included."""

from __future__ import annotations

import pytest

from benchmarks.bills import CASES, MOST_RATIO, Case, bills_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("model", ["claude-sonnet-5-5", "claude-haiku-4-5"])
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_a_bill_lies_within_its_band_and_the_band_is_narrow(case: Case, model: str) -> None:
    for bill in await bills_of(case, model):
        assert bill.low <= bill.usd <= bill.high
        assert bill.ratio <= MOST_RATIO + 0.01
