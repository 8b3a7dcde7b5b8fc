"""The words that may follow `witnessmark store`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

ACTIONS = {
    "show": "Say what is kept and what was spent today and this month, by this machine's calendar.",
    "jobs": "List jobs, the newest first: running, waiting (no process works on it now), or how it ended.",
    "prune": "Remove answers that are too old and what has ended by itself; the ledger is kept.",
    "backup": "Write a whole copy of the store, also while it is in use.",
    "quarantine": "List the documents and pages that are not sent again, and why.",
    "release": "Let a document in quarantine be sent again.",
    "ledger": "List every ask with its tokens and price; --csv writes them for a spreadsheet.",
}
OPTIONS = ("--older-than", "--csv", "--since", "--json")
OUTPUT = "-"


def add_actions(command: argparse.ArgumentParser, add_settings: Callable[[argparse.ArgumentParser], None]) -> None:
    """Describe the words that may follow `witnessmark store`."""
    _add_json(command, default=False)
    actions = command.add_subparsers(dest="action", title="what to do", metavar="ACTION", parser_class=type(command))
    for name, meaning in ACTIONS.items():
        action = actions.add_parser(name, help=meaning, description=meaning, allow_abbrev=False)
        if name == "prune":
            what = "Remove answers paid for longer ago than this; default what --reuse-days says."
            action.add_argument("--older-than", metavar="DAYS", type=_days, help=what)
        if name == "backup":
            action.add_argument(
                "file", metavar="FILE", type=_file, help="Where the copy goes; a file that is there stays."
            )
        if name == "release":
            what = "The document's SHA-256, or 8 or more digits that it begins with; `all` releases every one."
            action.add_argument("sha256", metavar="SHA256", help=what)
        if name == "ledger":
            action.add_argument(
                "--csv", metavar="FILE", type=_file_or_output, help="Write CSV to a new file; `-` is standard output."
            )
            what = "From this local day on, as 2026-11-25; default the first of this month."
            action.add_argument("--since", metavar="DATE", type=_day, help=what)
        _add_json(action, default=argparse.SUPPRESS)
        add_settings(action)


def _add_json(parser: argparse.ArgumentParser, *, default: Any) -> None:
    what = "One JSON object on standard output."
    parser.add_argument("--json", action="store_true", default=default, help=what)


def _file(text: str) -> Path:
    return Path(text).absolute()


def _file_or_output(text: str) -> Path | str:
    return OUTPUT if text == OUTPUT else _file(text)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 <= days < math.inf:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no number of days")
    return days


def _day(text: str) -> float:
    try:
        return datetime.strptime(text, "%Y-%m-%d").astimezone().timestamp()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no day such as 2026-11-25") from error
