"""Pages that stop the process which makes them ready: lost alone, never put into quarantine, untried ones left."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.claude.conftest import Desk
from tests.drawing import draw_text
from witnessmark.claude.running import Run
from witnessmark.documents.document import Document
from witnessmark.documents.losses import PageNotTried
from witnessmark.documents.opening import Documents
from witnessmark.documents.pdf_parts import PdfPart
from witnessmark.documents.stops import WorkerKilled
from witnessmark.documents.worker import open_workers
from witnessmark.errors import WitnessmarkError
from witnessmark.limits import Limits
from witnessmark.plans.halving import pages_of
from witnessmark.testing import FakeClaudeAPI

pytestmark = pytest.mark.anyio

PAGES = [f"Page {n}" for n in range(1, 7)]


class FailingDocuments(Documents):
    """Cuts no part that has one of some pages."""

    failures: dict[int, WitnessmarkError]

    async def pdf_parts(
        self, document: Document, pages: Sequence[int], *, most_pages: int, most_bytes: int, anew: bool = False
    ) -> AsyncGenerator[PdfPart]:
        for page in pages:
            if page in self.failures:
                raise self.failures[page]
        parts = super().pdf_parts(document, pages, most_pages=most_pages, most_bytes=most_bytes, anew=anew)
        async for part in parts:
            yield part


async def run(desk: Desk, failures: dict[int, WitnessmarkError], **work: Any) -> Run:
    async with open_workers(Limits(workers=1)) as workers:
        documents = FailingDocuments(desk.documents.allowed, workers)
        documents.failures = failures
        return await replace(desk, documents=documents).run(draw_text(PAGES), **work)


async def test_a_page_whose_worker_is_killed_is_lost_alone_and_for_this_call_only(
    desk: Desk, api: FakeClaudeAPI
) -> None:
    api.answer_with(lambda request: {"tables": []})
    found = await run(desk, {2: WorkerKilled("a.pdf")})
    assert [[page for _, page in pages_of(one.ask)] for one in found.failed] == [[2]]
    assert isinstance(found.failed[0].error, WorkerKilled)
    assert sorted(page for one in found.answered for _, page in pages_of(one.ask)) == [1, 3, 4, 5, 6]
    assert await desk.store.quarantined() == ()


async def test_pages_that_the_call_has_no_cpu_time_left_for_are_left(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: {"tables": []})
    found = await run(desk, {page: PageNotTried("a.pdf", limit=600) for page in range(1, 7)})
    assert found.left_pages == (1, 2, 3, 4, 5, 6)
    assert found.failed == ()
