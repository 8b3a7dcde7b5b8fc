"""The fake in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.drawing import draw_text
from tests.testing.asking import asking, inline, pdf
from tests.testing.conftest import VERSION

MESSAGES = "/v1/messages"


@dataclass
class Standalone:
    process: subprocess.Popen[str]
    http: httpx2.Client

    def said(self) -> list[str]:
        """Ask, and say what was answered."""
        return [block["text"] for block in self.ask()["content"] if block["type"] == "text"]

    def ask(self, *blocks: Any) -> dict[str, Any]:
        body: dict[str, Any] = self.http.post(MESSAGES, json=asking(*blocks)).json()
        return body


@contextmanager
def standalone(*options: str) -> Generator[Standalone]:
    command = [sys.executable, "-m", "witnessmark.testing", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        too_late = threading.Timer(60, process.kill)
        too_late.start()
        try:
            assert process.stdout is not None
            url, key = (process.stdout.readline().strip() for _ in range(2))
            headers = {"authorization": f"Bearer {key}", "anthropic-version": VERSION}
            with httpx2.Client(base_url=url, headers=headers, timeout=30) as http:
                yield Standalone(process, http)
        finally:
            too_late.cancel()
            process.kill()


def test_it_tells_its_url_and_key_answers_and_ends_when_interrupted() -> None:
    with standalone() as fake:
        assert fake.said() == ["This is the fake of the Claude API, and it has read the request."]
        totals = fake.http.get("/_totals").json()
        assert totals["requests"] == {"POST /v1/messages": {"200": 1}}
        assert totals["billed"]["input_tokens"] > 0
        requests = fake.http.get("/_requests").json()
        assert [(request["path"], request["status"]) for request in requests] == [(MESSAGES, 200)]
        assert "body" not in requests[0]
        fake.process.send_signal(signal.SIGINT)
        _, errors = fake.process.communicate(timeout=10)
        assert (fake.process.returncode, errors) == (0, "")


def test_faults_come_from_the_command_line_and_while_it_runs() -> None:
    with standalone("--fault", "overloaded:times=2", "--fault", "rate_limited:retry_after=171") as fake:
        statuses = [fake.http.post(MESSAGES, json=asking()) for _ in range(4)]
        assert [response.status_code for response in statuses] == [529, 529, 429, 200]
        assert statuses[2].headers["retry-after"] == "171"
        fake.http.post("/_fail", content="status:code=503,times=5")
        assert fake.http.post(MESSAGES, json=asking()).status_code == 503
        fake.http.post("/_heal")
        assert fake.http.post(MESSAGES, json=asking()).status_code == 200
        assert fake.http.post("/_fail", content="explode").status_code == 400
        fake.http.post("/_clear")
        assert fake.http.get("/_totals").json()["requests"] == {}


def test_limits_latency_and_a_fast_clock_come_from_the_command_line_and_limits_while_it_runs() -> None:
    with standalone("--limit", "requests_per_minute=2", "--latency", "20-21", "--clock-speed", "100") as fake:
        begun = time.monotonic()
        assert [fake.http.post(MESSAGES, json=asking()).status_code for _ in range(2)] == [200, 200]
        assert 0.4 <= time.monotonic() - begun < 20
        fake.http.post("/_limit", content="requests_per_minute=1,retry_after=full")
        statuses = [fake.http.post(MESSAGES, json=asking()) for _ in range(2)]
        assert [response.status_code for response in statuses] == [200, 429]
        assert 30 < int(statuses[1].headers["retry-after"]) <= 60
        fake.http.post("/_limit", content="")
        assert fake.http.post(MESSAGES, json=asking()).status_code == 200
        assert fake.http.post("/_limit", content="apples=5").status_code == 400
        first, second, *_ = fake.http.get("/_requests").json()
        assert second["at"] - first["at"] > 20


def test_all_files_can_be_made_to_expire(tmp_path: Path) -> None:
    with standalone() as fake:
        form = {"file": ("a.pdf", draw_text(), "application/pdf")}
        uploaded = fake.http.post("/v1/files", files=form, data={"expires_in_seconds": "3600"}).json()
        source = {"type": "file", "file_id": uploaded["id"]}
        request = asking({"type": "document", "source": source})
        assert fake.http.post(MESSAGES, json=request).status_code == 200
        fake.http.post("/_expire")
        refused = fake.http.post(MESSAGES, json=request)
        assert (refused.status_code, refused.json()["error"]["details"]["error_code"]) == (404, "file_expired")


def test_answers_come_from_a_file_in_turn(tmp_path: Path) -> None:
    answers: list[Any] = ["prose", {"total": 5}, {"reply": {"text": "no", "stop_reason": "refusal"}}]
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    with standalone("--answers", str(tmp_path / "answers.json")) as fake:
        assert [fake.said() for _ in range(3)] == [["prose"], ['{"total": 5}'], ["no"]]
        assert fake.ask()["stop_reason"] == "refusal"


def test_answers_come_from_a_folder_by_title_and_by_hash(tmp_path: Path) -> None:
    titled, hashed = draw_text(["one"]), draw_text(["two"])
    with standalone() as fake:
        fake.ask(pdf(hashed))
    import hashlib

    (tmp_path / "a.pdf.json").write_text('"by title"')
    (tmp_path / f"{hashlib.sha256(hashed).hexdigest()}.json").write_text('"by hash"')
    (tmp_path / "default.json").write_text('"by default"')
    with standalone("--answers", str(tmp_path)) as fake:
        asked = (fake.ask(pdf(titled, title="a.pdf")), fake.ask(pdf(hashed)), fake.ask(pdf(titled)))
    texts = [[block["text"] for block in message["content"] if block["type"] == "text"] for message in asked]
    assert texts == [["by title"], ["by hash"], ["by default"]]


def test_keys_belong_to_workspaces() -> None:
    with standalone("--key", "sk-one=a", "--key", "sk-two=b") as fake:
        ids = [
            fake.http.get("/v1/models", headers={"authorization": f"Bearer {key}"}).headers["anthropic-workspace-id"]
            for key in ("sk-one", "sk-two")
        ]
        assert fake.http.get("/v1/models", headers={"authorization": "Bearer sk-three"}).status_code == 401
    assert ids == ["a", "b"]


def test_any_key_will_do_where_none_is_named_but_not_none_at_all() -> None:
    with standalone() as fake:
        assert fake.http.get("/v1/models", headers={"x-api-key": "sk-any"}).status_code == 200
        assert fake.http.get("/v1/models", headers={"x-api-key": "", "authorization": ""}).status_code == 401


@pytest.mark.parametrize(
    "options",
    [("--fault", "explode"), ("--answers", "no-such-file.json"), ("--limit", "apples=5"), ("--latency", "2-1")],
)
def test_what_it_cannot_use_is_a_usage_error(options: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "witnessmark.testing", *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (ended.returncode, ended.stdout) == (2, "")


def test_importing_it_loads_no_heavy_library() -> None:
    program = "import sys, witnessmark.testing; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert {"PIL", "anthropic", "pypdf", "httpx2", "pydantic", "starlette"} & set(ended.stdout.split()) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of another process is read from /proc")
def test_a_large_request_costs_a_small_multiple_of_itself() -> None:
    document = draw_text() + b"%" * 22_000_000  # what follows a PDF's end is passed over
    with standalone() as fake:
        fake.ask(pdf(draw_text()))
        before = _peak(fake.process.pid)
        body = json.dumps(asking({"type": "document", "source": inline(document, "application/pdf")})).encode()
        response = fake.http.post(MESSAGES, content=body, headers={"content-type": "application/json"})
        assert response.status_code == 200, response.text
        assert _peak(fake.process.pid) - before < 3.5 * len(body)


def _peak(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
