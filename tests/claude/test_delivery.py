"""How documents travel: by URL, as a file kept at the API, or in the request; and what happens when that is gone."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.claude.conftest import Desk, OpenDesk
from tests.claude.test_running import PAGES, PDF, sent, states, texts, transcribing
from tests.drawing import draw_image
from witnessmark.claude import client, delivery
from witnessmark.plans.plan import PdfBlock
from witnessmark.testing import ApiError, FakeClaudeAPI, Request, faults

pytestmark = pytest.mark.anyio

URL = "https://documents.example/report.pdf?signature=abc"


@pytest.fixture(autouse=True)
def _answers(api: FakeClaudeAPI) -> None:
    api.answer_with(transcribing)


def sources(api: FakeClaudeAPI) -> list[str]:
    """Say by what way each message's document came."""
    found: list[str] = []
    for request in api.requests:
        if request.path == "/v1/messages":
            blocks: list[Any] = request.body["messages"][0]["content"]
            found.append(blocks[0]["source"]["type"])
    return found


def uploads(api: FakeClaudeAPI) -> int:
    return sum(request.endpoint == "POST /v1/files" for request in api.requests)


async def ask(desk: Desk, *, times: int = 1, content: bytes = PDF) -> None:
    for _ in range(times):
        assert texts(await desk.run(content, reuse_since=time.time())) == PAGES


async def test_a_document_asked_about_once_goes_in_the_request(desk: Desk, api: FakeClaudeAPI) -> None:
    await ask(desk)
    assert sources(api) == ["base64"]


async def test_a_document_asked_about_again_is_uploaded_once(open_desk: OpenDesk, api: FakeClaudeAPI) -> None:
    async with open_desk() as desk:
        await ask(desk, times=3)
    async with open_desk() as desk:  # after a restart, too
        await ask(desk)
    assert sources(api) == ["base64", "file", "file", "file"]
    assert uploads(api) == 1


async def test_two_processes_upload_the_same_document_once(open_desk: OpenDesk, api: FakeClaudeAPI) -> None:
    async with open_desk() as one, open_desk() as two:
        await ask(one)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, one)
            tasks.start_soon(ask, two)
    assert uploads(api) == 1


async def test_an_upload_expires(desk: Desk, api: FakeClaudeAPI) -> None:
    await ask(desk, times=2)
    (upload,) = await desk.store.uploads()
    assert upload.expires_at is not None
    assert upload.expires_at - upload.uploaded_at == pytest.approx(delivery.KEPT_SECONDS, abs=2)


@pytest.mark.parametrize("what", ["expired", "deleted"])
async def test_an_upload_that_is_gone_is_made_anew(
    desk: Desk, api: FakeClaudeAPI, ahead: list[float], what: str
) -> None:
    await ask(desk, times=2)
    (upload,) = await desk.store.uploads()
    if what == "expired":
        ahead[0] = delivery.KEPT_SECONDS + 1
    else:
        assert upload.workspace is not None
        api.files.delete(upload.file_id, upload.workspace)
    await ask(desk)
    assert uploads(api) == 2
    assert sources(api) == ["base64", "file", "file", "file"]
    assert (await states(desk))[-2:] == ["not billed", "answered"]


async def test_an_upload_of_another_workspace_is_made_anew(open_desk: OpenDesk, api: FakeClaudeAPI) -> None:
    async with open_desk() as desk:
        await ask(desk, times=2)
    async with open_desk(api.add_key("wrkspc_other")) as desk:
        await ask(desk)
    assert uploads(api) == 2


async def test_a_document_too_large_for_a_request_is_uploaded(
    desk: Desk, api: FakeClaudeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "REQUEST_BYTES", len(PDF) // 2)
    await ask(desk)
    assert sources(api) == ["file"]


async def test_where_there_is_no_room_for_uploads_the_request_carries_it(desk: Desk, api: FakeClaudeAPI) -> None:
    await ask(desk)
    api.fail(faults.status(400, error_code="storage_quota_exceeded"), share=1, on="POST /v1/files")
    await ask(desk)
    assert sources(api) == ["base64", "base64"]


async def test_an_endpoint_without_files_gets_all_in_requests(desk: Desk, api: FakeClaudeAPI) -> None:
    api.fail(faults.status(404), share=1, on="POST /v1/files")
    await ask(desk, times=5)
    assert sources(api) == ["base64"] * 5
    assert uploads(api) == 2  # once may be a bad day


async def test_a_public_document_is_fetched_by_the_api(desk: Desk, api: FakeClaudeAPI) -> None:
    api.serve_url(URL, PDF)
    await _ask_by_url(desk)
    assert sources(api) == ["url"]


async def test_a_url_that_the_api_cannot_fetch_is_remembered(desk: Desk, api: FakeClaudeAPI) -> None:
    await _ask_by_url(desk)
    await _ask_by_url(desk)
    assert sources(api)[:2] == ["url", "base64"]
    assert "url" not in sources(api)[1:]


async def test_a_part_of_a_public_document_goes_as_bytes(desk: Desk, api: FakeClaudeAPI) -> None:
    api.serve_url(URL, PDF)
    await _ask_by_url(desk, pages=[2, 3])
    assert sources(api) == ["base64"]


async def test_the_key_of_an_answer_does_not_know_how_the_document_travelled(desk: Desk, api: FakeClaudeAPI) -> None:
    api.serve_url(URL, PDF)
    await _ask_by_url(desk)
    assert [answered.was_reused for answered in (await desk.run(PDF)).answered] == [True]


async def test_no_signature_of_a_url_is_kept(desk: Desk, api: FakeClaudeAPI) -> None:
    await _ask_by_url(desk)
    for file in (desk.folder / "home").rglob("*"):
        assert not file.is_file() or b"signature=abc" not in file.read_bytes()


async def test_a_pdf_that_the_api_stumbles_over_is_written_anew(desk: Desk, api: FakeClaudeAPI) -> None:
    cut_off = PDF[: PDF.rindex(b"startxref")]  # PDFium reads it, the API's reader does not
    run = await desk.run(cut_off)
    assert texts(run) == PAGES
    assert [request.status for request in api.requests if request.path == "/v1/messages"] == [400, 200]
    assert await desk.store.quarantined() == ()


async def test_a_request_that_is_too_large_is_halved(desk: Desk, api: FakeClaudeAPI) -> None:
    def too_large(request: Request) -> ApiError | None:
        return ApiError(413, "request_too_large", "too large") if len(request.pages) > 2 else None

    api.refuse_when(too_large)
    assert texts(await desk.run(PDF)) == PAGES
    assert await desk.store.quarantined() == ()


async def test_an_image_that_is_too_large_is_sent_smaller(desk: Desk, api: FakeClaudeAPI) -> None:
    def too_large(request: Request) -> ApiError | None:
        if all(max(image.width, image.height) <= 600 for image in request.images):
            return None
        return ApiError(
            400,
            "invalid_request_error",
            "image dimensions",
            error_code="image_dimensions_too_large",
            details={"max_side_length_pixels": 600, "paths": ["messages.0.content.1"]},
        )

    api.refuse_when(too_large)
    run = await desk.run(draw_image(size=(1_400, 900)), "a.png")
    assert len(run.answered) == 1
    assert sent(api) == 2


async def test_an_answer_under_way_is_not_asked_for_twice(desk: Desk, api: FakeClaudeAPI) -> None:
    async def slowly(request: Request) -> Any:
        await anyio.sleep(0.3)
        return transcribing(request)

    api.answer_with(slowly)
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(desk.run, PDF)
    assert sent(api) == 1


async def test_a_call_that_ends_before_its_answer_loses_nothing(desk: Desk, api: FakeClaudeAPI) -> None:
    arrived, go_on = anyio.Event(), anyio.Event()

    async def held(request: Request) -> Any:
        arrived.set()
        await go_on.wait()
        return transcribing(request)

    api.answer_with(held)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(desk.run, PDF)
            await arrived.wait()
            tasks.cancel_scope.cancel()
        go_on.set()
        while await states(desk) != ["answered"]:  # noqa: ASYNC110 - nobody waits for it any more
            await anyio.sleep(0.01)
    api.answer_with(transcribing)
    run = await desk.run(PDF)
    assert run.answered[0].was_reused
    assert sent(api) == 1


async def test_a_call_given_up_before_its_ask_is_sent_sends_nothing_any_more(desk: Desk, api: FakeClaudeAPI) -> None:
    first = await desk.run(PDF)
    document = first.answered[0].ask.blocks[0]
    assert isinstance(document, PdfBlock)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks, desk.store.uploading(document.sha256, desk.claude.endpoint):
            tasks.start_soon(partial(desk.run, PDF, reuse_since=time.time()))  # it waits for the upload
            while not _under_way(desk):
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        while _under_way(desk):
            await anyio.lowlevel.checkpoint()
    assert sent(api) == 1
    assert await states(desk) == ["answered"]


def _under_way(desk: Desk) -> bool:
    return bool(desk.claude._flights)  # pyright: ignore[reportPrivateUsage]  # nothing else shows that nobody waits


async def test_a_call_without_time_says_what_is_left(desk: Desk, api: FakeClaudeAPI) -> None:
    async def never(request: Request) -> Any:
        await anyio.sleep_forever()

    api.answer_with(never)
    run = await desk.run(PDF, seconds=0.2)
    assert run.left_pages == (1, 2, 3, 4, 5)
    assert not run.answered


async def test_what_was_under_way_when_the_process_ended_shows_as_possibly_billed(
    open_desk: OpenDesk, api: FakeClaudeAPI
) -> None:
    arrived = anyio.Event()

    async def never(request: Request) -> Any:
        arrived.set()
        await anyio.sleep_forever()

    api.answer_with(never)
    async with open_desk() as desk:
        await desk.run(PDF, seconds=0.2)
        await arrived.wait()
    async with open_desk() as desk:
        assert await states(desk) == ["possibly billed"]


async def _ask_by_url(desk: Desk, pages: list[int] | None = None) -> None:
    path = desk.folder / "a.pdf"
    path.write_bytes(PDF)
    async with desk.documents.open(str(path)) as opened:
        document = replace(opened, url=URL)
        run = await desk.claude.run(await desk.plan(document, pages), desk.work(document, reuse_since=time.time()))
    assert texts(run) == [PAGES[page - 1] for page in pages or range(1, 6)]


async def test_names_of_files_are_what_the_api_takes() -> None:
    assert delivery.file_name('a/b:"c"?\n.pdf, pages 1-3') == "a_b__c___.pdf, pages 1-3"
    assert len(delivery.file_name("x" * 400)) == 255
    assert delivery.file_name(" ") == "document"


async def test_a_long_wait_gives_signs_of_life(desk: Desk, api: FakeClaudeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TELL_EVERY", 0.02)
    signs: list[int] = []
    enough = anyio.Event()

    async def on_wait() -> None:
        signs.append(len(signs))
        if len(signs) == 3:
            enough.set()

    async def when_enough(request: Request) -> Any:
        await enough.wait()
        return transcribing(request)

    api.answer_with(when_enough)
    with anyio.fail_after(20):
        assert texts(await desk.run(PDF, on_wait=on_wait)) == PAGES
