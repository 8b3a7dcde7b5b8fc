"""Start a server, as `python scripts/handshake.py COMMAND …`, and see that it answers `initialize` and `tools/list`.

Speaks plain JSON lines with nothing but the standard library, so that it runs in the very environment that is tried.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

PATIENCE = 60.0
"""Seconds until the server has to have answered; the first start in a new environment compiles everything."""

INITIALIZE: dict[str, Any] = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "handshake", "version": "1"},
}


def main() -> None:
    """Print the names of the tools; leave with 1 when an answer is missing or an error."""
    with subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        too_late = threading.Timer(PATIENCE, server.kill)
        too_late.start()
        try:
            initialized = ask(server, 1, "initialize", INITIALIZE)
            send(server, {"jsonrpc": "2.0", "method": "notifications/initialized"})
            tools = ask(server, 2, "tools/list", {})["tools"]
        finally:
            too_late.cancel()
            if server.stdin:
                server.stdin.close()
    who = initialized["serverInfo"]
    names = ", ".join(tool["name"] for tool in tools)
    print(f"{who['name']} {who['version']} answers with {len(tools)} tools: {names}")
    if not tools:
        sys.exit("The server lists no tool.")


def ask(server: subprocess.Popen[str], number: int, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Send a request and wait for its result, passing over notifications."""
    send(server, {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
    assert server.stdout
    for line in server.stdout:
        message = json.loads(line)
        if message.get("id") == number:
            if "result" not in message:
                sys.exit(f"{method} was answered with an error: {message['error']}")
            result: dict[str, Any] = message["result"]
            return result
    sys.exit(f"The server ended without an answer to {method}.")


def send(server: subprocess.Popen[str], message: dict[str, Any]) -> None:
    """Write one message on a line of its own."""
    assert server.stdin
    server.stdin.write(json.dumps(message) + "\n")
    server.stdin.flush()


if __name__ == "__main__":
    main()
