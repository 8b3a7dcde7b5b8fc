"""Pictures that several requests of a call show: uploaded once, and deleted whatever becomes of the call."""

from __future__ import annotations

import io
import random
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from PIL import Image

from tests.drawing import draw_image
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_citations_claude import ask
from witnessmark.testing import FakeClaudeAPI, faults

pytestmark = pytest.mark.anyio


def draw_noise(frames: int) -> bytes:
    """Draw grey pixels that do not compress, as in a photograph."""
    pictures = [Image.frombytes("L", (400, 500), random.Random(n).randbytes(200_000)) for n in range(frames)]
    file = io.BytesIO()
    pictures[0].save(file, "TIFF", save_all=True, append_images=pictures[1:])
    return file.getvalue()


PICTURES = draw_noise(5)
QUESTIONS = [f"What is said in line {n}?" for n in range(1, 7)]


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        fake.answer_with("NOT IN THE DOCUMENTS")
        yield fake


def house_of(api: FakeClaudeAPI, folder: Path) -> AbstractAsyncContextManager[House]:
    return opened(house_settings(folder, api, ocr="off"), folder)


def message_bytes(api: FakeClaudeAPI) -> list[int]:
    return [request.body_bytes for request in api.requests if request.path == "/v1/messages"]


async def test_shared_pictures_are_uploaded_once_and_deleted_at_the_end(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with house_of(api, tmp_path) as house:
        found = await ask(house, {"scans.tif": PICTURES}, *QUESTIONS)
        assert len(found.answers) == len(QUESTIONS)
        assert api.totals.uploads == 5
        assert max(message_bytes(api)) < 20_000
        assert api.totals.uploaded_bytes > 5 * 20_000
        uploaded = api.totals.uploads
        await ask(house, {"scans.tif": PICTURES}, *[f"{question} Again." for question in QUESTIONS])
        assert api.totals.uploads == uploaded  # the prompt cache knows the pictures by their files
        assert api.totals.billed["cache_read_input_tokens"] > api.totals.billed["cache_creation_input_tokens"]
    assert not api.files.files


async def test_a_picture_that_one_request_shows_goes_in_it(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with house_of(api, tmp_path) as house:
        await ask(house, {"scans.tif": PICTURES}, QUESTIONS[0])
    assert api.totals.uploads == 0


async def test_small_pictures_are_not_worth_a_file(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with house_of(api, tmp_path) as house:
        await ask(house, {"small.tif": draw_image("TIFF", size=(200, 100), frames=2)}, *QUESTIONS[:2])
    assert api.totals.uploads == 0


async def test_pictures_of_a_call_that_fails_are_deleted(api: FakeClaudeAPI, tmp_path: Path) -> None:
    api.fail(faults.status(401), share=1)
    async with house_of(api, tmp_path) as house:
        with pytest.raises(Exception, match="refuses the key"):
            await ask(house, {"scans.tif": PICTURES}, *QUESTIONS)
        assert api.totals.uploads == 5
        with anyio.fail_after(20):
            while api.files.files:
                await anyio.lowlevel.checkpoint()


async def test_pictures_of_a_call_that_is_cancelled_are_deleted(api: FakeClaudeAPI, tmp_path: Path) -> None:
    api.fail(faults.stall("after_body"), times=50)
    async with house_of(api, tmp_path) as house, anyio.create_task_group() as tasks:
        tasks.start_soon(ask, house, {"scans.tif": PICTURES}, *QUESTIONS)
        with anyio.fail_after(30):
            while not any(request.body for request in api.requests if request.path == "/v1/messages"):
                await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    assert api.totals.uploads == 5
    assert not api.files.files


async def test_a_picture_that_is_gone_is_uploaded_again(api: FakeClaudeAPI, tmp_path: Path) -> None:
    async with house_of(api, tmp_path) as house:
        await ask(house, {"scans.tif": PICTURES}, *QUESTIONS)
        api.files.files.clear()
        found = await ask(house, {"scans.tif": PICTURES}, "Who signs?", "Who pays?")
        assert [answer.outcome for answer in found.answers] == ["not_in_documents"] * 2
