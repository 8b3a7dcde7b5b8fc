"""The fake's files and models, as Anthropic's own client reads them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from anthropic import AsyncAnthropic, NotFoundError
from anthropic.types import DeletedFile, FileExpiredError, FileMetadata, ModelInfo

from tests.drawing import draw_image, draw_text
from tests.testing.asking import MODEL, ask, from_file, texts_of
from tests.testing.conftest import Clock, Endpoint
from tests.testing.test_messages import assert_as_typed
from witnessmark.testing import FakeClaudeAPI

pytestmark = pytest.mark.anyio


def _file(name: str = "a.pdf", data: bytes | None = None, media_type: str = "application/pdf") -> Any:
    return (name, io.BytesIO(draw_text(["Page one"]) if data is None else data), media_type)


async def test_a_file_lives_from_its_upload_to_its_deletion(endpoint: Endpoint) -> None:
    files = endpoint.client.files
    uploaded = await files.upload(file=_file("folder/report.pdf"), expires_in_seconds=3600)
    try:
        raw = await endpoint.http.get(f"/v1/files/{uploaded.id}")
        assert_as_typed(FileMetadata.model_validate(raw.json()))
        assert uploaded.filename == "report.pdf"
        assert uploaded.expires_at is not None
        assert (uploaded.expires_at - uploaded.created_at).total_seconds() == 3600
        assert [file.id async for file in files.list(ids=[uploaded.id])] == [uploaded.id]
        message = await ask(endpoint.client, from_file(uploaded.id), "What stands there?")
        assert message.usage.input_tokens > 1000
    finally:
        deleted = await endpoint.http.delete(f"/v1/files/{uploaded.id}")
    assert_as_typed(DeletedFile.model_validate(deleted.json()))
    with pytest.raises(NotFoundError):
        await files.retrieve_metadata(uploaded.id)


async def test_files_are_listed_page_by_page_newest_first(client: AsyncAnthropic) -> None:
    ids = [(await client.files.upload(file=_file(f"{n}.pdf"))).id for n in range(5)]
    page = await client.files.list(limit=2)
    assert [file.id for file in page.data] == [ids[4], ids[3]]
    assert [file.id async for file in client.files.list(limit=2)] == ids[::-1]


async def test_an_expired_file_is_named_so_and_then_forgotten(client: AsyncAnthropic, clock: Clock) -> None:
    file = await client.files.upload(file=_file(), expires_in_seconds=3600)
    clock.now += 3600
    with pytest.raises(FileExpiredError):
        await ask(client, from_file(file.id))
    assert (await client.files.retrieve_metadata(file.id)).id == file.id
    clock.now += 30 * 86_400
    with pytest.raises(NotFoundError):
        await client.files.retrieve_metadata(file.id)


async def test_a_workspace_sees_no_file_of_another(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    file = await client.files.upload(file=_file())
    async with AsyncAnthropic(api_key=api.add_key("wrkspc_other"), base_url=api.url, max_retries=0) as other:
        assert [found async for found in other.files.list()] == []
        with pytest.raises(NotFoundError):
            await ask(other, from_file(file.id))
    async with AsyncAnthropic(auth_token=api.key, base_url=api.url, max_retries=0) as same:
        assert [found.id async for found in same.files.list()] == [file.id]


async def test_files_are_read_as_what_they_are(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    picture = await client.files.upload(file=_file("a.png", draw_image(size=(320, 200)), "image/png"))
    note = await client.files.upload(file=_file("a.txt", b"Some text.", "text/plain"))
    api.answer_with(lambda request: f"{request.page_text} {request.images[0].width}")
    message = await ask(client, from_file(picture.id, "image"), from_file(note.id))
    assert texts_of(message) == ["Some text. 320"]


async def test_an_upload_is_counted_and_recorded_by_its_hash(api: FakeClaudeAPI, client: AsyncAnthropic) -> None:
    data = draw_text(["Secret"]) * 50
    await client.files.upload(file=_file("a.pdf", data))
    assert (api.totals.uploads, api.totals.uploaded_bytes) == (1, len(data))
    body = api.requests[0].body
    assert (body["filename"], body["mime_type"], body["size"]) == ("a.pdf", "application/pdf", len(data))
    assert api.requests[0].body_bytes > len(data)


# --- models ---------------------------------------------------------------------------------------------------------


async def test_a_model_is_as_the_client_types_it(endpoint: Endpoint) -> None:
    response = await endpoint.http.get(f"/v1/models/{MODEL}")
    info = ModelInfo.model_validate(response.json())
    assert_as_typed(info)
    assert (info.id, info.lifecycle, info.line) == (MODEL, "active", "haiku")
    assert (info.max_input_tokens, info.max_tokens) == (1_000_000, 128_000)
    assert info.capabilities is not None
    types = info.capabilities.thinking.types
    assert (types.adaptive.supported, types.disabled.supported, types.enabled.supported) == (True, True, False)


async def test_models_are_listed_without_retired_ones_unless_asked_for(endpoint: Endpoint) -> None:
    names = [model.id async for model in endpoint.client.models.list(limit=4)]
    assert {MODEL, "claude-sonnet-5-5", "claude-opus-5-5"} <= set(names)
    assert len(names) == len(set(names))
    listed = [model async for model in endpoint.client.models.list(lifecycle=["retired"])]
    assert {model.lifecycle for model in listed} == {"retired"}


async def test_an_alias_finds_its_model(endpoint: Endpoint) -> None:
    info = await endpoint.client.models.retrieve("claude-haiku-4-5")
    assert (info.id, info.max_tokens) == ("claude-haiku-4-5-20251001", 64_000)


async def test_pages_of_models_go_forth_and_back(client: AsyncAnthropic) -> None:
    names = [model.id async for model in client.models.list()]
    forth = await client.models.list(limit=3, after_id=names[2])
    back = await client.models.list(limit=3, before_id=names[6])
    assert [model.id for model in forth.data] == [model.id for model in back.data] == names[3:6]
    assert (forth.has_more, back.has_more) == (True, True)
