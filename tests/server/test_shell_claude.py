"""The shell with a key: what scripts read, and with what it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.claude.lesser import lesser
from tests.drawing import draw_text
from tests.server.test_shell import Shell
from witnessmark.testing import FakeClaudeAPI, faults

pytestmark = pytest.mark.anyio

SECRET = "sk-ant-api03-secret-of-a-test"


@pytest.fixture
def shell(tmp_path: Path, folder: Path) -> Shell:
    home = tmp_path / "person"
    home.mkdir()
    return Shell(home, folder)


MODEL = "claude-sonnet-5-5"


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI(keys={SECRET: "wrkspc_test"}) as fake:
        yield fake


async def ran(shell: Shell, api: FakeClaudeAPI, *words: str, **environment: str) -> tuple[int, Any, str]:
    """Run a command with a key.

    Shapes:  exit code, what stands on standard output, what stands on standard error
    """
    room = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": api.url, "WITNESSMARK_MODEL": MODEL} | environment
    done = await anyio.to_thread.run_sync(lambda: shell.run(*words, "--json", **room))
    assert SECRET not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.fixture
def document(folder: Path) -> str:
    (folder / "a.pdf").write_bytes(draw_text(["Rent"]))
    return "a.pdf"


async def test_a_call_its_price_and_the_same_call_again(shell: Shell, api: FakeClaudeAPI, document: str) -> None:
    code, first, errors = await ran(shell, api, "extract-tables", document)
    assert (code, first["engines"], errors) == (0, ["claude-sonnet-5-5"], "")
    assert first["cost"]["input_tokens"] == api.totals.billed["input_tokens"]
    code, again, _ = await ran(shell, api, "extract-tables", document)
    assert (code, again["cost"]["usd"], again["cost"]["reused"], again["tables"]) == (0, 0.0, 1, first["tables"])
    code, report, _ = await ran(shell, api, "usage-report", "--by", "model")
    assert (code, report["total"]["calls"], report["total"]["reused"]) == (0, 1, 1)
    assert api.totals.billed_messages == 1


async def test_the_shell_waits_to_the_end_whatever_it_is_told(shell: Shell, api: FakeClaudeAPI, document: str) -> None:
    api.take_time(2.5)
    code, found, _ = await ran(shell, api, "extract-tables", document, "--wait-seconds", "1")
    assert (code, found["status"], found["engines"]) == (0, "completed", [MODEL])
    assert found["cost"]["input_tokens"] == api.totals.billed["input_tokens"] > 0


@pytest.mark.parametrize(
    ("words", "environment", "code", "kind"),
    [
        (["--max-cost-usd", "0.0001"], {}, 6, "CostAboveLimit"),
        ([], {"WITNESSMARK_ASK_ABOVE_USD": "0.001"}, 6, "PriceNotApproved"),
        (["--max-usd-per-call", "0.001"], {}, 6, "CallAboveBudget"),
        ([], {"WITNESSMARK_MAX_USD_PER_DAY": "0.001"}, 6, "BudgetReached"),
        ([], {"WITNESSMARK_MAX_USD_PER_MONTH": "0.001"}, 6, "BudgetReached"),
        ([], {"ANTHROPIC_API_KEY": "sk-ant-api03-another"}, 5, "KeyRefused"),
        ([], {"ANTHROPIC_API_KEY": "sk-ant-your-key-here"}, 5, "KeyIsPlaceholder"),
        (["--model", "claude-sonnet-5-5"], {"ANTHROPIC_API_KEY": ""}, 5, "KeyMissing"),
        (["--model", "claude-nine"], {}, 3, "ModelUnknown"),
        ([], {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}, 4, "ApiUnreachable"),
    ],
    ids=["limit", "ask", "call", "day", "month", "refused", "placeholder", "no key", "model", "unreachable"],
)
async def test_what_stops_a_call_is_said_with_its_exit_code(
    shell: Shell,
    api: FakeClaudeAPI,
    document: str,
    words: list[str],
    environment: dict[str, str],
    code: int,
    kind: str,
) -> None:
    left, said, _ = await ran(shell, api, "extract-tables", document, *words, **environment)
    assert (left, said["error"]["class"]) == (code, kind)
    assert said["error"]["next"].endswith(".")
    assert api.totals.billed_messages == 0


async def test_a_limit_at_the_api_ends_with_its_code(shell: Shell, api: FakeClaudeAPI, document: str) -> None:
    api.fail(faults.spend_limit_reached(), share=1)
    code, said, _ = await ran(shell, api, "extract-tables", document)
    assert (code, said["error"]["class"]) == (5, "SpendLimitReached")


async def test_the_demo_costs_nothing_also_with_a_key(shell: Shell, api: FakeClaudeAPI, document: str) -> None:
    room = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": api.url, "WITNESSMARK_MODEL": MODEL}
    done = await anyio.to_thread.run_sync(lambda: shell.run("demo", document, **room))
    assert done.returncode == 0
    assert "offline, nothing spent" in done.stdout
    assert api.requests == []


async def test_the_doctor_tries_the_key(shell: Shell, api: FakeClaudeAPI) -> None:
    _, said, _ = await ran(shell, api, "doctor")
    assert {"what": "API key", "state": "right"} in [
        {name: finding[name] for name in ("what", "state")} for finding in said["findings"]
    ]
    code, said, _ = await ran(shell, api, "doctor", ANTHROPIC_API_KEY="sk-ant-api03-another")
    assert code == 5
    assert [finding["what"] for finding in said["findings"] if finding["state"] == "wrong"] == ["API key"]


async def test_the_doctor_says_what_an_endpoint_lacks(shell: Shell, document: str) -> None:
    async with lesser("files", "counting=501", "documents=ignored") as api:
        api.keys = {SECRET: "wrkspc_test"}
        _, said, _ = await ran(shell, api, "doctor")
        (found,) = [finding for finding in said["findings"] if finding["what"] == "endpoint"]
        host = api.url.removeprefix("http://")
        assert found["says"].startswith(f"{api.url} is not the Claude API; it lists claude-fable-5-2, ")
        assert f"The endpoint {host} has no Files API" in found["says"]
        assert "does not count tokens" in found["says"]
        assert "documents" not in found["says"].replace("documents are sent", "")
        assert "first call" in found["next"]
        assert api.totals.billed_messages == 0
        code, result, errors = await ran(shell, api, "extract-tables", document)
        assert code == 0
        assert "never sees PDFs" in errors
        assert sum("never sees PDFs" in warning for warning in result["warnings"]) == 1
        _, said, _ = await ran(shell, api, "doctor")
        (found,) = [finding for finding in said["findings"] if finding["what"] == "endpoint"]
        assert "claude-sonnet-5-5 at " in found["says"]
        assert "never sees PDFs" in found["says"]


async def test_the_doctor_takes_no_refusal_of_a_key_for_a_lack(shell: Shell) -> None:
    async with lesser("error form=openai") as api:
        code, said, _ = await ran(shell, api, "doctor")
        assert code == 5
        assert [finding["what"] for finding in said["findings"] if finding["state"] == "wrong"] == ["API key"]
        (found,) = [finding for finding in said["findings"] if finding["what"] == "endpoint"]
        assert found["says"] == "The API refuses the key."


async def test_the_doctor_says_which_models_there_are(shell: Shell) -> None:
    async with lesser("error form") as api:
        api.keys = {SECRET: "wrkspc_test"}
        _, said, _ = await ran(shell, api, "doctor", WITNESSMARK_MODEL="local-7b")
        (found,) = [finding for finding in said["findings"] if finding["what"] == "endpoint"]
        assert "local-7b, which is asked where no call names a model, is not among them" in found["says"]
        assert found["next"] == "Set WITNESSMARK_MODEL to one of them."


async def test_of_the_whole_api_the_doctor_says_no_lack(shell: Shell, api: FakeClaudeAPI) -> None:
    _, said, _ = await ran(shell, api, "doctor")
    (found,) = [finding for finding in said["findings"] if finding["what"] == "endpoint"]
    assert found["state"] == "right"
    assert found["says"] == f"{api.url} is the Claude API behind a gateway; it keeps files, counts tokens"


def test_reading_offline_loads_nothing_of_anthropics(shell: Shell, document: str) -> None:
    program = (
        "import sys; from witnessmark_server.cli import run; "
        f"run(['extract-tables', {document!r}, '--json']); print('anthropic' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=shell.environment(),
        cwd=shell.start,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr.strip() == "False"
