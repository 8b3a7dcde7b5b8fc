"""What holds for every test."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Let interrupts through: a shell ignores them for what it runs in the background, and children inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
