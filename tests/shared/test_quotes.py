"""Quotes of real documents: present, altered, absent, and on another page than claimed."""

from __future__ import annotations

import pytest

from benchmarks.quotes import Asked, is_right, read_flows, shared_quotes
from tests.ocr_pages import needs_ocr
from tests.shared.conftest import SHARED
from witnessmark.evidence.quotes import QuotedDocument
from witnessmark_tools.definition import Services

CASES = list(shared_quotes()) if (SHARED / "devset").is_dir() else []

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not CASES, reason="../shared is not here")]


@needs_ocr
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].stem)
async def test_every_quote_gets_the_verdict_and_page_that_it_has(
    services: Services, case: tuple[object, list[Asked]]
) -> None:
    path, asked = case
    quoted = QuotedDocument(await read_flows(path, services))  # type: ignore[arg-type]  # parametrize knows no types
    wrong = [one.quote for one in asked if not is_right(one, quoted.find_quote(one.quote, one.claimed))]
    assert wrong == []
