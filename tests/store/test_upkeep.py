"""Pruning, backups, and what the store says of itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import anyio
import pytest

from tests.store.asks import DAY, ENDPOINT, NOON, Clock, answer, ask, ledger, pay, upload
from tests.store.children import children
from witnessmark.store import Store, open_store
from witnessmark.store.upkeep import BackupExists, BackupUnwritable

pytestmark = pytest.mark.anyio


async def test_pruning_removes_old_answers_keeps_the_ledger_and_gives_room_back(store: Store, clock: Clock) -> None:
    for number in range(450):
        key = f"ask-{number}"
        await store.answered(await store.begin(ask(key, deliveries=("x",))), answer(key, message="x" * 20_000))
    clock.now += 10 * DAY
    await store.answered(await store.begin(ask("new", deliveries=("x",))), answer("new", at=clock.now))
    before = (await store.facts()).bytes
    pruned = await store.prune(max_age_days=9)
    after = await store.facts()
    assert (pruned.answers, after.answers, after.entries) == (450, 1, 451)
    assert after.bytes < 0.1 * before
    assert pruned.freed_bytes > 0.9 * before - 100_000
    assert await store.times_sent("x") == 1


async def test_pruning_without_an_age_keeps_every_answer(store: Store, clock: Clock) -> None:
    await pay(store)
    clock.now += 5_000 * DAY
    assert (await store.prune(max_age_days=None)).answers == 0
    assert await store.answer("ask-1", ENDPOINT, max_age_days=None) is not None


async def test_pruning_removes_expired_uploads_and_what_dead_processes_left(path: Path, clock: Clock) -> None:
    async with open_store(path) as store:
        async with store.uploading("document-2", ENDPOINT) as claim:
            await claim.keep(upload("document-2", "file_2", expires_at=NOON))
        with children(1, "send_and_wait", path) as (sender,), children(1, "upload_on_word", path) as (uploader,):
            assert (sender.hear(), uploader.hear()) == ("sent", "uploading")
            assert (await store.prune(max_age_days=None)).leases == 0
            sender.kill()
            uploader.kill()
            pruned = await store.prune(max_age_days=None)
    assert (pruned.uploads, pruned.leases) == (0, 2)


async def test_a_backup_is_a_whole_store_for_its_user_alone(store: Store, tmp_path: Path) -> None:
    paid = await pay(store)
    copy = tmp_path / "copy.sqlite3"
    await store.backup(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    await pay(store, "later")
    async with open_store(copy) as other:
        assert await other.answer("ask-1", ENDPOINT, max_age_days=None) == paid
        assert len(await ledger(other)) == 1
        await pay(other, "another")
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


async def test_a_backup_never_takes_the_place_of_a_file(store: Store, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(BackupExists):
        await store.backup(taken)
    assert taken.read_text() == "mine"


async def test_a_backup_into_no_folder_says_so(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BackupUnwritable):
        await store.backup(tmp_path / "nowhere" / "copy")


async def test_a_backup_of_a_store_in_use_is_of_one_moment(store: Store, path: Path, tmp_path: Path) -> None:
    with children(2, "answer_for_ever", path, "busy") as writers:
        for child in writers:
            child.hear()
        for number in range(5):
            await store.backup(tmp_path / f"copy-{number}")
    for number in range(5):
        connection = sqlite3.connect(tmp_path / f"copy-{number}")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        halves = (
            "SELECT count(*) FROM sends WHERE state = 'answered' "
            "AND content_key NOT IN (SELECT content_key FROM answers)"
        )
        assert connection.execute(halves).fetchone() == (0,)
        connection.close()


async def test_a_backup_can_be_cancelled_and_leaves_nothing(store: Store, path: Path, tmp_path: Path) -> None:
    await pay(store)
    connection = sqlite3.connect(path)
    connection.executemany(
        "INSERT INTO answers (content_key, endpoint, model, message, paid_at) VALUES (?, '', '', zeroblob(20000), 0)",
        [(str(number),) for number in range(4_000)],
    )
    connection.commit()
    connection.close()
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(store.backup, tmp_path / "copy")
            while len(list(tmp_path.iterdir())) < 2:  # noqa: ASYNC110 - nothing else tells that it has begun
                await anyio.sleep(0.001)
            scope.cancel()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["home"]


async def test_the_store_says_what_it_holds(store: Store, clock: Clock) -> None:
    paid = await pay(store)
    clock.now += 1
    await store.begin(ask("b"))
    await store.ambiguous(await store.begin(ask("c")), kind="ConnectionLost", tokens=None, request_id=None)
    async with store.uploading("document-1", ENDPOINT) as claim:
        await claim.keep(upload())
    facts = await store.facts()
    assert (facts.answers, facts.answer_bytes, facts.oldest_answer) == (1, len(paid.message), NOON)
    assert (facts.entries, facts.oldest_entry, facts.in_flight, facts.possibly_billed) == (3, NOON, 1, 1)
    assert (facts.uploads, facts.upload_bytes, facts.quarantined) == (1, 24_000_000, 0)
    assert facts.bytes > 10_000
