"""Uploads: one for a document, however many tasks and processes want it."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from tests.store.asks import DAY, ENDPOINT, HOUR, NOON, Clock, move_to_another_machine, upload
from tests.store.children import children
from witnessmark.store import Store, open_store

pytestmark = pytest.mark.anyio


async def keep(store: Store, key: str = "document-1", file_id: str = "file_1", **changes: object) -> None:
    async with store.uploading(key, ENDPOINT) as claim:
        assert claim.upload is None
        await claim.keep(upload(key, file_id, **changes))


async def test_a_document_is_uploaded_once(store: Store) -> None:
    await keep(store)
    async with store.uploading("document-1", ENDPOINT) as claim:
        assert claim.upload == upload()
    assert await store.upload("document-1", ENDPOINT, None) == upload()


async def test_an_upload_of_another_workspace_or_endpoint_is_none(store: Store) -> None:
    await keep(store)
    assert await store.upload("document-1", ENDPOINT, "w2") is None
    assert await store.upload("document-1", "https://elsewhere.example", None) is None
    assert await store.upload("document-1", ENDPOINT, "w1") == upload()


async def test_an_upload_that_is_about_to_expire_is_not_built_upon(store: Store, clock: Clock) -> None:
    await keep(store)
    clock.now = NOON + DAY - 60
    assert await store.upload("document-1", ENDPOINT, None) is None
    assert len(await store.uploads()) == 1  # it still lies there
    clock.now = NOON + DAY
    assert await store.uploads() == ()


async def test_an_upload_that_is_gone_at_the_api_is_forgotten_and_made_again(store: Store) -> None:
    await keep(store)
    await store.forget_upload("file_1")
    await keep(store, file_id="file_2")
    assert [lies.file_id for lies in await store.uploads(ENDPOINT)] == ["file_2"]


async def test_the_newest_upload_is_taken(store: Store) -> None:
    async with store.uploading("document-1", ENDPOINT) as claim:
        await claim.keep(upload(file_id="file_old"))
        await claim.keep(upload(file_id="file_new", uploaded_at=NOON + 1, workspace="w2"))
    found = await store.upload("document-1", ENDPOINT, None)
    assert found is not None
    assert found.file_id == "file_new"
    assert [lies.file_id for lies in await store.uploads()] == ["file_new", "file_old"]


async def test_tasks_wait_for_the_one_that_uploads(store: Store) -> None:
    uploads: list[str] = []

    async def want(number: int) -> None:
        async with store.uploading("document-1", ENDPOINT) as claim:
            if claim.upload is None:
                uploads.append(f"file_{number}")
                await anyio.sleep(0.01)
                await claim.keep(upload(file_id=f"file_{number}"))
            assert claim.upload is not None
            assert claim.upload.file_id == uploads[0]

    async with anyio.create_task_group() as tasks:
        for number in range(32):
            tasks.start_soon(want, number)
    assert len(uploads) == 1


async def test_other_documents_do_not_wait(store: Store) -> None:
    async with store.uploading("document-1", ENDPOINT):
        with anyio.fail_after(5):
            await keep(store, "document-2")


async def test_after_a_failed_upload_the_next_one_tries(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.uploading("document-1", ENDPOINT):
            raise ZeroDivisionError
    await keep(store)


async def test_waiting_can_be_cancelled_and_holds_nobody_up(store: Store, path: Path, clock: Clock) -> None:
    async with open_store(path, clock=clock) as another:
        async with store.uploading("document-1", ENDPOINT):
            with anyio.move_on_after(0.3) as scope:
                async with another.uploading("document-1", ENDPOINT):
                    raise AssertionError
            assert scope.cancelled_caught
        with anyio.fail_after(5):
            await keep(another)


def test_processes_that_want_the_same_document_at_once_upload_it_once(path: Path) -> None:
    with children(6, "upload_at_once", path) as wanting:
        assert [child.hear() for child in wanting] == ["ready"] * 6
        for child in wanting:
            child.tell()
        said = [line for child in wanting for line in child.rest()]
    assert sorted(said) == ["file_1"] * 6 + ["uploading"]


async def test_the_lease_of_a_killed_process_is_taken_over_at_once(path: Path) -> None:
    async with open_store(path) as store:
        with children(1, "upload_on_word", path) as (child,):
            assert child.hear() == "uploading"
            with anyio.move_on_after(0.3) as waits:
                await keep(store)
            assert waits.cancelled_caught  # while it lives, it is waited for
            child.kill()
            with anyio.fail_after(5):
                await keep(store, uploaded_at=1e12)


async def test_a_process_gets_what_another_has_just_finished(path: Path) -> None:
    async with open_store(path) as store:
        with children(1, "upload_on_word", path) as (child,):
            assert child.hear() == "uploading"
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anyio.to_thread.run_sync, child.tell)
                with anyio.fail_after(10):
                    async with store.uploading("document-1", ENDPOINT) as claim:
                        assert claim.upload is not None
                        assert claim.upload.file_id == "file_of_child"
            assert child.rest() == ["file_of_child"]


@pytest.mark.parametrize("shift", [-HOUR, HOUR], ids=["back", "on"])
async def test_a_lease_of_a_machine_that_cannot_be_asked_ends_by_the_clock(
    store: Store, path: Path, clock: Clock, shift: float
) -> None:
    async with open_store(path, clock=clock) as another, store.uploading("document-1", ENDPOINT):
        move_to_another_machine(path, "upload_leases")
        clock.now += shift
        with anyio.move_on_after(0.3):
            await keep(another)
        assert (await another.upload("document-1", ENDPOINT, None) is not None) == (shift > 0)
