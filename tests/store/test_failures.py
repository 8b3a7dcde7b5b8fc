"""What stands in the store's way is said, and nothing is half-written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio
import pytest

from tests.store.asks import ENDPOINT, alter, ask, ledger, pay
from tests.store.children import ROOT, children
from witnessmark.store import Store, open_store
from witnessmark.store.database import (
    StoreBusy,
    StoreDamaged,
    StoreForeign,
    StoreNewer,
    StoreReplaced,
    StoreUnwritable,
)
from witnessmark.store.schema import MIGRATIONS, migrate

pytestmark = pytest.mark.anyio


async def test_a_store_held_for_five_seconds_is_waited_for(store: Store, path: Path) -> None:
    await pay(store)
    with children(1, "hold", path) as (holder,):
        assert holder.hear() == "holding"
        began = time.monotonic()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pay, store, "waits")
            await anyio.sleep(5)
            with anyio.fail_after(1):  # whoever reads does not wait for whoever writes
                assert await store.answer("ask-1", ENDPOINT, max_age_days=None) is not None
            holder.tell()
        assert time.monotonic() - began < 10
    assert [entry.state for entry in await ledger(store)] == ["answered", "answered"]


async def test_waiting_for_a_store_that_is_held_can_be_cancelled(store: Store, path: Path) -> None:
    await pay(store)
    with children(1, "hold", path) as (holder,):
        assert holder.hear() == "holding"
        began = time.monotonic()
        with anyio.move_on_after(0.5) as scope:
            await store.begin(ask("never"))
        assert scope.cancelled_caught
        assert time.monotonic() - began < 2
        holder.tell()
        holder.rest()
    assert len(await ledger(store)) == 1


async def test_a_store_that_is_never_let_go_is_given_up(store: Store, path: Path) -> None:
    await pay(store)
    with children(1, "hold", path) as (holder,):
        assert holder.hear() == "holding"
        async with open_store(path, busy_seconds=0.5) as hurried:
            with pytest.raises(StoreBusy, match=r"has kept the store .* to itself"):
                await hurried.begin(ask())
    assert len(await ledger(store)) == 1


async def test_a_newer_store_is_refused_and_left_alone(path: Path) -> None:
    async with open_store(path) as store:
        await pay(store)
    alter(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    async with open_store(path) as store:
        with pytest.raises(StoreNewer, match="Update witnessmark"):
            await store.answer("ask-1", ENDPOINT, max_age_days=None)
    assert path.read_bytes() == before


async def test_a_store_that_a_newer_process_changes_meanwhile_is_not_written_to(store: Store, path: Path) -> None:
    await pay(store)
    alter(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StoreNewer):
        await pay(store, "b")
    alter(path, f"PRAGMA user_version = {len(MIGRATIONS)}")
    assert len(await ledger(store)) == 1


async def test_an_older_store_is_brought_up_to_date_with_what_it_holds(path: Path) -> None:
    async with open_store(path) as store:
        await pay(store)
    step = ("ALTER TABLE answers ADD COLUMN note TEXT", "UPDATE answers SET note = 'old'")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    migrate(connection, (*MIGRATIONS, step))
    connection.execute("COMMIT")
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
    assert connection.execute("SELECT content_key, note FROM answers").fetchall() == [("ask-1", "old")]
    connection.close()


async def test_a_step_that_fails_leaves_the_older_store(path: Path) -> None:
    async with open_store(path) as store:
        await pay(store)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (*MIGRATIONS, ("DROP TABLE answers", "DROP TABLE nothing")))
    connection.close()
    async with open_store(path) as store:
        assert await store.answer("ask-1", ENDPOINT, max_age_days=None) is not None


async def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    async with open_store(path) as store:
        await pay(store)
        assert len(await ledger(store)) == 1


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 8_000])
async def test_a_damaged_store_is_said_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    async with open_store(path) as store:
        with pytest.raises(StoreDamaged, match="Move it away"):
            await store.begin(ask())
    assert path.read_bytes() == content


async def test_a_store_damaged_in_its_middle_is_said(path: Path) -> None:
    async with open_store(path) as store:
        for number in range(50):
            await pay(store, str(number))
    content = bytearray(path.read_bytes())
    content[4_096 * 2 :] = b"\xaa" * (len(content) - 4_096 * 2)
    path.write_bytes(content)
    async with open_store(path) as store:
        with pytest.raises(StoreDamaged):
            await ledger(store)


async def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    alter(path, "CREATE TABLE theirs (a)")
    before = path.read_bytes()
    async with open_store(path) as store:
        with pytest.raises(StoreForeign):
            await store.begin(ask())
    assert path.read_bytes() == before


@pytest.mark.parametrize("deed", ["delete", "replace"])
async def test_a_store_that_is_taken_away_while_in_use_is_said(store: Store, path: Path, deed: str) -> None:
    await pay(store)
    if deed == "replace":
        shutil.copy(path, path.with_name("copy"))
        path.with_name("copy").replace(path)
    else:
        path.unlink()
    with pytest.raises(StoreReplaced, match="Start this process again"):
        await pay(store, "b")


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with open_store(tmp_path / "file" / "store.sqlite3") as store:
        with pytest.raises(StoreUnwritable, match="WITNESSMARK_HOME"):
            await store.begin(ask())


@pytest.mark.parametrize("what", ["folder", "file"])
async def test_a_store_that_may_only_be_read_is_said(what: str) -> None:
    if os.name != "posix":
        pytest.skip("POSIX permissions are not here")
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        if what == "file":
            async with open_store(home / "store.sqlite3") as store:
                await pay(store)
            (home / "store.sqlite3").chmod(0o444)
        home.chmod(0o555)
        command = [sys.executable, "-m", "tests.store.child", "try_to_begin", str(home / "store.sqlite3")]
        done = await anyio.to_thread.run_sync(run, command)
        home.chmod(0o755)
    assert done.stdout.split() == ["StoreUnwritable"], done.stderr


@pytest.mark.parametrize("room", [8, 300], ids=["no room for a new store", "room for some answers"])
def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path, room: int) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("a small disk cannot be made here")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f"""mount -t tmpfs -o size=800k none {disk} || exit 77
        dd if=/dev/zero of={disk}/other bs=1k count={800 - room} status=none
        exec {sys.executable} -m tests.store.child fill {disk}/store.sqlite3 {disk}/other"""
    as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    done = run(["unshare", *as_root, "--mount", "sh", "-c", script])
    if done.returncode != 0 and "ermitted" in done.stderr:
        pytest.skip("a small disk cannot be made here")
    error, counts = done.stdout.splitlines() or [done.stderr, ""]
    assert error == "StoreFull 5"
    assert counts == f"{room > 100} 1 1"  # all that was kept, and the one when there was room again


async def test_only_its_user_may_read_a_store(path: Path) -> None:
    if os.name != "posix":
        pytest.skip("POSIX permissions are not here")
    before = os.umask(0)
    try:
        async with open_store(path) as store:
            await pay(store)
            assert modes(path) == {"store.sqlite3": 0o600, "store.sqlite3-wal": 0o600, "store.sqlite3-shm": 0o600}
        path.chmod(0o644)
        async with open_store(path) as store:
            await ledger(store)
            assert set(modes(path).values()) == {0o600}
    finally:
        os.umask(before)


def modes(path: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
