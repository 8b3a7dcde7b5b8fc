"""Results that lack pages: `partial` in every reading tool, pages tried and untried named apart, and how to go on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.drawing import HEIGHT, WIDTH, Leaf, Objects, document, draw_image, words
from tests.tools.conftest import House
from witnessmark.limits import Limits
from witnessmark.settings import Settings, settings_from
from witnessmark_server.services import open_services
from witnessmark_tools.extract_tables import TableExtraction

pytestmark = pytest.mark.anyio

PAGES = 6
SLOW = 3
"""The page that takes many seconds of CPU time."""


def report(slow: int | None = SLOW) -> bytes:
    """Draw pages of text, one of which draws a long form again and again."""
    objects = Objects()
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 600 850] /Resources << /Font << /F1 3 0 R >> >>"
    number = objects.add_stream(b"/F1 9 Tf\n" * (1024 * 1024 // 9), form)
    for page in range(1, PAGES + 1):
        content = words(f"Harbour dues of page {page}", x=60, top=60)
        if page == slow:
            stream = objects.add_stream(content + b"/On Do\n" * 1500)
            objects.add_page_of(stream, f"0 0 {WIDTH:g} {HEIGHT:g}", resources=b"/XObject << /On %d 0 R >>" % number)
        else:
            objects.add_page(Leaf(content=content))
    return objects.finish()


async def opened(settings: Settings, folder: Path, limits: Limits) -> AsyncGenerator[House]:
    async with open_services(settings, limits) as services:
        yield House(services, folder)


@pytest.fixture
async def patient(settings: Settings, tmp_path: Path) -> AsyncGenerator[House]:
    """A house that loses slow pages, and tries all others."""
    async for house in opened(settings, tmp_path, Limits(workers=1, page_seconds=1.5)):
        yield house


@pytest.fixture
async def strict(settings: Settings, tmp_path: Path) -> AsyncGenerator[House]:
    """A house that tries no further page once one has stopped its worker."""
    async for house in opened(settings, tmp_path, Limits(workers=1, page_seconds=1.5, lost_seconds=0.5)):
        yield house


TOOLS: dict[str, dict[str, Any]] = {
    "extract_tables": {},
    "read_text": {},
    "read_pdf_with_citations": {"questions": ["What are the harbour dues?"]},
    "compare_documents": {},
}


async def call(house: House, tool: str, path: Path | None = None, **more: Any) -> Any:
    """Call a tool on a document, or on the one with a slow page."""
    if path is None:
        path = house.folder / "report.pdf"
        path.write_bytes(report())
    given: dict[str, Any] = {"model": "offline", **TOOLS[tool], **more}
    match tool:
        case "read_pdf_with_citations":
            given["sources"] = [str(path)]
        case "compare_documents":
            other = house.folder / "other.pdf"
            other.write_bytes(report(slow=None))
            given |= {"before": str(path), "after": str(other)}
        case _:
            given["source"] = str(path)
    return await house.call_with(tool, **given)


@pytest.mark.parametrize("tool", TOOLS)
async def test_a_slow_page_is_lost_alone_and_the_result_is_partial(patient: House, tool: str) -> None:
    found = await call(patient, tool)
    assert found.status == "partial"
    (failed,) = found.failures
    assert (failed.error, failed.pages) == ("WorkerTooSlow", str(SLOW))
    assert "1.5 seconds of CPU time" in failed.message
    assert "print" not in failed.next
    assert found.continue_with is None
    (told,) = [warning for warning in found.warnings if f"Page {SLOW} could not be read." in warning]
    assert "Leave out the page with `pages`" in told


@pytest.mark.parametrize("tool", TOOLS)
async def test_pages_that_were_not_tried_are_named_apart_and_continued_with(strict: House, tool: str) -> None:
    found = await call(strict, tool)
    assert found.status == "partial"
    assert [failed.pages for failed in found.failures] == [str(SLOW)]
    assert found.continue_with == "4-6"
    (told,) = [warning for warning in found.warnings if "Pages 4-6 were not tried." in warning]
    assert "pages='4-6'" in told
    assert "damaged" not in told
    rest = await call(strict, tool, pages=found.continue_with)
    assert (rest.status, rest.continue_with, rest.failures) == ("completed", None, [])


@pytest.mark.parametrize("tool", TOOLS)
async def test_pages_that_only_ocr_could_read_are_lacking_where_it_is_not(tmp_path: Path, tool: str) -> None:
    pages = [Leaf(content=words("Harbour dues", x=60, top=60)), Leaf(jpeg=draw_image("JPEG", text="Harbour dues"))]
    (tmp_path / "report.pdf").write_bytes(document(*pages))
    settings = settings_from({}, start=tmp_path, home=str(tmp_path / "home"), allow=[str(tmp_path)], ocr="off")
    async with open_services(settings) as services:
        found = await call(House(services, tmp_path), tool, path=tmp_path / "report.pdf")
    assert found.status == "partial"
    assert [(failed.error, failed.pages) for failed in found.failures] == [("NoOcr", "2")]


async def test_a_whole_result_is_completed(patient: House) -> None:
    found = await patient.call("read_text", report(slow=None), model="offline")
    assert found.status == "completed"


def test_a_preview_and_a_part_of_a_partial_result_are_partial() -> None:
    whole = TableExtraction(result_id="r1", documents=[], engines=["offline"], continue_with="4-6")
    assert whole.status == "partial"
    assert whole.shortened(1_000).status == "partial"
    assert TableExtraction.model_validate(whole.to_json()).status == "partial"
    assert TableExtraction.going_on("job-1", "").status == "working"


async def test_pages_that_nobody_looked_at_are_not_called_damaged(settings: Settings, tmp_path: Path) -> None:
    async for house in opened(settings, tmp_path, Limits(workers=1, page_seconds=1.5, facts_lost_seconds=2.0)):
        found = await house.call("inspect_document", report())
        assert f"Page {SLOW}: damaged, or too slow to read." in found.warnings
        (told,) = [warning for warning in found.warnings if "not tried" in warning]
        assert "pages='4-6'" in told
