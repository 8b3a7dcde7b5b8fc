"""`python -m witnessmark.testing`: the fake in a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import sys
from pathlib import Path
from typing import Any

from witnessmark.testing.answers import Reply
from witnessmark.testing.fake import WORKSPACE, FakeClaudeAPI
from witnessmark.testing.faults import add_from_text
from witnessmark.testing.lacks import LACKS
from witnessmark.testing.rates import limit_from_text
from witnessmark.testing.request import Request
from witnessmark.testing.shapes import is_array, is_object

KEY = "sk-ant-api03-fake-of-the-claude-api"


def main() -> int:
    """Serve until interrupted; the first line on stdout is the URL, the second the key."""
    parser = argparse.ArgumentParser(
        prog="python -m witnessmark.testing", description="A strict fake of the Claude API."
    )
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument(
        "--key",
        action="append",
        metavar="KEY[=WORKSPACE]",
        help="a key to accept, and no other; repeatable; default any",
    )
    parser.add_argument("--answers", type=Path, help="a JSON file or a folder of them, as docs/testing.md says")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME:ARGUMENT=VALUE,…", help="such as overloaded:share=0.2"
    )
    parser.add_argument(
        "--limit", metavar="ARGUMENT=VALUE,…", default="", help="such as input_tokens_per_minute=60000,retry_after=full"
    )
    parser.add_argument("--latency", metavar="SECONDS[-SECONDS]", default="0", help="before the first token")
    parser.add_argument("--clock-speed", type=float, default=1.0, metavar="TIMES", help="such as 20; default 1")
    parser.add_argument(
        "--lacks",
        action="append",
        default=[],
        metavar="WHAT[=HOW]",
        help=f"what it cannot do, as an endpoint with less: {', '.join(LACKS)}; repeatable, docs/testing.md says how",
    )
    parser.add_argument("--model", action="append", default=[], metavar="NAME", help="another model that it knows")
    arguments = parser.parse_args()
    keys = dict(_key_and_workspace(text) for text in arguments.key or [KEY])
    if arguments.clock_speed <= 0:
        parser.error("the clock runs forwards")
    try:
        api = FakeClaudeAPI(
            keys=keys,
            port=arguments.port,
            clock_speed=arguments.clock_speed,
            lacks=arguments.lacks,
            models=arguments.model,
        )
        api.takes_any_key = not arguments.key
        api.rates.enforce(limit_from_text(arguments.limit))
        least, _, most = arguments.latency.partition("-")
        api.take_time(float(least), float(most or least))
        for text in arguments.fault:
            add_from_text(api.faults, text)
        if arguments.answers is not None:
            answer_from(api, arguments.answers)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a document is answered
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(api))
    return 0


async def _serve(api: FakeClaudeAPI) -> None:
    async with api:
        print(api.url, api.key, sep="\n", flush=True)
        await asyncio.Event().wait()


def _key_and_workspace(text: str) -> tuple[str, str]:
    key, _, workspace = text.partition("=")
    return key, workspace or WORKSPACE


def answer_from(api: FakeClaudeAPI, path: Path) -> None:
    """Answer from a file (a list in turn, anything else always) or from a folder of them.

    In a folder, `<sha256>.json` answers a request that carries a document or image with that hash, `<title>.json` one
    whose document has that title, and `default.json` any other.
    """
    if not path.is_dir():
        given = json.loads(path.read_text(encoding="utf-8"))
        api.answer_with([_said(one) for one in given] if is_array(given) else _said(given))
        return
    answers = {file.stem: _said(json.loads(file.read_text(encoding="utf-8"))) for file in path.glob("*.json")}

    def answer(request: Request) -> Any:
        carried = [*(pdf.sha256 for pdf in request.pdfs), *(image.sha256 for image in request.images)]
        titles = [block.title for block in request.blocks if block.title]
        return next((answers[name] for name in (*carried, *titles, "default") if name in answers), None)

    api.answer_with(answer)


def _said(value: Any) -> Any:
    """Read an answer: a text, a JSON value, or `{"reply": {…}}` with the fields of `Reply`."""
    if is_object(value) and value.keys() == {"reply"}:
        return Reply(**value["reply"])
    return Reply(text=value) if isinstance(value, str) else Reply(json=value)


if __name__ == "__main__":
    sys.exit(main())
