"""What hosts load first: every entry of `tools/list`, as committed. `make snapshots` writes them anew for a review."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.server.conftest import Connect
from witnessmark_tools.catalog import BY_NAME, TOOLS

SNAPSHOTS = Path(__file__).with_name("snapshots")

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", list(BY_NAME))
async def test_an_entry_is_what_was_reviewed(connect: Connect, name: str) -> None:
    async with connect() as client:
        (entry,) = [tool for tool in (await client.list_tools()).tools if tool.name == name]
    shown = entry.model_dump(mode="json", by_alias=True, exclude_none=True)
    snapshot = SNAPSHOTS / f"{name}.json"
    if os.environ.get("WITNESSMARK_SNAPSHOTS") == "write":
        snapshot.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert shown == json.loads(snapshot.read_text(encoding="utf-8")), "review the change, then run `make snapshots`"


def test_there_is_no_snapshot_of_a_tool_that_is_gone() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.json")} == set(BY_NAME)


async def test_every_tool_says_all_four_hints_and_its_title(connect: Connect) -> None:
    async with connect() as client:
        entries = (await client.list_tools()).tools
    assert [entry.name for entry in entries] == [tool.name for tool in TOOLS]
    for entry in entries:
        assert entry.title
        hints = entry.annotations
        assert hints is not None
        assert None not in {
            hints.read_only_hint,
            hints.destructive_hint,
            hints.idempotent_hint,
            hints.open_world_hint,
        }
