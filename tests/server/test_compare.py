"""Comparing over MCP and in the shell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.server.conftest import Connect
from witnessmark_server.cli import main

pytestmark = pytest.mark.anyio

OLD = "1. Price. The Miller pays 36,000 crowns.\n\n2. Ending. Either side may end it.\n"
NEW = OLD.replace("36,000", "36,900").replace("may end", "may not end")


def written(folder: Path) -> dict[str, str]:
    (folder / "old.txt").write_text(OLD)
    (folder / "new.txt").write_text(NEW)
    return {"before": str(folder / "old.txt"), "after": str(folder / "new.txt")}


async def test_text_and_structure_say_the_same(connect: Connect, folder: Path) -> None:
    async with connect() as client:
        result = await client.call_tool("compare_documents", written(folder))
    structured = result.structured_content
    assert structured is not None
    assert [(one["section"], one["removed"], one["added"]) for one in structured["differences"]] == [
        ("1. Price", "36,000", "36,900"),
        ("2. Ending", None, "not"),
    ]
    text = str(result.content[0].text)  # type: ignore[union-attr]
    unmarked = re.sub(r"\{\+|\+\}|\[-|-\]", "", text)
    for one in structured["differences"]:
        assert one["before"] in unmarked
        assert one["after"] in unmarked
    assert unmarked.index("36,900") < unmarked.index("may not")
    assert "No other changes" in text


async def test_an_unknown_argument_names_the_closest(connect: Connect, folder: Path) -> None:
    async with connect() as client:
        result = await client.call_tool("compare_documents", written(folder) | {"afer": "x"})
    assert result.is_error
    assert "Did you mean 'after'?" in result.content[0].text  # type: ignore[union-attr]


def test_the_shell_takes_two_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WITNESSMARK_HOME", str(tmp_path / "home"))
    files = written(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["compare-documents", files["before"], files["after"], "--json"])
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert told["substantive_count"] == 2
    assert not told["identical"]
