"""A call that is cancelled, at whatever moment, leaves no file of its document open and no process behind."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.drawing import draw_image
from tests.tools.conftest import House, house_settings, opened
from witnessmark.testing import FakeClaudeAPI

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="open files of this process are read from /proc"),
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with FakeClaudeAPI() as api, opened(house_settings(tmp_path, api), tmp_path) as made:
        api.answer_with(_nothing_found)
        yield made


def _nothing_found(_: object) -> dict[str, Any]:
    return {"tables": []}


def _open_pictures(folder: Path) -> list[str]:
    """Name the files of a folder that this process has open."""
    found: list[str] = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = entry.readlink()
        except OSError:  # closed since
            continue
        if target.parent == folder:
            found.append(target.name)
    return found


async def test_a_call_that_is_cancelled_while_its_worker_starts_leaves_no_process(house: House) -> None:
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_called, house)
            with anyio.fail_after(10):
                while not _children():
                    await anyio.lowlevel.checkpoint()
            scope.cancel()
    assert not _children()


async def _called(house: House) -> None:
    await house.call("inspect_document", draw_image(), name="picture.png")


def _children() -> list[str]:
    tasks = Path("/proc/self/task").iterdir()
    return [child for task in tasks for child in (task / "children").read_text().split()]


@pytest.mark.parametrize("moment", [0.001, 0.01, 0.03, 0.1, 0.2, 0.4, 0.8])
@pytest.mark.parametrize("tool", ["extract_tables", "inspect_document"])
async def test_a_cancelled_call_closes_its_picture(house: House, moment: float, tool: str) -> None:
    with anyio.move_on_after(moment):
        await house.call(tool, draw_image(), name="picture.png")
    with anyio.fail_after(20):
        while _open_pictures(house.folder):  # noqa: ASYNC110 - only the system says which files are open
            await anyio.sleep(0.02)
